/**
 * Graphs whose shapes begin with a batch, or with a batch and steps, as some platforms export them. Such graphs are
 * read as a graph for one sample:
 *
 *     input [1, 4] -> Affine [3, 4] -> LIF [3] -> output [1, 3]    before
 *     input [4]    -> Affine [3, 4] -> LIF [3] -> output [3]       after
 */

import type { FlatGraph } from './flatten.js';
import type { Numbers, PrimitiveNode, Report } from './graph.js';
import * as messages from './messages.js';
import { primitives } from './primitives.js';
import { equalShapes, inferShapes, sizeOf, type Shape } from './shapes.js';

/** Most lengths in front of a shape: a batch, and steps. */
const mostInFront = 2;

/**
 * Returns a graph without lengths in front of its shapes; a graph whose shapes fit stays as it is. Reports the lengths
 * that were left out, and values that differ along them.
 */
export function withoutBatch(graph: FlatGraph, report: Report): FlatGraph {
  if (fits(graph)) return graph;
  const inputs = graph.nodes.filter(({ type }) => type === 'Input');
  const [first] = inputs;
  const shape: Shape = [...(first?.fields['shape']?.values ?? [])];
  // Rockpool writes Inputs with the steps, and Outputs with a batch before the steps.
  for (let k = 2; first && k < 2 * (mostInFront + 1) && k < 2 * shape.length; k++) {
    const front = shape.slice(0, Math.floor(k / 2));
    const stripped = graph.nodes.map((node) => withoutFront(node, front, node.type === 'Output' ? k % 2 : 0));
    const single = { ...graph, nodes: stripped.map(({ node }) => node) };
    if (!fits(single)) continue;
    const differing = stripped.filter(({ differs }) => differs);
    for (const { node } of differing) report(messages.batchDiffers(node.name, front), node.path);
    if (differing.length === 0) report(messages.batchLeftOut(front), first.path);
    return single;
  }
  return graph;
}

function fits(graph: FlatGraph): boolean {
  let isWrong = false;
  const shapes = inferShapes(graph, ({ severity = 'error' }) => (isWrong ||= severity === 'error'));
  return shapes !== null && !isWrong;
}

/** A node for one sample, and whether its values differ between samples. */
interface Stripped {
  readonly node: PrimitiveNode;
  readonly differs: boolean;
}

/**
 * Returns a node without the lengths in front of its shape. Weights of maps have none.
 *
 * @param more  number of lengths before these
 */
function withoutFront(node: PrimitiveNode, front: Shape, more: number): Stripped {
  const length = front.length + more;
  const begins = (shape: Shape): boolean => shape.length > length && equalShapes(shape.slice(more, length), front);
  const of = (field: string): boolean =>
    node.type === 'Flatten' ? field === 'input_type' : node.type === 'Input' || node.type === 'Output';
  const isState = primitives[node.type]?.role === 'state';
  let differs = false;
  const fields = Object.entries(node.fields).map(([name, field]): [string, Numbers] => {
    if (of(name) && begins([...field.values]))
      return [name, { shape: [field.values.length - length], values: field.values.slice(length) }];
    if (!isState || !begins(field.shape)) return [name, field];
    const shape = field.shape.slice(length);
    const values = field.values.slice(0, sizeOf(shape));
    differs ||= field.values.some((value, k) => !Object.is(value, values[k % values.length]));
    return [name, { shape, values }];
  });
  return { node: { ...node, fields: Object.fromEntries(fields) }, differs };
}
