/**
 * Documents as trees that keep properties that maps of JavaScript would lose: the order of keys, keys that come twice.
 */

/** A tree of JSON or YAML. */
export type Tree =
  | { readonly kind: 'scalar'; value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: Tree[] }
  | { readonly kind: 'map'; readonly entries: [string, Tree][] };

/** The tree of plain values. */
export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf) };
  if (value !== null && typeof value === 'object')
    return { kind: 'map', entries: Object.entries(value).map(([key, item]) => [key, treeOf(item)]) };
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return { kind: 'scalar', value: plain };
}

/** A copy that can be changed. */
export function copyOf(tree: Tree): Tree {
  switch (tree.kind) {
    case 'scalar':
      return { ...tree };
    case 'list':
      return { kind: 'list', items: tree.items.map(copyOf) };
    case 'map':
      return { kind: 'map', entries: tree.entries.map(([key, item]) => [key, copyOf(item)]) };
  }
}

/** All nodes, the root first. */
export function nodesOf(tree: Tree, into: Tree[] = []): Tree[] {
  into.push(tree);
  if (tree.kind === 'list') for (const item of tree.items) nodesOf(item, into);
  if (tree.kind === 'map') for (const [, item] of tree.entries) nodesOf(item, into);
  return into;
}

/** Returns the text of a string: in quotes, with halves of characters unchanged, which JSON can express by escapes. */
const quoted = (text: string): string => JSON.stringify(text);

/** Returns a value as JSON; numbers that JSON lacks are written as novices write them. */
export function jsonOf(tree: Tree): string {
  switch (tree.kind) {
    case 'scalar':
      return typeof tree.value === 'number' ? String(tree.value) : JSON.stringify(tree.value);
    case 'list':
      return `[${tree.items.map(jsonOf).join(', ')}]`;
    case 'map':
      return `{${tree.entries.map(([key, item]) => `${quoted(key)}: ${jsonOf(item)}`).join(',\n')}}`;
  }
}

/** As YAML in blocks; text that is plain is written plain, or in lines. */
export function yamlOf(tree: Tree, indent = ''): string {
  switch (tree.kind) {
    case 'scalar':
      return scalarText(tree.value, indent);
    case 'list':
      return tree.items.length === 0
        ? '[]'
        : tree.items.map((item) => `\n${indent}- ${yamlOf(item, `${indent}  `)}`).join('');
    case 'map':
      return tree.entries.length === 0
        ? '{}'
        : tree.entries.map(([key, item]) => `\n${indent}${keyText(key)}: ${yamlOf(item, `${indent}  `)}`).join('');
  }
}

const plain = /^[A-Za-z_][\w ./*+-]*[\w)]$/;

const keyText = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : quoted(key));

function scalarText(value: string | number | boolean | null, indent: string): string {
  if (typeof value === 'number')
    return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  if (typeof value !== 'string') return String(value);
  if (value.includes('\n') && /^[\x20-\x7e\n]+$/.test(value) && !/^\s/.test(value))
    return `|\n${indent}  ${value.trimEnd().replaceAll('\n', `\n${indent}  `)}`;
  return plain.test(value) ? value : quoted(value);
}
