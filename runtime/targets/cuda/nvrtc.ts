/** NVRTC: the compiler for CUDA C++ as a library, without files, without a C++ compiler. */

import { readdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { koffi } from '../native.js';
import type { Compiled, CudaCompiler } from './compiler.js';
import { trustJavaScript } from '../trust.js';

/** Prototypes; programs are integers of the width of a pointer. */
const nvrtcPrototypes = {
  nvrtcVersion: 'int32_t nvrtcVersion(void *, void *)',
  nvrtcGetErrorString: 'const char *nvrtcGetErrorString(int32_t)',
  nvrtcGetNumSupportedArchs: 'int32_t nvrtcGetNumSupportedArchs(void *)',
  nvrtcGetSupportedArchs: 'int32_t nvrtcGetSupportedArchs(void *)',
  nvrtcCreateProgram: 'int32_t nvrtcCreateProgram(void *, const char *, const char *, int32_t, void *, void *)',
  nvrtcCompileProgram: 'int32_t nvrtcCompileProgram(uint64_t, int32_t, const char **)',
  nvrtcGetProgramLogSize: 'int32_t nvrtcGetProgramLogSize(uint64_t, void *)',
  nvrtcGetProgramLog: 'int32_t nvrtcGetProgramLog(uint64_t, void *)',
  nvrtcGetCUBINSize: 'int32_t nvrtcGetCUBINSize(uint64_t, void *)',
  nvrtcGetCUBIN: 'int32_t nvrtcGetCUBIN(uint64_t, void *)',
  nvrtcGetPTXSize: 'int32_t nvrtcGetPTXSize(uint64_t, void *)',
  nvrtcGetPTX: 'int32_t nvrtcGetPTX(uint64_t, void *)',
  nvrtcDestroyProgram: 'int32_t nvrtcDestroyProgram(void *)',
} as const;

type NvrtcFunction = keyof typeof nvrtcPrototypes;
type NativeFunction = ReturnType<ReturnType<ReturnType<typeof koffi>['load']>['func']>;

const compilers = new Map<string, CudaCompiler | undefined>();

/**
 * The compiler in a library; undefined when there is no such library, or it is older than machine code from NVRTC (CUDA
 * 11.2).
 */
export function nvrtcCompiler(path: string): CudaCompiler | undefined {
  if (!compilers.has(path)) compilers.set(path, open(path));
  return compilers.get(path);
}

/** A library without a reference is unloaded. */
const held: unknown[] = [];

/**
 * Loads the libraries that NVRTC loads by name when it compiles: they must already be loaded if the system does not
 * search their folder.
 */
function loadBuiltins(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder))
    if (/^libnvrtc-builtins\.so\.[\d.]+$/.test(name)) held.push(koffi().load(join(folder, name)));
}

function open(path: string): CudaCompiler | undefined {
  let functions: Record<NvrtcFunction, NativeFunction>;
  try {
    const library = koffi().load(path);
    if (isAbsolute(path)) loadBuiltins(path);
    const declared = Object.entries(nvrtcPrototypes).map(
      ([name, prototype]) => [name, library.func(prototype)] as const,
    );
    functions = Object.fromEntries(declared) as Record<NvrtcFunction, NativeFunction>;
  } catch {
    return undefined;
  }
  trustJavaScript('after the compiler NVRTC was loaded');
  const [major, minor, count] = [new Int32Array(1), new Int32Array(1), new Int32Array(1)];
  if (functions.nvrtcVersion(major, minor) !== 0 || functions.nvrtcGetNumSupportedArchs(count) !== 0) return undefined;
  const capabilities = new Int32Array(count[0] ?? 0);
  if (functions.nvrtcGetSupportedArchs(capabilities) !== 0) return undefined;
  const version = `${major[0] ?? 0}.${minor[0] ?? 0}`;
  return {
    title: `NVRTC ${version}`,
    identity: `NVRTC ${version}`,
    version: 1000 * (major[0] ?? 0) + 10 * (minor[0] ?? 0),
    capabilities: [...capabilities].sort((a, b) => a - b),
    compile: (source, options) => compile(functions, source, options),
  };
}

async function compile(
  functions: Record<NvrtcFunction, NativeFunction>,
  source: string,
  options: readonly string[],
): Promise<Compiled> {
  const sentence = (code: number): string => String(functions.nvrtcGetErrorString(code));
  const program = new BigUint64Array(1);
  const created = Number(functions.nvrtcCreateProgram(program, source, 'network.cu', 0, null, null));
  if (created !== 0) return { log: `error: ${sentence(created)}` };
  const handle = program[0] ?? 0n;
  try {
    const code = await new Promise<number>((resolve, reject) => {
      functions.nvrtcCompileProgram.async(
        handle,
        options.length,
        [...options],
        (error: Error | null, result: unknown) => {
          if (error) reject(error);
          else resolve(Number(result));
        },
      );
    });
    if (code !== 0) {
      const log = textOf(bytesOf(functions.nvrtcGetProgramLogSize, functions.nvrtcGetProgramLog, handle));
      return { log: log === '' ? `error: ${sentence(code)}` : log };
    }
    const virtual = options.some((option) => option.includes('=compute_'));
    const image = virtual
      ? bytesOf(functions.nvrtcGetPTXSize, functions.nvrtcGetPTX, handle)
      : bytesOf(functions.nvrtcGetCUBINSize, functions.nvrtcGetCUBIN, handle);
    return image.length === 0 ? { log: 'error: NVRTC gives no code' } : { image };
  } finally {
    functions.nvrtcDestroyProgram(program);
  }
}

function bytesOf(sizeOf: NativeFunction, get: NativeFunction, handle: bigint): Uint8Array {
  const size = new BigUint64Array(1);
  if (sizeOf(handle, size) !== 0) return new Uint8Array(0);
  const bytes = new Uint8Array(Number(size[0]));
  return bytes.length > 0 && get(handle, bytes) === 0 ? bytes : new Uint8Array(0);
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replace(/\0/g, '').trim();
