import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { decodeSource } from '../../../src/pipeline/read/read-source.js';

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

describe('a file that is wrong is refused at its line', () => {
  it.each([
    ['a block that does not end', channel('BREAKPOINT {\n i = 0.1*(v - 1)'), 'nmodl/syntax 7'],
    ['no name', 'PARAMETER { a = 1 }', 'nmodl/no-name 1'],
    ['an unknown block', channel('BREKPOINT { }'), 'nmodl/unknown-block 7'],
    ['an expression that ends early', channel('BREAKPOINT {\n i = 2*\n}'), 'nmodl/syntax 9'],
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
    ['a condition that sends events', receiver('WATCH (v > 1) 2'), 'nmodl/refused 5'],
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

  it('units that contradict a formula are a warning, and the number is the one of NEURON', () => {
    const text = channel('PARAMETER { g = 0.1 (S/cm2) tau (ms) }\nBREAKPOINT {\n i = g*(v - tau)\n}');
    expect(findings(text)).toEqual(['nmodl/contradiction 9']);
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
