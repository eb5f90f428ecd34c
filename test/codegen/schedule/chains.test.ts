/**
 * Kernels of a step in one launch: computed by hand, and never two if one writes elements that the other reads or
 * writes.
 */

import { describe, expect, test } from 'vitest';
import * as b from '../../../src/ir/builder.js';
import type { Expression, Kernel, MapKernel, Range, Statement } from '../../../src/ir/program.js';
import { launchesOf } from '../../../src/codegen/schedule/chains.js';
import { buffer, index, program } from '../../runtime/targets/wasm/programs.js';

const [v, w, mask] = [buffer('v', 'f64', 512), buffer('w', 'f64', 512), buffer('mask', 'u32', 16)];
const sums = buffer('sums', 'i64', 512);

const over = (name: string, ranges: readonly Range[], ...body: Statement[]): MapKernel => ({
  shape: 'map',
  name,
  comment: name,
  lanes: false,
  domain: { kind: 'ranges', ranges },
  locals: [{ name: 'at', type: 'u32' }],
  body,
});
const first = [{ begin: 0, end: 100 }];
const second = [{ begin: 128, end: 200 }];
const write = (to: typeof v, at: Expression = index): Statement => b.store(to, at, b.f64(1));
const copy = (from: typeof v, to: typeof v, at: Expression = index): Statement => b.store(to, index, b.load(from, at));
const add = (at: Expression = index): Statement => b.accumulate(sums, at, b.i64(1n));
const at = b.get({ name: 'at', type: 'u32' });
const setBit: Statement = { kind: 'setBit', mask: 'mask', condition: b.bool(true) };

/** Spikes of the elements from 128 on. */
const ring = {
  event: { name: 'spike', size: 72, mask: 'mask', maskBegin: 128, list: 'list', counts: 'counts', slots: 1 },
  buffers: [buffer('list', 'u32', 72), buffer('counts', 'u32', 1)],
} as const;
const compact: Kernel = { shape: 'compact', name: 'c', comment: 'c', event: 'spike' };
const onSpikes = (name: string, ...body: Statement[]): MapKernel => ({
  ...over(name, first, ...body),
  domain: { kind: 'spikes', event: 'spike' },
});

/** Names of the kernels of each launch; names in a chain are joined. */
const launches = (
  kernels: readonly Kernel[],
  adds = true,
  alike: (kernel: Kernel) => string = () => '',
  links = false,
): string[] =>
  launchesOf(program({ buffers: [v, w, mask, sums, ...ring.buffers], events: [ring.event], kernels }), {
    adds: () => adds,
    alike,
    links: () => links,
    fits: (list) => list.length < 6,
  }).map((chains) => chains.map((chain) => chain.map(({ kernel }) => kernel).join('+')).join(' '));

describe('kernels in this order', () => {
  test.each<[string, readonly Kernel[], string[]]>([
    ['different buffers', [over('a', first, write(v)), over('b', first, write(w))], ['a b']],
    ['one buffer, read alone', [over('a', first, copy(v, w)), over('b', second, copy(v, w, b.u32(0)))], ['a b']],
    ['different ranges of one buffer', [over('a', first, write(v)), over('b', second, write(v))], ['a b']],
    ['the same range', [over('a', first, write(v)), over('b', first, copy(v, w))], ['a', 'b']],
    [
      'a range that another displacement brings there',
      [over('a', first, write(v)), over('b', second, copy(v, w, b.sub(index, b.u32(128))))],
      ['a', 'b'],
    ],
    [
      'displaced ranges that do not meet',
      [over('a', first, write(v, b.add(index, b.u32(256)))), over('b', second, write(v))],
      ['a b'],
    ],
    [
      'displaced ranges that do',
      [over('a', first, write(v, b.add(b.u32(100), index))), over('b', second, write(v))],
      ['a', 'b'],
    ],
    [
      'a displacement by way of a local',
      [
        over('a', first, b.set({ name: 'at', type: 'u32' }, b.add(index, b.u32(128))), write(v, at)),
        over('b', second, write(v)),
      ],
      ['a', 'b'],
    ],
    [
      'a local that is assigned twice can be anything',
      [
        over(
          'a',
          first,
          b.set({ name: 'at', type: 'u32' }, index),
          b.set({ name: 'at', type: 'u32' }, b.add(index, b.u32(300))),
          write(v, at),
        ),
        over('b', second, write(v)),
      ],
      ['a', 'b'],
    ],
    ['sums that commute', [over('a', first, add()), over('b', first, add(b.u32(3)))], ['a b']],
    [
      'a sum and who reads it',
      [over('a', first, add()), over('b', second, b.store(v, index, b.convert('f64', b.load(sums, b.u32(3)))))],
      ['a', 'b'],
    ],
    [
      'words of one mask',
      [
        over('a', first, { kind: 'setBit', mask: 'mask', condition: b.bool(true) }),
        over('b', second, { kind: 'setBit', mask: 'mask', condition: b.bool(true) }),
      ],
      ['a b'],
    ],
    [
      'a later one moves up to what it needs',
      [over('a', first, write(v)), over('b', first, copy(v, w)), over('c', second, add())],
      ['a c', 'b'],
    ],
  ])('%s', (_, kernels, expected) => {
    expect(launches(kernels)).toEqual(expected);
  });

  test('sums that are not atomic are one after another', () => {
    expect(launches([over('a', first, add()), over('b', first, add())], false)).toEqual(['a', 'b']);
  });

  test('kernels that launches cannot hold together are several launches of a stage', () => {
    expect(
      launches([over('a', first, write(v)), over('b', second, write(v)), over('c', second, add())], true, ({ name }) =>
        name === 'b' ? 'other' : '',
      ),
    ).toEqual(['a c', 'b']);
  });
});

