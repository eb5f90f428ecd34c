/** The passes over programs, in order. Each is `Program → Program`, and leaves a legal program with the same bits. */

import type { Program } from '../ir/program.js';
import { arrivals } from './arrivals.js';
import { creationOrder } from './creation-order.js';
import { integerWeights } from './integer-weights.js';
import { mergedRows } from './merged-rows.js';
import type { Audience, Pass } from './pass.js';
import { releases } from './releases.js';

/** All passes, in order. */
export const passes: readonly Pass[] = [integerWeights, creationOrder, mergedRows, releases, arrivals];

/** Options of the caller. */
interface OptimiseOptions {
  /** Names of passes that are left out. */
  readonly without?: readonly string[];
  /** Receives the program as it is after each pass. */
  readonly onPass?: ((pass: string, program: Program) => void) | undefined;
}

/** The program after all passes for an audience. */
export function optimise(
  program: Program,
  audience: Audience,
  { without = [], onPass }: OptimiseOptions = {},
): Program {
  let result = program;
  for (const pass of passes) {
    if (pass.audience !== audience || without.includes(pass.name)) continue;
    result = pass.run(result);
    onPass?.(pass.name, result);
  }
  return result;
}
