/** All mistakes of a text's syntax: each is put right in a copy, so that those behind it are found too. */

import type { Finding } from '../diagnostics/diagnostic.js';

/** Characters of a text that others take the place of. */
interface Repair {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** A mistake, with what puts it right where that is known. Offsets count in UTF-16 units. */
export interface SyntaxMistake {
  readonly finding: Finding;
  readonly start: number;
  readonly end: number;
  readonly repair?: Repair;
}

/** A text in which something is put right. */
export const repairedText = (text: string, { at, remove, insert }: Repair): string =>
  text.slice(0, at) + insert + text.slice(at + remove);

/**
 * The mistakes of a text, in order: what only follows from a mistake is not said.
 *
 * @param first  the first mistake of a text; undefined where it has none
 * @param most  of mistakes
 */
export function syntaxMistakes(
  text: string,
  first: (text: string) => SyntaxMistake | undefined,
  most: number,
): readonly SyntaxMistake[] {
  const found: SyntaxMistake[] = [];
  const repairs: Repair[] = [];
  /** Where what stands at an offset of the repaired text is in the text itself. */
  const original = (offset: number): number =>
    repairs.reduceRight((at, repair) => {
      const behind = repair.at + repair.insert.length;
      return at >= behind ? at - repair.insert.length + repair.remove : Math.min(at, repair.at + repair.remove);
    }, offset);
  for (let repaired = text; found.length < most;) {
    const mistake = first(repaired);
    if (mistake === undefined) return found;
    const [start, end] = [original(mistake.start), original(mistake.end)];
    // A repair that brings up something before it was none.
    if (found.some((before) => before.start >= start)) return found;
    found.push({ finding: mistake.finding, start, end: Math.max(end, start + 1) });
    if (mistake.repair === undefined) return found;
    repaired = repairedText(repaired, mistake.repair);
    repairs.push(mistake.repair);
  }
  return found;
}
