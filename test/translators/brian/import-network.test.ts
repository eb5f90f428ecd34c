import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { document, importText, valid, type Loose } from './support.js';

const group =
  'neuron_groups:\n  G: { N: 5, model: "dv/dt = -v/tau : volt (unless refractory)\\nI : amp", threshold: v > ' +
  '1*volt }\n';
const network = (body: string, run = 'run: 1 ms'): Loose =>
  document(brian(`namespace: { tau: 10 ms, q: 7 Hz }\n${group}${body}\n${run}`));

describe('PoissonGroup', () => {
  const rates = (written: string): Loose => {
    const { neurons, populations } = network(`poisson_groups:\n  P: { N: 3, rates: ${written} }`);
    return { ...neurons.P, values: populations.P.values };
  };

  test('is a neuron type that spikes with the probability rates*dt', () => {
    expect(rates('15 Hz')).toMatchObject({
      parameters: { rates: { unit: 'Hz', value: '15 Hz' } },
      events: { spike: { when: 'uniform() < rates*dt' } },
    });
  });

  test('has rates for each neuron', () => {
    expect(rates('[1 Hz, 2 Hz, 3 Hz]').values).toEqual({ rates: { array: [1, 2, 3] } });
  });

  test('has rates worked out at every step if they name a variable', () => {
    expect(rates('q*(1 + i)')).toMatchObject({
      derived: { rates: { unit: 'Hz', value: 'q*(1 + i)' } },
      parameters: { q: { value: 7, shared: true } },
    });
  });
});

test('SpikeGeneratorGroup is a population that replays spikes, sorted by time and index', () => {
  const { populations } = network(
    'spike_generators:\n  C: { N: 3, indices: [2, 0, 1], times: { values: [2, 1, 1], unit: ms }, period: 5 ms }',
  );
  expect(populations.C).toEqual({
    size: 3,
    spikes: { indices: [0, 1, 2], times: [0.001, 0.001, 0.002], period: 0.005 },
  });
});

test('PoissonInput is a stimulus', () => {
  const { stimuli } = network(
    'poisson_inputs:\n  p: { target: "G[1:3]", target_var: v, N: 2*10, rate: q, weight: 0.1 mV, order: 1 }',
  );
  expect(stimuli.p).toEqual({
    kind: 'poisson',
    to: { population: 'G', slice: [1, 3, 1] },
    variable: 'v',
    n: 20,
    rate: 7,
    weight: '0.1 mV',
    order: 1,
  });
});

test('the weight of a PoissonInput counts the neurons of a part from its first', () => {
  const input = 'p: { target: "G[1:3]", target_var: v, N: 2, rate: q, weight: (i + 1)/N*mV }';
  const { stimuli } = network(`poisson_inputs:\n  ${input}`);
  expect(stimuli.p).toMatchObject({ weight: 'i/2*mV' });
});

test('run_regularly is an operation', () => {
  const body = group.replace(
    ' }\n',
    ', run_regularly: [{ code: I = 1*nA*rand() }, { code: v -= 1*mV, dt: 2 ms, when: end, order: 3, name: kick }, ' +
      '{ code: I = 0*nA, slice: "1:3" }] }\n',
  );
  const { operations } = document(brian(`namespace: { tau: 1 ms }\n${body}run: 1 ms`));
  expect(operations).toEqual({
    G_run_regularly: { on: { population: 'G' }, do: ['I = 1*nA*uniform()'] },
    kick: { on: { population: 'G' }, do: ['v -= 1*mV'], every: 0.002, slot: 'end', order: 3 },
    G_run_regularly_2: { on: { population: 'G', slice: [1, 3, 1] }, do: ['I = 0*nA'] },
  });
});

describe('monitors', () => {
  test('are recordings with their names', () => {
    const { recordings } = network(`
spike_monitors:
  spikes: { source: G }
  some: { source: "G[1:3]", variables: [v] }
  listed: { source: G, record: [0, 4] }
state_monitors:
  one: { source: G, variables: v, record: 2 }
  all: { source: G, variables: true, dt: 1 ms, when: end, order: 4 }
  part: { source: "G[1:4]", variables: [v, I], record: [0, 2] }
population_rate_monitors:
  rate: { source: G }`);
    expect(recordings).toEqual([
      { of: { population: 'G' }, events: 'spike', name: 'spikes' },
      { of: { population: 'G', slice: [1, 3, 1] }, events: 'spike', variables: ['v'], name: 'some' },
      { of: { population: 'G', indices: [0, 4] }, events: 'spike', name: 'listed' },
      { of: { population: 'G', indices: [2] }, variables: ['v'], name: 'one' },
      { of: { population: 'G' }, variables: ['v', 'I'], every: 0.001, slot: 'end', order: 4, name: 'all' },
      { of: { population: 'G', indices: [1, 3] }, variables: ['v', 'I'], name: 'part' },
      { of: { population: 'G' }, rate: true, name: 'rate' },
    ]);
  });

  test('of synapses record them by their order of creation', () => {
    const { recordings } = network(
      'synapses:\n  S: { source: G, model: "w : 1", connect: true }\nstate_monitors:\n  m: { source: S, ' +
        'variables: w, record: [0, 3] }',
    );
    expect(recordings).toEqual([{ of: { projection: 'S', indices: [0, 3] }, variables: ['w'], name: 'm' }]);
  });

  test('of custom events name the event', () => {
    const text = brian(
      'neuron_groups:\n  G: { N: 1, model: "x : 1", events: { e: { condition: x > 1 } } }\nevent_monitors:\n  m: ' +
        '{ source: G, event: e }\nrun: 1 ms',
    );
    expect(document(text).recordings).toEqual([{ of: { population: 'G' }, events: 'e', name: 'm' }]);
  });

  test('that only count are noted and left out', () => {
    const { document: imported, list } = importText(
      brian(`namespace: { tau: 1 ms }\n${group}spike_monitors:\n  m: { source: G, record: false }\nrun: 1 ms`),
    );
    expect(imported.recordings).toEqual([]);
    expect(list.map(({ code, severity }) => [code, severity])).toEqual([['brian/count-only', 'note']]);
  });
});

