import { describe, expect, it } from 'vitest';

import * as ir from '../../src/ir/builder.js';
import { scaleOf, unitOf } from '../../src/ir/fixed-point.js';
import { checkProgram } from '../../src/ir/check.js';
import type {
  Buffer,
  EventRing,
  Expression,
  IrFunction,
  Kernel,
  Local,
  Log,
  MapKernel,
  Program,
  PropagateKernel,
  Statement,
  StepEntry,
} from '../../src/ir/program.js';
import { twoPopulations } from '../support/two-populations.js';

it('the program written by hand is legal', () => {
  expect(checkProgram(twoPopulations)).toEqual([]);
});

const local = (name: string, type: Local['type']): Local => ({ name, type });
const x = local('x', 'f64');
const n = local('n', 'u32');
const m = local('m', 'u32');
const flag = local('flag', 'bool');
const index = ir.get(local('index', 'u32'));

function buffer(name: string): Buffer {
  const found = twoPopulations.buffers.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no buffer ${name}`);
  return found;
}

const withKernel = (kernel: Kernel): Program => ({
  ...twoPopulations,
  kernels: [...twoPopulations.kernels.filter(({ name }) => name !== kernel.name), kernel],
  schedule: {
    ...twoPopulations.schedule,
    step: [
      ...twoPopulations.schedule.step.filter((e) => e.kernel !== kernel.name),
      { kernel: kernel.name, every: 1, offset: 0, slot: '' },
    ],
  },
});

/** A program with a sequential kernel `k` of this body, run in every step. */
const withBody = (...body: Statement[]): Program =>
  withKernel({ name: 'k', comment: '', shape: 'sequential', locals: [x, n, m, flag], body });

/** The same with one statement that reads an expression. It wants a bool, which other expressions break in addition. */
const reading = (e: Expression): Program => withBody(ir.fault(1, e));
const binary = (op: string, left: Expression, right: Expression, type = left.type): Expression =>
  ({ kind: 'binary', type, op, left, right }) as Expression;

describe('types of expressions', () => {
  it.each<[string, Expression, string]>([
    [
      'unary of another type',
      { kind: 'unary', type: 'f64', op: 'sqrt', operand: ir.f32(1) },
      'sqrt of f32 is declared as f64',
    ],
    ['unary that does not exist', ir.unary('sqrt', ir.i32(1)), 'sqrt does not exist for i32'],
    ['not of a number', ir.unary('not', ir.u32(1)), 'not does not exist for u32'],
    ['neg of u32', ir.neg(ir.u32(1)), 'neg does not exist for u32'],
    ['operands of two types', binary('add', ir.f64(1), ir.f32(1)), 'add of f64 and f32'],
    ['result of another type', binary('add', ir.f64(1), ir.f64(1), 'f32'), 'add of f64 is declared as f32'],
    ['binary that does not exist', binary('rem', ir.f64(1), ir.f64(1)), 'rem does not exist for f64'],
    ['mulHigh of i32', binary('mulHigh', ir.i32(1), ir.i32(1)), 'mulHigh does not exist for i32'],
    ['shrU of u32', binary('shrU', ir.u32(1), ir.u32(1)), 'shrU does not exist for u32'],
    ['shift by the width', ir.shl(ir.u32(1), ir.u32(32)), 'shifts u32 by 32, not below its width'],
    ['shift of i64 by the width', ir.shr(ir.i64(1n), ir.i64(64n)), 'shifts i64 by 64, not below its width'],
    ['shift by a negative count', ir.shr(ir.i32(1), ir.i32(-1)), 'shifts i32 by -1, not below its width'],
    [
      'comparison of two types',
      { kind: 'compare', type: 'bool', op: 'lt', left: ir.f64(1), right: ir.i32(1) },
      'lt of f64 and i32',
    ],
    [
      'order of bools',
      { kind: 'compare', type: 'bool', op: 'lt', left: ir.bool(true), right: ir.bool(true) },
      'lt does not exist for bool',
    ],
    [
      'select by a number',
      { kind: 'select', type: 'f64', condition: ir.u32(1), whenTrue: ir.f64(1), whenFalse: ir.f64(1) },
      'selects by a condition of type u32',
    ],
    [
      'select of two types',
      { kind: 'select', type: 'f64', condition: ir.bool(true), whenTrue: ir.f64(1), whenFalse: ir.f32(1) },
      'selects f64 or f32 and says it is f64',
    ],
    ['i64 → f32', ir.convert('f32', ir.i64(1n)), 'converts i64 to f32'],
    ['convert to itself', { kind: 'convert', type: 'f64', operand: ir.f64(1) }, 'converts f64 to f64'],
    ['an integer to fixed point', ir.toFixed(ir.i64(1n), scaleOf(3)), 'has toFixed of i64'],
    ['a number from fixed point', ir.fromFixed(ir.f64(1), unitOf(3)), 'has fromFixed of f64'],
    ['tenths', ir.toFixed(ir.f64(1), ir.f64(10)), 'has toFixed by 10, which is no power of two from 2^-1000 to 2^1000'],
    [
      'too large a unit',
      ir.fromFixed(ir.i64(1n), unitOf(-1001)),
      `has fromFixed by ${2 ** 1001}, which is no power of two from 2^-1000 to 2^1000`,
    ],
    ['units of integers', ir.fromFixed(ir.i64(1n), ir.i64(1n)), 'has fromFixed by i64'],
    ['reinterpret of other widths', ir.reinterpret('f64', ir.u32(1)), 'reinterprets u32 as f64'],
    ['i32 with a fraction', { kind: 'const', type: 'i32', value: 1.5 }, 'has a constant 1.5 that is no i32'],
    ['u32 below zero', { kind: 'const', type: 'u32', value: -1 }, 'has a constant -1 that is no u32'],
    ['f32 that is not rounded', { kind: 'const', type: 'f32', value: 0.1 }, 'has a constant 0.1 that is no f32'],
    ['i64 as a number', { kind: 'const', type: 'i64', value: 1 }, 'has a constant 1 that is no i64'],
    [
      'i64 beyond its range',
      { kind: 'const', type: 'i64', value: 1n << 63n },
      'has a constant 9223372036854775808 that is no i64',
    ],
    ['f64 as a bigint', { kind: 'const', type: 'f64', value: 1n }, 'has a constant 1 that is no f64'],
    ['bool as a number', { kind: 'const', type: 'bool', value: 1 }, 'has a constant 1 that is no bool'],
    ['unknown local', ir.get(local('z', 'f64')), 'reads z, which is not a local here'],
    ['local of another type', ir.get(local('step', 'u32')), 'reads step as u32, but it is i32'],
    ['implicit local of another shape', ir.get(local('row', 'u32')), 'reads row, which is not a local here'],
    ['local that was not set', ir.get(x), 'reads x where it may not have been set'],
    [
      'unknown buffer',
      { kind: 'load', type: 'f64', buffer: 'z', index: ir.u32(0) },
      'loads from z, which is not a buffer here',
    ],
    [
      'load of another type',
      { kind: 'load', type: 'f32', buffer: 'v', index: ir.u32(0) },
      'loads f32 from v, whose elements are f64',
    ],
    [
      'narrow elements load as 32 bits',
      { kind: 'load', type: 'i32', buffer: 'ab.targets', index: ir.u32(0) },
      'loads i32 from ab.targets, whose elements are u8',
    ],
    ['index that is not u32', ir.load(buffer('v'), ir.i32(0)), 'loads v at an index of type i32, not u32'],
    [
      'unknown function',
      { kind: 'call', type: 'f64', function: 'z', arguments: [] },
      'calls z, which is not a function of the program',
    ],
    [
      'too few arguments',
      { kind: 'call', type: 'f64', function: 'advance', arguments: [ir.f64(1)] },
      'calls advance with 1 arguments; it takes 2',
    ],
    [
      'argument of another type',
      { kind: 'call', type: 'f64', function: 'advance', arguments: [ir.f64(1), ir.f32(1)] },
      'calls advance with f32 for y, which is f64',
    ],
    [
      'result of another type',
      { kind: 'call', type: 'f32', function: 'advance', arguments: [ir.f64(1), ir.f64(1)] },
      'calls advance as f32, but it gives f64',
    ],
  ])('%s', (_, e, violation) => {
    expect(checkProgram(reading(e))).toContain(`kernel k: ${violation}`);
  });

  it('looks into operands', () => {
    const inner = ir.load(buffer('v'), ir.i32(0));
    for (const e of [
      ir.neg(inner),
      ir.add(inner, ir.f64(1)),
      ir.add(ir.f64(1), inner),
      ir.lt(inner, inner),
      ir.convert('bool', inner),
      ir.select(ir.bool(true), inner, ir.f64(0)),
      ir.reinterpret('i64', inner),
    ]) {
      expect(checkProgram(reading(e))).toContain('kernel k: loads v at an index of type i32, not u32');
    }
  });
});

describe('statements', () => {
  const v = buffer('v');
  it.each<[string, Statement[], string]>([
    ['set to another type', [{ kind: 'set', local: 'x', value: ir.f32(1) }], 'assigns f32 to x, which is f64'],
    [
      'set of what is not declared',
      [{ kind: 'set', local: 'z', value: ir.f64(1) }],
      'assigns z, which is not declared',
    ],
    [
      'set of an implicit local',
      [{ kind: 'set', local: 'step', value: ir.i32(1) }],
      "assigns step, which the kernel's shape defines",
    ],
    [
      'set of a counter',
      [ir.loop(n, ir.u32(0), ir.u32(1), [ir.set(n, ir.u32(1))])],
      'assigns n in the loop that counts with it',
    ],
    [
      'the same counter twice',
      [ir.loop(n, ir.u32(0), ir.u32(1), [ir.loop(n, ir.u32(0), ir.u32(1), [])])],
      'assigns n in the loop that counts with it',
    ],
    [
      'counter that is not u32',
      [{ kind: 'for', local: 'x', from: ir.u32(0), to: ir.u32(1), body: [] }],
      'assigns u32 to x, which is f64',
    ],
    ['bounds that are not u32', [ir.loop(n, ir.i32(0), ir.i32(1), [])], 'has a for from i32 to i32, not u32'],
    [
      'store to no buffer',
      [{ kind: 'store', buffer: 'z', index: ir.u32(0), value: ir.f64(0) }],
      'stores to z, which is not a buffer here',
    ],
    [
      'store of another type',
      [ir.store(v, ir.u32(0), ir.f32(0))],
      'stores to v a value of type f32; its elements are f64',
    ],
    [
      'store at an index that is not u32',
      [ir.store(v, ir.i32(0), ir.f64(0))],
      'stores to v at an index of type i32, not u32',
    ],
    [
      'store to constants while running',
      [ir.store(buffer('drive'), ir.u32(0), ir.f64(0))],
      'stores to drive, which is constant, but runs after initialisation',
    ],
    [
      'accumulation of floats',
      [ir.accumulate(v, ir.u32(0), ir.f64(0))],
      'accumulates into v, whose elements are f64, not i32, u32 or i64',
    ],
    [
      'accumulation into narrow integers',
      [ir.accumulate(buffer('ab.targets'), ir.u32(0), ir.u32(0))],
      'accumulates into ab.targets, whose elements are u8, not i32, u32 or i64',
    ],
    ['if on a number', [{ kind: 'if', condition: ir.u32(1), then: [], else: [] }], 'has an if on u32'],
    ['while on a number', [ir.whilst(ir.u32(1), [])], 'has a while on u32'],
    ['while without end', [ir.whilst(ir.bool(true), [ir.set(x, ir.f64(1))])], 'has a while that never ends'],
    ['break outside', [ir.leave], 'has a break outside a loop'],
    [
      'what follows a break',
      [ir.loop(n, ir.u32(0), ir.u32(1), [ir.leave, ir.set(x, ir.f64(1))])],
      'has a statement after a break, which is never reached',
    ],
    ['fault on a number', [ir.fault(1, ir.u32(1))], 'raises a fault on u32'],
    ['fault without bits', [ir.fault(0, ir.bool(true))], 'raises fault bits 0, which are no u32 above 0'],
    [
      'bit outside a map',
      [{ kind: 'setBit', mask: 'mask', condition: ir.bool(true) }],
      'sets a bit of mask, which only a map over ranges or a count may',
    ],
    [
      'results into too few locals',
      [{ kind: 'call', function: 'advance', arguments: [ir.f64(0), ir.f64(0)], results: [] }],
      'takes 0 results of advance, which has 1',
    ],
    [
      'result into a local of another type',
      [{ kind: 'call', function: 'advance', arguments: [ir.f64(0), ir.f64(0)], results: ['n'] }],
      'assigns f64 to n, which is u32',
    ],
    [
      'results into one local',
      [{ kind: 'call', function: 'advance', arguments: [ir.f64(0), ir.f64(0)], results: ['x', 'x'] }],
      'takes two results of advance into one local',
    ],
  ])('%s', (_, body, violation) => {
    expect(checkProgram(withBody(...body))).toContain(`kernel k: ${violation}`);
  });

  it('a kernel that both initialises and runs later may not write constants', () => {
    const { schedule } = twoPopulations;
    const later = {
      ...twoPopulations,
      schedule: { ...schedule, procedures: { again: [{ kind: 'run' as const, kernel: 'ab.size' }] } },
    };
    expect(checkProgram(later)).toEqual([
      'kernel ab.size: stores to ab.count, which is constant, but runs after initialisation',
    ]);
  });
});

describe('locals are set before they are read, on every path', () => {
  const unset = 'kernel k: reads x where it may not have been set';
  const set = ir.set(x, ir.f64(1));
  const read = ir.fault(1, ir.gt(ir.get(x), ir.f64(0)));
  const some = ir.gt(ir.load(buffer('v'), ir.u32(0)), ir.f64(0));
  const endless = (...body: Statement[]): Statement => ir.whilst(ir.bool(true), body);
  it.each<[string, Statement[], boolean]>([
    ['before', [set, read], true],
    ['after', [read, set], false],
    ['in both branches', [ir.when(some, [set], [set]), read], true],
    ['in one branch', [ir.when(some, [set]), read], false],
    ['within the branch', [ir.when(some, [set, read])], true],
    ['in a loop that may not run', [ir.loop(n, ir.u32(0), ir.u32(1), [set]), read], false],
    ['within a loop', [ir.loop(n, ir.u32(0), ir.u32(1), [set, read])], true],
    ['in an earlier turn only', [ir.loop(n, ir.u32(0), ir.u32(1), [read, set])], false],
    ['before the break of an endless loop', [endless(set, ir.when(some, [ir.leave])), read], true],
    ['after the break of an endless loop', [endless(ir.when(some, [ir.leave]), set), read], false],
    ['in the branch that goes on', [ir.loop(n, ir.u32(0), ir.u32(1), [ir.when(some, [ir.leave], [set]), read])], true],
    [
      'by a call',
      [{ kind: 'call', function: 'advance', arguments: [ir.f64(0), ir.f64(0)], results: ['x'] }, read],
      true,
    ],
  ])('%s', (_, body, legal) => {
    expect(checkProgram(withBody(...body))).toEqual(legal ? [] : [unset]);
  });

  it('a counter is set in its loop and after it', () => {
    const readN = ir.fault(1, ir.gt(ir.get(n), ir.u32(0)));
    expect(checkProgram(withBody(ir.loop(n, ir.u32(0), ir.u32(1), [readN]), readN))).toEqual([]);
  });
});

describe('functions', () => {
  const f = (changes: Partial<IrFunction>): Program => ({
    ...twoPopulations,
    functions: [
      ...twoPopulations.functions,
      { name: 'f', comment: '', parameters: [x], locals: [n], body: [], results: [x], ...changes },
    ],
  });
  const callF: Expression = { kind: 'call', type: 'f64', function: 'f', arguments: [ir.get(x)] };
  it.each<[string, Partial<IrFunction>, string]>([
    ['recursion', { body: [ir.set(x, callF)] }, 'function f: calls itself (f → f)'],
    [
      'load',
      { body: [ir.set(x, ir.load(buffer('v'), ir.u32(0)))] },
      'function f: loads from v, which is not a buffer here',
    ],
    ['store', { body: [ir.store(buffer('v'), ir.u32(0), ir.f64(0))] }, 'function f: stores to v, but is a function'],
    ['fault', { body: [ir.fault(1, ir.bool(true))] }, 'function f: raises a fault, but is a function'],
    [
      'step',
      { body: [ir.set(x, ir.convert('f64', ir.get(local('step', 'i32'))))] },
      'function f: reads step, which is not a local here',
    ],
    ['no result', { results: [] }, 'function f: has no results'],
    ['result that is not declared', { results: [local('z', 'f64')] }, 'function f: returns z, which is not declared'],
    ['result of another type', { results: [local('x', 'f32')] }, 'function f: returns x as f32, but it is f64'],
    ['result that was not set', { results: [n] }, 'function f: returns n, which may not have been set'],
    ['local like a parameter', { locals: [x] }, 'function f: declares x twice'],
    ['reserved name', { locals: [local('while', 'u32')] }, 'function f: declares while, which is not a legal name'],
  ])('%s', (_, changes, violation) => {
    expect(checkProgram(f(changes))).toContain(violation);
  });

  it('a circle of functions', () => {
    const g: Expression = { kind: 'call', type: 'f64', function: 'g', arguments: [ir.get(x)] };
    const make = (name: string, e: Expression): IrFunction => ({
      name,
      comment: '',
      parameters: [x],
      locals: [],
      body: [ir.set(x, e)],
      results: [x],
    });
    expect(
      checkProgram({ ...twoPopulations, functions: [...twoPopulations.functions, make('f', g), make('g', callF)] }),
    ).toEqual(['function f: calls itself (f → g → f)']);
  });

  it('a call in an expression needs one result', () => {
    const two: IrFunction = { name: 'f', comment: '', parameters: [x], locals: [], body: [], results: [x, x] };
    const program = reading({ kind: 'call', type: 'f64', function: 'f', arguments: [ir.f64(0)] });
    expect(checkProgram({ ...program, functions: [...program.functions, two] })).toContain(
      'kernel k: calls f in an expression, but it has 2 results',
    );
  });
});

describe('names and buffers', () => {
  const changed = (name: string, changes: Partial<Buffer>): Program => ({
    ...twoPopulations,
    buffers: twoPopulations.buffers.map((b) => (b.name === name ? { ...b, ...changes } : b)),
  });
  it.each<[string, Program, string]>([
    [
      'two buffers of a name',
      { ...twoPopulations, buffers: [...twoPopulations.buffers, buffer('v')] },
      'buffer v: is defined twice',
    ],
    [
      'two kernels of a name',
      { ...twoPopulations, kernels: [...twoPopulations.kernels, ...twoPopulations.kernels.slice(0, 1)] },
      'kernel ab.size: is defined twice',
    ],
    [
      'two functions of a name',
      { ...twoPopulations, functions: [...twoPopulations.functions, ...twoPopulations.functions] },
      'function advance: is defined twice',
    ],
    ['illegal name', changed('v', { name: 'a b' }), 'buffer a b: is not a legal name'],
    [
      'illegal local',
      withKernel({ name: 'k', comment: '', shape: 'sequential', locals: [local('a.b', 'u32')], body: [] }),
      'kernel k: declares a.b, which is not a legal name',
    ],
    [
      'implicit local declared',
      withKernel({ name: 'k', comment: '', shape: 'sequential', locals: [local('step', 'i32')], body: [] }),
      "kernel k: declares step, which the kernel's shape defines",
    ],
    ['dt of zero', { ...twoPopulations, dt: 0 }, 'program two populations: has steps of 0 s'],
    ['faults of another kind', changed('faults', { length: 2 }), 'buffer faults: is not state u32[1]'],
    [
      'contents of another type',
      changed('drive', { initial: new Float32Array(66) }),
      'buffer drive: has f32 initial contents for f64 elements',
    ],
    [
      'contents of another length',
      changed('drive', { initial: new Float64Array(65) }),
      'buffer drive: has 65 initial elements for 66',
    ],
    [
      'fill of another type',
      changed('drive', { initial: { fill: 1n } }),
      'buffer drive: is filled with a bigint, but its elements are f64',
    ],
    [
      'contents of what is allocated later',
      changed('ab.weights', { initial: { fill: 1 } }),
      'buffer ab.weights: has initial contents, but is allocated later and zeroed',
    ],
    ['length below zero', changed('v', { length: -1 }), 'buffer v: the count -1 is not a u32'],
    [
      'length in no buffer',
      changed('ab.weights', { length: { buffer: 'z', index: 0 } }),
      'buffer ab.weights: the count is in z, which is not a buffer',
    ],
    [
      'length in floats',
      changed('ab.weights', { length: { buffer: 'v', index: 0 } }),
      'buffer ab.weights: the count is in v, whose elements are f64, not u32',
    ],
    [
      'length outside',
      changed('ab.weights', { length: { buffer: 'ab.count', index: 1 } }),
      'buffer ab.weights: the count is at 1, outside ab.count',
    ],
    [
      'fault without a buffer',
      { ...twoPopulations, buffers: twoPopulations.buffers.filter(({ name }) => name !== 'faults') },
      'kernel neurons: raises a fault, but there is no buffer faults',
    ],
  ])('%s', (_, program, violation) => {
    expect(checkProgram(program)).toContain(violation);
  });
});

describe('maps', () => {
  const map = (changes: Partial<MapKernel>): Program =>
    withKernel({
      name: 'k',
      comment: '',
      shape: 'map',
      lanes: false,
      locals: [n, flag],
      body: [],
      domain: {
        kind: 'ranges',
        ranges: [
          { begin: 0, end: 3 },
          { begin: 64, end: 66 },
        ],
      },
      ...changes,
    });
  const ranges = (...pairs: [number, number][]): MapKernel['domain'] => ({
    kind: 'ranges',
    ranges: pairs.map(([begin, end]) => ({ begin, end })),
  });
  const bit: Statement = { kind: 'setBit', mask: 'mask', condition: ir.bool(true) };
  it.each<[string, Partial<MapKernel>, string]>([
    ['begin within a word', { domain: ranges([32, 40]) }, 'has a range that begins at 32, not a multiple of 64'],
    ['end before begin', { domain: ranges([64, 63]) }, 'has a range [64, 63)'],
    [
      'overlap',
      { domain: ranges([0, 65], [64, 66]) },
      'has a range that begins at 64, before the end of the one before it',
    ],
    [
      'spikes of no event',
      { domain: { kind: 'spikes', event: 'z' } },
      'runs over the spikes of z, which is not an event',
    ],
    [
      'group in a count',
      { domain: { kind: 'count', count: 3 }, body: [ir.set(n, ir.get(local('group', 'u32')))] },
      'reads group, which is not a local here',
    ],
    [
      'bit under a condition',
      { body: [ir.when(ir.bool(true), [bit])] },
      'sets a bit of mask under a condition or in a loop',
    ],
    [
      'bit in a loop',
      { body: [ir.loop(n, ir.u32(0), ir.u32(1), [bit])] },
      'sets a bit of mask under a condition or in a loop',
    ],
    ['bit twice', { body: [bit, bit] }, 'sets its bit of mask twice'],
    ['bit to a number', { body: [{ ...bit, condition: ir.u32(1) }] }, 'sets a bit of mask to u32'],
    ['bit of no buffer', { body: [{ ...bit, mask: 'z' }] }, 'sets a bit of z, which is not a buffer here'],
    [
      'bit of other elements',
      { body: [{ ...bit, mask: 'input' }] },
      'sets a bit of input, whose elements are i32, not u32',
    ],
    [
      'mask that is too short',
      { domain: ranges([0, 129]), body: [bit] },
      'sets bits of mask, which has 128 bits for 129 items',
    ],
    [
      'bit over spikes',
      { domain: { kind: 'spikes', event: 'a.spike' }, body: [bit] },
      'sets a bit of mask, which only a map over ranges or a count may',
    ],
  ])('%s', (_, changes, violation) => {
    expect(checkProgram(map(changes))).toContain(`kernel k: ${violation}`);
  });

  it('a count may be in a cell of a u32 buffer only', () => {
    expect(checkProgram(map({ domain: { kind: 'count', count: { buffer: 'v', index: 0 } } }))).toContain(
      'kernel k: the count is in v, whose elements are f64, not u32',
    );
  });

  const v = buffer('v');
  it.each<[string, Partial<MapKernel>, string]>([
    ['if', { body: [ir.when(ir.bool(true), [])] }, 'promises lanes, but has an if'],
    ['for', { body: [ir.loop(n, ir.u32(0), ir.u32(1), [])] }, 'promises lanes, but has a for'],
    ['while', { body: [ir.whilst(ir.bool(false), [])] }, 'promises lanes, but has a while'],
    [
      'scattered store',
      { body: [ir.store(v, ir.add(index, ir.u32(1)), ir.f64(0))] },
      'promises lanes, but stores to v elsewhere than at index',
    ],
    [
      'store at one address',
      { body: [ir.store(v, ir.u32(0), ir.f64(0))] },
      'promises lanes, but stores to v elsewhere than at index',
    ],
    [
      'scattered accumulation',
      { body: [ir.accumulate(buffer('input'), ir.u32(0), ir.i32(0))] },
      'promises lanes, but accumulates into input elsewhere than at index',
    ],
    [
      'gathered load',
      { body: [ir.set(flag, ir.gt(ir.load(v, ir.load(buffer('mask'), index)), ir.f64(0)))] },
      'promises lanes, but loads v neither at index nor at an address equal for all items',
    ],
    ['spikes', { domain: { kind: 'spikes', event: 'b.spike' } }, 'promises lanes over spikes, which are scattered'],
  ])('lanes: %s', (_, changes, violation) => {
    expect(checkProgram(map({ lanes: true, ...changes }))).toContain(`kernel k: ${violation}`);
  });

  const stored = ir.store(v, index, ir.f64(0));
  const dealt = (...body: Statement[]): Statement => ir.lanesLoop(n, ir.u32(0), ir.u32(1), body);
  it.each<[string, Statement[], string]>([
    ['store', [stored], 'has a store outside of lanes loops'],
    ['condition', [ir.when(ir.bool(true), [dealt()])], 'has a lanes loop inside another or a condition'],
    ['own loops', [dealt(dealt())], 'has a lanes loop inside another or a condition'],
    ['own local', [dealt(), ir.set(n, ir.u32(0))], 'uses n outside of the lanes loop that sets it'],
    [
      'what another may write meanwhile',
      [dealt(stored), ir.set(local('x', 'f64'), ir.load(v, index))],
      'loads v outside of lanes loops, which it writes',
    ],
  ])('teams: %s', (_, body, violation) => {
    const kernel = { domain: { kind: 'count', count: 1 }, locals: [n, local('x', 'f64')], body } as const;
    expect(checkProgram(map({ ...kernel, team: true }))).toContain(`kernel k: is for teams, but ${violation}`);
    expect(checkProgram(map({ finer: { ...kernel, team: true } }))).toContain(
      `kernel k (finer): is for teams, but ${violation}`,
    );
  });

  it('finer pieces write the same buffers', () => {
    const kernel = { domain: { kind: 'count', count: 1 }, locals: [] } as const;
    expect(checkProgram(map({ ...kernel, body: [stored], finer: { ...kernel, body: [] } }))).toEqual([
      'kernel k: writes v, but nothing in finer pieces',
    ]);
    expect(checkProgram(map({ ...kernel, body: [stored], finer: { ...kernel, body: [stored] } }))).toEqual([]);
  });

  it('lanes: loads at index and at addresses of the group, the range or the step', () => {
    const group = ir.get(local('group', 'u32'));
    const step = ir.convert('u32', ir.get(local('step', 'i32')));
    const sum = ir.add(
      ir.load(v, index),
      ir.add(ir.load(v, ir.add(ir.mul(group, ir.u32(3)), ir.u32(1))), ir.load(v, ir.and(step, ir.u32(1)))),
    );
    expect(checkProgram(map({ lanes: true, body: [ir.store(v, index, sum)] }))).toEqual([]);
  });
});

describe('propagations', () => {
  const deliver = twoPopulations.kernels.find((kernel): kernel is PropagateKernel => kernel.shape === 'propagate');
  const changed = (changes: Partial<PropagateKernel>): Program => ({
    ...twoPopulations,
    kernels: twoPopulations.kernels.map((kernel) => (kernel === deliver ? { ...deliver, ...changes } : kernel)),
  });
  const position = ir.get(local('position', 'u32'));
  const row = ir.get(local('row', 'u32'));
  const write = (at: Expression): Statement => ir.accumulate(buffer('input'), at, ir.i32(1));
  it.each<[string, Partial<PropagateKernel>, string]>([
    ['no event', { event: 'z' }, 'propagates z, which is not an event'],
    [
      'elements beyond the population',
      { elements: { begin: 0, end: 4 } },
      'takes elements [0, 4) of a.spike, which has 3',
    ],
    ['delays the wrong way round', { delays: { first: 2, last: 1 } }, 'has delays 2 to 1'],
    ['a delay beyond the ring', { delays: { first: 1, last: 4 } }, 'has delays up to 4, but a.spike keeps 4 steps'],
    ['too few segments', { delays: { first: 0, last: 3 } }, 'needs 13 offsets in ab.segments, which has 10'],
    ['segments in no buffer', { segments: 'z' }, 'has its segments in z, which is not a buffer'],
    ['segments of other elements', { segments: 'ab.targets' }, 'has its segments in ab.targets, whose elements are u8'],
    [
      'targets in no buffer',
      { order: { kind: 'byTarget', targets: 'z', targetCount: 2 } },
      'has its targets in z, which is not a buffer',
    ],
    [
      'targets of other elements',
      { order: { kind: 'byTarget', targets: 'v', targetCount: 2 } },
      'has its targets in v, whose elements are f64',
    ],
    [
      'byTarget that writes to rows',
      { body: [write(row)] },
      'is ordered byTarget, but writes input at an index that does not come from ab.targets[position]',
    ],
    [
      'byRow that writes to targets',
      { order: { kind: 'byRow' } },
      'is ordered byRow, but writes input at an index that does not come from row',
    ],
  ])('%s', (_, changes, violation) => {
    expect(checkProgram(changed(changes))).toContain(`kernel ab.deliver: ${violation}`);
  });

  it.each<[string, Partial<PropagateKernel>]>([
    ['any order may write anywhere', { order: { kind: 'any' }, body: [write(row)] }],
    ['byRow writes to its row', { order: { kind: 'byRow' }, body: [write(ir.add(row, ir.u32(3)))] }],
    ['every order may write to its own synapse', { body: [write(position)] }],
  ])('%s', (_, changes) => {
    expect(checkProgram(changed(changes))).toEqual([]);
  });
});

describe('events and logs', () => {
  const event = (changes: Partial<EventRing>): Program => ({
    ...twoPopulations,
    events: twoPopulations.events.map((e) => (e.name === 'a.spike' ? { ...e, ...changes } : e)),
  });
  const log = (changes: Partial<Log>): Program => ({
    ...twoPopulations,
    logs: twoPopulations.logs.map((l) => (l.name === 'a' ? { ...l, ...changes } : l)),
  });
  it.each<[string, Program, string]>([
    ['slots', event({ slots: 3 }), 'event a.spike: has 3 slots, not a power of two'],
    [
      'mask within a word',
      event({ maskBegin: 32 }),
      'event a.spike: begins at bit 32 of its mask, not a multiple of 64',
    ],
    ['mask that is too short', event({ maskBegin: 128 }), 'event a.spike: needs 5 elements in mask, which has 4'],
    ['list that is too short', event({ size: 4 }), 'event a.spike: needs 16 elements in a.list, which has 12'],
    ['counts that are too few', event({ slots: 8 }), 'event a.spike: needs 8 elements in a.counts, which has 4'],
    ['list in no buffer', event({ list: 'z' }), 'event a.spike: has its list in z, which is not a buffer'],
    [
      'counts in constants',
      event({ counts: 'ab.count' }),
      'event a.spike: has its counts in ab.count, which is constant u32, not state u32',
    ],
    ['no log', event({ log: 'z' }), 'event a.spike: is logged in z, which is not a log'],
    ['log of other rows', event({ log: 'v' }), 'event a.spike: is logged in v, whose rows are not two u32'],
    ['log of another', event({ log: 'b' }), 'event a.spike: shares its log b with another event'],
    [
      'log with fewer rows a step',
      log({ maxRowsPerStep: 2 }),
      'event a.spike: is logged in a, which expects 2 rows a step for 3 elements',
    ],
    ['less room than a step needs', log({ capacity: 2 }), 'log a: has room for 2 rows and may get 3 in a step'],
    ['more room than the buffer', log({ capacity: 11 }), 'log a: needs 22 elements in a.rows, which has 20'],
    ['no buffer', log({ buffer: 'z' }), 'log a: is in z, which is not a buffer'],
    [
      'cursor in no buffer',
      log({ cursor: { buffer: 'z', index: 0 } }),
      'log a: has its cursor in z, which is not a buffer',
    ],
    ['cursor outside', log({ cursor: { buffer: 'cursors', index: 3 } }), 'log a: has its cursor at 3, outside cursors'],
    [
      'cursor of other elements',
      log({ cursor: { buffer: 'v', index: 0 } }),
      'log a: has its cursor in v, which is state f64, not state u32',
    ],
    [
      'cursor of another',
      log({ cursor: { buffer: 'cursors', index: 1 } }),
      'log a: shares its cursor with another log',
    ],
    ['empty rows', log({ rowLength: 0 }), 'log a: has rows of 0 elements'],
  ])('%s', (_, program, violation) => {
    expect(checkProgram(program)).toContain(violation);
  });
});

describe('schedule and manifest', () => {
  const { schedule, manifest } = twoPopulations;
  const step = (...entries: StepEntry[]): Program => ({ ...twoPopulations, schedule: { ...schedule, step: entries } });
  const entry = (kernel: string, every = 1, offset = 0): StepEntry => ({ kernel, every, offset, slot: '' });
  const initialise = (...actions: Program['schedule']['initialise']): Program => ({
    ...twoPopulations,
    schedule: { ...schedule, initialise: actions },
  });
  const run = (kernel: string): Program['schedule']['initialise'][number] => ({ kind: 'run', kernel });
  const allocate = (...buffers: string[]): Program['schedule']['initialise'][number] => ({ kind: 'allocate', buffers });
  it.each<[string, Program, string]>([
    ['no kernel', step(entry('z')), 'schedule: z is not a kernel'],
    ['every 0', step(entry('neurons', 0)), 'schedule: neurons runs every 0 steps from step 0'],
    ['negative offset', step(entry('neurons', 1, -1)), 'schedule: neurons runs every 1 steps from step -1'],
    [
      'rare compaction',
      step(entry('a.compact', 2)),
      'schedule: a.compact is a compaction that does not run in every step, so that its ring would hold old spikes',
    ],
    [
      'spikes before they are listed',
      step(entry('b.count'), entry('b.compact')),
      "schedule: b.count reads this step's spikes of b.spike before they are listed",
    ],
    ['no kernel in initialisation', initialise(run('z')), 'initialise: runs z, which is not a kernel'],
    ['never allocated', initialise(run('ab.size')), 'buffer ab.weights: is never allocated in initialisation'],
    [
      'used before it is allocated',
      initialise(run('ab.size'), run('ab.fill'), allocate('ab.weights')),
      'initialise: runs ab.fill before its buffer ab.weights is allocated',
    ],
    ['allocation of no buffer', initialise(allocate('z')), 'initialise: allocates z, which is not a buffer'],
    ['allocation of what is there', initialise(allocate('v')), 'initialise: allocates v, whose length is known'],
    [
      'no kernel in a procedure',
      { ...twoPopulations, schedule: { ...schedule, procedures: { p: [run('z')] } } },
      'procedure p: runs z, which is not a kernel',
    ],
    [
      'variable in no buffer',
      {
        ...twoPopulations,
        manifest: { ...manifest, variables: manifest.variables.map((v) => ({ ...v, buffer: 'z' })) },
      },
      'manifest: a.v is in z, which is not a buffer',
    ],
    [
      'variable outside',
      {
        ...twoPopulations,
        manifest: { ...manifest, variables: manifest.variables.map((v) => ({ ...v, offset: 64 })) },
      },
      'manifest: a.v ends at 67, outside v',
    ],
    [
      'samples in no log',
      { ...twoPopulations, manifest: { ...manifest, samples: manifest.samples.map((s) => ({ ...s, log: 'z' })) } },
      'manifest: v of b is in log z, which does not exist',
    ],
    [
      'population without its event',
      {
        ...twoPopulations,
        manifest: { ...manifest, populations: manifest.populations.map((p) => ({ ...p, event: 'z' })) },
      },
      'manifest: a emits z, which is not an event',
    ],
    [
      'projection in no buffer',
      {
        ...twoPopulations,
        manifest: { ...manifest, projections: manifest.projections.map((p) => ({ ...p, creation: 'z' })) },
      },
      'manifest: creation order of ab is in z, which is not a buffer',
    ],
  ])('%s', (_, program, violation) => {
    expect(checkProgram(program)).toContain(violation);
  });
});

describe('inboxes', () => {
  const inbox: Buffer = {
    name: 'arrived',
    element: 'i64',
    length: 66,
    role: 'state',
    inbox: { exponent: 50 },
    comment: '',
  };
  const using = (...body: Statement[]): Program => ({
    ...withBody(...body),
    buffers: [...twoPopulations.buffers, inbox],
  });
  const zero = ir.u32(0);
  const value = ir.toFixed(ir.f64(0.5), scaleOf(50));

  it('are added to, read and emptied in their units', () => {
    const program = using(
      ir.accumulate(inbox, zero, value),
      ir.accumulate(inbox, zero, ir.i64(3n)),
      ir.set(x, ir.fromFixed(ir.load(inbox, zero), unitOf(50))),
      ir.store(inbox, zero, ir.i64(0n)),
    );
    expect(checkProgram(program)).toEqual([]);
  });

  it.each<[string, Statement, string]>([
    [
      'added to in others',
      ir.accumulate(inbox, zero, ir.toFixed(ir.f64(1), scaleOf(49))),
      'adds to the inbox arrived in other units',
    ],
    [
      'read in others',
      ir.set(x, ir.fromFixed(ir.load(inbox, zero), unitOf(51))),
      'reads the inbox arrived in other units',
    ],
    ['read as integers', ir.accumulate(inbox, zero, ir.load(inbox, zero)), 'otherwise than as what its units'],
    ['overwritten', ir.store(inbox, zero, value), 'stores to the inbox arrived what is not zero'],
  ])('are never %s', (_, statement, sentence) => {
    expect(checkProgram(using(statement)).join('; ')).toContain(sentence);
  });

  it.each<[string, Partial<Buffer>, string]>([
    ['of floating-point numbers', { element: 'f64' }, 'is an inbox of f64'],
    ['that never change', { role: 'constant' }, 'is an inbox that never changes'],
    ['of half bits', { inbox: { exponent: 0.5 } }, 'is an inbox with the exponent 0.5'],
    ['in units of many', { inbox: { scale: 'v', unit: 'v' } }, 'has units in v, which is no f64[1]'],
  ])('are nothing %s', (_, changes, sentence) => {
    const program = { ...twoPopulations, buffers: [...twoPopulations.buffers, { ...inbox, ...changes }] };
    expect(checkProgram(program).join('; ')).toContain(sentence);
  });
});
