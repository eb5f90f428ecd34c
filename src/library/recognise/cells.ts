/**
 * Which standard cell a neuron type is: from its rates as polynomials in the state, whatever its variables and
 * parameters are called, and in whatever units and order they are written.
 *
 * The parameters of the standard cell are solved for; then both sets of rates are compared at random points.
 */

import type { Expression } from '../../lang/ast.js';
import { NoNumber } from '../../lang/evaluate.js';
import { difference, name as nameOf, negated, number, product, quotient, sum } from '../../lang/build.js';
import { derivative } from '../../lang/derivative.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import { readsAny, substitute } from '../../lang/walk.js';
import type { EventDefinition, NeuronType } from '../../model/model.js';
import { UniqueNames } from '../../model/free-name.js';
import { standardCells } from '../pynn/index.js';
import { pointNeuron, type ReceptorChoice } from '../pynn/point-neuron.js';
import { normalisedCell } from '../normalised.js';
import type { StandardCell, WeightKind } from '../standard-type.js';
import { constantOf, near, fold, plain, sequence, tidy, valueAt } from './numbers.js';
import { keyOf, polynomialOf, type Polynomial } from './polynomial.js';
import { withNumbers, type Environment } from './values.js';

/** What differs between a type and the standard one; the rest is the same function. */
interface Remark {
  readonly verdict: 'equivalent' | 'approximated';
  readonly code: string;
  readonly message: string;
}

/** The variable of the standard cell that stands for one that synapses add to. */
interface Port {
  readonly kind: WeightKind;
  /** Variables of the standard cell for positive and for negative weights. */
  readonly positive: string;
  readonly negative: string;
  /** Weights of the standard cell are those of the type times this. */
  readonly factor: number;
}

/** A neuron type as a standard cell. */
export interface RecognisedCell {
  /** The library's type. */
  readonly standard: StandardCell;
  /** Values of the standard parameters, in SI, as expressions of the type's parameters that differ between cells. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** Variables of the standard cell, and what the type's are multiplied with to be these. */
  readonly variables: ReadonlyMap<string, { readonly name: string; readonly factor: number }>;
  /** By the variable of the type. */
  readonly ports: ReadonlyMap<string, Port>;
  /** What values of each input of the type are multiplied with to be currents in A. */
  readonly currents?: ReadonlyMap<string, number>;
  /** What is not the same to the bit, or holds under a condition. */
  readonly remarks: readonly Remark[];
}

/** Facts about the model on which recognising a type depends. */
export interface CellUse {
  /** Values of the parameters. */
  readonly environment: Environment;
  /** Signs of what synapses add to each variable. */
  readonly signs: ReadonlyMap<string, ReadonlySet<1 | -1>>;
  /** Whether the time of a refractory period begins with the step of the spike rather than after it. */
  readonly countsSpikeStep: boolean;
  /** Time step in s. */
  readonly dt: number;
}

/** A reason why a type is no standard cell. */
class Unrecognised extends Error {}

const refuse = (reason: string): never => {
  throw new Unrecognised(reason);
};

/** The standard cell that a type is; a text that says why where it is none. */
export function recogniseCell(type: NeuronType, use: CellUse): RecognisedCell | string {
  try {
    return recognise(type, use);
  } catch (error) {
    if (error instanceof Unrecognised) return error.message;
    // A function of time or a draw in a rate has no value at a point.
    if (error instanceof NoNumber) return 'its rates depend on values known only during a run';
    throw error;
  }
}

/** A type as functions of pure numbers in SI. */
interface View {
  readonly rates: ReadonlyMap<string, Expression>;
  /** The membrane potential. */
  readonly v: string;
  /** What the type's potential is multiplied with to be in volts. */
  readonly volts: number;
  readonly polynomials: ReadonlyMap<string, Polynomial>;
  readonly names: ReadonlySet<string>;
  /** A text of the type as such a function. */
  readonly read: (text: string) => Expression;
}

function recognise(type: NeuronType, use: CellUse): RecognisedCell {
  if (type.noise.length > 0) refuse('PyNN has no noise in the equations of a cell');
  if (type.compartments !== undefined) refuse('it has several compartments');
  if (Object.keys(type.regimes).length > 0) refuse('it has regimes');
  const others = Object.keys(type.events).filter((name) => name !== 'spike');
  if (others.length > 0) refuse(`PyNN has no events other than spikes: ${others.join(', ')}`);
  const view = viewOf(type, use);
  const spike = type.events['spike'];
  const families = [hodgkinHuxley, izhikevich, integrateAndFire];
  const family = families.find((one) => one.fits(view)) ?? integrateAndFire;
  const found = family.solve(view, spike, use, type);
  verify(found, view, use);
  return { ...found, currents: currentsOf(type, view, found) };
}

