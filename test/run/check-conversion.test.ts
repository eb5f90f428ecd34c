/** A model and what it was converted to, run and compared. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../src/run/check-conversion.js';
import { importModel } from '../../src/run/pipeline.js';
import type { ValidModel } from '../../src/model/model.js';

/** v rises towards 12 mV with a time constant of 10 ms, in steps of 0.1 ms, and never reaches its threshold. */
function relaxing(changes: object = {}, monitors: object = {}): ValidModel {
  const specification = {
    format: 'interneuron/brian',
    dt: '0.1 ms',
    neuron_groups: {
      cells: { N: 2, model: 'dv/dt = (12*mV - v)/(10*ms) : volt', threshold: 'v > 20*mV', method: 'exact', ...changes },
    },
    state_monitors: { M: { source: 'cells', variables: ['v'], record: [0], ...monitors } },
    run: '30 ms',
  };
  return importModel({ name: 'relaxing.json', text: JSON.stringify(specification) }, {}).valid;
}

/** The samples at 0, 0.1 ms and so on: exactly, and by forward Euler steps. */
const [exact, euler] = [Math.exp(-0.01), 1 - 0.01].map((factor) =>
  Array.from({ length: 300 }, (_, k) => 0.012 * (1 - factor ** k)),
) as [number[], number[]];

test('samples of a cell without spikes: forward Euler in LEMS in place of the solution', async () => {
  const { spikes, variables } = await checkConversion(relaxing(), 'lems');
  expect(spikes).toEqual([0, 0]);
  const apart = exact.map((value, k) => Math.abs(value - euler[k]!));
  expect(variables).toHaveLength(1);
  expect(variables?.[0]).toMatchObject({ population: 'cells', variable: 'v', unit: 'V' });
  // LEMS may have no sample of the start; of a recorded part of a population all cells are compared.
  expect(variables?.[0]?.samples).toBeGreaterThanOrEqual(2 * (apart.length - 1));
  expect(variables?.[0]?.largest).toBeCloseTo(Math.max(...apart), 12);
  expect(variables?.[0]?.range).toBeCloseTo(exact.at(-1)!, 12);
});

test('the same samples in PyNN, however far apart they are taken', async () => {
  const { variables } = await checkConversion(relaxing({}, { dt: '1 ms' }), 'pynn');
  expect(variables).toHaveLength(1);
  expect(variables?.[0]?.largest).toBeLessThan(1e-15);
});

test('variables that have another name after conversion are not compared, and said', async () => {
  const valid = relaxing(
    { model: 'dv/dt = (12*mV - v + I)/(10*ms) : volt\ndI/dt = -I/(5*ms) : volt' },
    { variables: ['v', 'I'] },
  );
  const { absent, variables } = await checkConversion(valid, 'pynn');
  expect([...absent, ...(variables ?? []).map((one) => `${one.population}.${one.variable}`)].sort()).toEqual([
    'cells.I',
    'cells.v',
  ]);
});
