/** Choices in code of synapses that follow from parameters with one value for all synapses of a projection. */

import type { Expression } from '../../../../src/lang/ast.js';
import { negated } from '../../../../src/lang/build.js';
import { evaluate, NoNumber } from '../../../../src/lang/evaluate.js';
import { foldConstants } from '../../../../src/lang/fold.js';
import { parseStatements } from '../../../../src/lang/parse.js';
import { namesIn, writtenBy } from '../../../../src/lang/walk.js';
import { withParts } from '../../../../src/library/readable/texts.js';
import { ownNames } from '../../../../src/model/declared-names.js';
import type { SynapseType } from '../../../../src/model/model.js';
import type { ExportContext } from '../context.js';
import type { Numbers } from '../values.js';
import { textsOf } from './synapse-code.js';

/**
 * Returns a type without choices that its parameters decide: LEMS has no choices within expressions, and writes them as long sums.
 *
 * Conditional expressions, `max`, `min` and `abs` become what they choose: `max(tau_rec, tau_syn)` is `tau_rec` at 800 ms and 3 ms.
 */
export function withDecidedChoices(
  type: SynapseType,
  values: ReadonlyMap<string, Numbers>,
  { model, functions }: Pick<ExportContext, 'model' | 'functions'>,
): SynapseType {
  const code = [...textsOf(type).statements, ...Object.values(model.operations).flatMap(({ do: actions }) => actions)];
  const written = writtenBy(code.flatMap((text) => parseStatements(text)));
  const numbers = new Map(
    Object.keys(type.parameters).flatMap((name) => {
      const value = values.get(name);
      return typeof value === 'number' && !written.has(name) ? [[name, value] as const] : [];
    }),
  );
  const declared = ownNames(type);
  /** Returns the number of an expression, or undefined if it is not the same for all synapses at all times. */
  const numberOf = (e: Expression): number | undefined => {
    const folded = foldConstants(e, undefined, (name) => declared.has(name));
    if ([...namesIn(folded)].some((name) => !numbers.has(name))) return undefined;
    try {
      return evaluate(folded, (name) => numbers.get(name) ?? NaN, functions);
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
      return undefined;
    }
  };
  return withParts(type, (part) => {
    if (part.kind === 'conditional') {
      const holds = numberOf(part.condition);
      return holds === undefined ? part : holds !== 0 ? part.whenTrue : part.whenFalse;
    }
    if (part.kind !== 'call') return part;
    const [first, second] = part.arguments;
    const number = first === undefined ? undefined : numberOf(first);
    if (first === undefined || number === undefined || Number.isNaN(number)) return part;
    if (part.function === 'abs') return number < 0 ? negated(first) : first;
    const other = second === undefined ? undefined : numberOf(second);
    if (second === undefined || other === undefined || part.arguments.length > 2) return part;
    if (part.function === 'max') return number >= other ? first : second;
    return part.function === 'min' ? (number <= other ? first : second) : part;
  });
}
