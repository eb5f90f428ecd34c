/** Durations as whole steps, and the protocol as a list of steps of a session. */

import { describe, expect, test } from 'vitest';
import { protocolOf } from '../../../src/lower/context/protocol.js';
import { stepsOf } from '../../../src/model/steps.js';
import { lowered } from '../../support/simulate.js';
import '../../../translators/brian/road.js';

describe('steps of a duration', () => {
  // The end counts when it is within 1e-4 of a step, else the step that it falls into is done too (Brian 2,
  // brian2.core.clocks).
  test.each([
    [0, 0],
    [0.001, 10],
    [0.3, 3000],
    [0.1 + 0.2, 3000],
    [0.00015, 2],
    [0.00011, 2],
    [0.000100001, 1],
    [0.00010002, 2],
    [0.0000999999, 1],
    [1000, 10_000_000],
  ])('%f s with a step of 0.1 ms: %i', (seconds, steps) => {
    expect(stepsOf(seconds, 1e-4, 'brian')).toBe(steps);
  });

  // Measured with jNeuroML 0.14: rows of an output file but for the first, with steps of 0.1 ms.
  test.each([
    [0.00101, 10],
    [0.00104, 10],
    [0.00105, 11],
    [0.00106, 11],
    [0.00026, 3],
    [0.000949, 9],
  ])('%f s under lems-euler: %i', (seconds, steps) => expect(stepsOf(seconds, 1e-4, 'lems-euler')).toBe(steps));
});

const model = (protocol: string, timing = 'brian'): string => `
interneuron: 1
name: protocol
neurons: { cell: { parameters: { a: 1 }, state: { v: 0 } } }
populations: { p: { type: cell, size: 2 } }
record: [{ of: p, variables: v, name: trace }]
timing: ${timing}
experiment: { dt: 0.1 ms, protocol: [${protocol}] }
`;

describe('the protocol', () => {
  test.each<[string, unknown[]]>([
    ['run: 1 ms', [{ kind: 'run', steps: 10 }]],
    [
      'run: 1 ms, run: 0.05 ms, run: 0.05 ms',
      [
        { kind: 'run', steps: 10 },
        { kind: 'run', steps: 1 },
        { kind: 'run', steps: 0 },
      ],
    ],
    [
      'run: 1 ms, { runUntil: 3 ms }, { run: 1 ms }',
      [
        { kind: 'run', steps: 10 },
        { kind: 'run', steps: 20 },
        { kind: 'run', steps: 10 },
      ],
    ],
    [
      '{ set: { p.v: 2 } }, run: 1 ms, { set: { p.a: 2, p.v: a } }',
      [
        { kind: 'call', procedure: 'phase 0' },
        { kind: 'run', steps: 10 },
        { kind: 'call', procedure: 'phase 2' },
      ],
    ],
    [
      '{ record: trace, on: false }, run: 1 ms, { record: trace, on: true }',
      [
        { kind: 'record', recording: 'trace', on: false },
        { kind: 'run', steps: 10 },
        { kind: 'record', recording: 'trace', on: true },
      ],
    ],
  ])('%s', (protocol, steps) => {
    const text = model(
      protocol
        .split(/, (?=run:|\{)/)
        .map((phase) => (phase.startsWith('{') ? phase : `{ ${phase} }`))
        .join(', '),
    );
    const { valid, program } = lowered(text);
    expect(
      protocolOf(valid, program).map((step) =>
        step.kind === 'call' ? { ...step, procedure: step.procedure.replace(/[.\s]/g, ' ') } : step,
      ),
    ).toEqual(steps);
  });

  test('a sum of many short runs is as long as their sum', () => {
    const { valid, program } = lowered(model(Array.from({ length: 30 }, () => '{ run: 0.03 ms }').join(', ')));
    const steps = protocolOf(valid, program).reduce((sum, step) => sum + (step.kind === 'run' ? step.steps : 0), 0);
    expect(steps).toBe(9);
  });

  test('profiles that label samples by the end of a step begin with a sample of the initial state', () => {
    const { valid, program } = lowered(model('{ run: 1 ms }', 'grid'));
    expect(protocolOf(valid, program)[0]).toMatchObject({ kind: 'call' });
  });
});
