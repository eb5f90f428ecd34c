/** Responses of synapses in a cell: variables that decay and drive the potential, and the receptors that they are. */

import type { Expression } from '../../../lang/ast.js';
import { NotExpressible } from '../../not-expressible.js';
import { name as nameOf, negated, number, product, quotient } from '../../../lang/build.js';
import type { NeuronType } from '../../../model/typed.js';
import { UniqueNames } from '../../../model/free-name.js';
import type { ReceptorChoice } from '../../pynn/point-neuron.js';
import { everywhere, constantOf, near, tidy, fold, withoutShortConstants } from '../numbers.js';
import { type View, coefficient, isNought, refuse, inverse, type Port, type CellUse, zero, slopeOf } from './view.js';

/** A variable that decays to zero and acts on the potential. */
export interface Response {
  readonly variable: string;
  readonly shape: 'exp' | 'alpha' | 'beta';
  readonly timeConstant: Expression;
  /** Rise time of a beta function, which decays more slowly. */
  readonly riseTime?: Expression;
  /** The variable that arrivals are added to, and its factor to the response's scale. */
  readonly entry: string;
  readonly entryScale: Expression;
}

/** Reads how variables decay; rejects decays other than an exponential or an alpha function. */
export function responsesOf(view: View, variables: readonly string[]): readonly Response[] {
  const decay = (name: string): Expression => {
    const rate = coefficient(view.polynomials.get(name), name);
    return isNought(rate) ? refuse(`${name} does not decay`) : fold(negated(inverse(rate)));
  };
  const acts = variables.filter((name) =>
    [...(view.polynomials.get(view.v)?.terms.keys() ?? [])].some((key) => key.split('*').includes(name)),
  );
  const responses = acts.map((variable): Response => {
    const polynomial = view.polynomials.get(variable);
    const timeConstant = decay(variable);
    const driving = [...(polynomial?.terms.keys() ?? [])].filter((key) => key !== variable);
    if (driving.length === 0) return { variable, shape: 'exp', timeConstant, entry: variable, entryScale: number(1) };
    const [entry = ''] = driving;
    if (driving.length > 1 || !variables.includes(entry) || acts.includes(entry))
      return refuse(`the rate of ${variable} does not match any synaptic response of PyNN`);
    const other = view.polynomials.get(entry);
    if ([...(other?.terms.keys() ?? [])].some((key) => key !== entry))
      refuse(`the rate of ${entry} does not match any synaptic response of PyNN`);
    const [a, b] = [constantOf(timeConstant), constantOf(decay(entry))];
    if (a === undefined || b === undefined) return refuse(`${variable} has a different time constant in each cell`);
    if (!near(a, b)) {
      // s' = -s/tau + c*y against s' = (k*y - s)/tau with k = (rise/tau)**(-1/(1 - rise/tau)).
      const [slow, fast] = [Math.max(a, b), Math.min(a, b)];
      const r = fast / slow;
      const scale = Math.exp(-Math.log(r) / (1 - r));
      return {
        variable,
        shape: 'beta',
        timeConstant: number(slow),
        riseTime: number(fast),
        entry,
        entryScale: fold(product(coefficient(polynomial, entry), number(slow / scale))),
      };
    }
    // s' = -s/tau + c*y against s' = (e*y - s)/tau.
    const entryScale = fold(product(coefficient(polynomial, entry), quotient(timeConstant, number(Math.E))));
    return { variable, shape: 'alpha', timeConstant, entry, entryScale };
  });
  const used = new Set(responses.flatMap(({ variable, entry }) => [variable, entry]));
  const left = variables.filter((name) => !used.has(name));
  if (left.length > 0) refuse(`PyNN has no cell with a variable like ${left.join(', ')}`);
  return responses;
}

/** The effect of responses on a membrane with a known or free capacitance. */
interface Drive {
  readonly kind: 'current' | 'conductance';
  /** Reversal potential of a conductance. */
  readonly reversal?: Expression;
  /** Effect on the rate of the potential: current or conductance over capacitance. */
  readonly strength: Expression;
}

function driveOf(view: View, { variable }: Response): Drive {
  const rate = view.polynomials.get(view.v);
  const strength = coefficient(rate, variable);
  const withPotential = coefficient(rate, variable, view.v);
  if (isNought(withPotential)) return { kind: 'current', strength };
  const conductance = fold(negated(withPotential));
  return { kind: 'conductance', strength: conductance, reversal: fold(quotient(strength, conductance)) };
}

