/** All findings of the NIR translator. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { finding } from '../../src/diagnostics/finding.js';
import { joinWords, shorten, unlike } from '../../src/diagnostics/suggest.js';

/** Returns a shape as Python writes it. */
export const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

// --- Files ----------------------------------------------------------------------------------------------------------
/** A group or a dataset that a graph needs. */
export const missing = (what: string, name: string) => finding`nir/missing: ${what} has no ${name}
  expected: ${name}`;

/** A part of the file that is a link to another file. */
export const elsewhere = (name: string) => finding`nir/elsewhere:
  ${shorten(name)} is stored in another file, which is not read
  expected: data in this file
  hint: write the graph to one file`;

/** A dataset of another type, or a group in its place. */
export const wrongType = (name: string, expected: string, found: string) => finding`nir/wrong-type:
  ${name} is ${found}
  expected: ${expected}
  found: ${found}`;

/** A dataset that its primitive does not have. */
export const unknownField = (type: string, name: string, known: readonly string[]): Finding => ({
  ...finding`nir/unknown-field: ${type} has no ${shorten(name)}`,
  ...unlike(name, known),
});

/** A type that NIR does not have. */
export const unknownPrimitive = (type: string, known: readonly string[]): Finding => ({
  ...finding`nir/unknown-primitive: NIR has no primitive ${shorten(type)}`,
  ...unlike(type, known),
});

/** A number outside its range. */
export const outOfRange = (what: string, expected: string, found: number | string) => finding`nir/out-of-range:
  ${what} cannot be ${found}
  expected: ${expected}
  found: ${String(found)}`;

/** Graphs within graphs that have no end. */
export const tooDeep = (levels: number) => finding`nir/too-deep:
  graphs contain each other more than ${levels} levels deep
  expected: at most ${levels} levels`;

// --- Graphs ---------------------------------------------------------------------------------------------------------
/** An edge to a node that the graph lacks. */
export const unknownNode = (name: string, known: readonly string[]): Finding => ({
  ...finding`nir/unknown-node: the graph has no node ${shorten(name)}`,
  ...unlike(name, known),
});

/** Lengths of a batch in front of the shapes, which are left out. */
export const batchLeftOut = (front: readonly number[]) => finding`warning nir/batch-left-out:
  the shapes begin with ${shapeText(front)}, a batch or steps: the graph is read for one sample
  hint: nir itself reads such a graph with type_check=False only: export it for one sample without a batch`;

/** Values that differ between the samples of a batch. */
export const batchDiffers = (name: string, front: readonly number[]) => finding`nir/batch-differs:
  a batch or steps, ${shapeText(front)}, stand in front of the shape of ${shorten(name)}, and its values differ along
    them
  expected: equal values for all samples
  hint: export the graph for one sample without a batch`;

/** An edge that is given twice. */
export const edgeTwice = (from: string, to: string) => finding`nir/edge-twice:
  the edge from ${shorten(from)} to ${shorten(to)} is given twice
  expected: each edge once
  hint: a Scale node doubles a signal`;

/** An edge into an Input or out of an Output of the same graph. */
export const wrongEnd = (name: string, type: 'Input' | 'Output'): Finding => ({
  code: 'nir/wrong-end',
  message:
    type === 'Input' ? `an edge leads into the Input ${shorten(name)}` : `an edge leaves the Output ${shorten(name)}`,
  expected: type === 'Input' ? 'edges that leave an Input' : 'edges that lead into an Output',
  hint: 'exchange the names of the edge, or leave it out',
});

/** A graph without an Input or without an Output. */
export const noEnd = (type: 'Input' | 'Output') => finding`nir/no-end: the graph has no ${type}
  expected: a node of the type ${type}
  hint: add one; nir adds it to graphs whose types it checks`;

/** A nested graph with several Inputs or Outputs at an edge that cannot name one. */
export const severalEnds = (graph: string, type: 'Input' | 'Output', count: number) => finding`nir/several-ends:
  an edge cannot name one of the ${count} nodes ${type} of ${shorten(graph)}
  expected: a nested graph with one ${type}
  found: ${count}`;

/** A node that no edge leads to. */
export const unconnected = (name: string) => finding`warning nir/unconnected:
  no edge leads into ${shorten(name)}, so it receives nothing`;

