/**
 * Membranes of standard cells, in the form for comparison with types: rates below the threshold, without inputs, and
 * the effect of a spike. `match.ts` solves them for the parameters.
 */

import { number } from '../../../lang/build.js';
import type { Expression } from '../../../lang/ast.js';
import { fitzHughNagumo, fitzHughNagumoFixed, izhikevich2007, izhikevichFree } from '../../neuroml/entries.js';
import { pointNeuron, type ReceptorChoice } from '../../pynn/point-neuron.js';
import type { StandardCell } from '../../standard-type.js';
import { constantOf, valueAt } from '../numbers.js';
import type { Wired } from './responses.js';
import { cell, coefficient, refuse, type View, zero } from './view.js';

/** Notations that have names for cells. */
export type CellNotation = 'pynn' | 'neuroml';

/** The properties of standard cells that do not depend on their receptors. */
export interface Membrane {
  /**
   * Rates of the potential, which is first, and of the membrane's other variables. Variables without a rate are
   * compared only at points.
   */
  readonly rates: Readonly<Record<string, string | undefined>>;
  /** Returns the standard cell with given receptors; rejects receptors that no such cell has. */
  readonly cell: (wired: Wired) => StandardCell;
  /**
   * Names of the parameters with the threshold, the reset, jumps of variables and the refractory period; absent:
   * without a reset.
   */
  readonly spike?: {
    readonly threshold: string;
    readonly reset: string;
    readonly jumps?: Readonly<Record<string, string>>;
    readonly refractory?: string;
    /** Whether a cell without spikes counts as a cell that never reaches its threshold. */
    readonly isOptional?: true;
  };
  /** The potential in V at which spikes of a membrane without a reset are counted. */
  readonly crossing?: number;
  /** Parameters of an exponential of the potential: its slope, and the potential at which it equals the leak. */
  readonly exponential?: { readonly slope: string; readonly threshold: string };
  /** The parameter with the resting potential, which is separated from a constant current. */
  readonly rest?: string;
  /** Parameters that coefficients do not give. */
  readonly others?: (view: View, names: ReadonlyMap<string, string>) => Readonly<Record<string, Expression>>;
  /** The variable that tells the capacitance if it is a current. */
  readonly current?: string;
  /** Whether the potential, or its input, is a pure number. */
  readonly isPure?: true;
  readonly isPurelyDriven?: true;
  /** Standard cells that are the same without receptors. */
  readonly alike?: readonly string[];
  readonly notations: readonly CellNotation[];
}

const everywhere: readonly CellNotation[] = ['pynn', 'neuroml'];

const pointCell = (name: string, receptors: readonly ReceptorChoice[]): StandardCell =>
  pointNeuron(name, receptors) ?? refuse(`PyNN has no membrane ${name}`);

const leaky: Membrane = {
  rates: { v: '(v_rest - v)/tau_m + i_offset/cm' },
  rest: 'v_rest',
  spike: { threshold: 'v_thresh', reset: 'v_reset', refractory: 'tau_refrac', isOptional: true },
  // NEST has alpha and beta functions with its adaptive exponential membrane only.
  cell: ({ family, shape, receptors }) =>
    receptors
      ? pointCell(
          receptors.every(({ type }) => type === 'AlphaPSR' || type === 'BetaPSR') &&
            new Set(receptors.map(({ type }) => type)).size === 1
            ? 'AdExp'
            : 'LIF',
          receptors,
        )
      : cell(family === 'delta' ? 'IF_curr_delta' : `IF_${family === 'none' ? 'curr' : family}_${shape}`),
  alike: ['IF_curr_alpha', 'IF_cond_exp', 'IF_cond_alpha'],
  notations: everywhere,
};

const adaptive: Membrane = {
  rates: { v: '(v_rest - v)/tau_m + (i_offset - w)/cm', w: '(a*(v - v_rest) - w)/tau_w' },
  rest: 'v_rest',
  spike: { threshold: 'v_spike', reset: 'v_reset', jumps: { w: 'b' }, refractory: 'tau_refrac', isOptional: true },
  exponential: { slope: 'delta_T', threshold: 'v_thresh' },
  cell: ({ family, shape, receptors }) =>
    family === 'curr' || family === 'delta'
      ? refuse('PyNN has no adaptive exponential cell with currents')
      : receptors
        ? pointCell('AdExp', receptors)
        : cell(`EIF_cond_${shape}_isfa_ista`),
  alike: ['EIF_cond_alpha_isfa_ista'],
  notations: everywhere,
};