/** Inputs of a membrane, as receptors of a standard cell. */
export interface Wired {
  /** Kind of the receptors; `delta`: arrivals step the potential. */
  readonly family: 'curr' | 'cond' | 'delta' | 'none';
  readonly shape: 'exp' | 'alpha';
  /** Receptors of a cell that is composed of them. */
  readonly receptors?: readonly ReceptorChoice[];
  readonly cm: Expression;
  /** Whether currents or conductances tell the capacitance. */
  readonly isKnown: boolean;
  readonly parameters: Readonly<Record<string, Expression>>;
  readonly variables: ReadonlyMap<string, { readonly name: string; readonly factor: number }>;
  readonly ports: ReadonlyMap<string, Port>;
}

/** Capacitance if no part of the model determines it: PyNN's own. */
const usualCapacitance = 1e-9;

/** Returns excitatory and inhibitory receptors from responses. */
function wire(view: View, type: NeuronType, use: CellUse, responses: readonly Response[]): Wired {
  const drives = responses.map((response) => driveOf(view, response));
  const kinds = new Set(drives.map(({ kind }) => kind));
  if (kinds.size > 1) refuse('it has both currents and conductances');
  const shapes = new Set(responses.map(({ shape }) => shape));
  if (shapes.size > 1) refuse('its responses are both exponentials and alpha functions');
  const cm = capacitanceOf(view, type, use, responses, drives);
  const scales = drives.map(({ strength }) =>
    tidy(everywhere(product(strength, cm)) ?? refuse('its synapses have a different scale in each cell')),
  );
  const signsOf = ({ entry }: Response): ReadonlySet<1 | -1> => use.signs.get(entry) ?? new Set();
  const [kind] = kinds;
  const sides = assign(responses, drives, scales, signsOf);
  const conductance = kind === 'conductance';
  const prefix = conductance ? 'gsyn' : 'isyn';
  const variables = new Map<string, { name: string; factor: number }>();
  const ports = new Map<string, Port>();
  const parameters: Record<string, Expression> = {};
  const [first = 'exp'] = shapes;
  const shape = first === 'beta' ? refuse("PyNN's cells with two receptors have no beta functions") : first;
  responses.forEach((response, k) => {
    const scale = scales[k] ?? 1;
    const entryScale = constantOf(response.entryScale) ?? refuse('its synapses have a different scale in each cell');
    const names = sides.flatMap((side, s) => (side === k ? [s === 0 ? 'exc' : 'inh'] : []));
    const [first = 'exc', second = first] = names;
    const rise = shape === 'alpha' ? '_rise' : '';
    variables.set(response.variable, { name: `${prefix}_${first}`, factor: scale });
    if (shape === 'alpha')
      variables.set(response.entry, { name: `${prefix}_${first}_rise`, factor: scale * entryScale });
    ports.set(response.entry, {
      kind: conductance ? 'conductance' : 'current',
      positive: `${prefix}_${first}${rise}`,
      negative: `${prefix}_${second}${rise}`,
      factor: withoutShortConstants(scale * entryScale),
    });
    for (const name of names) {
      const side = name === 'exc' ? 'E' : 'I';
      parameters[`tau_syn_${side}`] = response.timeConstant;
      const { reversal } = drives[k] ?? {};
      if (reversal !== undefined) parameters[`e_rev_${side}`] = reversal;
    }
  });
  return {
    family: kind === undefined ? 'none' : conductance ? 'cond' : 'curr',
    shape,
    cm,
    isKnown: responses.length + Object.keys(type.inputs).length > 0,
    parameters,
    variables,
    ports,
  };
}

const receptorTypes = { exp: 'ExpPSR', alpha: 'AlphaPSR', beta: 'BetaPSR' } as const;

