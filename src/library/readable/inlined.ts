/** Channels in as few equations as people write: numbers in the rates, products of gates in the conductance. */

import type { Binary, Expression, Unary } from '../../lang/ast.js';
import {
  binary,
  difference,
  integer,
  name as named,
  negated,
  number,
  product,
  quantity,
  quotient,
  sum,
} from '../../lang/build.js';
import { addendsOf, type Addend } from '../../lang/addends.js';
import { equalDimensions, second } from '../../lang/dimension.js';
import { foldConstants } from '../../lang/fold.js';
import { matched } from '../../lang/pattern.js';
import { parseUnit } from '../../lang/units.js';
import { equalExpressions, mapExpression, readsAny, substitute, visit } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import { expressionsIn, namesOf, withExpressions, type NeuronType, type Parameter } from '../../model/typed.js';
import { tidy } from '../recognise/numbers.js';
import type { Channel } from './channels.js';
import { replaceableIn, withSequence } from './in-steps.js';

const perTime = parseUnit('Hz').dimension;

/**
 * Returns a type with numbers in its rates, and without variables that are a part of only one other.
 *
 * @param outside  names that others read
 */
export function inlined(type: NeuronType, channels: readonly Channel[], outside: ReadonlySet<string>): NeuronType {
  const gates = channels.flatMap((channel) => channel.gates.map(({ prefix }) => `${prefix}_`));
  const inGate = (name: string): boolean => gates.some((gate) => name.startsWith(gate));
  const inCode = namesOf([type.events, type.regimes]);
  const isFixed = (name: string): boolean => outside.has(name) || inCode.has(name);
  const numbers = new Map(
    Object.entries(type.parameters).flatMap(([name, parameter]) => {
      const isNothing = totals.test(name) && parameter.value === 0;
      const literal = inGate(name) || isScaling(name) || isNothing ? literalOf(parameter) : undefined;
      return literal === undefined || isFixed(name) ? [] : [[name, literal] as const];
    }),
  );
  const withNumbers = withoutKeys(
    withExpressions(type, (e) => {
      const put = substitute(e, numbers);
      return put === e ? e : inMs(short(put, type), type);
    }),
    numbers,
  );
  const isPart = partsOf(channels, withNumbers);
  const own = withoutVariables(withNumbers, (name) => isPart(name) && !isFixed(name));
  return withoutTotals(own, inGate, isFixed);
}

/** Parameters of factors for the temperature. */
const isScaling = (name: string): boolean => /_(?:q10Settings|conductanceScaling)_\w+$/.test(name);

/** Returns the number of a parameter as it is written in an expression; undefined for parameters of other forms. */
function literalOf({ value, unit, type }: Parameter): Expression | undefined {
  if (typeof value !== 'number' || type !== 'real') return undefined;
  const { dimension } = parseUnit(unit);
  if (unit !== '1') return quantity(value, dimension);
  return Number.isInteger(value) ? integer(value) : number(value);
}

/** Returns a type without parameters and derived variables of some names. */
function withoutKeys(type: NeuronType, names: { has(name: string): boolean }): NeuronType {
  const rest = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([name]) => !names.has(name)));
  return { ...type, parameters: rest(type.parameters), derived: rest(type.derived) };
}

// --- Rates -----------------------------------------------------------------------------------------------------------

/**
 * Returns an expression without factors of 1 and terms of 0, with the sign of a scale before its quotient, and products
 * as one list of factors, numbers and constants first.
 */
function short(e: Expression, type: NeuronType): Expression {
  const own = ownNames(type);
  const rank = (factor: Expression): number => {
    if (factor.kind === 'number') return 0;
    return factor.kind === 'name' && Object.hasOwn(type.parameters, factor.name) ? 1 : 2;
  };
  const isUnit = (part: Expression): boolean => part.kind === 'name' && !own.has(part.name);
  return mapExpression(e, (part) => shortNode(part, rank, isUnit));
}

const comparisons: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);

