/**
 * Expressions of LEMS: `g * (erev - v)`, `v .gt. thresh .and. t .lt. delay`, `x^2`, `H(t - delay)`. They parse to the
 * tree that all notations share.
 *
 * Precedence, loosest first: .or. | .and. | comparisons | + - | * / | sign | ^ (left-associative, as the reference
 * interpreter has it).
 */

import { type BinaryOperator, type Expression, type Span } from '../../../src/lang/ast.js';
import { binary, call, name as nameOf, number, unary } from '../../../src/lang/build.js';
import { isKept } from '../../../src/lang/decimal.js';
import { LangError } from '../../../src/lang/lang-error.js';
import { numberOutOfRange } from '../../../src/lang/messages.js';
import { measure } from '../../../src/lang/walk.js';
import { nearest, shorten } from '../../../src/diagnostics/suggest.js';
import { limits } from '../../../src/diagnostics/limits.js';
import * as messages from './messages.js';

interface Token {
  readonly kind: 'number' | 'name' | 'operator' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const words: Readonly<Record<string, BinaryOperator>> = {
  '.gt.': '>',
  '.lt.': '<',
  '.geq.': '>=',
  '.leq.': '<=',
  '.eq.': '==',
  '.neq.': '!=',
  '.and.': 'and',
  '.or.': 'or',
};
const levels: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '==': 3,
  '!=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
};

const space = /\s+/y;
/** A point that begins an operator such as `.and.` is not part of the number before it. */
const numeral = /(?:\d+(?:\.(?!(?:gt|lt|geq|leq|eq|neq|and|or)\.)\d*)?|\.\d+)(?:[eE][-+]?\d+)?/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const word = /\.[A-Za-z]+\./y;

/** Longer texts are not equations. */
const longestText = 100_000;

/** Functions of one argument that the shared tree has too, by LEMS's name. `log` and `ln` are both natural. */
const functions: Readonly<Record<string, string>> = {
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  sinh: 'sinh',
  cosh: 'cosh',
  tanh: 'tanh',
  exp: 'exp',
  sqrt: 'sqrt',
  ceil: 'ceil',
  ln: 'log',
  log: 'log',
  abs: 'abs',
};
const functionNames = [...Object.keys(functions), 'factorial', 'random', 'H'];

