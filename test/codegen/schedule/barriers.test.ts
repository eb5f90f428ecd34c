/** Threads wait for each other exactly where one reads what another has written. */

import { describe, expect, test } from 'vitest';
import * as b from '../../../src/ir/builder.js';
import type { Kernel } from '../../../src/ir/program.js';
import { barriersBefore } from '../../../src/codegen/schedule/barriers.js';
import { buffer, cuba, index, mapOver, program } from '../../runtime/targets/wasm/programs.js';

const waiting = (source: ReturnType<typeof program>): string[] => {
  const flags = barriersBefore(source, source.kernels);
  return source.kernels.filter((_, k) => flags[k]).map((kernel) => kernel.name);
};

describe('barriers', () => {
  test('a network: before the mask is read, the list is read, the inbox is flushed; both projections run side by side, as do flush and reset', () => {
    const source = cuba({ size: 500, rowLength: 10, delay: 1, lanes: true });
    expect(source.kernels.map((kernel) => kernel.name)).toEqual(['integrate', 'compact', 'exc', 'inh', 'flush', 'reset']);
    expect(waiting(source)).toEqual(['compact', 'exc', 'flush']);
  });

  const x = buffer('x', 'i32', 100);
  const y = buffer('y', 'i32', 100);
  const own = mapOver('own', 100, [b.store(x, index, b.add(b.load(x, index), b.i32(1)))]);
  const copy = mapOver('copy', 100, [b.store(y, index, b.load(x, index))]);
  const fewer = mapOver('fewer', 50, [b.store(y, index, b.load(x, index))]);
  const neighbour = mapOver('neighbour', 99, [b.store(y, index, b.load(x, b.add(index, b.u32(1))))]);
  const scatter = (name: string): Kernel =>
    mapOver(name, 100, [b.accumulate(x, b.binary('rem', b.mul(index, b.u32(7)), b.u32(10)), b.i32(1))]);
  const alone: Kernel = {
    shape: 'sequential',
    name: 'alone',
    comment: 'one item',
    locals: [],
    body: [b.store(x, b.u32(0), b.load(x, b.u32(1)))],
  };

  test.each([
    { of: 'an element and its own thread', kernels: [own, copy], wait: [] },
    { of: 'another partition', kernels: [own, fewer], wait: ['fewer'] },
    { of: 'an element of a neighbour', kernels: [own, neighbour], wait: ['neighbour'] },
    { of: 'additions, which commute', kernels: [scatter('first'), scatter('second')], wait: [] },
    { of: 'additions, then reading', kernels: [scatter('first'), copy], wait: ['copy'] },
    { of: 'the first thread alone, twice', kernels: [alone, { ...alone, name: 'again' }], wait: [] },
    { of: 'what was written before the last barrier', kernels: [own, alone, scatter('other')], wait: ['alone', 'other'] },
  ])('$of', ({ kernels, wait }) => {
    expect(waiting(program({ buffers: [x, y], kernels }))).toEqual(wait);
  });
});
