/**
 * The index of synapses by target, sorted by kernels or, for listed synapses, in advance: by target, then by position
 * in the rows.
 */

import { expect, test } from 'vitest';
import type { Buffer } from '../../../src/ir/program.js';
import type { ProjectionPlan } from '../../../src/lower/plan/projection.js';
import { columnsOf } from '../../../src/lower/synapses/indices.js';
import { sortedByKey } from '../../../src/lower/synapses/sorted-by-key.js';
import { built, left, numbers } from './building.js';

test.each([
  { sources: 1, targets: 1, perRow: 1 },
  { sources: 30, targets: 7, perRow: 12 },
  { sources: 5, targets: 400, perRow: 3 },
])('%o', async ({ sources, targets, perRow }) => {
  const sizes = numbers(sources, 2 * perRow, 11).map((size) => size + 1);
  const rows = Uint32Array.from({ length: sources + 1 }, (_, row) =>
    sizes.slice(0, row).reduce((sum, size) => sum + size, 0),
  );
  const count = rows.at(-1)!;
  const target = Uint16Array.from(numbers(count, targets, 7));
  const plan = {
    name: 'p',
    pre: { size: sources },
    post: { size: targets },
    projection: { connect: [{ rule: 'fixedTotal', n: count }] },
  } as unknown as ProjectionPlan;
  const made = (listed: boolean) =>
    built((context) => {
      const given = (name: string, element: 'u16' | 'u32', initial: Uint16Array | Uint32Array): Buffer =>
        context.builder.buffer(name, element, initial.length, name, { initial });
      const [starts, column] = [given('rows', 'u32', rows), given('targets', 'u16', target)];
      // Arrays that are unknown here were computed by kernels.
      const seen = (buffer: Buffer): Buffer => (listed ? buffer : { ...buffer, initial: { fill: 0 } });
      columnsOf(plan, count, seen(starts), seen(column), context);
    });
  const sorted = Array.from(target.keys()).sort((a, b) => target[a]! - target[b]! || a - b);
  const expected = [
    Array.from({ length: targets + 1 }, (_, key) => sorted.filter((p) => target[p]! < key).length),
    sorted,
    sorted.map((p) => rows.findLastIndex((begin) => begin <= p)),
  ];
  for (const listed of [true, false]) {
    const program = made(listed);
    expect(program.kernels.length === 0).toBe(listed);
    expect(await left(program, 'p.by_target.starts', 'p.by_target.positions', 'p.by_target.sources')).toEqual(expected);
  }
});

test('sorts an empty list', () => {
  expect(sortedByKey([], 3)).toEqual({ starts: Uint32Array.of(0, 0, 0, 0), order: new Uint32Array(0) });
});
