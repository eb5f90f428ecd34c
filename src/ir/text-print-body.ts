/** Prints expressions and statements in the text form. */

import { exponentOf } from './fixed-point.js';
import type { Expression, Statement } from './program.js';
import { constantText } from './text-data.js';
import { compareLevel, prefix, symbolOf } from './text-syntax.js';

const prefixOf = new Map(Object.entries(prefix).map(([symbol, op]) => [op, symbol]));

/** Level of text that never needs parentheses. */
const primary = 9;
/** Level of a prefix operator with its operand. */
const unary = 8;

/** An expression, with the fewest parentheses that its reader needs. */
export function printIrExpression(e: Expression): string {
  return print(e).text;
}

function print(e: Expression): { readonly text: string; readonly level: number } {
  const whole = (text: string): { text: string; level: number } => ({ text, level: primary });
  const list = (operands: readonly Expression[]): string => operands.map(printIrExpression).join(', ');
  switch (e.kind) {
    // A constant below zero reads as one, not as a negation.
    case 'const':
      return { text: constantText(e), level: unary };
    case 'local':
      return whole(e.name);
    case 'load':
      return whole(`${e.buffer}[${printIrExpression(e.index)}]`);
    case 'unary': {
      const symbol = prefixOf.get(e.op);
      if (symbol === undefined) return whole(`${e.op}(${printIrExpression(e.operand)})`);
      return { text: symbol + within(e.operand, primary), level: unary };
    }
    case 'binary':
    case 'compare': {
      const operator = symbolOf.get(e.op);
      if (!operator) return whole(`${e.op}(${list([e.left, e.right])})`);
      const { symbol, level } = operator;
      return {
        text: `${within(e.left, level === compareLevel ? level + 1 : level)} ${symbol} ${within(e.right, level + 1)}`,
        level,
      };
    }
    case 'select':
      return whole(`select(${list([e.condition, e.whenTrue, e.whenFalse])})`);
    case 'convert':
      return whole(`${e.type}(${printIrExpression(e.operand)})`);
    case 'reinterpret':
      return whole(`${e.type}.bits(${printIrExpression(e.operand)})`);
    // Constant units by their exponent: 2^-53 is `53`.
    case 'toFixed':
      return whole(`toFixed(${printIrExpression(e.operand)}, ${exponentOf(e.scale) ?? printIrExpression(e.scale)})`);
    case 'fromFixed': {
      const exponent = exponentOf(e.unit);
      const unit = exponent === undefined ? printIrExpression(e.unit) : String(0 - exponent);
      return whole(`fromFixed(${printIrExpression(e.operand)}, ${unit})`);
    }
    case 'call':
      return whole(`@${e.function}(${list(e.arguments)})`);
  }
}

function within(e: Expression, least: number): string {
  const { text, level } = print(e);
  return level < least ? `(${text})` : text;
}

/** Statements, each on its line or lines, indented by two more spaces than `indent`. */
export function printIrStatements(statements: readonly Statement[], indent: string): string {
  return statements.map((s) => `${printStatement(s, `${indent}  `)}\n`).join('');
}

function printStatement(s: Statement, indent: string): string {
  const value = printIrExpression;
  const block = (head: string, body: readonly Statement[]): string =>
    `${head} {\n${printIrStatements(body, indent)}${indent}}`;
  switch (s.kind) {
    case 'set':
      return `${indent}${s.local} = ${value(s.value)}`;
    case 'store':
      return `${indent}${s.buffer}[${value(s.index)}] = ${value(s.value)}`;
    case 'accumulate':
      return `${indent}${s.buffer}[${value(s.index)}] += ${value(s.value)}`;
    case 'if':
      return block(`${indent}if ${value(s.condition)}`, s.then) + (s.else.length > 0 ? block(' else', s.else) : '');
    case 'for':
      return block(
        `${indent}for ${s.local} = ${value(s.from)} until ${value(s.to)}${s.lanes === true ? ' lanes' : ''}`,
        s.body,
      );
    case 'while':
      return block(`${indent}while ${value(s.condition)}`, s.body);
    case 'break':
      return `${indent}break`;
    case 'call':
      return `${indent}@${s.function}(${s.arguments.map(value).join(', ')}) -> (${s.results.join(', ')})`;
    case 'setBit':
      return `${indent}setBit ${s.mask} = ${value(s.condition)}`;
    case 'fault':
      return `${indent}fault ${s.bits} when ${value(s.when)}`;
    case 'comment':
      return `${indent}// ${escapeComment(s.text)}`;
  }
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

function escapeComment(text: string): string {
  return text.replace(/[\\\n\r\u2028\u2029]/g, (character) => escapes[character] ?? character);
}

/** The text of a comment as `escapeComment` wrote it. */
export function unescapeComment(text: string): string {
  return text.replace(/\\(u2028|u2029|.)/g, (_, escaped: string) => {
    const escape = Object.entries(escapes).find(([, written]) => written === `\\${escaped}`);
    return escape?.[0] ?? escaped;
  });
}
