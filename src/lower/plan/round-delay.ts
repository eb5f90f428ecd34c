/** Delays in whole steps, as the timing profile rounds them: in code, and of numbers by the same code. */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import { fold } from '../../ir/fold.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Context } from '../context/context.js';

/** The clock of the sender; delays are whole numbers of its steps. */
export type DelayClock = Pick<Context, 'dt' | 'profile'> & Partial<Pick<Context, 'every'>>;

/** Steps (i32) of a delay in s (f64), halves up. */
export function delaySteps(seconds: Ir, { dt, every = 1, profile }: DelayClock): Ir {
  const exact = fold(code`${seconds} / ${dt}`);
  const steps = fold(code`i32(${fold(code`${exact} + ${profile.delayRounding}`)})`);
  return every === 1 ? steps : fold(code`${steps} * ${every}i`);
}

/** Steps of a delay that is known, in s. */
export function roundDelay(seconds: number, context: DelayClock): number {
  const steps = delaySteps(ir.f64(seconds), context);
  invariant(steps.kind === 'const', 'lower/round-delay', 'the steps of a known delay are not known');
  return Number(steps.value);
}
