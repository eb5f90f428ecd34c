import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { decodeSource } from '../../../src/pipeline/read/read-source.js';
import { temporaryFolder } from '../../support/command.js';

const folder = temporaryFolder();

/** Codes and lines of the findings about a text, without notes. */
function findings(text: string): readonly string[] {
  try {
    return importModel({ name: 'x.mod', text }).diagnostics.flatMap(({ code, severity, place }) =>
      severity === 'note' ? [] : [`${code} ${place?.line}`],
    );
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.flatMap(({ code, severity, place }) =>
      severity === 'note' ? [] : [`${code} ${place?.line}`],
    );
  }
}

const channel = (body: string): string =>
  `NEURON {\n SUFFIX x\n NONSPECIFIC_CURRENT i\n}\nASSIGNED { v (mV) i (mA/cm2) }\nSTATE { m }\n${body}\n`;
const current = 'BREAKPOINT {\n SOLVE s METHOD cnexp\n i = m*v\n}';

const receiver = (statement: string): string =>
  `NEURON { POINT_PROCESS x NONSPECIFIC_CURRENT i }\nASSIGNED { v (mV) i (nA) }\nBREAKPOINT { i = 0.1*v }\nNET_RECEIVE (w) {\n ${statement}\n}`;

/** A point process that begins to watch a condition at the beginning. */
const watcher = (statement: string): string =>
  receiver(`if (flag == 1) { WATCH (v > 1) 2 }\n ${statement}`).replace(
    'BREAKPOINT',
    'INITIAL { net_send(0, 1) } BREAKPOINT',
  );

