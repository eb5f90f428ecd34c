/** Visits the expressions and statements of bodies. */

import { oncePerObject } from '../diagnostics/memoise.js';
import type { Expression, Kernel, Statement } from './program.js';

/** The direct operands of an expression. */
export function operandsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'const':
    case 'local':
      return [];
    case 'load':
      return [e.index];
    case 'unary':
    case 'convert':
    case 'reinterpret':
      return [e.operand];
    case 'toFixed':
      return [e.operand, e.scale];
    case 'fromFixed':
      return [e.operand, e.unit];
    case 'binary':
    case 'compare':
      return [e.left, e.right];
    case 'select':
      return [e.condition, e.whenTrue, e.whenFalse];
    case 'call':
      return e.arguments;
  }
}

/** Returns the expressions directly in a statement, without those of nested statements. */
export function expressionsOf(s: Statement): readonly Expression[] {
  switch (s.kind) {
    case 'set':
      return [s.value];
    case 'store':
    case 'accumulate':
      return [s.index, s.value];
    case 'if':
    case 'while':
    case 'setBit':
      return [s.condition];
    case 'for':
      return [s.from, s.to];
    case 'call':
      return s.arguments;
    case 'fault':
      return [s.when];
    case 'break':
    case 'comment':
      return [];
  }
}

/** The statements directly inside a statement. */
export function childrenOf(s: Statement): readonly Statement[] {
  switch (s.kind) {
    case 'if':
      return [...s.then, ...s.else];
    case 'for':
    case 'while':
      return s.body;
    default:
      return [];
  }
}

/** Visits an expression and all its operands. */
export function visitExpression(e: Expression, visit: (e: Expression) => void): void {
  visit(e);
  for (const operand of operandsOf(e)) visitExpression(operand, visit);
}

/** Visits statements in order, including nested ones. */
export function visitStatements(statements: readonly Statement[], visit: (s: Statement) => void): void {
  for (const s of statements) {
    visit(s);
    visitStatements(childrenOf(s), visit);
  }
}

/** True when some node of an expression satisfies a predicate. */
export function someExpression(e: Expression, predicate: (e: Expression) => boolean): boolean {
  return predicate(e) || operandsOf(e).some((operand) => someExpression(operand, predicate));
}

/** Checks whether an expression is the local of a name. */
export const isLocal = (e: Expression, name: string): boolean => e.kind === 'local' && e.name === name;

/** Returns the body of a kernel; empty for a compaction. */
export function bodyOf(kernel: Kernel): readonly Statement[] {
  return kernel.shape === 'compact' ? [] : kernel.body;
}

/** Names of the functions that statements call. */
export function calleesOf(statements: readonly Statement[]): ReadonlySet<string> {
  const callees = new Set<string>();
  visitStatements(statements, (s) => {
    if (s.kind === 'call') callees.add(s.function);
    for (const e of expressionsOf(s))
      visitExpression(e, (node) => {
        if (node.kind === 'call') callees.add(node.function);
      });
  });
  return callees;
}

/** Visits the buffers that statements read or write, in order: each statement's own before those of its expressions. */
function visitBuffers(
  statements: readonly Statement[],
  visit: (buffer: string, access: 'read' | 'write') => void,
): void {
  visitStatements(statements, (s) => {
    if (s.kind === 'store' || s.kind === 'accumulate') visit(s.buffer, 'write');
    if (s.kind === 'setBit') visit(s.mask, 'write');
    for (const e of expressionsOf(s))
      visitExpression(e, (node) => {
        if (node.kind === 'load') visit(node.buffer, 'read');
      });
  });
}

/**
 * Returns the names of the buffers that statements load from, and of the buffers that they store to, accumulate into or
 * set bits of.
 */
export const accessesOf = oncePerObject(
  (statements: readonly Statement[]): Readonly<Record<'reads' | 'writes', ReadonlySet<string>>> => {
    const reads = new Set<string>();
    const writes = new Set<string>();
    visitBuffers(statements, (buffer, access) => (access === 'read' ? reads : writes).add(buffer));
    return { reads, writes };
  },
);

/** Names of all buffers that statements touch. */
export const buffersOf = oncePerObject((statements: readonly Statement[]): ReadonlySet<string> => {
  const buffers = new Set<string>();
  visitBuffers(statements, (buffer) => buffers.add(buffer));
  return buffers;
});

/** A statement with the expressions replaced that it holds directly; statements inside it stay as they are. */
export function withExpressions(s: Statement, replace: (e: Expression) => Expression): Statement {
  switch (s.kind) {
    case 'set':
      return { ...s, value: replace(s.value) };
    case 'store':
    case 'accumulate':
      return { ...s, index: replace(s.index), value: replace(s.value) };
    case 'if':
    case 'while':
    case 'setBit':
      return { ...s, condition: replace(s.condition) };
    case 'for':
      return { ...s, from: replace(s.from), to: replace(s.to) };
    case 'call':
      return { ...s, arguments: s.arguments.map(replace) };
    case 'fault':
      return { ...s, when: replace(s.when) };
    case 'break':
    case 'comment':
      return s;
  }
}

/** Replaces parts of an expression, from the outside in; `replace` returns undefined for unchanged parts. */
export function withParts(e: Expression, replace: (part: Expression) => Expression | undefined): Expression {
  const replacement = replace(e);
  if (replacement !== undefined) return replacement;
  const inner = (part: Expression): Expression => withParts(part, replace);
  switch (e.kind) {
    case 'const':
    case 'local':
      return e;
    case 'load':
      return { ...e, index: inner(e.index) };
    case 'unary':
    case 'convert':
    case 'reinterpret':
      return { ...e, operand: inner(e.operand) };
    case 'toFixed':
      return { ...e, operand: inner(e.operand), scale: inner(e.scale) };
    case 'fromFixed':
      return { ...e, operand: inner(e.operand), unit: inner(e.unit) };
    case 'binary':
    case 'compare':
      return { ...e, left: inner(e.left), right: inner(e.right) };
    case 'select':
      return { ...e, condition: inner(e.condition), whenTrue: inner(e.whenTrue), whenFalse: inner(e.whenFalse) };
    case 'call':
      return { ...e, arguments: e.arguments.map(inner) };
  }
}
