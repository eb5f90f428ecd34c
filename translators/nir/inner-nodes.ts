/**
 * Nodes that graphs do not have, for signals with a delay:
 *
 *     a -> b -> a                a -> b -> Previous -> a            a cycle of linear nodes takes one step
 *     Affine W, b -> Delay       Affine W -> Delay, Bias b -> Delay   a constant that arrives later
 */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { FlatGraph } from './flatten.js';
import type { PrimitiveNode } from './graph.js';
import { constantOf } from './linear.js';
import { primitives } from './primitives.js';
import type { NodeShapes } from './shapes.js';
import { leavingOf, sweep } from './sweep.js';

/** A graph with the shapes of its nodes. */
export interface ShapedGraph {
  readonly graph: FlatGraph;
  readonly shapes: readonly NodeShapes[];
}

/** Returns a graph with a node that keeps a signal for one step in each cycle of linear nodes, and delayed biases. */
export function withInnerNodes(given: ShapedGraph): ShapedGraph {
  const { graph } = given;
  const [nodes, shapes, edges] = [[...graph.nodes], [...given.shapes], [...graph.edges]];
  const isLinear = (node: number): boolean =>
    !graph.isEnd(node) && primitives[itemAt(graph.nodes, node).type]?.role !== 'state';
  const leaving = leavingOf(graph);
  /** Returns the linear nodes that a signal reaches from a node through linear nodes. */
  const reached = (start: number): ReadonlySet<number> => {
    const found = new Set<number>();
    const open = [start];
    for (let node = open.pop(); node !== undefined; node = open.pop())
      for (const edge of itemAt(leaving, node)) {
        const { to } = itemAt(graph.edges, edge);
        if (!isLinear(to) || found.has(to)) continue;
        found.add(to);
        open.push(to);
      }
    return found;
  };
  const insert = (
    type: string,
    at: PrimitiveNode,
    name: string,
    shape: NodeShapes,
    fields: PrimitiveNode['fields'],
  ) => {
    shapes.push(shape);
    return nodes.push({ ...at, type, name: `${at.name}_${name}`, fields }) - 1;
  };
  for (const edge of sweep(graph, leaving).closing) {
    const { from, to, path } = itemAt(graph.edges, edge);
    if (!isLinear(from) || !isLinear(to) || (from !== to && !reached(to).has(from))) continue;
    const { output } = itemAt(shapes, from);
    const inner = insert('Previous', itemAt(nodes, from), 'previous', { input: output, output }, {});
    edges[edge] = { from, to: inner, path };
    edges.push({ from: inner, to, path });
  }
  for (const [index, node] of graph.nodes.entries()) {
    const constant = isLinear(index) ? constantOf(node, itemAt(shapes, index)) : null;
    if (!constant || ![...reached(index)].some((other) => itemAt(nodes, other).type === 'Delay')) continue;
    const { output } = itemAt(shapes, index);
    const { bias, ...fields } = node.fields;
    nodes[index] = {
      ...node,
      fields: { ...fields, ...(bias && { bias: { ...bias, values: bias.values.map(() => 0) } }) },
    };
    const inner = insert(
      'Bias',
      node,
      'bias',
      { input: output, output },
      { value: { shape: output, values: constant } },
    );
    for (const { from, to, path } of [...edges]) if (from === index) edges.push({ from: inner, to, path });
  }
  return {
    graph: { nodes, edges, isEnd: (node) => node < graph.nodes.length && graph.isEnd(node) },
    shapes,
  };
}
