/** Populations that replay given spikes: each spike is emitted in the first step whose time has come to it. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { Block } from '../block.js';
import type { Context } from '../context.js';
import { arrayOf } from '../../model/arrays.js';
import { timeBuffer } from '../element-scope.js';
import type { EventSource } from '../events.js';
import * as messages from '../messages.js';
import { versionsOf } from '../replay.js';
import type { Deliveries } from './deliveries.js';
import type { Network } from './layout.js';
import { clearMasks, mark } from './element-code.js';

/** Writes the kernel of a population without a type; null after a finding. */
export function replayKernel(network: Network, name: string, deliveries: Deliveries): string | null {
  const { context, time, rings } = network;
  const { builder, diagnostics } = context;
  const population = context.model.populations[name];
  if (!population?.spikes || population.spikes.kind === 'file') {
    diagnostics.add(messages.unsupportedFeature(`population ${name}, whose spikes are not at hand,`));
    return null;
  }
  const all = versionsOf(name, context);
  const lists = all.map(({ spikes }) => inOrderOfTime(spikes, context));
  const times = builder.buffer(
    `${name}.spike_times`,
    'f64',
    lists.reduce((sum, list) => sum + list.length + 1, 0),
    `times of the spikes of ${name} (s)`,
    { role: 'constant', initial: Float64Array.from(lists.flatMap((list) => [...list.map((k) => k.time), Infinity])) },
  );
  const elements = builder.buffer(`${name}.spike_elements`, 'u32', times.length, `elements of the spikes of ${name}`, {
    role: 'constant',
    initial: Uint32Array.from(lists.flatMap((list) => [...list.map(({ index }) => index), 0])),
  });
  const cursor = builder.buffer(`${name}.next_spike`, 'u32', 1, `next spike of ${name}`);
  if (all.length > 1)
    builder.buffer(`${name}.first_spike`, 'u32', 1, `first of the spikes of ${name} that are replayed now`);
  const block = new Block();
  const next = block.local('next', 'u32');
  const t = block.name('t', ir.load(time, ir.u32(0)));
  const source = rings.get(`${name}.spike`);
  clearMasks({ name, begin: 0, size: population.size }, rings, block);
  const body = block.nested((inner) => {
    const element = inner.name('element', ir.load(elements, ir.get(next)));
    if (source?.times) countSpike(source, element, inner);
    mark(source, element, inner);
    deliveries.emit({ name }, 'spike', element, inner, t);
    inner.emit(ir.set(next, ir.add(ir.get(next), ir.u32(1))));
  });
  const first = firstOf(name, context);
  block.emit(
    // The cursor counts from the first spike, so that a reset takes it back whichever spikes are in force.
    ir.set(next, first ? ir.add(first, ir.load(cursor, ir.u32(0))) : ir.load(cursor, ir.u32(0))),
    ir.whilst(ir.le(ir.load(times, ir.get(next)), t), body),
    ir.store(cursor, ir.u32(0), first ? ir.sub(ir.get(next), first) : ir.get(next)),
  );
  return builder.sequential(
    `${name}.step`,
    `emits the spikes of ${name} whose time has come`,
    block.locals.declared,
    block.statements,
  );
}

/** The spikes of a population by time, then element. */
function inOrderOfTime(
  { indices, times }: ReturnType<typeof versionsOf>[number]['spikes'],
  { data }: Context,
): readonly { readonly time: number; readonly index: number }[] {
  const [elements, at] = [arrayOf(indices, data), arrayOf(times, data)];
  return Array.from({ length: at.length }, (_, k) => ({ time: at[k] as number, index: elements[k] as number })).sort(
    (a, b) => a.time - b.time || a.index - b.index,
  );
}

/** Place of the first of the spikes in force, where phases change them. */
function firstOf(name: string, { builder }: Context): Ir | null {
  const buffer = builder.buffers.get(`${name}.first_spike`);
  return buffer ? ir.load(buffer, ir.u32(0)) : null;
}

/** Counts the spikes of an element in this step; the first of them clears the count. */
function countSpike(source: EventSource, element: Ir, block: Block): void {
  if (!source.times) return;
  const { buffer } = source.times;
  const bit = ir.shl(ir.u32(1), ir.and(element, ir.u32(31)));
  const emitted = ir.ne(ir.and(ir.load(source.mask, ir.shr(element, ir.u32(5))), bit), ir.u32(0));
  block.emit(ir.store(buffer, element, ir.select(emitted, ir.add(ir.load(buffer, element), ir.u32(1)), ir.u32(1))));
}

/** A kernel by which a phase gives a population other spikes; those whose time has come are passed over. */
export function changeReplayedTimes(name: string, phase: number, context: Context): string {
  const { builder } = context;
  const all = versionsOf(name, context);
  const version = all.findIndex((candidate) => candidate.phase === phase);
  const first = all.slice(0, version).reduce((sum, { spikes }) => sum + inOrderOfTime(spikes, context).length + 1, 0);
  const buffer = (what: string): Buffer => builder.buffers.get(`${name}.${what}`) as Buffer;
  const times = buffer('spike_times');
  const block = new Block();
  const next = block.local('next', 'u32');
  const t = block.name('t', ir.load(timeBuffer(context), ir.u32(0)));
  block.emit(
    ir.set(next, ir.u32(first)),
    // At the start no step has been taken, and a spike at time 0 is still to come.
    ir.whilst(ir.and(ir.gt(t, ir.f64(0)), ir.le(ir.load(times, ir.get(next)), t)), [
      ir.set(next, ir.add(ir.get(next), ir.u32(1))),
    ]),
    ir.store(buffer('first_spike'), ir.u32(0), ir.u32(first)),
    ir.store(buffer('next_spike'), ir.u32(0), ir.sub(ir.get(next), ir.u32(first))),
  );
  const comment = `${name} replays other spikes`;
  return builder.sequential(`phase${phase}.${name}`, comment, block.locals.declared, block.statements);
}
