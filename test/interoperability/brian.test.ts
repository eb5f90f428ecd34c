/**
 * Models under real Brian 2: the script that we export from a specification runs there, and gives our spikes.
 *
 * Deterministic models agree spike by spike. Brian multiplies doubles, we fold decimals, and NumPy's exp differs from
 * ours, so that potentials differ in their last digits; a spike could fall into another step only if a potential meets
 * the threshold to within these digits. Random models are frozen first: connections, values, delays and Poisson trains
 * are then lists in the script.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { targets } from '../../runtime/targets/registry.js';
import { importModel, runModel } from '../../src/pipeline/pipeline.js';
import { referenceOf } from '../../src/lang/reference.js';
import { hashModel } from '../../src/model/hash.js';
import { freeze } from '../../src/convert/freeze.js';
import { exportBrian } from '../../translators/brian/export.js';
import { exportBrianScript } from '../../translators/brian/export-script.js';
import type { ValidModel } from '../../src/model/model.js';
import { brian } from '../support/brian-text.js';
import { simulate, type Simulation } from '../support/simulate.js';
import { peerRecords, peers, type PeerInput } from '../support/peer-records.js';
import { importedPython, missingPython, runPython, type ImportedPython } from './python-environment.js';

const missing = missingPython(['brian2']);
const folder = mkdtempSync(join(tmpdir(), 'interneuron-brian-'));
/** A process that has imported Brian, once one is needed. */
let imported: ImportedPython | undefined;
afterAll(() => {
  imported?.end();
  rmSync(folder, { recursive: true });
});

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/brian/${name}.yaml`, import.meta.url), 'utf8');

/** Records of a monitor: spikes have `i` and `t`, states `t` and rows for each element. */
type Records = Readonly<Record<string, Readonly<Record<string, readonly (number | readonly number[])[]>>>>;

/** Runs `run_brian_script.py`: in a copy of a process that has imported Brian, or in a process of its own. */
type Running = (args: readonly string[]) => Promise<unknown>;
const forked: Running = (args) => (imported ??= importedPython('run_brian_script.py')).run(args);
const started: Running = (args) => runPython('run_brian_script.py', args);

const recorded = peerRecords('brian');
const inputOf = (
  what: string,
  files: ReturnType<typeof exportBrianScript>['files'],
  runner: string,
  words: readonly string[],
): PeerInput => ({
  what,
  texts: [...words, ...files.flatMap(({ name, text }) => [name, text])],
  runners: [`test/interoperability/python/${runner}`, 'test/interoperability/python/run_script.py'],
});

/** The records of the script of a model under Brian 2. */
function underBrian(valid: ValidModel, name: string, milliseconds?: number, run = forked): Promise<Records> {
  const { files } = exportBrianScript(valid, name);
  const duration = milliseconds === undefined ? [] : [String(milliseconds)];
  return recorded.output(peers.brian, inputOf(name, files, 'run_brian_script.py', duration), async () => {
    for (const file of files) writeFileSync(join(folder, file.name), file.text);
    return (await run([join(folder, `${name}.py`), ...duration])) as Records;
  });
}

/** (step, element) of the spikes of a monitor, in order. */
function spikes(records: Records, monitor: string, dt: number): readonly (readonly [number, number])[] {
  const { i = [], t = [] } = records[monitor] ?? {};
  const pairs = t.map((time, index) => [Math.round(Number(time) / dt), Number(i[index])] as const);
  return pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

const ours = (simulation: Simulation, event: string): readonly (readonly [number, number])[] =>
  [...(simulation.events.get(event) ?? [])].sort((a, b) => a[0] - b[0] || a[1] - b[1]);

/** The largest difference of samples, relative to the largest value. Brian's rows are elements, ours are times. */
function largestDifference(records: Records, monitor: string, variable: string, simulation: Simulation): number {
  const brian = (records[monitor]?.[variable] ?? []) as readonly (readonly number[])[];
  const rows = simulation.samples.get(`${monitor}/${variable}`) ?? [];
  expect([monitor, variable, rows.length, rows[0]?.length]).toEqual([
    monitor,
    variable,
    brian[0]?.length,
    brian.length,
  ]);
  let [difference, largest] = [0, 0];
  for (const [time, row] of rows.entries()) {
    for (const [element, value] of row.entries()) {
      difference = Math.max(difference, Math.abs(value - (brian[element]?.[time] ?? NaN)));
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return difference / (largest || 1);
}

const dtOf = (valid: ValidModel): number => valid.model.experiment.dt;

/** The value of a variable at an event. */
interface Spiked {
  readonly step: number;
  readonly cell: number;
  readonly value: number;
}

/** A group of that name, and the orders of it and of synapses. */
interface Named {
  readonly group?: string;
  readonly order?: number;
  readonly synapses?: number;
}

interface Case {
  readonly fixture: string;
  /** Monitor → event. */
  readonly spikes: Readonly<Record<string, string>>;
  /** Monitor → variables with samples that must agree. */
  readonly states?: Readonly<Record<string, readonly string[]>>;
  readonly tolerance?: number;
}

/** Rounding errors of some hundred operations a step. */
const rounding = 1e-11;

const deterministic: readonly Case[] = [
  { fixture: 'single-lif', spikes: { spikes: 'G.spike' }, states: { trace: ['v'] } },
  // The gates magnify rounding on the way to each spike.
  { fixture: 'single-hh', spikes: { spikes: 'G.spike' }, states: { trace: ['v', 'm', 'h', 'n'] }, tolerance: 1e-9 },
  {
    fixture: 'hodgkin-huxley-axon',
    spikes: { spikes: 'cell.spike' },
    states: { trace: ['v', 'm', 'Ic'] },
    tolerance: 1e-9,
  },
  { fixture: 'deterministic-30', spikes: { spikes: 'G.spike' }, states: { trace: ['v'] } },
  { fixture: 'delays-small', spikes: { spikes: 'target.spike' }, states: { back: ['back'] } },
  {
    fixture: 'stdp-pair',
    spikes: { presynaptic: 'pre.spike', postsynaptic: 'post.spike' },
    states: { weights: ['w'] },
  },
  { fixture: 'summed', spikes: { spikes: 'G.spike' }, states: { trace: ['v', 'gap', 'mean'] } },
  {
    fixture: 'refractory-variants',
    spikes: {
      duration_spikes: 'duration.spike',
      variable_spikes: 'variable.spike',
      condition_spikes: 'condition.spike',
      none_spikes: 'none.spike',
      blocked_spikes: 'blocked.spike',
    },
  },
  { fixture: 'custom-event', spikes: { spikes: 'G.spike', halves: 'G.half' }, states: { count: ['n'] } },
  { fixture: 'run-regularly', spikes: { spikes: 'G.spike' }, states: { trace: ['v', 'steps', 'late'] } },
  { fixture: 'timed-array', spikes: { spikes: 'G.spike' }, states: { trace: ['v', 'drive'] } },
  // Its trace is switched off for a while, which only a recorder sees.
  { fixture: 'protocol', spikes: { spikes: 'G.spike' } },
  {
    fixture: 'methods',
    spikes: {},
    states: {
      euler_trace: ['x', 'y'],
      rk2_trace: ['x', 'y'],
      rk4_trace: ['x', 'y'],
      heun_trace: ['x', 'y'],
      exact_trace: ['v', 'w'],
      exponential_trace: ['v', 'w'],
      linear_euler_trace: ['v', 'w'],
      linear_rk4_trace: ['v', 'w'],
    },
  },
];

describe.skipIf(missing !== null)(`Brian 2${missing === null ? '' : ` (${missing})`}`, () => {
  describe('deterministic models agree spike by spike', () => {
    test.each(deterministic)(
      '$fixture',
      async ({ fixture: name, spikes: monitors, states = {}, tolerance = rounding }) => {
        const { valid } = importModel({ name: `${name}.yaml`, text: fixture(name) });
        const simulation = await simulate(fixture(name));
        const records = await underBrian(valid, name);
        for (const [monitor, event] of Object.entries(monitors)) {
          expect(ours(simulation, event).length).toBeGreaterThan(0);
          expect(spikes(records, monitor, dtOf(valid))).toEqual(ours(simulation, event));
        }
        for (const [monitor, variables] of Object.entries(states)) {
          for (const variable of variables)
            expect(largestDifference(records, monitor, variable, simulation)).toBeLessThan(tolerance);
        }
      },
    );
  });

  // In the step in which refractoriness ends, operations before the integration find the neuron still refractory.
  test('an operation in the step in which refractoriness ends is still blocked', async () => {
    const { valid } = importModel({ name: 'refractory-variants.yaml', text: fixture('refractory-variants') });
    const simulation = await simulate(fixture('refractory-variants'));
    const records = await underBrian(valid, 'refractory-variants');
    for (const variable of ['w', 'x', 'v'])
      expect(largestDifference(records, 'blocked_trace', variable, simulation)).toBeLessThan(rounding);
  });

  // Objects between test and reset find the neurons that spike, or neurons that are reset already.
  test('thresholds and resets in other slots', async () => {
    const text = brian(`
      neuron_groups:
        G:
          N: 3
          model: 'dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1 (unless refractory)'
          threshold: v > 1
          threshold_when: after_thresholds
          reset: v = 0
          reset_when: before_synapses
          refractory: 1 ms
          method: exact
        H:
          N: 3
          model: 'dv/dt = (1.4 + 0.1*i - v)/(5*ms) : 1'
          threshold: v > 1
          reset: v -= 0.9
          reset_when: end
          method: exact
      synapses:
        S: { source: G, target: H, on_pre: v_post += 0.1*v_pre + 0.05, on_post: v_pre += 0.1*v_post, connect: true }
      spike_monitors: { of_G: { source: G }, of_H: { source: H } }
      run: 30 ms
    `);
    const { valid } = importModel({ name: 'slots.yaml', text });
    const simulation = await simulate(text);
    const records = await underBrian(valid, 'slots');
    for (const [monitor, event] of [
      ['of_G', 'G.spike'],
      ['of_H', 'H.spike'],
    ] as const) {
      expect(ours(simulation, event).length).toBeGreaterThan(5);
      expect(spikes(records, monitor, dtOf(valid))).toEqual(ours(simulation, event));
    }
  });

  // The further variables of a monitor of events: right after the test, or at the place that `when` and `order` give.
  test('returns to the start keep parameters, delays and spikes of generators, and the recordings of each segment', async () => {
    const text = brian(`spike_generators:
  S: { N: 2, indices: [0, 1, 0], times: [1 ms, 2 ms, 9 ms] }
