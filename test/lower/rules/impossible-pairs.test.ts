/** Pairs that a probability excludes are skipped, and no connection changes. */

import { describe, expect, test } from 'vitest';
import type { Simulation } from '../../support/simulate.js';
import { simulate } from '../../support/simulate.js';

const columns = 16;
const cells = 220;

/** Cells on a lattice, with some values that are no position. */
const model = (p: string, x = 'i % 16', connect = 'self: false'): string => `
interneuron: 1
name: lattice
neurons: { cell: { parameters: { x: 0, y: 0, range: 3, gone: 0 }, state: { v: 0 } } }
synapses: { none: { parameters: { w: 0 } } }
populations:
  a: { type: cell, size: ${cells}, values: { x: '${x}', y: 'floor(i/${columns})', range: '2 + i % 5', gone: 'log(i - 3.5)' } }
projections:
  s: { from: a, to: a, synapse: none, connect: { rule: pairs, p: '${p}', ${connect} } }
timing: grid
experiment: { dt: 0.1 ms, duration: 0.1 ms }
`;

const pairsOf = ({ synapses }: Simulation): readonly string[] =>
  (synapses.get('s') ?? []).map(({ source, target }) => `${source} ${target}`);
/** Whether pieces of targets are skipped. */
const isBounded = ({ program }: Simulation): boolean => {
  const counting = program.kernels.find(({ name }) => name === 's.connect0.count');
  return counting?.shape === 'map' && counting.locals.some(({ name }) => name === 'valid');
};

/** A term without bounds that adds zero: with it, every pair is tried. */
const unbounded = ' + 0*floor(j)';

const square = '((pre.x - post.x)**2 + (pre.y - post.y)**2)';

describe('as many pairs as if all were tried', () => {
  test.for([
    ['along a line', '0.8*exp(-(i - j)**2/(2*5.0**2))'],
    ['in the plane', `0.9*exp(-${square}/8)`],
    ['by the root of a square', `exp(-sqrt(${square})/0.3)`],
    ['by the ranges of sources', `exp(-${square}/pre.range**2)`],
    ['by the ranges of targets', `exp(-${square}/post.range)`],
    ['by absolute distances', 'exp(-abs(pre.x - post.x)*3 - abs(i - j)/2)'],
    ['beside one', '1 - exp(-1e-3*exp(-(i - j)**2/50))'],
    ['negative far away', '0.5 - abs(i - j)/30'],
    ['from no number', `exp(-${square}/4 + 0*pre.gone)`],
    ['to no number', `exp(-${square}/4 + 0*post.gone)`],
    ['divided by what may be zero', 'exp(-30/(1e-9 + abs(post.x - 8)))*exp(-abs(i - j)/3)'],
    ['near the least number', '1e-15*exp(-abs(i - j)/300) + 0.5*exp(-(i - j)**2)'],
    ['infinite', 'exp(800 - (i - j)**2)*exp(-(i - j)**2)'],
  ])('%s: %s', async ([, p = '']) => {
    const found = await simulate(model(p));
    const all = await simulate(model(p + unbounded));
    expect(isBounded(found)).toBe(true);
    expect(isBounded(all)).toBe(false);
    expect(pairsOf(found).length).toBeGreaterThan(0);
    expect(pairsOf(found)).toEqual(pairsOf(all));
  });
});

test('places in any order, several copies', async () => {
  const p = `exp(-${square}/3)`;
  const places = '(i*37) % 17';
  const found = await simulate(model(p, places, 'copies: 2'));
  expect(pairsOf(found).length).toBeGreaterThan(100);
  expect(pairsOf(found)).toEqual(pairsOf(await simulate(model(p + unbounded, places, 'copies: 2'))));
});
