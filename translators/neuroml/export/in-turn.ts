/** Statements whose parts LEMS would have to repeat, as several statements: what is read more than once gets a name. */

import type { Expression, Statement } from '../../../src/lang/ast.js';
import { call, name as nameOf } from '../../../src/lang/build.js';
import { mapExpression } from '../../../src/lang/walk.js';

/** The least and the most of two numbers. */
const least = 'min';
const most = 'max';

/**
 * A statement after those that compute its parts: bounds are compared with a value that has a name, and what is drawn
 * is drawn once.
 *
 * @param name  a name for a part, which nothing else has
 */
export function inTurn(statement: Statement, name: (wanted: string) => string): readonly Statement[] {
  if (statement.kind !== 'assignment') return [statement];
  const before: Statement[] = [];
  const named = (value: Expression, wanted: string): Expression => {
    if (value.kind === 'name' || value.kind === 'number' || value.kind === 'quantity') return value;
    const target = name(wanted);
    before.push({ ...statement, target, to: { kind: 'own', variable: target }, operator: '=', value });
    return nameOf(target);
  };
  const value = mapExpression(statement.value, (part) => {
    if (part.kind !== 'call') return part;
    const [x, a, b] = part.arguments;
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
