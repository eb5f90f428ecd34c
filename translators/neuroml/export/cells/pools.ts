/** Pools of calcium: mechanisms that set its concentration, as NeuroML's concentration models. */

import { evaluate } from '../../../../src/lang/evaluate.js';
import { foldConstants } from '../../../../src/lang/fold.js';
import { concentration, second } from '../../../../src/lang/dimension.js';
import { faraday, gasConstant } from '../../../../src/lang/physics.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { linearForm } from '../../../../src/lang/linear.js';
import { parseExpression, parseStatements } from '../../../../src/lang/parse.js';
import type { Compartments, Id, Ion, LocalEvent } from '../../../../src/model/model.js';
import type { Dimensions } from '../dimensions.js';
import { numberText, quantityText } from '../quantity-text.js';
import { NotExpressible } from '../words.js';
import { element, type Element } from '../xml-text.js';
import type { LocalEquations } from './equations.js';
import { sectionsOn } from './local-values.js';

/** `rho*i_ca - (c - rest)/tau`. */
export interface Pool {
  readonly mechanism: Id;
  /** The state variable that is the concentration. */
  readonly state: Id;
  /** mol/m**3, as are `start` and `outside`. */
  readonly rest: number;
  /** s */
  readonly tau: number;
  /** mol/(m A s) */
  readonly rho: number;
  readonly start: number;
  readonly outside: number;
}

/**
 * A mechanism that sets the concentration of calcium, on one section.
 *
 * @param equations  with `i_ca` as a free name
 * @param start  of its state variables
 * @throws NotExpressible where it is no pool that fills with the current and decays
 */
export function poolOf(
  mechanism: Id,
  equations: LocalEquations,
  start: ReadonlyMap<string, number>,
  outside: number | undefined,
): Pool {
  const [text = '', ...others] = Object.values(equations.type.writes);
  const level = equations.of(text);
  const state = level.kind === 'name' ? level.name : '';
  const rate = equations.type.derivatives[state]?.rate;
  if (others.length > 0 || rate === undefined)
    throw new NotExpressible('a concentration that is not a state variable of its mechanism');
  const form = linearForm(equations.of(rate), ['i_ca', state]);
  if (!form) throw new NotExpressible('a concentration that does not follow its current in proportion');
  const valueOf = (e: Expression | undefined): number =>
    e === undefined
      ? 0
      : evaluate(
          e,
          (name) => {
            throw new NotExpressible(`a pool that depends on ${name}`);
          },
          equations.functions,
        );
  const decay = -valueOf(form.coefficients.get(state));
  if (!(decay > 0)) throw new NotExpressible('a concentration that does not decay');
  return {
    mechanism,
    state,
    rest: valueOf(form.constant) / decay,
    tau: 1 / decay,
    rho: valueOf(form.coefficients.get('i_ca')),
    start: start.get(state) ?? 0,
    outside: outside ?? 0,
  };
}

/** Whether all that a condition does is to set to zero what has fallen below it, as NeuroML's pools do by themselves. */
export function keepsAboveZero({ when, do: actions }: LocalEvent): boolean {
  const isZero = (e: Expression): boolean => (e.kind === 'number' || e.kind === 'quantity') && e.value === 0;
  const condition = foldConstants(parseExpression(when));
  if (condition.kind !== 'binary' || condition.operator !== '<' || condition.left.kind !== 'name') return false;
  const [action] = actions.flatMap(parseStatements);
  return (
    actions.length === 1 &&
    action?.kind === 'assignment' &&
    action.operator === '=' &&
    action.target === condition.left.name &&
    isZero(condition.right) &&
    isZero(foldConstants(action.value))
  );
}

/** The component of a pool. */
export const poolElement = (id: string, { rest, tau, rho }: Pool, dimensions: Dimensions): Element =>
  element('fixedFactorConcentrationModel', {
    id,
    ion: 'ca',
    restingConc: quantityText(rest, concentration, dimensions),
    decayConstant: quantityText(tau, second, dimensions),
    rho: `${numberText(rho)} mol_per_m_per_A_per_s`,
  });

/** Concentrations of an ion on a section where no mechanism sets them, mol/m**3. */
export function concentrationsOn(
  { inside, outside, at = {} }: Ion,
  section: Id,
  compartments: Compartments,
): Pick<Ion, 'inside' | 'outside'> {
  const own = Object.entries(at).flatMap(([place, given]) =>
    sectionsOn([place], compartments).includes(section) ? [given] : [],
  );
  return Object.assign({ inside, outside }, ...own) as Pick<Ion, 'inside' | 'outside'>;
}

/** Nernst's potential in V; undefined where a number is missing. */
export function nernstPotential(
  valence: number,
  inside: number | undefined,
  outside: number | undefined,
  temperature: number | undefined,
): number | undefined {
  return inside === undefined || outside === undefined || temperature === undefined
    ? undefined
    : ((gasConstant * temperature) / (valence * faraday)) * Math.log(outside / inside);
}
