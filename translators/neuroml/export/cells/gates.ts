/** Gates of channels: by opening and closing rates, or by a steady state and a time constant. */

import { concentration, hertz, second, volt } from '../../../../src/lang/dimension.js';
import type { Dimension, Expression } from '../../../../src/lang/ast.js';
import { dimensionless } from '../../../../src/lang/ast.js';
import { binary, difference, negated, number, product, quantity, quotient, sum } from '../../../../src/lang/build.js';
import { NoNumber } from '../../../../src/lang/evaluate.js';
import { linearForm } from '../../../../src/lang/linear.js';
import { simplify } from '../../../../src/lang/fold.js';
import { equalExpressions, mapExpression, namesIn, readsAny } from '../../../../src/lang/walk.js';
import { builderOf } from '../builder.js';
import type { ExportContext } from '../context.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { NotExpressible } from '../text/words.js';
import type { NetworkOutput } from '../network-output.js';
import { element, type Element } from '../text/xml-text.js';
import type { LocalEquations } from './equations.js';
import { addendsOf } from '../../../../src/lang/addends.js';
import { tidy } from '../../../../src/library/recognise/numbers.js';
import { q10Of } from './q10.js';
import { rateForm } from './rate-forms.js';

/** A gate, and the value at which NeuroML starts it. */
export interface Gate {
  readonly element: Element;
  /** In the steady state at a potential in V. */
  readonly steady: (v: number) => number;
  /** Whether it depends on the network's temperature. */
  readonly isWarmed: boolean;
}

/** Returns the unit of a dimension in the system of mV, ms and mM, in SI. */
const unitOf = ([, kilogram, second]: Dimension): number => Number(`1e${-12 * kilogram - 3 * second}`);

/** Returns an expression without factors and divisors of 1, which units leave. */
const withoutOnes = (e: Expression): Expression =>
  mapExpression(e, (part) => {
    if (part.kind !== 'binary') return part;
    if (part.operator === '*') return product(part.left, part.right);
    return part.operator === '/' ? quotient(part.left, part.right) : part;
  });

/** Names of functions of the potential within a gate, by their kind. */
const kinds = {
  Rate: { exposure: 'r', dimension: hertz },
  Variable: { exposure: 'x', dimension: dimensionless },
  Time: { exposure: 't', dimension: second },
} as const;

/** Component types of functions of the potential, each once. */
export class PotentialFunctions {
  constructor(
    private readonly written: NetworkOutput,
    readonly context: ExportContext,
  ) {}

