/** Findings about lists of a million alike: the first few of each kind are shown, the rest counted. */

import type { Diagnostics, Finding, Place } from '../../../src/diagnostics/diagnostic.js';
import * as messages from './messages.js';

/** Told of each kind before the rest is counted. */
const shownOfEach = 5;

/** Adds findings, at most a few of each kind. Places are asked for only when they are shown. */
export interface Tally {
  /**
   * @param kind the common property of similar findings: a type and an attribute, for example
   * @param finding with its place, which takes time to find
   */
  add(kind: string, finding: () => readonly [Finding, Place]): void;
  /** Says how many were left out. */
  close(): void;
}

/** Returns a tally that adds to `diagnostics`. */
export function createTally(diagnostics: Diagnostics): Tally {
  const counts = new Map<string, { count: number; code: string; place: Place }>();
  return {
    add(kind, finding) {
      const known = counts.get(kind);
      if (known && known.count >= shownOfEach) {
        known.count++;
        return;
      }
      const [made, place] = finding();
      diagnostics.add(made, place);
      counts.set(kind, { count: (known?.count ?? 0) + 1, code: made.code, place });
    },
    close() {
      for (const { count, code, place } of counts.values())
        if (count > shownOfEach) diagnostics.add(messages.manyMore(code, count - shownOfEach), place);
    },
  };
}
