/** Counts of the memory accesses of a step on a graphics card, from a program and its launches. */

import { DeviceContext } from '../../src/codegen/c/device/context.js';
import { cudaDialect } from '../../src/codegen/c/device/cuda-dialect.js';
import { generateCuda } from '../../src/codegen/c/device/generate.js';
import { elementBytes, type Expression, type Kernel, type Program, type Statement } from '../../src/ir/program.js';
import { bodyOf, expressionsOf, operandsOf, visitExpression, visitStatements } from '../../src/ir/walk.js';

/** Accesses of one item: of an element, or of a synapse that a spike reaches. */
export interface ItemCosts {
  /** Atomic additions, under any condition. */
  readonly atomics: number;
  /** Different loads with an address that depends on another load. */
  readonly dependent: number;
  /** The longest chain of memory accesses, each with an address that depends on the one before. */
  readonly depth: number;
  /** Bytes at addresses that are consecutive for consecutive items: a line of 128 bytes serves many items. */
  readonly bytes: number;
  /** Other addresses that differ between items: a line of its own for each. */
  readonly lines: number;
}

/** What is known of a value: loads before it, and its growth from an item to the next. */
interface Known {
  readonly depth: number;
  readonly stride: 0 | 1 | 'other';
}

const uniform: Known = { depth: 0, stride: 0 };

const joined = (parts: readonly Known[]): Known => ({
  depth: Math.max(0, ...parts.map(({ depth }) => depth)),
  stride: parts.every(({ stride }) => stride === 0) ? 0 : 'other',
});

function knownOf(e: Expression, locals: ReadonlyMap<string, Known>): Known {
  if (e.kind === 'local') return locals.get(e.name) ?? uniform;
  const parts = operandsOf(e).map((part) => knownOf(part, locals));
  const all = joined(parts);
  if (e.kind === 'load') return { depth: all.depth + 1, stride: parts[0]?.stride === 0 ? 0 : 'other' };
  const [left, right] = parts;
  if (e.kind === 'convert' && left !== undefined) return left;
  if (e.kind === 'binary' && e.op === 'add' && left !== undefined && right !== undefined) {
    if (left.stride === 0) return { ...all, stride: right.stride };
    if (right.stride === 0) return { ...all, stride: left.stride };
  }
  return all;
}

/** Implicit locals. The row of a spike is in its list, the positions of a row in the segments: two loads before. */
const implicit = (kernel: Kernel, listed: boolean): readonly (readonly [string, Known])[] =>
  kernel.shape === 'propagate'
    ? [
        ['row', { depth: 1, stride: 'other' }],
        ['position', { depth: 2, stride: 1 }],
        ['delay', { depth: 0, stride: 'other' }],
      ]
    : [['index', listed ? { depth: 1, stride: 'other' } : { depth: 0, stride: 1 }]];

/** Returns what is known of locals anywhere in a body: a local of several assignments is the worst of them. */
function localsOf(kernel: Kernel, listed: boolean, body: readonly Statement[]): ReadonlyMap<string, Known> {
  const locals = new Map(implicit(kernel, listed));
  const note = (name: string, value: Known): boolean => {
    const before = locals.get(name);
    const stride = before === undefined || before.stride === value.stride ? value.stride : 'other';
    // A loop that follows pointers has no longest chain: one round counts.
    const depth = Math.min(16, Math.max(before?.depth ?? 0, value.depth));
    locals.set(name, { depth, stride });
    return before?.depth !== depth || before.stride !== stride;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const s of body) {
      if (s.kind === 'set') changed = note(s.local, knownOf(s.value, locals)) || changed;
      if (s.kind === 'for')
        changed = note(s.local, { ...joined([knownOf(s.from, locals)]), stride: 'other' }) || changed;
      if (s.kind === 'call') {
        const value = joined(s.arguments.map((argument) => knownOf(argument, locals)));
        for (const result of s.results) changed = note(result, value) || changed;
      }
    }
  }
  return locals;
}

/**
 * Returns the costs of an item of a kernel's body, each element counted once.
 *
 * @param adds whether accumulations are atomic
 * @param listed whether the items of spikes come from their list, rather than from bits of the mask
 */
export function itemCosts({ buffers }: Program, kernel: Kernel, adds: boolean, listed: boolean): ItemCosts {
  const body: Statement[] = [];
  const loads: Extract<Expression, { kind: 'load' }>[] = [];
  visitStatements(bodyOf(kernel), (s) => {
    body.push(s);
    for (const e of expressionsOf(s))
      visitExpression(e, (node) => {
        if (node.kind === 'load') loads.push(node);
      });
  });
  const locals = localsOf(kernel, listed, body);
  const sizes = new Map(buffers.map(({ name, element }) => [name, elementBytes[element]]));
  const changes = body.filter((s) => s.kind === 'store' || s.kind === 'accumulate');
  const placeOf = ({ buffer, index }: { readonly buffer: string; readonly index: Expression }) => ({
    buffer,
    key: `${buffer} ${JSON.stringify(index, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))}`,
    ...knownOf(index, locals),
  });
  const unique = (places: readonly ReturnType<typeof placeOf>[]) => [
    ...new Map(places.map((place) => [place.key, place])).values(),
  ];
  const touched = unique([...loads, ...changes].map(placeOf));
  return {
    atomics: adds ? changes.filter(({ kind }) => kind === 'accumulate').length : 0,
    dependent: unique(loads.map(placeOf)).filter(({ depth }) => depth > 0).length,
    depth: Math.max(0, ...touched.map(({ depth }) => depth + 1)),
    bytes: touched.reduce((sum, { stride, buffer }) => sum + (stride === 1 ? (sizes.get(buffer) ?? 0) : 0), 0),
    lines: touched.filter(({ stride }) => stride === 'other').length,
  };
}

/**
 * Returns the launches of a step, each by the number of steps from one to the next, and the costs of an item by the
 * kernel. Lists of spikes have no body. Bits of masks, and finer forms of kernels, are not counted.
 */
export function stepCosts(program: Program): {
  readonly launches: readonly number[];
  readonly kernels: readonly { readonly kernel: Kernel; readonly costs: ItemCosts }[];
} {
  const { step, launches } = generateCuda(program, 'atomic');
  const context = new DeviceContext(program, cudaDialect, 'atomic', false);
  const listed = new Set(
    step.flatMap(({ kernel }) => {
      const launch = launches.get(kernel);
      return launch?.geometry.kind === 'spikes' ? launch.kernel.split(' ') : [];
    }),
  );
  const inStep = new Set(program.schedule.step.map(({ kernel }) => kernel));
  const kernels = program.kernels.filter(({ name, shape }) => inStep.has(name) && shape !== 'compact');
  return {
    launches: step.map(({ every }) => every),
    kernels: kernels.map((kernel) => ({
      kernel,
      costs: itemCosts(program, kernel, context.addsAtomically(kernel), listed.has(kernel.name)),
    })),
  };
}
