/** One graph of primitives from graphs within graphs. */

import { entryOf, itemAt } from '../../src/diagnostics/entry.js';
import type { GraphNode, PrimitiveNode, Report } from './graph.js';
import * as messages from './messages.js';

/** An edge between nodes, by their positions in the list of nodes. */
export interface FlatEdge {
  readonly from: number;
  readonly to: number;
  /** Path of the edge in the file. */
  readonly path: string;
}

/** A graph without nested graphs. The nodes Input and Output of nested graphs pass signals on. */
export interface FlatGraph {
  readonly nodes: readonly PrimitiveNode[];
  readonly edges: readonly FlatEdge[];
  /** Whether a node is an Input or Output of the whole graph. */
  readonly isEnd: (node: number) => boolean;
}

/** Returns the primitives of a graph and all edges between them. */
export function flatten(root: GraphNode, report: Report): FlatGraph {
  const nodes: PrimitiveNode[] = [];
  const edges: FlatEdge[] = [];
  const numbers = new Map<PrimitiveNode, number>();
  const collect = (graph: GraphNode): void => {
    for (const type of ['Input', 'Output'] as const)
      if (endsOf(graph, type).length === 0) report(messages.noEnd(type), `${graph.path}/nodes`);
    for (const node of graph.nodes.values())
      if (node.kind === 'graph') collect(node);
      else numbers.set(node, nodes.push(node) - 1);
  };
  collect(root);
  const connect = (graph: GraphNode): void => {
    for (const { from, to, row } of graph.edges) {
      const path = `${graph.path}/edges[${row}]`;
      const [source, target] = [endOf(from, 'Output'), endOf(to, 'Input')];
      if (source && target) edges.push({ from: entryOf(numbers, source), to: entryOf(numbers, target), path });
      function endOf(name: string, type: 'Input' | 'Output'): PrimitiveNode | undefined {
        const node = graph.nodes.get(name);
        if (node?.kind !== 'graph') {
          if (node?.type === type) report(messages.wrongEnd(name, type), path);
          return node;
        }
        const ends = endsOf(node, type);
        if (ends.length > 1) report(messages.severalEnds(name, type, ends.length), path);
        return ends[0];
      }
    }
    for (const node of graph.nodes.values()) if (node.kind === 'graph') connect(node);
  };
  connect(root);
  const ends = new Set([...endsOf(root, 'Input'), ...endsOf(root, 'Output')]);
  return { nodes, edges, isEnd: (node) => ends.has(itemAt(nodes, node)) };
}

const endsOf = (graph: GraphNode, type: 'Input' | 'Output'): readonly PrimitiveNode[] =>
  [...graph.nodes.values()].filter((node): node is PrimitiveNode => node.kind === 'primitive' && node.type === type);
