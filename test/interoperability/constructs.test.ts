/**
 * Each construct of the language under the tool that it is exported for: small models, one a row, all rows in one
 * process of the tool. Brian's spikes equal the spikes of the exported document here, in the same steps; they equal the
 * spikes of the model itself if the report states no convention of a step that differs.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, runModel, type ImportedModel } from '../../src/pipeline/pipeline.js';
import { exportBrianScript } from '../../translators/brian/export-script.js';
import { cells, documentOf, inStepsOfPynn, type Construct } from '../library/constructs.js';
import { missingPython, runPython } from './python-environment.js';
import { peerRecords, peers, type PeerInput } from '../support/peer-records.js';
import { failed, missingPynn, runThere, type NamedModel } from './pynn/backend.js';
import type { Results } from './pynn/results.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

const read = (document: object): ImportedModel =>
  importModel({ name: 'construct.json', text: JSON.stringify(document) });

type Spike = readonly [cell: number, step: number];

/** Cell by cell, in the order of time. */
const ordered = (spikes: readonly Spike[]): readonly Spike[] => [...spikes].sort((a, b) => a[0] - b[0] || a[1] - b[1]);

/** Spikes of the group here. */
async function here(imported: ImportedModel): Promise<readonly Spike[]> {
  const result = await runModel(imported, { target: 'wasm', threads: 1 });
  if (result.kind !== 'run') throw new Error('nothing ran');
  const spikes: Spike[] = [];
  for (const train of result.trains.filter(({ plan }) => plan.population === 'G'))
    for (const { steps, cells: who } of train.inOrder()) steps.forEach((step, k) => spikes.push([who[k] ?? -1, step]));
  result.dispose();
  return ordered(spikes);
}

// --- Brian ----------------------------------------------------------------------------------------------------------

const step = 1e-4;
const spiking = { threshold: 'v > 10*mV', reset: 'v = 0*mV' };

const brianRows: readonly (Construct & { readonly name: string })[] = [
  {
    name: 'a condition times a quantity in a first value',
    model: 'dv/dt = (-v + 100*Mohm*I)/(10*ms) : volt\nI : amp',
    ...spiking,
    initializers: { I: '(i==0)*1*nA + 0.2*nA' },
  },
  {
    name: 'a condition times a quantity in a rate',
    model: 'dv/dt = (-v + 30*mV*(v < 5*mV) + 25*mV*(v >= 5*mV))/(10*ms) : volt',
    ...spiking,
    method: 'euler',
  },
  {
    name: 'a reset that keeps a variable above zero alone',
    model: 'dv/dt = (20*mV + u - v)/(10*ms) : volt\ndu/dt = (i*mV - u)/(20*ms) : volt',
    threshold: 'v > 10*mV',
    reset: 'v *= 0\nu = int(u > 0*mV)*u',
    initializers: { u: '(i - 2)*5*mV' },
    method: 'euler',
  },
  {
    name: 'sums of conditions in a threshold and a reset',
    model: 'dv/dt = (20*mV - v)/(10*ms) : volt',
    threshold: '(v > 9*mV)*(i > 1) + (v > 9.5*mV)*(i < 2) > 0',
    reset: 'v = (i > 1)*1*mV',
  },
  {
    name: 'a condition that is taken away',
    model: 'dv/dt = (20*mV - v)/(10*ms) : volt',
    threshold: 'v > 10*mV',
    reset: 'v = 0*mV - (i == 1)*5*mV',
  },
  {
    name: 'variables with names of SymPy',
    model: 'dtrace/dt = (20*mV - trace)/(10*ms) : volt\ndgamma/dt = -gamma/ms : 1\ndS/dt = -S/ms : 1\nzeta : 1',
    threshold: 'trace > 10*mV + gamma*mV',
    reset: 'trace = 0*mV\ngamma += 1\nS += gamma\nzeta += 1',
  },
  {
    name: 'constants with names of SymPy',
    model: 'dv/dt = (trace - v)/beta : volt',
    threshold: 'v > E1',
    reset: 'v = 0*mV',
    namespace: { E1: '10 mV', beta: '10 ms', trace: '20 mV' },
  },
  {
    name: 'names that Python, and the templates of Brian, have for something else',
    model: 'dself/dt = (print - self)/input + zip*mV/max : volt\nowner : 1\nvariables : 1\nzip : 1',
    threshold: 'self > 10*mV*(1 + owner)',
    reset: 'self = 0*mV\nowner += 0.1\nvariables += owner\nzip += 1/range',
    namespace: { print: '20 mV', input: '10 ms', max: '20 ms', range: 3 },
  },
  {
    name: 'whole quotients and remainders of indices',
    model: 'dv/dt = (12*mV + 3*mV*(i//2) + (i % 2)*mV - v)/(10*ms) : volt',
    ...spiking,
  },
  {
    name: 'truth as a variable',
    model: 'dv/dt = (12*mV + 3*mV*int(on) - v)/(10*ms) : volt\non : boolean',
    threshold: 'v > 10*mV',
    reset: 'v = 0*mV\non = not on',
    initializers: { on: 'i > 1' },
  },
  ...cells.map(({ name, type: _, values: __, ...construct }) => ({ name, ...construct })),
];

