/**
 * Models written as LEMS and read back: the same number of spikes, at times that differ only by the effects of forward
 * Euler and the order of a step.
 */

import { describe, expect, it, test } from 'vitest';
import { checkConversion } from '../../support/check-conversion.js';
import { convertModel } from '../../../src/convert/convert.js';
import type { Model } from '../../../src/model/model.js';
import { exportLems, xmlText } from '../../../translators/neuroml/export.js';
import {
  importModel,
  readSource,
  runModel,
  type ImportedModel,
  type ImportOptions,
} from '../../../src/pipeline/pipeline.js';
import '../../../translators/brian/road.js';
import '../../../translators/sonata/road.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/pynn/road.js';

/** Spike times in s of each population. */
async function spikesOf(model: ImportedModel): Promise<ReadonlyMap<string, number>> {
  const result = await runModel(model, { target: 'wasm' });
  if (result.kind !== 'run') throw new Error('nothing was run');
  const counts = new Map(result.record.populations.map(({ name, spikes }) => [name, spikes]));
  result.dispose();
  return counts;
}

async function converted(
  path: string,
  options: ImportOptions = {},
  freeze = false,
  change = (model: Model): Model => model,
) {
  const original = importModel(readSource(path), options);
  const { files, report } = await convertModel({ ...original.valid, model: change(original.valid.model) }, 'lems', {
    freeze,
  });
  const text = files[0]?.text ?? '';
  return { original, text, report, back: importModel({ name: 'exported.xml', text }) };
}

describe('models that LEMS can express', () => {
  it.each([
    // LEMS counts its refractory periods from the step after a spike: of 18 spikes, the last is after the end.
    ['a leaky cell with refractoriness', 'fixtures/brian/single-lif.yaml', ['G'], 1],
    ['synapses that add to a current', 'fixtures/pynn/if-curr-exp.json', ['driven', 'receiver'], 0],
    ['synapses that add to a conductance', 'fixtures/pynn/if-cond-exp.json', ['driven', 'receiver'], 0],
    ['cells with channels, of NeuroML', 'fixtures/neuroml/network.xml', ['exc', 'inh'], 0],
  ])('%s', async (_, path, populations, fewer) => {
    const { original, report, back } = await converted(path);
    expect(
      report.filter(({ verdict, pointer }) => verdict === 'notExpressible' && !pointer.startsWith('/recordings')),
    ).toEqual([]);
    expect(report.some(({ code }) => code === 'convention/refractory')).toBe(fewer > 0 || path.includes('pynn'));
    expect(back.valid.model.timing).toBe('lems-euler');
    const [ours, theirs] = [await spikesOf(original), await spikesOf(back)];
    for (const population of populations) {
      expect(ours.get(population), population).toBeDefined();
      expect(theirs.get(population), population).toBe((ours.get(population) ?? 0) - fewer);
    }
  });
});

