/** The current step, and the time in code. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Context } from '../context/context.js';
import { rankOf } from '../context/profile.js';

/** i32 number of the step that runs. */
export const step: Ir = { kind: 'local', type: 'i32', name: 'step' };

/**
 * I32 number of the current step of the code's clock; between its ticks, of the next one.
 *
 * @source Brian 2, `Network.run`: a clock that is not due has already advanced
 */
export const clockStep = ({ every }: Pick<Context, 'every'>): Ir =>
  every === 1 ? step : code`(${step} + ${every - 1}i) / ${every}i`;

/** I32 number of the step in code: the current one or, for code that looks ahead, the next one. */
export const seenStep = (context: Context): Ir =>
  context.ahead ? code`${clockStep(context)} + 1i` : clockStep(context);

/** Float64 seconds at the start of the current step or, if time is a sum of steps, the current sum. */
export const timeOf = (context: Context): Ir =>
  context.profile.stepping === 'elements'
    ? ir.load(timeBuffer(context), ir.u32(0))
    : code`f64(${seenStep(context)}) * ${context.dt}`;

/**
 * Returns the context of code that reads values recorded in a slot. If times are labelled with the end of a step and
 * the slot follows integration, the time is that of the label.
 */
export function atLabel(slot: string, context: Context): Context {
  const { profile } = context;
  const integrated = rankOf(profile, slot) > rankOf(profile, profile.defaults.integrate);
  return profile.stepping === 'slots' && profile.sampleLabel === 1 && integrated
    ? { ...context, ahead: true }
    : context;
}

/** Where the sum of all steps so far stands (s), for profiles that step by elements. */
export const timeBuffer = ({ builder }: Context): Buffer =>
  builder.commonBuffer('time', 'f64', 1, 'time that has come: the sum of all steps so far (s)');
