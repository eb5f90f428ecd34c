/** Documents in YAML and JSON with a few parts changed, and their texts with a few characters. */

import { exchanged, line } from './expressions.js';
import { names, numbers, quantities } from './nasty.js';
import type { Random } from './random.js';
import { copyOf, nodesOf, type Tree } from './tree.js';

const scalar = (value: string | number | boolean | null): Tree => ({ kind: 'scalar', value });

/** A document with one to four changes; `others` lend parts. */
export function mutateTree(seed: Tree, others: readonly Tree[], random: Random): Tree {
  const tree = copyOf(seed);
  for (let changes = random.once(2) ? 1 : 1 + random.below(4); changes > 0; changes--) change(tree, others, random);
  return tree;
}

function change(tree: Tree, others: readonly Tree[], random: Random): void {
  const node = random.pick(nodesOf(tree));
  switch (node.kind) {
    case 'scalar':
      node.value = otherScalar(node.value, random);
      return;
    case 'list':
      changeItems(node.items, (item) => item, (_, item) => item, others, random); // prettier-ignore
      return;
    case 'map':
      if (random.once(4) && node.entries.length > 0) {
        random.pick(node.entries)[0] = keyOf(others, random);
        return;
      }
      changeItems(node.entries, ([, item]) => item, (entry, item): [string, Tree] => [entry?.[0] ?? keyOf(others, random), item], others, random); // prettier-ignore
  }
}

/** Exchanges, drops, doubles or adds an item. */
function changeItems<T>(
  items: T[],
  valueOf: (item: T) => Tree,
  withValue: (item: T | undefined, value: Tree) => T,
  others: readonly Tree[],
  random: Random,
): void {
  const at = random.below(items.length);
  const item = items[at];
  switch (random.below(6)) {
    case 0:
      items.splice(at, 1);
      return;
    case 1:
      if (item !== undefined) items.splice(random.below(items.length), 0, withValue(item, copyOf(valueOf(item))));
      return;
    case 2:
      items.splice(at, item === undefined ? 0 : 1, withValue(item, strange(random)));
      return;
    case 3:
      items.push(withValue(undefined, partOf(others, random)));
      return;
    case 4:
      items.reverse();
      return;
    default:
      items.splice(at, item === undefined ? 0 : 1, withValue(item, partOf(others, random)));
  }
}

function otherScalar(value: string | number | boolean | null, random: Random): string | number | boolean | null {
  if (random.once(8)) return random.pick([null, true, false, '', 0, random.pick(names), random.pick(numbers)]);
  if (typeof value === 'number') return random.once(3) ? value * random.pick([-1, 2, 1e3, 1e-3]) : random.pick(numbers);
  if (typeof value !== 'string') return random.once(2) ? random.pick(numbers) : line(random);
  if (random.once(8)) return random.pick(names);
  if (random.once(6)) return random.pick(quantities);
  return random.once(8) ? line(random) : exchanged(value, random);
}

/** Returns a value of a wrong kind for its place. */
function strange(random: Random): Tree {
  switch (random.below(6)) {
    case 0:
      return scalar(random.pick(numbers));
    case 1:
      return scalar(random.pick(names));
    case 2:
      return { kind: 'list', items: Array.from({ length: random.below(5) }, () => scalar(random.pick(numbers))) };
    case 3:
      return { kind: 'map', entries: [[random.pick(names), scalar(random.pick(quantities))]] };
    case 4:
      return random.once(30) ? nested(200) : scalar(null);
    default:
      return scalar(line(random));
  }
}

function nested(depth: number): Tree {
  let tree: Tree = scalar(1);
  for (let k = 0; k < depth; k++)
    tree = k % 2 === 0 ? { kind: 'list', items: [tree] } : { kind: 'map', entries: [['a', tree]] };
  return tree;
}

const partOf = (others: readonly Tree[], random: Random): Tree =>
  copyOf(random.pick(nodesOf(random.pick(others)).slice(1)));

function keyOf(others: readonly Tree[], random: Random): string {
  if (random.once(3)) return random.pick(names);
  const maps = nodesOf(random.pick(others)).filter((node) => node.kind === 'map' && node.entries.length > 0);
  const map = random.pick(maps);
  return map?.kind === 'map' ? random.pick(map.entries)[0] : 'a';
}
