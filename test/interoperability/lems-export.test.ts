/**
 * Models of other notations, their draws frozen, exported to LEMS. The reference interpreter gives the spikes that
 * interneuron gives for the exported document, each in the same step. Both equal the spikes of the model's own run
 * within the effects of forward Euler and the order of a step, which each model states: the steps between two spikes at
 * most, and the cells that may have a spike more or less.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import {
  importModel,
  readSource,
  runModel,
  type ImportedModel,
  type RunResult,
  type Source,
} from '../../src/pipeline/pipeline.js';
import { peerRecords } from '../support/peer-records.js';
import { inFolder } from './output-tables.js';
import { missingInterpreter, referenceOutputs } from './reference-interpreter.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

/** Steps of the spikes of each cell. */
type Trains = ReadonlyMap<string, readonly number[]>;

function trainsOf({ trains }: RunResult): Trains {
  const found = new Map<string, number[]>();
  for (const { plan, inOrder } of trains.map((one) => ({ plan: one.plan, inOrder: () => one.inOrder() })))
    for (const { steps, cells } of inOrder())
      steps.forEach((step, k) => {
        const key = `${plan.population} ${cells[k]}`;
        const known = found.get(key);
        if (known) known.push(step);
        else found.set(key, [step]);
      });
  return found;
}

/** Returns times in other steps; `length` is the length of one given step in them. */
const inSteps = (trains: Trains, length: number): Trains =>
  new Map([...trains].map(([cell, steps]) => [cell, steps.map((step) => step * length)]));

async function run(model: ImportedModel, outputFolder?: string): Promise<Trains> {
  const result = await runModel(model, { target: 'wasm', ...(outputFolder === undefined ? {} : { outputFolder }) });
  if (result.kind !== 'run') throw new Error('nothing was run');
  const trains = trainsOf(result);
  result.dispose();
  return trains;
}

type Texts = Readonly<Record<string, string>>;

/** The lists of events in a folder, by file. */
const eventsIn = (folder: string): Texts =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.spikes'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

const onlySpikes = (text: string, name: string): string | null => (name.endsWith('.spikes') ? text : null);

/** Rows of lists of events: the id, and the time. */
const rowsOf = (texts: Texts): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const rows = text.split('\n').filter((line) => line.trim() !== '');
      return [name, rows.map((row) => row.trim().replace(/\s+/g, ' ')).sort()];
    }),
  );

/** Cells with another number of spikes, and the largest difference in steps of a spike of the others. */
function differences(one: Trains, other: Trains): { readonly cells: number; readonly steps: number } {
  const keys = [...new Set([...one.keys(), ...other.keys()])];
  const pairs = keys.map((key) => [one.get(key) ?? [], other.get(key) ?? []] as const);
  const alike = pairs.filter(([a, b]) => a.length === b.length);
  return {
    cells: pairs.length - alike.length,
    steps: alike.reduce(
      (most, [a, b]) => a.reduce((inner, step, k) => Math.max(inner, Math.abs(step - (b[k] ?? 0))), most),
      0,
    ),
  };
}

interface Case {
  readonly what: string;
  readonly source: Source;
  /** Empty: the duration of the model. */
  readonly duration: string;
  readonly dt?: string;
  /** Cells with another number of spikes, and steps that a spike of the others is away, at most. */
  readonly cells: number;
  readonly steps: number;
  /** Only spikes are recorded: NeuroML's own types do not show all that PyNN's cells hold. */
  readonly named?: true;
  /** The reference interpreter takes minutes for it. */
  readonly slow?: true;
}

const fixture = (path: string): Source => readSource(`fixtures/${path}`);
/** Vogels and Abbott's network with a tenth of the cells, which have as many connections each. */
const small: Source = {
  name: 'small.yaml',
  text: fixture('brian/vogels-abbott-cuba.yaml')
    .text.replace('N: 4000', 'N: 400')
    .replace(/3200/g, '320')
    .replace(/p: 0.02/g, 'p: 0.2'),
};

