/**
 * Values that have decayed. A variable that only decays would pass through the subnormal numbers, with which processors
 * compute tens of times more slowly, and would stay there: half the smallest one is rounded up to it again.
 */

import * as ir from '../../ir/builder.js';
import { fold, folded } from '../../ir/fold.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Real } from '../context/context.js';
import type { Entry } from '../integration/propagators.js';
import type { Block } from './block.js';

/** Smallest magnitude that a step leaves, by type: 2^-900 and 2^-100, far above the least normal numbers. */
const least = { f64: 1.1830521861667747e-271, f32: 7.888609052210118e-31 } as const;

/**
 * Returns a value that a step has computed, or 0 with its sign if its magnitude is below `least`. The value is
 * multiplied by 1 or 0: if the 0 were selected itself, gcc would give tests of the value a branch, and not use vector
 * lanes.
 */
export function settled(value: Ir, block: Block): Ir {
  const { type } = value;
  if (type !== 'f64' && type !== 'f32') return value;
  const number = (x: number): Ir => fold(ir.convert(type, ir.f64(x)));
  const x = block.name('unsettled', value);
  return folded`${x} * select(abs(${x}) < ${number(least[type])}, ${number(0)}, ${number(1)})`;
}

/** Steps from one look at slowly decaying values to the next. */
export const settlingSteps = 64;

/**
 * Smallest factor of a step with which a value is still normal after 64 of them: it is then less than 2^100 (f32: 2^20)
 * times smaller than `least`, which leaves room for the factors of other variables.
 */
const fastest = { f64: 0.34, f32: 0.81 } as const;

/**
 * Returns how often a value has to be settled that a step multiplies by `own` and changes by `constant`: never if the
 * constant keeps it away from 0, and in every 64th step if it can't become subnormal meanwhile.
 */
export function settling(
  own: Entry | null | undefined,
  constant: Entry | null | undefined,
  real: Real,
): 'never' | 'now and then' | 'always' {
  if (typeof constant === 'number' && Math.abs(constant) > 1e-20) return 'never';
  return typeof own === 'number' && Math.abs(own) >= fastest[real] ? 'now and then' : 'always';
}

/** Returns a number of a step's propagators, as `settled` has it. */
export function settledNumber(x: number, real: Real): number {
  const rounded = real === 'f32' ? Math.fround(x) : x;
  return Math.abs(rounded) < least[real] ? rounded * 0 : rounded;
}
