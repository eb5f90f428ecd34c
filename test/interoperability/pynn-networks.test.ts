/**
 * Networks under PyNN's simulators, spike by spike.
 *
 * NEST integrates linear cells as we do, by their exact solution. Only roundings differ, and a spike could fall into
 * another step only if a potential meets the threshold to within these. Networks that draw are frozen first:
 * connections, weights, delays, first values and random spike trains are then lists in the script and in files next to
 * it.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { targets } from '../../runtime/targets/registry.js';
import type { ValidModel } from '../../src/model/model.js';
import { freeze } from '../../src/convert/freeze.js';
import { hashModel } from '../../src/model/hash.js';
import { peerRecords, withoutRecords } from '../support/peer-records.js';
import { failed, missingPynn, runThere, type Simulator } from './pynn/backend.js';
import { read, runHere } from './pynn/ours.js';
import { documentOf } from './pynn/probe.js';
import { randomNetwork, type RandomNetwork } from './pynn/random-network.js';
import { keptTrace, spikesOf as cellSpikes, thinned, traceOf, type Results } from './pynn/results.js';
import '../../translators/pynn/road.js';

const missing = missingPynn();
const records = peerRecords('pynn-networks');

/** Seeds of random networks; `RANDOM_NETWORKS=0-199` tries others, without recording them. */
const chosenSeeds = process.env['RANDOM_NETWORKS'];
const [firstSeed = 0, lastSeed = 0] = (chosenSeeds ?? '0-7').split('-').map(Number);
const seeds = Array.from({ length: lastSeed - firstSeed + 1 }, (_, k) => firstSeed + k);

