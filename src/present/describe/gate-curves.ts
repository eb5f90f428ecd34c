/** Steady states and time constants of the gates of ion channels, over the membrane potential. */

import { importNeuroML } from '../../../translators/neuroml/import.js';
import type { Component, LemsModel } from '../../../translators/neuroml/lems/definitions.js';
import { loosePart } from '../../../translators/neuroml/parts.js';
import { DiagnosticError, Diagnostics } from '../../diagnostics/diagnostic.js';
import { NoNumber } from '../../lang/evaluate.js';
import { parseExpression } from '../../lang/parse.js';
import { unitOf } from '../../lang/units.js';
import { valueAt } from '../../library/recognise/numbers.js';
import type { Compartments, EquationSet, NeuronType } from '../../model/model.js';
import { normalise } from '../../model/normalise.js';
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

/** Surroundings of a channel on its own. @source the defaults of pynml-channelanalysis */
export const surroundings = { temperature: 279.45, caConc: 5e-5 } as const;

/** Returns the curves of all gates of a channel; none for a channel without gates. */
export function gateCurves(channel: Component, lems: LemsModel, potentials: readonly number[]): readonly GateCurve[] {
  const type = typeOf(channel, lems);
  if (type === undefined) return [];
  return channel.children
    .filter(({ role }) => role === 'gates')
    .flatMap(({ id, children }): readonly GateCurve[] => {
      const curve = { channel: channel.id, gate: id, potentials };
      const states = children.filter(({ role }) => role === 'states').map((state) => `${id}_${state.id}_occupancy`);
      if (states.length > 1) return [{ ...curve, isScheme: true, ...schemeCurve(type, states, `${id}_q`, potentials) }];
      if (!Object.hasOwn(type.derived, `${id}_inf`)) return [];
      const values = (name: string): readonly number[] => potentials.map((v) => evaluator(type, aroundAt(v))(name));
      return [{ ...curve, isScheme: false, steadyState: values(`${id}_inf`), timeConstant: values(`${id}_tau`) }];
    });
}

/**
 * Returns the curves of states x of mechanisms with x' = (steady - x)/tau, where nothing else but the potential
 * changes.
 *
 * @param potentials  in V
 */
export function mechanismCurves(
  { mechanisms, ions, temperature = surroundings.temperature }: Compartments,
  potentials: readonly number[],
): readonly GateCurve[] {
  const place = Object.entries(ions).flatMap(([ion, { inside, outside, reversal }]): [string, unknown][] => [
    [`${ion}_i`, inside],
    [`${ion}_o`, outside],
    [`e_${ion}`, reversal],
  ]);
  const known = new Map([['temperature', temperature], ...place.filter(isNumber)]);
  return Object.entries(mechanisms).flatMap(([channel, mechanism]) =>
    Object.entries(mechanism.derivatives).flatMap(([gate, { rate }]): readonly GateCurve[] => {
      const points = potentials.map((v) => {
        const rateAt = (x: number): number => evaluator(mechanism, new Map([...known, ['v', v], [gate, x]]))(rate);
        const [none = NaN, half = NaN, all = NaN] = [0, 0.5, 1].map(rateAt);
        const isLinear = Math.abs(half - (none + all) / 2) <= 1e-9 * Math.max(Math.abs(none), Math.abs(all));
        return isLinear && none > all ? { steady: none / (none - all), tau: 1 / (none - all) } : undefined;
      });
      if (points.every((point) => point === undefined)) return [];
      const steadyState = points.map((point) => point?.steady ?? NaN);
      const timeConstant = points.map((point) => point?.tau ?? NaN);
      return [{ channel, gate, isScheme: false, potentials, steadyState, timeConstant }];
    }),
  );
}

const isNumber = (entry: [string, unknown]): entry is [string, number] => typeof entry[1] === 'number';

/** Returns the curve of a kinetic scheme: how far it is open in its steady state, and its slowest relaxation. */
function schemeCurve(
  type: NeuronType,
  states: readonly string[],
  openness: string,
  potentials: readonly number[],
): Pick<GateCurve, 'steadyState' | 'timeConstant'> {
  const schemes = potentials.map((v) =>
    // The derivatives are linear: while all channels are in one state, they are the rates from it.
    states.map((from) => {
      const value = evaluator(
        type,
        aroundAt(
          v,
          states.map((name) => [name, name === from ? 1 : 0]),
        ),
      );
      return states.map((to) => value(type.derivatives[to]?.rate ?? ''));
    }),
  );
  return {
    steadyState: schemes.map((rates, k) => {
      const steady = steadyOccupancies(rates);
      return evaluator(
        type,
        aroundAt(
          potentials[k] ?? NaN,
          states.map((name, of) => [name, steady[of] ?? NaN]),
        ),
      )(openness);
    }),
    timeConstant: schemes.map(slowestRelaxation),
  };
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
    return Object.values(valid?.model.neurons ?? {})[0];
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** Returns the value of a unit in SI; undefined for another name. */
function unitValue(name: string): number | undefined {
  const unit = unitOf(name);
  return unit && Number(unit.scale.numerator) / Number(unit.scale.denominator);
}

/** The values that a channel on its own finds at a potential in V, and those of states. */
const aroundAt = (v: number, states: readonly [string, number][] = []): Map<string, number> =>
  new Map([...Object.entries({ ...surroundings, v }), ...states]);

/**
 * Returns a function for values of expressions, where `known` are the values of names; NaN for those without a value.
 */
function evaluator(
  { parameters, derived }: Pick<EquationSet, 'parameters' | 'derived'>,
  known: Map<string, number>,
): (text: string) => number {
  const lookup = (one: string): number => {
    const own = derived[one];
    const given = parameters[one]?.value;
    const value =
      known.get(one) ??
      (own ? valueAt(parseExpression(own.value), lookup) : typeof given === 'number' ? given : unitValue(one));
    if (value === undefined) throw new NoNumber(one);
    known.set(one, value);
    return value;
  };
  return (text) => {
    try {
      return valueAt(parseExpression(text), lookup);
    } catch (error) {
      if (error instanceof NoNumber) return NaN;
      throw error;
    }
  };
}
