import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { foldConstants, simplify } from '../../src/lang/fold.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { equalExpressions } from '../../src/lang/walk.js';
import { expressions, numericExpressions } from './arbitrary.js';
import { evaluate, through } from './support.js';

describe('foldConstants', () => {
  it.each([
    ['0.07*ms', '0.00007*s'],
    ['70*us', '0.00007*s'],
    ['-70*mV', '-0.07*V'],
    ['mV', '0.001*V'],
    ['60*mV/ms', '60*V*s**-1'],
    ['200*uF/cm**2', '2*F*m**-2'],
    ['2*3*mV', '0.006*V'],
    ['5*mV*mV', '0.000005*V**2'],
    ['5*mV**2', '0.000005*V**2'],
    ['1/ms', '1000*Hz'],
    ['1/(20*ms)', '50*Hz'],
    ['10*mV/(2*mV)', '5.0'],
    ['10*mV/mV', '10.0'],
    ['10*mV + 5*mV', '0.015*V'],
    ['-60*mV - 5*mV', '-0.065*V'],
    ['3*radian', '3.0'],
    ['ms**-0.5', '31.622776601683793*s**-0.5'],
    ['(10*um)**2', '(0.00001*m)**2'],
    ['1 + 2*3', '7'],
    ['7/2', '3.5'],
    ['6/2', '3.0'],
    ['2**10', '1024'],
    ['2**0.5', '2**0.5'],
    ['7//2', '3'],
    ['-7//2', '-4'],
    ['-7%3', '2'],
    ['7%-3', '-2'],
    ['7.0//2', '7.0//2'],
    ['1/0', '1/0'],
    ['1//0', '1//0'],
    ['1e308*10', '1e308*10'],
    ['10*mV + 5*nA', '0.01*V + 5e-9*A'],
    ['2*pi', '6.283185307179586'],
    ['exp(1 + 2)', 'exp(3)'],
    ['x + 2*3', 'x + 6'],
    ['2*x*3', '2*x*3'],
    ['1 < 2', 'True'],
    ['5*mV > 0.01*V', 'False'],
    ['not (1 < 2)', 'False'],
    ['True and False', 'False'],
    ['True and x', 'True and x'],
    ['3 if 1 < 2 else x', '3'],
    ['x if a else 1 + 1', 'x if a else 2'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['+5', '5'],
    ['inf', 'inf'],
    ['1.50', '1.5'],
    ['9007199254740991 + 1', '9007199254740992.0'],
    ['0.1 + 0.2', '0.30000000000000004'],
  ])('%s', (text, expected) => {
    expect(through(foldConstants, text)).toBe(expected);
  });

  it('puts values in the place of names', () => {
    const values = new Map([
      ['tau', parseExpression('20*ms')],
      ['x', parseExpression('x + 1')],
    ]);
    expect(through((e) => foldConstants(e, values), '2/tau + x')).toBe('100*Hz + (x + 1)');
  });

  it('leaves variables that are called like a unit or a constant', () => {
    const declared = (name: string): boolean => name === 'm' || name === 'e';
    expect(through((e) => foldConstants(e, undefined, declared), 'm**3*2*mV + e*h + 1*meter')).toBe(
      'm**3*2*(0.001*V) + e*h + 1*m',
    );
  });

  it('read again and folded again gives the same', () => {
    const units = fc
      .constantFrom('3*mV', '0.1*ms', '-70*mV', 'nS', '5/ms', '2*pi', 'uF/cm**2', '1e-300*pA', '-0.0', 'x', '7', '2.50')
      .map((text) => parseExpression(text));
    fc.assert(
      fc.property(
        fc.oneof(
          expressions,
          units,
          fc
            .tuple(units, units)
            .map(([a, b]) => parseExpression(`(${printExpression(a)})*(${printExpression(b)}) - x`)),
        ),
        (e) => {
          const folded = foldConstants(e);
          expect(
            equalExpressions(foldConstants(parseExpression(printExpression(folded))), folded),
            printExpression(folded),
          ).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('keeps the value, bit by bit without units', () => {
    fc.assert(
      fc.property(numericExpressions, fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }), (e, v, w) => {
        // Adding 0 makes -0 and 0 one: an integer zero has no sign.
        const value = evaluate(e, { v, w });
        if (Number.isFinite(value)) expect(evaluate(foldConstants(e), { v, w }) + 0).toBe(value + 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the value of units to a rounding', () => {
    for (const text of ['3*mV/(20*ms) + 2*uV/us', '(5*nS)*(20*mV)', '200*pF/(10*nS)', '9*mM/uM', '1/(Mohm*pF)']) {
      const e = parseExpression(text);
      const value = evaluate(e);
      expect(Math.abs(evaluate(foldConstants(e)) / value - 1)).toBeLessThan(1e-15);
    }
  });
});

describe('simplify', () => {
  it.each([
    ['x*1', 'x'],
    ['1*x', 'x'],
    ['x*1.0', 'x*1.0'],
    ['x + 0', 'x'],
    ['0 + x', 'x'],
    ['x - 0', 'x'],
    ['0 - x', '-x'],
    ['0 - -x', 'x'],
    ['--x', 'x'],
    ['+x', 'x'],
    ['x - -y', 'x + y'],
    ['x + -y', 'x - y'],
    ['x**1', 'x'],
    ['not not x', 'x'],
    ['True and x', 'x'],
    ['x or False', 'x'],
    ['False and x', 'False'],
    ['True or x', 'True'],
    ['x if True else y', 'x'],
    ['x if False else y', 'y'],
    ['(a < b)*1', '(a < b)*1'],
    ['2*(1 - -1)', '4'],
    ['m*1', 'm'],
    ['f(x*1 + 0)', 'f(x)'],
    ['0*x', '0*x'],
  ])('%s', (text, expected) => {
    expect(through(simplify, text)).toBe(expected);
  });

  it('leaves out a zero with a unit', () => {
    expect(through((e) => simplify(foldConstants(e)), 'v + 0*mV')).toBe('v');
  });

  it('keeps the value, and done twice is done once', () => {
    fc.assert(
      fc.property(numericExpressions, fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }), (e, v, w) => {
        const simple = simplify(e);
        const value = evaluate(e, { v, w });
        if (Number.isFinite(value)) expect(evaluate(simple, { v, w }) + 0).toBe(value + 0);
        expect(printExpression(simplify(simple))).toBe(printExpression(simple));
      }),
      { numRuns: 1000 },
    );
  });
});
