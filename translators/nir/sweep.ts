/** The order of a step. */

import { itemAt } from '../../src/diagnostics/entry.js';

/** Nodes and edges between them, by their positions. */
interface Edges {
  readonly nodes: readonly { readonly type: string }[];
  readonly edges: readonly { readonly from: number; readonly to: number }[];
}

/** Returns the edges that leave each node, in the order of the file. */
export function leavingOf({ nodes, edges }: Edges): readonly (readonly number[])[] {
  const leaving = nodes.map((): number[] => []);
  for (const [edge, { from }] of edges.entries()) itemAt(leaving, from).push(edge);
  return leaving;
}

/**
 * Returns the order of a step, and the edges that close cycles, which lead back when the graph is searched depth
 * first from its Inputs, along edges in the order of the file.
 */
export function sweep(
  { nodes, edges }: Edges,
  leaving: readonly (readonly number[])[],
): { readonly order: readonly number[]; readonly closing: ReadonlySet<number> } {
  const closing = new Set<number>();
  const finished: number[] = [];
  const states = new Uint8Array(nodes.length);
  const [isOpen, isDone] = [1, 2];
  const inputs = [...nodes.keys()].filter((node) => itemAt(nodes, node).type === 'Input');
  for (const root of [...inputs, ...edges.map(({ from }) => from), ...nodes.keys()]) {
    if (states[root] !== 0) continue;
    const stack: [node: number, next: number][] = [[root, 0]];
    states[root] = isOpen;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const [node, next] = top;
      const edge = itemAt(leaving, node)[next];
      top[1]++;
      if (edge === undefined) {
        states[node] = isDone;
        finished.push(node);
        stack.pop();
        continue;
      }
      const { to } = itemAt(edges, edge);
      if (states[to] === isOpen) closing.add(edge);
      else if (states[to] === 0) {
        states[to] = isOpen;
        stack.push([to, 0]);
      }
    }
  }
  return { order: finished.reverse(), closing };
}
