/** The network of a graph: nodes with state, and the linear maps between them. */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { FlatGraph } from './flatten.js';
import type { Report } from './graph.js';
import { after, applied, constantOf, mapOf, sumOf, TooManyWeights, type LinearMap } from './linear.js';
import type { ShapedGraph } from './inner-nodes.js';
import * as messages from './messages.js';
import { primitives } from './primitives.js';
import { sizeOf, type NodeShapes } from './shapes.js';
import { leavingOf, sweep } from './sweep.js';

/** A linear path from one node with state to another; several paths are added up. */
export interface Connection {
  readonly from: number;
  readonly to: number;
  readonly map: LinearMap;
  /** Number of edges on it that close cycles, each of which delays by a step. */
  readonly stepsBack: number;
  /** The linear nodes on it; empty if there are several paths. */
  readonly through: readonly number[];
}

/** Constant signals that reach a node. */
interface Constant {
  /** From the first step on. */
  readonly first: Float64Array;
  /** From the second step on, with the signals of edges that close cycles. */
  readonly later: Float64Array;
}

/** Nodes with state, Inputs and Outputs, and the connections between them. */
export interface Network {
  /** Nodes in the order of a step. */
  readonly nodes: readonly number[];
  /** Number of nodes with state on the longest path from an Input to each node. */
  readonly depthOf: ReadonlyMap<number, number>;
  readonly connections: readonly Connection[];
  readonly constants: ReadonlyMap<number, Constant>;
}

/** Returns the network of a graph; null after a report. */
export function networkOf({ graph, shapes }: ShapedGraph, report: Report): Network | null {
  const { nodes, edges } = graph;
  const keepsState = (node: number): boolean =>
    graph.isEnd(node) || primitives[itemAt(nodes, node).type]?.role === 'state';
  const leaving = leavingOf(graph);
  const entering = nodes.map((): number[] => []);
  for (const [edge, { to }] of edges.entries()) itemAt(entering, to).push(edge);
  for (const [node, { type, name, path }] of nodes.entries())
    if (type !== 'Input' && type !== 'Bias' && itemAt(entering, node).length === 0)
      report(messages.unconnected(name), path);
  const { order, closing } = sweep(graph, leaving);
  const depthOf = new Map<number, number>();
  for (const node of order)
    depthOf.set(
      node,
      Math.max(
        0,
        ...itemAt(entering, node)
          .filter((edge) => !closing.has(edge))
          .map((edge) => {
            const { from } = itemAt(edges, edge);
            return (depthOf.get(from) ?? 0) + (keepsState(from) ? 1 : 0);
          }),
      ),
    );
  try {
    return {
      nodes: order.filter(keepsState),
      depthOf,
      ...connect(graph, shapes, entering, closing, keepsState, report),
    };
  } catch (error) {
    if (!(error instanceof TooManyWeights)) throw error;
    report(messages.unsupported('a graph with more than 50 million weights between two layers'), '/node');
    return null;
  }
}

/** Signals on the way through linear nodes. */
interface Arriving {
  readonly paths: readonly Omit<Connection, 'to'>[];
  /** Constants by the number of edges that close cycles on their way. */
  readonly constants: ReadonlyMap<number, Float64Array>;
}

function connect(
  { nodes, edges }: FlatGraph,
  shapes: readonly NodeShapes[],
  entering: readonly (readonly number[])[],
  closing: ReadonlySet<number>,
  keepsState: (node: number) => boolean,
  report: Report,
): Pick<Network, 'connections' | 'constants'> {
  const sent = new Map<number, Arriving>();
  const sizeAt = (node: number): number => sizeOf(itemAt(shapes, node).output);
  const send = (node: number): Arriving => {
    if (keepsState(node))
      return {
        paths: [{ from: node, map: mapOf(itemAt(nodes, node), itemAt(shapes, node)), stepsBack: 0, through: [] }],
        constants: new Map(),
      };
    const known = sent.get(node);
    if (known) return known;
    const { paths, constants } = receive(node);
    const map = mapOf(itemAt(nodes, node), itemAt(shapes, node));
    const own = constantOf(itemAt(nodes, node), itemAt(shapes, node));
    const passed = new Map([...constants].map(([steps, signal]) => [steps, applied(map, signal)]));
    if (own) passed.set(0, added(passed.get(0), own));
    const isNamed = !['Input', 'Output', 'Flatten'].includes(itemAt(nodes, node).type);
    const result = {
      paths: paths.map((path) => ({
        ...path,
        map: after(path.map, map),
        through: isNamed ? [...path.through, node] : path.through,
      })),
      constants: passed,
    };
    sent.set(node, result);
    return result;
  };
  const receive = (node: number): Arriving => {
    const paths = new Map<string, Omit<Connection, 'to'>>();
    const constants = new Map<number, Float64Array>();
    for (const edge of itemAt(entering, node)) {
      const arriving = send(itemAt(edges, edge).from);
      const back = closing.has(edge) ? 1 : 0;
      for (const path of arriving.paths) {
        const stepsBack = path.stepsBack + back;
        const key = `${path.from} ${stepsBack}`;
        const other = paths.get(key);
        paths.set(
          key,
          other ? { ...path, stepsBack, map: sumOf(other.map, path.map), through: [] } : { ...path, stepsBack },
        );
      }
      for (const [steps, signal] of arriving.constants)
        constants.set(steps + back, added(constants.get(steps + back), signal));
    }
    return { paths: [...paths.values()], constants };
  };
  const connections: Connection[] = [];
  const all = new Map<number, Constant>();
  for (const node of nodes.keys()) {
    if (!keepsState(node)) continue;
    const { paths, constants } = receive(node);
    connections.push(...paths.map((path) => ({ ...path, to: node })));
    if ([...constants.keys()].some((steps) => steps > 1))
      report(messages.unsupported('a bias on a path that closes several cycles'), itemAt(nodes, node).path);
    if (constants.size === 0) continue;
    const first = constants.get(0) ?? new Float64Array(sizeAt(node));
    all.set(node, { first, later: added(constants.get(1), first) });
  }
  return { connections, constants: all };
}

const added = (a: Float64Array | undefined, b: Float64Array): Float64Array =>
  a ? a.map((value, k) => value + itemAt(b, k)) : b;
