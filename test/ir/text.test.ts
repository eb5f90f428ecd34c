import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';

import * as ir from '../../src/ir/builder.js';
import { scaleOf, unitOf } from '../../src/ir/fixed-point.js';
import { checkProgram } from '../../src/ir/check.js';
import {
  binaryTypes,
  compareTypes,
  convertible,
  reinterpretable,
  scalarTypes,
  unaryTypes,
} from '../../src/ir/operators.js';
import type {
  BinaryOperator,
  Buffer,
  CompareOperator,
  Expression,
  IrFunction,
  Local,
  Program,
  ScalarType,
  SequentialKernel,
  Statement,
  UnaryOperator,
} from '../../src/ir/program.js';
import { loadedType } from '../../src/ir/program.js';
import { parseProgram, printIrExpression, printProgram } from '../../src/ir/text.js';
import { twoPopulations } from '../support/two-populations.js';

const local = (name: string, type: ScalarType): Local => ({ name, type });
const x = ir.get(local('x', 'f64'));
const y = ir.get(local('y', 'f64'));
const n = ir.get(local('n', 'u32'));
const b = ir.get(local('b', 'bool'));

describe('expressions are written as in the field, with the fewest parentheses', () => {
  it.each<[Expression, string]>([
    [ir.add(x, ir.mul(y, ir.f64(2))), 'x + y * 2.0'],
    [ir.mul(ir.add(x, y), ir.f64(2)), '(x + y) * 2.0'],
    [ir.sub(ir.sub(x, y), x), 'x - y - x'],
    [ir.sub(x, ir.sub(y, x)), 'x - (y - x)'],
    [ir.neg(x), '-x'],
    [ir.neg(ir.neg(x)), '-(-x)'],
    [ir.neg(ir.f64(1.5)), '-(1.5)'],
    [ir.f64(-1.5), '-1.5'],
    [ir.mul(x, ir.f64(-1.5)), 'x * -1.5'],
    [ir.neg(ir.add(x, y)), '-(x + y)'],
    [ir.and(ir.lt(x, y), ir.not(b)), 'x < y & !b'],
    [ir.eq(ir.and(n, ir.u32(1)), ir.u32(0)), '(n & 1u) == 0u'],
    [ir.eq(ir.lt(x, y), ir.lt(y, x)), '(x < y) == (y < x)'],
    ...Object.entries({ '==': ir.eq, '!=': ir.ne, '<': ir.lt, '<=': ir.le, '>': ir.gt, '>=': ir.ge }).map(
      ([symbol, of]): [Expression, string] => [ir.eq(of(x, y), b), `(x ${symbol} y) == b`],
    ),
    [ir.select(b, x, y), 'select(b, x, y)'],
    [ir.convert('f64', n), 'f64(n)'],
    [ir.reinterpret('i64', x), 'i64.bits(x)'],
    [ir.toFixed(ir.mul(x, x), scaleOf(53)), 'toFixed(x * x, 53)'],
    [ir.fromFixed(ir.i64(1n), unitOf(-3)), 'fromFixed(1L, -3)'],
    [ir.unary('floor', ir.div(x, y)), 'floor(x / y)'],
    [ir.binary('mulHigh', n, ir.u32(0xd2511f53)), 'mulHigh(n, 0xd2511f53u)'],
    [ir.shl(n, ir.add(n, ir.u32(1))), 'n << n + 1u'],
    [{ kind: 'load', type: 'f64', buffer: 'lif.v', index: n }, 'lif.v[n]'],
    [{ kind: 'call', type: 'f64', function: 'exp.f64', arguments: [x] }, '@exp.f64(x)'],
  ])('%#: %s', (e, text) => {
    expect(printIrExpression(e)).toBe(text);
  });
});

