/** A time step that fits into a model whose document states none. */

import { NoNumber } from '../lang/evaluate.js';
import { constants } from '../lang/functions.js';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { isObject, memberOf } from '../diagnostics/member.js';
import type { Positions } from '../diagnostics/positions.js';
import { normalise } from '../model/normalise.js';
import { typedValid } from '../model/typed-model.js';
import { ElementValues } from './element-values.js';
import { hostFunctions, valueAt } from './recognise/numbers.js';
import type { DataStore, EquationSet, ValidModel, Value } from '../model/typed.js';

/** Steps in s that are chosen from; the first is the usual one. */
const steps = [1e-4, 5e-5, 4e-5, 2.5e-5, 2e-5, 1e-5, 5e-6, 4e-6, 2.5e-6, 2e-6, 1e-6, 5e-7, 2e-7, 1e-7] as const;
/** Longest step in s for gates: rates that depend on the potential. */
const longestWithGates = 2.5e-5;
/** Share of the time of the fastest rate that a step takes at most. */
const share = 0.2;

/** A step in s, and the reason for it. */
export interface FittingStep {
  readonly step: number;
  readonly hasGates: boolean;
  /** Time in s of the fastest rate; infinite without one. */
  readonly fastest: number;
}

/**
 * Returns a document with a step that fits into its model, if it states none and the usual step does not fit; undefined
 * else.
 *
 * @param set  values of `--set`
 */
export function withFittingStep(
  document: unknown,
  positions: Positions,
  set: Readonly<Record<string, string>> = {},
): { readonly document: unknown; readonly found: FittingStep } | undefined {
  const experiment = memberOf(document, 'experiment');
  if (memberOf(experiment, 'dt') !== undefined || !isObject(document)) return undefined;
  const valid = normalise(document, positions, new Diagnostics(), { set });
  const found = valid && fittingStep(typedValid(valid));
  return found
    ? { found, document: { ...document, experiment: { ...(isObject(experiment) ? experiment : {}), dt: found.step } } }
    : undefined;
}

/**
 * Returns the longest step that is at most a fifth of the time of the fastest rate of cells and synapses, at rest and
 * at 0 mV, and at most 0.025 ms if the model has gates; undefined if the usual step fits.
 */
function fittingStep({ model, data }: ValidModel): FittingStep | undefined {
  const found: { readonly rate: number; readonly isGate: boolean }[] = [];
  const add = (type: EquationSet, given: Readonly<Record<string, Value>>, around: Around): void => {
    found.push(...ratesOf(type, given, around, data));
  };
  for (const { type, values } of Object.values(model.populations)) {
    const neuron = type === undefined ? undefined : model.neurons[type];
    if (!neuron) continue;
    const { compartments } = neuron;
    if (!compartments) {
      add(neuron, values, {});
      continue;
    }
    const { initial, temperature = 279.45, mechanisms } = compartments;
    const around = { ...(typeof initial === 'number' ? { v: initial } : {}), temperature };
    for (const mechanism of Object.values(mechanisms)) add(mechanism, {}, around);
  }
  for (const synapse of Object.values(model.synapses)) add(synapse, {}, {});
  const rate = found.reduce((most, one) => Math.max(most, one.rate), 0);
  const hasGates = found.some(({ isGate }) => isGate);
  const longest = Math.min(hasGates ? longestWithGates : Infinity, share / rate);
  const step = steps.find((one) => one <= longest * (1 + 1e-9)) ?? steps.at(-1)!;
  return step < steps[0] ? { step, hasGates, fastest: 1 / rate } : undefined;
}

/** Values of names from outside of equations. */
type Around = Readonly<Record<string, number>>;

/** Returns the rates in Hz by which variables approach steady states: at rest, and at 0 mV after gates have settled. */
function ratesOf(
  type: EquationSet,
  given: Readonly<Record<string, Value>>,
  around: Around,
  data: DataStore,
): readonly { readonly rate: number; readonly isGate: boolean }[] {
  const variables = Object.keys(type.derivatives);
  const at = (point: Readonly<Record<string, number>>): ((name: string) => number) => {
    const values = new ElementValues(
      type,
      { ...given, ...point },
      1,
      { data, functions: hostFunctions },
      (name) => point[name] ?? around[name] ?? constants.get(name) ?? 0,
    );
    const known = new Map(Object.entries(point));
    const lookup = (name: string): number => {
      const found = known.get(name) ?? compute(name);
      known.set(name, found);
      return found;
    };
    const compute = (name: string): number => {
      const derived = type.derived[name]?.value;
      if (derived) return valueAt(derived, lookup);
      if (!Object.hasOwn(type.parameters, name) && !Object.hasOwn(type.state, name))
        return around[name] ?? constants.get(name) ?? 0;
      const value = values.of(name);
      return typeof value === 'number' ? value : (value[0] ?? 0);
    };
    return lookup;
  };
  const first = at({});
  const rest = orZero(() => first('v'));
  /** The change of a variable's rate with the variable, and the rate. */
  const slope = (
    variable: string,
    point: Readonly<Record<string, number>>,
  ): { readonly rate: number; readonly slope: number } => {
    const value = orZero(() => at(point)(variable));
    const by = variable === 'v' ? 1e-6 : value === 0 ? 1e-9 : 1e-4 * Math.abs(value);
    const rateAt = (x: number): number =>
      orZero(() => valueAt(type.derivatives[variable]!.rate, at({ ...point, [variable]: x })));
    return { rate: rateAt(value), slope: (rateAt(value + by) - rateAt(value - by)) / (2 * by) };
  };
  const isGate = (variable: string): boolean =>
    variable !== 'v' &&
    Math.abs(slope(variable, { v: 0 }).slope - slope(variable, { v: rest }).slope) >
      1e-6 * Math.abs(slope(variable, { v: rest }).slope);
  const gates = variables.filter(isGate);
  const settled = Object.fromEntries(
    gates.flatMap((gate): [string, number][] => {
      const { rate, slope: change } = slope(gate, { v: 0 });
      const value = orZero(() => at({ v: 0 })(gate)) - rate / change;
      return Number.isFinite(value) ? [[gate, value]] : [];
    }),
  );
  return variables.flatMap((variable) =>
    [{ v: rest }, { v: 0, ...settled }].map((point) => {
      const rate = Math.abs(slope(variable, point).slope);
      return { rate: Number.isFinite(rate) ? rate : 0, isGate: gates.includes(variable) };
    }),
  );
}

/** Returns a number, or 0 if it is not known before a run. */
function orZero(compute: () => number): number {
  try {
    return compute();
  } catch (error) {
    if (error instanceof NoNumber) return 0;
    throw error;
  }
}
