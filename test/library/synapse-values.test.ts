/** Weights that a phase sets and that are recorded, in synapses that become standard ones of PyNN. */

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { typedValid } from '../../src/model/typed-model.js';
import { standardise } from '../../src/library/recognise/standardise.js';
import { checkConversion } from '../support/check-conversion.js';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/pynn/road.js';

type Valid = ReturnType<typeof importModel>['valid'];

/**
 * Four cells without a refractory period, which Brian counts otherwise; with synapses and a change of them after half
 * of the run.
 */
function model(synapses: Record<string, unknown>, more: Record<string, unknown>): Valid {
  const document = {
    format: 'interneuron/brian',
    version: 1,
    dt: '0.1 ms',
    neuron_groups: {
      G: {
        N: 4,
        model: 'dv/dt = (g + I - 60*mV - v)/(20*ms) : volt\ndg/dt = -g/(5*ms) : volt\nI : volt',
        threshold: 'v > -50*mV',
        reset: 'v = -60*mV',
        method: 'exact',
        initializers: { v: '-60*mV', I: '12*mV + 1*mV*i' },
      },
    },
    synapses: { S: { source: 'G', target: 'G', connect: 'i != j', delay: '1 ms', ...synapses } },
    spike_monitors: { spikes: { source: 'G' } },
    ...more,
  };
  return importModel({ name: 'weights.yaml', text: stringify(document) }).valid;
}

const weights = { model: 'w : volt', on_pre: 'g += w', initializers: { w: '1*mV + 0.2*mV*j' } };
const changed = (value: string): Record<string, unknown> => ({
  run: [{ duration: '80 ms' }, { set: { 'S.w': value }, duration: '80 ms' }],
});

const missing = (valid: Valid): readonly string[] =>
  standardise(typedValid(valid), 'pynn')
    .entries.filter(({ verdict }) => verdict === 'notExpressible')
    .map(({ message }) => message);

describe('weights of static synapses that a phase sets', () => {
  it('are set in PyNN, in the unit of its receptors, and the same spikes follow', async () => {
    const valid = model(weights, changed('6*mV'));
    const { files } = await convertModel(valid, 'pynn-json');
    const { populations, phases } = JSON.parse(files[0]?.text ?? '') as {
      populations: readonly unknown[];
      phases: readonly Readonly<Record<string, unknown>>[];
    };
    expect(populations).toMatchObject([{ cell: { type: 'IF_curr_exp' } }]);
    // PyNN's default membrane has 1 nF and 20 ms: 6 mV are 0.3 nA.
    expect(phases).toMatchObject([
      { run: 80 },
      { set_projection: { target: 'S', params: { weight: 0.3 } } },
      { run: 80 },
    ]);
    const { matched, spikes } = await checkConversion(valid, 'pynn-json');
    expect(spikes[0]).toBeGreaterThan(20);
    expect([matched, spikes[1]]).toEqual([spikes[0], spikes[0]]);
  });

  it('cannot have the sign that their receptor excludes, but can be zero', () => {
    expect(missing(model(weights, changed('-6*mV')))).toEqual(['a change of S.w cannot be expressed in PyNN']);
    expect(missing(model(weights, changed('0*mV')))).toEqual([]);
  });

  it('are refused if several projections stand for the synapses', () => {
    const both = { ...weights, initializers: { w: '(j - 1.5)*mV' } };
    expect(missing(model(both, changed('6*mV')))).toEqual(['a change of S.w cannot be expressed in PyNN']);
  });
});

describe('variables of synapses that are recorded', () => {
  const depressing = {
    model: 'w : volt\ndu/dt = -u/(300*ms) : 1 (event-driven)\ndx/dt = (1 - x)/(120*ms) : 1 (event-driven)',
    on_pre: 'u += 0.2*(1 - u)\ng_post += w*u*x\nx -= u*x',
    initializers: { x: '1', w: '3*mV + 0.1*mV*j' },
  };
  const recorded = (variables: readonly string[]): Record<string, unknown> => ({
    run: '100 ms',
    state_monitors: { m: { source: 'S', variables, record: true } },
  });

  it('are left out by name if the standard synapse has no single variable for them', async () => {
    const valid = model(depressing, recorded(['x']));
    expect(missing(valid)).toEqual(['a recording of x, which TsodyksMarkramSynapse has not in one variable']);
    // The synapse keeps its name.
    const { files } = await convertModel(valid, 'pynn-json');
    expect(files[0]?.text).toContain('TsodyksMarkramSynapse');
    expect(files[0]?.text).not.toContain('"x"');
  });

  it('are weights if the weights are one parameter', () => {
    const { valid, entries } = standardise(typedValid(model(depressing, recorded(['w']))), 'pynn');
    expect(entries.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
    expect(valid.model.recordings).toMatchObject([{ events: 'spike' }, { variables: ['weight'] }]);
  });
});

describe('weights that are drawn', () => {
  const clipped = { random: 'normal_clipped_to_boundary' };
  // 6 mV are 0.3 nA.
  it.each([
    ['exp(0.5*randn())*6*mV', { random: 'lognormal', params: { mu: Math.log(0.3), sigma: 0.5 } }],
    ['exp(1 - 0.5*randn())*6*mV', { random: 'lognormal', params: { mu: Math.log(0.3) + 1, sigma: 0.5 } }],
    ['-log(rand())*6*mV', { random: 'exponential', params: { beta: 0.3 } }],
    ['-6*mV*log(1 - rand())', { random: 'exponential', params: { beta: 0.3 } }],
    ['clip(4*mV + 2*mV*randn(), 0*mV, 10*mV)', { ...clipped, params: { mu: 0.2, sigma: 0.1, low: 0, high: 0.5 } }],
    ['-2*mV*clip(randn(), -5, 1)', { ...clipped, params: { mu: 0, sigma: 0.1, low: -0.1, high: 0.5 } }],
    ['clip(2 + randn(), 0, inf)*2*mV', { ...clipped, params: { mu: 0.2, sigma: 0.1, low: 0, high: 'inf' } }],
  ])('%s is a distribution of PyNN', async (w, expected) => {
    const { files } = await convertModel(model({ ...weights, initializers: { w } }, { run: '10 ms' }), 'pynn-json');
    const { projections } = JSON.parse(files[0]?.text ?? '') as { projections: readonly unknown[] };
    const close = Object.fromEntries(
      Object.entries(expected.params).map(([k, x]) => [k, typeof x === 'string' ? x : expect.closeTo(x, 12)]),
    );
    expect(projections).toMatchObject([{ synapse: { params: { weight: { ...expected, params: close } } } }]);
  });

  it.each(['exp(rand())*6*mV', '1*mV - log(rand())*mV', '-log(2*rand())*mV', 'exp(-randn()**2)*mV'])(
    '%s is none, and stays what it is',
    async (w) => {
      const { files } = await convertModel(model({ ...weights, initializers: { w } }, { run: '10 ms' }), 'pynn-json');
      expect(files[0]?.text).not.toContain('"random"');
    },
  );
});
