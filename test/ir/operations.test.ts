/** Operations of programs, counted on paper. */

import { expect, test } from 'vitest';
import * as ir from '../../src/ir/builder.js';
import type { Program, StepEntry } from '../../src/ir/program.js';
import { operationsInCode, operationsOfActions, operationsPerStep } from '../../src/ir/operations.js';
import { twoPopulations } from '../support/two-populations.js';

const scheduled = (...step: StepEntry[]): Program => ({
  ...twoPopulations,
  schedule: { ...twoPopulations.schedule, step },
});
const entry = (kernel: string, every = 1): StepEntry => ({ kernel, every, offset: 0, slot: '' });

test('each element of a map, with the functions that it calls, in each step', () => {
  // v + drive + input / 4: ten with the three of the function; threshold, reset, inbox, bit and fault: eight.
  expect(operationsPerStep(scheduled(entry('neurons')))).toBe(5 * 18);
});

test('a sequential kernel is one item; every so many steps', () => {
  expect(operationsPerStep(scheduled(entry('sample', 4)))).toBe(6 / 4);
});

test('the number of operations is unknown if it depends on spikes', () => {
  expect(operationsPerStep(scheduled(entry('ab.deliver'), entry('a.compact'), entry('b.count')))).toBe(0);
});

test('a loop between constants goes round as often; code is counted once', () => {
  const k = { name: 'k', type: 'u32' } as const;
  const loops = {
    name: 'loops',
    comment: '',
    shape: 'sequential',
    locals: [k],
    body: [ir.loop(k, ir.u32(2), ir.u32(12), [ir.set(k, ir.add(ir.get(k), ir.u32(1)))])],
  } as const;
  const program = { ...scheduled(entry('loops')), kernels: [loops] };
  expect(operationsPerStep(program)).toBe(1 + 10 * 2);
  expect(operationsInCode(program)).toBe(3);
});

test('of actions, at most: kernels with a known number of items, and no bound if it is computed', () => {
  const run = (kernel: string) => ({ kind: 'run', kernel }) as const;
  // ab.size computes the size of ab.fill; spikes decide how many synapses ab.deliver has.
  expect(operationsOfActions(twoPopulations, [run('ab.size'), run('clear')])).toBe(2 + 66);
  expect(operationsOfActions(twoPopulations, [run('ab.fill')])).toBe(Infinity);
  expect(operationsOfActions(twoPopulations, [run('ab.deliver')])).toBe(Infinity);
  expect(operationsOfActions(twoPopulations, [{ kind: 'allocate', buffers: ['ab.weights'] }])).toBe(0);
});
