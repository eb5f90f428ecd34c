/** Simplifies equations by the constants of a type, and removes inputs without sources. */

import type { Dimension, Expression, Reference, Side } from '../../../src/lang/ast.js';
import { integer, isZero, quantity } from '../../../src/lang/build.js';
import { divideDimensions, isDimensionless, second } from '../../../src/lang/dimension.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import { parseUnit } from '../../../src/lang/units.js';
import { mapExpression, namesIn, readsAny, substitute, withChildren, writtenBy } from '../../../src/lang/walk.js';
import { withoutZero } from '../../../src/library/readable/folded.js';
import { plain, valueAt, withoutRounding } from '../../../src/library/recognise/numbers.js';
import { mapped } from '../../../src/model/collections.js';
import { ownNames } from '../../../src/model/declared-names.js';
import {
  expressionsIn,
  formulaOf,
  namesOf,
  statementsIn,
  withExpressions,
  type EquationSet,
  type Model,
  type NeuronType,
  type Projection,
  type Value,
} from '../../../src/model/typed.js';
import { partsAt } from '../../../src/model/parts-at.js';

/** Uses of a type's names in the rest of a model. */
export interface Uses {
  /** Checks whether the rest of the model uses a name as a variable. */
  isVariable(name: string): boolean;
  /** Words of all code outside types of neurons. */
  readonly words: Pick<ReadonlySet<string>, 'has'>;
}

/** Returns parameters that have one unchanging value, as constants of the type. */
export function constantsOf<T extends EquationSet>(
  type: T,
  values: Readonly<Record<string, Value>>,
  uses: Uses,
): { readonly type: T; readonly values: Record<string, Value> } {
  const parameters: Record<string, EquationSet['parameters'][string]> = {};
  const left: Record<string, Value> = { ...values };
  for (const [key, parameter] of Object.entries(type.parameters)) {
    const value = values[key] ?? parameter.value;
    if (typeof value !== 'number' || uses.isVariable(key)) {
      parameters[key] = parameter;
      continue;
    }
    parameters[key] = { ...parameter, value, shared: true };
    Reflect.deleteProperty(left, key);
  }
  const { conformsTo: _, ...rest } = type;
  return { type: decided({ ...(rest as T), parameters }, left, uses), values: left };
}

/**
 * Returns a type without inputs that have no source, without a constant current of zero, and without receptors that
 * remain zero.
 *
 * @param isUsed checks whether something outside of the types of neurons reads or changes a name
 */
export function withoutIdle(
  type: NeuronType,
  given: ReadonlySet<string>,
  values: Readonly<Record<string, Value>>,
  isVariable: (name: string) => boolean,
  isUsed: (name: string) => boolean,
): NeuronType {
  const read = readOutsideEquations(type);
  const idle = [
    ...Object.keys(type.inputs).filter((name) => !given.has(name)),
    ...Object.entries(type.parameters).flatMap(([name, { unit, value }]) =>
      unit === 'A' && (values[name] ?? value) === 0 && !isVariable(name) ? [name] : [],
    ),
  ].filter((name) => !read.has(name));
  const changed = writtenBy(statementsIn(type.events));
  const silent = Object.entries(type.state).flatMap(([name, { initial }]) =>
    initial === 0 &&
    Object.hasOwn(type.derivatives, name) &&
    !(changed.has(name) || read.has(name) || isVariable(name) || isUsed(name))
      ? [name]
      : [],
  );
  if (idle.length + silent.length === 0) return type;
  const unitOf = (name: string): string => (type.inputs[name] ?? type.state[name])?.unit ?? 'A';
  const nothing = new Map([...idle, ...silent].map((name) => [name, nothingIn(unitOf(name))] as const));
  const put = (e: Expression): Expression => (readsAny(e, nothing) ? withoutZeros(substitute(e, nothing)) : e);
  // State remains zero only if its rate is zero without all that remains zero.
  for (let before = -1; before !== nothing.size;) {
    before = nothing.size;
    for (const name of silent)
      if (nothing.has(name) && !isNothing(put(type.derivatives[name]?.rate ?? nought))) nothing.delete(name);
  }
  if (nothing.size === 0) return type;
  // A derived variable that adds up only zeros is also zero.
  for (let before = -1; before !== nothing.size;) {
    before = nothing.size;
    for (const [name, { value, unit }] of Object.entries(type.derived))
      if (!nothing.has(name) && !isVariable(name) && !read.has(name) && isNothing(put(value)))
        nothing.set(name, nothingIn(unit));
  }
  const without = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([key]) => !nothing.has(key)));
  const { sequence: _, ...rest } = type;
  return {
    ...rest,
    inputs: without(type.inputs),
    parameters: without(type.parameters),
    state: without(type.state),
    derived: mapped(without(type.derived), (one) => ({
      ...one,
      value: inUnit(put(one.value), parseUnit(one.unit).dimension),
    })),
    derivatives: mapped(without(type.derivatives), (one, key) => {
      const { dimension } = parseUnit(type.state[key]?.unit ?? '1');
      return { ...one, rate: inUnit(put(one.rate), divideDimensions(dimension, second)) };
    }),
  };
}

