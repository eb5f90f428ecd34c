/** Conditions of the time that hold a step sooner or later by how the time is rounded. */

import type { Binary, Expression } from '../../lang/ast.js';
import { binary } from '../../lang/build.js';
import { evaluate, NoNumber } from '../../lang/evaluate.js';
import { linearForm } from '../../lang/linear.js';
import { drawsIn } from '../../lang/functions.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { childrenOf, readsAny, substitute } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import type { NeuronType, Population } from '../../model/model.js';
import { plain } from '../recognise/numbers.js';
import { withNumbers } from '../recognise/values.js';
import { derivedOf } from './texts.js';

/** Operators that compare two values, and whether they hold where both are the same. */
export const comparisons: ReadonlyMap<string, boolean> = new Map([
  ['>', false],
  ['>=', true],
  ['<', false],
  ['<=', true],
  ['==', true],
  ['!=', false],
]);

/** The time at which a comparison changes. */
interface TimeBorder {
  /** In steps; undefined where it is not known before a run. */
  readonly steps: number | undefined;
  /** By how much the left side grows against the right one, in 1/s. */
  readonly slope: number;
  /** Whether the comparison holds after it, at once and for ever. */
  readonly after: boolean;
  /** Whether it holds in a step with this very time, which is a product of `dt`; as after it where no step is so. */
  readonly at: boolean;
}

/** How far from a whole number of steps a border is to be, in steps, for rounding not to matter. */
const wholeness = 1e-6;

/** Whether a number of steps is a whole one but for rounding. */
const isWhole = (steps: number): boolean => Math.abs(steps - Math.round(steps)) < wholeness;

/** The value of an expression of `t` and `dt`; undefined where it reads more. */
function valueAt(e: Expression, t: number, dt: number): number | undefined {
  const known = (name: string): number => {
    if (name !== 't' && name !== 'dt') throw new NoNumber(name);
    return name === 't' ? t : dt;
  };
  try {
    return evaluate(e, known, () => undefined);
  } catch (error) {
    if (!(error instanceof NoNumber)) throw error;
    return undefined;
  }
}

/**
 * The border of a comparison whose sides are linear in `t`, by factors that are known; undefined for others.
 *
 * @param e   a comparison, with its units folded
 * @param dt  s
 */
export function borderOf(e: Binary, dt: number): TimeBorder | undefined {
  const form = linearForm(binary('-', e.left, e.right), ['t']);
  const coefficient = form?.coefficients.get('t');
  const slope = coefficient && valueAt(coefficient, NaN, dt);
  if (!form || !slope) return undefined;
  const rest = valueAt(form.constant, NaN, dt);
  const steps = rest === undefined ? undefined : -rest / slope / dt;
  const after = e.operator === '!=' || (slope > 0 ? ['>', '>='] : ['<', '<=']).includes(e.operator);
  const isOn = steps !== undefined && isWhole(steps) ? valueAt(e, Math.round(steps) * dt, dt) : undefined;
  const unknown = steps === undefined ? comparisons.get(e.operator) === true : after;
  return { steps, slope, after, at: isOn === undefined ? unknown : isOn !== 0 };
}

/** How the time of a model is told elsewhere. */
interface Telling {
  /** s */
  readonly dt: number;
  /** When the run ends, in s. */
  readonly end: number;
  /**
   * `sum`: the time is a sum of steps on one of the sides, as it is. `border`: where LEMS is written, borders that are
   * known are put between two steps, and the other ones are at their times as the operator says.
   */
  readonly by: 'sum' | 'border';
}

/**
 * Whether a condition of a type compares the time, or the time since an event, with a whole number of steps. LEMS adds
 * its time up step by step, other simulators multiply: such conditions hold a step sooner in one of them.
 *
 * @param populations  those of the type
 */
export function restsOnRounding(
  type: Pick<NeuronType, 'parameters' | 'state' | 'derived' | 'derivatives' | 'events' | 'regimes'>,
  populations: readonly Pick<Population, 'values'>[],
  telling: Telling,
): boolean {
  return (populations.length === 0 ? [{ values: {} }] : populations).some((one) => restsIn(type, one, telling));
}

