/** Usual mistakes in .mod files: one message for each, at its place, with a hint that makes the file valid. */

import { expect, it } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/nmodl/road.js';

const channel = `TITLE a potassium channel

NEURON {
  SUFFIX kx
  USEION k READ ek WRITE ik
  RANGE gbar, ik
}

UNITS {
  (mV) = (millivolt)
  (mA) = (milliamp)
  (S) = (siemens)
  F = (faraday) (coulomb)
}

PARAMETER {
  gbar = 0.036 (S/cm2)
  vhalf = -30 (mV)
}

ASSIGNED {
  v (mV)
  ek (mV)
  ik (mA/cm2)
  ninf
  ntau (ms)
}

STATE { n }

BREAKPOINT {
  SOLVE states METHOD cnexp
  ik = gbar*n^4*(v - ek)
}

INITIAL {
  rates(v)
  n = ninf
}

DERIVATIVE states {
  rates(v)
  n' = (ninf - n)/ntau
}

PROCEDURE rates(v (mV)) {
  LOCAL a, b
  TABLE ninf, ntau FROM -100 TO 100 WITH 200
  a = 0.01*vtrap(-(v + 55), 10)
  b = 0.125*exp(-(v + 65)/80)
  ntau = 1/(a + b)
  ninf = 1/(1 + exp(-(v - vhalf)/9))
}

FUNCTION vtrap(x, y) {
  if (fabs(x/y) < 1e-6) {
    vtrap = y*(1 - x/y/2)
  } else {
    vtrap = x/(exp(x/y) - 1)
  }
}
`;

const scheme = channel
  .replace('DERIVATIVE states', 'KINETIC states')
  .replace('cnexp', 'sparse')
  .replace('STATE { n }', 'STATE { n c }')
  .replace("n' = (ninf - n)/ntau", '~ c <-> n (ninf/ntau, 1/ntau)');

/** Errors and warnings about a text: code, place, and hint. */
function findings(text: string): readonly string[] {
  const list = (() => {
    try {
      return importModel({ name: 'x.mod', text }).diagnostics;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics;
    }
  })();
  return list.flatMap(({ code, severity, place, hint }) =>
    severity === 'note' ? [] : [`${code} ${place?.line}:${place?.column} ${hint}`],
  );
}

/** The mistake in place of a part of the channel, what is found, and the part as the hint corrects it, if otherwise. */
type Mistake = readonly [right: string, wrong: string, found: string, corrected?: string];

