/** Unpacks Snappy. */

/**
 * Unpacks a block.
 *
 * @param size  bytes when it is unpacked
 * @throws RangeError if it is damaged
 * @source Snappy compressed format description, google/snappy 1.2
 */
export function unpackSnappy(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const damaged = (): never => {
    throw new RangeError('the block is damaged');
  };
  let [at, filled, scale, stated] = [0, 0, 1, 0];
  for (;;) {
    if (at >= packed.length) damaged();
    const byte = packed[at++]!;
    stated += (byte & 127) * scale;
    if (byte < 128) break;
    scale *= 128;
  }
  if (stated !== size) damaged();
  while (at < packed.length) {
    const tag = packed[at++]!;
    if ((tag & 3) === 0) {
      let length = tag >> 2;
      const extra = length - 59;
      if (extra > 0) {
        length = 0;
        for (let k = 0; k < extra; k++) length += (packed[at++] ?? damaged()) * 2 ** (8 * k);
      }
      length++;
      if (at + length > packed.length || filled + length > size) damaged();
      out.set(packed.subarray(at, at + length), filled);
      at += length;
      filled += length;
      continue;
    }
    const kind = tag & 3;
    const length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    let offset = kind === 1 ? (tag >> 5) * 256 : 0;
    const bytes = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    for (let k = 0; k < bytes; k++) offset += (packed[at++] ?? damaged()) * 2 ** (8 * k);
    if (offset === 0 || offset > filled || filled + length > size) damaged();
    if (offset >= length) out.copyWithin(filled, filled - offset, filled - offset + length);
    else for (let k = 0; k < length; k++) out[filled + k] = out[filled + k - offset]!;
    filled += length;
  }
  return filled === size ? out : damaged();
}
