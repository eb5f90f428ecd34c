/** DynamicTable: the table of NWB, a dataset for each column. */

import { dtypeOf, type Attributes, type Dataset, type H5Writer, type NeurodataType } from './h5-writer.js';

/** Column of one value a row. */
interface FlatColumn {
  readonly name: string;
  readonly description: string;
  readonly values:
    | { readonly texts: readonly string[] }
    | { readonly f64: Float64Array }
    | { readonly i32: Int32Array }
    /** Row numbers of another table, at a path. */
    | { readonly rows: Int32Array; readonly table: string };
}

/** Column of several values per row: the concatenated values, and the end of each row. */
interface RaggedColumn {
  readonly name: string;
  readonly description: string;
  /** Ends of rows, counted in entries. */
  readonly ends: Float64Array;
  readonly attributes?: Attributes;
  readonly entries:
    | { readonly texts: readonly string[] }
    /** `width` numbers an entry. */
    | { readonly f64: Float64Array; readonly width: number }
    /** Numbers written piece by piece. */
    | { readonly length: number; readonly write: (dataset: Dataset) => void };
}

/** A column of a table: one value a row, or a list a row. */
export type Column = FlatColumn | RaggedColumn;

/** Numbers of a chunk of a long column: 1 MiB. */
export const columnChunk = 131_072;

/** Writes a table at `path` with rows numbered from 0. Columns have one entry, or one end, for each row. */
export function writeTable(
  h5: H5Writer,
  path: string,
  neurodata: NeurodataType,
  description: string,
  rows: number,
  columns: readonly Column[],
): void {
  h5.group(path, neurodata, { description, colnames: { texts: columns.map(({ name }) => name) } });
  h5.dataset(`${path}/id`, {
    data: Int32Array.from({ length: rows }, (_, row) => row),
    dtype: dtypeOf.i32,
    shape: [rows],
    neurodata: { type: 'ElementIdentifiers', namespace: 'hdmf-common' },
  });
  for (const column of columns) {
    if ('ends' in column) writeRagged(h5, path, column);
    else writeFlat(h5, path, column);
  }
}

const vectorData: NeurodataType = { type: 'VectorData', namespace: 'hdmf-common' };

function writeFlat(h5: H5Writer, table: string, { name, description, values }: FlatColumn): void {
  const path = `${table}/${name}`;
  if ('texts' in values) h5.texts(path, values.texts, vectorData, { description });
  else if ('f64' in values) {
    h5.dataset(path, {
      data: values.f64,
      dtype: dtypeOf.f64,
      shape: [values.f64.length],
      neurodata: vectorData,
      attributes: { description },
    });
  } else if ('i32' in values) {
    h5.dataset(path, {
      data: values.i32,
      dtype: dtypeOf.i32,
      shape: [values.i32.length],
      neurodata: vectorData,
      attributes: { description },
    });
  } else {
    h5.dataset(path, {
      data: values.rows,
      dtype: dtypeOf.i32,
      shape: [values.rows.length],
      neurodata: { type: 'DynamicTableRegion', namespace: 'hdmf-common' },
      attributes: { description, table: { reference: values.table } },
    });
  }
}

function writeRagged(h5: H5Writer, table: string, column: RaggedColumn): void {
  const { name, description, entries, ends } = column;
  const path = `${table}/${name}`;
  const attributes = { description, ...column.attributes };
  if ('texts' in entries) h5.texts(path, entries.texts, vectorData, attributes);
  else if ('f64' in entries) {
    const shape = entries.width === 1 ? [entries.f64.length] : [entries.f64.length / entries.width, entries.width];
    h5.dataset(path, { data: entries.f64, dtype: dtypeOf.f64, shape, neurodata: vectorData, attributes });
  } else {
    const long = entries.length > 1024;
    const created = h5.dataset(path, {
      data: new Float64Array(0),
      dtype: dtypeOf.f64,
      shape: [0],
      maxshape: [null],
      chunks: [long ? columnChunk : 1024],
      neurodata: vectorData,
      attributes,
    });
    h5.timeless(() => {
      if (entries.length > 0) created.resize([entries.length]);
      entries.write(created);
    });
  }
  const wide = (ends.at(-1) ?? 0) > 0xffffffff;
  h5.dataset(`${path}_index`, {
    data: wide ? BigUint64Array.from(ends, BigInt) : Uint32Array.from(ends),
    dtype: wide ? dtypeOf.u64 : dtypeOf.u32,
    shape: [ends.length],
    neurodata: { type: 'VectorIndex', namespace: 'hdmf-common' },
    attributes: { description: `Where each row of ${name} ends.`, target: { reference: path } },
  });
}