function shortNode(
  e: Expression,
  rank: (factor: Expression) => number,
  isUnit: (part: Expression) => boolean,
): Expression {
  if (e.kind === 'unary') return e.operator === '-' ? minus(e.operand) : e;
  if (e.kind !== 'binary') return e;
  const { left, right } = e;
  switch (e.operator) {
    case '*': {
      const square = isMinus(left) ? left.operand : left;
      if (square.kind === 'name' && equalExpressions(square, right)) {
        const power = binary('**', square, integer(2));
        return left === square ? power : negated(power);
      }
      const factors = [...factorsOf(left), ...factorsOf(right)];
      if (factors.some(isUnit)) return e;
      const positive = factors.map((factor) => (isMinus(factor) ? factor.operand : factor));
      const sorted = [0, 1, 2].flatMap((one) => positive.filter((factor) => rank(factor) === one)).reduce(product);
      return factors.filter(isMinus).length % 2 === 0 ? sorted : minus(sorted);
    }
    case '+':
      return sum(left, right);
    case '-':
      return right.kind === 'quantity' && right.value < 0 ? sum(left, negated(right)) : difference(left, right);
    case '/': {
      const rest = withoutFactor(left, right);
      if (rest !== undefined) return rest;
      return right.kind === 'quantity' && right.value < 0
        ? minus(binary('/', left, negated(right)))
        : quotient(left, right);
    }
    default:
      return comparisons.has(e.operator) ? withScale(e, isUnit) : e;
  }
}

/** `v/mV < -60` as `v < -60*mV`. */
function withScale(e: Binary, isUnit: (part: Expression) => boolean): Expression {
  const { left, right } = e;
  const count = right.kind === 'unary' && right.operator === '-' ? negated(right.operand) : right;
  if (left.kind !== 'binary' || left.operator !== '/' || count.kind !== 'number') return e;
  const scale = foldConstants(left.right, undefined, (name) => !isUnit(named(name)));
  return scale.kind === 'quantity' && scale.value > 0
    ? { ...e, left: left.left, right: quantity(tidy(count.value * scale.value), scale.dimension) }
    : e;
}

const isMinus = (e: Expression): e is Unary => e.kind === 'unary' && e.operator === '-';

/** Returns `-x`; for a product or quotient, negates the first factor. */
const minus = (e: Expression): Expression =>
  e.kind === 'binary' && (e.operator === '/' || e.operator === '*') ? { ...e, left: minus(e.left) } : negated(e);

/** Returns the factors of a product. */
const factorsOf = (e: Expression): readonly Expression[] =>
  e.kind === 'binary' && e.operator === '*' ? [...factorsOf(e.left), ...factorsOf(e.right)] : [e];

/** Rewrites a rate with a first factor per second as a rate per ms. */
function inMs(e: Expression, type: NeuronType): Expression {
  const [first, put] = firstFactor(e);
  if (first.kind !== 'quantity' || !equalDimensions(first.dimension, perTime) || first.value === 0) return e;
  const count = tidy(first.value / 1000);
  const literal = Number.isInteger(count) ? integer(count) : number(count);
  return binary('/', short(put(literal), type), quantity(0.001, second));
}

/** Returns the first factor of a product or quotient, and how to put another in its place. */
function firstFactor(e: Expression): readonly [Expression, (other: Expression) => Expression] {
  if (e.kind !== 'binary' || (e.operator !== '*' && e.operator !== '/')) return [e, (other) => other];
  const [first, put] = firstFactor(e.left);
  return [first, (other) => ({ ...e, left: put(other) })];
}

// --- Variables that are a part of one other --------------------------------------------------------------------------

/** Returns a test whether NeuroML has a variable only because of its tree of components. */
function partsOf(channels: readonly Channel[], { derived, state }: NeuronType): (name: string) => boolean {
  const parts = new Set(
    channels.flatMap(({ prefix, inner, gates }) => [
      ...['fopen', 'fopen0', 'g'].map((one) => `${inner}_${one}`),
      ...['channelf', 'channelg'].map((one) => `${prefix}_${one}`),
      ...gates.flatMap(({ prefix: gate }) => [
        ...['fcond', 'qfrac', 'forwardRate_x', 'reverseRate_x', 'steadyState_a'].map((one) => `${gate}_${one}`),
        ...(Object.hasOwn(derived, `${gate}_tau`) ? [`${gate}_timeCourse_t`] : []),
        ...(Object.hasOwn(derived, `${gate}_inf`) ? [`${gate}_steadyState_x`] : []),
        ...(Object.hasOwn(state, `${gate}_occupancy`) ? [`${gate}_q`] : []),
      ]),
    ]),
  );
  return (name) => parts.has(name);
}

/** Sums of currents. */
const totals = /(?:^|_)(?:totChan(?:Pop|Dens)?Current(?:Density)?(?:Ca)?|iCa|iChannels|iSyn|iMemb)$/;

/** Matches names of parts of rates, except for the argument of a rate. */
const ofRates = /_(?:forwardRate|reverseRate|rate|timeCourse|steadyState)_(?!r$|t$|x$)\w+$|_timeCourse_x$/;

