/** Lines of scripts, as users of PyNN write them. */

import { expect, test } from 'vitest';
import { importModel } from '../../../src/run/pipeline.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';

const scriptOf = async (document: Readonly<Record<string, unknown>>): Promise<string> =>
  (
    await exportPynnScript(
      importModel({ name: 'x.json', text: JSON.stringify({ format: 'interneuron/pynn', version: 1, ...document }) })
        .valid,
    )
  ).files[0]!.text;

const uniform = { random: 'uniform', params: { low: -65, high: -50 } };

test('what is recorded of the same cells stands in one line, and runs say how long they are', async () => {
  const text = await scriptOf({
    populations: [{ label: 'a', size: 2, cell: { type: 'IF_cond_exp' } }],
    recordings: [
      { target: 'a', variables: ['spikes'] },
      { target: 'a', variables: ['v'] },
      { target: 'a', variables: ['gsyn_exc'], sampling_interval: 1 },
    ],
    phases: [{ run_until: 20.1 }, { run_until: 20.3 }, { reset: {} }, { run_until: 5 }],
  });
  expect(text).toContain('a.record(["spikes", "v"])\na.record("gsyn_exc", sampling_interval=1)\n');
  expect(text).toContain('sim.run(20.1)\nsim.run(0.2)\nsim.reset()\nsim.run(5)\n');
});

test('all draws have a generator with the seed of the model', async () => {
  const text = await scriptOf({
    seed: 7,
    populations: [{ label: 'a', size: 2, cell: { type: 'IF_cond_exp' }, initial_values: { v: uniform } }],
    phases: [{ run: 1 }],
  });
  expect(text).toContain('rng = NumpyRNG(seed=7)\n');
  expect(text).toContain('RandomDistribution("uniform", low=-65, high=-50, rng=rng)');
});

test('positions are no whole numbers, of which PyNN could not compute distances', async () => {
  const [near, far] = [
    [0, 0, 0],
    [1, 0, 0],
  ];
  const text = await scriptOf({
    populations: [{ label: 'a', size: 2, cell: { type: 'IF_cond_exp' }, positions: [near, far] }],
    phases: [{ run: 1 }],
  });
  expect(text).toMatch(/a\.positions = np\.array\(\[\[0, 0, 0\], \[1, 0, 0\]\]\)\.T\.astype\(float\)/);
});

test('cells in a row are a slice, and variables of other views do not end in an underscore', async () => {
  const view = (label: string, indices: readonly number[]): object => ({ label, of: 'a', select: { indices } });
  const text = await scriptOf({
    populations: [{ label: 'a', size: 5, cell: { type: 'IF_cond_exp' } }],
    views: [view('a[1, 2]', [1, 2]), view('a[1, 4]', [1, 4]), view('a[3]', [3]), view('a[:]', [0, 1, 2, 3, 4])],
    recordings: ['a[1, 2]', 'a[1, 4]', 'a[3]', 'a[:]'].map((target) => ({ target, variables: ['v'] })),
    phases: [{ run: 1 }],
  });
  expect(text).toContain('a_1_4 = a[[1, 4]]\n');
  expect(text).toContain('a[1:3].record("v")\na_1_4.record("v")\na[3:4].record("v")\na.record("v")\n');
});

test('a current that changes often is one source, also where it flows from the start', async () => {
  const steps = '3*nA if t > 30*ms - dt/2 else 2*nA if t > 20*ms - dt/2 else 1*nA';
  const { valid } = importModel({
    name: 'x.yaml',
    text:
      'interneuron: 1\nneurons: { N: { inputs: { I: nA }, state: { v: { unit: mV } }, derivatives: { v: ' +
      '"(-65*mV - v)/(20*ms) + I/nF" }, events: { spike: { when: v > -50*mV, do: [v = -65*mV] } } } }\n' +
      `populations: { P: { type: N, size: 1 } }\nstimuli: { s: { kind: current, to: P, input: I, value: "${steps}" } }`,
  });
  const sources = (await exportPynnScript(valid)).files[0]!.text.match(/sim\.\w+Source\([^]*?\)/g);
  expect(sources).toEqual([
    'sim.DCSource(amplitude=1, stop=20)',
    'sim.StepCurrentSource(times=[20, 30], amplitudes=[2, 3])',
  ]);
});

test('many spikes are read from a file beside the script, in lines that Black leaves alone', async () => {
  const trains = [0, 1].map((cell) => Array.from({ length: 60 }, (_, k) => k + 0.25 * cell + (k % 2) / 8));
  const { valid } = importModel({
    name: 'x.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      version: 1,
      populations: [
        { label: 'a', size: 2, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: trains } } } },
      ],
      phases: [{ run: 70 }],
    }),
  });
  const [script, spikes] = (await exportPynnScript(valid)).files;
  expect(script?.text).toContain('spike_times=spikes_from(Path(__file__).with_name("model-a.spikes.json"))');
  expect(script?.text.split('\n').filter(({ length }) => length > 88)).toEqual([]);
  expect(JSON.parse(spikes?.text ?? '')).toEqual(trains);
});
