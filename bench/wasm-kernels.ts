/**
 * Times of the wasm target's kernels, to be run by hand: `npx tsx bench/wasm-kernels.ts [threads]`.
 * Prints nanoseconds a neuron and step, and a synapse.
 */

import { wasmTarget } from '../runtime/targets/wasm/target.js';
import type { Program } from '../src/ir/program.js';
import * as b from '../src/ir/builder.js';
import { exp } from '../src/ir/library/exponential.js';
import { buffer, cuba, index, mapOver, program, propagation } from '../test/runtime/targets/wasm/programs.js';

async function time(program: Program, threads: number, steps: number): Promise<{ seconds: number; spikes: number }> {
  const executable = await wasmTarget.compile(program, { threads });
  if (process.env['WAT'] !== undefined) console.log(executable.sources.get('program.wat'));
  const session = await executable.start();
  await session.initialise();
  await session.run(steps / 2);
  const cursor = program.buffers.some((buffer) => buffer.name === 'cursor');
  const count = async (): Promise<number> => (cursor ? Number((await session.read('cursor'))[0]) : 0);
  const before = await count();
  // The least of many short runs: other programs share the machine.
  let seconds = Infinity;
  const runs = 20;
  for (let k = 0; k < runs; k += 1) {
    const start = performance.now();
    await session.run(steps / runs);
    seconds = Math.min(seconds, ((performance.now() - start) / 1000) * runs);
  }
  const spikes = (await count()) - before;
  await session.dispose();
  return { seconds, spikes };
}

const threads = Number(process.argv[2] ?? 1);
const only = (program: Program, names: readonly string[]): Program => ({
  ...program,
  schedule: { ...program.schedule, step: program.schedule.step.filter((entry) => names.includes(entry.kernel)) },
});

for (const lanes of [false, true]) {
  const size = 4000;
  const steps = 20_000;
  const whole = cuba({ size, rowLength: 80, delay: 1, lanes });
  const { seconds, spikes } = await time(whole, threads, steps);
  console.log(
    `CUBA ${size}, lanes ${lanes}: ${((seconds / steps) * 1e6).toFixed(2)} us a step, ${(spikes / steps).toFixed(2)} spikes a step`,
  );
  for (const names of [['integrate'], ['flush'], ['integrate', 'flush', 'compact', 'reset']]) {
    const part = await time(only(whole, names), threads, steps);
    console.log(`  ${names.join(' + ')}: ${((part.seconds / steps / size) * 1e9).toFixed(3)} ns a neuron and step`);
  }
}
for (const type of ['f64', 'f32'] as const) {
  for (const lanes of [false, true]) {
    const size = 4096;
    const steps = 20_000;
    const values = Array.from({ length: size }, (_, k) => -20 + k / 100);
    const x = buffer('x', type, size, type === 'f64' ? Float64Array.from(values) : Float32Array.from(values));
    const y = buffer('y', type, size);
    const source = program({
      buffers: [x, y],
      functions: [exp(type)],
      kernels: [mapOver('exponential', size, [b.store(y, index, b.call(exp(type), b.load(x, index)))], [], lanes)],
    });
    const { seconds } = await time(source, threads, steps);
    console.log(`exp ${type}, lanes ${lanes}: ${((seconds / steps / size) * 1e9).toFixed(3)} ns a value`);
  }
}
for (const [size, rowLength] of [
  [20_000, 1000],
  [4000, 80],
] as const) {
  // 50 elements spike in every step.
  const network = propagation(size, rowLength, 50);
  const steps = 2000;
  const { seconds } = await time(network, threads, steps);
  console.log(
    `propagate, rows of ${rowLength}, ${size} targets: ${((seconds / steps / 50 / rowLength) * 1e9).toFixed(3)} ns a synapse`,
  );
}