/** Scales of a type's inputs: an input of 1 changes the potential as so many amperes do. */
function currentsOf(
  type: NeuronType,
  view: View,
  { parameters, standard }: RecognisedCell,
): ReadonlyMap<string, number> {
  const capacitance = standard.name === 'Izhikevich' ? number(1e-12) : parameters['cm'];
  return new Map(
    Object.keys(type.inputs).flatMap((name) => {
      const slope = coefficient(view.polynomials.get(view.v), name);
      const scale = capacitance && constantOf(folded(product(slope, capacitance)));
      return scale === undefined || scale === 0 ? [] : [[name, tidy(Number(scale.toPrecision(12)))] as const];
    }),
  );
}

function viewOf(type: NeuronType, { environment }: CellUse): View {
  const derived = new Map<string, Expression>();
  const own = declaredBy(type);
  const settled = (text: string): Expression =>
    fold(withNumbers(substitute(plain(text, own), derived), environment.numbers));
  let pending = Object.entries(type.derived);
  while (pending.length > 0) {
    const names = new Set(pending.map(([name]) => name));
    const ready = pending.filter(([, { value }]) => !readsAny(parseExpression(value), names));
    if (ready.length === 0) refuse('its variables depend on each other');
    for (const [name, { value }] of ready) derived.set(name, settled(value));
    pending = pending.filter((one) => !ready.includes(one));
  }
  const states = Object.keys(type.derivatives);
  const idle = Object.keys(type.state).filter((name) => type.derivatives[name] === undefined);
  const written = idle.filter((name) => name !== potentialOf(type));
  const v = potentialOf(type) ?? refuse('none of its variables is a membrane potential');
  if (written.length > 0) refuse(`PyNN has no variables without a rate of change: ${written.join(', ')}`);
  const unit = type.state[v]?.unit;
  const volts = unit === 'V' ? 1 : unit === '1' ? 1e-3 : refuse(`the unit of ${v} is ${unit ?? 'unknown'}`);
  const names = new Set([...states, ...Object.keys(type.inputs)]);
  // From here on the potential is in volts.
  const inVolts = new Map([[v, product(number(1 / volts), nameOf(v))]]);
  const read = (text: string): Expression => {
    const e = settled(text);
    return volts === 1 ? e : fold(substitute(e, inVolts));
  };
  const rates = new Map(
    states.map((name) => {
      const rate = read(type.derivatives[name]?.rate ?? '0');
      return [name, name === v && volts !== 1 ? product(number(volts), rate) : rate] as const;
    }),
  );
  const polynomials = new Map([...rates].map(([name, rate]) => [name, polynomialOf(rate, names)] as const));
  return { rates, v, volts, polynomials, names, read };
}

/** All names that a type declares. */
const declaredBy = ({ parameters, state, derived, inputs }: NeuronType): ReadonlySet<string> =>
  new Set([parameters, state, derived, inputs].flatMap((map) => Object.keys(map)));

/** The variable that the condition of a spike compares, or the only one that could be a potential. */
function potentialOf({ events, state, derivatives }: NeuronType): string | undefined {
  const when = events['spike']?.when;
  if (when !== undefined) {
    const e = parseExpression(when);
    const sides = e.kind === 'binary' ? [e.left, e.right] : [];
    for (const side of sides) if (side.kind === 'name' && Object.hasOwn(state, side.name)) return side.name;
  }
  const volts = Object.keys(derivatives).filter((name) => state[name]?.unit === 'V');
  return (
    volts.find((name) => name === 'v' || name === 'V') ??
    volts[0] ??
    (Object.keys(derivatives).length === 1 ? Object.keys(derivatives)[0] : undefined)
  );
}

interface Family {
  fits(view: View): boolean;
  solve(view: View, spike: EventDefinition | undefined, use: CellUse, type: NeuronType): RecognisedCell;
}

const zero = number(0);
const inverse = (e: Expression): Expression => fold(quotient(number(1), e));
const folded = fold;
const isNought = (e: Expression): boolean => constantOf(e) === 0;

/** The coefficient of a product of names in the rate of a variable. */
const coefficient = (polynomial: Polynomial | undefined, ...names: readonly string[]): Expression =>
  polynomial?.terms.get(keyOf(...names)) ?? zero;

// --- Responses of synapses -----------------------------------------------------------------------------------------

/** A variable that decays to zero and acts on the potential. */
interface Response {
  readonly variable: string;
  readonly shape: 'exp' | 'alpha' | 'beta';
  readonly timeConstant: Expression;
  /** Of a beta function, whose decay is slower. */
  readonly riseTime?: Expression;
  /** The variable that arrivals are added to, and what it is multiplied with to be in the response's scale. */
  readonly entry: string;
  readonly entryScale: Expression;
}

/** Reads how variables decay; what is neither an exponential nor an alpha function is refused. */
function responsesOf(view: View, variables: readonly string[]): readonly Response[] {
  const decay = (name: string): Expression => {
    const rate = coefficient(view.polynomials.get(name), name);
    return isNought(rate) ? refuse(`${name} does not decay`) : folded(negated(inverse(rate)));
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
        entryScale: folded(product(coefficient(polynomial, entry), number(slow / scale))),
      };
    }
    // s' = -s/tau + c*y against s' = (e*y - s)/tau.
    const entryScale = folded(product(coefficient(polynomial, entry), quotient(timeConstant, number(Math.E))));
    return { variable, shape: 'alpha', timeConstant, entry, entryScale };
  });
  const used = new Set(responses.flatMap(({ variable, entry }) => [variable, entry]));
  const left = variables.filter((name) => !used.has(name));
  if (left.length > 0) refuse(`PyNN has no cell with a variable like ${left.join(', ')}`);
  return responses;
}

