/** Pass: populations that replay given spikes. */

import * as ir from '../ir/builder.js';
import type { Buffer } from '../ir/program.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import { step } from './element-scope.js';
import type { EventSource } from './events.js';
import * as messages from './messages.js';
import { multiplesKernel, timesAt } from './multiples.js';
import type { ReplayedSpike } from './replay.js';
import { replayedSpikes, versionsOf } from './replay.js';
import { changeReplayedTimes } from './elements/replay.js';
import type { StepPhase } from './step/place.js';

export function lowerSources(rings: ReadonlyMap<string, EventSource>, context: Context): void {
  const { model, diagnostics } = context;
  for (const name of Object.keys(model.populations).sort()) {
    const population = model.populations[name];
    if (!population || population.type !== undefined) continue;
    const source = rings.get(`${name}.spike`);
    if (!source) continue;
    if (!population.spikes || population.spikes.kind === 'file') {
      diagnostics.add(
        messages.unsupportedFeature(
          population.spikes
            ? `spikes from a file (population ${name})`
            : `population ${name}, which has neither a type nor spikes,`,
        ),
      );
      continue;
    }
    replay(name, population.order, source, context);
  }
}

/** What one version of a population's spikes is. */
interface Version {
  readonly phase: number | null;
  readonly spikes: readonly ReplayedSpike[];
  /** Steps after which they come again; 0: never. */
  readonly every: number;
  /** Place of the first in the buffers. */
  readonly first: number;
}

/** Spikes of all versions, one list after another, each closed by a step that never comes. */
function versions(name: string, context: Context): readonly Version[] {
  const { dt, diagnostics, profile } = context;
  let first = 0;
  return versionsOf(name, context).map(({ phase, spikes: given }) => {
    const spikes = replayedSpikes(given, context);
    // Where a spike is labelled by the start of its step, a second one in it is refused; elsewhere both count.
    const twice = profile.spikeLabel === 0 ? spikes.find(({ count }) => count > 1) : undefined;
    if (twice) diagnostics.add(messages.twoSpikesInOneStep(name, twice.index, twice.time));
    const { period = 0 } = given;
    const every = Math.round(period / dt);
    if (every > 0 && Math.abs(every * dt - period) > 1e-4 * dt)
      diagnostics.add(messages.notAWholeNumberOfSteps(`the period of ${name}`, period, dt));
    const version = { phase, spikes, every, first };
    first += spikes.length + 1;
    return version;
  });
}

interface ReplayBuffers {
  readonly steps: Buffer;
  readonly elements: Buffer;
  readonly counts: Buffer | null;
  readonly cursor: Buffer;
  /** Where phases change the spikes: place of the first of those in force, and after how many steps they come again. */
  readonly current: { readonly first: Buffer; readonly every: Buffer } | null;
}

function replayBuffers(
  name: string,
  all: readonly Version[],
  source: EventSource,
  { builder }: Context,
): ReplayBuffers {
  const column = (
    what: string,
    element: 'i32' | 'u32',
    value: (spike: ReplayedSpike) => number,
    last: number,
  ): Buffer => {
    const values = all.flatMap(({ spikes }) => [...spikes.map(value), last]);
    return builder.buffer(`${name}.spike_${what}`, element, values.length, `${what} of the spikes of ${name}`, {
      role: 'constant',
      initial: element === 'i32' ? Int32Array.from(values) : Uint32Array.from(values),
    });
  };
  const register = (what: string, value: number, comment: string): Buffer =>
    builder.buffer(`${name}.${what}`, 'u32', 1, comment, { initial: Uint32Array.of(value) });
  return {
    steps: column('steps', 'i32', (spike) => spike.step, 0x7fffffff),
    elements: column('elements', 'u32', (spike) => spike.index, 0),
    counts: source.times ? column('counts', 'u32', (spike) => spike.count, 0) : null,
    cursor: builder.buffer(`${name}.next_spike`, 'u32', 1, `next spike of ${name}`),
    current:
      all.length > 1
        ? {
            first: register('first_spike', 0, `first of the spikes of ${name} that are replayed now`),
            every: register(
              'spike_period',
              all[0]?.every ?? 0,
              `steps after which the spikes of ${name} come again; 0: never`,
            ),
          }
        : null,
  };
}

