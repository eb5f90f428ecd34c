/** Cells of PyNN that NEST computes otherwise than their equations: for measurements of scripts for NEST. */

import { declaredName } from '../../src/library/declared-types.js';
import type { NeuronType } from '../../src/model/model.js';

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
