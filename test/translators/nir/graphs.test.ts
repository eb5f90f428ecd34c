/**
 * Graphs written by nir 1.0.8, with the spikes and samples that the equations of NIR give when NumPy computes them
 * (`test/interoperability/python/nir_graphs.py`).
 */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModel, readSource } from '../../../src/run/pipeline.js';
import type { ImportOptions } from '../../../src/run/pipeline.js';
import { root } from '../../support/import-graph.js';
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
