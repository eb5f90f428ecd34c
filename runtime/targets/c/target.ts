/**
 * The c target: the system's C compiler makes a shared library of the program, which runs at the processor's full
 * speed.
 */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { generateC } from '../../../src/codegen/c/generate.js';
import type { Program } from '../../../src/ir/program.js';
import { optimise } from '../../../src/optimise/optimise.js';
import type { Availability, CompileOptions, Executable, Target } from '../target.js';
import { buildLibrary } from './build.js';
import { compileFlags, findCompiler, missingCompiler } from './compiler.js';
import type { Compiler, OptimisationLevel } from './compiler.js';
import { callingProblem } from '../native.js';
import { loadLibrary } from './library.js';
import { showing } from '../shown.js';
import { startSession } from './session.js';
import { threadCount } from '../threads.js';

/** Options for tests. */
interface CTargetOptions {
  /** Absent: the first that this machine has; null: as if it had none. */
  readonly compiler?: Compiler | null;
  readonly level?: OptimisationLevel;
  /** Threads that may be used; absent: as many as can run at once. */
  readonly available?: number;
}

async function compilerOf({ compiler }: CTargetOptions): Promise<Compiler | undefined> {
  return compiler === undefined ? findCompiler() : (compiler ?? undefined);
}

async function probe(options: CTargetOptions): Promise<Availability> {
  const compiler = await compilerOf(options);
  const cores = availableParallelism();
  const problem = compiler === undefined ? missingCompiler() : callingProblem();
  if (problem !== undefined) {
    const { message: reason, hint } = problem;
    return { target: 'c', available: false, devices: [], reason, ...(hint === undefined ? {} : { hint }) };
  }
  return {
    target: 'c',
    available: true,
    devices: [`${cores} processor core${cores === 1 ? '' : 's'}, ${compiler?.title ?? ''}`],
  };
}

/** A program that compiles and links if OpenMP is installed. */
const openMpProbe =
  '#include <omp.h>\nint network_probe(void);\nint network_probe(void) { return omp_get_max_threads(); }\n';

/** Whether a compiler has OpenMP. */
async function hasOpenMp(compiler: Compiler, cache: string | undefined): Promise<boolean> {
  try {
    const built = await buildLibrary(
      { files: new Map([['network.c', openMpProbe]]), compiler, flags: ['-fPIC', '-fopenmp'] },
      cache,
    );
    await built.discard();
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

function withoutOpenMp(compiler: Compiler, threads: number): UsageError {
  const hint = compiler.title.startsWith('clang')
    ? 'install OpenMP for clang: apt-get install libomp-dev (Debian, Ubuntu), dnf install libomp-devel (Fedora), ' +
      'brew install libomp (macOS)'
    : 'install OpenMP for the compiler, or set CC to gcc';
  return new UsageError(
    `${compiler.title} has no OpenMP, which is needed for ${threads} threads`,
    `${hint}; or run with --threads 1`,
  );
}

async function compile(program: Program, options: CompileOptions, own: CTargetOptions): Promise<Executable> {
  const compiler = await compilerOf(own);
  if (compiler === undefined) throw missingCompiler();
  const cache = options.cacheDirectory === undefined ? undefined : join(options.cacheDirectory, 'c');
  let threads = threadCount(program, options.threads, own.available);
  if (threads > 1 && !(await hasOpenMp(compiler, cache))) {
    if (options.threads !== undefined) throw withoutOpenMp(compiler, threads);
    threads = 1;
  }
  const generated = generateC(optimise(program, 'processors', { onPass: options.onPass }));
  const files = new Map([
    ['network.h', generated.header],
    ['network.c', generated.source],
  ]);
  const flags = compileFlags(own.level ?? '-O3', threads > 1, compiler.title);
  const built = await buildLibrary({ files, compiler, flags }, cache);
  try {
    const library = loadLibrary(built.path);
    return {
      sources: files,
      threads,
      compiler: `${compiler.title} ${flags.join(' ')}`,
      start: () => Promise.resolve().then(() => showing(startSession(program, generated, library, threads), program)),
    };
  } finally {
    // A library that is loaded needs its file no more.
    await built.discard();
  }
}

/** Returns a c target with a given compiler and level of optimisation. */
export function cTargetWith(own: CTargetOptions): Target {
  return {
    name: 'c',
    hasThreads: true,
    probe: () => probe(own),
    compile: (program, options) => compile(program, options, own),
  };
}

/** Native code by the system's C compiler. */
export const cTarget: Target = cTargetWith({});