/** Returns any number of receptors, for a cell that PyNN composes of a membrane and receptors. */
function wireMany(view: View, type: NeuronType, use: CellUse, responses: readonly Response[]): Wired {
  const drives = responses.map((response) => driveOf(view, response));
  const cm = capacitanceOf(view, type, use, responses, drives);
  const names = new UniqueNames();
  const variables = new Map<string, { name: string; factor: number }>();
  const ports = new Map<string, Port>();
  const parameters: Record<string, Expression> = {};
  const receptors = responses.map((response, k): ReceptorChoice => {
    const { kind, reversal, strength } = drives[k] ?? refuse('no drive');
    const name = names.take(response.variable.replace(/^[A-Za-z]_(?=.)/, ''));
    const current = kind === 'current';
    if (current && response.shape !== 'exp') refuse('PyNN builds composite cells from exponential currents only');
    const scale = tidy(
      constantOf(fold(product(strength, cm))) ?? refuse('its synapses have a different scale in each cell'),
    );
    const entryScale = constantOf(response.entryScale) ?? refuse('its synapses have a different scale in each cell');
    const variable = `${name}_${current ? 'isyn' : 'gsyn'}`;
    const entry = response.shape === 'exp' ? variable : `${variable}_rise`;
    variables.set(response.variable, { name: variable, factor: scale });
    if (entry !== variable) variables.set(response.entry, { name: entry, factor: scale * entryScale });
    ports.set(response.entry, {
      kind: current ? 'current' : 'conductance',
      positive: entry,
      negative: entry,
      factor: withoutShortConstants(scale * entryScale),
    });
    if (response.riseTime === undefined) parameters[`${name}_tau_syn`] = response.timeConstant;
    else {
      parameters[`${name}_tau_decay`] = response.timeConstant;
      parameters[`${name}_tau_rise`] = response.riseTime;
    }
    if (reversal !== undefined) parameters[`${name}_e_syn`] = reversal;
    return { name, type: current ? 'CurrExpPostSynapticResponse' : receptorTypes[response.shape] };
  });
  return { family: 'none', shape: 'exp', cm, isKnown: true, parameters, variables, ports, receptors };
}

/** Returns a cell of two receptors if there is one, else a composed one. */
export function wireAny(view: View, type: NeuronType, use: CellUse, responses: readonly Response[]): Wired {
  try {
    return wire(view, type, use, responses);
  } catch (error) {
    if (!(error instanceof NotExpressible) || responses.length === 0) throw error;
    return wireMany(view, type, use, responses);
  }
}

/** Returns the excitatory and the inhibitory response, by their places; a side may be free. */
function assign(
  responses: readonly Response[],
  drives: readonly Drive[],
  scales: readonly number[],
  signsOf: (response: Response) => ReadonlySet<1 | -1>,
): readonly (number | undefined)[] {
  if (responses.length > 2) refuse(`PyNN's cells have two receptors, this one has ${responses.length}`);
  const [a, b] = responses;
  if (a === undefined) return [];
  const effect = (k: number, response: Response): number => {
    const { reversal } = drives[k] ?? {};
    if (reversal !== undefined) return constantOf(reversal) ?? 0;
    const signs = signsOf(response);
    const scale = Math.sign(scales[k] ?? 1);
    if (signs.size === 2) return 0;
    return signs.has(-1) ? -scale : scale;
  };
  const isCurrent = drives[0]?.kind === 'current';
  if (b === undefined) {
    // One current for weights of both signs has both receptors, which PyNN tells apart by the sign.
    if (isCurrent) return signsOf(a).size === 2 ? [0, 0] : effect(0, a) < 0 ? [undefined, 0] : [0, undefined];
    return effect(0, a) < -0.0655 ? [undefined, 0] : [0, undefined];
  }
  const [x, y] = [effect(0, a), effect(1, b)];
  if (isCurrent && (x === 0 || y === 0 || x > 0 === y > 0) && signsOf(a).size > 0 && signsOf(b).size > 0)
    refuse('weights of both signs act on one of its currents; each PyNN receptor has one sign');
  return x >= y ? [0, 1] : [1, 0];
}

/**
 * Returns the capacitance that makes currents amperes and conductances siemens; PyNN's own if there are no such inputs.
 */
function capacitanceOf(
  view: View,
  type: NeuronType,
  { environment: { numbers } }: CellUse,
  responses: readonly Response[],
  drives: readonly Drive[],
): Expression {
  const rate = view.polynomials.get(view.v);
  for (const [name, { unit }] of Object.entries(type.inputs))
    if (unit === 'A' && !isNought(coefficient(rate, name))) return inverse(coefficient(rate, name));
  for (const [k, { variable }] of responses.entries()) {
    const unit = type.state[variable]?.unit;
    const { kind, strength = zero } = drives[k] ?? {};
    if ((kind === 'current' && unit === 'A') || (kind === 'conductance' && (unit === 'S' || unit === 'ohm**-1')))
      return inverse(fold(strength));
  }
  // A constant current of the model determines it by the change of the rate for each ampere.
  for (const [name, { unit }] of Object.entries(type.parameters)) {
    if (unit !== 'A') continue;
    const slope = slopeOf(type, view, name);
    if (slope !== undefined && (constantOf(slope) ?? 1) > 0) return inverse(slope);
  }
  const [capacitance, ...more] = Object.keys(type.parameters).filter((name) => type.parameters[name]?.unit === 'F');
  if (capacitance === undefined || more.length > 0) return number(usualCapacitance);
  const value = numbers.get(capacitance);
  return value === undefined ? nameOf(capacitance) : number(value);
}
