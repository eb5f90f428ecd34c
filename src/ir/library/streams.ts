/** Keys of random streams: a function of the seed and of the stream's purpose. */

import { createHash } from 'node:crypto';

/**
 * Returns the key of a stream: the first eight bytes, as two little-endian u32, of SHA-256 over "interneuron/stream/1",
 * the seed and the stream's name. Each of the three is preceded by its length in bytes as a little-endian u32 (UTF-8),
 * so that no two pairs have the same encoding.
 *
 * @param seed as written by the user
 * @param stream ids of a population or projection, and a purpose, such as `population/exc/noise`
 */
export function streamKey(seed: string, stream: string): readonly [number, number] {
  const hash = createHash('sha256');
  for (const part of ['interneuron/stream/1', seed, stream]) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    hash.update(length).update(bytes);
  }
  const digest = hash.digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}
