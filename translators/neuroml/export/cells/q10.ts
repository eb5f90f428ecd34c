/** How the rates of a gate grow with the temperature, as NeuroML's `q10Settings` has it. */

import type { Expression } from '../../../../src/lang/ast.js';
import { simplify } from '../../../../src/lang/fold.js';
import { NoNumber } from '../../../../src/lang/evaluate.js';
import { printExpression } from '../../../../src/lang/print.js';
import { celsiusText, numberText, zeroCelsius } from '../text/quantity-text.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import { element, type Element } from '../text/xml-text.js';
import type { LocalEquations } from '../../../../src/library/membrane/equations.js';
import { rateForm } from './rate-forms.js';

/** Temperatures of experiments in °C, of which the one with the shortest rates is chosen; models state theirs. */
const experiments = [6.3, 18.5, 23.5, ...Array.from({ length: 46 }, (_, k) => k)];
/** Potentials in V and distances in K at which a factor must be the same. */
const [potentials, distances] = [
  [-0.1003, -0.0652, -0.0401, 0.0204],
  [-7, 5, 20],
] as const;

/** Settings, and equations at the temperature of the experiment. */
interface Q10 {
  readonly element: Element;
  readonly equations: LocalEquations;
}

/**
 * Returns the settings of a gate whose rates grow by one factor with every 10 K, and undefined for others.
 *
 * @param ratesOf opening and closing rate, or others that grow together
 */
export function q10Of(
  equations: LocalEquations,
  ratesOf: (equations: LocalEquations) => readonly Expression[] | undefined,
): Q10 | undefined {
  const now = equations.numbers.get('temperature');
  if (now === undefined) return undefined;
  try {
    const factor = factorOf(equations, ratesOf, now);
    if (factor === undefined) return undefined;
    const best = [now, ...experiments.map((celsius) => celsius + zeroCelsius)]
      .map((temperature) => ({ temperature, at: equations.withTemperature(temperature) }))
      .map(({ temperature, at }) => ({ temperature, at, length: lengthOf(at, ratesOf) }))
      .reduce((known, one) => (one.length < known.length ? one : known));
    const experimentalTemp = celsiusText(best.temperature);
    const attributes = { type: 'q10ExpTemp', q10Factor: numberText(factor), experimentalTemp };
    return { element: element('q10Settings', attributes), equations: best.at };
  } catch (error) {
    if (error instanceof NoNumber || error instanceof NotExpressible) return undefined;
    throw error;
  }
}

/** Returns the factor for 10 K; undefined if rates grow in another way, or not at all. */
function factorOf(equations: LocalEquations, ratesOf: Parameters<typeof q10Of>[1], now: number): number | undefined {
  const valuesAt = (temperature: number): readonly number[] => {
    const warm = equations.withTemperature(temperature);
    return (ratesOf(warm) ?? []).flatMap((rate) => potentials.map(warm.atPotential(rate)));
  };
  const values = valuesAt(now);
  const growth = distances.map((distance) => {
    const others = valuesAt(now + distance);
    return values.map((value, k) => ((others[k] ?? NaN) / value) ** (10 / distance));
  });
  const [factor = NaN] = growth.flat();
  const same = growth.flat().every((one) => Math.abs(one / factor - 1) < 1e-9);
  return same && Math.abs(factor - 1) > 1e-6 ? Number(factor.toPrecision(9)) : undefined;
}

/** Returns the length of the texts of rates. */
function lengthOf(equations: LocalEquations, ratesOf: Parameters<typeof q10Of>[1]): number {
  const lengths = (ratesOf(equations) ?? []).map((rate) => {
    const form = rateForm(equations.atPotential(rate));
    return form ? String(form.rate).length : printExpression(simplify(rate)).length;
  });
  return lengths.reduce((sum, length) => sum + length, 0);
}
