/** The results of the last night: how they are recorded, and when they are too old. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ageOf, mendedBy, nightOf, siteSources, unformatted } from '../../scripts/nightly.js';
import { root } from '../support/import-graph.js';

const began = Date.parse('2026-11-01T02:00:00Z');
const report = {
  startTime: began,
  testResults: [
    {
      name: join(root, 'test/b.test.ts'),
      status: 'failed',
      startTime: 1000,
      endTime: 3540,
      assertionResults: [{ status: 'passed' }, { status: 'failed' }, { status: 'skipped' }],
    },
    {
      name: join(root, 'test/a.test.ts'),
      status: 'passed',
      startTime: 1000,
      endTime: 1100,
      assertionResults: [{ status: 'passed' }, { status: 'pending' }],
    },
  ],
};
const night = nightOf(report, { commit: '0123', effort: 'usual', durations: { 'test/a.test.ts': 7 } });

it('are the counts of a report, with the seconds of each file', () => {
  expect(night).toEqual({
    commit: '0123',
    date: '2026-11-01T02:00:00.000Z',
    effort: 'usual',
    passed: 2,
    failed: 1,
    skipped: 2,
    broken: ['test/b.test.ts'],
    seconds: { 'test/a.test.ts': 7, 'test/b.test.ts': 2.5 },
  });
});

it('lose a file that failed when it passes in a later report, and no other', () => {
  const [failed, passed] = report.testResults;
  const both = { ...night, broken: ['test/a.test.ts', 'test/b.test.ts', 'test/c.test.ts'] };
  const later = { testResults: [failed!, passed!, { ...passed!, name: join(root, 'test/d.test.ts') }] };
  expect(mendedBy(later, both)).toEqual({ ...both, broken: ['test/b.test.ts', 'test/c.test.ts'] });
});

describe('are too old', () => {
  const day = 86_400_000;
  it.each([
    [0, 0, false],
    [7, 300, false],
    [8.1, 0, true],
    [0, 301, true],
    [2, undefined, false],
    [9, undefined, true],
  ])('after %d days and %s commits: %s', (days, commits, expected) => {
    const { says, isTooOld } = ageOf(night, began + days * day, commits);
    expect(isTooOld).toBe(expected);
    expect(says.includes('.ci/nightly writes it anew')).toBe(expected);
  });

  it('not if there are none: then all tests run', () => {
    expect(ageOf(undefined, began, undefined).isTooOld).toBe(false);
  });
});

it('leave the documentation site as it is without a change of its sources', () => {
  const changed = ['docs/a.md', 'src/lower/a.ts', 'src/verify/a.ts', 'python/interneuron/src/a.py', 'test/docs/a.ts'];
  const sources = ['docs/a.md', 'src/verify/a.ts', 'python/interneuron/src/a.py'];
  expect(siteSources(changed, "export { a } from './verify/a.js';")).toEqual(sources);
});

it.each([
  [
    ['src/index.ts', 'src/gone.ts'],
    ['package.json', 'src/index.ts'],
  ],
  [['package-lock.json', 'src/index.ts'], ['.']],
  [undefined, ['.']],
])('of %j the format of %j is looked at', (changed, expected) => {
  expect(unformatted(changed)).toEqual(expected);
});
