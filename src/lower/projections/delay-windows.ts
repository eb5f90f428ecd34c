/**
 * Delays that phases change. Each version of a pathway's delays applies to events sent while it was in force, so that
 * events in flight still arrive on time.
 */

import * as ir from '../../ir/builder.js';
import { afterReset } from '../../ir/names.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { step, timeBuffer } from '../code/step-time.js';
import { typed } from '../context/groups.js';
import type { DelayWindow, ProjectionPlan } from '../plan/projection.js';

/**
 * Dates of emissions. Under slots an emission is dated by its step, and a new version applies from the next step. Under
 * elements it is dated by its time, and a new version applies to later times.
 */
interface Dating {
  readonly element: 'i32' | 'f64';
  /** Before and after every emission. */
  readonly always: number;
  readonly never: number;
  readonly constant: (value: number) => Ir;
  /** From when a version holds that is put in force now. */
  readonly now: Ir;
  readonly within: (emission: Ir, from: Ir, until: Ir) => Ir;
}

const datingOf = (context: Context): Dating =>
  context.profile.stepping === 'slots'
    ? {
        element: 'i32',
        always: -0x40000000,
        never: 0x7fffffff,
        constant: ir.i32,
        now: step,
        within: (emission, from, until) => code`${emission} >= ${from} & ${emission} < ${until}`,
      }
    : {
        element: 'f64',
        always: -Infinity,
        never: Infinity,
        constant: ir.f64,
        now: ir.load(timeBuffer(context), ir.u32(0)),
        within: (emission, from, until) => code`${emission} > ${from} & ${emission} <= ${until}`,
      };

interface Windows {
  /** Steps of emission [from, until) of each version, or times (from, until]. */
  readonly from: Buffer;
  readonly until: Buffer;
  /** i32 version that is in force. */
  readonly current: Buffer;
}

function windowsOf(plan: ProjectionPlan, { of, versions }: DelayWindow, context: Context): Windows {
  const { builder } = context;
  const { element, always, never } = datingOf(context);
  const name = `${plan.name}.${of}`;
  const buffer = (what: string, type: 'i32' | 'f64', values: readonly number[], comment: string): Buffer =>
    builder.commonBuffer(`${name}.${what}`, type, values.length, comment, { initial: typed(type, values) });
  const others = Array.from({ length: versions - 1 }, () => never);
  const when = element === 'i32' ? 'step' : 'time (s)';
  return {
    from: buffer('sent_from', element, [always, ...others], `first ${when} with each version of the delays of ${name}`),
    until: buffer(
      'sent_until',
      element,
      [never, ...others],
      `first ${when} after each version of the delays of ${name}`,
    ),
    current: buffer('delays_in_force', 'i32', [0], `which version of the delays of ${name} holds`),
  };
}

/** Whether an event sent in an i32 step, or at an f64 time under elements, has the delays of a version. */
export function isInForce(plan: ProjectionPlan, window: DelayWindow, emission: Ir, context: Context): Ir {
  const { from, until } = windowsOf(plan, window, context);
  const version = ir.u32(window.version);
  return datingOf(context).within(emission, ir.load(from, version), ir.load(until, version));
}

/** Adds a kernel that puts a version in force in a phase. */
export function changeDelays(plan: ProjectionPlan, window: DelayWindow, phase: number, context: Context): string {
  const { from, until, current } = windowsOf(plan, window, context);
  const { now, never, constant } = datingOf(context);
  const { version } = window;
  const block = new Block();
  block.write`
    ${until}[u32(${current}[0u])] = ${now}
    ${from}[${version}u] = ${now}
    ${until}[${version}u] = ${constant(never)}
    ${current}[0u] = ${version}i`;
  return context.builder.sequential(
    `phase${phase}.${plan.name}.${window.of}`,
    `other delays of later events of ${plan.name}`,
    block,
  );
}

/** A reset discards all events in flight, so the version in force applies from the start. */
export function resetWindows(plan: ProjectionPlan, window: DelayWindow, context: Context): void {
  const { from, until, current } = windowsOf(plan, window, context);
  const { always, never, constant } = datingOf(context);
  const block = new Block();
  for (let version = 0; version < window.versions; version++)
    block.write`
      ${from}[${version}u] = select(${current}[0u] == ${version}i, ${constant(always)}, ${constant(never)})
      ${until}[${version}u] = ${constant(never)}`;
  const kernel = context.builder.sequential(
    `${plan.name}.${window.of}.begin`,
    `delays of ${plan.name} after a reset`,
    block,
  );
  context.builder.procedure(afterReset, { kind: 'run', kernel });
}