describe('the report', () => {
  it('states that forward Euler stands for the method', async () => {
    const { report } = await converted('fixtures/brian/single-lif.yaml');
    expect(report).toContainEqual(
      expect.objectContaining({ verdict: 'different', code: 'convention/forward-euler', pointer: '/neurons/G' }),
    );
  });

  // If the rates never change, or Brian takes forward Euler itself, the results are equal.
  it.each([
    ['euler', 'dv/dt = -v/(10*ms) : 1', false],
    ['exact', 'dv/dt = -v/(10*ms) : 1', true],
    ['rk4', 'dv/dt = -v/(10*ms) : 1', true],
    ['rk4', 'slope = 2*a : Hz\n      a : Hz (constant)\n      dv/dt = slope : 1', false],
    ['rk4', 'slope = v*Hz : Hz\n      dv/dt = slope : 1', true],
    ['rk4', 'dv/dt = 1/second*sin(t/ms) : 1', true],
    [undefined, 'dv/dt = -v**2/(10*ms) : 1', false],
    [undefined, 'dv/dt = -v/(10*ms) : 1', true],
    [undefined, 'dv/dt = (sin(t/ms) - v)/(10*ms) : 1', false],
    [undefined, 'I = sin(t/ms) : 1 (constant over dt)\n      dv/dt = (I - v)/(10*ms) : 1', true],
  ])('of the method %s for %s', async (method, equations, differs) => {
    const text = `format: interneuron/brian
version: 1
dt: 0.1 ms
neuron_groups:
  G:
    N: 1
    model: |
      ${equations}
    threshold: v > 1
    reset: v = 0
${method === undefined ? '' : `    method: ${method}\n`}run: 1 ms
`;
    const { report } = await convertModel(importModel({ name: 'm.yaml', text }).valid, 'lems');
    expect(report.some(({ code }) => code === 'convention/forward-euler')).toBe(differs);
  });

  // Closed forms at events count steps from event to event, and so do not depend on when a step begins.
  it.each([
    ['clock-driven', 'x_post += u; u *= 0.7', true],
    ['clock-driven', 'x_post += 1', false],
    ['event-driven', 'x_post += u; u *= 0.7', false],
  ])('with synapses that are %s: %s', async (kind, code, differs) => {
    const text = `format: interneuron/brian
version: 1
dt: 0.1 ms
neuron_groups:
  A: { N: 1, model: "dv/dt = 1/ms : 1", threshold: v > 1, reset: v = 0, method: euler }
  T: { N: 1, model: "dx/dt = -x/(9*ms) : 1", threshold: x > 2, reset: x = 0, method: euler }
synapses:
  S: { source: A, target: T, model: "du/dt = (1 - u)/(9*ms) : 1 (${kind})", on_pre: "${code}", connect: true, delay: 1 ms, method: euler }
run: 9 ms
`;
    const { report } = await convertModel(importModel({ name: 'm.yaml', text }).valid, 'lems');
    const remarks = report.filter((entry) => entry.code === 'convention/plasticity');
    expect(remarks.map(({ pointer }) => pointer)).toEqual(differs ? ['/projections/S'] : []);
  });

  it('names parts without an equivalent in LEMS', async () => {
    const model = importModel(readSource('fixtures/pynn/delays-changed.json'));
    const { report } = await convertModel(model.valid, 'lems');
    expect(report).toContainEqual(
      expect.objectContaining({
        verdict: 'notExpressible',
        message: 'delays that change during the run: in LEMS they are constants of connections',
      }),
    );
  });

  it('writes columns of synapses whose connections are not the first of a projection', async () => {
    const { valid } = importModel(readSource('fixtures/sonata/several-populations/config.json'));
    const { report } = await convertModel(valid, 'lems');
    expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  });

  it('lists the spikes of sources that LEMS cannot draw', async () => {
    const path = 'fixtures/pynn/inhomogeneous-gamma.json';
    const { report, files } = await convertModel(importModel(readSource(path)).valid, 'lems');
    expect(report.map(({ code }) => code)).toContain('lems/drawn');
    const text = files[0]?.text ?? '';
    expect(text).not.toMatch(/gamma\w*\(/);
    // All that they emit here.
    const counts = [...(await spikesOf(importModel(readSource(path)))).values()];
    expect(text.match(/<spike id/g)).toHaveLength(counts.reduce((a, b) => a + b, 0));
  });

  it('lists values that it draws once and leaves sources random', async () => {
    const source = (label: string, type: string, params: string): string =>
      `  - { label: ${label}, size: 3, cell: { type: ${type}, params: { ${params} } } }\n`;
    const text =
      'format: interneuron/pynn\nversion: 1\npynn: "0.13"\npopulations:\n' +
      source('a', 'SpikeSourcePoisson', 'rate: 50') +
      source('g', 'SpikeSourceInhGamma', 'a: [2], b: [0.01], tbins: [0]') +
      '  - { label: b, size: 4, cell: { type: IF_cond_exp } }\nprojections:\n' +
      '  - { label: c, pre: a, post: b, receptor_type: excitatory, connector: { type: FixedProbabilityConnector, ' +
      'params: { p_connect: 0.5 } }, synapse: { type: StaticSynapse, params: { weight: 0.01, delay: 1 } } }\nphases: [{ run: 20 }]\n';
    const { report, files } = await convertModel(importModel({ name: 'm.yaml', text }).valid, 'lems');
    expect(report.flatMap(({ code, pointer }) => (code === 'lems/drawn' ? [pointer] : [])).sort()).toEqual([
      '/populations/g',
      '/projections/c',
    ]);
    expect(files[0]?.text).toContain('<SpikeSourcePoisson ');
  });

  it('repeats spikes with a period up to the end of the run, however phases state its time', async () => {
    const text = (phases: string): string =>
      'interneuron: 1\npopulations: { s: { size: 1, spikes: { indices: [0], times: [1 ms], period: 5 ms } } }\n' +
      `experiment: { dt: 0.1 ms, protocol: [${phases}] }`;
    for (const phases of ['{ run: 20 ms }', '{ run: 5 ms }, { runUntil: 20 ms }', '{ runUntil: 20 ms }']) {
      const { valid } = importModel({ name: 'model.yaml', text: text(phases) });
      const { files } = await convertModel(valid, 'lems');
      expect(files[0]?.text.match(/<spike id/g), phases).toHaveLength(4);
    }
  });

  it('names the populations that a check cannot compare', async () => {
    const { valid } = importModel(readSource('fixtures/pynn/inhomogeneous-gamma.json'));
    const { absent, populations } = await checkConversion(valid, 'lems');
    expect([...absent, ...populations.map(({ population }) => population)].sort()).toEqual(['own', 'same']);
  });

  it('has refractory times and rates of zero, with quotients that lack a unit or a value', async () => {
    const text = `
format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  G: { N: 2, model: "dv/dt = (20*mV - v)/(10*ms) : volt (unless refractory)", threshold: v > 10*mV, reset: v = 0*mV, refractory: 0 ms, method: euler }
poisson_inputs: { silent: { target: G, target_var: v, N: 100, rate: 0*Hz, weight: 1*mV } }
spike_monitors: { M: { source: G } }
run: 30 ms
`;
    const { valid } = importModel({ name: 'm.yaml', text });
    const { files } = await convertModel(valid, 'lems');
    expect(files[0]?.text).not.toMatch(/0 \/ DT|\/ 0"/);
    const { spikes } = await checkConversion(valid, 'lems');
    expect(spikes[0]).toBe(8);
  });

  it('farads stand apart from a number, since Java takes F for a part of it', async () => {
    const { valid } = importModel({
      name: 'farads.yaml',
      text: `format: interneuron/brian
namespace: { C: 1.0000000019999999 farad, g: 2 mS }
neuron_groups: { G: { N: 1, model: 'dv/dt = (1*mA - g*v)/C : volt', threshold: v > 1*volt, reset: v -= 1*volt, method: euler } }
run: 1 ms`,
    });
    expect((await convertModel(valid, 'lems')).files[0]?.text).toContain('C="1.000000002 F"');
  });

  it('has the number of an element, and how many there are, in currents that are their only readers', async () => {
    const text = `interneuron: 1
timing: lems-euler
neurons:
  c:
    parameters: { tau: 20 ms }
    inputs: { I: V }
    state: { v: { unit: V } }
    derivatives: { v: (I - v)/tau }
    events: { spike: { when: v > 8*mV, do: [v = 0*mV] } }
populations: { A: { type: c, size: 4 }, B: { type: c, size: 3 } }
stimuli:
  d: { kind: current, to: A, input: I, value: '8*mV + 2*mV*i/N' }
  e: { kind: current, to: 'A[1:3]', input: I, value: '2*mV*i' }
  f: { kind: current, to: B, input: I, value: '9*mV + N*mV*sin(i*t/ms)' }
record: [{ of: A, events: spike }, { of: B, events: spike }]
experiment: { dt: 0.1 ms, duration: 100 ms }
`;
    const { populations } = await checkConversion(importModel({ name: 'm.yaml', text }).valid, 'lems');
    expect(populations).toHaveLength(2);
    for (const { spikes, largest } of populations) {
      expect(spikes[0]).toBeGreaterThan(5);
      expect(spikes[1]).toBe(spikes[0]);
      expect(largest).toBeLessThan(1e-9);
    }
  });

  it('states that forward Euler needs short steps', async () => {
    const { valid } = importModel(readSource('fixtures/pynn/hh-cond-exp.json'), { dt: '0.01 ms' });
    const { report } = await convertModel(valid, 'lems');
    const [euler] = report.filter(({ code }) => code === 'convention/forward-euler');
    expect(euler?.message).toMatch(/shorter steps \(--dt\)/);
    // Forward Euler in steps of 0.01 ms: the same number of spikes, a little later each.
    const { spikes } = await checkConversion(valid, 'lems');
    expect(spikes).toEqual([29, 29]);
  });
});

describe('synapses that add to both of their cells', () => {
  const junctions = {
    format: 'interneuron/pynn',
    setup: { timestep: 0.1 },
    populations: [{ label: 'a', size: 3, cell: { type: 'IF_cond_exp', params: { i_offset: [0.8, 0.6, 0.4] } } }],
    projections: [
      {
        pre: 'a',
        post: 'a',
        receptor_type: 'source.gap',
        connector: { type: 'AllToAllConnector', params: { allow_self_connections: false } },
        synapse: { type: 'ElectricalSynapse', params: { weight: 0.002 } },
      },
    ],
    recordings: [{ target: 'a', variables: ['spikes'] }],
    phases: [{ run: 100 }],
  };
  const sums = {
    format: 'interneuron/brian',
    dt: '0.1 ms',
    neuron_groups: {
      a: {
        N: 3,
        model: 'dv/dt = ((16 - 4*i) - v + x)/(20*ms) : 1\nx : 1',
        threshold: 'v > 14',
        reset: 'v = 0',
        method: 'euler',
      },
    },
    synapses: {
      s: {
        source: 'a',
        target: 'a',
        model: 'x_pre = (v_post - v_pre)/10 : 1 (summed)',
        connect: { condition: 'i < j' },
      },
    },
    spike_monitors: { m: { source: 'a' } },
    run: '100 ms',
  };
  it.each([
    ['gap junctions of PyNN', junctions],
    ['sums of Brian over sources', sums],
  ])('%s', async (_, document) => {
    const { valid } = importModel({ name: 'both.json', text: JSON.stringify(document) });
    const { populations } = await checkConversion(valid, 'lems');
    // Without the backward current they are 17 ms apart. Euler's steps and the order of cells explain a few steps.
    for (const { spikes, largest } of populations) {
      expect(spikes[0]).toBeGreaterThan(0);
      expect(spikes[1]).toBe(spikes[0]);
      expect(largest).toBeLessThan(5e-4);
    }
  });

  it('with spikes are left out by name', async () => {
    const { files, outcome, report } = await convertModel(
      importModel({
        name: 'both.json',
        text: JSON.stringify({
          ...sums,
          synapses: { s: { ...sums.synapses.s, on_pre: 'v_post += 0.1' } },
        }),
      }).valid,
      'lems',
    );
    expect(outcome).toBe('incomplete');
    expect(files).toHaveLength(1);
    expect(report).toContainEqual(expect.objectContaining({ verdict: 'notExpressible', pointer: '/projections/s' }));
  });
});

it('synapses onto other synapses are left out by name, as are recordings of them', async () => {
  const { report } = await convertModel(
    importModel({
      name: 'modulated.json',
      text: JSON.stringify({
        format: 'interneuron/brian',
        version: 1,
        neuron_groups: { g: { N: 2, model: 'v : 1', threshold: 'v > 1', reset: 'v = 0' } },
        synapses: {
          s: { source: 'g', target: 'g', model: 'w : 1', on_pre: 'v_post += w', connect: { i: [0], j: [1] } },
          modulating: { source: 'g', target: 's', model: 'x : 1', on_pre: 'w_post += x', connect: { i: [0], j: [0] } },
        },
        state_monitors: { m: { source: 'modulating', variables: ['x'], record: true } },
        run: '1 ms',
      }),
    }).valid,
    'lems',
  );
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message)).toEqual([
    'synapses between cells and other synapses: LEMS connects cells',
    'recordings of synapses of modulating, which are not in LEMS',
  ]);
});

