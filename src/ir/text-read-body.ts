/** Reads expressions and statements of the text form, in programs and in templates of kernels. */

import { convert } from './builder.js';
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

/** The names that determine the types left out of the text of a program. */
export interface BodyNames {
  /** Types of locals and parameters. */
  readonly locals: ReadonlyMap<string, ScalarType>;
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Functions by name, for the types of their results. */
  readonly functions: ReadonlyMap<string, Callee>;
}

/** A function with the types of its results. */
export type Callee = Pick<IrFunction, 'name' | 'results'>;

/** A value in a hole of a template, by its role. */
export type Hole =
  | { readonly role: 'value'; readonly value: Expression }
  | { readonly role: 'buffer'; readonly buffer: Buffer }
  | { readonly role: 'callee'; readonly callee: Callee }
  | { readonly role: 'statements' };

/** The meaning of the names of a body, and the receiver of its statements. */
export interface BodyScope {
  /** The value of a name. */
  value(name: string): Expression | undefined;
  buffer(name: string): Buffer | undefined;
  callee(name: string): Callee | undefined;
  /** The local that an assignment to a name sets. @returns undefined if it sets none */
  assigned(name: string): string | undefined;
  /** The local that counts the rounds of a loop. */
  counter(name: string): string;
  /** The local for a result of a call. */
  result(name: string, type: ScalarType): string;
  emit(statement: Statement): void;
  /** The statements that a reader gives to the scope of a nested block. */
  nested(read: (inner: BodyScope) => void): Statement[];
  /**
   * Of templates: fills a hole; `suffix` is the type of a number. Only at the beginning of a statement may it have
   * statements.
   */
  hole?(hole: string, suffix: string | undefined, place: 'statement' | 'value'): Hole;
  /** Of templates: the expression in place of an operation that was read. */
  operation?(read: Expression): Expression;
  /** Of templates: declares a local, with a value that never changes after `let`. */
  declare?(word: 'let' | 'var', name: string, value: Expression | ScalarType): void;
}

/** Statements in braces of a program. */
export function readBlock(reader: TokenReader, names: BodyNames): Statement[] {
  const statements: Statement[] = [];
  readStatements(reader, programScope(names, statements));
  return statements;
}

function programScope({ locals, buffers, functions }: BodyNames, statements: Statement[]): BodyScope {
  const itself = (name: string): string => name;
  return {
    value: (name) => {
      const type = locals.get(name);
      return type && { kind: 'local', type, name };
    },
    buffer: (name) => buffers.get(name),
    callee: (name) => functions.get(name),
    assigned: itself,
    counter: itself,
    result: itself,
    emit: (statement) => {
      statements.push(statement);
    },
    nested: (read) => {
      const inner: Statement[] = [];
      read(programScope({ locals, buffers, functions }, inner));
      return inner;
    },
  };
}

/** Reads statements in braces. */
function readStatements(reader: TokenReader, scope: BodyScope): void {
  reader.expect('{');
  while (!reader.pass('}')) readStatement(reader, scope);
}

const readNested = (reader: TokenReader, scope: BodyScope): Statement[] =>
  scope.nested((inner) => readStatements(reader, inner));

