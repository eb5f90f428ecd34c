/** Lines of descriptions as formulas. */

import { describe, expect, it } from 'vitest';
import { formulaOfLine, latex, mathml } from '../../../src/present/describe/typeset.js';

describe('LaTeX', () => {
  it.each([
    [
      'dv/dt = (E_l - v)/tau_m',
      '\\frac{d v}{d t} = \\frac{E_{\\mathrm{l}} - v}{\\tau_{\\mathrm{m}}}'
        .replaceAll('\\mathrm{l}', 'l')
        .replaceAll('\\mathrm{m}', 'm'),
    ],
    ['u = 1.4000000000000001*exp(-v/(4*mV))/ms', '1.4 \\, {e}^{\\frac{- v}{4\\,\\mathrm{mV}}} \\text{ /ms}'],
    ['v(0) = -65 mV', 'v \\left(0\\right) = -65\\,\\mathrm{mV}'],
    ['a = b*(c + d)**2', 'a = b \\, {\\left(c + d\\right)}^{2}'],
    ['a = b - (c - d)', 'a = b - \\left(c - d\\right)'],
    [
      'a = sqrt(x) if x > 0 else abs(x)',
      '\\begin{cases}\\sqrt{x} & \\text{if } x > 0\\\\\\left|x\\right| & \\text{otherwise}\\end{cases}',
    ],
    [
      'spike when v > v_th and x <= 1: v = v_r; w += b',
      '\\text{spike when } v > v_{\\mathrm{th}} \\text{ and } x \\le  1 \\text{: } v \\leftarrow  v_{r} , \\text{ } w \\mathrel{+}= b',
    ],
    ['on pre.spike: post.ge += w', '\\text{on pre.spike} \\text{: } {\\mathrm{ge}}^{\\text{post}} \\mathrel{+}= w'],
    ['  then refractory for 5*ms', '\\text{then refractory for } 5\\,\\mathrm{ms}'],
    ['I = sum of g*(v - E)', 'I = \\sum  g \\, \\left(v - E\\right)'],
  ])('%s', (line, expected) => {
    expect(formulaOfLine(line, latex)).toContain(expected);
  });
});

describe('MathML', () => {
  it('fractions, subscripts and Greek letters', () => {
    expect(formulaOfLine('x = v_rest/tau', mathml)).toBe(
      '<mrow><mi>x</mi><mo>=</mo><mfrac><msub><mi>v</mi><mi>rest</mi></msub><mi>τ</mi></mfrac></mrow>',
    );
  });

  it('texts of a model are escaped', () => {
    expect(formulaOfLine('x = 1 if a < b else 0', mathml)).toContain('<mo>&lt;</mo>');
  });

  it.each(['# pynn/IF_cond_exp', '3 sections in 9 compartments', 'a = b +', 'regime on: '])('%s stays text', (line) => {
    expect(formulaOfLine(line, mathml)).toBeNull();
  });
});
