/** Expressions of indices and distances, in the syntax of Python with NumPy's names, as canonical ones. */

import type { Expression } from '../../src/lang/ast.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { mapExpression } from '../../src/lang/walk.js';
import type { Reporter } from './context.js';
import * as messages from './messages.js';
import type { Formula } from './specification.js';
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

/** What each kind of formula may read, and what that is called in the canonical model; distances are numbers of um. */
const variables: Readonly<Record<NonNullable<Formula['of']>, Readonly<Record<string, string>>>> = {
  d: { d: 'distance/um' },
  i: { i: 'i' },
  ij: { i: 'i', j: 'j' },
};

/** Canonical text of a formula, a pure number; undefined after what is wrong was reported. */
export function translateFormula(
  written: Formula,
  allowed: readonly NonNullable<Formula['of']>[],
  pointer: string,
  to: Reporter,
): string | undefined {
  const of = written.of ?? allowed[0] ?? 'i';
  if (!allowed.includes(of)) {
    to.report(messages.wrongValue('the expression', `one of ${allowed.join(', ')}`, of), `${pointer}/of`);
    return undefined;
  }
  const known = variables[of];
  let whole = true;
  const fail = (detail: string): void => {
    whole = false;
    to.report(messages.formula(detail), `${pointer}/expr`);
  };
  try {
    const tree = mapExpression(parseExpression(written.expr), (node): Expression => {
      if (node.kind === 'name' && node.name !== 'pi' && node.name !== 'e') {
        const meaning = Object.hasOwn(known, node.name) ? known[node.name] : undefined;
        if (meaning === undefined)
          fail(`${node.name} is none of the names that this expression may read: ${[...Object.keys(known), 'pi', 'e'].join(', ')}`);
        else return parseExpression(`(${meaning})`);
      }
      if (node.kind === 'call') {
        const name = Object.hasOwn(functionNames, node.function) ? functionNames[node.function] : undefined;
        const { hint } = suggestion(node.function, Object.keys(functionNames));
        if (name === undefined) fail(`${node.function} is no function that expressions may call${hint === undefined ? '' : `; ${hint}`}`);
        else return { ...node, function: name };
      }
      return node;
    });
    return whole ? printExpression(tree) : undefined;
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    for (const one of error.all) fail(one.finding.message);
    return undefined;
  }
}
