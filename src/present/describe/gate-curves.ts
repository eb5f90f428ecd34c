/** Steady states and time constants of the gates of ion channels, over the membrane potential. */

import { importNeuroML } from '../../../translators/neuroml/import.js';
import type { Component, LemsModel } from '../../../translators/neuroml/lems/definitions.js';
import { loosePart } from '../../../translators/neuroml/parts.js';
import { DiagnosticError, Diagnostics } from '../../diagnostics/diagnostic.js';
import type { Expression } from '../../lang/ast.js';
import { name as nameOf, number } from '../../lang/build.js';
import { evaluate, NoNumber } from '../../lang/evaluate.js';
import { LocalEquations } from '../../library/membrane/equations.js';
import { kineticsOf } from '../../library/membrane/kinetics.js';
import { placeOf } from '../../library/membrane/membrane-of.js';
import { NotExpressible } from '../../library/not-expressible.js';
import { hostFunctions } from '../../library/recognise/numbers.js';
import { sectionsOn } from '../../model/compartment-tree.js';
import { normalise } from '../../model/normalise.js';
import type { Compartments, DataStore, NeuronType } from '../../model/typed.js';
import { typedType } from '../../model/typed-model.js';
import { slowestRelaxation, steadyOccupancies } from './kinetic-scheme.js';

/** A gate of a channel at each potential; NaN where it has no value. */
export interface GateCurve {
  readonly channel: string;
  readonly gate: string;
  /** Whether it has a kinetic scheme; its time constant is that of the slowest relaxation. */
  readonly isScheme: boolean;
  /** In V. */
  readonly potentials: readonly number[];
  readonly steadyState: readonly number[];
  /** In s. */
  readonly timeConstant: readonly number[];
}

/** A channel as functions of the potential in V and of its states. */
export interface ChannelFunctions {
  readonly name: string;
  readonly states: readonly string[];
  /** Names of the states in the document. */
  readonly gates: readonly string[];
  /** Rates of the states in 1/s. */
  readonly rates: readonly StateFunction[];
  /** Share of open channels, or a current, of which only the slope over the potential is the conductance. */
  readonly open?: StateFunction;
  readonly current?: StateFunction;
}

/** A function of the potential in V and of states; NaN where it has no value. */
type StateFunction = (v: number, states?: ReadonlyMap<string, number>) => number;

/** Returns a channel of a document at a temperature in K; undefined if it cannot be imported, or has no states. */
export function channelFunctions(
  channel: Component,
  lems: LemsModel,
  temperature: number,
): ChannelFunctions | undefined {
  const type = typeOf(channel, lems);
  if (type === undefined || type.derived['fopen'] === undefined) return undefined;
  const equations = equationsOf(type, temperature);
  const functions = statesOf(channel.id, equations);
  const gates = functions.states.map((state) => state.replace(/_q$/, ''));
  return { ...functions, gates, open: valueIn(equations, nameOf('fopen')) };
}

/** Returns the mechanisms of a cell at a temperature in K that have states and one current. */
export function mechanismFunctions(
  compartments: Compartments,
  data: DataStore,
  temperature: number,
): readonly ChannelFunctions[] {
  const around = { data, functions: hostFunctions, startOf: () => 0 };
  return Object.entries(compartments.mechanisms).flatMap(([name, mechanism]) => {
    const [section = ''] = sectionsOn(mechanism.on, compartments);
    const site = { section, compartments: { ...compartments, temperature }, pool: undefined };
    const equations = orUndefined(() => placeOf(mechanism, site, around).equations);
    const [code, ...more] = Object.values(mechanism.writes);
    if (!equations || !code || more.length > 0 || Object.keys(mechanism.derivatives).length === 0) return [];
    return [{ ...statesOf(name, equations), current: valueIn(equations, code) }];
  });
}

/** Returns the states of equations with their rates. */
function statesOf(name: string, equations: LocalEquations): ChannelFunctions {
  const { derivatives } = equations.type;
  const states = Object.keys(derivatives);
  return { name, states, gates: states, rates: states.map((state) => valueIn(equations, derivatives[state]!.rate)) };
}

/** Surroundings of a channel on its own. @source the defaults of pynml-channelanalysis */
export const surroundings = { temperature: 279.45, caConc: 5e-5 } as const;

/** Returns the curves of all gates of a channel; none for a channel without gates. */
export function gateCurves(channel: Component, lems: LemsModel, potentials: readonly number[]): readonly GateCurve[] {
  const type = typeOf(channel, lems);
  if (type === undefined) return [];
  const equations = equationsOf(type, surroundings.temperature);
  return channel.children
    .filter(({ role }) => role === 'gates')
    .flatMap(({ id, children }): readonly GateCurve[] => {
      const curve = { channel: channel.id, gate: id, potentials };
      const states = children.filter(({ role }) => role === 'states').map((state) => `${id}_${state.id}_occupancy`);
      if (states.length > 1)
        return [{ ...curve, isScheme: true, ...schemeCurve(equations, states, `${id}_q`, potentials) }];
      if (!Object.hasOwn(type.derived, `${id}_inf`)) return [];
      const [steadyState = [], timeConstant = []] = ['inf', 'tau'].map((part) => {
        const value = valueIn(equations, nameOf(`${id}_${part}`));
        return potentials.map((v) => value(v));
      });
      return [{ ...curve, isScheme: false, steadyState, timeConstant }];
    });
}

