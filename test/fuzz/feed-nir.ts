/**
 * Changed graphs of NIR: as files of HDF5, which are read, and as their groups and datasets, which are imported. Also
 * changed data of NIR, which are read as recordings.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRecorded } from '../../src/compare/open-recorded.js';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { readSource, type Source } from '../../src/pipeline/read/read-source.js';
import { convertModel } from '../../src/convert/convert.js';
import { feedSource, type Outcome } from './feed.js';
import { hdf5File } from '#hdf5';
import { readHdf5Tree } from '../../src/hdf5/read-tree.js';
import { fill, mutateAttributes, mutateBytes, mutateMembers, type MutableGroup } from './mutate-hdf5.js';
import type { Random } from './random.js';

/**
 * Returns a maker of changed graphs: one in four as the bytes of a file, the others as groups and datasets in JSON. One
 * input in five is changed data instead (`nir.write_data` of nir 1.0.8): half are files in base64, half are groups.
 */
export function changedGraphs(folder: string): (random: Random) => Uint8Array {
  const paths = readdirSync(folder)
    .filter((name) => name.endsWith('.nir'))
    .map((name) => join(folder, name));
  const files = paths.map((path) => readFileSync(path));
  const trees = paths.map((path) => structuredClone(readSource(path).graph) as unknown as MutableGroup);
  const dataPath = join(folder, 'two-nodes.nirdata');
  const data = readFileSync(dataPath);
  const dataTree = readHdf5Tree(dataPath, ['nodes']) as unknown as MutableGroup;
  return (random) => {
    const graph = random.once(4)
      ? mutateBytes(random.pick(files), random)
      : Buffer.from(JSON.stringify(mutateMembers(random.pick(trees), trees, random), toJson));
    if (!random.once(5)) return graph;
    const changed = random.once(2)
      ? Buffer.from(mutateBytes(data, random)).toString('base64')
      : mutateAttributes(mutateMembers(dataTree, [dataTree, ...trees], random), random);
    return Buffer.from(JSON.stringify({ data: changed }, toJson));
  };
}

/** Arrays of numbers, and numbers that JSON lacks, as texts. */
const toJson = (_: string, value: unknown): unknown =>
  value instanceof Float64Array ? { numbers: Array.from(value, String) } : value;

const fromJson = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'numbers' in value
    ? Float64Array.from(value.numbers as readonly string[], Number)
    : value;

/** @throws errors other than a diagnostic or an error of usage */
export function feedGraph(name: string, bytes: Uint8Array, ordinal: number): Promise<Outcome> {
  const path = `${name}.nir`;
  const fileOf = (file: Uint8Array): Source => {
    writeFileSync(path, file);
    return readSource(path);
  };
  const text = Buffer.from(bytes).toString();
  if (text.startsWith('{"data"'))
    return feedData(`${name}.nirdata`, (JSON.parse(text, fromJson) as { readonly data: string | MutableGroup }).data);
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

/** @throws errors other than an error of usage */
async function feedData(path: string, data: string | MutableGroup): Promise<Outcome> {
  const file = typeof data === 'string' ? Buffer.from(data, 'base64') : await hdf5File((root) => fill(root, data));
  writeFileSync(path, file);
  try {
    await openRecorded(path);
    return 'accepted';
  } catch (error) {
    if (error instanceof UsageError) return 'refused';
    throw error;
  }
}
