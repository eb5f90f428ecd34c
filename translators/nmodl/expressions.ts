/**
 * Tokens and expressions of NMODL.
 *
 * @source NEURON 9, `nocmodl`: grammar and precedence of operators
 */

import type { BinaryOperator, Expression, Span } from '../../src/lang/ast.js';
import { binary, call, name as nameOf, number, unary } from '../../src/lang/build.js';
import type { Finding } from '../../src/diagnostics/diagnostic.js';
import * as messages from './messages.js';
import type { Token } from './text.js';
import { functionNames } from './values.js';

/** Receives a finding with its place. */
export type Report = (finding: Finding, span: Span) => void;

/** Name of the operation that takes an element of an array, in expressions. */
export const elementOf = (array: string): string => `${array}[]`;
/** Name of the operation that gives a number a unit, in expressions. */
export const inUnit = (unit: string): string => `(${unit})`;

/** Ends the reading of a file, after a finding was reported. */
export class Unreadable extends Error {}

/** Deeper expressions and blocks are refused. */
export const deepest = 200;
/** Longer sums and products are refused, as each operand nests the ones before. */
const mostOperators = 500;
const binaryOperators: Readonly<Record<string, readonly [precedence: number, operator: BinaryOperator]>> = {
  '||': [1, 'or'],
  '&&': [2, 'and'],
  '==': [3, '=='],
  '!=': [3, '!='],
  '<': [3, '<'],
  '<=': [3, '<='],
  '>': [3, '>'],
  '>=': [3, '>='],
  '+': [4, '+'],
  '-': [4, '-'],
  '*': [5, '*'],
  '/': [5, '/'],
};

/** Reads tokens one after another, and expressions of them. */
export class ExpressionParser {
  #at = 0;
  protected depth = 0;
  protected readonly end: Token;

  constructor(
    private readonly tokens: readonly Token[],
    end: number,
    protected readonly defines: ReadonlyMap<string, number>,
    protected readonly report: Report,
  ) {
    this.end = { kind: 'end', text: '', start: Math.max(0, end - 1), end };
  }

  protected get token(): Token {
    return this.tokens[this.#at] ?? this.end;
  }

  protected peek(ahead: number): Token {
    return this.tokens[this.#at + ahead] ?? this.end;
  }

  protected next(): Token {
    const token = this.token;
    this.#at++;
    return token;
  }

  /** Goes back by one token. */
  protected back(): void {
    this.#at--;
  }

  protected is(text: string): boolean {
    const { kind, text: found } = this.token;
    return found === text && kind !== 'string' && kind !== 'verbatim' && kind !== 'end';
  }

  protected skip(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  protected fail(finding: Finding, span: Span = this.token): never {
    this.report(finding, span);
    throw new Unreadable();
  }

  /** Fails at a token, by a finding if the token is not a word of another language. */
  protected unexpected(finding: Finding, token: Token = this.token, span: Span = token): never {
    const foreign = token.kind === 'sign' || token.kind === 'name' ? messages.foreign(token.text) : undefined;
    if (foreign) this.fail(foreign, token);
    this.fail(finding, span);
  }

  /** Reads a sign. A missing sign is reported after the token before it. */
  protected expect(text: string): Token {
    if (this.is(text)) return this.next();
    const before = this.peek(-1);
    if ((text === '=' && this.is('==')) || (text === ')' && this.is('=')))
      this.fail(messages.comparison(this.token.text));
    if (/^[)\]=]$/.test(text)) this.checkOperator(text);
    if (/^[)\]={]$/.test(text)) this.unexpected(messages.missing(text, before.text, this.found()), this.token, before);
    return this.unexpected(messages.expected(text, this.found()));
  }

