/** Verdicts on two models by their distances at ever smaller steps. */

import { itemAt } from '../diagnostics/entry.js';
import { keyOf, type Distances, type Unit } from './approach.js';
import { halvings } from './limit-work.js';

/** Parts of two models that were compared at states, and are equal. */
export interface EqualParts {
  /** All equations: a spike that hardly reaches the threshold then shows nothing. */
  readonly isEqual: boolean;
  /** Protocols, operations, inputs and synapses: without them, no share of cells, spikes or samples is forgiven. */
  readonly areInputsEqual: boolean;
}

export type Verdict = 'the same model' | 'another model';

/**
 * Returns the verdict at the last of some steps; undefined if only shorter steps can tell.
 *
 * @param least  number of steps before a verdict
 */
export function verdictOf(
  levels: readonly Distances[],
  { isEqual, areInputsEqual }: EqualParts,
  least: number = halvings.least,
): Verdict | undefined {
  if (levels.length < least) return undefined;
  const { units, unmatched } = itemAt(levels, levels.length - 1);
  const { rest, open, staying } = restOf(levels, areInputsEqual);
  if (isMany(rest, units.size, manyUnits)) return 'another model';
  const others = unmatched.filter(({ before }) => before === 0 || !isEqual || levels.length <= halvings.least);
  const isSettling = standing(levels).length === 0;
  if (rest.length + open.length + staying.length + others.length === 0 && isSettling) return 'the same model';
  const isLate =
    areInputsEqual &&
    rest.length + staying.length === 0 &&
    isSettling &&
    levels.length > halvings.least &&
    areLate(levels);
  return isLate ? 'the same model' : undefined;
}

/**
 * Returns the verdict after the shortest step within the budget; undefined if it decides nothing.
 *
 * @param wasSame  whether the models were the same at a longer step
 * @param hasStates  whether states were compared in these runs
 */
export function lastVerdict(
  levels: readonly Distances[],
  {
    wasSame,
    isEqual,
    areInputsEqual,
    hasStates,
  }: EqualParts & { readonly wasSame: boolean; readonly hasStates: boolean },
): Verdict | undefined {
  const { rest, open, staying } = restOf(levels, areInputsEqual);
  const isSettling = rest.length + staying.length + standing(levels).length === 0;
  // Spikes near the threshold can come apart again for a step, but a difference would stand.
  if (wasSame && isSettling && areInputsEqual) return 'the same model';
  const areNear = isEqual && levels.length >= halvings.least && open.length === 0 && areFewer(levels);
  if (areNear && isSettling && itemAt(levels, levels.length - 1).unmatched.every(({ before }) => before > 0))
    return 'the same model';
  // If states agree before, a spike that hardly reaches the threshold shows no difference of the models.
  const isLone = ({ unmatched }: Distances): boolean => unmatched.some(({ before }) => before === 0 || !hasStates);
  const isUnmatched = levels.slice(-halvings.least).every(isLone) && !areFewer(levels);
  const isAnother = levels.length >= halvings.few && (isUnmatched || rest.length + staying.length > 0);
  return isAnother ? 'another model' : undefined;
}

/**
 * Largest ratio of one model, with some margin: halving a step halves the error of a method of first order, so that its
 * change is half of the error, and it removes more of the error of other methods.
 */
const mostRatio = 1.2;

/** Ratio below which a distance is negligible. */
const leastRatio = 0.1;

/** Share of units that decides at once. Fewer are judged at shorter steps: spikes near a threshold settle late. */
const manyUnits = 0.03;

/** Share of units that may change by chance as much at small steps as at larger ones. */
const manyStill = 0.1;

/** Share of units and of cells that can settle at shorter steps than those of a verdict. */
const fewLate = 0.01;

/**
 * Largest share of the distance of a quantity that two halvings leave of one model, a quarter with the margin that
 * rounding to steps needs, and least number of units that show it.
 */
const mostLeft = { share: 0.6, units: 8 } as const;

/** Returns quantities of populations with a mean distance that does not shrink as the step does. */
function standing(levels: readonly Distances[]): readonly string[] {
  const [before, , last] = levels.slice(-3);
  if (!before || !last) return [];
  const groups = new Map<string, (readonly [before: Unit, last: Unit])[]>();
  for (const [key, unit] of last.units) {
    const earlier = before.units.get(key);
    const name = `${unit.population} ${unit.variable ?? ''}`;
    if (earlier) groups.set(name, [...(groups.get(name) ?? []), [earlier, unit]]);
  }
  /** Most distant units are spikes that hardly reach the threshold. */
  const meanOf = (distances: readonly number[]): number => {
    const kept = distances.toSorted((a, b) => a - b).slice(0, Math.ceil(0.9 * distances.length));
    return kept.reduce((sum, distance) => sum + distance, 0) / kept.length;
  };
  return [...groups].flatMap(([name, pairs]) => {
    const [earlier, now] = [0, 1].map((side) => meanOf(pairs.map((pair) => pair[side]!.distance))) as [number, number];
    const isOfStep = pairs[0]?.[1].variable === undefined && now <= last.step;
    const isNegligible = pairs.filter(([, unit]) => unit.isNegligible).length > pairs.length / 2;
    return pairs.length >= mostLeft.units && !isOfStep && !isNegligible && now > mostLeft.share * earlier ? [name] : [];
  });
}

