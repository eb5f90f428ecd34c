/** Files of NIR for tests. */

import type { Group } from 'h5wasm';

/** A dataset with its shape (absent: one number or text), a link to another file, or a group. */
export type Tree = { readonly [name: string]: Tree | Data | External };
export type External = { readonly external: string };
type Data = string | number | Shaped;
export interface Shaped {
  readonly values: readonly number[] | readonly string[];
  readonly shape: readonly number[];
  readonly type?: '<d' | '<f' | '<q';
}

export const floats = (...values: readonly number[]): Shaped => ({ values, shape: [values.length] });
export const ints = (...values: readonly number[]): Shaped => ({ values, shape: [values.length], type: '<q' });
export const matrix = (rows: number, columns: number, value = 1): Shaped => ({
  values: new Array<number>(rows * columns).fill(value),
  shape: [rows, columns],
});

/** Returns the group of a graph. */
export const graph = (nodes: Tree, edges: readonly (readonly [string, string])[], more: Tree = {}): Tree => ({
  type: 'NIRGraph',
  nodes,
  edges: { values: edges.flat(), shape: [edges.length, 2] },
  ...more,
});

/** Writes an HDF5 file. */
export async function writeHdf5(path: string, tree: Tree): Promise<void> {
  const { default: h5 } = await import('h5wasm/node');
  await h5.ready;
  const file = new h5.File(path, 'w');
  fill(file, tree);
  file.close();
}

function fill(group: Group, tree: Tree): void {
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') group.create_dataset({ name, data: value });
    else if (typeof value === 'number') group.create_dataset({ name, data: value, dtype: '<q', shape: [] });
    else if (isExternal(value)) group.create_external_link(value.external, '/x', name);
    else if (isData(value)) {
      const { values, shape, type = '<d' } = value;
      const isText = typeof values[0] === 'string';
      const numbers = values as readonly number[];
      const data = isText
        ? [...(values as readonly string[])]
        : type === '<q'
          ? BigInt64Array.from(numbers, BigInt)
          : type === '<f'
            ? Float32Array.from(numbers)
            : Float64Array.from(numbers);
      if (shape.includes(0)) continue;
      group.create_dataset({ name, data, shape: [...shape], dtype: isText ? 'S' : type });
    } else fill(group.create_group(name), value);
  }
}

const isExternal = (value: object): value is External => 'external' in value;
const isData = (value: Tree | Shaped): value is Shaped =>
  'values' in value && 'shape' in value && Array.isArray(value['shape']);

/** Two integrate-and-fire neurons. */
export const lif: Tree = {
  type: 'LIF',
  tau: floats(0.01, 0.02),
  r: floats(1, 1),
  v_leak: floats(0, 0),
  v_threshold: floats(1, 1),
  v_reset: floats(0, 0),
};

/** The nodes of a graph of three inputs, an affine map and three neurons. */
export const nodes: Tree = {
  input: { type: 'Input', shape: ints(3) },
  fc: { type: 'Affine', weight: matrix(2, 3), bias: floats(0, 0) },
  lif,
  output: { type: 'Output', shape: ints(2) },
};

/** Its edges. */
export const edges: readonly (readonly [string, string])[] = [
  ['input', 'fc'],
  ['fc', 'lif'],
  ['lif', 'output'],
];
