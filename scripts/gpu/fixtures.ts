/**
 * The fixture matrix on one target: every document's fingerprint against the golden one, or against WebAssembly's where
 * there is none.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Protocol } from '../../runtime/record/protocol.js';
import { createRecorder } from '../../runtime/record/recorder.js';
import type { Target } from '../../runtime/targets/target.js';
import { wasmTarget } from '../../runtime/targets/wasm/target.js';
import type { Precision, Program } from '../../src/ir/program.js';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { protocolOf } from '../../src/lower/context/protocol.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { fixtureNames, shortText, shortened } from '../../test/fixtures/networks.js';

export interface FixtureOptions {
  readonly target: Target;
  readonly cacheDirectory: string;
  /** Only documents whose name contains this. */
  readonly only?: string;
  /** Steps of each phase of documents that have no golden fingerprint. */
  readonly steps: number;
  /** How many of these documents are left out at the beginning. */
  readonly skip?: number;
  /** Is told of each before it is tried. */
  readonly begin?: (name: string) => void;
}

/** What came of one document. */
export interface FixtureRow {
  readonly name: string;
  readonly precision: Precision;
  readonly against: 'golden' | 'wasm';
  readonly equal: boolean;
  /** Why there is no fingerprint. */
  readonly error?: string;
  readonly seconds: { readonly compile: number; readonly connect: number; readonly run: number };
}

interface Golden {
  readonly fingerprints: Record<string, Partial<Record<Precision, string>>>;
}

interface Outcome {
  readonly fingerprint: string;
  readonly seconds: FixtureRow['seconds'];
}

async function runOn(target: Target, program: Program, protocol: Protocol, cacheDirectory: string): Promise<Outcome> {
  const clock = (since: number): number => (performance.now() - since) / 1000;
  let began = performance.now();
  const executable = await target.compile(program, { threads: 1, cacheDirectory });
  const compile = clock(began);
  began = performance.now();
  const session = await executable.start();
  const recorder = createRecorder(program, protocol, { samples: () => undefined, advance: () => undefined });
  try {
    await session.initialise();
    const connect = clock(began);
    const run = await recorder.run(session);
    return { fingerprint: run.fingerprint.total, seconds: { compile, connect, run: run.seconds.run } };
  } finally {
    recorder.dispose();
    await session.dispose();
  }
}

interface Loaded {
  readonly program: Program;
  readonly protocol: Protocol;
}

interface Case {
  readonly name: string;
  readonly precision: Precision;
  /** The golden fingerprint. */
  readonly golden?: string;
  readonly load: () => Loaded;
}

function* goldenCases(): Generator<Case> {
  const { fingerprints } = JSON.parse(readFileSync('fixtures/golden/fingerprints.json', 'utf8')) as Golden;
  for (const name of fixtureNames) {
    for (const precision of ['float64', 'float32'] as const) {
      const golden = fingerprints[name]?.[precision];
      if (golden === undefined) continue;
      const load = (): Loaded => {
        const duration = shortened[name]?.duration;
        const { valid } = importModel(
          { name: `${name}.yaml`, text: shortText(name) },
          duration === undefined ? {} : { duration },
        );
        const program = buildProgram(valid, { precision });
        return { program, protocol: protocolOf(valid, program) };
      };
      yield { name, precision, golden, load };
    }
  }
}

function* otherCases(steps: number): Generator<Case> {
  for (const folder of ['fixtures/pynn', 'fixtures/neuroml']) {
    for (const name of readdirSync(folder).sort()) {
      if (!/\.(json|xml|nml)$/.test(name)) continue;
      const load = (): Loaded => {
        const { valid } = importModel(readSource(join(folder, name)));
        const program = buildProgram(valid, { precision: 'float64' });
        const protocol = protocolOf(valid, program).map((entry) =>
          entry.kind === 'run' ? { ...entry, steps: Math.min(entry.steps, steps) } : entry,
        );
        return { program, protocol };
      };
      yield { name, precision: 'float64', load };
    }
  }
}

const nothing = { compile: 0, connect: 0, run: 0 };

/** Runs all documents, one after another; what goes wrong with one says so in its row. */
export async function* checkFixtures(options: FixtureOptions): AsyncGenerator<FixtureRow> {
  const { target, cacheDirectory, only = '', steps, skip = 0, begin } = options;
  const cases = [...goldenCases(), ...otherCases(steps)].filter(({ name }) => name.includes(only));
  for (const { name, precision, load, golden } of cases.slice(skip)) {
    const row = { name, precision, against: golden === undefined ? 'wasm' : 'golden' } as const;
    begin?.(`${name} ${precision}`);
    try {
      const { program, protocol } = load();
      const expected = golden ?? (await runOn(wasmTarget, program, protocol, cacheDirectory)).fingerprint;
      const { fingerprint, seconds } = await runOn(target, program, protocol, cacheDirectory);
      yield { ...row, equal: fingerprint === expected, seconds };
    } catch (error) {
      yield { ...row, equal: false, error: error instanceof Error ? error.message : String(error), seconds: nothing };
    }
  }
}
