/**
 * Trust is tested before any computation: on every target and thread, for double and single precision. Here compilers,
 * drivers and libraries are made to violate IEEE 754 in every way that they offer, and are rejected with the name of
 * the violation.
 */

import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileFlags, runProgram } from '../../../runtime/targets/c/compiler.js';
import type { Compiler } from '../../../runtime/targets/c/compiler.js';
import { cTargetWith } from '../../../runtime/targets/c/target.js';
import { loadOpencl } from '../../../runtime/targets/opencl/api.js';
import type { OpenclApi } from '../../../runtime/targets/opencl/api.js';
import { openclTargetWith } from '../../../runtime/targets/opencl/target.js';
import { generateC } from '../../../src/codegen/c/generate.js';
import { trustChecks } from '../../../src/codegen/c/trust.js';
import { trustChecks as wasmChecks } from '../../../src/codegen/wasm/trust.js';
import * as b from '../../../src/ir/builder.js';
import { root } from '../../support/import-graph.js';
import { twoPopulations } from '../../support/two-populations.js';
import { anyCompiler, clang, gcc, linksOpenMp, reasonOf } from './c/compilers.js';
import { hasOpencl, reason } from './opencl/devices.js';
import { buffer, index, mapOver, program } from './wasm/programs.js';
import { withReason } from '../../support/skip-reasons.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-trust-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isX64 = process.arch === 'x64';
let scripts = 0;

/** A compiler with additional arguments, or a changed source. */
function spoilt(compiler: Compiler, words: string, change = ''): Compiler {
  scripts += 1;
  const path = join(folder, `cc-${scripts}.sh`);
  writeFileSync(path, `#!/bin/sh\n${change}\nexec ${compiler.command.join(' ')} "$@" ${words}\n`);
  chmodSync(path, 0o755);
  return { ...compiler, command: [path] };
}

describe('the checks', () => {
  test(
    'name contraction, re-association, division, roots, denormal numbers, conversions and rounding, in both ' +
      'precisions',
    () => {
      const names = trustChecks.map(({ name }) => name).join('; ');
      for (const word of [
        'contracted',
        're-associated',
        'NaN',
        'division',
        'reciprocal',
        'square root',
        'denormal',
        'nearest',
        'saturate',
        'conversion',
      ])
        expect(names).toContain(word);
      for (const word of ['contracted', 'division', 'square root', 'denormal']) {
        const named = trustChecks.filter(({ name }) => name.includes(word) && !name.includes('reciprocal'));
        expect(new Set(named.map(({ name }) => name.endsWith('in single precision')))).toEqual(new Set([false, true]));
      }
      expect(trustChecks.length).toBeLessThanOrEqual(32);
      expect(wasmChecks.length).toBeGreaterThan(5);
    },
  );
});

/** Compiler options that change bits, and the reported violation. */
const offences = [
  {
    words: '-ffp-contract=fast -mfma',
    wrong: 'multiplication and addition are contracted; multiplication and addition are contracted in single precision',
  },
  { words: '-fassociative-math -fno-signed-zeros', wrong: 'sums are re-associated' },
  { words: '-ffinite-math-only', wrong: 'NaN is taken for a number' },
  { words: '-freciprocal-math', wrong: 'division is made of a reciprocal' },
];

describe.each([
  { name: 'gcc', compiler: gcc },
  { name: 'clang', compiler: clang },
])('options that break $name', ({ name, compiler }) => {
  test.skipIf(compiler === undefined || !isX64).each(offences)(
    `$words is refused${reasonOf(compiler, name)}`,
    async ({ words, wrong }) => {
      const target = cTargetWith({ compiler: spoilt(compiler as Compiler, words) });
      const executable = await target.compile(twoPopulations, { threads: 1 });
      await expect(executable.start()).rejects.toThrow(`cannot be trusted: ${wrong}`);
    },
  );
});

const parallel = await linksOpenMp(gcc);

