/** Small Brian-like models, each of one construct: a group, and synapses from given spikes. */

import '../../translators/brian/road.js';

/** A Brian-like model of one group, driven by given spikes. */
export interface Construct {
  readonly model: string;
  readonly threshold?: string;
  readonly reset?: string;
  readonly refractory?: string;
  readonly namespace?: Readonly<Record<string, string | number>>;
  readonly initializers?: Readonly<Record<string, unknown>>;
  readonly method?: string;
  /** Synapses from the given spikes, each with the keys of a specification. */
  readonly synapses?: readonly Readonly<Record<string, unknown>>[];
}

const times = [3, 3.4, 5, 9, 9.2, 14, 21, 21.3, 28, 35];

/** A document of the construct. */
export function documentOf({ model, synapses = [], namespace, ...group }: Construct): Record<string, unknown> {
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

const leaky = { threshold: 'v > Vt', reset: 'v = Vr', refractory: '2 ms' };
const namespace = { tau: '20 ms', El: '-60 mV', Vt: '-50 mV', Vr: '-61 mV', te: '3 ms', ti: '7 ms' };

/** Cells in many spellings, and the standard types that they are. */
export const cells: readonly (Construct & {
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
    values: { tau_m: 0.02, v_rest: -0.051, tau_syn_E: 0.003, tau_refrac: 0.002, v_thresh: -0.05, v_reset: -0.061 },
  },
  {
    name: 'a drive by the number of the cell among all',
    type: 'IF_curr_exp',
    model: 'dv/dt = (v0 - v)/tau : volt (unless refractory)\nv0 : volt (constant)',
    ...leaky,
    namespace,
    initializers: { v: '-60*mV', v0: '-49*mV + i*6*mV/N' },
    values: { tau_m: 0.02, v_thresh: -0.05, v_reset: -0.061 },
  },
  {
    name: 'a current by a resistance, with time constants that differ between cells',
    type: 'IF_curr_exp',
    model: 'dv/dt = (El - v + R*I)/tau : volt (unless refractory)\nI : amp (constant)\ntau : second (constant)',
    ...leaky,
    namespace: { R: '80 Mohm', El: '-60 mV', Vt: '-50 mV', Vr: '-61 mV' },
    initializers: { v: '-60*mV', I: '0.25*nA + 0.01*nA*i', tau: '20*ms + 2*ms*i' },
    values: { v_rest: -0.06, v_thresh: -0.05, v_reset: -0.061 },
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
    values: { v_rest: 0.0012, v_thresh: 0.001, v_reset: 0, tau_refrac: 0.002 },
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
    name: 'an adaptive exponential cell with values of each cell',
    type: 'EIF_cond_exp_isfa_ista',
    model: `dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) + I - w)/C : volt
dw/dt = (a*(v - EL) - w)/tauw : amp
C : farad (constant)
gL : siemens (constant)
I : amp (constant)`,
    threshold: 'v > Vcut',
    reset: 'v = Vr\nw += b',
    method: 'rk4',
    namespace: {
      ...{ EL: '-70.6 mV', VT: '-50.4 mV', DeltaT: '2 mV', Vcut: '-40.4 mV' },
      ...{ tauw: '144 ms', a: '4 nS', b: '0.0805 nA', Vr: '-70.6 mV' },
    },
    initializers: {
      ...{ C: { values: [281, 200, 250], unit: 'pF' }, gL: { values: [30, 20, 20], unit: 'nS' } },
      ...{ v: '-70.6*mV', I: '1*nA + 0.2*nA*i' },
    },
    values: { delta_T: 0.002, v_thresh: -0.0504, v_spike: -0.0404, a: 4e-9, b: 0.0805e-9, tau_w: 0.144 },
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

/**
 * A construct in Brian that takes the steps that PyNN takes: Brian counts the step of a spike in its refractory period,
 * and emits a listed spike in the step that begins at its time rather than in the one that ends then.
 */
export function inStepsOfPynn(construct: Construct): Record<string, unknown> {
  const document = documentOf(construct.refractory === '2 ms' ? { ...construct, refractory: '2.1 ms' } : construct);
  const { spike_generators: generators } = document as {
    readonly spike_generators?: { readonly input: { readonly times: { readonly values: readonly number[] } } };
  };
  if (generators === undefined) return document;
  const { input } = generators;
  const values = input.times.values.map((time) => Number((time - 0.1).toFixed(6)));
  return { ...document, spike_generators: { input: { ...input, times: { ...input.times, values } } } };
}
