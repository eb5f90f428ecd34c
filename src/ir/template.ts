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
import {
  type BodyScope,
  type Hole,
  type StatementMeaning,
  type StatementScope,
  readIrExpression,
  readStatement,
} from './text-read-body.js';

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

/** Reads each template once. */
function readOnce<T>(read: (reader: TokenReader) => T): (parts: TemplateStringsArray) => T {
  const done = new WeakMap<TemplateStringsArray, T>();
  return (parts) => {
    const known = done.get(parts);
    if (known !== undefined) return known;
    const meaning = read(new TokenReader(tokenizeTemplate(parts)));
    done.set(parts, meaning);
    return meaning;
  };
}

const expressionIn = readOnce((reader) => {
  const expression = readIrExpression(reader);
  if (reader.peek().kind !== 'end') throw reader.error('the end of the expression');
  return expression;
});

const statementsIn = readOnce((reader) => {
  const statements: StatementMeaning[] = [];
  while (reader.peek().kind !== 'end') statements.push(readStatement(reader));
  return statements;
});

/**
 * An expression written as text.
 *
 * @example code`${first} + select(${left} < ${length}u, ${left}, ${length}u)`
 * @throws UsageError for text that is no expression
 */
export const code = (parts: TemplateStringsArray, ...holes: readonly ValueHole[]): Expression =>
  expressionIn(parts)(new ExpressionScope(holes));

/** Reads an expression written as text; `operation` replaces each operation of the text, but none in a hole. */
export const expressionOf = (
  parts: TemplateStringsArray,
  holes: readonly ValueHole[],
  operation: (read: Expression) => Expression,
): Expression => expressionIn(parts)(new ExpressionScope(holes, operation));

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
  const scope = new TemplateScope(sink, holes);
  for (const statement of statementsIn(parts)) statement(scope);
  return scope.names;
}

const item = { kind: 'local', type: 'u32', name: 'index' } as const;

interface Name {
  readonly value: Expression;
  /** The word before its declaration. */
  readonly word: 'let' | 'var' | 'for';
}

const index: Name = { value: item, word: 'let' };

/** The scope of an expression alone. */
class ExpressionScope implements BodyScope {
  readonly #holes: readonly ValueHole[];
  readonly #operation: (read: Expression) => Expression;

  constructor(holes: readonly ValueHole[], operation: (read: Expression) => Expression = (read) => read) {
    this.#holes = holes;
    this.#operation = operation;
  }

  value(name: string): Expression | undefined {
    return name === item.name ? item : undefined;
  }

  hole(hole: number, suffix: string | undefined): Hole {
    const filled = this.#holes[hole];
    invariant(filled !== undefined, 'ir/template', `hole ${hole} is empty`);
    return valueHole(filled, suffix);
  }

  operation(read: Expression): Expression {
    return this.#operation(read);
  }
}

/** The scope of a block of a template: its own names, and those of the blocks around it. */
class TemplateScope<Sink extends StatementSink<Sink>> implements StatementScope {
  readonly #sink: Sink;
  readonly #holes: readonly StatementHole<Sink>[];
  readonly #outer: TemplateScope<Sink> | undefined;
  readonly #own = new Map<string, Name>();

  constructor(sink: Sink, holes: readonly StatementHole<Sink>[], outer?: TemplateScope<Sink>) {
    this.#sink = sink;
    this.#holes = holes;
    this.#outer = outer;
  }

  readonly names: Names = (name) => {
    const found = this.#find(name);
    invariant(found !== undefined, 'ir/template', `${name} is not declared`);
    return found.value;
  };

  value(name: string): Expression | undefined {
    return this.#find(name)?.value ?? this.#sink.parameters?.[name];
  }

  assigned(name: string): string | undefined {
    return this.#localOf(name, ['var', 'for']);
  }

  counter(name: string): string {
    return this.#localOf(name, ['var']) ?? this.#variable(name, 'u32', 'for').name;
  }

  result(name: string, type: ScalarType): string {
    return this.#variable(name, type).name;
  }

  emit(statement: Statement): void {
    this.#sink.emit(statement);
  }

  nested(write: (inner: StatementScope) => void): Statement[] {
    return this.#sink.nested((inner) => write(new TemplateScope(inner, this.#holes, this)));
  }

  declare(word: 'let' | 'var', name: string, value: Expression | ScalarType): void {
    if (typeof value === 'string') this.#variable(name, value);
    else if (word === 'let') this.#own.set(name, { value: this.#sink.name(name, value), word });
    else this.#sink.emit(set(this.#variable(name, value.type), value));
  }

  hole(hole: number, suffix: string | undefined): Hole {
    const given = this.#holes[hole];
    const filled = typeof given === 'function' ? given(this.names, this.#sink) : given;
    if (filled === undefined) return { role: 'statements' };
    if (typeof filled !== 'object') return valueHole(filled, suffix);
    if (isList(filled)) this.#sink.emit(...filled);
    else if (isStatement(filled)) this.#sink.emit(filled);
    else if (isValue(filled)) return valueHole(filled, suffix);
    else for (const [name, value] of Object.entries(filled)) this.#own.set(name, { value, word: 'let' });
    return { role: 'statements' };
  }

  #find(name: string): Name | undefined {
    return this.#own.get(name) ?? (this.#outer ? this.#outer.#find(name) : name === item.name ? index : undefined);
  }

  #variable(name: string, type: ScalarType, word: 'var' | 'for' = 'var'): Local {
    const local = this.#sink.local(name, type);
    this.#own.set(name, { value: get(local), word });
    return local;
  }

  #localOf(name: string, words: readonly Name['word'][]): string | undefined {
    const found = this.#find(name);
    return found && words.includes(found.word) && found.value.kind === 'local' ? found.value.name : undefined;
  }
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

const suffixes: Readonly<Record<string, 'f32' | 'i32' | 'u32'>> = { f: 'f32', i: 'i32', u: 'u32' };

function valueHole(filled: ValueHole, suffix: string | undefined): Hole {
  if (typeof filled !== 'object') return { role: 'value', value: number(filled, suffix) };
  if (isExpression(filled)) return { role: 'value', value: filled };
  if (isBuffer(filled)) return { role: 'buffer', buffer: filled };
  if (isFunction(filled)) return { role: 'callee', callee: filled };
  return { role: 'value', value: get(filled) };
}

function number(value: number | bigint | boolean, suffix = ''): Expression {
  if (typeof value === 'boolean') return bool(value);
  if (typeof value === 'bigint' || suffix === 'L') return i64(BigInt(value));
  const type = suffixes[suffix];
  return type ? constant(type, value) : f64(value);
}
