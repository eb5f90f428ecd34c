/** Reads expressions and statements of the text form. */

import { scaleOf, unitOf } from './fixed-point.js';
import { scalarTypes } from './operators.js';
import {
  type Buffer,
  type Constant,
  type Expression,
  type IrFunction,
  type ScalarType,
  type Statement,
  loadedType,
} from './program.js';
import type { TokenReader } from './text-lexer.js';
import { unescapeComment } from './text-print-body.js';
import { compareLevel, infix, isCompare, prefix, unaryFunctions } from './text-syntax.js';

/** The names that determine the types left out of the text. */
export interface BodyNames {
  /** Types of locals and parameters. */
  readonly locals: ReadonlyMap<string, ScalarType>;
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Functions by name, for the types of their results. */
  readonly functions: ReadonlyMap<string, Pick<IrFunction, 'results'>>;
}

/** Statements in braces. */
export function readBlock(reader: TokenReader, names: BodyNames): Statement[] {
  reader.expect('{');
  const statements: Statement[] = [];
  while (!reader.pass('}')) statements.push(readStatement(reader, names));
  return statements;
}

function readStatement(reader: TokenReader, names: BodyNames): Statement {
  const expression = (): Expression => readIrExpression(reader, names);
  if (reader.peek().kind === 'comment') return { kind: 'comment', text: unescapeComment(reader.next().text) };
  if (reader.pass('if')) {
    const condition = expression();
    const then = readBlock(reader, names);
    return { kind: 'if', condition, then, else: reader.pass('else') ? readBlock(reader, names) : [] };
  }
  if (reader.pass('for')) {
    const local = reader.name();
    reader.expect('=');
    const from = expression();
    reader.expect('until');
    const to = expression();
    const lanes = reader.pass('lanes') ? { lanes: true as const } : {};
    return { kind: 'for', local, from, to, body: readBlock(reader, names), ...lanes };
  }
  if (reader.pass('while')) return { kind: 'while', condition: expression(), body: readBlock(reader, names) };
  if (reader.pass('break')) return { kind: 'break' };
  if (reader.pass('setBit')) {
    const mask = reader.name();
    reader.expect('=');
    return { kind: 'setBit', mask, condition: expression() };
  }
  if (reader.pass('fault')) {
    const bits = reader.number();
    reader.expect('when');
    return { kind: 'fault', bits, when: expression() };
  }
  if (reader.pass('@')) return readCallStatement(reader, names);
  return readAssignment(reader, names);
}

function readCallStatement(reader: TokenReader, names: BodyNames): Statement {
  const callee = reader.name();
  const args = readArguments(reader, names);
  reader.expect('->');
  reader.expect('(');
  return { kind: 'call', function: callee, arguments: args, results: readList(reader, ')', () => reader.name()) };
}

function readAssignment(reader: TokenReader, names: BodyNames): Statement {
  const name = reader.name();
  if (!reader.pass('[')) {
    reader.expect('=');
    return { kind: 'set', local: name, value: readIrExpression(reader, names) };
  }
  const index = readIrExpression(reader, names);
  reader.expect(']');
  const kind = reader.pass('+=') ? 'accumulate' : 'store';
  if (kind === 'store') reader.expect('=');
  return { kind, buffer: name, index, value: readIrExpression(reader, names) };
}

/** Things separated by commas, up to a closing symbol. */
export function readList<T>(reader: TokenReader, close: string, read: () => T): T[] {
  const list: T[] = [];
  if (reader.pass(close)) return list;
  do list.push(read());
  while (reader.pass(','));
  reader.expect(close);
  return list;
}

function readArguments(reader: TokenReader, names: BodyNames): Expression[] {
  reader.expect('(');
  return readList(reader, ')', () => readIrExpression(reader, names));
}

/** Reads an expression with operators that bind at least as tightly as `least`. */
function readIrExpression(reader: TokenReader, names: BodyNames, least = 1): Expression {
  let left = readPrefix(reader, names);
  for (;;) {
    const operator = infixAt(reader);
    if (!operator || operator.level < least) return left;
    reader.next();
    const right = readIrExpression(reader, names, operator.level + 1);
    const { op } = operator;
    left = isCompare(op)
      ? { kind: 'compare', type: 'bool', op, left, right }
      : { kind: 'binary', type: left.type, op, left, right };
    if (operator.level === compareLevel && infixAt(reader)?.level === compareLevel)
      throw reader.error('parentheses, as comparisons do not chain');
  }
}

function infixAt(reader: TokenReader): (typeof infix)[keyof typeof infix] | undefined {
  const { kind, text } = reader.peek();
  return kind === 'symbol' && text in infix ? infix[text as keyof typeof infix] : undefined;
}

