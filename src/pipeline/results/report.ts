/** The object that `run --json` prints. Its keys are a contract that other tools build on. */

import { checkArgument, importedModel, object } from '../../diagnostics/public-arguments.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { diagnosticsToJson } from '../../diagnostics/render.js';
import { writtenNodes } from '../../../runtime/results/written-nodes.js';
import type { GeneratedResult, ImportedModel, RunResult } from '../pipeline.js';

/** Spikes of one population; `rate` is the mean over its cells and the time run, in Hz. */
export interface PopulationReport {
  /** Number of cells. */
  readonly size: number;
  /** Mean over all cells and the entire run. */
  readonly spikes: number;
  /** In Hz. */
  readonly rate: number;
}

/** Wall times are in s, `dt` in s, memory in bytes; `seed` is text, since JSON numbers lose bits. */
export interface RunReport {
  /** Its name, and the hash of the parts that decide its dynamics. */
  readonly model: { readonly name: string; readonly hash: string };
  readonly target: string;
  readonly device: string;
  readonly precision: string;
  readonly seed: string;
  /** Seconds a step. */
  readonly dt: number;
  /** Steps done. */
  readonly steps: number;
  readonly threads: number;
  /** Null without a run. */
  readonly fingerprint: string | null;
  /** By the names in result files: populations of SONATA's circuits, nodes of NIR's graphs. */
  readonly populations: Readonly<Record<string, PopulationReport>>;
  /** Wall time of each stage in s. */
  readonly timings: Readonly<Record<'import' | 'lower' | 'compile' | 'connect' | 'run' | 'write' | 'total', number>>;
  /** Bytes that the process held at the most. */
  readonly memory: { readonly peak: number };
  /** Files written. */
  readonly outputs: readonly string[];
  /** Warnings and notes of all stages. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Returns the report of one run.
 *
 * @param total  wall time in s of the entire command
 */
export function runReport(imported: ImportedModel, result: RunResult | GeneratedResult, total: number): RunReport {
  checkArgument('runReport', imported, importedModel);
  checkArgument('runReport', total, { takes: 'seconds as a number', fits: (value) => typeof value === 'number' });
  checkArgument('runReport', result, object('what runModel returns', ['engine', 'seconds']));
  const { model } = imported.valid;
  const { lower, compile, connect, run, write } = result.seconds;
  const { target, device, threads } = result.engine;
  const ran = result.kind === 'run' ? result : undefined;
  return {
    model: { name: model.name, hash: imported.hashes.model },
    target,
    device,
    precision: result.program.precision,
    seed: model.experiment.seed,
    dt: model.experiment.dt,
    steps: ran?.record.steps ?? 0,
    threads,
    fingerprint: ran?.record.fingerprint.total ?? null,
    populations: populationReports(result),
    timings: { import: imported.seconds, lower, compile, connect, run, write, total },
    // The operating system counts in kB.
    memory: { peak: process.resourceUsage().maxRSS * 1024 },
    outputs: ran?.outputs ?? [],
    diagnostics: diagnosticsToJson([...imported.diagnostics, ...(ran?.diagnostics ?? [])]),
  };
}

function populationReports(result: RunResult | GeneratedResult): Record<string, PopulationReport> {
  if (result.kind === 'generated') {
    return Object.fromEntries(
      result.program.manifest.populations.map(({ name, size }) => [name, { size, spikes: 0, rate: 0 }]),
    );
  }
  const { populations, steps, dt } = result.record;
  const nodes = writtenNodes(result.record);
  const counts = new Map<string, { readonly size: number; readonly spikes: number }>();
  for (const { name, size, spikes } of populations) {
    const { population } = nodes(name);
    const others = counts.get(population) ?? { size: 0, spikes: 0 };
    counts.set(population, { size: size + others.size, spikes: spikes + others.spikes });
  }
  return Object.fromEntries(
    Array.from(counts, ([name, { size, spikes }]) => {
      const cellSeconds = size * steps * dt;
      return [name, { size, spikes, rate: cellSeconds > 0 ? spikes / cellSeconds : 0 }];
    }),
  );
}
