/** Shorter steps for cells that an integrator with steps of one length follows in short steps alone. */

import { isRecording } from '../../model/tagged.js';
import type { Expression, Statement } from '../../lang/ast.js';
import { assignedValue, difference, number } from '../../lang/build.js';
import { isRandom } from '../../lang/functions.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { callsIn, namesIn, substitute } from '../../lang/walk.js';
import { mapped } from '../../model/collections.js';
import { ownNames } from '../../model/declared-names.js';
import { everywhere, plain } from '../recognise/numbers.js';
import { derivedOf } from './texts.js';
import type { IntegrationMethod, Model, NeuronType, ValidModel } from '../../model/model.js';

/** Steps of this length, in s, are short enough for the gates of channels. */
export const stepForGates = 1e-5;

/** Whether variables beside the potential follow it by exponentials. */
export const hasGates = ({ derivatives, derived }: NeuronType): boolean =>
  Object.keys(derivatives).length > 2 && Object.values(derived).filter(({ value }) => value.includes('exp')).length > 2;

/** Whether anything in the equations is an exponential of the state. */
export const hasExponentials = ({ derivatives, derived, cable }: NeuronType): boolean =>
  // Simulators integrate cables otherwise.
  !cable &&
  [...Object.values(derivatives).map(({ rate }) => rate), ...Object.values(derived).map(({ value }) => value)].some(
    (text) => /\bexp/.test(text),
  );

/** The next of 1, 2, 5, 10, 20 and so on, so that steps are round numbers. */
function roundUp(times: number): number {
  const power = 10 ** Math.floor(Math.log10(times));
  // Quotients of two decimal numbers are not quite whole.
  return power * ([1, 2, 5].find((one) => one * power >= times * (1 - 1e-9)) ?? 10);
}

/** Whether an event happens at each step while its condition holds, as often as there are steps. */
function repeats(type: NeuronType): boolean {
  return Object.values(type.events).some(({ when, edge, refractory, do: code }) => {
    const condition = substitute(parseExpression(when), derivedOf(type) ?? new Map());
    if (edge !== 'level' || refractory || callsIn(condition).some((e) => isRandom(e.function))) return false;
    return !mayEnd(condition, code.flatMap(parseStatements), type);
  });
}

/** Whether what an event does may end its condition: `v = 0` and `v -= 1` end `v > 1`, but `v += 1` and `u = 0` do not. */
function mayEnd(condition: Expression, code: readonly Statement[], type: NeuronType): boolean {
  if (condition.kind === 'binary' && condition.operator === 'and')
    return mayEnd(condition.left, code, type) || mayEnd(condition.right, code, type);
  const read = namesIn(condition);
  const writes = code.flatMap((one) => (one.kind === 'assignment' ? [one] : []));
  if (!writes.some(({ target }) => read.has(target))) return false;
  const margin = marginOf(condition);
  if (margin === undefined) return true;
  const after = new Map<string, Expression>();
  for (const one of writes) after.set(one.target, substitute(assignedValue(one), after));
  const numbers = Object.entries(type.parameters).flatMap(([name, { value }]) =>
    typeof value === 'number' ? [[name, number(value)] as const] : [],
  );
  const change = plain(difference(substitute(margin, after), margin), ownNames(type));
  // A change that depends on the state may be of either sign.
  const always = everywhere(substitute(change, new Map(numbers)));
  return always === undefined || always < 0;
}

/** What is positive where a comparison holds; undefined for other conditions. */
function marginOf(condition: Expression): Expression | undefined {
  if (condition.kind !== 'binary') return undefined;
  const { operator, left, right } = condition;
  if (operator === '>' || operator === '>=') return difference(left, right);
  return operator === '<' || operator === '<=' ? difference(right, left) : undefined;
}

/**
 * A model whose steps are short enough for its cells; undefined where they are, or where it counts steps in which a
 * condition holds. What happens at every step of the model goes on happening as often.
 *
 * @param longest  the longest step in s that cells of a type may have; undefined for any
 * @param method   how cells that need short steps are integrated then; absent: as they were
 */
export function inFineSteps(
  valid: ValidModel,
  longest: (type: NeuronType, name: string) => number | undefined,
  method?: IntegrationMethod,
): { readonly valid: ValidModel; readonly step: number } | undefined {
  const { model } = valid;
  const { dt } = model.experiment;
  const concerned = Object.entries(model.neurons).flatMap(([name, type]) => {
    const step = longest(type, name);
    return step === undefined ? [] : [{ name, type, step }];
  });
  const times = roundUp(dt / Math.min(...concerned.map(({ step }) => step)));
  if (concerned.length === 0 || times < 2 || Object.values(model.neurons).some(repeats)) return undefined;
  const fine = Number((dt / times).toPrecision(12));
  const neurons = { ...model.neurons };
  for (const { name, type } of concerned) if (method !== undefined) neurons[name] = { ...type, method };
  const stimuli: Model['stimuli'] = Object.fromEntries(
    Object.entries(model.stimuli).map(([name, one]) => {
      const draws = one.kind === 'current' && callsIn(parseExpression(one.value)).some((e) => isRandom(e.function));
      return [name, draws && one.every === undefined ? { ...one, every: dt } : one];
    }),
  );
  const recordings = model.recordings.map((one) =>
    isRecording(one, 'variables') && one.every === undefined ? { ...one, every: dt } : one,
  );
  const operations = mapped(model.operations, (one) => ({ ...one, every: one.every ?? dt }));
  const experiment = { ...model.experiment, dt: fine };
  return {
    valid: { ...valid, model: { ...model, neurons, stimuli, operations, recordings, experiment } },
    step: Number((fine * 1e3).toPrecision(6)),
  };
}