describe('constants', () => {
  it.each<[Expression, string]>([
    [ir.f64(0), '0.0'],
    [ir.f64(-0), '-0.0'],
    [ir.f64(0.1), '0.1'],
    [ir.f64(5e-324), '5e-324'],
    [ir.f64(1e300), '1e+300'],
    [ir.f64(Infinity), 'inf'],
    [ir.f64(-Infinity), '-inf'],
    [ir.f64(NaN), 'nan'],
    [ir.f32(0.1), '0.1f'],
    [ir.f32(-0), '-0.0f'],
    [ir.f32(16777216), '16777216.0f'],
    [ir.f32(1e-45), '1e-45f'],
    [ir.f32(-Infinity), '-inff'],
    [ir.f32(NaN), 'nanf'],
    [ir.i32(-5), '-5i'],
    [ir.i32(-2147483648), '-2147483648i'],
    [ir.u32(7), '7u'],
    [ir.u32(4294967295), '0xffffffffu'],
    [ir.i64(-5n), '-5L'],
    [ir.i64(0x7ff0000000000000n), '0x7ff0000000000000L'],
    [ir.i64(-(1n << 63n)), '-0x8000000000000000L'],
    [ir.bool(true), 'true'],
    [ir.bool(false), 'false'],
  ])('%#: %s', (e, text) => {
    expect(printIrExpression(e)).toBe(text);
    expect(reread(e)).toEqual(e);
  });
});

/** A local of each type, a buffer of each element type, a function of each result type. */
const locals = scalarTypes.map((type) => local(`my_${type}`, type));
const buffers: readonly Buffer[] = (['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'i64', 'f32', 'f64'] as const).map(
  (element) => ({
    name: `some.${element}`,
    element,
    length: 8,
    role: 'state',
    comment: '',
  }),
);
const functions: readonly IrFunction[] = scalarTypes.map((type) => {
  const parameter = local('p', type);
  return { name: `same.${type}`, comment: '', parameters: [parameter], locals: [], body: [], results: [parameter] };
});

function programOf(body: readonly Statement[]): Program {
  const kernel: SequentialKernel = { name: 'k', comment: '', shape: 'sequential', locals, body };
  return {
    ...twoPopulations,
    buffers: [...twoPopulations.buffers, ...buffers],
    functions: [...twoPopulations.functions, ...functions],
    kernels: [...twoPopulations.kernels, kernel],
  };
}

function rereadBody(body: readonly Statement[]): readonly Statement[] {
  const kernel = parseProgram(printProgram(programOf(body))).kernels.at(-1);
  return kernel?.shape === 'sequential' ? kernel.body : [];
}

function reread(e: Expression): Expression | undefined {
  const [statement] = rereadBody([{ kind: 'set', local: `my_${e.type}`, value: e }]);
  return statement?.kind === 'set' ? statement.value : undefined;
}

const constantOf: Readonly<Record<ScalarType, fc.Arbitrary<Expression>>> = {
  bool: fc.boolean().map(ir.bool),
  i32: fc.integer().map(ir.i32),
  u32: fc.nat({ max: 0xffffffff }).map(ir.u32),
  i64: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(ir.i64),
  f32: fc.float().map(ir.f32),
  f64: fc.double().map(ir.f64),
};

const made = new Map<string, fc.Arbitrary<Expression>>();

/** Any well-typed expression of a type, to a depth. Made once for each, as each is made of many of the next. */
function expressionOf(type: ScalarType, depth: number): fc.Arbitrary<Expression> {
  const key = `${type} ${depth}`;
  const known = made.get(key) ?? makeExpressionOf(type, depth);
  made.set(key, known);
  return known;
}

const scale = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }).map(scaleOf),
  fc.constantFrom(...buffers.filter(({ element }) => element === 'f64')).map((cell) => ir.load(cell, ir.u32(0))),
);

