import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { nodeAt, segments } from '../pointer.js';

/** Findings that report a missing part. If a part was left out, they are about that part. */
const missing = /\/(?:unknown|missing|no)-/;

/** Findings about the length of lists, which is asked of them by a size. */
const lengths = /\/(?:wrong-length|length-mismatch|index-out-of-range|count-unknown)$/;

/** Keys of a group that need another one, which an unknown key of the same group may be meant to be. */
const needsAnother = /\/(?:reset|refractory)-without-threshold$/;

/** Keys of a group that are left out: one of them may be meant to define its event. */
const keyOfGroup = /^\/\w+\/[^/]+\/[^/]+$/;

const isWithin = (pointer: string, other: string): boolean => pointer === other || pointer.startsWith(`${other}/`);

const parentOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'));

/** Returns keys and short texts in a part of a document, some levels deep: it may define the names that they are. */
const namesWithin = (part: unknown, depth: number): readonly string[] => {
  if (typeof part === 'string') return part.length <= longestName ? [part] : [];
  if (typeof part !== 'object' || part === null || depth === 0) return [];
  const values = Object.values(part).flatMap((value) => namesWithin(value, depth - 1));
  return Array.isArray(part) ? values : [...Object.keys(part), ...values];
};
const longestName = 80;

/**
 * Selects the errors in the rest of a wrong document that are independent mistakes.
 *
 * @param found  errors and other findings of a stage that read on
 * @param before  pointers of the mistakes found before
 * @param document  as it was written: names in its omitted parts are not missing
 */
export function ownMistakes(
  found: readonly Diagnostic[],
  before: readonly string[],
  document?: unknown,
): readonly Diagnostic[] {
  const sizeUnknown = before.some((pointer) => /\/(?:size|N)$/.test(pointer));
  const names = new Set(
    before.flatMap((pointer) => [...segments(pointer), ...namesWithin(nodeAt(document, pointer), 3)]),
  );
  return found.filter(({ severity, code, place, found: name = '' }) => {
    const pointer = place?.pointer ?? '';
    if (severity !== 'error' || before.some((earlier) => isWithin(pointer, earlier) || isWithin(earlier, pointer)))
      return false;
    if (sizeUnknown && lengths.test(code)) return false;
    if (needsAnother.test(code) && before.some((earlier) => parentOf(earlier) === parentOf(pointer))) return false;
    if (code.endsWith('/unknown-event') && before.some((earlier) => keyOfGroup.test(earlier))) return false;
    return !missing.test(code) || !names.has(name);
  });
}
