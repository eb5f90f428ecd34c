/** Linear primitives as lists of weights. */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { PrimitiveNode } from './graph.js';
import { sizeOf, windowOf, type NodeShapes } from './shapes.js';

/** A sparse matrix from one signal to another, with a delay in seconds for each weight if any is delayed. */
export interface LinearMap {
  readonly from: number;
  readonly to: number;
  readonly sources: Uint32Array;
  readonly targets: Uint32Array;
  readonly weights: Float64Array;
  readonly delays?: Float64Array;
}

/** Largest number of weights of one map. */
export const mostWeights = 50_000_000;

/** More weights than one map may have. */
export class TooManyWeights extends Error {}

const isOne = ({ from, to, sources, targets, weights, delays }: LinearMap): boolean =>
  from === to &&
  sources.length === from &&
  delays === undefined &&
  weights.every((weight) => weight === 1) &&
  sources.every((source, k) => source === k && targets[k] === k);

/** Returns the map that sends a signal on as it is. */
export function identity(size: number): LinearMap {
  const elements = Uint32Array.from({ length: size }, (_, k) => k);
  return { from: size, to: size, sources: elements, targets: elements, weights: new Float64Array(size).fill(1) };
}

/** Returns the map of the signal that a node sends on. Weights of zero are left out. */
export function mapOf(node: PrimitiveNode, { input, output }: NodeShapes): LinearMap {
  const [from, to] = [sizeOf(input), sizeOf(output)];
  const { weight, scale, delay, value } = node.fields;
  switch (node.type) {
    case 'Affine':
    case 'Linear': {
      const [columns, rows] = [input.at(-1)!, output.at(-1)!];
      return listed(from, to, weight!.values.length, (add) => {
        weight!.values.forEach((value, k) => {
          const row = Math.floor(k / columns);
          add(Math.floor(row / rows) * columns + (k % columns), row, value);
        });
      });
    }
    case 'Bias':
    case 'Scale': {
      const { values } = (scale ?? value)!;
      return listed(from, to, from, (add) => {
        for (let k = 0; k < from; k++) add(k, k, itemAt(values, values.length === 1 ? 0 : k));
      });
    }
    case 'Delay': {
      const { values } = delay!;
      const delays = Float64Array.from({ length: from }, (_, k) => itemAt(values, values.length === 1 ? 0 : k));
      return { ...identity(from), delays };
    }
    case 'Conv1d':
    case 'Conv2d': {
      const [channels = 1] = output;
      const perGroup = weight!.shape[1]!;
      const outputsPerGroup = channels / (node.fields['groups']?.values[0] ?? 1);
      return sliding(node, input, output, channels * perGroup, (kernel, add) => {
        for (let out = 0; out < channels; out++)
          for (let k = 0; k < perGroup; k++)
            add(
              Math.floor(out / outputsPerGroup) * perGroup + k,
              out,
              weight!.values.subarray((out * perGroup + k) * kernel, (out * perGroup + k + 1) * kernel),
            );
      });
    }
    case 'SumPool2d':
    case 'AvgPool2d': {
      const [channels = 1] = output;
      return sliding(node, input, output, channels, (kernel, add) => {
        const weights = new Float64Array(kernel).fill(node.type === 'AvgPool2d' ? 1 / kernel : 1);
        for (let channel = 0; channel < channels; channel++) add(channel, channel, weights);
      });
    }
    default:
      return identity(from);
  }
}

type Add = (source: number, target: number, weight: number) => void;

/** Returns a map from entries. @param most  at least their number */
function listed(from: number, to: number, most: number, fill: (add: Add) => void): LinearMap {
  if (most > mostWeights) throw new TooManyWeights();
  const [sources, targets, weights] = [new Uint32Array(most), new Uint32Array(most), new Float64Array(most)];
  let count = 0;
  fill((source, target, weight) => {
    if (weight === 0) return;
    sources[count] = source;
    targets[count] = target;
    weights[count++] = weight;
  });
  // Most lists are full, and need no copy.
  if (count === most) return { from, to, sources, targets, weights };
  return {
    from,
    to,
    sources: sources.slice(0, count),
    targets: targets.slice(0, count),
    weights: weights.slice(0, count),
  };
}

/** Returns the map of a window that slides over space, with weights for pairs of channels. */
function sliding(
  node: PrimitiveNode,
  input: readonly number[],
  output: readonly number[],
  pairs: number,
  channels: (kernel: number, add: (source: number, target: number, weights: Float64Array) => void) => void,
): LinearMap {
  // One dimension is two with one row.
  const flat = input.length === 2;
  const [rows, columns] = flat ? [1, itemAt(input, 1)] : [itemAt(input, 1), itemAt(input, 2)];
  const [outRows, outColumns] = flat ? [1, itemAt(output, 1)] : [itemAt(output, 1), itemAt(output, 2)];
  const { kernel, stride, dilation, before } = windowOf(node, input.slice(1));
  const two = (values: readonly number[], only: number): readonly [number, number] =>
    flat ? [only, itemAt(values, 0)] : [itemAt(values, 0), itemAt(values, 1)];
  const [height, width] = two(kernel, 1);
  const [[strideY, strideX], [stepY, stepX], [beforeY, beforeX]] = [two(stride, 1), two(dilation, 1), two(before, 0)];
  const most = pairs * outRows * outColumns * height * width;
  return listed(sizeOf(input), sizeOf(output), most, (add) =>
    channels(height * width, (source, target, weights) => {
      for (let y = 0; y < outRows; y++)
        for (let x = 0; x < outColumns; x++)
          for (let k = 0; k < height * width; k++) {
            const row = y * strideY + Math.floor(k / width) * stepY - beforeY;
            const column = x * strideX + (k % width) * stepX - beforeX;
            if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
            add(
              source * rows * columns + row * columns + column,
              target * outRows * outColumns + y * outColumns + x,
              itemAt(weights, k),
            );
          }
    }),
  );
}

