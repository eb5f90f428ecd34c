/**
 * Values that are constant within a phase of the protocol: numbers of the model's parameters, and expressions of them.
 *
 * Code is written as if any phase could set any parameter. Numbers of unset parameters are inserted only after the
 * operations have been chosen, and the interpreter then computes operations on constants. Thus the bits of one phase do
 * not depend on the assignments of later phases.
 */

import type { Constant, Expression as Ir, Local, Statement } from '../../ir/program.js';
import { fold, foldCallByName } from '../../ir/fold.js';
import { expressionsOf, withExpressions } from '../../ir/walk.js';

/** Phase-invariant expressions in terms of constants and arrays. */
const definitions = new WeakMap<Ir, Ir>();

/** Returns a local with a phase-invariant value. */
export function invariantLocal({ type, name }: Local, definition: Ir): Ir {
  const node: Ir = { kind: 'local', type, name };
  definitions.set(node, definition);
  return node;
}

/** Returns a number that is known when lowering, in code for an unknown value. */
export const known = (value: Constant): Ir => invariantLocal({ type: value.type, name: 'known' }, value);

/** Marks a load from an array that is never changed. */
export function constantLoad(e: Ir): Ir {
  definitions.set(e, e);
  return e;
}

/** Returns a phase-invariant expression in terms of constants and arrays. Returns null for other expressions. */
export function definitionOf(e: Ir): Ir | null {
  if (e.kind === 'const') return e;
  const done = definitions.get(e);
  if (done) return done;
  if (e.kind === 'local' || e.kind === 'load') return null;
  const of = define(e);
  // Most expressions have no definition, and the first operand without one shows it.
  if (of) definitions.set(e, of);
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
      const condition = definitionOf(e.condition);
      const whenTrue = condition && definitionOf(e.whenTrue);
      const whenFalse = whenTrue && definitionOf(e.whenFalse);
      return condition && whenTrue && whenFalse && fold({ ...e, condition, whenTrue, whenFalse });
    }
    case 'call': {
      const args: Ir[] = [];
      for (const argument of e.arguments) {
        const definition = definitionOf(argument);
        if (!definition) return null;
        args.push(definition);
      }
      return foldCallByName({ ...e, arguments: args });
    }
  }
}

/** Returns the constant value of an expression, if known when lowering; else null. */
export function constantOf(e: Ir): Constant | null {
  const definition = definitionOf(e);
  return definition?.kind === 'const' ? definition : null;
}

/** Expressions with known numbers in their places, for those that have any. */
const changed = new WeakMap<Ir, Ir>();

/** Inserts known numbers into an expression and computes operations on constants. */
function resolved(e: Ir): Ir {
  if (e.kind === 'const') return e;
  if (e.kind === 'local') return constantOf(e) ?? e;
  const done = changed.get(e);
  if (done) return done;
  const result = resolve(e);
  if (result !== e) changed.set(e, result);
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

const plainLists = new WeakSet<readonly Statement[]>();

/** Notes that the statements of a list need not be resolved again. */
export function keepResolved(statements: readonly Statement[]): void {
  plainLists.add(statements);
}

/** Statements with known numbers in their places; branches that are decided by them are chosen. */
export const resolvedStatements = (statements: readonly Statement[]): readonly Statement[] =>
  plainLists.has(statements) ? statements : statements.flatMap(resolvedStatement);

function resolvedStatement(given: Statement): Statement | readonly Statement[] {
  const s = expressionsOf(given).every((e) => resolved(e) === e) ? given : withExpressions(given, resolved);
  switch (s.kind) {
    case 'if': {
      if (s.condition.kind === 'const') return resolvedStatements(s.condition.value === true ? s.then : s.else);
      const [then, otherwise] = [resolvedStatements(s.then), resolvedStatements(s.else)];
      return then === s.then && otherwise === s.else ? s : { ...s, then, else: otherwise };
    }
    case 'while':
    case 'for': {
      const body = resolvedStatements(s.body);
      return body === s.body ? s : { ...s, body };
    }
    default:
      return s;
  }
}
