/**
 * Expressions of NESTML, and the tokens that its parser goes through.
 *
 * @source nest/nestml, `pynestml/grammars/PyNestMLParser.g4`
 */

import type { BinaryOperator, Expression, Span } from '../../src/lang/ast.js';
import { binary, boolean, call, conditional, name as nameOf, number, unary } from '../../src/lang/build.js';
import { LangError } from '../../src/lang/lang-error.js';
import { requireModest } from '../../src/lang/walk.js';
import * as messages from './messages.js';
import { elementName, indexMarker, plainName, unitMarker } from './syntax.js';
import { Unreadable, type Report, type Token } from './text.js';

/** Deeper expressions and blocks are refused. */
const deepest = 200;

/** Operators between two operands, with their precedence. */
const operators: Readonly<Record<string, readonly [precedence: number, operator: BinaryOperator]>> = {
  or: [1, 'or'],
  and: [2, 'and'],
  '<': [4, '<'],
  '<=': [4, '<='],
  '>': [4, '>'],
  '>=': [4, '>='],
  '==': [4, '=='],
  '!=': [4, '!='],
  '<>': [4, '!='],
  '+': [5, '+'],
  '-': [5, '-'],
  '*': [6, '*'],
  '/': [6, '/'],
  '%': [6, '%'],
};
const notLevel = 3;
const signLevel = 7;
const bitOperators = new Set(['&', '|', '^', '~', '<<', '>>']);

/** Reads expressions from tokens. */
export class ExpressionParser {
  protected at = 0;
  private depth = 0;

  constructor(
    protected readonly tokens: readonly Token[],
    protected readonly report: Report,
  ) {}

  protected get token(): Token {
    return this.tokens[this.at] ?? (this.tokens.at(-1) as Token);
  }

  protected next(): Token {
    const token = this.token;
    this.at++;
    return token;
  }

  protected is(text: string): boolean {
    return this.token.text === text && (this.token.kind === 'name' || this.token.kind === 'sign');
  }

  protected skip(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  protected fail(finding: Parameters<Report>[0], span: Span = this.token): never {
    this.report(finding, span);
    throw new Unreadable();
  }

  protected expected(what: string): never {
    const { kind, text } = this.token;
    const words = {
      line: 'the end of the line',
      indent: 'a deeper line',
      dedent: 'the end of the block',
      end: 'the end',
    };
    return this.fail(messages.expected(what, words[kind as keyof typeof words] ?? text));
  }

  protected expect(text: string): Token {
    return this.is(text) ? this.next() : this.expected(text);
  }

  protected name(what = 'a name'): Token {
    return this.token.kind === 'name' ? this.next() : this.expected(what);
  }

  protected deeper<T>(read: () => T): T {
    if (++this.depth > deepest) this.fail(messages.tooDeep(deepest));
    const result = read();
    this.depth--;
    return result;
  }

  /** Reads the index of an element of a vector, or the size of a vector. */
  protected index(): Expression | undefined {
    if (!this.skip('[')) return undefined;
    const index = this.expression();
    this.expect(']');
    return index;
  }

  protected arguments(): readonly Expression[] {
    this.expect('(');
    const all: Expression[] = [];
    while (!this.skip(')')) {
      if (all.length > 0) this.expect(',');
      all.push(this.expression());
    }
    return all;
  }

  protected expression(): Expression {
    return this.deeper(() => {
      const condition = this.operation(1);
      if (!this.skip('?')) return condition;
      const whenTrue = this.expression();
      this.expect(':');
      const whenFalse = this.expression();
      return conditional(condition, whenTrue, whenFalse, { start: condition.span.start, end: whenFalse.span.end });
    });
  }

  private operation(lowest: number): Expression {
    let left = this.operand(lowest);
    for (;;) {
      const { kind, text } = this.token;
      if (kind === 'sign' && bitOperators.has(text))
        this.fail(messages.notRead(`the operator ${text}`, 'bits of integers'));
      const found = kind === 'sign' || kind === 'name' ? operators[text] : undefined;
      if (!found || !Object.hasOwn(operators, text) || found[0] < lowest) return left;
      this.at++;
      const right = this.operation(found[0] + 1);
      left = this.modest(binary(found[1], left, right, { start: left.span.start, end: right.span.end }));
    }
  }

  private modest(e: Expression): Expression {
    try {
      return requireModest(e);
    } catch (error) {
      if (error instanceof LangError) this.fail(messages.tooDeep(deepest), e.span);
      throw error;
    }
  }

  private operand(lowest: number): Expression {
    return this.deeper(() => {
      const sign = this.token;
      if (sign.kind === 'sign' && (this.skip('-') || this.skip('+'))) {
        const operand = this.operation(signLevel);
        return unary(sign.text as '-' | '+', operand, { start: sign.start, end: operand.span.end });
      }
      if (this.skip('not')) {
        const operand = this.operation(Math.max(notLevel, lowest));
        return unary('not', operand, { start: sign.start, end: operand.span.end });
      }
      const base = this.simple();
      if (!this.skip('**')) return base;
      const exponent = this.operand(signLevel);
      return binary('**', base, exponent, { start: base.span.start, end: exponent.span.end });
    });
  }

  private simple(): Expression {
    const first = this.token;
    if (this.skip('(')) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (first.kind === 'string') return this.fail(messages.notRead('a text', 'a value'));
    if (first.kind === 'number') {
      this.at++;
      const value = { ...number(Number(first.text), first, /^\d+$/.test(first.text)), text: first.text };
      const unit = this.token;
      if (unit.kind !== 'name' || Object.hasOwn(operators, unit.text) || unit.text === 'step') return value;
      this.at++;
      const whole = { start: first.start, end: unit.end };
      if (!this.is('**')) return call(unitMarker, [value, nameOf(unit.text, unit)], whole);
      // The power is of the unit only.
      this.at++;
      const one = call(unitMarker, [number(1, first, true), nameOf(unit.text, unit)], whole);
      return binary('*', value, binary('**', one, this.operand(signLevel), whole), whole);
    }
    if (first.kind !== 'name' || Object.hasOwn(operators, first.text)) return this.expected('a value');
    if (/^(?:true|True|false|False)$/.test(first.text)) {
      this.at++;
      return boolean(/^t/i.test(first.text), first);
    }
    if (this.tokens[this.at + 1]?.text === '(') {
      this.at++;
      const all = this.arguments();
      return call(first.text, all, { start: first.start, end: this.tokens[this.at - 1]?.end ?? first.end });
    }
    this.at++;
    const base = first.text.replace(/'+$/, '');
    const name = plainName(base, first.text.length - base.length);
    const index = this.index();
    if (!index) return nameOf(name, first);
    const span = { start: first.start, end: this.tokens[this.at - 1]?.end ?? first.end };
    if (index.kind === 'number') return nameOf(elementName(name, index.value), span);
    return call(indexMarker, [nameOf(name, first), index], span);
  }
}