function makeExpressionOf(type: ScalarType, depth: number): fc.Arbitrary<Expression> {
  const leaves = [constantOf[type], fc.constant(ir.get(local(`my_${type}`, type)))];
  if (depth === 0) return fc.oneof(...leaves);
  const inner = (t: ScalarType): fc.Arbitrary<Expression> => expressionOf(t, depth - 1);
  const named = <T extends string>(table: Readonly<Record<T, readonly ScalarType[]>>, of: ScalarType): T[] =>
    (Object.entries(table) as [T, readonly ScalarType[]][]).filter(([, types]) => types.includes(of)).map(([op]) => op);
  const choices: fc.Arbitrary<Expression>[] = [
    ...leaves,
    ...named<UnaryOperator>(unaryTypes, type).map((op) => inner(type).map((e) => ir.unary(op, e))),
    ...named<BinaryOperator>(binaryTypes, type).map((op) =>
      fc.tuple(inner(type), inner(type)).map(([l, r]) => ir.binary(op, l, r)),
    ),
    fc.tuple(inner('bool'), inner(type), inner(type)).map(([c, l, r]) => ir.select(c, l, r)),
    ...scalarTypes.filter((from) => convertible(from, type)).map((from) => inner(from).map((e) => ir.convert(type, e))),
    ...scalarTypes
      .filter((from) => reinterpretable(from, type))
      .map((from) => inner(from).map((e) => ir.reinterpret(type, e))),
    ...(type === 'i64' ? [fc.tuple(inner('f64'), scale).map(([e, s]) => ir.toFixed(e, s))] : []),
    ...(type === 'f64' ? [fc.tuple(inner('i64'), scale).map(([e, s]) => ir.fromFixed(e, s))] : []),
    ...buffers
      .filter((buffer) => loadedType[buffer.element] === type)
      .map((buffer) => inner('u32').map((e) => ir.load(buffer, e))),
    ...functions.filter((f) => f.results[0]?.type === type).map((f) => inner(type).map((e) => ir.call(f, e))),
  ];
  if (type === 'bool') {
    for (const of of scalarTypes) {
      choices.push(
        ...named<CompareOperator>(compareTypes, of).map((op) =>
          fc.tuple(inner(of), inner(of)).map(([l, r]) => ir.compare(op, l, r)),
        ),
      );
    }
  }
  return fc.oneof(...choices);
}

const anyExpression = fc.constantFrom(...scalarTypes).chain((type) => expressionOf(type, 4));

/** Any statement, to a depth. */
function statementOf(depth: number): fc.Arbitrary<Statement> {
  const body = depth === 0 ? fc.constant<Statement[]>([]) : fc.array(statementOf(depth - 1), { maxLength: 3 });
  const value = (type: ScalarType): fc.Arbitrary<Expression> => expressionOf(type, 2);
  return fc.oneof(
    fc.constantFrom(...locals).chain((l) => value(l.type).map((e) => ir.set(l, e))),
    fc
      .constantFrom(...buffers)
      .chain((to) => fc.tuple(value('u32'), value(loadedType[to.element])).map(([at, e]) => ir.store(to, at, e))),
    fc
      .constantFrom(...buffers)
      .chain((to) => fc.tuple(value('u32'), value(loadedType[to.element])).map(([at, e]) => ir.accumulate(to, at, e))),
    fc.tuple(value('bool'), body, body).map(([c, then, otherwise]) => ir.when(c, then, otherwise)),
    fc.tuple(value('u32'), value('u32'), body, fc.boolean()).map(([from, to, inner, lanes]): Statement => {
      const loop = ir.loop(local('my_u32', 'u32'), from, to, inner);
      return lanes ? ({ ...loop, lanes: true } as Statement) : loop;
    }),
    fc.tuple(value('bool'), body).map(([c, inner]) => ir.whilst(c, inner)),
    fc.constant(ir.leave),
    fc.constantFrom(...functions).chain((f) =>
      value(f.parameters[0]?.type ?? 'f64').map((e) =>
        ir.invoke(
          f,
          [e],
          f.results.map(({ type }) => local(`my_${type}`, type)),
        ),
      ),
    ),
    value('bool').map((condition): Statement => ({ kind: 'setBit', mask: 'mask', condition })),
    fc.tuple(fc.integer({ min: 1, max: 0xffffffff }), value('bool')).map(([bits, c]) => ir.fault(bits, c)),
    fc.string({ unit: 'grapheme' }).map(ir.comment),
    fc.constantFrom('a\nb', 'a\\nb', ' lead', 'trail ', '\r', '\u2028', '\\u2028', '}', '// twice', '').map(ir.comment),
  );
}

function same(name: string): IrFunction {
  const parameter = local('p', 'f64');
  return { name, comment: '', parameters: [parameter], locals: [], results: [parameter], body: [] };
}

