/**
 * Tools for writing the functions of this library: a function body that names its intermediate values, and a table of
 * all functions defined so far, in which callees are found.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import { Locals, get, loop, set, when, whilst } from '../builder.js';
import type { Expression, IrFunction, Local, ScalarType, Statement } from '../program.js';
import { type Names, type StatementHole, type StatementSink, writeTemplate } from '../template.js';

/** The floating point types that the library is written for. */
export type FloatType = 'f64' | 'f32';
/** The types that functions of whole numbers are written for too. */
export type NumberType = FloatType | 'i32';

/** Collects the statements and locals of one function. */
export class Body implements StatementSink<Body> {
  readonly #locals: Locals;
  #statements: Statement[] = [];

  constructor(locals: Locals) {
    this.#locals = locals;
  }

  /** The statements so far. */
  get statements(): readonly Statement[] {
    return this.#statements;
  }

  /**
   * Writes statements in the text form of programs.
   *
   * @example body.write`let r = ${x} - ${k} * ${n(ln2)}`
   * @returns the names that the text declares
   */
  write(parts: TemplateStringsArray, ...holes: readonly StatementHole<Body>[]): Names {
    return writeTemplate<Body>(this, parts, holes);
  }

  /** Writes statements. */
  emit(...statements: Statement[]): void {
    this.#statements.push(...statements);
  }

  /** A new local, with a name like the wanted one. */
  local(name: string, type: ScalarType): Local {
    return this.#locals.fresh(name, type);
  }

  /** Names a value: a new local, set once. */
  name(name: string, value: Expression): Expression {
    return this.let(name, value);
  }

  /** The statements that are written by a function. */
  nested(write: (inner: Body) => void): Statement[] {
    return this.#inside(() => write(this));
  }

  /** Names a value: a new local, set once. */
  let(name: string, value: Expression): Expression {
    const local = this.variable(name, value);
    return get(local);
  }

  /** A new local that may be set again, with its first value. */
  variable(name: string, value: Expression): Local {
    const local = this.#locals.fresh(name, value.type);
    this.set(local, value);
    return local;
  }

  /** Assigns a local again. */
  set(local: Local, value: Expression): void {
    this.#statements.push(set(local, value));
  }

  /** Writes a statement. */
  add(statement: Statement): void {
    this.#statements.push(statement);
  }

  /** New locals for the results of a call with several. */
  results(names: Readonly<Record<string, ScalarType>>): Local[] {
    return Object.entries(names).map(([name, type]) => this.#locals.fresh(name, type));
  }

  /** Runs the statements of `then` if the condition holds, else those of `otherwise`. */
  when(condition: Expression, then: () => void, otherwise: () => void = () => undefined): void {
    this.add(when(condition, this.#inside(then), this.#inside(otherwise)));
  }

  /** Repeats the statements of `body` while the condition holds. */
  whilst(condition: Expression, body: () => void): void {
    this.add(whilst(condition, this.#inside(body)));
  }

  /** `for` over u32; `leave` inside ends it. */
  loop(name: string, from: Expression, to: Expression, body: (index: Expression) => void): void {
    const index = this.#locals.fresh(name, 'u32');
    this.add(
      loop(
        index,
        from,
        to,
        this.#inside(() => body(get(index))),
      ),
    );
  }

  #inside(write: () => void): Statement[] {
    const outer = this.#statements;
    const inner: Statement[] = [];
    this.#statements = inner;
    write();
    this.#statements = outer;
    return inner;
  }
}

const defined = new Map<string, IrFunction>();

/**
 * Defines a function of the library.
 *
 * @param name unique in the library
 * @param comment its result, in one line
 * @param parameters names and types, in order
 * @param build writes the body and returns the result or results, by name
 */
export function define<P extends Readonly<Record<string, ScalarType>>>(
  name: string,
  comment: string,
  parameters: P,
  build: (
    body: Body,
    parameters: { readonly [K in keyof P]: Expression },
  ) => Expression | Readonly<Record<string, Expression>>,
): IrFunction {
  const locals = new Locals();
  const declared = Object.entries(parameters).map(([parameter, type]) => locals.fresh(parameter, type));
  const values = Object.fromEntries(declared.map((local) => [local.name, get(local)])) as {
    [K in keyof P]: Expression;
  };
  const body = new Body(locals);
  const built = build(body, values);
  const named = isExpression(built) ? { result: built } : built;
  const results = Object.entries(named).map(([result, value]) => body.variable(result, value));
  const irFunction: IrFunction = {
    name,
    comment,
    parameters: declared,
    locals: locals.declared.slice(declared.length),
    body: body.statements,
    results,
  };
  invariant(!defined.has(name), 'ir/library', `two functions are named ${name}`);
  defined.set(name, irFunction);
  return irFunction;
}

/** The function of that name, once something has asked for it. */
export function definedFunction(name: string): IrFunction | undefined {
  return defined.get(name);
}

/** Defines a function on first use, so a program contains only the functions that it calls. */
export function once(make: () => IrFunction): () => IrFunction {
  let cachedFunction: IrFunction | undefined;
  return () => (cachedFunction ??= make());
}

/** Defines a function for each number type on first use. */
export function perType<T extends NumberType = FloatType>(make: (type: T) => IrFunction): (type: T) => IrFunction {
  const byType = new Map<T, IrFunction>();
  return (type) => {
    const known = byType.get(type) ?? make(type);
    byType.set(type, known);
    return known;
  };
}

function isExpression(built: Expression | Readonly<Record<string, Expression>>): built is Expression {
  return typeof built.kind === 'string';
}
