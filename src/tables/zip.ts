/** Files in a ZIP archive in memory, as `numpy.savez` writes it. */

import { platform } from '#platform';

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes when it is unpacked. */
  readonly size: number;
  /** Unpacks it; undefined if it is damaged. */
  unpack(): Uint8Array | undefined;
}

/**
 * Returns the files of an archive; undefined if its directory cannot be read, as of archives that are cut off.
 *
 * @source PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16
 */
export function zipEntries(bytes: Uint8Array): readonly ZipEntry[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && end >= bytes.length - 65_557 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) return undefined;
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let k = view.getUint16(end + 10, true); k > 0; k--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) return undefined;
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [sum, packed, size] = [16, 20, 24].map((offset) => view.getUint32(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const local = view.getUint32(at + 42, true);
    const length = view.getUint16(at + 28, true);
    const name = platform.bytes.utf8(bytes.subarray(at + 46, at + 46 + length));
    entries.push({
      name,
      size,
      unpack: () => {
        const isEncrypted = (flags & 1) === 1;
        if (isEncrypted || local + 30 > bytes.length || view.getUint32(local, true) !== 0x04034b50) return undefined;
        const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
        if (begin + packed > bytes.length) return undefined;
        const content = bytes.subarray(begin, begin + packed);
        if (method === 0) return content;
        return method === 8 ? inflated(content, sum, size) : undefined;
      },
    });
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Unpacks deflated bytes, in the frame of gzip, which checks their sum and size; undefined if they differ. */
function inflated(content: Uint8Array, sum: number, size: number): Uint8Array | undefined {
  const framed = new Uint8Array(content.length + 18);
  framed.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  framed.set(content, 10);
  const view = new DataView(framed.buffer);
  view.setUint32(content.length + 10, sum, true);
  view.setUint32(content.length + 14, size, true);
  try {
    const bytes = platform.bytes.inflate(framed, size);
    return bytes?.length === size ? bytes : undefined;
  } catch {
    return undefined;
  }
}
