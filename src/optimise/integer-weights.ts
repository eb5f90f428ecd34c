/**
 * Stores weights that are only added to inboxes as integers in the units of these inboxes. The sums are the same to the
 * bit, and arriving spikes need no rounding. If many synapses share a target, a weight takes half the memory or less.
 *
 * A weight is a buffer of bounded numbers (`atMost`) that kernels only add to or subtract from inboxes, all in the same
 * constant units. Only the construction of the network may write it.
 */

import * as ir from '../ir/builder.js';
import { exponentOf, scaleOf } from '../ir/fixed-point.js';
import { fold } from '../ir/fold.js';
import { powerOfTwo } from '../ir/power-of-two.js';
import type { Accumulate, Buffer, ElementType, Expression, Kernel, Load, Program, Statement } from '../ir/program.js';
import { bodyOf, buffersOf, expressionsOf, someExpression, visitExpression, visitStatements } from '../ir/walk.js';
import { laterKernels, type Pass } from './pass.js';

/** A weight as it will be kept. */
interface IntegerWeight {
  readonly buffer: Buffer;
  readonly exponent: number;
}

/** An addition to an inbox: an element of a buffer, or its negative, in units of 2^-exponent. */
interface Addition {
  readonly load: Load;
  readonly negative: boolean;
  readonly exponent: number;
}

/** Locals of a kernel that hold an element of a buffer, and are set once. */
type Loaded = ReadonlyMap<string, Load>;

function loadedLocals(body: readonly Statement[]): Loaded {
  const sets = new Map<string, number>();
  const loaded = new Map<string, Load>();
  const written = new Set<string>();
  visitStatements(body, (s) => {
    if (s.kind === 'for') sets.set(s.local, Infinity);
    if (s.kind === 'call') for (const name of s.results) sets.set(name, Infinity);
    if (s.kind === 'store' || s.kind === 'accumulate') written.add(s.buffer);
    if (s.kind !== 'set') return;
    sets.set(s.local, (sets.get(s.local) ?? 0) + 1);
    if (s.value.kind === 'load') loaded.set(s.local, s.value);
  });
  /** Whether an address is the same wherever it is computed in the kernel. */
  const isSteady = (e: Expression): boolean =>
    !someExpression(
      e,
      (part) =>
        (part.kind === 'local' && (sets.get(part.name) ?? 0) > 1) || (part.kind === 'load' && written.has(part.buffer)),
    );
  return new Map([...loaded].filter(([name, load]) => sets.get(name) === 1 && isSteady(load)));
}

/** Returns the added value of a statement, if it is an element of a buffer in constant units. */
function additionOf({ value }: Accumulate, loaded: Loaded): Addition | undefined {
  if (value.kind !== 'toFixed') return undefined;
  const exponent = exponentOf(value.scale);
  if (exponent === undefined) return undefined;
  let e = value.operand;
  let negative = false;
  for (;;) {
    if (e.kind === 'unary' && e.op === 'neg') negative = !negative;
    else if (e.kind !== 'convert' || e.type !== 'f64' || e.operand.type !== 'f32') break;
    e = e.operand;
  }
  const load = e.kind === 'local' ? loaded.get(e.name) : e;
  return load?.kind === 'load' ? { load, negative, exponent } : undefined;
}

/** Returns the units in which a kernel adds a buffer's elements; undefined if it uses them in any other way. */
function unitsIn(kernel: Kernel, buffer: string, inboxes: ReadonlySet<string>): ReadonlySet<number> | undefined {
  const body = bodyOf(kernel);
  const loaded = loadedLocals(body);
  const isWeight = (load: Load | undefined): boolean => load?.buffer === buffer;
  const units = new Set<number>();
  let otherwise = false;
  visitStatements(body, (s) => {
    const addition = s.kind === 'accumulate' && inboxes.has(s.buffer) ? additionOf(s, loaded) : undefined;
    if (addition && isWeight(addition.load)) units.add(addition.exponent);
    for (const whole of expressionsOf(s)) {
      // Additions to an inbox, and loads into locals that are only added, are the uses that are allowed.
      if (s.kind === 'accumulate' && addition && isWeight(addition.load) && whole === s.value) continue;
      if (s.kind === 'set' && loaded.get(s.local) === whole) continue;
      visitExpression(whole, (e) => {
        if (e.kind === 'load' && e.buffer === buffer) otherwise = true;
        if (e.kind === 'local' && isWeight(loaded.get(e.name))) otherwise = true;
      });
    }
  });
  return otherwise ? undefined : units;
}

const storesTo = (kernel: Kernel, buffer: string): boolean => {
  let stores = false;
  visitStatements(bodyOf(kernel), (s) => {
    stores ||= (s.kind === 'store' || s.kind === 'accumulate') && s.buffer === buffer;
  });
  return stores;
};

