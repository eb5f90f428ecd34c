/** `interneuron same`: exit codes by what the sides are, and the value that makes another model. */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { missingEnvironment, python } from '../support/python.js';

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

it('names no value that is only written otherwise', async () => {
  const withWeights = (weights: string, delay: number): string =>
    brianCells('2 ms').replace(
      'on_pre: s += 0.2*nA, delay: 1 ms, connect: true',
      `model: "w : amp", on_pre: s += w, delay: ${delay} ms, connect: true, initializers: { w: ${weights} }`,
    );
  const texts = [withWeights('{ values: [200, 200, 200], unit: pA }', 1), withWeights('0.2*nA', 1.5)];
  const sides = texts.map((text, k) => {
    writeFileSync(folder.file(`${k}.yaml`), text);
    return folder.file(`${k}.yaml`);
  });
  const { code, stdout } = await runCommand(['same', ...sides]);
  expect([code, stdout.split('\n')[0]]).toEqual([1, 'another model: delay of pre of S is 1 ms and 1.5 ms']);
});

it('names no value that differs by rounding', async () => {
  const sides = [
    file('a.json', lif({ ...cell, cm: 0.2 })),
    file('b.json', lif({ ...cell, cm: 0.20000001, tau_refrac: 2.5 })),
  ];
  const { code, stdout } = await runCommand(['same', ...sides]);
  expect([code, stdout.split('\n')[0]]).toEqual([1, 'another model: tau_refrac of cells is 2 ms and 2.5 ms']);
});

/** A cell of LEMS with given spikes that do not make it fire. */
const lems = (last: number): string => `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/><Include file="Inputs.xml"/><Include file="Synapses.xml"/>
  <iafRefCell id="iaf" leakReversal="-65mV" thresh="-50mV" reset="-68mV" C="200pF" leakConductance="10nS" refract="3ms"/>
  <expOneSynapse id="syn" gbase="2nS" erev="0mV" tauDecay="5ms"/>
  <spikeArray id="arr"><spike id="0" time="50ms"/><spike id="1" time="${last}ms"/></spikeArray>
  <network id="net">
    <population id="src" component="arr" size="1"/><population id="pop" component="iaf" size="1"/>
    <projection id="p" presynapticPopulation="src" postsynapticPopulation="pop" synapse="syn"><connectionWD id="0" preCellId="../src[0]" postCellId="../pop[0]" weight="1" delay="2ms"/></projection>
  </network>
  <Simulation id="run" length="1200ms" step="0.05ms" target="net">
    <OutputFile id="o" fileName="o.dat"><OutputColumn id="v0" quantity="pop[0]/v"/></OutputFile>
  </Simulation>
</Lems>`;

it('compares given spikes of LEMS until the end of the protocol', async () => {
  const [first, later, lower] = [lems(1100), lems(1150), lems(1100).replace('"-50mV"', '"-51mV"')].map((text, k) => {
    writeFileSync(folder.file(`${k}.xml`), text);
    return folder.file(`${k}.xml`);
  }) as [string, string, string];
  const { code, stdout } = await runCommand(['same', first, later]);
  expect([code, stdout]).toEqual([1, expect.stringContaining('spike 1 of src[0] is 1.1 s and 1.15 s')]);
  expect((await runCommand(['same', first, lower])).stdout).toMatch(/threshold of pop\[0\] is -50 mV and -51 mV/);
});

it('drives cells that never spike by a ramp', async () => {
  const pair = (calm: Values): object => ({
    ...lif(cell),
    populations: [
      { label: 'driven', size: 1, cell: { type: 'IF_cond_exp_gsfa_grr', params: { i_offset: 1 } } },
      { label: 'calm', size: 1, cell: { type: 'IF_cond_exp_gsfa_grr', params: calm } },
    ],
    projections: [],
    recordings: [{ target: 'driven', variables: ['spikes'] }],
  });
  const document = folder.file('pair.xml');
  const first = file('a.json', pair({ v_thresh: -52 }));
  await runCommand(['convert', first, '--to', 'lems', '--no-origin', '--no-check', '-o', document, '--force']);
  for (const [own, code] of [
    [first, 0],
    [file('b.json', pair({ v_thresh: -53 })), 1],
  ] as const) {
    const sides = [own, document];
    const { stdout, code: found } = await runCommand(['same', ...sides]);
    expect([own, found, (await runCommand(['same', ...sides.toReversed()])).code]).toEqual([own, code, code]);
    expect(stdout.includes('protocol 1')).toBe(code === 0);
  }
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

describe('models that runs cannot decide', () => {
  const noisy = (name: string, drift: string, ms: number): string => `format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  ${name}: { N: 2, model: 'dv/dt = ${drift} + v*xi/(10*ms)**0.5 : volt', threshold: v > 10*mV, reset: v = 0*mV, method: milstein }
spike_monitors: { sp: { source: ${name} } }
run: ${ms} ms
`;

  it('are the same if all values are equal, with other labels and durations', async () => {
    const texts = [noisy('G', '(15*mV - v)/(10*ms)', 50), noisy('cells', '(15*mV - v)/(10*ms)', 80)];
    const sides = texts.map((text, k) => {
      writeFileSync(folder.file(`${k}.yaml`), text);
      return folder.file(`${k}.yaml`);
    });
    const { code, stdout } = await runCommand(['same', ...sides]);
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'the same model: all values are equal']);
    writeFileSync(sides[1]!, noisy('cells', '(16*mV - v)/(10*ms)', 50));
    expect((await runCommand(['same', ...sides])).code).toBe(3);
  });

  it('run in steps of their own, if these are shorter', async () => {
    // Forward Euler doubles w in each step of 3 ms, and ends in infinity; in steps of 0.1 ms it falls.
    const model = (dt: string, name: string): string => `format: interneuron/brian
dt: ${dt}
neuron_groups:
  G: { N: 1, model: "dv/dt = (15*mV - v + ${name})/(10*ms) : volt\\nd${name}/dt = -${name}/ms : volt", threshold: v > 10*mV, reset: v = 0*mV, method: euler, initializers: { ${name}: 1*mV } }
spike_monitors: { sp: { source: G } }
run: 120 ms
`;
    const sides = [model('1.5 ms', 'w'), model('0.1 ms', 'u')].map((text, k) => {
      writeFileSync(folder.file(`${k}.yaml`), text);
      return folder.file(`${k}.yaml`);
    });
    const { stdout } = await runCommand(['same', ...sides]);
    expect(stdout).toMatch(/^the same model/);
  });
});

