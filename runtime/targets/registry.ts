/** All targets by name. */

import { cTarget } from './c/target.js';
import { cudaTarget } from './cuda/target.js';
import { mpiTarget } from './mpi/target.js';
import { nullTarget } from './null/target.js';
import { openclTarget } from './opencl/target.js';
import { referenceTarget } from './reference/target.js';
import type { Target } from './target.js';
import { wasmTarget } from './wasm/target.js';

/** The targets of this build, by their names for users. */
export const targets: Readonly<Record<string, Target>> = {
  reference: referenceTarget,
  null: nullTarget,
  wasm: wasmTarget,
  c: cTarget,
  mpi: mpiTarget,
  opencl: openclTarget,
  cuda: cudaTarget,
};
