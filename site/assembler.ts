/** The assembler of a page of one file, which holds it as a part. */

import type load from 'wabt';
import { addressOf } from './parts.js';

/** Loads the assembler. */
export async function start(): ReturnType<typeof load> {
  const library = (await import(await addressOf('wabt'))) as { readonly default: typeof load };
  return library.default();
}
