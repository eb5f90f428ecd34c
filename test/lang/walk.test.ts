import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../../src/lang/ast.js';
import { parseExpression, parseStatements } from '../../src/lang/parse.js';
import { printExpression, printStatement } from '../../src/lang/print.js';
import {
  callsIn,
  equalExpressions,
  mapExpression,
  mapStatement,
  measure,
  namesIn,
  readsAny,
  substitute,
  visit,
} from '../../src/lang/walk.js';
import { expressions } from './arbitrary.js';
import { refusals } from './support.js';

describe('the parts of an expression', () => {
  it('names, with their dots, without functions', () => {
    expect([...namesIn(parseExpression('a + f(pre.v, a if b else 2*mV)'))]).toEqual(['a', 'pre.v', 'b', 'mV']);
  });

  it('calls, outer ones first', () => {
    expect(callsIn(parseExpression('f(g(x)) + h()')).map((call) => call.function)).toEqual(['f', 'g', 'h']);
  });

  it('whether it reads a name', () => {
    const e = parseExpression('exp(-v/tau) if not b else 0');
    expect(['v', 'b', 'exp', 'w'].map((name) => readsAny(e, new Set([name])))).toEqual([true, true, false, false]);
  });

  it('its depth and size', () => {
    expect(measure(parseExpression('a'))).toEqual({ depth: 1, size: 1 });
    expect(measure(parseExpression('a + f(b, -c)'))).toEqual({ depth: 4, size: 6 });
  });

  it('size counts every node that is visited', () => {
    fc.assert(
      fc.property(expressions, (e) => {
        let count = 0;
        visit(e, () => count++);
        expect(measure(e).size).toBe(count);
      }),
    );
  });
});

describe('substitution', () => {
  it.each([
    ['a + b', { a: 'b', b: 'a' }, 'b + a'],
    ['a*c', { a: 'x + y' }, '(x + y)*c'],
    ['-a**2', { a: '-x' }, '-(-x)**2'],
    ['f(a) if a > 0 else a', { a: 'pre.v' }, 'f(pre.v) if pre.v > 0 else pre.v'],
    ['a(a)', { a: 'x' }, 'a(x)'],
    ['a.b + a', { a: 'x' }, 'a.b + x'],
  ])('%s', (text, replacements, expected) => {
    const map = new Map(Object.entries(replacements).map(([name, value]) => [name, parseExpression(value ?? '')]));
    expect(printExpression(substitute(parseExpression(text), map))).toBe(expected);
  });

  it('is refused when it grows without bound', () => {
    const doubling = (text: string): Expression => {
      let e = parseExpression(text);
      for (let round = 0; round < 60; round++) e = substitute(parseExpression('x + x'), new Map([['x', e]]));
      return e;
    };
    expect(refusals(doubling, 'y')).toEqual(['lang/too-large @ y']);
    const nesting = (text: string): Expression => {
      let e = parseExpression(text);
      for (let round = 0; round < 2000; round++) e = substitute(parseExpression('x + 1'), new Map([['x', e]]));
      return e;
    };
    expect(refusals(nesting, 'y')).toEqual(['lang/too-deep @ y']);
  });
});

describe('mapping', () => {
  it('with an identity function yields the same tree', () => {
    fc.assert(
      fc.property(expressions, (e) => {
        expect(mapExpression(e, (part) => part)).toBe(e);
      }),
    );
  });

  it('a statement maps all of its expressions', () => {
    const [statement] = parseStatements('send(port, a, a*d)');
    if (!statement) throw new Error('no statement');
    const mapped = mapStatement(statement, (e) => substitute(e, new Map([['a', parseExpression('b')]])));
    expect(printStatement(mapped)).toBe('send(port, b, b*d)');
  });
});

it('equality ignores only places and spelling of numbers', () => {
  const same = (a: string, b: string): boolean => equalExpressions(parseExpression(a), parseExpression(b));
  expect([same('a+1.50', ' a + 1.5'), same('(a)', 'a')]).toEqual([true, true]);
  expect([
    same('1', '1.0'),
    same('a+b', 'b+a'),
    same('f(a)', 'f(a, b)'),
    same('-a', '+a'),
    same('a', 'True'),
    same('f()', 'g()'),
  ]).toEqual(Array(6).fill(false));
});