describe('a file that is wrong is refused at its line', () => {
  it.each([
    ['a block that does not end', channel('BREAKPOINT {\n i = 0.1*(v - 1)'), 'nmodl/syntax 7'],
    ['no name', 'PARAMETER { a = 1 }', 'nmodl/no-name 1'],
    ['an unknown block', channel('BREKPOINT { }'), 'nmodl/unknown-block 7'],
    ['an expression that ends early', channel('BREAKPOINT {\n i = 2*\n}'), 'nmodl/syntax 8'],
    ['a name without a declaration', channel('BREAKPOINT {\n i = unheard*v\n}'), 'nmodl/unknown-name 8'],
    ['a rate of no state', channel(`${current}\nDERIVATIVE s {\n n' = -n\n}`), 'nmodl/unknown-name 12'],
    [
      'a function that calls itself',
      channel('BREAKPOINT {\n i = f(v)\n}\nFUNCTION f(x) {\n f = f(x - 1)\n}'),
      'nmodl/recursion 11',
    ],
    ['a sum of ten thousand terms', channel(`BREAKPOINT {\n i = v${' + v'.repeat(10_000)}\n}`), 'nmodl/too-deep 8'],
    ['an array of 10⁷ elements', channel('STATE {\n n[10000000]\n}\nBREAKPOINT { i = v }'), 'nmodl/array-length 8'],
    ['C code', channel('BREAKPOINT {\n VERBATIM\n i = 1;\n ENDVERBATIM\n}'), 'nmodl/refused 8'],
    ['a pointer', 'NEURON {\n SUFFIX x\n POINTER p\n}', 'nmodl/refused 3'],
    ['a loop without bounds', channel('BREAKPOINT {\n while (v > 0) { i = 1 }\n}'), 'nmodl/refused 8'],
    [
      'a loop that depends on the potential',
      channel('BREAKPOINT {\n FROM k = 0 TO v { i = k }\n}'),
      'nmodl/open-loop 8',
    ],
    ['a loop of ten million passes', channel('BREAKPOINT {\n FROM k = 0 TO 10000000 { i = k }\n}'), 'nmodl/too-long 8'],
    [
      'nested loops of a million passes',
      channel('BREAKPOINT {\n FROM k = 0 TO 999 { FROM l = 0 TO 999 { i = k } }\n}'),
      'nmodl/too-long 8',
    ],
    ['a file to include', channel('INCLUDE "../../secret.inc"'), 'nmodl/not-included 7'],
    [
      'a state that adds up',
      channel('BREAKPOINT {\n SOLVE s\n i = 0.1*m*v\n}\nPROCEDURE s() {\n m = m + 1\n}'),
      'nmodl/accumulates 6',
    ],
    [
      'a variable that adds up',
      channel('ASSIGNED { n }\nBREAKPOINT {\n n = n + 1\n i = 0.1*n*v\n}'),
      'nmodl/accumulates 7',
    ],
    [
      'a variable that remembers',
      channel('ASSIGNED { on }\nBREAKPOINT {\n if (v > 0) { on = 1 }\n i = 0.1*on*v\n}'),
      'nmodl/accumulates 7',
    ],
    [
      'a steady state of any sum',
      channel(`STATE { c }\nINITIAL {\n SOLVE k STEADYSTATE sparse\n}\nBREAKPOINT { SOLVE k METHOD sparse i = 0.1*c*v }
KINETIC k { ~ m <-> c (1, 2) }`),
      'nmodl/open-sum 9',
    ],
    [
      'a current of the membrane beside one of an electrode',
      'NEURON {\n POINT_PROCESS x\n ELECTRODE_CURRENT a\n NONSPECIFIC_CURRENT i\n}\nASSIGNED { v (mV) a (nA)\n i (nA) }\nBREAKPOINT { a = 1 i = 0.1*v }',
      'nmodl/reversed-current 7',
    ],
    [
      'a current of an ion beside one of an electrode',
      'NEURON {\n POINT_PROCESS x\n ELECTRODE_CURRENT a\n USEION na WRITE ina\n}\nASSIGNED { v (mV) a (nA) ina (nA) }\nBREAKPOINT { a = 1 ina = 0.1*v }',
      'nmodl/refused 4',
    ],
    [
      'an event that reads a value of each step',
      `NEURON { POINT_PROCESS x NONSPECIFIC_CURRENT i }\nASSIGNED { v (mV) i (nA) p }\nSTATE { g }
BREAKPOINT { SOLVE s METHOD cnexp i = g*v p = 1 + g }\nDERIVATIVE s { g' = -g/(5) }\nNET_RECEIVE (w) {\n g = g + w*p\n}`,
      'nmodl/value-of-step 7',
    ],
    ['a condition that a spike begins to watch', receiver('WATCH (v > 1) 2'), 'nmodl/refused 5'],
    ['a condition that begins others', watcher('if (flag == 2) { WATCH (v < 0) 3 }'), 'nmodl/refused 6'],
    ['a condition whose event is for others', watcher('if (flag == 2) { net_event(t) }'), 'nmodl/refused 6'],
    ['a condition under a condition', watcher('if (flag == 1 && v > 0) { WATCH (v > 2) 2 }'), 'nmodl/refused 6'],
    ['connections in a step', channel('BREAKPOINT {\n FOR_NETCONS (w) { i = w }\n}'), 'nmodl/refused 8'],
    ['an event to others', receiver('net_event(t)'), 'nmodl/refused 5'],
    [
      'an event that INITIAL sends to no block',
      channel('INITIAL {\n net_send(1, 1)\n}\nBREAKPOINT { i = 0.1*v }'),
      'nmodl/refused 8',
    ],
    ['an event to itself after a variable time', receiver('if (flag == 0) { net_send(w, 1) }'), 'nmodl/refused 5'],
    ['an event that sends another one', receiver('net_send(1, flag + 1)'), 'nmodl/refused 5'],
    ['a conditional event to itself', receiver('if (v > 1) { net_send(1, 1) }'), 'nmodl/refused 5'],
    ['an event that is moved', receiver('net_move(t + 1)'), 'nmodl/refused 5'],
    ['a random stream', 'NEURON {\n SUFFIX x\n RANDOM r\n}', 'nmodl/refused 3'],
    [
      'an array without the element',
      channel('ASSIGNED { a[2] }\nBREAKPOINT {\n a[2] = 1\n i = v\n}'),
      'nmodl/out-of-array 9',
    ],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual([expected]);
  });

  it('deep parentheses', () => {
    const text = channel(`BREAKPOINT {\n i = ${'('.repeat(100_000)}v${')'.repeat(100_000)}\n}`);
    expect(findings(text)).toEqual(['nmodl/too-deep 8']);
  });

  it('units that differ by a factor are a warning, since NEURON does not convert them', () => {
    const text = channel('PARAMETER { g = 0.1 (S/cm2) rest = -0.07 (volt) }\nBREAKPOINT {\n i = g*(v - rest)\n}');
    expect(findings(text)).toEqual(['nmodl/contradiction 9']);
  });

  it('units of other dimensions are declarations, which change no number', () => {
    const text = channel('PARAMETER { g = 0.1 (S/cm2) tau (ms) }\nBREAKPOINT {\n i = g*(v - tau)\n}');
    expect(findings(text)).toEqual([]);
  });
});

