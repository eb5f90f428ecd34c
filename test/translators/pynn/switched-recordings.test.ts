/** Recordings that end, and begin again, in scripts. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel, readSource } from '../../../src/run/pipeline.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';
import { recordedTimes } from '../../../translators/pynn/script/switched-recordings.js';
import { missingEnvironment, recordsOf } from '../../support/python.js';
import { simulate } from '../../support/simulate.js';
import { documentOf } from './support.js';

const none = missingEnvironment('.venv-pynn');

const exported = async (text: string, name = 'm.json') =>
  await exportPynnScript(importModel({ name, text }).valid, 'm');

const view = (label: string, indices: readonly number[]): object => ({ label, of: 'a', select: { indices } });

/** Cells that spike alike, of which two overlapping views and the whole are recorded at different times. */
const document = documentOf({
  setup: { timestep: 0.1 },
  populations: [
    { label: 'a', size: 3, cell: { type: 'IF_cond_exp', params: { i_offset: 1, tau_refrac: 1 } } },
    { label: 'b', size: 2, cell: { type: 'IF_cond_exp', params: { i_offset: 0.9 } } },
  ],
  views: [view('x', [0, 1]), view('y', [1, 2])],
  recordings: [{ target: 'x', variables: ['spikes', 'v'], sampling_interval: 0.5 }],
  phases: [
    { run: 20.3 },
    { record: { target: 'y', variables: ['v'], sampling_interval: 0.5 } },
    { record: { target: 'b', variables: ['spikes'] } },
    { run: 50 },
    { record: { target: 'x', variables: null } },
    { run: 60 },
    { record: { target: 'b', variables: null } },
    { record: { target: 'x', variables: ['spikes'] } },
    { run: 50 },
  ],
});

/** Whether the protocol records spikes of a cell at a time (ms): of `x` with a pause, of `b` in the middle. */
const isOn = (population: string, cell: number, time: number): boolean =>
  population === 'a' ? cell < 2 && (time <= 70.3 || time > 130.3) : time > 20.3 && time <= 130.3;

interface Results {
  readonly populations: Readonly<
    Record<
      string,
      readonly {
        readonly spikes: Readonly<Record<string, readonly number[]>>;
        readonly signals: Readonly<
          Record<
            string,
            {
              readonly cells: readonly number[];
              readonly times: readonly number[];
              readonly values: readonly (readonly (number | null)[])[];
            }
          >
        >;
      }[]
    >
  >;
}

/** Results of a script under a simulator of PyNN. */
async function resultsOf(script: string, simulator: string): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'switched-'));
  const file = join(folder, 'm.py');
  writeFileSync(file, script);
  return (await recordsOf('.venv-pynn', 'pynn', file, [simulator])) as Results;
}

test('recordings are on from their start to their end, in each segment', () => {
  const spikes = { target: 'a', variables: ['spikes'] };
  const times = recordedTimes({
    format: 'interneuron/pynn',
    recordings: [spikes],
    phases: [
      { run: 10 },
      { record: { target: 'a', variables: null } },
      { run_until: 15 },
      { record: spikes },
      { run: 5 },
      { reset: {} },
      { run: 3 },
      { record: { target: 'a', variables: null } },
      { run: 1 },
    ],
  });
  const segments = [
    [
      [0, 10],
      [15, 20],
    ],
    [[0, 3]],
  ];
  expect(times).toEqual([{ recording: spikes, segments }]);
});

test('scripts do not end recordings, and begin all before the first run', async () => {
  const { files, report } = await exported(document);
  const text = files[0]!.text;
  expect(text).not.toContain('record(None)');
  expect(text.lastIndexOf('.record(')).toBeLessThan(text.indexOf('sim.run('));
  expect(text).toContain('(x, ["spikes"], [[(0, 70.3), (130.3, 180.3)]])');
  expect(report.map(({ code }) => code)).not.toContain('pynn/recorded-again');
});

test('scripts without pauses write all that is recorded', async () => {
  const text = documentOf({
    populations: [{ label: 'a', size: 1, cell: { type: 'IF_cond_exp' } }],
    recordings: [{ target: 'a', variables: ['spikes'] }],
    phases: [{ run: 1 }, { run: 1 }],
  });
  expect((await exported(text)).files[0]!.text).not.toContain('without_pauses');
});

