/** The results of a session and its files, which equal the results of its document run as one. */

import { engage } from './engage.js';
import { identity, isSame, withProtocol, type Engaged, type SessionState } from './state.js';
import { compileModel } from '../pipeline/compile-model.js';
import { openAll } from '../pipeline/connect.js';
import type { RunnableModel } from '../pipeline/read/imported-model.js';
import { resultFiles } from '../pipeline/results/result-files.js';
import { runResult } from '../pipeline/results/run-result.js';
import type { RunResult } from '../pipeline/run-options.js';
import { inStage } from '../pipeline/stages.js';
import { InvariantError } from '../diagnostics/diagnostic.js';
import { hashModel } from '../model/hash.js';
import { protocolOf } from '../lower/context/protocol.js';
import type { RecordedRun } from '../../runtime/record/recorder.js';
import type { RunSetup, SpikeTrains } from '../../runtime/results/result.js';

/** Ends the engine, writes the files, and gives the results. */
export async function finish(state: SessionState): Promise<RunResult> {
  const on = await engage(state);
  const end = on.walk.end((name) => on.compiled.program.schedule.procedures[name] !== undefined);
  for (const entry of end) await on.recording.perform(entry);
  const result = await write(state);
  state.closed = true;
  state.engaged = null;
  await on.session.dispose();
  return result;
}

/** Writes the files of the run so far, and returns the results; the session goes on. */
export async function write(state: SessionState): Promise<RunResult> {
  const { watch, options } = state;
  const on = await engage(state);
  const document = documentOf(state);
  const final = await compileModel(document, options, watch);
  const { program } = final;
  const protocol = protocolOf(document.valid, program);
  const found = await inStage('run', () => on.recording.finish(protocol));
  watch.end('run');
  const { engine, findings } = on.compiled;
  const files = await resultFiles(document, { ...final, engine }, protocol, options);
  const run = { ...found, trains: files.plan.trains.map(({ plan }) => trainOf(plan, found)) };
  try {
    await openAll(files.writers, files.setup);
    const seriesOf = seriesIn(files.setup, on);
    for (const block of on.sink.blocks) {
      const series = seriesOf[block.series] ?? -1;
      if (series >= 0) files.sink.samples({ ...block, series });
      await files.sink.ready?.();
    }
    files.sink.advance(found.steps);
    const { record, outputs } = await files.close(run);
    watch.end('write');
    return runResult({ engine, program, findings }, run, { record, outputs }, watch, on.recorder);
  } catch (error) {
    await files.abandon();
    throw error;
  }
}

/** Returns the document of a session: the given one, if exactly its protocol was performed. */
function documentOf({ given, phases, done }: SessionState): RunnableModel {
  const performed = phases.slice(0, done);
  const planned = given.valid.model.experiment.protocol;
  if (performed.length === planned.length && performed.every((phase, k) => isSame(phase, planned[k]))) return given;
  const whole = withProtocol(given, performed);
  return { ...whole, hashes: hashModel(whole.valid.model) };
}

/** Returns the spikes of a train of the document from the session's spikes. */
function trainOf(plan: SpikeTrains['plan'], found: RecordedRun): SpikeTrains {
  const own = found.trains.find((each) => each.plan.population === plan.population && each.plan.event === plan.event);
  if (!own) throw new InvariantError('session', `no spikes of ${plan.population} were kept`);
  return { ...own, plan };
}

/** For each series of the session, which of the document's it is; -1 for none. */
const seriesIn = ({ series }: RunSetup, on: Engaged): readonly number[] =>
  on.plan.setup.series.map((kept) => series.findIndex((each) => identity(each) === identity(kept)));
