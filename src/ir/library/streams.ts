/** Keys of random streams: a function of the seed and of the stream's purpose. */

import { platform } from '#platform';

/**
 * Returns the key of a stream: the first eight bytes, as two little-endian u32, of SHA-256 over "interneuron/stream/1",
 * the seed and the stream's name. Each of the three is preceded by its length in bytes as a little-endian u32 (UTF-8),
 * so that no two pairs have the same encoding.
 *
 * @param seed as written by the user
 * @param stream ids of a population or projection, and a purpose, such as `population/exc/noise`
 */
export function streamKey(seed: string, stream: string): readonly [number, number] {
  const hash = platform.sha256();
  for (const part of ['interneuron/stream/1', seed, stream]) {
    const bytes = new TextEncoder().encode(part);
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, bytes.length, true);
    hash.update(new Uint8Array(length.buffer)).update(bytes);
  }
  const { buffer, byteOffset } = hash.bytes();
  const digest = new DataView(buffer, byteOffset);
  return [digest.getUint32(0, true), digest.getUint32(4, true)];
}
