/** Gap junctions and graded synapses of LEMS, within populations and between them, in strict conversion for Brian. */

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

test('contacts read what follows what cells had before their step through other variables', async () => {
  const through = (sequence: string): string =>
    chain('pre.shown')
      .replace(
        'derived: { before: { unit: V, value: v } }',
        'derived: { before: { unit: V, value: v }, shown: { unit: V, value: before - 1*mV } }',
      )
      .replace('{ derived: [before] }, { state: [v], events: [spike] }', sequence);
  const { valid } = importModel({
    name: 'm.yaml',
    text: through('{ derived: [before, shown] }, { state: [v], events: [spike] }'),
  });
  const { report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
  expectSameRun(await checkConversion(valid, 'brian-json', { strict: true }), 30);
  const stale = importModel({
    name: 'm.yaml',
    text: through('{ derived: [shown] }, { derived: [before] }, { state: [v], events: [spike] }'),
  });
  expect((await convertModel(stale.valid, 'brian-json', { strict: true })).outcome).toBe('approximate');
});

/** Cells of three populations in contact, as a gap junction and as a graded synapse with a state of its own has it. */
const between = (seen: string): string => `interneuron: 1
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
  rate:
    state: { r: 0.1 }
    inputs: { drive: { unit: "1" } }
    derivatives: { r: (drive - r)/(10*ms) }
    sequence: [{ state: [r] }]
synapses:
  gap:
    derived: { seen: { unit: V, value: ${seen} }, flow: { unit: V/s, value: 50*Hz*(seen - post.v) } }
    contributes: { post.pull: flow }
    sequence: [{ derived: [seen, flow] }]
  graded:
    state: { s: 0 }
    derived: { seen: { unit: V, value: pre.before }, open: { unit: "1", value: 1/(1 + exp((-58*mV - seen)/(2*mV))) }, flow: { unit: V/s, value: 40*Hz*s*(-45*mV - post.v) } }
    derivatives: { s: (open - s)/(5*ms) }
    events: { full: { when: open > 0.9, do: s = open } }
    contributes: { post.pull: flow }
    sequence: [{ derived: [seen, open, flow] }, { state: [s], events: [full] }]
  inhibition: { contributes: { post.drive: 1 - 0.8*pre.r } }
populations:
  first: { type: cell, size: 1, order: 0 }
  second: { type: cell, size: 2, values: { drive: { array: [1, 1.3] } }, order: 1 }
  third: { type: cell, size: 1, values: { drive: 0.5 V/s }, order: 2 }
  above: { type: rate, size: 1, order: 3 }
  below: { type: rate, size: 1, order: 4 }
projections:
  forth: { from: first, to: second, synapse: gap, connect: { rule: list, sources: [0, 0], targets: [0, 1] } }
  back: { from: second, to: first, synapse: gap, connect: { rule: list, sources: [1], targets: [0] } }
  up: { from: second, to: third, synapse: graded, connect: { rule: list, sources: [0], targets: [0] } }
  down: { from: third, to: first, synapse: graded, connect: { rule: list, sources: [0], targets: [0] } }
  over: { from: above, to: below, synapse: inhibition, connect: { rule: list, sources: [0], targets: [0] } }
  under: { from: below, to: above, synapse: inhibition, connect: { rule: list, sources: [0], targets: [0] } }
recordings:
  - { of: { population: second }, events: spike }
  - { of: { population: first }, variables: [v] }
  - { of: { population: third }, variables: [v] }
  - { of: { population: below }, variables: [r] }
  - { of: { projection: up, indices: [0] }, variables: [s, open] }
  - { of: { projection: down, indices: [0] }, variables: [s, open] }
  - { of: { projection: forth, indices: [1] }, variables: [flow] }
experiment: { dt: 0.05 ms, protocol: [{ run: 200 ms }] }
`;

test('contacts between populations read what the other cell showed in its step, and so do recordings of them', async () => {
  const { valid } = importModel({ name: 'model.yaml', text: between('pre.before') });
  const { outcome, report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(outcome, JSON.stringify(report)).toBe('equivalent');
  const check = await checkConversion(valid, 'brian-json', { strict: true });
  expectSameRun(check, 20);
  expect(check.variables?.length).toBe(8);
  // What resets change is read before and after these.
  const reset = importModel({ name: 'model.yaml', text: between('pre.v') });
  const strict = await convertModel(reset.valid, 'brian-json', { strict: true });
  expect(strict.report.filter(({ verdict }) => verdict === 'approximated').map(({ pointer }) => pointer)).toEqual([
    '/projections/forth',
  ]);
});

test('synapses that follow their cells are advanced before these, and what they add is that of the step before', async () => {
  const text = `interneuron: 1
timing: lems-euler
neurons:
  cell:
    state: { v: -65 mV }
    inputs: { pull: { unit: V/s } }
    derivatives: { v: 1.2*V/second + pull - (v + 65*mV)/(20*ms) }
    events: { spike: { when: v > -50*mV, do: v = -68*mV } }
    sequence: [{ state: [v], events: [spike] }]
synapses:
  slow:
    state: { w: 0 }
    derived: { flow: { unit: V/s, value: -0.5*V/s*w } }
    derivatives: { w: ((post.v + 65*mV)/(10*mV) - w)/(5*ms) }
    contributes: { post.pull: flow }
    sequence: [{ derived: [flow] }, { state: [w] }]
populations: { first: { type: cell, size: 1, order: 0 }, second: { type: cell, size: 1, order: 1 } }
projections: { slows: { from: first, to: second, synapse: slow, connect: { rule: list, sources: [0], targets: [0] } } }
recordings: [{ of: { population: second }, events: spike }, { of: { population: second }, variables: [v] }]
experiment: { dt: 0.05 ms, protocol: [{ run: 200 ms }] }
`;
  const { valid } = importModel({ name: 'model.yaml', text });
  const usual = await convertModel(valid, 'brian-json');
  expect(usual.report).toContainEqual(
    expect.objectContaining({ verdict: 'approximated', code: 'brian/parts', pointer: '/projections/slows' }),
  );
  const { report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
  expectSameRun(await checkConversion(valid, 'brian-json', { strict: true }), 3);
});
