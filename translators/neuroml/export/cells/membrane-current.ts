/** Currents through a membrane as conductances, each with gates and a reversal potential. */

import { addendsOf } from '../../../../src/lang/addends.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { binary, conditional, negated, number, product, quotient } from '../../../../src/lang/build.js';
import { evaluate, type Functions } from '../../../../src/lang/evaluate.js';
import { linearForm } from '../../../../src/lang/linear.js';
import { equalExpressions, namesIn } from '../../../../src/lang/walk.js';
import { NotExpressible } from '../text/words.js';

/**
 * `conductance * gates * open * (reversal - v)`, inward positive; with `ghk` as reversal potential, the
 * Goldman-Hodgkin-Katz current for that product of a permeability.
 */
export interface Conductance {
  /** In S/m**2, or in S for a current that is not per area; for `ghk` in m/s. */
  readonly conductance: number;
  /** In V, or the potential of calcium if a pool sets its concentration; `ghk2` is a conductance that rectifies. */
  readonly reversal: number | 'nernst' | 'ghk' | 'ghk2';
  /** State variables that are its factors, with their powers. */
  readonly gates: ReadonlyMap<string, number>;
  /** Its other factors that state variables are in. */
  readonly mixed: readonly Expression[];
  /** Its other factor that changes with the potential, or null. */
  readonly open: Expression | null;
  /** The factor of the conductance that follows the distance from the root, in SI. */
  readonly along?: Expression;
}

/** Known values of calcium at a current. */
export interface Calcium {
  /** Whether an expression is its reversal potential. */
  readonly isReversal: (e: Expression) => boolean;
  /** Returns the permeability in m/s for which an expression is its current, or undefined if it is another current. */
  readonly permeabilityOf: (e: Expression) => number | undefined;
  /**
   * Returns the conductance in S/m**2 for which an expression is its rectified current, or undefined if it is another
   * current.
   */
  readonly rectifiedOf: (e: Expression) => number | undefined;
}

const noCalcium: Calcium = {
  isReversal: () => false,
  permeabilityOf: () => undefined,
  rectifiedOf: () => undefined,
};

/** Returns the factors of a product. Divisors become the reciprocals of their factors. */
export function factorsOf(e: Expression): readonly Expression[] {
  if (e.kind === 'binary' && e.operator === '*') return [...factorsOf(e.left), ...factorsOf(e.right)];
  if (e.kind === 'binary' && e.operator === '/')
    return [...factorsOf(e.left), ...factorsOf(e.right).map((part) => quotient(number(1), part))];
  if (e.kind === 'unary' && e.operator === '-') return [number(-1), ...factorsOf(e.operand)];
  return [e];
}

/** State variables times numbers, to a whole power. */
export interface Shares {
  readonly shares: ReadonlyMap<string, number>;
  readonly power: number;
}

/** Returns a factor that is a power of a sum of state variables times numbers, or undefined for other factors. */
export function sharesOf(e: Expression, isState: (name: string) => boolean, functions: Functions): Shares | undefined {
  const whole =
    e.kind === 'binary' && e.operator === '**' && e.right.kind === 'number' && Number.isInteger(e.right.value)
      ? { base: e.left, power: e.right.value }
      : { base: e, power: 1 };
  const names = namesIn(whole.base);
  if (names.size === 0 || ![...names].every(isState)) return undefined;
  const form = linearForm(whole.base, names);
  if (!form) return undefined;
  const [outside, ...shares] = [form.constant, ...form.coefficients.values()].map((part) =>
    namesIn(part).size === 0 ? evaluate(part, () => NaN, functions) : NaN,
  );
  if (outside !== 0 || shares.some(Number.isNaN)) return undefined;
  const found = [...form.coefficients.keys()].map((name, k) => [name, shares[k] ?? 0] as const);
  return { shares: new Map(found.filter(([, share]) => share !== 0)), power: whole.power };
}

/** Returns a factor that is a power of a state variable. */
function gateOf(
  e: Expression,
  isState: (name: string) => boolean,
  functions: Functions,
): readonly [string, number] | undefined {
  const found = sharesOf(e, isState, functions);
  const [name, ...others] = [...(found?.shares ?? [])].map(([one, share]) => (share === 1 ? one : undefined));
  return found && name !== undefined && others.length === 0 ? [name, found.power] : undefined;
}

