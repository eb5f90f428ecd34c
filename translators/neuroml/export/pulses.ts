/** Currents in steps, by the name that NeuroML has for one step: `pulseGenerator`. */

import { evaluate, NoNumber, type Functions } from '../../../src/lang/evaluate.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';

/** A constant current in A from the beginning of one step until that of another, numbered from 0; no end: for ever. */
export interface Pulse {
  readonly from: number;
  readonly to: number | undefined;
  readonly amplitude: number;
}

/** More steps of a current are better read as a table; a run of more time steps is not looked through. */
const mostPulses = 20;
const mostSteps = 2_000_000;
/** A time in s after every run. */
export const longAfter = 1e9;

/**
 * The pulses of which a current is the sum; undefined where it depends on more than the time, changes in other ways
 * than by steps, or in too many.
 *
 * @param value  as an expression of the time, in A
 * @param steps  of `dt` s, which the run has
 * @param phase  where in a step the time is taken, from 0 to 1
 */
export function pulsesOf(
  value: string,
  dt: number,
  steps: number,
  functions: Functions,
  phase: number,
): readonly Pulse[] | undefined {
  const e = foldConstants(parseExpression(value));
  if (steps > mostSteps || [...namesIn(e)].some((name) => name !== 't' && name !== 'dt')) return undefined;
  const at = (t: number): number => evaluate(e, (name) => (name === 'dt' ? dt : t), functions);
  try {
    const pulses: Pulse[] = [];
    let [from, amplitude] = [0, at(phase * dt)];
    const end = (to: number | undefined): void => {
      if (amplitude !== 0) pulses.push({ from, to, amplitude });
    };
    for (let k = 1; k < steps; k++) {
      const now = at((k + phase) * dt);
      if (now === amplitude) continue;
      end(k);
      if (pulses.length > mostPulses) return undefined;
      [from, amplitude] = [k, now];
    }
    end(at(longAfter) === amplitude ? undefined : steps);
    return pulses;
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}
