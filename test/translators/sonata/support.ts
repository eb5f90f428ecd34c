/** Circuits on disk: a copy of a fixture with some files replaced. */

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root } from '../../support/import-graph.js';

/** Values of datasets by path; an object gives attributes as well. */
export type Tables = Readonly<Record<string, Values | { readonly values: Values; readonly node_population: string }>>;
type Values = readonly number[] | readonly string[] | Float64Array | BigInt64Array;

const isPlain = (given: Tables[string]): given is Values => Array.isArray(given) || ArrayBuffer.isView(given);

/** Writes an HDF5 file. Whole numbers are stored as 64-bit integers, others as doubles. */
export async function writeTables(path: string, tables: Tables): Promise<void> {
  const { default: h5 } = await import('h5wasm/node');
  await h5.ready;
  const file = new h5.File(path, 'w');
  const made = new Set<string>();
  for (const [place, given] of Object.entries(tables)) {
    const [values, population]: readonly [Values, string?] = isPlain(given)
      ? [given]
      : [given.values, given.node_population];
    const groups = place.split('/').slice(1, -1);
    groups.forEach((_, k) => {
      const group = `/${groups.slice(0, k + 1).join('/')}`;
      if (!made.has(group)) file.create_group(group);
      made.add(group);
    });
    const first: unknown = values[0];
    const isText = typeof first === 'string';
    const isWhole =
      !isText && !(values instanceof Float64Array) && [...(values as readonly number[])].every(Number.isInteger);
    const data = isText
      ? [...(values as readonly string[])]
      : values instanceof BigInt64Array
        ? values
        : isWhole
          ? BigInt64Array.from(values as readonly number[], BigInt)
          : Float64Array.from(values as ArrayLike<number>);
    const group = file.get(dirname(place));
    if (group === null || !('create_dataset' in group)) throw new Error(place);
    const dataset = group.create_dataset({
      name: place.slice(place.lastIndexOf('/') + 1),
      data,
      shape: [values.length],
      dtype: isText ? 'S' : data instanceof BigInt64Array ? '<q' : '<d',
    });
    if (population !== undefined) dataset.create_attribute('node_population', population);
  }
  file.close();
}

/** Copies a fixture into a folder and replaces files in it. @returns path of its config */
export async function circuit(
  folder: string,
  fixture: string,
  files: Readonly<Record<string, string | Tables>>,
): Promise<string> {
  cpSync(resolve(root, 'fixtures/sonata', fixture), folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === 'string') writeFileSync(path, content);
    else await writeTables(path, content);
  }
  return join(folder, 'config.json');
}
