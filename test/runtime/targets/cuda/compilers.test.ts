/**
 * CUDA's own compilers generate code for every architecture, and our declarations of the driver agree with its header.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../../../runtime/targets/c/compiler.js';
import { driverPrototypes } from '../../../../runtime/targets/cuda/api.js';
import { buildOptions, buildProgram, unservedBy } from '../../../../runtime/targets/cuda/build.js';
import { architectureFor } from '../../../../runtime/targets/cuda/compilers.js';
import type { CudaCompiler } from '../../../../runtime/targets/cuda/compiler.js';
import type { CudaDevice } from '../../../../runtime/targets/cuda/devices.js';
import * as b from '../../../../src/ir/builder.js';
import type { Buffer } from '../../../../src/ir/program.js';
import { generateCuda } from '../../../../src/codegen/c/device/generate.js';
import { cudaHeader } from '../../../support/cuda-driver/libraries.js';
import { root } from '../../../support/import-graph.js';
import { bush, cellsText } from '../../../support/large-cells.js';
import { lowered } from '../../../support/simulate.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { buffer, delays, index, mapOver, program } from '../wasm/programs.js';
import { nvcc, nvrtc, removeKept } from './devices.js';

/** A cell that a team shares. */
const largeCell = lowered(cellsText([{ sections: bush(6), sizes: [1] }])).program;

