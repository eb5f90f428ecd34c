/** Verdicts on conversions from running the written files. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TargetNotation } from '../../src/convert/target-notations.js';
import { convertModel } from '../../src/convert/convert.js';
import { compareWritten } from '../../src/verify/check-conversion.js';
import { emptyRows } from '../../src/verify/ledger.js';
import { limitOfDocuments } from '../../src/verify/limit-with-draws.js';
import { measure, ownSteps, type Measurement } from '../../src/verify/measure.js';
import { graded } from '../../src/verify/own-step.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { root } from '../support/import-graph.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

const cells = {
  N: 2,
  model: 'dv/dt = (drive - v)/(10*ms) : volt\ndrive : volt',
  threshold: 'v > 10*mV',
  reset: 'v = 0*mV',
  initializers: { drive: '12*mV' },
};
const document = { format: 'interneuron/brian', dt: '0.1 ms', neuron_groups: { cells }, run: '1000 ms' };

const modelOf = (more: object = {}, rest: object = {}) =>
  importModel({
    name: 'm.json',
    text: JSON.stringify({ ...document, neuron_groups: { cells: { ...cells, ...more } }, ...rest }),
  }).valid;

/** A cell of PyNN with a constant current for 200 ms. */
const cellOf = (type: string, params: object): object => ({
  format: 'interneuron/pynn',
  setup: { timestep: 0.1 },
  populations: [{ label: 'cell', size: 1, cell: { type, params } }],
  recordings: [{ target: 'cell', variables: ['spikes'] }],
  phases: [{ run: 200 }],
});

async function measured(to: TargetNotation, more: object = {}, rest: object = {}): Promise<Measurement> {
  const valid = modelOf(more, rest);
  return measure(valid, to, await convertModel(valid, to, { name: to === 'neuroml' ? 'm.nml' : 'model.xml' }));
}

/** A silent cell of PyNN with a synapse, and a current late in a run of 5 s. */
const lateCurrent = (amplitude: number): object => ({
  ...cellOf('IF_curr_exp', { i_offset: 0.1 }),
  current_sources: [
    {
      label: 's',
      type: 'StepCurrentSource',
      params: { times: [4500, 4800], amplitudes: [amplitude, 0] },
      inject_into: ['cell'],
    },
  ],
  phases: [{ run: 5000 }],
});

describe('limits', () => {
  const limitOfFile = async (name: string, text: string, to: TargetNotation) => {
    const { valid } = importModel({ name, text });
    const { limit } = await measure(
      valid,
      to,
      await convertModel(valid, to, { name: to === 'neuroml' ? 'm.nml' : 'm' }),
    );
    return limit;
  };

  test('inputs after the compared time are compared with those that are written', async () => {
    const limit = await limitOfFile('m.json', JSON.stringify(lateCurrent(0.3)), 'neuroml');
    expect([limit?.verdict, limit && emptyRows(limit.ledger)]).toEqual(['the same model', []]);
  });

  test('a source that compares the time with the step is the same model in LEMS, which labels steps by their end', async () => {
    // NetStim of NEURON, as its reader writes it.
    const netStim = (offset: string): string => `interneuron: 1
timing: grid
neurons:
  stim:
    parameters: { interval: 5 ms }
    state: { next: { unit: ms, initial: 5 ms }, count: 0 }
    events: { spike: { when: t + dt > next - dt/2${offset} and count < 4, do: [count += 1, next += interval] } }
populations: { stim: { type: stim, size: 1 } }
experiment: { dt: 0.025 ms, protocol: [{ run: 30 ms }] }
recordings: [{ of: stim, events: spike }]
`;
    expect(await limitOfFile('m.yaml', netStim(''), 'lems')).toMatchObject({ verdict: 'the same model' });
    const [own, later] = ['', ' + 2*dt'].map((offset) => importModel({ name: 'm.yaml', text: netStim(offset) }).valid);
    expect((await limitOfDocuments(own!, later!)).verdict).toBe('another model');
  });

  test('thresholds of silent cells of NeuroML are compared at states', async () => {
    const name = 'kinetic-scheme.xml';
    const text = readFileSync(join(root, 'fixtures/neuroml', name), 'utf8');
    const limit = await limitOfFile(name, text, 'pynn-json');
    expect(limit?.verdict).toBe('the same model');
    expect(limit?.ledger.rows.filter(({ how }) => how !== 'by state')).toEqual([]);
  });
});

