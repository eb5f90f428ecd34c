/**
 * Lets the runs of a sweep share compiled code. Lowering writes parameters into the code as numbers. Where numbers of
 * later programs differ, a load from a buffer takes their place, so that the code of all programs is the same text and
 * is compiled once. Bits do not change: an operation has the same result for a constant and for a loaded number.
 *
 *     v + 0.1 * (0.009 - v)   →   v + 0.1 * (swept[0] - v)
 */

import type { Buffer, Constant, Kernel, Load, Program } from '../ir/program.js';

/** Floating-point numbers in order; all programs have them in the same places. */
type Places = Map<string, number>;

/** Returns a function that rewrites the programs of a sweep, one after another. */
export function sharedCode(): (program: Program) => Program {
  let first: Program | undefined;
  const places: Readonly<Record<'f64' | 'f32', Places>> = { f64: new Map(), f32: new Map() };
  return (program) => {
    first ??= program;
    // Two rounds: the first finds the places, so that all of them are known when the program is rewritten.
    findPlaces(first.kernels, program.kernels, '', places);
    const kernels = rewritten(program.kernels, '', places) as readonly Kernel[];
    const buffers = (['f64', 'f32'] as const).flatMap((type) =>
      places[type].size === 0 ? [] : [bufferOf(type, places[type], program)],
    );
    return buffers.length === 0 ? program : { ...program, kernels, buffers: [...program.buffers, ...buffers] };
  };
}

const bufferName = (type: 'f64' | 'f32'): string => `swept.${type}`;

/** Operands that printers require to be constants. */
const fixedOperands = new Set(['scale', 'unit']);

/** Adds the places of numbers that differ between two programs of the same form; other differences stay in the code. */
function findPlaces(a: unknown, b: unknown, path: string, places: Readonly<Record<'f64' | 'f32', Places>>): void {
  if (Object.is(a, b) || !isTree(a) || !isTree(b)) return;
  if (isNumber(a) && isNumber(b)) {
    const known = places[b.type];
    if (a.type === b.type && !Object.is(a.value, b.value) && !known.has(path)) known.set(path, known.size);
    return;
  }
  for (const key of Object.keys(b)) if (!fixedOperands.has(key)) findPlaces(a[key], b[key], `${path}/${key}`, places);
}

function rewritten(tree: unknown, path: string, places: Readonly<Record<'f64' | 'f32', Places>>): unknown {
  if (!isTree(tree)) return tree;
  if (isNumber(tree)) {
    const position = places[tree.type].get(path);
    return position === undefined ? tree : loadOf(tree.type, position);
  }
  if (Array.isArray(tree)) return tree.map((item, k) => rewritten(item, `${path}/${k}`, places));
  return Object.fromEntries(
    Object.entries(tree).map(([key, item]) => [key, rewritten(item, `${path}/${key}`, places)]),
  );
}

const loadOf = (type: 'f64' | 'f32', position: number): Load => ({
  kind: 'load',
  type,
  buffer: bufferName(type),
  index: { kind: 'const', type: 'u32', value: position },
});

/** Returns the buffer with a program's numbers; of places that the program lacks, the number is zero. */
function bufferOf(type: 'f64' | 'f32', places: Places, { kernels }: Program): Buffer {
  const values = [...places.keys()].map((path) => {
    const found = nodeAt(kernels, path);
    return isTree(found) && isNumber(found) ? found.value : 0;
  });
  return {
    name: bufferName(type),
    element: type,
    length: values.length,
    role: 'constant',
    initial: type === 'f64' ? Float64Array.from(values) : Float32Array.from(values),
    comment: 'numbers that differ between the runs of a sweep',
  };
}

const nodeAt = (tree: unknown, path: string): unknown =>
  path
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree);

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

const isNumber = (tree: Tree): tree is Tree & Constant & { readonly type: 'f64' | 'f32'; readonly value: number } =>
  tree['kind'] === 'const' && (tree['type'] === 'f64' || tree['type'] === 'f32');
