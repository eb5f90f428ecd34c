/**
 * Graphs written by nir 1.0.8, with the spikes and samples that the equations of NIR give when NumPy computes them
 * (`test/interoperability/python/nir_graphs.py`).
 */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import type { ImportOptions } from '../../../src/pipeline/pipeline.js';
import { root } from '../../support/import-graph.js';
import { temporaryFolder } from '../../support/command.js';
import { floats, graph as nirGraph, ints, matrix, writeHdf5, type Shaped } from './support.js';
import { hashModel } from '../../../src/model/hash.js';
import { simulateModel } from '../../support/simulate.js';

interface Expected {
  readonly dt: number;
  readonly steps: number;
  readonly every?: number;
  readonly input_rows: readonly (readonly [step: number, cell: number])[];
  readonly euler: Values;
  readonly 'euler-current-first'?: Values;
}
interface Values {
  readonly spikes: Readonly<Record<string, readonly (readonly [step: number, cell: number])[]>>;
  readonly samples: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(resolve(root, `fixtures/nir/${name}.expected.json`), 'utf8')) as Expected;

const graph = (name: string, options: ImportOptions = {}): ReturnType<typeof importModel> =>
  importModel(readSource(resolve(root, `fixtures/nir/${name}.nir`)), options);

describe('a step', () => {
  const folder = temporaryFolder();
  /** An Affine with the weight 0.7 and a LIF without leak over the run, in a file. */
  async function oneCell(name: string, tau: number): Promise<string> {
    const lif = { type: 'LIF', tau: floats(tau), r: floats(tau / 1e-3), v_leak: floats(0), v_threshold: floats(1) };
    const nodes = {
      input: { type: 'Input', shape: ints(1) },
      weights: { type: 'Linear', weight: matrix(1, 1, 0.7) },
      lif: { ...lif, v_reset: floats(0) },
      output: { type: 'Output', shape: ints(1) },
    };
    const edges = [
      ['input', 'weights'],
      ['weights', 'lif'],
      ['lif', 'output'],
    ] as const;
    await writeHdf5(folder.file(name), { version: '1.0.8', node: nirGraph(nodes, edges) });
    return folder.file(name);
  }

  it.each([
    ['value', [1, 3, 5, 7]],
    ['subtract', [1, 2, 4, 5, 7, 8]],
  ])('with the reset %s', async (reset, expected) => {
    // With dt = 1 ms and a tau of 10^9 s, v grows by 0.7 a step: a reset to 0 takes two steps to pass 1 again, and a
    // subtraction keeps 0.4, 0.1, 0.5, 0.2, 0.6, 0.3 (sums after steps 1, 2, 4, 5, 7, 8).
    const input = {
      kind: 'spikes',
      elements: new Uint32Array(9),
      times: Float64Array.from({ length: 9 }, (_, step) => step * 1e-3),
    } as const;
    const source = readSource(await oneCell('slow.nir', 1e9));
    const { valid } = importModel(source, { set: { reset }, inputs: { input }, duration: '9 ms', dt: '1 ms' });
    const { events } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
    expect((events.get('lif.spike') ?? []).map(([step]) => step)).toEqual(expected);
  });

  it.each([
    ['norse', { dt: '1 ms', method: 'euler-current-first', reset: 'value' }],
    ['sinabs', { dt: '1 s', method: 'euler', reset: 'subtract' }],
  ])('of the platform %s', (library, { dt, ...set }) => {
    const source = readSource(resolve(root, 'fixtures/nir/recurrent-cuba.nir'));
    const hash = (options: ImportOptions): string => hashModel(importModel(source, options).valid.model).experiment;
    expect(hash({ set: { library } })).toBe(hash({ set, dt }));
    expect(hash({ set: { library, reset: 'value' }, dt: '2 ms' })).toBe(
      hash({ set: { ...set, reset: 'value' }, dt: '2 ms' }),
    );
  });

  it.each([
    ['norse', 1e9, 1],
    ['spikingjelly', 1e9, 0],
    ['norse', 1e-3, 0],
  ])('warns of primitives that %s computes otherwise, for r = tau/(1 ms) of %f s', async (library, tau, count) => {
    const { diagnostics } = importModel(readSource(await oneCell('departing.nir', tau)), { set: { library } });
    expect(diagnostics.filter(({ code }) => code === 'nir/platform-departs')).toHaveLength(count);
  });

  it.each([
    [1e-3, []],
    [0.8e-3, ['overshoots']],
    [0.4e-3, ['is unstable']],
  ])('of 1 ms with a time constant of %f s', async (tau, expected) => {
    const source = readSource(await oneCell('fast.nir', tau));
    const warnings = (set: Readonly<Record<string, string>>): readonly string[] =>
      importModel(source, { set, dt: '1 ms' }).diagnostics.flatMap(({ severity, message }) =>
        severity === 'warning' ? [message.replace(/^.*forward Euler /, '')] : [],
      );
    expect(warnings({})).toEqual(expected);
    expect(warnings({ method: 'exact' })).toEqual([]);
  });
});

