/** A stand-alone project for OpenCL: kernels, a host in C that launches them, and the common files of projects in C. */

import type { Program } from '../../../ir/program.js';
import { renderTemplate } from '../../templates/render.js';
import { headerFile } from '../generate.js';
import { dataFile, mainFile, readmeFile } from '../project.js';
import type { ScriptEntry } from '../project.js';
import { commentText } from '../text.js';
import type { TargetStrategy } from './context.js';
import { generateOpencl } from './generate.js';
import { hostRunning, hostTables, listCount } from './host-tables.js';

/**
 * Returns the files of a stand-alone project, by name. Teams that add atomically suit every device.
 *
 * @param script the run's steps after initialisation, in order
 * @returns texts, and the bytes of `initial.bin`; the same for equal programs
 */
export function openclProject(
  program: Program,
  script: readonly ScriptEntry[],
  targets: TargetStrategy = 'atomic',
): ReadonlyMap<string, string | Uint8Array> {
  const generated = generateOpencl(program, targets);
  const host = { title: commentText(program.name), tables: hostTables(program, generated), running: hostRunning() };
  return new Map<string, string | Uint8Array>([
    ['network.h', headerFile(program, listCount(program))],
    ['network.c', renderTemplate('opencl-host', host)],
    ['network.cl', generated.source],
    ['main.c', mainFile(program, script)],
    ['CMakeLists.txt', renderTemplate('opencl-cmake', {})],
    ['README.md', readmeFile(program, 'opencl-readme')],
    ['initial.bin', dataFile(program)],
  ]);
}
