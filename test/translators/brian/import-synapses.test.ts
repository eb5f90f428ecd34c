import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { check, document, findings, type Loose } from './support.js';

const groups = `
neuron_groups:
  A: { N: 6, model: "dv/dt = -v/ms : 1\\nx : 1", threshold: v > 1, events: { e: { condition: v > 2 } } }
  B: { N: 4, model: "dv/dt = -v/ms : 1\\ng : siemens\\ny : 1", threshold: v > 1, refractory: 1 ms }
spike_generators:
  C: { N: 4, indices: [0], times: [0 ms] }
`;

/** Type and projection of synapses from A to B with the given lines; connected all to all without a `connect` line. */
function synapses(lines: string, { source = 'A', target = 'B', rest = '' } = {}): { type: Loose; projection: Loose } {
  const connect = /^connect:/m.test(lines) ? '' : 'connect: true\n';
  const text = brian(
    `${rest}\n${groups}\nsynapses:\n  S:\n    source: ${source}\n    target: ` +
      `${target}\n${`${connect}${lines}`.replace(/^/gm, '    ')}\nrun: 1 ms`,
  );
  const { synapses: types, projections } = document(text);
  return { type: types.S, projection: projections.S };
}

describe('names in synaptic code', () => {
  test.each([
    ['a synaptic variable', 'w += 1', 'w += 1'],
    ['a variable of the target, with its suffix', 'v_post += w', 'post.v += w'],
    ['a variable of the target, without', 'v += w', 'post.v += w'],
    ['a variable of the source', 'x_pre += w', 'pre.x += w'],
    ['a constant that only looks like one of the source', 'v += tau_pre/ms', 'post.v += tau_pre/ms'],
    ['the indices', 'v += i + j + i_pre + j + N_pre + N_post', 'post.v += i + j + i + j + N_pre + N_post'],
    ['times', 'v += t/ms + dt/ms', 'post.v += t/ms + dt/ms'],
    [
      'the refractory mechanism of an end',
      'w = int(not_refractory_post)*lastspike_post/ms',
      'w = int(post.not_refractory)*post.lastspike/ms',
    ],
  ])('%s', (_, code, canonical) => {
    const { type } = synapses(`model: "w : 1"\non_pre: ${code}`, { rest: 'namespace: { tau_pre: 3 ms }' });
    expect(type.pathways.pre.do).toEqual([canonical]);
  });

  test('constants become shared parameters of the synapse type', () => {
    const { type } = synapses('on_pre: g += w', { rest: 'namespace: { w: 2 nS }' });
    expect(type.parameters).toEqual({ w: { unit: 'S', value: 2e-9, shared: true } });
  });
});

describe('equations', () => {
  test('event-driven and clock-driven', () => {
    const { type } = synapses(
      'model: |\n  da/dt = -a/ms : 1 (event-driven)\n  db/dt = -b/ms : 1 (clock-driven)\non_pre: a += 1',
    );
    expect(type.derivatives).toEqual({ a: { rate: '-a/ms', eventDriven: true }, b: { rate: '-b/ms' } });
  });

  test('a summed variable is the sum of its expression over synapses', () => {
    const { type } = synapses('model: |\n  w : 1\n  y_post = w*x_pre : 1 (summed)');
    expect(type.summed).toEqual({ 'post.y': 'w*pre.x' });
    expect(type.parameters).toEqual({ w: { unit: '1', value: 0 } });
  });

  test('slot and order of a summed variable', () => {
    const { type } = synapses(
      'model: "y_post = x_pre : 1 (summed)"\nsummed_updaters: { y_post: { when: after_groups, order: 2 } }',
    );
    expect(type.sumSlots).toEqual({ 'post.y': { slot: 'after_groups', order: 2 } });
  });

  test('a slice that is all of the group is a part of it: its sums come an order later than sums of the group', () => {
    const { type, projection } = synapses('model: "y_post = x_pre : 1 (summed)"', { target: '"B[:]"' });
    expect(projection.to).toEqual({ of: { population: 'B' } });
    expect(type.sumSlots).toEqual({ 'post.y': { order: 0 } });
  });

  test("lastupdate is defined for event-driven variables, and else a parameter of the user's own", () => {
    expect(
      synapses('model: "da/dt = -a/ms : 1 (event-driven)"\non_pre: a = lastupdate/ms').type.pathways.pre.do,
    ).toEqual(['a = lastupdate/ms']);
  });
});