test('the end of what is read of synapses is missing by name', async () => {
  const text = documentOf({
    populations: ['a', 'b'].map((label) => ({ label, size: 1, cell: { type: 'IF_cond_exp' } })),
    projections: [
      {
        label: 'p',
        pre: 'a',
        post: 'b',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
      },
    ],
    recordings: [{ target: 'p', variables: ['weight'] }],
    phases: [{ run: 1 }, { record: { target: 'p', variables: null } }, { run: 1 }],
  });
  expect((await exported(text)).report).toContainEqual(
    expect.objectContaining({ message: 'the end of the recording of p; the JSON form has it, scripts do not' }),
  );
});

describe.skipIf(none !== null).each(['nest', 'neuron'])(
  `under pyNN.%s${none === null ? '' : ` (skipped: ${none})`}`,
  (simulator) => {
    test('results have what the model records, and nothing of pauses', { timeout: 120_000 }, async () => {
      const [{ populations }, ours] = await Promise.all([
        resultsOf((await exported(document)).files[0]!.text, simulator),
        simulate(document),
      ]);
      const [a, b] = [populations['a']![0]!, populations['b']![0]!];
      const limit = simulator === 'nest' ? 0.05 : 0.65;
      // The same steps under NEST; each spike of NEURON, which integrates otherwise, may be a step later, and there are six.
      for (const [name, part] of Object.entries({ a, b })) {
        const theirs = Object.values(part.spikes)
          .flat()
          .sort((p, q) => p - q);
        const expected = (ours.events.get(`${name}.spike`) ?? [])
          .flatMap(([step, cell]) => (isOn(name, cell, (step + 1) / 10) ? [(step + 1) / 10] : []))
          .sort((p, q) => p - q);
        expect(expected.length).toBeGreaterThan(3);
        expect(theirs).toHaveLength(expected.length);
        theirs.forEach((time, k) => expect(Math.abs(time - expected[k]!)).toBeLessThan(limit));
      }
      const { cells, times, values } = a.signals['v']!;
      // The first view until 70.3 ms, the second one from 20.3 ms on, at whole multiples of the interval.
      const ofCell = (cell: number): readonly number[] =>
        times.filter((_, k) => values[k]![cells.indexOf(cell)] !== null);
      expect([0, 1, 2].map((cell) => ofCell(cell).length)).toEqual([141, 361, 320]);
      expect(ofCell(0).at(-1)).toBeCloseTo(70, 6);
      expect(ofCell(2)[0]).toBeCloseTo(20.5, 6);
    });

    test(
      'a protocol of Brian keeps all its spikes, and the samples of both stretches',
      { timeout: 120_000 },
      async () => {
        const text = readFileSync('fixtures/brian/protocol.yaml', 'utf8');
        const { populations } = await resultsOf((await exported(text, 'protocol.yaml')).files[0]!.text, simulator);
        const { spikes, signals } = populations['G']![0]!;
        expect(Object.values(spikes).flat()).toHaveLength(58);
        for (const name of ['u', 'v']) {
          const { times } = signals[name]!;
          expect(times.filter((time) => time > 150.01 && time < 200.01)).toEqual([]);
          expect(times).toHaveLength(301 + 100);
        }
      },
    );
  },
);

test("by Brian's timing, what is recorded has the beginning of its step as its time", async () => {
  const source = readSource('fixtures/brian/protocol.yaml');
  const condition = async (text: string): Promise<string | undefined> => {
    const { files } = await convertModel(importModel({ ...source, text }).valid, 'pynn');
    return /begin <=? round\(time, 6\) <=? end/.exec(files[0]!.text)?.[0];
  };
  expect(await condition(source.text)).toBe('begin < round(time, 6) <= end');
  // PyNN has no cell whose potential is cubed, so that the script has Brian's equations and Brian's steps.
  const cubic = source.text.replace('0.04/mV*v**2', '0.04/mV*v**2 + 0.0001/mV**2*v**3');
  expect(cubic).not.toBe(source.text);
  expect(await condition(cubic)).toBe('begin <= round(time, 6) < end');
});
