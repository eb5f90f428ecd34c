/**
 * The stand-alone project for CUDA. nvcc builds it if installed. Without a graphics card, a replacement of CUDA's
 * runtime that runs threads in any order executes the same host and kernels on the processor. Their files equal the
 * files of the project in C.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../../../runtime/targets/c/compiler.js';
import { cudaProject } from '../../../../src/codegen/c/device/cuda-project.js';
import { cProject } from '../../../../src/codegen/c/project.js';
import { anyCompiler, reasonOf } from '../../../runtime/targets/c/compilers.js';
import { canShim } from '../../../support/cuda-shim/target.js';
import { root } from '../../../support/import-graph.js';
import { compileQuietly, projectCases, projectFolder, projectResults } from '../../../support/projects.js';
import type { ProjectFiles } from '../../../support/projects.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { slow, someOf, triesAll } from '../../../support/effort.js';

const write = projectFolder();
const hasNvcc = (await runProgram(['nvcc', '--version'])).status === 0;
const shimmed = canShim && anyCompiler !== undefined;

async function buildInC(files: ProjectFiles): Promise<string> {
  const project = write(files);
  const options = ['-std=gnu11', '-O1', '-ffp-contract=off', `-DNETWORK_DATA="${join(project, 'initial.bin')}"`];
  return compileQuietly(
    [...(anyCompiler?.command ?? []), ...options, 'main.c', 'network.c', '-o', 'network', '-lm'],
    project,
  );
}

/** Additional options of a test for compiling and linking. */
interface Spoilt {
  readonly compiling?: readonly string[];
  readonly linking?: readonly string[];
}

/** Builds a project's own files against the stand-in for CUDA's runtime. */
async function buildShimmed(files: ProjectFiles, { compiling = [], linking = [] }: Spoilt = {}): Promise<string> {
  const project = write(files);
  const main = [
    ...(anyCompiler?.command ?? []),
    '-std=gnu11',
    '-O1',
    `-DNETWORK_DATA="${join(project, 'initial.bin')}"`,
  ];
  await compileQuietly([...main, '-c', 'main.c', '-o', 'main.o'], project);
  const shim = ['-I', join(root, 'test/support/cuda-shim'), '-DGROUP_SIZE=64', '-DTEAM_SIZE=32'];
  const host = ['g++', '-std=c++17', '-O1', '-ffp-contract=off', '-fno-strict-aliasing', '-w', ...shim, ...compiling];
  await compileQuietly([...host, '-c', '-x', 'c++', 'host.cu', '-o', 'host.o'], project);
  return compileQuietly(['g++', 'main.o', 'host.o', '-o', 'network', ...linking], project);
}

describe('the project', () => {
  test('has sources, a build file and a description', () => {
    const files = cudaProject(twoPopulations, [{ kind: 'run', steps: 20 }]);
    expect([...files.keys()]).toEqual([
      'network.h',
      'network.cu',
      'host.cu',
      'main.c',
      'CMakeLists.txt',
      'README.md',
      'initial.bin',
    ]);
    expect(String(files.get('README.md'))).toContain('-fmad=false -ftz=false -prec-div=true -prec-sqrt=true');
    expect(String(files.get('CMakeLists.txt'))).toContain('-fmad=false -ftz=false -prec-div=true -prec-sqrt=true');
    const plain = cProject(twoPopulations, [{ kind: 'run', steps: 20 }]);
    for (const name of ['main.c', 'initial.bin']) expect(files.get(name)).toEqual(plain.get(name));
  });
});

const keepsBits = ['-fmad=false', '-ftz=false', '-prec-div=true', '-prec-sqrt=true'];

