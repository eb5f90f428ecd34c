/** Which long tests run for a change. */

import { describe, expect, it } from 'vitest';
import { chooseLong, concerns, longFiles } from './long-tests.js';

const files = Array.from({ length: 20 }, (_, k) => `test/${String(k).padStart(2, '0')}.test.ts`);
const seconds = Object.fromEntries(files.map((file, k) => [file, k * k]));
const night = { broken: [], seconds };
const whole = { commit: '', date: '', effort: 'usual', passed: 1, failed: 0, skipped: 0, ...night };

describe('long tests', () => {
  it('run if a change reaches them', () => {
    const [, reached = ''] = files;
    const { run, left } = chooseLong(files, night, new Set([reached]));
    expect(run).toEqual(new Map([[reached, 'a change reaches it']]));
    expect(left).toEqual(files.filter((file) => file !== reached));
  });

  it('run all where nothing is known', () => {
    expect(chooseLong(files, undefined, new Set()).left).toEqual([]);
    expect(chooseLong(files, night, undefined).left).toEqual([]);
  });

  it('run if they are new, and if they failed', () => {
    const [first = '', second = ''] = files;
    const { [first]: _, ...known } = seconds;
    const { run } = chooseLong(files, { broken: [second], seconds: known }, new Set());
    expect([...run]).toEqual([
      [first, 'it is new'],
      [second, 'it failed last night'],
    ]);
  });

  it('are those that took long', () => {
    const found = { 'test/index.test.ts': 2, 'test/architecture.test.ts': 4, 'test/removed.test.ts': 99 };
    expect(longFiles({ ...whole, seconds: found })).toEqual(['test/architecture.test.ts']);
  });
});

describe('a long test with a subject of its own', () => {
  it.each([
    ['src/codegen/c/generate.ts', 'test/runtime/targets/processes.test.ts', true],
    ['src/lower/passes.ts', 'test/runtime/targets/processes.test.ts', false],
    ['src/lower/passes.ts', 'test/fixtures/targets/brian.test.ts', true],
    ['src/lower/passes.ts', 'test/python/packages.test.ts', false],
    ['python/interneuron/src/a.py', 'test/python/packages.test.ts', true],
    ['translators/brian/road.ts', 'test/python/packages.test.ts', true],
    ['translators/brian/road.ts', 'test/python/brian-device.test.ts', true],
    ['translators/brian/road.ts', 'test/python/pynn-backend.test.ts', false],
    ['python/pynn-interneuron/src/a.py', 'test/python/pynn-backend.test.ts', true],
    ['python/pynn-interneuron/src/a.py', 'test/python/neuron-scripts.test.ts', false],
    ['translators/brian/road.ts', 'test/compare/compare.test.ts', false],
    ['src/compare/compare.ts', 'test/compare/compare.test.ts', true],
    ['test/compare/compare.test.ts', 'test/compare/compare.test.ts', true],
    ['test/support/effort.ts', 'test/runtime/targets/processes.test.ts', true],
    ['fixtures/brian/single-lif.yaml', 'test/runtime/targets/processes.test.ts', true],
  ])('%s, by %s: %s', (changed, test, expected) => {
    expect(concerns(changed, test)).toBe(expected);
  });
});
