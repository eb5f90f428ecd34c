/** A way from a node back to itself, each node after the one that reads it; undefined when there is none. */
export function findCycle(nodes: Iterable<string>, reads: (node: string) => Iterable<string>): string[] | undefined {
  const done = new Set<string>();
  for (const start of nodes) {
    // Depth first without recursion: a chain of derived variables may be long.
    const way: { node: string; rest: Iterator<string> }[] = [];
    const enter = (node: string): void => void way.push({ node, rest: reads(node)[Symbol.iterator]() });
    if (!done.has(start)) enter(start);
    while (way.length > 0) {
      const top = way[way.length - 1];
      const next = top?.rest.next();
      if (!top || !next || next.done === true) {
        if (top) done.add(top.node);
        way.pop();
      } else if (!done.has(next.value)) {
        const at = way.findIndex(({ node }) => node === next.value);
        if (at >= 0) return [...way.slice(at).map(({ node }) => node), next.value];
        enter(next.value);
      }
    }
  }
  return undefined;
}
