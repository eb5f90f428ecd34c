/** Noise in the equations of synapses: LEMS has random numbers that are drawn in each step. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

/** Synapses whose efficacy is an Ornstein-Uhlenbeck process, and of which each cell shows one. */
const noisy = (equations: string): string => `format: interneuron/brian
dt: 0.1 ms
seed: 3
neuron_groups:
  cells: { N: 20, model: 'x : 1', threshold: 'False' }
synapses:
  S:
    source: cells
    target: cells
    model: |
${equations.replaceAll(/^/gm, '      ')}
      x_post = rho : 1 (summed)
    method: euler
    namespace: { sigma: 0.1 }
    connect: { condition: 'i == j' }
state_monitors:
  m: { source: cells, variables: [x], record: true }
run: 2 s
`;

test('noise of synapses has its variance in LEMS, and the report says that it is drawn there', async () => {
  const text = noisy('drho/dt = (0.5 - rho)/(20*ms) + sigma*sqrt(2/(20*ms))*xi : 1 (clock-driven)');
  const { valid } = importModel({ name: 'model.yaml', text });
  const { report } = await convertModel(valid, 'lems');
  expect(report.map(({ verdict }) => verdict)).not.toContain('notExpressible');
  expect(report.map(({ message }) => message).join()).toContain('the noise xi of synapses of S is drawn in each step');
  const { variables = [], absent } = await checkConversion(valid, 'lems');
  expect(absent).toEqual([]);
  // Two such processes with other draws, each with a deviation of sigma about one mean, are sqrt(2)*sigma apart:
  // 20 of them, for 100 times their time constant, tell it to a few per cent. Both begin at 0, and rise together.
  const [found] = variables;
  expect((found?.rootMeanSquare ?? NaN) / (Math.SQRT2 * 0.1)).toBeGreaterThan(0.9);
  expect((found?.rootMeanSquare ?? NaN) / (Math.SQRT2 * 0.1)).toBeLessThan(1.1);
});

test('noise that several equations of a synapse read is refused by its name', async () => {
  const text = noisy('drho/dt = -rho/(20*ms) + xi/second**0.5 : 1\ndother/dt = -other/(20*ms) + xi/second**0.5 : 1');
  const { report } = await convertModel(importModel({ name: 'model.yaml', text }).valid, 'lems');
  const missing = report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message);
  expect(missing.join()).toContain('the noise xi in several equations of a synapse');
});
