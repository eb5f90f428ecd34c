/**
 * Statements with parts that LEMS would have to repeat, as several statements. Parts that are read more than once get
 * names.
 */

import type { Expression, Statement } from '../../../../src/lang/ast.js';
import { call, name as nameOf } from '../../../../src/lang/build.js';
import { drawsIn } from '../../../../src/lang/functions.js';
import { mapExpression } from '../../../../src/lang/walk.js';

/** The least and the most of two numbers. */
const least = 'min';
const most = 'max';

const repeating: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=', '%', '//', '**']);

/**
 * Returns a statement after the statements that compute its parts. Bounds are compared with a named value, and draws
 * are made once.
 *
 * @param name gives a unique name for a part
 */
export function sequentialStatements(statement: Statement, name: (wanted: string) => string): readonly Statement[] {
  if (statement.kind !== 'assignment') return [statement];
  const { operator, value: whole } = statement;
  if (operator === '=' && whole.kind === 'call' && whole.function === 'clip') {
    const [x, a, b] = whole.arguments;
    const bounded = (bound: string, by: Expression | undefined): readonly Statement[] =>
      by ? [{ ...statement, value: call(bound, [nameOf(statement.target), by]) }] : [];
    const first = x && !(x.kind === 'name' && x.name === statement.target) ? [{ ...statement, value: x }] : [];
    const computed = first.flatMap((one) => sequentialStatements(one, name));
    return [...computed, ...bounded(most, a), ...bounded(least, b)];
  }
  const before: Statement[] = [];
  const named = (value: Expression, wanted: string): Expression => {
    if (value.kind === 'name' || value.kind === 'number' || value.kind === 'quantity') return value;
    const target = name(`${statement.target.replace(/\W/g, ' ')} ${wanted}`);
    before.push({ ...statement, target, to: { kind: 'own', variable: target }, operator: '=', value });
    return nameOf(target);
  };
  const once = (part: Expression): Expression => (drawsIn(part) ? named(part, 'drawn') : part);
  const value = mapExpression(statement.value, (part) => {
    // Truths, remainders and powers of quantities are written with their parts several times.
    if (part.kind === 'binary' && repeating.has(part.operator))
      return { ...part, left: once(part.left), right: once(part.right) };
    if (part.kind !== 'call') return part;
    const [x, a, b] = part.arguments;
    if (x !== undefined && (part.function === 'int' || part.function === 'exprel'))
      return call(part.function, [once(x)]);
    if (x === undefined || a === undefined) return part;
    switch (part.function) {
      case 'clip':
        if (b === undefined) return part;
        return call(least, [named(call(most, [named(x, 'unbounded'), a]), 'bounded'), b]);
      case least:
      case most:
        return call(part.function, [named(x, 'one'), named(a, 'other')]);
      case 'binomial':
        return call('binomial', [named(x, 'trials'), named(a, 'chance')]);
      default:
        return part;
    }
  });
  return [...before, { ...statement, value }];
}
