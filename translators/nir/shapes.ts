/** Shapes of the signals between nodes, with stricter checks than in nir. */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { FlatGraph } from './flatten.js';
import type { Numbers, PrimitiveNode, Report } from './graph.js';
import * as messages from './messages.js';
import { primitives, spatial } from './primitives.js';

/** Lengths along the dimensions of a signal, without batch and time. */
export type Shape = readonly number[];

/** Shapes that a node takes and sends. */
export interface NodeShapes {
  readonly input: Shape;
  readonly output: Shape;
}

export const equalShapes = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, dimension) => length === b[dimension]);

export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

/** Returns the numbers of a field, one for each of some dimensions. */
export const perDimension = ({ fields }: PrimitiveNode, name: string, dimensions: number): readonly number[] => {
  const values = fields[name]?.values ?? Float64Array.of(name === 'padding' ? 0 : 1);
  return Array.from({ length: dimensions }, (_, dimension) => values[values.length === 1 ? 0 : dimension] ?? NaN);
};

/** The window of a convolution or of a pool along each dimension of space. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before the first element. */
  readonly before: readonly number[];
  readonly output: readonly number[];
}

/** Returns the window of a node over an input with these lengths in space. */
export function windowOf(node: PrimitiveNode, lengths: readonly number[]): Window {
  const { weight, padding } = node.fields;
  const dimensions = lengths.length;
  const kernel = weight ? weight.shape.slice(2) : perDimension(node, 'kernel_size', dimensions);
  const [stride, dilation] = [perDimension(node, 'stride', dimensions), perDimension(node, 'dilation', dimensions)];
  const given = padding?.word === undefined ? perDimension(node, 'padding', dimensions) : lengths.map(() => 0);
  const extra = kernel.map((length, k) => itemAt(dilation, k) * (length - 1));
  const isSame = padding?.word === 'same';
  return {
    kernel,
    stride,
    dilation,
    // As in PyTorch, an odd number of zeros has the additional one at the end.
    before: isSame ? extra.map((length) => Math.floor(length / 2)) : given,
    output: isSame
      ? lengths
      : lengths.map(
          (length, k) => Math.floor((length + 2 * itemAt(given, k) - itemAt(extra, k) - 1) / itemAt(stride, k)) + 1,
        ),
  };
}

/** Returns the shapes of all nodes; null after a report. */
export function inferShapes({ nodes, edges }: FlatGraph, report: Report): readonly NodeShapes[] | null {
  let isWrong = false;
  const complain: Report = (finding, path) => {
    isWrong ||= (finding.severity ?? 'error') === 'error';
    report(finding, path);
  };
  const known: (NodeShapes | undefined)[] = [];
  const tried = new Set<number>();
  const settle = (index: number, input: Shape | null): void => {
    const node = itemAt(nodes, index);
    if (known[index] || (input && tried.has(index))) return;
    if (input) tried.add(index);
    const taken = ownInput(node, input, tried.has(index) ? complain : () => undefined);
    const output = taken && outputOf(node, taken, complain);
    if (taken && output) known[index] = { input: taken, output };
  };
  nodes.forEach((node, index) => {
    checkOwn(node, complain);
    settle(index, null);
  });
  if (isWrong) return null;
  for (let isChanging = true; isChanging && !isWrong;) {
    isChanging = false;
    for (const { from, to } of edges) {
      const given = known[from]?.output;
      if (!given || known[to] || tried.has(to)) continue;
      settle(to, given);
      isChanging = true;
    }
  }
  if (isWrong) return null;
  for (const { from, to, path } of edges) {
    const [given, taken] = [known[from]?.output, known[to]?.input];
    if (!given || !taken || equalShapes(given, taken)) continue;
    const source = itemAt(nodes, from);
    const inNir = known[from] && shapeInNir(source, known[from].input);
    const hint =
      inNir && equalShapes(inNir, taken)
        ? `nir 1.0.8 computes ${messages.shapeText(inNir)} for ${source.name}, by the first length of its kernel only`
        : undefined;
    complain(messages.shapesDiffer(source.name, given, itemAt(nodes, to).name, taken, hint), path);
  }
  for (const [index, node] of nodes.entries()) {
    const shapes = known[index];
    if (!shapes) {
      complain(messages.unknownShape(node.name), node.path);
      continue;
    }
    const inNir = shapeInNir(node, shapes.input);
    if (inNir && !equalShapes(inNir, shapes.output))
      report(messages.nirDiffers(node.name, shapes.output, inNir), node.path);
  }
  return isWrong ? null : (known as readonly NodeShapes[]);
}

/**
 * Returns the shape that nir computes for a convolution: it takes the first length of the kernel for all dimensions.
 */
function shapeInNir(node: PrimitiveNode, input: Shape): Shape | undefined {
  const { weight } = node.fields;
  if (node.type !== 'Conv2d' || !weight || weight.shape[2] === weight.shape[3]) return undefined;
  const square = { ...weight, shape: [...weight.shape.slice(0, 3), itemAt(weight.shape, 2)] };
  const { output } = windowOf({ ...node, fields: { ...node.fields, weight: square } }, input.slice(1));
  return [itemAt(weight.shape, 0), ...output];
}