describe('subexpressions of variables that code writes', () => {
  const model = 'model: "a : 1\\nw : 1\\nq = 2*a : 1\\nr = q + 1 : 1"';
  test.each([
    ['are computed when the code begins', 'a += 1; w = r', ['r_before = r', 'a += 1', 'w = r_before']],
    ['are read where they are while nothing has changed', 'w = r; a += 1', ['w = r', 'a += 1']],
    ['of the target, too', 'v += 1; w = z_post', ['z_post_before = post.z', 'post.v += 1', 'w = z_post_before']],
  ])('%s', (_, code, canonical) => {
    const at = groups.replace('y : 1"', 'y : 1\\nz = 2*v : 1"');
    const text = brian(
      `${at}\nsynapses: { S: { source: A, target: B, ${model}, on_pre: "${code}", connect: true } }\nrun: 1 ms`,
    );
    expect(document(text).synapses.S.pathways.pre.do).toEqual(canonical);
  });

  test('of event-driven variables are a warning', () => {
    const own = 'model: "da/dt = -a/ms : 1 (event-driven)\\nq = 2*a : 1"';
    const text = `${groups}\nsynapses: { S: { source: A, target: B, ${own}, on_pre: v += q, connect: true } }\nrun: 1 ms`;
    expect(findings(brian(text)).map((each) => each.split('@')[0])).toEqual(['brian/read-before-update']);
  });

  test('of neurons are computed once if no later statement writes their variables', () => {
    const neuron = (reset: string): Loose =>
      document(
        brian(
          `neuron_groups: { A: { N: 1, model: "v : 1\\nx : 1\\nq = 2*v : 1", threshold: v > 1, reset: "${reset}" } }\nrun: 1 ms`,
        ),
      ).neurons.A.events.spike.do;
    expect(neuron('v = q; x = q')).toEqual(['q_before = 2*v', 'v = q_before', 'x = q_before']);
    expect(neuron('x = q; v = 0; x = q')).toEqual(['x = q', 'v = 0', 'x = q']);
  });
});

