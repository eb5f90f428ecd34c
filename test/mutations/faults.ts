/** Seeded faults, as `draw.ts` draws them. */

import { join } from 'node:path';
import { root } from '../support/import-graph.js';

/** A fault in one line. */
export interface Fault {
  readonly file: string;
  /** From 1 on, when it was drawn. */
  readonly line: number;
  readonly kind: string;
  /** The line without the fault. */
  readonly before: string;
  readonly after: string;
}

export const faultsPath = join(root, 'test/mutations/faults.json');

/** Returns a text with a fault, in the nearest line that is as before; undefined if there is none. */
export function withFault(text: string, { line, before, after }: Fault): string | undefined {
  const lines = text.split('\n');
  const places = lines.flatMap((one, k) => (one === before ? [k] : []));
  const [nearest] = places.sort((one, other) => Math.abs(one + 1 - line) - Math.abs(other + 1 - line));
  if (nearest === undefined) return undefined;
  lines[nearest] = after;
  return lines.join('\n');
}
