/** Expressions of indices and distances, in the syntax of Python with NumPy's names, as canonical ones. */

import type { Expression } from '../../src/lang/ast.js';
import { binary, conditional, name as nameOf, number } from '../../src/lang/build.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { mapExpression, namesIn } from '../../src/lang/walk.js';
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

const inUm = (length: Expression): Expression => binary('/', length, nameOf('um'));
const apart = (axis: string): Expression => inUm(binary('-', nameOf(`post.${axis}`), nameOf(`pre.${axis}`)));

/** Variables that each kind of formula may read, with their meaning; lengths are numbers of um. */
const variables: Readonly<Record<NonNullable<Formula['of']>, Readonly<Record<string, Expression>>>> = {
  d: { d: inUm(nameOf('distance')) },
  i: { i: nameOf('i') },
  ij: { i: nameOf('i'), j: nameOf('j') },
  xyz: { x: inUm(nameOf('x')), y: inUm(nameOf('y')), z: inUm(nameOf('z')) },
  displacement: { 'd[0]': apart('x'), 'd[1]': apart('y'), 'd[2]': apart('z') },
};

/** Returns the tree of a formula, in which components of a displacement are names. */
export const readFormula = (text: string): Expression =>
  parseExpression(text.replace(/\bd\[\s*([012])\s*\]/g, 'displacement_$1'));

/** Checks whether a formula reads the index of a cell; false for a formula with mistakes. */
export function readsIndex({ expr }: Formula): boolean {
  try {
    return namesIn(readFormula(expr)).has('i');
  } catch (error) {
    if (error instanceof LangError) return false;
    throw error;
  }
}

/** Returns a text with components of a displacement as a formula has them. */
export const withComponents = (text: string): string => text.replace(/\bdisplacement_([012])\b/g, 'd[$1]');

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
const asNumber = (e: Expression): Expression => (isTruth(e) ? conditional(e, number(1), number(0)) : e);

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
    const tree = mapExpression(readFormula(written.expr), (node): Expression => {
      if (node.kind === 'name' && node.name !== 'pi' && node.name !== 'e') {
        const name = withComponents(node.name);
        const meaning = Object.hasOwn(known, name) ? known[name] : undefined;
        if (meaning === undefined)
          fail(`${name} is not a name that this expression can use`, [...Object.keys(known), 'pi', 'e']);
        else return meaning;
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
