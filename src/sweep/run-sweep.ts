/** Runs the points of a sweep, several at a time. */

import { DiagnosticError, type Diagnostic } from '../diagnostics/diagnostic.js';
import { InterruptedError } from '../pipeline/interrupted.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import { runReport, type PopulationReport } from '../pipeline/results/report.js';
import type { RunOptions } from '../pipeline/run-options.js';
import { runModel } from '../pipeline/pipeline.js';
import type { Point } from './axes.js';
import { sharedCode } from './shared-code.js';

/** The result of one run. */
export interface SweepRow extends Point {
  /** The seed that was used. */
  readonly seed: string;
  /** `invalid`: these values give no model that can be run. */
  readonly outcome: 'complete' | 'fault' | 'invalid';
  /** Null: nothing was run. */
  readonly fingerprint: string | null;
  readonly populations: Readonly<Record<string, PopulationReport>>;
  /** Files written. */
  readonly outputs: readonly string[];
  /** Errors and faults of this run. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How a sweep is run. */
export interface SweepOptions {
  /** Runs at the same time. */
  readonly jobs: number;
  /** Runs a model in another simulator; absent: our own engines run it. */
  readonly elsewhere?: typeof runModel;
  /** Reads the model of a point. */
  readonly model: (point: Point) => Promise<ImportedModel>;
  /** Options of each run. */
  readonly run: (point: Point) => RunOptions;
  /** Receives the completed fraction of the sweep, in [0, 1]. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs points in an order of its own.
 *
 * @returns a row for each run that ended, in the order of the points; a run that the signal stopped has none
 * @throws UsageError if an engine or a file cannot be used: no further run is begun
 */
export async function runSweep(
  points: readonly Point[],
  { jobs, model, run, elsewhere = runModel, onProgress, signal }: SweepOptions,
): Promise<readonly SweepRow[]> {
  const rows = new Map<number, SweepRow>();
  const fractions = new Map<number, number>();
  const extend = sharedCode();
  const report = (number: number, fraction: number): void => {
    fractions.set(number, fraction);
    onProgress([...fractions.values()].reduce((sum, part) => sum + part, 0) / points.length);
  };
  const failure = new AbortController();
  const stopped = AbortSignal.any([signal, failure.signal]);
  const waiting = [...points];
  const work = async (): Promise<void> => {
    for (let point = waiting.shift(); point && !stopped.aborted; point = waiting.shift()) {
      const { number } = point;
      const row = await runPoint(point, await model(point), elsewhere, {
        ...run(point),
        extend,
        signal: stopped,
        onProgress: (stage, fraction) => {
          if (stage === 'run') report(number, fraction);
        },
      });
      if (row) rows.set(number, row);
      report(number, 1);
    }
  };
  const ended = await Promise.allSettled(
    Array.from({ length: jobs }, () =>
      work().catch((error: unknown) => {
        failure.abort();
        throw error;
      }),
    ),
  );
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return points.flatMap(({ number }) => rows.get(number) ?? []);
}

/** Returns the row of a run; null if it was stopped. */
async function runPoint(
  point: Point,
  imported: ImportedModel,
  start: typeof runModel,
  options: RunOptions,
): Promise<SweepRow | null> {
  const { seed } = imported.valid.model.experiment;
  try {
    const result = await start(imported, options);
    const { populations, fingerprint, outputs } = runReport(imported, result, 0);
    if (result.kind === 'generated') return null;
    result.dispose();
    const { outcome } = result.record;
    if (outcome === 'stopped') return null;
    const diagnostics = result.diagnostics.filter(({ severity }) => severity === 'error');
    return { ...point, seed, outcome, fingerprint, populations, outputs, diagnostics };
  } catch (error) {
    if (error instanceof InterruptedError) return null;
    if (!(error instanceof DiagnosticError)) throw error;
    const { diagnostics } = error;
    return { ...point, seed, outcome: 'invalid', fingerprint: null, populations: {}, outputs: [], diagnostics };
  }
}
