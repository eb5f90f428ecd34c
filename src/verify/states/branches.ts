/** States at which the conditions of two types of cells hold, and states at which they do not. */

import type { Expression } from '../../lang/ast.js';
import { binary, isInfinite, number } from '../../lang/build.js';
import { NoNumber } from '../../lang/evaluate.js';
import { printExpression } from '../../lang/print.js';
import { namesIn, visit } from '../../lang/walk.js';
import { changeBetween } from '../../library/recognise/numbers.js';
import { expressionsIn, type NeuronType, type ValidModel } from '../../model/typed.js';
import { takesInput } from './cell-kinds.js';
import type { State } from './cell-pair.js';
import { readByRates, readThrough, valueIn, type Scope } from './element-scope.js';

/** Conditions on which the form of an expression depends. */
function conditionsIn(e: Expression): readonly Expression[] {
  const found: Expression[] = [];
  visit(e, (part) => {
    if (part.kind === 'binary' && ['<', '<=', '>', '>=', '==', '!='].includes(part.operator)) found.push(part);
    if (part.kind !== 'call') return;
    const [x = number(0), y = number(0), z = number(0)] = part.arguments;
    const { function: name } = part;
    if (name === 'clip' && !isInfinite(y)) found.push(binary('<', x, y));
    if (name === 'clip' && !isInfinite(z)) found.push(binary('>', x, z));
    if (name === 'min' || name === 'max') found.push(binary('<', x, y));
    if (name === 'abs' || name === 'sign') found.push(binary('<', x, number(0)));
  });
  return found;
}

/** Returns the conditions on states, inputs and the time that decide on rates, events and their effects in a type. */
function conditionsOf(type: NeuronType, withEvents: boolean): readonly Expression[] {
  const { derivatives, derived, events, state, inputs } = type;
  const read = readByRates(type, Object.keys(derivatives));
  const code = [
    Object.values(derivatives),
    Object.entries(derived).flatMap(([name, { value }]) => (read.has(name) ? [value] : [])),
    Object.values(withEvents ? events : {})
      .filter((event) => !takesInput(type, event))
      .map(({ when, do: actions, refractory }) => [when, actions, refractory?.for]),
  ];
  const isVariable = (name: string): boolean => name === 't' || state[name] !== undefined || inputs[name] !== undefined;
  return expressionsIn(code)
    .flatMap(conditionsIn)
    .filter((condition) => [...readThrough(derived, [...namesIn(condition)])].some(isVariable));
}

/** A condition of one of the models, with its value at a state of the first. */
export interface Branch {
  readonly text: string;
  readonly holdsAt: (state: State) => boolean;
  /** Returns the number whose absolute value the condition bounds, as guards of singular points do. */
  readonly boundedAt?: (state: State) => number;
}

/**
 * Returns the branches of a type.
 *
 * @param scope  values at a state of the first model
 * @param withEvents  whether events have some, too
 */
export const branchesOf = (
  valid: ValidModel,
  type: NeuronType,
  scope: (state: State) => Scope,
  withEvents: boolean,
): readonly Branch[] =>
  conditionsOf(type, withEvents).map((condition) => ({
    text: printExpression(condition),
    holdsAt: (state) => valueIn(valid, condition, scope(state)) !== 0,
    ...boundedIn(condition, (e, state) => valueIn(valid, e, scope(state))),
  }));

/** Returns the number whose absolute value is one side of a condition. */
function boundedIn(condition: Expression, valueAt: (e: Expression, state: State) => number): Pick<Branch, 'boundedAt'> {
  if (condition.kind !== 'binary') return {};
  const call = [condition.left, condition.right].find((side) => side.kind === 'call' && side.function === 'abs');
  const [bounded] = call?.kind === 'call' ? call.arguments : [];
  return bounded === undefined ? {} : { boundedAt: (state) => valueAt(bounded, state) };
}

/** Relative sizes of changes of a variable that are tried, from small to large. */
const ladder = Array.from({ length: 48 }, (_, k) => 2 ** (k / 2 - 6));

/**
 * Returns states on both sides of each branch, found by changes of one variable after another, and the branches that no
 * such change takes both ways.
 *
 * @param sizes  usual size of each variable
 */
export function statesOnBothSides(
  branches: readonly Branch[],
  base: State,
  sizes: ReadonlyMap<string, number>,
  times: readonly number[],
): { readonly states: readonly State[]; readonly oneWay: readonly string[] } {
  const states: State[] = [];
  const oneWay: string[] = [];
  for (const { text, holdsAt, boundedAt } of branches) {
    try {
      const before = holdsAt(base);
      const isOther = (state: State): boolean => {
        try {
          return holdsAt(state) !== before;
        } catch (error) {
          if (error instanceof NoNumber) throw error;
          return false;
        }
      };
      const found = [...states, ...times.map((t) => new Map([...base, ['t', t]]))].some(isOther);
      if (found) continue;
      const changed = changesOf(base, sizes).find(isOther);
      const zero = changed === undefined && boundedAt ? zeroOf(boundedAt, base, sizes) : undefined;
      if (changed) states.push(...aroundChange(base, changed, isOther));
      else if (zero && isOther(zero)) states.push(...insideOf(base, zero, isOther));
      else oneWay.push(text);
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
      oneWay.push(text);
    }
  }
  return { states, oneWay };
}

/** Returns states with one variable changed, the smallest changes first. */
function* statesWith(base: State, sizes: ReadonlyMap<string, number>): Generator<State> {
  for (const factor of ladder)
    for (const [name, value] of base)
      for (const sign of [1, -1]) yield new Map([...base, [name, value + sign * factor * (sizes.get(name) ?? 1)]]);
}

const changesOf = (base: State, sizes: ReadonlyMap<string, number>): readonly State[] => [...statesWith(base, sizes)];

/** Returns the state at a share of the way from one to another. */
const stateAt = (from: State, to: State, share: number): State =>
  new Map([...from].map(([name, value]) => [name, value + share * ((to.get(name) ?? value) - value)]));

/** Returns a state with the change, one further on, and some near the change. */
function aroundChange(base: State, changed: State, isOther: (state: State) => boolean): readonly State[] {
  const share = changeBetween(0, 1, (at) => isOther(stateAt(base, changed, at)));
  return [1, 1.5, 0.999 * share, 1.001 * share].map((at) => stateAt(base, changed, at));
}

/** Returns a state within a narrow branch, away from its singular middle, and one before it. */
function insideOf(base: State, zero: State, isOther: (state: State) => boolean): readonly State[] {
  const share = changeBetween(0, 1, (at) => isOther(stateAt(base, zero, at)));
  return [(1 + share) / 2, 0.999 * share].map((at) => stateAt(base, zero, at));
}

/** Returns a state at which a number is zero, by changes of one variable. */
function zeroOf(valueAt: (state: State) => number, base: State, sizes: ReadonlyMap<string, number>): State | undefined {
  const isNegative = valueAt(base) < 0;
  const isPast = (state: State): boolean => valueAt(state) < 0 !== isNegative;
  const past = changesOf(base, sizes).find(isPast);
  return (
    past &&
    stateAt(
      base,
      past,
      changeBetween(0, 1, (at) => isPast(stateAt(base, past, at))),
    )
  );
}
