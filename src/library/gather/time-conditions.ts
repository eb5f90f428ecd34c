/** Conditions of the time that hold a step sooner or later by how the time is rounded. */

import type { Expression } from '../../lang/ast.js';
import { binary } from '../../lang/build.js';
import { linearForm } from '../../lang/linear.js';
import { parseExpression } from '../../lang/parse.js';
import { substitute, visit } from '../../lang/walk.js';
import type { NeuronType, Population } from '../../model/model.js';
import { constantOf, fold, plain } from '../recognise/numbers.js';
import { withNumbers } from '../recognise/values.js';
import { derivedOf } from './texts.js';

/**
 * Whether a condition of a type compares the time, or the time since an event, with a whole number of steps. LEMS adds
 * its time up step by step, other simulators multiply: such conditions hold a step sooner in one of them.
 *
 * @param populations  those of the type
 * @param dt           s
 */
export function restsOnRounding(
  type: Pick<NeuronType, 'parameters' | 'state' | 'derived' | 'events' | 'regimes'>,
  populations: readonly Pick<Population, 'values'>[],
  dt: number,
): boolean {
  const conditions = [
    ...Object.values(type.events),
    ...Object.values(type.regimes).flatMap(({ transitions }) => transitions),
  ].map(({ when }) => when);
  const derived = derivedOf(type) ?? new Map<string, Expression>();
  const own = new Set([type.parameters, type.state, type.derived].flatMap((map) => Object.keys(map)));
  const given = new Set(populations.flatMap(({ values }) => Object.keys(values)));
  const numbers = new Map(
    Object.entries(type.parameters).flatMap(([key, { value }]) =>
      typeof value === 'number' && !given.has(key) ? [[key, value] as const] : [],
    ),
  );
  numbers.set('dt', dt);
  const times = ['t', ...Object.keys(type.state).filter((key) => type.state[key]?.unit === 's')];
  const rounds = (difference: Expression): boolean => {
    const form = linearForm(difference, times);
    const ofTime = form?.coefficients.get('t');
    if (form === null || ofTime === undefined) return false;
    const [factor, rest] = [ofTime, form.constant].map((e) => constantOf(fold(withNumbers(e, numbers))));
    if (factor === undefined || rest === undefined) return true;
    const steps = rest / factor / dt;
    return Math.abs(steps - Math.round(steps)) < 1e-6;
  };
  return conditions.some((text) => {
    let found = false;
    visit(plain(substitute(parseExpression(text), derived), own), (part) => {
      if (part.kind === 'binary' && comparisons.has(part.operator))
        found ||= rounds(binary('-', part.left, part.right));
    });
    return found;
  });
}

const comparisons: ReadonlySet<string> = new Set(['>', '>=', '<', '<=', '==', '!=']);