/** How responses act on a membrane whose capacitance is known or free. */
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
  const conductance = folded(negated(withPotential));
  return { kind: 'conductance', strength: conductance, reversal: folded(quotient(strength, conductance)) };
}

interface Wired {
  readonly family: 'curr' | 'cond' | 'none';
  readonly shape: 'exp' | 'alpha';
  /** Receptors of a cell that is composed of them. */
  readonly receptors?: readonly ReceptorChoice[];
  readonly cm: Expression;
  readonly parameters: Readonly<Record<string, Expression>>;
  readonly variables: ReadonlyMap<string, { readonly name: string; readonly factor: number }>;
  readonly ports: ReadonlyMap<string, Port>;
}

/** Capacitance that is taken where nothing of the model tells: PyNN's own. */
const usualCapacitance = 1e-9;

/**
 * Excitatory and inhibitory receptors from responses.
 *
 * @param known  the capacitance, where something else of the cell tells it
 */
function wire(view: View, type: NeuronType, use: CellUse, responses: readonly Response[], known?: Expression): Wired {
  const drives = responses.map((response) => driveOf(view, response));
  const kinds = new Set(drives.map(({ kind }) => kind));
  if (kinds.size > 1) refuse('it has both currents and conductances');
  const shapes = new Set(responses.map(({ shape }) => shape));
  if (shapes.size > 1) refuse('its responses are both exponentials and alpha functions');
  const cm = known ?? capacitanceOf(view, type, responses, drives);
  const scales = drives.map(({ strength }) =>
    tidy(constantOf(folded(product(strength, cm))) ?? refuse('its synapses have a different scale in each cell')),
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
      factor: scale * entryScale,
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
    parameters,
    variables,
    ports,
  };
}

const receptorTypes = { exp: 'ExpPSR', alpha: 'AlphaPSR', beta: 'BetaPSR' } as const;

/** Any number of receptors, of a cell that PyNN composes of a membrane and receptors. */
function wireMany(view: View, type: NeuronType, responses: readonly Response[]): Wired {
  const drives = responses.map((response) => driveOf(view, response));
  const cm = capacitanceOf(view, type, responses, drives);
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
      constantOf(folded(product(strength, cm))) ?? refuse('its synapses have a different scale in each cell'),
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
      factor: scale * entryScale,
    });
    if (response.riseTime === undefined) parameters[`${name}_tau_syn`] = response.timeConstant;
    else {
      parameters[`${name}_tau_decay`] = response.timeConstant;
      parameters[`${name}_tau_rise`] = response.riseTime;
    }
    if (reversal !== undefined) parameters[`${name}_e_syn`] = reversal;
    return { name, type: current ? 'CurrExpPostSynapticResponse' : receptorTypes[response.shape] };
  });
  return { family: 'none', shape: 'exp', cm, parameters, variables, ports, receptors };
}

/** A cell of two receptors where there is one, else a composed one. */
function wireAny(view: View, type: NeuronType, use: CellUse, responses: readonly Response[]): Wired {
  try {
    return wire(view, type, use, responses);
  } catch (error) {
    if (!(error instanceof Unrecognised) || responses.length === 0) throw error;
    return wireMany(view, type, responses);
  }
}

/** Which response is the excitatory, and which the inhibitory one, by their places; a side may be free. */
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

/** The capacitance that makes currents amperes and conductances siemens; PyNN's own where there are none. */
function capacitanceOf(
  view: View,
  type: NeuronType,
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
      return inverse(folded(strength));
  }
  // A constant current of the model: what the rate changes by, for each ampere.
  for (const [name, { unit }] of Object.entries(type.parameters)) {
    if (unit !== 'A') continue;
    const slope = slopeOf(type, view, name);
    if (slope !== undefined && slope > 0) return number(1 / slope);
  }
  return number(usualCapacitance);
}

/** How much the rate of the potential changes with a parameter, where that is a number. */
function slopeOf(type: NeuronType, view: View, name: string): number | undefined {
  const e = plain(type.derivatives[view.v]?.rate ?? '0', declaredBy(type));
  const numbers = Object.fromEntries(
    Object.entries(type.parameters).flatMap(([key, { value }]) => (typeof value === 'number' ? [[key, value]] : [])),
  );
  const by = derivative(e, name);
  if (by === null) return undefined;
  const slope = constantOf(fold(withNumbers(by, new Map(Object.entries(numbers).filter(([key]) => key !== name)))));
  return slope === undefined ? undefined : slope * view.volts;
}