describe('a current in the cell, and as a source', () => {
  const source = (amplitude: number): object => ({
    ...lif({ ...cell, i_offset: 0 }),
    current_sources: [
      { label: 's', type: 'DCSource', params: { amplitude, start: 0, stop: 1000 }, inject_into: ['cells'] },
    ],
  });

  it('is one model, and the difference of both is no value of the cell alone', async () => {
    const own = file('a.json', lif({ ...cell, i_offset: 0.4 }));
    expect((await runCommand(['same', own, file('b.json', source(0.4))])).code).toBe(0);
    const { code, stdout } = await runCommand(['same', own, file('b.json', source(0.41))]);
    expect([code, stdout.split('\n')[0]]).toEqual([
      1,
      expect.stringMatching(/^another model: rate of v of cells\[0\] is /),
    ]);
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

const brianCells = (refractory: string): string => `format: interneuron/brian
version: 1
dt: 0.1 ms
namespace: { tau: 10 ms, E: -65 mV, C: 0.2 nF, ts: 2 ms, I: 0.35 nA }
neuron_groups:
  cells:
    N: 3
    model: |
      dv/dt = (E - v)/tau + (I + s)/C : volt (unless refractory)
      ds/dt = -s/ts : amp
    threshold: v > -50*mV
    reset: v = -65*mV
    refractory: ${refractory}
    method: exact
    initializers: { v: -65*mV }
spike_generators:
  in: { N: 1, indices: [0, 0, 0], times: { values: [10, 30, 50], unit: ms } }
synapses:
  S: { source: in, target: cells, on_pre: s += 0.2*nA, delay: 1 ms, connect: true }
spike_monitors: { sp: { source: cells } }
run: 100 ms
`;

const pynnCells = (v_reset: number): string =>
  JSON.stringify({
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    setup: { timestep: 0.1 },
    populations: [
      {
        label: 'cells',
        size: 2,
        cell: { type: 'IF_curr_exp', params: { cm: 0.2, tau_m: 10, i_offset: 0.4, v_reset } },
      },
    ],
    recordings: [{ target: 'cells', variables: ['spikes'] }],
    phases: [{ run: 100 }],
  });

const printedSpikes = (printed: string): readonly (readonly number[])[] =>
  [...printed.matchAll(/^spikes of the \w+: (\[.*\]) ms$/gm)].map(([, list = '[]']) => JSON.parse(list) as number[]);

async function witnessOf(texts: readonly string[], suffix: string): Promise<{ path: string; stdout: string }> {
  const sides = texts.map((text, k) => {
    writeFileSync(folder.file(`${k}${suffix}`), text);
    return folder.file(`${k}${suffix}`);
  });
  const path = folder.file('witness.py');
  const { code, stdout } = await runCommand(['same', ...sides, '--witness', path, '--force']);
  expect(code).toBe(1);
  return { path, stdout };
}

describe('a script of Brian or PyNN that shows the difference', () => {
  it.skipIf(missingEnvironment('.venv') !== null)('Brian shows two refractory periods in one cell', async () => {
    const { path, stdout } = await witnessOf([brianCells('2 ms'), brianCells('2.5 ms')], '.yaml');
    const script = readFileSync(path, 'utf8');
    const [headline = ''] = stdout.replace(/^another model: /, '').split('\n');
    expect(script.startsWith(`"""${headline}\n`)).toBe(true);
    expect(script).not.toMatch(/import interneuron/);
    expect(script.split('\n').filter((line) => line.trim() !== '').length).toBeLessThan(50);
    const [first = [], second = []] = printedSpikes(await python('.venv', [path]));
    expect(first.length).toBeGreaterThan(3);
    // The second spike is half a millisecond later, as long as the input of both cells is equal.
    expect(second[0]).toBe(first[0]);
    expect(second[1]! - first[1]!).toBeGreaterThan(0.2);
  });

  it.skipIf(missingEnvironment('.venv-pynn') !== null)('PyNN shows two reset potentials', async () => {
    const { path } = await witnessOf([pynnCells(-65), pynnCells(-60)], '.json');
    const [first = [], second = []] = printedSpikes(await python('.venv-pynn', [path, 'neuron']));
    expect(first.length).toBeGreaterThan(2);
    expect(second[0]).toBe(first[0]);
    expect(second[1]!).toBeLessThan(first[1]!);
  });
});
