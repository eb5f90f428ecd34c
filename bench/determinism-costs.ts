/**
 * What the rules of determinism cost: sums in fixed point against sums of floats, our own exponential function against
 * the mathematical library's, separate multiplications and additions against contracted ones. In C on one thread, in
 * WebAssembly, in the interpreter and, where there is a device, in OpenCL.
 *
 * `npx tsx bench/determinism-costs.ts [DEVICE]`; medians of rounds in which the ways take turns, in processor time, so
 * that their ratios hold on a machine that does other things as well.
 */

import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLibrary } from '../runtime/targets/c/build.js';
import { compileFlags, findCompiler } from '../runtime/targets/c/compiler.js';
import { koffi } from '../runtime/targets/native.js';
import { loadOpencl } from '../runtime/targets/opencl/api.js';
import { buildProgram, loadProgram, openDevice } from '../runtime/targets/opencl/build.js';
import { buildOptions, listDevices } from '../runtime/targets/opencl/devices.js';
import type { OpenclDevice } from '../runtime/targets/opencl/devices.js';
import { OpenclDriver } from '../runtime/targets/opencl/driver.js';
import { generateOpencl } from '../src/codegen/c/device/generate.js';
import { generateC } from '../src/codegen/c/generate.js';
import * as ir from '../src/ir/builder.js';
import { libraryFunction, withCallees } from '../src/ir/library/index.js';
import { numericsVersion } from '../src/ir/program.js';
import type { Buffer, Kernel, Program } from '../src/ir/program.js';
import { interpretedExponentials, wasmExponentials, wasmSums } from './determinism-costs-wasm.js';
import type { Way } from './determinism-costs-wasm.js';

const rounds = 31;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Nanoseconds an item by name, and each against the first. */
function show(title: string, times: ReadonlyMap<string, number>): void {
  const [first = NaN] = times.values();
  console.log(`\n${title}`);
  for (const [name, time] of times)
    console.log(`  ${name.padEnd(44)} ${time.toFixed(2).padStart(6)} ns  ${(time / first).toFixed(2)}`);
}

/** A program whose only kernel computes exp of numbers from -10 to 10 by our function. */
function exponentials(items: number, lanes = true): Program {
  const exp = libraryFunction('exp', 'f64');
  const values: Buffer = { name: 'values', element: 'f64', length: items, role: 'state', comment: '' };
  const index = ir.get({ name: 'index', type: 'u32' });
  const kernel: Kernel = {
    shape: 'map',
    name: 'ours',
    comment: '',
    domain: { kind: 'count', count: items },
    lanes,
    locals: [],
    body: [ir.store(values, index, ir.call(exp, ir.mul(ir.sub(ir.load(values, index), ir.f64(0.5)), ir.f64(20))))],
  };
  return {
    name: 'exponentials',
    precision: 'float64',
    dt: 1,
    numericsVersion,
    functions: withCallees([exp]),
    buffers: [values],
    kernels: [kernel],
    events: [],
    logs: [],
    schedule: { initialise: [], step: [{ kernel: 'ours', every: 1, offset: 0, slot: '' }], procedures: {} },
    manifest: {
      populations: [],
      events: [],
      variables: [],
      projections: [],
      samples: [],
      spikeLabel: 0,
      faults: {},
      notes: [],
    },
  };
}

/* --- C ------------------------------------------------------------------------------------------------------------ */

const scalar = '__attribute__((noinline, optimize("no-tree-vectorize")))';

