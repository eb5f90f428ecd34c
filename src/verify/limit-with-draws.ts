/** Decides on two models of any notations, and on models that draw while they run: both get the same draws. */

import type { ValidModel } from '../model/model.js';
import { unchanged } from '../model/rewriting/became.js';
import { typedPhases, typedValid } from '../model/typed-model.js';
import { chooseTarget } from '../pipeline/choose-target.js';
import {
  chosenDraws,
  drawingParts,
  drawnElsewhere,
  usualChoice,
  withChosenDraws,
  type Choice,
} from './chosen-draws.js';
import { gathered } from '../library/gather/gather.js';
import { compareSources } from './drawn-sources.js';
import {
  givenIn,
  isLarger,
  isSame,
  limitOf,
  noLimit,
  otherDraws,
  reasonOf,
  settledOrReason,
  untilOf,
  type Limit,
  type LimitOptions,
  type Protocols,
  type WrittenModel,
} from './limit.js';
import { workIn } from './limit-work.js';
import { listed, withProtocol, withStep } from './open-loop.js';
import { compared } from './open-pair.js';
import { withDrawsOf, type NamesThere } from './shared-draws.js';
import type { StateDifference } from './states/cell-pair.js';
import { edgeDigits, edgesOf } from './states/draw-edges.js';

/** Choices of draws for which states are compared besides those of runs. */
const moreChoices: readonly Choice[] = [0.03, 0.35, 0.65, 0.93].map((share) => ({ share, moves: true }));

/** Choices for runs of cells that are not compared at states. */
const choicesOfRuns: readonly Choice[] = [{ share: 0.35 }, { share: 0.65 }];

/**
 * Compares two models, as `limitOf` does. If they draw while they run, both have the same chosen draws, and are
 * compared for several choices, and by the numbers at which synapses act otherwise.
 */
export async function limitWithDraws(
  source: ValidModel,
  target: ValidModel,
  options: LimitOptions = {},
): Promise<Limit> {
  const { remaining } = withChosenDraws(source, usualChoice);
  const isDrawing = withChosenDraws(source, usualChoice).valid !== source;
  if (remaining.length > 0 || !isDrawing || options.runTarget) return limitOf(source, target, options);
  try {
    const there = (await listed(target, (await chooseTarget('wasm')).target)).valid;
    const { became = unchanged, written } = options;
    const elsewhere = drawnElsewhere(source, there, namesThere(became).population);
    if (elsewhere !== undefined) return noLimit(source, elsewhere);
    const decide = (choice: Choice, isMirrored: boolean, more: LimitOptions): Promise<Limit> => {
      const choiceThere = { ...choice, mirrored: isMirrored };
      const anew = async ({ model }: ValidModel): Promise<WrittenModel> => {
        const { dt, protocol } = model.experiment;
        const one = await written!(withProtocol(withStep(source, dt), protocol));
        return { ...one, valid: withChosenDraws(one.valid, choiceThere).valid };
      };
      const [own, other] = [withChosenDraws(source, choice).valid, withChosenDraws(there, choiceThere).valid];
      return limitOf(own, other, { ...options, ...(written ? { written: anew } : {}), ...more });
    };
    for (const isMirrored of [false, true]) {
      const found = await decide(usualChoice, isMirrored, {});
      if (!isMirrored && found.verdict === 'another model') {
        const mirrored = await decide(usualChoice, true, { statesOnly: true });
        if (!isSame(mirrored)) return found;
        continue;
      }
      if (!isSame(found)) return found;
      const drawing = new Set(drawingParts(source).map(({ part }) => part));
      const byRun = found.ledger.rows.filter(({ part, how }) => drawing.has(part) && how === 'by run');
      const [synapse] = byRun.filter(({ part }) => source.model.projections[part]);
      if (synapse) return noLimit(source, `draws of ${synapse.part} are compared in runs only`);
      const chances = chancesApart(source, there, isMirrored);
      if (chances) return otherDraws(source, { differences: [chances], rows: [] });
      const inRuns = byRun.length > 0 ? choicesOfRuns : [];
      for (const choice of [...inRuns, ...moreChoices]) {
        const other = await decide(choice, isMirrored, { statesOnly: !inRuns.includes(choice) });
        if (!isSame(other)) return other;
        if (found.states?.synapses && !other.states?.synapses) return noLimit(source, 'draws have other effects');
      }
      return found;
    }
    return noLimit(source, 'draws of another kind');
  } catch (error) {
    return noLimit(source, reasonOf(error));
  }
}

