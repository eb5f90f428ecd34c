/** Which long tests run for a change. */

import { describe, expect, it } from 'vitest';
import { chooseLong, longFiles } from './long-tests.js';

const files = Array.from({ length: 20 }, (_, k) => `test/${String(k).padStart(2, '0')}.test.ts`);
const seconds = Object.fromEntries(files.map((file, k) => [file, k * k]));
const night = { broken: [], seconds };
const whole = { commit: '', date: '', effort: 'usual', passed: 1, failed: 0, skipped: 0, ...night };

describe('long tests', () => {
  it('run once in each week without a change, each day about equally long', () => {
    const days = Array.from({ length: 7 }, (_, day) => chooseLong(files, night, new Set(), 20_000 + day));
    expect(days.flatMap(({ run }) => [...run.keys()]).sort()).toEqual(files);
    for (const { run, left } of days) {
      expect([...run.keys(), ...left].sort()).toEqual(files);
      const took = [...run.keys()].reduce((sum, file) => sum + seconds[file]!, 0);
      // The mean is 353 s.
      expect(Math.abs(took - 353)).toBeLessThan(40);
    }
  });

  it('have the same turn, whatever a change reaches', () => {
    const { run } = chooseLong(files, night, new Set(), 3);
    const [reached] = files.filter((file) => !run.has(file));
    const more = chooseLong(files, night, new Set([reached!]), 3).run;
    expect(more).toEqual(new Map([[reached, 'a change reaches it'], ...run]));
  });

  it('run all where nothing is known', () => {
    expect(chooseLong(files, undefined, new Set(), 0).left).toEqual([]);
    expect(chooseLong(files, night, undefined, 0).left).toEqual([]);
  });

  it('run if they are new, and if they failed', () => {
    const [first = '', second = ''] = files;
    const { [first]: _, ...known } = seconds;
    const reasons = [0, 1].map((day) => chooseLong(files, { broken: [second], seconds: known }, new Set(), day).run);
    for (const run of reasons) expect([run.get(first), run.get(second)]).toEqual(['it is new', 'it failed last night']);
  });

  it('are those of the list, and those that took long', () => {
    const listed = longFiles({ ...whole, seconds: {} });
    expect(listed.length).toBeGreaterThan(40);
    const [short, long] = ['test/index.test.ts', 'test/architecture.test.ts'];
    const found = longFiles({ ...whole, seconds: { [short]: 4, [long]: 11, 'test/removed.test.ts': 99 } });
    expect(found).toEqual([...listed, long].sort());
  });
});