const cell = (type: string, params: object, more: object = {}): object => ({
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  name: type,
  setup: { timestep: 0.1 },
  populations: [
    {
      label: 'S',
      size: 1,
      cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: [[5, 11, 12.5]] } } },
    },
    { label: 'G', size: 2, cell: { type, params }, ...more },
  ],
  projections: [
    {
      pre: 'S',
      post: 'G',
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: type.includes('cond') ? 0.01 : 0.5, delay: 1 } },
    },
  ],
  recordings: [{ target: 'G', variables: ['spikes'] }],
  phases: [{ run: 100 }],
});

const driven = cell('IF_curr_exp', { i_offset: 0.9, tau_refrac: 2 }) as {
  readonly populations: readonly object[];
  readonly projections: readonly object[];
};

/** Conventions of a step that concern cells with refractory periods, driven by listed spikes. */
const driving = ['listed-spikes', 'refractory'];

/** PyNN's cells in Brian, with the conventions of a step that differ for them. */
const pynnRows: readonly (readonly [name: string, document: object, differ: readonly string[]])[] = [
  ['IF_curr_exp, refractory', cell('IF_curr_exp', { i_offset: 1, tau_refrac: 2 }), driving],
  ['IF_curr_alpha, refractory for less than a step', cell('IF_curr_alpha', { i_offset: 1, tau_refrac: 0 }), driving],
  ['IF_cond_exp, refractory', cell('IF_cond_exp', { i_offset: 1, tau_refrac: 5 }), driving],
  ['EIF_cond_exp_isfa_ista', cell('EIF_cond_exp_isfa_ista', { i_offset: 1, tau_refrac: 2 }), driving],
  ['Izhikevich', cell('Izhikevich', { i_offset: 0.01 }), ['delivery', 'listed-spikes']],
  [
    "currents for one cell each, one of which has the name of what Brian's operations look for",
    {
      ...driven,
      views: [0, 1].map((k) => ({ label: `cell${k}`, of: 'G', select: { indices: [k] } })),
      current_sources: [
        {
          label: 'source',
          type: 'StepCurrentSource',
          params: { times: [10, 40, 70], amplitudes: [0.4, 0.2, 0.5] },
          inject_into: ['cell0'],
        },
        {
          label: 'noise',
          type: 'NoisyCurrentSource',
          params: { mean: 0.3, stdev: 0, start: 20, stop: 80, dt: 1 },
          inject_into: ['cell1'],
        },
      ],
    },
    driving,
  ],
  [
    'a current in steps for a cell that is integrated exactly',
    {
      ...cell('IF_curr_exp', { tau_refrac: 2 }),
      current_sources: [
        {
          label: 'steps',
          type: 'StepCurrentSource',
          params: { times: [5, 30, 60.5], amplitudes: [1.5, 0.4, 2] },
          inject_into: ['G'],
        },
      ],
    },
    driving,
  ],
  [
    'spikes between two steps',
    {
      ...driven,
      populations: [
        {
          label: 'S',
          size: 1,
          cell: {
            type: 'SpikeSourceArray',
            params: { spike_times: { sequences: [[0.02, 5.06, 11.14, 12.58, 30.34]] } },
          },
        },
        ...driven.populations.slice(1),
      ],
      recordings: [{ target: 'G', variables: ['spikes'] }],
    },
    driving,
  ],
  [
    'a part of a source of spikes',
    {
      ...driven,
      populations: [
        {
          label: 'S',
          size: 3,
          cell: {
            type: 'SpikeSourceArray',
            params: {
              spike_times: {
                sequences: [
                  [5, 20],
                  [9, 31],
                  [12, 13],
                ],
              },
            },
          },
        },
        ...driven.populations.slice(1),
      ],
      views: [{ label: 'part', of: 'S', select: { slice: [1, 3] } }],
      projections: driven.projections.map((one) => ({ ...one, pre: 'part', connector: { type: 'OneToOneConnector' } })),
    },
    driving,
  ],
];