describe('chains of kernels with items that are links', () => {
  const all = [{ begin: 0, end: 100 }, ...second];
  const inside = [{ begin: 130, end: 140 }];
  const ofSpike = (to: typeof v): Statement => write(to, b.add(index, b.u32(128)));
  test.each<[string, readonly Kernel[], string[]]>([
    ['an item reads what it wrote', [over('a', first, write(v)), over('b', first, copy(v, w))], ['a+b']],
    [
      'an item reads what another wrote',
      [over('a', first, write(v)), over('b', first, copy(v, w, b.u32(3)))],
      ['a', 'b'],
    ],
    [
      'one displacement for both, and two',
      [
        over('a', first, write(v, b.add(index, b.u32(256)))),
        over('b', first, copy(v, w, b.add(b.u32(256), index))),
        over('c', first, copy(v, w, b.add(index, b.u32(255)))),
      ],
      ['a+b', 'c'],
    ],
    [
      'what has nothing to do with each other stays side by side',
      [over('a', first, write(v)), over('b', first, write(w))],
      ['a b'],
    ],
    [
      'two of these meet in a third',
      [over('a', first, write(v)), over('b', first, write(w)), over('c', first, copy(v, w))],
      ['a+b+c'],
    ],
    ['part of the ranges', [over('a', all, write(v)), over('b', inside, copy(v, w))], ['a+b']],
    ['a wider range', [over('a', [{ begin: 64, end: 90 }], write(v)), over('b', first, copy(v, w))], ['a+b']],
    ['more than the ranges', [over('a', inside, write(v)), over('b', all, copy(v, w))], ['a+b']],
    ['ranges that overlap', [over('a', first, write(v)), over('b', [{ begin: 64, end: 128 }], copy(v, w))], ['a', 'b']],
    [
      'atomic sums are no element of an item alone',
      [over('a', first, add()), over('b', first, b.store(v, index, b.convert('f64', b.load(sums, index))))],
      ['a', 'b'],
    ],
    [
      'a local that is set under a condition can be anything',
      [
        over('a', first, write(v)),
        over('b', first, b.when(b.bool(true), [b.set({ name: 'at', type: 'u32' }, index)]), copy(v, w, at)),
      ],
      ['a', 'b'],
    ],
    [
      'spikes are found by the bits that the chain has set, before they are listed',
      [over('a', all, write(v), setBit), compact, onSpikes('d', ofSpike(v)), over('e', all, copy(v, w))],
      ['a+d+e', 'c'],
    ],
    ['spikes at other elements', [over('a', all, write(v), setBit), compact, onSpikes('d', write(v))], ['a', 'c', 'd']],
    [
      'bits of other elements',
      [over('a', first, write(v), setBit), compact, onSpikes('d', ofSpike(v))],
      ['c', 'd', 'a'],
    ],
    [
      'bits that two kernels set',
      [over('a', all, write(v), setBit), over('b', second, setBit), compact, onSpikes('d', ofSpike(v))],
      ['a+b', 'c', 'd'],
    ],
    [
      'spikes of the step before',
      [compact, onSpikes('d', ofSpike(v)), over('a', all, write(v), setBit)],
      ['c', 'd', 'a'],
    ],
    [
      'what another launch must see first',
      [
        over('a', all, write(v), setBit),
        over('s', first, b.store(w, b.u32(0), b.load(v, b.u32(150)))),
        compact,
        onSpikes('d', ofSpike(v)),
      ],
      ['a', 'c', 's', 'd'],
    ],
    [
      'no more than fit',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) =>
        over(name, first, b.store(v, index, b.add(b.load(v, index), b.f64(1)))),
      ),
      ['a+b+c+d+e', 'f+g'],
    ],
  ])('%s', (_, kernels, expected) => {
    const found = launches(kernels, true, ({ shape }) => shape, true);
    expect(found).toEqual(expected);
    expect(found.flatMap((launch) => launch.split(/[ +]/)).sort()).toEqual(kernels.map(({ name }) => name).sort());
  });
});
