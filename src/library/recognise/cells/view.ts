/** A cell type as recognition sees it: rates as polynomials in its state, with the potential in volts. */

import type { Expression } from '../../../lang/ast.js';
import { NotExpressible } from '../../not-expressible.js';
import { ownNames } from '../../../model/declared-names.js';
import type { NeuronType } from '../../../model/typed.js';
import { negated, number, product, name as nameOf, quotient } from '../../../lang/build.js';
import { callsIn, measure, namesIn, substitute } from '../../../lang/walk.js';
import { derivative } from '../../../lang/derivative.js';
import type { WeightKind, StandardCell } from '../../standard-type.js';
import { standardCells } from '../../pynn/index.js';
import { derivedInOrder } from '../../gather/texts.js';
import { type Environment, withNumbers } from '../values.js';
import { type Polynomial, polynomialOf, keyOf } from '../polynomial.js';
import { constantOf, tidy, fold, plain } from '../numbers.js';

/** A difference between a type and the standard one; the rest is the same function. */
export interface Remark {
  readonly verdict: 'convention' | 'different';
  readonly code: string;
  readonly message: string;
}

/** The variable of the standard cell that stands for one that synapses add to. */
export interface Port {
  readonly kind: WeightKind;
  /** Variables of the standard cell for positive and for negative weights. */
  readonly positive: string;
  readonly negative: string;
  /** Factor from weights of the type to weights of the standard cell. */
  readonly factor: number;
}

/** A neuron type as a standard cell. */
export interface RecognisedCell {
  /** The library's type. */
  readonly standard: StandardCell;
  /** Values of the standard parameters, in SI, as expressions of the type's parameters that differ between cells. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** Variables of the standard cell, with factors from the type's variables. */
  readonly variables: ReadonlyMap<string, { readonly name: string; readonly factor: number }>;
  /** By the variable of the type. */
  readonly ports: ReadonlyMap<string, Port>;
  /** Factors from values of each input of the type to currents in A. */
  readonly currents?: ReadonlyMap<string, number>;
  /** Differences beyond the last bit, and conditions under which both agree. */
  readonly remarks: readonly Remark[];
  /** Other standard cells that are the same, and why this one is taken. */
  readonly others?: string;
}

/** Facts about the model on which recognising a type depends. */
export interface CellUse {
  /** Values of the parameters. */
  readonly environment: Environment;
  /** Signs of the amounts that synapses add to each variable. */
  readonly signs: ReadonlyMap<string, ReadonlySet<1 | -1>>;
  /** Time step in s. */
  readonly dt: number;
}

/** Ends recognition. @throws NotExpressible always, with the reason why PyNN has no such cell */
export const refuse = (reason: string): never => {
  throw new NotExpressible(reason);
};

