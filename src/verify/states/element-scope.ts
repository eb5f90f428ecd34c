/** Values of an element of a model at a state, and statements that are run there. */

import type { Expression, Statement } from '../../lang/ast.js';
import { assigned, NoNumber, type Functions } from '../../lang/evaluate.js';
import { constants } from '../../lang/functions.js';
import { namesIn } from '../../lang/walk.js';
import { valueAt } from '../../library/recognise/numbers.js';
import { arrayOf } from '../../model/arrays.js';
import {
  isNeuronType,
  type NeuronType,
  type Population,
  type SynapseType,
  type ValidModel,
  type Value,
} from '../../model/typed.js';

/** Gives values by name. */
export type Scope = (name: string) => number;

/** Functions of time that the expressions of a model call. */
const known = new WeakMap<ValidModel['model'], Functions>();

/** Returns the given functions of time of a model. */
function tablesOf({ model, data }: ValidModel): Functions {
  const found =
    known.get(model) ??
    ((name, [time = 0, element = 0]) => {
      const table = model.tables[name];
      if (table === undefined) return undefined;
      const values = arrayOf(table.values, data);
      const columns = table.columns ?? 1;
      const last = values.length / columns - 1;
      const row = Math.min(last, Math.max(0, Math.floor(time / table.dt + 1e-6)));
      return Number(values[row * columns + (table.columns === null ? 0 : element)]);
    });
  known.set(model, found);
  return found;
}

/** Returns the value of an expression of a model. @throws NoNumber */
export const valueIn = (valid: ValidModel, e: Expression, scope: Scope): number => valueAt(e, scope, tablesOf(valid));

/** Returns the value of an element. @throws NoNumber */
export function valueOf(value: Value, element: number, scope: Scope, valid: ValidModel): number {
  if (typeof value === 'number') return value;
  if (value.kind === 'expression') return valueIn(valid, value.expression, scope);
  if (value.kind === 'array') return Number(arrayOf(value.array, valid.data)[element] ?? NaN);
  throw new NoNumber('a drawn value');
}

/** Returns the names of an element of a type: its state, parameters, inputs without events, and derived variables. */
export function scopeOf(
  type: NeuronType | SynapseType,
  owner: Pick<Population, 'values'>,
  element: number,
  state: ReadonlyMap<string, number>,
  valid: ValidModel,
  more: (name: string) => number | undefined = () => undefined,
): Scope {
  const scope: Scope = (name) => {
    const known = state.get(name) ?? more(name);
    if (known !== undefined) return known;
    const [parameter, variable, derived] = [type.parameters[name], type.state[name], type.derived[name]];
    if (derived) return valueIn(valid, derived.value, scope);
    const value = owner.values[name] ?? parameter?.value ?? variable?.initial;
    if ((parameter || variable) && value !== undefined) return valueOf(value, element, scope, valid);
    if (isNeuronType(type) && type.inputs[name]) return type.inputs[name].reduce === 'sum' ? 0 : 1;
    if (name === 'i') return element;
    if (name === 't') return 0;
    if (name === 'dt') return valid.model.experiment.dt;
    const constant = constants.get(name);
    if (constant !== undefined) return constant;
    throw new NoNumber(name);
  };
  return scope;
}

/** Runs statements on variables. @param into  the variables that they change */
export function perform(statements: readonly Statement[], scope: Scope, into: Map<string, number>): void {
  for (const statement of statements) {
    if (statement.kind !== 'assignment') throw new NoNumber('a delayed effect');
    const value = valueAt(statement.value, scope);
    const { target, operator } = statement;
    const before = operator === '=' ? 0 : scope(target);
    into.set(target, assigned(operator, before, value));
  }
}

/** Returns the event of a type that is its spike. */
export const spikeOf = (type: NeuronType): NeuronType['events'][string] | undefined =>
  type.events['spike'] ?? Object.values(type.events)[0];

/** Returns a population of a model and its type. @throws NoNumber for types whose state has other parts */
export function cellType(valid: ValidModel, name: string): readonly [Population, NeuronType] {
  const population = valid.model.populations[name];
  const type = valid.model.neurons[population?.type ?? ''];
  if (!population || !type) throw new NoNumber('no equations');
  const isPlain = Object.keys(type.regimes).length === 0 && !type.compartments && !population.linked;
  if (!isPlain || type.noise.length > 0) throw new NoNumber('regimes or compartments');
  return [population, type];
}

/** Returns names, and those that derived variables among them read. */
export const readThrough = (derived: NeuronType['derived'], names: readonly string[]): ReadonlySet<string> =>
  new Set([...names, ...readByRates({ derivatives: {}, derived }, names)]);

/** Returns the names that the rates of states read, by derived variables and other states, too. */
export function readByRates(
  { derivatives, derived }: Pick<NeuronType, 'derivatives' | 'derived'>,
  states: readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const read = [derivatives[name]?.rate, derived[name]?.value].flatMap((e) => (e ? [...namesIn(e)] : []));
    for (const one of read.filter((other) => !found.has(other))) {
      found.add(one);
      add(one);
    }
  };
  states.forEach(add);
  return found;
}
