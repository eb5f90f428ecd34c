/** Equations in many spellings, and the standard types that they are: by name, by parameters, and by behaviour. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { gathered } from '../../src/library/gather/gather.js';
import { standardise } from '../../src/library/recognise/standardise.js';
import { typedValid, writtenModel } from '../../src/model/typed-model.js';
import { convertModel } from '../../src/convert/convert.js';
import { checkConversion } from '../support/check-conversion.js';
import { importModel, readSource, runModel } from '../../src/pipeline/pipeline.js';
import { someOf } from '../support/effort.js';
import { cells, documentOf, inStepsOfPynn, type Construct } from './constructs.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

const read = (document: Record<string, unknown>): ReturnType<typeof importModel> =>
  importModel({ name: 'construct.yaml', text: stringify(document) });

/** Spikes of the group as `cell:step`. */
async function spikesOf(imported: ReturnType<typeof importModel>): Promise<readonly string[]> {
  const result = await runModel(imported, { target: 'wasm', threads: 1 });
  if (result.kind !== 'run') throw new Error('nothing ran');
  const found: string[] = [];
  for (const train of result.trains.filter(({ plan }) => plan.population === 'G'))
    for (const { steps, cells } of train.inOrder())
      steps.forEach((step, k) => found.push(`${String(cells[k])}:${String(step)}`));
  result.dispose();
  return found;
}