// --- Spikes --------------------------------------------------------------------------------------------------------

interface Spiking {
  readonly threshold: Expression;
  readonly reset: Expression | undefined;
  /** What is added to other variables. */
  readonly jumps: ReadonlyMap<string, Expression>;
  readonly remarks: readonly Remark[];
}

function spikingOf(view: View, spike: EventDefinition): Spiking {
  const remarks: Remark[] = [];
  const e = view.read(spike.when);
  const backwards = e.kind === 'binary' && ['<', '<='].includes(e.operator);
  if (e.kind !== 'binary' || !['>', '>=', '<', '<='].includes(e.operator))
    return refuse(`PyNN has no cell that spikes where ${spike.when}`);
  const [upper, lower] = backwards ? [e.right, e.left] : [e.left, e.right];
  const polynomial = polynomialOf(difference(upper, lower), view.names);
  const slope = coefficient(polynomial, view.v);
  const keys = [...polynomial.terms.keys()].filter((key) => key !== '' && key !== view.v);
  if (keys.length > 0 || isNought(slope)) refuse(`PyNN has no cell that spikes where ${spike.when}`);
  const threshold = folded(negated(quotient(coefficient(polynomial), slope)));
  const jumps = new Map<string, Expression>();
  let reset: Expression | undefined;
  for (const statement of spike.do.flatMap((text) => parseStatements(text))) {
    if (statement.kind !== 'assignment') return refuse('PyNN sends nothing at a spike');
    const value = view.read(printExpression(statement.value));
    const added = statement.operator === '=' ? addedTo(statement.target, value, view) : undefined;
    if (added !== undefined) {
      jumps.set(statement.target, added);
      continue;
    }
    if (readsAny(value, view.names)) refuse(`PyNN has no reset like that of ${statement.target}`);
    if (statement.target === view.v && statement.operator === '=')
      reset = view.volts === 1 ? value : folded(product(number(view.volts), value));
    else if (statement.operator === '+=' || statement.operator === '-=')
      jumps.set(statement.target, statement.operator === '+=' ? value : folded(negated(value)));
    else refuse(`PyNN has no reset like that of ${statement.target}`);
  }
  if (spike.multiplicity !== undefined) refuse('PyNN counts a spike of a cell once');
  return { threshold, reset, jumps, remarks };
}

/** What `x = x + amount` adds. */
function addedTo(target: string, value: Expression, view: View): Expression | undefined {
  const polynomial = polynomialOf(value, view.names);
  const others = [...polynomial.terms.keys()].filter((key) => key !== '' && key !== target);
  return others.length === 0 && constantOf(coefficient(polynomial, target)) === 1 ? coefficient(polynomial) : undefined;
}

/** The time for which the potential is held after a spike, in PyNN's way of counting. */
function refractoryPeriod(view: View, spike: EventDefinition, { countsSpikeStep, dt }: CellUse): Expression {
  const { refractory } = spike;
  if (refractory === undefined) return zero;
  if (refractory.for === undefined) return refuse('PyNN has no conditional refractoriness');
  const period = view.read(refractory.for);
  const constant = constantOf(period);
  const steps = constant === undefined ? undefined : Math.floor((constant + 1e-3 * dt) / dt);
  const held = steps === undefined ? undefined : Math.max(0, countsSpikeStep ? steps - 1 : steps);
  if (held === 0) return zero;
  if (refractory.rate.length !== 1 || refractory.rate[0] !== view.v)
    refuse(
      refractory.rate.length === 0
        ? 'its potential keeps changing while refractory, whereas PyNN holds it'
        : `${refractory.rate.join(', ')} are held after a spike, whereas PyNN holds only the potential`,
    );
  if (steps === undefined) return countsSpikeStep ? folded(difference(period, number(dt))) : period;
  return number((held ?? 0) * dt);
}

// --- Integrate and fire, with an exponential or without -----------------------------------------------------------

/** A threshold that no cell reaches, in V. */
const neverReached = 1e3;

