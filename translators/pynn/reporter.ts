/** The receiver of an import's findings. */

import type { Diagnostics, Finding } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';

/** The receiver of an import's findings; places are pointers into the user's document. */
export interface Reporter {
  /** Reports a finding at a node. */
  report(finding: Finding, pointer: string): void;
  /** Reports at a key rather than its value. */
  reportKey(finding: Finding, pointer: string): void;
}

/** Returns a reporter that adds to `diagnostics`, with places from `positions`. */
export function reporter(positions: Positions, diagnostics: Diagnostics): Reporter {
  return {
    report: (finding, pointer) => diagnostics.add(finding, () => positions.place(pointer)),
    reportKey: (finding, pointer) =>
      diagnostics.add(finding, () => positions.keyPlace?.(pointer) ?? positions.place(pointer)),
  };
}
