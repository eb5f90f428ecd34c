import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { conditionallyLinear, linearForm, linearRate } from '../../src/lang/linear.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { namesIn } from '../../src/lang/walk.js';
import { numericExpressions } from './arbitrary.js';
import { evaluate } from './support.js';

function show(text: string, names: readonly string[]): string {
  const form = linearForm(parseExpression(text), names);
  if (!form) return 'not linear';
  const terms = [...form.coefficients].map(([name, coefficient]) => `${name}: ${printExpression(coefficient)}`);
  return [...terms, `1: ${printExpression(form.constant)}`].join('; ');
}

// As SymPy's expand() gives them, which Brian 2 applies before it looks for coefficients.
describe('linearRate in v and w, with rates that are multiplied out', () => {
  it.each([
    ['(v + 1)**2 - v**2', 'v: 2; 1: 1'],
    ['-(v*v/v)/tau', 'v: -1/tau; 1: 0'],
    ['(v + a)*(v - 1) - v**2', 'v: -1 + a; 1: -a'],
    ['v*w - w*v + v', 'v: 1; 1: 0'],
    ['v*(1 + w) - w*v', 'v: 1; 1: 0'],
    ['w*v/v + a/(b + c)', 'w: 1; 1: a/(b + c)'],
    ['(v + a)**2 - v**2 - 2*a*v', '1: a*a'],
    ['log(exp(v)) + v**0', 'v: 1; 1: 1'],
    ['v**2', 'not linear'],
    ['1/v', 'not linear'],
    ['(v**2 - 1)/(v - 1)', 'not linear'],
    ['sqrt(v**2)', 'not linear'],
    ['v*w', 'not linear'],
    ['v*exp(v)', 'not linear'],
  ])('%s', (text, expected) => {
    const form = linearRate(parseExpression(text), ['v', 'w']);
    const terms = [...(form?.coefficients ?? [])].map(([name, each]) => `${name}: ${printExpression(each)}`);
    expect(form ? [...terms, `1: ${printExpression(form.constant)}`].join('; ') : 'not linear').toBe(expected);
  });
});

describe('linearForm in v and w', () => {
  it.each([
    ['(a - v)/tau', 'v: -1/tau; 1: a/tau'],
    ['-v/tau', 'v: -1/tau; 1: 0'],
    ['g*(E - v)', 'v: -g; 1: g*E'],
    ['(E - v)*g', 'v: -g; 1: E*g'],
    ['v', 'v: 1; 1: 0'],
    ['a*exp(b)', '1: a*exp(b)'],
    ['2*v - 3*w + 4', 'v: 2; w: -3; 1: 4'],
    ['v - (w - v)', 'v: 2; w: -1; 1: 0'],
    ['v - v', '1: 0'],
    ['v*2/4', 'v: 0.5; 1: 0'],
    ['(g*(E - v) + I)/C*int(r)', 'v: -g/C*int(r); 1: (g*E + I)/C*int(r)'],
    ['v if a > 0 else w', 'v: 1 if a > 0 else 0; w: 0 if a > 0 else 1; 1: 0'],
    ['a - v if b else a', 'v: -1 if b else 0; 1: a'],
    ['v**1', 'v: 1; 1: 0'],
    ['v*uniform()', 'v: uniform(); 1: 0'],
    ['v*w', 'not linear'],
    ['v**2', 'not linear'],
    ['a/v', 'not linear'],
    ['exp(v)', 'not linear'],
    ['exprel(v/a)*b', 'not linear'],
    ['v % a', 'not linear'],
    ['v // a', 'not linear'],
    ['v > a', 'not linear'],
    ['not v', 'not linear'],
    ['v if v > a else a', 'not linear'],
    ['2**v', 'not linear'],
  ])('%s', (text, expected) => {
    expect(show(text, ['v', 'w'])).toBe(expected);
  });

  it('in one name takes the others for constant', () => {
    expect(show('v*w', ['v'])).toBe('v: w; 1: 0');
    expect(conditionallyLinear(parseExpression('w*(a - v) + w**2'), 'v')?.coefficients.size).toBe(1);
    expect(conditionallyLinear(parseExpression('v*v'), 'v')).toBeNull();
  });

  it('has the value of the expression, and parts free of the names', () => {
    const values = fc.integer({ min: -9, max: 9 });
    fc.assert(
      fc.property(numericExpressions, values, values, (e, v, w) => {
        const form = linearForm(e, ['v']);
        if (!form) return;
        const slope = form.coefficients.get('v');
        expect([...namesIn(form.constant), ...(slope ? namesIn(slope) : [])]).not.toContain('v');
        const expected = evaluate(e, { v, w });
        const found = (slope ? evaluate(slope, { w }) * v : 0) + evaluate(form.constant, { w });
        if (Number.isFinite(expected) && Number.isFinite(found))
          expect(Math.abs(found - expected)).toBeLessThan(1e-6 * (1 + magnitude(e, v, w)));
      }),
      { numRuns: 1000 },
    );
  });
});

/** The largest value of any part: cancelling terms of a sum bound the rounding error. */
function magnitude(e: Parameters<typeof evaluate>[0], v: number, w: number): number {
  const own = Math.abs(evaluate(e, { v, w }));
  const parts =
    e.kind === 'binary'
      ? [e.left, e.right]
      : e.kind === 'unary'
        ? [e.operand]
        : e.kind === 'conditional'
          ? [e.whenTrue, e.whenFalse]
          : [];
  const inner = parts.map((part) => magnitude(part, v, w));
  const product =
    e.kind === 'binary' && (e.operator === '*' || e.operator === '/')
      ? inner.reduce((a, b) => a * Math.max(1, b), 1) / 1e-3
      : 0;
  return Math.max(Number.isFinite(own) ? own : 0, product, ...inner);
}
