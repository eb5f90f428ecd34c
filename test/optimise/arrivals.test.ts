/** Inboxes emptied by lines: the same numbers, to the bit, as when every element receives in every step. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { referenceTarget } from '../../runtime/targets/reference/target.js';
import { arrivals } from '../../src/optimise/arrivals.js';
import { checkProgram } from '../../src/ir/check.js';
import type { Program, TypedArray } from '../../src/ir/program.js';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { twoPopulations } from '../support/two-populations.js';
import '../../translators/brian/road.js';

const fixture = readFileSync(new URL('../../fixtures/brian/vogels-abbott-cuba.yaml', import.meta.url), 'utf8');

/**
 * The network of Vogels and Abbott with another number of neurons, four fifths of them excitatory, and another
 * probability.
 */
function network(neurons: number, probability: number, precision: 'float64' | 'float32' = 'float64'): Program {
  const text = fixture
    .replace('N: 4000', `N: ${neurons}`)
    .replaceAll('3200', String((4 * neurons) / 5))
    .replaceAll('p: 0.02', `p: ${probability}`);
  return buildProgram(importModel({ name: 'network.yaml', text }, {}).valid, { precision });
}

/** Everything that a program of the given buffers holds after some steps, from a state that the test may change. */
async function after(
  program: Program,
  names: readonly string[],
  steps: number,
  start?: readonly [string, TypedArray],
): Promise<Map<string, TypedArray>> {
  const session = await (await referenceTarget.compile(program, {})).start();
  try {
    await session.initialise();
    if (start) await session.write(...start);
    for (let left = steps; left > 0;) left -= await session.run(left);
    const read = new Map<string, TypedArray>();
    for (const name of names) read.set(name, await session.read(name));
    return read;
  } finally {
    await session.dispose();
  }
}

const names = (program: Program): string[] => program.buffers.map(({ name }) => name);
const linesOf = (program: Program): string[] => names(program).filter((name) => name.endsWith('.lines'));

describe('a network with few arrivals', () => {
  // 520 is a whole number of lines, 605 leaves a rest in the last.
  test.each([
    [520, 'float64'],
    [605, 'float64'],
    [605, 'float32'],
  ] as const)('of %i neurons in %s comes to the same state', async (neurons, precision) => {
    const program = network(neurons, 0.1, precision);
    const changed = arrivals.run(program);
    expect(linesOf(changed)).toEqual(['P.ge.inbox.lines', 'P.gi.inbox.lines']);
    expect(names(changed).slice(0, program.buffers.length)).toEqual(names(program));
    expect(checkProgram(changed)).toEqual([]);
    const expected = await after(program, names(program), 400);
    const found = await after(changed, names(changed), 400);
    for (const [name, values] of expected) expect(found.get(name), name).toEqual(values);
    // Contributions arrived, and all of them were taken.
    expect(expected.get('P.ge')?.some((value) => Number(value) > 0.0016)).toBe(true);
    for (const name of linesOf(changed))
      expect(found.get(name)).toEqual(new BigInt64Array(found.get(name)?.length ?? 0));
  });

  test('with synapses listed in any order comes to the same state', async () => {
    const listed = fixture
      .replace('N: 4000', 'N: 520')
      .replaceAll('3200', '416')
      .replace('p: 0.02', 'i: [7, 7, 7, 30, 3], j: [9, 2, 9, 519, 0]');
    expect(listed).toContain('519');
    const program = buildProgram(importModel({ name: 'network.yaml', text: listed }, {}).valid, {
      precision: 'float64',
    });
    const orders = program.kernels.flatMap((kernel) => (kernel.shape === 'propagate' ? [kernel.order.kind] : []));
    expect(orders).toContain('any');
    const changed = arrivals.run(program);
    expect(linesOf(changed)).toContain('P.ge.inbox.lines');
    const expected = await after(program, names(program), 400);
    const found = await after(changed, names(changed), 400);
    for (const [name, values] of expected) expect(found.get(name), name).toEqual(values);
  });

  test('turns negative zeros to zeros as a step without arrivals does', async () => {
    const program = network(520, 0.1);
    const start = ['P.gi', new Float64Array(520).fill(-0)] as const;
    for (const variant of [program, arrivals.run(program)]) {
      const values = (await after(variant, ['P.gi'], 1, start)).get('P.gi') as Float64Array;
      expect(values.every((value) => Object.is(value, 0))).toBe(true);
    }
  });
});

describe('a network stays as it is', () => {
  test('when much arrives in each step', () => {
    const program = network(600, 0.9);
    expect(arrivals.run(program)).toBe(program);
  });

  test('when a line is no small part of it', () => {
    const program = network(100, 0.1);
    expect(arrivals.run(program)).toBe(program);
  });

  test('when another kernel reads the variable before it receives', () => {
    const program = network(520, 0.1);
    const { step } = program.schedule;
    const at = step.findIndex(({ kernel }) => kernel === 'P.receive');
    const reader = {
      shape: 'map',
      name: 'reader',
      comment: 'reads',
      domain: { kind: 'ranges', ranges: [{ begin: 0, end: 520 }] },
      lanes: true,
      locals: [{ name: 'read', type: 'f64' }],
      body: [
        {
          kind: 'set',
          local: 'read',
          value: { kind: 'load', type: 'f64', buffer: 'P.ge', index: { kind: 'local', type: 'u32', name: 'index' } },
        },
      ],
    } as const;
    const entry = step[at];
    if (entry === undefined) throw new Error('the network has no kernel P.receive');
    const read = {
      ...program,
      kernels: [...program.kernels, reader],
      schedule: {
        ...program.schedule,
        step: [...step.slice(0, at), { ...entry, kernel: 'reader' }, ...step.slice(at)],
      },
    };
    expect(arrivals.run(read)).toBe(read);
  });

  test('when it has no inboxes of numbers', () => {
    expect(arrivals.run(twoPopulations)).toBe(twoPopulations);
  });
});

/** A ring of neuron groups, each with a constant of its own, so that each has kernels of its own. */
function ring(groups: number): Program {
  const names = Array.from({ length: groups }, (_, k) => k);
  const group = (k: number): string =>
    `  G${k}: { N: 3, model: "dv/dt = (a - v)/(10*ms) : 1", threshold: v > 0.9, reset: v = 0, namespace: { a: 1.${k} } }`;
  const synapse = (k: number): string =>
    `  S${k}: { source: G${k}, target: G${(k + 1) % groups}, on_pre: v += 0.1, connect: { p: 0.5 } }`;
  const text = [
    'format: interneuron/brian',
    'version: 1',
    'neuron_groups:',
    ...names.map(group),
    'synapses:',
    ...names.map(synapse),
    'run: 1 ms',
  ].join('\n');
  return buildProgram(importModel({ name: 'ring.yaml', text }, {}).valid, { precision: 'float64' });
}

describe('the work for a program of many types', () => {
  /** How often the pass reads the body of a kernel, on average. */
  function readsOfKernel(program: Program): number {
    let reads = 0;
    const kernels = program.kernels.map((kernel) => {
      if (!('body' in kernel)) return kernel;
      const { body } = kernel;
      return Object.defineProperty({ ...kernel }, 'body', {
        enumerable: true,
        get: () => {
          reads += 1;
          return body;
        },
      });
    });
    arrivals.run({ ...program, kernels });
    return reads / kernels.length;
  }

  test('is in proportion to their number', () => {
    const few = readsOfKernel(ring(6));
    expect(few).toBeGreaterThan(0.5);
    expect(readsOfKernel(ring(24)) / few).toBeCloseTo(1, 0);
  });
});
