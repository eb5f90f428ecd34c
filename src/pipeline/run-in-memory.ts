/** Runs models without files, and without a record that describes the run. */

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { unplaced } from '../diagnostics/positions.js';
import type { ValidModel } from '../model/model.js';
import { createRecorder, type RecordedRun } from '../../runtime/record/recorder.js';
import { recordingPlan } from '../../runtime/record/plan.js';
import type { SampleSink, SeriesPlan } from '../../runtime/results/result.js';
import { compileModel } from './compile-model.js';
import { startConnected } from './connect.js';
import { placedLater } from './read/placed.js';
import { runFindings } from './results/run-findings.js';
import { stopwatch, type RunOptions } from './run-options.js';
import { inStage } from './stages.js';

/** Receives samples in memory. */
export interface SampleMemory extends SampleSink {
  /** Is told the series to come. @param dt  step of the run in s */
  open(series: readonly SeriesPlan[], dt: number): void;
}

/** A run that has ended. */
export interface RunInMemory extends RecordedRun {
  /** The fault that ended the run early, if any, and values that are not finite. */
  readonly diagnostics: readonly Diagnostic[];
  /** Removes temporary files. Spikes are readable until then. */
  dispose(): void;
}

/**
 * Runs the protocol of a model on a target that computes.
 *
 * @param memory  receives samples; absent: they are not kept
 * @throws DiagnosticError for parts that cannot be lowered, and for faults found while building the network
 * @throws InterruptedError if stopped before the first step
 */
export async function runInMemory(
  valid: ValidModel,
  options: Pick<RunOptions, 'target' | 'signal' | 'stopAfter'>,
  memory?: SampleMemory,
): Promise<RunInMemory> {
  const { program, protocol, executable, findings } = await compileModel({ valid }, options, stopwatch());
  const plan = recordingPlan(program, protocol);
  memory?.open(plan.setup.series, program.dt);
  const recorder = createRecorder(program, protocol, memory ?? nowhere, plan);
  const dispose = (): void => recorder.dispose();
  try {
    const session = await inStage('connect', () =>
      placedLater(unplaced, () => startConnected(executable, program, options)),
    );
    try {
      const run = await inStage('run', () => recorder.run(session, options));
      return { ...run, diagnostics: [...findings, ...runFindings(run, program.dt)], dispose };
    } finally {
      await session.dispose();
    }
  } catch (error) {
    dispose();
    throw error;
  }
}

const nowhere: SampleSink = { samples: () => undefined, advance: () => undefined };