/** Cells of PyNN as NeuroML has them, with refractory periods that are and are not whole numbers of steps. */
const refractoryInLems = `<Lems>
  <Target component="sim"/>
  <Include file="PyNN.xml"/>
  <Include file="Networks.xml"/>
  <Include file="Simulation.xml"/>
  <IF_curr_exp id="cell" cm="1" tau_m="20" tau_refrac="2.95" tau_syn_E="5" tau_syn_I="5" i_offset="0.9" v_init="-65"
    v_rest="-65" v_reset="-68" v_thresh="-52"/>
  <expCurrSynapse id="syn" tau_syn="5"/>
  <spikeArray id="train"><spike id="0" time="5.05ms"/><spike id="1" time="11.05ms"/></spikeArray>
  <network id="net">
    <population id="S" component="train" size="1"/>
    <population id="G" component="cell" size="1"/>
    <synapticConnectionWD from="S[0]" to="G[0]" synapse="syn" destination="synapses" weight="0.7" delay="1ms"/>
  </network>
  <Simulation id="sim" length="100ms" step="0.1ms" target="net">
    <EventOutputFile id="out" fileName="spikes.dat" format="ID_TIME">
      <EventSelection id="0" select="G[0]" eventPort="spike"/>
    </EventOutputFile>
  </Simulation>
</Lems>`;

/** Regimes, two of them with spikes, with a value on entry of the first, and a regime without spikes. */
const burster = `<Lems>
  <Target component="sim"/>
  <Include file="Cells.xml"/>
  <Include file="Networks.xml"/>
  <Include file="Simulation.xml"/>
  <ComponentType name="burster" extends="baseCellMembPot">
    <Parameter name="tau" dimension="time"/>
    <Parameter name="drive" dimension="voltage"/>
    <Parameter name="thresh" dimension="voltage"/>
    <Parameter name="low" dimension="voltage"/>
    <Dynamics>
      <StateVariable name="v" dimension="voltage" exposure="v"/>
      <StateVariable name="n" dimension="none"/>
      <Regime name="slow" initial="true">
        <OnEntry>
          <StateAssignment variable="v" value="low"/>
          <StateAssignment variable="n" value="0"/>
        </OnEntry>
        <TimeDerivative variable="v" value="(drive - v)/tau"/>
        <OnCondition test="v .gt. thresh">
          <StateAssignment variable="v" value="0"/>
          <EventOut port="spike"/>
          <Transition regime="fast"/>
        </OnCondition>
      </Regime>
      <Regime name="fast">
        <TimeDerivative variable="v" value="2*(drive - v)/tau"/>
        <OnCondition test="v .gt. thresh">
          <StateAssignment variable="v" value="0"/>
          <StateAssignment variable="n" value="n + 1"/>
          <EventOut port="spike"/>
        </OnCondition>
        <OnCondition test="n .gt. 2.5 .and. v .gt. thresh/2 .and. v .lt. thresh">
          <Transition regime="pause"/>
        </OnCondition>
      </Regime>
      <Regime name="pause">
        <TimeDerivative variable="v" value="-v/(3*tau)"/>
        <OnCondition test="v .lt. thresh/4">
          <Transition regime="slow"/>
        </OnCondition>
      </Regime>
    </Dynamics>
  </ComponentType>
  <burster id="cell" tau="10ms" drive="20mV" thresh="15mV" low="-25mV"/>
  <network id="net">
    <population id="G" component="cell" size="1"/>
  </network>
  <Simulation id="sim" length="200ms" step="0.1ms" target="net">
    <EventOutputFile id="out" fileName="spikes.dat" format="ID_TIME">
      <EventSelection id="0" select="G[0]" eventPort="spike"/>
    </EventOutputFile>
  </Simulation>
</Lems>`;

