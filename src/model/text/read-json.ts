import { parse, type ParseError } from 'jsonc-parser';
import type { Diagnostic, Finding, Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { numberOutOfRange } from '../../lang/messages.js';
import { lostNumbers, scanJson } from './json-scan.js';
import { firstJsonMistake } from './json-mistakes.js';
import { jsonPositions } from './json-positions.js';
import { linesOf } from './lines.js';
import { messages } from '../messages.js';
import { syntaxMistakes } from './syntax-mistakes.js';

/** Malformed text is reported up to this many times. */
const mostErrors = 10;
/** Longest text that is read again after each mistake, in characters. */
const largestRepaired = 200_000;

/**
 * Reads a JSON text, with comments allowed, in time proportional to its length.
 *
 * A scan finds duplicate keys and deep nesting. The engine's own parser then reads a well-formed text without comments.
 * Only texts that it rejects go to a slower parser, which locates the mistakes.
 */
export function readJson(
  text: string,
  document: string,
): { value: unknown; positions: Positions; diagnostics: Diagnostic[] } {
  const lines = linesOf(text);
  const diagnostics: Diagnostic[] = [];
  const placeAt = (offset: number, length: number): Place => ({
    document,
    ...lines.at(offset),
    length: Math.max(1, length),
  });
  const report = (finding: Finding, offset: number, length: number): void => {
    diagnostics.push({ severity: 'error', ...finding, place: placeAt(offset, length) });
  };
  const positions = jsonPositions(text, document, lines);
  const scan = scanJson(text);
  if (scan.tooDeepAt !== undefined) {
    report(messages.tooDeep(), scan.tooDeepAt, 1);
    return { value: undefined, positions, diagnostics };
  }
  const source = text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    const errors: ParseError[] = [];
    value = parse(source, errors, { allowTrailingComma: false, disallowComments: false });
    // Larger texts are not read again to find mistakes after the first one.
    const most = source.length > largestRepaired ? 1 : mostErrors;
    const found = errors.length === 0 ? [] : syntaxMistakes(source, firstJsonMistake, most);
    for (const { finding, start, end } of found) report(finding, start, end - start);
  }
  // A text that does not parse has no sensible keys.
  if (diagnostics.length === 0)
    for (const { key, offset, first, length } of scan.duplicates.slice(0, mostErrors))
      report(messages.duplicateKey(key, placeAt(first, length)), offset, length);
  if (diagnostics.length === 0)
    for (const lost of lostNumbers(source).slice(0, mostErrors))
      report(numberOutOfRange(lost.text, Number(lost.text)), lost.offset, lost.text.length);
  return { value: diagnostics.length > 0 ? undefined : value, positions, diagnostics };
}
