/** The tools of MPI on this machine: its compiler, and the command that starts processes. */

import { dirname } from 'node:path';
import { askCompiler, runProgram, type Compiler } from '../c/compiler.js';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { startProgram, type RunningProgram } from '../../../src/platform/start-program.js';

const wordsOf = (variable: string, usual: string): readonly [string, ...string[]] => {
  const [first = usual, ...rest] = (process.env[variable] ?? '')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  return [first, ...rest];
};

/** Returns the command that starts processes: `INTERNEURON_MPIRUN`, or mpirun. */
export const launcher = (): readonly [string, ...string[]] => wordsOf('INTERNEURON_MPIRUN', 'mpirun');

/** Returns MPI's compiler, `MPICC` or mpicc; undefined if it cannot be started. */
export const findMpiCompiler = (): Promise<Compiler | undefined> => askCompiler(wordsOf('MPICC', 'mpicc'));

/** The error for missing tools, with the packages to install. */
export const missingMpi = (command: string): UsageError =>
  new UsageError(
    `${command} cannot be started`,
    'install MPI: apt-get install openmpi-bin libopenmpi-dev (Debian, Ubuntu), dnf install openmpi-devel (Fedora), ' +
      'or load the module of your cluster',
  );

/** Whether processes can be started. */
export async function hasLauncher(): Promise<boolean> {
  const [program] = launcher();
  return (await runProgram([program, '--version'])).status === 0;
}

/**
 * Settings of Open MPI as variables, which other implementations ignore: more ranks than cores are allowed and then let
 * each other run, threads may use all cores, and so may root in a container.
 */
const settings = {
  OMPI_MCA_rmaps_base_oversubscribe: '1',
  OMPI_MCA_mpi_yield_when_idle: '1',
  OMPI_MCA_hwloc_base_binding_policy: 'none',
  PRTE_MCA_rmaps_default_mapping_policy: ':oversubscribe',
  PRTE_MCA_hwloc_default_binding_policy: 'none',
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
} as const;

/** Returns the words that start ranks of a program, and variables for them. */
export const mpiLauncher = (
  ranks: number,
): { readonly words: readonly string[]; readonly environment: Readonly<Record<string, string>> } => ({
  words: [...launcher(), '-n', String(ranks)],
  environment: Object.fromEntries(Object.entries(settings).filter(([name]) => process.env[name] === undefined)),
});

/**
 * Starts ranks of a program; its first rank has the standard streams. Signals of the terminal do not reach them, so
 * that a run that is stopped keeps its data. They end with this process.
 */
export function startRanks(program: string, ranks: number): RunningProgram {
  const { words, environment } = mpiLauncher(ranks);
  const child = startProgram([...words, program], { cwd: dirname(program), environment, detached: true });
  const end = (): void => void child.kill('SIGTERM');
  process.on('exit', end);
  child.on('close', () => process.off('exit', end));
  return child;
}
