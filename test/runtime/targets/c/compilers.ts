/** The C compilers of this machine, for tests that are skipped without one. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { askCompiler, runProgram } from '../../../../runtime/targets/c/compiler.js';
import type { Compiler } from '../../../../runtime/targets/c/compiler.js';

/**
 * Returns a compiler if installed. With INTERNEURON_REQUIRE_C set no test may be skipped, so a missing compiler is an
 * error.
 */
async function find(name: string): Promise<Compiler | undefined> {
  const compiler = await askCompiler([name]);
  if (compiler === undefined && process.env['INTERNEURON_REQUIRE_C'])
    throw new Error(`${name} is not installed, and INTERNEURON_REQUIRE_C is set`);
  return compiler;
}

export const gcc: Compiler | undefined = await find('gcc');
export const clang: Compiler | undefined = await find('clang');
/** Any of them. */
export const anyCompiler: Compiler | undefined = gcc ?? clang;

/** Why a test is skipped; part of its title, so that a skip is seen with its reason. */
export const reasonOf = (compiler: Compiler | undefined, name: string): string =>
  compiler ? '' : ` (skipped: ${name} is not installed)`;

/** Whether a compiler links programs with OpenMP. */
export async function linksOpenMp(compiler: Compiler | undefined): Promise<boolean> {
  if (compiler === undefined) return false;
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-openmp-'));
  try {
    writeFileSync(join(folder, 'a.c'), '#include <omp.h>\nint f(void) { return omp_get_max_threads(); }\n');
    const { status } = await runProgram([
      ...compiler.command,
      '-shared',
      '-fPIC',
      '-fopenmp',
      '-o',
      join(folder, 'a.so'),
      join(folder, 'a.c'),
    ]);
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder for compiled programs, removed at the end of the test file. */
export function cacheFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-c-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
