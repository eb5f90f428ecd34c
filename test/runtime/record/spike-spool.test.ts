import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createSpikeSpool } from '../../../runtime/record/spike-spool.js';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'interneuron-spool-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** 80000 spikes of 50 cells: in step s, the cells c with s·7 + c divisible by 5. */
function manySpikes(): { readonly steps: Uint32Array; readonly cells: Uint32Array } {
  const steps: number[] = [];
  const cells: number[] = [];
  for (let step = 0; step < 8_000; step += 1) {
    for (let cell = 0; cell < 50; cell += 1) {
      if ((step * 7 + cell) % 5 !== 0) continue;
      steps.push(step);
      cells.push(cell);
    }
  }
  return { steps: Uint32Array.from(steps), cells: Uint32Array.from(cells) };
}

describe('spike spool', () => {
  test.each([10_000_000, 70_000, 1])('sorts by cell with room for %i spikes in memory', (memory) => {
    const path = join(directory, 'spikes');
    const spool = createSpikeSpool({ population: 'p', event: 'spike', cells: { begin: 0, end: 50 } }, 50, path, {
      memory,
    });
    const { steps, cells } = manySpikes();
    for (let at = 0; at < steps.length; at += 12_345)
      spool.append(steps.subarray(at, at + 12_345), cells.subarray(at, at + 12_345));
    // Its file has no name, so it disappears when the process is killed.
    expect(existsSync(path)).toBe(false);
    const trains = spool.trains();
    const ofCell = (cell: number): number[] => [...steps].filter((_, i) => cells[i] === cell);
    expect([...trains.counts]).toEqual(Array.from({ length: 50 }, (_, cell) => ofCell(cell).length));
    expect([...trains.read(17, 18)]).toEqual(ofCell(17));
    expect([...trains.read(3, 5)]).toEqual([...ofCell(3), ...ofCell(4)]);
    expect([...trains.inOrder()].flatMap((block) => [...block.steps])).toEqual([...steps]);
    expect([...trains.inOrder()].flatMap((block) => [...block.cells])).toEqual([...cells]);
    spool.dispose();
    expect(existsSync(path)).toBe(false);
  });

  test.each([10_000_000, 1])('keeps values with their spikes, with room for %i of them in memory', (memory) => {
    const variables = ['v', 'w'].map((name) => ({ name, unit: 'V' }));
    const plan = { population: 'p', event: 'spike', cells: { begin: 10, end: 50 }, variables };
    const spool = createSpikeSpool(plan, 50, join(directory, 'spikes'), { memory });
    const { steps, cells } = manySpikes();
    const all = [
      Float64Array.from(steps, (step, k) => step + cells[k]! / 64),
      Float64Array.from(steps, (step, k) => (k % 7 === 0 ? NaN : -step / (cells[k]! + 1))),
    ];
    for (let at = 0; at < steps.length; at += 12_345)
      spool.append(
        steps.subarray(at, at + 12_345),
        cells.subarray(at, at + 12_345),
        all.map((each) => each.subarray(at, at + 12_345)),
      );
    const kept = (values: Float64Array, from = 10, to = 50): number[] =>
      [...values].filter((_, k) => cells[k]! >= from && cells[k]! < to);
    const trains = spool.trains();
    for (const [k, values] of all.entries()) {
      expect([...trains.values(k, 7, 8)]).toEqual(kept(values, 17, 18));
      expect([...trains.inOrder()].flatMap((block) => [...block.values[k]!])).toEqual(kept(values));
      expect([...spool.since(70_000 * 0.7).values[k]!]).toEqual(kept(values).slice(70_000 * 0.7));
    }
    expect([...trains.values(0, 3, 5)]).toEqual([...kept(all[0]!, 13, 14), ...kept(all[0]!, 14, 15)]);
    spool.dispose();
  });

  test('keeps the cells of the plan only', () => {
    const spool = createSpikeSpool(
      { population: 'p', event: 'spike', cells: { list: [2, 7] } },
      10,
      join(directory, 'spikes'),
    );
    spool.append(Uint32Array.of(1, 1, 2, 3), Uint32Array.of(2, 3, 7, 2));
    const trains = spool.trains();
    expect([...trains.counts]).toEqual([2, 1]);
    expect([...trains.read(0, 2)]).toEqual([1, 3, 2]);
    expect([...trains.inOrder()].flatMap(({ cells }) => [...cells])).toEqual([2, 7, 2]);
  });

  test('a folder that is not there is told in a sentence', () => {
    const spool = createSpikeSpool(
      { population: 'p', event: 'spike', cells: { begin: 0, end: 50 } },
      50,
      join(directory, 'none', 'spikes'),
      { memory: 1 },
    );
    const { steps, cells } = manySpikes();
    expect(() => spool.append(steps, cells)).toThrow(UsageError);
  });
});