/** Returns names that events and first values of a type read. */
const readOutsideEquations = ({ events, state }: NeuronType): ReadonlySet<string> =>
  new Set([
    ...expressionsIn([events, state]).flatMap((e) => [...namesIn(e)]),
    ...statementsIn(events).flatMap((one) => (one.kind === 'assignment' && one.operator !== '=' ? [one.target] : [])),
  ]);

/** The zero that stands for a missing part. */
const nought = integer(0);

/** Returns zero with a unit. */
const nothingIn = (unit: string): Expression => inUnit(nought, parseUnit(unit).dimension);

/** Returns an expression that is zero with its dimension, and others unchanged. */
const inUnit = (e: Expression, dimension: Dimension): Expression =>
  isNothing(e) && !isDimensionless(dimension) ? quantity(0, dimension) : e;

/** Removes terms that are zero in any unit. A zero stays if it is compared or is an argument of a call. */
function withoutZeros(e: Expression): Expression {
  const isTerm = e.kind === 'unary' || (e.kind === 'binary' && ['+', '-', '*', '/'].includes(e.operator));
  const part = withChildren(e, (child) => {
    const short = withoutZeros(child);
    return isTerm || e.kind === 'conditional' || !isNothing(short) ? short : child;
  });
  if (part.kind === 'unary') return part.operator === '-' && isNothing(part.operand) ? nought : part;
  if (part.kind !== 'binary') return part;
  const [left, right] = [isNothing(part.left), isNothing(part.right)];
  switch (part.operator) {
    case '+':
      return left ? part.right : right ? part.left : part;
    case '-':
      if (right) return part.left;
      return left ? { kind: 'unary', operator: '-', operand: part.right, span: part.span } : part;
    case '*':
      return left || right ? nought : part;
    case '/':
      return left ? nought : part;
    default:
      return part;
  }
}

/** Checks for a zero, with or without a unit. */
const isNothing = (e: Expression): boolean =>
  (e.kind === 'quantity' || (e.kind === 'number' && e.integer)) && isZero(e);

/** Returns a type with choices and first values decided by its constants, and without constants that become unread. */
function decided<T extends EquationSet>(given: T, values: Readonly<Record<string, Value>>, uses: Uses): T {
  const { isVariable, words } = uses;
  const numbers = new Map(
    Object.entries(given.parameters).flatMap(([key, { shared, value }]) =>
      shared && typeof value === 'number' ? [[key, value] as const] : [],
    ),
  );
  const own = ownNames(given);
  const known = (e: Expression): number | undefined => {
    try {
      const value = valueAt(plain(e, own), (name) => {
        const given = isVariable(name) ? undefined : numbers.get(name);
        if (given === undefined) throw new RangeError(name);
        return given;
      });
      return withoutRounding(value);
    } catch (error) {
      if (error instanceof RangeError || error instanceof NoNumber) return undefined;
      throw error;
    }
  };
  const type = withFixed(given, values, uses, numbers, known);
  // Code outside reads parameters of cells by their names.
  const isSeen = (key: string): boolean => isVariable(key) || (!Object.hasOwn(given, 'pathways') && words.has(key));
  const pure = (number: number): ReadonlySet<string> =>
    new Set(
      [...numbers].flatMap(([key, value]) =>
        value === number && type.parameters[key]?.unit === '1' && !isSeen(key) ? [key] : [],
      ),
    );
  const [noughts, ones] = [pure(0), pure(1)];
  const decide = (e: Expression): Expression =>
    mapExpression(e, (part) => {
      if (part.kind !== 'conditional') return withoutFactors(part, noughts, ones);
      const truth = known(part.condition);
      return truth === undefined ? part : truth !== 0 ? part.whenTrue : part.whenFalse;
    });
  const inCode = wordsOf({ ...type, parameters: {}, state: {} });
  // An expression that code reads is more readable than its number.
  const state = Object.fromEntries(
    Object.entries(type.state).map(([key, one]) => {
      const e = formulaOf(one.initial);
      if (e === undefined || (e.kind !== 'name' && [...namesIn(e)].every((name) => inCode.has(name))))
        return [key, one];
      const value = known(e);
      return [key, value === undefined ? one : { ...one, initial: value }];
    }),
  );
  const settled = withExpressions({ ...type, state }, (e) => {
    const short = decide(e);
    return short === e ? e : mapExpression(short, (part) => withoutZero(part, own));
  });
  const { parameters } = type;
  const readHere = wordsOf({ ...settled, parameters: {} });
  const isPutIn = (key: string): boolean => (noughts.has(key) || ones.has(key)) && !readHere.has(key);
  const read = new Set([...readHere, ...wordsOf(Object.values(parameters).map(({ value }) => value))]);
  const isRead = (key: string): boolean => read.has(key) || (words.has(key) && !isPutIn(key));
  return {
    ...settled,
    parameters: Object.fromEntries(
      Object.entries(parameters).filter(([key, { shared }]) => !shared || isVariable(key) || isRead(key)),
    ),
  };
}

