/** Populations that replay given spikes: each spike is emitted in the first step whose time has come to it. */

import * as ir from '../../ir/builder.js';
import { Block } from '../block.js';
import { arrayOf } from '../context.js';
import * as messages from '../messages.js';
import type { Deliveries } from './deliveries.js';
import type { Network } from './layout.js';
import { clearMasks, mark } from './elements.js';

/** Writes the kernel of a population without a type; null after a finding. */
export function replayKernel(network: Network, name: string, deliveries: Deliveries): string | null {
  const { context, time, rings } = network;
  const { builder, data, diagnostics } = context;
  const population = context.model.populations[name];
  if (!population?.spikes || 'file' in population.spikes) {
    diagnostics.add(messages.unsupportedFeature(`population ${name}, whose spikes are not at hand,`));
    return null;
  }
  if (population.spikes.period !== undefined) {
    diagnostics.add(
      messages.unsupportedFeature(
        `spikes that repeat (population ${name}) under the timing profile ${context.profile.name}`,
        messages.otherTiming,
      ),
    );
    return null;
  }
  const [indices, at] = [arrayOf(population.spikes.indices, data), arrayOf(population.spikes.times, data)];
  const order = Array.from({ length: at.length }, (_, k) => k).sort(
    (a, b) => (at[a] as number) - (at[b] as number) || (indices[a] as number) - (indices[b] as number),
  );
  const times = builder.buffer(`${name}.spike_times`, 'f64', order.length + 1, `times of the spikes of ${name} (s)`, {
    role: 'constant',
    initial: Float64Array.from([...order.map((k) => at[k] as number), Infinity]),
  });
  const elements = builder.buffer(
    `${name}.spike_elements`,
    'u32',
    order.length + 1,
    `elements of the spikes of ${name}`,
    {
      role: 'constant',
      initial: Uint32Array.from([...order.map((k) => indices[k] as number), 0]),
    },
  );
  const cursor = builder.buffer(`${name}.next_spike`, 'u32', 1, `next spike of ${name}`);
  const block = new Block();
  const next = block.local('next', 'u32');
  const t = block.name('t', ir.load(time, ir.u32(0)));
  clearMasks({ name, begin: 0, size: population.size }, rings, block);
  const body = block.nested((inner) => {
    const element = inner.name('element', ir.load(elements, ir.get(next)));
    mark(rings.get(`${name}.spike`), element, inner);
    deliveries.emit({ name }, 'spike', element, inner, t);
    inner.emit(ir.set(next, ir.add(ir.get(next), ir.u32(1))));
  });
  block.emit(
    ir.set(next, ir.load(cursor, ir.u32(0))),
    ir.whilst(ir.le(ir.load(times, ir.get(next)), t), body),
    ir.store(cursor, ir.u32(0), ir.get(next)),
  );
  return builder.sequential(
    `${name}.step`,
    `emits the spikes of ${name} whose time has come`,
    block.locals.declared,
    block.statements,
  );
}
