/** Pass: populations that replay given spikes. */

import * as ir from '../ir/builder.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import { arrayOf } from './context.js';
import { step } from './element-scope.js';
import type { EventSource } from './events.js';
import * as messages from './messages.js';
import { rankOf } from './profile.js';

/** Step in which a spike at `time` is emitted: floor with a tolerance of a thousandth of a step (`brian.md`, section 7.3). */
export const spikeStep = (time: number, dt: number): number => Math.trunc((time + 1e-3 * dt) / dt);

/** Step at whose end the spike is due, for profiles that label spikes so: the nearest; what is due before the first step is emitted in it. */
export const spikeStepByEnd = (time: number, dt: number): number => Math.max(0, Math.round(time / dt) - 1);

export function lowerSources(rings: ReadonlyMap<string, EventSource>, context: Context): void {
  const { builder, model, profile, dt, diagnostics, data } = context;
  for (const name of Object.keys(model.populations).sort()) {
    const population = model.populations[name];
    if (!population || population.type !== undefined) continue;
    const source = rings.get(`${name}.spike`);
    if (!source) continue;
    if (!population.spikes || 'file' in population.spikes) {
      diagnostics.add(
        messages.unsupportedFeature(
          population.spikes ? `spikes from a file (population ${name})` : `population ${name}, which has neither a type nor spikes,`,
        ),
      );
      continue;
    }
    const stepOf = profile.spikeLabel === 1 ? spikeStepByEnd : spikeStep;
    const [indices, times] = [arrayOf(population.spikes.indices, data), arrayOf(population.spikes.times, data)];
    const spikes = Array.from({ length: times.length }, (_, k) => ({
      step: stepOf(times[k] as number, dt),
      index: indices[k] as number,
      time: times[k] as number,
    }));
    spikes.sort((a, b) => a.step - b.step || a.index - b.index);
    for (let k = 1; k < spikes.length; k++) {
      const [before, here] = [spikes[k - 1], spikes[k]];
      if (before && here && before.step === here.step && before.index === here.index)
        diagnostics.add(messages.twoSpikesInOneStep(name, here.index, here.time));
    }
    const { period } = population.spikes;
    const every = period === undefined || period === 0 ? 0 : Math.round(period / dt);
    if (every > 0 && Math.abs(every * dt - (period ?? 0)) > 1e-4 * dt)
      diagnostics.add(messages.notAWholeNumberOfSteps(`the period of ${name}`, period ?? 0, dt));
    const steps = builder.buffer(`${name}.spike_steps`, 'i32', spikes.length + 1, `steps of the spikes of ${name}`, {
      role: 'constant',
      initial: Int32Array.from([...spikes.map((spike) => spike.step), 0x7fffffff]),
    });
    const elements = builder.buffer(`${name}.spike_elements`, 'u32', spikes.length + 1, `elements of the spikes of ${name}`, {
      role: 'constant',
      initial: Uint32Array.from([...spikes.map((spike) => spike.index), 0]),
    });
    const cursor = builder.buffer(`${name}.next_spike`, 'u32', 1, `next spike of ${name}`);
    const block = new Block();
    const next = block.local('next', 'u32');
    const k = block.local('word', 'u32');
    const element = block.local('element', 'u32');
    const now = every > 0 ? block.name('now', ir.binary('rem', step, ir.i32(every))) : step;
    if (every > 0) block.emit(ir.when(ir.eq(now, ir.i32(0)), [ir.store(cursor, ir.u32(0), ir.u32(0))]));
    block.emit(
      ir.loop(k, ir.u32(0), ir.u32(source.mask.length as number), [ir.store(source.mask, ir.get(k), ir.u32(0))]),
      ir.set(next, ir.load(cursor, ir.u32(0))),
      ir.whilst(ir.lt(ir.load(steps, ir.get(next)), now), [ir.set(next, ir.add(ir.get(next), ir.u32(1)))]),
      ir.whilst(ir.eq(ir.load(steps, ir.get(next)), now), [
        ir.set(element, ir.load(elements, ir.get(next))),
        ir.store(
          source.mask,
          ir.shr(ir.get(element), ir.u32(5)),
          ir.or(ir.load(source.mask, ir.shr(ir.get(element), ir.u32(5))), ir.shl(ir.u32(1), ir.and(ir.get(element), ir.u32(31)))),
        ),
        ir.set(next, ir.add(ir.get(next), ir.u32(1))),
      ]),
      ir.store(cursor, ir.u32(0), ir.get(next)),
    );
    const rank = rankOf(profile, profile.defaults.threshold);
    builder.each(
      builder.sequential(
        `${name}.replay`,
        `marks the elements of ${name} that spike in this step`,
        block.locals.declared,
        block.statements,
      ),
      profile.defaults.threshold,
      rank,
      population.order,
    );
    builder.each(
      builder.compact(`${name}.spike.compact`, `lists the elements of ${name} that spike`, source.ring.name),
      profile.defaults.threshold,
      rank,
      population.order + 0.25,
    );
  }
}
