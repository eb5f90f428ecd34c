/**
 * Linear systems with equal rates, which Brian 2 solves with a division by zero. Causes are `tau_m` and `tau_syn` with
 * one value, or a variable that stands still while the cell is refractory.
 */

import type { Expression } from '../../../src/lang/ast.js';
import { integer } from '../../../src/lang/build.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { linearRate } from '../../../src/lang/linear.js';
import { equalExpressions, readsAny, substitute } from '../../../src/lang/walk.js';
import { constantOf, fold, valueAt } from '../../../src/library/recognise/numbers.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { methodOnGrid } from '../../../src/library/gather/integration.js';
import { formulaOf, type NeuronType, type Value } from '../../../src/model/typed.js';

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
): NeuronType {
  const equal = ['auto', 'exact'].includes(methodOnGrid(type)) ? equalRates(type, values, isVariable) : undefined;
  if (equal === undefined) return type;
  report.different(
    'brian/equal-rates',
    pointer,
    `it is integrated by rk4: the rates of ${equal.join(' and ')} are equal, and Brian 2 divides by their difference`,
  );
  return { ...type, method: 'rk4' };
}

/** Returns two states of a linear system with equal rates, one of which follows the other. */
function equalRates(
  type: NeuronType,
  values: Readonly<Record<string, Value>>,
  isVariable: (parameter: string) => boolean,
): readonly [string, string] | undefined {
  const states = Object.keys(type.derivatives);
  const derived = new Map(Object.entries(type.derived).map(([key, { value }]) => [key, value] as const));
  const whole = (rate: Expression): Expression => {
    let e = rate;
    for (let pass = 0; pass < derived.size && readsAny(e, derived); pass++) e = substitute(e, derived);
    return e;
  };
  const forms = new Map(
    states.map((key) => [key, linearRate(whole(type.derivatives[key]?.rate ?? integer(0)), states)] as const),
  );
  if (states.length < 2 || [...forms.values()].includes(null)) return undefined;
  const number = (key: string): number => {
    const value = values[key] ?? type.parameters[key]?.value;
    const e = value === undefined || typeof value === 'number' ? undefined : formulaOf(value);
    const known = typeof value === 'number' ? value : e && constantOf(fold(e));
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
  for (const key of states)
    for (const other of followed(key)) {
      const [a, b] = [own(key), own(other)];
      if (a === undefined || b === undefined || rate(key) !== rate(other)) continue;
      const isSame = equalExpressions(foldConstants(a), foldConstants(b));
      if (!isSame || blocked.has(key) !== blocked.has(other)) return [key, other];
    }
  return undefined;
}
