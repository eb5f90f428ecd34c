/** Graphs of kernel bodies: inlined, shared, hoisted and rejected parts. */

import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/codegen/graph/build.js';
import { countUses } from '../../../src/codegen/graph/graph.js';
import type { Graph, GraphNode } from '../../../src/codegen/graph/graph.js';
import * as b from '../../../src/ir/builder.js';
import type { Expression, IrFunction, Statement } from '../../../src/ir/program.js';
import { buffer, index, mapOver } from '../../runtime/targets/wasm/programs.js';

const x = buffer('x', 'f64', 8);
const y = buffer('y', 'f64', 8);
const table = buffer('table', 'f64', 8);
const atX = b.load(x, index);
const argument = { name: 'a', type: 'f64' } as const;
const local = { name: 'c', type: 'f64' } as const;
const k = { name: 'k', type: 'u32' } as const;
const get = b.get(argument);

const make = (name: string, body: Statement[], results = [argument] as IrFunction['results']): IrFunction => ({
  name,
  comment: name,
  parameters: [argument],
  locals: [local, k],
  body,
  results,
});
const functions = new Map(
  [
    make('double', [b.set(argument, b.add(get, get))]),
    make('choose', [b.when(b.lt(get, b.f64(0)), [b.set(argument, b.f64(1))], [b.set(argument, b.mul(get, get))])]),
    make('cube', [b.set(local, get), b.loop(k, b.u32(0), b.u32(2), [b.set(argument, b.mul(get, b.get(local)))])]),
    make('search', [b.whilst(b.gt(get, b.f64(1)), [b.set(argument, b.mul(get, b.f64(0.5)))])]),
  ].map((f) => [f.name, f]),
);
const called = (name: string, a: Expression): Expression => b.call(functions.get(name) as IrFunction, a);

/** Returns a value as text: operators applied to loads and constants; `~` marks values that are uniform over items. */
function show(node: GraphNode): string {
  const operands = node.operands.map(show).join(' ');
  const mark = node.varying ? '' : '~';
  switch (node.kind) {
    case 'const':
      return String(node.value);
    case 'implicit':
      return mark + node.local;
    case 'load':
      return `${mark}${node.buffer}${node.access === 'contiguous' ? '' : `[${operands}]`}`;
    case 'unary':
    case 'binary':
    case 'compare':
      return `${mark}(${node.op} ${operands})`;
    case 'call':
      return `${mark}(${node.function} ${operands})`;
    case 'result':
      return operands;
    case 'select':
    case 'convert':
    case 'reinterpret':
      return `${mark}(${node.kind} ${operands})`;
  }
}

function effects(graph: Graph | undefined): string[] {
  return (graph?.items ?? []).flatMap((item) => {
    if (item.kind !== 'effect') return [];
    const { effect } = item;
    switch (effect.kind) {
      case 'store':
      case 'accumulate':
        return [`${effect.buffer} ${effect.kind === 'store' ? '=' : '+='} ${show(effect.value)}`];
      case 'setBit':
        return [`${effect.mask} bit ${show(effect.condition)}`];
      case 'fault':
        return [`fault ${effect.bits} if ${show(effect.condition)}`];
      case 'comment':
        return [];
    }
  });
}

const graphOf = (...body: Statement[]): Graph | undefined => buildGraph(mapOver('kernel', 8, body), functions);

describe('a graph', () => {
  test.each([
    { of: 'a function', body: [b.store(y, index, called('double', atX))], graph: ['y = (add x x)'] },
    {
      of: 'both sides of a branch',
      body: [b.store(y, index, called('choose', atX))],
      graph: ['y = (select (lt x 0) 1 (mul x x))'],
    },
    {
      of: 'the turns of a short loop',
      body: [b.store(y, index, called('cube', atX))],
      graph: ['y = (mul (mul x x) x)'],
    },
    { of: 'a loop as a call', body: [b.store(y, index, called('search', atX))], graph: ['y = (search x)'] },
    {
      of: 'a value equal for all items',
      body: [b.store(y, index, b.mul(called('double', b.load(table, b.u32(3))), atX))],
      graph: ['y = (mul ~(double ~table[3]) x)'],
    },
    {
      of: 'a load after a store',
      body: [b.store(x, index, b.f64(1)), b.store(y, index, b.load(x, index))],
      graph: ['x = 1', 'y = x'],
    },
    {
      of: 'an address that differs',
      body: [b.store(y, index, b.load(x, b.mul(index, b.u32(3))))],
      graph: ['y = x[(mul index 3)]'],
    },
    { of: 'a buffer that the kernel writes', body: [b.store(x, index, b.load(x, b.u32(0)))], graph: ['x = x[0]'] },
  ])('has $of', ({ body, graph }) => {
    expect(effects(graphOf(...body))).toEqual(graph);
  });

  test('shares equal values, but not loads from before and after a store', () => {
    const graph = graphOf(
      b.store(y, index, b.add(b.mul(atX, atX), b.mul(atX, atX))),
      b.store(x, index, b.f64(2)),
      b.store(y, index, b.mul(b.load(x, index), b.load(x, index))),
    );
    const nodes = (graph?.items ?? []).flatMap((item) =>
      item.kind === 'value' && item.node.kind !== 'implicit' && item.node.kind !== 'const' ? [show(item.node)] : [],
    );
    expect(nodes).toEqual(['x', '(mul x x)', '(add (mul x x) (mul x x))', 'x', '(mul x x)']);
  });

  test('counts the uses of live nodes', () => {
    const graph = graphOf(
      b.set(local, b.add(atX, b.f64(1))),
      b.set(local, b.mul(atX, atX)),
      b.store(y, index, b.get(local)),
    );
    const uses = [...countUses(graph as Graph)].map(([node, count]) => `${show(node)}: ${count}`);
    expect(uses).toContain('x: 2');
    expect(uses.some((line) => line.startsWith('(add'))).toBe(false);
  });

  test.each([
    { what: 'a condition around effects', body: [b.when(b.gt(atX, b.f64(0)), [b.store(y, index, atX)])] },
    { what: 'a loop', body: [b.whilst(b.gt(atX, b.f64(0)), [b.store(x, index, b.f64(0))])] },
    { what: 'a store to an address of its own', body: [b.store(y, b.mul(index, b.u32(2)), atX)] },
    {
      what: 'an addition to a neighbour',
      body: [b.accumulate(buffer('n', 'i64', 9), b.add(index, b.u32(1)), b.i64(1n))],
    },
  ])('is not made of $what', ({ body }) => {
    expect(graphOf(...body)).toBeUndefined();
  });
});
