/** The text of generated OpenCL C, and of the host that launches it. */

import { describe, expect, test } from 'vitest';
import { generateOpencl } from '../../../../src/codegen/c/device/generate.js';
import { openclProject } from '../../../../src/codegen/c/device/opencl-project.js';
import * as b from '../../../../src/ir/builder.js';
import type { Kernel, Program, Statement } from '../../../../src/ir/program.js';
import { buffer, cuba, delays, index, program } from '../../../runtime/targets/wasm/programs.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { buildProgram } from '../../../../src/pipeline/build-program.js';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import { brian } from '../../../support/brian-text.js';
import { code, hostile, hostileProgram } from '../hostile.js';

const source = (of: Program, targets: 'split' | 'atomic' = 'atomic'): string => generateOpencl(of, targets).source;

/** The kernels of a source, without the frame. */
const kernels = (text: string): string => text.slice(text.indexOf('/* --- Kernels'));

describe('generated text', () => {
  test('of a small program with every kernel shape, for many work-items', async () => {
    await expect(source(twoPopulations)).toMatchFileSnapshot('golden/two-populations.cl');
  });

  test('of its propagate kernel for few work-items: no atomics, targets in ranges', () => {
    const [split, atomic] = [source(twoPopulations, 'split'), source(twoPopulations, 'atomic')];
    expect(kernels(split)).toContain('FIRST_AT_LEAST(ab_targets, low, high, target_low, low);');
    expect(kernels(split)).not.toContain('i32_add_shared');
    expect(kernels(atomic)).toContain('i32_add_shared(&input[target + 64u], ab_weights[position]);');
  });

  test('of its stand-alone project', async () => {
    const files = openclProject(twoPopulations, [
      { kind: 'run', steps: 20 },
      { kind: 'call', procedure: 'clear' },
      { kind: 'run', steps: 5 },
    ]);
    expect([...files.keys()]).toEqual([
      'network.h',
      'network.c',
      'network.cl',
      'main.c',
      'CMakeLists.txt',
      'README.md',
      'initial.bin',
    ]);
    const host = String(files.get('network.c'));
    const tables = host.slice(host.indexOf('/* --- Tables'), host.indexOf('/* --- Devices'));
    await expect(tables).toMatchFileSnapshot('golden/two-populations.host-tables.c');
    expect(files.get('network.cl')).toBe(source(twoPopulations));
  });

  test('of chained tests of events defines the member in each kernel that uses it', () => {
    const { valid } = importModel({
      name: 'tests.yaml',
      text: brian(`
        neuron_groups:
          G: { N: 2, model: 'x : 1', threshold: t >= 0*ms, reset: x += 1, events: { e: { condition: t >= 0*ms } } }
          H: { N: 3, model: 'y : 1', threshold: t >= 0*ms, reset: y += 1, events: { e: { condition: t >= 0*ms } } }
        run: 1 ms
      `),
    });
    const text = kernels(source(buildProgram(valid, { precision: 'float64' })));
    const bodies = text.split('__kernel ').filter((body) => body.includes('[member]'));
    expect(bodies.filter((body) => body.includes('mask[member]')).length).toBeGreaterThan(0);
    for (const body of bodies) expect(body).toMatch(/const uint member = /);
  });

  test('is the same for equal programs', () => {
    const text = (): string => source(cuba({ size: 300, rowLength: 5, delay: 2, lanes: true }));
    expect(text()).toBe(text());
  });

  test('does not depend on initial values, so that a new seed needs no new compilation', () => {
    const { buffers, ...rest } = twoPopulations;
    const withSegments = (initial: Uint32Array): string =>
      source({
        ...rest,
        buffers: buffers.map((known) => (known.name === 'ab.segments' ? { ...known, initial } : known)),
      });
    expect(withSegments(new Uint32Array(10))).toBe(withSegments(Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
  });

  test('of a kernel does not grow with the number of merged populations, but for a table', () => {
    const v = buffer('v', 'f64', 64 * 100);
    const merged = (count: number): string => {
      const kernel: Kernel = {
        shape: 'map',
        name: 'decay',
        comment: 'decay',
        lanes: true,
        domain: {
          kind: 'ranges',
          ranges: Array.from({ length: count }, (_, k) => ({ begin: 64 * k, end: 64 * k + 10 })),
        },
        locals: [],
        body: [b.store(v, index, b.mul(b.load(v, index), b.f64(0.5)))],
      };
      return source(program({ buffers: [v], kernels: [kernel] }));
    };
    const rest = (text: string): string => text.replace(/_ranges\[\]\[3\] = \{[^;]*\};/, '').replace(/high = \d+u/, '');
    expect(rest(merged(100))).toBe(rest(merged(2)));
    expect(merged(100)).not.toBe(merged(2));
  });

  test('of a chain: items of a range begin after those of the ranges before, in whole words of a mask', () => {
    const [v, w] = [buffer('v', 'f64', 512), buffer('w', 'f64', 512)];
    const ranges = [
      { begin: 128, end: 200 },
      { begin: 256, end: 300 },
    ];
    const over = (name: string, body: Statement): Kernel => ({
      ...{ shape: 'map', name, comment: name, lanes: false, locals: [], body: [body] },
      domain: { kind: 'ranges', ranges },
    });
    const chained = [over('a', b.store(v, index, b.f64(1))), over('b', b.store(w, index, b.load(v, index)))];
    const text = source(program({ buffers: [v, w], kernels: chained }));
    // The 72 elements of the first range take two blocks of 64 items.
    expect(text).toContain('_items[][3] = {{128u, 200u, 0u}, {256u, 300u, 128u}};');
  });

  test('contracts no operation, and has 64-bit sums on devices without atomics of that width', () => {
    const text = source(delays('any'));
    expect(text).toContain('#pragma OPENCL FP_CONTRACT OFF');
    expect(text).toMatch(
      /#ifdef INT64_ATOMICS\n {2}atom_add\(address, value\);\n#else\n[^]*atomic_add\(halves \+ 1, high\)/,
    );
  });

  test('looks for faults of earlier steps only if a step can raise one', () => {
    const raises = (text: string): boolean => kernels(text).includes('is_stopped(arena, step)');
    expect(raises(source(twoPopulations))).toBe(true);
    expect(raises(source(delays('any')))).toBe(false);
  });
});

describe('buffers', () => {
  test('have places in one arena that do not overlap; buffers that the host watches come first', () => {
    const { layout } = generateOpencl(twoPopulations, 'atomic');
    const bytes = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, i64: 8, f32: 4, f64: 8 };
    const placed = twoPopulations.buffers.flatMap(({ name, element, length }) => {
      const place = layout.places.get(name);
      return place?.kind === 'arena'
        ? [{ name, begin: place.offset, end: place.offset + Number(length) * bytes[element] }]
        : [];
    });
    const inOrder = [...placed].sort((one, other) => one.begin - other.begin);
    inOrder.forEach(({ begin }, k) => expect(begin).toBeGreaterThanOrEqual(inOrder[k - 1]?.end ?? 64));
    expect(layout.arena).toBeGreaterThanOrEqual(inOrder.at(-1)?.end ?? 0);
    expect(inOrder.filter(({ end }) => end <= layout.status).map(({ name }) => name)).toEqual(['cursors', 'faults']);
  });

  test('have memory of their own if their length is unknown, or if they are large', () => {
    const large = buffer('large', 'f64', 2 ** 21 + 1);
    const { layout, launches } = generateOpencl(
      program({
        buffers: [large, buffer('small', 'f64', 2 ** 21)],
        kernels: [
          {
            shape: 'sequential',
            name: 'write',
            comment: '',
            locals: [],
            body: [b.store(large, b.u32(0), b.f64(1))],
          },
        ],
      }),
      'atomic',
    );
    expect(layout.places.get('large')).toEqual({ kind: 'own' });
    expect(layout.places.get('small')).toMatchObject({ kind: 'arena' });
    expect(launches.get('write')?.own).toEqual(['large']);
  });
});

describe('texts of a model stay in comments', () => {
  test.each(hostile)('%j', (text) => {
    const [ours, theirs] = [twoPopulations, hostileProgram(text)];
    expect(code(source(theirs))).toBe(code(source(ours)));
    expect(source(theirs)).not.toMatch(/[\u202e\u0000\u2028]/);
    const file = (of: Program, name: string): string =>
      code(String(openclProject(of, [{ kind: 'run', steps: 20 }]).get(name)));
    expect(file(theirs, 'network.c')).toBe(file(ours, 'network.c'));
    expect(file(theirs, 'CMakeLists.txt')).toBe(file(ours, 'CMakeLists.txt'));
  });

  test.each([
    ...hostile,
    'sqrt',
    'get_global_id',
    'barrier',
    'arena',
    'as_double',
    'kernel',
    'step',
    'items',
    'TEAM_SIZE',
  ])('as names of buffers, kernels, functions and locals: %j', (text) => {
    const named = (name: string): string => {
      const v = buffer(name, 'f64', 64);
      const x = { name, type: 'f64' } as const;
      const callee = {
        name,
        comment: '',
        parameters: [x],
        locals: [],
        results: [x],
        body: [b.set(x, b.unary('sqrt', b.get(x)))],
      };
      const kernel: Kernel = {
        shape: 'map',
        name,
        comment: '',
        lanes: false,
        domain: { kind: 'count', count: 64 },
        locals: [x],
        body: [b.set(x, b.call(callee, b.load(v, index))), b.store(v, index, b.unary('sqrt', b.get(x)))],
      };
      return code(
        source(program({ buffers: [v, buffer('faults', 'u32', 1)], kernels: [kernel], functions: [callee] })),
      );
    };
    // Only identifiers and line breaks differ. Functions of the language keep their names.
    const shape = (name: string): string =>
      named(name)
        .replace(/\b(?!sqrt\b|item_id\b)[A-Za-z_]\w*/g, 'name')
        .replace(/\s+/g, ' ');
    expect(shape(text)).toBe(shape('w'));
  });
});
