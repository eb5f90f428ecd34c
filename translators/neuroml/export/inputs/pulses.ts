/** Currents in steps and sines, by the names that NeuroML has for them: `pulseGenerator` and `sineGenerator`. */

import type { Expression } from '../../../../src/lang/ast.js';
import { name as named } from '../../../../src/lang/build.js';
import { evaluate, NoNumber, type Functions } from '../../../../src/lang/evaluate.js';
import { foldConstants } from '../../../../src/lang/fold.js';
import { linearForm } from '../../../../src/lang/linear.js';
import { mapExpression, namesIn } from '../../../../src/lang/walk.js';

/**
 * A current in A from the beginning of one step until the beginning of another, numbered from 0. Without an end it
 * lasts for ever.
 */
export interface Wave {
  readonly from: number;
  readonly to: number | undefined;
  readonly amplitude: number;
  /**
   * Set if the amplitude is the amplitude of the sine of an angle, in rad/s and rad at time 0. Absent for a constant
   * current.
   */
  readonly sine?: { readonly omega: number; readonly phase: number };
}

/** More steps of a current are better read as a table; a run of more time steps is not looked through. */
const mostPulses = 20;
const mostSteps = 2_000_000;
/** A time in s after every run. */
export const longAfter = 1e9;

/**
 * Returns the pulses and sines that add up to a current. Returns undefined if it depends on more than the time, changes
 * in other ways, or too often.
 *
 * @param value as an expression of the time, in A
 * @param steps of `dt` s, in the run
 * @param phase the time within a step at which the current is evaluated, from 0 to 1
 */
export function wavesOf(
  value: Expression,
  dt: number,
  steps: number,
  functions: Functions,
  phase: number,
): readonly Wave[] | undefined {
  const whole = foldConstants(value);
  if (steps > mostSteps || [...namesIn(whole)].some((name) => name !== 't' && name !== 'dt')) return undefined;
  const valueAt = (e: Expression, t: number, share = 0): number =>
    evaluate(e, (name) => (name === 'dt' ? dt : name === 't' ? t : share), functions);
  try {
    const sines: { readonly omega: number; readonly phase: number }[] = [];
    const share = '(sine)';
    // The sine of an angle is replaced by its share of the current.
    const e = mapExpression(whole, (part) => {
      if (part.kind !== 'call' || part.function !== 'sin') return part;
      const [argument] = part.arguments;
      const form = argument && linearForm(argument, ['t']);
      const omega = form?.coefficients.get('t');
      if (!form || omega === undefined) return part;
      sines.push({ omega: valueAt(omega, 0), phase: valueAt(form.constant, 0) });
      return named(share, part.span);
    });
    const [sine] = sines;
    if (sines.length > 1) return undefined;
    const base = piecesOf((t) => valueAt(e, t), dt, steps, phase);
    if (sine === undefined || base === undefined) return base;
    const flowing = piecesOf((t) => valueAt(e, t, 1) - valueAt(e, t), dt, steps, phase);
    const isLinear = Array.from({ length: 7 }, (_, k) => ((k + 0.5) / 7) * steps * dt).every((t) => {
      const [none, once, twice] = [0, 1, 2].map((factor) => valueAt(e, t, factor));
      return Math.abs((twice ?? 0) - 2 * (once ?? 0) + (none ?? 0)) <= 1e-9 * Math.abs(once ?? 0);
    });
    return isLinear && flowing ? [...base, ...flowing.map((piece) => ({ ...piece, sine }))] : undefined;
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** Returns the ranges of steps in which a function of the time has one value other than 0. */
function piecesOf(at: (t: number) => number, dt: number, steps: number, phase: number): readonly Wave[] | undefined {
  const pulses: Wave[] = [];
  // Subtracting and adding an offset leaves rounding errors.
  const same = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * Math.abs(b);
  let [from, amplitude] = [0, at(phase * dt)];
  const end = (to: number | undefined): void => {
    if (amplitude !== 0) pulses.push({ from, to, amplitude });
  };
  for (let k = 1; k < steps; k++) {
    const now = at((k + phase) * dt);
    if (same(now, amplitude)) continue;
    end(k);
    if (pulses.length > mostPulses) return undefined;
    [from, amplitude] = [k, now];
  }
  end(same(at(longAfter), amplitude) ? undefined : steps);
  return pulses;
}