const integrateAndFire: Family = {
  fits: () => true,
  solve(view, spike, use, type) {
    const rate = view.polynomials.get(view.v);
    if (rate === undefined) return refuse(`${view.v} has no rate`);
    const exponential = exponentialOf(view, rate);
    const jumps = spike === undefined ? undefined : spikingOf(view, spike);
    const adaptation = adaptationOf(view, jumps);
    const rest = [...view.polynomials.keys()].filter((name) => name !== view.v && name !== adaptation);
    const responses = responsesOf(view, rest);
    const leak = coefficient(rate, view.v);
    const tau = isNought(leak) ? refuse('its potential does not leak') : folded(negated(inverse(leak)));
    const inputs = Object.keys(type.inputs).filter((name) => !isNought(coefficient(rate, name)));
    checkTerms(rate, view, [...responses.map(({ variable }) => variable), ...inputs], adaptation, exponential?.key);
    const wired = wireAny(view, type, use, responses);
    const { cm, receptors } = wired;
    const constant = coefficient(rate);
    const entered = use.signs.get(view.v);
    const delta = wired.family === 'none' && receptors === undefined && entered !== undefined && entered.size > 0;
    if (!delta && entered !== undefined && entered.size > 0)
      refuse(`synapses act on ${view.v} and on another of its variables`);
    const spiking = jumps ?? {
      threshold: number(neverReached),
      reset: undefined,
      jumps: new Map<string, Expression>(),
      remarks: [],
    };
    const remarks: Remark[] = [...spiking.remarks];
    if (spike === undefined)
      remarks.push({
        verdict: 'equivalent',
        code: 'never-spikes',
        message: `it has no threshold; that of the PyNN cell, ${neverReached} V, is never reached`,
      });
    else if (spiking.reset === undefined) refuse('its potential is not reset after a spike');
    const current = splitCurrent(view, type, use, constant, leak, cm);
    const common: Record<string, Expression> = {
      tau_m: tau,
      v_rest: current.rest,
      cm,
      i_offset: current.offset,
      v_thresh: spiking.threshold,
      v_reset: spiking.reset ?? current.rest,
      tau_refrac: spike === undefined ? zero : refractoryPeriod(view, spike, use),
      ...wired.parameters,
    };
    const variables = new Map([[view.v, { name: 'v', factor: view.volts }], ...wired.variables]);
    const ports = new Map(wired.ports);
    if (exponential === undefined && adaptation === undefined) {
      const others = [...spiking.jumps.keys()];
      if (others.length > 0) refuse(`a spike changes ${others.join(', ')}`);
      if (receptors !== undefined) return composed(receptors, common, variables, ports, remarks);
      const family = wired.family === 'none' ? 'curr' : wired.family;
      const name = delta ? 'IF_curr_delta' : `IF_${family}_${wired.shape}`;
      if (delta) ports.set(view.v, { kind: 'voltage', positive: 'v', negative: 'v', factor: view.volts });
      return { standard: cell(name), parameters: common, variables, ports, remarks };
    }
    if (wired.family === 'curr' || delta) refuse('PyNN has no adaptive exponential cell with currents');
    const { w, adapted } = adaptationParameters(view, adaptation, spiking, common, cm, constant, leak);
    const exponent = exponential ?? { key: '', slope: number(1), at: zero, strength: zero };
    const sharp = exponential === undefined ? zero : exponent.slope;
    // strength*exp((v - at)/slope) = slope/tau*exp((v - v_thresh)/slope)
    const threshold =
      exponential === undefined
        ? spiking.threshold
        : number(
            (constantOf(exponent.at) ?? refuse('its threshold differs between cells')) -
              (constantOf(exponent.slope) ?? refuse('its slope factor differs between cells')) *
                Math.log(
                  ((constantOf(exponent.strength) ?? 0) * (constantOf(tau) ?? 0)) / (constantOf(exponent.slope) ?? 1),
                ),
          );
    if (w !== undefined) variables.set(w.name, { name: 'w', factor: w.factor });
    const adaptive = { ...common, ...adapted, delta_T: sharp, v_spike: spiking.threshold, v_thresh: threshold };
    if (receptors !== undefined)
      return { ...composed(receptors, adaptive, variables, ports, remarks), standard: membrane('AdExp', receptors) };
    return {
      standard: cell(`EIF_cond_${wired.shape}_isfa_ista`),
      parameters: adaptive,
      variables,
      ports,
      remarks,
    };
  },
};

const cell = (name: string): StandardCell => standardCells.get(name) ?? refuse(`there is no type ${name}`);

const membrane = (name: string, receptors: readonly ReceptorChoice[]): StandardCell =>
  pointNeuron(name, receptors) ?? refuse(`PyNN has no membrane ${name}`);

/**
 * A cell of a leaky membrane and receptors. NEST has alpha and beta functions with its adaptive exponential membrane
 * alone, of which a leaky one is the case without exponential and adaptation.
 */
function composed(
  receptors: readonly ReceptorChoice[],
  parameters: Readonly<Record<string, Expression>>,
  variables: RecognisedCell['variables'],
  ports: RecognisedCell['ports'],
  remarks: readonly Remark[],
): RecognisedCell {
  const types = new Set(receptors.map(({ type }) => type));
  const [type] = types;
  const adaptive = types.size === 1 && (type === 'AlphaPSR' || type === 'BetaPSR');
  return {
    standard: membrane(adaptive ? 'AdExp' : 'LIF', receptors),
    parameters: adaptive
      ? { ...parameters, a: zero, b: zero, delta_T: zero, v_spike: parameters['v_thresh'] ?? zero }
      : parameters,
    variables,
    ports,
    remarks,
  };
}

