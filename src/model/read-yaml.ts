import {
  Composer,
  Lexer,
  Parser,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  visit,
  type Alias,
  type Document,
  type Node,
  type CST,
  type Pair,
  type Scalar,
  type YAMLError,
} from 'yaml';
import type { Diagnostic, Finding, Place } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import { isKept } from '../lang/decimal.js';
import { numberOutOfRange } from '../lang/messages.js';
import { deepestNesting, extremeNumber, type LostNumber } from './json-scan.js';
import { linesOf, type Lines } from './lines.js';
import { messages } from './messages.js';
import { segments } from './pointer.js';
import { syntaxMistakes, type SyntaxMistake } from './syntax-mistakes.js';
import { yamlMistake, type YamlError } from './yaml-mistakes.js';
import { partedCalls, quoted } from './yaml-quotes.js';

/** A larger YAML text is refused: the parser needs seconds and a gigabyte for it. In characters. */
const largestYaml = 20_000_000;
const mostErrors = 10;
/** How often aliases may be expanded before it is taken for an attempt to exhaust the memory. */
const mostAliases = 100;

/**
 * Reads a YAML 1.2 text (core schema, so `on` and `no` are strings). Tokens are counted before they are composed, since
 * the composer recurses and deep nesting would abort the process.
 */
export function readYaml(
  text: string,
  document: string,
): { value: unknown; positions: Positions; diagnostics: Diagnostic[] } {
  const lines = linesOf(text);
  const diagnostics: Diagnostic[] = [];
  const placeAt = (start: number, end: number): Place => {
    const at = Math.min(start, text.length);
    return { document, ...lines.at(at), length: Math.max(1, Math.min(end, lines.endOfLine(at)) - at) };
  };
  const report = (finding: Finding, start: number, end: number): void => {
    diagnostics.push({ severity: 'error', ...finding, place: placeAt(start, end) });
  };
  const nothing = { value: undefined, positions: { place: () => ({ document }) }, diagnostics };
  if (text.length > largestYaml) {
    report(messages.yamlTooLarge(text.length), 0, 1);
    return nothing;
  }
  const { tokens, tooDeepAt } = tokensOf(text);
  if (tooDeepAt !== undefined) {
    report(messages.tooDeep(), tooDeepAt, tooDeepAt + 1);
    return nothing;
  }
  const [composed, ...others] = compose(tokens, text.length);
  if (composed === undefined) return nothing;
  const { malformed, duplicates } = errorsOf(composed);
  const parted = malformed.length > 0 ? [] : partedCalls(composed, text);
  for (const { start, end } of parted.slice(0, mostErrors)) {
    const call = text.slice(start, end);
    const [from, to] = [text.lastIndexOf('\n', start) + 1, lines.endOfLine(start)];
    const better = `${text.slice(from, start)}${quoted(call)}${text.slice(end, Math.max(end, to))}`;
    report(messages.quotesMissing(call, better.trim()), start, end);
  }
  if (parted.length > 0) return { ...nothing, positions: yamlPositions(composed, text, document, lines) };
  for (const { pos } of duplicates.slice(0, mostErrors)) {
    const key = wordAt(text, pos[0]);
    const first = firstOfKey(composed, pos[0]);
    report(messages.duplicateKey(key, placeAt(first, first + key.length)), pos[0], pos[0] + key.length);
  }
  if (malformed[0])
    for (const { finding, start, end } of syntaxMistakes(text, yamlMistakes(), mostErrors)) report(finding, start, end);
  else if (others[0]) report(messages.severalDocuments(), others[0].range[0], others[0].range[0] + 3);
  for (const { text: lost, offset } of lostNumbers(composed, text).slice(0, mostErrors))
    report(numberOutOfRange(lost, Number(lost)), offset, offset + lost.length);
  const positions = yamlPositions(composed, text, document, lines);
  if (diagnostics.length > 0) return { value: undefined, positions, diagnostics };
  try {
    const value: unknown = composed.toJS({ maxAliasCount: mostAliases });
    return { value, positions, diagnostics };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const unknown = unknownAlias(composed);
    if (unknown) report(messages.unknownAlias(unknown.source), unknown.range?.[0] ?? 0, unknown.range?.[1] ?? 1);
    else report(messages.tooManyAliases(), 0, 1);
    return { value: undefined, positions, diagnostics };
  }
}