describe('code at spikes of the source', () => {
  const pathways = {
    format: 'interneuron/brian',
    dt: '0.1 ms',
    spike_generators: { g: { N: 1, indices: [0, 0, 0], times: { values: [1, 11, 21], unit: 'ms' } } },
    neuron_groups: { n: { N: 1, model: 'dv/dt = 0/ms : 1', threshold: 'v > 1.5', reset: 'v = 0', method: 'euler' } },
    synapses: {
      s: {
        source: 'g',
        target: 'n',
        model: 'w : 1',
        on_pre: { deliver: 'v_post += w', learn: 'w += 1' },
        connect: true,
        delay: { deliver: '2 ms', learn: '0 ms' },
      },
    },
    spike_monitors: { m: { source: 'n' } },
    run: '40 ms',
  };
  it('is in one handler: the reference interpreter runs the last one of a port', async () => {
    const { s } = pathways.synapses;
    const text = JSON.stringify({ ...pathways, synapses: { s: { ...s, delay: { learn: '2 ms', deliver: '2 ms' } } } });
    const { files } = await convertModel(importModel({ name: 'pathways.json', text }).valid, 'lems');
    expect(files[0]?.text.match(/<OnEvent port="in">/g)).toHaveLength(1);
  });

  it('is refused if pathways have several delays, since a connection has one', async () => {
    const { valid } = importModel({ name: 'pathways.json', text: JSON.stringify(pathways) });
    const { outcome, report } = await convertModel(valid, 'lems');
    expect(outcome).toBe('incomplete');
    expect(report).toContainEqual(
      expect.objectContaining({
        verdict: 'notExpressible',
        message: expect.stringContaining('several delays') as string,
      }),
    );
  });
});

