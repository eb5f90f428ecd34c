/** Arrays of NumPy (`.npy`), with one type for all numbers or with named fields. */

import { halfOf } from '../platform/half.mjs';

/** The type of the numbers of an array or of a field: `f8`, `i4`, `U16` and so on. */
export interface NpyField {
  /** Empty for arrays without fields. */
  readonly name: string;
  /** Letter of the kind and bytes of a number; `U` counts characters of 4 bytes. */
  readonly type: string;
  readonly isBig: boolean;
  /** Byte of an element at which the field begins. */
  readonly offset: number;
}

/** The head of an array. */
export interface NpyHead {
  readonly shape: readonly number[];
  readonly fields: readonly NpyField[];
  /** Bytes of an element with all its fields. */
  readonly width: number;
  /** Whether columns follow each other rather than rows. */
  readonly isTurned: boolean;
  /** Byte at which the numbers begin. */
  readonly begin: number;
}

const widthOf = (type: string): number => Number(type.slice(1)) * (type.startsWith('U') ? 4 : 1);

/**
 * Reads the head of an array. The bytes must include the head; the numbers may be missing.
 *
 * @returns the head, or the reason why it cannot be read
 * @source NumPy Enhancement Proposal 1, a simple file format for NumPy arrays
 */
export function npyHead(bytes: Uint8Array): NpyHead | string {
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 6) !== '\x93NUMPY' || bytes.length < 12) return 'is no array of NumPy';
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [start, length] = bytes[6]! > 1 ? [12, view.getUint32(8, true)] : [10, view.getUint16(8, true)];
  if (length > 65_536 || start + length > bytes.length) return 'is cut off';
  const header = text(start, start + length);
  const [, list] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  const [, plain, named] = /'descr':\s*(?:'([^']*)'|(\[.*?\]))\s*,\s*'(?:fortran_order|shape)'/s.exec(header) ?? [];
  const written =
    plain === undefined
      ? [...(named ?? '').matchAll(/\('([^']*)',\s*'([^']*)'(,[^)]*\))?\)/g)].map(
          ([, name = '', type = '', shape]) => [name, shape === undefined ? type : ''] as const,
        )
      : [['', plain] as const];
  const fields: NpyField[] = [];
  let width = 0;
  for (const [name, descr] of written) {
    const [, order = '', type = ''] = /^([<>|=]?)([?a-zA-Z]\d*)$/.exec(descr) ?? [];
    const known = type === '?' ? 'b1' : type;
    if (!/^(?:[iu][1248]|f[248]|b1|[US]\d+)$/.test(known)) return 'holds other objects than numbers';
    fields.push({ name, type: known, isBig: order === '>', offset: width });
    width += widthOf(known);
  }
  if (list === undefined || fields.length === 0) return 'holds other objects than numbers';
  const shape = list.split(',').flatMap((extent) => (extent.trim() === '' ? [] : [Number(extent)]));
  return {
    shape,
    fields,
    width,
    isTurned: /'fortran_order':\s*True/.test(header) && shape.length > 1,
    begin: start + length,
  };
}

/** Returns the number of elements. */
export const elementsOf = ({ shape }: NpyHead): number => shape.reduce((product, extent) => product * extent, 1);

/** Returns whether all elements of an array are in the file. */
export const isWhole = (head: NpyHead, bytes: Uint8Array): boolean =>
  bytes.length - head.begin >= elementsOf(head) * head.width;

/** Returns a function from the first byte of a number to the number; null for texts. */
export function numberReader(view: DataView, { type, isBig }: NpyField): ((at: number) => number) | null {
  const little = !isBig;
  switch (type) {
    case 'f8':
      return (at) => view.getFloat64(at, little);
    case 'f4':
      return (at) => view.getFloat32(at, little);
    case 'f2':
      return (at) => halfOf(view.getUint16(at, little));
    case 'i8':
      return (at) =>
        view.getInt32(at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little);
    case 'u8':
      return (at) =>
        view.getUint32(at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little);
    case 'i4':
      return (at) => view.getInt32(at, little);
    case 'u4':
      return (at) => view.getUint32(at, little);
    case 'i2':
      return (at) => view.getInt16(at, little);
    case 'u2':
      return (at) => view.getUint16(at, little);
    case 'i1':
      return (at) => view.getInt8(at);
    case 'u1':
    case 'b1':
      return (at) => view.getUint8(at);
    default:
      return null;
  }
}

/** Returns the text of a field of type `U` or `S`, without the zeros at its end. */
export function textAt(view: DataView, { type, isBig }: NpyField, at: number): string {
  const step = type.startsWith('U') ? 4 : 1;
  let text = '';
  for (let from = at; from < at + widthOf(type); from += step) {
    const code = step === 4 ? view.getUint32(from, !isBig) : view.getUint8(from);
    if (code === 0) break;
    text += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
  }
  return text;
}