/** The first alias of an anchor that there is not. */
function unknownAlias(composed: Document.Parsed): Alias | undefined {
  let found: Alias | undefined;
  visit(composed, {
    Alias(_, alias) {
      if (alias.resolve(composed) !== undefined) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** Numbers that a double does not keep. */
function lostNumbers(composed: Document.Parsed, text: string): readonly LostNumber[] {
  const found: LostNumber[] = [];
  if (!extremeNumber.test(text)) return found;
  visit(composed, {
    Scalar(_, { value, source, range }) {
      if (typeof value !== 'number' || source === undefined || !/^[-+]?[\d.]+(?:[eE][-+]?\d+)?$/.test(source)) return;
      if (!isKept(source, Number(source))) found.push({ text: source, offset: range?.[0] ?? 0 });
    },
  });
  return found;
}

function compose(tokens: Iterable<CST.Token>, length: number): readonly Document.Parsed[] {
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false });
  return [...composer.compose(tokens, true, length)];
}

function errorsOf({ errors }: Document.Parsed): {
  readonly malformed: readonly YAMLError[];
  readonly duplicates: readonly YAMLError[];
} {
  return {
    malformed: errors.filter(({ code }) => code !== 'DUPLICATE_KEY'),
    duplicates: errors.filter(({ code }) => code === 'DUPLICATE_KEY'),
  };
}

/** How much text is read to see what mends mistakes, in characters: about a second. */
const mostRead = 300_000;
/** In longer texts only the first mistake is said, without a try to mend it. In characters. */
const largestRepaired = 20_000;

/** The first error of a text's syntax, as the parser says it. */
function firstError(text: string): YamlError | undefined {
  const [composed] = compose(tokensOf(text).tokens, text.length);
  const [error] = composed === undefined ? [] : errorsOf(composed).malformed;
  return error && { message: error.message, start: error.pos[0], end: error.pos[1] };
}

/** Finds the first mistake of a text again and again, until so much text has been read that more would take long. */
function yamlMistakes(): (text: string) => SyntaxMistake | undefined {
  let left = mostRead;
  return (text) => {
    if (text.length > largestRepaired) left = 0;
    const error = firstError(text);
    // Without more tries, no other text is better.
    const tried = (other: string): YamlError | undefined => {
      left -= other.length;
      return left < 0 ? { message: '', start: 0, end: 0 } : firstError(other);
    };
    return error && yamlMistake(text, error, tried);
  };
}

/** Offset of the first of two equal keys of a map, of which the second one is at an offset; that itself if none is. */
function firstOfKey(composed: Document.Parsed, second: number): number {
  const startOf = ({ key }: Pair): number | undefined => (isScalar(key) ? key.range?.[0] : undefined);
  let found = second;
  visit(composed, {
    Map(_, { items }) {
      const pair = items.find((item) => startOf(item) === second);
      if (pair === undefined) return undefined;
      const { value } = pair.key as Scalar;
      const first = items.find(({ key }) => isScalar(key) && key.value === value);
      found = (first && startOf(first)) ?? second;
      return visit.BREAK;
    },
  });
  return found;
}

function wordAt(text: string, start: number): string {
  return /^[^\s:,}\]]+/.exec(text.slice(start, start + 80))?.[0] ?? '';
}

function tokensOf(text: string): { tokens: CST.Token[]; tooDeepAt?: number } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    // The parser keeps the open containers, with the document below and the current scalar above them.
    if (parser.stack.length > deepestNesting + 2) return { tokens, tooDeepAt: parser.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens };
}

interface Located {
  readonly node: Node | null;
  readonly key?: Node;
  readonly exact: boolean;
}

function yamlPositions(composed: Document.Parsed, text: string, document: string, lines: Lines): Positions {
  const locate = (pointer: string): Located => {
    let located: Located = { node: composed.contents, exact: true };
    for (const segment of segments(pointer)) {
      const next = childOf(composed, located.node, segment);
      if (!next) return { ...located, exact: false };
      located = next;
    }
    return located;
  };
  const placeOf = (pointer: string, start: number, end: number): Place => {
    const length = Math.max(1, Math.min(end, lines.endOfLine(start)) - start);
    return { document, pointer, ...lines.at(start), length };
  };
  return {
    place(pointer, span) {
      const { node, key, exact } = locate(pointer);
      const range = node?.range ?? key?.range;
      if (!range) return { document, pointer, line: 1, column: 1 };
      if (span && exact && isScalar(node) && typeof node.value === 'string') {
        const from = offsetInScalar(text, range[0], range[1], node.value, span.start);
        if (from !== undefined) {
          const last = offsetInScalar(text, range[0], range[1], node.value, Math.max(span.end - 1, span.start)) ?? from;
          return placeOf(pointer, from, last + 1);
        }
      }
      return placeOf(pointer, range[0], isScalar(node) || isAlias(node) ? range[1] : range[0] + 1);
    },
    keyPlace(pointer) {
      const { node, key, exact } = locate(pointer);
      const range = (exact ? key?.range : undefined) ?? node?.range;
      return range ? placeOf(pointer, range[0], range[1]) : { document, pointer, line: 1, column: 1 };
    },
  };
}

function childOf(composed: Document.Parsed, parent: Node | null, segment: string): Located | undefined {
  const node = isAlias(parent) ? (parent.resolve(composed) ?? null) : parent;
  if (isMap(node)) {
    const pair = node.items.find((item: Pair) => String(isScalar(item.key) ? item.key.value : item.key) === segment) as
      Pair<Node, Node | null> | undefined;
    return pair && { node: pair.value, key: pair.key, exact: true };
  }
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return item === undefined ? undefined : { node: item as Node, exact: true };
  }
  return undefined;
}

/**
 * Offset in the text of character `index` of a scalar's value: both are walked together, skipping in the text what the
 * value does not have (quotes, indentation, the header of a block) and taking a folded line break for the space it
 * became. Undefined where escapes make the two differ otherwise.
 */
function offsetInScalar(text: string, start: number, end: number, value: string, index: number): number | undefined {
  let offset = start;
  const opening = text[start];
  if (opening === '|' || opening === '>') offset = text.indexOf('\n', start) + 1;
  else if (opening === '"' || opening === "'") offset = start + 1;
  for (let passed = 0; ; passed++) {
    const wanted = value[passed];
    if (passed >= value.length) return passed <= index ? Math.max(start, Math.min(offset, end) - 1) : undefined;
    while (offset < end && text[offset] !== wanted) {
      const character = text[offset];
      if (character !== ' ' && character !== '\t' && character !== '\n' && character !== '\r') return undefined;
      // A line break that was folded into a space: the rest of the blank run is skipped before the next character.
      if (wanted === ' ' && character === '\n') break;
      offset++;
    }
    if (offset >= end) return undefined;
    if (passed === index) return offset;
    offset++;
  }
}
