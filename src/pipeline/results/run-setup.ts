/** What results hold about a run before its first step. */

import type { CompiledModel } from '../compile-model.js';
import type { RunnableModel } from '../read/imported-model.js';
import type { RunOptions } from '../run-options.js';
import { withPositions } from './positions.js';
import { environmentOf, runHeader, runMetadata } from './provenance.js';
import type { DataStore } from '../../model/model.js';
import type { RecordingPlan } from '../../../runtime/record/plan.js';
import type { RecordedStart, RunSetup, WrittenUnit } from '../../../runtime/results/result.js';

/** Choices that results hold. */
type SetupOptions = Pick<RunOptions, 'subject' | 'command' | 'environment' | 'repeated'> & {
  /** Unit of times in text formats. */
  readonly times?: WrittenUnit;
  /** Where the run begins, with the arrays that it refers to. */
  readonly start?: RecordedStart;
  readonly startData?: DataStore;
};

/** Returns the setup of a run, and notes on choices of lowering and of the target. */
export function runSetup(
  imported: RunnableModel,
  { program, executable, engine }: Pick<CompiledModel, 'program' | 'executable' | 'engine'>,
  plan: RecordingPlan,
  { subject, command, environment, repeated, times, start, startData }: SetupOptions,
): { readonly setup: RunSetup; readonly notes: readonly string[] } {
  const { valid, source } = imported;
  const { compiler } = executable;
  const header = runHeader(imported, program, {
    engine,
    environment:
      environment === false
        ? {}
        : environmentOf({
            ...(source ? { source } : {}),
            ...(command ? { command } : {}),
            ...(compiler === undefined ? {} : { compiler }),
          }),
    ...(subject ? { subject } : {}),
    ...(times ? { times } : {}),
    ...(start ? { start } : {}),
    ...(repeated ? { repeated } : {}),
  });
  return {
    setup: {
      header,
      ...plan.setup,
      populations: withPositions(plan.setup.populations, valid),
      metadata: runMetadata(valid, subject),
      data: startData ? new Map([...valid.data, ...startData]) : valid.data,
    },
    notes: repeated?.notes ?? [...program.manifest.notes, ...(executable.notes ?? [])],
  };
}
