/** Point neurons of SONATA's templates that PyNN has no name for, as equations. */

import { replaced } from '../../src/library/replaced.js';
import { entryOf } from '../../src/diagnostics/entry.js';
import { response, standardCells } from '../../src/library/pynn/index.js';
import type { NeuronDocument, ParameterDocument } from '../../src/model/document.generated.js';
import type { StandardCell } from '../../src/library/standard-type.js';

/** Above threshold, in units of delta_T, the upstroke of a spike takes less than tau_m*exp(-14), which is left out. */
const upstroke = 14;

/**
 * Returns the adaptive exponential neuron as NEST steps it. A spike resets v at the time within a step when v passes
 * its peak, and the rest of the step continues from there. Above `v_cap`, v rises at a constant rate, which determines
 * the time since the passage: `late`. Without refractoriness, one step of Heun's method leads from the reset to the end
 * of the step. All other properties come from PyNN's type, which resets at the end of the step.
 *
 * @source NEST 3.10, models/aeif_cond_exp and aeif_cond_alpha
 */
export function adexCell(name: string): StandardCell {
  const cell = entryOf(standardCells, name);
  const { conformsTo: _, ...neuron } = cell.neuron;
  const rates = Object.entries(neuron.derivatives ?? {}).map(
    ([key, rate]) => [key, typeof rate === 'string' ? rate : ''] as const,
  );
  const rateOf = (key: string, v: string, w: string, isBefore = false): string => {
    const rate = rates.find(([name]) => name === key)?.[1] ?? '';
    const at = replaced(rate.replaceAll('min(v, v_spike)', 'v'), { v, w });
    // Conductances when the peak was passed.
    const before = (g: string): string => `${g} - late*(${rateOf(g, v, w)})`;
    return isBefore ? replaced(at, { gsyn_exc: before('gsyn_exc'), gsyn_inh: before('gsyn_inh') }) : at;
  };
  const [first, second] = [rateOf('v', 'v_reset', 'w', true), rateOf('v', 'ahead', 'w_ahead')];
  const free = 'tau_refrac <= 0*ms';
  return {
    ...cell,
    neuron: {
      ...neuron,
      derived: { v_cap: { unit: 'mV', value: `min(v_spike, v_thresh + ${upstroke}*delta_T)` } },
      derivatives: {
        ...Object.fromEntries(rates),
        v: rateOf('v', 'min(v, v_cap)', 'w'),
        w: rateOf('w', 'min(v, v_cap)', 'w'),
      },
      events: {
        spike: {
          when: 'v >= v_cap',
          // Before spikes arrive, as in NEST.
          slot: 'after_groups',
          actionSlot: 'after_groups',
          do: [
            `late = clip((v - v_cap)/(${rateOf('v', 'v_cap', 'w')}), 0*ms, dt)`,
            `w += b - late*(${rateOf('w', 'v_cap', 'w')})`,
            `slope = ${first}`,
            `ahead = v_reset + late*slope if ${free} else v_reset`,
            `w_slope = ${rateOf('w', 'v_reset', 'w')}`,
            'w_ahead = w + late*w_slope',
            `v = v_reset + late*(slope + ${second})/2 if ${free} else v_reset`,
            `w += late*(w_slope + ${rateOf('w', 'ahead', 'w_ahead')})/2`,
          ],
          refractory: { for: 'tau_refrac', rate: ['v'], writes: 'block', rounding: 'up' },
        },
      },
    },
  };
}

/** Mechanisms of a GLIF neuron: a threshold that spikes raise, currents after spikes, a threshold that follows v. */
export interface GlifMechanisms {
  readonly threshold: boolean;
  readonly currents: boolean;
  readonly adapting: boolean;
}

/** Runs at the beginning of every step outside of refractoriness. */
const inEachStep = (actions: readonly string[]): NonNullable<NeuronDocument['events']> => ({
  begin: { when: 'not_refractory', do: actions, slot: 'start', actionSlot: 'after_start', order: -1 },
});

/**
 * Returns the generalised leaky integrate-and-fire cell with `currents` after-spike currents and `receptors`
 * alpha-shaped synaptic currents (Teeter et al., Nature Communications 9 (2018) 709):
 *
 *   C_m v' = g (E_L - v) + sum asc + sum I_syn + I, a spike at v > V_th + th_spike + th_voltage
 *
 * As in NEST, v gets the mean of each after-spike current over the step. While v is held, all states except synaptic
 * currents stand still.
 *
 * @source NEST 3.10, models/glif_psc, for the order of updates in a step
 */
