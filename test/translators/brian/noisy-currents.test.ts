/** Currents that draw: Brian allows one draw in an expression, in each step, for each neuron or for all of a group. */

import { expect, test } from 'vitest';
import { convertModel, type ConvertedModel } from '../../../src/run/convert.js';
import { checkConversion } from '../../../src/run/check/check-conversion.js';
import { importModel, type ImportedModel } from '../../../src/run/pipeline.js';

const noise = (label: string, dt: number, more: object = {}): object => ({
  label,
  type: 'NoisyCurrentSource',
  params: { mean: 0.9, stdev: 0.1, dt, ...more },
  inject_into: ['cells'],
});
const network = (sources: readonly object[]): ImportedModel =>
  importModel({
    name: 'model.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      populations: [{ label: 'cells', size: 2, cell: { type: 'IF_curr_exp' } }],
      current_sources: sources,
      recordings: [{ target: 'cells', variables: ['spikes', 'v'] }],
      phases: [{ run: 60 }],
    }),
  });

/** What a report calls approximated, and where. */
const approximated = (report: ConvertedModel['report']): readonly string[] =>
  report.flatMap(({ verdict, code, pointer }) => (verdict === 'approximated' ? [`${code} ${pointer}`] : []));

test('each is a line of its own, shared as its cells share it; what is drawn less often is drawn by a clock', async () => {
  const { files, report } = await convertModel(network([noise('fast', 0.1), noise('slow', 5)]).valid, 'brian');
  const script = files[0]?.text ?? '';
  expect(script).toContain('fast = 0.9*nA + 0.1*nA*randn() : amp (shared, constant over dt)');
  expect(script).toContain('slow : amp (shared)');
  expect(script).toContain('i_inj = fast + slow : amp');
  expect(script).toContain(
    'cells.run_regularly(\n    "slow = 0.9*nA + 0.1*nA*randn()", dt=5 * ms, when="before_start", order=-1\n)',
  );
  expect(approximated(report)).toEqual(['convention/refractory /neurons/IF_curr_exp']);
});

// Without a deviation both runs are the same. 1.2 nA take each of both cells to its threshold once: in 20 ms * ln(24/9).
test('a current that holds is on and off at its own times, and beside one that follows the time', async () => {
  const off = { stdev: 0, start: 6, stop: 40 };
  const step = { label: 'step', type: 'DCSource', params: { amplitude: 0.3, start: 5 }, inject_into: ['cells'] };
  const { valid } = network([noise('slow', 3, off), step]);
  const check = await checkConversion(valid, 'brian');
  expect([check.spikes, check.matched]).toEqual([[2, 2], 2]);
  expect(check.populations.map(({ largest }) => largest)).toEqual([0]);
});

test('draws between the ticks of a clock are said', async () => {
  const { report } = await convertModel(network([noise('slow', 3, { start: 4 })]).valid, 'brian');
  expect(approximated(report)).toEqual([
    'brian/held-noise /stimuli/slow',
    'convention/refractory /neurons/IF_curr_exp',
  ]);
});

// Each cell has its own threshold crossings; noise without a deviation adds 0.1 nA to all but the first.
test('currents into one cell each that differ in numbers are one current, with values of the cells', async () => {
  const cells = [0, 1, 2, 3];
  const into = (cell: number): object => ({ inject_into: [`cell${cell}`] });
  const { valid } = importModel({
    name: 'model.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      populations: [{ label: 'cells', size: 4, cell: { type: 'IF_curr_exp', params: { tau_refrac: 2 } } }],
      views: cells.map((k) => ({ label: `cell${k}`, of: 'cells', select: { indices: [k] } })),
      current_sources: [
        ...cells.map((k) => ({
          label: `dc${k}`,
          type: 'DCSource',
          params: { amplitude: [0.9, 1, 1.1, 1.2][k], start: 5 },
          ...into(k),
        })),
        ...[1, 2, 3].map((k) => ({ ...noise(`noise${k}`, 0.1, { mean: 0.1, stdev: 0 }), ...into(k) })),
      ],
      recordings: [{ target: 'cells', variables: ['spikes', 'v'] }],
      phases: [{ run: 100 }],
    }),
  });
  const { files } = await convertModel(valid, 'brian');
  const script = files[0]?.text ?? '';
  expect(script).toContain('amplitude : amp (constant)\n');
  expect(script).toContain('cells.amplitude = [0.9, 1, 1.1, 1.2] * nA\n');
  expect(script.match(/randn/g)).toHaveLength(1);
  expect(script).toContain('int(i >= 1)*noise1');
  const check = await checkConversion(valid, 'brian');
  expect(check.spikes[0]).toBeGreaterThan(10);
  expect(check.spikes[1]).toBe(check.spikes[0]);
});
