/** Spike ports in equations: trains of Dirac pulses, which make a variable jump by the factor of the port. */

import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';
import '../../../translators/nestml/road.js';

/** Returns a model of `V` and `x` with equations, which receives a spike of weight 2 at 6 ms. */
const network = (equations: string, blocks = '', dt = '0.1 ms'): string =>
  JSON.stringify({
    interneuron: 1,
    neurons: {
      cell: {
        nestml: `model cell:
    state:
        V mV = 0 mV
        x mV = 1 mV
        seen mV = 0 mV
    equations:
${equations
  .split('\n')
  .map((line) => `        ${line}\n`)
  .join('')}
    parameters:
        tau ms = 10 ms
        u mV = 1 mV
    input:
        spikes <- spike
    update:
        integrate_odes()
        seen = max(seen, V)
${blocks}`,
      },
    },
    synapses: {
      add: { parameters: { weight: 2 }, ports: { target: '1' }, pathways: { pre: { do: ['target += weight'] } } },
    },
    populations: {
      cell: { type: 'cell', size: 1 },
      source: { size: 1, spikes: { indices: [0], times: { array: [5], unit: 'ms' } } },
    },
    projections: {
      input: { from: 'source', to: 'cell', synapse: 'add', connect: 'all', receptor: 'spikes', delay: '1 ms' },
    },
    record: [{ of: 'cell', variables: ['V', 'seen'] }],
    timing: 'grid',
    experiment: { dt, duration: '20 ms' },
  });

/** Returns `V` at the end and its highest value after an integration, in mV. */
async function endOf(text: string): Promise<readonly [v: number, seen: number]> {
  const session = openModel(importModel({ name: 'network.json', text }));
  await session.run();
  const read = async (name: string): Promise<number> => 1000 * Number((await session.read('cell', name))[0]);
  const values = [await read('V'), await read('seen')] as const;
  await session.dispose();
  return values;
}

const { exp } = Math;
const decayed = 2 * exp(-1.4);

test.each([
  ['in an equation', "V' = -V / tau + u * spikes", '', decayed, 2],
  ['in an inline expression', "inline drive mV/ms = u * spikes\nV' = -V / tau + drive", '', decayed, 2],
  [
    'behind two inline expressions',
    "inline a real = 2\ninline b mV/s = u * spikes\ninline c mV/s = a * b / 2\nV' = c - V / tau",
    '',
    decayed,
    2,
  ],
  ['as a delta kernel', "kernel K = delta(t)\nV' = -V / tau + u * convolve(K, spikes) / ms", '', decayed, 2],
  [
    'as a delta kernel in an inline expression',
    "kernel K = delta(t)\nrecordable inline drive mV = u * convolve(K, spikes)\nV' = -V / tau + drive / (1 ms)",
    '',
    decayed,
    2,
  ],
  [
    'in code',
    "V' = -V / tau",
    '    onReceive(spikes):\n        V += u * spikes * 1 s\n        x = 0 mV\n',
    decayed,
    decayed * exp(1.39),
  ],
  [
    'with code of the port, which sees the jump',
    "V' = -V / tau + u * spikes",
    '    onReceive(spikes):\n        V = V / 2\n',
    decayed / 2,
    2,
  ],
  ['in a nonlinear equation', "V' = -V * V / (tau * 1 mV) + u * spikes", '', 1 / (0.5 + 1.4), 2],
  [
    'times a variable of another equation',
    "x' = -x / tau + u * spikes\nV' = -V / tau + x * spikes",
    '',
    2 * exp(-2),
    2 * exp(-0.6),
  ],
  ['of both signs', "V' = -V / tau + (3 * u * spikes - u * spikes)", '', 2 * decayed, 4],
] as const)('%s', async (_, equations, blocks, expected, highest) => {
  const isNonlinear = equations.includes('V * V');
  for (const dt of ['0.1 ms', '0.05 ms', '1 ms']) {
    const [v, seen] = await endOf(network(equations, blocks, dt));
    expect(v / expected, dt).toBeCloseTo(1, isNonlinear ? 4 : 12);
    if (dt === '0.1 ms') expect(seen / highest).toBeCloseTo(1, 12);
  }
});

test.each([
  ['in a power', "V' = -V / tau + u * spikes**2 * 1 s", '', 'nestml/kernel 7:9'],
  ['in a function', "V' = -V / tau + u * exp(spikes * 1 s) / ms", '', 'nestml/kernel 7:9'],
  [
    'in an inline expression that code reads',
    "inline drive mV/s = u * spikes\nV' = -V / tau + drive",
    '    onCondition(drive > 0 mV/s):\n        V = 0 mV\n',
    'nestml/pulse 18:17',
  ],
  ['in an internal value', "V' = -V / tau", '    internals:\n        I mV/s = u * spikes\n', 'nestml/pulse 18:9'],
] as const)('is refused %s', (_, equations, blocks, expected) => {
  try {
    importModel({ name: 'network.json', text: network(equations, blocks) });
    expect.fail('it was read');
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const errors = error.diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`)).toEqual([expected]);
  }
});
