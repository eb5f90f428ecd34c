/** Equations in many spellings, and the standard types that they are: by name, by parameters, and by what they do. */

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { standardise } from '../../src/library/recognise/standardise.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel, runModel } from '../../src/run/pipeline.js';

/** A Brian-like model of one group, driven by given spikes. */
interface Construct {
  readonly model: string;
  readonly threshold?: string;
  readonly reset?: string;
  readonly refractory?: string;
  readonly namespace?: Readonly<Record<string, string | number>>;
  readonly initializers?: Readonly<Record<string, string>>;
  readonly method?: string;
  /** Synapses from the given spikes, each with the keys of a specification. */
  readonly synapses?: readonly Readonly<Record<string, unknown>>[];
}

const times = [3, 3.4, 5, 9, 9.2, 14, 21, 21.3, 28, 35];

function documentOf({ model, synapses = [], namespace, ...group }: Construct): Record<string, unknown> {
  return {
    format: 'interneuron/brian',
    name: 'construct',
    dt: '0.1 ms',
    seed: 3,
    ...(namespace ? { namespace } : {}),
    neuron_groups: { G: { N: 3, model, method: 'exact', ...group } },
    ...(synapses.length === 0
      ? {}
      : {
          spike_generators: {
            input: { N: 2, indices: times.map((_, k) => k % 2), times: { values: times, unit: 'ms' } },
          },
          synapses: Object.fromEntries(
            synapses.map((one, k) => [`S${k}`, { source: 'input', target: 'G', connect: true, delay: '1 ms', ...one }]),
          ),
        }),
    spike_monitors: { spikes: { source: 'G' } },
    run: '60 ms',
  };
}

const read = (document: Record<string, unknown>): ReturnType<typeof importModel> =>
  importModel({ name: 'construct.yaml', text: stringify(document) });

/** Spikes of the group as `cell:step`. */
async function spikesOf(imported: ReturnType<typeof importModel>): Promise<readonly string[]> {
  const result = await runModel(imported, { target: 'wasm', threads: 1 });
  if (result.kind !== 'run') throw new Error('nothing ran');
  const found: string[] = [];
  for (const train of result.trains.filter(({ plan }) => plan.population === 'G'))
    for (const { steps, cells } of train.inOrder())
      steps.forEach((step, k) => found.push(`${String(cells[k])}:${String(step)}`));
  result.dispose();
  return found;
}

const leaky = { threshold: 'v > Vt', reset: 'v = Vr', refractory: '2 ms' };
const namespace = { tau: '20 ms', El: '-60 mV', Vt: '-50 mV', Vr: '-61 mV', te: '3 ms', ti: '7 ms' };

