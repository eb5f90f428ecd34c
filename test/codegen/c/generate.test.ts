/** The text of generated C. */

import { describe, expect, test } from 'vitest';
import { generateC } from '../../../src/codegen/c/generate.js';
import { cProject } from '../../../src/codegen/c/project.js';
import * as b from '../../../src/ir/builder.js';
import type { Kernel, Program } from '../../../src/ir/program.js';
import { twoPopulations } from '../../support/two-populations.js';
import { buffer, cuba, index, program } from '../../runtime/targets/wasm/programs.js';
import { code, hostile, hostileProgram } from './hostile.js';

/** Everything between two lines of a text, they included. */
function part(text: string, from: string, to: string): string {
  const begin = text.indexOf(from);
  expect(begin).toBeGreaterThan(-1);
  return `${text.slice(begin, text.indexOf(to, begin))}\n`;
}

describe('generated text', () => {
  test('of a small program with every kernel shape', async () => {
    const { source, header } = generateC(twoPopulations);
    await expect(source).toMatchFileSnapshot('golden/two-populations.c');
    await expect(header).toMatchFileSnapshot('golden/two-populations.h');
  });

  test('shares the items of a part of an array from its beginning, so that each thread has some', () => {
    const x = buffer('x', 'i32', 300);
    const domain = { kind: 'ranges', ranges: [{ begin: 200, end: 300 }] } as const;
    const kernel: Kernel = {
      shape: 'map',
      name: 'later',
      comment: '',
      domain,
      lanes: true,
      locals: [],
      body: [b.store(x, index, b.i32(1))],
    };
    const { source } = generateC(program({ buffers: [x], kernels: [kernel] }));
    const call =
      'kernel_later(network, step, share_between(200u, 300u, thread, threads), share_between(200u, 300u, thread ' +
      '+ 1u, threads));';
    expect(source.replace(/\s+/g, ' ')).toContain(call);
  });

  test('of its stand-alone project', async () => {
    const files = cProject(twoPopulations, [
      { kind: 'run', steps: 20 },
      { kind: 'call', procedure: 'clear' },
      { kind: 'run', steps: 5 },
    ]);
    expect([...files.keys()]).toEqual([
      'network.h',
      'network.c',
      'main.c',
      'CMakeLists.txt',
      'README.md',
      'initial.bin',
    ]);
    await expect(part(String(files.get('main.c')), '/* --- Tables', '/* --- Failures')).toMatchFileSnapshot(
      'golden/two-populations.tables.c',
    );
    await expect(String(files.get('README.md'))).toMatchFileSnapshot('golden/two-populations.README.md');
  });

  test('is the same for equal programs', () => {
    const text = (): string => generateC(cuba({ size: 300, rowLength: 5, delay: 2, lanes: true })).source;
    expect(text()).toBe(text());
  });

  test('does not depend on initial values, so that a new seed needs no new compilation', () => {
    const withKeys = (keys: Uint32Array): string => {
      const { buffers, ...rest } = twoPopulations;
      return generateC({
        ...rest,
        buffers: buffers.map((known) => (known.name === 'ab.segments' ? { ...known, initial: keys } : known)),
      }).source;
    };
    expect(withKeys(new Uint32Array(10))).toBe(withKeys(Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
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
      return generateC(program({ buffers: [v], kernels: [kernel] })).source;
    };
    const rest = (text: string): string =>
      text.replace(/_ranges\[\]\[2\] = \{[^;]*\};/, '').replace(/group < \d+u|share_of_blocks\(\d+u/g, '');
    expect(rest(merged(100))).toBe(rest(merged(2)));
    expect(merged(100)).not.toBe(merged(2));
  });
});

describe('texts of a model stay in comments and strings', () => {
  test.each(hostile)('%j', (text) => {
    const [ours, theirs] = [twoPopulations, hostileProgram(text)];
    expect(code(generateC(theirs).source)).toBe(code(generateC(ours).source));
    expect(code(generateC(theirs).header)).toBe(code(generateC(ours).header));
    const main = (source: Program): string =>
      code(String(cProject(source, [{ kind: 'run', steps: 20 }]).get('main.c')));
    // As many faults, as theirs have one.
    expect(main(theirs)).toBe(
      main({ ...ours, manifest: { ...ours.manifest, faults: { 1: { says: 'step 30 was reached', pointer: '' } } } }),
    );
    expect(String(cProject(theirs, []).get('CMakeLists.txt'))).toBe(String(cProject(ours, []).get('CMakeLists.txt')));
    expect(generateC(theirs).source).not.toMatch(/[\u202e\u0000\u2028]/);
  });

  test.each(hostile)('as names of buffers, kernels, functions and locals: %j', (text) => {
    const v = buffer(text, 'f64', 64);
    const faults = buffer('faults', 'u32', 1);
    const x = { name: text, type: 'f64' } as const;
    const callee = {
      name: text,
      comment: '',
      parameters: [x],
      locals: [],
      results: [x],
      body: [b.set(x, b.add(b.get(x), b.f64(1)))],
    };
    const kernel: Kernel = {
      shape: 'map',
      name: text,
      comment: '',
      lanes: false,
      domain: { kind: 'count', count: 64 },
      locals: [x],
      body: [b.set(x, b.call(callee, b.load(v, index))), b.store(v, index, b.get(x))],
    };
    const plainName = 'w';
    const y = { name: plainName, type: 'f64' } as const;
    const plainCallee = {
      ...callee,
      name: plainName,
      parameters: [y],
      results: [y],
      body: [b.set(y, b.add(b.get(y), b.f64(1)))],
    };
    const w = buffer(plainName, 'f64', 64);
    const plain: Kernel = {
      ...kernel,
      name: plainName,
      locals: [y],
      body: [b.set(y, b.call(plainCallee, b.load(w, index))), b.store(w, index, b.get(y))],
    };
    // Only identifiers and line breaks differ.
    const shape = (source: Program): string =>
      code(generateC(source).source)
        .replace(/[A-Za-z_]\w*/g, 'name')
        .replace(/\s+/g, ' ');
    expect(shape(program({ buffers: [v, faults], kernels: [kernel], functions: [callee] }))).toBe(
      shape(program({ buffers: [w, faults], kernels: [plain], functions: [plainCallee] })),
    );
  });
});
