import { describe, expect, it } from 'vitest';
import type { ValueType } from '../../src/lang/ast.js';
import { checkExpression, checkStatement, inferType } from '../../src/lang/check.js';
import { scopeOf, type Inferred, type Symbol } from '../../src/lang/inferred.js';
import { tableSignature } from '../../src/lang/functions.js';
import { parseExpression, parseStatements } from '../../src/lang/parse.js';
import { parseUnit, unitText } from '../../src/lang/units.js';

const symbol = (unit: string, type: ValueType = 'real'): Inferred => ({ type, dimension: parseUnit(unit).dimension });
const scope = scopeOf(
  new Map([
    ['v', symbol('volt')],
    ['E_l', symbol('volt')],
    ['tau', symbol('second')],
    ['g', symbol('siemens')],
    ['I', symbol('amp')],
    ['C', symbol('farad')],
    ['x', symbol('1')],
    ['n', symbol('1', 'integer')],
    ['k', symbol('1', 'integer')],
    ['b', symbol('1', 'boolean')],
    ['c', symbol('1', 'boolean')],
    ['m', symbol('1')],
    ['pre.v', symbol('volt')],
  ]),
  new Map([['stim', tableSignature('stim', parseUnit('amp').dimension, true)]]),
);

/** `type unit`, or the findings: code, marked text, expected and found. */
function infer(text: string): string | string[] {
  const found: string[] = [];
  const result = inferType(parseExpression(text), scope, (finding, span) => {
    const listed = finding.code.startsWith('lang/unknown');
    const sides = finding.expected === undefined || listed ? '' : `: ${finding.expected} / ${finding.found ?? ''}`;
    found.push(`${finding.code} @ ${text.slice(span.start, span.end)}${sides}`);
  });
  if (found.length > 0) return found;
  return result ? `${result.type} ${unitText(result.dimension)}` : 'unknown without a finding';
}

describe('type and dimension', () => {
  it.each([
    ['1', 'integer 1'],
    ['1.0', 'real 1'],
    ['True', 'boolean 1'],
    ['5*mV', 'real V'],
    ['v', 'real V'],
    ['pre.v - v', 'real V'],
    ['m', 'real 1'],
    ['3*mm', 'real m'],
    ['pi', 'real 1'],
    ['(E_l - v)/tau', 'real V*s**-1'],
    ['(g*(E_l - v) + I)/C', 'real V*s**-1'],
    ['g*v', 'real A'],
    ['-v', 'real V'],
    ['v**2', 'real V**2'],
    ['v**-0.5', 'real V**-0.5'],
    ['v**(1/2)', 'real V**0.5'],
    ['sqrt(v**2)', 'real V'],
    ['x**x', 'real 1'],
    ['n**2', 'integer 1'],
    ['n**-1', 'real 1'],
    ['n + k', 'integer 1'],
    ['n + x', 'real 1'],
    ['n/k', 'real 1'],
    ['n//k', 'integer 1'],
    ['n % k', 'integer 1'],
    ['v % (5*mV)', 'real V'],
    ['v//(5*mV)', 'real 1'],
    ['b*x', 'real 1'],
    ['b*n', 'integer 1'],
    ['b*c', 'integer 1'],
    ['int(b)*v', 'real V'],
    ['int(x)', 'integer 1'],
    ['v > E_l', 'boolean 1'],
    ['b == c', 'boolean 1'],
    ['not b and v > 0*mV', 'boolean 1'],
    ['v if b else E_l', 'real V'],
    ['n if b else x', 'real 1'],
    ['b if c else True', 'boolean 1'],
    ['exp(-v/E_l)', 'real 1'],
    ['abs(n)', 'integer 1'],
    ['abs(v)', 'real V'],
    ['floor(x)', 'real 1'],
    ['sign(v)', 'real 1'],
    ['clip(v, E_l, 0*mV)', 'real V'],
    ['min(n, k)', 'integer 1'],
    ['max(n, x)', 'real 1'],
    ['atan2(v, E_l)', 'real 1'],
    ['timestep(tau, 0.1*ms)', 'integer 1'],
    ['uniform()', 'real 1'],
    ['uniform(1*ms, tau)', 'real s'],
    ['normal(v, 2*mV)', 'real V'],
    ['gamma(2, tau)', 'real s'],
    ['exponential(tau)', 'real s'],
    ['poisson(x)', 'integer 1'],
    ['binomial(n, x)', 'integer 1'],
    ['stim(tau, n)', 'real A'],
    ['x/0.0001', 'real 1'],
    ['second**-0.5', 'real s**-0.5'],
  ])('%s', (text, expected) => {
    expect(infer(text)).toBe(expected);
  });
});