const constructs: readonly (Construct & {
  readonly name: string;
  readonly type: string;
  readonly values: Readonly<Record<string, number>>;
})[] = [
  {
    name: 'a current in volts',
    type: 'IF_curr_exp',
    model: 'dv/dt = (g - (v - El))/tau : volt (unless refractory)\ndg/dt = -g/te : volt',
    ...leaky,
    namespace: { ...namespace, El: '-51 mV' },
    synapses: [{ on_pre: 'g += 25*mV' }],
    initializers: { v: '-60*mV + i*mV' },
    values: { tau_m: 0.02, v_rest: -0.051, tau_syn_E: 0.003, tau_refrac: 0.0019, v_thresh: -0.05, v_reset: -0.061 },
  },
  {
    name: 'currents of both signs in amperes, terms in another order',
    type: 'IF_curr_exp',
    model: `dv/dt = El/tau + (I1 + I0 - I2)*R/tau - v/tau : volt (unless refractory)
dI1/dt = -I1/te : amp
dI2/dt = -(1/ti)*I2 : amp
I0 : amp (constant)`,
    ...leaky,
    namespace: { ...namespace, R: '80 Mohm' },
    synapses: [{ on_pre: 'I1 += 0.5*nA' }, { on_pre: 'I2 += 0.1*nA' }],
    initializers: { v: '-60*mV', I0: '0.13*nA + 0.01*nA*i' },
    values: { cm: 0.25e-9, v_rest: -0.06, tau_syn_E: 0.003, tau_syn_I: 0.007 },
  },
  {
    name: 'conductances relative to the leak',
    type: 'IF_cond_exp',
    model: `dv/dt = ((El - v) + ge*(Ee - v) + gi*(Ei - v))/tau : volt (unless refractory)
dge/dt = -ge/te : 1
dgi/dt = -gi/ti : 1`,
    ...leaky,
    namespace: { ...namespace, El: '-52 mV', Ee: '0 mV', Ei: '-80 mV' },
    method: 'rk4',
    synapses: [{ on_pre: 'ge += 1.5' }, { on_pre: 'gi += 0.4' }],
    initializers: { v: '-60*mV + i*2*mV' },
    values: { tau_m: 0.02, e_rev_E: 0, e_rev_I: -0.08 },
  },
  {
    name: 'conductances in siemens, with the capacitance in the open',
    type: 'IF_cond_alpha',
    model: `dv/dt = (gl*(El - v) + g*(0*mV - v))/C : volt (unless refractory)
dg/dt = (y - g)/te : siemens
dy/dt = -y/te : siemens`,
    ...leaky,
    namespace: { ...namespace, gl: '10 nS', C: '200 pF', El: '-53 mV' },
    method: 'rk4',
    synapses: [{ on_pre: 'y += 20*nS' }],
    initializers: { v: '-60*mV + i*2*mV' },
    values: { cm: 0.2e-9, tau_m: 0.02, tau_syn_E: 0.003 },
  },
  {
    name: 'a potential without a unit, and jumps that stay below the threshold',
    type: 'IF_curr_delta',
    model: 'dv/dt = (1.2 - v)/tau : 1 (unless refractory)',
    threshold: '1 < v',
    reset: 'v = 0',
    refractory: '2 ms',
    namespace,
    synapses: [{ on_pre: 'v += 0.01' }, { on_pre: 'v -= 0.002' }],
    initializers: { v: '0.3*i' },
    values: { v_rest: 0.0012, v_thresh: 0.001, v_reset: 0, tau_refrac: 0.0019 },
  },
  {
    name: 'an adaptive exponential cell',
    type: 'EIF_cond_exp_isfa_ista',
    model: `dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) + I - w)/C : volt
dw/dt = (a*(v - EL) - w)/tauw : amp
I : amp (constant)`,
    threshold: 'v > Vcut',
    reset: 'v = Vr\nw += b',
    method: 'rk4',
    namespace: {
      ...{ C: '281 pF', gL: '30 nS', EL: '-70.6 mV', VT: '-50.4 mV', DeltaT: '2 mV', Vcut: '-40.4 mV' },
      ...{ tauw: '144 ms', a: '4 nS', b: '0.0805 nA', Vr: '-70.6 mV' },
    },
    initializers: { v: '-70.6*mV', I: '1*nA + 0.2*nA*i' },
    values: { cm: 0.281e-9, delta_T: 0.002, v_thresh: -0.0504, v_spike: -0.0404, a: 4e-9, b: 0.0805e-9, tau_w: 0.144 },
  },
  {
    name: "Izhikevich's cell with the names of units",
    type: 'Izhikevich',
    model: `dv/dt = (0.04/mV*v**2 + 5*v + 140*mV)/ms - u + I : volt
du/dt = a*(b*v - u) : volt/second
I : volt/second (constant)`,
    threshold: 'v >= 30*mV',
    reset: 'v = c\nu += d',
    method: 'rk4',
    namespace: { a: '0.02/ms', b: '0.2/ms', c: '-65 mV', d: '8 mV/ms' },
    initializers: { v: 'c', u: 'b*c', I: '(8 + i)*mV/ms' },
    values: { a: 20, b: 200, c: -0.065, d: 8 },
  },
];

