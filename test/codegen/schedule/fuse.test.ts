/** Which kernels of a step become one launch: worked by hand, and never two of which one writes what the other touches. */

import { describe, expect, test } from 'vitest';
import * as b from '../../../src/ir/builder.js';
import type { Expression, Kernel, MapKernel, Range, Statement } from '../../../src/ir/program.js';
import { stagesOf } from '../../../src/codegen/schedule/fuse.js';
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

/** Names of the kernels of each launch. */
const launches = (kernels: readonly Kernel[], adds = true, alike: (kernel: Kernel) => string = () => ''): string[] =>
  stagesOf(
    program({ buffers: [v, w, mask, sums], kernels }),
    () => adds,
    (_, kernel) => alike(kernel),
  ).map((entries) => entries.map(({ kernel }) => kernel).join(' '));

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
    ['displaced ranges that do not meet', [over('a', first, write(v, b.add(index, b.u32(256)))), over('b', second, write(v))], ['a b']],
    ['displaced ranges that do', [over('a', first, write(v, b.add(b.u32(100), index))), over('b', second, write(v))], ['a', 'b']],
    [
      'a displacement by way of a local',
      [over('a', first, b.set({ name: 'at', type: 'u32' }, b.add(index, b.u32(128))), write(v, at)), over('b', second, write(v))],
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

  test('those that launches cannot hold together are several launches of a stage', () => {
    expect(
      launches([over('a', first, write(v)), over('b', second, write(v)), over('c', second, add())], true, ({ name }) =>
        name === 'b' ? 'other' : '',
      ),
    ).toEqual(['a c', 'b']);
  });
});