/** Returns an operation without a factor of one or a term of zero, according to the constants of these names. */
function withoutFactors(e: Expression, noughts: ReadonlySet<string>, ones: ReadonlySet<string>): Expression {
  if (e.kind !== 'binary') return e;
  const { left, right, operator } = e;
  const isIn = (names: ReadonlySet<string>, side: Expression): boolean => side.kind === 'name' && names.has(side.name);
  const isNoSum = (side: Expression): boolean =>
    side.kind === 'binary' &&
    side.operator === '-' &&
    side.left.kind === 'number' &&
    side.left.value === 1 &&
    isIn(noughts, side.right);
  const isOne = (side: Expression): boolean => isIn(ones, side) || isNoSum(side);
  switch (operator) {
    case '*':
      return isOne(left) ? right : isOne(right) ? left : e;
    case '/':
      return isOne(right) ? left : e;
    case '-':
      return isIn(noughts, right) && left.kind !== 'number' ? left : e;
    case '+':
      return isIn(noughts, left) ? right : isIn(noughts, right) ? left : e;
    default:
      return e;
  }
}

/**
 * Returns a type that turns parameters computed from constants, and state that never changes, into constants. Their
 * values are added to `numbers`.
 */
function withFixed<T extends EquationSet>(
  type: T,
  values: Readonly<Record<string, Value>>,
  { isVariable, words }: Uses,
  numbers: Map<string, number>,
  known: (e: Expression) => number | undefined,
): T {
  const written = writtenBy(statementsIn(type));
  const parameters = { ...type.parameters };
  const state = { ...type.state };
  const given = (key: string): boolean => Object.hasOwn(values, key) || isVariable(key);
  const changes = (key: string): boolean =>
    Object.hasOwn(type.derivatives, key) || written.has(key) || words.has(key) || given(key);
  // Values may follow from later ones.
  for (let before = -1; before !== numbers.size;) {
    before = numbers.size;
    for (const [key, parameter] of Object.entries(parameters)) {
      const e = given(key) ? undefined : formulaOf(parameter.value);
      const value = e && known(e);
      if (value === undefined) continue;
      parameters[key] = { ...parameter, value, shared: true };
      numbers.set(key, value);
    }
    for (const [key, { initial, ...one }] of Object.entries(state)) {
      const e = formulaOf(initial);
      const value = changes(key) ? undefined : e ? known(e) : initial;
      if (typeof value !== 'number') continue;
      parameters[key] = { ...one, value, shared: true };
      numbers.set(key, value);
      Reflect.deleteProperty(state, key);
    }
  }
  return { ...type, parameters, state };
}

/** Returns the inputs of a population that something gives. */
export function inputsOf(name: string, model: Model): ReadonlySet<string> {
  const { stimuli, outgoing, incoming } = partsAt(model, name);
  const contributed = (projections: typeof incoming, end: Side): readonly string[] =>
    projections.flatMap(([, { synapse, receptors }]) =>
      (model.synapses[synapse]?.contributes ?? []).flatMap(({ to }) => {
        const { side, variable } = contributedTo(to, receptors);
        return side === end ? [variable] : [];
      }),
    );
  const currents = stimuli.flatMap(([, stimulus]) => (stimulus.kind === 'current' ? [stimulus.input] : []));
  return new Set([...currents, ...contributed(outgoing, 'pre'), ...contributed(incoming, 'post')]);
}

/** Returns the end and the variable that synapses contribute to: a variable of an end, or that of a port. */
export const contributedTo = (
  to: Reference,
  receptors: Projection['receptors'],
): { readonly side: Side; readonly variable: string } =>
  to.kind === 'end'
    ? { side: to.end, variable: to.variable }
    : { side: 'post', variable: receptors[to.variable] ?? to.variable };

/** Returns the names in a part of a model, of variables at ends the parts before and after the dot. */
export const wordsOf = (part: unknown): ReadonlySet<string> =>
  new Set([...namesOf(part)].flatMap((name) => name.split('.')));
