import { limits } from '../diagnostics/limits.js';
import type { BinaryOperator, Expression, Span, UnaryOperator } from './ast.js';
import { binary, boolean, call, conditional, name, number, unary } from './build.js';
import { LangError } from './lang-error.js';
import { longestText, tokenise, type Token } from './lexer.js';
import * as messages from './messages.js';
import { memoised } from '../diagnostics/memoise.js';
import { measure } from './walk.js';

/**
 * How tightly operators bind, loosest first. Comparisons do not chain; `**` is right-associative and handled with the
 * signs.
 */
export const precedence = {
  or: 2,
  and: 3,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '==': 5,
  '!=': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '//': 7,
  '%': 7,
} as const satisfies Partial<Record<BinaryOperator, number>>;
type LeftOperator = keyof typeof precedence;

const orLevel = 2;
const notLevel = 4;
const comparisonLevel = 5;

/** Words of Python that cannot be names, so an expression means the same there. */
const keywords: ReadonlySet<string> = new Set(
  (
    'None as assert async await break class continue def del elif except finally for from global import in is ' +
    'nonlocal pass raise return try while with yield ' +
    'if else and or not lambda True False'
  ).split(' '),
);

/** Whether a text is a keyword of the syntax, and so cannot name a variable. */
export function isKeyword(word: string): boolean {
  return keywords.has(word);
}