/** Cells of LEMS in Brian, with the conventions of a step that differ for them. */
const lemsRows: readonly (readonly [name: string, text: string, differ: readonly string[]])[] = [
  [
    'a cell of PyNN in NeuroML, refractory for part of a step',
    refractoryInLems,
    ['delay', 'plasticity', 'refractory', 'time'],
  ],
  [
    'an adaptive exponential cell of NeuroML',
    `<Lems>
  <Target component="sim"/>
  <Include file="Cells.xml"/>
  <Include file="Networks.xml"/>
  <Include file="Inputs.xml"/>
  <Include file="Simulation.xml"/>
  <adExIaFCell id="adex" C="281pF" gL="30nS" EL="-70.6mV" reset="-47.2mV" VT="-50.4mV" thresh="-40.4mV" refract="0ms"
    delT="2mV" tauw="40ms" a="4nS" b="0.08nA"/>
  <pulseGenerator id="pulse" delay="0ms" duration="200ms" amplitude="0.8nA"/>
  <network id="net">
    <population id="G" component="adex" size="1"/>
    <explicitInput target="G[0]" input="pulse"/>
  </network>
  <Simulation id="sim" length="200ms" step="0.1ms" target="net">
    <EventOutputFile id="out" fileName="spikes.dat" format="ID_TIME">
      <EventSelection id="0" select="G[0]" eventPort="spike"/>
    </EventOutputFile>
  </Simulation>
</Lems>`,
    ['coupling', 'refractory', 'time'],
  ],
];

const records = peerRecords('constructs');
const runners = ['test/interoperability/python/run_brian_scripts.py', 'test/interoperability/python/run_script.py'];

const brian = missingPython(['brian2']);

describe.skipIf(brian !== null)(`Brian 2${brian === null ? '' : ` (${brian})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-constructs-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const changes = `interneuron: 1
timing: brian
neurons:
  cell:
    parameters: { tau: 10 ms }
    inputs: { I: V }
    state: { v: { unit: V } }
    derivatives: { v: (I - v)/tau }
    events: { spike: { when: v > 10*mV, do: [v = 0*mV] } }
populations:
  src: { size: 2, spikes: { times: [1 ms, 4 ms, 61 ms], indices: [0, 1, 0] } }
  G: { type: cell, size: 2 }
  other: { type: cell, size: 2 }
synapses: { kick: { parameters: { w: 6 mV }, pathways: { pre: { on: pre.spike, do: [post.v += w] } } } }
projections: { s: { from: src, to: G, synapse: kick, connect: all, delay: 0.5 ms } }
stimuli: { drive: { kind: current, to: G, input: I, value: 9*mV } }
record: [{ of: G, events: spike }]
experiment:
  dt: 0.1 ms
  protocol:
    - run: 20 ms
    - replay: { src: { times: [3 ms, 25 ms, 26.3 ms], indices: [0, 1, 1] } }
    - run: 20 ms
    - currents: { drive: 15*mV }
    - run: 20 ms
`;
  interface Row {
    readonly name: string;
    readonly imported: ImportedModel;
    /** Conventions of a step that the report states; without one, spikes are in the same steps. */
    readonly differ: readonly string[];
  }
  const rows: readonly Row[] = [
    {
      name: 'spikes and currents that phases change',
      imported: importModel({ name: 'm.yaml', text: changes }),
      differ: [],
    },
    ...brianRows.map(({ name, ...construct }) => ({ name, imported: read(documentOf(construct)), differ: [] })),
    ...pynnRows.map(([name, document, differ]) => ({ name, imported: read(document), differ })),
    ...lemsRows.map(([name, text, differ]) => ({
      name,
      imported: importModel({ name: 'construct.xml', text }),
      differ,
    })),
  ];
  let found: readonly Readonly<Record<string, { readonly i?: readonly number[]; readonly t?: readonly number[] }>>[] =
    [];

  beforeAll(async () => {
    const inputs: PeerInput[] = [];
    for (const [k, { name, imported }] of rows.entries()) {
      const own = join(folder, String(k));
      mkdirSync(own);
      const { files } = await convertModel(imported.valid, 'brian');
      for (const file of files) writeFileSync(join(own, file.name), file.text);
      inputs.push({ what: name, texts: files.flatMap((file) => [file.name, file.text]), runners });
    }
    found = await records.outputs(peers.brian, inputs, async (missing) => {
      const paths = missing.map((k) => join(folder, String(k), 'model.py'));
      return (await runPython('run_brian_scripts.py', paths)) as typeof found;
    });
  });

  test('regimes other than a refractory period are left out by name', async () => {
    const { valid } = importModel({ name: 'construct.xml', text: burster });
    const { report } = await convertModel(valid, 'brian');
    expect(report.find(({ verdict }) => verdict === 'notExpressible')?.message).toContain('regimes other than');
  });

  test.each(rows.map((row, k) => [row.name, k, row] as const))('%s', async (_, k, { imported, differ }) => {
    const [records] = Object.entries(found[k] ?? {});
    const [name, { i = [], t = [] } = {}] = records ?? [];
    expect([name, found[k]]).toEqual([expect.stringMatching(/spikes$/), expect.anything()]);
    const theirs = ordered(t.map((time, n): Spike => [i[n] ?? -1, Math.round(time / step)]));
    const { files, data, report } = await convertModel(imported.valid, 'brian-json');
    expect(theirs).toEqual(await here(importModel({ name: 'model.json', text: files[0]?.text ?? '' }, { data })));
    const stated = report.filter(({ verdict }) => verdict === 'different').map(({ code }) => code);
    const conventions = stated.filter((code) => code.startsWith('convention/'));
    expect([...new Set(conventions)].sort()).toEqual(differ.map((code) => `convention/${code}`));
    const ours = await here(imported);
    expect(ours.length).toBeGreaterThan(1);
    if (differ.length === 0) expect(theirs).toEqual(ours);
    else expect(theirs.map(([who]) => who)).toEqual(ours.map(([who]) => who));
  });

  test('each draw is written once', () => {
    const canonical = {
      interneuron: 1,
      neurons: {
        n: {
          state: { v: { unit: 'mV' } },
          events: { spike: { when: 'v > 10*mV', do: ['v = 1*mV if uniform() < 0.5 else 2*mV'] } },
        },
      },
      populations: { G: { type: 'n', size: 1 } },
      experiment: { dt: '0.1 ms', protocol: [{ run: '1 ms' }] },
      timing: 'brian',
    };
    const [script] = exportBrianScript(read(canonical).valid, 'model').files;
    expect(script?.text.match(/rand\(\)/g)).toHaveLength(1);
  });

  test('of several spikes of a source in one step one is left, and that is reported', () => {
    const { populations: [source, group] = [], ...rest } = cell('IF_curr_exp', {}) as { populations?: object[] };
    const twice = { type: 'SpikeSourceArray', params: { spike_times: { sequences: [[5, 5, 5.04, 11]] } } };
    const { files, report } = exportBrianScript(
      read({ ...rest, populations: [{ ...source, cell: twice }, group] }).valid,
      'model',
    );
    expect(files[0]?.text).toMatch(/SpikeGeneratorGroup\(\s*1, \[0, 0\], \[5, 11\] \* ms/);
    expect(report).toContainEqual(
      expect.objectContaining({
        verdict: 'notExpressible',
        code: 'brian/coincident-spikes',
        pointer: '/populations/S',
      }),
    );
  });
});