function restsIn(
  type: Parameters<typeof restsOnRounding>[0],
  { values }: Pick<Population, 'values'>,
  telling: Telling,
): boolean {
  const { dt, by } = telling;
  const regimes = Object.values(type.regimes);
  const texts = [
    ...[...Object.values(type.events), ...regimes.flatMap(({ transitions }) => transitions)].map(({ when }) => when),
    ...[type, ...regimes].flatMap(({ derivatives }) => Object.values(derivatives).map(({ rate }) => rate)),
  ];
  const derived = derivedOf(type) ?? new Map<string, Expression>();
  const own = ownNames(type);
  const numbers = new Map(
    Object.entries(type.parameters).flatMap(([key, { value }]) => {
      const own = values[key] ?? value;
      return typeof own === 'number' ? [[key, own] as const] : [];
    }),
  );
  const times = Object.keys(type.state).filter((key) => type.state[key]?.unit === 's');
  const drawn = drawnTimes(times, type, by === 'sum');
  const stored = new Set(['lastspike', ...times.filter((key) => !drawn.has(key))]);
  const rests = (e: Binary): boolean => {
    // A time that is drawn is none of the steps.
    if (!readsAny(e, new Set(['t'])) || readsAny(e, drawn)) return false;
    const whole = withNumbers(e, numbers) as Binary;
    const sinceEvent = readsAny(whole, stored);
    const border = borderOf(
      sinceEvent ? (withNumbers(whole, new Map([...stored].map((key) => [key, 0]))) as Binary) : whole,
      dt,
    );
    if (border === undefined) return !sinceEvent && restsInSteps(whole, telling);
    if (border.steps === undefined) return true;
    if (!isWhole(border.steps)) return false;
    // What changes after the end of the run does not change.
    if (by === 'sum' && !sinceEvent && border.steps > telling.end / dt + 1) return false;
    const isPut = by === 'border' && !sinceEvent;
    return !isPut || (borderOf(e, dt)?.steps === undefined && border.at !== comparisons.get(e.operator));
  };
  const jumps = (e: Expression): boolean => {
    const counted = countedSteps(e);
    return counted !== undefined && readsAny(e, new Set(['t'])) && restsInSteps(withNumbers(counted, numbers), telling);
  };
  const look = (part: Expression, isCompared: boolean): boolean => {
    const compares = part.kind === 'binary' && comparisons.has(part.operator);
    if (compares ? rests(part) : !isCompared && jumps(part)) return true;
    return childrenOf(part).some((one) => look(one, isCompared || compares));
  };
  return texts.some((text) => look(plain(substitute(parseExpression(text), derived), own), false));
}

/** What jumps with an expression that counts how often something fits into another: a whole number; undefined for others. */
function countedSteps(e: Expression): Expression | undefined {
  if (e.kind === 'call') return e.function === 'floor' || e.function === 'ceil' ? e : undefined;
  if (e.kind !== 'binary') return undefined;
  return e.operator === '//' ? e : e.operator === '%' ? binary('//', e.left, e.right) : undefined;
}

/**
 * Times of which each value that they are given is drawn, or follows from one that is.
 *
 * @param alsoFirst  whether that holds for the first value, too, unless no time of a run is so early
 */
function drawnTimes(
  times: readonly string[],
  { events, regimes, state }: Pick<NeuronType, 'events' | 'regimes' | 'state'>,
  alsoFirst: boolean,
): ReadonlySet<string> {
  const actions = [
    ...Object.values(events),
    ...Object.values(regimes).flatMap(({ onEntry, transitions }) => [{ do: onEntry }, ...transitions]),
  ].flatMap((one) => one.do);
  const statements = actions.flatMap(parseStatements).flatMap((one) => (one.kind === 'assignment' ? [one] : []));
  const drawn = new Set<string>();
  for (let before = -1; drawn.size > before;) {
    before = drawn.size;
    for (const time of times) {
      const given = statements.filter(({ target }) => target === time).map(({ value }) => value);
      const isDrawn = (e: Expression): boolean => drawsIn(e) || readsAny(e, drawn);
      const { initial = 0 } = state[time] ?? {};
      const begins =
        !alsoFirst ||
        (typeof initial === 'number' && initial <= 0) ||
        (typeof initial === 'string' && isDrawn(parseExpression(initial)));
      if (begins && given.length > 0 && given.every(isDrawn)) drawn.add(time);
    }
  }
  return drawn;
}

/** More steps are not looked through. */
const mostSteps = 100_000;

/**
 * Whether a comparison without a border that is known, as of `t % (10*ms) < 5*ms`, or a whole number, as `t // (10*ms)`,
 * is another one a little later.
 */
function restsInSteps(e: Expression, { dt, end, by }: Telling): boolean {
  for (let k = 0; k < Math.min(end / dt, mostSteps); k++) {
    const [before, now, after] = [k - wholeness, k, k + wholeness].map((step) => valueAt(e, step * dt, dt));
    if (now === undefined)
      return e.kind !== 'binary' || linearForm(binary('-', e.left, e.right), ['t'])?.coefficients.has('t') === true;
    if (after !== now || (by === 'sum' && before !== now)) return true;
  }
  return false;
}
