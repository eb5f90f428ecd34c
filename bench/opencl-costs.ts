/**
 * What the rules of determinism cost on an OpenCL device: sums in fixed point against sums of floats, our own exponential function against the
 * device's. `npx tsx bench/opencl-costs.ts [DEVICE]`; medians of nine.
 */

import { loadOpencl } from '../runtime/targets/opencl/api.js';
import { buildProgram, loadProgram, openDevice } from '../runtime/targets/opencl/build.js';
import { buildOptions, listDevices } from '../runtime/targets/opencl/devices.js';
import { OpenclDriver } from '../runtime/targets/opencl/driver.js';
import { generateOpencl } from '../src/codegen/c/device/generate.js';
import * as ir from '../src/ir/builder.js';
import { libraryFunction, withCallees } from '../src/ir/library/index.js';
import type { Buffer, Kernel, Program } from '../src/ir/program.js';

const items = 2 ** 20;
const targets = 2 ** 12;

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

/** exp of a million numbers, by our function in place of DEVICE_EXP's. */
function exponentials(): string {
  const exp = libraryFunction('exp', 'f64');
  const values: Buffer = { name: 'values', element: 'f64', length: items, role: 'state', comment: '' };
  const index = ir.get({ name: 'index', type: 'u32' });
  const argument = ir.mul(ir.sub(ir.load(values, index), ir.f64(0.5)), ir.f64(20));
  const kernel: Kernel = {
    shape: 'map',
    name: 'ours',
    comment: '',
    domain: { kind: 'count', count: items },
    lanes: true,
    locals: [],
    body: [ir.store(values, index, ir.call(exp, argument))],
  };
  const program: Program = {
    name: 'exponentials',
    precision: 'float64',
    dt: 1,
    numericsVersion: 1,
    functions: withCallees([exp]),
    buffers: [values],
    kernels: [kernel],
    events: [],
    logs: [],
    schedule: { initialise: [], step: [{ kernel: 'ours', every: 1, offset: 0, slot: '' }], procedures: {} },
    manifest: { populations: [], events: [], variables: [], projections: [], samples: [], spikeLabel: 0, faults: {}, notes: [] },
  };
  const { source } = generateOpencl(program, 'atomic');
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

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

const api = loadOpencl();
const device = listDevices(api)[Number(process.argv[2] ?? 0)];
if (device === undefined) throw new Error('no such device');
const open = openDevice(api, device);

/** Nanoseconds an item that some kernels of a source take, in turn. */
async function measure(source: string, kernels: readonly string[]): Promise<Record<string, number>> {
  const built = await buildProgram(open, source, buildOptions(device?.preciseFloats ?? false, 128, 1), undefined);
  const driver = new OpenclDriver(open, await loadProgram(open, built));
  const memory = driver.allocate(8 * items + 4096);
  const handles = kernels.map((name) => {
    const kernel = driver.kernel(name);
    driver.setMemory(kernel, 0, memory);
    return kernel;
  });
  const size = { global: items, local: 128 };
  const times = kernels.map((): number[] => []);
  for (let round = 0; round < 10; round += 1) {
    for (const [k, kernel] of handles.entries()) {
      driver.fill(memory, 0, 8 * items + 4096, Float64Array.of(0.25));
      await driver.finish();
      const began = performance.now();
      if (kernels.includes('theirs')) driver.launch(kernel, new Int32Array(1), size);
      else driver.launchPlain(kernel, size);
      await driver.finish();
      // The first round compiles.
      if (round > 0) times[k]?.push(((performance.now() - began) * 1e6) / items);
    }
  }
  driver.free(memory);
  driver.dispose();
  return Object.fromEntries(kernels.map((name, k) => [name, median(times[k] ?? [])]));
}

console.log(device.title);
console.log(`sums into ${targets} cells, ns each`, await measure(sums, ['plain', 'fixed64', 'halves', 'fixed32', 'doubles', 'floats']));
console.log('exponential function, ns each', await measure(exponentials(), ['kernel_ours', 'theirs']));
