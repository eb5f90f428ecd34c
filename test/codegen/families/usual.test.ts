import { describe, expect, test } from 'vitest';
import type { MapPattern } from '../../../src/codegen/families/pattern.js';
import { usualCase } from '../../../src/codegen/families/usual.js';
import * as ir from '../../../src/ir/builder.js';
import type { Buffer, Expression, Statement } from '../../../src/ir/program.js';

const index: Expression = { kind: 'local', type: 'u32', name: 'index' };
const step: Expression = { kind: 'local', type: 'i32', name: 'step' };
const bufferOf = (name: string, element: Buffer['element']): Buffer => ({
  name,
  element,
  length: 640,
  role: 'state',
  comment: '',
});
const [v, u, last, flag] = [
  bufferOf('v', 'f64'),
  bufferOf('u', 'f64'),
  bufferOf('last', 'i32'),
  bufferOf('flag', 'u8'),
];
const [free, next, x] = [
  { name: 'free', type: 'bool' },
  { name: 'next', type: 'f64' },
  { name: 'x', type: 'f64' },
] as const;
const elapsed = ir.compare('ge', ir.sub(step, ir.load(last, index)), ir.i32(20));
const halved = ir.mul(ir.load(v, index), ir.f64(0.5));
const small = ir.compare('lt', ir.unary('abs', ir.get(next)), ir.f64(1e-271));
const crosses = (e: Expression): Statement => ({ kind: 'setBit', mask: 'mask', condition: e });
const kernel = (body: readonly Statement[], lanes = true): MapPattern => ({
  shape: 'map',
  name: 'update',
  comment: '',
  domain: { kind: 'count', count: 640 },
  lanes,
  team: false,
  locals: [free, next, x],
  body,
});

describe('the usual case of an update', () => {
  const chosen = ir.set(next, ir.select(ir.get(free), halved, ir.load(v, index)));
  const body = [
    ir.set(free, elapsed),
    ir.store(flag, index, ir.convert('u32', ir.get(free))),
    chosen,
    ir.set(x, ir.mul(ir.get(next), ir.select(small, ir.f64(0), ir.f64(1)))),
    crosses(ir.and(ir.compare('gt', ir.get(x), ir.f64(1)), ir.compare('ne', ir.load(flag, index), ir.u32(0)))),
    ir.store(v, index, ir.add(ir.get(x), ir.f64(0))),
    ir.store(u, index, ir.select(ir.get(free), halved, ir.load(u, index))),
  ];

  test('chooses no value by the refractory period, and stores flags apart', () => {
    expect(usualCase(kernel(body))).toEqual({
      otherwise: ir.compare('lt', ir.sub(step, ir.load(last, index)), ir.i32(20)),
      fills: [{ buffer: 'flag', value: ir.u32(1) }],
      body: [
        ir.set(next, halved),
        // The sign of a zero that is stored with 0 added does not matter to the threshold.
        ir.set(x, ir.select(small, ir.f64(0), ir.get(next))),
        crosses(ir.compare('gt', ir.get(x), ir.f64(1))),
        ir.store(v, index, ir.get(x)),
        ir.store(u, index, halved),
      ],
    });
  });

  test('keeps the sign of zero where something else reads it', () => {
    const inverse = ir.store(bufferOf('w', 'f64'), index, ir.div(ir.f64(1), ir.get(x)));
    expect(usualCase(kernel([...body, inverse]))?.body).toContainEqual(body[3]);
    expect(usualCase(kernel([...body, inverse]))?.body).toContainEqual(body[5]);
  });

  test.each([
    [
      'that has no refractory period',
      kernel([ir.set(x, halved), crosses(ir.bool(true)), ir.store(v, index, ir.get(x))]),
    ],
    ['that chooses one value', kernel(body.slice(0, -1))],
    ['off lanes', kernel(body, false)],
    ['that changes what the period reads', kernel([...body, ir.store(last, index, step)])],
    ['without a threshold', kernel(body.filter(({ kind }) => kind !== 'setBit'))],
  ])('is none for a kernel %s', (_, other) => {
    expect(usualCase(other)).toBeUndefined();
  });
});
