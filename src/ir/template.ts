/**
 * Kernels as text: templates in the text form of programs (`text.ts`), with values of the compiler in their holes.
 *
 * Beside the statements of programs a template has `let name = value` for a value that never changes, and
 * `var name = value` or `var name: type` for a local. Its names live in the template, and in nested blocks below their
 * declaration; `index` is the item of a map. Several loops count in the same local if `var` declares it before them.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import { bool, constant, f64, get, i64, set } from './builder.js';
import type { Buffer, Expression, IrFunction, Local, ScalarType, Statement } from './program.js';
import { TokenReader, tokenizeTemplate } from './text-lexer.js';
import { type BodyScope, type Hole, readIrExpression, readStatement } from './text-read-body.js';

/** Receives the statements of a template and hands out its locals. */
export interface StatementSink<Self> {
  /** Names that every template of the sink knows: the parameters of a function. */
  readonly parameters?: Readonly<Record<string, Expression>>;
  emit(...statements: Statement[]): void;
  /** A new local, with a name like the wanted one. */
  local(name: string, type: ScalarType): Local;
  /** Names a value that never changes. */
  name(name: string, value: Expression): Expression;
  nested(write: (inner: Self) => void): Statement[];
}

/** The value of a name that the template has declared so far. @throws InvariantError for another name */
export type Names = (name: string) => Expression;

/**
 * A hole of an expression. A number or bigint has the type of the suffix after it (`${n}u`), and is f64 without one.
 * A local is read or assigned, a buffer is indexed, a function of the library called.
 */
export type ValueHole = number | bigint | boolean | Expression | Local | Buffer | IrFunction;

/**
 * A hole of a template for statements. A function computes a value at its place, or writes statements there, and may
 * return more names for the statements below.
 */
export type StatementHole<Sink> =
  | ValueHole
  | Statement
  | readonly Statement[]
  | ((at: Names, block: Sink) => Expression | Readonly<Record<string, Expression>> | readonly Statement[])
  | ((at: Names, block: Sink) => void);

const tokensOf = new WeakMap<TemplateStringsArray, ReturnType<typeof tokenizeTemplate>>();

function readerOf(parts: TemplateStringsArray): TokenReader {
  const tokens = tokensOf.get(parts) ?? tokenizeTemplate(parts);
  tokensOf.set(parts, tokens);
  return new TokenReader(tokens);
}

/**
 * An expression written as text.
 *
 * @example code`${first} + select(${left} < ${length}u, ${left}, ${length}u)`
 * @throws UsageError for text that is no expression
 */
export const code = (parts: TemplateStringsArray, ...holes: readonly ValueHole[]): Expression =>
  expressionOf(parts, holes);

/** Reads an expression written as text; `operation` replaces each operation of the text, but none in a hole. */
export function expressionOf(
  parts: TemplateStringsArray,
  holes: readonly ValueHole[],
  operation: (read: Expression) => Expression = (read) => read,
): Expression {
  const reader = readerOf(parts);
  const value = readIrExpression(reader, {
    ...nothing,
    operation,
    hole: (hole, suffix) => {
      const filled = holes[Number(hole)];
      invariant(filled !== undefined, 'ir/template', `hole ${hole} is empty`);
      return valueHole(filled, suffix);
    },
  });
  if (reader.peek().kind !== 'end') throw reader.error('the end of the expression');
  return value;
}

/**
 * Writes statements to a sink.
 *
 * @returns the names declared outside nested blocks
 * @throws UsageError for text that is no list of statements
 */
export function writeTemplate<Sink extends StatementSink<Sink>>(
  sink: Sink,
  parts: TemplateStringsArray,
  holes: readonly StatementHole<Sink>[],
): Names {
  const reader = readerOf(parts);
  const names = new Map<string, Name>([['index', { value: item, word: 'let' }]]);
  const scope = templateScope(sink, names, holes);
  while (reader.peek().kind !== 'end') readStatement(reader, scope);
  return lookup(names);
}

const item: Expression = { kind: 'local', type: 'u32', name: 'index' };

interface Name {
  readonly value: Expression;
  /** The word before its declaration. */
  readonly word: 'let' | 'var' | 'for';
}