describe('pathways', () => {
  test('on_pre and on_post listen to the spikes of their side', () => {
    const { type } = synapses('model: "w : 1"\non_pre: v += w\non_post: w += 1');
    expect(type.pathways).toEqual({
      pre: { on: 'pre.spike', do: ['post.v += w'] },
      post: { on: 'post.spike', do: ['w += 1'] },
    });
  });

  test('several pathways on one side have names, delays, slots and orders of their own', () => {
    const { type, projection } = synapses(
      'on_pre: { up: v += 1, down: v -= 1 }\ndelay: { up: 1 ms, down: 2 ms }\npathways: { down: { order: -2, ' +
        'when: after_synapses } }',
    );
    expect(type.pathways).toEqual({
      up: { on: 'pre.spike', do: ['post.v += 1'] },
      down: { on: 'pre.spike', slot: 'after_synapses', order: -2, do: ['post.v -= 1'] },
    });
    expect(projection.delays).toEqual({ up: '1 ms', down: '2 ms' });
  });

  test('on_event names the event, for all pathways or for each', () => {
    expect(synapses('on_pre: v += 1\non_event: e').type.pathways.pre.on).toBe('pre.e');
    const { type } = synapses('on_pre: { a: v += 1, b: v += 2 }\non_event: { b: e }');
    expect([type.pathways.a.on, type.pathways.b.on]).toEqual(['pre.spike', 'pre.e']);
  });

  test('a pathway may have a name that all objects of JavaScript have', () => {
    const { type } = synapses(
      'on_pre: { constructor: v += 1, b: v += 2 }\non_event: { b: e }\npathways: { b: { order: 1 } }',
    );
    expect(type.pathways['constructor'].on).toBe('pre.spike');
  });

  test.each([
    ['a quantity', 'delay: 1.5 ms', { pre: '1.5 ms' }],
    ['a constant', 'delay: d', { pre: '0.002*second' }],
    ['nothing', 'delay: 0 ms', {}],
    ['an expression for each synapse', 'initializers: { delay: 1*ms + rand()*ms }', { pre: '1*ms + uniform()*ms' }],
    ['a list', 'initializers: { pre.delay: [1 ms, 2 ms] }', { pre: { array: [0.001, 0.002] } }],
  ])('the delay is %s', (_, lines, delays) => {
    expect(synapses(`on_pre: v += 1\n${lines}`, { rest: 'namespace: { d: 2 ms }' }).projection.delays).toEqual(delays);
  });
  test('a pathway before the thresholds receives spikes a step later, with delays of a later phase too', () => {
    const group = 'neuron_groups: { G: { N: 3, model: "v : 1", threshold: v > 1 } }';
    const S = 'source: G, on_pre: v += 1, connect: true, delay: 1 ms, pathways: { pre: { when: before_groups } }';
    const given = document(
      brian(`${group}\nsynapses: { S: { ${S} } }\nrun: [{ set: { S.delay: 2 ms } }, { duration: 1 ms }]`),
    );
    expect(given.projections.S.delays).toEqual({ pre: '0.0011 s' });
    expect(given.experiment.protocol[0]).toEqual({ delays: { 'S.pre': '0.0021 s' } });
  });
  test('with delays of each synapse and a variable called like the unit of the step', () => {
    const S = 'source: G, model: "s : 1", on_pre: v += s, connect: true, initializers: { delay: 1*ms + j*ms }';
    const group = 'neuron_groups: { G: { N: 3, model: "v : 1", threshold: v > 1 } }';
    const given = document(
      brian(`${group}\nsynapses: { S: { ${S}, pathways: { pre: { when: before_groups } } } }\nrun: 1 ms`),
    );
    expect(given.projections.S.delays).toEqual({ pre: '1*ms + j*ms + 0.0001*second' });
  });
  test.each([
    ['delay: 1*ms + j*ms', 'delay: 1*ms + j*ms'],
    ['delay: { post: 1*ms + j*ms }', 'post.delay: 1*ms + j*ms'],
  ])('one of each synapse is no %s: the hint names its right place', (lines, place) => {
    const text = `synapses: { S: { source: G, on_pre: v += 1, on_post: v += 2, connect: true, ${lines} } }\nrun: 1 ms`;
    const { list } = check(brian(`neuron_groups: { G: { N: 3, model: "v : 1", threshold: v > 1 } }\n${text}`));
    expect(list.map(({ code, hint }) => [code, hint])).toEqual([
      ['brian/not-constant', `give each synapse its own in initializers: {${place}}`],
    ]);
  });
});

describe('ends', () => {
  test.each([
    ['A', { population: 'A' }],
    ['A[2:4]', { population: 'A', slice: [2, 4, 1] }],
    ['A[:3]', { population: 'A', slice: [0, 3, 1] }],
    ['A[3:]', { population: 'A', slice: [3, 6, 1] }],
    ['A[1]', { population: 'A', slice: [1, 2, 1] }],
    ['A[:]', { population: 'A' }],
    ['A[:2*n]', { population: 'A', slice: [0, 4, 1] }],
    ['C', { population: 'C' }],
  ])('%s', (source, of) => {
    expect(synapses('on_pre: v += 1', { source: `"${source}"`, rest: 'namespace: { n: 2 }' }).projection.from).toEqual({
      of,
    });
  });
});

