/** Long equations go on after operators, and are the same equations to readers of Brian and PyNN documents. */

import { expect, test } from 'vitest';
import { readEquationLines } from '../../src/lang/parse-equations.js';
import { printExpression } from '../../src/lang/print.js';
import { documentOf } from '../../translators/pynn/native/equations.js';
import { wrappedEquations } from '../../translators/shared/wrapped-equations.js';

const cases = [
  [
    'what fits is left as it is, too long comments stand before',
    [
      'du/dt = (v - u)/tau : volt  # short',
      'dv/dt = (v_rest - v)/tau_m + (gsyn_exc*(e_rev_E - v) + i_inj)/C_m : volt  # the potential of the membrane',
    ],
    [
      'du/dt = (v - u)/tau : volt  # short',
      '# the potential of the membrane',
      'dv/dt = (v_rest - v)/tau_m + (gsyn_exc*(e_rev_E - v) + i_inj)/C_m : volt',
    ],
  ],
  [
    'within the brackets of a quotient',
    [
      'dv/dt = (gl*(El - v) + ge*(Ee - v) + gi*(Ei - v) - g_na*m**3*h*(v - ENa) - g_kd*n**4*(v - EK))/Cm : volt (unless refractory)',
    ],
    [
      'dv/dt = (gl*(El - v) + ge*(Ee - v) + gi*(Ei - v) - g_na*m**3*h*(v - ENa) -',
      '         g_kd*n**4*(v - EK))/Cm : volt (unless refractory)',
    ],
  ],
  [
    'between two long factors',
    [
      'x = (aaaaaaaaaaaaaaaaaa - bbbbbbbbbbbbbbb*(ccccccccccc + dddd))/(eeeeeeeeeeeeeeeeeee + fffffffffffffffffffffff) : 1',
    ],
    [
      'x = (aaaaaaaaaaaaaaaaaa - bbbbbbbbbbbbbbb*(ccccccccccc + dddd))/',
      '    (eeeeeeeeeeeeeeeeeee + fffffffffffffffffffffff) : 1',
    ],
  ],
  [
    'what is longer than a line has several',
    [
      'dv/dt = (v_rest - v + delta_T*exp((int(v <= v_spike)*v + int(v > v_spike)*v_spike - v_thresh)/delta_T))/tau_m + (i_offset - w)/C_m : volt',
      'x = clip(aaaaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, cccccccccccccccccccccc, ddddddddddddddd) : 1',
    ],
    [
      'dv/dt = (v_rest - v +',
      '         delta_T*exp((int(v <= v_spike)*v + int(v > v_spike)*v_spike -',
      '                      v_thresh)/delta_T))/tau_m +',
      '        (i_offset - w)/C_m : volt',
      'x = clip(aaaaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,',
      '         cccccccccccccccccccccc, ddddddddddddddd) : 1',
    ],
  ],
] as const;

const joined = (lines: readonly string[]): string => lines.join('\n');

test.each(cases)('%s', (_, lines, wrapped) => {
  expect(wrappedEquations(joined(lines), 4)).toBe(joined(wrapped));
  const read = (text: string): unknown =>
    readEquationLines(text).lines.map(({ name, expression, unit, flags }) => ({
      name,
      expression: expression && printExpression(expression),
      unit,
      flags,
    }));
  expect(read(joined(wrapped))).toEqual(read(joined(lines)));
});

test('types of PyNN scripts are the same', () => {
  for (const [, lines, wrapped] of cases) {
    const [before, after] = [documentOf({ equations: lines }), documentOf({ equations: joined(wrapped) })];
    expect(JSON.stringify(after).replace(/\s/g, '')).toBe(JSON.stringify(before).replace(/\s/g, ''));
  }
});

test('choices of PyNN are cut before if and else', () => {
  const line =
    'x = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa if bbbbbbbbbbbb > ccc and dddd < eeee else ffffffffff*gggg : V (held)';
  expect(wrappedEquations(line, 8)).toBe(
    [
      'x = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      '    if bbbbbbbbbbbb > ccc and dddd < eeee else ffffffffff*gggg : V (held)',
    ].join('\n'),
  );
});