/** Reads one statement. @throws UsageError with the line of a mistake */
export function readStatement(reader: TokenReader, scope: BodyScope): void {
  const expression = (): Expression => readIrExpression(reader, scope);
  if (reader.peek().kind === 'comment') {
    scope.emit({ kind: 'comment', text: unescapeComment(reader.next().text) });
  } else if (reader.pass('if')) {
    const condition = expression();
    const then = readNested(reader, scope);
    scope.emit({ kind: 'if', condition, then, else: reader.pass('else') ? readNested(reader, scope) : [] });
  } else if (reader.pass('for')) {
    const local = scope.counter(reader.name());
    reader.expect('=');
    const from = expression();
    reader.expect('until');
    const to = expression();
    const lanes = reader.pass('lanes') ? { lanes: true as const } : {};
    scope.emit({ kind: 'for', local, from, to, body: readNested(reader, scope), ...lanes });
  } else if (reader.pass('while')) {
    scope.emit({ kind: 'while', condition: expression(), body: readNested(reader, scope) });
  } else if (reader.pass('break')) {
    scope.emit({ kind: 'break' });
  } else if (reader.pass('setBit')) {
    const mask = readBufferName(reader, scope);
    reader.expect('=');
    scope.emit({ kind: 'setBit', mask, condition: expression() });
  } else if (reader.pass('fault')) {
    const bits = readBits(reader, scope);
    reader.expect('when');
    scope.emit({ kind: 'fault', bits, when: expression() });
  } else if (scope.declare && (reader.sees('let') || reader.sees('var'))) {
    readDeclaration(reader, scope, scope.declare);
  } else {
    readAssignmentOrCall(reader, scope);
  }
}

function readDeclaration(reader: TokenReader, scope: BodyScope, declare: NonNullable<BodyScope['declare']>): void {
  const word = reader.next().text === 'let' ? 'let' : 'var';
  const name = reader.name();
  if (reader.pass(':')) {
    declare(word, name, readType(reader));
    return;
  }
  reader.expect('=');
  declare(word, name, readIrExpression(reader, scope));
}

/** Reads a type of scalars. @throws UsageError for another name */
export function readType(reader: TokenReader): ScalarType {
  const word = reader.name();
  const type = scalarTypes.find((candidate) => candidate === word);
  if (!type) throw reader.error(`a type, not ${word}, before this`);
  return type;
}

function readBits(reader: TokenReader, scope: BodyScope): number {
  const hole = readHole(reader, scope, 'value');
  if (!hole) return reader.number();
  if (hole.role !== 'value' || hole.value.kind !== 'const') throw reader.error('a number of bits before this');
  return Number(hole.value.value);
}

function readBufferName(reader: TokenReader, scope: BodyScope): string {
  const hole = readHole(reader, scope, 'value');
  if (!hole) return reader.name();
  if (hole.role !== 'buffer') throw reader.error('a buffer before this');
  return hole.buffer.name;
}

/** The hole that comes next, if any; the type of a number is a letter after it. */
function readHole(reader: TokenReader, scope: BodyScope, place: 'statement' | 'value'): Hole | undefined {
  if (!scope.hole || reader.peek().kind !== 'hole') return undefined;
  const { text } = reader.next();
  const suffix = ['f', 'i', 'u', 'L'].find((letter) => reader.pass(letter));
  return scope.hole(text, suffix, place);
}

function readAssignmentOrCall(reader: TokenReader, scope: BodyScope): void {
  const hole = readHole(reader, scope, 'statement');
  if (hole?.role === 'statements') return;
  if (hole?.role === 'callee' || (!hole && reader.pass('@'))) {
    const callee = hole ? hole.callee : namedCallee(reader, scope);
    const args = readArguments(reader, scope);
    reader.expect('->');
    reader.expect('(');
    const names = readList(reader, ')', () => reader.name());
    const results = names.map((name, k) => scope.result(name, callee.results[k]?.type ?? 'f64'));
    scope.emit({ kind: 'call', function: callee.name, arguments: args, results });
    return;
  }
  const name = hole ? undefined : reader.name();
  if (!reader.pass('[')) {
    const local = name === undefined ? localOf(hole) : scope.assigned(name);
    if (local === undefined) throw reader.error(`a local that can be assigned, not ${name ?? 'a value'}, before this`);
    reader.expect('=');
    scope.emit({ kind: 'set', local, value: readIrExpression(reader, scope) });
    return;
  }
  if (hole && hole.role !== 'buffer') throw reader.error('a buffer before this');
  const index = readIrExpression(reader, scope);
  reader.expect(']');
  const kind = reader.pass('+=') ? 'accumulate' : 'store';
  if (kind === 'store') reader.expect('=');
  const buffer = hole ? hole.buffer.name : (name ?? '');
  scope.emit({ kind, buffer, index, value: readIrExpression(reader, scope) });
}

