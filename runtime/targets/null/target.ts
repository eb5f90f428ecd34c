/**
 * The null target: generates the source of every device and runs nothing, so that generated text can be read and tested
 * on any machine.
 */

import { generateCuda, generateOpencl } from '../../../src/codegen/c/device/generate.js';
import { generateC } from '../../../src/codegen/c/generate.js';
import { generateWasm } from '../../../src/codegen/wasm/generate.js';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { printProgram } from '../../../src/ir/text.js';
import type { Program } from '../../../src/ir/program.js';
import { optimise } from '../../../src/optimise/optimise.js';
import type { Target } from '../target.js';

/** Turns a program into source text by file name. */
interface Generator {
  readonly name: string;
  generate(program: Program): ReadonlyMap<string, string>;
}

/** The program itself, in its text form. */
const programText: Generator = {
  name: 'ir',
  generate: (program) => new Map([['program.ir', printProgram(program)]]),
};

/** The WebAssembly module, as one thread and as several run it. */
const wasmText: Generator = {
  name: 'wasm',
  generate: (program) =>
    new Map([
      ['one-thread.wat', generateWasm(optimise(program, 'processors'), { parallel: false }).text],
      ['threads.wat', generateWasm(optimise(program, 'processors'), { parallel: true }).text],
    ]),
};

/** C, as the system's compiler gets it. */
const cText: Generator = {
  name: 'c',
  generate: (program) => {
    const { header, source } = generateC(optimise(program, 'processors'));
    return new Map([
      ['network.h', header],
      ['network.c', source],
    ]);
  },
};

/** OpenCL C, as processors and as other devices get it. */
const openclText: Generator = {
  name: 'opencl',
  generate: (program) =>
    new Map([
      ['split.cl', generateOpencl(program, 'split').source],
      ['atomic.cl', generateOpencl(program, 'atomic').source],
    ]),
};

/** CUDA C++. */
const cudaText: Generator = {
  name: 'cuda',
  generate: (program) => new Map([['network.cu', generateCuda(program, 'atomic').source]]),
};

/** Returns a null target of the given generators. Their files are in separate folders: `wasm/threads.wat`. */
export function nullTargetOf(generators: readonly Generator[]): Target {
  return {
    name: 'null',
    async probe() {
      return { target: 'null', available: true, devices: ['none'] };
    },
    async compile(program) {
      const sources = new Map<string, string>();
      for (const { name, generate } of generators) {
        for (const [file, text] of generate(program)) sources.set(`${name}/${file}`, text);
      }
      return {
        sources,
        start: async () => {
          throw new UsageError(
            'the null target generates source code but runs nothing',
            'choose another target to run, such as reference or wasm',
          );
        },
      };
    },
  };
}

/** All generators that need no device. */
export const generators: readonly Generator[] = [programText, wasmText, cText, openclText, cudaText];

/** Generates everything that can be generated; its sessions cannot start. */
export const nullTarget: Target = nullTargetOf(generators);
