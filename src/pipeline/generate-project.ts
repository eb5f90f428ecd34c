/** The generated program of a model as files, without running it. */

import { generators } from '../../runtime/targets/null/target.js';
import { DiagnosticError, InvariantError, invariant } from '../diagnostics/diagnostic.js';
import { cudaProject } from '../codegen/c/device/cuda-project.js';
import { openclProject } from '../codegen/c/device/opencl-project.js';
import { cProject, type ScriptEntry } from '../codegen/c/project.js';
import { mpiProject } from '../codegen/mpi/project.js';
import type { Strategy } from '../codegen/schedule/strategies.js';
import { unplaced, type Positions } from '../diagnostics/positions.js';
import type { Precision, Program } from '../ir/program.js';
import { showSynapses } from '../ir/names.js';
import { optimise } from '../optimise/optimise.js';
import { drawnModel, loweredModel } from './build-program.js';
import { protocolOf } from '../lower/context/protocol.js';
import type { ValidModel } from '../model/model.js';
import { phaseKind } from '../model/tagged.js';
import { messages } from './messages.js';
import { readStrategy } from './read-strategy.js';
import { inStage } from './stages.js';

/** Contents by name, relative to the folder they are for. */
export type ProjectFiles = ReadonlyMap<string, string | Uint8Array>;

/**
 * Returns the files of a model's program.
 *
 * @param target  `c`, `mpi`, `opencl` and `cuda` give a project that builds and runs by itself; others give the text of
 *   the program
 * @param strategy  how devices spread spikes over work-items
 * @throws DiagnosticError for parts that cannot be lowered, UsageError for an unknown strategy
 */
export function generateProject(
  valid: ValidModel,
  target: string,
  precision: Precision,
  strategy = 'auto',
  positions: Positions = unplaced,
): ProjectFiles {
  const spread = readStrategy(strategy) ?? 'atomic';
  if (target in projects) refuseTurningBack(valid, positions);
  const program = loweredModel(drawnModel(valid, positions), positions, { precision, keepsOrder: false });
  return inStage('generate', () => filesFor(valid, target, program, spread));
}

/** @throws DiagnosticError naming the first phase that a project cannot have */
function refuseTurningBack({ model }: ValidModel, positions: Positions): void {
  const { protocol } = model.experiment;
  protocol.map(phaseKind).forEach((kind, k) => {
    if (kind !== 'reset' && kind !== 'store' && kind !== 'restore') return;
    const place = positions.place(`/experiment/protocol/${k}`);
    throw new DiagnosticError([{ severity: 'error', ...messages.noTurningBack(kind), place }]);
  });
}

/** Stand-alone projects by target. */
const projects: Readonly<
  Record<string, (program: Program, script: readonly ScriptEntry[], spread: Strategy | 'atomic') => ProjectFiles>
> = {
  c: (program, script) => cProject(optimise(program, 'processors'), script),
  mpi: mpiProject,
  opencl: openclProject,
  cuda: cudaProject,
};

function filesFor(valid: ValidModel, target: string, program: Program, spread: Strategy | 'atomic'): ProjectFiles {
  const project = projects[target];
  if (project) return project(program, scriptOf(valid, program), spread);
  const generator = generators.find(({ name }) => name === target);
  invariant(generator, 'run/generate-project', `no generator is named ${target}`);
  return generator.generate(program);
}

/**
 * Returns the actions of the program, in order. It records everything throughout, so it omits switches of recordings.
 */
function scriptOf(valid: ValidModel, program: Program): readonly ScriptEntry[] {
  const entries = protocolOf(valid, program).flatMap((entry): ScriptEntry[] => {
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
        throw new InvariantError('run/generate-project', `${entry.kind} in the script of a project`);
      default:
        return entry satisfies never;
    }
  });
  // The program writes the state at its end.
  return program.manifest.shown ? [...entries, { kind: 'call', procedure: showSynapses }] : entries;
}
