/** Rows of a table as text, by WebAssembly (rows.wat), which needs no time to become quick. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { webAssembly, type WasmModule } from '../../webassembly.js';
import { longestFloat, writeFloat } from './float-text.js';
import { rowsBinary } from './rows.generated.js';

/** Turns columns of numbers into rows of text. */
interface RowWriter {
  /** Most rows at once. */
  readonly capacity: number;
  /** By column: its numbers in the rows that come next, of length `capacity`. */
  readonly columns: readonly Float64Array[];
  /** The text of the first `rows` rows as ASCII, until the next call. */
  text(rows: number): Uint8Array;
}

/** Returns the position after the text. */
type WriteRows = (rows: number, columns: number, values: number, stride: number, at: number) => number;

const mostDigits = 9;
const zero = 48;
/** The texts of 0 to 99 with two digits each. */
const pairs = Uint8Array.from({ length: 200 }, (_, k) => zero + (k % 2 === 0 ? Math.floor(k / 20) : (k >> 1) % 10));

/**
 * Tables by the exponent field of a float. `scales` has the power of ten that scales such floats to nine digits before
 * the point, or to ten for floats past a power of ten. `halves` has half of the scaled distance between two such
 * floats, and `firstExponents` the exponent of the first of nine digits.
 */
const [scales, halves, firstExponents] = [new Float64Array(256), new Float64Array(256), new Int32Array(256)];
for (let field = 1; field < 255; field += 1) {
  const least = 2 ** (field - 127);
  let shift = mostDigits - 1 - Math.floor(Math.log10(least));
  if (least * Number(`1e${shift}`) < 1e8) shift += 1;
  else if (least * Number(`1e${shift}`) >= 1e9) shift -= 1;
  scales[field] = Number(`1e${shift}`);
  halves[field] = 2 ** (field - 127 - 24) * itemAt(scales, field);
  firstExponents[field] = mostDigits - 1 - shift;
}

/** Addresses of the tables, as in rows.wat. */
const [halvesAt, exponentsAt, pairsAt, powersAt, tablesEnd] = [2048, 4096, 5120, 5376, 5632];
const pageBytes = 1 << 16;
/** Text that is made at once, unless one row is longer. */
const textBytes = 1 << 18;

let compiled: WasmModule | undefined;

/** @param columns number of columns, at least one */
export function createRowWriter(columns: number): RowWriter {
  // A number and its tab; a line feed.
  const rowBytes = columns * (longestFloat + 1) + 1;
  const capacity = Math.max(1, Math.floor(textBytes / rowBytes));
  const stride = 8 * capacity;
  const textAt = tablesEnd + columns * stride;
  const memory = new webAssembly.Memory({ initial: Math.ceil((textAt + capacity * rowBytes) / pageBytes) });
  const { buffer } = memory;
  const bytes = new Uint8Array(buffer);
  new Float64Array(buffer, 0, 256).set(scales);
  new Float64Array(buffer, halvesAt, 256).set(halves);
  new Int32Array(buffer, exponentsAt, 256).set(firstExponents);
  bytes.set(pairs, pairsAt);
  new Int32Array(buffer, powersAt, 10).set(Array.from({ length: 10 }, (_, n) => Number(`1e${n}`)));
  compiled ??= new webAssembly.Module(Buffer.from(rowsBinary, 'base64'));
  const carefully = (value: number, at: number): number => writeFloat(value, bytes, at);
  const writeRows = new webAssembly.Instance(compiled, { host: { memory, carefully } }).exports['rows'] as WriteRows;
  return {
    capacity,
    columns: Array.from({ length: columns }, (_, k) => new Float64Array(buffer, tablesEnd + k * stride, capacity)),
    text: (rows) => bytes.subarray(textAt, writeRows(rows, columns, tablesEnd, stride, textAt)),
  };
}
