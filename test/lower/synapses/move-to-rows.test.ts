/** Sorting synapses into rows gives the result of an ordinary stable sort, for any number of shares. */

import { expect, test } from 'vitest';
import * as ir from '../../../src/ir/builder.js';
import { moveToRows, sortWithinRows } from '../../../src/lower/synapses/move-to-rows.js';
import { built, left, numbers } from './building.js';

/** Offsets of groups with the given sizes. */
const offsetsOf = (sizes: Uint32Array): Uint32Array => {
  const offsets = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, k) => (offsets[k + 1] = offsets[k]! + size));
  return offsets;
};

interface Case {
  readonly groups: number;
  readonly rows: number;
  readonly expected: number;
  readonly keepsEven?: boolean;
}

test.each<Case>([
  { groups: 1, rows: 5, expected: 0 },
  { groups: 40, rows: 7, expected: 0 },
  { groups: 40, rows: 7, expected: 400 },
  { groups: 300, rows: 2500, expected: 30_000 },
  { groups: 2000, rows: 3, expected: 1e6 },
  { groups: 40, rows: 7, expected: 400, keepsEven: true },
  { groups: 300, rows: 11, expected: 1e5, keepsEven: true },
])('into rows: %o', async ({ groups, rows, expected, keepsEven = false }) => {
  const from = offsetsOf(numbers(groups, 10, 3));
  const count = from.at(-1)!;
  const keys = numbers(count, rows, 5);
  const made = built((context) => {
    const { builder } = context;
    const given = (name: string, initial: Uint32Array) =>
      builder.buffer(name, 'u32', Math.max(1, initial.length), name, {
        initial: initial.length === 0 ? new Uint32Array(1) : initial,
      });
    const [offsets, key] = [given('from', from), given('keys', keys)];
    const starts = builder.buffer('starts', 'u32', rows + 1, 'starts');
    const [moved, of, order] = ['moved', 'of', 'order'].map((name) =>
      builder.buffer(name, 'u32', Math.max(1, count), name),
    );
    moveToRows({
      name: 'move',
      from: offsets,
      groups,
      expected,
      rowOf: (p) => ir.load(key, p),
      ...(keepsEven ? { keep: (p) => ir.eq(ir.and(p, ir.u32(1)), ir.u32(0)) } : {}),
      rows: starts,
      rowCount: rows,
      place: (p, group, at, ordinal, block) => {
        block.write`
          ${moved!}[${at}] = ${p}
          ${of!}[${at}] = ${group}
          ${order!}[${at}] = ${ordinal}`;
      },
      context,
    });
  });
  const positions = Array.from(keys.keys()).filter((p) => !keepsEven || p % 2 === 0);
  const sorted = positions.toSorted((a, b) => keys[a]! - keys[b]! || a - b);
  const groupOf = (p: number): number => from.findLastIndex((begin) => begin <= p);
  const [starts, moved, of, order] = await left(made, 'starts', 'moved', 'of', 'order');
  expect(starts).toEqual(Array.from({ length: rows + 1 }, (_, row) => sorted.filter((p) => keys[p]! < row).length));
  expect(moved!.slice(0, sorted.length)).toEqual(sorted);
  expect(of!.slice(0, sorted.length)).toEqual(sorted.map(groupOf));
  expect(order!.slice(0, sorted.length)).toEqual(sorted.map((p) => positions.indexOf(p)));
});

test('the more synapses, the more shares, so that a device has work for its work-items', () => {
  const shares = (expected: number): number => {
    const made = built((context) => {
      const from = context.builder.buffer('from', 'u32', 10_001, 'from');
      const rows = context.builder.buffer('rows', 'u32', 1001, 'rows');
      moveToRows({
        name: 'move',
        from,
        groups: 10_000,
        expected,
        rowOf: (p) => p,
        rows,
        rowCount: 1000,
        place: () => undefined,
        context,
      });
    });
    const placing = made.kernels.find(({ name }) => name === 'move.place');
    return placing?.shape === 'map' && placing.domain.kind === 'count' ? Number(placing.domain.count) : 0;
  };
  expect([100, 10_000, 100_000].map(shares)).toEqual([1, 5, 50]);
  expect(shares(1e8)).toBeGreaterThan(900);
});

test.each([
  [1, 1],
  [30, 1],
  [30, 64],
  [2, 5],
])('within %i rows by %i keys', async (rowCount, keys) => {
  const rows = offsetsOf(numbers(rowCount, 90, 7));
  const count = rows.at(-1)!;
  const key = numbers(count, keys, 11);
  const made = built((context) => {
    const { builder } = context;
    const offsets = builder.buffer('rows', 'u32', rows.length, 'rows', { initial: rows });
    const of = builder.buffer('keys', 'u32', Math.max(1, count), 'keys', {
      initial: count === 0 ? new Uint32Array(1) : key,
    });
    const segments = builder.buffer('segments', 'u32', rowCount * keys + 1, 'segments');
    const sorted = builder.buffer('sorted', 'u32', Math.max(1, count), 'sorted');
    sortWithinRows({
      name: 'sort',
      comment: 'sort',
      rows: offsets,
      rowCount,
      keyOf: (p) => ir.load(of, p),
      keys,
      segments,
      place: (p, _row, at, block) => block.emit(ir.store(sorted, at, p)),
      context,
    });
  });
  const rowOf = (p: number): number => rows.findLastIndex((begin) => begin <= p);
  const cell = (p: number): number => rowOf(p) * keys + key[p]!;
  const expected = Array.from(key.keys()).toSorted((a, b) => cell(a) - cell(b) || a - b);
  const [segments, sorted] = await left(made, 'segments', 'sorted');
  expect(sorted!.slice(0, count)).toEqual(expected);
  expect(segments).toEqual(
    Array.from({ length: rowCount * keys + 1 }, (_, k) => expected.filter((p) => cell(p) < k).length),
  );
});
