/**
 * Expressions of LEMS: `g * (erev - v)`, `v .gt. thresh .and. t .lt. delay`, `x^2`, `H(t - delay)`. They become words
 * of the common syntax, with parentheses where jLEMS evaluates operators in another order.
 */

import type { BinaryOperator, Call, Expression, Span } from '../../../src/lang/ast.js';
import { binary, call, number } from '../../../src/lang/build.js';
import { isKept } from '../../../src/lang/decimal.js';
import type { Finding } from '../../../src/diagnostics/diagnostic.js';
import { LangError } from '../../../src/lang/lang-error.js';
import type { Token } from '../../../src/lang/lexer.js';
import { numberOutOfRange } from '../../../src/lang/messages.js';
import { isKeyword, parseTokens } from '../../../src/lang/parse-expression.js';
import { mapExpression } from '../../../src/lang/walk.js';
import { nearest, shorten } from '../../../src/diagnostics/suggest.js';
import * as messages from './messages.js';

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

/** After words of the common syntax that are names in LEMS, such as `lambda`. */
const mark = "'";

/**
 * Returns the tree of one expression, with spans.
 *
 * @param remark receives a warning if jLEMS evaluates operators in an unusual order
 * @throws LangError lems/syntax, lems/unknown-function, lems/factorial, lang/…: the first thing that is wrong
 */
export function parseLemsExpression(text: string, remark: (finding: Finding) => void = () => undefined): Expression {
  const whole = { start: 0, end: text.length };
  if (text.length > longestText)
    throw new LangError(messages.syntax('the expression is too long', `at most ${longestText} characters`), whole);
  const tokens = tokenise(text);
  const groups = groupsOf(tokens);
  const tree = parseTokens(withParentheses(tokens, groups), whole);
  refuseTowers(tokens, text);
  if (groups.length > 0) remark(messages.orderOfOperators(textWithParentheses(text, tokens, groups)));
  return mapExpression(tree, (part) => {
    if (part.kind === 'name' && part.name.endsWith(mark)) return { ...part, name: part.name.slice(0, -mark.length) };
    return part.kind === 'call' ? ownCall(part) : part;
  });
}

/** Refuses powers of powers without parentheses: the reference interpreter takes the left one first, others do not. */
function refuseTowers(tokens: readonly Token[], whole: string): void {
  for (const [at, { text, start }] of tokens.entries()) {
    if (text !== '**') continue;
    const second = endOfOperand(tokens, at + 1) + 1;
    if (tokens[second]?.text !== '**') continue;
    const found = whole.slice(tokens[at - 1]?.start, tokens[endOfOperand(tokens, second + 1)]?.end);
    throw new LangError(messages.powerOfPower(found), { start, end: tokens[second]?.end ?? start });
  }
}

/** Returns the index of the last token of an operand with its signs: a number, a name, a call or parentheses. */
function endOfOperand(tokens: readonly Token[], from: number): number {
  let at = from;
  while (isSign(tokens[at])) at++;
  if (tokens[at]?.kind === 'name' && tokens[at + 1]?.text === '(') at++;
  for (let depth = 0; at < tokens.length; at++) {
    depth += tokens[at]?.text === '(' ? 1 : tokens[at]?.text === ')' ? -1 : 0;
    if (depth <= 0) break;
  }
  return at;
}

const isSign = (token: Token | undefined): boolean =>
  token?.kind === 'operator' && (token.text === '-' || token.text === '+');

/** Tokens from the first to the last index that jLEMS evaluates together, unlike the common syntax. */
type Group = readonly [first: number, last: number];

/**
 * Returns the groups of an expression. jLEMS evaluates `.and.` and `.or.` from left to right, and a sign after an
 * operator before a power.
 */
function groupsOf(tokens: readonly Token[]): readonly Group[] {
  const groups: Group[] = [];
  /** Within each open parenthesis: the first token, and whether `.or.` was found. */
  const levels = [{ first: 0, or: false }];
  for (const [at, token] of tokens.entries()) {
    const level = levels.at(-1);
    if (token.text === '(') levels.push({ first: at + 1, or: false });
    else if (token.text === ')') levels.pop();
    else if (token.kind !== 'operator' || !level) continue;
    else if (token.text === 'or') level.or = true;
    else if (token.text === 'and' && level.or) groups.push([level.first, at - 1]);
    else if (isSign(token) && at > 0) {
      const before = tokens[at - 1];
      const last = endOfOperand(tokens, at);
      if (before?.kind === 'operator' && !'()'.includes(before.text) && tokens[last + 1]?.text === '**')
        groups.push([at, last]);
    }
  }
  return groups;
}

/** Returns the tokens with parentheses around each group. */
function withParentheses(tokens: readonly Token[], groups: readonly Group[]): readonly Token[] {
  if (groups.length === 0) return tokens;
  return tokens.flatMap((token, at) => [
    ...groups.filter(([first]) => first === at).map(() => parenthesis('(', token.start)),
    token,
    ...groups.filter(([, last]) => last === at).map(() => parenthesis(')', token.end)),
  ]);
}

const parenthesis = (text: '(' | ')', at: number): Token => ({ kind: 'operator', text, start: at, end: at });

/** Returns an expression as it was written, with parentheses around each group. */
function textWithParentheses(text: string, tokens: readonly Token[], groups: readonly Group[]): string {
  const written = withParentheses(tokens, groups);
  return written
    .map(({ start, end, text: word }, k) => {
      const next = written[k + 1]?.start ?? end;
      return (start === end ? word : text.slice(start, end)) + text.slice(end, next);
    })
    .join('')
    .trim();
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
    const common = known === undefined ? (token === '^' ? '**' : token) : (words[known.toLowerCase()] ?? '');
    tokens.push({
      kind,
      text: kind === 'name' && isKeyword(token) ? token + mark : common,
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

function ownCall({ function: name, arguments: [argument, another], span }: Call): Expression {
  if (argument === undefined || another !== undefined)
    throw new LangError(messages.syntax(`${shorten(name)} has one argument`), span);
  const same = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (same !== undefined) return call(same, [argument], span);
  switch (name) {
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
      throw new LangError(messages.unknownFunction(name, functionNames), {
        start: span.start,
        end: span.start + name.length,
      });
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
