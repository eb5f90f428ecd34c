/** Steps at which forward Euler, the method of LEMS, is stable. */

import type { Expression } from '../../../src/lang/ast.js';
import { integer } from '../../../src/lang/build.js';
import { NoNumber, type Functions } from '../../../src/lang/evaluate.js';
import { conditionallyLinear } from '../../../src/lang/linear.js';
import { namesIn, substitute } from '../../../src/lang/walk.js';
import { isForwardEuler } from '../../../src/library/gather/integration.js';
import { valueAt } from '../../../src/library/recognise/numbers.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { ValidModel } from '../../../src/model/model.js';
import type { NeuronType, Population } from '../../../src/model/typed.js';
import { typedModel } from '../../../src/model/typed-model.js';
import { populationsOfType } from '../../../src/model/parts-at.js';
import { child } from '../../../src/model/pointer.js';
import { derivedOrder } from './builder.js';
import { ElementValues, numberAt } from '../../../src/library/element-values.js';

/** Parts of a step that a step is divided into. */
const divisors: readonly number[] = [2, 4, 5, 10, 20, 50, 100];
/** Potentials in V at which rates are taken, and values of pure numbers such as gates. */
const [potentials, gates] = [
  [-0.09, -0.065, -0.04, 0, 0.04],
  [0, 1],
] as const;
/** The most variables other than the potential whose values are combined. */
const mostGates = 6;

/**
 * Returns a model with a step at which forward Euler is stable for its cells, and reports the change. Rates of change
 * are taken at extreme potentials and gates: a variable that returns with rate r is stable for steps below 2/r.
 */
export function withStableStep(valid: ValidModel, functions: Functions, report: ConversionReport): ValidModel {
  const model = typedModel(valid.model);
  const { neurons, timing, experiment } = model;
  const { dt } = experiment;
  let [fastest, cell] = [0, ''];
  for (const [id, type] of Object.entries(neurons)) {
    if (type.compartments !== undefined || type.cable !== undefined || isForwardEuler(type, timing)) continue;
    const [[, population] = []] = populationsOfType(model, id);
    const rate = population ? fastestRate(type, population, valid, functions) : 0;
    if (rate > fastest) [fastest, cell] = [rate, id];
  }
  if (fastest * dt < 2) return valid;
  const divisor = divisors.find((n) => (fastest * dt) / n < 1.5);
  if (divisor === undefined) return valid;
  const step = Number((dt / divisor).toPrecision(12));
  const text = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(6))} ms`;
  report.different(
    'lems/stable-step',
    child('/neurons', cell),
    `steps of ${text(step)}: at ${text(dt)} forward Euler, the method of LEMS, is unstable for this cell`,
  );
  return { ...valid, model: { ...valid.model, experiment: { ...valid.model.experiment, dt: step } } };
}

/** Returns the largest rate, in 1/s, with which a variable of a cell returns to its momentary equilibrium. */
function fastestRate(
  type: NeuronType,
  { values, size }: Population,
  { data }: Pick<ValidModel, 'data'>,
  functions: Functions,
): number {
  const derived = new Map<string, Expression>();
  for (const name of derivedOrder(type))
    derived.set(name, substitute(type.derived[name]?.value ?? integer(0), derived));
  const others = Object.entries(type.state).filter(([, { unit }]) => unit === '1');
  if (others.length === 0 || others.length > mostGates) return 0;
  const numbers = new ElementValues(type, values, size, { data, functions }, (name, k) => ({ i: k, N: size })[name]);
  const states = Object.keys(type.state);
  let fastest = 0;
  try {
    const known = new Map(Object.keys(type.parameters).map((name) => [name, numberAt(numbers.of(name), 0)] as const));
    for (const [name, { rate }] of Object.entries(type.derivatives)) {
      const factor = conditionallyLinear(substitute(rate, derived), name)?.coefficients.get(name);
      const read = factor ? states.filter((state) => namesIn(factor).has(state)) : [];
      for (const point of factor ? pointsOf(read, type) : [])
        fastest = Math.max(fastest, -valueAt(factor!, (key) => point.get(key) ?? known.get(key) ?? 0, functions));
    }
  } catch (error) {
    if (error instanceof NoNumber) return 0;
    throw error;
  }
  return Number.isFinite(fastest) ? fastest : 0;
}

/** Returns combinations of extreme values of variables. */
function pointsOf(names: readonly string[], { state }: NeuronType): readonly ReadonlyMap<string, number>[] {
  return names.reduce<readonly ReadonlyMap<string, number>[]>(
    (points, name) => {
      const { unit } = state[name] ?? {};
      const extremes = unit === 'V' ? potentials : unit === '1' ? gates : [0];
      return points.flatMap((point) => extremes.map((value) => new Map([...point, [name, value]])));
    },
    [new Map()],
  );
}
