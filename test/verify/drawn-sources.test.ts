/** Sources of drawn spikes, and drawn values, in the comparison of two models: by their laws. */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

const written = (name: string, text: string): string => {
  writeFileSync(folder.file(name), text);
  return folder.file(name);
};

/** Sources in PyNN, and a cell that they excite. */
const pynn = (cell: object, name = 'noise'): string =>
  JSON.stringify({
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    setup: { timestep: 0.1 },
    populations: [
      { label: name, size: 4, cell },
      {
        label: 'cells',
        size: 2,
        cell: { type: 'IF_curr_exp', params: { cm: 0.2, tau_m: 10, tau_refrac: 2, tau_syn_E: 2, i_offset: 0.25 } },
        initial_values: { v: -65 },
      },
    ],
    projections: [
      {
        label: 'p',
        pre: name,
        post: 'cells',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: 0.2, delay: 1 } },
      },
    ],
    recordings: [{ target: 'cells', variables: ['spikes'] }],
    phases: [{ run: 200 }],
  });
const poisson = (params: object): object => ({ type: 'SpikeSourcePoisson', params });

/** Sources in Brian, and the same cell. @param rates  an expression, with the size in `N` */
const brian = (rates: string, more = ''): string => `format: interneuron/brian
version: 1
dt: 0.1 ms
namespace: { tau: 10 ms, E: -65 mV, C: 0.2 nF, ts: 2 ms, I: 0.25 nA }
poisson_groups: { noise: { N: 4, rates: '${rates}' } }
neuron_groups:
  cells:
    N: 2
    model: |
      dv/dt = (E - v)/tau + (I + s)/C : volt (unless refractory)
      ds/dt = -s/ts : amp
    threshold: v > -50*mV
    reset: v = E
    refractory: 2 ms
    method: exact
    initializers: { v: E }
synapses: { R: { source: noise, target: cells, on_pre: s += 0.2*nA, delay: 1 ms, connect: true } }
spike_monitors: { sp: { source: cells } }
${more}run: 200 ms
`;

const compare = async (first: string, second: string): Promise<readonly [code: number, headline: string]> => {
  const sides = [first, second].map((text, k) => written(`${k}${text.startsWith('{') ? '.json' : '.yaml'}`, text));
  const { code, stdout } = await runCommand(['same', ...sides]);
  return [code, stdout.split('\n')[0] ?? ''];
};

describe('sources of drawn spikes', () => {
  it('of equal rates are one model in two notations, under other names too', async () => {
    const [code, headline] = await compare(pynn(poisson({ rate: 30 }), 'drive'), brian('30*Hz'));
    expect([code, headline]).toEqual([0, expect.stringMatching(/^the same model: /)]);
  });

  it.each<readonly [string, string, string, string]>([
    ['another rate', pynn(poisson({ rate: 30 })), brian('33*Hz'), 'rate of noise is 30 Hz and 33 Hz'],
    [
      'a rate that ends',
      pynn(poisson({ rate: 30, duration: 100 })),
      brian('30*Hz'),
      'duration of noise is 100 ms and ',
    ],
    [
      'rates that depend on the time',
      brian('(20 + 10*sin(2*pi*5*Hz*t))*Hz'),
      brian('(20 + 11*sin(2*pi*5*Hz*t))*Hz'),
      'rate at',
    ],
    ['a rate of some sources', brian('30*Hz*(1 + i)'), brian('30*Hz*(1 + i*(i < 3))'), 'noise'],
    [
      'another shape of intervals',
      pynn({ type: 'SpikeSourceGamma', params: { alpha: 2, beta: 60 } }),
      pynn({ type: 'SpikeSourceGamma', params: { alpha: 3, beta: 60 } }),
      'alpha of noise is 2 and 3',
    ],
  ])('%s is another model', async (_, first, second, cause) => {
    const [code, headline] = await compare(first, second);
    expect([code, headline]).toEqual([1, expect.stringMatching(/^another model: /)]);
    expect(headline).toContain(cause);
  });

  it('that draw by other rules are not looked at, and both models have the spikes of the first', async () => {
    const refractory = pynn({ type: 'SpikeSourcePoissonRefractory', params: { rate: 30, tau_refrac: 3 } });
    const [code, headline] = await compare(refractory, brian('30*Hz'));
    expect([code, headline]).toEqual([3, expect.stringContaining('not looked at: drawn spikes of noise')]);
  });
});

