/** Targets in a browser. */

import type { Target } from './target.js';
import { createWasmTarget } from './wasm/create-target.js';

/** The targets by name. */
export const targets: Readonly<Record<string, Target>> = { wasm: createWasmTarget((_, __, make) => make()) };