// --- PyNN -----------------------------------------------------------------------------------------------------------

const traces = `w : volt
dApre/dt = -Apre/(15*ms) : 1 (event-driven)
dApost/dt = -Apost/(30*ms) : 1 (event-driven)`;

/** Plastic synapses of Brian that PyNN has by name. */
const plasticRows = [
  [
    'that depress and facilitate',
    {
      model: 'du/dt = -u/(300*ms) : 1 (event-driven)\ndx/dt = (1 - x)/(120*ms) : 1 (event-driven)',
      on_pre: 'u += 0.3*(1 - u)\ng_post += 60*mV*u*x\nx -= u*x',
      initializers: { x: '1' },
    },
  ],
  [
    'with additive plasticity, all of whose delay lies before the synapse: NEST has no such synapses',
    {
      model: traces,
      on_pre: 'g_post += w\nApre += 1\nw = clip(w - 0.5*mV*Apost, 0*mV, 30*mV)',
      on_post: 'Apost += 1\nw = clip(w + 1*mV*Apre, 0*mV, 30*mV)',
      initializers: { w: '14*mV' },
    },
  ],
] as const;

/** A cell that such synapses from given spikes drive. */
const plasticConstruct = (synapse: object): Construct => ({
  model: 'dv/dt = (g - v)/(10*ms) : volt (unless refractory)\ndg/dt = -g/(2*ms) : volt',
  threshold: 'v > 2*mV',
  reset: 'v = 0*mV',
  refractory: '2 ms',
  synapses: [{ ...synapse }],
});

const pynn = missingPynn();

