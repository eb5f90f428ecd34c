import {
  Composer,
  Lexer,
  Parser,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type CST,
  type Pair,
} from 'yaml';
import type { Diagnostic, Finding, Place } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import { deepestNesting } from './json-scan.js';
import { linesOf, type Lines } from './lines.js';
import { messages } from './messages.js';
import { segments } from './pointer.js';

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
  const report = (finding: Finding, start: number, end: number): void => {
    const at = Math.min(start, text.length);
    const length = Math.max(1, Math.min(end, lines.endOfLine(at)) - at);
    diagnostics.push({ severity: 'error', ...finding, place: { document, ...lines.at(at), length } });
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
  const [composed, ...others] = [
    ...new Composer({ version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false }).compose(
      tokens,
      true,
      text.length,
    ),
  ];
  if (composed === undefined) return nothing;
  if (others[0]) report(messages.severalDocuments(), others[0].range[0], others[0].range[0] + 3);
  for (const error of composed.errors.slice(0, mostErrors)) {
    const [start, end] = error.pos;
    if (error.code === 'DUPLICATE_KEY')
      report(messages.duplicateKey(wordAt(text, start)), start, start + wordAt(text, start).length);
    else report(messages.malformedYaml(error.message), start, end);
  }
  const positions = yamlPositions(composed, text, document, lines);
  if (diagnostics.length > 0) return { value: undefined, positions, diagnostics };
  try {
    const value: unknown = composed.toJS({ maxAliasCount: mostAliases });
    return { value, positions, diagnostics };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    report(messages.tooManyAliases(), 0, 1);
    return { value: undefined, positions, diagnostics };
  }
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
