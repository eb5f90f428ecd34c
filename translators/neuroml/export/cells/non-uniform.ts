/** Conductances that follow the path length from the root, as NeuroML's non-uniform densities. */

import type { Expression } from '../../../../src/lang/ast.js';
import { binary, name as nameOf, number } from '../../../../src/lang/build.js';
import { printExpression } from '../../../../src/lang/print.js';
import { callsIn, childrenOf, mapExpression, namesIn } from '../../../../src/lang/walk.js';
import { parseExpression } from '../../../../src/lang/parse.js';
import type { Mechanism } from '../../../../src/model/model.js';
import { element, type Element } from '../text/xml-text.js';

/** The path length in micrometres. */
const variable = 'p';
/** Functions of our language that LEMS's expressions have by the same names. */
const shared: ReadonlySet<string> = new Set(['exp', 'sqrt', 'abs', 'sin', 'cos', 'tan', 'sinh', 'cosh', 'tanh']);

/** Checks whether a mechanism reads its distance from the root, and only in its current. */
export function readsDistanceInCurrent({
  reads,
  parameters,
  values = {},
  state,
  derivatives,
  derived,
}: Mechanism): boolean {
  if (!reads.includes('distance') || reads.includes('length')) return false;
  const texts = [...Object.values(parameters), ...Object.values(values).flatMap((own) => Object.values(own))].map(
    (one) => JSON.stringify(one),
  );
  const follows = (text: string): boolean =>
    [...namesIn(parseExpression(text))].some((name) => {
      const inner = derived[name];
      return name === 'distance' || (inner !== undefined && follows(inner.value));
    });
  const first = Object.values(state).flatMap(({ initial }) => (typeof initial === 'string' ? [initial] : []));
  const rates = Object.values(derivatives).map(({ rate }) => rate);
  return !texts.some((text) => /\bdistance\b/.test(text)) && ![...first, ...rates].some(follows);
}

/**
 * Returns a factor of a conductance as LEMS text, or undefined if LEMS cannot express it.
 *
 * @param along over `distance` only; its values are in SI
 */
export function alongText(along: Expression, factor: number): string | undefined {
  const isPlain = (e: Expression): boolean =>
    e.kind !== 'conditional' && e.kind !== 'boolean' && childrenOf(e).every(isPlain);
  if (!isPlain(along) || [...callsIn(along)].some((one) => !shared.has(one.function))) return undefined;
  const isDistance = (e: Expression): boolean => e.kind === 'name' && e.name === 'distance';
  const ofScale = mapExpression(along, (part) => {
    if (part.kind === 'quantity') return number(part.value);
    if (part.kind !== 'binary' || part.operator !== '/' || part.right.kind !== 'number') return part;
    const { left, right: scale } = part;
    if (!isDistance(left)) return scale.value === 1 ? left : part;
    const micrometres = Number((scale.value * 1e6).toPrecision(12));
    return micrometres === 1 ? nameOf(variable) : binary('/', nameOf(variable), number(micrometres));
  });
  const inMicrometres = mapExpression(ofScale, (part) =>
    isDistance(part) ? binary('*', nameOf(variable), number(1e-6)) : part,
  );
  const whole = factor === 1 ? inMicrometres : binary('*', number(factor), inMicrometres);
  return printExpression(whole).replaceAll('**', '^');
}

/** Returns the path length of the parts of a group of segments. */
export const pathLength = (id: string): Element =>
  element('inhomogeneousParameter', { id, variable, metric: 'Path Length from root' });

/** Returns the value of a density over a group of segments. */
export const valueAlong = (text: string, parameter: string, segmentGroup: string): Element =>
  element('variableParameter', { parameter: 'condDensity', segmentGroup }, [
    element('inhomogeneousValue', { inhomogeneousParameter: parameter, value: text }),
  ]);
