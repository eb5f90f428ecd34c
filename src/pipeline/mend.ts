/** Applies the certain remedies of diagnostics to the text of a document. All other text stays as it is. */

import type { Diagnostic, Place } from '../diagnostics/diagnostic.js';
import type { Renaming } from '../diagnostics/suggest.js';
import { isObject } from '../diagnostics/member.js';
import { nodeAt } from '../model/pointer.js';
import { readDocument } from '../model/text/read.js';
import { extentOf } from '../xml/extent.js';
import { tagNameAt } from '../xml/tags.js';
import { XmlSource } from '../xml/source.js';
import type { Source } from './read/read-source.js';
import { isMarkup } from './read/recognise.js';

/** A replacement of a range of offsets. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One correction: its effect, and its line. */
export interface Correction {
  readonly line: number;
  readonly change: string;
}

/** Edits that are made together or not at all. */
interface Change extends Correction {
  readonly edits: readonly Edit[];
  /** Decides which of two insertions at one offset is the first. */
  readonly rank?: number;
  /** The map or start tag that gets a name, which no other change may give it. */
  readonly names?: string;
}

/**
 * Corrects a text by the fixes of its diagnostics. Of fixes that overlap, the first in the text is applied; the others
 * are found again in the new text.
 *
 * @returns the new text, and its corrections in the order of the text; no corrections if nothing is certain
 */
export function mend(
  source: Source,
  diagnostics: readonly Diagnostic[],
): { readonly text: string; readonly corrections: readonly Correction[] } {
  const { text } = source;
  const fixable = diagnostics.filter(({ fix, place }) => fix !== undefined && place?.document === source.name);
  if (fixable.length === 0) return { text, corrections: [] };
  const found = (isMarkup(text) ? changesOfMarkup : changesOfTree)(source, fixable);
  const certain = found.filter((first) => !found.some((second) => isContested(first, second)));
  const applied: Change[] = [];
  for (const change of certain.sort(byStart))
    if (!applied.some((other) => overlap(change.edits, other.edits))) applied.push(change);
  const edits = applied.flatMap((change) => change.edits);
  const corrections = applied.map(({ line, change }) => ({ line, change })).sort((a, b) => a.line - b.line);
  return { text: edited(text, edits), corrections };
}

/** Checks whether two names at different places would become one. */
const isContested = (first: Change, second: Change): boolean =>
  first.names !== undefined && first.names === second.names && first.edits[0]?.start !== second.edits[0]?.start;

const byStart = (first: Change, second: Change): number =>
  (first.edits[0]?.start ?? 0) - (second.edits[0]?.start ?? 0) || (first.rank ?? 0) - (second.rank ?? 0);

const overlap = (some: readonly Edit[], others: readonly Edit[]): boolean =>
  some.some((first) => others.some((second) => first.start < second.end && second.start < first.end));

/** @param edits without overlap; insertions at one offset stay in their order */
function edited(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: replacement } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.slice(at, start), replacement);
    at = end;
  }
  return parts.join('') + text.slice(at);
}

// --- JSON and YAML --------------------------------------------------------------------------------------------------
/** Renames keys of maps that have no key of the new name. */
function changesOfTree({ name, text }: Source, fixable: readonly Diagnostic[]): readonly Change[] {
  const { value } = readDocument(text, name);
  const lines = new XmlSource(name, text);
  return fixable.flatMap(({ fix, place }) => {
    if (fix?.kind !== 'rename' || place?.pointer === undefined) return [];
    const pointer = place.pointer.slice(0, place.pointer.lastIndexOf('/'));
    const holder = nodeAt(value, pointer);
    return isObject(holder) && !Object.hasOwn(holder, fix.to) ? renaming(lines, place, fix, pointer) : [];
  });
}

/** Replaces the marked name, which may be in quotes; nothing if the mark is on another text. */
function renaming(lines: XmlSource, place: Place, { from, to }: Renaming, holder: string): readonly Change[] {
  const { text } = lines;
  const marked = offsetOf(lines, place);
  const start = /["']/.test(text.charAt(marked)) ? marked + 1 : marked;
  if (!text.startsWith(from, start) || /[\w.-]/.test(text.charAt(start + from.length))) return [];
  const edits = [{ start, end: start + from.length, text: to }];
  return [{ line: place.line ?? 1, change: `renamed ${from} to ${to}`, edits, names: `${holder} ${to}` }];
}

const offsetOf = (lines: XmlSource, { line = 1, column = 1 }: Place): number => lines.offset(line, column);

// --- NeuroML and LEMS -----------------------------------------------------------------------------------------------
/** Renames attributes, inserts missing signs, and moves elements with the comments above them. */
function changesOfMarkup({ name, text }: Source, fixable: readonly Diagnostic[]): readonly Change[] {
  const lines = new XmlSource(name, text);
  return fixable.flatMap(({ fix, place }): readonly Change[] => {
    if (!fix || !place) return [];
    const offset = offsetOf(lines, place);
    if (fix.kind === 'rename') return renaming(lines, place, fix, String(text.lastIndexOf('<', offset)));
    if (fix.kind === 'insert') {
      const start = fix.at ? offsetOf(lines, fix.at) : offset + (place.length ?? 0);
      return [
        { line: place.line ?? 1, change: `inserted ${fix.text}`, edits: [{ start, end: start, text: fix.text }] },
      ];
    }
    if (fix.before.document !== name) return [];
    const before = offsetOf(lines, fix.before);
    const change = `moved ${tagNameAt(text, offset)} before ${tagNameAt(text, before)}`;
    return [{ line: place.line ?? 1, change, edits: moving(text, offset, before), rank: fix.rank }];
  });
}

/** Moves an element to lines of its own, if the element at `before` has its own, too. */
function moving(text: string, offset: number, before: number): readonly Edit[] {
  const element = extentOf(text, offset);
  const next = extentOf(text, before);
  const { start, end } = element.lines ?? element;
  const content = text.slice(start, end);
  const indent = text.slice(next.lines?.start, next.start);
  const lineEnd = text.startsWith('\r\n', text.indexOf('\n', before) - 1) ? '\r\n' : '\n';
  const line = element.lines ? content : `${indent}${content}${lineEnd}`;
  const at = next.lines?.start ?? next.start;
  return [
    { start: at, end: at, text: next.lines ? line : content.trim() },
    { start, end, text: '' },
  ];
}
