/**
 * Random legal programs: every operation of the IR on values at the edges of their types, as map kernels that may run
 * on lanes.
 */

import * as b from '../../../src/ir/builder.js';
import { elementBytes, loadedType } from '../../../src/ir/program.js';
import type {
  BinaryOperator,
  Buffer,
  CompareOperator,
  ElementType,
  Expression,
  IrFunction,
  MapKernel,
  Program,
  ScalarType,
  Statement,
  TypedArray,
  UnaryOperator,
} from '../../../src/ir/program.js';
import { buffer, index, program, randomNumbers } from '../../runtime/targets/wasm/programs.js';

type Random = () => number;
type NumberType = Exclude<ScalarType, 'bool'>;

const edges: Readonly<Record<NumberType, readonly (number | bigint)[]>> = {
  i32: [0, 1, -1, 2, 7, -8, 31, 32, 33, 2147483647, -2147483648, 123456789],
  u32: [0, 1, 2, 3, 31, 32, 63, 2147483648, 4294967295, 4294967294, 3500000000],
  i64: [
    0n,
    1n,
    -1n,
    3n,
    63n,
    64n,
    2n ** 53n,
    2n ** 53n + 1n,
    -(2n ** 53n) - 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 32n,
    -(2n ** 31n),
    1234567890123456789n,
  ],
  f32: [
    0,
    -0,
    1,
    -1,
    0.5,
    1.5,
    2.5,
    NaN,
    Infinity,
    -Infinity,
    1e-45,
    -1e-40,
    3.4e38,
    2147483648,
    -2147483904,
    4294967296,
    16777217,
    0.1,
  ],
  f64: [
    0,
    -0,
    1,
    -1,
    0.5,
    1.5,
    2.5,
    -2.5,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    -1e-310,
    1.7e308,
    2147483648,
    -2147483649,
    4294967296,
    1e300,
    9223372036854775807,
    0.1,
  ],
};

const elements = Object.keys(elementBytes) as ElementType[];
const arrays = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** Elements: the edges of the type, then random values of all magnitudes. */
function contents(element: ElementType, length: number, random: Random): TypedArray {
  const known = edges[loadedType[element]];
  if (element === 'i64') {
    return BigInt64Array.from({ length }, (_, k) => {
      const edge = known[Math.floor(random() * known.length)];
      return k % 2 === 0 && typeof edge === 'bigint'
        ? edge
        : BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 53)) << BigInt(Math.floor(random() * 12)));
    });
  }
  const value = (k: number): number => {
    const edge = known[Math.floor(random() * known.length)];
    return k % 2 === 0 && typeof edge === 'number' ? edge : (random() - 0.5) * 2 ** Math.floor(random() * 70 - 20);
  };
  return arrays[element].from(Array.from({ length }, (_, k) => value(k)));
}

const integerUnary: readonly UnaryOperator[] = ['neg', 'abs', 'bitNot', 'popcount', 'ctz', 'clz'];
const unsignedUnary: readonly UnaryOperator[] = ['bitNot', 'popcount', 'ctz', 'clz'];
const floatUnary: readonly UnaryOperator[] = ['neg', 'abs', 'sqrt', 'floor', 'ceil', 'trunc', 'nearest'];
const integerBinary: readonly BinaryOperator[] = ['add', 'sub', 'mul', 'div', 'rem', 'and', 'or', 'xor', 'shl', 'shr'];
const unaryOf: Readonly<Record<NumberType, readonly UnaryOperator[]>> = {
  i32: integerUnary,
  i64: integerUnary,
  u32: unsignedUnary,
  f32: floatUnary,
  f64: floatUnary,
};
const binaryOf: Readonly<Record<NumberType, readonly BinaryOperator[]>> = {
  i32: integerBinary,
  i64: [...integerBinary, 'shrU'],
  u32: [...integerBinary, 'mulHigh'],
  f32: ['add', 'sub', 'mul', 'div'],
  f64: ['add', 'sub', 'mul', 'div'],
};
const comparisons: readonly CompareOperator[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];
const numbers: readonly NumberType[] = ['i32', 'u32', 'i64', 'f32', 'f64'];

interface Maker {
  readonly random: Random;
  /** Types that may appear: without 64-bit ones a kernel runs on four lanes. */
  readonly types: readonly NumberType[];
  readonly inputs: readonly Buffer[];
  readonly functions: readonly IrFunction[];
}

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

function constantOf(maker: Maker, type: NumberType): Expression {
  const value = pick(maker.random, edges[type]);
  return typeof value === 'bigint' ? b.i64(value) : b.constant(type, value);
}

function leaf(maker: Maker, type: NumberType): Expression {
  const loads = maker.inputs.filter((input) => loadedType[input.element] === type);
  const chance = maker.random();
  if (chance < 0.2 || loads.length === 0) return constantOf(maker, type);
  if (chance < 0.3 && type === 'u32') return index;
  if (chance < 0.3 && type === 'i32') return b.get({ name: 'step', type: 'i32' });
  // Now and then an address that is equal for all items.
  return b.load(pick(maker.random, loads), chance < 0.4 ? b.get({ name: 'group', type: 'u32' }) : index);
}

