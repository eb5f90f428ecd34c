/** Loops split into one on vector lanes and one in order give the bits of the reference; others stay whole. */

import { describe, expect, test } from 'vitest';
import { cTargetWith } from '../../../runtime/targets/c/target.js';
import { referenceTarget } from '../../../runtime/targets/reference/target.js';
import type { Target } from '../../../runtime/targets/target.js';
import { splitLoops } from '../../../src/codegen/c/split-loops.js';
import * as ir from '../../../src/ir/builder.js';
import { libraryFunction } from '../../../src/ir/library/index.js';
import type { Local, Program, Statement, TypedArray } from '../../../src/ir/program.js';
import { visitStatements } from '../../../src/ir/walk.js';
import { buildProgram } from '../../../src/pipeline/build-program.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { cacheFolder, gcc, reasonOf } from '../../runtime/targets/c/compilers.js';

const [k, x, sum] = [
  { name: 'k', type: 'u32' },
  { name: 'x', type: 'f64' },
  { name: 'sum', type: 'f64' },
] as const satisfies readonly Local[];
const exp = libraryFunction('exp', 'f64');
const functions = new Map([[exp.name, exp]]);
const load = (buffer: string, index: ReturnType<typeof ir.get>) =>
  ({ kind: 'load', type: 'f64', buffer, index }) as const;
const store = (buffer: string, index: ReturnType<typeof ir.get>, value: ReturnType<typeof ir.get>): Statement => ({
  kind: 'store',
  buffer,
  index,
  value,
});
const expOf = (value: Parameters<typeof ir.call>[1]): Statement => ir.set(x, ir.call(exp, value));
const addX = ir.set(sum, ir.add(ir.get(sum), ir.get(x)));

/** Whether each loop over rounds that splitting makes is on lanes; empty if the loop stays whole. */
function loopsOf(...body: Statement[]): boolean[] {
  const made = splitLoops([ir.loop(k, ir.u32(0), ir.u32(100), body)], [k, x, sum], functions);
  const loops: boolean[] = [];
  visitStatements(made.body, (s) => {
    if (s.kind === 'for' && s.local !== 'k') loops.push(s.lanes === true);
  });
  return loops;
}

describe('which loops are split', () => {
  const at = ir.get(k);
  const next = ir.add(at, ir.u32(1));
  test.each<[string, Statement[], boolean[]]>([
    ['a sum of function values', [expOf(load('in', at)), addX], [true, false]],
    ['function values of a sum', [addX, expOf(ir.get(sum)), store('out', at, ir.get(x))], []],
    ['a value that the sum so far changes', [expOf(ir.get(sum)), addX], []],
    [
      'function values after a search',
      [ir.set(sum, ir.add(ir.get(sum), ir.f64(1))), expOf(ir.get(sum)), store('out', at, ir.get(x))],
      [false, true],
    ],
    ['a loop without functions', [ir.set(x, load('in', at)), addX], []],
    ['a loop that a round can leave', [expOf(load('in', at)), ir.when(ir.gt(ir.get(x), ir.f64(1)), [ir.leave])], []],
    ['a value that the round before stored', [expOf(load('out', at)), store('out', next, ir.get(x))], []],
    ['a value that the same round stored', [expOf(load('out', at)), store('out', at, ir.get(x)), addX], [true, false]],
  ])('%s', (_, body, expected) => {
    expect(loopsOf(...body)).toEqual(expected);
  });
});

const model = `
interneuron: 1
name: drawn
neurons: { cell: { state: { v: 1 }, derivatives: { v: 0/s }, events: { spike: { when: v > 1, do: [] } } } }
synapses: { plain: { parameters: { w: 0 }, ports: { port: '1' }, pathways: { pre: port += w } } }
populations: { a: { type: cell, size: 9 }, b: { type: cell, size: 1500 } }
projections:
  total:
    from: a
    to: b
    synapse: plain
    receptor: v
    connect: { rule: fixedTotal, n: 4000, replace: true, self: true }
    values: { w: 'normal(1, 0.25)' }
    delay: 'normal(0.5*ms, 0.4*ms)'
    delayRange: { min: 0.1 ms, max: 1 ms, outOfRange: redraw }
timing: grid
experiment: { dt: 0.1 ms, protocol: [{ run: 0.1 ms }] }
`;

/** The bytes of all buffers of a network as it is built. */
async function built(target: Target, program: Program): Promise<Map<string, TypedArray>> {
  const session = await (await target.compile(program, { threads: 1, cacheDirectory: cacheFolder() })).start();
  try {
    await session.initialise();
    const read = new Map<string, TypedArray>();
    for (const { name } of program.buffers) read.set(name, await session.read(name));
    return read;
  } finally {
    await session.dispose();
  }
}

test.skipIf(gcc === undefined)(`repeated synapses with drawn weights and delays${reasonOf(gcc, 'gcc')}`, async () => {
  const program = buildProgram(importModel({ name: 'drawn.yaml', text: model }, {}).valid, { precision: 'float64' });
  const target = cTargetWith(gcc === undefined ? {} : { compiler: gcc });
  const expected = await built(referenceTarget, program);
  expect(expected.get('total.w')?.length ?? 0).toBe(4000);
  expect(await built(target, program)).toEqual(expected);
});