export function glifCell(has: GlifMechanisms, currents: number, receptors: number): StandardCell {
  const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k + 1);
  const asc = has.currents ? numbered(currents) : [];
  const parts = numbered(receptors).map((k) =>
    response({ shape: 'alpha', kind: 'current', variable: `isyn_${k}`, timeConstant: [`tau_syn_${k}`, 2] }),
  );
  const u = '(v - E_L)';
  const beta = `((${has.currents ? 'asc_mean + ' : ''}i_inj)/g)`;
  const phi = '(th_voltage_index/(th_voltage_decay - g/C_m))';
  const ratio = 'th_voltage_index/th_voltage_decay';
  const merge = <T>(maps: readonly Readonly<Record<string, T>>[]): Record<string, T> =>
    Object.fromEntries(maps.flatMap((map) => Object.entries(map)));
  const each = <T>(make: (k: number) => Readonly<Record<string, T>>): Record<string, T> => merge(asc.map(make));
  return {
    name: 'glif_psc',
    neuron: {
      parameters: {
        g: { unit: 'nS', value: 9.43 },
        E_L: { unit: 'mV', value: -78.85 },
        C_m: { unit: 'pF', value: 58.72 },
        V_th: { unit: 'mV', value: -51.68 },
        t_ref: { unit: 'ms', value: 3.75 },
        ...(has.threshold
          ? {
              th_spike_add: { unit: 'mV', value: 0.37 },
              th_spike_decay: { unit: '1/ms', value: 0.009 },
              voltage_reset_fraction: { unit: 1, value: 0.2 },
              voltage_reset_add: { unit: 'mV', value: 18.51 },
            }
          : { V_reset: { unit: 'mV', value: -78.85 } }),
        ...(has.adapting
          ? { th_voltage_index: { unit: '1/ms', value: 0.005 }, th_voltage_decay: { unit: '1/ms', value: 0.09 } }
          : {}),
        ...each<ParameterDocument>((k) => ({
          [`asc_decay_${k}`]: { unit: '1/ms', value: 0.003 },
          [`asc_amps_${k}`]: { unit: 'pA', value: 0 },
          [`asc_r_${k}`]: { unit: 1, value: 1 },
        })),
        ...merge(parts.map((part) => part.parameters)),
      },
      inputs: { i_inj: 'nA' },
      state: {
        v: { unit: 'mV', initial: -78.85 },
        ...(has.threshold ? { th_spike: { unit: 'mV' }, v_old: { unit: 'mV' } } : {}),
        ...(has.adapting ? { th_voltage: { unit: 'mV' } } : {}),
        ...(has.currents ? { asc_mean: { unit: 'pA' } } : {}),
        ...each((k) => ({ [`asc_${k}`]: { unit: 'pA' } })),
        ...merge(parts.map((part) => part.state)),
      },
      derivatives: {
        v: `(g*(E_L - v) + ${[...(has.currents ? ['asc_mean'] : []), ...parts.map((part) => part.current), 'i_inj'].join(' + ')})/C_m`,
        ...merge(parts.map((part) => part.derivatives)),
      },
      events: {
        ...inEachStep([
          ...(has.threshold ? ['v_old = v', 'th_spike *= exp(-th_spike_decay*dt)'] : []),
          ...(has.currents
            ? [`asc_mean = ${asc.map((k) => `asc_${k}*(-expm1(-asc_decay_${k}*dt)/(asc_decay_${k}*dt))`).join(' + ')}`]
            : []),
          ...asc.map((k) => `asc_${k} *= exp(-asc_decay_${k}*dt)`),
          ...(has.adapting
            ? [
                `th_voltage = ${phi}*(${u} - ${beta})*exp(-g*dt/C_m) + exp(-th_voltage_decay*dt)*(th_voltage - ` +
                  `${phi}*(${u} - ${beta}) - ${ratio}*${beta}) + ${ratio}*${beta}`,
              ]
            : []),
        ]),
        spike: {
          when: `v > V_th${has.threshold ? ' + th_spike' : ''}${has.adapting ? ' + th_voltage' : ''}`,
          do: [
            ...(has.threshold
              ? [
                  'v = E_L + voltage_reset_fraction*(v_old - E_L) + voltage_reset_add',
                  'th_spike = th_spike*exp(-th_spike_decay*t_ref) + th_spike_add',
                ]
              : ['v = V_reset']),
            ...asc.map((k) => `asc_${k} = asc_amps_${k} + asc_r_${k}*asc_${k}*exp(-asc_decay_${k}*t_ref)`),
          ],
          refractory: { for: 't_ref', rate: ['v'], writes: 'block', rounding: 'up' },
        },
      },
      method: 'exact',
    },
    receptors: Object.fromEntries(parts.map((part, k) => [`receptor_${k + 1}`, part.receptor])),
    recordable: {
      V_m: 'v',
      ...(has.currents ? { ASCurrents_sum: 'asc_mean' } : {}),
      ...(has.threshold ? { threshold_spike: 'th_spike' } : {}),
      ...(has.adapting ? { threshold_voltage: 'th_voltage' } : {}),
    },
    initial: { V_m: 'v' },
    injectable: 'i_inj',
  };
}

/**
 * NEURON's IntFire1: m decays, spikes step it, and a spike is emitted at m > 1. Arrivals while it is refractory are
 * lost. NEURON emits at the time of arrival, this type at the end of the step.
 */
export const intFire1: StandardCell = {
  name: 'IntFire1',
  neuron: {
    parameters: { tau: { unit: 'ms', value: 10 }, refrac: { unit: 'ms', value: 5 } },
    state: { m: { unit: 1 } },
    derivatives: { m: '-m/tau' },
    events: {
      spike: {
        when: 'm > 1',
        do: ['m = 0'],
        refractory: { for: 'refrac', rate: ['m'], writes: 'block', rounding: 'up' },
      },
    },
    method: 'exact',
  },
  receptors: {
    excitatory: { variable: 'm', kind: 'voltage' },
    inhibitory: { variable: 'm', kind: 'voltage' },
  },
  recordable: { m: 'm' },
  initial: { m: 'm' },
};
