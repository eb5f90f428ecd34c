/**
 * Writes constants of synapses as numbers in their code if other types have other numbers under the same name:
 * `gsyn_exc += 4*nS`.
 */

import type { Expression } from '../../../src/lang/ast.js';
import { mapped } from '../../../src/model/collections.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { inSI, printStatement } from '../../../src/lang/print.js';
import { parseUnit } from '../../../src/lang/units.js';
import type { Model, SynapseType } from '../../../src/model/model.js';

/**
 * Returns synapse types that contain numbers instead of constants with different values in other types. Such a constant
 * is read once, as the weight that a pathway adds. Otherwise each Synapses would need a namespace.
 */
export function withOwnNumbers(types: Readonly<Record<string, SynapseType>>): Model['synapses'] {
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
  const { ports: _, ...texts } = { ...type, parameters };
  if (JSON.stringify(texts).split(new RegExp(`\\b${key}\\b`)).length !== 2) return type;
  const { value, unit } = parameter;
  const number = (size: number): Expression => parseExpression(inSI(size, parseUnit(unit).dimension));
  let isPut = false;
  const put = (text: string): string => {
    const statements = parseStatements(text);
    const made = statements.map((statement) => {
      if (statement.kind !== 'assignment' || statement.value.kind !== 'name' || statement.value.name !== key)
        return statement;
      isPut = true;
      // Adding a negative value becomes a subtraction.
      return value < 0 && statement.operator === '+='
        ? { ...statement, operator: '-=' as const, value: number(-value) }
        : { ...statement, value: number(value) };
    });
    return made.every((one, k) => one === statements[k]) ? text : made.map((one) => printStatement(one)).join('; ');
  };
  const pathways = mapped(type.pathways, (pathway) => ({ ...pathway, do: pathway.do.map(put) }));
  return isPut ? { ...type, parameters, pathways } : type;
}