/** Forward Euler in both, so that only the order of a step could make a difference. */
const brianModel = (name: string, lines: string, dt = '0.1 ms'): Source => ({
  name: `${name}.yaml`,
  text: `format: interneuron/brian\nversion: 1\ndt: ${dt}\nseed: 3\n${lines}`,
});
/** Returns a fixture of Brian without refractory periods, since the two count their steps in different ways. */
const withoutRefractoriness = (path: string): Source => {
  const { name, text } = readSource(`fixtures/${path}`);
  return { name, text: text.replace(/^ *refractory:.*\n/gm, '').replaceAll(' (unless refractory)', '') };
};
const groupOfCells = `neuron_groups:
  G:
    N: 60
    model: |
      dv/dt = (I - v + g)/tau : 1
      dg/dt = -g/(3*ms) : 1
      I : 1
      tau : second
    threshold: v > 1
    reset: v = 0
    method: euler
    initializers: { I: 1.05 + 0.01*i, v: 0.013*i, tau: 10*ms }
spike_monitors:
  spikes: { source: G }
`;
/** Cells that excite each other after delays of their own, and inhibit each other after one delay. */
const coupled = (
  name: string,
  dt: string,
  excite: { readonly w: string; readonly delay: string },
  inhibit: { readonly by: number; readonly delay: string },
): Source =>
  brianModel(
    name,
    `${groupOfCells}synapses:
  S:
    source: G
    target: G
    model: "w : 1"
    on_pre: g += w
    connect: { condition: i != j, p: 0.1 }
    initializers: { w: ${excite.w}, delay: ${excite.delay} }
  Q: { source: G, target: G, on_pre: v -= ${inhibit.by}, delay: ${inhibit.delay}, connect: { condition: i != j, p: 0.1 } }
run: 60 ms
`,
    dt,
  );
/** Time steps with exact sums in floating point: delays of whole steps are such delays in both. */
const exactStep = 2 ** -13;
const recurrent = coupled(
  'recurrent',
  `${exactStep} second`,
  { w: '0.1*rand()', delay: '(1 + int(25*rand()))/8192*second' },
  { by: 0.03, delay: `${2 * exactStep} second` },
);
/** Synapses are weak, so that one that acts a step later does not put off a spike for long. */
const betweenSteps = coupled(
  'between-steps',
  '0.1 ms',
  { w: '0.05*rand()', delay: '(0.1 + 3*rand())*ms' },
  { by: 0.001, delay: '0.25 ms' },
);
const steered = brianModel(
  'steered',
  `${groupOfCells}run:
  - duration: 21.7 ms
  - set: { G.v: 0.02*i, G.I: 1.5 }
    duration: 10.3 ms
  - set: { G.tau: 5*ms + 0.1*ms*i }
    where: i < 5
    duration: 10 ms
  - set: { G.I: 0 }
    where: i > 8 and v > 0.2
    duration: 18 ms
`,
);

/** Jumps of the potential, which NeuroML's iafCell takes from deltaSynapse. */
const jumps: Source = {
  name: 'jumps.yaml',
  text: `format: interneuron/brian
spike_generators: { input: { N: 2, indices: [0, 1, 0, 1, 0], times: [5 ms, 5 ms, 8 ms, 11 ms, 20 ms] } }
neuron_groups:
  cells: { N: 2, model: 'dv/dt = (-65*mV - v)/(20*ms) : volt', threshold: v > -50*mV, reset: v = -65*mV, method: euler, initializers: { v: -65 mV } }
synapses: { way: { source: input, target: cells, on_pre: v += 6*mV, delay: 1 ms, connect: true } }
spike_monitors: { spikes: { source: cells } }
run: 60 ms
`,
};

