/**
 * Fixed-point sums: contributions of synapses to a variable in a slot are summed as integers, so the order of addition
 * has no effect.
 *
 * There is one inbox per group and variable. Its exponent follows from bounds on the weights and on the number of
 * arrivals in one slot. The sum stays below 2^51 units, so that conversions are exact (`docs/determinism.md`, sums).
 * Where so many synapses may meet at one element that units would be coarse, they are finer, and sums are guarded: a
 * sum that is too large raises a fault.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import { powerOfTwo } from '../../ir/power-of-two.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { ElementScope, rangesAddress } from '../scopes/element-scope.js';
import { step } from '../code/step-time.js';
import { to } from '../code/expressions.js';
import { fold } from '../../ir/fold.js';
import type { Group } from '../context/groups.js';
import { rangesOf } from '../context/groups.js';
import { runsOnLanes } from '../code/lanes.js';
import type { StepPlace } from '../context/place.js';

/** Fixed-point sums of contributions to a variable of a group. */
export interface Inbox {
  readonly group: Group;
  /** The variable that they are added to. */
  readonly variable: string;
  /** i64, one for each element, or for each element and slot. */
  readonly buffer: Buffer;
  /**
   * A contribution is multiplied by `scale` before it is added, and the sum by `unit` when it is read. Both are powers
   * of two that phases may change.
   */
  readonly scale: Ir;
  readonly unit: Ir;
  /**
   * 1, or the number of future steps with collected contributions. Contributions that arrive in step n are in slot n
   * mod slots, and each slot has an entry for each element of the group.
   */
  readonly slots: number;
  /** Fault bit of a sum that is too large; null if no sum can be. */
  readonly guard: number | null;
}

/** What may arrive in one slot through one statement. */
export interface Arriving {
  /** Bound on a contribution. */
  readonly most: number;
  /** How many there can be, and how many there are but for an unlikely network. */
  readonly arrivals: number;
  readonly likely: number;
}

/** A contribution of the largest size is at least this many units, if that is possible: 2^30. */
const finest = 1073741824;
/** Below this, contributions are coarser than in `f32`: 2^24. */
const coarse = 16777216;
/** Further digits of guarded sums: they wrap around after 2^63. */
const guardDigits = 12;

/** Returns the exponent of an inbox, and how many digits it has beyond the exponent without a guard. */
export function exponentOfSum(arriving: readonly Arriving[]): { readonly exponent: number; readonly extra: number } {
  const sum = (of: (part: Arriving) => number): number =>
    exponentFor(arriving.reduce((all, part) => all + of(part), 0));
  const certain = sum(({ most, arrivals }) => most * arrivals);
  const largest = largestOf(arriving);
  let extra = 0;
  const room = Math.min(guardDigits, sum(({ most, likely }) => most * likely) - certain);
  while (extra < room && largest * powerOfTwo(certain + extra) < finest) extra++;
  return { exponent: certain + extra, extra };
}

const largestOf = (arriving: readonly Arriving[]): number => Math.max(0, ...arriving.map(({ most }) => most));

/** Whether the largest contribution, in units, is worth a remark. */
export const isCoarse = (units: number): boolean => units > 0 && units < coarse;

/** Whether a sum, in units, is 2^51 or more in absolute value; sums are below 2^62. */
const isTooLarge = (sum: Ir): Ir => code`(${sum} + 2251799813685248L) >> 52L != 0L`;

/** Returns the largest exponent for which a sum of at most `bound` stays below 2^50. */
export function exponentFor(bound: number): number {
  let exponent = 0;
  const limit = 1125899906842624;
  if (bound === 0) return 0;
  while (bound * powerOfTwo(exponent + 1) <= limit && exponent < 1000) exponent++;
  while (bound * powerOfTwo(exponent) > limit && exponent > -1000) exponent--;
  return exponent;
}

/**
 * Tolerance of a contribution relative to its bound. Bounds are computed in `f64`, but contributions are rounded at
 * each operation: a weight clipped to 2 mV is 2.0000000949949026 mV in `f32`. Sums have room for twice their bound.
 */
export const roundingSlack = (real: 'f64' | 'f32'): number => (real === 'f32' ? powerOfTwo(-18) : 1e-9);

/** Returns a value in units of 1 / scale, rounded half to even; a constant is rounded when lowering. */
export const quantise = (value: Ir, scale: Ir): Ir => fold(ir.toFixed(to('f64', value), scale));

/**
 * Adds a kernel that adds the inboxes of one group to their variables and empties them. A variable that is protected
 * during refractoriness loses its contributions.
 */
export function flushKernel(inboxes: readonly Inbox[], place: StepPlace, context: Context): string {
  const first = inboxes[0];
  invariant(first, 'lower/inbox', 'nothing to flush');
  const { group } = first;
  const block = new Block();
  // Deliveries in the default slot use the refractoriness decided by this step's integration.
  const at = place.slot === context.profile.defaults.deliver ? {} : place;
  const scope = new ElementScope(context, group, rangesAddress, block, null, at);
  for (const inbox of inboxes) {
    const arrivals =
      inbox.slots === 1
        ? rangesAddress.index
        : block.name('place', code`u32(${step} % ${inbox.slots}i) * ${group.length}u + ${rangesAddress.index}`);
    const total = ir.load(inbox.buffer, arrivals);
    const arrived = to(context.real, ir.fromFixed(total, inbox.unit));
    const sum = fold(code`${to(context.real, scope.readTarget(inbox.variable))} + ${arrived}`);
    scope.writeIfFree(inbox.variable, sum);
    if (inbox.guard !== null) block.write`fault ${inbox.guard} when ${isTooLarge(total)}`;
    block.write`${inbox.buffer}[${arrivals}] = 0L`;
  }
  scope.storeAll();
  const name = first.slots === 1 ? 'receive' : 'receive_sent';
  return context.builder.map(
    `${group.name}.${name}`,
    `adds the contributions to ${inboxes.map((inbox) => inbox.variable).join(', ')} of ${group.name}`,
    rangesOf(group),
    runsOnLanes(block.statements.filter(({ kind }) => kind !== 'fault')),
    block,
  );
}