describe.skipIf(pynn !== null)(`PyNN${pynn === null ? '' : ` (${pynn})`}`, () => {
  // NEST advances Izhikevich's cell by Euler's method.
  const methodUnderNest = ({ type, method }: (typeof cells)[number]): { readonly method?: string } =>
    type === 'Izhikevich' ? { method: 'euler' } : method === undefined ? {} : { method };
  const constructs = cells.map((row): Construct => {
    const { name: _, type: __, values: ___, ...construct } = row;
    return { ...construct, ...methodUnderNest(row) };
  });
  const imported = constructs.map((construct) => read(documentOf(construct)));
  const named = ({ valid }: ImportedModel, k: number): NamedModel => ({ what: cells[k]?.name ?? '', valid });
  // The model that runs here has the report's conventions of PyNN's steps.
  const inTheirSteps = constructs.map((construct) => read(inStepsOfPynn(construct)));
  const spikesIn = (results: Results): readonly Spike[] =>
    ordered(
      Object.entries(results.populations['G']?.[0]?.spikes ?? {}).flatMap(([who, times]) =>
        // PyNN gives the time at which the step of a spike ends.
        times.map((time): Spike => [Number(who), Math.round(time / 0.1) - 1]),
      ),
    );

  test('cells of Brian spike under NEST as they do here', async () => {
    const outcomes = await runThere(records, 'nest', imported.map(named));
    for (const [k, outcome] of outcomes.entries()) {
      const { name = '', method, type } = cells[k] ?? {};
      if (failed(outcome)) throw new Error(`${name}: ${outcome.error}`);
      const [ours, theirs] = [await here(inTheirSteps[k]!), spikesIn(outcome)];
      expect([name, theirs.map(([who]) => who)]).toEqual([name, ours.map(([who]) => who)]);
      const off = Math.max(...theirs.map(([, at], n) => Math.abs(at - (ours[n]?.[1] ?? NaN))));
      // Linear cells are exact under both, and Izhikevich's takes Euler steps under both; others are integrated by NEST
      // in steps that adapt.
      const most = method === undefined || type === 'Izhikevich' ? 0 : 4;
      expect([name, off]).toEqual([name, expect.toSatisfy((steps: number) => steps <= most)]);
    }
  });

  test('synapses of Brian and cells of NeuroML by PyNN’s names spike under NEST and NEURON as they do here', async () => {
    const inLems = importModel({ name: 'construct.xml', text: refractoryInLems });
    const rows: readonly (readonly [name: string, imported: ImportedModel, inTheirSteps: ImportedModel])[] = [
      ...plasticRows.map(([name, synapse]) => {
        const construct = plasticConstruct(synapse);
        return [name, read(documentOf(construct)), read(inStepsOfPynn(construct))] as const;
      }),
      ['NeuroML', inLems, inLems],
    ];
    for (const simulator of ['nest', 'neuron'] as const) {
      const there = rows.filter(([name]) => simulator === 'neuron' || !name.includes('NEST'));
      const models = there.map(([what, { valid }]) => ({ what, valid }));
      const outcomes = await runThere(records, simulator, models);
      for (const [k, outcome] of outcomes.entries()) {
        const [name, , inTheirSteps] = there[k]!;
        if (failed(outcome)) throw new Error(`${name}: ${outcome.error}`);
        const [ours, theirs] = [await here(inTheirSteps), spikesIn(outcome)];
        expect(ours.length).toBeGreaterThan(2);
        expect([simulator, name, theirs.length]).toEqual([simulator, name, ours.length]);
        const off = Math.max(...theirs.map(([, at], n) => Math.abs(at - (ours[n]?.[1] ?? NaN))));
        // LEMS takes Euler steps; NEURON holds a cell for a step longer after each spike.
        const most = (name === 'NeuroML' ? 3 : 1) + (simulator === 'neuron' ? ours.length : 0);
        expect([simulator, name, off]).toEqual([simulator, name, expect.toSatisfy((steps: number) => steps <= most)]);
      }
    }
  });

  test('and under NEURON but for the cells that it does not have', async () => {
    const there = cells.flatMap(({ type }, k) => (type === 'IF_curr_delta' ? [] : [k]));
    const outcomes = await runThere(
      records,
      'neuron',
      there.map((k) => named(imported[k]!, k)),
    );
    for (const [n, outcome] of outcomes.entries()) {
      const k = there[n] ?? 0;
      const { name = '' } = cells[k] ?? {};
      if (failed(outcome)) throw new Error(`${name}: ${outcome.error}`);
      const [ours, theirs] = [await here(inTheirSteps[k]!), spikesIn(outcome)];
      // NEURON holds a cell for a step longer after each spike, so that a spike may fall after the end.
      expect([name, Math.abs(theirs.length - ours.length) <= 3]).toEqual([name, true]);
    }
  });
});
