/** Running sums of counts: sequential for few counts, by parts for many. */

import { expect, test } from 'vitest';
import { runningSum } from '../../../src/lower/synapses/running-sum.js';
import { built, left, numbers } from './building.js';

/** Exclusive prefix sums, with the total at the end. */
function prefixSums(counts: Uint32Array): number[] {
  const sums = [0];
  for (const count of counts) sums.push(sums.at(-1)! + count);
  return sums;
}

const summing = (counts: Uint32Array) =>
  built((context) => {
    const buffer = context.builder.buffer('counts', 'u32', counts.length + 1, 'counts', {
      initial: Uint32Array.from([...counts, 77]),
    });
    runningSum('sum', buffer, counts.length, context.builder.faultBit('too many'), context);
  });

test.each([1, 2, 2047, 2048, 2049, 3000, 5120, 70_001])('of %i counts', async (length) => {
  const counts = numbers(length, 1000);
  const made = summing(counts);
  expect(made.kernels.filter(({ shape }) => shape === 'sequential')).toHaveLength(1);
  expect(made.kernels).toHaveLength(length > 2048 ? 3 : 1);
  const [found, faults] = await left(made, 'counts', 'faults');
  expect(found).toEqual(prefixSums(counts));
  expect(faults).toEqual([0]);
});

test.each([
  ['2^32 - 1 is a sum', 2 ** 32 - 1 - 5000, 0],
  ['2^32 is none', 2 ** 32 - 5000, 1],
])('%s', async (_, first, fault) => {
  for (const length of [2000, 5000]) {
    const counts = new Uint32Array(length).fill(1);
    counts[0] = first + 5000 - (length - 1);
    const [found, faults] = await left(summing(counts), 'counts', 'faults');
    expect(faults).toEqual([fault]);
    expect(found!.at(-1)).toBe((first + 5000) % 2 ** 32);
  }
});
