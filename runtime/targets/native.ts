/** Compiled libraries, called through koffi. */

import { createRequire } from 'node:module';
import type koffiModule from 'koffi';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { trustJavaScript } from './trust.js';

/** The library that calls compiled libraries. */
export type Koffi = typeof koffiModule;
let loaded: Koffi | undefined;

/** What Linux gives a program. */
const stackBytes = 8 * 2 ** 20;

/**
 * Loaded when first needed, since most commands do without. @throws UsageError when it has no binary for this platform
 */
export function koffi(): Koffi {
  try {
    if (loaded !== undefined) return loaded;
    // The package is CommonJS with a native part: bundlers leave it where it is.
    loaded = createRequire(import.meta.url)('koffi') as Koffi;
    // Native code has a stack of 2 MiB as a rule, and of 128 KiB beside the main thread; compilers that are called as
    // libraries need that of a program.
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
 * The functions of a library of the system: of the first of its names that is there; loaded when first asked for, and
 * again when it goes by other names.
 *
 * @param title    as messages name it: `the CUDA driver`
 * @param names    its names, in the order of trying
 * @param missing  what to say when there is none
 * @throws UsageError `missing`, or when loading it changed how this process computes
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
