/**
 * Brian's generator syntax for connections: `k for k in range(N_post) if rand() < 0.1`, `j for j in sample(N,
 * size=10)`.
 */

import type { Span } from '../../src/lang/ast.js';
import { LangError } from '../../src/lang/lang-error.js';
import { tokenise, type Token } from '../../src/lang/lexer.js';
import type { Reporter } from './context.js';
import * as messages from './messages.js';

/** The parts of a generator string, as ranges of it. */
export interface GeneratorText {
  /** The expression of the index on the other side. */
  readonly index: Span;
  /** Absent: the index is computed once for each outer element. */
  readonly loop?: {
    readonly variable: string;
    readonly kind: 'range' | 'sample';
    /** One to three: hi; lo, hi; lo, hi, step. */
    readonly bounds: readonly Span[];
    readonly p?: Span;
    readonly size?: Span;
  };
  /** The condition after `if`. If it is absent, no element is left out. */
  readonly condition?: Span;
}

/** Returns the parts of a generator string at `pointer`, or undefined after reporting an error. */
export function readGenerator(text: string, pointer: string, to: Reporter): GeneratorText | undefined {
  try {
    return parseGenerator(text, pointer, to) ?? undefined;
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    to.report(error.finding, pointer, error.span);
    return undefined;
  }
}

/** Returns the positions of `for` and `if` outside parentheses. */
function splitWords(tokens: readonly Token[]): {
  readonly loops: readonly number[];
  readonly conditions: readonly number[];
} {
  const loops: number[] = [];
  const conditions: number[] = [];
  let depth = 0;
  for (const [position, token] of tokens.entries()) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    else if (depth === 0 && token.kind === 'name' && token.text === 'for') loops.push(position);
    else if (depth === 0 && token.kind === 'name' && token.text === 'if') conditions.push(position);
  }
  return { loops, conditions };
}

/** Reports the expected syntax of a generator. There is no generator then. */
type Refuse = (expected: string, span: Span) => null;

function parseGenerator(text: string, pointer: string, to: Reporter): GeneratorText | null {
  const tokens = tokenise(text);
  const { loops, conditions } = splitWords(tokens);
  const start = (position: number): number => tokens[position]?.start ?? text.length;
  const end = (position: number): number => tokens[position]?.end ?? text.length;
  const wrong: Refuse = (expected, span) => {
    to.report(messages.badGenerator(expected, text.slice(span.start, span.end)), pointer, span);
    return null;
  };
  const [loop, secondLoop] = loops;
  const [condition, secondCondition] = conditions;
  if (secondLoop !== undefined) return wrong('one for', { start: start(secondLoop), end: text.length });
  if (secondCondition !== undefined)
    return wrong('one if at most', { start: start(secondCondition), end: text.length });
  if (loop !== undefined && condition !== undefined && condition < loop)
    return wrong('if after the loop', { start: start(condition), end: text.length });
  const tail = condition === undefined ? {} : { condition: { start: end(condition), end: text.length } };
  const head = loop ?? condition;
  const index = { start: 0, end: head === undefined ? text.length : start(head) };
  if (loop === undefined) return { index, ...tail };
  const stop = condition === undefined ? text.length : start(condition);
  const parsed = parseLoop(tokens, loop, stop, wrong);
  return parsed === null ? null : { index, loop: parsed, ...tail };
}

/** Parses `for VAR in range(...)`. */
function parseLoop(
  tokens: readonly Token[],
  loop: number,
  stop: number,
  wrong: Refuse,
): NonNullable<GeneratorText['loop']> | null {
  const [variable, word, kind, open] = tokens.slice(loop + 1, loop + 5);
  const from = { start: tokens[loop]?.start ?? 0, end: stop };
  if (variable?.kind !== 'name' || word?.text !== 'in')
    return wrong('for k in range(...) or for k in sample(...)', from);
  if ((kind?.text !== 'range' && kind?.text !== 'sample') || open?.text !== '(')
    return wrong('range(...) or sample(...)', { start: word.end, end: stop });
  const parts = splitArguments(tokens, loop + 5);
  if (parts === undefined || tokens[parts.close]?.end === undefined)
    return wrong('a closing parenthesis', { start: open.start, end: stop });
  const after = tokens[parts.close + 1];
  if (after !== undefined && after.kind !== 'end' && after.start < stop)
    return wrong('if or the end', { start: after.start, end: stop });
  return readArguments(parts.items, kind.text, variable.text, { start: kind.start, end: stop }, wrong);
}

interface Argument {
  readonly span: Span;
  /** `p` or `size` of a keyword argument. */
  readonly keyword?: string;
}

/** Arguments from the token after the opening parenthesis on. */
function splitArguments(
  tokens: readonly Token[],
  from: number,
): { readonly items: readonly Argument[]; readonly close: number } | undefined {
  const items: Argument[] = [];
  let depth = 0;
  let first = from;
  for (let position = from; position < tokens.length; position++) {
    const token = tokens[position];
    if (token === undefined || token.kind === 'end') return undefined;
    if (token.text === '(') depth++;
    const closes = token.text === ')' && depth === 0;
    if (closes || (token.text === ',' && depth === 0)) {
      if (position > first) items.push(argument(tokens, first, position));
      first = position + 1;
    }
    if (closes) return { items, close: position };
    if (token.text === ')') depth--;
  }
  return undefined;
}

function argument(tokens: readonly Token[], first: number, stop: number): Argument {
  const keyword = tokens[first + 1]?.text === '=' ? tokens[first]?.text : undefined;
  const begin = tokens[keyword === undefined ? first : first + 2];
  const span = { start: begin?.start ?? 0, end: tokens[stop - 1]?.end ?? 0 };
  return keyword === undefined ? { span } : { span, keyword };
}

function readArguments(
  items: readonly Argument[],
  kind: 'range' | 'sample',
  variable: string,
  whole: Span,
  wrong: Refuse,
): NonNullable<GeneratorText['loop']> | null {
  const bounds = items.filter((item) => item.keyword === undefined).map((item) => item.span);
  if (bounds.length < 1 || bounds.length > 3)
    return wrong('one to three bounds, as in range(start, stop, step)', whole);
  const keywords = items.filter((item) => item.keyword !== undefined);
  if (kind === 'range')
    return keywords.length === 0 ? { variable, kind, bounds } : wrong('range(...) without keywords', whole);
  const [keyword] = keywords;
  if (keywords.length !== 1 || (keyword?.keyword !== 'p' && keyword?.keyword !== 'size'))
    return wrong('sample(..., p=...) or sample(..., size=...)', whole);
  return { variable, kind, bounds, [keyword.keyword]: keyword.span };
}
