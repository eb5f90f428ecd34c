/** Conditions on synapses, which Brian's synapses do not test, as code that runs in each step. */

import { expect, it } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import '../../../translators/brian/road.js';
import '../../../translators/neuroml/road.js';

it('the condition of a graded synapse sets its variable in each step', async () => {
  const { valid } = importModel(readSource('fixtures/neuroml/contacts.xml'));
  const { files, outcome } = await convertModel(valid, 'brian', { name: 'contacts.py' });
  expect(outcome).toBe('not measured');
  expect(files[0]?.text).toContain(`plain_plain_graded.run_regularly(
    "s = int(1 - inf_ < 0.0001)*inf_ + int(1 - inf_ >= 0.0001)*s",
    when="after_groups",`);
});

it('a condition that must begin to hold is refused', async () => {
  const text = `
interneuron: 1
neurons: { cell: { state: { v: { unit: mV } }, derivatives: { v: 1*mV/ms } } }
synapses:
  gate:
    state: { s: {} }
    events: { open: { when: pre.v > 1*mV, edge: rising, do: [s = 1] } }
populations: { p: { type: cell, size: 2 } }
projections: { c: { from: p, to: p, synapse: gate, connect: { rule: all } } }
timing: lems-euler
experiment: { dt: 0.1 ms, protocol: [{ run: 1 ms }] }
`;
  const { report } = await convertModel(importModel({ name: 'm.yaml', text }).valid, 'brian-json');
  expect(report.map(({ code }) => code)).toContain('brian/synapse-events');
});
