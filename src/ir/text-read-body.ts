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
  /** Of programs: the buffer of a name. */
  buffer?(name: string): Buffer | undefined;
  /** Of programs: the function of a name. */
  callee?(name: string): Callee | undefined;
  /** Of templates: fills a hole, by its number from 0; `suffix` is the type of a number. */
  hole?(hole: number, suffix: string | undefined): Hole;
  /** Of templates: the expression in place of an operation that was read. */
  operation?(read: Expression): Expression;
}

/** A scope of statements, too. */
export interface StatementScope extends BodyScope {
  /** The local that an assignment to a name sets. @returns undefined if it sets none */
  assigned(name: string): string | undefined;
  /** The local that counts the rounds of a loop. */
  counter(name: string): string;
  /** The local for a result of a call. */
  result(name: string, type: ScalarType): string;
  emit(statement: Statement): void;
  /** The statements that are written to the scope of a nested block. */
  nested(write: (inner: StatementScope) => void): Statement[];
  /** Of templates: declares a local, with a value that never changes after `let`. */
  declare?(word: 'let' | 'var', name: string, value: Expression | ScalarType): void;
}

/** Text that has been read once: it means something in each scope. @throws UsageError with the line of a mistake */
export type Meaning<T, Scope = BodyScope> = (scope: Scope) => T;
/** A statement that has been read. */
export type StatementMeaning = Meaning<void, StatementScope>;

/** Statements in braces of a program. */
export function readBlock(reader: TokenReader, names: BodyNames): Statement[] {
  const statements: Statement[] = [];
  readStatements(reader)(programScope(names, statements));
  return statements;
}

function programScope({ locals, buffers, functions }: BodyNames, statements: Statement[]): StatementScope {
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
    nested: (write) => {
      const inner: Statement[] = [];
      write(programScope({ locals, buffers, functions }, inner));
      return inner;
    },
  };
}

/** Reads statements in braces. */
function readStatements(reader: TokenReader): StatementMeaning {
  const statements: StatementMeaning[] = [];
  reader.expect('{');
  while (!reader.pass('}')) statements.push(readStatement(reader));
  return (scope) => {
    for (const statement of statements) statement(scope);
  };
}

function readNested(reader: TokenReader): Meaning<Statement[], StatementScope> {
  const statements = readStatements(reader);
  return (scope) => scope.nested(statements);
}

/** Reads one statement. @throws UsageError with the line of a mistake */
export function readStatement(reader: TokenReader): StatementMeaning {
  if (reader.peek().kind === 'comment') {
    const text = unescapeComment(reader.next().text);
    return (scope) => scope.emit({ kind: 'comment', text });
  }
  if (reader.pass('if')) {
    const [condition, then] = [readIrExpression(reader), readNested(reader)];
    const otherwise = reader.pass('else') ? readNested(reader) : () => [];
    return (scope) =>
      scope.emit({ kind: 'if', condition: condition(scope), then: then(scope), else: otherwise(scope) });
  }
  if (reader.pass('for')) return readLoop(reader);
  if (reader.pass('while')) {
    const [condition, body] = [readIrExpression(reader), readNested(reader)];
    return (scope) => scope.emit({ kind: 'while', condition: condition(scope), body: body(scope) });
  }
  if (reader.pass('break')) return (scope) => scope.emit({ kind: 'break' });
  if (reader.pass('setBit')) {
    const mask = readBufferName(reader);
    reader.expect('=');
    const condition = readIrExpression(reader);
    return (scope) => scope.emit({ kind: 'setBit', mask: mask(scope), condition: condition(scope) });
  }
  if (reader.pass('fault')) {
    const bits = readBits(reader);
    reader.expect('when');
    const when = readIrExpression(reader);
    return (scope) => scope.emit({ kind: 'fault', bits: bits(scope), when: when(scope) });
  }
  if ((reader.sees('let') || reader.sees('var')) && reader.peek(1).kind === 'name') return readDeclaration(reader);
  return readAssignmentOrCall(reader);
}

function readLoop(reader: TokenReader): StatementMeaning {
  const counter = reader.name();
  reader.expect('=');
  const from = readIrExpression(reader);
  reader.expect('until');
  const to = readIrExpression(reader);
  const lanes = reader.pass('lanes') ? { lanes: true as const } : {};
  const body = readNested(reader);
  return (scope) => {
    const local = scope.counter(counter);
    scope.emit({ kind: 'for', local, from: from(scope), to: to(scope), body: body(scope), ...lanes });
  };
}

function readDeclaration(reader: TokenReader): StatementMeaning {
  const here = reader.from(reader.position);
  const word = reader.next().text === 'let' ? 'let' : 'var';
  const name = reader.name();
  const isTyped = reader.pass(':');
  if (!isTyped) reader.expect('=');
  const type = isTyped ? readType(reader) : undefined;
  const value = type === undefined ? readIrExpression(reader) : () => type;
  return (scope) => {
    if (!scope.declare) throw here.error('a statement of a program');
    scope.declare(word, name, value(scope));
  };
}

