/** Runs the protocol that a document states, and writes recordings to files meanwhile. */

import { unplaced } from '../diagnostics/positions.js';
import { checkpointedRun } from './checkpoint-run.js';
import { compileModel } from './compile-model.js';
import { startWhileOpening } from './connect.js';
import type { RunnableModel } from './read/imported-model.js';
import { checkRunOptions } from './option-values.js';
import { placedLater } from './read/placed.js';
import { resultFiles } from './results/result-files.js';
import { runResult } from './results/run-result.js';
import { stopwatch, type GeneratedResult, type RunOptions, type RunResult } from './run-options.js';
import { inStage } from './stages.js';
import { invariant } from '../diagnostics/diagnostic.js';
import { createCheckpoint } from '../../runtime/record/checkpoint.js';
import { createRecorder, type Recording } from '../../runtime/record/recorder.js';
import type { Session } from '../../runtime/targets/target.js';

/** A started run. */
interface StartedRun {
  readonly kind: 'started';
  /** Runs the entire protocol, or until the run is stopped. */
  run(): Promise<void>;
  /** Closes the files and returns the recordings. */
  finish(): Promise<RunResult>;
  /** Ends the engine; removes the files written unless the run is finished. */
  dispose(): Promise<void>;
}

/**
 * Compiles a model, builds its network and opens its files.
 *
 * @throws DiagnosticError for parts that cannot be lowered, and for faults found while building the network
 * @throws UsageError if the target is not available or an output cannot be written
 * @throws InterruptedError if stopped before the first step
 */
export async function startModel(imported: RunnableModel, options: RunOptions): Promise<StartedRun | GeneratedResult> {
  checkRunOptions(options);
  const watch = stopwatch();
  const compiled = await compileModel(imported, options, watch);
  const { program, protocol, executable, engine } = compiled;
  if (engine.target === 'null')
    return { kind: 'generated', engine, program, sources: executable.sources, seconds: watch.seconds() };
  // 8. Connect, run, record.
  options.onProgress?.('connect', 0);
  const files = await resultFiles(imported, compiled, protocol, options);
  const recorder = createRecorder(program, protocol, files.sink, files.plan);
  const { from } = options;
  const checkpoint =
    options.checkpoint &&
    (from?.resume(options.checkpoint.seconds) ??
      createCheckpoint(
        options.checkpoint.folder,
        checkpointedRun(files.setup, imported.notation, options, options.checkpoint.seconds),
        options.checkpoint.seconds,
      ));
  let session: Session | undefined;
  let recording: Recording | undefined;
  let finished = false;
  const dispose = async (): Promise<void> => {
    if (!finished) {
      await files.abandon();
      recorder.dispose();
      checkpoint?.end('stopped');
    }
    finished = true;
    const ending = session;
    session = undefined;
    await ending?.dispose();
  };
  try {
    session = await inStage('connect', () =>
      placedLater(imported.positions ?? unplaced, () =>
        startWhileOpening(executable, program, files.writers, files.setup, options),
      ),
    );
    watch.end('connect');
    const started = session;
    recording = await inStage('run', () =>
      recorder.begin(started, {
        onProgress: (done, total) => options.onProgress?.('run', total === 0 ? 1 : done / total),
        ...(options.signal ? { signal: options.signal } : {}),
        ...(options.stopAfter === undefined ? {} : { stopAfter: options.stopAfter }),
        ...(checkpoint ? { checkpoint } : {}),
        ...(from ? { from: { state: from.state, calls: from.calls(program) } } : {}),
      }),
    );
  } catch (error) {
    await dispose();
    throw error;
  }
  const begun = recording;
  return {
    kind: 'started',
    run: () =>
      inStage('run', async () => {
        for (const entry of protocol) await begun.perform(entry);
      }),
    finish: async () => {
      invariant(!finished, 'run', 'the run has already finished');
      options.onProgress?.('write', 0);
      const run = await inStage('run', () => begun.finish(protocol));
      watch.end('run');
      // 9. Close the files.
      const { record, outputs } = await files.close(run);
      watch.end('write');
      finished = true;
      checkpoint?.end(record.outcome);
      return runResult(compiled, run, { record, outputs }, watch, recorder);
    },
    dispose,
  };
}
