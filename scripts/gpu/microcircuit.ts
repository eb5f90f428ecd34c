/** Times the cortical microcircuit on one target: compiling, building, and running with all spikes recorded. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecorder } from '../../runtime/record/recorder.js';
import { resolveExtent } from '../../runtime/record/read-buffers.js';
import { cudaTargetWith } from '../../runtime/targets/cuda/target.js';
import type { CudaDriver } from '../../runtime/targets/cuda/driver.js';
import type { Target } from '../../runtime/targets/target.js';
import type { Precision, Program } from '../../src/ir/program.js';
import type { Protocol } from '../../runtime/record/protocol.js';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { protocolOf } from '../../src/lower/context/protocol.js';
import { importModel } from '../../src/pipeline/pipeline.js';

export interface MicrocircuitOptions {
  readonly target: Target;
  readonly scale: number;
  /** Time to simulate, in s. */
  readonly duration: number;
  readonly drive: 'poisson' | 'dc';
  readonly precision?: Precision;
  /** How often each launch is repeated to be timed by itself; absent: it is not. */
  readonly repeats?: number;
}

/** Wall times in s, memory in bytes. */
export interface MicrocircuitRow {
  readonly drive: MicrocircuitOptions['drive'];
  readonly precision: Precision;
  readonly scale: number;
  readonly neurons: number;
  readonly synapses: number;
  /** With an empty cache, and with the code that was kept. */
  readonly compile: number;
  readonly compileAgain: number;
  readonly build: number;
  readonly run: number;
  /** Wall time of the run by time simulated. */
  readonly factor: number;
  readonly memory: number;
  readonly spikes: number;
  /** Mean rates in Hz by population. */
  readonly rates: Readonly<Record<string, number>>;
  readonly fingerprint: string;
  /**
   * Wall time in s of each launch of a step and of all of them, repeated by themselves after the run; where the target
   * can tell.
   */
  readonly launches?: { readonly each: readonly number[]; readonly step: number };
}

/** The program at a scale. */
function microcircuit({ scale, duration, drive, precision = 'float64' }: Omit<MicrocircuitOptions, 'target'>): {
  readonly program: Program;
  readonly protocol: Protocol;
} {
  const text = readFileSync('fixtures/model/cortical-microcircuit.yaml', 'utf8');
  const set = { scale: String(scale), poisson: drive === 'poisson' ? '1' : '0' };
  const { valid } = importModel({ name: 'cortical-microcircuit.yaml', text }, { duration: `${duration} s`, set });
  const program = buildProgram(valid, { precision });
  return { program, protocol: protocolOf(valid, program) };
}

/** Compiles twice, builds and runs once. */
export async function timeMicrocircuit(options: MicrocircuitOptions): Promise<MicrocircuitRow> {
  const { scale, duration, drive, precision = 'float64', repeats } = options;
  const { program, protocol } = microcircuit(options);
  let driver: CudaDriver | undefined;
  // One launch of whole steps would not show the times of its parts.
  const target =
    options.target.name === 'cuda' && repeats !== undefined
      ? cudaTargetWith({ observe: (one) => (driver = one), resident: false })
      : options.target;
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'interneuron-microcircuit-'));
  const timed = async <Result>(work: () => Promise<Result>): Promise<readonly [Result, number]> => {
    const began = performance.now();
    const result = await work();
    return [result, (performance.now() - began) / 1000];
  };
  const recorder = createRecorder(program, protocol, { samples: () => undefined, advance: () => undefined });
  try {
    const [executable, compile] = await timed(() => target.compile(program, { cacheDirectory }));
    const [, compileAgain] = await timed(() => target.compile(program, { cacheDirectory }));
    const [session, build] = await timed(async () => {
      const started = await executable.start();
      await started.initialise();
      return started;
    });
    try {
      const run = await recorder.run(session);
      if (run.faults.length > 0) throw new Error(run.faults.join('; '));
      const spikes = run.trains.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0));
      const { populations, projections } = program.manifest;
      const synapses: number[] = [];
      for (const { count } of projections) synapses.push(await resolveExtent(session, count));
      const { memory } = session;
      const launches = repeats === undefined ? undefined : driver?.timeLaunches(repeats);
      return {
        drive,
        precision,
        scale,
        neurons: populations.reduce((sum, { size }) => sum + size, 0),
        synapses: synapses.reduce((sum, count) => sum + count, 0),
        compile,
        compileAgain,
        build,
        run: run.seconds.run,
        factor: run.seconds.run / duration,
        memory,
        spikes: spikes.reduce((sum, count) => sum + count, 0),
        rates: Object.fromEntries(
          run.trains.map(({ counts, plan }, k) => [plan.population, (spikes[k] ?? 0) / counts.length / duration]),
        ),
        fingerprint: run.fingerprint.total,
        ...(launches === undefined ? {} : { launches }),
      };
    } finally {
      await session.dispose();
    }
  } finally {
    recorder.dispose();
    rmSync(cacheDirectory, { recursive: true, force: true });
  }
}
