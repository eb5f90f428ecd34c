/**
 * PyNN 0.13's standard cells as equations: one entry each, in PyNN's parameter names, units and defaults. Common to
 * all: current injected by sources is `i_inj`. After a spike, v is held at its reset for round(tau_refrac/dt) steps,
 * while synaptic and adaptation variables go on. Input to v in that time is lost. First values are PyNN's constants,
 * not v_rest. Linear cells are integrated exactly. Conductances are too, beside a potential that takes exponential
 * steps, or the steps of the adaptive method in cells with fast own dynamics (`lower/integration/decays.ts`).
 *
 * @source PyNN 0.13, pyNN.standardmodels.cells; papers at each cell
 */

import { replaced } from '../replaced.js';
import type {
  DerivativeDocument,
  EventDocument,
  NeuronDocument,
  ParameterDocument,
  StateVariableDocument,
} from '../../model/document.generated.js';
import { identityOf, type StandardCell } from '../standard-type.js';
import { response, type ResponseParts, type ResponseShape } from './receptors.js';

type Numbers = Readonly<Record<string, readonly [value: number, unit: string]>>;

const parametersOf = (numbers: Numbers): Record<string, ParameterDocument> =>
  Object.fromEntries(Object.entries(numbers).map(([name, [value, unit]]) => [name, { unit, value }]));

/** Properties that differ between cells, besides their receptors. */
interface Membrane {
  readonly name: string;
  readonly parameters: Numbers;
  /**
   * Names of all parameters in PyNN's order, which is the order of draws; absent: the membrane's, then the receptors'.
   */
  readonly order?: string;
  /** First value of v in mV. */
  readonly v: number;
  /** Right side for v; `I` stands for all currents: synaptic, constant and injected. */
  readonly rate: string;
  readonly state?: Readonly<Record<string, StateVariableDocument>>;
  readonly derivatives?: Readonly<Record<string, DerivativeDocument>>;
  readonly derived?: NonNullable<NeuronDocument['derived']>;
  readonly spike: EventDocument;
  readonly method: NonNullable<NeuronDocument['method']>;
  /** PyNN's names of further variables that can be recorded or initialised, with their own names. */
  readonly recordable?: Readonly<Record<string, string>>;
  readonly initial?: Readonly<Record<string, string>>;
}

const merged = <T>(maps: readonly Readonly<Record<string, T>>[]): Record<string, T> =>
  Object.fromEntries(maps.flatMap((map) => Object.entries(map)));

/** Returns a cell type from a membrane and named receptors. */
export function composeCell(
  membrane: Membrane,
  responses: Readonly<Record<string, ResponseParts>>,
  recordable: Readonly<Record<string, string>>,
): StandardCell {
  const parts = Object.values(responses);
  const current = ['i_offset', 'i_inj'].filter(
    (name) => name === 'i_inj' || membrane.parameters['i_offset'] !== undefined,
  );
  const unordered = merged([parametersOf(membrane.parameters), ...parts.map((part) => part.parameters)]);
  const place = (name: string): number => (membrane.order?.split(' ') ?? []).indexOf(name);
  const parameters = Object.fromEntries(Object.entries(unordered).sort(([a], [b]) => place(a) - place(b)));
  const total = [...parts.map((part) => part.current), ...current].join(' + ');
  return {
    name: membrane.name,
    neuron: {
      conformsTo: { type: `pynn/${membrane.name}`, where: identityOf(Object.keys(parameters)), timing: 'grid' },
      parameters,
      inputs: { i_inj: 'nA' },
      state: merged<StateVariableDocument>([
        { v: { unit: 'mV', initial: membrane.v } },
        membrane.state ?? {},
        ...parts.map((part) => part.state),
      ]),
      ...(membrane.derived === undefined ? {} : { derived: membrane.derived }),
      derivatives: merged<DerivativeDocument>([
        { v: replaced(membrane.rate, { I: total }) },
        membrane.derivatives ?? {},
        ...parts.map((part) => part.derivatives),
      ]),
      events: { spike: membrane.spike },
      method: membrane.method,
    },
    receptors: Object.fromEntries(Object.entries(responses).map(([name, part]) => [name, part.receptor])),
    recordable: { v: 'v', ...membrane.recordable, ...recordable },
    initial: { v: 'v', ...membrane.initial, ...recordable },
    injectable: 'i_inj',
  };
}

