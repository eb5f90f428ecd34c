/**
 * The parts of the WebAssembly interface that are used here; the language's own library files declare it only for
 * browsers.
 */

/** A compiled module; threads share it. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

/** A linear memory that threads share. */
export interface WasmMemory {
  /** Its bytes; another object after it has grown. */
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB. @returns the pages that there were */
  grow(pages: number): number;
}

/** A linear memory of one thread. */
interface PlainMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyNamespace {
  compile(binary: Uint8Array): Promise<WasmModule>;
  /** Compiles and links a module, as packages with their own WebAssembly do. */
  instantiate: (binary: Uint8Array, imports: Readonly<Record<string, object>>) => Promise<unknown>;
  /** Compiles at once, which suits small modules. */
  readonly Module: new (binary: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: {
    new (descriptor: { readonly initial: number; readonly maximum: number; readonly shared: true }): WasmMemory;
    new (descriptor: { readonly initial: number }): PlainMemory;
  };
}

/** The engine's own WebAssembly. */
export const webAssembly: WebAssemblyNamespace = (
  globalThis as unknown as { readonly WebAssembly: WebAssemblyNamespace }
).WebAssembly;