/** Checks the shapes of a node's own parameters. */
function checkOwn(node: PrimitiveNode, report: Report): void {
  const { type, fields, path } = node;
  const { weight, bias, groups } = fields;
  const wrong = (name: string, expected: string): void =>
    report(messages.wrongShape(name, expected, fields[name]?.shape ?? []), `${path}/${name}`);
  const dimensions = spatial[type];
  if (dimensions !== undefined) {
    for (const name of ['stride', 'padding', 'dilation', 'kernel_size', 'input_shape'])
      if (fields[name] && fields[name].word === undefined && ![1, dimensions].includes(fields[name].values.length))
        wrong(name, dimensions === 1 ? 'one number' : `one number or ${dimensions}`);
    if (weight && weight.shape.length !== dimensions + 2)
      wrong('weight', dimensions === 1 ? '[out, in, length]' : '[out, in, height, width]');
    else if (weight) {
      const [out = 0] = weight.shape;
      const count = groups?.values[0] ?? 1;
      if (weight.shape.includes(0)) wrong('weight', 'lengths above zero');
      if (bias && !equalShapes(bias.shape, [out])) wrong('bias', messages.shapeText([out]));
      if (out % count !== 0)
        report(messages.outOfRange('groups', `a divisor of the ${out} output channels`, count), `${path}/groups`);
    }
    if (fields['padding']?.word === 'same' && perDimension(node, 'stride', dimensions).some((step) => step !== 1))
      report(messages.unsupported('the padding same with a stride other than 1'), `${path}/padding`);
  } else if (type === 'Affine' || type === 'Linear') {
    if (weight && weight.shape.length < 2) wrong('weight', '[…, out, in]');
    else if (weight && bias && !fitsBias(bias.shape, weight.shape.slice(0, -1)))
      wrong('bias', messages.shapeText(weight.shape.slice(0, -1)));
  } else if (primitives[type]?.role === 'state') {
    const parameters = parametersOf(node);
    const shapes = parameters.filter(([, { shape }]) => shape.length > 0);
    const [first] = shapes;
    if (first && !shapes.every(([, { shape }]) => equalShapes(shape, first[1].shape)))
      report(messages.unequalShapes(Object.fromEntries(shapes.map(([name, { shape }]) => [name, shape]))), path);
    else if (first && shapes.length < parameters.length) report(messages.broadcast(node.name, first[1].shape), path);
  }
}

/** Checks whether a bias has a shape, perhaps after lengths of 1, which NumPy adds to a signal as well. */
const fitsBias = (shape: Shape, expected: Shape): boolean =>
  equalShapes(shape.slice(-expected.length), expected) && sizeOf(shape) === sizeOf(expected);

/** Returns the parameters of a node that have the shape of its layer; the format allows a single number for `w_in`. */
const parametersOf = ({ fields }: PrimitiveNode): readonly (readonly [string, Numbers])[] =>
  Object.entries(fields).filter(([name, { values }]) => name !== 'w_in' || values.length !== 1);

/**
 * Returns the shape that a node takes: its parameters' shape, else its input's. Returns undefined if
 * neither is known.
 */
function ownInput(node: PrimitiveNode, input: Shape | null, report: Report): Shape | undefined {
  const { type, fields, path } = node;
  const { weight } = fields;
  switch (type) {
    case 'Input':
    case 'Output':
      return fields['shape'] && [...fields['shape'].values];
    case 'Affine':
    case 'Linear':
      return weight && [...weight.shape.slice(0, -2), weight.shape.at(-1)!];
    case 'Conv1d':
    case 'Conv2d': {
      const dimensions = spatial[type]!;
      const channels = (weight?.shape[1] ?? 0) * (fields['groups']?.values[0] ?? 1);
      if (fields['input_shape']) return [channels, ...perDimension(node, 'input_shape', dimensions)];
      return input?.length === dimensions + 1 ? [channels, ...input.slice(1)] : refuseRank(input, dimensions + 1);
    }
    case 'SumPool2d':
    case 'AvgPool2d':
      return input?.length === 3 ? input : refuseRank(input, 3);
    case 'Flatten':
      return fields['input_type'] ? [...fields['input_type'].values] : (input ?? undefined);
    default: {
      const stated = parametersOf(node).find(([, { shape }]) => shape.length > 0);
      if (stated) return stated[1].shape;
      if (input && !(type === 'Scale' && input.length === 0)) report(messages.broadcast(node.name, input), path);
      return input ?? undefined;
    }
  }
  function refuseRank(given: Shape | null, rank: number): undefined {
    if (given) report(messages.wrongShape(`the input of ${node.name}`, `${rank} dimensions`, given), path);
    return undefined;
  }
}

function outputOf(node: PrimitiveNode, input: Shape, report: Report): Shape | undefined {
  const { type, fields, path } = node;
  const { weight } = fields;
  if (type === 'Affine' || type === 'Linear') return weight?.shape.slice(0, -1);
  if (Object.hasOwn(spatial, type)) {
    const { output } = windowOf(node, input.slice(1));
    if (output.every((length) => length > 0)) return [weight?.shape[0] ?? itemAt(input, 0), ...output];
    report(messages.windowTooLarge(input), path);
    return undefined;
  }
  if (type === 'Flatten') {
    const dimension = (name: string, standard: number): number => {
      const value = fields[name]?.values[0] ?? standard;
      return value < 0 ? value + input.length : value;
    };
    const [start, end] = [dimension('start_dim', 1), dimension('end_dim', -1)];
    if (!(start >= 0 && start <= end && end < input.length)) {
      const name = start >= 0 && start < input.length ? 'end_dim' : 'start_dim';
      report(
        messages.outOfRange(name, `a dimension of ${messages.shapeText(input)}`, fields[name]?.values[0] ?? NaN),
        `${path}/${name}`,
      );
      return undefined;
    }
    return [...input.slice(0, start), sizeOf(input.slice(start, end + 1)), ...input.slice(end + 1)];
  }
  return input;
}
