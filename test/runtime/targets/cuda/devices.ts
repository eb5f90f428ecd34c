/** A device for tests of the cuda target: the replacement driver, and the installed CUDA compilers. */

import { rmSync } from 'node:fs';
import { findCudaCompiler } from '../../../../runtime/targets/cuda/compilers.js';
import { nvccCompiler } from '../../../../runtime/targets/cuda/nvcc.js';
import { nvrtcCompiler } from '../../../../runtime/targets/cuda/nvrtc.js';

/** nvcc of this machine. */
export const nvcc = await nvccCompiler('nvcc');

const own = process.env['INTERNEURON_NVRTC_LIBRARY'];
const found = own === undefined ? (await findCudaCompiler(99_000)).compiler : nvrtcCompiler(own);

/** NVRTC of this machine. */
export const nvrtc = found?.title.startsWith('NVRTC') ? found : undefined;

/** Removes the files of a failed compilation that are kept for inspection. @returns its path */
export function removeKept(message: string): string {
  const path = /(\S*network\.cu): /.exec(message)?.[1] ?? '';
  if (path !== '') rmSync(path.replace(/\/network\.cu$/, ''), { recursive: true });
  return path;
}
