/**
 * Tools for writing the functions of this library: a function body that names its intermediate values, and a table of
 * all functions defined so far, in which callees are found.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import { Locals, get, set } from '../builder.js';
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

  constructor(
    locals: Locals,
    readonly parameters: Readonly<Record<string, Expression>>,
  ) {
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
    const local = this.local(name, value.type);
    this.emit(set(local, value));
    return get(local);
  }

  /** The statements that are written by a function. */
  nested(write: (inner: Body) => void): Statement[] {
    const outer = this.#statements;
    const inner: Statement[] = [];
    this.#statements = inner;
    write(this);
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
  const body = new Body(locals, values);
  const built = build(body, values);
  const named = isExpression(built) ? { result: built } : built;
  const results = Object.entries(named).map(([result, value]): Local => {
    // A local that a template has named like the result is the result.
    if (value.kind === 'local' && value.name === result && !Object.hasOwn(parameters, result))
      return { name: result, type: value.type };
    const local = body.local(result, value.type);
    body.emit(set(local, value));
    return local;
  });
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