/** Checks whether cells with other numbers of spikes become fewer with the step. */
function areFewer(levels: readonly Distances[]): boolean {
  const [before, , last] = levels.slice(-3);
  return before !== undefined && last !== undefined && last.unmatched.length <= before.unmatched.length / 2;
}

/**
 * Checks whether the units that do not decide are few and settle: spikes that hardly reach the threshold. Differences
 * of models act on states first, and these keep their distance.
 */
function areLate(levels: readonly Distances[]): boolean {
  const [before, previous, last] = levels.slice(-3);
  if (!before || !previous || !last) return false;
  const { open } = restOf(levels);
  const cells = new Set([...last.units.values()].map(({ population, cell }) => `${population}[${cell}]`)).size;
  const isSettling = ({ distance }: Unit, earlier = 0): boolean =>
    distance < 0.75 * earlier || distance > 1.5 * earlier;
  return (
    open.length <= fewLate * last.units.size &&
    restOf(levels.slice(0, -1)).open.length <= 2 * fewLate * last.units.size &&
    last.unmatched.length <= fewLate * cells &&
    (last.unmatched.length === 0 || areFewer(levels)) &&
    open.every((unit) => isSettling(unit, before.units.get(keyOf(unit))?.distance))
  );
}

/** Checks whether some units are more than one and a share of all. */
const isMany = (units: readonly Unit[], all: number, share: number): boolean => units.length > Math.max(1, share * all);

/** Least share of the largest distance at some steps that is left of a difference of the models. */
const left = 0.75;

/** Largest distance, relative to the range of a variable, that constants with few digits in a document leave. */
const fewDigits = 5e-4;

/** Checks whether a distance stays at three steps, while the changes by halving the step shrink. */
function stays(earliest: Unit | undefined, earlier: Unit | undefined, last: Unit): boolean {
  if (!earliest || !earlier) return false;
  const distances = [earliest, earlier, last].map(({ distance }) => distance);
  if (last.share !== undefined && last.share < fewDigits) return false;
  const areSteady = Math.min(...distances) >= left * Math.max(...distances);
  return areSteady && last.ratio > 1.5 * earlier.ratio && earlier.ratio > 1.5 * earliest.ratio;
}

/** Checks whether a sample is far off at each step, and comes no nearer. */
const hasFar = (all: readonly (Unit | undefined)[]): boolean =>
  all.length >= halvings.least &&
  [...(all.at(-1)?.far?.keys() ?? [])].some((time) => {
    const distances = all.map((unit) => unit?.far?.get(time) ?? 0);
    return Math.min(...distances) > left * Math.max(...distances);
  });

/**
 * Returns the units with a distance that does not vanish with the step, and the units that do not decide.
 *
 * @param forgives  whether a small share of units decides nothing
 */
export function restOf(
  levels: readonly Distances[],
  forgives = true,
): {
  readonly rest: readonly Unit[];
  readonly open: readonly Unit[];
  /** Units that come no nearer, though less than they change with the step. */
  readonly staying: readonly Unit[];
} {
  const [before, previous, last] = levels.slice(-3);
  if (!before || !previous || !last) return { rest: [], open: [], staying: [] };
  const [rest, open, still, few, staying]: [Unit[], Unit[], Unit[], Unit[], Unit[]] = [[], [], [], [], []];
  for (const [key, unit] of last.units) {
    const { ratio, distance, variable, isNegligible } = unit;
    const [earlier, earliest] = [previous.units.get(key), before.units.get(key)];
    const isOfStep = variable === undefined && distance <= 2 * last.step;
    const isFar = hasFar(levels.slice(-halvings.least).map(({ units }) => units.get(key)));
    if (isFar) staying.push(unit);
    if (ratio < leastRatio || isNegligible || isOfStep || distance < 0.35 * (earliest?.distance ?? 0)) continue;
    if (ratio <= mostRatio) {
      // Changes of a model without a limit hide any difference.
      if (!isFar && stays(earliest, earlier, unit)) staying.push(unit);
      else if (distance >= 0.75 * (earliest?.distance ?? 0)) still.push(unit);
      continue;
    }
    const isGrowing = [earlier, earliest].every(
      (one, k, both) => one !== undefined && (k === 0 ? ratio : (both[0]?.ratio ?? 0)) > 1.5 * one.ratio,
    );
    const isStaying = ratio > 4 * mostRatio && earliest !== undefined && distance > 0.8 * earliest.distance;
    const most = Math.max(...levels.map(({ units }) => units.get(key)?.distance ?? 0));
    if ((ratio > 2 * mostRatio && isGrowing) || isStaying) rest.push(unit);
    else (ratio < 2.5 * mostRatio && distance < 0.2 * most ? few : open).push(unit);
  }
  const all = last.units.size;
  const isLarge = ({ share = 1 }: Unit): boolean => share >= fewDigits;
  const more = [
    ...(isMany(still, all, manyStill) ? still : forgives ? [] : still.filter(isLarge)),
    ...(isMany(few, all, manyUnits) ? few : forgives ? [] : few.filter(isLarge)),
  ];
  return { rest, open: [...open, ...more], staying: !forgives || isMany(staying, all, manyUnits) ? staying : [] };
}
