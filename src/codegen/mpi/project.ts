/** A stand-alone project for many machines: the C project with exchanges through MPI, and a job script for Slurm. */

import type { Program } from '../../ir/program.js';
import { dataFile, mainFile, readmeFile, type ScriptEntry } from '../c/project.js';
import { generateC } from '../c/generate.js';
import { renderTemplate } from '../templates/render.js';
import { distribute } from './distribution.js';
import { withOwnSynapses } from './own-synapses.js';

/**
 * Returns the files of a stand-alone project, by name.
 *
 * @param script the run's steps after initialisation, in order
 * @returns texts, and the bytes of `initial.bin`; the same for equal programs
 */
export function mpiProject(program: Program, script: readonly ScriptEntry[]): ReadonlyMap<string, string | Uint8Array> {
  const main = mainFile(program, script, true);
  const { header, source } = generateC(program, withOwnSynapses(program, distribute(program)), main);
  return new Map<string, string | Uint8Array>([
    ['network.h', header],
    ['network.c', source],
    ['main.c', main],
    ['CMakeLists.txt', renderTemplate('c-cmake', { mpi: true })],
    ['job.sh', renderTemplate('mpi-job', {})],
    ['README.md', readmeFile(program, 'mpi-readme')],
    ['initial.bin', dataFile(program)],
  ]);
}
