import { limits } from '../diagnostics/limits.js';
import type { Call, Expression, Reference, Span, Statement } from './ast.js';
import { LangError } from './lang-error.js';
import * as messages from './messages.js';

/** The direct parts of an expression, in the order of the text. */
export function childrenOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'number':
    case 'quantity':
    case 'boolean':
    case 'name':
      return [];
    case 'unary':
      return [e.operand];
    case 'binary':
      return [e.left, e.right];
    case 'conditional':
      return [e.whenTrue, e.condition, e.whenFalse];
    case 'call':
      return e.arguments;
    default:
      return e satisfies never;
  }
}

/** How deep and how large a tree is; shared parts count each time they occur. */
interface Measure {
  readonly depth: number;
  readonly size: number;
}

const measures = new WeakMap<Expression, Measure>();

/**
 * Returns the depth and size of a tree. Measured parts are cached, so that a parser can call it after each new node.
 */
export function measure(e: Expression): Measure {
  const known = measures.get(e);
  if (known) return known;
  let depth = 0;
  let size = 1;
  for (const child of childrenOf(e)) {
    const part = measure(child);
    depth = Math.max(depth, part.depth);
    size += part.size;
  }
  const measured = { depth: depth + 1, size };
  measures.set(e, measured);
  return measured;
}

/**
 * The same expression, when passes can bear it.
 *
 * @throws LangError lang/too-deep, lang/too-large
 */
export function requireModest(e: Expression, span: Span = e.span): Expression {
  const { depth, size } = measure(e);
  if (depth > limits.expressionDepth) throw new LangError(messages.tooDeep(limits.expressionDepth), span);
  if (size > limits.expressionNodes) throw new LangError(messages.tooLarge(limits.expressionNodes), span);
  return e;
}

/** Calls `see` for an expression and all its parts, parents first. */
export function visit(e: Expression, see: (part: Expression) => void): void {
  see(e);
  for (const child of childrenOf(e)) visit(child, see);
}

const comparisons: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=']);

/** Whether an expression is a comparison, a negation of one, or a choice between two. */
export const isChoice = (e: Expression): boolean =>
  e.kind === 'conditional' ||
  (e.kind === 'unary' && e.operator === 'not') ||
  (e.kind === 'binary' && comparisons.has(e.operator));

/**
 * Whether a comparison, a negation or a conditional expression is a factor or term of an expression: Brian 2's solver
 * of linear systems fails on it, since SymPy's relations do not commute. Its `And` and `Or` do, for any operands.
 */
export function decides(e: Expression): boolean {
  if (e.kind === 'binary' && (e.operator === 'and' || e.operator === 'or')) return false;
  return isChoice(e) || childrenOf(e).some(decides);
}

/**
 * Returns an expression with its direct parts replaced, in the order of `childrenOf`; the same object if all are
 * unchanged.
 */
export function withChildren(e: Expression, map: (part: Expression) => Expression): Expression {
  switch (e.kind) {
    case 'number':
    case 'quantity':
    case 'boolean':
    case 'name':
      return e;
    case 'unary': {
      const operand = map(e.operand);
      return operand === e.operand ? e : { ...e, operand };
    }
    case 'binary': {
      const left = map(e.left);
      const right = map(e.right);
      return left === e.left && right === e.right ? e : { ...e, left, right };
    }
    case 'conditional': {
      const whenTrue = map(e.whenTrue);
      const condition = map(e.condition);
      const whenFalse = map(e.whenFalse);
      return whenTrue === e.whenTrue && condition === e.condition && whenFalse === e.whenFalse
        ? e
        : { ...e, condition, whenTrue, whenFalse };
    }
    case 'call': {
      const mapped = e.arguments.map(map);
      return mapped.every((argument, index) => argument === e.arguments[index]) ? e : { ...e, arguments: mapped };
    }
    default:
      return e satisfies never;
  }
}

/**
 * Returns a new tree: applies `f` to every node after its parts. Results of `f` are not mapped again. Unchanged parts
 * are shared with the old tree.
 */
export function mapExpression(e: Expression, f: (part: Expression) => Expression): Expression {
  return f(withChildren(e, (part) => mapExpression(part, f)));
}

/** A statement with its expressions replaced. */
export function mapStatement(s: Statement, f: (e: Expression) => Expression): Statement {
  return s.kind === 'assignment' ? { ...s, value: f(s.value) } : { ...s, value: f(s.value), after: f(s.after) };
}

/** The expressions of a statement, in the order of the text. */
export function expressionsOf(s: Statement): readonly Expression[] {
  return s.kind === 'assignment' ? [s.value] : [s.value, s.after];
}

/** Names that statements assign. */
export const writtenBy = (statements: readonly Statement[]): Set<string> =>
  new Set(statements.flatMap((statement) => (statement.kind === 'assignment' ? [statement.target] : [])));

/** All names of an expression, units among them, functions not. */
export function namesIn(e: Expression): Set<string> {
  const names = new Set<string>();
  visit(e, (part) => {
    if (part.kind === 'name') names.add(part.name);
  });
  return names;
}

/** Returns the references of all names in an expression, each once. */
export function referencesIn(e: Expression): readonly Reference[] {
  const referencesByName = new Map<string, Reference>();
  visit(e, (part) => {
    if (part.kind === 'name') referencesByName.set(part.name, part.to);
  });
  return [...referencesByName.values()];
}

/** Whether an expression reads any of the names. */
export function readsAny(e: Expression, names: { has(name: string): boolean }): boolean {
  return (e.kind === 'name' && names.has(e.name)) || childrenOf(e).some((child) => readsAny(child, names));
}

/** All calls of an expression, parents first. */
export function callsIn(e: Expression): Call[] {
  const calls: Call[] = [];
  visit(e, (part) => {
    if (part.kind === 'call') calls.push(part);
  });
  return calls;
}

/**
 * Replaces names by expressions, all at once: names in the replacements are not replaced again.
 *
 * @throws LangError lang/too-deep, lang/too-large for a result above the limits of the passes
 */
export function substitute(e: Expression, replacements: ReadonlyMap<string, Expression>): Expression {
  const result = mapExpression(e, (part) => (part.kind === 'name' ? (replacements.get(part.name) ?? part) : part));
  return result === e ? e : requireModest(result, e.span);
}

/** Whether two expressions are the same except for their place in the text and the spelling of numbers. */
export function equalExpressions(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  const x = childrenOf(a);
  const y = childrenOf(b);
  return sameNode(a, b) && x.length === y.length && x.every((child, index) => equalExpressions(child, y[index] ?? b));
}

/** Whether two expressions are the same but for their parts. */
export function sameNode(a: Expression, b: Expression): boolean {
  switch (a.kind) {
    case 'number':
      return b.kind === 'number' && Object.is(a.value, b.value) && a.integer === b.integer;
    case 'quantity':
      return (
        b.kind === 'quantity' &&
        Object.is(a.value, b.value) &&
        a.dimension.every((exponent, index) => exponent === b.dimension[index])
      );
    case 'boolean':
      return b.kind === 'boolean' && a.value === b.value;
    case 'name':
      return b.kind === 'name' && a.name === b.name;
    case 'unary':
      return b.kind === 'unary' && a.operator === b.operator;
    case 'binary':
      return b.kind === 'binary' && a.operator === b.operator;
    case 'conditional':
      return b.kind === 'conditional';
    case 'call':
      return b.kind === 'call' && a.function === b.function;
    default:
      return a satisfies never;
  }
}