describe.skipIf(!parallel)(`threads of the c target${parallel ? '' : ' (skipped: no gcc with OpenMP)'}`, () => {
  /** Fails the checks only on one thread of a team. */
  const onThread = (thread: number): Compiler =>
    spoilt(
      gcc as Compiler,
      '',
      `sed -i 's/^static void check_trust.*/#include <omp.h>\\n&/; s/const uint32_t failed = ` +
        'trust();\\(.*\\)/const uint32_t failed = trust() | (omp_in_parallel() \\&\\& omp_get_thread_num() == ' +
        `${thread} ? 256u : 0u);\\1/' network.c 2>/dev/null`,
    );
  const wrong = trustChecks[8]?.name ?? '';

  test.each([
    { thread: 1, threads: 2 },
    { thread: 1, threads: 3 },
    { thread: 2, threads: 3 },
  ])('number $thread of $threads is tested, and refused by its wrong result', async ({ thread, threads }) => {
    const target = cTargetWith({ compiler: onThread(thread), available: 3 });
    const session = await (await target.compile(twoPopulations, { threads })).start();
    try {
      await expect(session.initialise().then(() => session.run(1))).rejects.toThrow(`cannot be trusted: ${wrong}`);
    } finally {
      await session.dispose();
    }
  });

  test('that is not in the team is not asked', async () => {
    const session = await (
      await cTargetWith({ compiler: onThread(2), available: 3 }).compile(twoPopulations, { threads: 2 })
    ).start();
    await session.initialise();
    expect(await session.run(1)).toBe(1);
    await session.dispose();
  });

  test.skipIf(!isX64).each([1, 2, 3])(
    withReason(
      '%i in a mode that flushes denormal numbers: it is set for a call and put back',
      isX64 ? null : 'only x64 has the mode',
    ),
    async (threads) => {
      const [x, y] = [buffer('x', 'f64', 6400, { fill: 1e-310 }), buffer('y', 'f32', 6400, { fill: 2 ** -140 })];
      const halve = mapOver('halve', 6400, [
        b.store(x, index, b.mul(b.load(x, index), b.f64(0.5))),
        b.store(y, index, b.mul(b.load(y, index), b.f32(0.5))),
      ]);
      const { header, source } = generateC(program({ buffers: [x, y], kernels: [halve] }));
      const main = `
#include "network.h"
#include <omp.h>
#include <stdio.h>
#include <xmmintrin.h>
int main(void)
{
  static double x[6400];
  static float y[6400];
  struct network *network = network_create();
  const unsigned flushed = _mm_getcsr() | 0x8040u;
  #pragma omp parallel num_threads(${threads})
  _mm_setcsr(flushed);
  const int done = network_run(network, 1, ${threads}, 0);
  int kept = 0, right = 0;
  #pragma omp parallel num_threads(${threads}) reduction(+ : kept)
  { kept += _mm_getcsr() == flushed; _mm_setcsr(0x1f80u); }
  network_read(network, 0, 0, 6400, x);
  network_read(network, 1, 0, 6400, y);
  for (int k = 0; k < 6400; k += 1) right += x[k] == 0.5e-310 && x[k] != 0.0 && y[k] == 0x1p-141f && y[k] != 0.0f;
  printf("%d %d %d\\n", done, kept, right);
  return 0;
}
`;
      for (const [name, text] of Object.entries({ 'network.h': header, 'network.c': source, 'main.c': main }))
        writeFileSync(join(folder, name), text);
      const command = [
        ...(gcc as Compiler).command,
        ...compileFlags('-O2', true),
        'main.c',
        'network.c',
        '-o',
        'run',
        '-lm',
      ];
      expect(await runProgram(command, { cwd: folder })).toMatchObject({ status: 0 });
      expect((await runProgram([join(folder, 'run')])).stdout).toBe(`1 ${threads} 6400\n`);
    },
  );
});

