/** A stand-alone project for CUDA: kernels, a host in C++ that launches them, and the common files of projects in C. */

import type { Program } from '../../../ir/program.js';
import type { Launch } from '../../schedule/launches.js';
import { renderTemplate } from '../../templates/render.js';
import { headerFile } from '../generate.js';
import { dataFile, mainFile, readmeFile } from '../project.js';
import type { ScriptEntry } from '../project.js';
import { commentText } from '../text.js';
import type { TargetStrategy } from './context.js';
import { generateCuda } from './generate.js';
import { hostRunning, hostTables, listCount } from './host-tables.js';

/** Prints the kernels by their numbers: their names determine the types of their arguments for the compiler. */
const caseLine = ({ entry }: Launch, k: number): string =>
  `    case ${k}u: return cudaLaunchKernel(${entry}, blocks, threads, arguments, (size_t)0, (cudaStream_t)0);`;

/**
 * Returns the files of a stand-alone project, by name.
 *
 * @param script the run's steps after initialisation, in order
 * @returns texts, and the bytes of `initial.bin`; the same for equal programs
 */
export function cudaProject(
  program: Program,
  script: readonly ScriptEntry[],
  targets: TargetStrategy = 'atomic',
): ReadonlyMap<string, string | Uint8Array> {
  const generated = generateCuda(program, targets);
  const launches = [...generated.launches.values()];
  const host = renderTemplate('cuda-host', {
    title: commentText(program.name),
    tables: hostTables(program, generated),
    mostOwn: Math.max(0, ...launches.map(({ own }) => own.length)),
    cases: launches.map(caseLine).join('\n'),
    running: hostRunning(),
  });
  return new Map<string, string | Uint8Array>([
    ['network.h', headerFile(program, listCount(program))],
    ['network.cu', generated.source],
    ['host.cu', host],
    ['main.c', mainFile(program, script)],
    ['CMakeLists.txt', renderTemplate('cuda-cmake', {})],
    ['README.md', readmeFile(program, 'cuda-readme')],
    ['initial.bin', dataFile(program)],
  ]);
}