interface State {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

const end: Token = { kind: 'end', text: '', start: 0, end: 0 };
const peek = (state: State, ahead = 0): Token => state.tokens[state.at + ahead] ?? state.tokens.at(-1) ?? end;
const spanOf = (token: Token): Span => ({ start: token.start, end: token.end });
const is = (token: Token, text: string): boolean => token.kind !== 'number' && token.text === text;
const join = (from: Span, to: Span): Span => ({ start: from.start, end: to.end });

/**
 * The tree of one expression, with spans. Line breaks and `#` comments are space.
 *
 * @param text at most 10^6 characters
 * @throws LangError the first thing that is wrong, such as lang/unexpected-end, lang/chained-comparison, lang/too-deep
 */
export const parseExpression: (text: string) => Expression = memoised((text) =>
  parseExpressionWithin(text, 0, text.length),
);

/** As `parseExpression`, for a part of a text; spans are offsets in the whole. */
export function parseExpressionWithin(text: string, start: number, stop: number): Expression {
  if (text.length > longestText) throw new LangError(messages.tooLong(text.length, longestText), { start, end: stop });
  return parseTokens(tokenise(text, start, stop), { start, end: stop });
}

/** Parses a list of tokens that ends in an `end` token. */
export function parseTokens(tokens: readonly Token[], whole: Span): Expression {
  const state: State = { tokens, at: 0, depth: 0 };
  if (peek(state).kind === 'end') throw new LangError(messages.emptyExpression(), whole);
  const e = parseChoice(state);
  const rest = peek(state);
  if (rest.kind !== 'end') throw unexpectedAfterOperand(state, rest);
  return e;
}

/** Counts nesting, so a hostile text meets a diagnostic rather than the end of the stack. */
function nested<T>(state: State, parse: (state: State) => T): T {
  if (++state.depth > limits.expressionNesting)
    throw new LangError(messages.tooDeep(limits.expressionNesting), spanOf(peek(state)));
  const result = parse(state);
  state.depth--;
  return result;
}

function checked(e: Expression): Expression {
  if (measure(e).depth > limits.expressionDepth) throw new LangError(messages.tooDeep(limits.expressionDepth), e.span);
  return e;
}

/** `a if condition else b`, or anything tighter. */
function parseChoice(state: State): Expression {
  const whenTrue = parseBinary(state, orLevel);
  if (!is(peek(state), 'if')) return whenTrue;
  const word = peek(state);
  state.at++;
  const condition = parseBinary(state, orLevel);
  if (!is(peek(state), 'else')) throw new LangError(messages.elseMissing(), spanOf(word));
  state.at++;
  const whenFalse = nested(state, parseChoice);
  return checked(conditional(condition, whenTrue, whenFalse, join(whenTrue.span, whenFalse.span)));
}

function leftOperator(token: Token): LeftOperator | undefined {
  return token.kind !== 'number' && Object.hasOwn(precedence, token.text) ? (token.text as LeftOperator) : undefined;
}

/** Operators of at least `level`, left-associative by a loop, so long sums cost no stack. */
function parseBinary(state: State, level: number): Expression {
  let left = parseNot(state, level);
  for (;;) {
    const token = peek(state);
    const operator = leftOperator(token);
    if (operator === undefined || precedence[operator] < level) return left;
    state.at++;
    const right = parseBinary(state, precedence[operator] + 1);
    left = checked(binary(operator, left, right, join(left.span, right.span)));
    const next = leftOperator(peek(state));
    if (precedence[operator] === comparisonLevel && next !== undefined && precedence[next] === comparisonLevel) {
      throw new LangError(messages.chainedComparison(), join(left.span, peek(state)));
    }
  }
}

function parseNot(state: State, level: number): Expression {
  const token = peek(state);
  if (!is(token, 'not')) return parseSign(state);
  if (level > notLevel) throw new LangError(messages.notInOperand(), spanOf(token));
  state.at++;
  const operand = nested(state, (inner) => parseBinary(inner, notLevel));
  return checked(unary('not', operand, join(token, operand.span)));
}

/** Signs bind tighter than products and looser than powers: `-a**b` is `-(a**b)`. */
function parseSign(state: State): Expression {
  const token = peek(state);
  if (token.kind !== 'operator' || (token.text !== '-' && token.text !== '+')) return parsePower(state);
  const operator: UnaryOperator = token.text;
  state.at++;
  const operand = nested(state, parseSign);
  return checked(unary(operator, operand, join(token, operand.span)));
}

function parsePower(state: State): Expression {
  const base = parsePrimary(state);
  if (!is(peek(state), '**')) return base;
  state.at++;
  const exponent = nested(state, parseSign);
  return checked(binary('**', base, exponent, join(base.span, exponent.span)));
}

function parsePrimary(state: State): Expression {
  const token = peek(state);
  if (token.kind === 'number') {
    state.at++;
    return { ...number(Number(token.text), spanOf(token)), text: token.text, integer: isInteger(token.text) };
  }
  if (token.kind === 'name') return parseName(state, token);
  if (is(token, '(')) return parseParentheses(state, token);
  if (token.kind === 'end') throw new LangError(messages.unexpectedEnd(), endOf(state));
  if (is(token, '[') || is(token, '{')) throw new LangError(messages.list(token.text), spanOf(token));
  if (is(token, ')') && state.depth === 0) throw new LangError(messages.unopened(), spanOf(token));
  if (messages.isForeignOperator(token.text)) throw new LangError(messages.bitOperator(token.text), spanOf(token));
  if (is(token, '=')) throw new LangError(messages.assignmentInExpression(), spanOf(token));
  if (/^[@$?;"'`\\.:]/.test(token.text)) throw new LangError(messages.unexpectedWord(token.text), spanOf(token));
  throw new LangError(messages.expectedOperand(token.text), spanOf(token));
}

/** Integers beyond 2^53 would not be exact: they are real numbers. */
function isInteger(text: string): boolean {
  return /^[0-9]+$/.test(text) && Number.isSafeInteger(Number(text));
}

/** Returns the place of the end: the last token, since an end has no width. */
function endOf(state: State): Span {
  const last = peek(state, -1);
  return state.at > 0 ? spanOf(last) : spanOf(peek(state));
}

function parseName(state: State, token: Token): Expression {
  const span = spanOf(token);
  if (token.text === 'True' || token.text === 'False') {
    state.at++;
    return boolean(token.text === 'True', span);
  }
  if (token.text === 'lambda') throw new LangError(messages.lambda(), span);
  if (['and', 'or', 'else'].includes(token.text)) throw new LangError(messages.expectedOperand(token.text), span);
  if (token.text === 'not') throw new LangError(messages.notInOperand(), span);
  const word = token.text.split('.').find(isKeyword);
  if (word !== undefined) throw new LangError(messages.keyword(word), span);
  state.at++;
  if (!is(peek(state), '(')) return name(token.text, span);
  if (token.text.includes('.')) throw new LangError(messages.notCallable(token.text), span);
  const { items, close } = parseArguments(state);
  return checked(call(token.text, items, join(token, close)));
}

/** `( a, b, ... )`, from the opening parenthesis on; a comma after the last argument is allowed, as in Python. */
function parseArguments(state: State): { items: Expression[]; close: Token } {
  const open = peek(state);
  state.at++;
  const items: Expression[] = [];
  for (;;) {
    const token = peek(state);
    if (is(token, ')')) break;
    if (token.kind === 'end') throw new LangError(messages.unclosed(), spanOf(open));
    if (token.kind === 'name' && is(peek(state, 1), '='))
      throw new LangError(messages.keywordArgument(token.text), join(token, peek(state, 1)));
    items.push(nested(state, parseChoice));
    if (is(peek(state), ',')) state.at++;
    else break;
  }
  const close = peek(state);
  if (close.kind === 'end') throw new LangError(messages.unclosed(), spanOf(open));
  if (!is(close, ')')) throw unexpectedAfterOperand(state, close);
  state.at++;
  return { items, close };
}

function parseParentheses(state: State, open: Token): Expression {
  state.at++;
  const first = peek(state);
  if (is(first, ')')) throw new LangError(messages.emptyExpression(), join(open, first));
  if (first.kind === 'end') throw new LangError(messages.unclosed(), spanOf(open));
  const inner = nested(state, parseChoice);
  const close = peek(state);
  if (close.kind === 'end') throw new LangError(messages.unclosed(), spanOf(open));
  if (!is(close, ')')) throw unexpectedAfterOperand(state, close);
  state.at++;
  return { ...inner, span: join(open, close) };
}

/** Returns the error for a token in place of an operator or the end. */
function unexpectedAfterOperand(state: State, token: Token): LangError {
  const span = spanOf(token);
  const previous = peek(state, -1);
  if (is(token, '[')) return new LangError(messages.indexing(), span);
  if (is(token, ',')) return new LangError(messages.tuple(), span);
  if (is(token, '.')) return new LangError(messages.attribute(), span);
  if (is(token, ')')) return new LangError(messages.unopened(), span);
  if (is(token, '=')) return new LangError(messages.assignmentInExpression(), span);
  if (is(token, '(')) return new LangError(messages.notCallable(previous.text), span);
  if (messages.isForeignOperator(token.text)) return new LangError(messages.bitOperator(token.text), span);
  if (token.kind === 'name' && isKeyword(token.text) && token.text !== 'not')
    return new LangError(messages.keyword(token.text), span);
  if (token.kind === 'operator') return new LangError(messages.unexpectedWord(token.text), span);
  return new LangError(messages.expectedOperator(previous.text, token.text), join(previous, token));
}
