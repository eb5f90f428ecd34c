/** The compilers for CUDA C++ on this machine: NVRTC, a library, and nvcc, a program. */

import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isolatedPython } from '../../../src/platform/python.js';
import { runProgram } from '../c/compiler.js';
import type { Architecture, CudaCompiler } from './compiler.js';
import { nvccCompiler } from './nvcc.js';
import { nvrtcCompiler } from './nvrtc.js';
import { versionText } from './devices.js';

/** Installation hint. */
export const compilerHint =
  'install NVRTC or nvcc of the CUDA version that nvidia-smi shows: apt-get install cuda-nvrtc-13-0 (of NVIDIA), ' +
  'nvidia-cuda-toolkit (Debian, Ubuntu), or pip install nvidia-cuda-nvrtc; INTERNEURON_NVRTC_LIBRARY and CUDACXX ' +
  'name others';

/** Returns folders of installed toolkits, beginning with those that the user names. */
function toolkits(): readonly string[] {
  const named = [process.env['CUDA_PATH'], process.env['CUDA_HOME']].filter(
    (path): path is string => path !== undefined && path !== '',
  );
  let installed: string[] = [];
  try {
    installed = readdirSync('/usr/local')
      .filter((name) => /^cuda(-[\d.]+)?$/.test(name))
      .sort()
      .map((name) => `/usr/local/${name}`);
  } catch {
    // There is no such folder on every system.
  }
  return [...named, ...installed, '/opt/cuda'];
}

/** Names of the library NVRTC, the newest first; the version 11 has its own number. */
const libraryNames =
  process.platform === 'win32'
    ? ['nvrtc64_130_0.dll', 'nvrtc64_120_0.dll', 'nvrtc64_112_0.dll']
    : ['libnvrtc.so.13', 'libnvrtc.so.12', 'libnvrtc.so.11.2', 'libnvrtc.so'];

/** Paths of NVRTC in toolkits. */
function libraryPaths(): readonly string[] {
  return toolkits()
    .flatMap((folder) => ['lib64', 'lib', 'targets/x86_64-linux/lib', 'bin'].map((part) => join(folder, part)))
    .flatMap((folder) => libraryNames.map((name) => join(folder, name)))
    .filter((path) => existsSync(path));
}

/** Returns paths of NVRTC among Python packages installed by pip. */
async function pythonPaths(): Promise<readonly string[]> {
  const { words, options } = isolatedPython(['-c', 'import nvidia; print("\\n".join(nvidia.__path__))']);
  const { status, stdout } = await runProgram(['python3', ...words], options);
  if (status !== 0) return [];
  return stdout
    .split('\n')
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => ['cu13', 'cuda_nvrtc'].map((part) => join(folder, part, 'lib')))
    .flatMap((folder) => libraryNames.map((name) => join(folder, name)))
    .filter((path) => existsSync(path));
}

/** Where the search ended. */
interface FoundCompiler {
  readonly compiler?: CudaCompiler;
  /** Compilers that are there and do not fit the driver, with the reason. */
  readonly unfit: readonly string[];
}

const searches = new Map<string, Promise<FoundCompiler>>();

/**
 * Returns the first compiler with output that a driver accepts. NVRTC is tried before nvcc, which also needs a C++
 * compiler and takes seconds to start.
 *
 * @param driver version of CUDA that the driver supports
 */
export function findCudaCompiler(driver: number): Promise<FoundCompiler> {
  const namedLibrary = process.env['INTERNEURON_NVRTC_LIBRARY'] ?? '';
  const named = process.env['CUDACXX'] ?? '';
  const key = JSON.stringify([driver, namedLibrary, named]);
  const known = searches.get(key) ?? search(driver, namedLibrary, named);
  searches.set(key, known);
  return known;
}

async function search(driver: number, own: string, named: string): Promise<FoundCompiler> {
  const unfit: string[] = [];
  // A newer minor version makes code that older drivers take, a newer major version does not.
  const fits = (compiler: CudaCompiler | undefined): compiler is CudaCompiler => {
    if (compiler === undefined) return false;
    if (Math.floor(compiler.version / 1000) <= Math.floor(driver / 1000)) return true;
    unfit.push(`${compiler.title} is too new for the driver, which supports CUDA ${versionText(driver)}`);
    return false;
  };
  const libraries = async function* (): AsyncGenerator<string> {
    if (own !== '') {
      yield own;
      return;
    }
    yield* libraryNames;
    yield* libraryPaths();
    yield* await pythonPaths();
  };
  for await (const library of libraries()) {
    const compiler = nvrtcCompiler(library);
    if (fits(compiler)) return { compiler, unfit };
  }
  if (own !== '') unfit.push(`INTERNEURON_NVRTC_LIBRARY names ${own}, which cannot be used`);
  const programs = [named, 'nvcc', ...toolkits().map((folder) => join(folder, 'bin', 'nvcc'))].filter(
    (program) => program !== '',
  );
  for (const program of programs) {
    const compiler = await nvccCompiler(program);
    if (fits(compiler)) return { compiler, unfit };
  }
  return { unfit: [...new Set(unfit)] };
}

/** Returns the architecture to compile for; undefined if the compiler supports no architecture of the device. */
export function architectureFor(capabilities: readonly number[], device: number): Architecture | undefined {
  if (capabilities.includes(device)) return `sm_${device}`;
  const lower = capabilities.filter((capability) => capability < device).at(-1);
  return lower === undefined ? undefined : `compute_${lower}`;
}

/** Options that keep the bits, of either compiler. */
export const exactOptions: readonly string[] = ['-fmad=false', '-ftz=false', '-prec-div=true', '-prec-sqrt=true'];
