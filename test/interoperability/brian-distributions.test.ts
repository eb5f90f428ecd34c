/**
 * Random models under real Brian 2, each with random numbers of its own: their activity must follow the same law.
 *
 * One network gives one number of each figure: the mean rate of its cells, the mean coefficient of variation (CV) of
 * their intervals. Networks of different seeds are independent, cells of one network are not; so a figure is compared
 * over networks, by Welch's test of the means of two samples. Weights learnt by STDP from independent trains are
 * also compared cell by cell, by the test of Kolmogorov and Smirnov.
 *
 * All seeds are fixed, so that every outcome is the same each time. There are some fifteen comparisons in all; each may
 * be wrong by chance once in a thousand times (`alpha`), so that the whole file would be wrong for one choice of seeds
 * in seventy. The networks with a slip, below, show that the tests find a real difference.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { importModel } from '../../src/pipeline/pipeline.js';
import { exportBrianScript } from '../../translators/brian/export-script.js';
import { simulate } from '../support/simulate.js';
import { mean, twoSampleKolmogorovP, variance, welchP } from '../support/statistics.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { missingPython, runPython } from './python-environment.js';
import '../../translators/brian/road.js';

const missing = missingPython(['brian2']);
const folder = mkdtempSync(join(tmpdir(), 'interneuron-distributions-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const alpha = 1e-3;
const seeds = [101, 102, 103, 104, 105];

/** A specification as a tree, for a test to change in places. */
type Tree = Record<string, never> & { [key: string]: Tree };

/** Figures of one network, by name. */
type Figures = Readonly<Record<string, number>>;

/** The activity of a network. */
interface Activity {
  readonly figures: Figures;
  /** The last samples of the weights, if they are recorded. */
  readonly weights: readonly number[];
}

const records = peerRecords('brian-distributions');
const runners = ['test/interoperability/python/collect_brian_runs.py', 'test/interoperability/python/run_script.py'];

/** Specification of a fixture with changes: constants of its namespace, its monitors, the time that it runs. */
function specification(fixture: string, change: (tree: Tree) => void): string {
  const tree = parse(readFileSync(new URL(`../../fixtures/brian/${fixture}.yaml`, import.meta.url), 'utf8')) as Tree;
  change(tree);
  return JSON.stringify(tree);
}

async function ours(text: string, { seconds, monitored }: Case): Promise<readonly Activity[]> {
  const all: Activity[] = [];
  for (const seed of seeds) {
    const run = await simulate(text, { seed: String(seed), engines: [{ target: 'wasm', threads: 1 }] });
    const { dt } = run.valid.model.experiment;
    const trains = emptyTrains(monitored.cells);
    for (const [step, cell] of run.events.get(monitored.event)!) trains[cell]!.push(step * dt);
    const weights =
      monitored.weights === undefined ? [] : run.samples.get(monitored.weights.replace('.', '/'))!.at(-1)!;
    all.push(activityOf(trains, weights, seconds));
  }
  return all;
}

function brians(text: string, { fixture, seconds, monitored }: Case): Promise<readonly Activity[]> {
  const name = `case_${fixture.replaceAll('-', '_')}`;
  const { files } = exportBrianScript(importModel({ name: `${name}.json`, text }).valid, name);
  const texts = [JSON.stringify([monitored, seeds]), ...files.flatMap((file) => [file.name, file.text])];
  return records.output(peers.brian, { what: fixture, texts, runners }, async () => {
    for (const file of files) writeFileSync(join(folder, file.name), file.text);
    const runs = await runPython('collect_brian_runs.py', [join(folder, `${name}.py`), ...seeds.map(String)]);
    return (runs as Record<string, Record<string, unknown>>[]).map((run) => {
      const { i, t } = run[monitored.monitor] as { i: number[]; t: number[] };
      const trains = emptyTrains(monitored.cells);
      t.forEach((time, k) => trains[i[k]!]!.push(time));
      const [monitor = '', variable = ''] = monitored.weights?.split('.') ?? [];
      const weights = (run[monitor]?.[variable] ?? []) as number[][];
      const last = weights.map((row) => row.at(-1)!);
      return activityOf(trains, last, seconds);
    });
  });
}

const emptyTrains = (cells: number): number[][] => Array.from({ length: cells }, () => []);

/** Mean rate of the cells in Hz, and the mean CV of the intervals of cells with at least four. */
function activityOf(trains: readonly (readonly number[])[], weights: readonly number[], seconds: number): Activity {
  const intervals = trains
    .map((times) => times.slice(1).map((time, k) => time - times[k]!))
    .filter(({ length }) => length >= 4);
  const cvs = intervals.map((each) => Math.sqrt(variance(each)) / mean(each));
  const figures = {
    rate: mean(trains.map(({ length }) => length)) / seconds,
    ...(cvs.length === 0 ? {} : { cv: mean(cvs) }),
    ...(weights.length === 0 ? {} : { weight: mean(weights), spread: Math.sqrt(variance(weights)) }),
  };
  return { figures, weights };
}

/** Monitored objects, and their names. */
interface Monitored {
  readonly cells: number;
  /** Ours: the event. Brian's: the monitor. */
  readonly event: string;
  readonly monitor: string;
  /** The monitor and variable of recorded weights. */
  readonly weights?: string;
}

interface Case {
  readonly name: string;
  readonly fixture: string;
  readonly change: (tree: Tree) => void;
  readonly seconds: number;
  readonly monitored: Monitored;
  /** A slip that the comparison must find, and the figures that it must show in. */
  readonly slip: (tree: Tree) => void;
  readonly shows: readonly string[];
}

