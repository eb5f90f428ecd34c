/** Currents through a membrane as conductances, each with gates and a reversal potential. */

import { addendsOf } from '../../lang/addends.js';
import type { Expression } from '../../lang/ast.js';
import { binary, negated, number, quotient } from '../../lang/build.js';
import { evaluate, type Functions } from '../../lang/evaluate.js';
import { linearForm } from '../../lang/linear.js';
import { equalExpressions, mapExpression, namesIn } from '../../lang/walk.js';
import { NotExpressible } from '../not-expressible.js';
import { keyOf, polynomialOf } from '../recognise/polynomial.js';
import type { Conductance } from './membrane.js';

/** Returns the factors of a product. Divisors become the reciprocals of their factors. */
export function factorsOf(e: Expression): readonly Expression[] {
  if (e.kind === 'binary' && e.operator === '*') return [...factorsOf(e.left), ...factorsOf(e.right)];
  if (e.kind === 'binary' && e.operator === '/')
    return [...factorsOf(e.left), ...factorsOf(e.right).map((part) => quotient(number(1), part))];
  if (e.kind === 'unary' && e.operator === '-') return [number(-1), ...factorsOf(e.operand)];
  return [e];
}

/** Returns a factor that is a power of a state variable. */
function gateOf(e: Expression, isState: (name: string) => boolean): readonly [string, number] | undefined {
  const [base, power] =
    e.kind === 'binary' && e.operator === '**' && e.right.kind === 'number' && Number.isInteger(e.right.value)
      ? [e.left, e.right.value]
      : [e, 1];
  return base.kind === 'name' && isState(base.name) ? [base.name, power] : undefined;
}

/** Largest shift of a guard in V. */
const mostGuarded = 1e-6;

/**
 * Returns an expression with `v` in place of `v + 0.0001*mV if v == -38*mV else v`, by which mechanisms step over a
 * division by zero.
 */
export const withoutGuards = (e: Expression): Expression =>
  mapExpression(e, (part) => {
    if (part.kind !== 'conditional' || part.whenTrue.kind !== 'binary') return part;
    const { left, right, operator } = part.whenTrue;
    const isSmall = right.kind === 'quantity' && Math.abs(right.value) <= mostGuarded;
    const isShift = (operator === '+' || operator === '-') && isSmall && equalExpressions(left, part.whenFalse);
    return isShift && namesIn(left).has('v') ? part.whenFalse : part;
  });

/**
 * Returns a current as conductances. One of 0 keeps its gates: scripts set the conductance of a mechanism.
 *
 * @param current inward positive, over only `v`, state variables and calcium's concentration and potential
 * @param isReversal whether an expression is the reversal potential of calcium
 * @throws NotExpressible if a part of it has no reversal potential
 */
export function conductancesOf(
  current: Expression,
  isState: (name: string) => boolean,
  functions: Functions,
  isReversal: (e: Expression) => boolean = () => false,
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
    const conductance = conductanceOf(value, isState, constant, isReversal);
    // `g*E - g*v` is one conductance, recognized only from both parts together.
    const isLeak =
      conductance?.gates.size === 0 &&
      conductance.mixed.length === 0 &&
      conductance.open === null &&
      typeof conductance.reversal === 'number' &&
      conductance.conductance !== 0;
    if (conductance === undefined || isLeak) rest = binary(sign === 1 ? '+' : '-', rest, value);
    else found.push({ ...conductance, conductance: sign * conductance.conductance + 0 });
  }
  const form = linearForm(rest, ['v']);
  const slope = form?.coefficients.get('v');
  if (!form) return multipliedOut(current, isState, constant);
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
  isReversal: (e: Expression) => boolean,
): Conductance | undefined {
  const gates = new Map<string, number>();
  const mixed: Expression[] = [];
  let conductance = 1;
  let reversal: Conductance['reversal'] | undefined;
  let open: Expression | null = null;
  for (const factor of factorsOf(e)) {
    const names = namesIn(factor);
    if (names.size === 0) {
      conductance *= constant(factor);
      continue;
    }
    const gate = gateOf(factor, isState);
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
    } else if (form && slope && namesIn(slope).size === 0 && isReversal(negated(quotient(form.constant, slope)))) {
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
  };
}

/** Returns the conductances of a sum of products, such as `g*m*E - g*m*v`: one for each product of gates. */
function multipliedOut(
  current: Expression,
  isState: (name: string) => boolean,
  constant: (e: Expression) => number,
): readonly Conductance[] {
  const { terms, atoms } = polynomialOf(current, new Set(['v', ...[...namesIn(current)].filter(isState)]));
  const valueOf = (...names: readonly string[]): number => constant(terms.get(keyOf(...names)) ?? number(0));
  const products = new Map(
    [...terms.keys()].map((key) => {
      const names = key.split('*').filter((name) => name !== 'v' && name !== '');
      return [keyOf(...names), names] as const;
    }),
  );
  const found = [...products.values()].map((names): Conductance => {
    const slope = valueOf(...names, 'v');
    const gates = new Map(names.map((name) => [name, names.filter((one) => one === name).length] as const));
    return { conductance: -slope, reversal: -valueOf(...names) / slope + 0, gates, mixed: [], open: null };
  });
  const isWhole = atoms.size === 0 && [...terms.keys()].every((key) => !/\bv\*v\b/.test(key));
  if (!isWhole || found.some(({ conductance }) => conductance === 0))
    throw new NotExpressible('a current that is no product of a conductance and v - E');
  return found;
}