describe('a group of neurons', () => {
  it.each(constructs)('of $name is $type', async ({ name: _, type, values, ...construct }) => {
    const imported = read(documentOf(construct));
    const { valid, entries } = standardise(imported.valid, 'pynn');
    const population = valid.model.populations['G'];
    expect(entries.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
    expect(valid.model.neurons[population?.type ?? '']?.conformsTo?.type).toBe(`pynn/${type}`);
    for (const [name, value] of Object.entries(values)) {
      const found = population?.values[name];
      expect([name, typeof found === 'number' ? Number(found.toPrecision(9)) : found]).toEqual([name, value]);
    }
    const { files } = await convertModel(imported.valid, 'pynn-json');
    const again = importModel({ name: 'again.json', text: files[0]?.text ?? '' });
    const [ours, theirs] = [await spikesOf(imported), await spikesOf(again)];
    expect(ours.length).toBeGreaterThan(3);
    expect(theirs.length).toBe(ours.length);
    // Linear cells agree to the step; of others PyNN prescribes another integrator.
    const off = construct.method === undefined ? 0 : 2;
    const stepOf = (spike: string): number => Number(spike.split(':')[1]);
    const sorted = (list: readonly string[]): readonly string[] =>
      [...list].sort((a, b) => Number(a.split(':')[0]) - Number(b.split(':')[0]) || stepOf(a) - stepOf(b));
    sorted(theirs).forEach((spike, k) => {
      expect(Math.abs(stepOf(spike) - stepOf(sorted(ours)[k] ?? ''))).toBeLessThanOrEqual(off);
    });
  });

  const strange: readonly (Construct & { readonly name: string; readonly reason: RegExp })[] = [
    { name: 'has no leak', model: 'dv/dt = 1*mV/ms : volt', threshold: 'v > 1*mV', reset: 'v = 0*mV', reason: /leak/ },
    {
      name: 'has a leak of another power',
      model: 'dv/dt = -v**3/(mV**2*ms) : volt',
      threshold: 'v > 1*mV',
      reset: 'v = 0*mV',
      reason: /leak/,
    },
    {
      name: 'has noise',
      model: 'dv/dt = -v/ms + mV*xi/sqrt(ms) : volt',
      threshold: 'v > 1*mV',
      reset: 'v = 0*mV',
      method: 'euler',
      reason: /noise/,
    },
    {
      name: 'has a moving threshold',
      model: 'dv/dt = -v/ms : volt\ndtheta/dt = -theta/ms : volt',
      threshold: 'v > theta',
      reset: 'v = 0*mV',
      reason: /spikes where/,
    },
    {
      name: 'goes on in its refractory time',
      model: 'dv/dt = -v/ms : volt',
      threshold: 'v > 1*mV',
      reset: 'v = 0*mV',
      refractory: '5 ms',
      reason: /goes on in the refractory time/,
    },
  ];

  it.each(strange)('that $name is no standard cell', ({ name: _, reason, ...construct }) => {
    const { entries } = standardise(read(documentOf(construct)).valid, 'pynn');
    expect(entries).toContainEqual(
      expect.objectContaining({
        verdict: 'notExpressible',
        pointer: '/populations/G',
        message: expect.stringMatching(reason),
      }),
    );
  });
});

describe('synapses', () => {
  const target = {
    model: 'dv/dt = (g - v)/(10*ms) : volt (unless refractory)\ndg/dt = -g/(2*ms) : volt',
    threshold: 'v > 1*volt',
    reset: 'v = 0*mV',
  };
  const plastic = `w : volt
dApre/dt = -Apre/taup : 1 (event-driven)
dApost/dt = -Apost/taum : 1 (event-driven)`;
  const rows: readonly {
    readonly name: string;
    readonly synapse: Readonly<Record<string, unknown>>;
    readonly namespace?: Readonly<Record<string, string | number>>;
    readonly type: string;
    readonly values: Readonly<Record<string, number>>;
  }[] = [
    {
      name: 'with a constant',
      synapse: { on_pre: 'g_post += 2*mV' },
      type: 'StaticSynapse',
      values: { weight: 2e-10 },
    },
    {
      name: 'that fail',
      synapse: { on_pre: 'g_post += 2*mV*int(rand() < 0.3)' },
      type: 'SimpleStochasticSynapse',
      values: { weight: 2e-10, p: 0.3 },
    },
    {
      name: 'that depress and facilitate',
      synapse: {
        model: 'du/dt = -u/tf : 1 (event-driven)\ndx/dt = (1 - x)/td : 1 (event-driven)',
        on_pre: 'u += U0*(1 - u)\ng_post += 3*mV*u*x\nx -= u*x',
        initializers: { x: '1' },
      },
      namespace: { tf: '300 ms', td: '120 ms', U0: 0.2 },
      type: 'TsodyksMarkramSynapse',
      values: { U: 0.2, tau_rec: 0.12, tau_facil: 0.3, weight: 3e-10 },
    },
    {
      name: 'with additive plasticity',
      synapse: {
        model: plastic,
        on_pre: 'g_post += w\nApre += 1\nw = clip(w - 0.02*mV*Apost, 0*mV, 4*mV)',
        on_post: 'Apost += 1\nw = clip(w + 0.04*mV*Apre, 0*mV, 4*mV)',
        initializers: { w: '1*mV' },
      },
      namespace: { taup: '15 ms', taum: '30 ms' },
      type: 'STDPMechanism',
      values: { A_plus: 0.01, A_minus: 0.005, tau_plus: 0.015, tau_minus: 0.03, w_max: 4e-10, weight: 1e-10 },
    },
    {
      name: 'with multiplicative plasticity',
      synapse: {
        model: plastic,
        on_pre: 'g_post += w\nApre += 1\nw = clip(w*(1 - 0.02*Apost), 0*mV, 4*mV)',
        on_post: 'Apost += 1\nw = clip(w + 0.01*(4*mV - w)*Apre, 0*mV, 4*mV)',
        initializers: { w: '1*mV' },
      },
      namespace: { taup: '15 ms', taum: '30 ms' },
      type: 'STDPMechanism',
      values: { A_plus: 0.01, A_minus: 0.02 },
    },
  ];

  it.each(rows)('$name are a $type', ({ synapse, namespace: names, type, values }) => {
    const imported = read(documentOf({ ...target, synapses: [synapse], ...(names ? { namespace: names } : {}) }));
    const { valid, entries } = standardise(imported.valid, 'pynn');
    expect(entries.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
    const projection = valid.model.projections['S0'];
    expect(valid.model.synapses[projection?.synapse ?? '']?.conformsTo?.type).toBe(`pynn/${type}`);
    for (const [name, value] of Object.entries(values))
      expect([name, Number(Number(projection?.values[name]).toPrecision(8))]).toEqual([name, value]);
  });

  it('whose potentiation depends on the square of the weight are none', () => {
    const synapse = {
      model: plastic,
      on_pre: 'g_post += w\nApre += 1\nw = clip(w - 0.02*mV*Apost, 0*mV, 4*mV)',
      on_post: 'Apost += 1\nw = clip(w + 0.04*w**2/mV*Apre, 0*mV, 4*mV)',
      initializers: { w: '1*mV' },
    };
    const names = { taup: '15 ms', taum: '30 ms' };
    const { entries } = standardise(
      read(documentOf({ ...target, synapses: [synapse], namespace: names })).valid,
      'pynn',
    );
    expect(entries).toContainEqual(expect.objectContaining({ verdict: 'notExpressible', pointer: '/projections/S0' }));
  });
});

describe('connections', () => {
  const rules: readonly [text: string, connect: unknown, expected: Readonly<Record<string, unknown>>][] = [
    ['all', true, { rule: 'all', self: true }],
    ['all but itself', { condition: 'i != j' }, { rule: 'all', self: false }],
    ['a probability', { p: 0.2 }, { rule: 'pairs', p: 0.2, self: true, condition: null }],
    ['one to one', { j: 'i' }, { rule: 'oneToOne' }],
    ['one to one by a condition', { condition: 'i == j' }, { rule: 'oneToOne' }],
    ['neighbours', { j: 'i + 1', skip_if_invalid: true }, { rule: 'list', sources: [0, 1], targets: [1, 2] }],
    ['those before', { condition: 'i < j' }, { rule: 'list', sources: [0, 0, 1], targets: [1, 2, 2] }],
    ['a number for each', { j: 'k for k in sample(N_post, size=2)' }, { rule: 'fixedOutDegree', n: 2, replace: false }],
  ];

  it.each(rules)('of %s', (_, connect, expected) => {
    const document = documentOf({ model: 'dv/dt = -v/(10*ms) : volt', threshold: 'v > 1*volt', reset: 'v = 0*volt' });
    const synapses = { S: { source: 'G', target: 'G', on_pre: 'v_post += 1*mV', connect, delay: '1 ms' } };
    const { valid } = standardise(read({ ...document, synapses }).valid, 'pynn');
    expect(valid.model.projections['S']?.connect).toEqual([expect.objectContaining(expected)]);
  });
});
