import { expect, test } from 'vitest';
import { dependencyOrder, findCycle } from '../../src/lang/graph.js';

const cycle = (edges: Record<string, string[]>): readonly string[] | undefined =>
  findCycle(Object.keys(edges), (node) => edges[node] ?? []);

test.each<[string, Record<string, string[]>, string[] | undefined]>([
  ['none', { a: ['b', 'c'], b: ['c'], c: [] }, undefined],
  ['a diamond is none', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, undefined],
  ['a node that reads itself', { a: ['a'] }, ['a', 'a']],
  ['two', { a: ['b'], b: ['a'] }, ['a', 'b', 'a']],
  ['behind a way in', { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, ['b', 'c', 'd', 'b']],
])('%s', (_, edges, expected) => expect(cycle(edges)).toEqual(expected));

test.each<[string, Record<string, string[]>, string[]]>([
  ['nodes follow the nodes that they read', { a: ['b', 'c'], b: ['d'], c: ['d'] }, ['d', 'b', 'c', 'a']],
  ['cycles are cut', { a: ['b'], b: ['a', 'c'] }, ['c', 'b', 'a']],
])('%s', (_, edges, expected) => expect(dependencyOrder(['a'], (node) => edges[node] ?? [])).toEqual(expected));

test('a chain of 10^5 nodes does not exhaust the stack', () => {
  const next = (node: string): string[] => (node === '100000' ? [] : [String(Number(node) + 1)]);
  expect(findCycle(['0'], next)).toBeUndefined();
  expect(dependencyOrder(['0'], next).slice(0, 2)).toEqual(['100000', '99999']);
});