// --- Receptors as PyNN's cells combine them -----------------------------------------------------------------------

interface TwoReceptors {
  readonly responses: Readonly<Record<string, ResponseParts>>;
  readonly recordable: Readonly<Record<string, string>>;
}

/** Returns excitatory and inhibitory currents. */
function currents(shape: ResponseShape, tauE: number, tauI: number): TwoReceptors {
  return {
    responses: {
      excitatory: response({ shape, kind: 'current', variable: 'isyn_exc', timeConstant: ['tau_syn_E', tauE] }),
      inhibitory: response({ shape, kind: 'current', variable: 'isyn_inh', timeConstant: ['tau_syn_I', tauI] }),
    },
    recordable: { isyn_exc: 'isyn_exc', isyn_inh: 'isyn_inh' },
  };
}

/** Returns excitatory and inhibitory conductances. */
function conductances(
  shape: ResponseShape,
  tauE: number,
  tauI: number,
  reversalI: number,
  reversalE: readonly [string, number] | string = ['e_rev_E', 0],
): TwoReceptors {
  return {
    responses: {
      excitatory: response({
        shape,
        kind: 'conductance',
        variable: 'gsyn_exc',
        timeConstant: ['tau_syn_E', tauE],
        reversal: reversalE,
      }),
      inhibitory: response({
        shape,
        kind: 'conductance',
        variable: 'gsyn_inh',
        timeConstant: ['tau_syn_I', tauI],
        reversal: ['e_rev_I', reversalI],
      }),
    },
    recordable: { gsyn_exc: 'gsyn_exc', gsyn_inh: 'gsyn_inh' },
  };
}

/** v := v_reset, held for tau_refrac: until the first step that does not begin before its end, as in NEST. */
const resets = (when: string, also: readonly string[] = []): EventDocument => ({
  when,
  do: ['v = v_reset', ...also],
  refractory: { for: 'tau_refrac', rate: ['v'], writes: 'block', rounding: 'up' },
});

// --- Membranes ----------------------------------------------------------------------------------------------------

const lifParameters: Numbers = {
  v_rest: [-65, 'mV'],
  cm: [1, 'nF'],
  tau_m: [20, 'ms'],
  tau_refrac: [0.1, 'ms'],
  v_reset: [-65, 'mV'],
  v_thresh: [-50, 'mV'],
  i_offset: [0, 'nA'],
};

const currentOrder = 'v_rest cm tau_m tau_refrac tau_syn_E tau_syn_I i_offset v_reset v_thresh';
const conductanceOrder =
  'v_rest cm tau_m tau_refrac tau_syn_E tau_syn_I e_rev_E e_rev_I v_thresh v_reset i_offset tau_sfa e_rev_sfa ' +
  'q_sfa tau_rr e_rev_rr q_rr';

/** Leaky integrate-and-fire: cm v' = -(cm/tau_m)(v - v_rest) + I. */
export const lif = (name: string, method: Membrane['method'], order = conductanceOrder): Membrane => ({
  name,
  parameters: lifParameters,
  order,
  v: -65,
  rate: '(v_rest - v)/tau_m + I/cm',
  spike: resets('v > v_thresh'),
  method,
});

const adexParameters: Numbers = {
  cm: [0.281, 'nF'],
  tau_refrac: [0.1, 'ms'],
  v_spike: [-40, 'mV'],
  v_reset: [-70.6, 'mV'],
  v_rest: [-70.6, 'mV'],
  tau_m: [9.3667, 'ms'],
  i_offset: [0, 'nA'],
  a: [4, 'nS'],
  b: [0.0805, 'nA'],
  delta_T: [2, 'mV'],
  tau_w: [144, 'ms'],
  v_thresh: [-50.4, 'mV'],
};

