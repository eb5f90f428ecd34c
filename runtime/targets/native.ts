/** Compiled libraries, called through koffi. */

import { createRequire } from 'node:module';
import type koffiModule from 'koffi';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { trustJavaScript } from './trust.js';

/** The library that calls compiled libraries. */
export type Koffi = typeof koffiModule;
let loaded: Koffi | undefined;

/** The default stack size of a program on Linux. */
const stackBytes = 8 * 2 ** 20;

/**
 * Loaded when first needed, since most commands do without. @throws UsageError when it has no binary for this platform
 */
export function koffi(): Koffi {
  try {
    if (loaded !== undefined) return loaded;
    // The package is CommonJS with a native part: bundlers must not include it.
    loaded = createRequire(import.meta.url)('koffi') as Koffi;
    // Native code has a stack of 2 MiB by default, and of 128 KiB outside the main thread; compilers called as
    // libraries need the stack of a program.
    loaded.config({ sync_stack_size: stackBytes, async_stack_size: stackBytes });
    return loaded;
  } catch (error) {
    throw new UsageError(
      'the package koffi, needed to call compiled code, cannot be loaded ' +
        `(${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''})`,
      'install interneuron again, or use the target wasm',
    );
  }
}

/** Why compiled code cannot be called here, or undefined. */
export function callingProblem(): UsageError | undefined {
  try {
    koffi();
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

/** A library of the system, as koffi has it. */
export type NativeLibrary = ReturnType<Koffi['load']>;

/**
 * Returns a function that loads a system library: the first existing one of its names, at the first use, and again if
 * its names change.
 *
 * @param title name in messages: `the CUDA driver`
 * @param names its names, in the order of trying
 * @param missing returns the error if none exists
 * @throws UsageError `missing`, or if loading it changed this process's arithmetic
 */
export function systemLibrary<Api>(
  title: string,
  names: () => readonly string[],
  declare: (native: Koffi, library: NativeLibrary, name: string) => Api,
  missing: (names: readonly string[]) => UsageError,
): () => Api {
  let loaded: { readonly wanted: string; readonly api: Api } | undefined;
  return () => {
    const tried = names();
    const wanted = tried.join(' ');
    if (loaded?.wanted === wanted) return loaded.api;
    const native = koffi();
    trustJavaScript(`before ${title} is loaded`);
    for (const name of tried) {
      let library: NativeLibrary;
      try {
        library = native.load(name);
      } catch {
        continue;
      }
      const api = declare(native, library, name);
      loaded = { wanted, api };
      return api;
    }
    throw missing(tried);
  };
}