describe('synapses as ends', () => {
  const text = (rest: string): string =>
    brian(
      `${groups}\nsynapses:\n  T: { source: C, target: S, on_pre: "w_post += 1; u_post = 2", connect: true }\n` +
        `  S: { source: A, target: B, model: "w : 1\\nu : 1", on_pre: v_post += w, connect: true }\n${rest}run: 1 ms`,
    );

  test('variables that other synapses write there are state of the synapses', () => {
    const { synapses: types, projections } = document(text(''));
    expect(projections.T.to).toEqual({ of: { projection: 'S' } });
    expect(types.T.pathways.pre.do).toEqual(['post.w += 1', 'post.u = 2']);
    expect(Object.keys(types.S.state)).toEqual(['w', 'u']);
  });

  test('sums over synapses', () => {
    const { synapses: types, projections } = document(
      text('  U: { source: S, target: B, model: "y_post = w_pre : 1 (summed)", connect: true }\n'),
    );
    expect(projections.U.from).toEqual({ of: { projection: 'S' } });
    expect(types.U.summed).toEqual({ 'post.y': 'pre.w' });
  });

  test('the neurons that such synapses come from cannot be read, and they have no events', () => {
    expect(findings(text('  U: { source: S, target: B, on_pre: y += 1, connect: true }\n'))[0]).toContain(
      'brian/unknown-event',
    );
    const read = text('  U: { source: C, target: S, on_pre: w_post += i_post, connect: true }\n');
    expect(findings(read)).toEqual(['brian/unknown-name@15:48']);
  });
});

