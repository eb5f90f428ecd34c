/** Values that only one end of a synapse determines are computed once per element of that end, with the same bits. */

import { describe, expect, test } from 'vitest';
import type { Program } from '../../../src/ir/program.js';
import { bodyOf, calleesOf } from '../../../src/ir/walk.js';
import { brian } from '../../support/brian-text.js';
import { lowered, simulate, type Simulation } from '../../support/simulate.js';

/** A network of cells that decay, with one sum over its synapses. */
const network = (sum: string, more = ''): string =>
  brian(`
    neuron_groups:
      G:
        N: 7
        model: |
          dx/dt = (J - x)/(10*ms) : 1
          J : 1
          n : integer
          r = tanh(x) : 1
          big = int(exp(x) > 1) : integer
        method: euler
        initializers: { x: "0.3*i - 1", n: "i" }
    synapses:
      S:
        source: G
        target: G
        model: |
          w : 1
          ${more}
          ${sum} : 1 (summed)
        connect: { condition: "(3*i + j) % 4 < 2" }
        initializers: { w: "0.4*i - 0.3*j + 0.1" }
    run: 5 ms
  `);

const kernelsThatCall = (program: Program, name: RegExp): readonly string[] =>
  program.kernels
    .filter((kernel) => [...calleesOf(bodyOf(kernel))].some((each) => name.test(each)))
    .map((kernel) => kernel.name);

const states = (run: Simulation): unknown => [run.final.get('G.x'), run.final.get('G.J')];

// Adding 0 times a variable of the other end keeps the value, and keeps the code with each synapse.
describe('parts of a sum move to their end', () => {
  test.each([
    ['a function of the source', 'J_post = w*tanh(x_pre)', 'J_post = w*tanh(x_pre + 0*x_post)', 'S.sum_J.pre'],
    ['a derived variable of the source', 'J_post = w*r_pre', 'J_post = w*tanh(x_pre + 0*x_post)', 'S.sum_J.pre'],
    ['the source, when sources are summed for', 'J_pre = w*r_pre', 'J_pre = w*tanh(x_pre + 0*x_post)', 'S.sum_J'],
    ['a function of the target', 'J_pre = w*exp(-x_post)', 'J_pre = w*exp(-x_post + 0*x_pre)', 'S.sum_J.post'],
    ['both', 'J_post = r_pre*w*exp(x_post)', 'J_post = tanh(x_pre + 0*x_post)*w*exp(x_post + 0*x_pre)', 'S.sum_J.pre'],
  ])('%s', async (_, moved, kept, kernel) => {
    for (const precision of ['float64', 'float32'] as const) {
      const run = await simulate(network(moved), { precision });
      expect(states(run)).toEqual(states(await simulate(network(kept), { precision })));
      expect(kernelsThatCall(run.program, /tanh|exp/)).toContain(kernel);
    }
  });

  test('a derived variable of the synapse that reads one end', async () => {
    const run = await simulate(network('J_post = w*s', 's = 2*tanh(x_pre) : 1'));
    expect(states(run)).toEqual(states(await simulate(network('J_post = w*s', 's = 2*tanh(x_pre + 0*x_post) : 1'))));
    expect(kernelsThatCall(run.program, /tanh/)).toEqual(['S.sum_J.pre']);
  });

  test('equal parts are computed once', () => {
    const program = lowered(network('J_post = w*tanh(x_pre) + 2*w*tanh(x_pre)')).program;
    expect(program.buffers.filter(({ name }) => name.startsWith('S.sum_J.pre'))).toHaveLength(1);
  });
});

describe('what stays with each synapse', () => {
  test.each([
    ['a value that costs less than a stored one', 'J_post = w*abs(x_pre)'],
    ['a function of both ends', 'J_post = w*sin(x_pre - x_post)'],
    ['a function of the synapse', 'J_post = tanh(w*x_pre)'],
    ['an integer', 'J_post = w*big_pre'],
  ])('%s', (_, sum) => {
    const { program } = lowered(network(sum));
    expect(program.kernels.map(({ name }) => name).filter((name) => name.startsWith('S.sum_J'))).toEqual(['S.sum_J']);
  });
});