describe('sources of PyNN with parameters that a phase sets', () => {
  it('are component types that change then', async () => {
    const text = JSON.stringify({
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      populations: [{ label: 's', size: 40, cell: { type: 'SpikeSourcePoisson', params: { rate: 10 } } }],
      recordings: [{ target: 's', variables: ['spikes'] }],
      phases: [{ run: 50 }, { set: { target: 's', params: { rate: 200 } } }, { run: 50 }],
    });
    const { valid } = importModel({ name: 'rates.json', text });
    const { spikes } = await checkConversion(valid, 'lems');
    // 20 and 400 are expected: five deviations of 420.
    expect(Math.abs(spikes[1] - 420)).toBeLessThan(102);
  });
});

test('files have names that systems take, however long names of recordings are', async () => {
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    populations: [{ label: 'p'.repeat(260), size: 1, cell: { type: 'IF_curr_exp' } }],
    recordings: [{ target: 'p'.repeat(260), variables: ['v', 'spikes'] }],
    phases: [{ run: 1 }],
  });
  const { valid } = importModel({ name: 'long.json', text });
  const recordings = valid.model.recordings.map((recording, k) => ({ ...recording, name: `${'r'.repeat(300)}${k}` }));
  const { files } = await convertModel({ ...valid, model: { ...valid.model, recordings } }, 'lems');
  const names = [...(files[0]?.text ?? '').matchAll(/fileName="([^"]+)"/g)].map(([, name = '']) => name);
  expect([names.length, new Set(names).size, names.every(({ length }) => length <= 255)]).toEqual([2, 2, true]);
});

