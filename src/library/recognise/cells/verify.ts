/** The numeric comparison of types with cells of the library: functions at random points. */

import type { Expression } from '../../../lang/ast.js';
import { NoNumber, type Functions } from '../../../lang/evaluate.js';
import { ownNames } from '../../../model/declared-names.js';
import type { NeuronType } from '../../../model/typed.js';
import { typedCell } from '../../normalised.js';
import { near, plain, sequence, valueAt } from '../numbers.js';
import { type CellUse, type RecognisedCell, refuse } from './view.js';

/** Expressions of a type and of a library cell, compared at points with corresponding values. */
export interface Comparison {
  /** Whether an expression of the type, times a factor, has the values of one of the library's. */
  readonly agree: (own: Expression, library: Expression, factor?: number, scale?: number) => boolean;
}

/** Returns one number for all draws at a point. */
const drawn =
  (u: number): Functions =>
  (name, [a = 0, b = 0]) => {
    if (name === 'uniform') return u;
    if (name === 'exponential') return -a * Math.log(u);
    return name === 'gamma' ? a * b * u : undefined;
  };

/**
 * Returns expressions that may read derived variables as functions at points.
 *
 * @param names  names that are not units
 * @throws NoNumber from the functions, for names without a value
 */
export function reader(
  formulas: Readonly<Record<string, { readonly value: Expression }>>,
  names: ReadonlySet<string>,
): (e: Expression, values: ReadonlyMap<string, number>, u?: number) => number {
  const derived = new Map(Object.entries(formulas).map(([key, { value }]) => [key, plain(value, names)] as const));
  const known = new Map<Expression, Expression>();
  return (given, values, u = 0.5) => {
    const e = known.get(given) ?? plain(given, names);
    known.set(given, e);
    const lookup = (name: string): number => {
      const value = values.get(name);
      const formula = derived.get(name);
      if (value !== undefined) return value;
      if (formula === undefined) throw new NoNumber(name);
      return valueAt(formula, lookup, drawn(u));
    };
    return valueAt(e, lookup, drawn(u));
  };
}

type Reader = ReturnType<typeof reader>;

/** How large variables of a unit are. */
const sizes: Readonly<Record<string, number>> = { A: 1e-9, S: 1e-8, '1': 1 };

/**
 * Returns a comparison of a type with the cell that it was taken for. Variables of receptors that the cell has not are
 * 0.
 */
export function comparisonOf(
  type: NeuronType,
  library: NeuronType,
  { parameters, variables }: Pick<RecognisedCell, 'parameters' | 'variables'>,
  { environment, dt }: CellUse,
): Comparison {
  const random = sequence(20261124);
  const [ours, theirs] = [type, library].map((one) => reader(one.derived, ownNames(one))) as [Reader, Reader];
  const points = Array.from({ length: 12 }, () => {
    const moment = [
      ['dt', dt],
      ['t', random()],
    ] as const;
    const own = new Map<string, number>(moment);
    const other = new Map<string, number>(moment);
    for (const key of Object.keys(type.parameters)) own.set(key, environment.numbers.get(key) ?? 1e-3 * (1 + random()));
    for (const [key, value] of environment.numbers) own.set(key, value);
    for (const key of Object.keys(library.state)) other.set(key, 0);
    for (const [key, { unit }] of Object.entries(type.state)) {
      const { name, factor } = variables.get(key) ?? { name: '', factor: 0 };
      // Potentials are below thresholds, above which PyNN cuts the exponential of an adaptive cell off.
      const value = /^v$/i.test(name) ? (-0.08 + 0.02 * random()) / factor : (sizes[unit] ?? 1e-3) * (random() + 0.1);
      own.set(key, library.state[name] === undefined ? 0 : value);
      other.set(name, (own.get(key) ?? 0) * factor);
    }
    for (const key of Object.keys(type.inputs)) own.set(key, library.inputs[key] === undefined ? 0 : 1e-9 * random());
    for (const key of Object.keys(library.inputs)) other.set(key, own.get(key) ?? 0);
    for (const [key, { value }] of Object.entries(library.parameters)) {
      const e = parameters[key];
      other.set(key, e === undefined ? Number(value) : valueAt(e, (name) => own.get(name) ?? NaN));
    }
    return { own, other, u: random() };
  });
  return {
    agree: (a, b, factor = 1, scale = 0) =>
      points.every(({ own, other, u }) => near(ours(a, own, u) * factor, theirs(b, other, u), scale)),
  };
}

/** Rejects a type with rates that differ from the recognised cell's. */
export function verify(type: NeuronType, found: RecognisedCell, use: CellUse): void {
  const library = typedCell(found.standard) ?? refuse(`there is no type ${found.standard.name}`);
  const { agree } = comparisonOf(type, library, found, use);
  for (const [own, { name, factor }] of found.variables) {
    const [rate, expected] = [type.derivatives[own]?.rate, library.derivatives[name]?.rate];
    if (rate !== undefined && expected !== undefined && !agree(rate, expected, factor, name === 'v' ? 1 : 0))
      refuse(`its rate of ${own} is not that of ${found.standard.name}`);
  }
}
