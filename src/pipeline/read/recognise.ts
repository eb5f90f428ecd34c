/** Which notation a document is in, by its content. */

import { isObject, memberOf } from '../../diagnostics/member.js';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { messages } from '../messages.js';
import { factsOf, notationsByFormat, treeNotations, type Notation, type TreeNotation } from './notation.js';

export type { Notation, TreeNotation };

/** Checks whether a text is markup, as NeuroML and LEMS are; the root element tells them apart. */
export function isMarkup(text: string): boolean {
  return /^\ufeff?\s*</.test(text.slice(0, 4000));
}

/** Returns a document with the line that states its notation, if it lacks one. */
export const withNotation = (document: unknown, notation: Notation | undefined): unknown =>
  isObject(document) &&
  notation &&
  ['format', 'interneuron'].every((key) => !Object.hasOwn(document, key)) &&
  !factsOf(notation).recognises?.(document)
    ? { ...factsOf(notation).heading, ...document }
    : document;

/** Values of `format` at the top of a result. */
const resultFormats = ['interneuron/run', 'interneuron/neo'];

/**
 * Returns the notation of a document tree.
 *
 * @returns null if it is in no readable notation, after reporting that
 * @diagnostic recognise/not-a-model, recognise/unknown-format, recognise/unread-format, recognise/is-result
 */
export function recognise(document: unknown, positions: Positions, diagnostics: Diagnostics): TreeNotation | null {
  if (document === null || typeof document !== 'object' || Array.isArray(document)) {
    diagnostics.add(messages.notADocument(document), positions.place(''));
    return null;
  }
  const format = memberOf(document, 'format');
  if (typeof format === 'string' && resultFormats.includes(format)) {
    diagnostics.add(messages.isResult(), positions.place('/format'));
    return null;
  }
  if (format === undefined) {
    if (Object.hasOwn(document, 'interneuron')) return 'canonical';
    const recognised = treeNotations.find((notation) => factsOf(notation).recognises?.(document));
    if (recognised !== undefined) return recognised;
    diagnostics.add(messages.unknownFormat(Object.keys(document)), positions.place(''));
    return null;
  }
  const notation = typeof format === 'string' ? notationsByFormat.get(format) : undefined;
  if (!notation)
    diagnostics.add(messages.unreadFormat(format, [...notationsByFormat.keys()]), positions.place('/format'));
  return notation ?? null;
}
