/**
 * The engines compared for stepping element by element: the reference first, WebAssembly on one thread second, and C if
 * this machine has a compiler.
 */

import { targets } from '../../../runtime/targets/registry.js';
import { anyCompiler } from '../../runtime/targets/c/compilers.js';
import type { Engine } from '../../support/simulate.js';

export const engines: readonly Engine[] = [
  { target: 'reference', threads: 1 },
  { target: 'wasm', threads: 1 },
  { target: 'wasm', threads: 2 },
  ...(targets['c'] && anyCompiler ? [{ target: 'c', threads: 2 } as unknown as Engine] : []),
];
