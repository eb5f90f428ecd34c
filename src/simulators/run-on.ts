/** Runs a model in another simulator, and writes the result files that our own engines write. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { protocolSteps, turnsBack } from '../../runtime/record/protocol.js';
import { orOutputError } from '../../runtime/results/output-error.js';
import type { SimulatorRun } from '../../runtime/results/result.js';
import { InvariantError, UsageError } from '../diagnostics/diagnostic.js';
import { nameOn, type Simulator } from '../library/simulators/names.js';
import type { ValidModel } from '../model/model.js';
import { typedValid } from '../model/typed-model.js';
import { minDelayInNest } from '../library/simulators/nest-parts.js';
import { environmentOf as runEnvironmentOf, fileDate } from '../pipeline/results/provenance.js';
import { resultFiles } from '../pipeline/results/result-files.js';
import { stopwatch, type RunOptions } from '../pipeline/run-options.js';
import { version } from '../pipeline/version.js';
import { platform } from '#platform';
import { temporaryFolder } from '../platform/temporary-folder.js';
import { stoppedAt } from './columns.js';
import { checkProcesses, prepared } from './run-document.js';
import { ToolError } from './run-tool.js';
import { toolFailure } from './tool-failure.js';
import type { Instrumented, WriteOptions } from './instrumented.js';
import { notOurs, writeResults, type RunOn } from './write-results.js';

/** How a model is run in another simulator. */
export interface RunOnOptions
  extends
    Pick<
      RunOptions,
      | 'outputs'
      | 'force'
      | 'subject'
      | 'command'
      | 'environment'
      | 'onProgress'
      | 'signal'
      | 'threads'
      | 'ranks'
      | 'writers'
      | 'units'
      | 'repeated'
    >,
    WriteOptions {
  /** Folder or program of the simulator's Python; absent: a Python on the path. */
  readonly env?: string;
  /** Folder that keeps the document and what the simulator writes. */
  readonly keep?: string;
  /** Verdict on the conversion. */
  readonly verdict: string;
  /** Sentences about draws of the simulator's own. */
  readonly drawn: readonly string[];
}

/**
 * Runs a model in another simulator.
 *
 * @throws UsageError if the simulator is not there, fails or is killed, or a file cannot be written
 */
export async function runOn(model: Instrumented, options: RunOnOptions): Promise<RunOn> {
  const { imported, simulator, program, protocol } = model;
  const { outputs = [], force = false, env, keep, threads = 1, ranks = 1, onProgress, signal } = options;
  const { writers, units } = options;
  // A result without content would be identical to any other.
  if (model.spikes.size + model.samples.size === 0)
    throw new UsageError(
      'the model records nothing that the simulator gives back',
      "add recordings, such as --record 'POPULATION:spikes'",
    );
  const files = { outputs, force, ...(writers ? { writers } : {}), ...(units ? { units } : {}) };
  const watch = stopwatch();
  const engine = { target: nameOn(simulator), device: '', threads };
  await resultFiles(imported, { program, executable: notOurs, engine }, protocol, files);
  const folder = keep === undefined ? temporaryFolder('on') : emptyFolder(keep, force);
  try {
    const tool = prepared(model, simulator, folder, env);
    checkProcesses(simulator, tool.environment, threads, ranks);
    if (simulator === 'neuron' && ranks > 1) checkDelays(imported.valid, program.dt);
    onProgress?.('run', 0);
    const total = protocolSteps(protocol) * program.dt;
    watch.end('compile');
    const columns = await inTool(simulator, () =>
      tool.run(model, {
        threads,
        ranks,
        onProgress: (time) => onProgress?.('run', Math.min(1, time / total)),
        ...(signal ? { signal } : {}),
      }),
    );
    watch.end('run');
    onProgress?.('write', 0);
    const text = model.converted.files.find(({ name }) => name === tool.file)?.text ?? '';
    const run: SimulatorRun = {
      name: nameOn(simulator),
      ranks,
      frozen: options.freeze,
      partial: options.partial,
      document: { name: tool.file, sha256: createHash('sha256').update(text).digest('hex') },
      verdict: options.verdict,
    };
    const { versions, name } = tool.environment;
    const device = ranks > 1 ? `${name}, ${ranks} ranks` : name;
    const { source } = imported;
    const { command } = options;
    const stated =
      options.environment === false
        ? {}
        : runEnvironmentOf({ ...(source ? { source } : {}), ...(command ? { command } : {}) });
    const repeated = options.repeated ?? {
      target: engine.target,
      device,
      threads,
      versions: { interneuron: version, ...platform.machine.versions(), ...versions },
      date: fileDate(),
      ...(options.subject && Object.keys(options.subject).length > 0 ? { subject: options.subject } : {}),
      environment: { ...stated, simulator: run },
      notes: options.drawn,
    };
    const reached = stoppedAt(folder);
    // The clock of a run that goes back does not tell how far it is.
    if (reached !== undefined && turnsBack(protocol)) signal?.throwIfAborted();
    const steps = reached === undefined ? protocolSteps(protocol) : Math.round(reached / program.dt);
    const written = await writeResults(model, columns, steps, { ...files, repeated });
    watch.end('write');
    return { ...written, engine: { ...engine, device }, seconds: watch.seconds() };
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns a folder that is made, or emptied of results of an earlier run. @throws UsageError if it has files */
function emptyFolder(path: string, force: boolean): string {
  const held = existsSync(path) ? orOutputError(path, () => readdirSync(path)) : [];
  if (held.length > 0 && !force)
    throw new UsageError(`${path} has files in it`, 'name another folder with --keep, or add --force');
  orOutputError(path, () => mkdirSync(path, { recursive: true }));
  for (const name of held) if (/^(?:columns-\d+\.jsonl|stop)$/.test(name)) rmSync(join(path, name));
  return path;
}

/** Checks that delays are long enough for ranks of NEURON. @throws UsageError */
function checkDelays(valid: ValidModel, dt: number): void {
  const least = minDelayInNest(typedValid(valid));
  // NEURON delivers events of other ranks in a later step than that of the spike.
  if (least === undefined || Object.keys(valid.model.projections).length === 0 || least > 1.5 * dt) return;
  const inMs = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(6))} ms`;
  throw new UsageError(
    `NEURON cannot divide this network among ranks: its least delay, ${inMs(least)}, is one step`,
    `use one rank, NEST with --threads, or a shorter step: --dt '${inMs(dt / 2)}'`,
  );
}

/** Runs an action in a simulator. @throws UsageError with the simulator's own message if it fails */
async function inTool<T>(simulator: Simulator, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UsageError || error instanceof InvariantError) throw error;
    if (error instanceof ToolError || (error instanceof Error && /^it (?:ended|left) /.test(error.message)))
      throw new UsageError(
        `${nameOn(simulator)} failed: ${toolFailure(error)}`,
        'keep the document with --keep FOLDER, and run it by itself',
      );
    throw error;
  }
}
