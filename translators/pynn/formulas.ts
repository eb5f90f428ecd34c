/** Expressions of indices and distances, in the syntax of Python with NumPy's names, as canonical ones. */

import type { Expression } from '../../src/lang/ast.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { mapExpression } from '../../src/lang/walk.js';
import type { Reporter } from './reporter.js';
import * as messages from './messages.js';
import type { Formula } from './specification.generated.js';
import { suggestion } from '../../src/diagnostics/suggest.js';

/** NumPy's names of functions, and ours. */
export const functionNames: Readonly<Record<string, string>> = {
  abs: 'abs',
  absolute: 'abs',
  exp: 'exp',
  log: 'log',
  log10: 'log10',
  sqrt: 'sqrt',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  tanh: 'tanh',
  sinh: 'sinh',
  cosh: 'cosh',
  floor: 'floor',
  ceil: 'ceil',
  minimum: 'min',
  maximum: 'max',
  fmod: 'fmod',
  arcsin: 'asin',
  arccos: 'acos',
  arctan: 'atan',
  arctan2: 'atan2',
};

/** Variables that each kind of formula may read, with their canonical names; lengths are numbers of um. */
const variables: Readonly<Record<NonNullable<Formula['of']>, Readonly<Record<string, string>>>> = {
  d: { d: 'distance/um' },
  i: { i: 'i' },
  ij: { i: 'i', j: 'j' },
  xyz: { x: 'x/um', y: 'y/um', z: 'z/um' },
  displacement: { 'd[0]': '(post.x - pre.x)/um', 'd[1]': '(post.y - pre.y)/um', 'd[2]': '(post.z - pre.z)/um' },
};

/** Components of a displacement as names of the expression language, and as written. */
const component = /\bd\[\s*([012])\s*\]/g;
const asWritten = (name: string): string => name.replace(/^displacement_([012])$/, 'd[$1]');

const compares: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=', 'and', 'or']);

/** Checks whether an expression is true or false, which in Python also counts as 1 or 0. */
function isTruth(e: Expression): boolean {
  switch (e.kind) {
    case 'boolean':
      return true;
    case 'unary':
      return e.operator === 'not';
    case 'binary':
      return compares.has(e.operator);
    case 'conditional':
      return isTruth(e.whenTrue) && isTruth(e.whenFalse);
    default:
      return false;
  }
}

/** Returns a number instead of a truth value. */
function asNumber(e: Expression): Expression {
  if (!isTruth(e)) return e;
  const number = (value: number): Expression => ({
    kind: 'number',
    value,
    text: `${value}.0`,
    integer: false,
    span: e.span,
  });
  return { kind: 'conditional', condition: e, whenTrue: number(1), whenFalse: number(0), span: e.span };
}

/** Operands of arithmetic and arguments of functions as numbers. */
function withNumbers(e: Expression): Expression {
  switch (e.kind) {
    case 'binary':
      return e.operator === 'and' || e.operator === 'or'
        ? e
        : { ...e, left: asNumber(e.left), right: asNumber(e.right) };
    case 'unary':
      return e.operator === 'not' ? e : { ...e, operand: asNumber(e.operand) };
    case 'conditional':
      return isTruth(e.whenTrue) === isTruth(e.whenFalse)
        ? e
        : { ...e, whenTrue: asNumber(e.whenTrue), whenFalse: asNumber(e.whenFalse) };
    case 'call':
      return { ...e, arguments: e.arguments.map(asNumber) };
    default:
      return e;
  }
}

/** Returns the canonical text of a formula, a pure number; undefined after an error was reported. */
export function translateFormula(
  written: Formula,
  allowed: readonly NonNullable<Formula['of']>[],
  pointer: string,
  to: Reporter,
): string | undefined {
  const of = written.of ?? allowed[0] ?? 'i';
  // Where an index may be read, so may the place of the cell.
  if (!allowed.includes(of) && !(of === 'xyz' && allowed.includes('i'))) {
    to.report(messages.wrongValue('the expression', `one of ${allowed.join(', ')}`, of), `${pointer}/of`);
    return undefined;
  }
  const known = variables[of];
  let whole = true;
  const fail = (detail: string, known: readonly string[] = [], hint?: string): void => {
    whole = false;
    to.report(messages.formula(detail, known, hint), `${pointer}/expr`);
  };
  try {
    const text = of === 'displacement' ? written.expr.replace(component, 'displacement_$1') : written.expr;
    const tree = mapExpression(parseExpression(text), (node): Expression => {
      if (node.kind === 'name' && node.name !== 'pi' && node.name !== 'e') {
        const name = asWritten(node.name);
        const meaning = Object.hasOwn(known, name) ? known[name] : undefined;
        if (meaning === undefined)
          fail(`${name} is not a name that this expression can use`, [...Object.keys(known), 'pi', 'e']);
        else return parseExpression(`(${meaning})`);
      }
      if (node.kind === 'call') {
        const written = node.function.replace(/^(?:np|numpy)\./, '');
        const name = Object.hasOwn(functionNames, written) ? functionNames[written] : undefined;
        const { hint } = suggestion(written, Object.keys(functionNames));
        if (name === undefined)
          fail(`${node.function} is not a function that expressions can call`, Object.keys(functionNames), hint);
        else return withNumbers({ ...node, function: name });
      }
      return withNumbers(node);
    });
    return whole ? printExpression(asNumber(tree)) : undefined;
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    for (const one of error.all) fail(one.finding.message);
    return undefined;
  }
}
