/** Poisson sources in LEMS that may spike several times in a step. */

import { expect, test } from 'vitest';
import { spikesOf } from '../../../../src/run/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel, readSource } from '../../../../src/run/pipeline.js';
import { activeTime } from '../../../../translators/neuroml/export/poisson-source.js';
import { severalSpikesModels } from '../../../support/several-spikes-models.js';
import { chiSquareP } from '../../../support/statistics.js';

const read = (text: string, name = 'model.json') => importModel({ name, text });
const inLems = async (text: string, strict = true) => {
  const { files, outcome, report } = await convertModel(read(text).valid, 'lems', { strict });
  return { text: files[0]?.text ?? '', outcome, report };
};
const steps = (trains: readonly (readonly number[])[] = []): number[][] =>
  trains.map((train) => train.map((time) => Math.round(time * 1e4)));

interface Document {
  readonly populations: readonly { readonly label: string; readonly cell: { readonly type: string } }[];
}
const isSource = ({ cell }: Document['populations'][number]): boolean => cell.type === 'SpikeSourcePoisson';

/** LEMS with intervals that are given instead of drawn: three spikes or four in a step, then none for a while. */
const withGivenIntervals = (lems: string): string =>
  lems
    .replace('"-log(random(1)) -', '"0.37 -')
    .replace('"left - log(random(1))"', '"left + 0.002 + 1.5 * H(left + 0.003)"');

/** A model of PyNN whose Poisson sources spike in given steps of 0.1 ms. */
function withTrains(text: string, trainsOf: (label: string) => readonly (readonly number[])[]): string {
  const document = JSON.parse(text) as Document;
  const populations = document.populations.map((one) => {
    if (!isSource(one)) return one;
    const sequences = trainsOf(one.label).map((train) => train.map((step) => Number((step * 0.1).toFixed(1))));
    return { ...one, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences } } } };
  });
  return JSON.stringify({ ...document, populations });
}

/** Those whose sources LEMS draws, at rates that the given intervals keep. */
const drawn = severalSpikesModels.filter(
  ([, text]) => !/"set|"expr"/.test(text) && (JSON.parse(text) as Document).populations.some(isSource),
);

test.each(drawn)('with given intervals, all cells spike in the same steps: %s', async (_, text) => {
  const lems = await inLems(text);
  expect(lems.outcome).toBe('equivalent');
  const theirs = await spikesOf(read(withGivenIntervals(lems.text), 'model.xml').valid);
  const ours = await spikesOf(read(withTrains(text, (label) => steps(theirs.get(label)))).valid);
  const sources = steps(theirs.get('s')).flat();
  expect(sources.filter((step, k) => step === sources[k - 1]).length).toBeGreaterThan(100);
  for (const [name, trains] of ours) {
    expect(trains.flat().length).toBeGreaterThan(20);
    expect(steps(theirs.get(name))).toEqual(steps(trains));
  }
});

test.each(['sources', 'stdp-network'])('%s is equivalent', async (name) => {
  const { valid } = importModel(readSource(`fixtures/pynn/${name}.json`));
  expect((await convertModel(valid, 'lems', { strict: true })).outcome).toBe('equivalent');
});

/** Sources of some rates and times in ms. @param others  more populations */
const sources = (params: object, others: readonly object[] = []): string =>
  JSON.stringify({
    ...{ format: 'interneuron/pynn', version: 1, pynn: '0.13', seed: 7, setup: { timestep: 0.1 } },
    populations: [{ label: 's', size: 20, cell: { type: 'SpikeSourcePoisson', params } }, ...others],
    recordings: [{ target: 's', variables: 'spikes' }],
    phases: [{ run: 50 }],
  });

const poisson = (mean: number) => (k: number) => {
  let probability = Math.exp(-mean);
  for (let one = 1; one <= k; one++) probability *= mean / one;
  return probability;
};

test.each([
  [20_000, 0, 1e10, 1, 500],
  [3000, 12.37, 30.11, 125, 425],
])('numbers of spikes in a step have a Poisson distribution: %f Hz from %f ms', async (...row) => {
  const [rate, start, duration, first, last] = row;
  const { text } = await inLems(sources({ rate, start, duration }));
  const trains = steps((await spikesOf(read(text, 'model.xml').valid)).get('s'));
  const counts = trains.flatMap((train) => {
    const found = new Array<number>(501).fill(0);
    for (const step of train) found[step]! += 1;
    expect([...found.slice(0, first), ...found.slice(last + 1)].every((one) => one === 0)).toBe(true);
    return found.slice(first, last + 1);
  });
  expect(chiSquareP(counts, poisson(rate * 1e-4))).toBeGreaterThan(1e-3);
  // NeuroML's own source has at most one.
  const plain = await inLems(sources({ rate, start, duration }), false);
  expect(plain.outcome).toBe('approximate');
  expect(plain.text).toContain('<SpikeSourcePoisson');
});

test('more spikes than there are turns are said to wait', async () => {
  const { outcome, report } = await inLems(
    sources({ rate: 1e6 }, [{ label: 'c', size: 1, cell: { type: 'IF_curr_exp' } }]),
  );
  expect(outcome).toBe('approximate');
  expect(report).toContainEqual(
    expect.objectContaining({
      verdict: 'approximated',
      code: 'lems/several-spikes',
      pointer: '/populations/s',
      message:
        'its sources spike up to 100 times in a step, in which 100 spikes are due on average: some wait for the steps that follow',
    }),
  );
});

test('sources are active in the whole steps of the model', () => {
  // PyNN: start - dt/2 < t < start + duration - dt/2.
  expect(activeTime(0.01, 0.02, 1e-4)).toEqual({ start: 0.01, duration: 0.02 });
  expect(activeTime(0.01237, 0.03011, 1e-4)).toEqual({ start: 0.0124, duration: 0.0301 });
  expect(activeTime(0, 1e7, 1e-4)).toEqual({ start: 0, duration: 1e7 });
});
