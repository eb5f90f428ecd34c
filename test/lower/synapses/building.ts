/** Runs the kernels that a pass adds to initialisation, by themselves. */

import { referenceTarget } from '../../../runtime/targets/reference/target.js';
import { targets } from '../../../runtime/targets/registry.js';
import { checkProgram } from '../../../src/ir/check.js';
import type { Program, TypedArray } from '../../../src/ir/program.js';
import type { Context } from '../../../src/lower/context/context.js';
import { PartBuilder } from '../../../src/lower/context/program-part.js';
import { expect } from 'vitest';
import { program } from '../../runtime/targets/wasm/programs.js';

/** Returns a program with the additions of `add`. */
export function built(add: (context: Context) => void): Program {
  const builder = new PartBuilder();
  builder.buffer('faults', 'u32', 1, 'bits of faults');
  // Sorting and summing use no other members.
  add({ builder } as Context);
  const { buffers, kernels, initialise } = builder.part();
  const made = program({
    buffers: [...buffers.values()],
    kernels: [...kernels.values()],
    functions: [],
    schedule: { initialise, step: [] },
  });
  expect(checkProgram(made)).toEqual([]);
  return made;
}

/** Returns the contents of a buffer after initialisation, equal on the reference and in WebAssembly on two threads. */
export async function left(made: Program, ...names: readonly string[]): Promise<number[][]> {
  const found: number[][][] = [];
  for (const [target, threads] of [
    [referenceTarget, 1],
    [targets['wasm'], 2],
  ] as const) {
    const session = await (await target!.compile(made, { threads })).start();
    try {
      await session.initialise();
      const read: TypedArray[] = [];
      for (const name of names) read.push(await session.read(name));
      found.push(read.map((array) => Array.from(array as Uint32Array, Number)));
    } finally {
      await session.dispose();
    }
  }
  expect(found[1]).toEqual(found[0]);
  return found[0]!;
}

/** Numbers that look random, the same each time. */
export function numbers(count: number, below: number, seed = 1): Uint32Array {
  let state = seed;
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  });
}
