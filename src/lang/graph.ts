/** Definitions that read each other. Walks are depth first, without recursion: a chain of definitions may be long. */

/** Nodes that are reachable from some nodes, and the first cycle among them. */
interface Walk {
  /** Each after the nodes that it reads, unless a cycle leads back to it. */
  readonly order: readonly string[];
  /** A way from a node back to itself, each node after the one that reads it; undefined if there is no cycle. */
  readonly cycle: readonly string[] | undefined;
}

function walk(nodes: Iterable<string>, reads: (node: string) => Iterable<string>): Walk {
  const done = new Set<string>();
  let cycle: readonly string[] | undefined;
  for (const start of nodes) {
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
        if (at === undefined) enter(next.value);
        else cycle ??= [...way.slice(at).map(({ node }) => node), next.value];
      }
    }
  }
  return { order: [...done], cycle };
}

/** Returns a way from a node back to itself, each node after the one that reads it; undefined if there is no cycle. */
export const findCycle = (
  nodes: Iterable<string>,
  reads: (node: string) => Iterable<string>,
): readonly string[] | undefined => walk(nodes, reads).cycle;

/** Returns nodes and everything that they read, each after the nodes that it reads. Cycles are cut. */
export const dependencyOrder = (
  nodes: Iterable<string>,
  reads: (node: string) => Iterable<string>,
): readonly string[] => walk(nodes, reads).order;
