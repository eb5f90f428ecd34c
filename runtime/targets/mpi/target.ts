/** The mpi target: generated C on several processes, which exchange spikes through MPI. */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { distribute } from '../../../src/codegen/mpi/distribution.js';
import { withOwnSynapses } from '../../../src/codegen/mpi/own-synapses.js';
import { generateC } from '../../../src/codegen/c/generate.js';
import { renderTemplate } from '../../../src/codegen/templates/render.js';
import type { Program } from '../../../src/ir/program.js';
import { buildLibrary } from '../c/build.js';
import { compileFlags, type OptimisationLevel } from '../c/compiler.js';
import type { Availability, CompileOptions, Executable, Target } from '../target.js';
import { findMpiCompiler, hasLauncher, launcher, missingMpi, startRanks } from './launch.js';
import { startSession } from './session.js';
import { showing } from '../shown.js';

async function probe(): Promise<Availability> {
  const compiler = await findMpiCompiler();
  const problem =
    compiler === undefined ? missingMpi('mpicc') : (await hasLauncher()) ? undefined : missingMpi(launcher()[0]);
  if (problem) {
    const { message: reason, hint } = problem;
    return { target: 'mpi', available: false, devices: [], reason, ...(hint === undefined ? {} : { hint }) };
  }
  const cores = availableParallelism();
  const device = `${cores} processor core${cores === 1 ? '' : 's'} here, mpicc with ${compiler?.title ?? ''}`;
  return { target: 'mpi', available: true, devices: [device] };
}

/** Options for tests. */
interface MpiTargetOptions {
  readonly ranks?: number;
  readonly level?: OptimisationLevel;
}

async function compile(program: Program, options: CompileOptions, own: MpiTargetOptions): Promise<Executable> {
  const compiler = await findMpiCompiler();
  if (compiler === undefined) throw missingMpi('mpicc');
  const { threads = 1, ranks = own.ranks ?? availableParallelism(), cacheDirectory, readsSynapses = false } = options;
  const shared = distribute(program);
  const distribution = readsSynapses ? shared : withOwnSynapses(program, shared);
  const generated = generateC(program, distribution);
  const files = new Map([
    ['network.h', generated.header],
    ['network.c', generated.source],
    ['server.c', renderTemplate('mpi-server', {})],
  ]);
  const flags = compileFlags(own.level ?? '-O3', threads > 1, compiler.title);
  const cache = cacheDirectory === undefined ? undefined : join(cacheDirectory, 'mpi');
  const built = await buildLibrary({ files, compiler, flags, isProgram: true }, cache);
  return {
    sources: files,
    threads: ranks * threads,
    notes: [`${ranks} ranks with ${threads} threads each`, ...notesOf(distribution)],
    compiler: `${compiler.title} ${flags.join(' ')}`,
    start: async () =>
      showing(await startSession(program, generated.lists, startRanks(built.path, ranks), threads), program),
  };
}

/** Returns what ranks exchange in the steps, for the notes of a run. */
function notesOf({
  ownSynapses,
  interval,
  entries,
  gathersAtEnd,
  spaces,
}: ReturnType<typeof distribute>): readonly string[] {
  const gathered = [
    ...new Set([...entries.flatMap(({ gathers }) => gathers), ...gathersAtEnd].map(({ buffer }) => buffer)),
  ];
  const isWhole = (kernel: string): boolean => (spaces.get(kernel)?.positions ?? 0) === 0;
  const whole = entries.map(({ entry }) => entry.kernel).filter(isWhole);
  return [
    interval > 0 ? `ranks exchange spikes every ${interval} steps` : 'ranks exchange spikes within each step',
    ...(ownSynapses.length > 0
      ? [
          `ranks keep only synapses onto their own cells of ${ownSynapses.map(({ projection }) => projection).join(', ')}`,
        ]
      : []),
    ...(gathered.length > 0 ? [`ranks exchange ${gathered.join(', ')} in steps that read them`] : []),
    ...(whole.length > 0 ? [`every rank computes ${whole.join(', ')}`] : []),
  ];
}

/** Returns an mpi target with a number of ranks and a level of optimisation. */
export const mpiTargetWith = (own: MpiTargetOptions): Target => ({
  name: 'mpi',
  hasThreads: true,
  hasRanks: true,
  probe,
  compile: (program, options) => compile(program, options, own),
});

/** C on several processes. */
export const mpiTarget: Target = mpiTargetWith({});
