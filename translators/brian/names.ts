/** The meaning of Brian's names at their places, and translation of expressions and statements into canonical names. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import type { Call, Expression, Name, Span, Statement } from '../../src/lang/ast.js';
import { name } from '../../src/lang/build.js';
import { mapExpression } from '../../src/lang/walk.js';
import type { Reporter } from './context.js';
import { checkCall, foreignNames } from './functions.js';
import * as messages from './messages.js';
import type { Meaning, Scope, UserFunction, Variable } from './terms.js';
import { brianUnits, brianUnitName } from './units.js';
import { brianConstants, brianFunctions, functionArity, functionNames } from './vocabulary.js';

/**
 * Translates an expression into canonical names. Brian looks names up in this order: variables, constants of the
 * namespace, units, Brian's own constants. `Scope` holds the first two.
 *
 * @param pointer  pointer of the text that the expression's spans refer to
 */
export function translate(tree: Expression, scope: Scope, pointer: string, to: Reporter): Expression {
  return mapExpression(tree, (node) => {
    if (node.kind === 'name') return translateName(node, scope, pointer, to);
    if (node.kind === 'call') {
      const called = scope.table(node.function);
      return called?.kind === 'function'
        ? translateCall(node, called, scope, pointer, to)
        : {
            ...node,
            function: translateFunction(node.function, node.arguments.length, node.span, scope, pointer, to),
          };
    }
    if (node.kind === 'conditional' && !scope.mayBranch) to.report(messages.ternary(), pointer, node.span);
    return node;
  });
}

/** Returns the body of a function in canonical names, with the arguments of a call inserted. */
function translateCall(node: Call, called: UserFunction, scope: Scope, pointer: string, to: Reporter): Expression {
  checkCall(node.function, called, node.arguments, node.span, pointer, to);
  if (called.drawn) return at(called.drawn, node.span);
  if (!called.body || node.arguments.length !== called.parameters.length) return node;
  for (const name of foreignNames(called)) {
    const kind = scope.meaning(name)?.kind;
    if (kind === 'variable' || kind === 'special')
      to.report(messages.functionOfVariable(node.function, name), pointer, node.span);
  }
  const given = new Map(called.parameters.map((parameter, k) => [parameter, node.arguments[k]]));
  const inner: Scope = {
    ...scope,
    meaning: (key) => {
      const tree = given.get(key);
      return tree ? { kind: 'expression', tree } : scope.meaning(key);
    },
    constant: (key) => (given.has(key) ? undefined : scope.constant(key)),
    table: (key) => called.known.get(key),
    names: () => [...called.parameters, ...scope.names()],
    mayBranch: true,
  };
  return at(translate(called.body, inner, called.pointer, to), node.span);
}

/** Stands for an undefined name, after its report. No text contains it. */
export const unknownName = '';

function translateName(node: Name, scope: Scope, pointer: string, to: Reporter): Expression {
  const meaning = scope.meaning(node.name);
  if (meaning === undefined) {
    if (brianUnits.has(node.name) || brianConstants.includes(node.name)) return node;
    to.report(unknown(node.name, scope), pointer, node.span);
    return name(unknownName, node.span);
  }
  const hidden = meaning.kind === 'variable' || meaning.kind === 'special' ? scope.constant(node.name) : undefined;
  if (hidden !== undefined) {
    const note = { message: `${node.name} is defined as a constant here`, pointer: hidden };
    to.report(messages.constantHidden(node.name, meaning.kind === 'variable'), pointer, node.span, [note]);
  }
  switch (meaning.kind) {
    case 'variable':
    case 'special':
      return name(meaning.canonical, node.span);
    case 'parameter':
      meaning.use();
      return node;
    case 'expression':
      return at(meaning.tree, node.span);
    case 'refused':
      to.report(meaning.finding, pointer, node.span);
      return node;
    default:
      return meaning satisfies never;
  }
}

/** Moves every node of a tree to `span`, the place of the name that the tree replaces. */
export function at(tree: Expression, span: Span): Expression {
  return mapExpression(tree, (node) => ({ ...node, span }));
}

function unknown(text: string, scope: Scope): Finding {
  if (text.includes('.')) return messages.dottedName(text);
  if (scope.table(text) !== undefined || brianFunctions.includes(text)) return messages.functionAsValue(text);
  const long = brianUnitName(text);
  if (long !== undefined) return messages.longUnit(text, long);
  return messages.unknownName(text, [...scope.names()], [...brianConstants, ...commonUnits]);
}