describe('by name', () => {
  it('sines are sine generators, with pulses for their offset', async () => {
    const text = JSON.stringify({
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      populations: [{ label: 'cells', size: 1, cell: { type: 'IF_curr_exp', params: { tau_refrac: 0.1 } } }],
      current_sources: [
        {
          label: 'waves',
          type: 'ACSource',
          params: { amplitude: 0.5, offset: 0.2, frequency: 10, phase: 45, start: 20, stop: 80 },
          inject_into: ['cells'],
        },
      ],
      recordings: [{ target: 'cells', variables: ['v'] }],
      phases: [{ run: 100 }],
    });
    const { valid } = importModel({ name: 'waves.json', text });
    const neurons = Object.fromEntries(
      Object.entries(valid.model.neurons).map(([id, type]) => [id, { ...type, method: 'euler' as const }]),
    );
    const euler = { ...valid, model: { ...valid.model, neurons } };
    const { files, report } = await convertModel(euler, 'lems');
    // 45 degrees, and the times of the source.
    const phase = Number((Math.PI / 4).toPrecision(12));
    expect(files[0]?.text.match(/<(pulseGenerator|sineGenerator|compoundInput) [^>]*>/g)).toEqual([
      '<compoundInput id="waves">',
      '<pulseGenerator id="waves_0" delay="20ms" duration="60ms" amplitude="0.2nA"/>',
      `<sineGenerator id="waves_1" phase="${phase}" delay="20ms" duration="60ms" amplitude="0.5nA" period="0.1s"/>`,
    ]);
    expect(report.map(({ code }) => code)).toContain('convention/time');
  });

  it('currents in steps are pulse generators that LEMS follows a step apart', async () => {
    const source = (label: string, type: string, params: object, into: string): object => ({
      label,
      type,
      params,
      inject_into: [into],
    });
    const slice = (label: string, k: number): object => ({ label, of: 'cells', select: { slice: [k, k + 1] } });
    const text = JSON.stringify({
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      populations: [{ label: 'cells', size: 3, cell: { type: 'IF_curr_exp', params: { tau_refrac: 0.1 } } }],
      views: [slice('a', 0), slice('b', 1), slice('c', 2)],
      current_sources: [
        source('always', 'DCSource', { amplitude: 0.9 }, 'a'),
        source('pulse', 'DCSource', { amplitude: 1.1, start: 5, stop: 42.3 }, 'b'),
        source('steps', 'StepCurrentSource', { times: [0.1, 20, 51.7], amplitudes: [1, -0.3, 2] }, 'c'),
      ],
      phases: [{ run: 80 }],
    });
    const { valid } = importModel({ name: 'pulses.json', text });
    // Forward Euler, so that only steps could differ.
    const neurons = Object.fromEntries(
      Object.entries(valid.model.neurons).map(([id, type]) => [id, { ...type, method: 'euler' as const }]),
    );
    const euler = { ...valid, model: { ...valid.model, neurons } };
    const { files } = await convertModel(euler, 'lems');
    expect(files[0]?.text.match(/<(pulseGenerator|compoundInput) [^>]*>/g)).toEqual([
      '<pulseGenerator id="always" delay="0ms" duration="1e9s" amplitude="0.9nA"/>',
      '<pulseGenerator id="pulse" delay="5ms" duration="37.3ms" amplitude="1.1nA"/>',
      '<compoundInput id="steps">',
      '<pulseGenerator id="steps_0" delay="0.1ms" duration="19.9ms" amplitude="1nA"/>',
      '<pulseGenerator id="steps_1" delay="20ms" duration="31.7ms" amplitude="-0.3nA"/>',
      '<pulseGenerator id="steps_2" delay="51.7ms" duration="1e9s" amplitude="2nA"/>',
    ]);
    const [check] = (await checkConversion(euler, 'lems')).populations;
    expect(check?.spikes[0]).toBeGreaterThan(3);
    expect(check).toMatchObject({
      population: 'cells',
      matched: check?.spikes[0],
      spikes: [check?.spikes[0], check?.spikes[0]],
    });
    expect(check?.largest).toBeCloseTo(1e-4, 9);
  });

  it.each([
    ['if-curr-alpha', 'IF_curr_alpha', 'alphaCurrSynapse'],
    ['if-curr-exp', 'IF_curr_exp', 'expCurrSynapse'],
    ['if-cond-alpha', 'IF_cond_alpha', 'alphaCondSynapse'],
    ['if-cond-exp', 'IF_cond_exp', 'expCondSynapse'],
    ['eif-cond-exp-isfa-ista', 'EIF_cond_exp_isfa_ista', 'expCondSynapse'],
    ['eif-cond-alpha-isfa-ista', 'EIF_cond_alpha_isfa_ista', 'alphaCondSynapse'],
  ])("the cell and the synapses of %s are NeuroML's", async (fixture, cell, synapse) => {
    const { original, text } = await converted(`fixtures/pynn/${fixture}.json`, {}, false, (model) => ({
      ...model,
      recordings: model.recordings.filter((recording) => 'events' in recording),
    }));
    expect(text).toMatch(new RegExp(`<${cell} id="[^"]*" [^>]*v_rest="`));
    expect(text).toMatch(new RegExp(`<${synapse} id="[^"]*" tau_syn="`));
    expect(text).not.toContain(`<ComponentType name="${cell}`);
    expect(Object.values(original.valid.model.neurons)[0]?.conformsTo?.type).toBe(`pynn/${cell}`);
  });

  it('PyNN’s HH_cond_exp is an heir of NeuroML’s that fires, with the gates’ first values', async () => {
    const { original, text, back } = await converted(
      'fixtures/pynn/hh-cond-exp.json',
      { dt: '0.01 ms', duration: '40 ms' },
      false,
      (model) => ({
        ...model,
        recordings: model.recordings.filter((recording) => 'events' in recording),
      }),
    );
    expect(text).toContain('<ComponentType name="HH_cond_exp_firing" extends="HH_cond_exp"');
    expect(text).toMatch(/<HH_cond_exp_firing id="[^"]*" gbar_Na="20" .*h_init="1"/);
    expect(text).toMatch(/<expCondSynapse id="[^"]*" tau_syn="/);
    expect(await spikesOf(back)).toEqual(await spikesOf(original));
  });

  it('the sum of a receptor is recorded from its synapses, and the cell keeps its name', async () => {
    const { text, back } = await converted('fixtures/pynn/if-cond-exp.json');
    expect(text).toMatch(/<IF_cond_exp id="driven_cells"/);
    expect(text).toMatch(/<IF_cond_exp id="receiver_cells"/);
    expect(text).not.toContain('<ComponentType');
    expect(text).toContain(
      '<OutputColumn id="gsyn_exc_0" quantity="receiver[0]/synapses:excitation_to_receiver_synapses:0/g"/>',
    );
    expect(back.valid.model.recordings.map(({ of }) => Object.keys(of)[0])).toContain('projection');
  });

  it('cells with values of their own, drawn connections and arrays come back as one population', async () => {
    const { original, text, back } = await converted('fixtures/pynn/connector-from-list.json');
    expect(text).toMatch(/<IF_curr_exp id="cells_cell_7"/);
    expect(Object.keys(back.valid.model.populations)).toEqual(['cells']);
    const again = await convertModel(back.valid, 'pynn-json');
    expect(importModel({ name: 'again.json', text: again.files[0]?.text ?? '' }).hashes.model).toBe(
      original.hashes.model,
    );
  });

  it('a type that claims to be a standard one has the values of its equations', async () => {
    const { text } = await converted('fixtures/pynn/if-curr-exp.json', {}, false, (model) => {
      const type = model.neurons['IF_curr_exp']!;
      const v = { ...type.derivatives['v']!, rate: `2*(${type.derivatives['v']!.rate})` };
      return { ...model, neurons: { IF_curr_exp: { ...type, derivatives: { ...type.derivatives, v } } } };
    });
    // Twice the rate is half the time constant and half the capacitance.
    expect(text).toMatch(/<IF_curr_exp id="receiver_cells" [^>]*cm="0.5" tau_m="10"/);
  });
});

