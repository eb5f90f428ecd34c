/**
 * Words of random numbers on four lanes, in bodies with numbers of 64 bits, of which a vector holds two. Four lanes
 * take half the instructions, and the long chains of a generator end sooner. No bit changes.
 */

import { countUses } from '../graph/graph.js';
import type { Graph, GraphNode } from '../graph/graph.js';
import { LanePrinter } from './lane-printer.js';
import type { Scope } from './scalar.js';
import { i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** Varying products of which the upper half is needed, below which it doesn't pay: a generator has 18 or more. */
const fewestProducts = 8;

/** Whether a value is computed from the index, in numbers of 32 bits and without memory. */
function isWord(node: GraphNode, words: ReadonlySet<GraphNode>): boolean {
  if (!node.varying || node.kind !== 'binary' || (node.type !== 'u32' && node.type !== 'i32')) return false;
  if (!['add', 'sub', 'mul', 'mulHigh', 'xor'].includes(node.op)) return false;
  return node.operands.every((operand) => !operand.varying || operand.kind === 'implicit' || words.has(operand));
}

/** Statements that compute words for four items, and the rest of their graph. */
interface Words {
  /** Locals of the words that the rest reads. */
  readonly given: ReadonlyMap<GraphNode, string>;
  readonly rest: Graph;
  /** Before the loop. */
  readonly ahead: readonly Wat[];
  /** Runs statements for the first two of four items and, after the index has moved, for the last two. */
  readonly both: (body: readonly Wat[]) => readonly Wat[];
}

/** Prints the words of a graph on two lanes; undefined if it has too few. */
export function wordsOf(scope: Scope, graph: Graph, prefix: string): Words | undefined {
  const words = new Set<GraphNode>();
  for (const item of graph.items) if (item.kind === 'value' && isWord(item.node, words)) words.add(item.node);
  const rest: Graph = { items: graph.items.filter((item) => item.kind === 'effect' || !words.has(item.node)) };
  const restUses = countUses(rest);
  const read = [...words].filter((node) => restUses.has(node));
  const items: Graph['items'] = [
    ...graph.items.filter((item) => item.kind === 'value'),
    ...read.map(
      (value) => ({ kind: 'effect', effect: { kind: 'store', buffer: '', offset: undefined, value } }) as const,
    ),
  ];
  const used = countUses({ items });
  const products = [...words].filter((node) => node.kind === 'binary' && node.op === 'mulHigh' && used.has(node));
  if (products.length < fewestProducts) return undefined;
  const printer = new LanePrinter(scope, { items }, `${prefix}:words`);
  for (const item of items) if (item.kind === 'value') printer.value(item.node);
  const four = read.map((node) => scope.declare(`$.${prefix}:four.${node.id}`, 'v128'));
  const two = read.map((node) => scope.declare(`$.${prefix}:two.${node.id}`, 'v128'));
  const all = read.map((node, k): Wat => localSet(four[k] ?? '', printer.vector(node)));
  const half = (first: number): Wat[] => {
    const bytes = Array.from({ length: 16 }, (_, k) => first + (k % 8)).join(' ');
    return two.map((id, k) =>
      localSet(id, [`i8x16.shuffle ${bytes}`, localGet(four[k] ?? ''), localGet(four[k] ?? '')]),
    );
  };
  const index = scope.id('index');
  const moved = (by: number): Wat => localSet(index, ['i32.add', localGet(index), i32Const(by)]);
  return {
    given: new Map(read.map((node, k) => [node, two[k] ?? ''])),
    rest,
    ahead: printer.ahead,
    both: (body) => [...printer.body, ...all, ...half(0), ...body, moved(2), ...half(8), ...body, moved(-2)],
  };
}
