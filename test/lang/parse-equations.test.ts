import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { LangError } from '../../src/lang/lang-error.js';
import { parseEquations, type EquationLine } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { texts } from './arbitrary.js';
import { refusals } from './support.js';

const summary = (line: EquationLine): string =>
  `${line.kind} ${line.name}${line.expression ? ` = ${printExpression(line.expression)}` : ''} : ${line.unit} ` +
  `[${line.flags.join('|')}]`;

describe('definitions', () => {
  it.each([
    ['dv/dt = -v/tau : volt', ['differential v = -v/tau : volt []']],
    ['dv/dt=-v/tau:volt', ['differential v = -v/tau : volt []']],
    ['d v / dt = -v : 1', ['differential v = -v : 1 []']],
    ['ddt/dt = 1 : 1', ['differential dt = 1 : 1 []']],
    ['x = 2*y : siemens/meter**2', ['subexpression x = 2*y : siemens/meter**2 []']],
    ['x = y == z : boolean', ['subexpression x = y == z : boolean []']],
    ['g : siemens', ['parameter g : siemens []']],
    ['d : 1', ['parameter d : 1 []']],
    ['n : integer (constant)', ['parameter n : integer [constant]']],
    ['dv/dt = -v : 1 (unless refractory)', ['differential v = -v : 1 [unless refractory]']],
    ['w : 1 ( constant ,  shared )  # both', ['parameter w : 1 [constant|shared]']],
    ['w : 1\n   (constant)\nx : 1', ['parameter w : 1 [constant]', 'parameter x : 1 []']],
    ['I = a +  # first : part\n    b  # second\n    : amp', ['subexpression I = a + b : amp []']],
    ['\n# nothing: here\n\n', []],
    [
      'dv/dt = (ge+gi-(v+49*mV))/(20*ms) : volt (unless refractory)\ndge/dt = -ge/(5*ms) : volt\n\ndgi/dt = ' +
        '-gi/(10*ms) : volt',
      [
        'differential v = (ge + gi - (v + 49*mV))/(20*ms) : volt [unless refractory]',
        'differential ge = -ge/(5*ms) : volt []',
        'differential gi = -gi/(10*ms) : volt []',
      ],
    ],
  ])('%j', (text, expected) => {
    expect(parseEquations(text).map(summary)).toEqual(expected);
  });

  it('know their places in the whole text', () => {
    const text = '# leak: none\ndv/dt = -v / # slow\n  tau : volt (constant)\n';
    const [line] = parseEquations(text);
    if (!line?.expression) throw new Error('no equation');
    expect([line.span, line.nameSpan, line.unitSpan].map(({ start, end }) => text.slice(start, end))).toEqual([
      'dv/dt = -v / # slow\n  tau : volt (constant)',
      'v',
      'volt',
    ]);
    expect(text.slice(line.expression.span.start, line.expression.span.end)).toBe('-v / # slow\n  tau');
  });
});

describe('refused', () => {
  it.each([
    ['dv/dt = -v/tau', ['lang/equation-without-unit @ dv/dt = -v/tau']],
    ['dv/dt = -v/tau\nw : 1\n', ['lang/equation-without-unit @ dv/dt = -v/tau']],
    ['dv/dt = -v/tau\ndw/dt = -w : 1', ['lang/equation-without-unit @ dv/dt = -v/tau']],
    ['v : ', ['lang/empty-unit @ :']],
    ['v : volt : amp', ['lang/equation-rest @ volt : amp']],
    ['v : volt (constant) w : 1', ['lang/equation-rest @ w : 1']],
    ['v : 1 (constant', ['lang/unclosed-flags @ (']],
    ['v : 1 ()', ['lang/bad-flag @ )']],
    ['v : 1 (constant, 3)', ['lang/bad-flag @  3']],
    ['dv/dt : volt', ['lang/equation-right-side @ v']],
    ['v + w = 3 : 1', ['lang/equation-left-side @ v + w']],
    ['x, y : 1', ['lang/equation-left-side @ x, y']],
    ['= 3 : 1', ['lang/equation-left-side @ =']],
    ['x = : 1', ['lang/empty-expression @  ']],
    ['for : 1', ['lang/keyword @ for']],
    ['x : 1\nx = 2 : 1', ['lang/duplicate-definition @ x']],
    ['x = 1 +: 1\ny = 2 : 1\nz = 2mV : 1', ['lang/unexpected-end @ +', 'lang/bad-number @ 2mV']],
  ])('%j', (text, expected) => {
    expect(refusals(parseEquations, text)).toEqual(expected);
  });
});

it('any text parses or is refused with places within it', () => {
  fc.assert(
    fc.property(texts, (text) => {
      try {
        for (const line of parseEquations(text))
          expect(text.slice(line.nameSpan.start, line.nameSpan.end)).toBe(line.name);
      } catch (error) {
        if (!(error instanceof LangError)) throw error;
        for (const { span, finding } of error.all) {
          expect(finding.code).toMatch(/^lang\/[a-z-]+$/);
          expect(0 <= span.start && span.start <= span.end && span.end <= text.length).toBe(true);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

it('long blocks take no long time', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `x${index} : 1`);
  expect(parseEquations(lines.join('\n'))).toHaveLength(20_000);
  expect(refusals(parseEquations, 'x = 1\n'.repeat(5000))).toHaveLength(5000);
});