describe('verdicts', () => {
  test('a document that is the same model when it is read is exact', async () => {
    expect(await measured('brian-json')).toEqual({ verdict: 'exact' });
  });

  test('200 ms of another notation have 11 spikes of each cell, after each 10*ln(6) ms', async () => {
    const { verdict, check } = await measured('pynn-json');
    expect(verdict).toBe('same spikes');
    expect(check).toMatchObject({ seconds: 0.2, populations: [{ spikes: [22, 22], matched: 22, equalCounts: 2 }] });
  });

  test('cells that become populations of their own are compared with the cells that they were', async () => {
    // 10*ln(12/2) and 10*ln(20/10) ms: 11 and 28 spikes in 200 ms.
    const { check } = await measured('neuroml', { initializers: { drive: '12*mV + 8*mV*i' } });
    expect(check?.absent).toEqual([]);
    expect(check?.populations).toMatchObject([{ population: 'cells', cells: 2, spikes: [39, expect.any(Number)] }]);
  });

  test('a first state that is drawn has one draw in both runs', async () => {
    const initializers = { v: 'rand()*10*mV', drive: '12*mV' };
    const { verdict, limit } = await measured('pynn-json', { N: 100, initializers });
    expect([verdict, limit?.verdict]).toEqual(['same spikes', 'the same model']);
  });

  test('cells without spikes that draw their own first state are compared by their states', async () => {
    const { verdict, limit } = await measured('pynn-json', { initializers: { v: 'rand()*10*mV', drive: '1*mV' } });
    expect([verdict, limit?.verdict]).toEqual(['same spikes', 'the same model']);
  });

  test('noise in each step gives each run its own spikes', async () => {
    const { verdict, limit, check } = await measured('lems', {
      N: 20,
      model: 'dv/dt = (15*mV - v)/(10*ms) + mV*xi/(10*ms)**0.5 : volt',
      initializers: {},
    });
    expect([verdict, limit?.verdict]).toEqual(['not measured', 'the same model']);
    expect(check?.spikes.every((count) => count > 50)).toBe(true);
  });
});

test('types in NESTML are graded as NEST integrates them, though the document is the same model', async () => {
  const model = 'dv/dt = (drive - v)*exp(v/(100*mV))/(10*ms) : volt\ndrive : volt';
  const { verdict, check } = await measured('pynn-nestml', { model, method: 'euler' });
  expect([verdict, check?.populations.length]).toEqual(['apart', 1]);
});

test('standard cells beside types in NESTML are graded as NEST has them', async () => {
  // LEMS and NEST take the same steps of Euler for Izhikevich's cells, by his equations of 2003.
  const text = `<Lems>
  <Target component="sim"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Inputs.xml"/><Include file="Simulation.xml"/>
  <izhikevichCell id="iz" v0="-65mV" thresh="30mV" a="0.02" b="0.2" c="-55" d="4"/>
  <izhikevich2007Cell id="own" v0="-75mV" C="150pF" k="1.2nS_per_mV" vr="-75mV" vt="-45mV" vpeak="50mV" a="0.01per_ms" b="5nS" c="-56mV" d="130pA"/>
  <pulseGeneratorDL id="dl" delay="20ms" duration="100ms" amplitude="12"/>
  <network id="net"><population id="izp" component="iz" size="1"/><population id="ownp" component="own" size="1"/>
    <explicitInput target="izp[0]" input="dl"/></network>
  <Simulation id="sim" length="150ms" step="0.02ms" target="net">
    <EventOutputFile id="f" fileName="f.spikes" format="ID_TIME"><EventSelection id="0" select="izp[0]" eventPort="spike"/></EventOutputFile>
  </Simulation></Lems>`;
  const { valid } = importModel({ name: 'LEMS_iz.xml', text });
  const { check } = await measure(valid, 'pynn-nestml', await convertModel(valid, 'pynn-nestml'));
  const [izp] = check?.populations.filter(({ population }) => population === 'izp') ?? [];
  expect(izp?.spikes[0]).toBeGreaterThan(4);
  expect([izp?.matched, izp?.largest]).toEqual([izp?.spikes[0], expect.closeTo(0, 9)]);
});

