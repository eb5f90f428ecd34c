/** Pathways of one synapse with delays of their own: each acts on the synapse and on the cell in the step of the model. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkConversion } from '../../../../src/run/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';
import type { ValidModel } from '../../../../src/model/model.js';
import { expectSameRun } from '../../../support/same-run.js';
import { simulateModel } from '../../../support/simulate.js';

/** Spikes of which some arrive by one pathway in the step in which others do by the other: 1.3 ms apart. */
const times = [0, 1, 3, 4.3, 5, 6.3, 9, 10.3, 14, 20];

const network = (synapse: object, more: object = {}): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      neuron_groups: {
        cells: {
          N: 2,
          model: 'dv/dt = (1.2 - v)/(10*ms) : 1',
          threshold: 'v > 1',
          reset: 'v = 0',
          method: 'euler',
        },
      },
      spike_generators: {
        given: { N: 2, indices: times.map((_, k) => (k % 3 === 0 ? 1 : 0)), times: times.map((one) => `${one} ms`) },
      },
      synapses: { S: { source: 'given', target: 'cells', connect: true, ...synapse } },
      spike_monitors: { spikes: { source: 'cells' } },
      state_monitors: {
        trace: { source: 'cells', variables: ['v'], record: true },
        own: { source: 'S', variables: ['x', 'soon', 'late'], record: true },
      },
      run: '30 ms',
      ...more,
    }),
  }).valid;

const model = 'x : 1\nsoon : second\nlate : second';
/** What the pathways do to x does not commute. */
const one = 'x += 1\nsoon = t';
const two = 'x = 0.5*x + 0.25\nv_post += 0.1*x\nlate = t';
const inOrder = { model, on_pre: { a: one, b: two }, delay: { a: '1 ms', b: '2.3 ms' } };

/** Samples of a synapse's variable, without the one that LEMS takes after the last step. */
async function samplesOf(valid: ValidModel, name: string): Promise<readonly number[]> {
  const { samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
  return (samples.get(`S.${name}`) ?? []).slice(0, 300).flat();
}

async function expectSameSpikes(valid: ValidModel, options: object): Promise<void> {
  expectSameRun(await checkConversion(valid, 'lems', options), 3);
}

test.each([
  ['as people write it', {}],
  ['strictly', { strict: true }],
])('%s: spikes, potentials and variables of synapses are those of the model', async (_, options) => {
  const valid = network(inOrder);
  const { files, outcome } = await convertModel(valid, 'lems', options);
  expect(outcome).toBe('equivalent');
  await expectSameSpikes(valid, options);
  const again = importModel({ name: 'm.xml', text: files[0]!.text }).valid;
  for (const name of ['x', 'soon', 'late']) {
    const [before, after] = [await samplesOf(valid, name), await samplesOf(again, name)];
    expect(new Set(before).size).toBeGreaterThan(5);
    expect(after.length).toBe(before.length);
    expect(Math.max(...before.map((value, k) => Math.abs(value - after[k]!)))).toBeLessThan(1e-9);
  }
});

test.each(['0.25 ms', '0.35 ms', '2.25 ms', '2.35 ms'])(
  'a delay of %s, half a step more than whole ones',
  async (late) => {
    // LEMS's sum of steps may be off by as little as the half is above or below a whole number.
    const synapse = {
      model: 'x : 1\nsoon : second\nlate : second',
      on_pre: { a: 'v_post += 0.1', b: 'v_post -= 0.08' },
    };
    const valid = network({ ...synapse, delay: { a: '0.1 ms', b: late } });
    await expectSameSpikes(valid, { strict: true });
    const { variables } = await checkConversion(valid, 'lems', { strict: true });
    expect(variables?.find(({ variable }) => variable === 'v')?.largest).toBeLessThan(1e-9);
  },
);

// Pathways of one step act by their names in Brian.
const swapped = { model, on_pre: { b: one, a: two }, delay: { b: '1 ms', a: '2.3 ms' } };

test('the other order within a step is said, and kept strictly', async () => {
  const valid = network(swapped);
  const { report } = await convertModel(valid, 'lems');
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([
    expect.objectContaining({ code: 'lems/order-in-step', pointer: '/synapses/S/pathways/a' }),
  ]);
  expect((await convertModel(valid, 'lems', { strict: true })).outcome).toBe('equivalent');
  await expectSameSpikes(valid, { strict: true });
});

test("the other order within a step of LEMS's own timing is said", async () => {
  const { valid } = importModel({ name: 'm.yaml', text: stringify(network(inOrder).model) }, { timing: 'lems-euler' });
  const { report } = await convertModel(valid, 'lems');
  expect(report).toContainEqual(
    expect.objectContaining({ code: 'lems/order-in-step', pointer: '/synapses/S/pathways/b' }),
  );
});

test.each([
  ['in order', inOrder],
  ['in the other order', swapped],
])('%s, under cells that hear spikes at the beginning of the next step', async (_, synapse) => {
  const valid = network(synapse, {
    synapses: {
      S: { source: 'given', target: 'cells', connect: true, ...synapse },
      among: { source: 'cells', target: 'cells', on_pre: 'v_post += 0.2', connect: 'i != j' },
    },
    state_monitors: {},
  });
  expect((await convertModel(valid, 'lems', { strict: true })).outcome).toBe('equivalent');
  await expectSameSpikes(valid, { strict: true });
});

test.each([
  ['as people write it', {}, {}],
  ['strictly', {}, { strict: true }],
  [
    'under cells that hear spikes at the beginning of the next step',
    { among: { source: 'cells', target: 'cells', on_pre: 'v_post += 0.25', connect: 'i != j' } },
    { strict: true },
  ],
])('%s: random inputs act from the first step on', async (_, synapses, options) => {
  // An input in each step, so that nothing depends on draws.
  const valid = network(inOrder, {
    neuron_groups: { cells: { N: 2, model: 'v : 1', threshold: 'v > 4.5', reset: 'v = 0' } },
    poisson_inputs: { P: { target: 'cells', target_var: 'v', N: 1, rate: '10 kHz', weight: 1 } },
    spike_generators: {},
    synapses,
    state_monitors: {},
  });
  expect((await convertModel(valid, 'lems', options)).outcome).toBe('equivalent');
  await expectSameSpikes(valid, options);
});

test('what the cell sees of a synapse in each step changes a step early, which is said, and not strictly', async () => {
  const valid = network(
    { model: 'x : 1\nv_in_post = x : 1 (summed)', on_pre: 'x = 0.5 - x', delay: '1 ms' },
    {
      neuron_groups: {
        cells: {
          N: 2,
          model: 'dv/dt = (1.2 - v + v_in)/(10*ms) : 1\nv_in : 1',
          threshold: 'v > 1',
          reset: 'v = 0',
          method: 'euler',
        },
      },
      state_monitors: { trace: { source: 'cells', variables: ['v'], record: true } },
    },
  );
  const { report } = await convertModel(valid, 'lems');
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([
    expect.objectContaining({ code: 'lems/order-in-step', pointer: '/synapses/S' }),
  ]);
  const plain = await checkConversion(valid, 'lems', {});
  expect(Math.max(...(plain.variables ?? []).map(({ largest }) => largest))).toBeGreaterThan(1e-3);
  expect((await convertModel(valid, 'lems', { strict: true })).outcome).toBe('equivalent');
  await expectSameSpikes(valid, { strict: true });
});
