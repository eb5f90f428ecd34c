/** Delays in whole steps, as the timing profile rounds them: in code, and of numbers by the same code. */

import { invariant } from '../diagnostics/diagnostic.js';
import * as ir from '../ir/builder.js';
import { fold } from '../ir/fold.js';
import type { Expression as Ir } from '../ir/program.js';
import type { Context } from './context.js';

/** Steps (i32) of a delay in s (f64): halves up, or halves to even. */
export function delaySteps(seconds: Ir, { dt, profile }: Pick<Context, 'dt' | 'profile'>): Ir {
  const exact = fold(ir.div(seconds, ir.f64(dt)));
  const rounded = profile.delayRounding === 'halfEven' ? ir.unary('nearest', exact) : ir.add(exact, ir.f64(0.5));
  return fold(ir.convert('i32', fold(rounded)));
}

/** Steps of a delay that is known, in s. */
export function roundDelay(seconds: number, context: Pick<Context, 'dt' | 'profile'>): number {
  const steps = delaySteps(ir.f64(seconds), context);
  invariant(steps.kind === 'const', 'lower/round-delay', 'the steps of a known delay are not known');
  return Number(steps.value);
}
