/** The files of a run: their writers, the setup sent before the first step, and their final names. */

import { unplaced } from '../../diagnostics/positions.js';
import type { CompiledModel } from '../compile-model.js';
import type { RunnableModel } from '../read/imported-model.js';
import { filesOf, modelFilePaths, modelFilesWriter, outputWriter } from './outputs.js';
import { noteWritten, refuseToReplace, tidyFolders } from './replaceable.js';
import type { RunOptions } from '../run-options.js';
import { runSetup } from './run-setup.js';
import { refuseSameFile } from './same-file.js';
import { recordedStart } from '../start-record.js';
import type { StartState } from '../start-state.js';
import { inStage } from '../stages.js';
import { fileUnits } from './written-units.js';
import { recordingPlan, type RecordingPlan } from '../../../runtime/record/plan.js';
import type { Protocol } from '../../../runtime/record/protocol.js';
import { runRecord, type RecordedRun } from '../../../runtime/record/recorder.js';
import type { ResultWriter, RunRecord, RunSetup, SampleSink } from '../../../runtime/results/result.js';

/** The files of one run and the caller's own writers. */
interface ResultFiles {
  readonly plan: RecordingPlan;
  readonly writers: readonly ResultWriter[];
  readonly setup: RunSetup;
  /** Hands every block to all writers. */
  readonly sink: SampleSink;
  /** Closes the files: now they get their names. @returns the record of the run, and the files */
  close(run: RecordedRun): Promise<{ readonly record: RunRecord; readonly outputs: readonly string[] }>;
  /** Removes the files written. */
  abandon(): Promise<void>;
}

/**
 * Returns the files that a run of `protocol` will write; none is made yet.
 *
 * @param options.recorded  returns the part of the plan that is recorded; absent: all
 * @throws UsageError for names that have no format, and files that may not be replaced
 * @throws DiagnosticError for files that a model may not write
 */
export async function resultFiles(
  imported: RunnableModel,
  { program, executable, engine }: Pick<CompiledModel, 'program' | 'executable' | 'engine'>,
  protocol: Protocol,
  options: RunOptions & { readonly start?: StartState; readonly recorded?: (plan: RecordingPlan) => RecordingPlan },
): Promise<ResultFiles> {
  const { valid } = imported;
  const { outputFolder, start: _, recorded = (all) => all, ...held } = options;
  const modelPaths =
    outputFolder === undefined ? [] : await modelFilePaths(valid.model, imported.positions ?? unplaced, outputFolder);
  const named = outputFolder === undefined ? null : await modelFilesWriter(valid.model, outputFolder);
  const writers = [
    ...(await Promise.all((options.outputs ?? []).map(outputWriter))),
    ...(named ? [named] : []),
    ...(options.writers ?? []),
  ];
  const units = options.units ?? fileUnits(imported.notation);
  const begun = options.start === undefined ? null : recordedStart(options.start);
  const plan = recorded(recordingPlan(program, protocol, units.samples, begun?.start.step));
  const series = plan.setup.series.map(({ name }) => name);
  const written = [
    ...(options.outputs ?? []).map((path) => ({ output: path, files: filesOf(path, series) })),
    ...modelPaths.map((path) => ({ output: path, files: filesOf(path, []) })),
  ];
  refuseSameFile(written);
  tidyFolders(written.flatMap(({ files }) => files));
  await refuseToReplace(
    written.flatMap(({ files }) => files),
    options.force ?? false,
  );
  const { setup, notes } = runSetup(imported, { program, executable, engine }, plan, {
    ...held,
    ...(begun ? { start: begun.start, startData: begun.data } : {}),
    ...(units.times ? { times: units.times } : {}),
  });
  return {
    plan,
    writers,
    setup,
    sink: {
      samples: (block) => writers.forEach((writer) => writer.samples(block)),
      advance: (step) => writers.forEach((writer) => writer.advance(step)),
      ready: async () => {
        for (const writer of writers) await writer.ready?.();
      },
    },
    close: async (run) => {
      const record = runRecord(setup.header, plan, run, notes);
      const outputs: string[] = [];
      for (const writer of writers) {
        const written = await inStage('write', () => writer.close(record, run.trains));
        if (writer === named) noteWritten(written);
        outputs.push(...written);
      }
      return { record, outputs };
    },
    abandon: async () => {
      for (const writer of writers) await writer.abandon();
    },
  };
}