const folder = mkdtempSync(join(tmpdir(), 'interneuron-cuda-compilers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One kernel writes a buffer of computed length that another one reads at other elements. */
const total = buffer('total', 'u32', 1, Uint32Array.of(1000));
const [written, sums] = ['written', 'sums'].map((name) => buffer(name, 'f64', { buffer: 'total', index: 0 })) as [
  Buffer,
  Buffer,
];
const changing = program({
  buffers: [total, written, sums],
  kernels: [
    mapOver('write', 1000, [b.store(written, index, b.add(b.load(written, index), b.f64(1)))]),
    mapOver('read', 1000, [b.store(sums, index, b.load(written, b.sub(b.u32(999), index)))]),
  ],
  schedule: { initialise: [{ kind: 'allocate', buffers: ['written', 'sums'] }] },
});

const device = (capability: number): CudaDevice => ({
  id: 0,
  name: 'card',
  title: 'card',
  capability,
  units: 1,
  mostItems: 1024,
  cooperative: true,
  memory: 2 ** 30,
});
const sizes = { group: 256, team: 128, scan: 1024 };

test.each([
  [[75, 80, 90], 90, 'sm_90'],
  [[75, 80, 90], 86, 'compute_80'],
  [[75, 80, 90], 120, 'compute_90'],
  [[75, 80, 90], 61, undefined],
])('a compiler for %j makes for a device of capability %i: %s', (capabilities, capability, architecture) => {
  expect(architectureFor(capabilities, capability)).toBe(architecture);
});

test('a device that is too old for the compiler is refused with the reason', () => {
  const compiler = { title: 'NVRTC 13.0', capabilities: [75, 80, 90] } as unknown as CudaCompiler;
  expect(unservedBy(compiler, device(61))).toBe(
    'NVRTC 13.0 makes no code for compute capability 6.1, but from 7.5 on: install an older version of CUDA',
  );
  expect(unservedBy(compiler, device(75))).toBeUndefined();
});

const elf = [0x7f, 0x45, 0x4c, 0x46];

describe.each([
  { name: 'nvcc', compiler: nvcc },
  { name: 'NVRTC', compiler: nvrtc },
])('$name', ({ name, compiler }) => {
  const options = { skip: compiler === undefined };
  const title = compiler === undefined ? ` (skipped: ${name} is not installed)` : '';

  test.each([75, 80, 90])(`makes machine code for compute capability %i${title}`, options, async (capability) => {
    for (const program of [twoPopulations, delays('any'), largeCell]) {
      const { image } = await buildProgram(
        compiler!,
        generateCuda(program, 'atomic').source,
        buildOptions(compiler!, device(capability), sizes),
        undefined,
      );
      expect([...image.subarray(0, 4)]).toEqual(elf);
    }
  });

  test(`reads values of other blocks only through a cache that is kept up${title}`, options, async () => {
    for (const program of [changing, delays('any')]) {
      const { source } = generateCuda(program, 'atomic', true);
      const equal = { group: 128, team: 128, scan: 128 };
      const { image } = await buildProgram(compiler!, source, buildOptions(compiler!, device(999), equal), undefined);
      const [, resident = ''] = new TextDecoder().decode(image).split('.visible .entry resident(');
      expect(resident).toContain('ld.acquire.gpu');
      expect(resident).not.toContain('ld.global.nc');
      const machineCode = await buildProgram(compiler!, source, buildOptions(compiler!, device(90), equal), undefined);
      expect([...machineCode.image.subarray(0, 4)]).toEqual(elf);
    }
  });

  test(`makes portable code for a device that it does not know${title}`, options, async () => {
    const chosen = buildOptions(compiler!, device(999), sizes);
    expect(chosen[0]).toMatch(/=compute_\d+$/);
    const { image } = await buildProgram(compiler!, generateCuda(twoPopulations, 'atomic').source, chosen, undefined);
    const text = new TextDecoder().decode(image);
    expect(text).toContain('.visible .entry trust(');
    // The driver reads it as text of C.
    expect(image.at(-1)).toBe(0);
  });

  test(`multiplies and adds apart, and flushes no subnormal number${title}`, options, async () => {
    const source =
      'extern "C" __global__ void f(double *x, float *y) { x[0] = x[0] * x[1] + x[2]; y[0] = y[0] * y[1] / y[2]; }';
    const { image } = await buildProgram(compiler!, source, buildOptions(compiler!, device(999), sizes), undefined);
    const text = new TextDecoder().decode(image);
    expect(text).not.toMatch(/fma|\.ftz|approx/);
    expect(text).toMatch(/div\.rn\.f32/);
    const lax = buildOptions(compiler!, device(999), sizes).map((option) =>
      option.replace('-fmad=false', '-fmad=true'),
    );
    const other = await buildProgram(compiler!, source, lax, undefined);
    expect(new TextDecoder().decode(other.image)).toMatch(/fma\.rn\.f64/);
  });

  test(`reports the error${title}`, options, async () => {
    const error: unknown = await buildProgram(
      compiler!,
      'nonsense',
      buildOptions(compiler!, device(90), sizes),
      undefined,
    ).catch((caught: unknown) => caught);
    expect(String(error)).toMatch(
      new RegExp(`${name} [\\d.]+ cannot compile the generated source \\S+network\\.cu: .*error`),
    );
    expect(removeKept(String(error))).not.toBe('');
  });
});

const header = await cudaHeader();

describe.skipIf(header === undefined)(
  `cuda.h${header === undefined ? ' (skipped: CUDA is not installed)' : ''}`,
  () => {
    const compile = async (source: string): Promise<string> => {
      writeFileSync(join(folder, 'check.cpp'), source);
      const { stderr } = await runProgram(
        ['g++', '-std=c++17', '-fsyntax-only', '-DLOOKALIKE_WITH_HEADER', `-I${header}`, 'check.cpp'],
        {
          cwd: folder,
        },
      );
      return stderr;
    };

    /** Names are the library's, which the header hides with names without versions. */
    const head = '#include <cuda.h>\n#include <stdint.h>\n';
    const undefine = Object.keys(driverPrototypes).map((name) => `#undef ${name.replace(/_v\d$/, '')}`);

    test('declares the called functions with arguments of the same widths', async () => {
      const checks = Object.entries(driverPrototypes).map(([name, prototype]) => {
        const parameters = prototype.slice(prototype.indexOf('(') + 1, -1).replaceAll('_Out_ ', '');
        return `static_assert(fits(&${name}, (int32_t (*)(${parameters}))nullptr), "${name}");`;
      });
      const fits = `
      template <class A, class B> constexpr bool same() { return sizeof(A) == sizeof(B) && std::is_pointer_v<A> >= std::is_pointer_v<B>; }
      template <class... A, class... B> constexpr bool fits(CUresult (*)(A...), int32_t (*)(B...)) {
        if constexpr (sizeof...(A) == sizeof...(B)) return (same<A, B>() && ...);
        else return false;
      }`;
      const text = (lines: readonly string[]): string =>
        [head, '#include <type_traits>', ...undefine, fits, ...lines].join('\n');
      expect(await compile(text(checks))).toBe('');
      const wrong = 'static_assert(fits(&cuMemAlloc_v2, (int32_t (*)(void *, uint32_t))nullptr), "cuMemAlloc_v2");';
      expect(await compile(text([wrong]))).toContain('cuMemAlloc_v2');
    });

    test('declares the functions of the look-alike as it defines them', async () => {
      expect(await compile(`#include "${join(root, 'test/support/cuda-driver/driver.cpp')}"`)).toBe('');
    });
  },
);
