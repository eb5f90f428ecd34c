/** JSON pointers (RFC 6901), which name the nodes of a document. */

/** Returns the pointer of the child `key` of the node at `pointer`. */
export function child(pointer: string, key: string | number): string {
  return `${pointer}/${typeof key === 'number' ? key : key.replace(/~/g, '~0').replace(/\//g, '~1')}`;
}

/** Returns the keys on the way from the root to the node at `pointer`. */
export function segments(pointer: string): string[] {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((segment) => segment.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/** Returns the node at `pointer` in `tree`, or undefined if it does not exist. */
export function nodeAt(tree: unknown, pointer: string): unknown {
  let node = tree;
  for (const segment of segments(pointer)) {
    if (node === null || typeof node !== 'object' || !Object.hasOwn(node, segment)) return undefined;
    node = (node as Record<string, unknown>)[segment];
  }
  return node;
}
