/** Sources that may spike several times in a step, in Brian with the same function. */

import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../../src/lang/parse.js';
import { boundsOf, type Bounds } from '../../../src/library/recognise/bounds.js';
import { spikesOf } from '../../../src/run/check-conversion.js';
import { convertModel, type TargetNotation } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { spikesEnough } from '../../../src/library/poisson-counts.js';
import { givenCountsIn, withGivenCounts } from '../../support/counted-sources.js';
import { fastSources, severalSpikesModels } from '../../support/several-spikes-models.js';
import { inSteps } from '../../support/same-run.js';
import { chiSquareP } from '../../support/statistics.js';
import { expectEquivalent } from './support.js';

const read = (text: string) => importModel({ name: 'model.json', text });
const written = async (text: string, to: TargetNotation, strict: boolean) => {
  const { files, outcome, report } = await convertModel(read(text).valid, to, { strict });
  return { text: files[0]?.text ?? '', outcome, report };
};

const poisson = (mean: number) => (k: number) => {
  let probability = Math.exp(-mean);
  for (let one = 1; one <= k; one++) probability *= mean / one;
  return probability;
};

test.each(severalSpikesModels)(
  'with given numbers of spikes, all cells spike in the same steps: %s',
  async (_, text) => {
    const brian = await written(text, 'brian-json', true);
    expect(brian.outcome).toBe('equivalent');
    const source = withGivenCounts(read(text).valid);
    const ours = inSteps(await spikesOf(source), 1e-4);
    const theirs = inSteps(await spikesOf(read(givenCountsIn(brian.text)).valid, {}, source), 0);
    // Brian has a generator besides.
    expect(theirs).toMatchObject(ours);
    const repeated = Object.values(ours).flatMap((trains) =>
      trains.flatMap((train) => train.filter((step, k) => step === train[k - 1])),
    );
    expect(repeated.length).toBeGreaterThan(100);
    for (const name of Object.keys(ours).filter((one) => one !== 's' && one !== 'r'))
      expect(ours[name]?.flat().length).toBeGreaterThan(20);
  },
);

test('given spikes are all written, whether or not the conversion is strict', async () => {
  const [, text = ''] = severalSpikesModels.find(([name]) => name.startsWith('given spikes')) ?? [];
  const plain = await written(text, 'brian', false);
  // The weights in transit of its plastic synapses are approximate.
  expect(plain.report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  expect(plain.text).toContain('threshold="n_spikes > 0"');
});

test('numbers of spikes in a step have a Poisson distribution', async () => {
  const { text } = await written(fastSources, 'brian-json', true);
  const trains = (await spikesOf(read(text).valid)).get('s') ?? [];
  const counts = trains.flatMap((train) => {
    const steps = new Array<number>(500).fill(0);
    for (const time of train) steps[Math.round(time * 1e4)]! += 1;
    return steps;
  });
  expect(counts).toHaveLength(50_000);
  expect(chiSquareP(counts, poisson(0.4))).toBeGreaterThan(1e-3);
  // A PoissonGroup has another distribution, which the test tells from this one.
  const plain = await written(fastSources, 'brian-json', false);
  expect(plain.outcome).toBe('approximate');
  const once = (await spikesOf(read(plain.text).valid)).get('s') ?? [];
  expect(once.every((train) => train.every((time, k) => time !== train[k - 1]))).toBe(true);
});

test('monitors of such sources say how many spikes a step had', async () => {
  const { text } = await written(fastSources, 'brian', true);
  expect(text).toContain('SpikeMonitor(s, variables=["n_spikes"], name="s_spikes")');
  expect(text).toContain('threshold="n_spikes > 0"');
});

test('there are events for as many spikes as a run can have', () => {
  for (const [mean, draws] of [
    [0.002, 5e5],
    [0.2, 1e7],
    [3, 2000],
  ] as const) {
    const { most = 0 } = spikesEnough(mean, draws, 40) ?? {};
    let beyond = 0;
    for (let k = most + 1; k < most + 100; k++) beyond += poisson(mean)(k);
    expect(beyond * draws).toBeLessThan(1e-9);
    // One event less would not be enough.
    expect((beyond + poisson(mean)(most)) * draws).toBeGreaterThan(1e-9);
  }
  expect(spikesEnough(100, 1, 40)).toBeUndefined();
});

test.each(['sources', 'stdp-network', 'stdp-random-delays', 'segments', 'brunel', 'poisson-fast'])(
  '%s is equivalent',
  expectEquivalent,
);

describe('bounds of values', () => {
  const at = (text: string): Bounds | undefined =>
    boundsOf(parseExpression(text), (name) => (name === 'x' ? [-1, 3] : name === 'y' ? [2, 4] : undefined));
  test.each([
    ['x + y', [1, 7]],
    ['x - y', [-5, 1]],
    ['-x*y', [-12, 4]],
    ['x/y', [-0.5, 1.5]],
    ['y/x', undefined],
    ['floor(x/2)', [-1, 1]],
    ['1 + 2*uniform()', [1, 3]],
    ['clip(normal(0, 1), x, y)', [-1, 4]],
    ['max(x, y)', [2, 4]],
    ['normal(0, 1)', undefined],
    ['x if y > 3 else y', [-1, 4]],
    ['z', undefined],
  ])('%s', (text, expected) => {
    expect(at(text)).toEqual(expected);
  });
});
