/** From source to code for a device, kept by content. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { cached } from '../wasm/cache.js';
import { architectureFor, exactOptions } from './compilers.js';
import type { CudaCompiler } from './compiler.js';
import type { CudaDevice } from './devices.js';

/** Threads of blocks, which kernels are compiled for: of independent items at most, and of teams. */
export interface BlockSizes {
  readonly group: number;
  readonly team: number;
}

/** A program compiled for a device. */
export interface BuiltProgram {
  readonly image: Uint8Array;
  readonly compiler: CudaCompiler;
}

/** Why a compiler cannot serve a device; undefined when it can. */
export function unservedBy({ title, capabilities }: CudaCompiler, { capability }: CudaDevice): string | undefined {
  if (architectureFor(capabilities, capability) !== undefined) return undefined;
  const least = capabilities[0] ?? 0;
  return `${title} makes no code for compute capability ${capability / 10}, but from ${least / 10} on: install an older version of CUDA`;
}

/** Options of a compilation, for either compiler. */
export function buildOptions(compiler: CudaCompiler, device: CudaDevice, { group, team }: BlockSizes): readonly string[] {
  const architecture = architectureFor(compiler.capabilities, device.capability) ?? `sm_${device.capability}`;
  return [`--gpu-architecture=${architecture}`, '-std=c++17', ...exactOptions, `-DGROUP_SIZE=${group}`, `-DTEAM_SIZE=${team}`];
}

const firstError = (log: string): string => {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /\berror\b/i.test(line)) ?? lines[0] ?? 'it said nothing').trim();
};

/** The error of a compiler that fails; the source is kept for the user to look into. */
async function compileError({ title }: CudaCompiler, log: string, source: string): Promise<UsageError> {
  let path = '';
  try {
    const folder = await mkdtemp(join(tmpdir(), 'interneuron-cuda-'));
    path = join(folder, 'network.cu');
    writeFileSync(path, source);
    writeFileSync(join(folder, 'compiler.log'), `${log}\n`);
  } catch {
    // Without a folder the message has to do.
  }
  return new UsageError(
    `${title} cannot compile the generated source${path === '' ? '' : ` ${path}`}: ${firstError(log)}`,
    `${path === '' ? '' : 'all that it said is in compiler.log beside it; '}install another version of CUDA, or use another target`,
  );
}

/** All that the code depends on. */
const cacheKey = (compiler: CudaCompiler, options: readonly string[], source: string): string =>
  JSON.stringify(['interneuron cuda 1', compiler.identity, options, source]);

/**
 * Compiles a source for a device, or takes its code from the cache.
 *
 * @param cache  folder of entries; none is kept when undefined
 * @throws UsageError when the compiler fails, with its message and the path of the source
 */
export async function buildProgram(
  compiler: CudaCompiler,
  source: string,
  options: readonly string[],
  cache: string | undefined,
): Promise<BuiltProgram> {
  const compile = async (): Promise<Uint8Array> => {
    const compiled = await compiler.compile(source, options);
    if ('log' in compiled) throw await compileError(compiler, compiled.log, source);
    return compiled.image;
  };
  if (cache !== undefined) {
    try {
      mkdirSync(cache, { recursive: true, mode: 0o700 });
    } catch {
      // A cache that cannot be written costs time, nothing else.
    }
  }
  return { image: await cached(cache, cacheKey(compiler, options, source), compile, 'cubin'), compiler };
}
