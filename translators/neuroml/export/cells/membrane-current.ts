/** Currents through a membrane as conductances, each with gates and a reversal potential. */

import type { Expression } from '../../../../src/lang/ast.js';
import { binary, conditional, negated, number, product, quotient } from '../../../../src/lang/build.js';
import { evaluate, type Functions } from '../../../../src/lang/evaluate.js';
import { linearForm } from '../../../../src/lang/linear.js';
import { namesIn } from '../../../../src/lang/walk.js';
import { NotExpressible } from '../words.js';

/**
 * `conductance * gates * open * (reversal - v)`, inward positive; with `ghk` as reversal potential, what Goldman, Hodgkin
 * and Katz have for that product of a permeability.
 */
export interface Conductance {
  /** In S/m**2, in S where the current is not per area; of `ghk` in m/s. */
  readonly conductance: number;
  /** In V, or that of calcium where a pool sets its concentration. */
  readonly reversal: number | 'nernst' | 'ghk';
  /** State variables that are its factors, with their powers. */
  readonly gates: ReadonlyMap<string, number>;
  /** What else of it changes with the potential; null: nothing. */
  readonly open: Expression | null;
  /** What of the conductance follows the distance from the root, in SI. */
  readonly along?: Expression;
}

/** What is known of calcium where a current is. */
export interface Calcium {
  /** Whether an expression is its reversal potential. */
  readonly isReversal: (e: Expression) => boolean;
  /** The permeability in m/s with which an expression is its current; undefined where it is another. */
  readonly permeabilityOf: (e: Expression) => number | undefined;
}

const noCalcium: Calcium = { isReversal: () => false, permeabilityOf: () => undefined };

/** A part of a sum. */
export interface Addend {
  readonly sign: 1 | -1;
  readonly value: Expression;
}

/** The parts of a sum, from left to right. */
export function addendsOf(e: Expression, sign: 1 | -1 = 1): readonly Addend[] {
  const other = sign === 1 ? -1 : 1;
  if (e.kind === 'binary' && (e.operator === '+' || e.operator === '-'))
    return [...addendsOf(e.left, sign), ...addendsOf(e.right, e.operator === '+' ? sign : other)];
  if (e.kind === 'unary' && e.operator !== 'not') return addendsOf(e.operand, e.operator === '-' ? other : sign);
  return [{ sign, value: e }];
}

/** The factors of a product; those that it is divided by are the reciprocals of what is there. */
export function factorsOf(e: Expression): readonly Expression[] {
  if (e.kind === 'binary' && e.operator === '*') return [...factorsOf(e.left), ...factorsOf(e.right)];
  if (e.kind === 'binary' && e.operator === '/')
    return [...factorsOf(e.left), ...factorsOf(e.right).map((part) => quotient(number(1), part))];
  if (e.kind === 'unary' && e.operator === '-') return [number(-1), ...factorsOf(e.operand)];
  return [e];
}

/** A factor that is a power of a state variable. */
function gateOf(e: Expression, isState: (name: string) => boolean): readonly [string, number] | undefined {
  if (e.kind === 'name' && isState(e.name)) return [e.name, 1];
  const whole =
    e.kind === 'binary' && e.operator === '**' && e.right.kind === 'number' && Number.isInteger(e.right.value);
  return whole && e.left.kind === 'name' && isState(e.left.name) && e.right.kind === 'number'
    ? [e.left.name, e.right.value]
    : undefined;
}

/**
 * A current as conductances.
 *
 * @param current  inward positive, over `v`, state variables and calcium's concentration and potential alone
 * @throws NotExpressible where a part of it has no reversal potential
 */
export function conductancesOf(
  current: Expression,
  isState: (name: string) => boolean,
  functions: Functions,
  calcium = noCalcium,
): readonly Conductance[] {
  const found: Conductance[] = [];
  let rest: Expression = number(0);
  const constant = (e: Expression): number =>
    evaluate(
      e,
      (name) => {
        throw new NotExpressible(`a conductance that depends on ${name}`);
      },
      functions,
    );
  for (const { sign, value } of addendsOf(current)) {
    const one = conductanceOf(value, isState, constant, calcium) ?? permeabilityOf(value, isState, calcium);
    // `g*E - g*v` is one conductance, whose parts say so together alone.
    const isLeak = one?.gates.size === 0 && one.open === null && !one.along && typeof one.reversal === 'number';
    if (one === undefined || isLeak) rest = binary(sign === 1 ? '+' : '-', rest, value);
    else if (one.conductance !== 0) found.push({ ...one, conductance: sign * one.conductance });
  }
  const form = linearForm(rest, ['v']);
  const slope = form?.coefficients.get('v');
  if (!form) throw new NotExpressible('a current that is no product of a conductance and v - E');
  const outside = constant(form.constant);
  if (slope)
    found.push({ conductance: -constant(slope), reversal: -outside / constant(slope), gates: new Map(), open: null });
  else if (outside !== 0) throw new NotExpressible('a current that does not depend on the potential');
  return found;
}