/** Cells of NeuroML’s catalogue in a document of one’s own, with the component that each is. */
const catalogue: readonly (readonly [string, string, string])[] = [
  [
    'iafTauCell',
    `parameters: { E: -45 mV, T: -50 mV, R: -70 mV, tm: 20 ms }
    state: { v: { unit: mV, initial: E } }
    derivatives: { v: (E - v)/tm }
    events: { spike: { when: v > T, do: [v = R] } }`,
    'thresh="-50mV" reset="-70mV" leakReversal="-45mV" tau="20ms"',
  ],
  [
    'iafTauRefCell',
    `parameters: { E: -45 mV, T: -50 mV, R: -70 mV, tm: 20 ms }
    state: { v: { unit: mV, initial: E } }
    derivatives: { v: (E - v)/tm }
    events: { spike: { when: v > T, do: [v = R], refractory: { for: 3.05*ms, rate: [v] } } }`,
    'refract="3.05ms"',
  ],
  [
    'iafCell',
    `parameters: { C: 0.2 nF, tm: 10 ms, E: -45 mV, T: -50 mV, R: -65 mV }
    inputs: { I: nA }
    state: { v: { unit: mV, initial: E } }
    derivatives: { v: (E - v)/tm + I/C }
    events: { spike: { when: v > T, do: [v = R] } }`,
    'leakConductance="20nS"',
  ],
  [
    'iafRefCell',
    `parameters: { C: 0.2 nF, g: 20 nS, E: -45 mV, T: -50 mV, R: -65 mV, hold: 2.05 ms }
    inputs: { I: nA }
    state: { v: { unit: mV, initial: E } }
    derivatives: { v: (g*(E - v) + I)/C }
    events: { spike: { when: v > T, do: [v = R], refractory: { for: hold, rate: [v] } } }`,
    'C="0.2nF" thresh="-50mV" reset="-65mV" leakConductance="20nS" leakReversal="-45mV" refract="2.05ms"',
  ],
  [
    'izhikevichCell',
    `parameters: { a: { unit: 1, value: 0.02 }, b: { unit: 1, value: 0.2 }, c: { unit: 1, value: -65 }, d: { unit: 1, value: 6 } }
    inputs: { drive: 1 }
    state: { v: { unit: mV, initial: -60 mV }, U: { unit: 1, initial: -12 } }
    derivatives: { v: (0.04*(v/mV)**2 + 5*v/mV + 140 - U + drive + 0)*mV/ms, U: a*(b*v/mV - U)/ms }
    events: { spike: { when: v > 30*mV, do: [v = c*mV, U += d] } }`,
    'v0="-60mV" thresh="30mV"',
  ],
  [
    'izhikevich2007Cell',
    `parameters: { C: 100 pF, k: 0.7 nS/mV, E: -60 mV, T: -40 mV, R: -50 mV, a: 0.03/ms, b: -2 nS, d: 100 pA }
    inputs: { I: pA }
    state: { v: { unit: mV, initial: E }, u: { unit: pA } }
    derivatives: { v: (k*(v - E)*(v - T) - u + I)/C, u: a*(b*(v - E) - u) }
    events: { spike: { when: v > 35*mV, do: [v = R, u += d] } }`,
    'k="0.7nS_per_mV"',
  ],
  [
    'adExIaFCell',
    `parameters: { C: 281 pF, g: 30 nS, E: -70.6 mV, T: -50.4 mV, R: -65 mV, D: 2 mV, tw: 40 ms, a: 4 nS, b: 0.08 nA }
    inputs: { I: nA }
    state: { v: { unit: mV, initial: E }, w: { unit: nA } }
    derivatives: { v: (g*(E - v) + g*D*exp((v - T)/D) - w + I)/C, w: (a*(v - E) - w)/tw }
    events: { spike: { when: v > -40*mV, do: [v = R, w += b], refractory: { for: 2.05*ms, rate: [v] } } }`,
    'delT="2mV"',
  ],
  [
    'fitzHughNagumo1969Cell',
    `parameters: { a: { unit: 1, value: 0.7 }, b: { unit: 1, value: 0.8 }, J: { unit: 1, value: 0.5 }, phi: { unit: 1, value: 0.08 } }
    state: { V: { unit: 1 }, W: { unit: 1 } }
    derivatives: { V: (V - V**3/3 - W + J)/ms, W: phi*(V + a - b*W)/ms }`,
    'phi="0.08"',
  ],
];