/** Errors and warnings about a text: code, line and column, and the hint or what was expected. */
const words = (text: string): readonly string[] => {
  const list = (() => {
    try {
      return importModel({ name: 'x.mod', text }).diagnostics;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics;
    }
  })();
  return list.flatMap(({ code, severity, place, hint, expected }) =>
    severity === 'note' ? [] : [`${code} ${place?.line}:${place?.column} ${hint ?? expected}`],
  );
};

const gate = "DERIVATIVE s {\n m' = -m\n}";
const using = (ion: string): string =>
  `NEURON {\n SUFFIX x\n ${ion}\n NONSPECIFIC_CURRENT i\n}\nASSIGNED { v (mV) i (mA/cm2) }\nBREAKPOINT { i = 0.1*v }\n`;

describe('a file that NEURON refuses is refused at the words, with a hint', () => {
  it.each([
    [
      'an unknown method',
      channel(`BREAKPOINT {\n SOLVE s METHOD cnexpp\n i = m*v\n}\n${gate}`),
      'nmodl/unknown-method 8:17 did you mean cnexp?',
    ],
    [
      'a method of other blocks',
      channel(`BREAKPOINT {\n SOLVE s METHOD sparse\n i = m*v\n}\n${gate}`),
      'nmodl/unknown-method 8:17 use cnexp, derivimplicit, euler, runge, after_cvode, cvode_t',
    ],
    [
      'a variable of another ion that is read',
      using('USEION k READ ena'),
      'nmodl/foreign-ion-variable 3:16 use ek, ki, ko, ik, or another USEION',
    ],
    [
      'a variable of another ion that is written',
      using('USEION k WRITE ina'),
      'nmodl/foreign-ion-variable 3:17 use ek, ki, ko, ik, or another USEION',
    ],
    [
      'an ion that is used twice',
      using('USEION k READ ek\n USEION k READ ki'),
      'nmodl/second-use 4:2 put its variables into one statement',
    ],
    [
      'an ion without a charge',
      using('USEION cl READ ecl'),
      'nmodl/valence 3:2 NEURON knows the charges of na, k and ca only',
    ],
    ['an ion with another charge', using('USEION ca READ eca VALENCE 1'), 'nmodl/valence 3:2 2'],
    [
      'two equations of a state',
      channel(`${current}\nDERIVATIVE s {\n m' = -m\n m' = 1\n}`),
      'nmodl/second-equation 13:2 remove one of them, or add their right-hand sides',
    ],
    [
      'two SOLVE statements',
      channel(`BREAKPOINT {\n SOLVE s METHOD cnexp\n SOLVE s METHOD cnexp\n i = m*v\n}\n${gate}`),
      'nmodl/second-solve 9:2 put the equations of both blocks into one',
    ],
    [
      'two declarations',
      channel(`PARAMETER { i = 1 }\n${current}\n${gate}`),
      'nmodl/declared-twice 7:13 remove one of the declarations',
    ],
    [
      'a reaction of no state',
      channel('BREAKPOINT {\n SOLVE s METHOD sparse\n i = m*v\n}\nKINETIC s {\n ~ m <-> n (1, 2)\n}'),
      'nmodl/not-a-state 12:2 declare n in STATE, or correct its name',
    ],
    ['a power by two stars', channel('BREAKPOINT {\n i = m**4*v\n}'), 'nmodl/syntax 8:7 write n^4 for n**4'],
    [
      'a block that is not closed',
      channel(`BREAKPOINT {\n i = m*v\n${gate}`),
      'nmodl/syntax 9:1 count the braces of BREAKPOINT: one { has no }',
    ],
    [
      'declarations that are not closed',
      channel(`PARAMETER {\n a = 1\n${current}`),
      'nmodl/syntax 9:1 count the braces of PARAMETER: one { has no }',
    ],
    [
      'a file that ends early',
      channel('BREAKPOINT {\n if (v > 0) { i = m*v\n}'),
      'nmodl/syntax 7:1 count the braces of BREAKPOINT: one { has no }',
    ],
    [
      'a brace too many',
      channel('BREAKPOINT {\n i = m*v\n}\n}'),
      'nmodl/syntax 10:1 remove it, or look for a } too many in the block before',
    ],
    ['a decimal comma', channel('PARAMETER {\n g = 0,1\n}'), 'nmodl/syntax 8:7 write a decimal point: 0.1 for 0,1'],
    [
      'a comparison in place of an assignment',
      channel('BREAKPOINT {\n i == m*v\n}'),
      'nmodl/syntax 8:4 = assigns a value, == compares two',
    ],
    [
      'elseif',
      channel('BREAKPOINT {\n if (v > 0) { i = 1 } elseif (v < 0) { i = 2 }\n}'),
      'nmodl/syntax 8:23 write else if',
    ],
    [
      'a misspelt variable',
      channel('PARAMETER { gbar = 1 }\nBREAKPOINT {\n i = gbr*v\n}'),
      'nmodl/unknown-name 9:6 did you mean gbar?',
    ],
    ['a misspelt function', channel('BREAKPOINT {\n i = epx(v)\n}'), 'nmodl/unknown-function 8:6 did you mean exp?'],
    [
      'an unknown unit',
      channel('PARAMETER { g = 1 (mv) }\nBREAKPOINT { i = g*v }'),
      'nmodl/unknown-unit 7:19 did you mean mV, ms or mA?',
    ],
    [
      'a variable of an earlier time',
      receiver('LAG v BY 1'),
      'nmodl/refused 5:2 write it as equations, or run this mechanism with NEURON',
    ],
    [
      'locals that double',
      channel(
        `BREAKPOINT {\n LOCAL ${Array.from({ length: 61 }, (_, k) => `a${k}`).join(', ')}\n a0 = v\n${Array.from({ length: 60 }, (_, k) => ` a${k + 1} = a${k} + a${k}*v\n`).join('')} i = a60\n}`,
      ),
      'lang/too-large 26:2 a variable that reads another one twice doubles it: read it once, or make it a state variable',
    ],
    [
      'an event whose values double',
      receiver(`LOCAL a\n a = w\n${' a = a + a*a\n'.repeat(40)} w = a`),
      'lang/too-large 18:6 a variable that reads another one twice doubles it: read it once, or make it a state variable',
    ],
  ])('%s', (_, text, expected) => {
    expect(words(text)).toEqual([expected]);
  });

  it('a file that includes itself', () => {
    const path = folder.file('own.mod');
    writeFileSync(path, channel('INCLUDE "own.inc"\nBREAKPOINT { i = 0.1*v }'));
    writeFileSync(folder.file('own.inc'), 'INCLUDE "own.inc"\n');
    const list = (): unknown => importModel(readSource(path));
    expect(list).toThrow(/own\.inc is included while it is being read/);
  });

  it('a kinetic scheme of 60 states that all react with each other', () => {
    const states = Array.from({ length: 60 }, (_, k) => `s${k}`);
    const reactions = states.flatMap((a, k) => states.slice(k + 1).map((b) => ` ~ ${a} <-> ${b} (1, 1)`));
    const text = `NEURON { SUFFIX x NONSPECIFIC_CURRENT i }\nASSIGNED { v (mV) i (mA/cm2) }\nSTATE {\n ${states.join(' ')}\n}\nINITIAL { s0 = 1 }\nBREAKPOINT { SOLVE k METHOD sparse i = 1e-3*s0*v }\nKINETIC k {\n${reactions.join('\n')}\n}`;
    expect(words(text)).toEqual(['model/large-scheme 4:2 leave out reactions, or divide the scheme']);
  });
});