/** Returns the map of one map after another. Weights between the same elements with the same delay are added up. */
export function after(first: LinearMap, second: LinearMap): LinearMap {
  if (isOne(first)) return second;
  if (isOne(second)) return first;
  const starts = new Uint32Array(second.from + 1);
  for (const source of second.sources) starts[source + 1]!++;
  for (let k = 0; k < second.from; k++) starts[k + 1]! += itemAt(starts, k);
  const next = starts.slice();
  const order = new Uint32Array(second.sources.length);
  second.sources.forEach((source, k) => (order[next[source]!++] = k));
  let count = 0;
  for (const target of first.targets) count += itemAt(starts, target + 1) - itemAt(starts, target);
  if (count > mostWeights) throw new TooManyWeights();
  const [sources, targets, weights] = [new Uint32Array(count), new Uint32Array(count), new Float64Array(count)];
  const delays = first.delays || second.delays ? new Float64Array(count) : undefined;
  let at = 0;
  first.targets.forEach((middle, k) => {
    for (let j = itemAt(starts, middle); j < itemAt(starts, middle + 1); j++) {
      const entry = itemAt(order, j);
      sources[at] = itemAt(first.sources, k);
      targets[at] = itemAt(second.targets, entry);
      weights[at] = itemAt(first.weights, k) * itemAt(second.weights, entry);
      if (delays) delays[at] = (first.delays?.[k] ?? 0) + (second.delays?.[entry] ?? 0);
      at++;
    }
  });
  return addedUp({ from: first.from, to: second.to, sources, targets, weights, ...(delays ? { delays } : {}) });
}

/** Returns the sum of two maps between the same signals. */
export function sumOf(a: LinearMap, b: LinearMap): LinearMap {
  const count = a.sources.length + b.sources.length;
  if (count > mostWeights) throw new TooManyWeights();
  const joined = <T extends Uint32Array | Float64Array>(empty: T, x: T, y: T): T => {
    empty.set(x);
    empty.set(y, x.length);
    return empty;
  };
  const delaysOf = ({ delays, sources }: LinearMap): Float64Array => delays ?? new Float64Array(sources.length);
  return addedUp({
    from: a.from,
    to: a.to,
    sources: joined(new Uint32Array(count), a.sources, b.sources),
    targets: joined(new Uint32Array(count), a.targets, b.targets),
    weights: joined(new Float64Array(count), a.weights, b.weights),
    ...(a.delays || b.delays ? { delays: joined(new Float64Array(count), delaysOf(a), delaysOf(b)) } : {}),
  });
}

/** Returns a map with one weight for each pair and delay, in the order of sources, targets and delays. */
function addedUp({ from, to, sources, targets, weights, delays }: LinearMap): LinearMap {
  const order = Uint32Array.from(sources, (_, k) => k).sort(
    (a, b) =>
      itemAt(sources, a) - itemAt(sources, b) ||
      itemAt(targets, a) - itemAt(targets, b) ||
      (delays ? itemAt(delays, a) - itemAt(delays, b) : 0) ||
      a - b,
  );
  const first: number[] = [];
  const sums: number[] = [];
  for (const k of order) {
    const last = first.at(-1);
    const isSame =
      last !== undefined &&
      sources[last] === sources[k] &&
      targets[last] === targets[k] &&
      delays?.[last] === delays?.[k];
    if (isSame) sums[sums.length - 1]! += itemAt(weights, k);
    else {
      first.push(k);
      sums.push(itemAt(weights, k));
    }
  }
  return {
    from,
    to,
    sources: Uint32Array.from(first, (k) => itemAt(sources, k)),
    targets: Uint32Array.from(first, (k) => itemAt(targets, k)),
    weights: Float64Array.from(sums),
    ...(delays ? { delays: Float64Array.from(first, (k) => itemAt(delays, k)) } : {}),
  };
}

/** Returns the result of a map for a constant signal. */
export function applied({ to, sources, targets, weights }: LinearMap, signal: Float64Array): Float64Array {
  const result = new Float64Array(to);
  sources.forEach((source, k) => {
    result[itemAt(targets, k)]! += itemAt(weights, k) * itemAt(signal, source);
  });
  return result;
}

/** Returns the constant that a node adds to its output, or null. */
export function constantOf({ type, fields }: PrimitiveNode, { output }: NodeShapes): Float64Array | null {
  const { bias } = fields;
  if (!bias || bias.values.every((value) => value === 0)) return null;
  if (type === 'Affine') return bias.values;
  const perChannel = sizeOf(output.slice(1));
  return Float64Array.from({ length: sizeOf(output) }, (_, k) => itemAt(bias.values, Math.floor(k / perChannel)));
}
