/** From source to code for a device, kept by content. */

import { compileError } from '../device/compile-error.js';
import { cached } from '../wasm/cache.js';
import { architectureFor, exactOptions } from './compilers.js';
import type { CudaCompiler } from './compiler.js';
import type { CudaDevice } from './devices.js';

/** Threads of blocks, which kernels are compiled for: of independent items at most, and of teams. */
export interface BlockSizes {
  /** Threads of a block of independent items, at most. */
  readonly group: number;
  /** Threads of a block that works on one thing together. */
  readonly team: number;
  /** Threads that look through a mask together. */
  readonly scan: number;
}

/** A program compiled for a device. */
export interface BuiltProgram {
  /** Code for the architecture of the device: a cubin. */
  readonly image: Uint8Array;
  readonly compiler: CudaCompiler;
}

/** Why a compiler cannot serve a device; undefined when it can. */
export function unservedBy({ title, capabilities }: CudaCompiler, { capability }: CudaDevice): string | undefined {
  if (architectureFor(capabilities, capability) !== undefined) return undefined;
  const least = capabilities[0] ?? 0;
  return (
    `${title} makes no code for compute capability ${capability / 10}, but from ${least / 10} on: install an older ` +
    'version of CUDA'
  );
}

/** Options of a compilation, for either compiler. */
export function buildOptions(
  compiler: CudaCompiler,
  device: CudaDevice,
  { group, team, scan }: BlockSizes,
): readonly string[] {
  const architecture = architectureFor(compiler.capabilities, device.capability) ?? `sm_${device.capability}`;
  return [
    `--gpu-architecture=${architecture}`,
    '-std=c++17',
    ...exactOptions,
    `-DGROUP_SIZE=${group}`,
    `-DTEAM_SIZE=${team}`,
    `-DSCAN_SIZE=${scan}`,
  ];
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
    if ('log' in compiled)
      throw await compileError({
        compiler: compiler.title,
        log: compiled.log,
        silent: 'it printed no message',
        target: 'cuda',
        file: 'network.cu',
        source,
        hint: 'install another version of CUDA, or use another target',
      });
    return compiled.image;
  };
  return { image: await cached(cache, cacheKey(compiler, options, source), compile, 'cubin'), compiler };
}