describe('findings', () => {
  it.each([
    ['v + I', ['lang/dimension-mismatch @ I: V / A']],
    ['v > 0', ['lang/dimension-mismatch @ 0: V / 1 (no unit)']],
    ['v - 70', ['lang/dimension-mismatch @ 70: V / 1 (no unit)']],
    ['v % x', ['lang/dimension-mismatch @ x: V / 1 (no unit)']],
    ['exp(v)', ['lang/dimension-mismatch @ v: 1 (no unit) / V']],
    ['clip(v, 0*mV, I)', ['lang/dimension-mismatch @ I: V / A']],
    ['timestep(v, tau)', ['lang/dimension-mismatch @ v: s / V']],
    ['stim(v, n)', ['lang/dimension-mismatch @ v: s / V']],
    ['v if b else I', ['lang/dimension-mismatch @ I: V / A']],
    ['x**v', ['lang/dimension-mismatch @ v: 1 (no unit) / V']],
    ['v**x', ['lang/exponent-not-constant @ x: a number / a variable exponent']],
    ['vv + 1', ['lang/unknown-name @ vv']],
    ['exp', ['lang/function-as-value @ exp']],
    ['stim + I', ['lang/function-as-value @ stim']],
    ['expp(x)', ['lang/unknown-function @ expp']],
    ['v(x)', ['lang/not-callable @ v']],
    ['exp(x, x)', ['lang/argument-count @ exp(x, x): 1 argument / 2']],
    ['normal(x)', ['lang/argument-count @ normal(x): 0 or 2 arguments / 1']],
    ['not x', ['lang/not-boolean @ x: a condition (boolean) / a real number']],
    ['b and n', ['lang/not-boolean @ n: a condition (boolean) / an integer']],
    ['v if n else E_l', ['lang/not-boolean @ n: a condition (boolean) / an integer']],
    ['b + 1', ['lang/not-number @ b: a number / a condition (boolean)']],
    ['-b', ['lang/not-number @ b: a number / a condition (boolean)']],
    ['exp(b)', ['lang/not-number @ b: a number / a condition (boolean)']],
    [
      'b < c',
      [
        'lang/not-number @ b: a number / a condition (boolean)',
        'lang/not-number @ c: a number / a condition (boolean)',
      ],
    ],
    ['b if c else x', ['lang/not-number @ b: a number / a condition (boolean)']],
    ['b**2', ['lang/not-number @ b: a number / a condition (boolean)']],
    ['x/0', ['lang/division-by-zero @ 0: a divisor that is not zero / / 0']],
    ['x % -0.0', ['lang/division-by-zero @ -0.0: a divisor that is not zero / % 0']],
    [
      'exp(v) + foo*(v + I)',
      ['lang/dimension-mismatch @ v: 1 (no unit) / V', 'lang/unknown-name @ foo', 'lang/dimension-mismatch @ I: V / A'],
    ],
    ['foo + 1*mV > exp(bar)', ['lang/unknown-name @ foo', 'lang/unknown-name @ bar']],
  ])('%s', (text, expected) => {
    expect(infer(text)).toEqual(expected);
  });

  it.each([
    ['v > 0', 'zero needs a unit: write 0*V'],
    ['0 < v', 'zero needs a unit: write 0*V'],
    ['v + I', 'multiply it by a value in ohm'],
    ['v + 3', '3 needs a unit: V, or one with a prefix'],
    ['exp(v)', 'divide it by a value in V'],
    ['tua*2', 'did you mean tau?'],
    ['mvot*2', 'did you mean mV, mol or volt?'],
  ])('%s has a hint', (text, hint) => {
    const hints: (string | undefined)[] = [];
    inferType(parseExpression(text), scope, (finding) => hints.push(finding.hint));
    expect(hints).toEqual([hint]);
  });
});

