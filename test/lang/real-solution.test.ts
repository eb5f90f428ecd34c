import { expect, test } from 'vitest';
import { parseExpression } from '../../src/lang/parse.js';
import { hasRealSolution } from '../../src/lang/real-solution.js';

const matrix = (rows: readonly (readonly (string | null)[])[]): Parameters<typeof hasRealSolution>[0] =>
  rows.map((row) => row.map((entry) => (entry === null ? null : parseExpression(entry))));

// By the eigenvalues of each matrix, and Brian's rule that the matrix can be inverted.
test.each([
  ['one decay', [['-1/tau']], true],
  [
    'a decay and what it drives',
    [
      ['-1/a', '1/b'],
      [null, '-1/b'],
    ],
    true,
  ],
  [
    'a symmetric pair',
    [
      ['-2', '1'],
      ['1', '-2'],
    ],
    true,
  ],
  [
    'an oscillator',
    [
      [null, '1'],
      ['-1', null],
    ],
    false,
  ],
  [
    'an oscillator with friction for whatever numbers',
    [
      ['-1', '1'],
      ['-1', '-1'],
    ],
    false,
  ],
  [
    'a pair that is singular',
    [
      ['-1', '1'],
      ['1', '-1'],
    ],
    false,
  ],
  [
    'a ring of three: e^(2πi/3) - 1',
    [
      ['-1', '1', null],
      [null, '-1', '1'],
      ['1', null, '-1'],
    ],
    false,
  ],
  [
    'roots of a cubic with names as coefficients',
    [
      [null, null, 'c'],
      ['1', null, 'b'],
      [null, '1', 'a'],
    ],
    false,
  ],
  [
    'three that factorise: -1, -2, -3',
    [
      ['-2', '1', null],
      ['0', '-2', '0'],
      [null, null, '-3'],
    ],
    true,
  ],
  [
    '-1, -1 and -4, by symmetry',
    [
      ['-2', '-1', '-1'],
      ['-1', '-2', '-1'],
      ['-1', '-1', '-2'],
    ],
    true,
  ],
  [
    'a first column that needs exchanging rows',
    [
      ['0', '0', '1'],
      ['0', '2', '0'],
      ['1', '0', '0'],
    ],
    true,
  ],
])('%s', (_, rows, real) => {
  expect(hasRealSolution(matrix(rows as string[][]))).toBe(real);
});
