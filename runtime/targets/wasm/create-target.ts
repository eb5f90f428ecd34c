/** The wasm target: always available, compiles in milliseconds, runs on threads over shared memory. */

import { platform } from '#platform';
import { InvariantError } from '../../../src/diagnostics/diagnostic.js';
import { generateWasm } from '../../../src/codegen/wasm/generate.js';
import { mostThreads } from '../../../src/codegen/wasm/layout.js';
import { optimise } from '../../../src/optimise/optimise.js';
import type { Program } from '../../../src/ir/program.js';
import type { Availability, CompileOptions, Executable, Target } from '../target.js';
import { assemble, assemblerVersion } from './assemble.js';
import { showing } from '../shown.js';
import { startSession } from './session.js';
import { threadCount } from '../threads.js';
import { webAssembly } from '../../webassembly.js';
import type { WasmModule } from '../../webassembly.js';

/**
 * Returns the binary of a source, perhaps from a cache.
 *
 * @param directory  folder of the cache; undefined for none
 * @param source  the only input of `make`
 */
type BinaryCache = (
  directory: string | undefined,
  source: string,
  make: () => Promise<Uint8Array>,
) => Promise<Uint8Array>;

/** Compiles WebAssembly text. */
async function compileText(text: string, cached: BinaryCache, directory?: string): Promise<WasmModule> {
  const binary = await cached(directory, `${assemblerVersion}\n${text}`, () => Promise.resolve(assemble(text)));
  try {
    return await webAssembly.compile(binary);
  } catch (error) {
    throw new InvariantError(
      'runtime/targets/wasm',
      `the generated module is not valid: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function compile(program: Program, options: CompileOptions, cached: BinaryCache): Promise<Executable> {
  const threads = Math.min(mostThreads, threadCount(program, options.threads));
  const generated = generateWasm(optimise(program, 'processors'), { parallel: threads > 1 });
  const module = await compileText(generated.text, cached, options.cacheDirectory);
  return {
    sources: new Map([['program.wat', generated.text]]),
    threads,
    start: () => Promise.resolve().then(() => showing(startSession(program, generated, module, threads), program)),
  };
}

function probe(): Promise<Availability> {
  const cores = platform.machine.parallelism();
  return Promise.resolve({
    target: 'wasm',
    available: true,
    devices: [`${cores} processor core${cores === 1 ? '' : 's'}, 128-bit vector lanes`],
  });
}

/** Returns WebAssembly with vector lanes and threads. */
export const createWasmTarget = (cached: BinaryCache): Target => ({
  name: 'wasm',
  hasThreads: true,
  probe,
  compile: (program, options) => compile(program, options, cached),
});