/**
 * Returns the curves of gates of mechanisms that depend on only the potential, where they are first.
 *
 * @param potentials  in V
 */
export function mechanismCurves(
  compartments: Compartments,
  data: DataStore,
  potentials: readonly number[],
): readonly GateCurve[] {
  const around = { data, functions: hostFunctions, startOf: () => 0 };
  const warm = { ...compartments, temperature: compartments.temperature ?? surroundings.temperature };
  return Object.entries(compartments.mechanisms).flatMap(([channel, mechanism]) => {
    const [section = ''] = sectionsOn(mechanism.on, compartments);
    const site = { section, compartments: warm, pool: undefined };
    const equations = orUndefined(() => placeOf(mechanism, site, around).equations);
    return Object.keys(mechanism.derivatives).flatMap((gate): readonly GateCurve[] => {
      const curve = equations && curveOf(gate, equations, potentials);
      return curve ? [{ channel, gate, isScheme: false, potentials, ...curve }] : [];
    });
  });
}

/** Returns the curve of a state variable; undefined if it depends on others, or never approaches a steady state. */
function curveOf(
  gate: string,
  equations: LocalEquations,
  potentials: readonly number[],
): Pick<GateCurve, 'steadyState' | 'timeConstant'> | undefined {
  const kinetics = orUndefined(() => kineticsOf(gate, equations));
  if (kinetics === undefined) return undefined;
  const [opening, leaving] = [kinetics.opening, kinetics.leaving].map((e) => valueIn(equations, e));
  const points = potentials.map((v) => ({ opens: opening?.(v) ?? NaN, leaves: leaving?.(v) ?? NaN }));
  if (!points.some(({ opens, leaves }) => leaves > 0 && !Number.isNaN(opens))) return undefined;
  return {
    steadyState: points.map(({ opens, leaves }) => (leaves > 0 ? opens / leaves : NaN)),
    timeConstant: points.map(({ leaves }) => (leaves > 0 ? 1 / leaves : NaN)),
  };
}

/** Returns the share of open channels in the steady state of a kinetic scheme, and its slowest relaxation. */
function schemeCurve(
  equations: LocalEquations,
  states: readonly string[],
  openness: string,
  potentials: readonly number[],
): Pick<GateCurve, 'steadyState' | 'timeConstant'> {
  const rates = states.map((to) => valueIn(equations, equations.type.derivatives[to]?.rate ?? number(NaN)));
  const open = valueIn(equations, nameOf(openness));
  const schemes = potentials.map((v) =>
    // The derivatives are linear: while all channels are in one state, they are the rates from it.
    states.map((from) => {
      const occupancies = new Map(states.map((name) => [name, name === from ? 1 : 0]));
      return rates.map((rate) => rate(v, occupancies));
    }),
  );
  return {
    steadyState: schemes.map((scheme, k) => {
      const steady = steadyOccupancies(scheme);
      return open(potentials[k] ?? NaN, new Map(states.map((name, of) => [name, steady[of] ?? NaN])));
    }),
    timeConstant: schemes.map(slowestRelaxation),
  };
}

/** Returns the equations of a channel at a temperature in K. */
function equationsOf(type: NeuronType, temperature: number): LocalEquations {
  const given = Object.entries(type.parameters).flatMap(([name, { value }]) =>
    typeof value === 'number' ? [[name, value] as const] : [],
  );
  const mechanism = { ...type, events: {}, density: true, reads: [], writes: {} };
  const numbers = new Map([...given, ...Object.entries({ ...surroundings, temperature })]);
  return new LocalEquations(mechanism, numbers, [], hostFunctions);
}

/**
 * Returns the equations of a channel in surroundings that provide what it reads; undefined if it cannot be imported.
 */
function typeOf(channel: Component, lems: LemsModel): NeuronType | undefined {
  const [part] = loosePart(channel, lems);
  if (part === undefined) return undefined;
  const diagnostics = new Diagnostics();
  try {
    const imported = importNeuroML(lems, diagnostics, part);
    const valid = imported && normalise(imported.document, imported.positions, diagnostics, {});
    const [found] = Object.values(valid?.model.neurons ?? {});
    return found && typedType(found);
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** Returns the result of a function; undefined if something has no form, or no number. */
function orUndefined<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof NoNumber || error instanceof NotExpressible) return undefined;
    throw error;
  }
}

/** Returns an expression as a function of the potential in V and of states; NaN where it has no value. */
function valueIn(
  equations: LocalEquations,
  e: Expression,
): (v: number, states?: ReadonlyMap<string, number>) => number {
  const whole = orUndefined(() => equations.of(e));
  return (v, states) => {
    const lookup = (name: string): number => {
      const value = name === 'v' ? v : states?.get(name);
      if (value === undefined) throw new NoNumber(name);
      return value;
    };
    return (whole && orUndefined(() => evaluate(whole, lookup, equations.functions))) ?? NaN;
  };
}
