/** Currents of the time that stand in equations become sources of the notations that have them. */

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { withCurrentsApart } from '../../src/library/currents-apart.js';
import { checkConversion } from '../support/check-conversion.js';
import { convertModel } from '../../src/convert/convert.js';
import { typedValid, writtenModel } from '../../src/model/typed-model.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

type Valid = ReturnType<typeof importModel>['valid'];
interface Source {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inject_into: readonly string[];
}

async function sourcesOf(valid: Valid): Promise<readonly Source[]> {
  const { files } = await convertModel(valid, 'pynn-json');
  return (JSON.parse(files[0]?.text ?? '') as { current_sources?: readonly Source[] }).current_sources ?? [];
}

it.each<Source>([
  { type: 'DCSource', params: { amplitude: 1.2, start: 10, stop: 60 }, inject_into: ['a'] },
  { type: 'DCSource', params: { amplitude: 1.2, start: 10 }, inject_into: ['a'] },
  { type: 'StepCurrentSource', params: { times: [10, 30, 50], amplitudes: [0.5, 1.5, 0] }, inject_into: ['a'] },
  {
    type: 'ACSource',
    params: { amplitude: 0.6, offset: 0.5, frequency: 20, phase: 30, start: 5, stop: 80 },
    inject_into: ['a'],
  },
])('$type of PyNN comes back from Brian', async (source) => {
  const document = {
    format: 'interneuron/pynn',
    populations: [{ label: 'a', size: 2, cell: { type: 'IF_curr_exp' } }],
    current_sources: [{ label: 'source', ...source }],
    recordings: [{ target: 'a', variables: ['spikes'] }],
    phases: [{ run: 100 }],
  };
  const { files } = await convertModel(
    importModel({ name: 'a.json', text: JSON.stringify(document) }).valid,
    'brian-json',
  );
  const { valid } = importModel({ name: 'b.json', text: files[0]?.text ?? '' });
  expect(await sourcesOf(valid)).toMatchObject([source]);
  const lems = await convertModel(valid, 'lems');
  expect(lems.files[0]?.text).toMatch(/<(pulse|sine)Generator id/);
});

const group = (equations: string, more: object = {}, parts: object = {}): Valid =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      timed_arrays: { amps: { values: [0, 0.5, 1.5, 0], unit: 'nA', dt: '20 ms' } },
      neuron_groups: {
        G: {
          N: 4,
          model: equations,
          threshold: 'v > -50*mV',
          reset: 'v = -65*mV',
          method: 'exact',
          initializers: { v: '-65*mV' },
          ...more,
        },
      },
      spike_monitors: { spikes: { source: 'G' } },
      run: '100 ms',
      ...parts,
    }),
  }).valid;

describe('in equations of Brian', () => {
  it.each<[string, string, readonly object[]]>([
    [
      'a timed array',
      'dv/dt = (-65*mV - v)/(20*ms) + amps(t)/nF : volt',
      [{ type: 'StepCurrentSource', params: { times: [20, 40, 60], amplitudes: [0.5, 1.5, 0] }, inject_into: ['G'] }],
    ],
    [
      'a timed array times a resistance',
      'dv/dt = (-65*mV - v + 20*Mohm*amps(t))/(20*ms) : volt',
      [{ type: 'StepCurrentSource', params: { times: [20, 40, 60], amplitudes: [0.5, 1.5, 0] } }],
    ],
    [
      'conditions of the time for some cells, and an offset',
      'dv/dt = (-65*mV - v)/(20*ms) + I/nF : volt\n' +
        'I = 0.9*nA*int(t >= 10*ms)*int(t < 70*ms)*int(i < 2) + 0.3*nA : amp (constant over dt)',
      [{ type: 'DCSource', params: { amplitude: 0.9, start: 10, stop: 70 }, inject_into: ['G[0:2]'] }],
    ],
  ])('%s is a source, with every spike in its step', async (_, equations, sources) => {
    const valid = group(equations);
    expect(await sourcesOf(valid)).toMatchObject(sources);
    const { matched, spikes } = await checkConversion(valid, 'pynn-json');
    expect(spikes[0]).toBeGreaterThan(2);
    expect([matched, spikes[1]]).toEqual([spikes[0], spikes[0]]);
  });

  it('numbers have units with names that the cell does not use', () => {
    const valid = group(
      'dv/dt = (-65*mV - v)/(20*ms) + I/nF : volt\nI = A*int(t >= 10*ms) : amp (constant over dt)\nA : amp\ns : second',
      { initializers: { A: '0.9*nA' } },
    );
    const [stimulus] = Object.values(writtenModel(withCurrentsApart(typedValid(valid), 100).model).stimuli);
    expect(stimulus).toMatchObject({ value: '9e-10*amp if t > 0.01*second - dt/2 else 0*amp' });
  });

  it.each([
    [
      'a current that the threshold reads',
      'dv/dt = (-65*mV - v)/ms + I/nF : volt\nI = amps(t) : amp',
      { threshold: 'I > nA' },
    ],
    ['a current inside steps', 'dv/dt = -(65*mV + v)/ms + amps(t)/nF : volt', { method: 'rk4' }],
    [
      'a factor that is drawn',
      'dv/dt = -(65*mV + v)/ms + k*amps(t)/nF : volt\nk : 1\nI = k*amps(t) : amp',
      { method: 'rk4', initializers: { k: 'rand()' } },
    ],
    [
      'a factor from a table',
      'dv/dt = (-65*mV - v)/ms + k*I/nF : volt\nI = k*amps(t) : amp\nk : 1 (constant)',
      { initializers: { k: 'amps(i*20*ms)/nA' } },
    ],
    [
      'a current that a Poisson input reads',
      'dv/dt = (-65*mV - v)/ms + I/nF : volt\nI = amps(t) : amp',
      {},
      { poisson_inputs: { noise: { target: 'G', target_var: 'v', N: 1, rate: '10 Hz', weight: 'I*Mohm' } } },
    ],
    [
      'a current that a phase reads',
      'dv/dt = (-65*mV - v)/ms + I/nF : volt\nI = amps(t) : amp',
      {},
      { run: [{ duration: '50 ms' }, { set: { 'G.v': 'I*Mohm' }, duration: '50 ms' }] },
    ],
  ] as readonly [string, string, object, object?][])('%s stays', (_, equations, more, parts = {}) => {
    const valid = typedValid(group(equations, more, parts));
    expect(withCurrentsApart(valid, 100).model.stimuli).toEqual(valid.model.stimuli);
  });
});