/** Returns a uniform number at which synapses of the first model act otherwise, and those of the second do not. */
function chancesApart(source: ValidModel, target: ValidModel, mirrored: boolean): StateDifference | undefined {
  const drawing = drawingParts(source).filter(({ isProjection }) => isProjection);
  const statements = Math.max(0, ...drawing.map(({ counts }) => counts.length));
  const edges = (valid: ValidModel, more: Partial<Choice>, expected?: readonly number[]): readonly number[] => {
    const typed = typedValid(valid);
    return edgesOf((share) => gathered(chosenDraws(typed, { share, ...more }), 'limit').valid, expected);
  };
  const all = Array.from({ length: statements }, (_, only) => only).flatMap((only) => {
    const own = edges(source, { only });
    const other = edges(target, { only, mirrored }, own);
    return Array.from({ length: Math.max(own.length, other.length) }, (__, k) => [own[k], other[k]] as const);
  });
  const apart = all.find(([a = NaN, b = NaN]) => !(Math.abs(a - b) <= edgeDigits));
  if (!apart) return undefined;
  const values = apart.map((one) => (one === undefined ? null : Number(one.toPrecision(5))));
  const quantity = 'chance of a synapse';
  return { population: drawing[0]!.population, cell: 0, quantity, values: values as [number, number], unit: '1' };
}

const namesThere = ({ population, projection }: NonNullable<LimitOptions['became']>): NamesThere => ({
  population: (name) => population(name, 0)?.population,
  projection,
});

/** Compares two models of any notations. Parts that both draw by one definition have the draws of the first. */
export async function limitOfDocuments(
  first: ValidModel,
  second: ValidModel,
  options: LimitOptions = {},
): Promise<Limit> {
  if ([first, second].some((valid) => isLarger(valid, workIn(options.seconds))))
    return noLimit(first, 'larger than the budget');
  const { became = unchanged } = options;
  const names = namesThere(became);
  const sides = [withProtocolOf(first, second), withProtocolOf(second, first)] as const;
  const protocols: Protocols = [sides[0].model.experiment.protocol, sides[1].model.experiment.protocol];
  const typed = [typedValid(sides[0]), typedValid(sides[1])] as const;
  const phases = [typedPhases(first.model, protocols[0]), typedPhases(second.model, protocols[1])] as const;
  const sources = compareSources(typed, phases, names.population, untilOf(protocols));
  // Definitions that differ are found without the draws.
  const early = withDrawsOf(sides[1], first, first, names, sources.equal);
  const differences = [...sources.differences, ...early.differences];
  if (differences.length > 0) return otherDraws(first, { ...sources, differences });
  if (early.others[0] !== undefined) return noLimit(first, early.others[0]);
  const frozen = await settledOrReason(sides[0]);
  if (typeof frozen === 'string') return noLimit(first, frozen);
  const { valid, others } = withDrawsOf(sides[1], first, frozen, names, sources.equal);
  const [other] = others;
  if (other !== undefined) return noLimit(first, other);
  return limitWithDraws(frozen, valid, { protocols, given: givenIn(first), drawn: sources.rows, ...options });
}

/** Returns a model with the protocol of another or a usual one, if it states none, as networks of NeuroML alone. */
function withProtocolOf(valid: ValidModel, { model: other }: ValidModel): ValidModel {
  const { experiment } = valid.model;
  if (experiment.protocol.length > 0) return valid;
  const { protocol } = other.experiment;
  const usual = protocol.length > 0 ? protocol : [{ run: compared.first }];
  return { ...valid, model: { ...valid.model, experiment: { ...experiment, protocol: usual } } };
}
