/** The generated program of a model as files, without running it. */

import { generators } from '../../runtime/targets/null/target.js';
import { DiagnosticError, invariant } from '../diagnostics/diagnostic.js';
import { cudaProject } from '../codegen/c/device/cuda-project.js';
import { openclProject } from '../codegen/c/device/opencl-project.js';
import { cProject, type ScriptEntry } from '../codegen/c/project.js';
import type { Precision, Program } from '../ir/program.js';
import { drawModel } from '../draw/draw.js';
import { optimise } from '../optimise/optimise.js';
import { programOf } from './build-program.js';
import { protocolOf } from '../lower/protocol.js';
import type { ValidModel } from '../model/model.js';
import { machineMemory } from './machine-memory.js';
import { messages } from './messages.js';
import { readStrategy } from './read-strategy.js';

/** Contents by name, relative to the folder they are for. */
export type ProjectFiles = ReadonlyMap<string, string | Uint8Array>;

/**
 * The files of a model's program.
 *
 * @param target  `c`, `opencl` and `cuda` give a project that builds and runs by itself; others give the text of the
 *   program
 * @param strategy  how devices spread spikes over work-items
 * @throws DiagnosticError for what cannot be lowered, UsageError for a strategy that there is not
 */
export function generateProject(
  valid: ValidModel,
  target: string,
  precision: Precision,
  strategy = 'auto',
): ProjectFiles {
  const spread = readStrategy(strategy) ?? 'atomic';
  const program = programOf(drawModel(valid, machineMemory()), { precision });
  if (target === 'c') return cProject(optimise(program, 'c'), scriptOf(valid, program));
  if (target === 'opencl') return openclProject(program, scriptOf(valid, program), spread);
  if (target === 'cuda') return cudaProject(program, scriptOf(valid, program), spread);
  const generator = generators.find(({ name }) => name === target);
  invariant(generator, 'run/generate-project', `no generator is named ${target}`);
  return generator.generate(program);
}

/**
 * What the program does, in order. It records everything throughout, so that switching recordings has no place in it.
 */
function scriptOf(valid: ValidModel, program: Program): readonly ScriptEntry[] {
  return protocolOf(valid, program).flatMap((entry): ScriptEntry[] => {
    switch (entry.kind) {
      case 'run':
        return [entry];
      case 'call':
        return [{ kind: 'call', procedure: entry.procedure }];
      case 'record':
        return [];
      case 'reset':
      case 'store':
      case 'restore':
        throw new DiagnosticError([{ severity: 'error', ...messages.noTurningBack(entry.kind) }]);
      default:
        return entry satisfies never;
    }
  });
}
