/** Kernels that copy variables, repeated before a read if the original has changed. */

import type { Kernel, StepEntry } from '../../ir/program.js';
import { accessesOf, bodyOf } from '../../ir/walk.js';

const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some((name) => b.has(name));

/**
 * Inserts into a step new copies before each entry that reads them, if their originals may have changed since: since
 * the step began, or in an earlier entry. Thus code that reads a copy reads the current value.
 *
 * @param copies entries of the kernels that copy; they have no other effect, and may read each other's copies
 * @param kernels all kernels of the program
 */
export function withLiveCopies(
  step: readonly StepEntry[],
  copies: readonly StepEntry[],
  kernels: readonly Kernel[],
): readonly StepEntry[] {
  if (copies.length === 0) return step;
  const accesses = new Map(kernels.map((kernel) => [kernel.name, accessesOf(bodyOf(kernel))]));
  const access = ({ kernel }: StepEntry): ReturnType<typeof accessesOf> => accesses.get(kernel) ?? accessesOf([]);
  const outdated = new Set(copies);
  const live: StepEntry[] = [];
  const changed = (writes: ReadonlySet<string>): void => {
    for (const copy of copies) if (meet(access(copy).reads, writes)) outdated.add(copy);
  };
  const making = new Set<StepEntry>();
  const refreshFor = (reads: ReadonlySet<string>, slot: string): void => {
    for (const copy of copies) {
      if (making.has(copy) || !meet(access(copy).writes, reads)) continue;
      // Copies of copies; circles of them end at one that is being made.
      making.add(copy);
      refreshFor(access(copy).reads, slot);
      making.delete(copy);
      if (!outdated.delete(copy)) continue;
      live.push({ ...copy, slot });
      changed(access(copy).writes);
      outdated.delete(copy);
    }
  };
  for (const entry of step) {
    const { reads, writes } = access(entry);
    refreshFor(reads, entry.slot);
    live.push(entry);
    changed(writes);
  }
  return live;
}
