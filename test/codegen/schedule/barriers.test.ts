/** Threads wait for each other exactly if one reads values that another has written. */

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
  test(
    'a network: before the mask is read, the list is read, the inbox is flushed; both projections run side by ' +
      'side, as do flush and reset',
    () => {
      const source = cuba({ size: 500, rowLength: 10, delay: 1, lanes: true });
      expect(source.kernels.map((kernel) => kernel.name)).toEqual([
        'integrate',
        'compact',
        'exc',
        'inh',
        'flush',
        'reset',
      ]);
      expect(waiting(source)).toEqual(['compact', 'exc', 'flush']);
    },
  );

  const x = buffer('x', 'i32', 100);
  const y = buffer('y', 'i32', 100);
  const own = mapOver('own', 100, [b.store(x, index, b.add(b.load(x, index), b.i32(1)))]);
  const copy = mapOver('copy', 100, [b.store(y, index, b.load(x, index))]);
  const fewer = mapOver('fewer', 50, [b.store(y, index, b.load(x, index))]);
  const part: Kernel = { ...copy, name: 'part', domain: { kind: 'ranges', ranges: [{ begin: 64, end: 100 }] } };
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
    { of: 'a part that threads share among themselves', kernels: [own, part], wait: ['part'] },
    { of: 'an element of a neighbour', kernels: [own, neighbour], wait: ['neighbour'] },
    { of: 'additions, which commute', kernels: [scatter('first'), scatter('second')], wait: [] },
    { of: 'additions, then reading', kernels: [scatter('first'), copy], wait: ['copy'] },
    { of: 'the first thread alone, twice', kernels: [alone, { ...alone, name: 'again' }], wait: [] },
    {
      of: 'what was written before the last barrier',
      kernels: [own, alone, scatter('other')],
      wait: ['alone', 'other'],
    },
  ])('$of', ({ kernels, wait }) => {
    expect(waiting(program({ buffers: [x, y], kernels }))).toEqual(wait);
  });

  describe('parts of merged arrays', () => {
    const spikes = { name: 'spike', size: 50, mask: 'mask', maskBegin: 0, list: 'list', counts: 'counts', slots: 2 };
    const [mask, list, counts] = [buffer('mask', 'u32', 4), buffer('list', 'u32', 100), buffer('counts', 'u32', 2)];
    const [segments, targets] = [buffer('segments', 'u32', 51), buffer('targets', 'u32', 500)];
    const target = b.get({ name: 'target', type: 'u32' });
    const element = b.get({ name: 'element', type: 'u32' });
    /** Adds to `targetCount` elements from `begin` on. */
    const deliver = (name: string, targetCount: number, begin: number, again = false): Kernel => ({
      shape: 'propagate',
      name,
      comment: '',
      event: 'spike',
      elements: { begin: 0, end: 50 },
      delays: { first: 1, last: 1 },
      segments: 'segments',
      order: { kind: 'byTarget', targets: 'targets', targetCount },
      locals: [{ name: 'target', type: 'u32' }],
      body: [
        b.set({ name: 'target', type: 'u32' }, b.load(targets, b.get({ name: 'position', type: 'u32' }))),
        ...(again ? [b.set({ name: 'target', type: 'u32' }, b.binary('rem', target, b.u32(3)))] : []),
        b.store(x, b.add(target, b.u32(begin)), b.add(b.load(x, b.add(target, b.u32(begin))), b.i32(1))),
      ],
    });
    /** Marks cells of 2^shift targets each. */
    const mark = (name: string, shift: number, begin: number): Kernel => {
      const kernel = deliver(name, 40, begin);
      const cell = b.shr(b.add(target, b.u32(begin)), b.u32(shift));
      return {
        ...kernel,
        body: [...('body' in kernel ? kernel.body.slice(0, 1) : []), b.store(x, cell, b.i32(1))],
      } as Kernel;
    };
    const range = (name: string, begin: number, end: number): Kernel => ({
      ...mapOver(name, 0, [b.store(x, index, b.i32(0))]),
      domain: { kind: 'ranges', ranges: [{ begin, end }] },
    });
    const emitted = (name: string, begin: number): Kernel => ({
      ...mapOver(name, 0, [
        b.set({ name: 'element', type: 'u32' }, b.add(b.u32(begin), index)),
        b.store(x, element, b.i32(0)),
      ]),
      locals: [{ name: 'element', type: 'u32' }],
      domain: { kind: 'spikes', event: 'spike' },
    });

    test.each([
      { of: 'the same targets', kernels: [deliver('first', 40, 0), deliver('second', 40, 0)], wait: [] },
      { of: 'targets that are apart', kernels: [deliver('first', 40, 0), deliver('second', 30, 40)], wait: [] },
      { of: 'targets that overlap', kernels: [deliver('first', 40, 0), deliver('second', 30, 39)], wait: ['second'] },
      {
        of: 'a local that is more than the target',
        kernels: [deliver('first', 40, 0), deliver('second', 40, 40, true)],
        wait: ['second'],
      },
      {
        of: 'cells of targets that are a thread’s own',
        kernels: [mark('first', 3, 0), mark('second', 3, 0)],
        wait: [],
      },
      { of: 'cells of targets that are apart', kernels: [mark('first', 3, 0), mark('second', 3, 64)], wait: [] },
      { of: 'cells that threads share', kernels: [mark('first', 7, 0), mark('second', 7, 0)], wait: ['second'] },
      {
        of: 'cells that do not end with blocks',
        kernels: [mark('first', 3, 4), mark('second', 3, 4)],
        wait: ['second'],
      },
      {
        of: 'ranges that are apart',
        kernels: [range('first', 0, 40), range('second', 64, 90), range('third', 89, 99)],
        wait: ['third'],
      },
      {
        of: 'spikes of populations that are apart',
        kernels: [emitted('first', 0), emitted('second', 50), emitted('third', 49)],
        wait: ['third'],
      },
      {
        of: 'a range, then spikes in it',
        kernels: [range('first', 0, 64), emitted('second', 64), emitted('third', 63)],
        wait: ['third'],
      },
    ])('$of', ({ kernels, wait }) => {
      expect(
        waiting(program({ buffers: [x, mask, list, counts, segments, targets], kernels, events: [spikes] })),
      ).toEqual(wait);
    });
  });
});
