/** Structures in the compact protocol of Thrift, in which Parquet describes its contents. */

/** A value: a number, bytes, a list, or the fields of a structure by their numbers. */
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftFields;
export type ThriftFields = ReadonlyMap<number, ThriftValue>;

/** Deepest nesting that is read. */
const deepest = 20;

/**
 * Reads a structure.
 *
 * @returns its fields, and the position after it
 * @throws RangeError if the bytes end before it, or hold none
 * @source Thrift compact protocol encoding, thrift 0.20
 */
export function readThrift(bytes: Uint8Array, from: number): readonly [fields: ThriftFields, end: number] {
  let at = from;
  const byte = (): number => {
    if (at >= bytes.length) throw new RangeError('the structure is cut off');
    return bytes[at++]!;
  };
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const next = byte();
      value += (next & 127) * scale;
      if (next < 128) return value;
      scale *= 128;
      if (scale > 2 ** 70) throw new RangeError('the number is too long');
    }
  };
  const whole = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const counted = (count: number): number => {
    if (count > bytes.length - at) throw new RangeError('the structure is cut off');
    return count;
  };
  const valueOf = (type: number, depth: number): ThriftValue => {
    if (depth > deepest) throw new RangeError('the structure is too deep');
    switch (type) {
      case 1:
      case 2:
        return type === 1;
      case 3:
        return byte();
      case 4:
      case 5:
      case 6:
        return whole();
      case 7:
        at += counted(8);
        return new DataView(bytes.buffer, bytes.byteOffset + at - 8, 8).getFloat64(0, true);
      case 8: {
        const length = counted(varint());
        at += length;
        return bytes.subarray(at - length, at);
      }
      case 9:
      case 10: {
        const head = byte();
        const count = counted(head >> 4 === 15 ? varint() : head >> 4);
        return Array.from({ length: count }, () => ((head & 15) <= 2 ? byte() === 1 : valueOf(head & 15, depth + 1)));
      }
      case 12:
        return structure(depth + 1);
      default:
        throw new RangeError('the structure has an unknown type');
    }
  };
  const structure = (depth: number): ThriftFields => {
    const fields = new Map<number, ThriftValue>();
    for (let field = 0; ;) {
      const head = byte();
      if (head === 0) return fields;
      field = head >> 4 === 0 ? whole() : field + (head >> 4);
      fields.set(field, valueOf(head & 15, depth));
    }
  };
  return [structure(0), at];
}
