/**
 * NeuroML's names for cells and synapses of the library: component types, and their attributes as expressions of the
 * library's parameters.
 *
 * @source NeuroML 2.3, Cells.xml, Synapses.xml and PyNN.xml
 */

/**
 * An attribute: its unit in SI, and its value as an expression over parameters in SI. `first_v` is the first value of
 * the variable v.
 */
export type Attribute = readonly [unit: string, value: string];

/** A cell or synapse by NeuroML's name. */
export interface Component {
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** First values of variables that components give, over attributes in SI; other variables begin with 0. */
  readonly begins?: Readonly<Record<string, string>>;
  /**
   * Pure numbers of the component by variables of the library's cell, with the factor between them; other variables are
   * the library's.
   */
  readonly numbers?: Readonly<Record<string, readonly [name: string, factor: number]>>;
  /** Set if no input or synapse can be attached. */
  readonly isClosed?: boolean;
}

const threshold: Component['attributes'] = { thresh: ['V', 'v_thresh'], reset: ['V', 'v_reset'] };
const refractory: Component['attributes'] = { refract: ['s', 'tau_refrac'] };
const leak = { leakReversal: ['V', 'v_rest'] } as const;
const conductance = { leakConductance: ['S', 'cm/tau_m'], ...leak } as const;
const atRest = { v: 'leakReversal' };

/** Cells by NeuroML's names. */
export const neuromlCells: Readonly<Record<string, Component>> = {
  iafTauCell: { attributes: { ...threshold, ...leak, tau: ['s', 'tau_m'] }, begins: atRest },
  iafTauRefCell: { attributes: { ...threshold, ...leak, tau: ['s', 'tau_m'], ...refractory }, begins: atRest },
  iafCell: { attributes: { C: ['F', 'cm'], ...threshold, ...conductance }, begins: atRest },
  iafRefCell: { attributes: { C: ['F', 'cm'], ...threshold, ...conductance, ...refractory }, begins: atRest },
  adExIaFCell: {
    attributes: {
      ...{ C: ['F', 'cm'], gL: ['S', 'cm/tau_m'], EL: ['V', 'v_rest'], VT: ['V', 'v_thresh'] },
      ...{ thresh: ['V', 'v_spike'], reset: ['V', 'v_reset'], delT: ['V', 'delta_T'], tauw: ['s', 'tau_w'] },
      ...{ refract: ['s', 'tau_refrac'], a: ['S', 'a'], b: ['A', 'b'] },
    },
    begins: { v: 'EL' },
  },
  izhikevichCell: {
    attributes: {
      ...{ v0: ['V', 'first_v'], thresh: ['V', 'thresh'], a: ['1', '1e-3*a'], b: ['1', '1e-3*b'] },
      ...{ c: ['1', '1e3*c'], d: ['1', 'd'] },
    },
    begins: { v: 'v0', U: '1e3*v0*b' },
    numbers: { u: ['U', 1] },
  },
  izhikevich2007Cell: {
    attributes: {
      ...{ C: ['F', 'cm'], v0: ['V', 'first_v'], vr: ['V', 'v_r'], vt: ['V', 'v_t'], vpeak: ['V', 'thresh'] },
      ...{ c: ['V', 'c'], k: ['S/V', 'k'], a: ['1/s', 'a'], b: ['S', 'b'], d: ['A', 'd'] },
    },
    begins: { v: 'v0' },
  },
  fitzHughNagumoCell: { attributes: { I: ['1', 'I'] }, isClosed: true },
  fitzHughNagumo1969Cell: {
    attributes: {
      ...{ a: ['1', 'a'], b: ['1', 'b'], I: ['1', 'I'], phi: ['1', 'phi'], V0: ['1', 'first_V'], W0: ['1', 'first_W'] },
    },
    begins: { V: 'V0', W: 'W0' },
    isClosed: true,
  },
};

/** Cells of PyNN that NeuroML has by the same name, with numbers of PyNN's units as attributes. */
export const pynnCells: ReadonlySet<string> = new Set([
  ...['IF_curr_alpha', 'IF_curr_exp', 'IF_cond_alpha', 'IF_cond_exp'],
  ...['EIF_cond_exp_isfa_ista', 'EIF_cond_alpha_isfa_ista', 'HH_cond_exp'],
]);

/** Numbers of PyNN's units in one of SI. */
export const perUnit: Readonly<Record<string, string>> = { s: '1e3', V: '1e3', A: '1e9', F: '1e9', S: '1e6' };

/** Poisson sources of PyNN, and their counterparts in NeuroML. */
export const neuromlSources: Readonly<
  Record<string, Component & { readonly name: string; readonly isEndless?: true }>
> = {
  SpikeSourcePoisson: {
    name: 'SpikeSourcePoisson',
    attributes: { start: ['s', 'start'], duration: ['s', 'duration'], rate: ['Hz', 'rate'] },
  },
  SpikeSourcePoissonRefractory: {
    name: 'spikeGeneratorRefPoisson',
    attributes: { averageRate: ['Hz', 'rate'], minimumISI: ['s', 'tau_refrac'] },
    isEndless: true,
  },
};

/** A synapse that acts on its cell as a variable of a neuron type does. */
export interface SynapseName {
  /** Attributes over `tau`, `rise` and `reversal` of the receptor. */
  readonly attributes: Component['attributes'];
  /** The attribute with the peak amount that a spike of weight 1 adds; absent: weights are in nA or uS. */
  readonly base?: string;
}

const reversal = { erev: ['V', 'reversal'] } as const;

/** Synapses by NeuroML's names. */
export const neuromlSynapses = {
  expCurrSynapse: { attributes: { tau_syn: ['1', '1e3*tau'] } },
  alphaCurrSynapse: { attributes: { tau_syn: ['1', '1e3*tau'] } },
  expCondSynapse: { attributes: { tau_syn: ['1', '1e3*tau'], e_rev: ['1', '1e3*reversal'] } },
  alphaCondSynapse: { attributes: { tau_syn: ['1', '1e3*tau'], e_rev: ['1', '1e3*reversal'] } },
  alphaCurrentSynapse: { attributes: { tau: ['s', 'tau'], ibase: ['A', 'weight'] }, base: 'ibase' },
  expOneSynapse: { attributes: { gbase: ['S', 'weight'], ...reversal, tauDecay: ['s', 'tau'] }, base: 'gbase' },
  alphaSynapse: { attributes: { gbase: ['S', 'weight'], ...reversal, tau: ['s', 'tau'] }, base: 'gbase' },
  expTwoSynapse: {
    attributes: { gbase: ['S', 'weight'], ...reversal, tauRise: ['s', 'rise'], tauDecay: ['s', 'tau'] },
    base: 'gbase',
  },
} as const satisfies Readonly<Record<string, SynapseName>>;
