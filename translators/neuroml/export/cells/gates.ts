/** Gates of channels: by opening and closing rates, or by a steady state and a time constant. */

import { concentration, hertz, second, volt } from '../../../../src/lang/dimension.js';
import type { Dimension, Expression } from '../../../../src/lang/ast.js';
import { dimensionless } from '../../../../src/lang/ast.js';
import { binary, difference, product, quantity, quotient } from '../../../../src/lang/build.js';
import { NoNumber } from '../../../../src/lang/evaluate.js';
import { simplify } from '../../../../src/lang/fold.js';
import { mapExpression, namesIn } from '../../../../src/lang/walk.js';
import { builderOf } from '../builder.js';
import type { ExportContext } from '../context.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import type { NetworkOutput } from '../network-output.js';
import { element, type Element } from '../text/xml-text.js';
import type { LocalEquations } from '../../../../src/library/membrane/equations.js';
import { tidy } from '../../../../src/library/recognise/numbers.js';
import { kineticsOf } from '../../../../src/library/membrane/kinetics.js';
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
    const kinetics = kineticsOf(name, at);
    return kinetics && [kinetics.opening, kinetics.leaving];
  };
  const q10 = hasTemperature ? q10Of(given, ratesOf) : undefined;
  const equations = q10?.equations ?? given;
  const kinetics = kineticsOf(name, equations);
  if (!kinetics) return undefined;
  const part = (role: string, kind: keyof typeof kinds, value: Expression): Element =>
    functions.part(role, kind, value, equations, `${owner}_${name}_${role}`);
  const { opening, leaving, steady, tau } = kinetics;
  const closing = kinetics.closing ?? closingInForm(opening, leaving, equations);
  const [tag, parts] =
    closing === undefined
      ? (['gateHHtauInf', [part('timeCourse', 'Time', tau), part('steadyState', 'Variable', steady)]] as const)
      : (['gateHHrates', [part('forwardRate', 'Rate', opening), part('reverseRate', 'Rate', closing)]] as const);
  return {
    isWarmed: q10 !== undefined,
    element: element(tag, { id: gateId(name), instances: String(instances) }, [
      ...(q10 ? [q10.element] : []),
      ...parts,
    ]),
    steady: equations.atPotential(closing === undefined ? steady : quotient(opening, leaving)),
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

/** Returns the rate at which open gates close, if it and the opening rate have forms of NeuroML. */
function closingInForm(opening: Expression, leaving: Expression, equations: LocalEquations): Expression | undefined {
  const closing = simplify(difference(leaving, opening));
  try {
    const both = [opening, closing].map((e) => rateForm(equations.atPotential(e)));
    return both.every((form) => form !== undefined) ? closing : undefined;
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}
