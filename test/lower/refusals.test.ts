/** Unsupported features are rejected by name; no feature is ignored silently. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refused, simulate } from '../support/simulate.js';
import '../../translators/brian/road.js';

interface Parts {
  readonly cell?: string;
  readonly synapse?: string;
  readonly populations?: string;
  readonly projection?: string;
  readonly more?: string;
  readonly timing?: string;
  readonly protocol?: string;
}

const model = (parts: Parts): string => `
interneuron: 1
name: refusals
neurons:
  cell: { ${parts.cell ?? 'state: { v: 0, x: 0 }, events: { spike: { when: v > 1 } }'} }
synapses:
  s: { ${parts.synapse ?? 'parameters: { w: 1 }, pathways: { pre: { on: pre.spike, delay: 1 ms, do: post.v += w } }'} }
populations: { a: { type: cell, size: 4${parts.populations ?? ''} }, b: { type: cell, size: 4 } }
projections: { p: { ${parts.projection ?? 'from: a, to: b, synapse: s, connect: all'} } }
${parts.more ?? ''}
timing: ${parts.timing ?? 'grid'}
experiment: { dt: 0.1 ms, protocol: [${parts.protocol ?? '{ run: 1 ms }'}] }
`;

test('the model without anything special is accepted', () => {
  expect(refused(model({}))).toEqual([]);
});

const delay = (text: string): Parts => ({
  projection: `from: a, to: b, synapse: s, connect: all, delays: { pre: "${text}" }`,
});

test.each<[string, string, Parts]>([
  [
    'lower/unsupported-feature',
    'an integration method (rk4 of cell) under the timing profile lems-euler',
    {
      cell: 'method: rk4, state: { v: 0 }, derivatives: { v: "-v/ms" }, events: { spike: { when: v > 1 } }',
      timing: 'lems-euler',
    },
  ],
  [
    'lower/unsupported-feature',
    'an event whose actions come before its test (cell.spike: slot thresholds, actionSlot groups)',
    { cell: 'state: { v: 0, x: 0 }, events: { spike: { when: v > 1, do: v = 0, actionSlot: groups } }' },
  ],
  [
    'lower/unsupported-feature',
    'an event whose actions come before its test (cell.spike: slot end, actionSlot resets)',
    { cell: 'state: { v: 0, x: 0 }, events: { spike: { when: v > 1, do: v = 0, slot: end } }' },
  ],
  [
    'lower/unsupported-feature',
    'a delay of zero of projection p, which acts in the slot resets on an event that comes no earlier ' +
      '(spike in the slot end),',
    {
      cell: 'state: { v: 0 }, events: { spike: { when: v > 1, slot: end } }',
      synapse: 'pathways: { pre: { on: pre.spike, delay: 0 ms, do: post.v += 1.0, slot: resets } }',
    },
  ],
  [
    'lower/unsupported-feature',
    'a population with its own clock (a, b) beside others of its type cell with another',
    { populations: ', clock: slow', more: 'clocks: { slow: 1 ms }', timing: 'brian' },
  ],
  [
    'draw/unsupported-feature',
    'the structure of a, which has no finite place for each element,',
    { populations: ', positions: { structure: line, arguments: { dx: 1e303 m } }' },
  ],
  [
    'lower/unsupported-feature',
    'several connection rules of which one runs over targets (projection p)',
    {
      projection:
        'from: a, to: b, synapse: s, connect: [all, { rule: generator, outer: post, index: k, variable: k, ' +
        'range: { to: 2 } }]',
    },
  ],
  [
    'lower/unsupported-feature',
    'a sum (post.x of projection p) that reads pre.x, which sums write,',
    { synapse: 'summed: { post.x: pre.x + 1 }', projection: 'from: a, to: a, synapse: s, connect: all' },
  ],
  [
    'lower/unsupported-feature',
    'recording all synapses of projection p, whose number is drawn,',
    {
      projection: 'from: a, to: b, synapse: s, connect: { rule: pairs, p: 0.5 }',
      more: 'record: [{ of: p, variables: w }]',
    },
  ],
  [
    'lower/unsupported-feature',
    'recording variables at an event before it is tested for (r: slot before_thresholds, order 0)',
    { more: 'record: [{ of: a, events: spike, variables: [v], slot: before_thresholds, name: r }]' },
  ],
  [
    'lower/unsupported-feature',
    'changing delays of projection p that depend on d, which phases set,',
    {
      synapse: 'parameters: { d: 1 ms }, pathways: { pre: { on: pre.spike, delay: d, do: post.v += 1.0 } }',
      projection: 'from: a, to: b, synapse: s, connect: all, values: { d: "uniform(1*ms, 2*ms)" }',
      protocol:
        '{ run: 1 ms }, { set: { p.d: 2 ms } }, { delays: { p.pre: "d + uniform(1*ms, 2*ms)" } }, { run: 1 ms }',
    },
  ],
  [
    'lower/method-refused',
    'the integration method exact',
    { cell: 'state: { v: 0 }, derivatives: { v: -v*v/ms }, method: exact, events: { spike: { when: v > 1 } }' },
  ],
  [
    'lower/method-refused',
    'several events freeze variables of it',
    {
      cell:
        'state: { v: 0, x: 0 }, derivatives: { v: 1/ms, x: 1/ms }, method: exact, events: { spike: { when: v > 1, ' +
        'refractory: { for: 1 ms, rate: [v] } }, other: { when: x > 2, refractory: { for: 1 ms, rate: [x] } } }',
    },
  ],
  [
    'lower/no-positions',
    'the elements of a have no positions',
    { projection: 'from: a, to: b, synapse: s, connect: { rule: probability, p: 0.5, condition: distance < 1*um }' },
  ],
  [
    'lower/no-positions',
    'the elements of a have no positions',
    { cell: 'state: { v: y/um }, events: { spike: { when: v > 1 } }' },
  ],
  [
    'draw/unsupported-feature',
    'a grid of 4 elements with 3 columns (population a)',
    { populations: ', positions: { structure: grid2D, arguments: { aspectRatio: 2 } }' },
  ],
  [
    'lower/unsupported-feature',
    'several connection rules of which one fixes numbers or is between selections (projection p)',
    { projection: 'from: a, to: b, synapse: s, connect: [all, { rule: fixedOutDegree, n: 1 }]' },
  ],
  [
    'lower/unsupported-feature',
    'a number of connections that reads j, of the other end (projection p),',
    { projection: 'from: a, to: b, synapse: s, connect: { rule: fixedOutDegree, n: j }' },
  ],
  [
    'lower/wrong-number-of-values',
    'w of projection p must have one value for each synapse',
    {
      projection:
        'from: a, to: b, synapse: s, connect: { rule: list, pairs: [[0, 1], [1, 1]] }, values: { w: [1, 2, 3] }',
    },
  ],
  ['lower/unbounded-delay', 'the delays of projection p have no upper bound', delay('gamma(2, 1*ms)')],
  ['lower/unbounded-delay', 'the delays of projection p have no upper bound', delay('-log(uniform())*ms')],
  ['lower/delay-may-be-negative', 'a delay of projection p can be negative', delay('normal(1*ms, 0.5*ms)')],
  ['lower/delay-may-be-negative', 'a delay of projection p can be negative', delay('(i - 1)*ms')],
  [
    'lower/unsupported-feature',
    'delays of projection p that range over 50001 steps, from so many elements,',
    { ...delay('uniform(0.1*ms, 5000.1*ms)'), populations: '0000' },
  ],
  ['lower/delay-too-long', 'a delay of projection p may be 70000 steps long', delay('7 s')],
  ['lower/zero-delay', 'a delay of projection p rounds to zero steps', delay('uniform(0*ms, 1*ms)')],
  [
    'lower/not-a-whole-number-of-steps',
    'the interval of o',
    { more: 'operations: { o: { on: a, do: v += 1.0, every: 0.25 ms } }' },
  ],
  [
    'lower/period-too-long',
    'the interval of o is too long',
    { more: 'operations: { o: { on: a, do: v += 1.0, every: 1e12 s } }' },
  ],
  [
    'lower/not-a-whole-number-of-steps',
    'the sampling interval of r',
    { more: 'record: [{ of: a, variables: v, every: 0.17 ms, name: r }]' },
  ],
])('%s: %s', (code, sentence, parts) => {
  const found = refused(model(parts));
  expect(found.length).toBeGreaterThan(0);
  expect(
    found.some((text) => text.startsWith(`${code}: `) && text.includes(sentence)),
    found.join('\n'),
  ).toBe(true);
});

test('all obstacles are reported at once', () => {
  const found = refused(
    model({
      cell: 'method: rk4, state: { v: 0 }, derivatives: { v: "-v/ms" }, events: { spike: { when: v > 1 } }',
      synapse: 'ports: { g: "1" }, pathways: { pre: { on: pre.spike, do: "send(g, 1, 1*ms)" } }',
      projection: 'from: a, to: b, synapse: s, connect: all, receptors: { g: v }',
      timing: 'lems-euler',
    }),
  );
  expect(found).toHaveLength(2);
});

describe('replayed spikes', () => {
  const replay = (spikes: string): string => `
interneuron: 1
name: replay
populations: { s: { size: 3, spikes: ${spikes} } }
timing: brian
experiment: { dt: 0.1 ms, duration: 1 ms }
`;
  test.each([
    ['lower/two-spikes-in-one-step', '{ indices: [1, 1], times: [0.21 ms, 0.24 ms] }'],
    ['lower/not-a-whole-number-of-steps', '{ indices: [1], times: [0.21 ms], period: 0.55 ms }'],
    ['lower/unsupported-feature', '{ file: spikes.h5 }'],
  ])('%s for %s', (code, spikes) => {
    expect(refused(replay(spikes)).map((text) => text.split(':')[0])).toEqual([code]);
  });
});

// --- The hard cases of the model ------------------------------------------------------------------------------------
/** The diagnostic of each; absent: it runs. */
const hard: Readonly<Record<string, RegExp>> = {
  'assemblies-noise': /a delay of projection ring rounds to zero steps/,
  'dendritic-spikes': /a delay of projection among rounds to zero steps/,
  'onto-synapses': /synapses of synapses, whose number is drawn/,
  'recorded-synapses': /a delay of projection feed rounds to zero steps/,
  'replayed-spikes': /the data with this digest is missing/,
};

describe('the hard cases run, or give the reason why not', () => {
  const folder = 'fixtures/model/hard';
  test.each(
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => name.replace('.yaml', '')),
  )('%s', async (name) => {
    const text = readFileSync(`${folder}/${name}.yaml`, 'utf8');
    const expected = hard[name];
    const found = refused(text);
    if (expected === undefined) {
      expect(found).toEqual([]);
      expect((await simulate(text, { steps: 30 })).faults).toEqual([]);
    } else {
      expect(found.join('\n')).toMatch(expected);
    }
  });
});

test('one of each kind is refused, with the number of the others', () => {
  const cell = 'method: rk4, state: { v: 0 }, derivatives: { v: "-v/ms" }, events: { spike: { when: v > 1 } }';
  const text = model({ cell, timing: 'lems-euler' }).replace('synapses:', `  other: { ${cell} }\nsynapses:`);
  expect(refused(text)).toEqual([
    'lower/unsupported-feature: an integration method (rk4 of cell) under the timing profile lems-euler and 1 more like ' +
      'it cannot be run yet',
  ]);
});