const lookup =
  (names: ReadonlyMap<string, Name>): Names =>
  (name) => {
    const found = names.get(name);
    invariant(found !== undefined, 'ir/template', `${name} is not declared`);
    return found.value;
  };

/** The scope of an expression alone. */
const nothing: BodyScope = {
  value: (name) => (name === 'index' ? item : undefined),
  buffer: () => undefined,
  callee: () => undefined,
  assigned: () => undefined,
  counter: (name) => name,
  result: (name) => name,
  emit: () => undefined,
  nested: () => [],
};

function templateScope<Sink extends StatementSink<Sink>>(
  sink: Sink,
  names: Map<string, Name>,
  holes: readonly StatementHole<Sink>[],
): BodyScope {
  const variable = (name: string, type: ScalarType, word: 'var' | 'for' = 'var'): Local => {
    const local = sink.local(name, type);
    names.set(name, { value: get(local), word });
    return local;
  };
  const localOf = (name: string, words: readonly Name['word'][]): string | undefined => {
    const found = names.get(name);
    return found && words.includes(found.word) && found.value.kind === 'local' ? found.value.name : undefined;
  };
  return {
    ...nothing,
    value: (name) => names.get(name)?.value ?? sink.parameters?.[name],
    assigned: (name) => localOf(name, ['var', 'for']),
    counter: (name) => localOf(name, ['var']) ?? variable(name, 'u32', 'for').name,
    result: (name, type) => variable(name, type).name,
    emit: (statement) => sink.emit(statement),
    nested: (read) => sink.nested((inner) => read(templateScope(inner, new Map(names), holes))),
    declare: (word, name, value) => {
      if (typeof value === 'string') variable(name, value);
      else if (word === 'let') names.set(name, { value: sink.name(name, value), word });
      else sink.emit(set(variable(name, value.type), value));
    },
    hole: (hole, suffix) => {
      const given = holes[Number(hole)];
      const filled = typeof given === 'function' ? given(lookup(names), sink) : given;
      if (filled === undefined) return { role: 'statements' };
      if (typeof filled !== 'object') return valueHole(filled, suffix);
      if (isList(filled)) sink.emit(...filled);
      else if (isStatement(filled)) sink.emit(filled);
      else if (isValue(filled)) return valueHole(filled, suffix);
      else for (const [name, value] of Object.entries(filled)) names.set(name, { value, word: 'let' });
      return { role: 'statements' };
    },
  };
}

type Filled = Statement | readonly Statement[] | ValueHole | Readonly<Record<string, Expression>>;

/** The members that tell holes from each other. */
interface Members {
  readonly kind?: unknown;
  readonly type?: unknown;
  readonly name?: unknown;
  readonly element?: unknown;
  readonly parameters?: unknown;
}

const isText = (member: unknown): boolean => typeof member === 'string';
const isList = (filled: Filled): filled is readonly Statement[] => Array.isArray(filled);
const isStatement = (filled: Members): filled is Statement => isText(filled.kind) && filled.type === undefined;
const isValue = (filled: Members): filled is Expression | Local | Buffer | IrFunction =>
  isText(filled.kind) || isText(filled.name);
const isExpression = (filled: Members): filled is Expression => isText(filled.kind);
const isBuffer = (filled: Members): filled is Buffer => isText(filled.element);
const isFunction = (filled: Members): filled is IrFunction => Array.isArray(filled.parameters);

const suffixes = { f: 'f32', i: 'i32', u: 'u32' } as const;

function valueHole(filled: ValueHole, suffix: string | undefined): Hole {
  if (typeof filled !== 'object') return { role: 'value', value: number(filled, suffix) };
  if (isExpression(filled)) return { role: 'value', value: filled };
  if (isBuffer(filled)) return { role: 'buffer', buffer: filled };
  if (isFunction(filled)) return { role: 'callee', callee: filled };
  return { role: 'value', value: get(filled) };
}

function number(value: number | bigint | boolean, suffix: string | undefined): Expression {
  if (typeof value === 'boolean') return bool(value);
  if (typeof value === 'bigint' || suffix === 'L') return i64(BigInt(value));
  const type = Object.entries(suffixes).find(([letter]) => letter === suffix)?.[1];
  return type ? constant(type, value) : f64(value);
}