describe('grades of the simulators of both notations', () => {
  test('simulators that compute the same have one grade', async () => {
    const valid = modelOf();
    const converted = await convertModel(valid, 'pynn-json');
    const standard = await measure(valid, 'pynn-json', converted, { from: 'brian' });
    expect([standard.between, standard.others]).toEqual(['Brian → NEST', undefined]);
    const lif = importModel({ name: 'lif.json', text: JSON.stringify(cellOf('IF_curr_exp', { i_offset: 1 })) }).valid;
    const { between, others } = await measure(lif, 'brian-json', await convertModel(lif, 'brian-json'), {
      from: 'pynn',
    });
    expect([between, others]).toEqual(['NEST → Brian', undefined]);
  });

  test('NEST takes steps of Euler for an Izhikevich cell as LEMS does', async () => {
    const { valid } = importModel({ name: 'iz.json', text: JSON.stringify(cellOf('Izhikevich', { i_offset: 0.01 })) });
    const converted = await convertModel(valid, 'lems');
    const grades = ownSteps(await measure(valid, 'lems', converted, { from: 'pynn' }));
    const spikes = grades.map(({ between, check }) => [between, check?.populations[0]?.equalCounts, check?.matched]);
    expect(spikes).toEqual([['NEST → jNeuroML', 1, grades[0]?.check?.spikes[0]]]);
    expect(grades[0]?.check?.spikes[0]).toBeGreaterThan(4);
  });

  test('a simulator that refuses what is written is not named', async () => {
    const above = cellOf('IF_curr_exp', { i_offset: 1, v_reset: -40, v_thresh: -50, tau_refrac: 1 });
    const { valid } = importModel({ name: 'above.json', text: JSON.stringify(above) });
    const brian = await convertModel(valid, 'brian-json');
    const read = importModel({ name: 'above.brian.json', text: brian.files[0]!.text }).valid;
    const { between } = await measure(read, 'pynn', await convertModel(read, 'pynn'), { from: 'brian' });
    expect(between).toBe('Brian → interneuron');
  });

  test('a simulator that runs both is compared with itself', async () => {
    const document = { ...cellOf('Izhikevich', { i_offset: 0.01 }), setup: { timestep: 0.1, simulator: 'nest' } };
    const { valid } = importModel({ name: 'iz.json', text: JSON.stringify(document) });
    const { between, verdict } = await measure(valid, 'pynn-nestml', await convertModel(valid, 'pynn-nestml'), {
      from: 'pynn',
    });
    expect([between, verdict]).toEqual(['NEST', 'same spikes']);
  });
});

// PyNN 0.13 on NEST 3.10 records 2 and 5 ms only: the first spike that PyNN can send is at 2 ms.
test('listed spikes that NEST loses are lost in the measurement of a script for it', async () => {
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    setup: { timestep: 1, min_delay: 1 },
    populations: [{ label: 'source', size: 2, cell: { type: 'SpikeSourceArray', params: { spike_times: [0, 2, 5] } } }],
    recordings: [{ target: 'source', variables: ['spikes'] }],
    phases: [{ run: 10 }],
  });
  const { valid } = importModel({ name: 'early.json', text });
  for (const [to, spikes] of [
    ['pynn-nestml', 4],
    ['pynn-json', undefined],
  ] as const) {
    const { check } = await measure(valid, to, await convertModel(valid, to));
    expect(check?.populations[0]?.spikes).toEqual(spikes === undefined ? undefined : [6, spikes]);
  }
});

describe('a document without a duration or recordings', () => {
  test('models without a duration run for 200 ms', async () => {
    const { verdict, check } = await measured('pynn-json', {}, { run: undefined });
    expect([verdict, check?.seconds, check?.spikes]).toEqual(['same spikes', 0.2, [22, 22]]);
  });

  test('cells that do not spike in 200 ms run for longer', async () => {
    // v = 20 mV (1 - exp(-t/500 ms)) passes 10 mV after 500*ln(2) = 346.6 ms.
    const model = 'dv/dt = (20*mV - v)/(500*ms) : volt';
    const { verdict, check } = await measured('pynn-json', { model, initializers: {} });
    expect([verdict, check?.seconds, check?.spikes]).toEqual(['same spikes', 1, [4, 4]]);
  });

  test('cells that never spike are compared by their first state variable', async () => {
    const { verdict, check } = await measured('lems', { initializers: { drive: '1*mV' } });
    expect(verdict).toBe('same within δ');
    expect(check?.variables).toMatchObject([{ population: 'cells', variable: 'v', range: expect.closeTo(1e-3, 6) }]);
  });
});

describe('spikes that shift', () => {
  test('intervals that are a step longer move most spikes', async () => {
    // Brian counts the step of the spike in the refractory period, LEMS does not: 1 ms become 1.1 ms.
    const { verdict, check } = await measured('lems', { refractory: '1*ms' });
    expect(verdict).toBe('apart');
    expect(check?.populations[0]?.matched).toBeLessThan(11);
  });

  test('a spike of the last step is left out if the other side would have it after the end', async () => {
    // PyNN labels a spike with the end of its step, so given spikes at the end of the run belong to no step in Brian.
    const valid = importModel({
      name: 'm.json',
      text: JSON.stringify({
        format: 'interneuron/pynn',
        populations: [
          { label: 'given', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [5, 20] } } },
        ],
        phases: [{ run: 20 }],
      }),
    }).valid;
    const { verdict, check } = await measure(valid, 'brian-json', await convertModel(valid, 'brian-json'));
    expect([verdict, check?.spikes]).toEqual(['same within δ', [1, 1]]);
  });
});

