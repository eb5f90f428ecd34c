/**
 * A target that executes generated CUDA C++ on the processor, thread by thread in an order that a seed gives: see
 * `shim.hpp`.
 */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { koffi } from '../../../runtime/targets/native.js';
import { runProgram } from '../../../runtime/targets/c/compiler.js';
import type { DeviceDriver, Handle } from '../../../runtime/targets/device/driver.js';
import { startSession } from '../../../runtime/targets/device/session.js';
import type { Target } from '../../../runtime/targets/target.js';
import { generateCuda } from '../../../src/codegen/c/device/generate.js';
import type { GeneratedDevice } from '../../../src/codegen/c/device/generate.js';
import type { TargetStrategy } from '../../../src/codegen/c/device/context.js';
import { trustOperands } from '../../../src/codegen/c/trust.js';
import type { DeviceSizes } from '../../../src/codegen/schedule/launches.js';
import { root } from '../import-graph.js';

export interface ShimOptions {
  readonly sizes?: DeviceSizes;
  readonly targets?: TargetStrategy;
  /** Seed of the order of blocks and threads. */
  readonly seed?: number;
  /** Changes the source, to see that faults of it are found. */
  readonly change?: (source: string) => string;
  /** Told the entry of each launch. */
  readonly launched?: (entry: string) => void;
}

type Library = ReturnType<ReturnType<typeof koffi>['load']>;

/** The C++ that includes shim and source, and calls each kernel by its number. */
function hostText({ launches }: GeneratedDevice): string {
  const cases = [...launches.values()].map(({ entry }, k) => `    case ${k}: shim_call(${entry}, *a); break;`);
  return `#include "${join(root, 'test/support/cuda-shim/shim.hpp')}"
#include "network.cu"
static unsigned shim_kernel;
static void shim_dispatch(void *arguments)
{
  const shim_arguments *a = (const shim_arguments *)arguments;
  switch (shim_kernel) {
${cases.join('\n')}
    default: break;
  }
}
struct shim_trust_arguments { const double *all; unsigned *failures; };
static void shim_trust_dispatch(void *arguments)
{
  const shim_trust_arguments *a = (const shim_trust_arguments *)arguments;
  trust(a->all, a->failures);
}
extern "C" const char *shim_launch(uint32_t kernel, uint32_t blocks, uint32_t threads, uint64_t arena, int32_t step, const void *own, uint64_t seed)
{
  shim_arguments a = {(unsigned char *)(uintptr_t)arena, step, (void *const *)own};
  shim_kernel = kernel;
  return shim_run({shim_dispatch, &a}, blocks, threads, seed);
}
extern "C" uint32_t shim_trust(const double *all)
{
  unsigned failures = 0u;
  shim_trust_arguments a = {all, &failures};
  shim_run({shim_trust_dispatch, &a}, 2u, 32u, 1u);
  return failures;
}
`;
}

const built = new Map<string, Library>();