/**
 * Adaptive exponential integrate-and-fire (Brette & Gerstner, Journal of Neurophysiology 94 (2005) 3637), with
 * gL = cm/tau_m:
 * cm v' = -gL (v - v_rest) + gL delta_T exp((v - v_thresh)/delta_T) - w + I,  tau_w w' = a (v - v_rest) - w
 * At v > v_spike: v := v_reset, w += b; w goes on while v is held. In a step in which v passes v_spike, the exponential
 * and w read v_spike at most, as in NEST.
 * With delta_T = 0 there is no exponential, and the threshold is v_thresh.
 */
export const adex = (name: string): Membrane => ({
  name,
  parameters: adexParameters,
  order:
    'cm tau_refrac v_spike v_reset v_rest tau_m i_offset a b delta_T tau_w v_thresh e_rev_E tau_syn_E e_rev_I ' +
    'tau_syn_I',
  v: -70.6,
  rate:
    '(v_rest - v + (delta_T*exp((min(v, v_spike) - v_thresh)/delta_T) if delta_T > 0*mV else 0*mV))/tau_m + (I - ' +
    'w)/cm',
  state: { w: { unit: 'nA' } },
  derivatives: { w: '(a*(min(v, v_spike) - v_rest) - w)/tau_w' },
  spike: resets('v > (v_spike if delta_T > 0*mV else v_thresh)', ['w += b']),
  method: 'adaptive',
  recordable: { w: 'w' },
  initial: { w: 'w' },
});

/**
 * Conductance-based adaptation and relative refractoriness (Muller et al., Neural Computation 19 (2007) 2958):
 *   cm v' = ... - g_s (v - e_rev_sfa) - g_r (v - e_rev_rr),  g' = -g/tau;  at a spike g_s += q_sfa, g_r += q_rr
 */
const adaptingLif: Membrane = {
  ...lif('IF_cond_exp_gsfa_grr', 'rk4'),
  parameters: {
    ...lifParameters,
    tau_sfa: [100, 'ms'],
    e_rev_sfa: [-75, 'mV'],
    q_sfa: [15, 'nS'],
    tau_rr: [2, 'ms'],
    e_rev_rr: [-75, 'mV'],
    q_rr: [3000, 'nS'],
  },
  rate: '(v_rest - v)/tau_m + (I + g_s*(e_rev_sfa - v) + g_r*(e_rev_rr - v))/cm',
  state: { g_s: { unit: 'nS' }, g_r: { unit: 'nS' } },
  derivatives: { g_s: '-g_s/tau_sfa', g_r: '-g_r/tau_rr' },
  spike: resets('v > v_thresh', ['g_s += q_sfa', 'g_r += q_rr']),
  method: 'adaptive',
  recordable: { g_s: 'g_s', g_r: 'g_r' },
  initial: { g_s: 'g_s', g_r: 'g_r' },
};

/**
 * The neuron of the FACETS hardware, stage 1: IF_cond_exp with cm 0.2 nF, tau_refrac 1 ms and e_rev_E 0 mV, given by
 * its leak conductance.
 */
const facetsHardware: Membrane = {
  name: 'IF_facets_hardware1',
  parameters: { g_leak: [40, 'nS'], v_reset: [-80, 'mV'], v_rest: [-65, 'mV'], v_thresh: [-55, 'mV'] },
  order: 'g_leak tau_syn_E tau_syn_I v_reset e_rev_I v_rest v_thresh',
  v: -65,
  rate: '(g_leak*(v_rest - v) + I)/(0.2*nF)',
  spike: {
    when: 'v > v_thresh',
    do: ['v = v_reset'],
    refractory: { for: '1*ms', rate: ['v'], writes: 'block', rounding: 'up' },
  },
  method: 'rk4',
};

/**
 * Hodgkin–Huxley with the channels of Traub & Miles (Neuronal Networks of the Hippocampus, 1991), u = v - v_offset. A
 * spike is an upward crossing of 0 mV, without a reset. x/(exp(x) - 1) is written 1/exprel(x), which has no hole at 0.
 */
