/**
 * Values that have decayed. A variable that only decays would pass through the subnormal numbers, with which processors
 * compute tens of times more slowly, and would stay there: half the smallest one is rounded up to it again.
 */

import * as ir from '../../ir/builder.js';
import { fold, folded } from '../../ir/fold.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Real } from '../context/context.js';
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

/** Returns a number of a step's propagators, as `settled` has it. */
export function settledNumber(x: number, real: Real): number {
  const rounded = real === 'f32' ? Math.fround(x) : x;
  return Math.abs(rounded) < least[real] ? rounded * 0 : rounded;
}
