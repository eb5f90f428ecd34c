/** Steps that adapt to the equations, which Brian takes by the GNU Scientific Library. */

import type { Dimension } from '../../../src/lang/ast.js';
import { drawsIn } from '../../../src/lang/functions.js';
import { linearForm } from '../../../src/lang/linear.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { parseUnit } from '../../../src/lang/units.js';
import { equalDimensions, isDimensionless } from '../../../src/lang/dimension.js';
import { declaredUnit } from '../../../src/lang/written-quantity.js';
import { escapesWithin } from '../../../src/library/escape-time.js';
import { ratesOf } from '../../../src/library/gather/integration.js';
import type { EquationSet, IntegrationMethod, Model, NeuronType, Population } from '../../../src/model/model.js';
import { brianName } from './naming.js';
import type { MethodOptions } from '../specification.js';

/** Brian's method for equations whose steps adapt. */
export const gslMethod = 'gsl_rkf45';

/** Steps that GSL may take within one of the model, as many as are taken here. */
const mostSteps = 1000;

/** The error that a step may make in a variable, as a part of a small value of it. */
const error = 1e-8;

/** And of the largest known value at least, below which rounding is. */
const rounding = 1e-12;

/** What is the same of steps that adapt, and what they need. */
export const adaptiveSteps =
  `both take shorter steps within a step where their error asks for it: the model to 1e-6 of each value, Brian's ` +
  `${gslMethod} to the absolute errors given; it needs the GNU Scientific Library, and Cython or C++`;

/** Types of neurons that GSL does not integrate in Brian, of those whose steps adapt, and why. */
export function refusedByGsl({ neurons, populations, experiment }: Model): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const population of Object.values(populations)) {
    const type = neurons[population.type ?? ''];
    if (type?.method !== 'adaptive') continue;
    const why = refusal(type, population, experiment.dt);
    if (why !== undefined) found.set(population.type ?? '', why);
  }
  return found;
}

/** @source Brian 2.9, `brian2.stateupdaters.GSL` and `brian2.codegen.generators.GSL_generator` */
function refusal(type: NeuronType, population: Population, step: number): string | undefined {
  if (type.noise.length > 0) return `its ${gslMethod} takes no noise`;
  if (type.cable !== undefined) return `its ${gslMethod} is for points`;
  if (Object.keys(population.linked ?? {}).length > 0) return `its ${gslMethod} reads no variables of other groups`;
  if (ratesOf(type).some(drawsIn)) return `its ${gslMethod} draws anew within a step`;
  const names = [type.parameters, type.state, type.derived, type.inputs].flatMap((part) => Object.keys(part));
  // The rates have this name in the code that Brian writes.
  if (names.includes('f')) return `its ${gslMethod} takes no variable with the name f`;
  const unknown = Object.keys(type.derivatives).find((name) => errorOf(name, type) === undefined);
  if (unknown !== undefined) return `no error can be given for ${unknown}, of whose size nothing is known`;
  const escaping = escapesWithin(type, population, 2 * step);
  if (escaping !== undefined)
    return `${escaping} may go to infinity within a step past its threshold, where ${gslMethod} ends with an error`;
  return undefined;
}

/** A refractory period of Brian's, and lines of the equations that it reads. */
interface HeldRefractory {
  readonly refractory: string;
  readonly lines: readonly string[];
}

/**
 * A refractory period, decided once a step: Brian's code for GSL decides it with each rate, by the time that this is
 * taken at, which comes to the next step within a thousandth of it.
 *
 * @param text         Brian's duration, or condition
 * @param isCondition  which of them it is
 */
export function heldRefractory(text: string, isCondition: boolean, taken: ReadonlySet<string>): HeldRefractory {
  const name = brianName('is_refractory', 'neuron', taken);
  const duration = text.replace(/^([-+\d.e]+) /, '$1*');
  const condition = isCondition ? text : `timestep(t - lastspike, dt) < timestep(${duration}, dt)`;
  return { refractory: name, lines: [`${name} = ${condition} : boolean (constant over dt)`] };
}

/** Brian's method with steps of one length that is nearest. */
export function fixedMethod({ derivatives }: Pick<EquationSet, 'derivatives'>): IntegrationMethod {
  // Gates and conductances decay towards where they are: that is stable in steps of any length.
  const isLinear = Object.entries(derivatives).every(
    ([name, { rate }]) => linearForm(parseExpression(rate), [name]) !== null,
  );
  return isLinear ? 'exponentialEuler' : 'rk4';
}

/** What GSL is told: errors that are small beside what is known of a variable's values. */
export function adaptiveOptions(type: EquationSet, names: ReadonlyMap<string, string>): MethodOptions {
  const texts = Object.keys(type.derivatives).map((name) => {
    const { dimension } = parseUnit(type.state[name]?.unit ?? '1');
    const size = errorOf(name, type) ?? error;
    return [names.get(name) ?? name, isDimensionless(dimension) ? size : `${size} ${declaredUnit(dimension)}`] as const;
  });
  return { absolute_error_per_variable: Object.fromEntries(texts), max_steps: mostSteps };
}

/** Small values of what neurons have, in SI. */
const usual: readonly (readonly [Dimension, number])[] = (
  [
    ['1', 1e-2],
    ['mV', 1e-3],
    ['nA', 1e-10],
    ['nS', 1e-9],
    ['mV/ms', 1],
  ] as const
).map(([unit, size]) => [parseUnit(unit).dimension, size]);

/** The error that a step may make in a variable, in SI: a power of ten; undefined where nothing is known of its size. */
function errorOf(name: string, { state, parameters }: EquationSet): number | undefined {
  const { dimension } = parseUnit(state[name]?.unit ?? '1');
  const given = [
    ...Object.values(parameters).map(({ unit, value }) => ({ unit, value })),
    ...Object.values(state).map(({ unit, initial }) => ({ unit, value: initial })),
  ];
  const known = given.flatMap(({ unit, value }): readonly number[] => {
    const isAlike = equalDimensions(parseUnit(unit).dimension, dimension);
    return isAlike && typeof value === 'number' && value !== 0 ? [Math.abs(value)] : [];
  });
  const small = [...known, ...usual.flatMap(([one, size]) => (equalDimensions(one, dimension) ? [size] : []))];
  if (small.length === 0) return undefined;
  const least = Math.max(error * Math.min(...small), rounding * Math.max(0, ...known));
  return Number(`1e${Math.floor(Math.log10(least * (1 + 1e-9)))}`);
}