const hodgkinHuxley: Membrane = {
  name: 'HH_cond_exp',
  parameters: {
    gbar_Na: [20, 'uS'],
    gbar_K: [6, 'uS'],
    g_leak: [0.01, 'uS'],
    cm: [0.2, 'nF'],
    v_offset: [-63, 'mV'],
    e_rev_Na: [50, 'mV'],
    e_rev_K: [-90, 'mV'],
    e_rev_leak: [-65, 'mV'],
    i_offset: [0, 'nA'],
  },
  order: 'gbar_Na gbar_K g_leak cm v_offset e_rev_Na e_rev_K e_rev_leak e_rev_E e_rev_I tau_syn_E tau_syn_I i_offset',
  v: -65,
  derived: {
    alpha_m: { unit: '1/ms', value: '1.28/ms/exprel((13*mV - (v - v_offset))/(4*mV))' },
    beta_m: { unit: '1/ms', value: '1.4/ms/exprel(((v - v_offset) - 40*mV)/(5*mV))' },
    alpha_h: { unit: '1/ms', value: '0.128/ms*exp((17*mV - (v - v_offset))/(18*mV))' },
    beta_h: { unit: '1/ms', value: '4/ms/(1 + exp((40*mV - (v - v_offset))/(5*mV)))' },
    alpha_n: { unit: '1/ms', value: '0.16/ms/exprel((15*mV - (v - v_offset))/(5*mV))' },
    beta_n: { unit: '1/ms', value: '0.5/ms*exp((10*mV - (v - v_offset))/(40*mV))' },
  },
  rate: '(g_leak*(e_rev_leak - v) + gbar_Na*gate_m**3*gate_h*(e_rev_Na - v) + gbar_K*gate_n**4*(e_rev_K - v) + I)/cm',
  state: { gate_m: { unit: 1 }, gate_h: { unit: 1, initial: 1 }, gate_n: { unit: 1 } },
  derivatives: {
    gate_m: 'alpha_m*(1 - gate_m) - beta_m*gate_m',
    gate_h: 'alpha_h*(1 - gate_h) - beta_h*gate_h',
    gate_n: 'alpha_n*(1 - gate_n) - beta_n*gate_n',
  },
  spike: { when: 'v > 0*mV', edge: 'rising' },
  method: 'adaptive',
  recordable: { m: 'gate_m', h: 'gate_h', n: 'gate_n' },
  initial: { m: 'gate_m', h: 'gate_h', n: 'gate_n' },
};

/**
 * Izhikevich's simple model (IEEE Transactions on Neural Networks 14 (2003) 1569); currents act as on 1 pF, synapses
 * step v.
 */
const izhikevichMembrane: Membrane = {
  name: 'Izhikevich',
  parameters: { a: [0.02, '1/ms'], b: [0.2, '1/ms'], c: [-65, 'mV'], d: [2, 'mV/ms'], i_offset: [0, 'nA'] },
  v: -70,
  rate: '0.04*v**2/(ms*mV) + 5*v/ms + 140*mV/ms - u + I/pF',
  state: { u: { unit: 'mV/ms', initial: -14 } },
  derivatives: { u: 'a*(b*v - u)' },
  spike: { when: 'v >= 30*mV', do: ['v = c', 'u += d'] },
  method: 'adaptive',
  recordable: { u: 'u' },
  initial: { u: 'u' },
};

/**
 * Generalised integrate-and-fire with `components` exponentials each of spike-triggered current (eta) and threshold
 * movement (gamma) (Mensi et al., Journal of Neurophysiology 107 (2012) 1756; Pozzorini et al., PLOS Computational
 * Biology 11 (2015) e1004275):
 *   cm v' = -(cm/tau_m)(v - v_rest) - sum eta_j + I,  v_t = v_t_star + sum gamma_j
 * A spike falls into a step with probability 1 - exp(-lambda0 exp((v - v_t)/delta_v) dt); it adds a_eta_j and
 * a_gamma_j.
 */