describe.skipIf(anyCompiler === undefined || !isX64 || process.platform !== 'linux')(
  `a library built with -Ofast that is loaded into the process${reasonOf(anyCompiler, 'a C compiler')}`,
  () => {
    /**
     * Loads it in a separate process, since its mode persists, and starts a session. @returns the output of the session
     */
    async function said(target: string, threads: number): Promise<string> {
      const library = join(folder, 'fast.so');
      writeFileSync(join(folder, 'fast.c'), 'double fast(double a) { return a; }\n');
      // This links code that sets the mode of the loading thread; threads that it starts later inherit the mode.
      const built = await runProgram([
        ...(anyCompiler as Compiler).command,
        '-Ofast',
        '-shared',
        '-fPIC',
        '-o',
        library,
        join(folder, 'fast.c'),
      ]);
      expect(built.status).toBe(0);
      const script = `
        import { koffi } from ${JSON.stringify(join(root, 'runtime/targets/native.ts'))};
        import { targets } from ${JSON.stringify(join(root, 'runtime/targets/registry.ts'))};
        import { twoPopulations } from ${JSON.stringify(join(root, 'test/support/two-populations.ts'))};
        koffi().load(${JSON.stringify(library)});
        try {
          const session = await (await targets[${JSON.stringify(target)}].compile(twoPopulations, { threads: ${threads} })).start();
          await session.initialise();
          console.log('started');
        } catch (error) {
          console.log(error.message);
        }
        process.exit();
      `;
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: root });
      let printed = '';
      child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
      await new Promise((resolve) => child.on('close', resolve));
      return printed;
    }

    test.each([
      { target: 'reference', threads: 1 },
      { target: 'wasm', threads: 1 },
      { target: 'wasm', threads: 2 },
      { target: 'c', threads: 1 },
      ...(hasOpencl ? [{ target: 'opencl', threads: 1 }] : []),
    ])('is found out by $target, $threads thread(s)', async ({ target, threads }) => {
      expect(await said(target, threads)).toMatch(/cannot be trusted.*: denormal numbers are flushed to zero/);
    });
  },
);

/** OpenCL with other compiler options, or another source. */
function driver(words: string, change: (source: string) => string = (source) => source): () => OpenclApi {
  const real = loadOpencl();
  const api: OpenclApi = {
    ...real,
    call: (wanted, ...args) =>
      real.call(
        wanted,
        ...args.map((argument, k) =>
          wanted === 'clCreateProgramWithSource' && k === 2
            ? [change((argument as readonly string[])[0] ?? '')]
            : argument,
        ),
      ),
    later: (wanted, ...args) =>
      real.later(
        wanted,
        ...args.map((argument, k) =>
          wanted === 'clBuildProgram' && k === 3 ? `${argument as string} ${words}` : argument,
        ),
      ),
  };
  return () => api;
}

const isPocl =
  hasOpencl && ((await openclTargetWith({}).probe()).devices[0] ?? '').includes('Portable Computing Language');

describe.skipIf(!isPocl)(
  `drivers for OpenCL that keep no promise${isPocl ? '' : reason || ' (skipped: PoCL is not the first driver)'}`,
  () => {
    test.each([
      {
        does: '-cl-denorms-are-zero',
        api: () => driver('-cl-denorms-are-zero')(),
        wrong: 'denormal numbers are flushed to zero in single precision',
      },
      {
        does: '-cl-unsafe-math-optimizations',
        api: () => driver('-cl-unsafe-math-optimizations')(),
        wrong: 'sums are re-associated',
      },
      { does: '-cl-finite-math-only', api: () => driver('-cl-finite-math-only')(), wrong: 'NaN is taken for a number' },
      {
        does: '-cl-fast-relaxed-math',
        api: () => driver('-cl-fast-relaxed-math')(),
        wrong: 'compile without -cl-fast-relaxed-math',
      },
      {
        does: 'contracts in spite of the pragma',
        api: () => driver('', (source) => source.replace('FP_CONTRACT OFF', 'FP_CONTRACT ON'))(),
        wrong:
          'multiplication and addition are contracted; multiplication and addition are contracted in single precision',
      },
    ])('$does: the device is listed with what is wrong, and refused before anything runs', async ({ api, wrong }) => {
      const target = openclTargetWith({ api });
      const availability = await target.probe();
      expect(availability).toMatchObject({ available: false, devices: [] });
      expect(availability.reason).toContain(wrong);
      await expect(target.compile(twoPopulations, {})).rejects.toThrow(wrong);
    });
  },
);
