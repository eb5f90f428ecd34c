import { parseExpression } from '../../lang/parse.js';
import type { Expression } from '../../lang/ast.js';
import { namesIn } from '../../lang/walk.js';
import type { EquationSet, Model, Value } from '../model.js';
import { child } from '../pointer.js';

/** Every equation set of a model with its pointer. */
export function equationSets(
  model: Model,
): { readonly set: EquationSet; readonly pointer: string; readonly kind: 'neuron' | 'synapse' | 'mechanism' }[] {
  const neurons = Object.entries(model.neurons).flatMap(([id, type]) => {
    const pointer = child('/neurons', id);
    const mechanisms = Object.entries(type.compartments?.mechanisms ?? {});
    return [
      { set: type, pointer, kind: 'neuron' as const },
      ...mechanisms.map(([name, mechanism]) => ({
        set: mechanism,
        pointer: child(`${pointer}/compartments/mechanisms`, name),
        kind: 'mechanism' as const,
      })),
    ];
  });
  return [
    ...neurons,
    ...Object.entries(model.synapses).map(([id, type]) => ({
      set: type,
      pointer: child('/synapses', id),
      kind: 'synapse' as const,
    })),
  ];
}

/** Returns the expression of a normalised text. */
export const expressionOf = (text: string): Expression => parseExpression(text);

/** Returns the names that a normalised text reads. */
export const namesOf = (text: string): ReadonlySet<string> => namesIn(parseExpression(text));

/** Returns the names that a value reads when it is computed for an element. */
export const namesOfValue = (value: Value | undefined): ReadonlySet<string> =>
  typeof value === 'string' ? namesOf(value) : new Set();
