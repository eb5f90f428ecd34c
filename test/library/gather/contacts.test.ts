/** Gap junctions and graded synapses within populations of LEMS, in strict conversion for Brian. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel, readSource } from '../../../src/run/pipeline.js';
import { root } from '../../support/import-graph.js';
import { expectSameRun } from '../../support/same-run.js';

test.each(['contacts.xml', 'self-contacts.xml'])('cells follow one another as in LEMS: %s', async (file) => {
  const { valid } = importModel(readSource(join(root, 'fixtures/neuroml', file)));
  const { outcome, report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(outcome, JSON.stringify(report)).toBe('equivalent');
  const check = await checkConversion(valid, 'brian-json', { strict: true });
  expectSameRun(check, 0);
  expect(check.variables?.length).toBeGreaterThan(1);
});

/** Three cells in contact, one of which reads another one that has been advanced in the same step. */
const chain = (seen: string): string => `interneuron: 1
timing: lems-euler
neurons:
  cell:
    parameters: { drive: 1.2 V/s }
    state: { v: -65 mV }
    inputs: { pull: { unit: V/s } }
    derived: { before: { unit: V, value: v } }
    derivatives: { v: drive + pull - (v + 65*mV)/(20*ms) }
    events: { spike: { when: v > -50*mV, do: v = -68*mV } }
    sequence: [{ derived: [before] }, { state: [v], events: [spike] }]
synapses:
  gap: { parameters: { k: 50 Hz }, contributes: { post.pull: k*(${seen} - post.v) } }
populations: { cells: { type: cell, size: 3, values: { drive: { array: [1, 1.3, 1.7] } } } }
projections:
  gaps: { from: cells, to: cells, synapse: gap, connect: { rule: list, sources: [0, 1, 2, 2], targets: [1, 0, 1, 0] } }
recordings: [{ of: { population: cells }, events: spike }, { of: { population: cells }, variables: [v] }]
experiment: { dt: 0.05 ms, protocol: [{ run: 500 ms }] }
`;

test('contacts read what cells had before their step; what they have after it stays approximate', async () => {
  const before = importModel({ name: 'model.yaml', text: chain('pre.before') });
  const { report } = await convertModel(before.valid, 'brian-json', { strict: true });
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
  expectSameRun(await checkConversion(before.valid, 'brian-json', { strict: true }), 30);
  const after = importModel({ name: 'model.yaml', text: chain('pre.v') });
  const strict = await convertModel(after.valid, 'brian-json', { strict: true });
  expect(strict.report).toContainEqual(
    expect.objectContaining({ verdict: 'approximated', code: 'brian/contributes', pointer: '/projections/gaps' }),
  );
});
