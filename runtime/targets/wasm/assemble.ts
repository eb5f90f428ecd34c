/** WebAssembly text to binary, by wabt, which is loaded only when a binary is not in the cache. */

import type load from 'wabt';
import { InvariantError } from '../../../src/diagnostics/diagnostic.js';

/** The version is part of the cache's key. */
export const assemblerVersion = 'wabt 1.0.39';

type Assembler = Awaited<ReturnType<typeof load>>;

/** The assembler that was loaded last: loading takes longer than most modules. Its memory is given back when memory is short. */
let loaded: WeakRef<Assembler> | undefined;

async function assembler(): Promise<Assembler> {
  const known = loaded?.deref();
  if (known !== undefined) return known;
  const { default: start } = await import('wabt');
  const started = await start();
  loaded = new WeakRef(started);
  return started;
}

/** @throws InvariantError when the text cannot be read; the engine checks types when it compiles the binary */
export async function assemble(text: string): Promise<Uint8Array> {
  const wabt = await assembler();
  try {
    const module = wabt.parseWat('program.wat', text, {
      simd: true,
      threads: true,
      multi_value: true,
      sat_float_to_int: true,
      bulk_memory: true,
      sign_extension: true,
    });
    try {
      module.resolveNames();
      return module.toBinary({ write_debug_names: true }).buffer.slice();
    } finally {
      module.destroy();
    }
  } catch (error) {
    // A failure can leave the memory of the assembler in disorder.
    loaded = undefined;
    throw new InvariantError(
      'runtime/targets/wasm',
      `the generated module cannot be assembled: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