describe('connect', () => {
  test.each([
    ['true', [{ rule: 'all' }]],
    ['i > j', [{ rule: 'pairs', condition: 'i > j', p: 1 }]],
    ['{ p: 0.1 }', [{ rule: 'pairs', p: 0.1 }]],
    ['{ p: 0.1*2 }', [{ rule: 'pairs', p: 0.2 }]],
    ['{ p: q }', [{ rule: 'pairs', p: 0.3 }]],
    ['{ p: 1/(1 + i) }', [{ rule: 'pairs', p: '1/(1 + i)' }]],
    ['{ condition: x_pre > y_post, n: 2 }', [{ rule: 'pairs', condition: 'pre.x > post.y', p: 1, copies: 2 }]],
    ['{ condition: i != j, p: 0.5 }', [{ rule: 'pairs', condition: 'i != j', p: 0.5 }]],
    ['{ i: [0, 1], j: [3, 2] }', [{ rule: 'list', sources: [0, 1], targets: [3, 2] }]],
    ['{ i: 0, j: [1, 2] }', [{ rule: 'list', sources: [0, 0], targets: [1, 2] }]],
    ['{ i: [0, 1], j: [3, 2], n: 2 }', [{ rule: 'list', sources: [0, 0, 1, 1], targets: [3, 3, 2, 2] }]],
    [
      '[{ i: 0, j: 0 }, { i: 5, j: 3 }]',
      [
        { rule: 'list', sources: [0], targets: [0] },
        { rule: 'list', sources: [5], targets: [3] },
      ],
    ],
    [
      '{ j: i//2 }',
      [{ rule: 'generator', outer: 'pre', variable: 'k', index: 'i//2', range: { from: '0', to: '1', step: '1' } }],
    ],
    [
      // Powers of whole numbers are whole.
      '{ j: i - 2**k for k in range(2) }',
      [
        {
          rule: 'generator',
          outer: 'pre',
          variable: 'k',
          index: 'i - int(2**k)',
          range: { from: '0', to: '2', step: '1' },
        },
      ],
    ],
    [
      '{ j: k for k in range(i, N_post, 2) if rand() < 0.5, skip_if_invalid: true }',
      [
        {
          rule: 'generator',
          outer: 'pre',
          variable: 'k',
          index: 'k',
          condition: 'uniform() < 0.5',
          skipInvalid: true,
          range: { from: 'i', to: 'N_post', step: '2' },
        },
      ],
    ],
    [
      '{ i: k for k in sample(N_pre, size=2) }',
      [
        {
          rule: 'generator',
          outer: 'post',
          variable: 'k',
          index: 'k',
          range: { from: '0', to: 'N_pre', step: '1', sample: { size: '2' } },
        },
      ],
    ],
    [
      '{ j: (k + 1) % N_post for k in sample(1, N_post, p=q) }',
      [
        {
          rule: 'generator',
          outer: 'pre',
          variable: 'k',
          index: '(k + 1)%N_post',
          range: { from: '1', to: 'N_post', step: '1', sample: { p: '0.3' } },
        },
      ],
    ],
  ])('%s', (connect, rules) => {
    const quoted = connect.replace(/([ij]): ([^[\]{}"]*? for .*?)(, skip| \})/, '$1: "$2"$3');
    expect(synapses(`connect: ${quoted}`, { rest: 'namespace: { q: 0.3 }' }).projection.connect).toEqual(rules);
  });

  test('j: i connects element to element if both sides have as many', () => {
    expect(synapses('connect: { j: i }\non_pre: v += 1', { source: 'C' }).projection.connect).toEqual([
      { rule: 'oneToOne' },
    ]);
    expect(synapses('connect: { j: i }\non_pre: v += 1').projection.connect[0].rule).toBe('generator');
  });

  test('i != j within one group leaves out each cell itself', () => {
    expect(synapses('connect: i != j', { source: 'B' }).projection.connect).toEqual([{ rule: 'all', self: false }]);
    expect(
      synapses('connect: { condition: j != i, p: 0.1 }', { source: 'B[:2]', target: 'B[:2]' }).projection.connect,
    ).toEqual([{ rule: 'pairs', p: 0.1, self: false }]);
    expect(synapses('connect: i != j', { source: 'B[:2]' }).projection.connect).toEqual([
      { rule: 'pairs', condition: 'i != j', p: 1 },
    ]);
  });
});

test("values of synapses: known ones are the type's, others the projection's", () => {
  const { type, projection } = synapses(
    'model: |\n  w : siemens\n  u : 1\n  z : 1\ninitializers: { w: 3 nS, u: rand()*x_pre, z: { value: 2, where: ' +
      'i > j } }',
  );
  expect(type.parameters.w).toEqual({ unit: 'S', value: '3 nS' });
  expect(projection.values).toEqual({ u: 'uniform()*pre.x', z: '2.0 if i > j else 0.0' });
});

describe('arrays in files of the document', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  const data = (digest: string, dtype: string, length: number): string =>
    `{ $data: ${digest}, dtype: ${dtype}, shape: [${length}] }`;

  test('are indices and first values', () => {
    const { projection } = synapses(
      `model: "w : 1"\non_pre: y += w\nconnect: { i: ${data(a, 'u32', 3)}, j: ${data(b, 'u32', 3)} }\n` +
        `initializers: { w: ${data(b, 'f64', 3)}, pre.delay: ${data(a, 'f64', 3)} }`,
    );
    expect(projection.connect).toEqual([
      {
        rule: 'list',
        sources: { $data: a, dtype: 'u32', shape: [3] },
        targets: { $data: b, dtype: 'u32', shape: [3] },
      },
    ]);
    expect(projection.values).toEqual({ w: { $data: b, dtype: 'f64', shape: [3] } });
    expect(projection.delays).toEqual({ pre: { $data: a, dtype: 'f64', shape: [3] } });
  });

  test('have the length of their group', () => {
    expect(
      findings(
        brian(`neuron_groups:\n  A: { N: 4, model: "v : 1", initializers: { v: ${data(a, 'f64', 3)} } }\nrun: 1 ms`),
      ),
    ).toEqual([expect.stringContaining('brian/length-mismatch')]);
  });
});