// --- Shapes ---------------------------------------------------------------------------------------------------------
/** Parameters of one node with different shapes. */
export const unequalShapes = (shapes: Readonly<Record<string, readonly number[]>>) => finding`nir/unequal-shapes:
  the parameters have different shapes:
    ${joinWords(
      Object.entries(shapes).map(([name, shape]) => `${name} ${shapeText(shape)}`),
      'and',
    )}
  expected: one shape, that of the layer
  hint: store one number for each unit in all of them`;

/** A dataset with a shape that it cannot have. */
export const wrongShape = (name: string, expected: string, found: readonly number[]) => finding`nir/wrong-shape:
  ${name} has the shape ${shapeText(found)}
  expected: ${expected}
  found: ${shapeText(found)}`;

/** An edge between nodes of different shapes. */
export const shapesDiffer = (
  from: string,
  given: readonly number[],
  to: string,
  taken: readonly number[],
  hint?: string,
) => finding`nir/shapes-differ: ${from} sends ${shapeText(given)}, and ${to} takes ${shapeText(taken)}
  expected: ${shapeText(taken)}
  found: ${shapeText(given)}
  hint: ${hint ?? 'give the two nodes one shape'}`;

/** A node without a shape in its parameters and predecessors. */
export const unknownShape = (name: string) => finding`nir/unknown-shape:
  the shape of ${shorten(name)} follows neither from its parameters nor from its predecessors
  expected: a path from a node with a known shape`;

/** A window that is larger than the layer that it slides over. */
export const windowTooLarge = (input: readonly number[]) => finding`nir/window-too-large:
  the window does not fit into the input of shape ${shapeText(input)}
  expected: a smaller kernel or dilation, or more padding
  found: ${shapeText(input)}`;

/** Single numbers in place of the parameters of a layer. */
export const broadcast = (name: string, shape: readonly number[]) => finding`warning nir/broadcast:
  ${shorten(name)} has single numbers as parameters, which are taken for all elements of its input
    ${shapeText(shape)}
  expected: parameters of the shape ${shapeText(shape)}
  hint: nir refuses the graph`;

/** A layer for which nir computes another shape. */
export const nirDiffers = (
  name: string,
  shape: readonly number[],
  inNir: readonly number[],
) => finding`note nir/nir-differs: ${shorten(name)}
    gives the shape ${shapeText(shape)}, for which nir 1.0.8 computes ${shapeText(inNir)}
  hint: nir refuses the graph unless it is read without its check of types`;

// --- Networks -------------------------------------------------------------------------------------------------------
/** A construct that cannot be imported. */
export const unsupported = (what: string, hint?: string) => finding`nir/unsupported: ${what} cannot be imported
  hint: ${hint === undefined ? undefined : hint}`;

/** Choices that NIR leaves to the program that runs a graph, as they are made here. */
export const discretised = (dt: string, method: string, signal: string) => finding`note nir/discretised:
  NIR states no time step: each step is ${dt}, by ${method}, and ${signal}
  hint: --set library=norse or another platform changes this, or --dt, --set method=…, --set signal=… and --set
    reset=…`;

/** A primitive that a platform computes by other equations than NIR's. */
export const platformDeparts = (library: string, type: string) => finding`warning nir/platform-departs:
  ${library} computes ${type} by other equations than NIR's, so its spikes are not those of this run
  expected: the equations of NIR
  hint: docs/nir-conformance.md shows the spikes of both`;

/** A time constant below the step of forward Euler. */
export const fastTime = (
  node: string,
  name: string,
  value: number,
  dt: string,
  isUnstable: boolean,
) => finding`warning nir/short-time-constant: ${name}
    of ${shorten(node)} is ${value} s, shorter than the step of ${dt}: forward Euler
    ${isUnstable ? 'is unstable' : 'overshoots'}
  hint: take a step of ${value} s or less, or --set method=exact`;

/** A value of a setting that graphs do not have. */
export const unknownSetting = (name: string, value: string, known: readonly string[]): Finding => ({
  ...finding`nir/unknown-setting: ${name} cannot be ${shorten(value)}`,
  ...unlike(value, known),
});