  /**
   * Returns a part of a gate that is a function of the potential, and of calcium.
   *
   * @param bare whether its value is the number that it is in SI
   */
  part(
    role: string,
    kind: keyof typeof kinds,
    value: Expression,
    equations: LocalEquations,
    wanted: string,
    bare = false,
  ): Element {
    const { dimensions } = this.context;
    const { dimension } = kinds[kind];
    const f = equations.atPotential(value);
    if (kind === 'Time' && namesIn(value).size === 0)
      return element(role, { type: 'fixedTimeCourse', tau: quantityText(f(0), second, dimensions) });
    const form = kind === 'Time' || namesIn(value).has('ca_i') ? undefined : rateForm(f);
    if (form)
      return element(role, {
        type: `HH${form.form}${kind}`,
        rate:
          kind === 'Rate'
            ? `${numberText(tidy(form.rate / 1e3))}per_ms`
            : quantityText(form.rate, dimension, dimensions),
        midpoint: quantityText(form.midpoint, volt, dimensions),
        scale: quantityText(form.scale, volt, dimensions),
      });
    return element(role, { type: this.#type(kind, value, wanted, bare) });
  }

  /** Returns a custom component type for a function without a form in NeuroML. */
  #type(kind: keyof typeof kinds, value: Expression, wanted: string, bare: boolean): string {
    const names = namesIn(value);
    if ([...names].some((name) => name !== 'v' && name !== 'ca_i'))
      throw new NotExpressible('a gate that depends on more than the potential and calcium');
    const { exposure, dimension } = kinds[kind];
    const ofCalcium = names.has('ca_i');
    const base = `baseVoltage${ofCalcium ? 'Conc' : ''}Dep${kind}`;
    const build = (id: string): Element => {
      const builder = builderOf(this.context);
      builder.requirement('v', volt);
      if (ofCalcium) builder.requirement('ca_i', concentration, 'caConc');
      const number = withoutOnes(builder.bare(value, bare ? undefined : unitOf));
      const isPure = dimension === dimensionless;
      builder.derive(
        exposure,
        dimension,
        isPure ? number : binary('*', number, quantity(unitOf(dimension), dimension)),
        exposure,
      );
      return builder.build(id, base, `What NeuroML has no form for: ${wanted}.`);
    };
    return this.written.once('types', wanted, build, this.context.ids);
  }
}

/** Returns the steady state and the time constant of a state variable that depends only on potential and calcium. */
export function approachOf(
  name: string,
  equations: LocalEquations,
): { readonly steady: Expression; readonly tau: Expression } | undefined {
  const linear = linearGate(name, equations);
  if (!linear) return undefined;
  const { rate, entering, coefficient } = linear;
  const leaving = negated(coefficient);
  return approach(rate, name) ?? { steady: quotient(entering, leaving), tau: quotient(number(1), leaving) };
}

/** Returns the parts of a rate that is linear in its variable, and otherwise depends on potential and calcium. */
function linearGate(
  name: string,
  equations: LocalEquations,
): { readonly rate: Expression; readonly entering: Expression; readonly coefficient: Expression } | undefined {
  const text = equations.type.derivatives[name]?.rate;
  if (text === undefined) return undefined;
  const rate = equations.of(text);
  const form = linearForm(rate, [name]);
  const coefficient = form?.coefficients.get(name);
  const others = [...namesIn(rate)].filter((one) => !['v', 'ca_i', name].includes(one));
  return form && coefficient && others.length === 0 ? { rate, entering: form.constant, coefficient } : undefined;
}

/** Returns the id of a gate: `m` of `gate_m`, as PyNN's cells call it. */
export const gateId = (name: string): string => name.replace(/^gate_(?=\w$)/, '');

/**
 * Returns a state variable as a gate, or undefined for other variables.
 *
 * @param instances the power to which it opens the channel
 * @param hasTemperature whether the network may have the temperature of the cell
 */
export function gateOf(
  name: string,
  instances: number,
  given: LocalEquations,
  functions: PotentialFunctions,
  { owner, hasTemperature }: { readonly owner: string; readonly hasTemperature: boolean },
): Gate | undefined {
  const ratesOf = (at: LocalEquations): readonly Expression[] | undefined => {
    const parts = linearGate(name, at);
    return parts && [parts.entering, negated(parts.coefficient)];
  };
  const q10 = hasTemperature ? q10Of(given, ratesOf) : undefined;
  const equations = q10?.equations ?? given;
  const settings = q10 ? [q10.element] : [];
  const isWarmed = q10 !== undefined;
  const linear = linearGate(name, equations);
  if (!linear) return undefined;
  const { entering, coefficient } = linear;
  const attributes = { id: gateId(name), instances: String(instances) };
  const part = (role: string, kind: keyof typeof kinds, value: Expression): Element =>
    functions.part(role, kind, value, equations, `${owner}_${name}_${role}`);
  const rates = closingRate(coefficient, entering, equations);
  if (rates)
    return {
      isWarmed,
      element: element('gateHHrates', attributes, [
        ...settings,
        part('forwardRate', 'Rate', entering),
        part('reverseRate', 'Rate', rates),
      ]),
      steady: equations.atPotential(binary('/', entering, negated(coefficient))),
    };
  const own = approachOf(name, equations);
  if (!own) return undefined;
  const { steady, tau } = own;
  return {
    isWarmed,
    element: element('gateHHtauInf', attributes, [
      ...settings,
      part('timeCourse', 'Time', tau),
      part('steadyState', 'Variable', steady),
    ]),
    steady: equations.atPotential(steady),
  };
}

/** Returns a product of functions of the potential and calcium that opens a channel at once. */
export function instantGate(
  value: Expression,
  instances: number,
  equations: LocalEquations,
  functions: PotentialFunctions,
  owner: string,
): Element {
  const wanted = `${owner}_open`;
  return element('gateHHInstantaneous', { id: 'open', instances: String(instances) }, [
    functions.part('steadyState', 'Variable', value, equations, wanted, true),
  ]);
}

/** Returns the rate at which open gates close, or undefined if a gate has no separate opening rate. */
function closingRate(coefficient: Expression, entering: Expression, equations: LocalEquations): Expression | undefined {
  const parts = addendsOf(coefficient);
  const own = parts.findIndex(({ sign, value }) => sign === -1 && equalExpressions(value, entering));
  const rest = parts.filter((_, k) => k !== own);
  if (own >= 0 && rest.length > 0)
    return rest.reduce<Expression>(
      (total, { sign, value }) => (sign === -1 ? sum(total, value) : difference(total, value)),
      number(0),
    );
  const closing = simplify(difference(negated(coefficient), entering));
  try {
    const both = [entering, closing].map((e) => rateForm(equations.atPotential(e)));
    return both.every((form) => form !== undefined) ? closing : undefined;
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** `(steady - x)/tau`, as it is written. */
function approach(
  rate: Expression,
  name: string,
): { readonly steady: Expression; readonly tau: Expression } | undefined {
  if (rate.kind !== 'binary' || rate.operator !== '/' || rate.left.kind !== 'binary') return undefined;
  const { left, right: tau } = rate;
  const isName = left.right.kind === 'name' && left.right.name === name;
  const own = { has: (one: string) => one === name };
  return left.operator === '-' && isName && !readsAny(left.left, own) && !readsAny(tau, own)
    ? { steady: left.left, tau }
    : undefined;
}