describe('Poisson inputs', () => {
  const inputs = (n: number, rate: number): string =>
    brian(
      '30*Hz',
      `poisson_inputs: { P: { target: cells, target_var: v, N: ${n}, rate: ${rate} Hz, weight: 0.1*mV } }\n`,
    );

  it('are one model if all values are equal', async () => {
    expect(await compare(inputs(100, 30), inputs(100, 30).replaceAll('cells', 'G'))).toEqual([
      0,
      'the same model: all values are equal',
    ]);
  });

  it('are another model with another rate', async () => {
    const headline = 'another model: rate of P is 30 and 33';
    expect(await compare(inputs(100, 30), inputs(100, 33))).toEqual([1, headline]);
  });
});

describe('drawn values', () => {
  const cells = (first: string): string => brian('30*Hz').replace('{ v: E }', `{ v: '${first}' }`);

  it('of one law are equal however the law is written', async () => {
    const [code] = await compare(cells('E + 10*mV*rand()'), cells('-55*mV - 0.01*volt*rand()'));
    expect(code).toBe(0);
  });

  it('of another law are another model', async () => {
    const [code, headline] = await compare(cells('E + 10*mV*rand()'), cells('E + 9*mV*rand()'));
    expect([code, headline]).toEqual([1, expect.stringMatching(/v of cells/)]);
  });
});

it('compares intervals that LEMS draws with rates of other notations', async () => {
  const first = written('lems.json', pynn(poisson({ rate: 30 })));
  const document = folder.file('lems.xml');
  await runCommand(['convert', first, '--to', 'lems', '--no-origin', '--no-check', '-o', document, '--force']);
  const { stdout } = await runCommand(['same', '--json', first, document]);
  const { limit } = JSON.parse(stdout) as { limit: { ledger: { rows: readonly object[] } } };
  expect(limit.ledger.rows).toContainEqual({ part: 'noise', quantity: 'rate', how: 'by value' });
  const other = written('other.xml', readFileSync(document, 'utf8').replace('rate="30Hz"', 'rate="33Hz"'));
  const apart = await runCommand(['same', first, other]);
  expect([apart.code, apart.stdout.split('\n')[0]]).toEqual([1, 'another model: rate of noise is 30 Hz and 33 Hz']);
});

it('counts the sources, whatever their names are', async () => {
  const sides = [
    written('4.json', pynn(poisson({ rate: 30 }))),
    written('5.yaml', brian('30*Hz').replaceAll('N: 4', 'N: 5').replaceAll('noise', 'in')),
  ];
  const { code, stdout } = await runCommand(['same', ...sides]);
  expect([code, stdout.split('\n')[0]]).toEqual([1, 'another model: size of noise is 4 and 5']);
});

it('takes a chance that does not read the step for that of the own step', async () => {
  const source = (when: string, dt: string): string =>
    JSON.stringify({
      interneuron: 1,
      neurons: { n: { events: { spike: when } } },
      populations: { noise: { type: 'n', size: 4 } },
      record: [{ of: 'noise', events: 'spike' }],
      timing: 'grid',
      experiment: { dt, duration: '50 ms' },
    });
  const rate = source('uniform() < 100*Hz*dt', '0.1 ms');
  const [same] = await compare(rate, source('uniform() < 0.01', '0.1 ms'));
  expect(same).toBe(0);
  const [code, headline] = await compare(rate, source('uniform() < 0.01', '0.2 ms'));
  expect([code, headline]).toEqual([1, expect.stringContaining('rate of noise[0] is 100 Hz and 50 Hz')]);
});