/**
 * Returns a current as conductances.
 *
 * @param current inward positive, over only `v`, state variables and calcium's concentration and potential
 * @throws NotExpressible if a part of it has no reversal potential
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
    const one =
      ofCalcium(value, isState, calcium, functions) ?? conductanceOf(value, isState, constant, calcium, functions);
    // `g*E - g*v` is one conductance, recognized only from both parts together.
    const isLeak =
      one?.gates.size === 0 &&
      one.mixed.length === 0 &&
      one.open === null &&
      !one.along &&
      typeof one.reversal === 'number';
    if (one === undefined || isLeak) rest = binary(sign === 1 ? '+' : '-', rest, value);
    else if (one.conductance !== 0) found.push({ ...one, conductance: sign * one.conductance });
  }
  const form = linearForm(rest, ['v']);
  const slope = form?.coefficients.get('v');
  if (!form) throw new NotExpressible('a current that is no product of a conductance and v - E');
  const outside = constant(form.constant);
  if (slope)
    found.push({
      conductance: -constant(slope),
      reversal: -outside / constant(slope),
      gates: new Map(),
      mixed: [],
      open: null,
    });
  else if (outside !== 0) throw new NotExpressible('a current that does not depend on the potential');
  return found;
}

function conductanceOf(
  e: Expression,
  isState: (name: string) => boolean,
  constant: (e: Expression) => number,
  calcium: Calcium,
  functions: Functions,
): Conductance | undefined {
  const gates = new Map<string, number>();
  const mixed: Expression[] = [];
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
    const gate = gateOf(factor, isState, functions);
    if (gate) {
      gates.set(gate[0], (gates.get(gate[0]) ?? 0) + gate[1]);
      continue;
    }
    if ([...names].some(isState)) {
      mixed.push(factor);
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
    mixed,
    open,
    ...(along ? { along } : {}),
  };
}

/** Returns a current of calcium by Goldman, Hodgkin and Katz's equation, of a permeability or a conductance. */
function ofCalcium(
  e: Expression,
  isState: (name: string) => boolean,
  calcium: Calcium,
  functions: Functions,
): Conductance | undefined {
  const { gates, mixed, rest } = gatesOf(e, isState, functions);
  for (const [reversal, amount] of [
    ['ghk', calcium.permeabilityOf(rest)],
    ['ghk2', calcium.rectifiedOf(rest)],
  ] as const)
    if (amount !== undefined) return { conductance: amount, reversal, gates, mixed, open: null };
  return undefined;
}

/**
 * Returns the gates that are factors of an expression, in both branches of a conditional, and the expression without
 * them.
 */
function gatesOf(
  e: Expression,
  isState: (name: string) => boolean,
  functions: Functions,
): Pick<Conductance, 'gates' | 'mixed'> & { readonly rest: Expression } {
  if (e.kind === 'conditional') {
    const [a, b] = [gatesOf(e.whenTrue, isState, functions), gatesOf(e.whenFalse, isState, functions)];
    const sameGates =
      a.gates.size === b.gates.size && [...a.gates].every(([name, power]) => b.gates.get(name) === power);
    const same =
      sameGates &&
      a.mixed.length === b.mixed.length &&
      a.mixed.every((one, k) => equalExpressions(one, b.mixed[k] ?? one));
    return same
      ? { gates: a.gates, mixed: a.mixed, rest: conditional(e.condition, a.rest, b.rest) }
      : { gates: new Map(), mixed: [], rest: e };
  }
  const gates = new Map<string, number>();
  const mixed: Expression[] = [];
  let rest: Expression = number(1);
  for (const factor of factorsOf(e)) {
    const gate = gateOf(factor, isState, functions);
    if (gate) gates.set(gate[0], (gates.get(gate[0]) ?? 0) + gate[1]);
    else if ([...namesIn(factor)].some(isState)) mixed.push(factor);
    else rest = product(rest, factor);
  }
  return { gates, mixed, rest };
}
