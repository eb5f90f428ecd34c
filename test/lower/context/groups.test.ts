/** Populations of one type share their kernels, so that code grows with types. */

import { describe, expect, test } from 'vitest';
import type { Program } from '../../../src/ir/program.js';
import { lowered, simulate } from '../../support/simulate.js';

const model = (
  n: number,
  { size = (k: number): number => 10 + k, values = (k: number): string => `{ tau: ${5 + (k % 7)} ms }` } = {},
): string => `
interneuron: 1
name: merged
neurons:
  cell:
    parameters: { tau: 10 ms, top: 0.5 }
    state: { v: { initial: 0.4*uniform() } }
    derivatives: { v: "(1 - v)/tau + 0.1*xi/ms**0.5" }
    noise: [xi]
    method: euler
    events: { spike: { when: v > top, do: v = 0.0 } }
populations: { ${Array.from({ length: n }, (_, k) => `p${k}: { type: cell, size: ${size(k)}, values: ${values(k)} }`).join(', ')} }
timing: brian
experiment: { dt: 0.1 ms, seed: 3, duration: 2 ms }
`;

const kernelsByPurpose = (program: Program): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { name } of program.kernels) {
    const purpose = name.replace(/^p\d+\./, 'population.').replace(/_\d+$/, '');
    counts.set(purpose, (counts.get(purpose) ?? 0) + 1);
  }
  return counts;
};

describe('100 populations of one type', () => {
  const [few, many] = [kernelsByPurpose(lowered(model(2)).program), kernelsByPurpose(lowered(model(100)).program)];

  test('integrate, draw their noise and test for events in as many kernels as 2 do', () => {
    const merged = (counts: Map<string, number>): [string, number][] =>
      [...counts].filter(([purpose]) => !purpose.startsWith('population.'));
    expect(merged(many)).toEqual(merged(few));
    expect(merged(few).length).toBeGreaterThan(0);
  });

  test('only three kernels exist for each population: first values, the list of spikes, actions of a spike', () => {
    // They run over the spikes or once; merging them too would need event rings of whole groups.
    const own = [...many].filter(([purpose]) => purpose.startsWith('population.'));
    expect(own.map(([purpose]) => purpose).sort()).toEqual([
      'population.initialise',
      'population.spike.act',
      'population.spike.compact',
    ]);
    for (const [, count] of own) expect(count).toBe(100);
  });
});

test('a population gives the same results by itself and among others of its type', async () => {
  const together = await simulate(model(4));
  const alone = await simulate(model(1));
  expect(alone.events.get('p0.spike')).toEqual(together.events.get('p0.spike'));
  expect(alone.final.get('p0.v')).toEqual(together.final.get('p0.v'));
});

describe('a parameter', () => {
  const lengthOf = (program: Program, name: string): unknown =>
    program.buffers.find((buffer) => buffer.name === `cell.${name}`)?.length;
  test('with the same value in all populations is a constant of the code', () => {
    expect(lengthOf(lowered(model(3)).program, 'top')).toBeUndefined();
  });
  test('with one value for each population is a table of as many numbers', () => {
    expect(lengthOf(lowered(model(3)).program, 'tau')).toBe(3);
  });
  test('with a value for each element has a place for each', () => {
    const { program } = lowered(model(3, { values: (k) => (k === 1 ? '{ tau: 5*ms + i*ms }' : '{}') }));
    expect(lengthOf(program, 'tau')).toBe(3 * 64);
  });
  test('that a phase sets is no constant', () => {
    const text = model(2, { values: () => '{}' }).replace(
      'duration: 2 ms',
      'protocol: [{ run: 1 ms }, { set: { p1.top: 0.9 } }, { run: 1 ms }]',
    );
    expect(lengthOf(lowered(text).program, 'top')).toBeDefined();
  });
});

test.each([1, 31, 32, 33, 63, 64, 65, 128])(
  'populations of %i elements begin on whole units of masks and do not run into each other',
  async (n) => {
    const run = await simulate(model(3, { size: () => n, values: (k) => `{ top: ${k === 1 ? '-1' : '1e9'} }` }));
    // The second one fires all the time, the others never.
    expect(run.events.get('p0.spike')).toEqual([]);
    expect(run.events.get('p2.spike')).toEqual([]);
    expect(run.events.get('p1.spike')).toEqual(Array.from({ length: 20 * n }, (_, k) => [Math.floor(k / n), k % n]));
    expect(run.final.get('p1.v')).toEqual(new Array(n).fill(0));
  },
);