/** Each does one thing `n` times, `again` times over. */
const inC = (exp: string): string => `
#include <math.h>
#define AGAIN for (uint32_t round = 0u; round < again; round += 1u)
#define EACH for (uint32_t k = 0u; k < n; k += 1u)
static inline uint32_t target_of(uint32_t k) { return (k * 2654435761u) >> 20; }

void sum_double(double *x, uint32_t n, uint32_t again) { AGAIN EACH x[target_of(k)] += x[4096u + k]; }
void sum_float(double *x, uint32_t n, uint32_t again)
{ float *f = (float *)x; AGAIN EACH f[target_of(k)] += f[8192u + k]; }
void sum_fixed(double *x, uint32_t n, uint32_t again)
{ int64_t *sums = (int64_t *)x; AGAIN EACH sums[target_of(k)] += sums[4096u + k]; }
void sum_fixed_converted(double *x, uint32_t n, uint32_t again)
{
  int64_t *sums = (int64_t *)x;
  AGAIN EACH { const double scaled = x[4096u + k] * 0x1p40 + 0x1.8p52; int64_t bits; memcpy(&bits, &scaled, 8); sums[target_of(k)] += bits - 0x4338000000000000; }
}
void sum_fixed_32(double *x, uint32_t n, uint32_t again)
{ int32_t *sums = (int32_t *)x; AGAIN EACH sums[target_of(k)] += sums[8192u + k]; }

void exp_ours_lanes(double *x, uint32_t n, uint32_t again)
{
  AGAIN
  #pragma omp simd
  EACH x[n + k] = ${exp}((x[k] - 0.5) * 20.0);
}
${scalar} void exp_ours_scalar(double *x, uint32_t n, uint32_t again) { AGAIN EACH x[n + k] = ${exp}((x[k] - 0.5) * 20.0); }
${scalar} void exp_library(double *x, uint32_t n, uint32_t again) { AGAIN EACH x[n + k] = exp((x[k] - 0.5) * 20.0); }

#if defined(__x86_64__) && defined(__AVX2__) && defined(__linux__)
#include <immintrin.h>
__m256d _ZGVdN4v_exp(__m256d);
void exp_library_lanes(double *x, uint32_t n, uint32_t again)
{
  AGAIN for (uint32_t k = 0u; k < n; k += 4u)
    _mm256_storeu_pd(x + n + k, _ZGVdN4v_exp((_mm256_loadu_pd(x + k) - 0.5) * 20.0));
}
#endif

/* A Horner scheme of degree 10, as the equations of Hodgkin and Huxley and our functions have. */
void horner(double *x, uint32_t n, uint32_t again)
{
  AGAIN
  #pragma omp simd
  EACH {
    const double a = x[k];
    double sum = 0.1;
    for (int power = 0; power < 10; power += 1) sum = sum * a + 0.3;
    x[n + k] = sum;
  }
}
`;

type Measured = (memory: Float64Array, count: number, again: number) => void;

/** Functions of a library that is built with some options. */
async function load(source: string, header: string, extra: readonly string[]): Promise<(name: string) => Measured> {
  const compiler = await findCompiler();
  if (compiler === undefined) throw new Error('there is no C compiler');
  const files = new Map([
    ['network.h', header],
    ['network.c', source],
  ]);
  const flags = [...compileFlags('-O3', false, compiler.title), ...extra];
  const { path } = await buildLibrary({ files, compiler, flags }, join(tmpdir(), 'interneuron-bench'));
  const library = koffi().load(path);
  return (name) => library.func(`void ${name}(void *, uint32_t, uint32_t)`);
}