/** Channels of Traub and Miles. */
const traubMiles: Membrane = {
  rates: {
    v: '(g_leak*(e_rev_leak - v) + gbar_Na*gate_m**3*gate_h*(e_rev_Na - v) + gbar_K*gate_n**4*(e_rev_K - v) + i_offset)/cm',
    gate_m: undefined,
    gate_h: undefined,
    gate_n: undefined,
  },
  rest: 'e_rev_leak',
  crossing: 0,
  cell: ({ family, shape, receptors }) =>
    receptors !== undefined || (family !== 'none' && (family !== 'cond' || shape === 'alpha'))
      ? refuse("PyNN's Hodgkin–Huxley cells have exponential conductances only")
      : cell('HH_cond_exp'),
  others: ({ rates, v }, names) => {
    // beta_n = 0.5/ms*exp((10 mV - (v - v_offset))/(40 mV)) is minus the rate of n at n = 1.
    const [at, n] = [-0.05, names.get('gate_n') ?? ''];
    const beta = -valueAt(rates.get(n) ?? zero, (name) => (name === v ? at : name === n ? 1 : NaN));
    const offset = at - 0.01 + 0.04 * Math.log(beta / 500);
    if (!Number.isFinite(offset)) refuse('its gates are not those of Traub and Miles');
    return { v_offset: number(Number(offset.toPrecision(10))) };
  },
  notations: everywhere,
};

const quadratic = {
  rates: { v: '0.04*v**2/(ms*mV) + 5*v/ms + 140*mV/ms - u + i_offset/pF', u: 'a*(b*v - u)' },
  spike: { threshold: 'thresh', reset: 'c', jumps: { u: 'd' } },
} as const;

/** Returns a cell without receptors other than its potential. */
const alone =
  (standard: StandardCell): Membrane['cell'] =>
  ({ family }) =>
    family === 'none' || family === 'delta' ? standard : refuse(`${standard.name} has no receptors`);

/** Membranes, in descending order of their fixed constants. */
export const membranes: readonly Membrane[] = [
  traubMiles,
  {
    ...quadratic,
    cell: alone(cell('Izhikevich')),
    others: () => ({ thresh: number(0.03) }),
    notations: ['pynn'],
  },
  { ...quadratic, cell: alone(izhikevichFree), isPurelyDriven: true, notations: ['neuroml'] },
  {
    rates: { v: '(k*(v - v_r)*(v - v_t) - u + i_offset)/cm', u: 'a*(b*(v - v_r) - u)' },
    spike: quadratic.spike,
    cell: () => izhikevich2007,
    current: 'u',
    // Without a gain of the recovery, only the zeros of the rate determine v_r.
    others: ({ polynomials, v }, names) => {
      if (constantOf(coefficient(polynomials.get(names.get('u') ?? ''), v)) !== 0) return {};
      const rate = polynomials.get(v);
      const [a, b, c] = [coefficient(rate, v, v), coefficient(rate, v), coefficient(rate)].map(
        (e) => constantOf(e) ?? NaN,
      ) as [number, number, number];
      const root = Math.sqrt(b * b - 4 * a * c);
      if (!Number.isFinite(root)) refuse('its rate is zero nowhere, or elsewhere in each cell');
      return { v_r: number((-b - root) / (2 * a)), v_t: number((-b + root) / (2 * a)) };
    },
    notations: ['neuroml'],
  },
  ...[fitzHughNagumoFixed, fitzHughNagumo].map((standard): Membrane => {
    const { V, W } = standard.neuron.derivatives as Readonly<Record<'V' | 'W', string>>;
    return { rates: { V, W }, cell: alone(standard), isPure: true, notations: ['neuroml'] };
  }),
  adaptive,
  leaky,
];
