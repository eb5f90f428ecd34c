/** Every fixture, shortened: equal fingerprints on all engines, whatever compiles them, at every level of optimisation and number of threads. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Protocol } from '../../../../runtime/record/protocol.js';
import { createRecorder } from '../../../../runtime/record/recorder.js';
import type { Compiler } from '../../../../runtime/targets/c/compiler.js';
import { cTargetWith } from '../../../../runtime/targets/c/target.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import type { Target } from '../../../../runtime/targets/target.js';
import { wasmTarget } from '../../../../runtime/targets/wasm/target.js';
import type { Precision, Program } from '../../../../src/ir/program.js';
import { lower } from '../../../../src/lower/lower.js';
import { protocolOf } from '../../../../src/lower/protocol.js';
import { importModel, readSource } from '../../../../src/pipeline.js';
import { root } from '../../../support/import-graph.js';
import { cacheFolder, clang, gcc, linksOpenMp } from './compilers.js';

const cacheDirectory = cacheFolder();
const folder = join(root, 'fixtures/brian');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

/** Networks of some 10^6 synapses and more, which take the interpreter minutes to build; wasm stands for it. */
const tooLarge = ['brunel-2000.yaml', 'brunel-hakim.yaml'];
const stepsOfPhase = 60;

interface Engine {
  readonly name: string;
  readonly target: Target;
  readonly threads: number;
}

const parallel = await linksOpenMp(gcc);

/** The engines that a compiler gives. */
function enginesOf(compiler: Compiler | undefined, threadCounts: readonly number[]): readonly Engine[] {
  if (compiler === undefined) return [];
  const { title } = compiler;
  return [
    { name: `${title} -O0`, target: cTargetWith({ compiler, level: '-O0' }), threads: 1 },
    ...threadCounts.map((threads) => ({
      name: `${title} -O3, ${threads} threads`,
      target: cTargetWith({ compiler, available: 3 }),
      threads,
    })),
  ];
}

const withGcc = enginesOf(gcc, parallel ? [1, 2, 3] : [1]);
const withClang = enginesOf(clang, [1]);

function shortened(file: string, precision: Precision): { readonly program: Program; readonly protocol: Protocol } {
  const { valid } = importModel(readSource(join(folder, file)), {});
  const program = lower(valid, { precision });
  const protocol = protocolOf(valid, program).map((entry) =>
    entry.kind === 'run' ? { ...entry, steps: Math.min(entry.steps, stepsOfPhase) } : entry,
  );
  return { program, protocol };
}

async function fingerprint(engine: Engine, program: Program, protocol: Protocol): Promise<string> {
  const session = await (await engine.target.compile(program, { threads: engine.threads, cacheDirectory })).start();
  const recorder = createRecorder(program, protocol, { samples: () => undefined, advance: () => undefined });
  try {
    await session.initialise();
    return (await recorder.run(session)).fingerprint.total;
  } finally {
    recorder.dispose();
    await session.dispose();
  }
}

describe.skipIf(withGcc.length + withClang.length === 0)('fixtures give equal fingerprints on the reference, wasm and c', () => {
  test.each(files.map((file) => ({ file })))('$file', { timeout: 180_000 }, async ({ file }) => {
    const { program, protocol } = shortened(file, 'float64');
    const ours: readonly Engine[] = [
      ...(tooLarge.includes(file) ? [] : [{ name: 'reference', target: referenceTarget, threads: 1 }]),
      { name: 'wasm', target: wasmTarget, threads: 1 },
    ];
    const found: Record<string, string> = {};
    for (const engine of [...ours, ...withGcc, ...withClang]) found[engine.name] = await fingerprint(engine, program, protocol);
    const [expected] = Object.values(found);
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, expected])));
  });

  test.each([{ file: 'vogels-abbott-cuba.yaml' }, { file: 'single-hh.yaml' }])('$file in single precision', async ({ file }) => {
    const { program, protocol } = shortened(file, 'float32');
    const engines = [{ name: 'wasm', target: wasmTarget, threads: 1 }, ...withGcc, ...withClang];
    const found: Record<string, string> = {};
    for (const engine of engines) found[engine.name] = await fingerprint(engine, program, protocol);
    expect(new Set(Object.values(found)).size).toBe(1);
  });
});

// What is missing is seen.
if (gcc === undefined) test.skip('with gcc: it is not installed', () => undefined);
if (gcc !== undefined && !parallel) test.skip('with several threads: gcc has no OpenMP', () => undefined);
if (clang === undefined) test.skip('with clang: it is not installed', () => undefined);
