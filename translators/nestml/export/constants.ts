/**
 * Constants of each cell as parameters: its index, and its column in tables of the time, which become choices. NESTML
 * has neither an index nor arrays.
 */

import type { Expression } from '../../../src/lang/ast.js';
import { binary, conditional, name as nameOf, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import { parseUnit } from '../../../src/lang/units.js';
import { mapExpression, substitute } from '../../../src/lang/walk.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { mapped } from '../../../src/model/collections.js';
import { ownNames } from '../../../src/model/declared-names.js';
import { freeName } from '../../../src/model/free-name.js';
import {
  contentOf,
  readsVariable,
  withExpressions,
  type Model,
  type NeuronType,
  type ValidModel,
  type Value,
} from '../../../src/model/typed.js';
import { populationsOf } from '../../../src/model/selected.js';

/** The longest table that is written as choices. */
const longestTable = 20;

/** A table that is short enough. */
interface ShortTable {
  readonly dt: number;
  readonly unit: string;
  /** By time, then by cell. */
  readonly values: readonly number[];
  readonly columns: number | null;
}

/** A new parameter with a value for each cell. */
interface CellConstant {
  readonly unit: string;
  readonly values: readonly number[];
}

/** A type of cells, with new parameters. */
interface ConstantsOfType {
  readonly type: NeuronType;
  readonly constants: ReadonlyMap<string, CellConstant>;
  /** The parameter in the place of `i`; absent: no code reads it. */
  readonly index?: string;
}

/**
 * Returns a model whose cells read parameters instead of `i` and of the columns of short tables. Rates read tables by
 * derived variables, which hold over a step.
 *
 *     v' = (pulse(t) - v)/tau   becomes   v' = (pulse_ - v)/tau   with   pulse_ = 0 if t < 5*ms else 2
 *
 * @param isNestml  whether a type becomes a model of NESTML
 */
export function withConstantsOfCells(
  { model, data }: ValidModel,
  isNestml: (id: string, type: NeuronType) => boolean,
): ValidModel {
  const tables = new Map(
    Object.entries(model.tables).flatMap(([name, { dt, unit, values, columns }]) => {
      const numbers = numbersOf(values, data);
      return numbers.length / (columns ?? 1) <= longestTable ? [[name, { dt, unit, values: numbers, columns }]] : [];
    }),
  );
  const types = mapped(model.neurons, (type, id) =>
    isNestml(id, type) ? withChoices(type, tables, readsIndex(model, id), largest(model, id)) : undefined,
  );
  return {
    model: {
      ...model,
      neurons: mapped(model.neurons, (type, id) => types[id]?.type ?? type),
      populations: mapped(model.populations, (population) => {
        const { constants = new Map<string, CellConstant>() } = types[population.type ?? ''] ?? {};
        const values = [...constants].map(([name, constant]): [string, Value] => [
          name,
          { kind: 'array', array: constant.values.slice(0, population.size) },
        ]);
        return values.length === 0
          ? population
          : { ...population, values: { ...population.values, ...Object.fromEntries(values) } };
      }),
      operations: mapped(model.operations, (operation) => {
        const [owner = ''] = populationsOf(operation.on);
        const index = types[model.populations[owner]?.type ?? '']?.index;
        return index === undefined ? operation : { ...operation, do: withIndex(operation.do, index) };
      }),
    },
    data,
  };
}

const largest = ({ populations }: Model, id: string): number =>
  Math.max(0, ...Object.values(populations).map(({ type, size }) => (type === id ? size : 0)));

/** Checks whether code of cells or of operations on them reads their index, other than for tables and first values. */
function readsIndex({ operations, populations }: Model, id: string): boolean {
  return Object.values(operations).some(
    ({ on, do: statements }) =>
      populationsOf(on).some((owner) => populations[owner]?.type === id) && readsVariable(statements, 'i'),
  );
}

/** Returns code that reads a parameter in the place of the index. */
const withIndex = <T>(code: T, index: string): T =>
  withExpressions(code, (e) => substitute(e, new Map([['i', nameOf(index)]])));

function withChoices(
  type: NeuronType,
  tables: ReadonlyMap<string, ShortTable>,
  indexed: boolean,
  count: number,
): ConstantsOfType {
  const taken = new Set(ownNames(type));
  const free = (name: string): string => {
    const found = freeName(name, (one) => taken.has(one));
    taken.add(found);
    return found;
  };
  const derived: Record<string, NeuronType['derived'][string]> = { ...type.derived };
  const held = new Map<string, string>();
  const derivatives = mapped(type.derivatives, (derivative) => {
    const rate = mapExpression(derivative.rate, (part) => {
      const table = part.kind === 'call' ? tables.get(part.function) : undefined;
      if (part.kind !== 'call' || table === undefined) return part;
      const key = contentOf(part);
      const name = held.get(key) ?? free(`${part.function}_`);
      held.set(key, name);
      derived[name] ??= { unit: table.unit, type: 'real', value: part, shared: false, held: true };
      return nameOf(name);
    });
    return held.size === 0 ? derivative : { ...derivative, rate };
  });
  const constants = new Map<string, CellConstant>();
  const rows = new Map<string, readonly string[]>();
  const chosen = (part: Expression): Expression => {
    const table = part.kind === 'call' ? tables.get(part.function) : undefined;
    if (part.kind !== 'call' || table === undefined) return part;
    const [at, element] = part.arguments;
    const { columns, unit, values, dt } = table;
    if (at === undefined || (columns !== null && !(element?.kind === 'name' && element.name === 'i'))) return part;
    const steps = Array.from({ length: values.length / (columns ?? 1) }, (_, k) => k);
    let valueAt = (k: number): Expression => quantity(values[k] ?? 0, parseUnit(unit).dimension);
    if (columns !== null) {
      const names = rows.get(part.function) ?? steps.map((k) => free(`${part.function}_${k}`));
      rows.set(part.function, names);
      for (const [k, name] of names.entries())
        constants.set(name, { unit, values: values.slice(k * columns, (k + 1) * columns) });
      valueAt = (k) => nameOf(names[k] ?? '');
    }
    const earlier = (k: number): Expression => binary('<', at, quantity((k + 1) * dt, second));
    return steps
      .slice(0, -1)
      .reduceRight<Expression>((rest, k) => conditional(earlier(k), valueAt(k), rest), valueAt(steps.length - 1));
  };
  let code: NeuronType = withExpressions({ ...type, derived, derivatives }, (e) => mapExpression(e, chosen));
  const running = { derived: code.derived, derivatives: code.derivatives, events: code.events };
  let index: string | undefined;
  if (indexed || readsVariable(running, 'i')) {
    index = free('index');
    code = {
      ...withIndex({ ...code, parameters: {}, state: {} }, index),
      parameters: code.parameters,
      state: code.state,
    };
    constants.set(index, { unit: '1', values: Array.from({ length: count }, (_, k) => k) });
  }
  const parameters = Object.fromEntries(
    [...constants].map(([name, { unit }]) => [name, { unit, type: 'real', value: 0, shared: false } as const]),
  );
  const own = { ...code, parameters: { ...code.parameters, ...parameters } };
  return { type: own, constants, ...(index === undefined ? {} : { index }) };
}