const mistakes: readonly Mistake[] = [
  // Blocks and braces
  ['PARAMETER', 'PARAMETERS', 'nmodl/unknown-block 16:1 did you mean PARAMETER?'],
  ['ASSIGNED', 'ASIGNED', 'nmodl/unknown-block 21:1 did you mean ASSIGNED?'],
  ['BREAKPOINT', 'Breakpoint', 'nmodl/unknown-block 31:1 did you mean BREAKPOINT?'],
  ['/ntau\n}', '/ntau\n', 'nmodl/syntax 46:1 count the braces of DERIVATIVE: one { has no }'],
  ['BREAKPOINT {', 'BREAKPOINT', 'nmodl/syntax 31:1 write { after BREAKPOINT'],
  ['n = ninf\n}', 'n = ninf\n}\n}', 'nmodl/syntax 40:1 remove it, or look for a } too many in the block before'],
  ['y*(1 - x/y/2)\n  }', 'y*(1 - x/y/2)\n  ', 'nmodl/syntax 58:4 write } before else, or remove else'],
  [
    'DERIVATIVE states {',
    'DERIVATIVE {',
    'nmodl/syntax 41:12 write the name of this DERIVATIVE before {, or correct {',
  ],
  [
    'INITIAL {',
    'COMMENT first values\nINITIAL {',
    'nmodl/syntax 36:1 write ENDCOMMENT at its end, or remove COMMENT',
    'COMMENT first values ENDCOMMENT\nINITIAL {',
  ],
  // Declarations and units
  ['  SUFFIX kx\n', '', 'nmodl/no-name 3:1 add NEURON { SUFFIX name }'],
  ['SUFFIX', 'SUFIX', 'nmodl/unknown-block 4:3 did you mean SUFFIX?'],
  [
    'SUFFIX kx',
    'SUFFIX k-x',
    'nmodl/syntax 4:11 begin names with a letter, and use only letters, digits and _',
    'SUFFIX k_x',
  ],
  ['READ', 'RAED', 'nmodl/syntax 5:12 did you mean READ?'],
  ['READ ek', 'READ ek ki', 'nmodl/syntax 5:20 write a comma between two names', 'READ ek, ki'],
  ['USEION k', 'USEION K', 'nmodl/other-ion 5:10 write USEION k'],
  ['READ ek', 'READ ena', 'nmodl/foreign-ion-variable 5:17 use ek, ki, ko, ik, or another USEION'],
  [' WRITE ik', '', 'nmodl/unwritten 33:3 add WRITE ik to USEION k'],
  [
    '  USEION k READ ek WRITE ik\n',
    '',
    'nmodl/unwritten 32:3 write NONSPECIFIC_CURRENT ik',
    '  NONSPECIFIC_CURRENT ik\n',
  ],
  ['(millivolt)', '(milivolt)', 'nmodl/unknown-unit 10:10 did you mean millivolt?'],
  ['(mV) = (millivolt)', '(mV) (millivolt)', 'nmodl/syntax 10:6 write = after )'],
  ['(faraday)', '(farady)', 'nmodl/unknown-constant 13:7 did you mean faraday?'],
  ['-30 (mV)', '-30 (millivlt)', 'nmodl/unknown-unit 18:15 did you mean millivolt?', '-30 (millivolt)'],
  ['(S/cm2)', 'S/cm2', 'nmodl/syntax 17:17 write units in parentheses: gbar = 0.1 (S/cm2)'],
  ['(S/cm2)', '[S/cm2]', 'nmodl/syntax 17:16 write units in parentheses: gbar = 0.1 (S/cm2)'],
  ['(S/cm2)', '(S/cm2', 'nmodl/syntax 17:16 write ) after cm2'],
  ['gbar = 0.036', 'gbar 0.036', 'nmodl/syntax 17:8 write gbar = 0.036'],
  ['0.036', '0,036', 'nmodl/syntax 17:11 write a decimal point: 0.1 for 0,1'],
  ['0.036', '0.036*2', 'nmodl/syntax 17:15 write one number, or assign the product in INITIAL', '0.072'],
  ['-30', '−30', 'nmodl/syntax 18:11 write - as on the keyboard'],
  ['ninf\n', 'ninf\n  ninf\n', 'nmodl/declared-twice 26:3 remove one of the declarations'],
  // Names
  ['gbar*n^4', 'gbr*n^4', 'nmodl/unknown-name 33:8 did you mean gbar?'],
  ['(ninf - n)', '(Ninf - n)', 'nmodl/unknown-name 43:9 did you mean ninf?'],
  ['LOCAL a, b', 'LOCAL a', 'nmodl/unknown-name 50:3 declare it in PARAMETER, ASSIGNED, STATE or LOCAL'],
  ['TABLE ninf', 'TABLE nif', 'nmodl/unknown-name 48:9 did you mean ninf?'],
  ["n' =", "q' =", 'nmodl/not-a-state 43:3 declare q in STATE, or correct its name'],
  ['rates(v)\n  n = ', 'rate(v)\n  n = ', 'nmodl/unknown-function 37:3 did you mean rates?'],
  ['*vtrap(', '*vtrp(', 'nmodl/unknown-function 49:12 did you mean vtrap?'],
  ['55), 10)', '55))', 'nmodl/other-arguments 49:12 write the missing arguments'],
  ['55), 10)', '55), 10, 3)', 'nmodl/other-arguments 49:12 leave the last arguments out'],
  // Equations
  ['SOLVE states', 'SOLVE state', 'nmodl/unknown-function 32:3 did you mean states?'],
  ['cnexp', 'cnexpp', 'nmodl/unknown-method 32:23 did you mean cnexp?'],
  ['METHOD cnexp', 'cnexp', 'nmodl/syntax 32:16 write METHOD before cnexp, or correct cnexp'],
  ['  SOLVE states METHOD cnexp\n', '', 'nmodl/unsolved 40:1 write SOLVE states METHOD cnexp in BREAKPOINT'],
  ["n' =", 'n =', "nmodl/no-rates 43:3 write n' = …"],
  ["n' =", 'dn/dt =', "nmodl/syntax 43:3 write n' = …"],
  [
    'ik = gbar',
    "n' = 1\n  ik = gbar",
    'nmodl/rate-outside 33:3 move the equation to a DERIVATIVE block, which BREAKPOINT solves',
  ],
  [' WITH 200', '', 'nmodl/syntax 49:3 write WITH before a, or correct a'],
  ['FROM -100 ', '', 'nmodl/syntax 48:20 write FROM before TO, or correct TO'],
  // Statements and formulas
  ['n^4', 'n**4', 'nmodl/syntax 33:14 write n^4 for n**4'],
  ['gbar*n', 'gbar n', 'nmodl/syntax 33:13 write * for a product'],
  ['n^4*(', 'n^4(', 'nmodl/product-as-unit 33:16 write * before ('],
  ['0.01*v', '0.01 v', 'nmodl/unused-value 49:12 write * before vtrap, or begin a line'],
  ['(v - ek)', '(v - ek', 'nmodl/syntax 33:22 write ) after ek'],
  ['65)/80)', '65)/80', 'nmodl/syntax 50:27 write ) after 80'],
  ['65)/80)', '65)/80))', 'nmodl/syntax 50:30 remove it, or write the ( that it closes'],
  ['(a + b)', '(a + )', 'nmodl/syntax 51:17 write the value after +, or remove +'],
  ['exp(x/y) - 1', 'exp x/y - 1', 'nmodl/syntax 59:20 write exp(…)'],
  ['ntau = 1', 'ntau 1', 'nmodl/syntax 51:3 write ntau = value'],
  ['b = 0.125', 'b += 0.125', 'nmodl/syntax 50:5 write x = x + y for x += y', 'b = b + 0.125'],
  ['n = ninf', 'n == ninf', 'nmodl/syntax 38:5 = assigns a value, == compares two'],
  ['rates(v)\n  n = ', 'rates\n  n = ', 'nmodl/syntax 37:3 write rates(…) to call it, or rates = value'],
  ['(a + b)', '(a + b);', 'nmodl/syntax 51:19 remove ;'],
  ['(a + b)', '(a + b) // the sum', 'nmodl/syntax 51:20 begin the comment with :', '(a + b) : the sum'],
  ['LOCAL a, b', 'LOCAL a = 1, b', 'nmodl/syntax 47:11 assign a in a statement after LOCAL'],
  [
    'LOCAL a, b\n',
    'ninf = 1\n  LOCAL a, b\n',
    'nmodl/syntax 48:3 move LOCAL to the beginning of the block',
    'LOCAL a, b\n  ninf = 1\n',
  ],
  ['(fabs(x/y) < 1e-6)', 'fabs(x/y) < 1e-6', 'nmodl/syntax 56:6 write ( before fabs, or correct fabs'],
  ['< 1e-6)', '< 1e-6 and x > 0)', 'nmodl/syntax 56:24 write a < 1 && b < 1', '< 1e-6 && x > 0)'],
  ['< 1e-6', '=< 1e-6', 'nmodl/syntax 56:17 write <= here', '<= 1e-6'],
  ['fabs(x/y) < 1e-6', 'x = 0', 'nmodl/syntax 56:9 = assigns a value, == compares two', 'x == 0'],
  ['} else {', '} elif (x > 3) {', 'nmodl/syntax 58:5 write else if', '} else if (x > 3) {'],
  ['vtrap = x/', 'return x/', 'nmodl/syntax 59:5 assign the result to vtrap, or leave return out'],
];