/** Processor time of each way, in turn. */
function race(count: number, ways: ReadonlyMap<string, Measured>): ReadonlyMap<string, number> {
  const again = Math.ceil(2e6 / count);
  const times = new Map([...ways.keys()].map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of ways) {
      const memory = new Float64Array(8192 + 2 * count).fill(0.25);
      run(memory, count, 1);
      const began = process.cpuUsage();
      run(memory, count, again);
      const { user, system } = process.cpuUsage(began);
      times.get(name)?.push(((user + system) * 1000) / (again * count));
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

async function measureC(): Promise<void> {
  const { source, header } = generateC(exponentials(64));
  const exp = /double (fn_exp\w*)\(/.exec(source)?.[1] ?? '';
  const text = source + inC(exp);
  const hasLanes = process.arch === 'x64' && process.platform === 'linux';
  const get = await load(text, header, hasLanes ? ['-lmvec'] : []);
  const contracted = await load(text, header, [...(hasLanes ? ['-lmvec'] : []), '-ffp-contract=fast']);
  const count = 4096;
  console.log(`C, one thread, ${cpus()[0]?.model ?? ''}, ${(await findCompiler())?.title ?? ''}`);
  show(
    'a sum into one of 4096 cells',
    race(
      count,
      new Map([
        ['double', get('sum_double')],
        ['float', get('sum_float')],
        ['fixed point, 64 bits', get('sum_fixed')],
        ['fixed point, 64 bits, converted on the way', get('sum_fixed_converted')],
        ['fixed point, 32 bits', get('sum_fixed_32')],
      ]),
    ),
  );
  show(
    'exp in double precision',
    race(
      count,
      new Map([
        ['mathematical library, scalar', get('exp_library')],
        ['ours, scalar', get('exp_ours_scalar')],
        ['ours, lanes', get('exp_ours_lanes')],
        ...(hasLanes ? [['mathematical library, lanes (4 ulp)', get('exp_library_lanes')] as const] : []),
      ]),
    ),
  );
  show(
    'ten multiplications and additions',
    race(
      count,
      new Map([
        ['contracted to fused operations', contracted('horner')],
        ['separate', get('horner')],
      ]),
    ),
  );
}

/* --- WebAssembly and the interpreter ------------------------------------------------------------------------------ */

/** Processor time of each way, in turn; `again` is so large that calls do not show. */
function raceHere(ways: ReadonlyMap<string, Way>, again: number): ReadonlyMap<string, number> {
  const times = new Map([...ways.keys()].map((name) => [name, [] as number[]]));
  // Engines compile what is called again and again.
  for (let round = 0; round < 20; round += 1) for (const run of ways.values()) run(Math.ceil(again / 10));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of ways) {
      const began = process.cpuUsage();
      run(again);
      const { user, system } = process.cpuUsage(began);
      times.get(name)?.push(((user + system) * 1000) / (again * 4096));
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

async function measureWasm(): Promise<void> {
  console.log(`\nWebAssembly, one thread, V8 ${process.versions.v8}`);
  show('a sum into one of 4096 cells', raceHere(await wasmSums(), 2000));
  show('exp in double precision', raceHere(await wasmExponentials(exponentials), 500));
  console.log('\nThe interpreter');
  show('exp in double precision', raceHere(interpretedExponentials(), 20));
}

/* --- OpenCL ------------------------------------------------------------------------------------------------------- */

const items = 2 ** 20;

/** Every work-item adds one number to one of 4096 cells, as synapses do. */
const sums = `
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#pragma OPENCL FP_CONTRACT OFF
static inline uint target(uint k) { return (k * 2654435761u) >> 20; }
static inline double weight(uint k) { return 1e-9 * (double)(k & 255u); }
__kernel void plain(__global double *cells) { const uint k = get_global_id(0); cells[target(k)] += weight(k); }
__kernel void fixed64(volatile __global long *cells)
{ const uint k = get_global_id(0); atom_add(cells + target(k), (long)(weight(k) * 0x1p40)); }
__kernel void halves(volatile __global long *cells)
{
  const uint k = get_global_id(0);
  const long value = (long)(weight(k) * 0x1p40);
  volatile __global uint *both = (volatile __global uint *)(cells + target(k));
  const uint low = (uint)value, old = atomic_add(both, low);
  const uint high = (uint)((ulong)value >> 32) + (old + low < old ? 1u : 0u);
  if (high != 0u) atomic_add(both + 1, high);
}
__kernel void fixed32(volatile __global int *cells)
{ const uint k = get_global_id(0); atomic_add(cells + target(k), (int)(weight(k) * 0x1p20)); }
__kernel void doubles(volatile __global long *cells)
{
  const uint k = get_global_id(0);
  const double w = weight(k);
  long old = cells[target(k)], seen;
  while ((seen = atom_cmpxchg(cells + target(k), old, as_long(as_double(old) + w))) != old) old = seen;
}
__kernel void floats(volatile __global int *cells)
{
  const uint k = get_global_id(0);
  const float w = (float)weight(k);
  int old = cells[target(k)], seen;
  while ((seen = atomic_cmpxchg(cells + target(k), old, as_int(as_float(old) + w))) != old) old = seen;
}
`;

/** Our function, and the device's own. */
function exponentialKernels(): string {
  const { source } = generateOpencl(exponentials(items), 'atomic');
  const place = /arena \+ (\d+)u/.exec(source)?.[1] ?? '0';
  return `${source}
__kernel __attribute__((reqd_work_group_size(GROUP_SIZE, 1, 1))) void theirs(__global uchar *arena, const int step)
{
  __global double *const values = (__global double *)(arena + ${place}u);
  const uint index = (uint)get_global_id(0);
  values[index] = exp((values[index] - 0.5) * 20.0);
}
`;
}

interface Entry {
  readonly title: string;
  readonly source: string;
  readonly kernel: string;
}

/** Nanoseconds an item of kernels, in turn. */
async function raceOnDevice(device: OpenclDevice, entries: readonly Entry[]): Promise<ReadonlyMap<string, number>> {
  const open = openDevice(loadOpencl(), device);
  const bytes = 8 * items + 4096;
  const size = { global: items, local: 128 };
  const ready = await Promise.all(
    entries.map(async ({ title, source, kernel }) => {
      const built = await buildProgram(open, source, buildOptions(device.preciseFloats, 128, 1), undefined);
      const driver = new OpenclDriver(open, await loadProgram(open, built));
      const [memory, handle] = [driver.allocate(bytes), driver.kernel(kernel)];
      driver.setMemory(handle, 0, memory);
      const hasStep = kernel === 'theirs' || kernel.startsWith('kernel_');
      const launch = (): void =>
        hasStep ? driver.launch(handle, new Int32Array(1), size) : driver.launchPlain(handle, size);
      return { title, driver, memory, launch, times: [] as number[] };
    }),
  );
  for (let round = 0; round <= rounds; round += 1) {
    for (const { driver, memory, launch, times } of ready) {
      driver.fill(memory, 0, bytes, Float64Array.of(0.25));
      await driver.finish();
      const began = process.cpuUsage();
      launch();
      await driver.finish();
      const { user, system } = process.cpuUsage(began);
      // The first round compiles.
      if (round > 0) times.push(((user + system) * 1000) / items);
    }
  }
  for (const { driver, memory } of ready) {
    driver.free(memory);
    driver.dispose();
  }
  return new Map(ready.map(({ title, times }) => [title, median(times)]));
}

async function measureOpencl(wanted: number): Promise<void> {
  const device = listDevices(loadOpencl())[wanted];
  if (device === undefined) throw new Error('no such device');
  console.log(`\nOpenCL, ${device.title}, time of all its threads`);
  const sumOf = (title: string, kernel: string): Entry => ({ title, source: sums, kernel });
  show(
    'a sum into one of 4096 cells',
    await raceOnDevice(device, [
      sumOf('double, compare and exchange', 'doubles'),
      sumOf('float, compare and exchange', 'floats'),
      sumOf('fixed point, 64 bits', 'fixed64'),
      sumOf('fixed point, 64 bits in two halves', 'halves'),
      sumOf('fixed point, 32 bits', 'fixed32'),
      sumOf('no atomics, wrong when work-items meet', 'plain'),
    ]),
  );
  const source = exponentialKernels();
  show(
    'exp in double precision',
    await raceOnDevice(device, [
      { title: "the device's", source, kernel: 'theirs' },
      { title: 'ours', source, kernel: 'kernel_ours' },
    ]),
  );
}

await measureC();
await measureWasm();
await measureOpencl(Number(process.argv[2] ?? 0));
