import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { LangError } from '../../src/lang/lang-error.js';
import { parseStatements } from '../../src/lang/parse.js';
import { printStatement } from '../../src/lang/print.js';
import { texts } from './arbitrary.js';
import { refusals } from './support.js';

describe('statements', () => {
  it.each([
    ['v = E_l', ['v = E_l']],
    ['v += w; ge -= 1', ['v += w', 'ge -= 1']],
    ['a *= 2\nb /= 2\nc %= 2', ['a *= 2', 'b /= 2', 'c %= 2']],
    ['post.ge += w', ['post.ge += w']],
    ['v = -60*mV # reset; not here\n\n  ; ;\nw = 0', ['v = -60*mV', 'w = 0']],
    ['x = clip(a,\n  b, # low\n  c)\ny = 1', ['x = clip(a, b, c)', 'y = 1']],
    ['x = a == b', ['x = a == b']],
    ['send(port, w*x, f*d)', ['send(port, w*x, f*d)']],
    ['send(port, f(a, b), after: d)', ['send(port, f(a, b), d)']],
    ['send = 1', ['send = 1']],
    ['', []],
    ['# only a comment', []],
  ])('%j', (text, expected) => {
    expect(parseStatements(text).map((statement) => printStatement(statement))).toEqual(expected);
  });

  it('know their place', () => {
    const text = 'a = 1;  pre.b  +=  c*d # end';
    const [, second] = parseStatements(text);
    if (second?.kind !== 'assignment') throw new Error('not an assignment');
    expect([second.span, second.targetSpan, second.value.span].map(({ start, end }) => text.slice(start, end))).toEqual(
      ['pre.b  +=  c*d', 'pre.b', 'c*d'],
    );
  });
});

describe('refused', () => {
  it.each([
    ['v', ['lang/not-a-statement @ v']],
    ['v == 1', ['lang/not-a-statement @ ==']],
    ['f(v)', ['lang/not-a-statement @ f(v)']],
    ['v //= 2', ['lang/assignment-operator @ //=']],
    ['v **= 2', ['lang/assignment-operator @ **=']],
    ['v |= 2', ['lang/assignment-operator @ |=']],
    ['f(v) = 2', ['lang/assignment-target @ f(v)']],
    ['v[0] = 2', ['lang/assignment-target @ v[0]']],
    ['a, b = 1', ['lang/assignment-target @ a, b']],
    ['2 = v', ['lang/assignment-target @ 2']],
    ['= v', ['lang/assignment-target @ =']],
    ['True = 1', ['lang/keyword @ True']],
    ['v =', ['lang/empty-expression @ ']],
    ['if v > 0: v = 1', ['lang/no-control-flow @ if']],
    ['for i in range(3): v = 1', ['lang/no-control-flow @ for']],
    ['send(port, w)', ['lang/send-arguments @ send(port, w)']],
    ['send(a + b, w, d)', ['lang/send-port @ a + b']],
    ['send(port, w, d', ['lang/unclosed-parenthesis @ (']],
    ['send(port, w, d) + 1', ['lang/unexpected @ +']],
    ['x = (a +\ny = 1', ['lang/assignment-in-expression @ =']],
  ])('%j', (text, expected) => {
    expect(refusals(parseStatements, text)).toEqual(expected);
  });

  it('all at once', () => {
    expect(refusals(parseStatements, 'a = 1\nb = +\nc = 2\nd ** 2; e = 2mV')).toEqual([
      'lang/unexpected-end @ +',
      'lang/not-a-statement @ d ** 2',
      'lang/bad-number @ 2mV',
    ]);
  });
});

it('any text parses or is refused with places within it', () => {
  fc.assert(
    fc.property(texts, (text) => {
      try {
        for (const statement of parseStatements(text)) expect(statement.span.end).toBeLessThanOrEqual(text.length);
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
