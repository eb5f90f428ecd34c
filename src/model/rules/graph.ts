/** Returns a way from a node back to itself, each node after the one that reads it; undefined if there is no cycle. */
export function findCycle(nodes: Iterable<string>, reads: (node: string) => Iterable<string>): string[] | undefined {
  const done = new Set<string>();
  for (const start of nodes) {
    // Depth first without recursion: a chain of derived variables may be long.
    const way: { readonly node: string; readonly rest: Iterator<string> }[] = [];
    const placeOnWay = new Map<string, number>();
    const enter = (node: string): void => {
      placeOnWay.set(node, way.length);
      way.push({ node, rest: reads(node)[Symbol.iterator]() });
    };
    if (!done.has(start)) enter(start);
    for (let top = way.at(-1); top; top = way.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        done.add(top.node);
        placeOnWay.delete(top.node);
        way.pop();
      } else if (!done.has(next.value)) {
        const at = placeOnWay.get(next.value);
        if (at !== undefined) return [...way.slice(at).map(({ node }) => node), next.value];
        enter(next.value);
      }
    }
  }
  return undefined;
}
