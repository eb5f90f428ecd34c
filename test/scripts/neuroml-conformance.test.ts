import { describe, expect, test } from 'vitest';

import {
  agrees,
  agreesRoughly,
  conformanceTable,
  observables,
  readColumns,
  readEvents,
  spikeTimes,
} from '../../scripts/neuroml-conformance.mjs';

describe('times in a trace', () => {
  const times = [0, 1, 2, 3, 4, 5, 6, 7];

  test.each([
    ['the row after each crossing upwards', [-1, 1, 2, -1, -2, 3, 4, 5], 0, [1, 5]],
    ['a value on the threshold is below it', [-1, 0, 1, 0, -1, -1, -1, -1], 0, [2]],
    ['a trace that starts above it has not crossed', [1, 1, 1, -1, -1, -1, -1, 1], 0, [7]],
    ['none', [0, 0, 0, 0, 0, 0, 0, 0], 0, []],
  ] as const)('threshold: %s', (_, values, threshold, expected) => {
    expect(spikeTimes(times, values, 'threshold', threshold)).toEqual(expected);
  });

  test.each([
    ['each local maximum', [0, 2, 1, 0, 3, 1, 1, 0], [1, 4]],
    ['the first row of a level top', [0, 2, 2, 1, 0, 0, 0, 0], [1]],
    ['not at either end', [3, 2, 1, 0, 1, 2, 3, 4], []],
  ] as const)('derivative: %s', (_, values, expected) => {
    expect(spikeTimes(times, values, 'derivative', 0)).toEqual(expected);
  });
});

test('columns are scaled', () => {
  expect(readColumns('0.0\t-0.065\t1.0\t\n5.0E-5\t0.02\t2.0\t\n', [0, 1], [1000, 1000])).toEqual({
    times: [0, 0.05],
    values: [-65, 20],
  });
});

test.each([
  ['ID_TIME', '0\t0.075\n1\t0.08\n0\t0.15\n'],
  ['TIME_ID', '0.075\t0\n0.08\t1\n0.15\t0\n'],
])('events of one id: %s', (format, text) => {
  expect(readEvents(text, format, '0')).toEqual([0.075, 0.15]);
});

describe('agreement', () => {
  test.each([
    ['equal', [100, 200], [100, 200], 0, true, 0],
    ['within the absolute tolerance', [100 + 9e-9], [100], 0, true, 9e-11],
    ['beyond it', [100 + 2e-8], [100], 0, false, 2e-10],
    ['within the relative tolerance', [100.36], [100], 0.0037, true, 0.0036],
    ['beyond it', [100.38], [100], 0.0037, false, 0.0038],
    ['one missing', [100], [100, 200], 0.1, false, 0],
    ['one too many', [100, 200], [100], 0.1, false, 0],
    ['none', [], [], 0, true, 0],
  ] as const)('%s', (_, observed, expected, tolerance, passed, worst) => {
    const found = agrees(observed, expected, tolerance);
    expect(found.passed).toBe(passed);
    expect(found.worst).toBeCloseTo(worst, 12);
  });

  test.each([
    ['within 1 %', [100.9, 202], [100, 200], 300, true],
    ['beyond it', [101.1, 200], [100, 200], 300, false],
    ['a spike missing in the last 2 %', [100], [100, 298], 300, true],
    ['a spike added in the last 2 %', [100, 295], [100], 300, true],
    ['a spike missing before', [100], [100, 290], 300, false],
  ] as const)('of an accurate solution: %s', (_, observed, expected, end, passed) => {
    expect(agreesRoughly(observed, expected, end).passed).toBe(passed);
  });
});

const testFile = `
target: ../model.xml
engine: jNeuroML
mep: .test.mep
experiments:
  v:
    observables:
      spike times:
        file:
          path: ../results/v.dat
          columns: [0, 2]
          scaling: [1000, 1000]
        spike detection:
          method: threshold
          threshold: -20
        tolerance: 0.001
  input:
    observables:
      spike times:
        spiketimes file: { path: ../results/input.spikes, format: ID_TIME, id: 0 }
        tolerance: 0
  rate:
    observables:
      spike rate:
        spiketimes file: { path: ../results/input.spikes, format: ID_TIME, id: 0 }
        tolerance: 0
`;
const expectations = `
system: example
experiments:
  v: { expected: { spike times: [10, 20.5] } }
  input: { expected: { spike times: [0.075] } }
  rate: { expected: { spike rate: 13.3 } }
`;

test('reads the observables that a model-validation file publishes', () => {
  expect(observables(testFile, expectations)).toEqual([
    {
      target: '../model.xml',
      name: 'v',
      path: '../results/v.dat',
      columns: [0, 2],
      scaling: [1000, 1000],
      method: 'threshold',
      threshold: -20,
      tolerance: 0.001,
      expected: [10, 20.5],
    },
    {
      target: '../model.xml',
      name: 'input',
      path: '../results/input.spikes',
      method: 'events',
      format: 'ID_TIME',
      id: '0',
      tolerance: 0,
      expected: [0.075],
    },
  ]);
});

test('the table counts agreement and names each difference', () => {
  const [v, input] = observables(testFile, expectations);
  const table = conformanceTable({
    rows: [
      {
        model: 'examples/model.xml',
        observable: v!,
        euler: { found: [10, 20.5], passed: true, worst: 0 },
        grid: { found: [10, 25], passed: false, worst: 0.22 },
      },
      {
        model: 'examples/model.xml',
        observable: input!,
        euler: null,
        grid: { found: [0.075], passed: true, worst: 0 },
      },
    ],
    runs: [
      { model: 'examples/model.xml', timing: 'lems-euler', failure: null },
      { model: 'examples/model.xml', timing: 'grid', failure: 'error: a | b' },
    ],
    lemsRuns: [{ model: 'example1.xml', timing: 'lems-euler', failure: null }],
    documents: [
      { document: 'examples/a.nml', valid: null, converted: null, ran: null },
      { document: 'examples/b.xml', valid: null, converted: null, ran: 'error: cells with compartments' },
      { document: 'examples/d.nml', valid: null, converted: 'parts of models only', ran: null },
      { document: 'examples/c.nml', valid: 'error: x', converted: 'error: x', ran: null },
    ],
    revision: 'abc',
  });
  expect(table).toContain('`lems-euler`: 1 of 2 observables agree (3 spike times)');
  expect(table).toContain('`grid`: 1 of 2 agree');
  expect(table).toContain('1 of 2 runs completed');
  expect(table).toContain('| model.xml | v | 10, 20.5 | 1.0e-3 | 10, 20.5 | 0.0e+0 | yes | 10, 25 | 2.2e-1 | **no** |');
  expect(table).toContain('| model.xml | input | 0.075 | 0 | no file |  | **no** | 0.075 | 0.0e+0 | yes |');
  expect(table).toContain('| model.xml | ran | error: a \\| b |');
  expect(table).toContain("LEMS's own examples: 1 of 1 runs completed");
  expect(table).toContain('| example1.xml | ran |');
  expect(table).toContain('3 of 4 documents are valid, and converted if they contain a model');
  expect(table).toContain('| a.nml | yes | yes | no simulation |');
  expect(table).toContain('| b.xml | yes | yes | error: cells with compartments |');
  expect(table).toContain('| c.nml | error: x | error: x | no simulation |');
});
