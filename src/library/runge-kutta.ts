/**
 * Steps of Runge and Kutta's methods as equations: slopes of stages, and values at which they are taken, are derived
 * variables, so that a step of forward Euler is one of the method, or several shorter ones.
 */

import { dimensionless, type Dimension, type Expression } from '../lang/ast.js';
import {
  binary,
  call,
  conditional,
  difference,
  integer,
  name as nameOf,
  negated,
  product,
  quantity,
  quotient,
  sum,
} from '../lang/build.js';
import { divideDimensions, powerDimension, second, unitText } from '../lang/dimension.js';
import { mostChange } from '../lang/growth.js';
import { parseUnit } from '../lang/units.js';
import { printExpression } from '../lang/print.js';
import { substitute } from '../lang/walk.js';
import { ownNames } from '../model/declared-names.js';
import { dormandPrinceNodes, dormandPrinceStages, type Fraction } from '../model/dormand-prince.js';
import { UniqueNames } from '../model/free-name.js';
import type { DerivedVariable, NeuronType, SynapseType } from '../model/model.js';

/** A method of Runge and Kutta. */
interface Tableau {
  /** Where in the step each stage takes its slopes. */
  readonly nodes: readonly Fraction[];
  /** Parts of the slopes of earlier stages that lead to each stage. */
  readonly stages: readonly (readonly Fraction[])[];
  readonly weights: readonly Fraction[];
}

const [none, half, whole]: readonly [Fraction, Fraction, Fraction] = [
  [0, 1],
  [1, 2],
  [1, 1],
];

/** The midpoint method, of order 2. */
export const midpoint: Tableau = { nodes: [none, half], stages: [[], [half]], weights: [none, whole] };

/** Runge and Kutta's classical method, of order 4. */
export const classical: Tableau = {
  nodes: [none, half, half, whole],
  stages: [[], [half], [none, half], [none, none, whole]],
  weights: [
    [1, 6],
    [2, 6],
    [2, 6],
    [1, 6],
  ],
};

/** Dormand and Prince's method of order 5. */
export const dormandPrince: Tableau = {
  nodes: dormandPrinceNodes.slice(0, -1),
  stages: dormandPrinceStages.slice(0, -1),
  weights: dormandPrinceStages.at(-1) ?? [],
};

/** A derived variable of the equations of a step. */
export interface StepVariable {
  readonly name: string;
  readonly unit: string;
  readonly value: Expression;
  /** What it begins. */
  readonly comment?: string;
}

/** Rates as they are to be written, and what they are computed from, in order. */
export interface Rates {
  readonly rates: ReadonlyMap<string, Expression>;
  readonly derived?: readonly StepVariable[];
}

/** What holds of a step. */
interface StepOptions {
  /** In how many steps of the method it is divided. */
  readonly parts?: number;
  /** Variables that are solved otherwise: their values after a time. */
  readonly solved?: ReadonlyMap<string, (elapsed: Expression) => Expression>;
  /** Variables that are held while a cell is refractory. */
  readonly held?: readonly string[];
  /** Variables that may run away in a step of the method, which is one of Euler's method then. */
  readonly watched?: readonly string[];
}

const dt = nameOf('dt');

/** A part of the time step. */
const partOfStep = ([above, below]: Fraction): Expression =>
  quotient(product(integer(above), dt), integer(above === 0 ? 1 : below));

