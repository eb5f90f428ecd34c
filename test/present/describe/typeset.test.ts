/** Lines of descriptions as formulas. */

import { describe, expect, it } from 'vitest';
import { foldConstants } from '../../../src/lang/fold.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { describeModel } from '../../../src/present/describe/describe.js';
import { lineText, type Line, type LinePart } from '../../../src/present/describe/description.js';
import { formulaOfLine, latex, mathml } from '../../../src/present/describe/typeset.js';

const declared = new Set<string>();
const code = (text: string): LinePart => ({ kind: 'code', code: parseExpression(text), declared });
const action = (text: string): LinePart => ({ kind: 'code', code: parseStatements(text)[0]!, declared });
const operator = (symbol: string): LinePart => ({ kind: 'operator', symbol });
const x = { kind: 'variable', name: 'x' } as const;

describe('LaTeX', () => {
  it.each<readonly [string, Line, string]>([
    [
      'dv/dt = (E_l - v)/tau_m',
      [{ kind: 'derivative', name: 'v' }, operator('='), code('(E_l - v)/tau_m')],
      '\\frac{d v}{d t} = \\frac{E_{l} - v}{\\tau_{m}}',
    ],
    [
      'x = 1.4000000000000001*exp(-v/(4*mV))/ms',
      [x, operator('='), code('1.4000000000000001*exp(-v/(4*mV))/ms')],
      'x = 1.4 \\, {e}^{\\frac{- v}{4\\,\\mathrm{mV}}} \\text{ /ms}',
    ],
    [
      'v(0) = -65 mV',
      [{ kind: 'start', name: 'v' }, operator('='), { kind: 'quantity', number: -65, unit: 'mV' }],
      'v \\left(0\\right) = -65\\,\\mathrm{mV}',
    ],
    ['x = b*(c + d)**2', [x, operator('='), code('b*(c + d)**2')], 'x = b \\, {\\left(c + d\\right)}^{2}'],
    ['x = b - (c - d)', [x, operator('='), code('b - (c - d)')], 'x = b - \\left(c - d\\right)'],
    [
      'x = sqrt(x) if x > 0 else abs(x)',
      [x, operator('='), code('sqrt(x) if x > 0 else abs(x)')],
      '\\begin{cases}\\sqrt{x} & \\text{if } x > 0\\\\\\left|x\\right| & \\text{otherwise}\\end{cases}',
    ],
    [
      'spike when v > v_th and x <= 1: v = v_r; w += b',
      ['spike when ', code('v > v_th and x <= 1'), ': ', action('v = v_r'), operator(','), ' ', action('w += b')],
      '\\text{spike when } v > v_{\\mathrm{th}} \\text{ and } x \\le  1 \\text{: } v \\leftarrow  v_{r} , \\text{ } w \\mathrel{+}= b',
    ],
    [
      'on pre.spike: post.ge += w',
      ['on pre.spike', ': ', action('post.ge += w')],
      '\\text{on pre.spike} \\text{: } {\\mathrm{ge}}^{\\text{post}} \\mathrel{+}= w',
    ],
    [
      '  then refractory for 5*ms',
      ['  ', 'then refractory for ', code('5*ms')],
      '\\text{then refractory for } 5\\,\\mathrm{ms}',
    ],
    [
      'x = sum of g*(v - E)',
      [x, operator('='), operator('∑'), code('g*(v - E)')],
      'x = \\sum  g \\, \\left(v - E\\right)',
    ],
  ])('%s', (text, line, formula) => {
    expect(lineText(line)).toBe(text);
    expect(formulaOfLine(line, latex)).toContain(formula);
  });

  it('quantities in SI units, of several units with all of them', () => {
    expect(formulaOfLine([code('v < -2.5')], latex)).toBe('v < - 2.5');
    const folded = { kind: 'code', code: foldConstants(parseExpression('x/(3*V**-1)')), declared } as const;
    expect(formulaOfLine([folded], latex)).toBe('\\frac{x}{3 \\, {\\text{V}}^{- 1}}');
  });
});

describe('MathML', () => {
  it('fractions, subscripts and Greek letters', () => {
    expect(formulaOfLine([x, operator('='), code('v_rest/tau')], mathml)).toBe(
      '<mrow><mi>x</mi><mo>=</mo><mfrac><msub><mi>v</mi><mi>rest</mi></msub><mi>τ</mi></mfrac></mrow>',
    );
  });

  it('texts of a model are escaped', () => {
    expect(formulaOfLine([code('1 if a < b else 0')], mathml)).toContain('<mo>&lt;</mo>');
  });

  it.each(['# pynn/IF_cond_exp', '3 sections in 9 compartments', 'x = 2'])('%s stays text', (line) => {
    expect(formulaOfLine(line, mathml)).toBeNull();
  });
});

it('variables with names of units are no units', () => {
  const { valid, hashes } = importModel({
    name: 'model.yaml',
    text: `
interneuron: 1
name: names
neurons:
  cell:
    parameters: { F: 2 }
    state: { V: {}, A: {} }
    derivatives: { V: -V/(10*ms), A: (F*V - A)/(5*ms) }
    events: { spike: { when: V > 1, do: [V = 0] } }
populations:
  cells: { type: cell, size: 1 }
timing: grid
experiment: { dt: 0.1 ms, protocol: [{ run: 1 ms }] }
`,
  });
  const { sections } = describeModel(valid, hashes, new Map());
  const lines = sections.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'code' ? part.lines : [])));
  expect(lines.map((line) => formulaOfLine(line, latex))).toContain(
    '\\frac{d A}{d t} = \\frac{F \\, V - A}{5\\,\\mathrm{ms}}',
  );
});
