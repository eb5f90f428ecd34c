/**
 * Delays that phases change: each version of a pathway's delays holds for what was sent while it was in force, so that
 * what is under way arrives when it would have.
 */

import * as ir from '../ir/builder.js';
import { afterReset } from '../ir/names.js';
import type { Buffer, Expression as Ir, Statement } from '../ir/program.js';
import type { Context } from './context.js';
import { step } from './element-scope.js';
import type { DelayWindow, ProjectionPlan } from './projection.js';

const always = -0x40000000;
const never = 0x7fffffff;

interface Windows {
  /** Steps of emission [from, until) of each version. */
  readonly from: Buffer;
  readonly until: Buffer;
  readonly current: Buffer;
}

function windowsOf(plan: ProjectionPlan, { of, versions }: DelayWindow, { builder }: Context): Windows {
  const name = `${plan.name}.${of}`;
  const buffer = (what: string, values: readonly number[], comment: string): Buffer =>
    builder.buffers.get(`${name}.${what}`) ??
    builder.buffer(`${name}.${what}`, 'i32', values.length, comment, { initial: Int32Array.from(values) });
  const others = Array.from({ length: versions - 1 }, () => never);
  return {
    from: buffer('sent_from', [always, ...others], `step from which each version of the delays of ${name} holds`),
    until: buffer(
      'sent_until',
      [never, ...others],
      `step from which each version of the delays of ${name} holds no more`,
    ),
    current: buffer('delays_in_force', [0], `which version of the delays of ${name} holds`),
  };
}

/** Whether what was sent in a step has the delays of a version. */
export function isInForce(plan: ProjectionPlan, window: DelayWindow, emission: Ir, context: Context): Ir {
  const { from, until } = windowsOf(plan, window, context);
  const version = ir.u32(window.version);
  return ir.and(ir.ge(emission, ir.load(from, version)), ir.lt(emission, ir.load(until, version)));
}

/** A kernel by which a phase puts a version in force. */
export function changeDelays(plan: ProjectionPlan, window: DelayWindow, phase: number, context: Context): string {
  const { from, until, current } = windowsOf(plan, window, context);
  const before = ir.convert('u32', ir.load(current, ir.u32(0)));
  const version = ir.u32(window.version);
  return context.builder.sequential(
    `phase${phase}.${plan.name}.${window.of}`,
    `other delays for what ${plan.name} sends`,
    [],
    [
      ir.store(until, before, step),
      ir.store(from, version, step),
      ir.store(until, version, ir.i32(never)),
      ir.store(current, ir.u32(0), ir.i32(window.version)),
    ],
  );
}

/** After a reset nothing is under way: the version in force holds from the start. */
export function resetWindows(plan: ProjectionPlan, window: DelayWindow, context: Context): void {
  const { from, until, current } = windowsOf(plan, window, context);
  const statements = Array.from({ length: window.versions }, (_, k): Statement[] => {
    const holds = ir.eq(ir.load(current, ir.u32(0)), ir.i32(k));
    return [
      ir.store(from, ir.u32(k), ir.select(holds, ir.i32(always), ir.i32(never))),
      ir.store(until, ir.u32(k), ir.i32(never)),
    ];
  }).flat();
  const kernel = context.builder.sequential(
    `${plan.name}.${window.of}.begin`,
    `delays of ${plan.name} after a reset`,
    [],
    statements,
  );
  context.builder.procedure(afterReset).push({ kind: 'run', kernel });
}
