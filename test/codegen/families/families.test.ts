/** Kernels that differ only in buffers, numbers and comments are one family; all others stay separate. */

import { describe, expect, test } from 'vitest';
import * as b from '../../../src/ir/builder.js';
import type { Buffer, Expression, Kernel, Statement } from '../../../src/ir/program.js';
import { familiesOf } from '../../../src/codegen/families/families.js';
import type { Family } from '../../../src/codegen/families/families.js';
import { buffer, index, mapOver, program } from '../../runtime/targets/wasm/programs.js';
import { twoPopulations } from '../../support/two-populations.js';

const names = ['A', 'B', 'C'] as const;
const own = (what: string, element: Buffer['element'] = 'f64', length = 100): readonly Buffer[] =>
  names.map((name) => buffer(`${name}.${what}`, element, length));
const x = own('x');
const y = own('y');
const shared = buffer('shared', 'f64', 1000);
const integers = own('integers', 'i32');

/** One kernel for each of A, B and C. */
function alike(
  body: (k: number) => Statement[],
  change: (k: number) => Partial<Kernel> = () => ({}),
): readonly Kernel[] {
  return names.map(
    (name, k) => ({ ...mapOver(`${name}.update`, 100, body(k)), comment: `moves ${name} on`, ...change(k) }) as Kernel,
  );
}

function familiesFor(kernels: readonly Kernel[], kindOf?: (buffer: Buffer) => string): readonly Family[] {
  return familiesOf(
    program({ buffers: [...x, ...y, ...integers, shared, buffer('faults', 'u32', 1)], kernels }),
    kindOf,
  ).list;
}

const at = (list: readonly Buffer[], k: number): Buffer => list[k] ?? shared;
const half = (k: number): Statement[] => [b.store(at(x, k), index, b.mul(b.load(at(x, k), index), b.f64(0.5)))];

describe('one family', () => {
  test('of other buffers: a field names each member’s own', () => {
    const [family, ...others] = familiesFor(alike(half));
    expect(others).toEqual([]);
    expect(family).toMatchObject({
      name: 'update',
      pattern: {
        comment: 'moves A and 2 more on',
        body: [{ kind: 'store', buffer: 'x', value: { left: { buffer: 'x' }, right: { value: 0.5 } } }],
      },
      fields: [{ kind: 'buffer', name: 'x', element: 'f64' }],
      members: [
        { kernel: 'A.update', owner: 'A', values: ['A.x'] },
        { kernel: 'B.update', owner: 'B', values: ['B.x'] },
        { kernel: 'C.update', owner: 'C', values: ['C.x'] },
      ],
    });
  });

  test('of other numbers: different ones are fields, equal ones stay, and equal columns are one field', () => {
    const body = (k: number): Statement[] => [
      b.store(at(x, k), index, b.add(b.mul(b.load(at(x, k), index), b.f64(k / 4)), b.f64(7))),
      b.store(at(y, k), index, b.add(b.f64(k / 4), b.f64(k === 1 ? -0 : 0))),
    ];
    const [family, ...others] = familiesFor(alike(body, (k) => ({ domain: { kind: 'count', count: 10 * (k + 1) } })));
    expect(others).toEqual([]);
    expect(family?.fields.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'value items',
      'buffer x',
      'value value',
      'buffer y',
      'value value_2',
    ]);
    expect(family?.members.map(({ values }) => values)).toEqual([
      [10, 'A.x', 0, 'A.y', 0],
      [20, 'B.x', 0.25, 'B.y', -0],
      [30, 'C.x', 0.5, 'C.y', 0],
    ]);
    expect(family?.pattern).toMatchObject({ domain: { count: { field: 'items' } } });
  });

  test('of populations at different places of merged arrays, the first one at 0', () => {
    const target = b.get({ name: 'target', type: 'u32' });
    const place = (k: number): Expression => (k === 0 ? target : b.add(target, b.u32(64 * k)));
    const body = (k: number): Statement[] => [
      b.set({ name: 'target', type: 'u32' }, k === 0 ? index : b.sub(index, b.u32(64 * k))),
      b.store(shared, place(k), b.f64(1)),
    ];
    const [family, ...others] = familiesFor(alike(body, () => ({ locals: [{ name: 'target', type: 'u32' }] })));
    expect(others).toEqual([]);
    expect(family?.fields).toEqual([{ kind: 'value', name: 'begin_2', type: 'u32' }]);
    expect(family?.members.map(({ values }) => values)).toEqual([[0], [64], [128]]);
  });

  test('of other faults', () => {
    const [family, ...others] = familiesFor(alike((k) => [b.fault(1 << k, b.gt(b.load(at(x, k), index), b.f64(1)))]));
    expect(others).toEqual([]);
    const [fault] = family?.pattern.shape === 'map' ? family.pattern.body : [];
    expect(fault && family?.faultFields.get(fault)).toBe('fault');
    expect(family?.members.map(({ values }) => values)).toEqual([
      ['A.x', 1],
      ['B.x', 2],
      ['C.x', 4],
    ]);
  });

  test('of compactions: rings of other sizes and places', () => {
    const found = familiesOf(twoPopulations);
    expect(found.of.get('b.compact')).toEqual({ family: found.of.get('a.compact')?.family, member: 1 });
    expect(found.of.get('a.compact')?.family.members.map(({ owner }) => owner)).toEqual(['a', 'b']);
    expect(found.list.flatMap(({ members }) => members.map(({ kernel }) => kernel)).sort()).toEqual(
      twoPopulations.kernels.map(({ name }) => name).sort(),
    );
  });
});

describe('families of their own', () => {
  const kernels = alike(half);
  const [first, second] = kernels as [Kernel, Kernel];
  const apart = (what: string, other: Kernel, kindOf?: (buffer: Buffer) => string): [string, Kernel, typeof kindOf] => [
    what,
    other,
    kindOf,
  ];
  test.each([
    apart('another operation', {
      ...second,
      ...mapOver('B.update', 100, [b.store(at(x, 1), index, b.add(b.load(at(x, 1), index), b.f64(0.5)))]),
    }),
    apart('another type', {
      ...second,
      ...mapOver('B.update', 100, [b.store(at(integers, 1), index, b.mul(b.load(at(integers, 1), index), b.i32(1)))]),
    }),
    apart(
      'buffers that coincide elsewhere',
      mapOver('B.update', 100, [b.store(at(x, 1), index, b.mul(b.load(at(y, 1), index), b.f64(0.5)))]),
    ),
    apart('lanes', { ...second, lanes: true } as Kernel),
    apart('another kind of domain', {
      ...second,
      domain: { kind: 'ranges', ranges: [{ begin: 0, end: 100 }] },
    } as Kernel),
    apart('another kind of memory', second, ({ name }) => name.slice(0, 1)),
  ])('%s', (_, other, kindOf) => {
    expect(familiesFor([first, other], kindOf).map(({ members }) => members.length)).toEqual([1, 1]);
  });

  test('a family of one has no fields and keeps its kernel’s names', () => {
    const [family] = familiesFor([first]);
    expect(family).toMatchObject({ name: 'A.update', fields: [], members: [{ kernel: 'A.update', values: [] }] });
    expect(family?.pattern).toMatchObject({ comment: 'moves A on', body: half(0) });
  });
});