describe.skipIf(!hasNvcc)(`nvcc builds it${hasNvcc ? '' : ' (skipped: nvcc is not installed)'}`, () => {
  test.each(someOf(projectCases.slice(0, 2), 2, 'networks'))('without a warning: $name', async ({ load }) => {
    const { program, script } = load();
    const project = write(cudaProject(program, script));
    const command = [
      'nvcc',
      '-O1',
      '-arch=sm_80',
      '-std=c++17',
      ...keepsBits,
      '-Werror',
      'all-warnings',
      '-Xcompiler',
      '-Wall,-Wno-unused-function',
    ];
    await compileQuietly([...command, 'main.c', 'host.cu', '-o', 'network'], project);
    // Without a card it reports so; with one it runs.
    const { said } = await projectResults(project);
    expect(said).toMatch(/^2 error: there is no CUDA device|^[01] /);
  });

  const hasCmake = existsSync('/usr/bin/cmake') || existsSync('/usr/local/bin/cmake');
  const name = slow(`with cmake${hasCmake ? '' : ' (skipped: cmake is not installed)'}`);
  test.skipIf(!hasCmake || !triesAll)(name, async () => {
    const project = write(cudaProject(twoPopulations, [{ kind: 'run', steps: 20 }]));
    const configured = await runProgram([
      'cmake',
      '-S',
      project,
      '-B',
      join(project, 'build'),
      '-DCMAKE_CUDA_ARCHITECTURES=80',
    ]);
    expect(configured).toMatchObject({ status: 0 });
    expect(await runProgram(['cmake', '--build', join(project, 'build')])).toMatchObject({ status: 0 });
    expect(existsSync(join(project, 'build', 'network'))).toBe(true);
  });
});

describe.skipIf(!shimmed)(
  'executed by fibres it writes the files that the project in C ' +
    `writes${shimmed ? '' : reasonOf(anyCompiler, 'a C compiler, or g++,')}`,
  () => {
    test.each(someOf(projectCases, 3, 'networks'))('$name, whatever the order of threads', async ({ load }) => {
      const { program, script } = load();
      const expected = await projectResults(await buildInC(cProject(program, script)));
      const project = await buildShimmed(cudaProject(program, script));
      for (const seed of [1, 2]) expect(await projectResults(project, ['env', `SHIM_SEED=${seed}`])).toEqual(expected);
      expect(expected.files['state']?.split('\n').length).toBeGreaterThan(3);
    });

    test('reports a missing device and too little memory', async () => {
      const project = await buildShimmed(cudaProject(twoPopulations, []));
      const failure = async (setting: string): Promise<string> =>
        (await projectResults(project, ['env', setting])).said;
      expect(await failure('SHIM_DEVICES=0')).toBe('2 error: there is no CUDA device\n');
      expect(await failure('NETWORK_DEVICE=7')).toBe('2 error: there is no CUDA device of this number: 7\n');
      expect(await failure('SHIM_MEMORY=1000')).toMatch(
        /^2 the CUDA device has 1000 bytes, of which \d+ are free\nerror: out of memory/,
      );
    });

    test.skipIf(process.arch !== 'x64').each([
      { wrong: 'contracts', spoilt: { compiling: ['-O2', '-mfma', '-ffp-contract=fast'] }, bits: '0x3' },
      // This links code that sets the processor's mode at the start.
      { wrong: 'flushes denormal numbers', spoilt: { linking: ['-ffast-math'] }, bits: '0x300' },
    ])('a card that $wrong is refused before anything is computed', async ({ spoilt, bits }) => {
      const project = await buildShimmed(cudaProject(twoPopulations, [{ kind: 'run', steps: 5 }]), spoilt);
      const { said, files } = await projectResults(project);
      expect(said).toBe(`2 error: arithmetic on this machine cannot be trusted: checks ${bits} failed\n`);
      expect(files['spikes']?.split('\n').length ?? 0).toBeLessThanOrEqual(2);
    });

    test('a card that stops working is named with the failed request', async () => {
      const files = new Map(cudaProject(twoPopulations, [{ kind: 'run', steps: 5 }]));
      const host = String(files.get('host.cu'));
      expect(host).toContain('return cudaLaunchKernel(kernel_');
      files.set(
        'host.cu',
        host.replace(
          'return cudaLaunchKernel(kernel_',
          'return cudaErrorLaunchFailure; return cudaLaunchKernel(kernel_',
        ),
      );
      const { said } = await projectResults(await buildShimmed(files));
      expect(said).toMatch(/^2 error: the CUDA device stopped working: kernel_\w+ gives error 719/);
    });
  },
);