describe('variables with other names', () => {
  const synapse = (model: string, onPre: string) => ({
    neuron_groups: {
      cells: { ...cells, model: model.split('; ').join('\n'), initializers: { drive: '1*mV' }, method: 'rk4' },
    },
    spike_generators: { given: { N: 1, indices: [0], times: ['5 ms'] } },
    synapses: { S: { source: 'given', target: 'cells', on_pre: onPre, delay: '1 ms', connect: true } },
    state_monitors: { M: { source: 'cells', variables: ['vm', 'g'], record: true } },
  });

  test("conductances and potentials are compared with PyNN's", async () => {
    const model = 'dvm/dt = (g*(0*mV - vm) + 10*nS*(-65*mV - vm))/(200*pF) : volt; dg/dt = -g/(5*ms) : siemens';
    const named = { threshold: 'vm > -50*mV', reset: 'vm = -65*mV', initializers: { vm: '-65*mV' } };
    const rest = synapse(model, 'g += 5*nS');
    const { check } = await measured(
      'pynn-json',
      {},
      {
        ...rest,
        neuron_groups: { cells: { ...rest.neuron_groups.cells, ...named } },
      },
    );
    expect(check?.absent).toEqual([]);
    expect(check?.variables?.map(({ variable }) => variable).sort()).toEqual(['g', 'vm']);
  });

  test('a cell of NeuroML with other names of variables is compared by these', async () => {
    // FitzHugh (1969): fitzHughNagumo1969Cell calls them V and W.
    const model = 'dv/dt = (v - v**3/3 - w + 0.5)/ms : 1; dw/dt = 0.08*(v + 0.7 - 0.8*w)/ms : 1';
    const { check } = await measured(
      'neuroml',
      {
        N: 1,
        model: model.split('; ').join('\n'),
        method: 'rk4',
        threshold: undefined,
        reset: undefined,
        initializers: { v: -1, w: -0.5 },
      },
      { state_monitors: { M: { source: 'cells', variables: ['v', 'w'], record: true } } },
    );
    expect([check?.absent, check?.variables?.map(({ variable }) => variable)]).toEqual([[], ['v', 'w']]);
  });

  test('variables of cells that become populations of their own are compared together', async () => {
    const rest = { state_monitors: { M: { source: 'cells', variables: ['v'], record: true } } };
    const { check } = await measured('neuroml', { initializers: { drive: '2*mV + 3*mV*i' } }, rest);
    expect([check?.absent, check?.variables?.map(({ variable, range }) => [variable, range > 4.9e-3])]).toEqual([
      [],
      [['v', true]],
    ]);
  });
});

describe('without a grade', () => {
  test.each([['a large network', { N: 60_000 }, {}, /^larger than the budget/]] as const)(
    '%s',
    async (_name, more, rest, reason) => {
      const given = await measured('lems', { ...more, ...('model' in more ? { initializers: {} } : {}) }, rest);
      expect(given).toMatchObject({ verdict: 'not measured', reason: expect.stringMatching(reason) });
    },
  );

  test('a model that ends with NaN itself', async () => {
    // Forward Euler multiplies u by -9 in each step, which ends in infinity minus infinity.
    const model = 'dv/dt = (drive + u*mV - v)/(10*ms) : volt\ndu/dt = -u/(0.01*ms) : 1\ndrive : volt';
    const given = await measured('lems', { model, method: 'euler', initializers: { u: 1 } });
    expect(given).toMatchObject({ verdict: 'not measured', reason: expect.stringContaining('in the model itself') });
  });

  test('a run that is larger than the budget, on every machine', async () => {
    const model = 'dv/dt = (15*mV - v)/(10*ms) + mV*xi/(10*ms)**0.5 : volt';
    const { verdict, reason } = await measured('lems', { N: 40_000, model, initializers: {} });
    expect([verdict, reason]).toEqual(['not measured', 'larger than the budget (--check runs all of it)']);
  });

  test('a written model that ends with NaN although the model does not', async () => {
    const model = 'dv/dt = (drive + u*mV - v)/(10*ms) : volt\ndu/dt = -u/(0.01*ms) : 1\ndrive : volt';
    const by = (method: string) => modelOf({ model, method, initializers: { u: 1, drive: '12*mV' } });
    // Forward Euler multiplies u by -9 in each step, which ends in infinity minus infinity.
    const { verdict, check } = graded(await compareWritten(by('exact'), by('euler'), { seconds: 0.2 }));
    expect([verdict, check?.unstable]).toEqual(['not measured', true]);
  });
});