function readPrefix(reader: TokenReader, names: BodyNames): Expression {
  const { kind, text } = reader.peek();
  const op = kind === 'symbol' ? prefix[text] : undefined;
  if (op === undefined) return readPrimary(reader, names);
  reader.next();
  const constant = op === 'neg' ? readConstant(reader, true) : undefined;
  if (constant) return constant;
  const operand = readPrefix(reader, names);
  return { kind: 'unary', type: operand.type, op, operand };
}

function readPrimary(reader: TokenReader, names: BodyNames): Expression {
  const constant = readConstant(reader, false);
  if (constant) return constant;
  if (reader.pass('(')) {
    const inner = readIrExpression(reader, names);
    reader.expect(')');
    return inner;
  }
  if (reader.pass('@')) {
    const callee = reader.name();
    const result = names.functions.get(callee)?.results[0];
    if (!result) throw reader.error(`a function with a result, not ${callee}, here`);
    return { kind: 'call', type: result.type, function: callee, arguments: readArguments(reader, names) };
  }
  if (reader.peek().kind !== 'name') throw reader.error('an expression');
  if (reader.sees('(', 1)) return readNamedOperation(reader, names);
  const name = reader.name();
  if (reader.pass('[')) {
    const buffer = names.buffers.get(name);
    if (!buffer) throw reader.error(`a buffer, not ${name}, here`);
    const index = readIrExpression(reader, names);
    reader.expect(']');
    return { kind: 'load', type: loadedType[buffer.element], buffer: name, index };
  }
  const type = names.locals.get(name);
  if (type === undefined) throw reader.error(`a local, not ${name}, here`);
  return { kind: 'local', type, name };
}

function readNamedOperation(reader: TokenReader, names: BodyNames): Expression {
  const name = reader.name();
  const operands = readArguments(reader, names);
  const [a, b, c] = operands;
  if (name === 'select' && a && b && c && operands.length === 3)
    return { kind: 'select', type: b.type, condition: a, whenTrue: b, whenFalse: c };
  if (name === 'mulHigh' && a && b && operands.length === 2)
    return { kind: 'binary', type: a.type, op: 'mulHigh', left: a, right: b };
  if (a && b && operands.length === 2) {
    const exponent = b.kind === 'const' ? Number(b.value) : undefined;
    if (name === 'toFixed')
      return { kind: 'toFixed', type: 'i64', operand: a, scale: exponent === undefined ? b : scaleOf(exponent) };
    if (name === 'fromFixed')
      return { kind: 'fromFixed', type: 'f64', operand: a, unit: exponent === undefined ? b : unitOf(exponent) };
  }
  if (a && operands.length === 1) {
    const op = unaryFunctions.find((candidate) => candidate === name);
    if (op) return { kind: 'unary', type: a.type, op, operand: a };
    const to = scalarTypes.find((type) => type === name);
    if (to) return { kind: 'convert', type: to, operand: a };
    const as = scalarTypes.find((type) => `${type}.bits` === name);
    if (as) return { kind: 'reinterpret', type: as, operand: a };
  }
  throw reader.error(`an operation, not ${name} with ${operands.length} operands, before this`);
}

const words: Readonly<Record<string, Constant>> = {
  true: { kind: 'const', type: 'bool', value: true },
  false: { kind: 'const', type: 'bool', value: false },
  inf: { kind: 'const', type: 'f64', value: Infinity },
  nan: { kind: 'const', type: 'f64', value: NaN },
  inff: { kind: 'const', type: 'f32', value: Infinity },
  nanf: { kind: 'const', type: 'f32', value: NaN },
};

/** A constant, when the next token is one. */
function readConstant(reader: TokenReader, negative: boolean): Constant | undefined {
  const { kind, text } = reader.peek();
  if (kind === 'name' && Object.hasOwn(words, text) && !reader.sees('[', 1)) {
    const word = words[text];
    if (!word || (negative && word.type === 'bool')) return undefined;
    reader.next();
    return negative && typeof word.value === 'number' ? { ...word, value: -word.value } : word;
  }
  if (kind !== 'number') return undefined;
  reader.next();
  return numberConstant(text, negative);
}

function numberConstant(text: string, negative: boolean): Constant {
  // In hexadecimal, `f` is a digit; floats are never written so.
  const suffix = text.startsWith('0x') ? /[iuL]$/.exec(text)?.[0] : /[fiuL]$/.exec(text)?.[0];
  const digits = suffix === undefined ? text : text.slice(0, -1);
  if (suffix === 'L') return { kind: 'const', type: 'i64', value: negative ? -BigInt(digits) : BigInt(digits) };
  // Not `0 - x`, which would lose the sign of zero; integers have no negative zero.
  const value = negative ? -Number(digits) : Number(digits);
  switch (suffix) {
    case 'i':
      return { kind: 'const', type: 'i32', value: value | 0 };
    case 'u':
      return { kind: 'const', type: 'u32', value: value >>> 0 };
    case 'f':
      return { kind: 'const', type: 'f32', value: Math.fround(value) };
    default:
      return { kind: 'const', type: 'f64', value };
  }
}