/** The exponential of the potential in a rate: strength*exp((v - at)/slope). */
function exponentialOf(
  view: View,
  rate: Polynomial,
): { key: string; slope: Expression; at: Expression; strength: Expression } | undefined {
  if (rate.atoms.size === 0) return undefined;
  const [[key, e] = ['', zero]] = [...rate.atoms];
  if (rate.atoms.size > 1 || e.kind !== 'call' || e.function !== 'exp' || !rate.terms.has(key))
    return refuse(
      `PyNN has no cell with ${[...rate.atoms.values()].map(shortly).join(', ')} in the ` + 'rate of its potential',
    );
  const argument = polynomialOf(e.arguments[0] ?? zero, view.names);
  if ([...argument.terms.keys()].some((one) => one !== '' && one !== view.v))
    return refuse('the exponential in its rate depends on more than the potential');
  const slope = inverse(coefficient(argument, view.v));
  return {
    key,
    slope,
    at: folded(negated(product(coefficient(argument), slope))),
    strength: rate.terms.get(key) ?? zero,
  };
}

/** The text of an expression, cut where it is long. */
function shortly(e: Expression): string {
  const text = printExpression(e);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The variable that reads the potential, or that a spike adds to: adaptation. */
function adaptationOf(view: View, spiking: Spiking | undefined): string | undefined {
  const found = [...view.polynomials].filter(
    ([name, polynomial]) => name !== view.v && (polynomial.terms.has(view.v) || spiking?.jumps.has(name) === true),
  );
  if (found.length > 1) refuse(`several variables of it adapt: ${found.map(([name]) => name).join(', ')}`);
  return found[0]?.[0];
}

function checkTerms(
  rate: Polynomial,
  view: View,
  drives: readonly string[],
  adaptation: string | undefined,
  exponential: string | undefined,
): void {
  const allowed = new Set([
    '',
    view.v,
    ...drives,
    ...drives.map((name) => keyOf(name, view.v)),
    ...(adaptation === undefined ? [] : [adaptation]),
    ...(exponential === undefined ? [] : [exponential]),
  ]);
  const odd = [...rate.terms.keys()].filter((key) => !allowed.has(key));
  if (odd.length > 0) refuse(`PyNN has no cell with ${odd.join(', ')} in the rate of its potential`);
}

/** Resting potential and constant current from the constant part of a rate. */
function splitCurrent(
  view: View,
  type: NeuronType,
  { environment }: CellUse,
  constant: Expression,
  leak: Expression,
  cm: Expression,
): { readonly rest: Expression; readonly offset: Expression } {
  for (const [name, { unit }] of Object.entries(type.parameters)) {
    const value = environment.numbers.get(name);
    if (unit !== 'A' || (value === undefined && !environment.varying.has(name))) continue;
    const slope = slopeOf(type, view, name);
    if (slope === undefined || !near(slope * (constantOf(cm) ?? 0), 1)) continue;
    const current: Expression = value === undefined ? nameOf(name) : number(value);
    const without = constantOf(
      folded(withNumbers(difference(constant, product(number(slope), current)), new Map([[name, 0]]))),
    );
    if (without !== undefined) return { rest: folded(negated(quotient(number(without), leak))), offset: current };
  }
  return { rest: folded(negated(quotient(constant, leak))), offset: zero };
}

function adaptationParameters(
  view: View,
  adaptation: string | undefined,
  spiking: Spiking,
  common: Readonly<Record<string, Expression>>,
  cm: Expression,
  constant: Expression,
  leak: Expression,
): { readonly w?: { name: string; factor: number }; readonly adapted: Record<string, Expression> } {
  if (adaptation === undefined) return { adapted: { a: zero, b: zero } };
  const rate = view.polynomials.get(view.v);
  const own = view.polynomials.get(adaptation);
  const odd = [...(own?.terms.keys() ?? [])].filter((key) => !['', view.v, adaptation].includes(key));
  if (odd.length > 0) refuse(`PyNN has no cell with ${odd.join(', ')} in the rate of its adaptation`);
  const factor =
    constantOf(folded(negated(product(coefficient(rate, adaptation), cm)))) ??
    refuse('its adaptation has a different scale in each cell');
  const tau = folded(negated(inverse(coefficient(own, adaptation))));
  const slope = folded(product(product(coefficient(own, view.v), tau), number(factor)));
  const others = [...spiking.jumps.keys()].filter((name) => name !== adaptation);
  if (others.length > 0) refuse(`a spike changes ${others.join(', ')}`);
  const jump = spiking.jumps.get(adaptation) ?? zero;
  const adapted: Record<string, Expression> = {
    a: slope,
    b: folded(product(number(factor), jump)),
    tau_w: tau,
  };
  // w' = (a*(v - v_rest) - w)/tau_w has the same v_rest as the leak; what is left of the constant is a current.
  const origin = coefficient(own);
  if (!isNought(coefficient(own, view.v))) {
    const rest = folded(negated(quotient(origin, coefficient(own, view.v))));
    const [a, b] = [constantOf(rest), constantOf(common['v_rest'] ?? zero)];
    if (a !== undefined && b !== undefined && !near(a, b)) {
      adapted['v_rest'] = rest;
      adapted['i_offset'] = folded(product(sum(constant, product(leak, rest)), cm));
    }
  } else if (!isNought(origin)) refuse('its adaptation has its own drive');
  return { w: { name: adaptation, factor }, adapted };
}

// --- Izhikevich ----------------------------------------------------------------------------------------------------

const izhikevich: Family = {
  fits: ({ polynomials, v }) => polynomials.get(v)?.terms.has(keyOf(v, v)) === true && polynomials.size === 2,
  solve(view, spike, use, type) {
    const rate = view.polynomials.get(view.v);
    const [u = ''] = [...view.polynomials.keys()].filter((name) => name !== view.v);
    const constant = (e: Expression): number => constantOf(e) ?? NaN;
    const square = constant(coefficient(rate, view.v, view.v));
    const slope = constant(coefficient(rate, view.v));
    if (!near(square, 4e4) || !near(slope, 5e3))
      refuse("its quadratic rate is not that of PyNN's Izhikevich, 0.04*v**2 + 5*v + 140 in mV and ms");
    const factor = -constant(coefficient(rate, u));
    if (!(factor > 0) || spike === undefined) return refuse("it is not PyNN's Izhikevich");
    const inputs = Object.keys(type.inputs).filter((name) => !isNought(coefficient(rate, name)));
    checkTerms(rate ?? refuse('no rate'), view, [...inputs, keyOf(view.v)], u, undefined);
    const own = view.polynomials.get(u);
    const spiking = spikingOf(view, spike);
    if (!near(constantOf(spiking.threshold) ?? NaN, 0.03)) refuse('it does not spike at 30 mV');
    if (spike.refractory !== undefined && constantOf(refractoryPeriod(view, spike, use)) !== 0)
      refuse("PyNN's Izhikevich is not refractory");
    const a = folded(negated(coefficient(own, u)));
    const parameters: Record<string, Expression> = {
      a,
      b: folded(quotient(product(coefficient(own, view.v), number(factor)), a)),
      c: spiking.reset ?? refuse('its potential is not reset after a spike'),
      d: folded(product(number(factor), spiking.jumps.get(u) ?? zero)),
      // Currents act as on 1 pF; 140 mV/ms are part of the cell.
      i_offset: folded(product(difference(coefficient(rate), number(140)), number(1e-12))),
    };
    return {
      standard: cell('Izhikevich'),
      parameters,
      variables: new Map([
        [view.v, { name: 'v', factor: view.volts }],
        [u, { name: 'u', factor }],
      ]),
      ports: new Map([[view.v, { kind: 'voltage', positive: 'v', negative: 'v', factor: view.volts }]]),
      remarks: [],
    };
  },
};

// --- Hodgkin–Huxley with the channels of Traub and Miles ------------------------------------------------------------

/** Gates of the sodium and the potassium current: those that stand as m**3*h and n**4. */
function gatesOf({ polynomials, v }: View): { readonly m: string; readonly h: string; readonly n: string } | undefined {
  const keys = [...(polynomials.get(v)?.terms.keys() ?? [])].map((key) => key.split('*'));
  const powers = (key: readonly string[]): Map<string, number> => {
    const count = new Map<string, number>();
    for (const name of key) if (name !== v) count.set(name, (count.get(name) ?? 0) + 1);
    return count;
  };
  const all = keys.map(powers);
  const sodium = all.find((one) => one.size === 2 && [...one.values()].sort((a, b) => a - b).join() === '1,3');
  const potassium = all.find((one) => one.size === 1 && [...one.values()][0] === 4);
  if (sodium === undefined || potassium === undefined) return undefined;
  const [m = ''] = [...sodium].flatMap(([name, power]) => (power === 3 ? [name] : []));
  const [h = ''] = [...sodium].flatMap(([name, power]) => (power === 1 ? [name] : []));
  return { m, h, n: [...potassium.keys()][0] ?? '' };
}

const hodgkinHuxley: Family = {
  fits: (view) => gatesOf(view) !== undefined,
  solve(view, spike, use, type) {
    const gates = gatesOf(view) ?? refuse('it has no gates');
    const { m, h, n } = gates;
    const { v } = view;
    const rate = view.polynomials.get(v);
    const rest = [...view.polynomials.keys()].filter((name) => ![v, m, h, n].includes(name));
    const responses = responsesOf(view, rest);
    const wired = wire(view, type, use, responses, capacitanceOfChannels(type, responses));
    const { cm } = wired;
    if (wired.family === 'curr' || (wired.family === 'cond' && wired.shape === 'alpha'))
      refuse("PyNN's Hodgkin–Huxley cells have exponential conductances only");
    const channel = (...names: readonly string[]): readonly [Expression, Expression] => {
      const conductance = folded(negated(coefficient(rate, ...names, v)));
      return [folded(product(conductance, cm)), folded(quotient(coefficient(rate, ...names), conductance))];
    };
    const [sodium, sodiumReversal] = channel(m, m, m, h);
    const [potassium, potassiumReversal] = channel(n, n, n, n);
    const leak = folded(negated(coefficient(rate, v)));
    const current = splitCurrent(view, type, use, coefficient(rate), coefficient(rate, v), cm);
    // beta_n = 0.5/ms*exp((10 mV - (v - v_offset))/(40 mV)) is minus the rate of n at n = 1.
    const at = -0.05;
    const beta = -valueAt(view.rates.get(n) ?? zero, (name) => (name === v ? at : name === n ? 1 : NaN));
    const offset = at - 0.01 + 0.04 * Math.log(beta / 500);
    if (!Number.isFinite(offset)) refuse('its gates are not those of Traub and Miles');
    const remarks: Remark[] = [];
    if (spike !== undefined) {
      const { threshold, reset, jumps } = spikingOf(view, spike);
      if (reset !== undefined || jumps.size > 0) refuse("PyNN's Hodgkin–Huxley cells have no reset");
      const mV = 1e3 * (constantOf(threshold) ?? 0);
      const crosses = spike.edge === 'rising';
      if (mV !== 0 || !crosses)
        remarks.push({
          verdict: 'approximated',
          code: 'spike-detection',
          message:
            `a spike is counted where v exceeds ${mV} mV${crosses ? '' : ', again after the refractory time'}; ` +
            'PyNN counts upward crossings of 0 mV',
        });
    }
    return {
      standard: cell('HH_cond_exp'),
      parameters: {
        gbar_Na: sodium,
        gbar_K: potassium,
        g_leak: folded(product(leak, cm)),
        cm,
        v_offset: number(Number(offset.toPrecision(10))),
        e_rev_Na: sodiumReversal,
        e_rev_K: potassiumReversal,
        e_rev_leak: current.rest,
        i_offset: current.offset,
        ...wired.parameters,
      },
      variables: new Map([
        [v, { name: 'v', factor: view.volts }],
        [m, { name: 'gate_m', factor: 1 }],
        [h, { name: 'gate_h', factor: 1 }],
        [n, { name: 'gate_n', factor: 1 }],
        ...wired.variables,
      ]),
      ports: wired.ports,
      remarks,
    };
  },
};

/** The capacitance where the model names one: what scales conductances of channels to siemens. */
function capacitanceOfChannels(type: NeuronType, responses: readonly Response[]): Expression | undefined {
  if (responses.some(({ variable }) => ['S', 'A'].includes(type.state[variable]?.unit ?? ''))) return undefined;
  const [capacitance] = Object.values(type.parameters).flatMap(({ unit, value }) =>
    unit === 'F' && typeof value === 'number' ? [number(value)] : [],
  );
  return capacitance;
}

// --- Checking ------------------------------------------------------------------------------------------------------

/** Compares the rates of a type with those of the standard cell at random points. */
function verify(found: RecognisedCell, view: View, { environment }: CellUse): void {
  const library = normalisedCell(found.standard) ?? refuse(`there is no type ${found.standard.name}`);
  const names = declaredBy(library);
  const derived = new Map(
    Object.entries(library.derived).map(([name, { value }]) => [name, plain(value, names)] as const),
  );
  const random = sequence(20260101);
  for (let point = 0; point < 12; point++) {
    const own = new Map<string, number>();
    for (const name of environment.varying.keys()) own.set(name, 1e-3 * (1 + random()));
    const parameters = new Map(
      Object.entries(library.parameters).map(([name, { value }]) => {
        const e = found.parameters[name];
        return [name, e === undefined ? Number(value) : valueAt(e, (key) => own.get(key) ?? NaN)] as const;
      }),
    );
    const theirs = new Map<string, number>();
    for (const name of view.names) own.set(name, random());
    // Where spikes begin the exponential of an adaptive cell is cut off in PyNN.
    own.set(view.v, -0.08 + 0.02 * random());
    const input = Object.keys(library.inputs);
    for (const name of input) theirs.set(name, 0);
    for (const name of Object.keys(library.state)) theirs.set(name, 0);
    for (const [name, { name: standard, factor }] of found.variables) {
      const size = name === view.v ? 1 : standard.startsWith('gate') ? 1 : 1e-9 / Math.abs(factor || 1);
      if (name !== view.v) own.set(name, (own.get(name) ?? 0) * size);
      // The potential of the view is in volts already.
      theirs.set(standard, (own.get(name) ?? 0) * (name === view.v ? 1 : factor));
    }
    const inputs = [...view.names].filter((name) => !found.variables.has(name));
    for (const name of inputs) own.set(name, 0);
    const lookup = (name: string): number => {
      const e = derived.get(name);
      return theirs.get(name) ?? parameters.get(name) ?? (e === undefined ? NaN : valueAt(e, lookup));
    };
    for (const [name, { name: standard, factor }] of found.variables) {
      const rate = view.rates.get(name);
      const expected = library.derivatives[standard]?.rate;
      if (rate === undefined || expected === undefined) continue;
      const a = valueAt(rate, (key) => own.get(key) ?? NaN) * (name === view.v ? 1 : factor);
      const b = valueAt(plain(expected, names), lookup);
      if (!near(a, b, name === view.v ? 1 : 0)) refuse(`its rate of ${name} is not that of ${found.standard.name}`);
    }
  }
}