describe('cells of NeuroML’s catalogue, for types with their equations', () => {
  const own = (cell: string, more = ''): string => `interneuron: 1
name: own
neurons:
  own:
    method: euler
    ${cell}
populations: { p: { type: own, size: 2 } }
${more}
record: [{ of: p, variables: [${/\bv\b: \{/.test(cell) ? 'v' : 'V'}] }]
experiment: { dt: 0.02 ms, protocol: [ run: 100 ms ] }
`;
  async function written(text: string) {
    const original = importModel({ name: 'own.yaml', text });
    const { files, report } = await convertModel(original.valid, 'lems');
    const exported = files[0]?.text ?? '';
    return { original, report, text: exported, back: importModel({ name: 'exported.xml', text: exported }) };
  }
  const driven = (cell: string): string =>
    /inputs: \{ (\w+): (\S+) \}/.test(cell)
      ? 'stimuli: { on: { kind: current, to: p, input: ' +
        `${/inputs: \{ (\w+)/.exec(cell)?.[1] ?? ''}, value: ${cell.includes('drive: 1') ? '10' : cell.includes('pA }') ? '200*pA' : '1.2*nA'} ` +
        '} }'
      : '';

  it.each(catalogue)('%s', async (name, cell, attributes) => {
    const { original, text, back, report } = await written(own(cell, driven(cell)));
    expect(report.map(({ code }) => code)).toContain('lems/recognised');
    expect(text).toMatch(new RegExp(`<${name} id="p_cells" `));
    expect(text).toContain(attributes);
    expect(text).not.toContain('_cell" extends=');
    const [ours, theirs] = [await spikesOf(original), await spikesOf(back)];
    // The order of a step may move a spike beyond the end.
    expect(Math.abs((theirs.get('p') ?? 0) - (ours.get('p') ?? 0))).toBeLessThanOrEqual(2);
    if (cell.includes('spike:')) expect(theirs.get('p')).toBeGreaterThan(2);
  });

  it.each([
    [
      'another rate',
      '(E - v)/tm',
      '0.5*(E - v)/tm',
      '<iafTauCell id="p_cells" thresh="-50mV" reset="-70mV" leakReversal="-45mV" tau="40ms"/>',
    ],
    ['another threshold', 'v > T', 'v > T + 1*mV', 'thresh="-49mV"'],
    ['another reset', 'v = R', 'v = R - 1*mV', 'reset="-71mV"'],
    [
      'another start',
      'initial: E',
      'initial: R',
      '<iafTauCell_started id="p_cells" thresh="-50mV" reset="-70mV" leakReversal="-45mV" tau="20ms" v0="-70mV"/>',
    ],
  ])('one with %s has it as a value', async (_, before, after, expected) => {
    const cell = catalogue[0]![1];
    expect(cell).toContain(before);
    const { text } = await written(own(cell.replace(before, after)));
    expect(text).toContain(expected);
  });

  it('a claim to be another cell has no effect', async () => {
    const claim = 'conformsTo: { type: neuroml/izhikevichCell }\n    ';
    const [plain, claimed] = [await written(own(catalogue[0]![1])), await written(own(claim + catalogue[0]![1]))];
    expect(claimed.text).toBe(plain.text);
  });
});

it("works out values with the functions of the project, not with the machine's", async () => {
  const { valid } = importModel({
    name: 'own.yaml',
    text: `interneuron: 1
name: own
neurons: { own: { parameters: { tau: 10 ms }, state: { v: { unit: 1, initial: exp(0.5) } }, derivatives: { v: -v/tau } } }
populations: { p: { type: own, size: 1 } }
experiment: { dt: 0.1 ms, protocol: [ run: 1 ms ] }
`,
  });
  const asked: (readonly [string, readonly number[]])[] = [];
  const { root } = await exportLems(valid, {
    functions: (name, values) => {
      asked.push([name, values]);
      return 42;
    },
  });
  expect(asked).toEqual([['exp', [0.5]]]);
  expect(xmlText(root)).toContain('v_start="42"');
});

test('recordings with names that differ only in case are in files with distinct names on every system', async () => {
  const { valid } = importModel({
    name: 'cases.yaml',
    text: `
format: interneuron/brian
neuron_groups:
  A: { N: 1, model: 'v : 1', threshold: 'v > 1', reset: 'v = 0' }
  a: { N: 1, model: 'v : 1', threshold: 'v > 1', reset: 'v = 0' }
spike_monitors: { M: { source: A }, m: { source: a } }
state_monitors: { X: { source: A, variables: v, record: true }, x: { source: a, variables: v, record: true } }
run: 1 ms
`,
  });
  const { files } = await convertModel(valid, 'lems');
  const names = [...(files[0]?.text ?? '').matchAll(/fileName="([^"]*)"/g)].map(([, name = '']) => name.toLowerCase());
  expect(names).toHaveLength(4);
  expect(new Set(names).size).toBe(4);
});

