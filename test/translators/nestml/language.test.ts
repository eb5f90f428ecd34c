/** Words of NESTML: each model is the same as one in plainer words. */

import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';
import '../../../translators/nestml/road.js';

/** Returns a model with an equation of `x`, and other blocks. */
const model = (rate: string, blocks = '', code = ''): string => `model cell:
    state:
        x mV = 2 mV
        y real = 0.5
    equations:
        x' = ${rate}
    parameters:
        tau ms = 10 ms
        V_half mV = -4 mV
        n real = 3
    internals:
        gain real = 2 * n
    output:
        spike
    update:
        integrate_odes()
${code}${blocks}`;

const hashOf = (text: string): string => importModel({ name: 'cell.nestml', text }).hashes.model;

test.each([
  [
    'a function of parameters, internals and state',
    model('shifted(x) / tau', '    function shifted(v mV) mV:\n        return gain * (v - V_half) * y\n'),
    model('gain * (x - V_half) * y / tau'),
  ],
  [
    'a function that calls another one',
    model(
      'twice(x) / tau',
      '    function once(v mV) mV:\n        return v - V_half\n    function twice(v mV) mV:\n        return 2 * once(v)\n',
    ),
    model('2 * (x - V_half) / tau'),
  ],
  [
    'an argument with the name of a parameter',
    model('f(3 ms, x) / tau', '    function f(tau ms, V_half mV) mV:\n        return V_half * tau / (1 ms)\n'),
    model('x * 3 ms / (1 ms) / tau'),
  ],
  ['a power by name', model('pow(y, n) * x / tau'), model('y**n * x / tau')],
  [
    'a vector',
    model(
      '-x / tau',
      '',
      '        v[2] real = 1\n        i integer = 0\n        for i in 0 ... 2 step 1:\n            v[i] = v[i] + y + i\n        v = 2 * v\n        y = v[0] * v[1]\n',
    ),
    model(
      '-x / tau',
      '',
      '        v_0 real = 1\n        v_1 real = 1\n        v_0 = v_0 + y + 0\n        v_1 = v_1 + y + 1\n        v_0 = 2 * v_0\n        v_1 = 2 * v_1\n        y = v_0 * v_1\n',
    ),
  ],
  [
    'a statement that prints',
    model('-x / tau', '', '        if y > 1:\n            println("y is {y}, or (so)")\n            y = 0\n'),
    model('-x / tau', '', '        if y > 1:\n            y = 0\n'),
  ],
  [
    'tabs to the next column of 8',
    model('-x / tau', '', '\ty = 0\n    \ty = 1\n'),
    model('-x / tau', '', '        y = 0\n        y = 1\n'),
  ],
])('%s', (_, text, plain) => {
  expect(hashOf(text)).toBe(hashOf(plain));
});

test.each(['neuron', 'synapse'])('%s begins a model of NESTML 5.3 to 7', (word) => {
  const text = model('-x / tau');
  const { hashes, diagnostics } = importModel({ name: 'cell.nestml', text: text.replace('model', word) });
  expect(hashes.model).toBe(hashOf(text));
  expect(diagnostics.map(({ code }) => code)).toContain('nestml/older-version');
});

test('a local variable may have any name', async () => {
  const text = model('-x / tau', '', '        dt real = 2 * n\n        y = dt + pi\n');
  const session = openModel(importModel({ name: 'cell.nestml', text }));
  await session.run();
  expect((await session.read('cell', 'y'))[0]).toBe(6 + Math.PI);
  await session.dispose();
});

test('a value of an earlier time is refused by name', () => {
  try {
    importModel({ name: 'cell.nestml', text: model('-x(t - 2 ms) / tau') });
    expect.fail('it was read');
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    expect(error.diagnostics.map(({ code, message, place }) => [code, place?.line, message])).toEqual([
      ['nestml/not-read', 6, 'delayed variables such as x(t - lag) are not read'],
    ]);
  }
});
