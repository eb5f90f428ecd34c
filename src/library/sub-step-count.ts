/**
 * In how many parts a step is to be divided where the model's steps adapt, so that equations with as many sub-steps err
 * by no more than its own sub-steps may: measured at states of a run.
 */

import type { Expression } from '../lang/ast.js';
import { assignedValue } from '../lang/build.js';
import { parseStatements } from '../lang/parse.js';
import { namesIn } from '../lang/walk.js';
import { ownNames } from '../model/declared-names.js';
import { adaptiveTolerance } from '../model/dormand-prince.js';
import type { NeuronType } from '../model/model.js';
import { plain, valueAt } from './recognise/numbers.js';
import type { Rates } from './runge-kutta.js';

/** Values of all names that equations read, in SI, at the beginning of a step. */
export type CellState = ReadonlyMap<string, number>;

/** Sub-steps of a type, and how they err. */
export interface SubSteps {
  readonly parts: number;
  /** The largest error in a step, as a part of what a variable is and changes by. */
  readonly error: number;
  /** States at which it was measured. */
  readonly states: number;
}

/** More parts make documents that nobody reads. */
const choices = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32];

/**
 * The least number of parts with which steps err by no more than the method `adaptive` lets a sub-step err.
 *
 * @param stepsOf  equations with a number of parts
 * @param dt       of the model, in s
 * @returns undefined where more parts are needed than make sense
 */
export function subStepCount(
  type: NeuronType,
  stepsOf: (parts: number) => Rates,
  states: readonly CellState[],
  dt: number,
): SubSteps | undefined {
  const names = ownNames(type);
  const made = new Map<number, (state: CellState) => CellState>();
  const step = (parts: number, state: CellState): CellState => {
    const known = made.get(parts) ?? stepper(stepsOf(parts), names, dt);
    made.set(parts, known);
    return known(state);
  };
  const resets = resetsOf(type, names);
  const errorOf = (parts: number, state: CellState): number => {
    const [coarse, fine] = [step(parts, state), step(2 * parts, state)];
    const irrelevant = new Set(
      resets.flatMap(({ when, sets }) => ([coarse, fine].every((one) => holds(when, state, one)) ? sets : [])),
    );
    const errors = [...fine].map(([name, value]) => {
      if (irrelevant.has(name)) return 0;
      const [before, other] = [state.get(name) ?? 0, coarse.get(name) ?? NaN];
      const off = Math.abs(other - value);
      return off === 0 ? 0 : off / (Math.abs(before) + Math.abs(value - before));
    });
    return errors.some(Number.isNaN) ? Infinity : Math.max(...errors);
  };
  for (const parts of choices) {
    let error = 0;
    for (const state of states) {
      error = Math.max(error, errorOf(parts, state));
      if (error > adaptiveTolerance) break;
    }
    if (error <= adaptiveTolerance) return { parts, error, states: states.length };
  }
  return undefined;
}

/** One step of equations, from values before it to values after it. */
function stepper(
  { rates, derived = [] }: Rates,
  names: ReadonlySet<string>,
  dt: number,
): (state: CellState) => CellState {
  const declared = new Set([...names, ...derived.map(({ name }) => name)]);
  const variables = derived.map(({ name, value }) => [name, plain(value, declared)] as const);
  const slopes = [...rates].map(([name, rate]) => [name, plain(rate, declared)] as const);
  return (state) => {
    const values = new Map([...state, ['dt', dt]]);
    const read = (name: string): number => values.get(name) ?? NaN;
    for (const [name, value] of variables) values.set(name, valueAt(value, read));
    return new Map(slopes.map(([name, rate]) => [name, read(name) + dt * valueAt(rate, read)]));
  };
}

/** What an event sets to something else, so that what it was does not matter. */
interface Reset {
  readonly when: Expression;
  readonly sets: readonly string[];
}

const resetsOf = (type: NeuronType, names: ReadonlySet<string>): readonly Reset[] =>
  Object.values(type.events).map((event) => {
    const writes = event.do.flatMap(parseStatements).flatMap((one) => (one.kind === 'assignment' ? [one] : []));
    const sets = writes.flatMap((one) => (namesIn(assignedValue(one)).has(one.target) ? [] : [one.target]));
    return { when: plain(event.when, names), sets };
  });

function holds(when: Expression, before: CellState, after: CellState): boolean {
  try {
    return valueAt(when, (name) => after.get(name) ?? before.get(name) ?? NaN) !== 0;
  } catch {
    return false;
  }
}