describe('a group of neurons', () => {
  it.each(someOf(cells, 2, 'cells'))('of $name is $type', async ({ name: _, type, values, ...construct }) => {
    const imported = read(documentOf(construct));
    const { valid, entries } = standardise(typedValid(imported.valid), 'pynn');
    const population = valid.model.populations['G'];
    expect(entries.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
    expect(valid.model.neurons[population?.type ?? '']?.conformsTo?.type).toBe(`pynn/${type}`);
    for (const [name, value] of Object.entries(values)) {
      const found = population?.values[name];
      expect([name, typeof found === 'number' ? Number(found.toPrecision(9)) : found]).toEqual([name, value]);
    }
    const { files } = await convertModel(imported.valid, 'pynn-json');
    const again = importModel({ name: 'again.json', text: files[0]?.text ?? '' });
    const [ours, theirs] = [await spikesOf(read(inStepsOfPynn(construct))), await spikesOf(again)];
    expect(ours.length).toBeGreaterThan(3);
    expect(theirs.length).toBe(ours.length);
    // Linear cells agree to the step; of others PyNN prescribes another integrator.
    const off = construct.method === undefined ? 0 : 2;
    const stepOf = (spike: string): number => Number(spike.split(':')[1]);
    const sorted = (list: readonly string[]): readonly string[] =>
      [...list].sort((a, b) => Number(a.split(':')[0]) - Number(b.split(':')[0]) || stepOf(a) - stepOf(b));
    sorted(theirs).forEach((spike, k) => {
      expect(Math.abs(stepOf(spike) - stepOf(sorted(ours)[k] ?? ''))).toBeLessThanOrEqual(off);
    });
  });

  it('without synapses is several types of PyNN, and the report names the rejected ones', () => {
    const leak = 'dv/dt = (15*mV - v)/(20*ms) : volt';
    const grows = 'dv/dt = (15*mV - v + 2*mV*exp((v - 20*mV)/(2*mV)))/(20*ms) : volt';
    const about = (model: string): readonly string[] => {
      const document = documentOf({ model, threshold: 'v > 25*mV', reset: 'v = 0*mV', initializers: { v: '0*mV' } });
      return standardise(typedValid(read(document).valid), 'pynn').entries.flatMap(({ pointer, message }) =>
        pointer === '/populations/G' && message.includes('would be the same') ? [message] : [],
      );
    };
    expect(about(leak)[0]).toMatch(/^IF_curr_exp, .*; IF_curr_alpha, IF_cond_exp, IF_cond_alpha would be the same/);
    expect(about(grows)[0]).toMatch(/^EIF_cond_exp_isfa_ista, .*; EIF_cond_alpha_isfa_ista would be the same/);
  });

  it('with a capacitance that is not positive in one cell is no standard cell, since simulators refuse it', () => {
    const document = documentOf({
      model: 'dv/dt = (10*nS*(-60*mV - v) + I)/C : volt\nI : amp (constant)\nC : farad (constant)',
      ...{ threshold: 'v > -50*mV', reset: 'v = -60*mV', method: 'rk4' },
      initializers: { v: '-60*mV', I: '0.3*nA', C: { values: [100, 100, -200], unit: 'pF' } },
    });
    const { entries } = standardise(typedValid(read(document).valid), 'pynn');
    expect(entries.map(({ message }) => message).join()).toMatch(/its (cm|tau_m) as IF_curr_exp would not be positive/);
  });

  const strange: readonly (Construct & { readonly name: string; readonly reason: RegExp })[] = [
    { name: 'has no leak', model: 'dv/dt = 1*mV/ms : volt', threshold: 'v > 1*mV', reset: 'v = 0*mV', reason: /leak/ },
    {
      name: 'has a leak of another power',
      model: 'dv/dt = -v**3/(mV**2*ms) : volt',
      threshold: 'v > 1*mV',
      reset: 'v = 0*mV',
      reason: /leak/,
    },
    {
      name: 'draws in its rates',
      model: 'dv/dt = (20*mV*r - v)/ms : volt\nr = rand() : 1 (constant over dt)',
      threshold: 'v > 1*mV',
      reset: 'v = 0*mV',
      method: 'euler',
      reason: /known only during a run/,
    },
    {
      name: 'has noise',
      model: 'dv/dt = -v/ms + mV*xi/sqrt(ms) : volt',
      threshold: 'v > 1*mV',
      reset: 'v = 0*mV',
      method: 'euler',
      reason: /noise/,
    },
    {
      name: 'has a moving threshold',
      model: 'dv/dt = -v/ms : volt\ndtheta/dt = -theta/ms : volt',
      threshold: 'v > theta',
      reset: 'v = 0*mV',
      reason: /spikes where/,
    },
    {
      name: 'goes on in its refractory time',
      model: 'dv/dt = -v/ms : volt',
      threshold: 'v > 1*mV',
      reset: 'v = 0*mV',
      refractory: '5 ms',
      reason: /keeps changing while refractory/,
    },
    {
      name: 'grows by itself',
      model: 'dv/dt = (v + mV)/(10*ms) : volt',
      threshold: 'v > 1*mV',
      reset: 'v = 0*mV',
      reason: /tau_m as \w+ would not be positive/,
    },
  ];

  it.each(strange)('that $name is no standard cell', ({ name: _, reason, ...construct }) => {
    const { entries } = standardise(typedValid(read(documentOf(construct)).valid), 'pynn');
    expect(entries).toContainEqual(
      expect.objectContaining({
        verdict: 'notExpressible',
        pointer: '/populations/G',
        message: expect.stringMatching(reason),
      }),
    );
  });
});

describe('synapses', () => {
  const target = {
    model: 'dv/dt = (g - v)/(10*ms) : volt (unless refractory)\ndg/dt = -g/(2*ms) : volt',
    threshold: 'v > 1*volt',
    reset: 'v = 0*mV',
  };
  const plastic = `w : volt
dApre/dt = -Apre/taup : 1 (event-driven)
dApost/dt = -Apost/taum : 1 (event-driven)`;
  const rows: readonly {
    readonly name: string;
    readonly synapse: Readonly<Record<string, unknown>>;
    readonly namespace?: Readonly<Record<string, string | number>>;
    readonly type: string;
    readonly values: Readonly<Record<string, number>>;
  }[] = [
    {
      name: 'with a constant',
      synapse: { on_pre: 'g_post += 2*mV' },
      type: 'StaticSynapse',
      values: { weight: 2e-10 },
    },
    {
      name: 'that fail',
      synapse: { on_pre: 'g_post += 2*mV*int(rand() < 0.3)' },
      type: 'SimpleStochasticSynapse',
      values: { weight: 2e-10, p: 0.3 },
    },
    {
      name: 'that depress and facilitate',
      synapse: {
        model: 'du/dt = -u/tf : 1 (event-driven)\ndx/dt = (1 - x)/td : 1 (event-driven)',
        on_pre: 'u += U0*(1 - u)\ng_post += 3*mV*u*x\nx -= u*x',
        initializers: { x: '1' },
      },
      namespace: { tf: '300 ms', td: '120 ms', U0: 0.2 },
      type: 'TsodyksMarkramSynapse',
      values: { U: 0.2, tau_rec: 0.12, tau_facil: 0.3, weight: 3e-10 },
    },
    {
      name: 'with additive plasticity',
      synapse: {
        model: plastic,
        on_pre: 'g_post += w\nApre += 1\nw = clip(w - 0.02*mV*Apost, 0*mV, 4*mV)',
        on_post: 'Apost += 1\nw = clip(w + 0.04*mV*Apre, 0*mV, 4*mV)',
        initializers: { w: '1*mV' },
      },
      namespace: { taup: '15 ms', taum: '30 ms' },
      type: 'STDPMechanism',
      values: { A_plus: 0.01, A_minus: 0.005, tau_plus: 0.015, tau_minus: 0.03, w_max: 4e-10, weight: 1e-10 },
    },
    {
      name: 'with multiplicative plasticity',
      synapse: {
        model: plastic,
        on_pre: 'g_post += w\nApre += 1\nw = clip(w*(1 - 0.02*Apost), 0*mV, 4*mV)',
        on_post: 'Apost += 1\nw = clip(w + 0.01*(4*mV - w)*Apre, 0*mV, 4*mV)',
        initializers: { w: '1*mV' },
      },
      namespace: { taup: '15 ms', taum: '30 ms' },
      type: 'STDPMechanism',
      values: { A_plus: 0.01, A_minus: 0.02 },
    },
  ];

  it.each(rows)('$name are a $type', ({ synapse, namespace: names, type, values }) => {
    const imported = read(documentOf({ ...target, synapses: [synapse], ...(names ? { namespace: names } : {}) }));
    const { valid, entries } = standardise(typedValid(imported.valid), 'pynn');
    expect(entries.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
    const projection = valid.model.projections['S0'];
    expect(valid.model.synapses[projection?.synapse ?? '']?.conformsTo?.type).toBe(`pynn/${type}`);
    for (const [name, value] of Object.entries(values))
      expect([name, Number(Number(projection?.values[name]).toPrecision(8))]).toEqual([name, value]);
  });

  it('with a potentiation that depends on the square of the weight are no standard synapse', () => {
    const synapse = {
      model: plastic,
      on_pre: 'g_post += w\nApre += 1\nw = clip(w - 0.02*mV*Apost, 0*mV, 4*mV)',
      on_post: 'Apost += 1\nw = clip(w + 0.04*w**2/mV*Apre, 0*mV, 4*mV)',
      initializers: { w: '1*mV' },
    };
    const names = { taup: '15 ms', taum: '30 ms' };
    const { entries } = standardise(
      typedValid(read(documentOf({ ...target, synapses: [synapse], namespace: names })).valid),
      'pynn',
    );
    expect(entries).toContainEqual(expect.objectContaining({ verdict: 'notExpressible', pointer: '/projections/S0' }));
  });
});

describe('connections', () => {
  const rules: readonly [text: string, connect: unknown, expected: Readonly<Record<string, unknown>>][] = [
    ['all', true, { rule: 'all', self: true }],
    ['all but itself', { condition: 'i != j' }, { rule: 'all', self: false }],
    ['a probability', { p: 0.2 }, { rule: 'pairs', p: 0.2, self: true, condition: null }],
    ['one to one', { j: 'i' }, { rule: 'oneToOne' }],
    ['one to one by a condition', { condition: 'i == j' }, { rule: 'oneToOne' }],
    ['neighbours', { j: 'i + 1', skip_if_invalid: true }, { rule: 'list', sources: [0, 1], targets: [1, 2] }],
    ['those before', { condition: 'i < j' }, { rule: 'list', sources: [0, 0, 1], targets: [1, 2, 2] }],
    ['a number for each', { j: 'k for k in sample(N_post, size=2)' }, { rule: 'fixedOutDegree', n: 2, replace: false }],
  ];

  it.each(rules)('of %s', (_, connect, expected) => {
    const document = documentOf({ model: 'dv/dt = -v/(10*ms) : volt', threshold: 'v > 1*volt', reset: 'v = 0*volt' });
    const synapses = { S: { source: 'G', target: 'G', on_pre: 'v_post += 1*mV', connect, delay: '1 ms' } };
    const { valid } = standardise(typedValid(read({ ...document, synapses }).valid), 'pynn');
    expect(valid.model.projections['S']?.connect).toEqual([expect.objectContaining(expected)]);
  });
});

describe('bounds of indices', () => {
  const projection = async (connect: string): Promise<string> => {
    const text = [
      'format: interneuron/brian',
      'neuron_groups:',
      "  P: { N: 10, model: 'dv/dt = (g - v)/(10*ms) : volt\n\n    dg/dt = -g/(5*ms) : volt'," +
        ' threshold: v > 1*mV, reset: v = 0*mV, method: exact }',
      `synapses: { S: { source: 'P[2:10]', target: P, on_pre: 'g += 1*mV', delay: 1 ms, connect: ${connect} } }`,
      'run: 1 ms',
    ];
    const { valid } = importModel({ name: 'bounds.yaml', text: text.join('\n') });
    const { files } = await convertModel(valid, 'pynn');
    const [, pre, post] = /sim\.Projection\(\s*(.+?),\s*(.+?),\s*sim\.(?:\w+)/.exec(files[0]?.text ?? '') ?? [];
    const [connector] = /\w+Connector(?=\()/.exec(files[0]?.text ?? '') ?? [];
    return [pre, post, connector].join(' ');
  };

  it.each([
    ["{ condition: 'i < 3', p: 0.5 }", 'P[2:] P IndexBasedProbabilityConnector'],
    ["{ condition: 'j == 3' }", 'P[2:] P FromListConnector'],
  ])('%s', async (connect, expected) => {
    expect(await projection(connect)).toBe(expected);
  });
});

describe('components of NeuroML', () => {
  const fixture = (name: string): ReturnType<typeof importModel> =>
    importModel(readSource(fileURLToPath(new URL(`../../fixtures/neuroml/${name}`, import.meta.url))));
  const standard = (name: string): ReturnType<typeof writtenModel> =>
    writtenModel(standardise(gathered(typedValid(fixture(name).valid), 'pynn').valid, 'pynn').valid.model);

  const cellTypes = {
    'point-cells.xml': {
      tauPop: ['IF_curr_exp', { tau_m: 0.02, v_rest: -0.05, v_thresh: -0.055, v_reset: -0.07, tau_refrac: 0 }],
      tauRefPop: ['IF_curr_exp', { tau_m: 0.02, tau_refrac: 0.004 }],
      iafPop: ['IF_curr_exp', { tau_m: 0.02, cm: 2e-10, v_rest: -0.065 }],
      iafRefPop: ['IF_curr_exp', { cm: 2e-10, tau_refrac: 0.003 }],
      izhPop: ['Izhikevich', { a: 20, b: 200, c: -0.055, d: 4 }],
      adExPop: ['EIF_cond_exp_isfa_ista', { cm: 2.81e-10, delta_T: 0.002, a: 4e-9, b: 8e-11, tau_w: 0.04 }],
    },
    'pynn-cells.xml': {
      currAlphas: ['IF_curr_alpha', { cm: 1e-9, tau_syn_E: 0.002, tau_refrac: 0.005 }],
      currExps: ['IF_curr_exp', { cm: 1e-9, tau_refrac: 0.003 }],
      condAlphas: ['IF_cond_alpha', { tau_syn_E: 0.003, e_rev_E: 0 }],
      condExps: ['IF_cond_exp', { tau_syn_E: 0.005, e_rev_E: 0 }],
      eifExps: ['EIF_cond_exp_isfa_ista', { delta_T: 0.002, v_spike: -0.04, v_thresh: -0.052, b: 8.05e-11 }],
      eifAlphas: ['EIF_cond_exp_isfa_ista', { delta_T: 0, a: 4e-9 }],
      hhs: ['HH_cond_exp', { gbar_Na: 2e-5, gbar_K: 6e-6, v_offset: -0.063, tau_syn_E: 0.005 }],
    },
  } as const;

  it.each(Object.entries(cellTypes))('of %s are standard cells', (name, expected) => {
    const model = standard(name);
    for (const [population, [type, values]] of Object.entries(expected)) {
      const found = model.populations[population];
      expect([population, model.neurons[found?.type ?? '']?.conformsTo?.type]).toEqual([population, `pynn/${type}`]);
      for (const [key, value] of Object.entries(values))
        expect([population, key, Number(Number(found?.values[key]).toPrecision(8))]).toEqual([population, key, value]);
    }
  });

  it('that generate currents are currents, and components that read only the time are sources of spikes', () => {
    const { stimuli, populations, projections } = standard('inputs.xml');
    expect(stimuli['pulse']).toMatchObject({ to: { population: 'cells', indices: [0, 6] }, input: 'i_inj' });
    expect(stimuli['pulse']).toMatchObject({
      value: '1e-10*A if t > 0.005*s - dt/2 and t < 0.025*s - dt/2 else 0*A',
    });
    // One unit of a current without dimension moves the potential as 1 pA does on 1 pF.
    expect(stimuli['pulseDL']).toMatchObject({ to: { population: 'izhs', indices: [0] }, input: 'i_inj' });
    expect(JSON.stringify(stimuli['pulseDL'])).toContain('1.2e-11*A');
    expect(populations['timed']?.spikes).toEqual({ times: [0.004, 0.012, 0.0135], indices: [0, 0, 0] });
    expect(projections['timed_to_cells']?.connect).toEqual([{ rule: 'list', sources: [0], targets: [7] }]);
  });

  it('that draw exponential intervals are Poisson sources', () => {
    const { neurons, populations } = standard('random-inputs.xml');
    const found = (name: string): unknown => [
      neurons[populations[name]?.type ?? '']?.conformsTo?.type,
      populations[name]?.values,
    ];
    expect(found('poissons')).toEqual(['pynn/SpikeSourcePoisson', { rate: 300 }]);
    expect(found('sources')).toEqual(['pynn/SpikeSourcePoisson', { rate: 250, start: 0.005, duration: 0.06 }]);
    expect(found('refractories')).toEqual(['pynn/SpikeSourcePoissonRefractory', { rate: 200, tau_refrac: 0.002 }]);
    expect(found('burst')).toEqual(['pynn/SpikeSourcePoisson', { rate: 600, start: 0.01, duration: 0.02 }]);
  });

  it('with two double exponential synapses are point neurons with two receptors', async () => {
    const text = `<Lems>
      <Target component="run"/>
      <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
      <iafCell id="cell" leakReversal="-65mV" thresh="-50mV" reset="-65mV" C="100pF" leakConductance="5nS"/>
      <spikeGenerator id="regular" period="7ms"/>
      <expTwoSynapse id="ampa" gbase="2nS" erev="0mV" tauRise="1ms" tauDecay="5ms"/>
      <expTwoSynapse id="gaba" gbase="1nS" erev="-70mV" tauRise="1ms" tauDecay="8ms"/>
      <network id="net">
        <population id="regulars" component="regular" size="1"/><population id="cells" component="cell" size="1"/>
        <synapticConnectionWD from="regulars[0]" to="cells[0]" synapse="ampa" destination="synapses"
          weight="1.5" delay="1ms"/>
        <synapticConnectionWD from="regulars[0]" to="cells[0]" synapse="gaba" destination="synapses"
          weight="1" delay="2ms"/>
      </network>
      <Simulation id="run" length="60ms" step="0.01ms" target="net"/>
    </Lems>`;
    const { valid } = importModel({ name: 'two.xml', text });
    const { report } = await convertModel(valid, 'pynn');
    expect(report).toContainEqual(
      expect.objectContaining({
        verdict: 'convention',
        code: 'pynn/backend',
        message: 'PyNN has no BetaPSR for NEURON, where the script does not run',
      }),
    );
    const { files } = await convertModel(valid, 'pynn-json');
    const { populations, projections } = JSON.parse(files[0]?.text ?? '');
    const { neuron, receptors } = populations.find(({ label }: { label: string }) => label === 'cells').cell;
    // Only NEST's adaptive exponential membrane has beta functions; without exponential it is a leaky one.
    expect(neuron).toMatchObject({ type: 'AdExp', params: { delta_T: 0, cm: 0.1, tau_m: 20 } });
    const [ampa, gaba] = Object.values<{ readonly type: string; readonly params: unknown }>(receptors);
    expect([ampa?.type, gaba?.type]).toEqual(['BetaPSR', 'BetaPSR']);
    expect(ampa?.params).toEqual({ tau_decay: 5, tau_rise: 1 });
    expect(gaba?.params).toEqual({ tau_decay: 8, tau_rise: 1, e_syn: -70 });
    // Both have a peak of one, so that weights are base conductance times weight.
    const weights = projections.map(
      ({ synapse }: { synapse: { params: { weight: number } } }) => synapse.params.weight,
    );
    expect(weights.map((one: number) => Number(one.toPrecision(9)))).toEqual([0.003, 0.001]);
  });

  it.each(['point-cells.xml', 'pynn-cells.xml', 'inputs.xml'])('of %s spike in PyNN as they do here', async (name) => {
    const { populations, matched, spikes } = await checkConversion(fixture(name).valid, 'pynn-json');
    expect(matched).toBeGreaterThan(10);
    // Euler steps of 0.01 ms against exact integration.
    for (const one of populations)
      expect([one.population, one.largest < 1.5e-4, one.spikes[0]]).toEqual([one.population, true, one.spikes[1]]);
    expect(spikes[0]).toBe(spikes[1]);
  });

  // Gates begin at the potential's steady state; spikes of cells without channels shift by the label and by refractory
  // steps.
  it.each([
    ['point-cells.xml', 3.5e-5],
    ['pynn-cells.xml', 1.1e-4],
    ['network.xml', 8e-4],
    ['channels.xml', 8e-4],
  ])('of %s spike in Brian as they do here', async (name, most) => {
    const { populations } = await checkConversion(fixture(name).valid, 'brian-json');
    expect(populations.some(({ spikes }) => spikes[0] > 0)).toBe(true);
    for (const one of populations)
      expect([one.population, one.largest < most, one.spikes[0]]).toEqual([one.population, true, one.spikes[1]]);
  });

  it('with regimes that do more than wait are left out of Brian', async () => {
    const { report } = await convertModel(fixture('own-types.xml').valid, 'brian-json');
    const left = report.filter(({ message }) => message.startsWith('cells with regimes'));
    expect(left.map(({ verdict, pointer }) => [verdict, pointer])).toEqual([
      ['notExpressible', '/populations/pacers'],
      ['notExpressible', '/populations/followers'],
    ]);
  });
});

describe('a network of PyNN in Brian', () => {
  const document = async (name: string): Promise<{ readonly report: readonly string[]; readonly tree: BrianTree }> => {
    const path = fileURLToPath(new URL(`../../fixtures/pynn/${name}`, import.meta.url));
    const { files, report } = await convertModel(importModel(readSource(path)).valid, 'brian-json');
    return { tree: JSON.parse(files[0]?.text ?? '') as BrianTree, report: report.map(({ code }) => code) };
  };

  interface BrianTree {
    readonly namespace: Readonly<Record<string, unknown>>;
    readonly neuron_groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly poisson_groups: Readonly<Record<string, unknown>>;
    readonly synapses: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }

  it('has probabilities, Poisson groups and constants', async () => {
    const { tree } = await document('vogels-abbott-coba.json');
    expect(tree.synapses['exc_to_inh']).toMatchObject({ connect: { p: 0.02 }, on_pre: 'gsyn_exc_post += 4*nS' });
    expect(tree.poisson_groups['stimulus']).toMatchObject({ N: 20, rates: 'rate*int(t < 50*ms - dt/2)' });
    expect(tree.namespace).toMatchObject({ tau_m: '20 ms', v_rest: '-60 mV' });
    // No current is injected, and PyNN's i_offset is 0.
    expect(tree.neuron_groups['exc']?.['model']).not.toMatch(/i_inj|i_offset/);
    expect(tree.neuron_groups['exc']?.['initializers']).toEqual({ v: '-60*mV + 10*mV*rand()' });
  });

  it('has a sample for each cell if numbers are fixed, and projections between two groups', async () => {
    const { tree } = await document('brunel.json');
    expect(Object.keys(tree.synapses)).toEqual(expect.arrayContaining(['exc_to_all_exc', 'exc_to_all_inh']));
    expect(tree.synapses['exc_to_all_inh']?.['connect']).toEqual({ i: 'k for k in sample(N_pre, size=80)' });
  });

  it('lists connections without a rule in Brian, and reports it', async () => {
    const { tree, report } = await document('connector-fixed-total-number.json');
    expect(tree.synapses['recurrent']?.['connect']).toMatchObject({ i: expect.any(Array), j: expect.any(Array) });
    expect(report).toContain('brian/listed');
  });

  it('sends weights by a pathway of their own if their delay is dendritic', async () => {
    const { tree } = await document('stdp-additive.json');
    const on = tree.synapses['plastic']?.['on_pre'];
    expect(on).toMatchObject({ pre: expect.stringMatching(/^sent = weight$/m), transmit: 'v_post += sent' });
    expect(tree.synapses['plastic']?.['delay']).toEqual({ transmit: '1 ms', post: '1 ms', post_trace: '1 ms' });
  });

  it('a PoissonGroup is different, since its spikes have another distribution', async () => {
    const path = fileURLToPath(new URL('../../fixtures/pynn/sources.json', import.meta.url));
    const { outcome, report } = await convertModel(importModel(readSource(path)).valid, 'brian-json');
    expect(report.filter(({ code }) => code === 'brian/poisson-group').map(({ verdict }) => verdict)).toContain(
      'different',
    );
    expect(outcome).toBe('not measured');
  });

  it('has cells of NeuroML with channels by short names, without unused parameters', async () => {
    const path = fileURLToPath(new URL('../../fixtures/neuroml/soma.cell.nml', import.meta.url));
    const { files } = await convertModel(importModel(readSource(path)).valid, 'brian-json');
    const { neuron_groups } = JSON.parse(files[0]?.text ?? '') as {
      readonly neuron_groups: Record<string, { readonly model: string; readonly initializers: object }>;
    };
    const { model, initializers } = neuron_groups['soma'] ?? { model: '', initializers: {} };
    // The document gives the potential at the beginning by a parameter without another use.
    expect(initializers).toMatchObject({ v: '-65 mV' });
    const lines = model.split('\n');
    expect(lines.length).toBeLessThan(26);
    expect(lines).toContain('dm/dt = (m_inf - m)/tau_m : 1');
    // The rate x/(1 - exp(-x)) of the document, with its value at 0.
    expect(lines).toContain('alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz');
    // Nothing but densities of currents flows, so that the area of the cell does not matter.
    expect(lines).toContain('dv/dt = (i_leak + i_na + i_k)/C_m : volt');
    expect(model).not.toMatch(/biophysicalProperties|morphology|int\(/);
  });

  it('of cells with channels has as many spikes in short steps', async () => {
    const path = fileURLToPath(new URL('../../fixtures/pynn/hh-cond-exp.json', import.meta.url));
    const { valid } = importModel(readSource(path), { dt: '0.01 ms' });
    const { spikes } = await checkConversion(valid, 'brian-json');
    expect(spikes).toEqual([29, 29]);
  });
});

describe('a model written in another notation reads again there', () => {
  const head = { format: 'interneuron/brian', version: 1, dt: '0.1 ms', run: '20 ms' };
  const roundTrip = async (
    valid: ReturnType<typeof importModel>['valid'],
    to: 'lems' | 'pynn-json' | 'brian-json',
  ): Promise<Awaited<ReturnType<typeof convertModel>> & { readonly again: ReturnType<typeof importModel> }> => {
    const converted = await convertModel(valid, to);
    const [file] = converted.files;
    const again = importModel({ name: `again.${to === 'lems' ? 'xml' : 'json'}`, text: file?.text ?? '' });
    return { ...converted, again };
  };

  it('junctions with a sum that has a unit are currents of LEMS, and the same spikes', async () => {
    const { valid } = read({
      ...head,
      run: '60 ms',
      neuron_groups: {
        G: {
          N: 3,
          model: 'dv/dt = (10*nS*(-65*mV - v) + gap + I)/(100*pF) : volt\ngap : amp\nI : amp',
          threshold: 'v > -50*mV',
          reset: 'v = -65*mV',
          method: 'euler',
          initializers: { v: '-65*mV', I: '400*pA*int(i == 0)' },
        },
      },
      synapses: {
        S: { source: 'G', target: 'G', model: 'gap_post = 3*nS*(v_pre - v_post) : amp (summed)', connect: 'i != j' },
      },
    });
    const { again } = await roundTrip(valid, 'lems');
    expect(Object.values(again.valid.model.neurons).some(({ state }) => 'gap' in state)).toBe(false);
    const { matched, spikes } = await checkConversion(valid, 'lems');
    expect(spikes[0]).toBeGreaterThan(3);
    expect([matched, spikes[1]]).toEqual([spikes[0], spikes[0]]);
  });

  it('state that a phase sets is initialised in PyNN, parameters are set', async () => {
    const { valid } = read({
      ...head,
      neuron_groups: {
        G: {
          N: 1,
          model: 'dv/dt = (g + I - 60*mV - v)/(20*ms) : volt (unless refractory)\ndg/dt = -g/(5*ms) : volt\nI : volt',
          threshold: 'v > -50*mV',
          reset: 'v = -60*mV',
          refractory: '2 ms',
          method: 'exact',
          initializers: { v: '-60*mV' },
        },
      },
      synapses: { S: { source: 'G', target: 'G', on_pre: 'g += 1*mV', connect: 'i != j', delay: '1 ms' } },
      run: [{ duration: '20 ms' }, { set: { 'G.g': '30*mV', 'G.I': '12*mV' }, duration: '20 ms' }],
    });
    const { files } = await roundTrip(valid, 'pynn-json');
    const { phases } = JSON.parse(files[0]?.text ?? '') as { phases: readonly Readonly<Record<string, unknown>>[] };
    expect(phases.map((phase) => Object.keys(phase)[0])).toEqual(['run', 'set', 'initialize', 'run']);
    const { matched, spikes } = await checkConversion(valid, 'pynn-json');
    expect(spikes[0]).toBeGreaterThan(0);
    expect([matched, spikes[1]]).toEqual([spikes[0], spikes[0]]);
  });

  it('rates of Poisson sources that a phase sets are rates of a PoissonGroup', async () => {
    const { valid } = read({
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      populations: [{ label: 's', size: 40, cell: { type: 'SpikeSourcePoisson', params: { rate: 10 } } }],
      recordings: [{ target: 's', variables: ['spikes'] }],
      phases: [{ run: 50 }, { set: { target: 's', params: { rate: 200 } } }, { run: 50 }],
    });
    const { files } = await roundTrip(valid, 'brian-json');
    expect(JSON.parse(files[0]?.text ?? '')).toMatchObject({
      poisson_groups: { s: { N: 40, rates: '10 Hz' } },
      run: [{ duration: '50 ms' }, { set: { 's.rates': '200 Hz' }, duration: '50 ms' }],
    });
    const { spikes } = await checkConversion(valid, 'brian-json');
    // 20 and 400 are expected: five deviations of 420.
    expect(Math.abs(spikes[1] - 420)).toBeLessThan(102);
  });
});
