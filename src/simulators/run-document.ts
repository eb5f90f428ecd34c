/** Runs a document that was written for a simulator. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { orOutputError } from '../../runtime/results/output-error.js';
import type { Simulator } from '../library/simulators/names.js';
import { simulators } from '../library/simulators/simulators.js';
import { importModel, readSource } from '../pipeline/pipeline.js';
import { mainOf } from '../../translators/shared/writing.js';
import { mpiLauncher } from '../../runtime/targets/mpi/launch.js';
import type { ToolColumns } from './columns.js';
import type { Recorded } from './recorded-columns.js';
import { engines, type Job } from './engines.js';
import { environmentOf, hasModules, hasMpi, type Environment } from './environments.js';
import { runTool, type ToolOptions } from './run-tool.js';
import { CannotRun, type WrittenFor } from './written.js';

/** How a document runs. */
export interface DocumentOptions extends Omit<ToolOptions, 'folder'> {
  readonly threads?: number;
  readonly ranks?: number;
}

/** A document that can be run. */
interface Prepared {
  readonly environment: Environment;
  readonly file: string;
  /** Runs it. */
  run(recorded: Pick<Recorded, 'spikes' | 'samples'>, options?: DocumentOptions): Promise<readonly ToolColumns[]>;
}

/**
 * Writes the files of a document into a folder.
 *
 * @param python  program or folder of the simulator's environment; absent: a Python on the path
 * @throws UsageError if the simulator is not there
 */
export function prepared(
  { converted: { files, data }, isCompiled }: WrittenFor,
  simulator: Simulator,
  folder: string,
  python?: string,
): Prepared {
  const environment = environmentOf(simulator, python, isCompiled ? simulators.nestml.runs : []);
  const program = environment.python!;
  if (isCompiled && !hasModules(program, simulators.nestml.runs)) {
    const [[distribution, name] = ['', '']] = simulators.nestml.packages;
    throw new CannotRun(
      `needs ${name}`,
      `${simulator} needs ${name} for cells or synapses that PyNN has no names for, and the environment lacks it`,
      `install ${distribution} in this environment`,
    );
  }
  for (const { name, text, bytes } of files) {
    const path = join(folder, name);
    orOutputError(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes ?? text);
    });
  }
  const file = mainOf(files)?.name ?? '';
  return {
    environment,
    file,
    run: async ({ spikes, samples }, { threads = 1, ranks = 1, ...options } = {}) => {
      const read: Job['read'] = () => importModel(readSource(join(folder, file)), { data, origin: false }).valid.model;
      const job = {
        folder: resolve(folder),
        file,
        isCompiled,
        python: program,
        threads,
        ranks,
        spikes,
        samples,
        read,
      };
      const start = engines[simulator].start(job);
      const launched = ranks === 1 ? undefined : mpiLauncher(ranks);
      await runTool(
        { ...start, words: [...(launched?.words ?? []), ...start.words] },
        { ...options, folder, environment: launched?.environment ?? {} },
      );
      return engines[simulator].results(job);
    },
  };
}

/** Checks that a simulator of an environment runs with threads or ranks. @throws UsageError if it does not */
export function checkProcesses(simulator: Simulator, { python }: Environment, threads = 1, ranks = 1): void {
  const engine = engines[simulator];
  if (threads > 1 && engine.threads !== true) throw new UsageError(engine.threads, 'leave --threads out');
  if (ranks === 1) return;
  if (engine.ranks !== true)
    throw new UsageError(`${engine.ranks}: --ranks is for NEST, NEURON and BMTK`, 'leave it out');
  if (!hasModules(python!, ['mpi4py']))
    throw new UsageError(
      'ranks need mpi4py in the environment of the simulator: without it, each rank runs the whole network',
      `${python!} -m pip install mpi4py`,
    );
  if (simulator === 'nest' && !hasMpi(python!))
    throw new UsageError(
      'this NEST was built without MPI, as the package of PyPI is',
      'use --threads, or NEST from conda-forge (nest-simulator=*=mpi_openmpi*) or built with -Dwith-mpi=ON',
    );
}
