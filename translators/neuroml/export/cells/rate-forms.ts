/** Functions of the potential in the three forms that Hodgkin and Huxley's rates have, found by their values. */

import { NoNumber } from '../../../../src/lang/evaluate.js';

/** A form with its parameters, as NeuroML's types `HH…Rate` and `HH…Variable` have them. */
export interface RateForm {
  readonly form: 'Exp' | 'Sigmoid' | 'ExpLinear';
  /** In the unit of the function. */
  readonly rate: number;
  /** In V. */
  readonly midpoint: number;
  /** In V. */
  readonly scale: number;
}

const formula: Readonly<Record<RateForm['form'], (x: number) => number>> = {
  Exp: Math.exp,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  ExpLinear: (x) => (Math.abs(x) < 1e-6 ? 1 + x / 2 : x / -Math.expm1(-x)),
};

/** Potentials in V at which a form must agree with the function. */
const potentials = Array.from({ length: 41 }, (_, k) => -0.1201 + k * 0.005);
/**
 * Largest relative difference, and the largest difference relative to the maximum, for small differences of large
 * values.
 */
const [tolerance, cancellation] = [1e-9, 1e-14];

/** Returns the form of a function of the potential in V, or undefined if it has none of NeuroML's forms. */
export function rateForm(f: (v: number) => number): RateForm | undefined {
  const value = (v: number): number => {
    try {
      return f(v);
    } catch (error) {
      if (error instanceof NoNumber) return NaN;
      throw error;
    }
  };
  const known = potentials.map(value);
  if (known.some((one) => !Number.isFinite(one))) return undefined;
  const largest = known.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const fits = ({ form, rate, midpoint, scale }: RateForm): boolean =>
    [rate, midpoint, scale].every(Number.isFinite) &&
    scale !== 0 &&
    potentials.every((v, k) => {
      const expected = known[k] ?? 0;
      return (
        Math.abs(rate * formula[form]((v - midpoint) / scale) - expected) <=
        tolerance * Math.abs(expected) + cancellation * largest
      );
    });
  for (const make of [exponential, sigmoid, expLinear]) {
    const fitted = make(value);
    const found = [6, 11].map((digits) => rounded(fitted, digits)).find(fits);
    if (found) return found;
  }
  return undefined;
}

const round = (x: number, digits: number): number => Number(x.toPrecision(digits)) + 0;

/** Rounds the parameters of a fit. Potentials that come out as a fraction of a nanovolt are whole numbers of it. */
const rounded = ({ form, rate, midpoint, scale }: RateForm, digits: number): RateForm => ({
  form,
  rate: round(rate, digits),
  midpoint: Math.round(midpoint * 1e11) / 1e11 + 0,
  scale: round(scale, digits),
});

/**
 * Returns an exponential. Its midpoint is arbitrary: of multiples of 5 mV, then 1 mV, then 0.1 mV, the one with the
 * shortest rate.
 */
function exponential(f: (v: number) => number): RateForm {
  const scale = 0.02 / Math.log(f(-0.05) / f(-0.07));
  const middle = f(-0.06);
  const fives = Array.from({ length: 41 }, (_, k) => (k % 2 === 0 ? k : -k - 1) * 0.0025);
  const finer = [0.001, 0.0001].flatMap((unit) => Array.from({ length: 0.1 / unit }, (_, k) => -k * unit));
  const choices = [...fives, ...finer].map((midpoint) => {
    const at = Math.round(midpoint * 1e4) / 1e4;
    return { at, rate: round(middle * Math.exp((at + 0.06) / scale), 11) };
  });
  const best = choices.reduce((known, one) => (String(one.rate).length < String(known.rate).length ? one : known));
  return { form: 'Exp', rate: best.rate, midpoint: best.at, scale };
}

/** Reciprocals at three equal distances give the scale, and then the rest. */
function sigmoid(f: (v: number) => number): RateForm {
  const [a, b, c] = [-0.08, -0.05, -0.02].map((v) => 1 / f(v)) as [number, number, number];
  const scale = 0.03 / Math.log((a - b) / (b - c));
  const factor = (a - b) / (Math.exp(0.08 / scale) - Math.exp(0.05 / scale));
  const rate = 1 / (a - factor * Math.exp(0.08 / scale));
  return { form: 'Sigmoid', rate, midpoint: scale * Math.log(factor * rate), scale };
}

/** Far from its middle it is a straight line, which crosses zero there. */
function expLinear(f: (v: number) => number): RateForm {
  const side = Math.abs(f(1)) > Math.abs(f(-1)) ? 1 : -1;
  const slope = (f(2 * side) - f(side)) / side;
  const midpoint = Math.round((side - f(side) / slope) * 1e11) / 1e11;
  // The midpoint itself may give zero divided by zero. The mean of both sides has an error of the square of the
  // distance.
  const mean = (away: number): number => (f(midpoint + away) + f(midpoint - away)) / 2;
  const rate = (4 * mean(1e-5) - mean(2e-5)) / 3;
  return { form: 'ExpLinear', rate, midpoint, scale: rate / slope };
}