/** A type as functions of pure numbers in SI. */
export interface View {
  readonly rates: ReadonlyMap<string, Expression>;
  /** The membrane potential. */
  readonly v: string;
  /** Factor from the type's potential to volts. */
  readonly volts: number;
  readonly polynomials: ReadonlyMap<string, Polynomial>;
  readonly names: ReadonlySet<string>;
  /** An expression of the type as such a function. */
  readonly read: (e: Expression) => Expression;
  /** Values in SI of parameters that all cells share. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** Scales of a type's inputs: an input of 1 changes the potential as so many amperes do. */
export function currentsOf(
  type: NeuronType,
  view: View,
  { parameters, standard }: RecognisedCell,
): ReadonlyMap<string, number> {
  const capacitance = /^izhikevich(Cell)?$/i.test(standard.name) ? number(1e-12) : parameters['cm'];
  return new Map(
    Object.keys(type.inputs).flatMap((name) => {
      const slope = coefficient(view.polynomials.get(view.v), name);
      const scale = capacitance && constantOf(fold(product(slope, capacitance)));
      return scale === undefined || scale === 0 ? [] : [[name, tidy(Number(scale.toPrecision(12)))] as const];
    }),
  );
}

/** No standard cell has larger expressions. */
const largest = 5000;
/** Nodes of all derived variables of a type. */
const largestTotal = 50_000;

/** Returns the view of a type; rejects types with rates that it cannot take apart. */
export function viewOf(type: NeuronType, { environment }: CellUse): View {
  const derived = new Map<string, Expression>();
  const own = ownNames(type);
  const settled = (e: Expression): Expression =>
    fold(withNumbers(substitute(plain(e, own), derived), environment.numbers));
  const ordered = derivedInOrder(type) ?? refuse('its variables depend on each other');
  let total = 0;
  for (const [name, value] of ordered) {
    const whole = settled(value);
    const { size } = measure(whole);
    total += size;
    if (size > largest || total > largestTotal) refuse('its equations go through many variables');
    derived.set(name, whole);
  }
  const states = Object.keys(type.derivatives);
  const idle = Object.keys(type.state).filter((name) => type.derivatives[name] === undefined);
  const written = idle.filter((name) => name !== potentialOf(type));
  const v = potentialOf(type) ?? refuse('none of its variables is a membrane potential');
  if (written.length > 0) refuse(`PyNN has no variables without a rate of change: ${written.join(', ')}`);
  const unit = type.state[v]?.unit;
  const volts = unit === 'V' ? 1 : unit === '1' ? 1e-3 : refuse(`the unit of ${v} is ${unit ?? 'unknown'}`);
  const names = new Set([...states, ...Object.keys(type.inputs)]);
  // From here on the potential is in volts.
  const inVolts = new Map([[v, product(number(1 / volts), nameOf(v))]]);
  const read = (given: Expression): Expression => {
    const e = settled(given);
    // The time, an index: standard cells have the same equations in each step and each cell.
    const odd = [...namesIn(e)].find((name) => !own.has(name) && name !== 'dt');
    if (odd !== undefined) refuse(`its equations read ${odd}`);
    return volts === 1 ? e : fold(substitute(e, inVolts));
  };
  const rates = new Map(
    states.map((name) => {
      const rate = read(type.derivatives[name]?.rate ?? zero);
      return [name, name === v && volts !== 1 ? product(number(volts), rate) : rate] as const;
    }),
  );
  const polynomials = new Map([...rates].map(([name, rate]) => [name, polynomialOf(rate, names)] as const));
  return { rates, v, volts, polynomials, names, numbers: environment.numbers, read };
}

/** Returns the variable that the condition of a spike compares, or the only one that could be a potential. */
function potentialOf({ events, state, derivatives }: NeuronType): string | undefined {
  const when = events['spike']?.when;
  for (const side of when?.kind === 'binary' ? [when.left, when.right] : [])
    if (side.kind === 'name' && Object.hasOwn(state, side.name)) return side.name;
  const names = Object.keys(derivatives);
  const volts = names.filter((name) => state[name]?.unit === 'V');
  return (
    volts.find((name) => name === 'v' || name === 'V') ??
    volts[0] ??
    names.find((name) => name === 'v' || name === 'V') ??
    (names.length === 1 ? names[0] : undefined)
  );
}

/** The number 0. */
export const zero = number(0);
/** 1 / e, folded: b/a of a/b. */
export function inverse(e: Expression): Expression {
  if (e.kind === 'unary' && e.operator === '-') return fold(negated(inverse(e.operand)));
  if (constantOf(e) !== undefined || e.kind !== 'binary' || e.operator !== '/') return fold(quotient(number(1), e));
  const above = constantOf(e.left);
  return fold(above === 1 ? e.right : above === -1 ? negated(e.right) : quotient(e.right, e.left));
}
/** Checks whether an expression is 0 for certain. */
export const isNought = (e: Expression): boolean => constantOf(e) === 0;

/** Returns the coefficient of a product of names in the rate of a variable. */
export const coefficient = (polynomial: Polynomial | undefined, ...names: readonly string[]): Expression =>
  polynomial?.terms.get(keyOf(...names)) ?? zero;

/**
 * Returns the change of the rate of the potential, in volts, with a parameter. It is a number, or an expression of
 * parameters that differ between cells. Undefined if it depends on more.
 */
export function slopeOf(type: NeuronType, view: View, name: string): Expression | undefined {
  const e = plain(type.derivatives[view.v]?.rate ?? zero, ownNames(type));
  const by = derivative(e, name);
  if (by === null) return undefined;
  const others = new Map([...view.numbers].filter(([key]) => key !== name));
  const slope = fold(product(withNumbers(by, others), number(view.volts)));
  const isFixed = [...namesIn(slope)].every((key) => key !== name && Object.hasOwn(type.parameters, key));
  return isFixed && callsIn(slope).length === 0 ? slope : undefined;
}

/** Returns the amount that `x = x + amount` adds. */
export function addedTo(target: string, value: Expression, view: View): Expression | undefined {
  const polynomial = polynomialOf(value, view.names);
  const others = [...polynomial.terms.keys()].filter((key) => key !== '' && key !== target);
  return others.length === 0 && constantOf(coefficient(polynomial, target)) === 1 ? coefficient(polynomial) : undefined;
}

/** Returns a standard cell by its name. */
export const cell = (name: string): StandardCell => standardCells.get(name) ?? refuse(`there is no type ${name}`);
