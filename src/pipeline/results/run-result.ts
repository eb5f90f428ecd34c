/** Builds the result of a run after it has ended and its files are closed. */

import type { CompiledModel } from '../compile-model.js';
import { runFindings } from './run-findings.js';
import type { RunResult, Stopwatch } from '../run-options.js';
import type { RecordedRun, Recorder } from '../../../runtime/record/recorder.js';

/** @param written  the record and the files, which are closed */
export const runResult = (
  { engine, program, findings }: Pick<CompiledModel, 'engine' | 'program' | 'findings'>,
  run: RecordedRun,
  { record, outputs }: Pick<RunResult, 'record' | 'outputs'>,
  watch: Stopwatch,
  recorder: Recorder,
): RunResult => ({
  kind: 'run',
  engine,
  program,
  record,
  trains: run.trains,
  outputs,
  seconds: watch.seconds(),
  notNumbers: run.notNumbers,
  diagnostics: [...findings, ...runFindings(run, program.dt)],
  dispose: () => recorder.dispose(),
});
