/** Code with selections computes the results of the original branches. */

import { describe, expect, test } from 'vitest';
import * as ir from '../../../src/ir/builder.js';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import type { Expression, IrFunction, Local, Statement } from '../../../src/ir/program.js';
import { Block } from '../../../src/lower/code/block.js';
import { writeBranchless } from '../../../src/lower/code/branchless.js';

const [x, y, t]: Local[] = [
  { name: 'x', type: 'f64' },
  { name: 'y', type: 'f64' },
  { name: 't', type: 'f64' },
];
const [getX, getY, getT] = [x, y, t].map((local) => ir.get(local!)) as [Expression, Expression, Expression];

const above = (e: Expression, limit: number): Expression => ir.gt(e, ir.f64(limit));

const bodies: readonly (readonly [string, readonly Statement[]])[] = [
  ['one branch', [ir.when(above(getX, 0), [ir.set(y!, ir.add(getY, ir.f64(1)))])]],
  [
    'a branch that changes what its condition read',
    [
      ir.when(above(getX, 0), [ir.set(x!, ir.f64(-1)), ir.set(y!, getX)]),
      ir.when(ir.not(above(getX, 0)), [ir.set(y!, ir.mul(getY, ir.f64(3)))]),
    ],
  ],
  ['both ways', [ir.when(above(getX, 1), [ir.set(y!, ir.f64(7))], [ir.set(y!, getX), ir.set(x!, ir.f64(4))])]],
  [
    'branches in branches, with a local of their own',
    [
      ir.when(above(getX, 0), [
        ir.set(t!, ir.mul(getX, ir.f64(2))),
        ir.when(above(getY, 0), [ir.set(y!, getT), ir.set(x!, ir.f64(9))], [ir.set(x!, ir.sub(getT, getY))]),
        ir.set(y!, ir.add(getY, getX)),
      ]),
    ],
  ],
];

function asFunction(name: string, body: readonly Statement[], locals: readonly Local[]): IrFunction {
  return {
    name,
    comment: '',
    parameters: [x!, y!],
    locals: locals.filter(({ name: local }) => local !== 'x' && local !== 'y'),
    body,
    results: [x!, y!],
  };
}

describe('a body without branches', () => {
  test.each(bodies)('%s', (_, body) => {
    const block = new Block();
    for (const local of [x, y, t]) block.local(local!.name, local!.type);
    // Parameters have values from the start.
    const given = [ir.set(x!, getX), ir.set(y!, getY)];
    expect(writeBranchless([...given, ...body], block)).toBe(true);
    expect(block.statements.some(({ kind }) => kind === 'if')).toBe(false);
    const { call } = createEvaluator([
      asFunction('branching', body, [t!]),
      asFunction('choosing', block.statements, block.locals.declared),
    ]);
    for (const a of [-2, -0, 0.5, 1, 2, Number.NaN])
      for (const b of [-1, 0, 3]) expect(call('choosing', [a, b])).toEqual(call('branching', [a, b]));
  });

  test('stores keep the old value if the condition does not hold', () => {
    const block = new Block();
    const store: Statement = {
      kind: 'store',
      buffer: 'b',
      index: { kind: 'local', type: 'u32', name: 'index' },
      value: ir.f64(1),
    };
    expect(writeBranchless([ir.when(ir.bool(true), [store])], block)).toBe(true);
    expect(block.statements.at(-1)).toMatchObject({
      kind: 'store',
      buffer: 'b',
      value: { kind: 'select', whenFalse: { kind: 'load', buffer: 'b' } },
    });
  });

  const sum: Statement = { kind: 'accumulate', buffer: 'b', index: ir.u32(0), value: ir.f64(1) };
  test.each([
    ['a loop', ir.whilst(ir.bool(false), [])],
    ['a sum', sum],
    ['a fault', ir.fault(1, ir.bool(true))],
  ])('%s under a condition stays under it', (_, statement) => {
    expect(writeBranchless([ir.when(ir.bool(true), [statement])], new Block())).toBe(false);
    expect(writeBranchless([statement], new Block())).toBe(true);
  });
});
