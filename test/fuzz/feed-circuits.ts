/** Changed circuits of SONATA: their configurations, tables, and files of nodes, edges and spikes. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHdf5Tree } from '#hdf5';
import { isRefused } from '../../src/diagnostics/system-error.js';
import { hdf5Bytes } from '../../src/hdf5/write-tree.js';
import { readSource } from '../../src/pipeline/read/read-source.js';
import { groupAttributes, type Hdf5Array, type Hdf5Group, type Hdf5Tree } from '../../translators/shared/hdf5.js';
import { feedSource, type Outcome } from './feed.js';
import { mutateBytes, mutateMembers, type MutableGroup } from './mutate-hdf5.js';
import { mutateText } from './mutate-text.js';
import { mutateTree } from './mutate-tree.js';
import { names, numbers } from './nasty.js';
import { randomOf, type Random } from './random.js';
import { jsonOf, nodesOf, treeOf } from './tree.js';

/** Members of the root of SONATA's files. */
const roots = ['nodes', 'edges', 'spikes', 'reports'];

/** Returns a changed file of HDF5: its bytes, or its groups and datasets. */
async function mutateHdf5(path: string, random: Random): Promise<Uint8Array> {
  const bytes = readFileSync(path);
  if (random.once(3)) return mutateBytes(bytes, random);
  const tree = readHdf5Tree(path, roots);
  if (isRefused(tree)) return bytes;
  const seed = structuredClone(tree) as unknown as MutableGroup;
  return hdf5Bytes(writable(mutateMembers(seed, [seed], random)), {
    version: new Uint32Array([0, 1]),
  });
}

const writable = ({ attributes, groups, tables }: Hdf5Group): Hdf5Tree => ({
  ...Object.fromEntries(groups.map((group) => [group.name, writable(group)])),
  ...Object.fromEntries(
    tables.map(({ name, shape, type, values, texts, attributes: own }): [string, Hdf5Array] => {
      const length = shape.reduce((product, one) => product * one, 1);
      const isWhole = type === 'integer' && values.every(Number.isFinite);
      // Members of other types become texts.
      const array =
        texts ??
        (values.length < length
          ? Array.from({ length }, () => '')
          : isWhole
            ? BigInt64Array.from(values, (one) => BigInt(Math.trunc(one)))
            : values);
      return [name, { array, shape, attributes: own }];
    }),
  ),
  [groupAttributes]: attributes,
});

/** Changes a cell or a heading of a table with columns between spaces, or the text. */
function mutateTable(text: string, random: Random): Uint8Array {
  if (random.once(4)) return mutateText(text, random);
  const words = text.split(/([ \n]+)/);
  const at = 2 * random.below(Math.ceil(words.length / 2));
  words[at] = random.pick([String(random.pick(numbers)), random.pick(names), 'NULL', '"', random.pick(words)]);
  return Buffer.from(words.join(''));
}

/** Lends parts to files that have few. */
const otherTree = treeOf({
  node_sets: { all: { population: ['a', 'b'], node_id: [0, 1, 2] } },
  run: { dt: 0.1, tstop: 3 },
});

/** @throws errors other than a diagnostic or an error of usage */
export async function feedCircuit(
  folder: string,
  fixtures: string,
  input: Uint8Array,
  ordinal: number,
): Promise<Outcome> {
  const random = randomOf(Number(Buffer.from(input).toString()));
  const own = mkdtempSync(join(folder, 'circuit-'));
  try {
    cpSync(join(fixtures, random.pick(readdirSync(fixtures))), own, { recursive: true });
    const files = readdirSync(own, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:json|csv|h5)$/.test(name) && !name.startsWith('expected'))
      .sort();
    const configurations = files.filter((name) => name.endsWith('config.json'));
    const changed = new Set(
      Array.from({ length: random.pick([1, 1, 2, 3]) }, () => random.pick(random.once(3) ? configurations : files)),
    );
    for (const name of changed) {
      const path = join(own, name);
      if (random.once(40)) rmSync(path);
      else if (path.endsWith('.h5')) writeFileSync(path, await mutateHdf5(path, random));
      else if (path.endsWith('.csv') || random.once(8))
        writeFileSync(path, mutateTable(readFileSync(path, 'utf8'), random));
      else {
        const tree = treeOf(JSON.parse(readFileSync(path, 'utf8')));
        writeFileSync(path, jsonOf(mutateTree(tree, [otherTree, ...(nodesOf(tree).length > 1 ? [tree] : [])], random)));
      }
    }
    return await feedSource(() => readSource(join(own, 'config.json')), ordinal);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
