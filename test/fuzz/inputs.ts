/** Inputs by notation and ordinal. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { callSequence } from './calls.js';
import { commandInput } from './commands.js';
import { drawnLater } from './feed-bundles.js';
import { changedGraphs } from './feed-nir.js';
import { editsOfResult } from './feed-results.js';
import { exchanged, large, line } from './expressions.js';
import { brianModel } from './models/brian.js';
import { neuromlModel } from './models/neuroml.js';
import { pynnModel } from './models/pynn.js';
import { isMarkup } from '../../src/pipeline/read/recognise.js';
import { mutateCode } from './mutate-code.js';
import { markupOf, mutateMarkup, textOf } from './mutate-markup.js';
import { bombs, mutateText } from './mutate-text.js';
import { mutateTree } from './mutate-tree.js';
import { randomOf, type Random } from './random.js';
import { jsonOf, nodesOf, treeOf, yamlOf } from './tree.js';

/** Inputs: changed documents of a notation, expressions, command lines, and generated documents. */
export const notations = [
  'brian',
  'canonical',
  'pynn',
  'neuroml',
  'nmodl',
  'nestml',
  'swc',
  'expression',
  'command',
  'calls',
  'results',
  'nir',
  'bundles',
  'sonata',
  'brian-models',
  'pynn-models',
  'neuroml-models',
] as const;
export type FuzzNotation = (typeof notations)[number];

/** Inputs that are no documents. */
export const ownForms: readonly FuzzNotation[] = ['command', 'calls', 'results', 'nir', 'bundles', 'sonata'];

/** Makes the input of an ordinal; an input follows only from seed and ordinal. */
export type InputMaker = (ordinal: number) => Uint8Array;

/** The folder of the repository: above this file, which runs from a bundle too. */
export const root = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'fixtures/brian'))) folder = dirname(folder);
  return folder;
})();

/** Longer documents repeat the same constructs. */
const longestSeed = 6000;

function textsIn(...folders: readonly string[]): readonly string[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .filter((path) => /\.(ya?ml|json|xml|nml)$/.test(path))
    .sort()
    .map((path) => readFileSync(path, 'utf8'))
    .filter((text) => text.length <= longestSeed);
}

const filesIn = (suffix: string, ...folders: readonly string[]): readonly string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(suffix))
      .sort()
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  );

/** A document of a notation, as text and as a tree. */
interface Seed<T> {
  readonly text: string;
  readonly tree: T;
}

/**
 * Draws one of some documents, short ones more often: by the inverse square of their lengths, as the time that an input
 * takes grows with its length, and more of it stays as it was.
 */
function drawnByLength<T>(seeds: readonly Seed<T>[], print: (tree: T) => string): (random: Random) => Seed<T> {
  let sum = 0;
  const ends = seeds.map(({ tree }) => (sum += Math.ceil(1e9 / print(tree).length ** 2)));
  return (random) => {
    const at = random.below(sum);
    return seeds[ends.findIndex((end) => at < end)]!;
  };
}

/** @param seed  of all inputs */
export function inputsOf(notation: FuzzNotation, seed: number): InputMaker {
  const make = makers[notation]();
  return (ordinal) => {
    const random = randomOf(Math.imul(seed, 0x9e3779b1) + ordinal);
    return !ownForms.includes(notation) && random.once(500) ? Buffer.from(random.pick(bombs)) : make(random);
  };
}

type Maker = (random: Random) => Uint8Array;

const makers: Readonly<Record<FuzzNotation, () => Maker>> = {
  brian: () =>
    treesOf(
      textsIn('fixtures/brian', 'fixtures/readme', 'fixtures/starters', 'test/fuzz/seeds/brian').filter(isOf('brian')),
    ),
  canonical: () => treesOf(textsIn('fixtures/model', 'fixtures/model/hard', 'test/fuzz/seeds/canonical')),
  pynn: () => treesOf(textsIn('fixtures/pynn', 'fixtures/starters', 'test/fuzz/seeds/pynn').filter(isOf('pynn'))),
  neuroml: () => {
    const seeds = textsIn('fixtures/neuroml', 'fixtures/cells', 'fixtures/starters', 'test/fuzz/seeds/neuroml')
      .filter(isMarkup)
      .map((text) => ({ text, tree: markupOf(text) }));
    return documentsOf(seeds, mutateMarkup, textOf);
  },
  nmodl: () => codeOf(filesIn('.mod', 'test/translators/nmodl/files', 'test/translators/nmodl/trials')),
  nestml: () => codeOf(filesIn('.nestml', 'test/translators/nestml/files')),
  swc: () => codeOf(filesIn('.swc', 'test/fuzz/seeds/swc')),
  expression: () => {
    const seeds = textsIn('fixtures/brian', 'fixtures/model/hard')
      .flatMap((text) => nodesOf(treeOf(parse(text))))
      .flatMap((node) => (node.kind === 'scalar' && typeof node.value === 'string' ? [node.value] : []));
    return (random) => {
      if (random.once(200)) return Buffer.from(large(random));
      return Buffer.from(random.once(3) ? line(random) : exchanged(random.pick(seeds), random));
    };
  },
  command: () => commandInput,
  calls: () => callSequence,
  results: () => editsOfResult,
  nir: () => changedGraphs(join(root, 'fixtures/nir')),
  bundles: () => drawnLater,
  sonata: () => drawnLater,
  'brian-models': () => written(brianModel),
  'pynn-models': () => written(pynnModel),
  'neuroml-models': () => written(neuromlModel),
};

/** Returns changed texts of a language. */
const codeOf =
  (seeds: readonly string[]): Maker =>
  (random) => {
    const changed = mutateCode(random.pick(seeds), seeds, random);
    return random.once(4) ? mutateText(changed, random) : Buffer.from(changed);
  };

/** Documents that are valid as they are. */
const written =
  (model: (random: Random) => string): Maker =>
  (random) =>
    Buffer.from(model(random));

const isOf =
  (notation: 'brian' | 'pynn'): ((text: string) => boolean) =>
  (text) =>
    text.includes(`interneuron/${notation}`);

/**
 * Returns documents of a notation of trees: one in four in YAML, which takes most of the time to read, the others in
 * JSON.
 */
const treesOf = (texts: readonly string[]): Maker =>
  documentsOf(
    texts.map((text) => ({ text, tree: treeOf(parse(text)) })),
    mutateTree,
    (tree, random) => (random?.once(4) === true ? yamlOf(tree).trimStart() : jsonOf(tree)),
  );

/** Changed documents, and now and then changed texts of documents. */
function documentsOf<T>(
  seeds: readonly Seed<T>[],
  mutate: (seed: T, others: readonly T[], random: Random) => T,
  print: (tree: T, random?: Random) => string,
): Maker {
  const draw = drawnByLength(seeds, print);
  const trees = seeds.map(({ tree }) => tree);
  return (random) => {
    const { text, tree } = draw(random);
    if (random.once(12)) return mutateText(text, random);
    const changed = print(mutate(tree, trees, random), random);
    return random.once(12) ? mutateText(changed, random) : Buffer.from(changed);
  };
}
