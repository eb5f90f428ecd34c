/**
 * Replacements of the CUDA driver and of NVRTC, built from the sources in this folder, for tests of the cuda target
 * without a device.
 */

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { koffi } from '../../../runtime/targets/native.js';
import { runProgram } from '../../../runtime/targets/c/compiler.js';
import { root } from '../import-graph.js';

/** Settings of a test: a device's sizes, and failures with their times. See `driver.cpp`. */
export type Setting =
  | 'devices'
  | 'memory'
  | 'others'
  | 'capability'
  | 'version'
  | 'units'
  | 'threads'
  | 'seed'
  | 'fail'
  | 'fail_after'
  | 'graphs'
  | 'mode'
  | 'cooperative';

/** The two libraries; each pair has a device of its own. */
export interface LookAlike {
  /** Paths for INTERNEURON_CUDA_LIBRARY and INTERNEURON_NVRTC_LIBRARY. */
  readonly cuda: string;
  readonly nvrtc: string;
  set(setting: Setting, value: number): void;
  /**
   * How often something happened since `clear`: launches asked for, kernels run, graphs made and launched, cooperative
   * launches, objects that are held, resets.
   */
  count(what: 'launches' | 'kernels' | 'graphs' | 'graph_launches' | 'together' | 'objects' | 'resets'): number;
  clear(): void;
  /** Points this process to them. */
  use(): void;
  dispose(): void;
}

/** Whether there is a compiler for them. */
export const canLookAlike = (await runProgram(['g++', '--version'])).status === 0;

const sources = join(root, 'test/support/cuda-driver');

/** Builds a library, or copies an earlier build of the same source. */
async function build(source: string, library: string, options: readonly string[]): Promise<void> {
  const command = ['g++', '-std=c++17', '-Wall', '-fvisibility=hidden', '-shared', '-fPIC', ...options, source];
  const key = createHash('sha256').update(JSON.stringify(command)).update(readFileSync(source)).digest('hex');
  const kept = join(root, 'out', 'look-alike', `${key}.so`);
  if (!existsSync(kept)) {
    mkdirSync(join(kept, '..'), { recursive: true });
    const unfinished = `${kept}.${process.pid}`;
    const { status, stderr } = await runProgram([...command, '-o', unfinished, '-ldl']);
    if (status !== 0) throw new Error(stderr);
    renameSync(unfinished, kept);
  }
  copyFileSync(kept, library);
}

/** Builds both. */
export async function buildLookAlike(): Promise<LookAlike> {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-cuda-driver-'));
  const [cuda, nvrtc] = [join(folder, 'libcuda.so.1'), join(folder, 'libnvrtc.so.13')];
  await Promise.all([
    build(join(sources, 'driver.cpp'), cuda, ['-O1']),
    build(join(sources, 'nvrtc.cpp'), nvrtc, [`-DSHIM="${join(root, 'test/support/cuda-shim/shim.hpp')}"`]),
  ]);
  const library = koffi().load(cuda);
  const set = library.func('void lookalike_set(const char *, int64_t)');
  const count = library.func('int64_t lookalike_count(const char *)');
  const clear = library.func('void lookalike_clear()');
  return {
    cuda,
    nvrtc,
    set: (setting, value) => void set(setting, value),
    count: (what) => Number(count(what)),
    clear: () => void clear(),
    use: () => {
      process.env['INTERNEURON_CUDA_LIBRARY'] = cuda;
      process.env['INTERNEURON_NVRTC_LIBRARY'] = nvrtc;
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Returns the header of the driver if CUDA is installed. */
export async function cudaHeader(): Promise<string | undefined> {
  const { stdout } = await runProgram(['nvcc', '--dryrun', '-E', '-x', 'cu', '/dev/null']);
  const { stderr } = await runProgram(['nvcc', '--dryrun', '-E', '-x', 'cu', '/dev/null']);
  const top = /TOP=(\S+)/.exec(`${stdout}${stderr}`)?.[1];
  return top === undefined ? undefined : join(top, 'include');
}
