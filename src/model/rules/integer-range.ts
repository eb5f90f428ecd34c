import type { Statement } from '../../lang/ast.js';
import { isInt32, leastInt32, mostInt32 } from '../../lang/integers.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { messages } from '../messages.js';
import type { EquationSet, Model, Value } from '../model.js';
import { child } from '../pointer.js';
import { populationsOf } from '../selected.js';
import { constantsOf, valueOf, type Constants } from './known-values.js';
import type { Rule } from './rule.js';

/** Reports integer variables with a value, known before a run, that exceeds their range and would change. */
export const integerRange: Rule = (model, { report }) => {
  const check = (name: string, value: number | undefined, pointer: string): void => {
    if (value !== undefined && !isInt32(Math.trunc(value)))
      report(messages.outOfRange(`the value of ${name}`, leastInt32, mostInt32, value), pointer);
  };
  const checkCode = (
    code: readonly string[],
    { state }: Pick<EquationSet, 'state'>,
    known: Constants,
    at: string,
  ): void => {
    if (!Object.values(state).some(({ type }) => type === 'integer')) return;
    for (const statement of code.flatMap((text): readonly Statement[] => parseStatements(text)))
      if (statement.kind === 'assignment' && statement.operator === '=' && state[statement.target]?.type === 'integer')
        check(statement.target, valueOf(statement.value, known), at);
  };
  const checkType = (
    type: EquationSet,
    code: CodeParts,
    given: Readonly<Record<string, Value>>,
    pointer: string,
  ): void => {
    const known = constantsOf(model, type, given);
    for (const [name, { type: kind, value }] of Object.entries(type.derived))
      if (kind === 'integer') check(name, valueOf(parseExpression(value), known), child(`${pointer}/derived`, name));
    for (const [part, all] of Object.entries(code))
      for (const [name, { do: actions }] of Object.entries(all))
        checkCode(actions, type, known, child(`${pointer}/${part}`, name));
  };
  const valuesOfCells = valuesByType(model.populations, ({ type }) => type ?? '');
  const valuesOfSynapses = valuesByType(model.projections, ({ synapse }) => synapse);
  for (const [id, type] of Object.entries(model.neurons))
    for (const given of valuesOfCells.get(id) ?? [{}])
      checkType(type, { events: type.events }, given, child('/neurons', id));
  for (const [id, type] of Object.entries(model.synapses))
    for (const given of valuesOfSynapses.get(id) ?? [{}])
      checkType(type, { events: type.events ?? {}, pathways: type.pathways }, given, child('/synapses', id));
  for (const [id, { on, do: actions }] of Object.entries(model.operations))
    for (const name of populationsOf(on)) {
      const population = model.populations[name];
      const type = model.neurons[population?.type ?? ''];
      if (type !== undefined && population !== undefined)
        checkCode(actions, type, constantsOf(model, type, population.values), child('/operations', id));
    }
};

/** Parts of a type with code, by name. */
type CodeParts = Readonly<Record<string, Readonly<Record<string, { readonly do: readonly string[] }>>>>;

/** Returns the values that the users of each type give. A type that nothing uses is not in the map. */
function valuesByType<T extends { readonly values: Model['populations'][string]['values'] }>(
  users: Readonly<Record<string, T>>,
  typeOf: (user: T) => string,
): ReadonlyMap<string, readonly T['values'][]> {
  const byType = new Map<string, T['values'][]>();
  for (const user of Object.values(users)) {
    const others = byType.get(typeOf(user));
    if (others === undefined) byType.set(typeOf(user), [user.values]);
    else others.push(user.values);
  }
  return byType;
}
