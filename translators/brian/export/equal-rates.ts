/**
 * Linear systems with equal rates, which Brian 2 solves with a division by zero. Causes are `tau_m` and `tau_syn` with
 * one value, or a variable that stands still while the cell is refractory.
 */

import type { Expression } from '../../../src/lang/ast.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { linearRate } from '../../../src/lang/linear.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { printExpression } from '../../../src/lang/print.js';
import { namesIn, substitute } from '../../../src/lang/walk.js';
import { constantOf, fold, valueAt } from '../../../src/library/recognise/numbers.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { methodOnGrid } from '../../../src/library/gather/integration.js';
import type { NeuronType, Value } from '../../../src/model/model.js';

/** A type with rates that differ by as little as Brian can distinguish. */
interface EqualRates {
  readonly type: NeuronType;
  readonly values: Readonly<Record<string, Value>>;
  /** Parameters that are larger than they were, each with the one that they were equal to. */
  readonly changed: readonly (readonly [parameter: string, equal: string])[];
  /** Two states with equal rates that no parameter sets apart. */
  readonly unsolved?: readonly [string, string];
}

/**
 * Relative change of a parameter. The effect on results, and the cancellation between two nearly equal numbers, are
 * both below 1e-7.
 */
const share = 1e-7;

/**
 * Returns a type that Brian solves without dividing by zero.
 *
 * @param values  values of the population, which replace values of the type
 * @param isVariable  whether something changes a parameter
 * @param pointer  pointer of the type, for the report
 */
export function solvable(
  type: NeuronType,
  values: Readonly<Record<string, Value>>,
  isVariable: (parameter: string) => boolean,
  pointer: string,
  report: ConversionReport,
): Pick<EqualRates, 'type' | 'values'> {
  if (!['auto', 'exact'].includes(methodOnGrid(type))) return { type, values };
  const { changed, unsolved, ...made } = withoutEqualRates(type, values, isVariable);
  for (const [parameter, other] of changed)
    report.equivalent(
      'brian/equal-rates',
      pointer,
      `${parameter} is larger by 1e-7 of its value: it equals ${other}, and Brian 2 divides by the difference of their rates`,
    );
  if (unsolved === undefined) return made;
  report.approximated(
    'brian/equal-rates',
    pointer,
    `it is integrated by rk4: the rates of ${unsolved.join(' and ')} are equal, and Brian 2 divides by their difference`,
  );
  return { type: { ...type, method: 'rk4' }, values };
}

/** Returns the type with different rates, as far as parameters can separate them. */
function withoutEqualRates(
  type: NeuronType,
  values: Readonly<Record<string, Value>>,
  isVariable: (parameter: string) => boolean,
): EqualRates {
  const states = Object.keys(type.derivatives);
  const texts = new Map(Object.entries(type.derived).map(([key, { value }]) => [key, parseExpression(value)] as const));
  const whole = (rate: string): Expression => {
    let e = parseExpression(rate);
    for (let pass = 0; pass < texts.size && [...namesIn(e)].some((key) => texts.has(key)); pass++)
      e = substitute(e, texts);
    return e;
  };
  const forms = new Map(
    states.map((key) => [key, linearRate(whole(type.derivatives[key]?.rate ?? '0'), states)] as const),
  );
  if (states.length < 2 || [...forms.values()].includes(null)) return { type, values, changed: [] };
  const number = (key: string): number => {
    const value = values[key] ?? type.parameters[key]?.value;
    const known =
      typeof value === 'number'
        ? value
        : typeof value === 'string'
          ? constantOf(fold(parseExpression(value)))
          : undefined;
    return isVariable(key) ? NaN : (known ?? NaN);
  };
  const own = (key: string): Expression | undefined => forms.get(key)?.coefficients.get(key);
  const rate = (key: string): number => {
    const e = own(key);
    return e === undefined ? 0 : valueAt(e, number);
  };
  /** Returns states that a state depends on, directly or through others. */
  const followed = (key: string, found = new Set<string>()): ReadonlySet<string> => {
    for (const one of forms.get(key)?.coefficients.keys() ?? [])
      if (one !== key && !found.has(one)) followed(one, found.add(one));
    return found;
  };
  const blocked = new Set(type.events['spike']?.refractory?.rate ?? []);
  const changed = new Map<string, string>();
  for (const key of states)
    for (const other of followed(key)) {
      const [a, b] = [own(key), own(other)];
      if (a === undefined || b === undefined || rate(key) !== rate(other)) continue;
      const isSame = printExpression(foldConstants(a)) === printExpression(foldConstants(b));
      if (isSame && blocked.has(key) === blocked.has(other)) continue;
      const [to = '', ...more] = [...namesIn(a)].filter((name) => !namesIn(b).has(name));
      const [from = '', ...others] = [...namesIn(b)].filter((name) => !namesIn(a).has(name));
      const isPair = more.length + others.length === 0 && from !== '' && number(to) === number(from);
      if (!isPair || changed.has(to)) return { type, values, changed: [], unsolved: [key, other] };
      changed.set(from, to);
    }
  const parameters = { ...type.parameters };
  const made = { ...values };
  for (const from of changed.keys()) {
    const value = Number((number(from) * (1 + share)).toPrecision(12));
    const parameter = parameters[from];
    if (Object.hasOwn(made, from)) made[from] = value;
    else if (parameter !== undefined) parameters[from] = { ...parameter, value };
  }
  return { type: { ...type, parameters }, values: made, changed: [...changed] };
}