describe('phases', () => {
  test('run, set, switch, store and restore, in this order; Brian stores neither constants nor switches', () => {
    const run = `run:
  - { duration: 1 ms, store: begin }
  - { set: { G.I: 2 nA, G.v: rand()*mV }, where: i < 2, active: { m: false, p: false }, duration: 5*ms }
  - { set: { tau: 20 ms }, active: { m: true, p: true }, duration: 2 ms }
  - { restore: begin, duration: 3 ms }`;
    const { experiment } = network(
      'spike_monitors:\n  m: { source: G }\npoisson_inputs:\n  p: { target: G, target_var: v, N: 1, rate: 1 Hz, ' +
        'weight: 1 mV }',
      run,
    );
    expect(experiment.protocol).toEqual([
      { run: 0.001 },
      { store: 'begin' },
      { set: { 'G.I': '2 nA', 'G.v': 'uniform()*mV' }, where: 'i < 2' },
      { record: 'm', on: false },
      { detach: 'p' },
      { run: 0.005 },
      { set: { 'G.tau': 0.02 } },
      { record: 'm', on: true },
      { attach: 'p' },
      { run: 0.002 },
      { restore: 'begin' },
      { set: { 'G.tau': 0.02 } },
      { attach: 'p' },
      { run: 0.003 },
    ]);
  });

  test('a reset names the next segment, and first values are of state', () => {
    const run =
      'run: [{ duration: 1 ms }, { reset: true, segment: second, annotations: { trial: 1 }, initialize: { G.v: 1 mV }, ' +
      'index: [0, 1], duration: 2 ms }]';
    expect(network('', run).experiment.protocol).toEqual([
      { run: 0.001 },
      { reset: true, segment: 'second', annotations: { trial: 1 } },
      { initialise: { 'G[0, 1].v': '1 mV' } },
      { run: 0.002 },
    ]);
  });

  test('a constant is changed wherever it is used', () => {
    const two =
      'namespace: { tau: 1 ms }\nneuron_groups:\n  A: { N: 1, model: "dv/dt = -v/tau : 1" }\n  B: { N: 1, model: ' +
      '"dv/dt = -v/tau : 1" }\n  C: { N: 1, model: "v : 1" }';
    expect(document(brian(`${two}\nrun: [{ set: { tau: 3 ms } }, { duration: 1 ms }]`)).experiment.protocol[0]).toEqual(
      {
        set: { 'A.tau': 0.003, 'B.tau': 0.003 },
      },
    );
  });

  test('one duration is one run', () => {
    expect(network('', 'run: 20*tau').experiment.protocol).toEqual([{ run: 0.2 }]);
  });
});

describe('time steps', () => {
  const groups = (own: string): string =>
    `neuron_groups:\n  G: { N: 1, model: "dv/dt = -v/ms : 1", dt: ${own} }\n  H: { N: 1, model: "v : 1" }\nrun: 1 ms`;

  test('a group with its own has a clock of its name', () => {
    const { clocks, populations, experiment } = document(brian(groups('0.5 ms')));
    expect(clocks).toEqual({ G: { dt: 0.0005 } });
    expect(populations.G.clock).toBe('G');
    expect(populations.H.clock).toBeUndefined();
    expect(experiment.dt).toBe(0.0001);
  });

  test.each([
    ['a finer one is that of the run', '0.05 ms', 0.00005, undefined],
    ['the run takes steps that all are multiples of', '0.15 ms', 0.00005, 'G'],
  ])('%s', (_, own, dt, clock) => {
    const { clocks, populations, experiment } = document(brian(groups(own)));
    expect(clocks['_default']).toEqual({ dt: 0.0001 });
    expect(populations.H.clock).toBe('_default');
    expect(populations.G.clock).toBe(clock);
    expect(experiment.dt).toBe(dt);
  });

  test('synapses have their own, too', () => {
    const synapses = 'synapses:\n  S: { source: G, connect: true, model: "w : 1", dt: 0.2 ms }\n';
    const { clocks, projections } = document(brian(`${synapses}${groups('0.5 ms')}`));
    expect(clocks.S).toEqual({ dt: 0.0002 });
    expect(projections.S.clock).toBe('S');
  });
});

test('timed arrays are tables in SI, row after row', () => {
  const { tables } = network(
    'timed_arrays:\n  f: { values: [1, 2 nA], unit: nA, dt: 1 ms }\n  g: { values: [[1, 2], [3, 4]], dt: tau }',
  );
  expect(tables).toEqual({
    f: { dt: 0.001, unit: 'A', values: [1e-9, 2e-9] },
    g: { dt: 0.01, unit: '1', values: [1, 2, 3, 4], columns: 2 },
  });
});

test('title, authors and the rest are metadata; the source is an annotation', () => {
  const text =
    'format: interneuron/brian\ntitle: A title\nauthors: [{ name: A. Hodgkin }]\nlicence: CC0-1.0\nsource: a ' +
    'book\nannotations: { a: 1 }\nrun: 1 ms';
  const { model } = valid(text);
  expect(model.metadata).toEqual({ title: 'A title', authors: [{ name: 'A. Hodgkin' }], licence: 'CC0-1.0' });
  expect(model.annotations).toEqual({ a: 1, source: 'a book' });
  expect(model.experiment).toMatchObject({ dt: 0.0001, seed: '0' });
});
