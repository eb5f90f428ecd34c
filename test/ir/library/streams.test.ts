/** Keys of random streams, against SHA-256 of an encoding written out by hand. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { streamKey } from '../../../src/ir/library/streams.js';

describe('streamKey', () => {
  it('is the first eight bytes of SHA-256 over length-prefixed parts', () => {
    const parts = ['\x14\0\0\0', 'interneuron/stream/1', '\x02\0\0\0', '42', '\x14\0\0\0', 'population/exc/noise'];
    const digest = createHash('sha256').update(parts.join(''), 'latin1').digest();
    expect(streamKey('42', 'population/exc/noise')).toEqual([digest.readUInt32LE(0), digest.readUInt32LE(4)]);
  });

  it('tells seeds and names apart wherever the border between them lies', () => {
    const keys = [
      ['1', '2a'],
      ['12', 'a'],
      ['', '12a'],
      ['12a', ''],
      ['1', '2A'],
      ['é', '2a'],
    ].map(([seed = '', name = '']) => streamKey(seed, name).join());
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has no collision among ten thousand streams', () => {
    const keys = Array.from({ length: 10_000 }, (_, k) => streamKey('1', `projection/p${k}/connect`).join());
    expect(new Set(keys).size).toBe(keys.length);
  });
});