describe('the expected type and dimension of a place', () => {
  const fits = (text: string, unit: string, type: ValueType): string[] => {
    const codes: string[] = [];
    const fit = checkExpression(
      parseExpression(text),
      scope,
      { what: 'the equation for v', dimension: parseUnit(unit).dimension, type },
      (finding) => codes.push(finding.code),
    );
    expect(fit).toBe(codes.length === 0);
    return codes;
  };

  it.each([
    ['v/tau', 'volt/second', 'real', []],
    ['n', '1', 'real', []],
    ['n', '1', 'integer', []],
    ['v > E_l', '1', 'boolean', []],
    ['x', '1', 'integer', ['lang/not-integer']],
    ['v', 'amp', 'real', ['lang/dimension-mismatch']],
    ['b', '1', 'real', ['lang/not-number']],
    ['x', '1', 'boolean', ['lang/not-boolean']],
    ['foo', '1', 'real', ['lang/unknown-name']],
  ] as const)('%s in %s, %s', (text, unit, type, expected) => {
    expect(fits(text, unit, type)).toEqual(expected);
  });

  it('names both dimensions and the owner of the value', () => {
    const findings: unknown[] = [];
    checkExpression(
      parseExpression('(E_l - v)/tau + I'),
      scope,
      { what: 'the equation for v', dimension: parseUnit('volt/second').dimension, type: 'real' },
      (finding) => findings.push(finding),
    );
    expect(findings).toEqual([
      {
        code: 'lang/dimension-mismatch',
        message: 'the two sides of + differ in dimension',
        expected: 'V/s',
        found: 'A',
        hint: 'divide it by a value in F',
      },
    ]);
  });
});

describe('a slip in the unit of a definition', () => {
  const given = (unit: string, definition: string): Symbol => ({
    type: 'real',
    dimension: parseUnit(unit).dimension,
    definition,
    given: true,
  });
  const slipped = scopeOf(
    new Map<string, Symbol>([
      ['v', { type: 'real', dimension: parseUnit('volt').dimension, definition: '/v' }],
      ['tau_m', given('volt', '/tau_m')],
      ['E_l', given('volt', '/E_l')],
      ['g', given('siemens', '/g')],
      ['C', given('amp', '/C')],
      ['w', given('1', '/w')],
    ]),
  );
  const rate = { what: 'the rate of v', dimension: parseUnit('volt/second').dimension, type: 'real' } as const;

  it.each([
    ['-v/tau_m', '-v/tau_m', 'this would match if tau_m were in s (it is in V)', ['/tau_m']],
    ['(E_l - v)/tau_m', '(E_l - v)/tau_m', 'this would match if tau_m were in s (it is in V)', ['/tau_m']],
    ['g*(E_l - v)/C', 'g*(E_l - v)/C', 'this would match if C were in F (it is in A)', ['/C']],
    ['(v + w)/C', 'w', 'this would match if w were in V (it has no unit)', ['/w']],
    ['exp(v/C)', 'v/C', 'this would match if C were in V (it is in A)', ['/C']],
    ['2**E_l', 'E_l', 'this would match if E_l had no unit (it is in V)', ['/E_l']],
    ['1/E_l', '1/E_l', 'multiply it by a value in V**2/s', []],
  ])('%s', (text, marked, hint, definitions) => {
    const found: unknown[] = [];
    checkExpression(parseExpression(text), slipped, rate, (finding, span, related = []) =>
      found.push([text.slice(span.start, span.end), finding.hint, related.map(({ definition }) => definition)]),
    );
    expect(found[0]).toEqual([marked, hint, definitions]);
  });
});

describe('statements', () => {
  const check = (text: string, target: Inferred | undefined): string[] => {
    const codes: string[] = [];
    const [statement] = parseStatements(text);
    if (!statement) throw new Error('no statement');
    const result = checkStatement(statement, scope, target, (finding, span) =>
      codes.push(`${finding.code} @ ${text.slice(span.start, span.end)}`),
    );
    expect(result === null).toBe(codes.length > 0);
    return codes;
  };

  it.each([
    ['v = E_l', 'volt', []],
    ['v += 2*mV', 'volt', []],
    ['v *= 2', 'volt', []],
    ['v /= x', 'volt', []],
    ['v %= 5*mV', 'volt', []],
    ['send(p, 5*mV, 2*ms)', 'volt', []],
    ['v = I', 'volt', ['lang/dimension-mismatch @ I']],
    ['v += 1', 'volt', ['lang/dimension-mismatch @ 1']],
    ['v *= 2*mV', 'volt', ['lang/dimension-mismatch @ 2*mV']],
    ['v = 0', 'volt', ['lang/dimension-mismatch @ 0']],
    ['v = b', 'volt', ['lang/not-number @ b']],
    ['send(p, I, 2*ms)', 'volt', ['lang/dimension-mismatch @ I']],
    ['send(p, v, 2)', 'volt', ['lang/dimension-mismatch @ 2']],
  ])('%s', (text, unit, expected) => {
    expect(check(text, symbol(unit))).toEqual(expected);
  });

  it('a temporary takes the type of its value', () => {
    const [statement] = parseStatements('y = v/tau');
    if (!statement) throw new Error('no statement');
    const made = checkStatement(statement, scope, undefined, () => undefined);
    expect(made && unitText(made.dimension)).toBe('V*s**-1');
    expect(check('y += 1', undefined)).toEqual(['lang/unknown-name @ y']);
  });
});
