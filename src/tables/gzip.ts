/** Unpacks gzip in pieces. */

import { Gunzip } from 'fflate';

/** Bytes that are unpacked at once; deflate makes at most 1,032 bytes of one. */
const packedBytes = 1 << 14;

/** Remainders of the 256 bytes by the polynomial of CRC-32. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/**
 * Returns the length that a file of gzip states at its end, of its last member if it has several.
 *
 * @source RFC 1952, section 2.3.1
 */
export const statedLength = (bytes: Uint8Array): number =>
  bytes.length < 18 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);

/**
 * Unpacks the members of a file of gzip, and checks the sum and the length of each.
 *
 * @throws Error if it is damaged
 */
export function* unpackedPieces(bytes: Uint8Array): Iterable<Uint8Array> {
  let made: Uint8Array[] = [];
  let [sum, length] = [-1, 0];
  const stream = new Gunzip((piece) => {
    for (const byte of piece) sum = remainders[(sum ^ byte) & 255]! ^ (sum >>> 8);
    length += piece.length;
    if (piece.length > 0) made.push(piece);
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checkMember = (end: number): void => {
    if (view.getUint32(end - 8, true) !== ~sum >>> 0 || view.getUint32(end - 4, true) !== length % 2 ** 32)
      throw new Error('the sum differs');
    [sum, length] = [-1, 0];
  };
  stream.onmember = checkMember;
  for (let at = 0; at < bytes.length; at += packedBytes) {
    stream.push(bytes.subarray(at, at + packedBytes), at + packedBytes >= bytes.length);
    yield* made;
    made = [];
  }
  checkMember(bytes.length);
}
