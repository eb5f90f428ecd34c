/** Graphs have the spikes that platforms gave for them (`scripts/nir_conformance.py`). */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../../support/command.js';
import { root } from '../../support/import-graph.js';
import { simulateModel } from '../../support/simulate.js';
import { floats, graph, ints, writeHdf5 } from './support.js';

type Spikes = readonly (readonly [step: number, cell: number])[];

interface Record {
  readonly platforms: {
    readonly [name: string]: {
      readonly weights: readonly (readonly number[])[];
      readonly recurrent: readonly (readonly number[])[];
      readonly dt: number;
      readonly settings: readonly string[];
      readonly input: Spikes;
      readonly rows: {
        readonly [graph: string]: {
          readonly kind: string;
          readonly values: { readonly [field: string]: number };
          readonly here: number;
          readonly equal?: boolean;
          readonly spikes?: Spikes;
        };
      };
    };
  };
}

const { platforms } = JSON.parse(readFileSync(resolve(root, 'test/recorded/nir-conformance.json'), 'utf8')) as Record;

describe('graphs have the spikes of', () => {
  const folder = temporaryFolder();

  it.each(
    Object.entries(platforms).flatMap(([name, platform]) =>
      Object.entries(platform.rows).flatMap(([label, row]) => (row.equal ? [{ name, label, row, platform }] : [])),
    ),
  )('$name: $label', async ({ label, row, platform }) => {
    const { weights, recurrent, dt, settings, input } = platform;
    const matrix = (rows: readonly (readonly number[])[]) => ({
      values: rows.flat(),
      shape: [rows.length, rows[0]!.length],
    });
    const isRecurrent = label.startsWith('recurrent');
    const cell = Object.fromEntries(Object.entries(row.values).map(([field, value]) => [field, floats(value, value)]));
    const nodes = {
      input: { type: 'Input', shape: ints(3) },
      fc: { type: 'Affine', weight: matrix(weights), bias: floats(0, 0) },
      cell: { type: row.kind, ...cell },
      ...(isRecurrent ? { recurrent: { type: 'Linear', weight: matrix(recurrent) } } : {}),
      output: { type: 'Output', shape: ints(2) },
    };
    const edges: (readonly [string, string])[] = [
      ['input', 'fc'],
      ['fc', 'cell'],
      ['cell', 'output'],
      ...(isRecurrent
        ? ([
            ['cell', 'recurrent'],
            ['recurrent', 'cell'],
          ] as const)
        : []),
    ];
    const path = folder.file('graph.nir');
    await writeHdf5(path, { version: '1.0.8', node: graph(nodes, edges) });
    const { valid } = importModel(readSource(path), {
      set: Object.fromEntries(settings.map((setting) => setting.split('=') as [string, string])),
      inputs: {
        input: {
          kind: 'spikes',
          elements: Uint32Array.from(input, ([, element]) => element),
          times: Float64Array.from(input, ([step]) => step * dt),
        },
      },
      duration: `${500 * dt} s`,
    });
    const { events } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
    const found = [...(events.get('cell.spike') ?? [])].map(([step, index]) => [step, index]);
    expect(found.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!)).toEqual(row.spikes);
    expect(found.length).toBeGreaterThan(10);
  });

  it('three platforms at least', () => {
    const equal = Object.values(platforms).filter(({ rows }) => Object.values(rows).some((row) => row.equal));
    expect(equal.length).toBeGreaterThanOrEqual(3);
  });
});

it('the page is what the record yields', () => {
  execFileSync('python3', ['scripts/nir_conformance.py', '--check'], { cwd: root });
});
