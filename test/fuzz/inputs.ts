/** Inputs by notation and ordinal. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { exchanged, large, line } from './expressions.js';
import { markupOf, mutateMarkup, textOf } from './mutate-markup.js';
import { bombs, mutateText } from './mutate-text.js';
import { mutateTree } from './mutate-tree.js';
import { randomOf, type Random } from './random.js';
import { jsonOf, nodesOf, treeOf, yamlOf, type Tree } from './tree.js';

/** What is fed. */
export const notations = ['brian', 'canonical', 'pynn', 'neuroml', 'expression'] as const;
export type FuzzNotation = (typeof notations)[number];

/** Makes the input of an ordinal; an input follows from seed and ordinal alone. */
export type InputMaker = (ordinal: number) => Uint8Array;

/** The nearest one above this file, which runs from a bundle too. */
const fixtures = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'fixtures/brian'))) folder = dirname(folder);
  return join(folder, 'fixtures');
})();

/** Longer documents say the same things more often. */
const longestSeed = 6000;

function textsIn(...folders: readonly string[]): readonly string[] {
  return folders
    .flatMap((folder) => readdirSync(join(fixtures, folder)).map((name) => join(fixtures, folder, name)))
    .filter((path) => /\.(ya?ml|json|xml|nml)$/.test(path))
    .sort()
    .map((path) => readFileSync(path, 'utf8'))
    .filter((text) => text.length <= longestSeed)
    .sort((left, right) => left.length - right.length);
}

/** One of some texts, which stand from the shortest to the longest: short ones are drawn more often. */
const shortish = <T>(items: readonly T[], random: Random): T =>
  items[Math.min(random.below(items.length), random.below(items.length))]!;

/** @param seed  of all inputs */
export function inputsOf(notation: FuzzNotation, seed: number): InputMaker {
  const make = makers[notation]();
  return (ordinal) => {
    const random = randomOf(Math.imul(seed, 0x9e3779b1) + ordinal);
    return random.once(500) ? Buffer.from(random.pick(bombs)) : make(random);
  };
}

type Maker = (random: Random) => Uint8Array;

const makers: Readonly<Record<FuzzNotation, () => Maker>> = {
  brian: () => treesOf(textsIn('brian', 'readme'), (tree) => yamlOf(tree).trimStart()),
  canonical: () =>
    treesOf(textsIn('model', 'model/hard'), (tree, random) =>
      random.once(2) ? yamlOf(tree).trimStart() : jsonOf(tree),
    ),
  pynn: () => treesOf(textsIn('pynn'), jsonOf),
  neuroml: () => {
    const texts = textsIn('neuroml');
    const seeds = texts.map(markupOf);
    return (random) => {
      if (random.once(8)) return mutateText(shortish(texts, random), random);
      const text = textOf(mutateMarkup(shortish(seeds, random), seeds, random));
      return random.once(12) ? mutateText(text, random) : Buffer.from(text);
    };
  },
  expression: () => {
    const seeds = textsIn('brian', 'model/hard')
      .flatMap((text) => nodesOf(treeOf(parse(text))))
      .flatMap((node) => (node.kind === 'scalar' && typeof node.value === 'string' ? [node.value] : []));
    return (random) => {
      if (random.once(200)) return Buffer.from(large(random));
      return Buffer.from(random.once(3) ? line(random) : exchanged(random.pick(seeds), random));
    };
  },
};

/** Documents of a notation of trees, written by `print`, and now and then their own texts with changes. */
function treesOf(texts: readonly string[], print: (tree: Tree, random: Random) => string): Maker {
  const seeds = texts.map((text) => treeOf(parse(text)));
  return (random) => {
    if (random.once(8)) return mutateText(shortish(texts, random), random);
    const text = print(mutateTree(shortish(seeds, random), seeds, random), random);
    return random.once(12) ? mutateText(text, random) : Buffer.from(text);
  };
}
