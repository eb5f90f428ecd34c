import { describe, expect, it, test } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/nmodl/road.js';

const channel = (rates: string): string => `
NEURON { SUFFIX elif USEION k READ ek WRITE ik RANGE g, free }
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { g = 0.003 (S/cm2) scale = 0 }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) x r free (ms) }
STATE { n }
INITIAL { rates() n = r/(r + 0.1) }
BREAKPOINT { SOLVE states METHOD cnexp ik = g*n*(v - ek) }
DERIVATIVE states { rates() n' = r*(1 - n) - 0.1*n }
PROCEDURE rates() {
  x = (v + 40)/9
  ${rates}
}
`;

const hashOf = (text: string): string => importModel({ name: 'x.mod', text }).hashes.model;

const codesOf = (text: string): readonly string[] => {
  try {
    return importModel({ name: 'x.mod', text }).diagnostics.map(({ code }) => code);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, message }) => `${code}: ${message}`);
  }
};

describe('else if that leaves nothing out is else', () => {
  it.each([
    ['x != 0', 'x == 0'],
    ['x == 0', 'x != 0'],
    ['x < -1', 'x >= -1'],
    ['x < -1', '-1 <= x'],
    ['x > 1 || x < -1', 'x <= 1 && x >= -1'],
    ['!(x > 1)', 'x > 1'],
  ])('%s, %s', (first, second) => {
    const text = (last: string): string => channel(`if (${first}) { r = 0.2*x } ${last} { r = 0.3 }`);
    expect(hashOf(text(`else if (${second})`))).toBe(hashOf(text('else')));
  });

  it('of three cases', () => {
    const text = (last: string): string =>
      channel(`if (x < 0) { r = 0.2 } else if (x > 0) { r = 0.1 } ${last} { r = 0.3 }`);
    expect(hashOf(text('else if (x == 0)'))).toBe(hashOf(text('else')));
  });

  it('and one that never holds is left out', () => {
    const text = (middle: string): string => channel(`if (x < 0) { r = 0.2 } ${middle} else { r = 0.3 }`);
    expect(hashOf(text('else if (x < 0) { r = 7 }'))).toBe(hashOf(text('')));
  });

  it.each([
    ['x < 0', 'x > 0'],
    ['x < 0', 'x > 1'],
    ['x > 1 && x < 2', 'x <= 1'],
    ['x < 0', 'v >= 0'],
  ])('but not %s, %s', (first, second) => {
    const text = channel(`if (${first}) { r = 0.2 } else if (${second}) { r = 0.3 }`);
    expect(codesOf(text).join()).toContain('nmodl/accumulates');
  });
});

test.each(['exprand(1)', 'poisrand(2)', 'scop_random()', 'normrand(0, 1)'])(
  '%s is named as a random number',
  (call) => {
    expect(codesOf(channel(`r = ${call}`))).toEqual([
      `nmodl/random-number: ${call.replace(/\(.*/, '')}, a random number of NMODL, is not read`,
    ]);
  },
);

test('a divisor that only scripts set', () => {
  const inDivisor = (name: string): string => channel('r = 0.3').replace('0.1*n }', `0.1*n/${name} }`);
  expect(codesOf(inDivisor('free'))).toContain('nmodl/zero-divisor');
  expect(codesOf(inDivisor('scale'))).toContain('nmodl/zero-divisor');
  expect(codesOf(inDivisor('g'))).not.toContain('nmodl/zero-divisor');
});
