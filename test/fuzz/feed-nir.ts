/** Changed graphs of NIR: as files of HDF5, which are read, and as their groups and datasets, which are imported. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSource, type Source } from '../../src/run/read/read-source.js';
import { convertModel } from '../../src/run/convert.js';
import { feedSource, type Outcome } from './feed.js';
import { mutateBytes, mutateMembers, type MutableGroup } from './mutate-hdf5.js';
import type { Random } from './random.js';

/** Returns a maker of changed graphs: one in four as the bytes of a file, the others as groups and datasets in JSON. */
export function changedGraphs(folder: string): (random: Random) => Uint8Array {
  const paths = readdirSync(folder)
    .filter((name) => name.endsWith('.nir'))
    .map((name) => join(folder, name));
  const files = paths.map((path) => readFileSync(path));
  const trees = paths.map((path) => structuredClone(readSource(path).graph) as unknown as MutableGroup);
  return (random) =>
    random.once(4)
      ? mutateBytes(random.pick(files), random)
      : Buffer.from(JSON.stringify(mutateMembers(random.pick(trees), trees, random), toJson));
}

/** Arrays of numbers, and numbers that JSON lacks, as texts. */
const toJson = (_: string, value: unknown): unknown =>
  value instanceof Float64Array ? { numbers: Array.from(value, String) } : value;

const fromJson = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'numbers' in value
    ? Float64Array.from(value.numbers as readonly string[], Number)
    : value;

/** @throws what is neither a diagnostic nor an error of usage */
export function feedGraph(name: string, bytes: Uint8Array, ordinal: number): Promise<Outcome> {
  const path = `${name}.nir`;
  const fileOf = (file: Uint8Array): Source => {
    writeFileSync(path, file);
    return readSource(path);
  };
  const text = Buffer.from(bytes).toString();
  const read = (): Source =>
    text.startsWith('{"name"')
      ? { name: path, text: '', graph: JSON.parse(text, fromJson) as NonNullable<Source['graph']> }
      : fileOf(bytes);
  return feedSource(read, ordinal, async ({ valid }) => {
    // Every 16th is written again as NIR, which must be a graph.
    const { files } = await convertModel(valid, 'nir');
    return files[0]?.bytes ? fileOf(files[0].bytes) : undefined;
  });
}