const localOf = (hole: Hole | undefined): string | undefined =>
  hole?.role === 'value' && hole.value.kind === 'local' ? hole.value.name : undefined;

function namedCallee(reader: TokenReader, scope: BodyScope): Callee {
  const name = reader.name();
  return scope.callee(name) ?? { name, results: [] };
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

function readArguments(reader: TokenReader, scope: BodyScope): Expression[] {
  reader.expect('(');
  return readList(reader, ')', () => readIrExpression(reader, scope));
}

/** Reads an expression with operators that bind at least as tightly as `least`. */
export function readIrExpression(reader: TokenReader, scope: BodyScope, least = 1): Expression {
  let left = readPrefix(reader, scope);
  for (;;) {
    const operator = infixAt(reader);
    if (!operator || operator.level < least) return left;
    reader.next();
    const right = readIrExpression(reader, scope, operator.level + 1);
    const { op } = operator;
    const operation: Expression = isCompare(op)
      ? { kind: 'compare', type: 'bool', op, left, right }
      : { kind: 'binary', type: left.type, op, left, right };
    left = scope.operation?.(operation) ?? operation;
    if (operator.level === compareLevel && infixAt(reader)?.level === compareLevel)
      throw reader.error('parentheses, as comparisons do not chain');
  }
}

function infixAt(reader: TokenReader): (typeof infix)[keyof typeof infix] | undefined {
  const { kind, text } = reader.peek();
  return kind === 'symbol' && text in infix ? infix[text as keyof typeof infix] : undefined;
}

function readPrefix(reader: TokenReader, scope: BodyScope): Expression {
  const { kind, text } = reader.peek();
  const op = kind === 'symbol' ? prefix[text] : undefined;
  if (op === undefined) return readPrimary(reader, scope);
  reader.next();
  const constant = op === 'neg' ? readConstant(reader, true) : undefined;
  if (constant) return constant;
  const operand = readPrefix(reader, scope);
  const operation: Expression = { kind: 'unary', type: operand.type, op, operand };
  return scope.operation?.(operation) ?? operation;
}

function readPrimary(reader: TokenReader, scope: BodyScope): Expression {
  const constant = readConstant(reader, false);
  if (constant) return constant;
  if (reader.pass('(')) {
    const inner = readIrExpression(reader, scope);
    reader.expect(')');
    return inner;
  }
  const hole = readHole(reader, scope, 'value');
  if (hole?.role === 'value') return hole.value;
  if (hole?.role === 'buffer') return readLoad(reader, hole.buffer, scope);
  if (hole?.role === 'callee' || (!hole && reader.pass('@'))) {
    const callee = hole ? hole.callee : namedCallee(reader, scope);
    const result = callee.results[0];
    if (!result) throw reader.error(`a function with a result, not ${callee.name}, here`);
    return { kind: 'call', type: result.type, function: callee.name, arguments: readArguments(reader, scope) };
  }
  if (hole || reader.peek().kind !== 'name') throw reader.error('an expression');
  if (reader.sees('(', 1)) {
    const operation = readNamedOperation(reader, scope);
    return scope.operation?.(operation) ?? operation;
  }
  const name = reader.name();
  if (reader.sees('[')) {
    const buffer = scope.buffer(name);
    if (!buffer) throw reader.error(`a buffer, not ${name}, here`);
    return readLoad(reader, buffer, scope);
  }
  const value = scope.value(name);
  if (!value) throw reader.error(`a local, not ${name}, here`);
  return value;
}

function readLoad(reader: TokenReader, buffer: Buffer, scope: BodyScope): Expression {
  reader.expect('[');
  const index = readIrExpression(reader, scope);
  reader.expect(']');
  return { kind: 'load', type: loadedType[buffer.element], buffer: buffer.name, index };
}

function readNamedOperation(reader: TokenReader, scope: BodyScope): Expression {
  const name = reader.name();
  const operands = readArguments(reader, scope);
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
    if (to) return convert(to, a);
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
