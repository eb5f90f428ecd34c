/** Cells and sources that NEST computes otherwise than PyNN has them. */

import { assignment, binary, name, quantity, sum } from '../../lang/build.js';
import { second, volt } from '../../lang/dimension.js';
import { arrayOf, numbersOf } from '../../model/arrays.js';
import { mapped } from '../../model/collections.js';
import { wholeDelay } from '../../model/steps.js';
import type { DataStore, Model, NeuronType, Population, ValidModel } from '../../model/typed.js';

/**
 * Returns Hodgkin and Huxley's cell as NEST has it: a spike is the first sample after a maximum of v above `v_offset +
 * 30 mV`, at least 2 ms after the last one.
 *
 * @source NEST 3.10, model hh_cond_exp_traub
 */
export function hodgkinHuxleyOfNest(type: NeuronType): NeuronType {
  const { spike } = type.events;
  if (spike === undefined) return type;
  const [v, before] = [name('v'), name('v_before')];
  const isAbove = binary('>=', v, sum(name('v_offset'), quantity(0.03, volt)));
  const hold = { rate: [], writes: 'allow', suppress: true, evaluated: 'atEvent' } as const;
  return {
    ...type,
    state: { ...type.state, v_before: { unit: 'V', type: 'real', initial: 0, shared: false } },
    events: {
      spike: {
        ...spike,
        when: binary('and', isAbove, binary('>', before, v)),
        edge: 'level',
        refractory: { for: quantity(0.002, second), ...hold },
      },
      sample: {
        ...spike,
        when: binary('==', v, v),
        edge: 'level',
        do: [assignment('v_before', '=', v)],
        order: spike.order + 1,
        emits: null,
      },
    },
  };
}

/**
 * Returns when PyNN's NEST sends the first listed spike: PyNN hands times on that are earlier by the shortest delay.
 *
 * @param times  in one unit, as the result is
 */
export const firstSent = ({ shortest, step }: { readonly shortest: number; readonly step: number }): number =>
  Number((shortest + step).toPrecision(12));

/**
 * Returns populations with sources as PyNN's NEST has them, which sends no spike before the first that it can.
 *
 * @param isMoved  whether scripts state earlier spikes at that time, one for each cell; otherwise they are lost
 */
export function sourcesOfNest(model: Model, data: DataStore, isMoved: boolean): Model['populations'] {
  const { dt: step } = model.experiment;
  const limits = Object.values(model.projections).flatMap(({ delayRange }) => delayRange?.min ?? []);
  const first = firstSent({ shortest: limits.length === 0 ? step : Math.min(...limits), step });
  return mapped(model.populations, (population): Population => {
    const { spikes } = population;
    if (spikes === undefined || spikes.kind === 'file') return population;
    const [times, indices] = [arrayOf(spikes.times, data), arrayOf(spikes.indices, data)];
    const isEarly = (time: number): boolean => time < first * (1 - 1e-9);
    if (!Array.from(times).some(isEarly)) return population;
    const sent = new Map<string, readonly [time: number, index: number]>();
    for (let k = 0; k < times.length; k += 1) {
      const [own, index] = [times[k] ?? 0, indices[k] ?? 0];
      if (isEarly(own) && !isMoved) continue;
      // A cell that has a spike at that time sends one.
      const time = own < first * (1 + 1e-9) ? first : own;
      sent.set(`${time} ${index}`, [time, index]);
    }
    const train = [...sent.values()].sort(([a, i], [b, j]) => a - b || i - j);
    return {
      ...population,
      spikes: { ...spikes, times: train.map(([time]) => time), indices: train.map(([, index]) => index) },
    };
  });
}

/**
 * Returns the automatic `min_delay` of PyNN's NEST in s, after which NEST delivers listed spikes: the shortest delay,
 * or a step without connections.
 *
 * @returns undefined if drawn or computed delays decide
 */
export function minDelayInNest({ model, data }: ValidModel): number | undefined {
  const { projections, synapses, experiment, timing } = model;
  const { dt } = experiment;
  const delays = Object.values(projections).map(({ synapse, delays }) =>
    // Both sides of a plastic synapse have a share of its delay.
    Object.entries(synapses[synapse]?.pathways ?? {}).reduce<readonly number[] | undefined>(
      (sums, [pathway, { delay: usual }]) => {
        const delay = delays[pathway] ?? usual;
        if (typeof delay !== 'number' && delay.kind !== 'array') return undefined;
        const own = typeof delay === 'number' ? [delay] : numbersOf(delay.array, data);
        const [long = [], short = []] = own.length > (sums?.length ?? 0) ? [own, sums] : [sums, own];
        return sums && long.map((time, k) => time + (short.length === 1 ? (short[0] ?? 0) : (short[k] ?? 0)));
      },
      [0],
    ),
  );
  let least = Infinity;
  for (const each of delays) {
    if (each === undefined) return undefined;
    for (const delay of each) least = Math.min(least, delay);
  }
  return Number.isFinite(least) ? wholeDelay(least, dt, timing) : dt;
}

/** Returns populations with listed spikes that are later by a time in s for each. */
export const withLateSpikes = (
  { populations }: Model,
  data: DataStore,
  latenessOf: (name: string) => number,
): Model['populations'] =>
  mapped(populations, (population, name): Population => {
    const { spikes } = population;
    const lateness = latenessOf(name);
    if (spikes === undefined || spikes.kind === 'file' || lateness === 0) return population;
    const times = Array.from(arrayOf(spikes.times, data), (time) => Number((time + lateness).toPrecision(12)));
    return { ...population, spikes: { ...spikes, times } };
  });
