/** Targets in a browser. */

import type { Target } from './target.js';
import { createWasmTarget } from './wasm/create-target.js';

const targets: Readonly<Record<string, Target>> = { wasm: createWasmTarget((_, __, make) => make()) };

/** Returns the targets by name. */
export const loadTargets = (): Promise<typeof targets> => Promise.resolve(targets);