async function build(
  generated: GeneratedDevice,
  source: string,
  { group, team, scan = team }: DeviceSizes,
): Promise<Library> {
  const host = hostText(generated);
  const key = createHash('sha256').update(`${group} ${team} ${scan} ${host} ${source}`).digest('hex');
  const known = built.get(key);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-cuda-shim-'));
  try {
    writeFileSync(join(folder, 'network.cu'), source);
    writeFileSync(join(folder, 'host.cpp'), host);
    const options = [
      '-std=c++17',
      '-O1',
      '-ffp-contract=off',
      '-fno-strict-aliasing',
      '-w',
      `-DGROUP_SIZE=${group}`,
      `-DTEAM_SIZE=${team}`,
      `-DSCAN_SIZE=${scan}`,
    ];
    const { status, stderr } = await runProgram(['g++', ...options, '-shared', '-fPIC', '-o', 'shim.so', 'host.cpp'], {
      cwd: folder,
    });
    if (status !== 0) throw new Error(stderr);
    const library = koffi().load(join(folder, 'shim.so'));
    built.set(key, library);
    return library;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether there is a compiler for it. */
export const canShim = (await runProgram(['g++', '--version'])).status === 0;

class ShimDriver implements DeviceDriver {
  readonly title = 'the shim';
  readonly memory = 2 ** 33;
  readonly mostAllocated = 2 ** 32;
  readonly #entries: readonly string[];
  readonly #arguments = new Map<Handle, bigint[]>();
  readonly #seed: number;
  readonly #launched: (entry: string) => void;
  #launches = 0;
  readonly #call: (name: string, ...args: unknown[]) => unknown;

  constructor(library: Library, entries: readonly string[], seed: number, launched: (entry: string) => void) {
    this.#entries = entries;
    this.#launched = launched;
    this.#seed = seed;
    const prototypes: Record<string, string> = {
      shim_allocate: 'uint64_t shim_allocate(uint64_t)',
      shim_free: 'void shim_free(uint64_t)',
      shim_read: 'void shim_read(uint64_t, uint64_t, uint64_t, void *)',
      shim_write: 'void shim_write(uint64_t, uint64_t, uint64_t, void *)',
      shim_fill: 'void shim_fill(uint64_t, uint64_t, uint64_t, void *, uint64_t)',
      shim_launch: 'const char *shim_launch(uint32_t, uint32_t, uint32_t, uint64_t, int32_t, void *, uint64_t)',
      shim_trust: 'uint32_t shim_trust(void *)',
    };
    const functions = Object.fromEntries(Object.entries(prototypes).map(([name, text]) => [name, library.func(text)]));
    this.#call = (name, ...args) => functions[name]?.(...args) as unknown;
  }

  trust(): number {
    return Number(this.#call('shim_trust', Float64Array.from(trustOperands)));
  }
  allocate(bytes: number): Handle {
    return this.#call('shim_allocate', Math.max(1, bytes)) as Handle;
  }
  free(memory: Handle): void {
    this.#call('shim_free', memory);
  }
  read(memory: Handle, offset: number, to: ArrayBufferView): void {
    this.#call('shim_read', memory, offset, to.byteLength, to);
  }
  write(memory: Handle, offset: number, from: ArrayBufferView): void {
    this.#call('shim_write', memory, offset, from.byteLength, from);
  }
  fill(memory: Handle, offset: number, bytes: number, pattern: ArrayBufferView): void {
    this.#call('shim_fill', memory, offset, bytes, pattern, pattern.byteLength);
  }
  kernel(entry: string): Handle {
    const kernel = this.#entries.indexOf(entry);
    this.#arguments.set(kernel, []);
    return kernel;
  }
  setMemory(kernel: Handle, position: number, memory: Handle): void {
    const own = this.#arguments.get(kernel) ?? [];
    own[position === 0 ? 0 : position - 1] = BigInt(memory);
  }
  launch(
    kernel: Handle,
    step: Int32Array,
    { global, local }: { readonly global: number; readonly local: number },
  ): void {
    const [arena = 0n, ...own] = this.#arguments.get(kernel) ?? [];
    this.#launches += 1;
    this.#launched(this.#entries[Number(kernel)] ?? '');
    const seed = this.#seed * 2 ** 20 + (this.#launches % 2 ** 20);
    const error = this.#call(
      'shim_launch',
      kernel,
      global / local,
      local,
      arena,
      step[0] ?? 0,
      BigUint64Array.from([...own, 0n]),
      seed,
    );
    if (typeof error === 'string') throw new Error(`${this.#entries[Number(kernel)] ?? ''}: ${error}`);
  }
  flush(): void {
    // Everything is done when it is asked for.
  }
  finish(): Promise<void> {
    return Promise.resolve();
  }
  dispose(): void {
    this.#arguments.clear();
  }
}

/** A target for tests. */
export function shimTarget({
  sizes = { group: 64, team: 32, scan: 64, groups: 4 },
  targets = 'atomic',
  seed = 1,
  change = (text) => text,
  launched = () => undefined,
}: ShimOptions = {}): Target {
  return {
    name: 'cuda-shim',
    probe: () => Promise.resolve({ target: 'cuda-shim', available: canShim, devices: ['fibres'] }),
    compile: async (program) => {
      const generated = generateCuda(program, targets);
      const source = change(generated.source);
      const library = await build(generated, source, sizes);
      return {
        sources: new Map([['network.cu', source]]),
        start: () => {
          const driver = new ShimDriver(
            library,
            [...generated.launches.values()].map(({ entry }) => entry),
            seed,
            launched,
          );
          const failed = driver.trust();
          if (failed !== 0) throw new Error(`checks ${failed.toString(2)} of arithmetic fail`);
          return Promise.resolve(startSession({ program, generated, sizes, driver }));
        },
      };
    },
  };
}