const put = (tree: Tree | undefined, key: string, value: unknown): void => {
  (tree as Record<string, unknown>)[key] = value;
};

const cases: readonly Case[] = [
  {
    name: 'CUBA',
    fixture: 'vogels-abbott-cuba',
    change: (tree) => put(tree, 'run', '400 ms'),
    seconds: 0.4,
    monitored: { cells: 4000, event: 'P.spike', monitor: 's_mon' },
    // Inhibition a quarter too weak.
    slip: ({ namespace }) => put(namespace, 'wi', '-6.75 mV'),
    shows: ['rate'],
  },
  {
    name: 'COBA',
    fixture: 'vogels-abbott-coba',
    change: (tree) => put(tree, 'run', '200 ms'),
    seconds: 0.2,
    monitored: { cells: 4000, event: 'P.spike', monitor: 's_mon' },
    slip: ({ namespace }) => put(namespace, 'wi', '40 nS'),
    shows: ['rate'],
  },
  {
    name: 'noise (xi)',
    fixture: 'noisy-group',
    change: (tree) => {
      put(tree, 'run', '400 ms');
      put(tree['neuron_groups']!['G'], 'N', 300);
      put(tree['neuron_groups']!['X'], 'N', 1);
      put(tree, 'state_monitors', {});
    },
    seconds: 0.4,
    monitored: { cells: 300, event: 'G.spike', monitor: 'spikes' },
    // The white noise, forgotten.
    slip: ({ namespace }) => put(namespace, 'sigma', '0 mV'),
    shows: ['rate'],
  },
  {
    // A fifth of the cells and five times the weight: the mean input equals the paper's.
    name: 'Brunel-Hakim, 1000 cells',
    fixture: 'brunel-hakim',
    change: (tree) => {
      put(tree, 'run', '400 ms');
      put(tree['neuron_groups']!['group'], 'N', 1000);
      put(tree['namespace'], 'J', '0.5 mV');
    },
    seconds: 0.4,
    monitored: { cells: 1000, event: 'group.spike', monitor: 'M' },
    // Brian's noise is scaled by sqrt(dt): a factor sqrt(2) is the usual slip.
    slip: ({ namespace }) => put(namespace, 'sigmaext', '1.414 mV'),
    shows: ['rate'],
  },
  {
    // A tenth of the cells, 2/5 of the inputs, 5/2 of the weight: the mean input equals the paper's. With the
    // probability of the paper, numbers of inputs would vary so much between cells that networks differ as much as two
    // sorts of them.
    name: 'Brunel 2000, 1250 cells',
    fixture: 'brunel-2000',
    change: (tree) => {
      put(tree, 'run', '300 ms');
      put(tree['namespace'], 'order', 250);
      put(tree['namespace'], 'epsilon', 0.4);
      put(tree['namespace'], 'CE', 400);
      put(tree['namespace'], 'J', '0.25 mV');
    },
    seconds: 0.3,
    monitored: { cells: 1250, event: 'P.spike', monitor: 'spikes' },
    // Inhibition that only balances excitation.
    slip: ({ namespace }) => put(namespace, 'g', 4),
    shows: ['cv'],
  },
  {
    // Learning ten times as fast, so that the weights part within seconds.
    name: 'Poisson trains to a neuron with STDP',
    fixture: 'song-abbott-stdp',
    change: (tree) => {
      put(tree, 'run', '2.0001 s');
      put(tree['namespace'], 'dApre', '0.1*gmax');
      put(tree['namespace'], 'dApost', '-0.1*taupre/taupost*1.05*gmax');
      put(tree['spike_monitors'], 'input', undefined);
      put(tree, 'state_monitors', { weights: { source: 'S', variables: 'w', record: true, dt: '1 s' } });
    },
    seconds: 2,
    monitored: { cells: 1, event: 'neuron.spike', monitor: 'output', weights: 'weights.w' },
    // Potentiation and depression in balance.
    slip: ({ namespace }) => put(namespace, 'dApost', '-0.1*gmax'),
    shows: ['weights'],
  },
];

/** Returns the probability of the difference of each figure, and of the weights. */
function probabilities(one: readonly Activity[], other: readonly Activity[]): Record<string, number> {
  const [a, b] = [one, other].map((runs) => runs.map(({ figures }) => figures)) as [Figures[], Figures[]];
  const names = Object.keys(a[0]!);
  const found = Object.fromEntries(
    names.map((name) => [
      name,
      welchP(
        a.map((each) => each[name]!),
        b.map((each) => each[name]!),
      ),
    ]),
  );
  const weights = [one, other].map((runs) => runs.flatMap((run) => run.weights)) as [number[], number[]];
  return weights[0].length === 0 ? found : { ...found, weights: twoSampleKolmogorovP(...weights) };
}

describe.skipIf(missing !== null)(
  `Brian 2, each with its own random numbers${missing === null ? '' : ` (${missing})`}`,
  () => {
    test.each(cases)('$name', async (one) => {
      const { fixture, change, slip, shows } = one;
      const text = specification(fixture, change);
      const theirs = await brians(text, one);
      const here = await ours(text, one);
      const found = probabilities(here, theirs);
      const wrong = await ours(
        specification(fixture, (tree) => {
          change(tree);
          slip(tree);
        }),
        one,
      );
      const seen = probabilities(wrong, theirs);
      expect(Object.keys(found)).toEqual(expect.arrayContaining(['rate', 'cv']));
      for (const [figure, probability] of Object.entries(found))
        expect(probability, `${figure} is alike`).toBeGreaterThan(alpha);
      for (const figure of shows) expect(seen[figure], `${figure} shows the slip`).toBeLessThan(alpha);
    });
  },
);
