/** nvcc: the compiler for CUDA C++ as a program. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../c/compiler.js';
import type { Compiled, CudaCompiler } from './compiler.js';

const compilers = new Map<string, Promise<CudaCompiler | undefined>>();

/** The compiler that a program is; undefined when it does not answer. */
export function nvccCompiler(program: string): Promise<CudaCompiler | undefined> {
  const known = compilers.get(program) ?? ask(program);
  compilers.set(program, known);
  return known;
}

async function ask(program: string): Promise<CudaCompiler | undefined> {
  const { status, stdout } = await runProgram([program, '--version']);
  const release = /release (\d+)\.(\d+), V([\d.]+)/.exec(stdout);
  if (status !== 0 || release === null) return undefined;
  const list = await runProgram([program, '--list-gpu-code']);
  const capabilities = [...list.stdout.matchAll(/^sm_(\d+)\s*$/gm)]
    .map(([, capability]) => Number(capability))
    .sort((a, b) => a - b);
  return {
    title: `nvcc ${release[3] ?? ''}`,
    identity: stdout.trim(),
    version: 1000 * Number(release[1]) + 10 * Number(release[2]),
    capabilities,
    compile: (source, options) => compile(program, source, options),
  };
}

async function compile(program: string, source: string, options: readonly string[]): Promise<Compiled> {
  const folder = await mkdtemp(join(tmpdir(), 'interneuron-nvcc-'));
  try {
    await writeFile(join(folder, 'network.cu'), source);
    const kind = options.some((option) => option.includes('=compute_')) ? '-ptx' : '-cubin';
    const { status, stdout, stderr } = await runProgram(
      [program, kind, '-O3', ...options, '-o', 'network.image', 'network.cu'],
      {
        cwd: folder,
      },
    );
    if (status !== 0) return { log: `${stdout}${stderr}`.trim() };
    const image = await readFile(join(folder, 'network.image'));
    // A PTX text is passed to the driver as text of C.
    return { image: kind === '-ptx' ? Buffer.concat([image, Buffer.of(0)]) : image };
  } catch (error) {
    return { log: `error: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
