/** Finds all mistakes of a text's syntax. Each is corrected in a copy, so that later mistakes are found too. */

import type { Finding } from '../../diagnostics/diagnostic.js';

/** Characters of a text that others take the place of. */
interface Repair {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** A mistake, with its correction if known. Offsets count in UTF-16 units. */
export interface SyntaxMistake {
  readonly finding: Finding;
  readonly start: number;
  readonly end: number;
  readonly repair?: Repair;
}

/** Returns a text with a repair applied. */
export const repairedText = (text: string, { at, remove, insert }: Repair): string =>
  text.slice(0, at) + insert + text.slice(at + remove);

/**
 * Returns the mistakes of a text, in order; errors that only follow from a mistake are not reported.
 *
 * @param first  the first mistake of a text; undefined if it has no mistake
 * @param most  of mistakes
 */
export function syntaxMistakes(
  text: string,
  first: (text: string) => SyntaxMistake | undefined,
  most: number,
): readonly SyntaxMistake[] {
  const found: SyntaxMistake[] = [];
  const repairs: Repair[] = [];
  /** Converts an offset in the repaired text to an offset in the original text. */
  const original = (offset: number): number =>
    repairs.reduceRight((at, repair) => {
      const behind = repair.at + repair.insert.length;
      return at >= behind ? at - repair.insert.length + repair.remove : Math.min(at, repair.at + repair.remove);
    }, offset);
  for (let repaired = text; found.length < most;) {
    const mistake = first(repaired);
    if (mistake === undefined) return found;
    const [start, end] = [original(mistake.start), original(mistake.end)];
    // A repair that produces an earlier error was wrong.
    if (found.some((before) => before.start >= start)) return found;
    found.push({ finding: mistake.finding, start, end: Math.max(end, start + 1) });
    if (mistake.repair === undefined) return found;
    repaired = repairedText(repaired, mistake.repair);
    repairs.push(mistake.repair);
  }
  return found;
}
