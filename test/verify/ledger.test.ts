/** Verdicts on pairs that differ in what a run does not reach: silent cells, late changes, and branches never taken. */

import { expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/pipeline.js';
import type { ImportedModel } from '../../src/pipeline/read/imported-model.js';
import { compareAcross } from '../../src/verify/compare-across.js';
import { emptyRows } from '../../src/verify/ledger.js';
import type { Limit } from '../../src/verify/limit.js';
import { limitOfDocuments } from '../../src/verify/limit-with-draws.js';
import '../../translators/brian/road.js';
import '../../translators/pynn/road.js';

/** A silent cell of PyNN with three given spikes and a late pulse. */
const first = {
  format: 'interneuron/pynn',
  setup: { timestep: 0.1 },
  populations: [
    { label: 'in', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [[10, 30, 50]] } } },
    {
      label: 'cells',
      size: 2,
      cell: {
        type: 'IF_curr_exp',
        params: {
          cm: 0.2,
          tau_m: 10,
          v_rest: -65,
          v_reset: -65,
          v_thresh: -50,
          tau_refrac: 2,
          tau_syn_E: 2,
          i_offset: 0.1,
        },
      },
      initial_values: { v: -65 },
    },
  ],
  projections: [
    {
      label: 'p',
      pre: 'in',
      post: 'cells',
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
    },
  ],
  current_sources: [
    {
      label: 's',
      type: 'StepCurrentSource',
      params: { times: [1900, 1950], amplitudes: [0.05, 0] },
      inject_into: ['cells'],
    },
  ],
  recordings: [{ target: 'cells', variables: ['spikes'] }],
  phases: [{ run: 2000 }],
};

/** The same cell by hand in Brian, with another name of the potential. */
const second = `format: interneuron/brian
version: 1
dt: 0.1 ms
namespace: { tau: 10 ms, E: -65 mV, C: 0.2 nF, ts: 2 ms, I: 0.1 nA, th: -50 mV }
neuron_groups:
  cells:
    N: 2
    model: |
      du/dt = (E - u)/tau + (I + 0.05*nA*int(t >= 1900*ms and t < 1950*ms) + s)/C : volt (unless refractory)
      ds/dt = -s/ts : amp
    threshold: u > th
    reset: u = -65*mV
    refractory: 2 ms
    method: rk4
    initializers: { u: -65*mV }
spike_generators:
  in: { N: 1, indices: [0, 0, 0], times: { values: [10, 30, 50], unit: ms } }
synapses:
  S: { source: in, target: cells, on_pre: s += 0.1*nA, delay: 1 ms, connect: true }
spike_monitors: { sp: { source: cells } }
run: 2 s
`;

async function verdict(change: (text: string) => string): Promise<Limit> {
  const changed = change(second);
  if (change !== unchanged) expect(changed).not.toBe(second);
  return verdictOn(
    importModel({ name: 'first.json', text: JSON.stringify(first) }),
    importModel({ name: 'second.yaml', text: changed }),
  );
}

async function verdictOn(...models: readonly [ImportedModel, ImportedModel]): Promise<Limit> {
  const { became, comparison } = await compareAcross(...models);
  return limitOfDocuments(models[0].valid, models[1].valid, { became, listed: comparison.differences });
}

const unchanged = (text: string): string => text;
const replacing =
  (before: string, after: string) =>
  (text: string): string =>
    text.replace(before, after);

test.each([
  ['resting potential', replacing('E: -65 mV', 'E: -75 mV'), 'rate of v'],
  ['current', replacing('I: 0.1 nA', 'I: 0.05 nA'), 'rate of v'],
  ['time constant', replacing('tau: 10 ms', 'tau: 30 ms'), 'rate of v'],
  ['threshold', replacing('th: -50 mV', 'th: -48 mV'), 'threshold'],
  ['reset', replacing('reset: u = -65*mV', 'reset: u = -60*mV'), 'reset of v'],
  ['refractory period', replacing('refractory: 2 ms', 'refractory: 2.5 ms'), 'refractory period'],
  ['weight', replacing('s += 0.1*nA', 's += 0.11*nA'), 'effect on isyn_exc'],
  ['delay', replacing('delay: 1 ms', 'delay: 1.3 ms'), 'delay'],
  ['first value', replacing('{ u: -65*mV }', '{ u: -66*mV }'), 'first v'],
  ['branch of the reset', replacing('u = -65*mV', 'u = -65*mV - 5*mV*int(s > 5*nA)'), 'reset of v'],
  ['upper limit', replacing('+ s)/C', '+ clip(s, -inf*amp, 0.05*nA))/C'), 'rate of v'],
  ['branch of the threshold', replacing('u > th', 'u > th - 4*mV*int(s > 3*nA)'), 'threshold'],
  ['end of a late pulse', replacing('t < 1950*ms', 't < 1949*ms'), 'rate of v at 1949.'],
  ['missing late pulse', replacing('0.05*nA*int(t >= 1900*ms and t < 1950*ms) + ', ''), 'rate of v at 19'],
  ['late given spike', replacing('[10, 30, 50]', '[10, 30, 51]'), 'spike 2'],
] as const)('another %s is another model', async (_, change, quantity) => {
  const { verdict: found, ledger } = await verdict(change);
  expect(found).toBe('another model');
  expect(ledger.difference?.quantity).toContain(quantity);
});