/** Reads a type of scalars. @throws UsageError for another name */
export function readType(reader: TokenReader): ScalarType {
  const word = reader.name();
  const type = scalarTypes.find((candidate) => candidate === word);
  if (!type) throw reader.error(`a type, not ${word}, before this`);
  return type;
}

function readBits(reader: TokenReader): Meaning<number> {
  const hole = readHole(reader);
  if (!hole) {
    const bits = reader.number();
    return () => bits;
  }
  const here = reader.from(reader.position);
  return (scope) => {
    const filled = hole(scope);
    if (filled.role !== 'value' || filled.value.kind !== 'const') throw here.error('a number of bits before this');
    return Number(filled.value.value);
  };
}

function readBufferName(reader: TokenReader): Meaning<string> {
  const hole = readHole(reader);
  if (hole) return bufferIn(hole, reader);
  const name = reader.name();
  return () => name;
}

/** The name of the buffer in a hole that was read last. */
function bufferIn(hole: Meaning<Hole>, reader: TokenReader): Meaning<string> {
  const here = reader.from(reader.position);
  return (scope) => {
    const filled = hole(scope);
    if (filled.role !== 'buffer') throw here.error('a buffer before this');
    return filled.buffer.name;
  };
}

/** The hole that comes next, if any; the type of a number is a letter after it. */
function readHole(reader: TokenReader): Meaning<Hole> | undefined {
  if (reader.peek().kind !== 'hole') return undefined;
  const number = Number(reader.next().text);
  const suffix = ['f', 'i', 'u', 'L'].find((letter) => reader.pass(letter));
  const here = reader.from(reader.position);
  return (scope) => {
    if (!scope.hole) throw here.error('a program without holes before this');
    return scope.hole(number, suffix);
  };
}

function readAssignmentOrCall(reader: TokenReader): StatementMeaning {
  const hole = readHole(reader);
  if (reader.sees(hole ? '(' : '@')) {
    const callee = readCallee(hole, reader);
    const args = readArguments(reader);
    reader.expect('->');
    reader.expect('(');
    const names = readList(reader, ')', () => reader.name());
    return (scope) => {
      const { name, results } = callee(scope);
      const values = args(scope);
      const locals = names.map((local, k) => scope.result(local, results[k]?.type ?? 'f64'));
      scope.emit({ kind: 'call', function: name, arguments: values, results: locals });
    };
  }
  const name = hole ? '' : reader.name();
  if (reader.sees('[')) {
    const buffer = hole ? bufferIn(hole, reader) : () => name;
    reader.expect('[');
    const index = readIrExpression(reader);
    reader.expect(']');
    const kind = reader.pass('+=') ? 'accumulate' : 'store';
    if (kind === 'store') reader.expect('=');
    const value = readIrExpression(reader);
    return (scope) => scope.emit({ kind, buffer: buffer(scope), index: index(scope), value: value(scope) });
  }
  // A hole alone is filled with statements.
  if (hole && !reader.sees('=')) return hole;
  const here = reader.from(reader.position);
  reader.expect('=');
  const value = readIrExpression(reader);
  return (scope) => {
    const local = hole ? localOf(hole(scope)) : scope.assigned(name);
    if (local === undefined) throw here.error(`a local that can be assigned, not ${name || 'a value'}, before this`);
    scope.emit({ kind: 'set', local, value: value(scope) });
  };
}

const localOf = (hole: Hole): string | undefined =>
  hole.role === 'value' && hole.value.kind === 'local' ? hole.value.name : undefined;