it.each(mistakes.map(([right, wrong, found, corrected = right]) => [right, wrong, found, corrected] as const))(
  '%s -> %s',
  (right, wrong, found, corrected) => {
    expect(channel).toContain(right);
    expect(findings(channel.replace(right, wrong))).toEqual([found]);
    expect(findings(channel.replace(right, corrected))).toEqual([]);
  },
);

it.each([
  ['<->', '<=>', 'nmodl/syntax 43:7 write <-> here'],
  ['~ c', 'c', 'nmodl/syntax 43:3 write ~ before c'],
  ['ntau, 1', 'ntau 1', 'nmodl/syntax 43:24 write a comma between arguments, or * for a product'],
  ['<->', '->', 'nmodl/syntax 43:22 write <-> for a reaction with two rates'],
  ['sparse', 'cnexp', 'nmodl/unknown-method 32:23 use sparse, euler, runge, after_cvode, cvode_t'],
])('in a reaction: %s -> %s', (right, wrong, found) => {
  expect(findings(scheme)).toEqual([]);
  expect(findings(scheme.replace(right, wrong))).toEqual([found]);
});

it('events in a file that is no point process', () => {
  const text = channel.replace('WRITE ik', 'WRITE ik\n  NONSPECIFIC_CURRENT i');
  expect(findings(`${text}\nNET_RECEIVE (w) { n = n + w }\n`)).toEqual([
    'nmodl/receives-nothing 64:1 write POINT_PROCESS kx in the NEURON block',
  ]);
});
