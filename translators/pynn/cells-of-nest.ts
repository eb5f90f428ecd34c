/** Cells and sources of PyNN that NEST computes otherwise than PyNN has them: for measurements of scripts for NEST. */

import { declaredName } from '../../src/library/declared-types.js';
import { arrayOf } from '../../src/model/arrays.js';
import { mapped } from '../../src/model/collections.js';
import type { DataStore, Model, NeuronType, Population } from '../../src/model/model.js';
import { areInFile } from '../../src/model/tagged.js';

/**
 * Returns a standard cell as NEST has it. Izhikevich's takes steps of forward Euler. A spike of Hodgkin and Huxley's is
 * the first sample after a maximum of v above `v_offset + 30 mV`, at least 2 ms after the last one.
 *
 * @source NEST 3.10, models izhikevich and hh_cond_exp_traub
 */
export function cellOfNest(type: NeuronType): NeuronType {
  const { spike } = type.events;
  if (declaredName(type) === 'Izhikevich') return { ...type, method: 'euler' };
  if (declaredName(type) !== 'HH_cond_exp' || spike === undefined) return type;
  const refractory = { for: '2*ms', rate: [], writes: 'allow', suppress: true, evaluated: 'atEvent' } as const;
  return {
    ...type,
    state: { ...type.state, v_before: { unit: 'V', type: 'real', initial: 0, shared: false } },
    events: {
      spike: { ...spike, when: 'v >= v_offset + 30*mV and v_before > v', edge: 'level', refractory },
      sample: { ...spike, when: 'v == v', edge: 'level', do: ['v_before = v'], order: spike.order + 1, emits: null },
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
    if (spikes === undefined || areInFile(spikes)) return population;
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
