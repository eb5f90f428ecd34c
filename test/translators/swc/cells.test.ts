/** Shapes in SWC, compared with the shapes that pyNeuroML's converter makes of the same files. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { readSwc } from '../../../translators/swc/import.js';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/swc/road.js';

/** Written by record_cells.py. */
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../recorded/swc.json'), 'utf8')) as {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly sha256: string;
        readonly segments: readonly (readonly [number: number, parent: number, area: number])[];
        readonly groups: Readonly<Record<string, readonly number[]>>;
      }
    >
  >;
};

/** Segments and groups of a document in NeuroML as it is written, a line for each segment. */
function cellOf(text: string): {
  readonly segments: (readonly [number: number, parent: number, area: number])[];
  readonly groups: Map<string, number[]>;
} {
  const ends = new Map<number, readonly number[]>();
  const segments = [...text.matchAll(/<segment id="(\d+)"[^]*?<\/segment>/g)].map(([all, id]) => {
    const parent = Number(/parent segment="(\d+)"/.exec(all)?.[1] ?? -1);
    const fraction = /fractionAlong="0"/.test(all) ? 0 : 1;
    const [first, last] = ['proximal', 'distal'].map((role) =>
      new RegExp(`<${role} x="(.*?)" y="(.*?)" z="(.*?)" diameter="(.*?)"`).exec(all)?.slice(1).map(Number),
    );
    const start = first ?? (fraction === 1 ? ends.get(parent) : undefined);
    if (!start || !last) throw new Error(`segment ${id ?? ''} has no ends`);
    ends.set(Number(id), last);
    const [x = 0, y = 0, z = 0, a = 0] = start.map((value, k) => value - (k < 3 ? (last[k] ?? 0) : 0));
    const length = Math.hypot(x, y, z);
    const [p, q] = [a / 2, (last[3] ?? 0) / 2];
    const area = length === 0 ? 4 * Math.PI * q * q : Math.PI * (p + q) * Math.hypot(p - q, length);
    return [Number(id), parent, area] as const;
  });
  const groups = new Map<string, number[]>();
  for (const [all, id = ''] of text.matchAll(/<segmentGroup id="(\w+)"[^]*?<\/segmentGroup>/g)) {
    const members = [...all.matchAll(/member segment="(\d+)"/g)].map(([, segment]) => Number(segment));
    const included = [...all.matchAll(/include segmentGroup="(\w+)"/g)].flatMap(
      ([, name = '']) => groups.get(name) ?? [],
    );
    groups.set(
      id,
      [...members, ...included].sort((a, b) => a - b),
    );
  }
  return { segments, groups };
}

const read = (text: string): string => readSwc('cell.swc', text, new Diagnostics())?.text ?? '';

test.each(Object.entries(recorded.files))('%s: the segments and groups of pyNeuroML', (file, { sha256, ...theirs }) => {
  const text = readFileSync(join(import.meta.dirname, 'files', file), 'utf8');
  expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
  const { segments, groups } = cellOf(read(text));
  expect(segments.map(([id, parent]) => [id, parent])).toEqual(theirs.segments.map(([id, parent]) => [id, parent]));
  for (const [k, [, , area]] of theirs.segments.entries())
    expect(Math.abs((segments[k]?.[2] ?? 0) / area - 1)).toBeLessThan(1e-9);
  // A branch ends at a change of the type of its points. pyNeuroML's goes on, and the numbers after it differ.
  const isSoma = (segment: number): boolean => groups.get('soma_group')?.includes(segment) === true;
  const mixed = Object.entries(theirs.groups).some(
    ([group, [first = 0, ...others]]) =>
      group.startsWith('seg_') && others.some((other) => isSoma(other) !== isSoma(first)),
  );
  if (mixed) expect(file).toMatch(/^row/);
  for (const [group, members] of Object.entries(theirs.groups))
    if (!mixed || !group.startsWith('seg_')) expect([group, groups.get(group)]).toEqual([group, members]);
});

const soma = '1 1 0 0 0 10 -1\n';

test('a branch that forks at its first point begins both arms there', () => {
  const { segments } = cellOf(read(`${soma}2 3 10 0 0 1 1\n3 3 20 0 0 1 2\n4 3 10 30 0 1 2\n`));
  expect(segments[2]?.[2]).toBeCloseTo(2 * Math.PI * 30, 9);
});

test('a point at the place of its parent is left out, and its radius begins the next segment', () => {
  const { segments } = cellOf(read(`${soma}2 3 10 0 0 1 1\n3 3 20 0 0 1 2\n4 3 20 0 0 2 3\n5 3 30 0 0 2 4\n`));
  expect(segments).toHaveLength(3);
  expect(segments[2]?.[2]).toBeCloseTo(2 * Math.PI * 2 * 10, 9);
});

test('the cell runs, and NeuroML and the canonical form keep its shape', async () => {
  const imported = importModel(readSource(join(import.meta.dirname, 'files/three_points_1.swc')));
  expect(imported.notation).toBe('swc');
  const [type] = Object.values(imported.valid.model.neurons);
  expect(Object.keys(type?.compartments?.groups ?? {})).toContain('basal_dendrite');
  const { files } = await convertModel(imported.valid, 'neuroml');
  const text = files[0]?.text ?? '';
  expect(cellOf(text).segments).toEqual(
    cellOf(read(readFileSync(join(import.meta.dirname, 'files/three_points_1.swc'), 'utf8'))).segments,
  );
  const again = importModel({ name: 'cell.nml', text });
  expect(again.hashes.model).toBe(imported.hashes.model);
});

// Import3d of NEURON 9.0.2 ties axon[0] and dend[1] to soma[0](0.5), dend[2] to dend[1](0), and makes no cable of gaps.
test('trees beside that of the soma grow from it, as in NEURON', () => {
  const text = read(`1 1 0 0 0 6 -1
2 1 0 -6 0 6 1
3 1 0 6 0 6 1
4 3 8 0 0 1 1
5 3 30 0 0 0.8 4
6 2 40 40 0 0.4 -1
7 2 60 60 0 0.4 6
8 3 -40 40 0 0.4 -1
9 3 -60 60 0 0.4 8
10 3 -60 80 0 0.4 8
`);
  const cable = (length: number, a: number, b: number): number => Math.PI * (a + b) * Math.hypot(a - b, length);
  const { segments } = cellOf(text);
  expect(segments.slice(2).map(([, parent]) => parent)).toEqual([0, 0, 0, 4]);
  const areas = [cable(22, 1, 0.8), cable(Math.hypot(20, 20), 0.4, 0.4), cable(Math.hypot(20, 20), 0.4, 0.4)];
  for (const [k, area] of [...areas, cable(Math.hypot(20, 40), 0.4, 0.4)].entries())
    expect(segments[k + 2]?.[2]).toBeCloseTo(area, 9);
});