describe('signals between nodes without state', () => {
  const folder = temporaryFolder();
  const end = { type: 'Output', shape: ints(1) };
  /** Returns the Output's samples for a spike at step 1, at 0.1 ms. */
  async function outputOf(name: string, tree: Parameters<typeof nirGraph>, set: Readonly<Record<string, string>> = {}) {
    await writeHdf5(folder.file(name), { version: '1.0.8', node: nirGraph(...tree) });
    const input = { kind: 'spikes', elements: new Uint32Array(1), times: Float64Array.of(1e-4) } as const;
    const { valid } = importModel(readSource(folder.file(name)), { set, inputs: { input }, duration: '0.7 ms' });
    const { samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
    return [...samples].find(([key]) => key.startsWith('output.'))![1].map(([value]) => value);
  }

  it('take a step around a cycle of linear nodes', async () => {
    const nodes = {
      input: { type: 'Input', shape: ints(1) },
      half: { type: 'Linear', weight: matrix(1, 1, 0.5) },
      same: { type: 'Scale', scale: floats(1) },
      output: end,
    };
    const edges = [
      ['input', 'half'],
      ['half', 'same'],
      ['same', 'half'],
      ['same', 'output'],
    ] as const;
    // y(k) = (x(k) + y(k - 1)) / 2
    expect(await outputOf('cycle.nir', [nodes, edges])).toEqual([0, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625]);
  });

  it.each([
    ['steps', 1],
    ['impulses', 1e4],
  ])('begin after a delay with a bias, by %s', async (signal, spike) => {
    const nodes = {
      input: { type: 'Input', shape: ints(1) },
      fc: { type: 'Affine', weight: matrix(1, 1, 1), bias: floats(0.25) },
      delay: { type: 'Delay', delay: floats(3e-4) },
      output: end,
    };
    const edges = [
      ['input', 'fc'],
      ['fc', 'delay'],
      ['delay', 'output'],
    ] as const;
    const found = await outputOf(`bias-${signal}.nir`, [nodes, edges], { signal });
    expect(found).toEqual([0, 0, 0, 0.25, 0.25 + spike, 0.25, 0.25]);
  });
});

describe('graphs give the values of the equations', () => {
  it.each([
    ['affine-lif', 'euler'],
    ['recurrent-cuba', 'euler'],
    ['recurrent-cuba', 'euler-current-first'],
    ['nested-delays', 'euler'],
    ['all-primitives', 'euler'],
    ['all-primitives', 'euler-current-first'],
  ] as const)('%s by %s', async (name, method) => {
    const { dt, steps, every = 1, input_rows: rows, [method]: values } = expectedOf(name);
    const input = {
      kind: 'spikes',
      elements: Uint32Array.from(rows, ([, cell]) => cell),
      times: Float64Array.from(rows, ([step]) => step * dt),
    } as const;
    const { valid } = graph(name, { set: { method }, inputs: { input }, duration: `${steps * dt * 1000} ms` });
    const { events, samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
    const byStep = (a: readonly number[], b: readonly number[]): number => a[0]! - b[0]! || a[1]! - b[1]!;
    for (const [node, spikes] of Object.entries(values!.spikes)) {
      const found = events.get(`${node.replace('.', '_')}.spike`) ?? [];
      expect([...found].map(([step, cell]) => [step, cell]).sort(byStep), node).toEqual([...spikes]);
    }
    expect(Object.values(values!.spikes).every((spikes) => spikes.length > 5)).toBe(true);
    for (const [node, rowsOfNode] of Object.entries(values!.samples)) {
      const series = [...samples].find(([key]) => key.startsWith(`${node.replace('.', '_')}.`))?.[1];
      // An Output that shows the signal of one node is not recorded again.
      if (node === 'output' && !series) continue;
      rowsOfNode.forEach((row, k) => {
        row.forEach((value, cell) => {
          expect(series?.[k * every]?.[cell], `${node}[${k * every}, ${cell}]`).toBeCloseTo(value, 11);
        });
      });
    }
  });
});

describe('shapes as platforms export them', () => {
  const folder = temporaryFolder();
  /** A graph of 3 inputs and 2 cells, in which lengths stand in front of shapes. */
  async function modelOf(
    front: readonly number[],
    thresholds: readonly number[],
    cellsHaveFront: boolean,
    ofOutput = front,
  ) {
    const cells = (values: readonly number[]): Shaped => ({ values, shape: cellsHaveFront ? [...front, 2] : [2] });
    const repeated = (...values: readonly number[]): Shaped =>
      cells(cellsHaveFront ? front.reduce<readonly number[]>((all, n) => Array(n).fill(all).flat(), values) : values);
    const nodes = {
      input: { type: 'Input', shape: ints(...front, 3) },
      fc: { type: 'Linear', weight: matrix(2, 3, 0.5) },
      lif: {
        type: 'LIF',
        tau: repeated(0.01, 0.02),
        r: repeated(1, 1),
        v_leak: repeated(0, 0),
        v_threshold: cells(thresholds),
        v_reset: repeated(0, 0),
      },
      output: { type: 'Output', shape: ints(...ofOutput, 2) },
    };
    const path = folder.file(
      `batch-${ofOutput.length}-${front.join('-')}-${String(cellsHaveFront)}-${thresholds.length}.nir`,
    );
    await writeHdf5(path, {
      version: '1.0.8',
      node: nirGraph(nodes, [
        ['input', 'fc'],
        ['fc', 'lif'],
        ['lif', 'output'],
      ]),
    });
    return importModel(readSource(path));
  }
  const codes = ({ diagnostics }: ReturnType<typeof importModel>): readonly string[] =>
    diagnostics.filter(({ code }) => code.startsWith('nir/batch')).map(({ code }) => code);

  it.each([
    ['a batch of one', [1], [1, 2], false],
    ['a batch of three, and equal values for all samples', [3], [1, 2, 1, 2, 1, 2], true],
    ['a batch and steps', [1, 5], [1, 2], false],
    ['steps, and an Output with a batch before them', [5], [1, 2], false, [1, 5]],
  ])('%s: the model of one sample, with a warning', async (_, front, thresholds, cellsHaveFront, ofOutput?) => {
    const batched = await modelOf(front, thresholds, cellsHaveFront, ofOutput);
    const single = await modelOf([], [1, 2], false);
    expect(hashModel(batched.valid.model).model).toBe(hashModel(single.valid.model).model);
    expect(codes(batched)).toEqual(['nir/batch-left-out']);
    expect(codes(single)).toEqual([]);
  });

  it('values that differ between samples are refused by name', async () => {
    await expect(modelOf([3], [1, 2, 1, 2, 1, 3], true)).rejects.toMatchObject({
      diagnostics: [
        expect.objectContaining({
          code: 'nir/batch-differs',
          place: expect.objectContaining({ pointer: '/node/nodes/lif' }),
        }),
      ],
    });
  });

  it('sizes that are stored as real numbers', async () => {
    const path = folder.file('real.nir');
    const of = (shape: Shaped): Promise<void> =>
      writeHdf5(path, {
        version: '1.0.8',
        node: nirGraph({ input: { type: 'Input', shape }, output: { type: 'Output', shape: ints(2) } }, [
          ['input', 'output'],
        ]),
      });
    await of(floats(2));
    expect(importModel(readSource(path)).valid.model.populations['input']?.size).toBe(2);
  });
});