  /** Whether a token begins an operand directly after another one in its line. */
  protected follows({ kind, text, startsLine }: Token, before: Token): boolean {
    const isOperand = kind === 'number' || (kind === 'name' && !messages.foreign(text));
    return isOperand && !startsLine && /^[\w.)\]]+$/.test(before.text) && before.kind !== 'string';
  }

  /** Returns the finding about an operand that follows another one, in place of a sign. */
  #adjacent(sign: string): Finding {
    const before = this.peek(-1);
    if (before.kind === 'number' && before.end === this.token.start)
      return messages.badName(before.text + this.token.text);
    const word = before.kind === 'name' ? messages.foreign(before.text) : undefined;
    return word ?? messages.missingOperator(before.text, this.found(), sign, functionNames.includes(before.text));
  }

  /** Fails if the present token follows an operand without an operator, in place of a sign. */
  protected checkOperator(sign = ''): void {
    if (this.follows(this.token, this.peek(-1))) this.fail(this.#adjacent(sign));
  }

  protected found(): string {
    return this.token.kind === 'end' ? 'the end of the file' : this.token.text;
  }

  protected name(what = 'a name'): Token {
    const { kind, text } = this.token;
    if (kind === 'number') this.fail(messages.badName(text + (this.peek(1).kind === 'name' ? this.peek(1).text : '')));
    if (kind !== 'name') this.unexpected(messages.expected(what, this.found()));
    return this.next();
  }

  protected number(): number {
    const sign = this.skip('-') ? -1 : (this.skip('+'), 1);
    const token = this.token;
    if (token.kind === 'name' && this.defines.has(token.text)) {
      this.#at++;
      return sign * (this.defines.get(token.text) ?? 0);
    }
    if (token.kind !== 'number') this.unexpected(messages.expected('a number', this.found()));
    this.#at++;
    return sign * Number(token.text);
  }

  /** Reads a unit in parentheses. */
  protected unit(): string {
    if (!this.is('(')) this.unexpected(messages.unitForm(this.found()));
    const open = this.next();
    let text = '';
    while (!this.is(')')) {
      if (this.token.kind === 'end' || this.token.startsLine || /^[{}=<>(]$/.test(this.token.text)) {
        const last = this.peek(-1);
        this.fail(messages.missing(')', last.text, this.found()), { start: open.start, end: last.end });
      }
      const token = this.next();
      const separate = /[\w.]$/.test(text) && /^[\w.]/.test(token.text) && token.start > this.peek(-2).end;
      text += (separate ? ' ' : '') + token.text;
    }
    this.expect(')');
    return text;
  }

  protected arguments(): Expression[] {
    this.expect('(');
    const given: Expression[] = [];
    if (this.skip(')')) return given;
    do {
      if (this.token.kind === 'string') this.next();
      else given.push(this.expression());
    } while (this.skip(','));
    this.expect(')');
    return given;
  }

  /** Reads an expression of operators that bind at least as closely as `least`. */
  protected expression(least = 1): Expression {
    if (++this.depth > deepest) this.fail(messages.tooDeep());
    let left = this.#unary();
    for (let operators = 0; ; operators++) {
      const found = this.token.kind === 'sign' ? binaryOperators[this.token.text] : undefined;
      if (!found || found[0] < least) break;
      if (operators > mostOperators) this.fail(messages.tooDeep());
      this.next();
      const right = this.expression(found[0] + 1);
      left = binary(found[1], left, right, { start: left.span.start, end: right.span.end });
    }
    this.depth--;
    return left;
  }

  #unary(): Expression {
    const token = this.token;
    for (const [sign, operator] of [
      ['-', '-'],
      ['+', '+'],
      ['!', 'not'],
    ] as const)
      if (this.skip(sign)) {
        if (++this.depth > deepest) this.fail(messages.tooDeep());
        const operand = this.#unary();
        this.depth--;
        return operator === '+' ? operand : unary(operator, operand, { start: token.start, end: operand.span.end });
      }
    return this.#power();
  }

  #power(): Expression {
    const base = this.#primary();
    if (!this.skip('^')) return base;
    if (++this.depth > deepest) this.fail(messages.tooDeep());
    const exponent = this.#unary();
    this.depth--;
    return binary('**', base, exponent, { start: base.span.start, end: exponent.span.end });
  }

  #primary(): Expression {
    const token = this.next();
    const { start } = token;
    if (token.kind === 'number') {
      const literal = { ...number(Number(token.text), token, /^\d+$/.test(token.text)), text: token.text };
      if (!this.is('(')) return literal;
      const unit = this.unit();
      return call(inUnit(unit), [literal], { start, end: this.peek(-1).end });
    }
    if (token.kind === 'sign' && token.text === '(') {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (token.kind !== 'name') {
      this.back();
      const before = this.peek(-1);
      const isLast = token.startsLine === true || token.kind === 'end';
      this.unexpected(messages.missingValue(before.text, this.found()), token, isLast ? before : token);
    }
    const defined = this.defines.get(token.text);
    if (defined !== undefined) return number(defined, token, Number.isInteger(defined));
    if (this.is('(')) {
      const given = this.arguments();
      return call(token.text, given, { start, end: this.peek(-1).end });
    }
    if (this.skip('[')) {
      const index = this.expression();
      const { end } = this.expect(']');
      return call(elementOf(token.text), [index], { start, end });
    }
    return nameOf(token.text, token);
  }
}
