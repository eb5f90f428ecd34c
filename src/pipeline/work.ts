/** Work of an engine for a program, as far as it is known before a run. */

import { operationsInCode, operationsPerStep } from '../ir/operations.js';
import { elementBytes } from '../ir/program.js';
import type { Program } from '../ir/program.js';

/** The size of the work, which decides the choice of an engine. */
export interface Work {
  /** Operations in all steps, except operations of synapses, which depend on spikes. */
  readonly operations: number;
  /** Operations in the text of the program, which a compiler has to read. */
  readonly code: number;
  /** Elements that are updated in a step. */
  readonly elements: number;
  /** Bytes that the model needs at least: synapses that kernels count are not among them. */
  readonly bytes: number;
}

/** Returns the work of running a program for so many steps. */
export const workOf = (program: Program, steps: number): Work => ({
  operations: steps * operationsPerStep(program),
  code: operationsInCode(program),
  elements: program.manifest.populations.reduce((sum, { size }) => sum + size, 0),
  bytes: program.buffers.reduce(
    (sum, { element, length }) => sum + (typeof length === 'number' ? length * elementBytes[element] : 0),
    0,
  ),
});
