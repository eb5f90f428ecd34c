import { expect, it } from 'vitest';
import { readHdf5Tree } from '../../src/hdf5/read-tree.js';
import { isRefused } from '../../src/diagnostics/system-error.js';

const path = 'test/hdf5/files/halves.h5';

/** What NumPy prints of the numbers. */
const numbers = [1, -2.5, 65504, 0.0999755859375, 5.960464477539063e-8, 2.9981136322021484e-5, -0, Infinity];

it('numbers of 16 bits are read, and those of 80 bits refuse only their own dataset', () => {
  const file = readHdf5Tree(path, ['node']);
  if (isRefused(file)) throw new Error(file.refused);
  const [node] = file.groups;
  expect(node?.attributes).toEqual({ unit: 'mV' });
  expect(Object.fromEntries((node?.tables ?? []).map(({ name, type, values }) => [name, [type, ...values]]))).toEqual({
    little: ['single', ...numbers],
    big: ['single', ...numbers],
    one: ['single', 0.0999755859375],
    long: ['other'],
  });
});