describe('printed text reads back the same', () => {
  it('any expression', () => {
    fc.assert(
      fc.property(anyExpression, (e) => {
        expect(reread(e)).toEqual(e);
      }),
      { numRuns: 500 },
    );
  });

  it('any statements', () => {
    fc.assert(
      fc.property(fc.array(statementOf(2), { maxLength: 4 }), (body) => {
        expect(rereadBody(body)).toEqual(body);
      }),
      { numRuns: 200 },
    );
  });

  it('a whole program, as text too', () => {
    const text = printProgram(twoPopulations);
    expect(parseProgram(text)).toEqual(twoPopulations);
    expect(printProgram(parseProgram(text))).toBe(text);
    expect(checkProgram(parseProgram(text))).toEqual([]);
  });

  it.each<[string, Partial<Program>]>([
    ['float32', { precision: 'float32', dt: 1e-5, name: 'with "quotes"\nand lines' }],
    ['no functions, logs or events', { functions: [], logs: [], events: [], kernels: [], buffers: [] }],
    [
      'an event without a log before logs',
      { events: twoPopulations.events.map(({ log, ...event }) => (log === 'b' ? event : { ...event, log: 'a' })) },
    ],
    [
      'inboxes',
      {
        kernels: [],
        events: [],
        logs: [],
        buffers: [{ exponent: 53 }, { exponent: -3 }, { scale: 'a', unit: 'b' }].map((inbox, k) => ({
          name: `at_${k}`,
          element: 'i64' as const,
          length: 4,
          role: 'state' as const,
          inbox,
          comment: 'arrives',
        })),
      },
    ],
    ['an empty schedule', { schedule: { initialise: [], step: [], procedures: { nothing: [] } } }],
    [
      'several procedures',
      {
        schedule: {
          ...twoPopulations.schedule,
          procedures: { a: [{ kind: 'run', kernel: 'clear' }], 'b.c': [{ kind: 'allocate', buffers: ['v', 'w'] }] },
        },
      },
    ],
    [
      'orders',
      {
        kernels: twoPopulations.kernels.flatMap((k) =>
          k.shape === 'propagate'
            ? (['any', 'byRow', 'sequential'] as const).map((kind) => ({ ...k, name: `p.${kind}`, order: { kind } }))
            : [],
        ),
      },
    ],
    [
      'two results',
      {
        functions: [
          ...twoPopulations.functions,
          {
            name: 'two',
            comment: '// no comment',
            parameters: [],
            locals: [local('a', 'f64'), local('b', 'i64')],
            body: [],
            results: [local('b', 'i64'), local('a', 'f64')],
          },
        ],
      },
    ],
    [
      'a caller before its callee',
      {
        functions: [
          { ...same('caller'), body: [ir.set(local('p', 'f64'), ir.call(same('callee'), ir.get(local('p', 'f64'))))] },
          same('callee'),
          ...twoPopulations.functions,
        ],
      },
    ],
    [
      'manifest lists and ranges',
      {
        manifest: {
          ...twoPopulations.manifest,
          samples: twoPopulations.manifest.samples.flatMap((s) => [s, { ...s, indices: { begin: 3, end: 9 } }]),
        },
      },
    ],
  ])('%s', (_, changes) => {
    const program = { ...twoPopulations, ...changes };
    expect(parseProgram(printProgram(program))).toEqual(program);
  });
});