describe('draws during a run', () => {
  const spikes = { type: 'SpikeSourceArray', params: { spike_times: [10, 30, 50, 70, 90] } };
  const ofPyNN = (synapse: object): string =>
    pynn(spikes).replace(/"synapse":\{[^}]*\}\}/, `"synapse":${JSON.stringify(synapse)}`);
  const stochastic = (more: object = {}): string =>
    ofPyNN({ type: 'SimpleStochasticSynapse', params: { weight: 0.2, delay: 1, p: 0.4, ...more } });
  const quanta = (more: object = {}): string =>
    ofPyNN({
      type: 'MultiQuantalSynapse',
      params: { weight: 0.2, delay: 1, n: 3, U: 0.4, tau_rec: 90, tau_facil: 20, ...more },
    });
  const site = (more: object = {}): string =>
    ofPyNN({
      type: 'StochasticTsodyksMarkramSynapse',
      params: { weight: 0.2, delay: 1, U: 0.4, tau_rec: 90, tau_facil: 20, ...more },
    });
  const ofBrian = (effect: string): string =>
    brian('30*Hz')
      .replace(
        /poisson_groups:.*/,
        'spike_generators: { noise: { N: 4, indices: [0, 1, 2, 3], times: { values: [10, 30, 40, 50], unit: ms } } }',
      )
      .replace('s += 0.2*nA', effect);
  const noisy = (noise: string): string =>
    brian('30*Hz').replace('(I + s)/C', `(I + s)/C + ${noise}`).replace('exact', 'euler');
  const escaping = (more: object = {}): string =>
    pynn(spikes).replace(
      /"type":"IF_curr_exp".*?\}/,
      `"type":"GIF_cond_exp","params":${JSON.stringify({ i_offset: 1.5, ...more })}`,
    );

  it.each<readonly [string, string, string]>([
    ['chances of synapses', stochastic(), stochastic()],
    [
      'a chance that is drawn from the other side',
      ofBrian('s += 0.2*nA*int(rand() < 0.3)'),
      ofBrian('s += 0.2*nA*int(rand() > 0.7)'),
    ],
    ['noise', noisy('2*mV*xi/ms**0.5'), noisy('0.002*volt*(1/ms)**0.5*xi')],
  ])('is one model with equal laws: %s', async (_, first, second) => {
    const [code, headline] = await compare(
      first,
      second
        .replace('"label":"cells"', '"label":"others"')
        .replaceAll('"post":"cells"', '"post":"others"')
        .replaceAll('"target":"cells"', '"target":"others"'),
    );
    expect([code, headline]).toEqual([0, expect.stringMatching(/^the same model/)]);
  });

  it.each<readonly [string, string, string]>([
    ['another chance', stochastic(), stochastic({ p: 0.401 })],
    ['another chance in Brian', ofBrian('s += 0.2*nA*int(rand() < 0.4)'), ofBrian('s += 0.2*nA*int(rand() < 0.4002)')],
    ['another weight', stochastic(), stochastic({ weight: 0.21 })],
    ['more quanta', quanta(), quanta({ n: 4 })],
    ['another recovery', site(), site({ tau_rec: 91 })],
    ['more noise', noisy('2*mV*xi/ms**0.5'), noisy('2.01*mV*xi/ms**0.5')],
    ['another escape rate', escaping(), escaping({ lambda0: 1.05 })],
    ['another slope of the escape rate', escaping(), escaping({ delta_v: 0.52 })],
  ])('is another model with %s', async (_, first, second) => {
    const [code, headline] = await compare(first, second);
    expect([code, headline]).toEqual([1, expect.stringMatching(/^another model: /)]);
  });

  it('is undecided if noise depends on the state, or one model draws more', async () => {
    const [first] = await compare(noisy('v*xi/ms**0.5'), noisy('1.01*v*xi/ms**0.5'));
    const [second] = await compare(
      ofBrian('s += 0.2*nA*int(rand() < 0.4)'),
      ofBrian('s += 0.2*nA*int(rand() < 0.8)*int(rand() < 0.5)'),
    );
    expect([first, second]).toEqual([3, 3]);
  });
});