neuron_groups:
  G:
    N: 4
    model: |
      dv/dt = (I - v)/tau : 1 (unless refractory)
      tau : second (constant)
      I : 1 (constant)
    threshold: v > 1
    reset: v = 0
    refractory: 1 ms
    method: exact
    initializers: { tau: 5 ms, I: 1.2 + 0.2*i, v: 0.1*i }
synapses:
  C:
    source: S
    target: G
    model: "w : 1"
    on_pre: "v_post += w\\nw *= 0.9"
    delay: 0.5 ms
    connect: true
    initializers: { w: 0.2 + 0.01*i }
spike_monitors:
  spikes: { source: G }
state_monitors:
  trace: { source: G, variables: v, record: true }
  weights: { source: C, variables: w, record: true, dt: 0.5 ms }
run:
  - { duration: 6 ms }
  - { set: { G.I: [1.5, 2, 2.5, 3], G.tau: 6 ms }, duration: 3 ms }
  - { initialize: { G.v: 0.5 }, set: { C.w: 0.3, C.delay: 1.2 ms }, duration: 1 ms }
  - { reset: true, set_spikes: { S: { indices: [1, 0], times: [3 ms, 4 ms] } }, duration: 5 ms }
  - { set: { G.I: 2.2 }, index: [1, 3], duration: 3 ms }
  - { reset: true }
  - { set: { G.v: 0.3 }, index: [2], duration: 7 ms }
  - { set_spikes: { S: { indices: [0], times: [8 ms] } }, duration: 2 ms }
  - { reset: true, duration: 10 ms }`);
    const { valid } = importModel({ name: 'resets.yaml', text });
    const simulation = await simulate(text, { engines: [{ target: 'wasm', threads: 1 }] });
    const segments = (await underBrian(valid, 'resets')) as unknown as readonly Records[];
    const dt = dtOf(valid);
    const begin = [0, 100, 180, 270];
    expect(segments).toHaveLength(begin.length);
    const found = segments.flatMap((records, k) =>
      spikes(records, 'spikes', dt).map(([step, cell]) => [step + (begin[k] ?? 0), cell] as const),
    );
    expect(found.length).toBeGreaterThan(20);
    expect(found).toEqual(ours(simulation, 'G.spike'));
    const joined = (monitor: string, variable: string): Records => ({
      [monitor]: {
        [variable]: (segments[0]?.[monitor]?.[variable] ?? []).map((_, row) =>
          segments.flatMap((records) => (records[monitor]?.[variable]?.[row] ?? []) as readonly number[]),
        ),
      },
    });
    for (const [monitor, variable] of [
      ['trace', 'v'],
      ['weights', 'w'],
    ] as const)
      expect(largestDifference(joined(monitor, variable), monitor, variable, simulation)).toBeLessThan(rounding);
  });

  describe('variables recorded at events', () => {
    const text = brian(`
      namespace: { tau: 10 ms }
      neuron_groups:
        P:
          N: 4
          model: |
            dv/dt = (drive - v)/tau : volt (unless refractory)
            drive : volt (constant)
            twice = 2*v + drive : volt
            spiked : integer
            on : boolean
            shared_one : 1 (shared)
          threshold: v > 10*mV
          reset: |
            v = 0*mV
            spiked += 1
            on = not on
          refractory: 2*ms
          method: euler
          events: { high: { condition: v > 5*mV } }
          run_regularly: [{ code: 'shared_one += 1', dt: 1 ms }]
          initializers: { drive: '(12 + 3*i)*mV', shared_one: 7, spiked: 2*i }
        Q:
          N: 2
          model: 'x : 1'
          threshold: i >= 1 and t < 1*ms
      spike_monitors:
        all:
          source: P
          variables: [v, drive, twice, spiked, on, shared_one, lastspike, not_refractory, dt, t_in_timesteps]
        part: { source: 'P[1:3]', variables: v }
        after: { source: 'P[1:]', variables: [v, spiked], when: after_resets, order: 3 }
        before: { source: P, variables: v, when: resets, order: -1 }
        counted: { source: Q, variables: x, record: false }
      event_monitors:
        highs: { source: P, event: high, variables: [v, lastspike, not_refractory] }
      run: 40 ms
    `);

    test.each(['reference', 'wasm'])('%s', async (target) => {
      const imported = importModel({ name: 'values.yaml', text });
      const result = await runModel(imported, { target, threads: 1 });
      if (result.kind !== 'run') throw new Error('nothing ran');
      const records = await underBrian(imported.valid, 'values');
      const ours = (population: string, event: string, variable: string): readonly Spiked[] => {
        const train = result.trains.find(({ plan }) => plan.population === population && plan.event === event)!;
        const k = (train.plan.variables ?? []).findIndex(({ name }) => name === variable);
        return [...train.inOrder()].flatMap(({ steps, cells, values }) =>
          [...steps].map((step, n) => ({ step, cell: cells[n]!, value: values[k]![n]! })),
        );
      };
      const theirs = (monitor: string, variable: string, first = 0): readonly Spiked[] =>
        (records[monitor]?.[variable] ?? []).map((value, n) => ({
          step: Math.round(Number(records[monitor]!['t']![n]) / 1e-4),
          cell: Number(records[monitor]!['i']![n]) + first,
          value: Number(value),
        }));
      const agree = (mine: readonly Spiked[], other: readonly Spiked[]): void => {
        expect(other.length).toBeGreaterThan(0);
        expect(mine.map(({ step, cell }) => [step, cell])).toEqual(other.map(({ step, cell }) => [step, cell]));
        for (const [n, { value }] of mine.entries()) {
          const difference = Math.abs(value - other[n]!.value);
          expect(difference).toBeLessThanOrEqual(rounding * Math.abs(value));
        }
      };
      for (const variable of ['v', 'drive', 'twice', 'spiked', 'on', 'shared_one', 'lastspike', 'not_refractory', 'dt'])
        agree(
          ours('P', 'spike', ['v', 'spiked'].includes(variable) ? `${variable}_all` : variable),
          theirs('all', variable),
        );
      agree(ours('P', 'spike', 't_in_timesteps'), theirs('all', 't_in_timesteps'));
      for (const variable of ['v', 'lastspike', 'not_refractory'])
        agree(ours('P', 'high', variable), theirs('highs', variable));
      const within = (spikes: readonly Spiked[], from: number, to: number): readonly Spiked[] =>
        spikes.filter(({ cell }) => cell >= from && cell < to);
      agree(within(ours('P', 'spike', 'v_all'), 1, 3), theirs('part', 'v', 1));
      // Taken at several points of the step, they have names of their own.
      for (const [mine, other] of [
        ['v_after', 'v'],
        ['spiked_after', 'spiked'],
      ] as const)
        agree(within(ours('P', 'spike', mine), 1, 4), theirs('after', other, 1));
      agree(ours('P', 'spike', 'v_before'), theirs('before', 'v'));
      agree(ours('Q', 'spike', 'x'), theirs('counted', 'x'));
      result.dispose();
    });
  });

  // Quantities of synapses and of cells in a StateMonitor. Subexpressions of an end, which Brian cannot record so, run
  // too.
  test('recordings through synapses, of indices, numbers, times and refractoriness', async () => {
    const ofSynapses = ['w', 'z', 'g', 'twice', 'i', 'j', 'i_pre', 'i_post', 'N_incoming', 'N_outgoing', 'N_pre'];
    const ofEnds = ['v_pre', 'v_post', 'v', 'drive_pre', 'lastspike_pre', 'not_refractory_post', 'total_post'];
    const names = [...ofSynapses, ...ofEnds, 'lastupdate', 'dt', 't_in_timesteps'];
    const text = brian(`
      namespace: { tau: 10 ms }
      neuron_groups:
        P:
          N: 4
          model: |
            dv/dt = (drive - v)/tau : volt (unless refractory)
            drive : volt (constant)
            total : 1
            twofold = 2*v + drive : volt
          threshold: v > 10*mV
          reset: v = 0*mV
          refractory: 2*ms
          method: euler
          initializers: { drive: '(12 + 3*i)*mV' }
      synapses:
        S:
          source: P
          target: P
          model: |
            dw/dt = -w/tau : 1 (event-driven)
            dz/dt = -z/tau : 1 (clock-driven)
            g : volt
            twice = 2*z : 1
            total_post = z : 1 (summed)
          on_pre: |
            w += 1
            z += w
          on_post: z += 0.5
          delay: 0.3 ms
          method: euler
          connect: { condition: 'i != j and (i + j) % 3 != 0' }
          initializers: { g: i*mV + j*2*mV, z: 0.1*i }
      state_monitors: { ${[
        ...names.map((name) => `of_${name}: { source: S, variables: ${name}, record: [0, 2, 5] }`),
        'cells: { source: P, variables: true }',
        "some: { source: 'P[1:3]', variables: [v, i, dt, t_in_timesteps], record: [1], dt: 0.5 ms }",
      ].join(', ')} }
      run: 40 ms
    `);
    const { valid } = importModel({ name: 'recordings.yaml', text });
    const simulation = await simulate(text);
    const records = await underBrian(valid, 'recordings');
    const inBrian = (name: string): string => {
      const reference = referenceOf(name);
      return reference.kind === 'end' ? `${reference.variable}_${reference.end}` : name;
    };
    const compared = valid.model.recordings.flatMap((recording) =>
      'variables' in recording
        ? (recording.variables ?? []).map((variable) => [recording.name, variable] as const)
        : [],
    );
    expect(compared).toHaveLength(names.length + 6 + 4);
    for (const [monitor, variable] of compared) {
      const theirs = (records[monitor]?.[inBrian(variable)] ?? []) as readonly (readonly number[])[];
      const rows = simulation.samples.get(`${monitor}/${variable}`) ?? [];
      expect([monitor, variable, rows.length, rows[0]?.length]).toEqual([
        monitor,
        variable,
        theirs[0]?.length,
        theirs.length,
      ]);
      const worst = Math.max(
        ...rows.flatMap((row, time) => row.map((value, k) => Math.abs(value - Number(theirs[k]?.[time])))),
      );
      expect([monitor, variable, worst < 1e-13]).toEqual([monitor, variable, true]);
    }
  });

  // Code that runs for all synapses: it reads sums, numbers and variables of both ends.
  test('operations on synapses', async () => {
    const text = brian(`
      neuron_groups:
        A:
          N: 4
          model: |
            dv/dt = (1.2 + 0.1*i - v)/ms : 1
            total : 1
          threshold: v > 1
          reset: v = 0
          refractory: 0.3*ms
          method: euler
      synapses:
        S:
          source: A
          target: A
          model: |
            w : 1
            dx/dt = -x/(3*ms) : 1 (event-driven)
            total_post = w : 1 (summed)
          on_pre: |
            x += 1
            v_post += 0.01*w
          on_post: w += 0.1*x
          connect: { i: [0, 0, 0, 1, 1, 2, 2, 3], j: [0, 1, 2, 1, 2, 2, 3, 0], n: 2 }
          delay: 0.2 ms
          initializers: { w: i + 1 + j }
          run_regularly:
            - { code: 'w *= 2/(total_post + 0.1); w += 0.001*int(t > 3*ms)*x', dt: 0.5 ms, when: end }
            - { code: 'w += 0.1*N_incoming + v_pre*0.01 + lastupdate/second', dt: 0.7 ms, when: after_groups, order: 2 }
      state_monitors: { m: { source: S, variables: w }, n: { source: A, variables: [v, total] } }
      run: 12.5 ms
    `);
    const { valid } = importModel({ name: 'operations.yaml', text });
    expect(exportBrian(valid).report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    const simulation = await simulate(text);
    const records = await underBrian(valid, 'operations');
    expect(largestDifference(records, 'm', 'w', simulation)).toBeLessThan(rounding);
    for (const variable of ['v', 'total'])
      expect(largestDifference(records, 'n', variable, simulation)).toBeLessThan(rounding);
  });

  // Values by number, the number among the synapses of a pair, a time of the last update of one's own, other delays.
  test('synapses by number, and phases that change them', async () => {
    const text = brian(`
      neuron_groups:
        A: { N: 5, model: 'dv/dt = (1 + 0.1*i)/ms : 1', threshold: v > 1, reset: v = 0 }
      synapses:
        S:
          source: A
          target: A
          model: |
            w : 1
            u : 1
            lastupdate : second
          on_pre: { pre: 'w += k + 1', later: 'u += (t - lastupdate)/ms; lastupdate = t' }
          on_post: w += 100*k
          multisynaptic_index: k
          connect: { i: [0, 0, 0, 1, 4, 2, 2, 3], j: [1, 1, 1, 2, 3, 0, 0, 0], n: 2 }
          initializers:
            - { variable: w, value: i + j + 10*k }
            - { variable: w, value: w*2 + 1, index: '3:9' }
            - { variable: w, value: [0.5, 0.25], index: [15, 0] }
            - { variable: u, value: w + k, where: w > 7 }
      state_monitors: { m: { source: S, variables: [w, u, k] }, n: { source: A, variables: v } }
      run:
        - { duration: 1.5 ms }
        - { set: { A.v: 0.1*i }, index: [0, 3] }
        - { duration: 1 ms }
        - { set: { S.later.delay: 0.3 ms, S.post.delay: 0.5 ms, S.w: 3 } }
        - { set: { S.u: [7, 8, 9] }, index: '2:5', duration: 2 ms }
    `);
    const { valid } = importModel({ name: 'numbered.yaml', text });
    expect(exportBrian(valid).report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    const again = importModel({ name: 'again.json', text: JSON.stringify(exportBrian(valid).document) });
    expect(hashModel(again.valid.model)).toEqual(hashModel(valid.model));
    const simulation = await simulate(text);
    const records = await underBrian(valid, 'numbered');
    for (const variable of ['w', 'u'])
      expect(largestDifference(records, 'm', variable, simulation)).toBeLessThan(rounding);
    expect(simulation.samples.get('m/copy')?.[0]).toEqual(records['m']?.['copy']?.map((row) => (row as number[])[0]));
    expect(simulation.samples.get('m/copy')?.[0]).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 0, 1, 0, 1, 2, 3, 0, 1]);
    expect(largestDifference(records, 'n', 'v', simulation)).toBeLessThan(rounding);
  });

  // Objects of all kinds at one slot and order. Each writes a digit after the others' digits, so the number shows the
  // order. Names around the group's name decide; pathways that run before the test for their event wait a step.
  describe('objects of one slot and order go by their names', () => {
    const objects = (slot: string, { group = 'm', order = 0, synapses = 0 }: Named): string => {
      const at = `when: ${slot}, order: 0`;
      const steps = [0, 1, 2, 3, 4, 5];
      const clockDriven = `model: 'dz/dt = (trail_post - z)/dt : 1 (clock-driven)', method: euler, order: ${synapses}`;
      return brian(
        `
        neuron_groups:
          ${group}:
            N: 2
            order: ${order}
            model: |
              dtrail/dt = (9*trail + 4)/dt : 1
              seen : 1
              noted : 1
            threshold: ${slot === 'thresholds' ? 'trail > 15 and trail < 5e8' : 't >= 0*ms'}
            reset: trail = trail*10 + 5
            method: euler
            events: { e: { condition: t >= 0*ms, code: trail = trail*10 + 6, condition_when: before_start, ${at} } }
            run_regularly:
              - { name: clear, when: after_end, code: trail = 0 }
              - { name: a_op, ${at}, code: trail = trail*10 + 1 }
              - { name: n_op, ${at}, code: seen = trail }
              - { name: z_op, ${at}, code: trail = trail*10 + 8 }
        spike_generators:
          gen: { N: 1, indices: [${steps.map(() => 0).join(', ')}], times: [${steps.map((k) => `${k} ms`).join(', ')}] }
        synapses:
          a_syn:
            { source: gen, target: ${group}, on_pre: trail_post = trail_post*10 + 2, pathways: { pre: { ${at} } },
              delay: 1 ms, connect: true }
          b_syn:
            source: ${group}
            target: '${group}[0:1]'
            model: |
              dz/dt = (trail_post - z)/dt : 1 (clock-driven)
              noted_post = trail_pre : 1 (summed)
            method: euler
            connect: true
          y_syn:
            { source: ${group}, target: ${group}, ${clockDriven}, on_pre: noted_post += 1, pathways: { pre: { ${at} } },
              delay: 2 ms, connect: i == j }
          z_syn:
            { source: gen, target: ${group}, ${clockDriven}, on_pre: trail_post = trail_post*10 + 9,
              pathways: { pre: { ${at} } }, delay: 1 ms, connect: true }
        poisson_inputs:
          a_in: { target: ${group}, target_var: trail, N: 1, rate: 999.9999999999 Hz, weight: 9*trail + 3, ${at} }
          z_in: { target: ${group}, target_var: trail, N: 1, rate: 999.9999999999 Hz, weight: 9*trail + 7, ${at} }
        state_monitors:
          a_mon: { source: ${group}, variables: [trail, noted], ${at} }
          n_mon: { source: ${group}, variables: [trail, noted], ${at} }
          zz_mon: { source: ${group}, variables: [trail, noted], ${at} }
          at_end: { source: ${group}, variables: [trail, seen, noted], when: end, order: 9 }
          of_b: { source: b_syn, variables: z, record: [0, 1], when: end, order: 9 }
          of_y: { source: y_syn, variables: z, record: [0, 1], when: end, order: 9 }
          of_z: { source: z_syn, variables: z, record: [0, 1], when: end, order: 9 }
        spike_monitors:
          spikes: { source: ${group}, variables: trail }
        run: 6 ms
      `,
        { dt: '1 ms' },
      );
    };
    const cases: readonly (Named & { readonly slot: string })[] = [
      ...['start', 'groups', 'thresholds', 'synapses', 'resets', 'end'].map((slot) => ({ slot })),
      { slot: 'groups', group: 'A' },
      { slot: 'groups', group: 'zzz', order: 1 },
      { slot: 'groups', order: -1, synapses: 2 },
      { slot: 'thresholds', group: 'zzz' },
      { slot: 'thresholds', order: 1, synapses: -1 },
      { slot: 'resets', group: 'A' },
    ];
    let records: readonly Records[] = [];
    beforeAll(async () => {
      const scripts = cases.map(
        (one, k) =>
          exportBrianScript(importModel({ name: 'objects.yaml', text: objects(one.slot, one) }).valid, `objects${k}`)
            .files,
      );
      const inputs = scripts.map((files, k) => inputOf(JSON.stringify(cases[k]), files, 'run_brian_scripts.py', []));
      records = await recorded.outputs(peers.brian, inputs, async (missing) => {
        for (const file of missing.flatMap((k) => scripts[k]!)) writeFileSync(join(folder, file.name), file.text);
        const paths = missing.map((k) => join(folder, `objects${k}.py`));
        return (await runPython('run_brian_scripts.py', paths)) as readonly Records[];
      });
    });

    test.each(cases.map((one, k) => ({ ...one, k })))('$slot $group $order $synapses', async ({ k, ...one }) => {
      const simulation = await simulate(objects(one.slot, one));
      const theirs = records[k] ?? {};
      const rounded = (rows: readonly (readonly number[])[]): readonly (readonly number[])[] =>
        rows.map((row) => row.map(Math.round));
      const transposed = (rows: readonly (readonly number[])[]): readonly (readonly number[])[] =>
        (rows[0] ?? []).map((_, time) => rows.map((row) => row[time] ?? NaN));
      for (const [monitor, variables] of Object.entries({
        a_mon: ['trail', 'noted'],
        n_mon: ['trail', 'noted'],
        zz_mon: ['trail', 'noted'],
        at_end: ['trail', 'seen', 'noted'],
        of_b: ['z'],
        of_y: ['z'],
        of_z: ['z'],
      }))
        for (const variable of variables) {
          const brians = (theirs[monitor]?.[variable] ?? []) as readonly (readonly number[])[];
          const own = simulation.samples.get(`${monitor}/${variable}`) ?? [];
          expect(own).toHaveLength(6);
          expect([monitor, variable, rounded(own)]).toEqual([monitor, variable, rounded(transposed(brians))]);
        }
      expect(ours(simulation, `${one.group ?? 'm'}.spike`)).toEqual(spikes(theirs, 'spikes', 1e-3));
      const last = Math.round(simulation.samples.get('at_end/trail')?.at(-1)?.[0] ?? 0);
      // Every object has written its digit.
      expect([...String(last)].sort()).toEqual([...'123456789']);
    });
  });

  describe('random networks agree once they are frozen', () => {
    test.each<readonly [string, Readonly<Record<string, string>>, number, readonly (readonly [string, string])[]]>([
      // The networks are that insensitive to rounding: no potential comes closer to the threshold than that within this
      // time.
      ['vogels-abbott-cuba', { s_mon: 'P.spike' }, 400, []],
      ['vogels-abbott-coba', { s_mon: 'P.spike' }, 400, []],
      ['cobahh', { s_mon: 'P.spike' }, 100, []],
      // A current in place of the Poisson input, which stays random.
      [
        'heterogeneous-delays',
        { spikes: 'P.spike' },
        100,
        [
          ['poisson_inputs:', 'annotations:'],
          ['El: -65 mV', 'El: -48 mV'],
        ],
      ],
      ['song-abbott-stdp', { output: 'neuron.spike', input: 'inputs.spike' }, 500, [['run: 10 s', 'run: 500 ms']]],
    ])('%s', async (name, monitors, milliseconds, changes) => {
      const text = changes.reduce((changed, [from, to]) => changed.replace(from, to), fixture(name));
      const { valid } = importModel({ name: `${name}.yaml`, text });
      const frozen = await freeze(valid, targets['wasm']!);
      const { document } = exportBrian(frozen.valid);
      const steps = Math.round((milliseconds * 1e-3) / dtOf(valid));
      const simulation = await simulate(JSON.stringify(document), {
        steps,
        engines: [{ target: 'wasm', threads: 1 }],
      });
      const records = await underBrian(frozen.valid, name, milliseconds);
      for (const [monitor, event] of Object.entries(monitors)) {
        expect(ours(simulation, event).length).toBeGreaterThan(event === 'neuron.spike' ? 5 : 100);
        expect(spikes(records, monitor, dtOf(valid))).toEqual(ours(simulation, event));
      }
    });
  });

  test('long lists of whole numbers at equal distances are integers, which indices and sizes have to be', async () => {
    const numbers = JSON.stringify(Array.from({ length: 41 }, (_, k) => 40 - k));
    const text = brian(
      `neuron_groups:
  A: { N: 60, model: "x : 1", initializers: { x: i } }
  B: { N: 41, model: "y : 1 (linked)\\nz = 2*y : 1\\nn : integer", linked: { y: { variable: A.x, index: { values: ${numbers} } } }, initializers: { n: { values: ${numbers} } } }
