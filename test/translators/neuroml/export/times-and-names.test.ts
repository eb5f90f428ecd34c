/** Ports and delays of connections in LEMS. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { convertModel } from '../../../../src/convert/convert.js';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import '../../../../translators/brian/road.js';
import '../../../../translators/neuroml/road.js';

test('connections name the port of spikes if the reference interpreter would take another one', async () => {
  const cell = (events: string): string =>
    `{ method: euler, state: { c: 0, x: 0 }, derivatives: { c: 1/ms, x: 0.7/ms }, events: { ${events} } }`;
  const { valid } = importModel({
    name: 'm.yaml',
    text: `interneuron: 1
name: m
timing: grid
neurons:
  first: ${cell('spike: { when: c > 1, do: [c = 0], order: 0 }, other: { when: x > 1, do: [x = 0], order: 1 }')}
  second: ${cell('other: { when: x > 1, do: [x = 0], order: 0 }, spike: { when: c > 1, do: [c = 0], order: 1 }')}
  both: ${cell('spike: { when: c > 1, do: [c = 0], order: 0 }, more: { when: x > 1, do: [x = 0], order: 1, emits: spike }')}
  target: { state: { g: 0 }, derivatives: { g: -g/ms } }
synapses: { s: { pathways: { pre: { on: pre.spike, delay: 1 ms, do: [port += 1] } } } }
populations: { a: { type: first, size: 1 }, b: { type: second, size: 1 }, c: { type: both, size: 1 }, r: { type: target, size: 1 } }
projections:
  ar: { from: a, to: r, synapse: s, receptor: g, connect: all }
  br: { from: b, to: r, synapse: s, receptor: g, connect: all }
  cr: { from: c, to: r, synapse: s, receptor: g, connect: all }
experiment: { dt: 0.1 ms, protocol: [ run: 2 ms ] }
`,
  });
  const { files } = await convertModel(valid, 'lems');
  const connections = (files[0]?.text ?? '').match(/preCellId="[^/]*\/\w+|sourcePort="spike"/g);
  expect(connections).toEqual([
    'preCellId="../a',
    'preCellId="../b',
    'sourcePort="spike"',
    'preCellId="../c',
    'sourcePort="spike"',
  ]);
  // Without the name, no spike would arrive there.
  const unnamed = importModel({ name: 'm.xml', text: (files[0]?.text ?? '').replace(/ sourcePort="\w+"/g, '') });
  expect(unnamed.diagnostics.map(({ code }) => code)).toContain('neuroml/port-of-several-actions');
});

test('reports say that a delay after spikes of the target is left out', async () => {
  const { valid } = importModel({ name: 'm.yaml', text: readFileSync('fixtures/brian/delays-small.yaml', 'utf8') });
  const { report } = await convertModel(valid, 'lems');
  expect(report).toContainEqual(
    expect.objectContaining({
      code: 'lems/delay-before',
      pointer: '/projections/S',
      message: expect.stringContaining('act on spikes of their target at once'),
    }),
  );
});