export function gifCell(components = 3): StandardCell {
  const numbered = Array.from({ length: components }, (_, k) => k + 1);
  const usualTime = (k: number): number => [1, 10][k - 1] ?? 100;
  const each = <T>(make: (k: number) => readonly [string, T]): Record<string, T> =>
    Object.fromEntries(numbered.map(make));
  const list = (name: string): readonly string[] => numbered.map((k) => `${name}_${k}`);
  const { responses, recordable } = conductances('exp', 5, 5, -70);
  const cell = composeCell(
    {
      name: 'GIF_cond_exp',
      parameters: {
        v_rest: [-65, 'mV'],
        cm: [1, 'nF'],
        tau_m: [20, 'ms'],
        tau_refrac: [4, 'ms'],
        v_reset: [-65, 'mV'],
        i_offset: [0, 'nA'],
        delta_v: [0.5, 'mV'],
        v_t_star: [-48, 'mV'],
        lambda0: [1, 'Hz'],
        ...each((k) => [`tau_eta_${k}`, [usualTime(k), 'ms'] as const]),
        ...each((k) => [`tau_gamma_${k}`, [usualTime(k), 'ms'] as const]),
        ...each((k) => [`a_eta_${k}`, [1, 'nA'] as const]),
        ...each((k) => [`a_gamma_${k}`, [1, 'mV'] as const]),
      },
      order:
        'v_rest cm tau_m tau_refrac tau_syn_E tau_syn_I e_rev_E e_rev_I v_reset i_offset delta_v v_t_star lambda0 ' +
        ['tau_eta', 'tau_gamma', 'a_eta', 'a_gamma'].flatMap(list).join(' '),
      v: -65,
      rate: '(v_rest - v)/tau_m + (I - i_eta)/cm',
      derived: {
        i_eta: { unit: 'nA', value: numbered.map((k) => `eta_${k}`).join(' + ') },
        v_t: { unit: 'mV', value: ['v_t_star', ...numbered.map((k) => `gamma_${k}`)].join(' + ') },
      },
      state: { ...each((k) => [`eta_${k}`, { unit: 'nA' }]), ...each((k) => [`gamma_${k}`, { unit: 'mV' }]) },
      derivatives: {
        ...each((k) => [`eta_${k}`, `-eta_${k}/tau_eta_${k}`]),
        ...each((k) => [`gamma_${k}`, `-gamma_${k}/tau_gamma_${k}`]),
      },
      spike: resets(
        'uniform() < -expm1(-lambda0*exp((v - v_t)/delta_v)*dt)',
        numbered.flatMap((k) => [`eta_${k} += a_eta_${k}`, `gamma_${k} += a_gamma_${k}`]),
      ),
      method: 'rk4',
      recordable: { i_eta: 'i_eta', v_t: 'v_t' },
    },
    responses,
    recordable,
  );
  return {
    ...cell,
    lists: { tau_eta: list('tau_eta'), tau_gamma: list('tau_gamma'), a_eta: list('a_eta'), a_gamma: list('a_gamma') },
  };
}

// --- The table ----------------------------------------------------------------------------------------------------

const compose = (membrane: Membrane, { responses, recordable }: TwoReceptors): StandardCell =>
  composeCell(membrane, responses, recordable);

/** Returns a cell with synapses that step v. */
function stepped(membrane: Membrane): StandardCell {
  const cell = composeCell(membrane, {}, {});
  return {
    ...cell,
    receptors: { excitatory: { variable: 'v', kind: 'voltage' }, inhibitory: { variable: 'v', kind: 'voltage' } },
  };
}

/** PyNN's standard cells that integrate. */
export const cells: readonly StandardCell[] = [
  compose(lif('IF_curr_exp', 'exact', currentOrder), currents('exp', 5, 5)),
  compose(lif('IF_curr_alpha', 'exact', currentOrder), currents('alpha', 0.5, 0.5)),
  stepped(lif('IF_curr_delta', 'exact', currentOrder)),
  compose(lif('IF_cond_exp', 'rk4'), conductances('exp', 5, 5, -70)),
  compose(lif('IF_cond_alpha', 'rk4'), conductances('alpha', 0.3, 0.5, -70)),
  compose(adaptingLif, conductances('exp', 5, 5, -70)),
  compose(facetsHardware, conductances('exp', 30, 30, -80, '0*mV')),
  compose(adex('EIF_cond_exp_isfa_ista'), conductances('exp', 5, 5, -80)),
  compose(adex('EIF_cond_alpha_isfa_ista'), conductances('alpha', 5, 5, -80)),
  compose(hodgkinHuxley, conductances('exp', 0.2, 2, -80)),
  stepped(izhikevichMembrane),
  gifCell(),
];
