import {
  Composer,
  Lexer,
  Parser,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type CST,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Diagnostic, Finding, Place } from '../../diagnostics/diagnostic.js';
import { limits } from '../../diagnostics/limits.js';
import type { Positions } from '../../diagnostics/positions.js';
import { linesOf, type Lines } from './lines.js';
import { messages } from '../messages.js';
import { segments } from '../pointer.js';
import { syntaxMistakes, type SyntaxMistake } from './syntax-mistakes.js';
import { yamlMistake, type YamlError } from './yaml-mistakes.js';
import { partedCalls, quoted } from './yaml-quotes.js';
import { yamlValues, type YamlValues } from './yaml-values.js';

/** A larger YAML text is refused: the parser needs seconds and a gigabyte for it. In characters. */
const largestYaml = 20_000_000;
const mostErrors = 10;
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
  const malformed = composed.errors.length > 0;
  const parted = malformed ? [] : partedCalls(composed, text);
  for (const { start, end } of parted.slice(0, mostErrors)) {
    const call = text.slice(start, end);
    const [from, to] = [text.lastIndexOf('\n', start) + 1, lines.endOfLine(start)];
    const better = `${text.slice(from, start)}${quoted(call)}${text.slice(end, Math.max(end, to))}`;
    report(messages.quotesMissing(call, better.trim()), start, end);
  }
  if (malformed)
    for (const { finding, start, end } of syntaxMistakes(text, yamlMistakes(text, composed), mostErrors))
      report(finding, start, end);
  else if (others[0]) report(messages.severalDocuments(), others[0].range[0], others[0].range[0] + 3);
  if (diagnostics.length > 0)
    return { ...nothing, positions: yamlPositions(composed, new Map(), text, document, lines) };
  let findings = 0;
  const { value, targets } = yamlValues(
    composed,
    text,
    (finding, start, end) => {
      if (++findings <= mostErrors) report(finding, start, end);
    },
    placeAt,
  );
  const positions = yamlPositions(composed, targets, text, document, lines);
  return { value: diagnostics.length > 0 ? undefined : value, positions, diagnostics };
}

function compose(tokens: Iterable<CST.Token>, length: number): readonly Document.Parsed[] {
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false });
  return [...composer.compose(tokens, true, length)];
}

/** Most text that is read to test corrections of mistakes, in characters: about a second. */
const mostRead = 300_000;
/** In longer texts only the first mistake is reported, without testing corrections. In characters. */
const largestRepaired = 20_000;

/** Returns the first error of a text's syntax, as the parser reports it. */
function firstError(text: string, [composed] = compose(tokensOf(text).tokens, text.length)): YamlError | undefined {
  const error = composed?.errors[0];
  return error && { message: error.message, start: error.pos[0], end: error.pos[1] };
}

/** Finds the first mistake of a text again and again, until so much text has been read that more would take long. */
function yamlMistakes(given: string, composed: Document.Parsed): (text: string) => SyntaxMistake | undefined {
  let left = mostRead;
  return (text) => {
    if (text.length > largestRepaired) left = 0;
    const error = text === given ? firstError(text, [composed]) : firstError(text);
    // Without more tries, no other text is better.
    const tried = (other: string): YamlError | undefined => {
      left -= other.length;
      return left < 0 ? { message: '', start: 0, end: 0 } : firstError(other);
    };
    return error && yamlMistake(text, error, tried);
  };
}

function tokensOf(text: string): { tokens: CST.Token[]; tooDeepAt?: number } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    // The parser keeps the open containers, with the document below and the current scalar above them.
    if (parser.stack.length > limits.nesting + 2) return { tokens, tooDeepAt: parser.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens };
}

interface Located {
  readonly node: Node | null;
  readonly key?: Node;
  readonly exact: boolean;
}

function yamlPositions(
  composed: Document.Parsed,
  targets: YamlValues['targets'],
  text: string,
  document: string,
  lines: Lines,
): Positions {
  const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair<Node, Node | null>>>();
  const pairOf = (map: YAMLMap, key: string): Pair<Node, Node | null> | undefined => {
    const known = pairs.get(map) ?? pairsByKey(map);
    pairs.set(map, known);
    return known.get(key);
  };
  const childOf = (parent: Node | null, segment: string): Located | undefined => {
    const node = isAlias(parent) ? (targets.get(parent) ?? null) : parent;
    if (isMap(node)) {
      const pair = pairOf(node, segment);
      return pair && { node: pair.value, key: pair.key, exact: true };
    }
    const item = isSeq(node) ? node.items[Number(segment)] : undefined;
    return item === undefined ? undefined : { node: item as Node, exact: true };
  };
  const locate = (pointer: string): Located => {
    let located: Located = { node: composed.contents, exact: true };
    for (const segment of segments(pointer)) {
      const next = childOf(located.node, segment);
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

/** Returns the pairs of a map by their keys as text; of equal keys the first. */
function pairsByKey({ items }: YAMLMap): ReadonlyMap<string, Pair<Node, Node | null>> {
  const byKey = new Map<string, Pair<Node, Node | null>>();
  for (const pair of items as Pair<Node, Node | null>[]) {
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
    if (!byKey.has(key)) byKey.set(key, pair);
  }
  return byKey;
}

/**
 * Returns the offset in the text of character `index` of a scalar's value. It walks both together and skips text that
 * the value does not have: quotes, indentation, the header of a block. A folded line break matches the space in the
 * value. Undefined if escapes make the two differ in another way.
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
