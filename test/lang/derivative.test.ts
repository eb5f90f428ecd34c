import { describe, expect, it } from 'vitest';
import { derivative } from '../../src/lang/derivative.js';
import { functions } from '../../src/lang/functions.js';
import { parseExpression } from '../../src/lang/parse.js';
import { evaluate, refusals, through } from './support.js';

describe('derivative by v', () => {
  it.each([
    ['a', '0'],
    ['v', '1'],
    ['-v', '-1'],
    ['3*v + a', '3'],
    ['v**2', '2*v'],
    ['v**3', '3*v**2'],
    ['g*(v - E)', 'g'],
    ['v*uniform()', 'uniform()'],
    ['uniform()', '0'],
    ['floor(a)', '0'],
    ['exp(-v/tau)', 'exp(-v/tau)*(-1/tau)'],
    ['abs(v)', 'sign(v)'],
    ['v if v > 0 else 2*v', '1 if v > 0 else 2'],
    ['v % a', '1'],
    ['m**3*h*(v - E)', 'm**3*h'],
  ])('%s', (text, expected) => {
    expect(through((e) => derivative(e, 'v'), text)).toBe(expected);
  });

  it.each([
    'floor(v)',
    'ceil(v)',
    'round(v)',
    'sign(v)',
    'int(v > 0)',
    'timestep(v, a)',
    'v // a',
    'v > 0',
    'not v',
    'normal(v, 1)',
    'poisson(v)',
    'exponential(v)',
    'table(v)',
    'fmod(a, v)',
    'a*int(v)',
  ])('%s has none', (text) => {
    expect(derivative(parseExpression(text), 'v')).toBeNull();
  });
});

describe('against differences', () => {
  // Points within the domain of each, away from the jumps.
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['exp(v)', [-2, 0, 1.5]],
    ['expm1(v)', [-2, 0.01, 1.5]],
    ['log(v)', [0.1, 1, 30]],
    ['log1p(v)', [-0.5, 0, 3]],
    ['log10(v)', [0.1, 5]],
    ['log2(v)', [0.1, 5]],
    ['sqrt(v)', [0.25, 9]],
    ['sin(v)', [-1, 0.3, 2]],
    ['cos(v)', [-1, 0.3, 2]],
    ['tan(v)', [-1, 0.3]],
    ['sinh(v)', [-1, 2]],
    ['cosh(v)', [-1, 2]],
    ['tanh(v)', [-1, 0.2, 2]],
    ['asin(v)', [-0.5, 0.7]],
    ['acos(v)', [-0.5, 0.7]],
    ['atan(v)', [-3, 0.2]],
    ['atan2(v, 2)', [-1, 3]],
    ['atan2(2, v)', [-1, 3]],
    ['atan2(v, v*v)', [-1, 3]],
    ['erf(v)', [-1, 0, 0.7]],
    ['exprel(v)', [-3, -0.021, -0.019, 0.001, 0.019, 0.021, 2]],
    ['abs(v)', [-2, 3]],
    ['clip(v, -1, 1)', [-2, 0.5, 3]],
    ['clip(2, v, v*v)', [1.2, 3]],
    ['min(v, v**2)', [0.5, 3, -1]],
    ['max(v, v**2)', [0.5, 3, -1]],
    ['v**2.5', [0.5, 2]],
    ['2**v', [-1, 3]],
    ['v**v', [0.5, 2]],
    ['(v + 1)**(v*2)', [0.5, 1.5]],
    ['3/(1 + v**2)', [-1, 0.4, 2]],
    ['(v - 1)/(v + 1)', [0.3, 2]],
    ['v % 3', [1, 4, -1]],
    ['7 % v', [2.5, 3.2]],
    ['fmod(v, 3)', [1, -1]],
    ['exp(-v**2)*sin(3*v)', [-1, 0.4]],
    ['0.32*(13 - v)/(exp((13 - v)/4) - 1)', [-10, 5, 20]],
    ['0.032*5/exprel((15 - v)/5)', [-10, 5, 14.99, 40]],
    ['1/(1 + exp(-(v + 3)/2))', [-5, 0, 4]],
    ['v*2 if v > 1 else exp(v)', [0, 2]],
    ['-(-v*(v - (2 - v)))', [1, 3]],
    ['+v*3', [2]],
  ];

  it.each(cases)('%s', (text, points) => {
    const e = parseExpression(text);
    const slope = derivative(e, 'v');
    if (!slope) throw new Error('no derivative');
    for (const v of points) {
      const at = (step: number): number => evaluate(e, { v: v + step });
      const h = 1e-4 * Math.max(1, Math.abs(v));
      // Differences of fourth order: an error of about 1e-11 from rounding, less from truncation.
      const expected = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      expect(Math.abs(evaluate(slope, { v }) - expected)).toBeLessThan(1e-8 * Math.max(1, Math.abs(expected)));
    }
  });

  it('covers every function that has a derivative', () => {
    const without = ['gammahazard', 'floor', 'ceil', 'round', 'sign', 'int', 'timestep'];
    const smooth = [...functions.values()].filter((f) => !f.random && !without.includes(f.name)).map((f) => f.name);
    expect(smooth.filter((name) => !cases.some(([text]) => text.startsWith(`${name}(`)))).toEqual([]);
  });
});

it('is refused when it grows too deep', () => {
  expect(
    refusals(
      (text) => derivative(parseExpression(text), 'v'),
      Array.from({ length: 1400 }, () => 'v').join('*'),
    )[0]?.split(' ')[0],
  ).toBe('lang/too-deep');
});