test.each([
  ['names', unchanged],
  ['conductances', replacing('(E - u)/tau', '0.02*uS*(E - u)/C')],
  ['parallel synapses', replacing('s += 0.1*nA', 's += 0.06*nA; s += 0.04*nA')],
  ['limits that no value passes', replacing('+ s)/C', '+ clip(s, -inf*amp, inf*amp))/C')],
  [
    'two projections',
    replacing(
      'synapses:\n',
      'synapses:\n  T: { source: in, target: cells, on_pre: s += 0.04*nA, delay: 1 ms, connect: true }\n',
    ),
  ],
] as const)('other %s are the same model', async (name, change) => {
  const given = name === 'two projections' ? (text: string) => change(text).replace('+= 0.1*nA', '+= 0.06*nA') : change;
  const { verdict: found, ledger } = await verdict(given);
  expect([found, emptyRows(ledger)]).toEqual(['the same model', []]);
  // Nothing of the silent cells is compared by runs only.
  expect(ledger.rows.filter(({ part, how }) => part === 'cells' && how === 'by run')).toEqual([]);
});

test('a current without synapses and of unknown sign is a row that forbids the short sentence', async () => {
  const { verdict: found, ledger } = await verdict((text) =>
    text.replace('+ s)/C', '+ s + q)/C').replace('      ds/dt', '      dq/dt = -q/(5*ms) : amp\n      ds/dt'),
  );
  expect(found).toBe('the same model as far as it acted');
  expect(emptyRows(ledger)).toMatchObject([{ part: 'cells', how: 'never acted' }]);
});

/** Synapses with weights of 2 nS that stay far from their bounds in the run. */
const plastic = (bounded: (weight: string) => string, [weight, pre, post] = ['w', 'apre', 'apost']): string => `
format: interneuron/brian
version: 1
dt: 0.1 ms
neuron_groups:
  cells:
    N: 1
    model: |
      dv/dt = (-65*mV - v)/(20*ms) + (0.14*nA + g*(0*mV - v))/(0.2*nF) : volt (unless refractory)
      dg/dt = -g/(5*ms) : siemens
    threshold: v > -52*mV
    reset: v = -65*mV
    refractory: 2 ms
    method: rk4
    initializers: { v: -65*mV }
spike_generators:
  in: { N: 2, indices: [0, 1, 0, 1], times: { values: [10, 11, 60, 61], unit: ms } }
synapses:
  S:
    source: in
    target: cells
    model: |
      ${weight} : siemens
      d${pre}/dt = -${pre}/(20*ms) : siemens (event-driven)
      d${post}/dt = -${post}/(20*ms) : siemens (event-driven)
    on_pre: |
      g += ${weight}
      ${pre} += 0.06*nS
      ${weight} = ${bounded(`${weight} - ${post}`)}
    on_post: |
      ${post} += 0.06*nS
      ${weight} = ${bounded(`${weight} + ${pre}`)}
    delay: 1 ms
    connect: true
    initializers: { ${weight}: 2*nS }
spike_monitors: { sp: { source: cells } }
run: 100 ms
`;

const clipped =
  (low: number, high: number) =>
  (weight: string): string =>
    `clip(${weight}, ${low}*nS, ${high}*nS)`;

/** The same bounds, by conditions. */
const byConditions =
  (high: number) =>
  (weight: string): string =>
    `(${weight})*int(${weight} >= 0*nS)*int(${weight} <= ${high}*nS) + ${high}*nS*int(${weight} > ${high}*nS)`;

test.each([
  ['equal bounds and other names', clipped(0, 12), undefined],
  ['equal bounds by conditions', byConditions(12), undefined],
  ['another largest weight', clipped(0, 8), 'effect at the upper bound on g'],
  ['another largest weight by conditions', byConditions(8), 'effect at the upper bound on g'],
  ['another least weight', clipped(0.5, 12), 'effect at the lower bound on g'],
  ['no least weight', clipped(-1e6, 12), 'lower bound'],
  ['no bounds', (weight: string) => weight, 'upper bound'],
] as const)('plastic synapses that stay far from their bounds, and %s', async (_, bounded, quantity) => {
  const { verdict: found, ledger } = await verdictOn(
    importModel({ name: 'first.yaml', text: plastic(clipped(0, 12)) }),
    importModel({ name: 'second.yaml', text: plastic(bounded, ['weight', 'x', 'y']) }),
  );
  expect(found).toBe(quantity === undefined ? 'the same model' : 'another model');
  if (quantity === undefined) expect(emptyRows(ledger)).toEqual([]);
  else expect(ledger.difference?.quantity).toContain(`${quantity} of a synapse from in[0]`);
});