/** Returns a type without sums of currents, and without parts of rates, that only one equation reads. */
function withoutTotals(
  type: NeuronType,
  inGate: (name: string) => boolean,
  isFixed: (name: string) => boolean,
): NeuronType {
  const counts = new Map<string, number>();
  for (const tree of expressionsIn({ ...type, parameters: {} }))
    visit(tree, (part) => {
      if (part.kind === 'name') counts.set(part.name, (counts.get(part.name) ?? 0) + 1);
    });
  const isAtom = (e: Expression): boolean => e.kind === 'name' || e.kind === 'number' || e.kind === 'quantity';
  const isSmall = (name: string): boolean => {
    const e = type.derived[name]?.value;
    return e?.kind === 'binary' && e.operator === '/' && isAtom(e.left) && isAtom(e.right);
  };
  const isPart = (name: string): boolean =>
    totals.test(name)
      ? counts.get(name) === 1
      : inGate(name) && ofRates.test(name) && (counts.get(name) === 1 || isSmall(name));
  return withoutVariables(type, (name) => isPart(name) && !isFixed(name));
}

/**
 * Returns a type with expressions in place of some derived variables, if they are the same.
 *
 * @param shorten  shortens an expression after substitution
 */
export function withoutVariables(
  type: NeuronType,
  isGone: (name: string) => boolean,
  shorten: (e: Expression, type: NeuronType) => Expression = short,
): NeuronType {
  const isReplaceable = replaceableIn(type);
  const gone = new Map(
    Object.entries(type.derived).flatMap(([name, { held, shared, value }]) =>
      isGone(name) && !held && !shared && isReplaceable(name) ? [[name, value] as const] : [],
    ),
  );
  // Expressions that read other removed variables are substituted later; variables that depend on each other stay.
  const put = new Map([...gone].filter(([, e]) => !readsAny(e, gone)));
  if (put.size === 0) return type;
  const made = withExpressions(type, (e) => {
    const whole = substitute(e, put);
    return whole === e ? e : shorten(whole, type);
  });
  return withoutVariables(withSequence(withoutKeys(made, put)), isGone, shorten);
}

// --- The membrane ----------------------------------------------------------------------------------------------------

/**
 * Rewrites a type that has a membrane with currents per area and a capacitance of the entire area. The result divides
 * the other currents by the area.
 *
 * @param before  the original type, with all its variables
 * @param parameters  all its numbers, given or derived
 */
export function perArea(
  type: NeuronType,
  before: NeuronType,
  parameters: NeuronType['parameters'],
  isFixed: (name: string) => boolean,
): NeuronType {
  const e = type.derivatives['v']?.rate;
  const names = ['totCap', 'totSpecCap', 'surfaceArea'];
  const [total, specific, area] = names.map((name) => parameters[name]);
  const whole = before.derived['totCap']?.value;
  const isOfArea = whole && matched(whole, 'totSpecCap*surfaceArea');
  if (e === undefined || !isOfArea || total === undefined || names.some(isFixed)) return type;
  if (specific === undefined || area === undefined) return type;
  if (e.kind !== 'binary' || e.operator !== '/' || e.right.kind !== 'name' || e.right.name !== 'totCap') return type;
  const terms = addendsOf(e.left).map((addend) => ({
    ...addend,
    density: withoutFactor(addend.value, named('surfaceArea')),
  }));
  const densities = terms.flatMap(({ sign, density }) => (density ? addendsOf(density, sign) : []));
  if (densities.length === 0) return type;
  const currents = terms.flatMap(({ sign, value, density }) => (density ? [] : [{ sign, value }]));
  const through =
    currents.length === 0 ? [] : [{ sign: 1 as const, value: binary('/', totalOf(currents), named('surfaceArea')) }];
  const rate = binary('/', totalOf([...densities, ...through]), named('totSpecCap'));
  return {
    ...type,
    parameters: { ...type.parameters, totSpecCap: specific, surfaceArea: area },
    derivatives: { ...type.derivatives, v: { eventDriven: false, rate } },
  };
}

/** Returns the sum of addends. */
const totalOf = (addends: readonly Addend[]): Expression =>
  addends.map(({ sign, value }) => (sign === 1 ? value : negated(value))).reduce(sum);

/** Returns a product without one of its factors; undefined if it lacks that factor. */
function withoutFactor(e: Expression, factor: Expression): Expression | undefined {
  if (factor.kind !== 'name' || e.kind !== 'binary' || (e.operator !== '*' && e.operator !== '/')) return undefined;
  const { left, right, operator } = e;
  if (operator === '*' && equalExpressions(right, factor)) return left;
  if (operator === '*' && equalExpressions(left, factor)) return right;
  const inner = withoutFactor(left, factor);
  return inner && { ...e, left: inner };
}
