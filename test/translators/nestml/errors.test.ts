/** Mistakes in NESTML: a message with its place, within a moment. */

import { expect, test } from 'vitest';
import '../../../translators/nestml/road.js';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';

/** Returns the codes and places of errors. */
function errorsOf(text: string): readonly string[] {
  try {
    importModel({ name: 'cell.nestml', text });
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ code, place }) => `${code} ${place?.line}:${place?.column}`);
  }
}

/** Returns a model with equations of `V` and more blocks. */
const model = (blocks: string, rate = '-V / tau'): string => `model cell:
    state:
        V mV = 0 mV
    equations:
        V' = ${rate}
    parameters:
        tau ms = 10 ms
    input:
        spikes <- spike
    output:
        spike
${blocks}`;

const cases: readonly (readonly [what: string, text: string, errors: readonly string[]])[] = [
  ['nothing', '', ['nestml/syntax 1:1']],
  ['no model', 'state:\n    x real = 0\n', ['nestml/syntax 1:1']],
  ['NESTML 5.2', 'neuron cell:\n    state:\n        x real = 0\n    end\nend\n', ['nestml/older-version 1:1']],
  ['no block', 'model cell:\n', ['nestml/syntax 2:1']],
  ['an unknown block', 'model cell:\n    stat:\n        x real = 0\n', ['nestml/unknown-block 2:5']],
  [
    'a line at a wrong column',
    'model cell:\n    state:\n        x real = 0\n      y real = 0\n',
    ['nestml/syntax 4:1'],
  ],
  [
    'a tab to column 8 among spaces',
    'model cell:\n    state:\n      x real = 0\n\ty real = 0\n',
    ['nestml/syntax 4:1'],
  ],
  ['a sign of other languages', 'model cell:\n    state:\n        x real = 0 §\n', ['nestml/syntax 3:20']],
  ['an unknown name', model('    update:\n        V = Vx\n'), ['nestml/unknown-name 13:13']],
  ['an unknown function', model('    update:\n        V = sine(V)\n'), ['nestml/unknown-function 13:13']],
  ['an unknown unit', model('    update:\n        V = 1 furlong\n'), ['nestml/unknown-unit 13:15']],
  ['other units', model('    update:\n        V = tau\n'), ['nestml/units 13:9']],
  ['a rate of another unit', model('', '-V * tau'), ['nestml/units 5:14']],
  ['a number as a condition', model('    update:\n        if V:\n            V = 0 mV\n'), ['nestml/type 13:12']],
  ['an assignment to a parameter', model('    update:\n        tau = 1 ms\n'), ['nestml/not-assigned 13:9']],
  ['two declarations', model('    internals:\n        tau ms = 1 ms\n'), ['nestml/declared-twice 13:9']],
  [
    'a function that calls itself',
    model('    update:\n        V = f(1) * 1 mV\n    function f(x real) real:\n        return f(x)\n'),
    ['nestml/recursive 14:14'],
  ],
  ['an endless loop', model('    update:\n        while 1 < 2:\n            V = 0 mV\n'), ['nestml/endless 14:13']],
  [
    'a loop of unknown bounds',
    model('    update:\n        while V > 0 mV:\n            V = V / 2\n'),
    ['nestml/unknown-bounds 13:15'],
  ],
  [
    'equations that are integrated twice',
    model('    update:\n        integrate_odes()\n        integrate_odes(V)\n'),
    ['nestml/integrated-twice 14:9'],
  ],
  ['a random rate', model('', '-V / tau + random_normal(0, 1) * 1 mV / ms'), ['nestml/random 5:9']],
  [
    'a kernel of another form',
    model('', '-V / tau + convolve(K, spikes) * 1 mV / ms').replace(
      'equations:',
      'equations:\n        kernel K = 1 / (1 + t / tau)',
    ),
    ['nestml/kernel 5:16'],
  ],
  [
    'a convolution with a parameter',
    model('', '-V / tau + convolve(tau, spikes) * 1 mV / ms'),
    ['nestml/convolution 5:25'],
  ],
  [
    'values that depend on each other',
    model('    internals:\n        a real = b\n        b real = a\n    update:\n        integrate_odes()\n'),
    ['model/derived-cycle 13:9'],
  ],
  ['equations without an integration', model('    update:\n        V = V\n'), ['nestml/never-integrated 5:9']],
  ['deep parentheses', model('', `${'('.repeat(5000)}V${')'.repeat(5000)}`), ['nestml/too-deep 5:113']],
];

test.each(cases)('%s', (_, text, errors) => {
  expect(errorsOf(text)).toEqual(errors);
});

test('a value that breaks the condition of its declaration', () => {
  const withCondition = (condition: string): string =>
    model('    update:\n        integrate_odes()\n').replace('tau ms = 10 ms', `tau ms = 10 ms [[ ${condition} ]]`);
  const warningsOf = (condition: string): readonly string[] =>
    importModel({ name: 'cell.nestml', text: withCondition(condition) })
      .diagnostics.filter(({ severity }) => severity === 'warning')
      .map(({ code, place }) => `${code} ${place?.line}:${place?.column}`);
  expect(warningsOf('tau > 20 ms')).toEqual(['nestml/invariant 7:27']);
  expect(warningsOf('tau > 0.01 s and tau <= 10 ms')).toEqual(['nestml/invariant 7:27']);
  expect(warningsOf('tau > 0 ms and tau <= 0.01 s')).toEqual([]);
  expect(errorsOf(withCondition('tau'))).toEqual(['nestml/type 7:27']);
});

test('vectors of many elements in many lines', () => {
  const lines = '        v = 2 * v\n'.repeat(50_000);
  const text = model(`    update:\n        v[1000] real = 0\n${lines}        integrate_odes()\n`);
  expect(errorsOf(text)).toEqual(['nestml/endless 33:9']);
});

test('a line of a megabyte', () => {
  expect(errorsOf(model('', `-V / tau${' + 0 * V / tau'.repeat(60_000)}`))).toEqual(['nestml/too-deep 5:14']);
  expect(errorsOf(model('', 'V'.repeat(1_000_000)))).toEqual(['lang/too-long 1:1']);
});
