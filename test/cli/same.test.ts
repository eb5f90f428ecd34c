/** `interneuron same`: exit codes by what the sides are, and the value that makes another model. */

import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

type Values = Readonly<Record<string, number>>;

const cell = {
  cm: 0.2,
  tau_m: 10,
  v_rest: -65,
  v_reset: -65,
  v_thresh: -50,
  tau_refrac: 2,
  tau_syn_E: 2,
  i_offset: 0.25,
};
const adaptive = { a: 4, b: 0.03, delta_T: 2, tau_w: 144, v_thresh: -50.4, v_spike: -40, cm: 0.281, i_offset: 0.9 };
const plastic = { tau_plus: 20, tau_minus: 20, A_plus: 0.01, A_minus: 0.012, w_max: 1, weight: 0.4, delay: 1 };

const network = (type: string, params: Values, synapse: object): object => ({
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  name: 'network',
  setup: { timestep: 0.1 },
  populations: [
    {
      label: 'in',
      size: 2,
      cell: {
        type: 'SpikeSourceArray',
        params: {
          spike_times: [
            [10, 30, 50, 70],
            [12, 33, 51, 75],
          ],
        },
      },
    },
    { label: 'cells', size: 2, cell: { type, params } },
  ],
  projections: [
    {
      label: 'p',
      pre: 'in',
      post: 'cells',
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse,
    },
  ],
  recordings: [{ target: 'cells', variables: ['spikes'] }],
  phases: [{ run: 100 }],
});

const fixed = { type: 'StaticSynapse', params: { weight: 0.5, delay: 1 } };
const lif = (params: Values): object => network('IF_curr_exp', params, fixed);
const adex = (params: Values): object => network('EIF_cond_exp_isfa_ista', params, fixed);
const stdp = ({ tau_plus, tau_minus, A_plus, A_minus, w_max, weight, delay }: Values): object =>
  network('IF_curr_exp', cell, {
    type: 'STDPMechanism',
    timing_dependence: { type: 'SpikePairRule', params: { tau_plus, tau_minus, A_plus, A_minus } },
    weight_dependence: { type: 'AdditiveWeightDependence', params: { w_min: 0, w_max } },
    params: { weight, delay },
    dendritic_delay_fraction: 1,
  });

const file = (name: string, document: object): string => {
  writeFileSync(folder.file(name), JSON.stringify(document));
  return folder.file(name);
};

describe('the value that makes another model', () => {
  it.each<readonly [string, (values: Values) => object, Values, string, number]>([
    ['v_reset of cells is -65 mV and -63 mV', lif, cell, 'v_reset', -63],
    ['tau_refrac of cells is 2 ms and 2.5 ms', lif, cell, 'tau_refrac', 2.5],
    ['i_offset of cells is 0.25 nA and 0.3 nA', lif, cell, 'i_offset', 0.3],
    ['b of cells is 30 pA and 0 pA', adex, adaptive, 'b', 0],
    ['delta_T of cells is 2 mV and 2.2 mV', adex, adaptive, 'delta_T', 2.2],
    ['v_spike of cells is -40 mV and -35 mV', adex, adaptive, 'v_spike', -35],
    ['A_plus of p is 0.01 and 0.02', stdp, plastic, 'A_plus', 0.02],
    ['tau_minus of p is 20 ms and 15 ms', stdp, plastic, 'tau_minus', 15],
    ['delay of post of p is 1 ms and 2 ms', stdp, plastic, 'delay', 2],
  ])('%s', async (cause, made, values, name, value) => {
    const sides = [file('a.json', made(values)), file('b.json', made({ ...values, [name]: value }))];
    const { code, stdout } = await runCommand(['same', ...sides]);
    expect([code, stdout.split('\n')[0]]).toEqual([1, `another model: ${cause}`]);
  });
});

/** Cells with other names: two kinds of one size, one source. */
const named = ([source, first, second]: readonly string[], tau: number): object => ({
  ...lif(cell),
  populations: [
    {
      label: source,
      size: 2,
      cell: {
        type: 'SpikeSourceArray',
        params: {
          spike_times: [
            [10, 40],
            [12, 47],
          ],
        },
      },
    },
    { label: first, size: 2, cell: { type: 'IF_curr_exp', params: cell } },
    { label: second, size: 2, cell: { type: 'IF_curr_exp', params: { ...cell, tau_m: tau } } },
  ],
  projections: [first, second].map((post) => ({
    label: `to ${post}`,
    pre: source,
    post,
    receptor_type: 'excitatory',
    connector: { type: 'AllToAllConnector' },
    synapse: fixed,
  })),
  recordings: [{ target: first, variables: ['spikes'] }],
});

describe('populations with other names', () => {
  const names = [
    ['stim', 'exc', 'inh'],
    ['input', 'I', 'E'],
  ] as const;

  it('are paired by types, values and projections, whatever their order', async () => {
    const sides = [
      file('a.json', named(names[0], 14)),
      file('b.json', {
        ...named(names[1], 14),
        populations: (named(names[1], 14) as { populations: object[] }).populations.toReversed(),
      }),
    ];
    const { code, stdout } = await runCommand(['same', '--parts', ...sides]);
    expect(code).toBe(0);
    expect(stdout).toContain('population exc is called I in the second');
  });

  it('stay open if values of both differ, and are paired as the user states', async () => {
    const sides = [file('a.json', named(names[0], 14)), file('b.json', named(names[1], 15))];
    const { code, stdout } = await runCommand(['same', ...sides]);
    expect([code, stdout.split('\n')[0]]).toEqual([1, 'another model: tau_m of inh is 14 ms and 15 ms']);
    const other = [file('a.json', named(names[0], 14)), file('b.json', named(names[1], 10))];
    const stated = await runCommand(['same', ...other, '--pair', 'inh=I', '--pair', 'exc=E']);
    expect([stated.code, stated.stdout.split('\n')[0]]).toEqual([1, 'another model: tau_m of inh is 14 ms and 10 ms']);
    expect(await runCommand(['same', ...other, '--pair', 'none=I'])).toMatchObject({ code: 2 });
  });
});

describe('exit codes', () => {
  it('0 for a model and itself, 2 for an invalid or absent side', async () => {
    const model = file('a.json', lif(cell));
    const broken = file('broken.json', { ...lif(cell), populations: 3 });
    expect((await runCommand(['same', model, model])).code).toBe(0);
    for (const sides of [
      [model, broken],
      [broken, model],
      [model, folder.file('absent.json')],
    ])
      for (const command of ['same', 'diff', 'compare'])
        expect([command, (await runCommand([command, ...sides])).code]).toEqual([command, 2]);
  });

  it('0 for a result and its model, 1 from the first other spike on, 2 for a broken model', async () => {
    const [model, other] = [file('a.json', lif(cell)), file('b.json', lif({ ...cell, i_offset: 0.3 }))];
    const result = folder.file('result.csv');
    await runCommand(['run', model, '-q', '--force', '-o', result]);
    expect((await runCommand(['same', result, model])).code).toBe(0);
    for (const sides of [
      ['same', result, other],
      ['same', other, result],
      ['verify', result, other],
    ])
      expect(await runCommand(sides)).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^different from [\d.]+ ms on: /),
      });
    const broken = file('broken.json', { ...lif(cell), populations: 3 });
    for (const command of ['same', 'verify']) expect((await runCommand([command, result, broken])).code).toBe(2);
  });
});
