/** The wasm target with its cache on disk. */

import { cached } from './cache.js';
import { createWasmTarget } from './create-target.js';

/** WebAssembly with vector lanes and threads. */
export const wasmTarget = createWasmTarget(cached);