describe('line ends and signs of other systems are read', () => {
  it.each([
    ['Windows', '\r\n'],
    ['old Macintosh', '\r'],
  ])('%s', (_, end) => {
    expect(findings(channel('BREAKPOINT {\n i = 0.1*v\n}').replaceAll('\n', end))).toEqual([]);
  });

  it('Latin-1', () => {
    const bytes = Buffer.from(channel(': from Ram\xf3n, in \xb5m\nBREAKPOINT {\n i = 0.1*v\n}'), 'latin1');
    expect(findings(decodeSource('x.mod', bytes).text)).toEqual([]);
  });
});

describe('large texts end soon', () => {
  it.each([
    ['a line of ten megabytes', channel(`BREAKPOINT {\n i = 0.1*v : ${'x'.repeat(1e7)}\n}`), ['lang/too-long 1']],
    ['a number of many digits', channel(`BREAKPOINT {\n i = 0.${'1'.repeat(9e5)}*v\n}`), ['lang/number-too-long 8']],
    ['many statements in one line', channel(`BREAKPOINT { ${'i = 0.1*v '.repeat(9e4)}}`), ['nmodl/too-long 7']],
    ['a table of ten million', channel('PROCEDURE p(v) { TABLE m FROM -100 TO 100 WITH 10000000 m = v }'), []],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });
});
