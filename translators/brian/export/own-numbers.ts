/**
 * Writes constants of synapses as numbers in their code if other types have other numbers under the same name:
 * `gsyn_exc += 4*nS`.
 */

import { quantity } from '../../../src/lang/build.js';
import { parseUnit } from '../../../src/lang/units.js';
import { visit } from '../../../src/lang/walk.js';
import { mapped } from '../../../src/model/collections.js';
import { expressionsIn, type Model, type SynapseType } from '../../../src/model/typed.js';

/**
 * Returns synapse types that contain numbers instead of constants with different values in other types. Such a constant
 * is read once, as the weight that a pathway adds. Otherwise each Synapses would need a namespace.
 */
export function withOwnNumbers(types: Model['synapses']): Model['synapses'] {
  const values = new Map<string, Set<unknown>>();
  for (const { parameters } of Object.values(types))
    for (const [key, { value }] of Object.entries(parameters))
      values.set(key, (values.get(key) ?? new Set()).add(value));
  return mapped(types, (type) => {
    const several = Object.keys(type.parameters).filter((key) => (values.get(key)?.size ?? 0) > 1);
    return several.reduce(withNumber, type);
  });
}

function withNumber(type: SynapseType, key: string): SynapseType {
  const { [key]: parameter, ...parameters } = type.parameters;
  if (parameter === undefined || !parameter.shared || typeof parameter.value !== 'number') return type;
  let reads = 0;
  for (const e of expressionsIn({ ...type, parameters }))
    visit(e, (part) => (reads += part.kind === 'name' && part.name === key ? 1 : 0));
  if (reads !== 1) return type;
  const { value, unit } = parameter;
  const { dimension } = parseUnit(unit);
  let isPut = false;
  const pathways = mapped(type.pathways, (pathway) => ({
    ...pathway,
    do: pathway.do.map((statement) => {
      if (statement.kind !== 'assignment' || statement.value.kind !== 'name' || statement.value.name !== key)
        return statement;
      isPut = true;
      // Adding a negative value becomes a subtraction.
      return value < 0 && statement.operator === '+='
        ? { ...statement, operator: '-=' as const, value: quantity(-value, dimension) }
        : { ...statement, value: quantity(value, dimension) };
    }),
  }));
  return isPut ? { ...type, parameters, pathways } : type;
}