/** A load, or some operation on one. */
function leafThatVaries(maker: Maker, type: NumberType): Expression {
  const loads = maker.inputs.filter((input) => loadedType[input.element] === type);
  return b.binary('xor', b.load(pick(maker.random, loads), index), leaf(maker, type));
}

/** No NaN: its bits may not be looked at. */
const withoutNaN = (x: Expression): Expression => b.select(b.eq(x, x), x, b.constant(x.type as NumberType, 0));

function conversion(maker: Maker, type: NumberType, depth: number): Expression {
  const from = pick(maker.random, [...maker.types, 'bool' as const]);
  if (from === 'bool') return b.convert(type, condition(maker, depth - 1));
  const value = number(maker, from, depth - 1);
  if (type === 'f32' && from === 'i64') return b.convert('f32', b.convert('i32', value));
  return b.convert(type, value);
}

function reinterpretation(maker: Maker, type: NumberType, depth: number): Expression {
  switch (type) {
    case 'f64':
      return b.reinterpret('f64', number(maker, 'i64', depth - 1));
    case 'f32':
      return b.reinterpret('f32', number(maker, pick(maker.random, ['u32', 'i32']), depth - 1));
    case 'i64':
      return b.reinterpret('i64', withoutNaN(number(maker, 'f64', depth - 1)));
    case 'i32':
    case 'u32':
      return b.reinterpret(type, withoutNaN(number(maker, 'f32', depth - 1)));
  }
}

function number(maker: Maker, type: NumberType, depth: number): Expression {
  const { random } = maker;
  if (depth <= 0) return leaf(maker, type);
  const chance = random();
  if (chance < 0.15) return b.unary(pick(random, unaryOf[type]), number(maker, type, depth - 1));
  if (chance < 0.55) {
    const op = pick(random, binaryOf[type]);
    const left = number(maker, type, depth - 1);
    const isShift = op === 'shl' || op === 'shr' || op === 'shrU';
    // The checker takes no constant count that reaches the width; counts that vary may.
    const count = Math.floor(random() * (type === 'i64' ? 64 : 32));
    if (isShift && random() < 0.6)
      return b.binary(op, left, type === 'i64' ? b.i64(BigInt(count)) : b.constant(type, count));
    return b.binary(op, left, isShift ? leafThatVaries(maker, type) : number(maker, type, depth - 1));
  }
  if (chance < 0.65)
    return b.select(condition(maker, depth - 1), number(maker, type, depth - 1), number(maker, type, depth - 1));
  if (chance < 0.7 && (type === 'f64' || type === 'f32')) {
    // The forms of minimum and maximum.
    const [x, y] = [number(maker, type, depth - 1), number(maker, type, depth - 1)];
    const test = b.compare(pick(random, ['lt', 'gt', 'le']), x, y);
    return random() < 0.5 ? b.select(test, x, y) : b.select(test, y, x);
  }
  if (chance < 0.9) return conversion(maker, type, depth);
  const callees = maker.functions.filter((callee) => callee.results.length === 1 && callee.results[0]?.type === type);
  if (chance < 0.95 && callees.length > 0) {
    const callee = pick(random, callees);
    return b.call(
      callee,
      ...callee.parameters.map((parameter) => number(maker, parameter.type as NumberType, depth - 1)),
    );
  }
  return maker.types.includes('f64') || type !== 'i64' ? reinterpretation(maker, type, depth) : leaf(maker, type);
}

function condition(maker: Maker, depth: number): Expression {
  const { random } = maker;
  const chance = random();
  if (chance < 0.1) return b.not(condition(maker, depth - 1));
  if (chance < 0.3 && depth > 0)
    return b.binary(pick(random, ['and', 'or', 'xor']), condition(maker, depth - 1), condition(maker, depth - 1));
  if (chance < 0.35 && depth > 0)
    return b.compare(pick(random, ['eq', 'ne']), condition(maker, depth - 1), condition(maker, depth - 1));
  if (chance < 0.4 && depth > 0)
    return b.select(condition(maker, depth - 1), condition(maker, depth - 1), condition(maker, depth - 1));
  const type = pick(random, maker.types);
  if (chance < 0.5) return b.convert('bool', number(maker, type, depth - 1));
  return b.compare(pick(random, comparisons), number(maker, type, depth - 1), number(maker, type, depth - 1));
}

/**
 * Functions with a branch, with a loop of constant length, with a loop that lanes cannot take, and with two results.
 */