describe('contents of buffers', () => {
  const arrays = [
    fc.uint8Array(),
    fc.int8Array(),
    fc.uint16Array(),
    fc.int16Array(),
    fc.uint32Array(),
    fc.int32Array(),
    fc.bigInt64Array(),
    fc.float32Array(),
    fc.float64Array(),
  ] as const;
  it.each(buffers.map(({ element }, k) => [element, k] as const))('%s: any short or long array', (element, k) => {
    const any = arrays[k] ?? fc.uint8Array();
    fc.assert(
      fc.property(
        fc.oneof(
          any,
          any.map((short) => repeat(short, 20)),
        ),
        (initial) => {
          const buffer: Buffer = {
            name: 'data',
            element,
            length: initial.length,
            role: 'constant',
            initial,
            comment: 'with "quotes"',
          };
          expect(
            parseProgram(printProgram({ ...twoPopulations, buffers: [...twoPopulations.buffers, buffer] })).buffers.at(
              -1,
            ),
          ).toEqual(buffer);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each<[Buffer['element'], number | bigint]>([
    ['f64', 0.1],
    ['f64', -0],
    ['f64', -Infinity],
    ['u32', 7],
    ['i64', -(1n << 63n)],
  ])('%s filled with %s', (element, fill) => {
    const buffer: Buffer = {
      name: 'data',
      element,
      length: { buffer: 'ab.count', index: 0 },
      role: 'state',
      initial: { fill },
      comment: '',
    };
    expect(parseProgram(printProgram({ ...twoPopulations, buffers: [buffer], kernels: [] })).buffers).toEqual([buffer]);
  });
});

/** An array some times over, cut to its type. */
function repeat<T extends { length: number }>(array: T, times: number): T {
  const type = array.constructor as new (elements: unknown[]) => T;
  return new type(Array.from({ length: times }, () => Array.from(array as unknown as ArrayLike<unknown>)).flat());
}

it('reads like a description of the kernels', () => {
  const text = printProgram(twoPopulations);
  expect(text).toContain(
    [
      'kernel map neurons "both populations: integrate, threshold, reset"',
      '  over ranges [0, 3) [64, 66)',
      '  lanes',
      '  locals next: f64, spiked: bool',
      '{',
      '  // v + drive + input / 4',
      '  next = @advance(v[index], f64(input[index])) + drive[index]',
      '  spiked = next >= 1.0',
      '  v[index] = select(spiked, 0.0, next)',
      '  input[index] = 0i',
      '  setBit mask = spiked',
      '  fault 4 when next > 100.0',
      '}',
    ].join('\n'),
  );
  expect(text).toContain('event a.spike size 3 mask mask at 0 list a.list counts a.counts slots 4 log a\n');
  expect(text).toContain('buffer ab.table: i8[5] constant "" = [1, 2, 1, 1, 3]\n');
});

describe('errors state the fault and its line', () => {
  const valid = printProgram(twoPopulations);
  it.each<[string, string, string, RegExp]>([
    [
      'a misspelt word',
      'kernel compact',
      'kernel compakt',
      /line \d+: expected a kernel of shape map, sequential, compact or propagate, not compakt/,
    ],
    [
      'an unknown buffer',
      'v[index] = select(spiked, 0.0, next)',
      'v[index] = w[index]',
      /line \d+: expected a buffer, not w, here/,
    ],
    [
      'an unknown local',
      'spiked = next >= 1.0',
      'spiked = nexxt >= 1.0',
      /line \d+: expected a local, not nexxt, here/,
    ],
    ['an unknown function', '@advance(', '@retreat(', /line \d+: expected a function with a result, not retreat, here/],
    [
      'a chain of comparisons',
      'next >= 1.0',
      '1.0 < next < 2.0',
      /line \d+: expected parentheses, as comparisons do not chain/,
    ],
    ['a strange character', 'next >= 1.0', 'next § 1.0', /line \d+: "§" means nothing here/],
    [
      'an operation with other operands',
      'select(spiked, 0.0, next)',
      'select(spiked, 0.0)',
      /expected an operation, not select with 2 operands/,
    ],
    ['an unknown type', 'next: f64', 'next: f63', /expected a type, not f63/],
    ['an unclosed body', 'fault 4 when next > 100.0\n}', 'fault 4 when next > 100.0\n', /expected \}/],
    ['no manifest', '\nmanifest\n', '\n', /there is no manifest/],
    ['a broken manifest', '"spikeLabel": 0', '"spikeLabel" 0', /the manifest is not JSON/],
  ])('%s', (_, from, to, message) => {
    expect(valid).toContain(from);
    expect(() => parseProgram(valid.replace(from, to))).toThrow(message);
  });

  it('counts lines from 1', () => {
    expect(() => parseProgram('program "x"\nprecision float64\ndt 1.0\nnumerics one\nmanifest\n{}')).toThrow(
      'program text, line 4: expected a number, found one',
    );
  });
});
