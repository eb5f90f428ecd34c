/** Populations that replay given spikes. */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import { onClockOf } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { clockStep, step } from '../code/step-time.js';
import type { EventSource } from './events.js';
import { clearMasks, mark, ringSlot } from './events.js';
import * as messages from '../context/messages.js';
import { timesAt } from './multiplicity.js';
import type { ReplayedSpikes } from './replayed-spikes.js';
import { repeatedInAStep, replayedSpikes, versionsOf } from './replayed-spikes.js';

/** One version of a population's spikes. */
interface Version {
  readonly phase: number | null;
  readonly spikes: ReplayedSpikes;
  /** Steps after which they come again; 0: never. */
  readonly every: number;
  /** Place of the first in the buffers. */
  readonly first: number;
}

/** Spikes of all versions, one list after another, each closed by a step that never comes. */
function versions(name: string, known: Context): readonly Version[] {
  const context = onClockOf(name, known);
  const { dt, diagnostics, profile } = context;
  let first = 0;
  return versionsOf(name, context).map(({ phase, spikes: given }) => {
    const spikes = replayedSpikes(given, context);
    // Where a spike is labelled by the start of its step, a second one in it is refused; elsewhere both count.
    const twice = profile.spikeLabel === 0 ? repeatedInAStep(spikes) : -1;
    if (twice >= 0)
      diagnostics.add(
        messages.twoSpikesInOneStep(name, spikes.elements[twice] as number, spikes.times[twice] as number),
      );
    const { period = 0 } = given;
    const every = Math.round(period / dt);
    if (every > 0 && Math.abs(every * dt - period) > 1e-4 * dt)
      diagnostics.add(messages.notAWholeNumberOfSteps(`the period of ${name}`, period, dt));
    const version = { phase, spikes, every, first };
    first += spikes.times.length + 1;
    return version;
  });
}

/** Buffers that a replay keeps from step to step. */
interface Registers {
  /** Index of the next spike, counted from the first one in force. */
  readonly cursor: Buffer;
  /** If phases change the spikes: index of the first spike in force, and the period in steps. */
  readonly current: { readonly first: Buffer; readonly every: Buffer } | null;
}

function registersOf(name: string, all: readonly Version[], { builder }: Context): Registers {
  const register = (what: string, value: number, comment: string): Buffer =>
    builder.commonBuffer(`${name}.${what}`, 'u32', 1, comment, { initial: Uint32Array.of(value) });
  const period = `steps after which the spikes of ${name} come again; 0: never`;
  return {
    cursor: builder.commonBuffer(`${name}.next_spike`, 'u32', 1, `next spike of ${name}`),
    current:
      all.length > 1
        ? {
            first: register('first_spike', 0, `first of the spikes of ${name} that are replayed now`),
            every: register('spike_period', all[0]?.every ?? 0, period),
          }
        : null,
  };
}

interface ReplayBuffers extends Registers {
  readonly steps: Buffer;
  readonly elements: Buffer;
}

function replayBuffers(name: string, all: readonly Version[], context: Context): ReplayBuffers {
  const column = (what: 'steps' | 'elements', type: 'i32' | 'u32', last: number): Buffer => {
    const values = new (type === 'i32' ? Int32Array : Uint32Array)(
      all.reduce((sum, { spikes }) => sum + spikes.times.length + 1, 0),
    );
    for (const { spikes, first } of all) {
      // Each list ends with a step after any possible run; later spikes are clipped to the step before it.
      values.set(what === 'steps' ? spikes.steps.map((step) => Math.min(step, last - 1)) : spikes.elements, first);
      values[first + spikes.times.length] = last;
    }
    return context.builder.commonBuffer(
      `${name}.spike_${what}`,
      type,
      values.length,
      `${what} of the spikes of ${name}`,
      { role: 'constant', initial: values },
    );
  };
  return {
    steps: column('steps', 'i32', 0x7fffffff),
    elements: column('elements', 'u32', 0),
    ...registersOf(name, all, context),
  };
}

/**
 * Adds a kernel that marks the elements of a population that spike in a step.
 *
 * @param act writes further immediate effects of an element's spike
 */
