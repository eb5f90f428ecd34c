/** What a pass over programs is. */

import type { Program } from '../ir/program.js';

/** Programs that a pass is for: those of every engine, or those that the C printer gets. */
export type Audience = 'every engine' | 'c';

/** A rewriting of programs that changes no result. */
export interface Pass {
  /** As `--dump-ir` and golden files name it. */
  readonly name: string;
  /** Which engines it is for. */
  readonly audience: Audience;
  /** A legal program that computes the same bits from a legal one; the same object where there is nothing to do. */
  readonly run: (program: Program) => Program;
}