describe('parts without an equivalent in LEMS', () => {
  const brian = (text: string): string => `format: interneuron/brian\nversion: 1\ndt: 0.1 ms\n${text}`;

  async function counts(text: string): Promise<readonly [ReadonlyMap<string, number>, ReadonlyMap<string, number>]> {
    const original = importModel({ name: 'model.yaml', text: brian(text) });
    const { files } = await convertModel(original.valid, 'lems');
    return [
      await spikesOf(original),
      await spikesOf(importModel({ name: 'exported.xml', text: files[0]?.text ?? '' })),
    ];
  }

  it('a summed variable: the rest is a document that is read again, without the sum', async () => {
    const { valid } = importModel({
      name: 'model.yaml',
      text: brian(
        'neuron_groups: { G: { N: 3, model: "dv/dt = (g + 1 - v)/ms : 1\\ng : 1" } }\n' +
          'synapses: { S: { source: G, target: G, connect: true, ' +
          'model: "g_post = arctan(v_pre - v_post) : 1 (summed)" } }\nrun: 1 ms\n',
      ),
    });
    const { outcome, report, files } = await convertModel(valid, 'lems');
    expect(outcome).toBe('incomplete');
    expect(report).toContainEqual(
      expect.objectContaining({ verdict: 'notExpressible', pointer: '/synapses/S/contributes/g' }),
    );
    const text = files[0]?.text ?? '';
    expect(importModel({ name: 'exported.xml', text }).valid.model.populations).toHaveProperty('G');
  });

  // The same distribution drawn by other numbers: the mean count of many cells, within five standard errors of a
  // Poisson count.
  it.each([
    ['few inputs', 'N: 10, rate: 50 Hz'],
    ['a small number in each step', 'N: 200, rate: 10 Hz'],
    ['a large number in each step', 'N: 4000, rate: 50 Hz'],
  ])('sums of random inputs, %s', async (_, inputs) => {
    const [, n = '', rate = ''] = /N: (\d+), rate: (\d+)/.exec(inputs) ?? [];
    // One spike for each 30 events, or so: the cell adds them up without a leak.
    const perSpike = Math.max(1, (Number(n) * Number(rate)) / 200);
    const [ours, theirs] = await counts(
      `neuron_groups:\n  G: { N: 100, model: 'x : 1', threshold: 'x >= ${perSpike}', reset: 'x -= ${perSpike}' ` +
        `}\npoisson_inputs:\n  drive: { target: G, target_var: x, ${inputs}, weight: 1 }\nspike_monitors:\n  s: { ` +
        'source: G }\nrun: 0.2 s',
    );
    const expected = (100 * 0.2 * Number(n) * Number(rate)) / perSpike;
    for (const found of [ours.get('G') ?? 0, theirs.get('G') ?? 0])
      expect(Math.abs(found - expected)).toBeLessThan(5 * Math.sqrt(expected) + 100);
  });

  it.each([
    ['in a rate', 'dx/dt = s*xi : 1'],
    ['in a variable that the rate reads', 'dx/dt = y : 1\\n y = s*xi : Hz'],
    ['times a root', 'dx/dt = y/tau : 1\\n y = s*tau*sqrt(tau)*xi/sqrt(tau) : 1\\n tau = 1*ms : second'],
  ])('white noise %s: the spread of a random walk', async (_, equation) => {
    const walk =
      `neuron_groups:\n  G: { N: 400, model: "${equation}\\n s : Hz**0.5", threshold: 'x > 1', reset: 'x = ` +
      `0', method: euler, initializers: { s: '10*Hz**0.5' } }\nspike_monitors:\n  s: { source: G }\nrun: 0.1 s`;
    const [ours, theirs] = await counts(walk);
    const [a, b] = [ours.get('G') ?? 0, theirs.get('G') ?? 0];
    expect(a).toBeGreaterThan(300);
    expect(Math.abs(a - b)).toBeLessThan(5 * Math.sqrt(a + b));
  });
});

it('states that samples of derived variables are a step late', async () => {
  const text =
    'format: interneuron/brian\nversion: 1\nneuron_groups:\n' +
    '  G: { N: 1, model: "dv/dt = (1 - v)/ms : 1\\ny = 2*v : 1", method: euler }\n' +
    'state_monitors: { m: { source: G, variables: [v, y], record: true } }\nrun: 1 ms\n';
  const { report } = await convertModel(importModel({ name: 'm.yaml', text }).valid, 'lems');
  // jNeuroML writes 0.1 for v and 0 for y after the first step.
  expect(report.filter(({ code }) => code === 'lems/sampling').map(({ message }) => message)).toEqual([
    expect.stringMatching(/^y: samples are one step late/),
  ]);
});

it('synapses that receive several events of their source are refused', async () => {
  const text =
    'format: interneuron/brian\nversion: 1\nneuron_groups:\n' +
    "  G: { N: 1, model: 'dv/dt = 1/(10*ms) : 1', threshold: v > 0.995, reset: v = 0, method: euler, events: { high: { " +
    "condition: 'v > 0.905' } } }\n" +
    "  H: { N: 1, model: 'y : 1', threshold: y > 4.5, reset: y = 0 }\n" +
    "synapses:\n  S: { source: G, target: H, on_pre: { a: 'y_post += 1', b: 'y_post += 2' }, " +
    'on_event: { a: spike, b: high }, connect: true }\nrun: 58 ms\n';
  const { report } = await convertModel(importModel({ name: 'events.yaml', text }).valid, 'lems');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ pointer }) => pointer)).toEqual([
    '/projections/S',
  ]);
});

it('long tables are cases of a few variables, which are read back', async () => {
  const values = Array.from({ length: 700 }, (_, k) => Math.sin(k / 20));
  const text =
    'format: interneuron/brian\nversion: 1\ntimed_arrays: { I: { values: ' +
    `${JSON.stringify(values)}, dt: 0.1 ms } }\nneuron_groups:\n` +
    "  G: { N: 1, model: 'dv/dt = (20*I(t) - v)/(10*ms) : 1', threshold: v > 1, reset: v = 0, method: euler }\n" +
    'run: 70 ms\n';
  const original = importModel({ name: 'table.yaml', text });
  const { files, report } = await convertModel(original.valid, 'lems');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  const back = importModel({ name: 'table.xml', text: files[0]?.text ?? '' });
  expect((await spikesOf(original)).get('G')).toBeGreaterThan(5);
  expect(await spikesOf(back)).toEqual(await spikesOf(original));
});

it.each([
  ['many values that rarely change', (k: number) => Number(k > 9000), []],
  [
    'values that change more often than cases are worth',
    (k: number) => k % 2,
    ['a table that changes more than 20000 times', 'what remains reads what is left out: G_cell has no variable I'],
  ],
] as const)('tables are written by their changes: %s', async (_, valueAt, left) => {
  const text = JSON.stringify({
    format: 'interneuron/brian',
    version: 1,
    timed_arrays: { table: { values: Array.from({ length: 20_001 }, (_, k) => valueAt(k)), dt: '0.1 ms' } },
    neuron_groups: { G: { N: 1, model: 'I = table(t) : 1\ndv/dt = (I - v)/(10*ms) : 1', method: 'euler' } },
    run: '1 ms',
  });
  const { report } = await convertModel(importModel({ name: 'table.json', text }).valid, 'lems');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message)).toEqual(left);
});