export function replayKernel(
  name: string,
  source: EventSource,
  context: Context,
  act?: (element: Ir, block: Block) => void,
): string {
  const all = versions(name, context);
  const { steps, elements, cursor, current } = replayBuffers(name, all, context);
  const block = new Block();
  const next = block.local('next', 'u32');
  const periodic = all.some(({ every }) => every > 0);
  const first = current ? block.name('first', ir.load(current.first, ir.u32(0))) : null;
  const tick = clockStep(context);
  let now = tick;
  if (periodic) {
    const every = current
      ? block.name('every', ir.convert('i32', ir.load(current.every, ir.u32(0))))
      : ir.i32(all[0]?.every ?? 0);
    // The remainder by 0 is 0: a list that is not repeated has the period 0.
    const within = code`${tick} % ${every}`;
    now = block.name('now', current ? code`select(${every} > 0i, ${within}, ${tick})` : within);
    block.write`
      if ${now} == 0i {
        ${cursor}[0u] = 0u
      }`;
  }
  clearMasks([source], block);
  // The cursor counts from the first spike, so a reset takes it back whichever spikes are in force.
  const begin = ir.load(cursor, ir.u32(0));
  block.write`
    ${next} = ${first ? code`${first} + ${begin}` : begin}
    while ${steps}[${next}] < ${now} {
      ${next} = ${next} + 1u
    }
    while ${steps}[${next}] == ${now} {
      let element = ${elements}[${next}]
      ${(at, inner) => {
        const element = at('element');
        countSpike(source, element, inner);
        mark(source, element, inner);
        act?.(element, inner);
      }}
      ${next} = ${next} + 1u
    }
    ${cursor}[0u] = ${first ? code`${next} - ${first}` : next}`;
  return context.builder.sequential(`${name}.replay`, `marks the elements of ${name} that spike in this step`, block);
}

/**
 * Adds a kernel that lists the spikes of a step by time, and spikes of equal time by element. By default a step's
 * spikes are listed by element.
 *
 * @returns null if both orders are the same
 * @source Brian 2, `SpikeGeneratorGroup._check_args`
 */
export function orderByTime(name: string, source: EventSource, context: Context): string | null {
  if (context.profile.spikeLabel !== 0) return null;
  const all = versions(name, context);
  const fallsBack = ({ steps, elements }: ReplayedSpikes): boolean =>
    steps.some((step, k) => step === steps[k - 1] && (elements[k] as number) < (elements[k - 1] as number));
  if (!all.some(({ spikes }) => fallsBack(spikes))) return null;
  const { elements, cursor, current } = replayBuffers(name, all, context);
  const block = new Block();
  const { list, counts, ring } = source;
  const next = ir.load(cursor, ir.u32(0));
  const end = current ? code`${current.first}[0u] + ${next}` : next;
  block.write`
    let slot = ${ringSlot(source)}
    let count = ${counts}[slot]
    let first = ${end} - count
    for k = 0u until count {
      ${list}[slot * ${ring.size}u + k] = ${elements}[first + k]
    }`;
  return context.builder.sequential(`${name}.by_time`, `lists the spikes of ${name} in this step by time`, block);
}

/** Counts the spikes of an element in this step; the first of them clears the count. */
function countSpike(source: EventSource, element: Ir, block: Block): void {
  if (!source.times) return;
  const { buffer } = source.times;
  const place = timesAt(source, step, element);
  const emitted = code`(${source.mask}[${element} >> 5u] & (1u << (${element} & 31u))) != 0u`;
  block.write`${buffer}[${place}] = select(${emitted}, ${buffer}[${place}] + 1u, 1u)`;
}

/** Adds a kernel that replaces the replayed spikes of a population in a phase. */
export function changeReplay(name: string, phase: number, context: Context): string {
  const all = versions(name, context);
  const version = all.find((candidate) => candidate.phase === phase);
  const { cursor, current } = registersOf(name, all, context);
  invariant(version && current, 'lower/replay', `phase ${phase} does not change ${name}`);
  const block = new Block();
  // The next step skips spikes with a time in the past.
  block.write`
    ${current.first}[0u] = ${version.first}u
    ${current.every}[0u] = ${version.every}u
    ${cursor}[0u] = 0u`;
  return context.builder.sequential(`phase${phase}.${name}`, `${name} replays other spikes`, block);
}