/** The function in a hole that was read last, or of the name that comes next. */
function readCallee(hole: Meaning<Hole> | undefined, reader: TokenReader): Meaning<Callee> {
  if (!hole) {
    reader.expect('@');
    const name = reader.name();
    return (scope) => scope.callee?.(name) ?? { name, results: [] };
  }
  const here = reader.from(reader.position);
  return (scope) => {
    const filled = hole(scope);
    if (filled.role !== 'callee') throw here.error('a function before this');
    return filled.callee;
  };
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

function readArguments(reader: TokenReader): Meaning<Expression[]> {
  reader.expect('(');
  const operands = readList(reader, ')', () => readIrExpression(reader));
  return (scope) => operands.map((operand) => operand(scope));
}

/** An operation that was read, or the expression in its place. */
const operationIn = (scope: BodyScope, operation: Expression): Expression =>
  scope.operation ? scope.operation(operation) : operation;

/** Reads an expression with operators that bind at least as tightly as `least`. */
export function readIrExpression(reader: TokenReader, least = 1): Meaning<Expression> {
  let expression = readPrefix(reader);
  for (;;) {
    const operator = infixAt(reader);
    if (!operator || operator.level < least) return expression;
    reader.next();
    expression = infixOperation(operator.op, expression, readIrExpression(reader, operator.level + 1));
    if (operator.level === compareLevel && infixAt(reader)?.level === compareLevel)
      throw reader.error('parentheses, as comparisons do not chain');
  }
}

function infixOperation(
  op: (typeof infix)[keyof typeof infix]['op'],
  first: Meaning<Expression>,
  second: Meaning<Expression>,
): Meaning<Expression> {
  if (isCompare(op))
    return (scope) =>
      operationIn(scope, { kind: 'compare', type: 'bool', op, left: first(scope), right: second(scope) });
  return (scope) => {
    const left = first(scope);
    return operationIn(scope, { kind: 'binary', type: left.type, op, left, right: second(scope) });
  };
}

function infixAt(reader: TokenReader): (typeof infix)[keyof typeof infix] | undefined {
  const { kind, text } = reader.peek();
  return kind === 'symbol' && text in infix ? infix[text as keyof typeof infix] : undefined;
}

function readPrefix(reader: TokenReader): Meaning<Expression> {
  const { kind, text } = reader.peek();
  const op = kind === 'symbol' ? prefix[text] : undefined;
  if (op === undefined) return readPrimary(reader);
  reader.next();
  const constant = op === 'neg' ? readConstant(reader, true) : undefined;
  if (constant) return () => constant;
  const operand = readPrefix(reader);
  return (scope) => {
    const value = operand(scope);
    return operationIn(scope, { kind: 'unary', type: value.type, op, operand: value });
  };
}

function readPrimary(reader: TokenReader): Meaning<Expression> {
  const constant = readConstant(reader, false);
  if (constant) return () => constant;
  if (reader.pass('(')) {
    const inner = readIrExpression(reader);
    reader.expect(')');
    return inner;
  }
  const hole = readHole(reader);
  if (reader.sees(hole ? '(' : '@')) return readCall(hole, reader);
  const here = reader.from(reader.position);
  if (hole && reader.sees('['))
    return readLoad(reader, (scope) => {
      const filled = hole(scope);
      if (filled.role !== 'buffer') throw here.error('a buffer before this');
      return filled.buffer;
    });
  if (hole)
    return (scope) => {
      const filled = hole(scope);
      if (filled.role !== 'value') throw here.error('an expression before this');
      return filled.value;
    };
  if (reader.peek().kind !== 'name') throw reader.error('an expression');
  if (reader.sees('(', 1)) return readNamedOperation(reader);
  const name = reader.name();
  const after = reader.from(reader.position);
  if (reader.sees('['))
    return readLoad(reader, (scope) => {
      const buffer = scope.buffer?.(name);
      if (!buffer) throw after.error(`a buffer, not ${name}, here`);
      return buffer;
    });
  return (scope) => {
    const value = scope.value(name);
    if (!value) throw after.error(`a local, not ${name}, here`);
    return value;
  };
}

function readCall(hole: Meaning<Hole> | undefined, reader: TokenReader): Meaning<Expression> {
  const callee = readCallee(hole, reader);
  const here = reader.from(reader.position);
  const args = readArguments(reader);
  return (scope) => {
    const { name, results } = callee(scope);
    const result = results[0];
    if (!result) throw here.error(`a function with a result, not ${name}, here`);
    return { kind: 'call', type: result.type, function: name, arguments: args(scope) };
  };
}

function readLoad(reader: TokenReader, bufferOf: Meaning<Buffer>): Meaning<Expression> {
  reader.expect('[');
  const index = readIrExpression(reader);
  reader.expect(']');
  return (scope) => {
    const { name, element } = bufferOf(scope);
    return { kind: 'load', type: loadedType[element], buffer: name, index: index(scope) };
  };
}

function readNamedOperation(reader: TokenReader): Meaning<Expression> {
  const name = reader.name();
  const operands = readArguments(reader);
  const after = reader.from(reader.position);
  return (scope) => {
    const values = operands(scope);
    const operation = namedOperation(name, values);
    if (!operation) throw after.error(`an operation, not ${name} with ${values.length} operands, before this`);
    return operationIn(scope, operation);
  };
}

function namedOperation(name: string, operands: readonly Expression[]): Expression | undefined {
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
  if (!a || operands.length !== 1) return undefined;
  const op = unaryFunctions.find((candidate) => candidate === name);
  if (op) return { kind: 'unary', type: a.type, op, operand: a };
  const to = scalarTypes.find((type) => type === name);
  if (to) return convert(to, a);
  const as = scalarTypes.find((type) => `${type}.bits` === name);
  return as && { kind: 'reinterpret', type: as, operand: a };
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