/** Rates of which a step of forward Euler is one of a method, or several shorter ones, for all variables that are not solved. */
export function rungeKutta(
  rates: ReadonlyMap<string, Expression>,
  type: NeuronType | SynapseType,
  { nodes, stages, weights }: Tableau,
  { parts = 1, solved = new Map(), held = [], watched = [] }: StepOptions = {},
): Rates {
  const names = new UniqueNames(ownNames(type));
  const derived: StepVariable[] = [];
  const stepped = [...rates.keys()].filter((name) => !solved.has(name));
  const unitOf = (name: string): string => type.state[name]?.unit ?? '1';
  const define = (wanted: string, unit: string, value: Expression, comment?: string): Expression => {
    const name = names.take(wanted);
    derived.push({ name, unit, value, ...(comment === undefined ? {} : { comment }) });
    return nameOf(name);
  };
  // The last stage of a sub-step is at the beginning of the next one.
  const known = new Map<string, Expression>();
  const solvedAt = (name: string, elapsed: Expression, label: string): Expression => {
    const key = `${name} after ${printExpression(elapsed)}`;
    const value =
      known.get(key) ?? define(`${name}${label}`, unitOf(name), solved.get(name)?.(elapsed) ?? nameOf(name));
    known.set(key, value);
    return value;
  };
  // Values of stages that come from one slope alone are short enough to stand in equations.
  const areShort = stages.every((row) => row.filter(([above]) => above !== 0).length <= 1);
  let begin = new Map(stepped.map((name) => [name, nameOf(name) as Expression]));
  for (let part = 0; part < parts; part++) {
    const label = parts === 1 ? '' : `_${part + 1}`;
    const comment = parts === 1 ? undefined : `sub-step ${part + 1} of ${parts}`;
    const slopes: ReadonlyMap<string, Expression>[] = [];
    for (const [stage, row] of stages.entries()) {
      const [above, below] = nodes[stage] ?? none;
      const elapsed = partOfStep(reduced([part * below + above, parts * below]));
      const values = new Map<string, Expression>(
        stepped.map((name) => {
          const from = begin.get(name) ?? nameOf(name);
          const value = sum(from, along(row, slopes, name, parts));
          return [
            name,
            stage === 0 || areShort ? value : define(`${name}${label}_stage_${stage + 1}`, unitOf(name), value),
          ];
        }),
      );
      if (stage > 0 || part > 0)
        for (const name of solved.keys()) values.set(name, solvedAt(name, elapsed, `${label}_stage_${stage + 1}`));
      if (stage > 0 || part > 0) values.set('t', sum(nameOf('t'), elapsed));
      slopes.push(
        new Map(
          stepped.map((name, k) => {
            const unit = slopeUnit(unitOf(name));
            const rate = substitute(rates.get(name) ?? integer(0), values);
            const value = held.includes(name)
              ? conditional(nameOf('not_refractory'), rate, quantity(0, dimensionOf(unit)))
              : rate;
            return [
              name,
              define(`${name}${label}_slope_${stage + 1}`, unit, value, stage === 0 && k === 0 ? comment : undefined),
            ];
          }),
        ),
      );
    }
    if (parts === 1) {
      const reach = withinReach(watched, slopes);
      const rateOf = (name: string): Expression => {
        const all = weighted(weights, slopes, name);
        return reach === undefined ? all : conditional(reach, all, slopes[0]?.get(name) ?? all);
      };
      return { derived, rates: new Map(stepped.map((name) => [name, rateOf(name)])) };
    }
    const from = begin;
    begin = new Map(
      stepped.map((name) => [
        name,
        define(
          part === parts - 1 ? `${name}_next` : `${name}_${part + 2}`,
          unitOf(name),
          sum(from.get(name) ?? nameOf(name), along(weights, slopes, name, parts)),
        ),
      ]),
    );
  }
  return {
    derived,
    rates: new Map(stepped.map((name) => [name, quotient(difference(begin.get(name) ?? dt, nameOf(name)), dt)])),
  };
}

/** The condition that no variable runs away in a step; undefined where none may. */
function withinReach(
  watched: readonly string[],
  slopes: readonly ReadonlyMap<string, Expression>[],
): Expression | undefined {
  const size = (e: Expression): Expression => call('abs', [e]);
  const [first, last] = [slopes[0], slopes.at(-1)];
  const tests = watched.flatMap((name) => {
    const [slope, end] = [first?.get(name), last?.get(name)];
    if (slope === undefined || end === undefined) return [];
    const around = sum(size(nameOf(name)), size(sum(nameOf(name), product(dt, slope))));
    return [binary('<=', size(product(dt, end)), product(integer(mostChange), around))];
  });
  return tests.length === 0 ? undefined : tests.reduce((a, b) => binary('and', a, b));
}

/** Derived variables as a type has them: they hold for the step. */
export const stepVariables = (derived: readonly StepVariable[]): Readonly<Record<string, DerivedVariable>> =>
  Object.fromEntries(
    derived.map(({ name, unit, value }) => [
      name,
      { unit, type: 'real', value: printExpression(value), shared: false, held: true },
    ]),
  );

/** A fraction in its lowest terms. */
function reduced([above, below]: Fraction): Fraction {
  const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b));
  const by = common(Math.abs(above), below);
  return [above / by, below / by];
}

/** Slopes added up with weights. */
function weighted(
  weights: readonly Fraction[],
  slopes: readonly ReadonlyMap<string, Expression>[],
  name: string,
): Expression {
  const terms = weights.flatMap(([above, below], stage) =>
    above === 0 ? [] : [{ above, below, slope: slopes[stage]?.get(name) ?? integer(0) }],
  );
  const divisors = new Set(terms.map(({ below }) => below));
  const [divisor = 1] = divisors;
  const term = (above: number, below: number, slope: Expression): Expression =>
    product(quotient(integer(Math.abs(above)), integer(divisors.size === 1 ? 1 : below)), slope);
  const all = terms.reduce<Expression>(
    (before, { above, below, slope }) =>
      sum(before, above < 0 ? negated(term(above, below, slope)) : term(above, below, slope)),
    integer(0),
  );
  return divisors.size === 1 ? quotient(all, integer(divisor)) : all;
}

/** How far slopes lead, in a step that is divided in so many parts. */
function along(
  row: readonly Fraction[],
  slopes: readonly ReadonlyMap<string, Expression>[],
  name: string,
  parts: number,
): Expression {
  const terms = row.flatMap((one, stage) => (one[0] === 0 ? [] : [{ one, slope: slopes[stage]?.get(name) }]));
  const [first] = terms;
  if (first?.slope === undefined) return integer(0);
  const [above, below] = first.one;
  return terms.length === 1
    ? product(partOfStep(reduced([above, below * parts])), first.slope)
    : product(partOfStep([1, parts]), weighted(row, slopes, name));
}

const dimensionOf = (unit: string): Dimension => (unit === '1' ? dimensionless : parseUnit(unit).dimension);

/** The unit of a rate of change. */
const slopeUnit = (unit: string): string => unitText(divideDimensions(dimensionOf(unit), powerDimension(second, 1)));
