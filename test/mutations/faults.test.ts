/** Seeded faults: those that are drawn, and how they are put into a source. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { faultsPath, withFault, type Fault } from './faults.js';

const faults = JSON.parse(readFileSync(faultsPath, 'utf8')) as readonly Fault[];

it('are forty, each in a line of its own', () => {
  expect(new Set(faults.map(({ file, line }) => `${file}:${line}`)).size).toBe(40);
  for (const { before, after } of faults) expect(after).not.toBe(before);
});

it('that were tried are among them', () => {
  const found = JSON.parse(readFileSync('test/mutations/found.json', 'utf8')) as Readonly<Record<string, string>>;
  expect(Object.keys(found).filter((number) => faults[Number(number)] === undefined)).toEqual([]);
});

it('are put into the nearest line that is as before', () => {
  const fault: Fault = { file: 'a.ts', line: 5, kind: 'bound', before: 'a < b', after: 'a <= b' };
  expect(withFault('a < b\n\n\na < b\n', fault)).toBe('a < b\n\n\na <= b\n');
  expect(withFault('a > b\n', fault)).toBeUndefined();
});