function conductanceOf(
  e: Expression,
  isState: (name: string) => boolean,
  constant: (e: Expression) => number,
  calcium: Calcium,
): Conductance | undefined {
  const gates = new Map<string, number>();
  let conductance = 1;
  let reversal: Conductance['reversal'] | undefined;
  let open: Expression | null = null;
  let along: Expression | undefined;
  for (const factor of factorsOf(e)) {
    const names = namesIn(factor);
    if (names.size === 0) {
      conductance *= constant(factor);
      continue;
    }
    if (names.size === 1 && names.has('distance')) {
      along = along ? product(along, factor) : factor;
      continue;
    }
    const gate = gateOf(factor, isState);
    if (gate) {
      gates.set(gate[0], (gates.get(gate[0]) ?? 0) + gate[1]);
      continue;
    }
    const drives = names.has('v') && [...names].every((name) => ['v', 'e_ca', 'ca_i'].includes(name));
    const form = reversal === undefined && drives ? linearForm(factor, ['v', 'e_ca']) : null;
    const slope = form?.coefficients.get('v');
    const ofCalcium = form?.coefficients.get('e_ca');
    if (form && slope && ofCalcium) {
      const steepness = constant(ofCalcium);
      if (constant(slope) !== -steepness || constant(form.constant) !== 0)
        throw new NotExpressible("a current that is no product of a conductance and calcium's e_ca - v");
      reversal = 'nernst';
      conductance *= steepness;
    } else if (
      form &&
      slope &&
      namesIn(slope).size === 0 &&
      calcium.isReversal(negated(quotient(form.constant, slope)))
    ) {
      reversal = 'nernst';
      conductance *= -constant(slope);
    } else if (form && slope && !names.has('ca_i')) {
      const steepness = constant(slope);
      reversal = -constant(form.constant) / steepness;
      conductance *= -steepness;
    } else open = open === null ? factor : binary('*', open, factor);
  }
  if (reversal === undefined) return undefined;
  return {
    conductance,
    reversal: typeof reversal === 'string' ? reversal : reversal + 0,
    gates,
    open,
    ...(along ? { along } : {}),
  };
}

/** A current of calcium by Goldman, Hodgkin and Katz's equation. */
function permeabilityOf(e: Expression, isState: (name: string) => boolean, calcium: Calcium): Conductance | undefined {
  const { gates, rest } = gatesOf(e, isState);
  const permeability = calcium.permeabilityOf(rest);
  return permeability === undefined ? undefined : { conductance: permeability, reversal: 'ghk', gates, open: null };
}

/** The gates that are factors of an expression, on both sides of a choice, and what it is without them. */
function gatesOf(
  e: Expression,
  isState: (name: string) => boolean,
): { readonly gates: ReadonlyMap<string, number>; readonly rest: Expression } {
  const none = { gates: new Map<string, number>(), rest: e };
  if (e.kind === 'conditional') {
    const [a, b] = [gatesOf(e.whenTrue, isState), gatesOf(e.whenFalse, isState)];
    const same = a.gates.size === b.gates.size && [...a.gates].every(([name, power]) => b.gates.get(name) === power);
    return same ? { gates: a.gates, rest: conditional(e.condition, a.rest, b.rest) } : none;
  }
  return factorsOf(e).reduce<{ gates: Map<string, number>; rest: Expression }>(
    ({ gates, rest }, factor) => {
      const [name, power] = gateOf(factor, isState) ?? [];
      if (name === undefined || power === undefined) return { gates, rest: product(rest, factor) };
      return { gates: gates.set(name, (gates.get(name) ?? 0) + power), rest };
    },
    { gates: new Map(), rest: number(1) },
  );
}