const commonUnits = [
  'mV',
  'ms',
  'nS',
  'pA',
  'nA',
  'pF',
  'nF',
  'Hz',
  'kHz',
  'volt',
  'second',
  'amp',
  'siemens',
  'farad',
  'uS',
  'us',
];

function translateFunction(
  called: string,
  count: number,
  span: Span,
  scope: Scope,
  pointer: string,
  to: Reporter,
): string {
  const table = scope.table(called);
  if (table?.kind === 'table') {
    if (count !== (table.columns === null ? 1 : 2))
      to.report(messages.timedArrayArguments(called, table.columns !== null), pointer, span);
    return called;
  }
  if (scope.meaning(called) !== undefined || brianUnits.has(called)) {
    to.report(messages.notCallable(called), pointer, span);
    return called;
  }
  if (!brianFunctions.includes(called)) {
    to.report(messages.unknownFunction(called, brianFunctions), pointer, span);
    return called;
  }
  const expected = functionArity[called] ?? 1;
  if (count !== expected) to.report(messages.argumentCount(called, expected, count), pointer, span);
  return functionNames[called] ?? called;
}

/** Receives the variables that a block of code wrote, except for its temporaries. */
interface Writes {
  (variable: Variable, owner: 'self' | 'pre' | 'post'): void;
}

/**
 * Translates statements into canonical names. An undefined name that is assigned with `=` is a temporary of the block.
 *
 * @param perEvent  the code runs for single elements (a reset, a pathway): shared variables cannot be written
 * @param writes    receives every variable that is written
 */
export function translateStatements(
  statements: readonly Statement[],
  scope: Scope,
  pointer: string,
  to: Reporter,
  perEvent: boolean,
  writes: Writes,
): readonly Statement[] {
  const temporaries = new Set<string>();
  const withTemporaries: Scope = {
    ...scope,
    meaning: (key) => (temporaries.has(key) ? { kind: 'special', canonical: key } : scope.meaning(key)),
    constant: (key) => (temporaries.has(key) ? undefined : scope.constant(key)),
    names: () => [...temporaries, ...scope.names()],
  };
  return statements.map((statement) => {
    if (statement.kind === 'send') {
      to.report(messages.sendStatement(), pointer, statement.span);
      return statement;
    }
    const value = translate(statement.value, withTemporaries, pointer, to);
    const report = (finding: Finding): void => to.report(finding, pointer, statement.targetSpan);
    const meaning = temporaries.has(statement.target) ? undefined : scope.meaning(statement.target);
    if (meaning === undefined) {
      if (statement.target.includes('.')) report(messages.dottedName(statement.target));
      else if (statement.operator === '=') defineTemporary(statement.target, temporaries, report);
      else if (!temporaries.has(statement.target))
        report(messages.readBeforeAssignment(statement.target, scope.names()));
      return { ...statement, value };
    }
    const refusal = refusedWrite(meaning, statement.target, perEvent);
    if (refusal !== undefined) report(refusal);
    if (meaning.kind !== 'variable') return { ...statement, value };
    writes(meaning.variable, meaning.owner);
    return { ...statement, target: meaning.canonical, value };
  });
}

function defineTemporary(target: string, temporaries: Set<string>, report: (finding: Finding) => void): void {
  if (brianUnits.has(target)) report(messages.reservedName(target, 'a unit'));
  temporaries.add(target);
}

function refusedWrite(meaning: Meaning, target: string, perEvent: boolean): Finding | undefined {
  switch (meaning.kind) {
    case 'variable':
      if (meaning.variable.kind === 'subexpression') return messages.readOnly(target, 'a subexpression');
      if (meaning.variable.flags.has('constant')) return messages.constantWritten(target);
      if (perEvent && meaning.variable.flags.has('shared')) return messages.readOnly(target, 'shared by all elements');
      return undefined;
    case 'special':
      return messages.readOnly(target, "a name of Brian's own");
    case 'parameter':
      return messages.readOnly(target, 'a constant of the namespace');
    case 'expression':
      return messages.readOnly(target, 'a constant');
    case 'refused':
      return meaning.finding;
    default:
      return meaning satisfies never;
  }
}