const fixture = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../fixtures/pynn/${name}.json`, import.meta.url), 'utf8')) as object;

/** Spikes as `microseconds population[cell]`, in order. */
const spikesOf = (results: Results): readonly string[] =>
  Object.entries(results.populations)
    .flatMap(([population, [segment]]) =>
      Object.entries(segment?.spikes ?? {}).flatMap(([cell, times]) =>
        times.map((time) => `${String(Math.round(time * 1000)).padStart(8)} ${population}[${cell}]`),
      ),
    )
    .sort();

/** The first spikes that only one of two runs has. */
function firstDifference(a: readonly string[], b: readonly string[]): readonly string[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  const alone = [
    ...a.filter((spike) => !inB.has(spike)).map((spike) => `${spike} only here`),
    ...b.filter((spike) => !inA.has(spike)).map((spike) => `${spike} only there`),
  ];
  return alone.sort().slice(0, 5);
}

/** NEST's Runge–Kutta–Fehlberg steps of conductance-based cells: mV, and uS or nA of other variables. */
const conductanceSteps = { v: 1e-3, other: 1e-6 };
/** The same next to steep currents. */
const steepSteps = { v: 1e-2, other: 1e-5 };

/** Returns descriptions of traces of a random network that differ by more than they may. */
function wrongTraces({ comparisons, dt }: RandomNetwork, ours: Results, theirs: Results): readonly string[] {
  return Object.entries(comparisons).flatMap(([label, comparison]) => {
    const [segment] = ours.populations[label]!;
    return Object.entries(segment!.signals).flatMap(([variable, { cells }]) =>
      cells.flatMap((cell) => {
        const [a, b] = [traceOf(ours, label, variable, cell), keptTrace(theirs, label, variable, cell)];
        const scale = a.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
        const limits = comparison === 'conductance' ? conductanceSteps : steepSteps;
        const within = comparison === 'exact' ? 1e-9 * scale : variable === 'v' ? limits.v : limits.other;
        // From 2 ms before it spikes, a steep current multiplies each difference.
        const first = [ours, theirs].flatMap((results) => cellSpikes(results, label, cell)).concat(Infinity);
        const end = comparison === 'until spike' ? Math.max(0, Math.min(...first) - 2) / dt : Infinity;
        const wrong = b.findIndex((value, k) => k < end && value !== null && !(Math.abs(a[k]! - value) <= within));
        if (a.length !== b.length) return [`${label}[${cell}].${variable}: ${a.length} and ${b.length} samples`];
        return wrong < 0 ? [] : [`${label}[${cell}].${variable} at step ${wrong}: ${a[wrong]}, not ${b[wrong]}`];
      }),
    );
  });
}

/** Returns the results there, with labels as names. */
async function there(simulator: Simulator, what: string, valid: ValidModel): Promise<Results> {
  const [outcome] = await runThere(records, simulator, [{ what, valid }]);
  if (outcome === undefined || failed(outcome)) throw new Error(outcome?.error);
  return outcome;
}

const here = (valid: ValidModel): Promise<Results> => runHere({ valid, hashes: hashModel(valid.model) });

/** 1000 cells with random connections, weights, delays and first values, driven by random spike trains. */
const thousand = (type: string, params: object, weights: readonly [number, number]): object => {
  const cell = (more: object): object => ({ type, params: { ...params, ...more } });
  const normal = (mean: number): object => {
    const [low, high] = mean > 0 ? [0, 2 * mean] : [2 * mean, 0];
    return { random: 'normal_clipped_to_boundary', params: { mu: mean, sigma: Math.abs(mean) / 5, low, high } };
  };
  const delay = { random: 'uniform', params: { low: 0.5, high: 3 } };
  const way = (pre: string, post: string, receptor: string, n: number, weight: number): object => ({
    label: `${pre} to ${post}`,
    pre,
    post,
    receptor_type: receptor,
    connector: { type: 'FixedNumberPreConnector', params: { n }, rng: 'own' },
    synapse: { type: 'StaticSynapse', params: { weight: normal(weight), delay } },
  });
  return documentOf({
    seed: 12,
    // All times are exact in binary: PyNN subtracts a step from spike times for NEST, which rounds a time just above a
    // step up to the next.
    setup: { timestep: 0.125, max_delay: 5 },
    rngs: { own: { type: 'NativeRNG' } },
    populations: [
      {
        label: 'exc',
        size: 800,
        cell: cell({}),
        initial_values: { v: { random: 'uniform', params: { low: -65, high: -50 } } },
      },
      {
        label: 'inh',
        size: 200,
        cell: cell({ tau_refrac: 1 }),
        initial_values: { v: { random: 'uniform', params: { low: -65, high: -50 } } },
      },
      // One spike in a step at most: of several at the same time NEST sends one.
      { label: 'drive', size: 200, cell: { type: 'SpikeSourceGamma', params: { alpha: 2, beta: 120 } } },
    ],
    projections: [
      way('exc', 'exc', 'excitatory', 40, weights[0]),
      way('exc', 'inh', 'excitatory', 40, weights[0]),
      way('inh', 'exc', 'inhibitory', 20, weights[1]),
      way('inh', 'inh', 'inhibitory', 20, weights[1]),
      way('drive', 'exc', 'excitatory', 20, 4 * weights[0]),
      way('drive', 'inh', 'excitatory', 20, 4 * weights[0]),
    ],
    recordings: [
      { target: 'exc', variables: 'spikes' },
      { target: 'inh', variables: 'spikes' },
    ],
    phases: [{ run: 300 }],
  });
};

describe.skipIf(missing !== null)(`PyNN${missing === null ? '' : ` (${missing})`}`, () => {
  describe('a frozen network of 1000 cells fires spike by spike as under NEST', () => {
    test.each([
      ['currents', thousand('IF_curr_exp', { tau_refrac: 2, tau_syn_E: 2, tau_syn_I: 5 }, [0.2, -0.8])],
      [
        'conductances',
        thousand('IF_cond_exp', { tau_refrac: 2, tau_syn_E: 2, tau_syn_I: 5, cm: 0.2, tau_m: 20 }, [0.001, 0.01]),
      ],
    ])('%s', async (what, document) => {
      const { valid } = read(document);
      const frozen = await freeze(valid, targets['wasm']!);
      expect(frozen.remaining).toEqual([]);
      const [ours, unfrozen, theirs] = [
        await here(frozen.valid),
        await here(valid),
        await there('nest', what, frozen.valid),
      ];
      const spikes = spikesOf(ours);
      expect(spikes.length).toBeGreaterThan(2000);
      expect(firstDifference(spikes, spikesOf(unfrozen))).toEqual([]);
      expect(firstDifference(spikes, spikesOf(theirs))).toEqual([]);
    });
  });

  test('a network that NumpyRNGs draw is the same without being frozen', async () => {
    const document = fixture('vogels-abbott-cuba') as {
      readonly setup: object;
      readonly populations: readonly { readonly label: string; readonly size: number }[];
    };
    // Its stimulus is random on every simulator in a way of its own: here it is given.
    const times = Array.from({ length: 20 }, (_, cell) => Array.from({ length: 5 }, (_, k) => 1 + k * 9 + cell / 2));
    const stimulus = { type: 'SpikeSourceArray', params: { spike_times: { sequences: times } } };
    const { valid } = read({
      ...document,
      setup: { ...document.setup, extra: { spike_precision: 'on_grid' } },
      populations: document.populations.map((population) =>
        population.label === 'stimulus' ? { ...population, cell: stimulus } : population,
      ),
      phases: [{ run: 50 }],
    });
    const [ours, theirs] = [await here(valid), await there('nest', 'drawn by NumPy', valid)];
    const cells = (results: Results): readonly string[] =>
      spikesOf(results).filter((spike) => /(exc|inh)\[/.test(spike));
    expect(cells(ours).length).toBeGreaterThan(500);
    expect(firstDifference(cells(ours), cells(theirs))).toEqual([]);
  });

  test('random networks fire spike by spike as under NEST; docs/pynn-conformance.md', async () => {
    const networks = seeds.map(randomNetwork);
    const models = networks.map(({ document }, k) => ({
      what: `random network ${seeds[k]}`,
      valid: read(document).valid,
    }));
    const outcomes = await runThere(chosenSeeds === undefined ? records : withoutRecords, 'nest', models, (outcome) =>
      failed(outcome) ? outcome : thinned(outcome),
    );
    let spikes = 0;
    const wrong: string[] = [];
    for (const [k, network] of networks.entries()) {
      const [theirs, ours] = [outcomes[k]!, await here(models[k]!.valid)];
      if (failed(theirs)) throw new Error(`${seeds[k]}: ${theirs.error}`);
      const compared = (results: Results): readonly string[] =>
        spikesOf({
          ...results,
          populations: Object.fromEntries(
            Object.entries(results.populations).filter(([label]) =>
              ['exact', 'conductance'].includes(network.comparisons[label] ?? ''),
            ),
          ),
        });
      const found = [...firstDifference(compared(ours), compared(theirs)), ...wrongTraces(network, ours, theirs)];
      spikes += compared(ours).length;
      wrong.push(...found.slice(0, 3).map((line) => `${seeds[k]}: ${line}`));
    }
    expect(wrong).toEqual([]);
    expect(spikes).toBeGreaterThan(10 * seeds.length);
  }, 3_600_000);
});
