/** The assembler: a page of one file holds it as a part, the package as a module. */

import type load from 'wabt';
import { addressOf, isOfPage } from './parts.js';

/** Loads the assembler. */
export async function start(): ReturnType<typeof load> {
  const library = (await (isOfPage() ? import(await addressOf('wabt')) : import('interneuron:assembler'))) as {
    readonly default: typeof load;
  };
  return library.default();
}