interface State {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

/**
 * Returns the tree of one expression, with spans.
 *
 * @throws LangError lems/syntax, lems/unknown-function, lems/factorial: the first thing that is wrong
 */
export function parseLemsExpression(text: string): Expression {
  const whole = { start: 0, end: text.length };
  if (text.length > longestText)
    throw new LangError(messages.syntax('the expression is too long', `at most ${longestText} characters`), whole);
  const state: State = { tokens: tokenise(text), at: 0, depth: 0 };
  if (peek(state).kind === 'end') throw new LangError(messages.syntax('the expression is empty'), whole);
  const e = parseLevel(state, 1);
  const rest = peek(state);
  if (rest.kind !== 'end') throw unexpected(state, rest);
  if (measure(e).depth > limits.expressionDepth) throw tooDeep(e.span);
  return e;
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += match(space)?.length ?? 0;
    if (at >= text.length) break;
    const dotted = match(word);
    const known = dotted !== undefined && Object.hasOwn(words, dotted.toLowerCase()) ? dotted : undefined;
    if (dotted !== undefined && known === undefined) throw unknownWord(dotted, at);
    const digits = known === undefined ? match(numeral) : undefined;
    const name = digits === undefined ? match(identifier) : undefined;
    const token = known ?? digits ?? name ?? text[at] ?? '';
    const kind =
      known !== undefined ? 'operator' : digits !== undefined ? 'number' : name !== undefined ? 'name' : 'operator';
    if (kind === 'operator' && known === undefined && !'+-*/^()'.includes(token)) throw foreign(text, at);
    if (kind === 'number' && !isKept(token, Number(token)))
      throw new LangError(numberOutOfRange(token, Number(token)), { start: at, end: at + token.length });
    tokens.push({
      kind,
      text: known === undefined ? token : (words[known.toLowerCase()] ?? ''),
      start: at,
      end: at + token.length,
    });
    at += token.length;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

function unknownWord(found: string, at: number): LangError {
  const near = nearest(found, Object.keys(words))[0];
  const hint =
    found.toLowerCase() === '.not.'
      ? 'reverse the comparison: .gt. to .leq.'
      : near === undefined
        ? undefined
        : `did you mean ${near}?`;
  return new LangError(messages.syntax(`LEMS has no operator ${shorten(found)}`, Object.keys(words).join(' '), hint), {
    start: at,
    end: at + found.length,
  });
}

/** Operators of other languages, and their equivalents in LEMS. */
const foreignOperators: readonly (readonly [string, string])[] = [
  ['>=', '.geq.'],
  ['<=', '.leq.'],
  ['==', '.eq.'],
  ['!=', '.neq.'],
  ['&&', '.and.'],
  ['||', '.or.'],
  ['>', '.gt.'],
  ['<', '.lt.'],
  ['=', '.eq.'],
];

function foreign(text: string, at: number): LangError {
  const known = foreignOperators.find(([operator]) => text.startsWith(operator, at));
  const found = known?.[0] ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
  const finding = messages.syntax(
    `LEMS has no operator ${shorten(found)}`,
    'an operator of LEMS: + - * / ^ .gt. .lt. .geq. .leq. .eq. .neq. .and. .or.',
    known ? `write ${known[1]}` : 'remove it',
    found,
  );
  return new LangError(finding, { start: at, end: at + found.length });
}

const last: Token = { kind: 'end', text: '', start: 0, end: 0 };
const peek = (state: State, ahead = 0): Token => state.tokens[state.at + ahead] ?? last;
const join = (from: Span, to: Span): Span => ({ start: from.start, end: to.end });
const is = (token: Token, text: string): boolean => token.kind === 'operator' && token.text === text;
const tooDeep = (span: Span): LangError =>
  new LangError(
    messages.syntax('the expression is nested too deeply', `at most ${limits.expressionNesting} levels`),
    span,
  );

function parseLevel(state: State, level: number): Expression {
  let left = parseSign(state);
  for (;;) {
    const token = peek(state);
    const own = token.kind === 'operator' ? levels[token.text] : undefined;
    if (own === undefined || own < level) return left;
    state.at++;
    const right = parseLevel(state, own + 1);
    left = binary(token.text as BinaryOperator, left, right, join(left.span, right.span));
  }
}

/** A sign binds tighter than a product and looser than a power: `-x^2` is `-(x^2)`. */
function parseSign(state: State): Expression {
  const token = peek(state);
  if (!is(token, '-') && !is(token, '+')) return parsePower(state);
  state.at++;
  const operand = nested(state, parseSign);
  return unary(token.text === '-' ? '-' : '+', operand, join(token, operand.span));
}

function parsePower(state: State): Expression {
  let base = parsePrimary(state);
  while (is(peek(state), '^')) {
    state.at++;
    const sign = peek(state);
    const signed = is(sign, '-') || is(sign, '+');
    if (signed) state.at++;
    const operand = parsePrimary(state);
    const exponent = signed ? unary(sign.text === '-' ? '-' : '+', operand, join(sign, operand.span)) : operand;
    base = binary('**', base, exponent, join(base.span, exponent.span));
  }
  return base;
}

function nested<T>(state: State, parse: (state: State) => T): T {
  if (++state.depth > limits.expressionNesting) throw tooDeep(peek(state));
  const result = parse(state);
  state.depth--;
  return result;
}

function parsePrimary(state: State): Expression {
  const token = peek(state);
  switch (token.kind) {
    case 'number':
      state.at++;
      return {
        ...number(Number(token.text), { start: token.start, end: token.end }),
        text: token.text,
        integer: /^\d+$/.test(token.text) && Number.isSafeInteger(Number(token.text)),
      };
    case 'name':
      state.at++;
      return is(peek(state), '(')
        ? parseCall(state, token)
        : nameOf(token.text, { start: token.start, end: token.end });
    case 'operator':
      if (token.text !== '(') throw unexpected(state, token);
      return parseParentheses(state);
    case 'end':
      throw new LangError(messages.syntax('the expression ends where a value is expected'), before(state));
    default:
      return token.kind satisfies never;
  }
}

function parseParentheses(state: State): Expression {
  const open = peek(state);
  state.at++;
  const inner = nested(state, (within) => parseLevel(within, 1));
  const close = peek(state);
  if (close.kind === 'end') throw new LangError(messages.unclosed(), open);
  if (!is(close, ')')) throw unexpected(state, close);
  state.at++;
  return { ...inner, span: join(open, close) };
}

function parseCall(state: State, name: Token): Expression {
  const argument = parseParentheses(state);
  const span = join(name, argument.span);
  const same = Object.hasOwn(functions, name.text) ? functions[name.text] : undefined;
  if (same !== undefined) return call(same, [argument], span);
  switch (name.text) {
    case 'H':
      // 0, 0.5 or 1, the argument evaluated once.
      return binary(
        '*',
        { ...number(0.5, span), text: '0.5' },
        binary('+', call('sign', [argument], span), { ...number(1, span), integer: true }, span),
        span,
      );
    case 'random':
      // Between 0 and its argument.
      if (argument.kind === 'number' && argument.value === 1) return call('uniform', [], span);
      return binary('*', argument, call('uniform', [], span), span);
    case 'factorial':
      return factorial(argument, span);
    default:
      throw new LangError(messages.unknownFunction(name.text, functionNames), { start: name.start, end: name.end });
  }
}

/** Returns the factorial of a literal as a number, since the shared tree has no factorial. */
function factorial(argument: Expression, span: Span): Expression {
  if (argument.kind !== 'number' || !Number.isInteger(argument.value) || argument.value > 170)
    throw new LangError(messages.unsupportedFactorial(), span);
  let product = 1;
  for (let factor = 2; factor <= argument.value; factor++) product *= factor;
  return number(product, span);
}

/** Returns the last token before the end, which has no width itself. */
function before(state: State): Span {
  const token = state.at > 0 ? peek(state, -1) : peek(state);
  return { start: token.start, end: token.end };
}

function unexpected(state: State, token: Token): LangError {
  const span = { start: token.start, end: token.end };
  if (is(token, ')')) return new LangError(messages.syntax('this parenthesis was not opened'), span);
  const previous = state.at > 0 ? peek(state, -1) : undefined;
  const operand = token.kind === 'number' || token.kind === 'name' || is(token, '(');
  if (operand && previous && (previous.kind !== 'operator' || previous.text === ')'))
    return new LangError(messages.syntax(`an operator is missing before ${shorten(token.text)}`), span);
  return new LangError(messages.syntax(`${shorten(token.text)} appears where a value is expected`), span);
}