spike_generators: { P: { N: 60, indices: ${numbers}, times: { values: ${numbers}, unit: ms } } }
synapses: { S: { source: P, target: B, on_pre: n += 1, connect: { i: ${numbers}, j: ${numbers} } } }
spike_monitors: { s: { source: P } }
state_monitors: { m: { source: B, variables: [z, n], record: ${numbers} } }
run: 1 ms`,
    );
    const { valid } = importModel({ name: 'indices.yaml', text });
    const { m } = await underBrian(valid, 'indices');
    // The row k is of the neuron 40 - k of B, which reads the neuron k of A; the spike at 0 ms comes to the neuron 0.
    expect(m?.['z']?.map((row) => (row as readonly number[]).at(-1))).toEqual(
      Array.from({ length: 41 }, (_, k) => 2 * k),
    );
    expect(m?.['n']?.map((row) => (row as readonly number[]).at(-1))).toEqual(
      Array.from({ length: 41 }, (_, k) => (k === 40 ? 41 : k)),
    );
  });

  test('every fixture becomes a script that runs', async () => {
    const rest = ['noisy-group', 'poisson-input', 'events-of-every-kind', 'song-abbott-stdp', 'cobahh'];
    for (const name of rest) {
      const { valid } = importModel({ name: `${name}.yaml`, text: fixture(name) });
      expect(Object.keys(await underBrian(valid, name, 2, started)).length).toBeGreaterThan(0);
    }
  });
});
