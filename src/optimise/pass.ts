/** The interface of a pass over programs. */

import type { Program } from '../ir/program.js';

/**
 * The engines that receive the result of a pass: every engine, or only those that run on processors: C and WebAssembly.
 */
export type Audience = 'every engine' | 'processors';

/** A rewriting of programs that changes no result. */
export interface Pass {
  /** As `--dump-ir` and golden files name it. */
  readonly name: string;
  /** Which engines it is for. */
  readonly audience: Audience;
  /** Returns a legal program that computes the same bits as a legal one; the same object if there is no change. */
  readonly run: (program: Program) => Program;
}

/** Returns the names of kernels that run after the network is built. */
export const laterKernels = ({ step, procedures }: Program['schedule']): ReadonlySet<string> =>
  new Set([
    ...step.map(({ kernel }) => kernel),
    ...Object.values(procedures).flatMap((actions) =>
      actions.flatMap((action) => (action.kind === 'run' ? [action.kernel] : [])),
    ),
  ]);