function someFunctions(wide: boolean): IrFunction[] {
  const type = wide ? 'f64' : 'f32';
  const x = { name: 'x', type } as const;
  const y = { name: 'y', type } as const;
  const n = { name: 'n', type: 'u32' } as const;
  const k = { name: 'k', type: 'u32' } as const;
  const one = b.constant(type, 1);
  return [
    {
      name: 'branch',
      comment: 'a branch',
      parameters: [x, y],
      locals: [],
      results: [x],
      body: [
        b.when(b.lt(b.get(x), b.get(y)), [b.set(x, b.add(b.get(x), one)), b.set(y, one)], [b.set(x, b.get(y))]),
        b.set(x, b.mul(b.get(x), b.get(y))),
      ],
    },
    {
      name: 'rounds',
      comment: 'a loop of constant length',
      parameters: [n],
      locals: [k],
      results: [n],
      body: [
        b.loop(k, b.u32(0), b.u32(5), [
          b.set(n, b.xor(b.binary('mulHigh', b.get(n), b.u32(0xd2511f53)), b.mul(b.get(n), b.add(b.get(k), b.u32(3))))),
        ]),
      ],
    },
    {
      name: 'halve',
      comment: 'a loop as long as it takes',
      parameters: [n],
      locals: [k],
      results: [k],
      body: [
        b.set(k, b.u32(0)),
        b.whilst(b.ne(b.get(n), b.u32(0)), [
          b.set(n, b.shr(b.get(n), b.u32(1))),
          b.when(b.gt(b.get(k), b.u32(20)), [b.leave]),
          b.set(k, b.add(b.get(k), b.u32(1))),
        ]),
      ],
    },
    {
      name: 'split',
      comment: 'two results',
      parameters: [x],
      locals: [y, n],
      results: [y, n],
      body: [
        b.set(y, b.unary('floor', b.get(x))),
        b.set(n, b.convert('u32', b.get(y))),
        b.set(y, b.sub(b.get(x), b.get(y))),
        b.when(b.lt(b.get(y), one), [], [b.set(y, one)]),
      ],
    },
  ];
}

/** The type of a value that is stored into each element type. */
const storedType: Readonly<Record<ElementType, NumberType>> = loadedType;

/**
 * A program of `count` map kernels over three ranges that end within a u32 of the mask and within a vector.
 *
 * @param lanes whether the kernels promise lanes; the results must not depend on it
 */
export function randomProgram(seed: number, count: number, lanes: boolean): Program {
  const random = randomNumbers(seed);
  const ranges = [
    { begin: 0, end: 41 },
    { begin: 64, end: 65 },
    { begin: 128, end: 131 },
  ];
  const length = 192;
  const inputs = elements.map((element) => buffer(`in_${element}`, element, length, contents(element, length, random)));
  const masks: Buffer[] = [];
  const outputs: Buffer[] = [];
  const kernels: MapKernel[] = [];
  const faults = buffer('faults', 'u32', 1);
  const all = [
    ...someFunctions(true),
    ...someFunctions(false).map((callee) => ({ ...callee, name: `${callee.name}_narrow` })),
  ];
  for (let k = 0; k < count; k += 1) {
    const wide = random() < 0.6;
    const functions = all.filter((callee) => callee.name.endsWith('_narrow') !== wide);
    const types = wide ? numbers : numbers.filter((type) => type !== 'f64' && type !== 'i64');
    const maker: Maker = {
      random,
      types,
      inputs: inputs.filter((input) => types.includes(loadedType[input.element])),
      functions,
    };
    const output = buffer(
      `out_${k}`,
      pick(
        random,
        elements.filter((element) => types.includes(loadedType[element])),
      ),
      length,
    );
    const sum = buffer(
      `sum_${k}`,
      pick(random, wide ? (['i64', 'i32', 'u32'] as const) : (['i32', 'u32'] as const)),
      length,
    );
    // Set before, so that clearing a bit is seen.
    const mask = buffer(`mask_${k}`, 'u32', length / 32, Uint32Array.of(0xffffffff, 0x1ff, 1, 0, 7, 0));
    // Uniform values may be the only ones with 64 bits.
    const same = buffer(`same_${k}`, pick(random, elements), length);
    outputs.push(output, sum, same);
    masks.push(mask);
    const locals = new b.Locals();
    const shared = locals.fresh('shared', storedType[output.element]);
    const part = locals.fresh('part', wide ? 'f64' : 'f32');
    const whole = locals.fresh('whole', 'u32');
    const split = functions.find((callee) => callee.name.startsWith('split')) as IrFunction;
    const body: Statement[] = [
      b.set(shared, number(maker, shared.type as NumberType, 4)),
      b.invoke(split, [number(maker, part.type as NumberType, 3)], [part, whole]),
      b.store(output, index, b.get(shared)),
      // A load after a store to the same element.
      b.store(output, index, b.binary('add', b.load(output, index), b.convert(shared.type, b.get(whole)))),
      b.store(same, index, constantOf(maker, storedType[same.element])),
      b.accumulate(sum, index, number(maker, storedType[sum.element], 3)),
      {
        kind: 'setBit',
        mask: mask.name,
        condition: b.or(condition(maker, 3), b.lt(b.get(part), b.constant(part.type as NumberType, 0.25))),
      },
    ];
    kernels.push({
      shape: 'map',
      name: `kernel_${k}`,
      comment: `random body ${k}`,
      domain: { kind: 'ranges', ranges: k % 3 === 0 ? [ranges[0] as { begin: number; end: number }] : ranges },
      lanes,
      locals: locals.declared,
      body,
    });
  }
  return program({ buffers: [...inputs, ...outputs, ...masks, faults], kernels, functions: all });
}