function replay(name: string, order: number, source: EventSource, context: Context): void {
  const { builder, profile } = context;
  const all = versions(name, context);
  const { steps, elements, counts, cursor, current } = replayBuffers(name, all, source, context);
  const block = new Block();
  const next = block.local('next', 'u32');
  const k = block.local('word', 'u32');
  const element = block.local('element', 'u32');
  const periodic = all.some(({ every }) => every > 0);
  const first = current ? block.name('first', ir.load(current.first, ir.u32(0))) : ir.u32(0);
  let now = step;
  if (periodic) {
    const every = current
      ? block.name('every', ir.convert('i32', ir.load(current.every, ir.u32(0))))
      : ir.i32(all[0]?.every ?? 0);
    // A remainder of zero is zero.
    now = block.name(
      'now',
      current ? ir.select(ir.gt(every, ir.i32(0)), ir.binary('rem', step, every), step) : ir.binary('rem', step, every),
    );
    block.emit(ir.when(ir.eq(now, ir.i32(0)), [ir.store(cursor, ir.u32(0), ir.u32(0))]));
  }
  const cell = ir.shr(ir.get(element), ir.u32(5));
  block.emit(
    ir.loop(k, ir.u32(0), ir.u32(source.mask.length as number), [ir.store(source.mask, ir.get(k), ir.u32(0))]),
    // The cursor counts from the first spike, so that a reset takes it back whichever spikes are in force.
    ir.set(next, current ? ir.add(first, ir.load(cursor, ir.u32(0))) : ir.load(cursor, ir.u32(0))),
    ir.whilst(ir.lt(ir.load(steps, ir.get(next)), now), [ir.set(next, ir.add(ir.get(next), ir.u32(1)))]),
    ir.whilst(ir.eq(ir.load(steps, ir.get(next)), now), [
      ir.set(element, ir.load(elements, ir.get(next))),
      ir.store(
        source.mask,
        cell,
        ir.or(ir.load(source.mask, cell), ir.shl(ir.u32(1), ir.and(ir.get(element), ir.u32(31)))),
      ),
      ...(source.times && counts
        ? [ir.store(source.times.buffer, timesAt(source, step, ir.get(element)), ir.load(counts, ir.get(next)))]
        : []),
      ir.set(next, ir.add(ir.get(next), ir.u32(1))),
    ]),
    ir.store(cursor, ir.u32(0), current ? ir.sub(ir.get(next), first) : ir.get(next)),
  );
  const each = (kernel: string, phase: StepPhase): void =>
    builder.each(kernel, { slot: profile.defaults.threshold, order, phase });
  each(
    builder.sequential(
      `${name}.replay`,
      `marks the elements of ${name} that spike in this step`,
      block.locals.declared,
      block.statements,
    ),
    'main',
  );
  each(builder.compact(`${name}.spike.compact`, `lists the elements of ${name} that spike`, source.ring.name), 'list');
  if (source.times) each(multiplesKernel(source, context), 'log multiples');
}

/** A kernel by which a phase gives a population other spikes to replay. */
export function changeReplay(name: string, phase: number, context: Context): string {
  const { builder } = context;
  if (context.profile.stepping === 'elements') return changeReplayedTimes(name, phase, context);
  const version = versions(name, context).find((candidate) => candidate.phase === phase);
  const buffer = (what: string): Buffer => builder.buffers.get(`${name}.${what}`) as Buffer;
  return builder.sequential(
    `phase${phase}.${name}`,
    `${name} replays other spikes`,
    [],
    [
      ir.store(buffer('first_spike'), ir.u32(0), ir.u32(version?.first ?? 0)),
      ir.store(buffer('spike_period'), ir.u32(0), ir.u32(version?.every ?? 0)),
      // Those whose time has passed are passed over in the step that follows.
      ir.store(buffer('next_spike'), ir.u32(0), ir.u32(0)),
    ],
  );
}