/** Returns the narrowest integer type for numbers up to a limit; null if it would be wider than the current type. */
function elementFor(most: number, before: ElementType): 'i16' | 'i32' | 'i64' | null {
  if (most < 32767) return 'i16';
  if (most < 2147483647) return 'i32';
  return before === 'f64' ? 'i64' : null;
}

/** Kernels that run while the network is built, and never later. */
function buildingKernels({ schedule }: Program): ReadonlySet<string> {
  const later = laterKernels(schedule);
  const first = schedule.initialise.flatMap((action) => (action.kind === 'run' ? [action.kernel] : []));
  return new Set(first.filter((name) => !later.has(name)));
}

/** The weights of a program that can be integers, by buffer. */
function integerWeightsOf(program: Program): ReadonlyMap<string, IntegerWeight> {
  const inboxes = new Set(program.buffers.filter(({ inbox }) => inbox !== undefined).map(({ name }) => name));
  const building = buildingKernels(program);
  const users = new Map<string, Kernel[]>();
  for (const kernel of program.kernels)
    for (const name of buffersOf(bodyOf(kernel))) {
      const others = users.get(name);
      if (others) others.push(kernel);
      else users.set(name, [kernel]);
    }
  const weightsByBuffer = new Map<string, IntegerWeight>();
  for (const buffer of program.buffers) {
    const { name, element, atMost, initial } = buffer;
    if (atMost === undefined || initial !== undefined || (element !== 'f64' && element !== 'f32')) continue;
    const units = new Set<number | undefined>();
    for (const kernel of users.get(name) ?? []) {
      if (storesTo(kernel, name) && !building.has(kernel.name)) units.add(undefined);
      for (const unit of unitsIn(kernel, name, inboxes) ?? [undefined]) units.add(unit);
    }
    const [exponent] = units;
    if (units.size !== 1 || exponent === undefined) continue;
    const integers = elementFor(atMost * powerOfTwo(exponent), element);
    if (integers === null) continue;
    const { atMost: _, ...kept } = buffer;
    const comment = `${buffer.comment}, in units of 2^${-exponent}`;
    weightsByBuffer.set(name, { buffer: { ...kept, element: integers, comment }, exponent });
  }
  return weightsByBuffer;
}

/** A kernel that has the weights as integers. */
function rewritten(kernel: Kernel, weights: ReadonlyMap<string, IntegerWeight>): Kernel {
  if (kernel.shape === 'compact' || ![...buffersOf(kernel.body)].some((name) => weights.has(name))) return kernel;
  const loaded = loadedLocals(kernel.body);
  const gone = new Set([...loaded].filter(([, { buffer }]) => weights.has(buffer)).map(([name]) => name));
  const all = (statements: readonly Statement[]): Statement[] => statements.flatMap(withIntegers);
  const withIntegers = (s: Statement): Statement[] => {
    switch (s.kind) {
      case 'set':
        return gone.has(s.local) ? [] : [s];
      case 'accumulate': {
        const addition = additionOf(s, loaded);
        const weight = addition && weights.get(addition.load.buffer);
        if (!weight) return [s];
        const value = ir.convert('i64', ir.load(weight.buffer, addition.load.index));
        return [{ ...s, value: addition.negative ? ir.neg(value) : value }];
      }
      case 'store': {
        const weight = weights.get(s.buffer);
        if (!weight) return [s];
        const value = fold(ir.toFixed(fold(ir.convert('f64', s.value)), scaleOf(weight.exponent)));
        return [{ ...s, value: weight.buffer.element === 'i64' ? value : ir.convert('i32', value) }];
      }
      case 'if':
        return [{ ...s, then: all(s.then), else: all(s.else) }];
      case 'for':
      case 'while':
        return [{ ...s, body: all(s.body) }];
      default:
        return [s];
    }
  };
  return { ...kernel, body: all(kernel.body), locals: kernel.locals.filter(({ name }) => !gone.has(name)) };
}

function withIntegerWeights(program: Program): Program {
  const weights = integerWeightsOf(program);
  if (weights.size === 0) return program;
  const { manifest } = program;
  const ownerOf = (name: string): string => {
    const place = manifest.variables.find(({ buffer }) => buffer === name);
    return place ? `${place.owner}.${place.variable}` : name;
  };
  return {
    ...program,
    buffers: program.buffers.map((buffer) => weights.get(buffer.name)?.buffer ?? buffer),
    kernels: program.kernels.map((kernel) => rewritten(kernel, weights)),
    manifest: {
      ...manifest,
      variables: manifest.variables.map((variable) => {
        const weight = weights.get(variable.buffer);
        return weight ? { ...variable, exponent: weight.exponent } : variable;
      }),
      notes: [
        ...manifest.notes,
        ...[...weights].map(
          ([name, { buffer, exponent }]) => `${ownerOf(name)} is kept as ${buffer.element} in units of 2^${-exponent}`,
        ),
      ],
    },
  };
}

/** Weights that are only added become integers in the units of their inbox. */
export const integerWeights: Pass = {
  name: 'integer-weights',
  audience: 'every engine',
  run: withIntegerWeights,
};