const cases: readonly Case[] = [
  { what: 'jumps of the potential of iafCell', source: jumps, duration: '60 ms', cells: 0, steps: 2 },
  // LEMS delivers spikes before it tests thresholds, Brian after: such differences add up.
  { what: 'delays of whole steps within one population', source: recurrent, duration: '60 ms', cells: 0, steps: 7 },
  { what: 'delays between steps within one population', source: betweenSteps, duration: '60 ms', cells: 0, steps: 1 },
  // Code at a time runs a step earlier or later.
  { what: 'values that are set between runs', source: steered, duration: '', cells: 0, steps: 1 },
  {
    what: 'leaky cells with refractoriness',
    source: fixture('brian/single-lif.yaml'),
    duration: '100 ms',
    cells: 0,
    steps: 15,
  },
  {
    what: 'delays, and synapses that react to both of their cells',
    source: fixture('brian/delays-small.yaml'),
    duration: '100 ms',
    cells: 0,
    steps: 2,
  },
  {
    what: 'sums over cells at the other end',
    source: withoutRefractoriness('brian/summed.yaml'),
    duration: '100 ms',
    cells: 0,
    steps: 2,
  },
  // By the accumulated time of LEMS, the code runs a step later now and then.
  {
    what: 'code at regular times',
    source: fixture('brian/run-regularly.yaml'),
    duration: '100 ms',
    cells: 0,
    steps: 1,
  },
  {
    what: 'events of several kinds',
    source: fixture('brian/custom-event.yaml'),
    duration: '100 ms',
    cells: 0,
    steps: 12,
  },
  {
    what: 'PyNN’s cells by the names of NeuroML',
    source: fixture('pynn/if-cond-alpha.json'),
    duration: '60 ms',
    cells: 0,
    steps: 5,
    named: true,
  },
  { what: 'a conductance-based cell', source: fixture('pynn/if-cond-exp.json'), duration: '60 ms', cells: 0, steps: 5 },
  {
    what: 'an adaptive exponential cell by its name',
    source: fixture('pynn/eif-cond-exp-isfa-ista.json'),
    duration: '100 ms',
    cells: 0,
    steps: 10,
    named: true,
  },
  // By the accumulated time of LEMS, a listed spike or its delay takes a step more.
  {
    what: 'plasticity by spike timing',
    source: fixture('pynn/stdp-additive.json'),
    duration: '250 ms',
    cells: 0,
    steps: 1,
  },
  {
    what: 'short-term plasticity',
    source: fixture('pynn/tsodyks-markram.json'),
    duration: '100 ms',
    cells: 0,
    steps: 5,
  },
  {
    what: 'electrical synapses',
    source: fixture('pynn/electrical.json'),
    duration: '20 ms',
    dt: '0.01 ms',
    cells: 0,
    steps: 120,
  },
  {
    what: 'drawn connections',
    source: fixture('pynn/connector-fixed-probability.json'),
    duration: '60 ms',
    cells: 1,
    steps: 20,
  },
  // Without delays the order of cells within a step decides who fires before inhibition arrives: in ever fewer cells
  // with smaller steps.
  { what: 'a network without delays', source: small, duration: '20 ms', cells: 40, steps: 120 },
  {
    what: 'a network without delays, in small steps',
    source: small,
    duration: '10 ms',
    dt: '0.01 ms',
    cells: 4,
    steps: 120,
    slow: true,
  },
];

const why = missingInterpreter();
const records = peerRecords('lems-export');

describe.each(cases)('$what', ({ what, source, duration, dt, cells, steps, slow, named }) => {
  const compared = why === null && !slow;
  const others = compared
    ? ', which are those of the reference interpreter'
    : ` (not compared with the reference interpreter: ${why ?? 'it takes minutes'})`;
  it(`is exported, with its spikes${others}`, async () => {
    const original = importModel(source, {
      ...(duration === '' ? {} : { duration }),
      ...(dt === undefined ? {} : { dt }),
    });
    const { model } = original.valid;
    const recordings = named ? model.recordings.filter((recording) => 'events' in recording) : model.recordings;
    const { files, report } = await convertModel({ ...original.valid, model: { ...model, recordings } }, 'lems', {
      freeze: true,
    });
    expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
    const text = files[0]?.text ?? '';
    const back = importModel({ name: 'exported.xml', text });
    const own = await run(original);
    const [ours, exported] = await inFolder(async (folder) => {
      const trains = await run(back, folder);
      return [rowsOf(eventsIn(folder)), trains] as const;
    });
    // Cells with exponentials are exported with shorter steps: all are counted in the steps of the original.
    const length = back.valid.model.experiment.dt / model.experiment.dt;
    const found = differences(own, inSteps(exported, length));
    expect(found.cells).toBeLessThanOrEqual(cells);
    expect(found.steps).toBeLessThanOrEqual(steps);
    // No difference goes without a convention that the report states.
    const stated = report.filter(({ verdict, code }) => verdict === 'different' && code.startsWith('convention/'));
    if (stated.length === 0) expect(found).toEqual({ cells: 0, steps: 0 });
    if (!compared) return;
    const theirs = rowsOf(
      await referenceOutputs(records, what, [{ name: 'exported.xml', text }], 'exported.xml', onlySpikes),
    );
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    expect(ours).toEqual(theirs);
  });
});
