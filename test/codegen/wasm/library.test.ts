/** Every function of the library on lanes, inlined or called for each lane, against the reference interpreter. */

import { describe, expect, test } from 'vitest';
import { referenceTarget } from '../../../runtime/targets/reference/target.js';
import { wasmTarget } from '../../../runtime/targets/wasm/target.js';
import * as b from '../../../src/ir/builder.js';
import { drawFunction, drawNames, libraryFunction, libraryNames, withCallees } from '../../../src/ir/library/index.js';
import type { Buffer, IrFunction, Kernel, Program, ScalarType } from '../../../src/ir/program.js';
import { buffer, index, mapOver, program, randomNumbers } from '../../runtime/targets/wasm/programs.js';
import { differences, results } from './compare.js';

const length = 203;
const edges = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  NaN,
  Infinity,
  -Infinity,
  5e-324,
  -1e-310,
  1e-40,
  709.5,
  -745.2,
  88.9,
  1e300,
  3e38,
  1e15,
  Math.PI / 2,
];

/** Values at the edges, then of all magnitudes; integers are small, as counts and indices are. */
function inputs(type: 'f64' | 'f32' | 'i32' | 'u32' | 'i64', ordinal: number): Buffer {
  const random = randomNumbers(17 + ordinal);
  const number = (k: number): number =>
    k < edges.length * 2
      ? edges[(k + 7 * ordinal) % edges.length]!
      : (random() - 0.5) * 2 ** Math.floor(random() * 40 - 20);
  const name = `${type}_${ordinal}`;
  switch (type) {
    case 'f64':
      return buffer(
        name,
        type,
        length,
        Float64Array.from({ length }, (_, k) => number(k)),
      );
    case 'f32':
      return buffer(
        name,
        type,
        length,
        Float32Array.from({ length }, (_, k) => number(k)),
      );
    case 'i32':
      return buffer(
        name,
        type,
        length,
        Int32Array.from({ length }, (_, k) => Math.floor((random() - 0.5) * 2 ** (k % 33))),
      );
    case 'u32':
      return buffer(
        name,
        type,
        length,
        Uint32Array.from({ length }, (_, k) => Math.floor(random() * 2 ** (k % 33))),
      );
    case 'i64':
      return buffer(
        name,
        type,
        length,
        BigInt64Array.from({ length }, (_, k) => BigInt(Math.floor(random() * 2 ** (k % 53)))),
      );
  }
}

const stored = (type: ScalarType): Exclude<ScalarType, 'bool'> => (type === 'bool' ? 'u32' : type);

/** A program that applies each function to columns of numbers. */
function applying(functions: readonly IrFunction[]): Program {
  const columns = new Map<string, Buffer>();
  const outputs: Buffer[] = [];
  const column = (type: ScalarType, ordinal: number): Buffer => {
    const known = columns.get(`${type} ${ordinal}`) ?? inputs(stored(type), ordinal);
    columns.set(`${type} ${ordinal}`, known);
    return known;
  };
  const kernels = functions.map((callee): Kernel => {
    const locals = callee.results.map((result, k) => ({ name: `result_${k}`, type: result.type }));
    const into = callee.results.map((result, k) => buffer(`${callee.name}_${k}`, stored(result.type), length));
    outputs.push(...into);
    const args = callee.parameters.map((parameter, k) =>
      b.convert(parameter.type, b.load(column(parameter.type, k), index)),
    );
    return mapOver(
      callee.name,
      length,
      [
        b.invoke(callee, args, locals),
        ...into.map((output, k) => b.store(output, index, b.convert(stored(locals[k]!.type), b.get(locals[k]!)))),
      ],
      locals,
      true,
    );
  });
  return program({ buffers: [...columns.values(), ...outputs], kernels, functions: withCallees(functions) });
}

/** Every function for every type that it is written for. */
const mathematics = libraryNames.flatMap((name) =>
  (['f64', 'f32', 'i32'] as const).flatMap((type) => {
    try {
      return [libraryFunction(name, type)];
    } catch {
      return [];
    }
  }),
);

describe('library functions on lanes give the bits of the reference interpreter', () => {
  test('mathematics', async () => {
    expect(mathematics.length).toBeGreaterThan(50);
    const source = applying(mathematics);
    expect(differences(await results(wasmTarget, source, 1, 1), await results(referenceTarget, source, 1, 1))).toEqual(
      [],
    );
  });

  // The listed functions take uniform numbers and u32 values, not any number.
  const straight = drawNames.filter((name) =>
    ['philox4x32', 'uniformFromWords', 'normalFromWords', 'normalPair', 'normalPerStep', 'uniform', 'normal'].includes(
      name,
    ),
  );
  test('random numbers', async () => {
    const source = applying(straight.map((name) => drawFunction(name)));
    expect(differences(await results(wasmTarget, source, 1, 1), await results(referenceTarget, source, 1, 1))).toEqual(
      [],
    );
  });
});
