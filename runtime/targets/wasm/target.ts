/** The wasm target: always available, compiles in milliseconds, runs on threads over shared memory. */

import { availableParallelism } from 'node:os';
import { InvariantError } from '../../../src/diagnostics/diagnostic.js';
import { generateWasm } from '../../../src/codegen/wasm/generate.js';
import type { Program } from '../../../src/ir/program.js';
import type { Availability, CompileOptions, Executable, Target } from '../target.js';
import { assemble, assemblerVersion } from './assemble.js';
import { cached } from './cache.js';
import { startSession } from './session.js';
import { threadCount } from '../threads.js';
import { webAssembly } from '../../webassembly.js';
import type { WasmModule } from '../../webassembly.js';

/**
 * Compiles WebAssembly text.
 *
 * @param cacheDirectory folder of binaries; undefined for no cache
 */
async function compileText(text: string, cacheDirectory?: string): Promise<WasmModule> {
  const binary = await cached(cacheDirectory, `${assemblerVersion}\n${text}`, () => assemble(text));
  try {
    return await webAssembly.compile(binary);
  } catch (error) {
    throw new InvariantError(
      'runtime/targets/wasm',
      `the generated module is not valid: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function compile(program: Program, options: CompileOptions): Promise<Executable> {
  const threads = threadCount(program, options.threads);
  const generated = generateWasm(program, { parallel: threads > 1 });
  const module = await compileText(generated.text, options.cacheDirectory);
  return {
    sources: new Map([['program.wat', generated.text]]),
    threads,
    start: () => Promise.resolve().then(() => startSession(program, generated, module, threads)),
  };
}

function probe(): Promise<Availability> {
  const cores = availableParallelism();
  return Promise.resolve({
    target: 'wasm',
    available: true,
    devices: [`${cores} processor core${cores === 1 ? '' : 's'}, 128-bit vector lanes`],
  });
}

/** WebAssembly with vector lanes and threads. */
export const wasmTarget: Target = { name: 'wasm', hasThreads: true, probe, compile };
