/**
 * Values that are constant within a phase of the protocol: numbers of the model's parameters, and expressions of them.
 *
 * Code is written as if any phase could set any parameter. Numbers of unset parameters are inserted only after the
 * operations have been chosen, and the interpreter then computes operations on constants. Thus the bits of one phase do
 * not depend on the assignments of later phases.
 */

import type { Constant, Expression as Ir, Local, Statement } from '../../ir/program.js';
import { fold, foldCallByName } from '../../ir/fold.js';
import { withExpressions } from '../../ir/walk.js';

/** Phase-invariant expressions in terms of constants and arrays; null for other expressions. */
const definitions = new WeakMap<Ir, { readonly of: Ir | null }>();

/** Returns a local with a phase-invariant value. */
export function invariantLocal({ type, name }: Local, definition: Ir): Ir {
  const node: Ir = { kind: 'local', type, name };
  definitions.set(node, { of: definition });
  return node;
}

/** Returns a number that is known when lowering, in code for an unknown value. */
export const known = (value: Constant): Ir => invariantLocal({ type: value.type, name: 'known' }, value);

/** Marks a load from an array that is never changed. */
export function constantLoad(e: Ir): Ir {
  definitions.set(e, { of: e });
  return e;
}

/** Returns a phase-invariant expression in terms of constants and arrays. Returns null for other expressions. */
export function definitionOf(e: Ir): Ir | null {
  if (e.kind === 'const') return e;
  const done = definitions.get(e);
  if (done) return done.of;
  // Others of these are numerous, and known at once to have no definition.
  if (e.kind === 'local' || e.kind === 'load') return null;
  const of = define(e);
  definitions.set(e, { of });
  return of;
}

function define(e: Exclude<Ir, { kind: 'const' | 'local' | 'load' }>): Ir | null {
  switch (e.kind) {
    case 'toFixed':
    case 'fromFixed':
      return null;
    case 'unary':
    case 'convert':
    case 'reinterpret': {
      const operand = definitionOf(e.operand);
      return operand && fold({ ...e, operand });
    }
    case 'binary':
    case 'compare': {
      const left = definitionOf(e.left);
      const right = left && definitionOf(e.right);
      return left && right && fold({ ...e, left, right });
    }
    case 'select': {
      const parts = [e.condition, e.whenTrue, e.whenFalse].map(definitionOf);
      const [condition, whenTrue, whenFalse] = parts;
      return condition && whenTrue && whenFalse ? fold({ ...e, condition, whenTrue, whenFalse }) : null;
    }
    case 'call': {
      const args = e.arguments.map(definitionOf);
      return args.every((argument) => argument !== null) ? foldCallByName({ ...e, arguments: args }) : null;
    }
  }
}

/** Returns the constant value of an expression, if known when lowering; else null. */
export function constantOf(e: Ir): Constant | null {
  const definition = definitionOf(e);
  return definition?.kind === 'const' ? definition : null;
}

const plain = new WeakMap<Ir, Ir>();

/** Inserts known numbers into an expression and computes operations on constants. */
function resolved(e: Ir): Ir {
  if (e.kind === 'const') return e;
  if (e.kind === 'local') return constantOf(e) ?? e;
  const done = plain.get(e);
  if (done) return done;
  const result = resolve(e);
  plain.set(e, result);
  plain.set(result, result);
  return result;
}

function resolve(e: Exclude<Ir, { kind: 'const' | 'local' }>): Ir {
  switch (e.kind) {
    case 'load': {
      const index = resolved(e.index);
      return index === e.index ? e : { ...e, index };
    }
    case 'toFixed': {
      const [operand, scale] = [resolved(e.operand), resolved(e.scale)];
      return operand === e.operand && scale === e.scale ? e : fold({ ...e, operand, scale });
    }
    case 'fromFixed': {
      const [operand, unit] = [resolved(e.operand), resolved(e.unit)];
      return operand === e.operand && unit === e.unit ? e : { ...e, operand, unit };
    }
    case 'unary':
    case 'convert':
    case 'reinterpret': {
      const operand = resolved(e.operand);
      return operand === e.operand ? e : fold({ ...e, operand });
    }
    case 'binary': {
      const [left, right] = [resolved(e.left), resolved(e.right)];
      return left === e.left && right === e.right ? e : withoutNothing(fold({ ...e, left, right }));
    }
    case 'compare': {
      const [left, right] = [resolved(e.left), resolved(e.right)];
      return left === e.left && right === e.right ? e : fold({ ...e, left, right });
    }
    case 'select': {
      const [condition, whenTrue, whenFalse] = [resolved(e.condition), resolved(e.whenTrue), resolved(e.whenFalse)];
      return condition === e.condition && whenTrue === e.whenTrue && whenFalse === e.whenFalse
        ? e
        : fold({ ...e, condition, whenTrue, whenFalse });
    }
    case 'call': {
      const args = e.arguments.map(resolved);
      return args.every((argument, k) => argument === e.arguments[k]) ? e : foldCallByName({ ...e, arguments: args });
    }
  }
}

/** Removes operations that change no bit for any operand: times one, divided by one, minus zero. */
function withoutNothing(e: Ir): Ir {
  if (e.kind !== 'binary' || (e.type !== 'f64' && e.type !== 'f32')) return e;
  const is = (operand: Ir, value: number): boolean =>
    operand.kind === 'const' && Object.is(Number(operand.value), value);
  if (e.op === 'mul' && is(e.left, 1)) return e.right;
  if ((e.op === 'mul' || e.op === 'div') && is(e.right, 1)) return e.left;
  return e.op === 'sub' && is(e.right, 0) ? e.left : e;
}

const plainStatements = new WeakSet<Statement>();

/** Notes that statements need not be resolved again. */
export function keepResolved(statements: readonly Statement[]): void {
  for (const statement of statements) plainStatements.add(statement);
}

/** Statements with known numbers in their places; branches that are decided by them are chosen. */
export function resolvedStatements(statements: readonly Statement[]): readonly Statement[] {
  if (statements.every((statement) => plainStatements.has(statement))) return statements;
  return statements.flatMap((statement) => {
    if (plainStatements.has(statement)) return [statement];
    const result = resolveStatement(statement);
    keepResolved(result);
    return result;
  });
}

function resolveStatement(given: Statement): readonly Statement[] {
  const s = withExpressions(given, resolved);
  switch (s.kind) {
    case 'if':
      if (s.condition.kind === 'const') return resolvedStatements(s.condition.value === true ? s.then : s.else);
      return [{ ...s, then: [...resolvedStatements(s.then)], else: [...resolvedStatements(s.else)] }];
    case 'while':
    case 'for':
      return [{ ...s, body: [...resolvedStatements(s.body)] }];
    default:
      return [s];
  }
}
