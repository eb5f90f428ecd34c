/** Measures a conversion: the written files are read without the model that they carry, and both models run. */

import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { connectionsOf, countOf } from '../draw/drawing-cost.js';
import { hashModel } from '../model/hash.js';
import { randomSources } from '../convert/freeze.js';
import type { Recording, ValidModel } from '../model/model.js';
import { drawnParts } from '../model/drawn-parts.js';
import { remainingDraws } from '../model/remaining-draws.js';
import { endOf } from '../model/tagged.js';
import { typedModel } from '../model/typed-model.js';
import { asItsScriptRuns } from '../library/simulators/source-setup.js';
import { withFormulas } from '../convert/with-formulas.js';
import type { ConvertedModel, TargetNotation } from '../convert/convert.js';
import { targetOf } from '../convert/target-notations.js';
import type { Notation } from '../pipeline/read/notation.js';
import type { LawComparison } from './drawn-sources.js';
import {
  isLarger,
  comparedSources,
  noLimit,
  otherDraws,
  reasonOf,
  settledOrReason,
  withNumbersOf,
  type Limit,
  type LimitOptions,
  type WrittenModel,
} from './limit.js';
import { cellsOf, listedIn, workIn } from './limit-work.js';
import { limitWithDraws } from './limit-with-draws.js';
import { openPart } from './open-pair.js';
import { compared, agreementsAtOwnStep, tooLarge, type OwnStep } from './own-step.js';
import { lacksSpikes } from './random-inputs.js';
import { convertWritten, notationRead, readBack, type HowToConvert } from './read-back.js';

/** Result of measuring a conversion: the agreement of the simulators that agree least, at the model's own step. */
export interface Measurement extends Omit<OwnStep, 'verdict'> {
  readonly verdict: 'exact' | OwnStep['verdict'];
  /** Agreement of other simulators. */
  readonly others?: readonly OwnStep[];
  /** Verdict in the limit of small steps, with the draws of the model in both; absent: not decided. */
  readonly limit?: Limit;
}

/** Returns the agreements of a measurement, the simulators that agree least first. */
export const ownSteps = ({ verdict, reason, check, between, others = [] }: Measurement): readonly OwnStep[] =>
  verdict === 'exact' ? [] : [{ verdict, reason, check, between } as OwnStep, ...others];

/** How to measure. */
interface MeasureOptions extends HowToConvert {
  /** Whether all of the model's time is run, without a budget and with the draws of each side. */
  readonly whole?: boolean;
  /** Seconds of a usual processor for the verdict in the limit of small steps; absent: ten. */
  readonly seconds?: number | undefined;
  /** Notation of the model: its simulators run it. Absent: it runs as it is. */
  readonly from?: Notation;
  /** When it aborts, the measurement stops and throws. */
  readonly signal?: AbortSignal;
}

/** Limits of a measurement without the user's request. */
const budget = {
  cells: 50_000,
  pairs: 2e7,
  listedSynapses: 1e6,
  writtenSynapses: 5e3,
  listedSpikes: 3e5,
  characters: 5e6,
} as const;

const notMeasured = (reason: string): Measurement => ({ verdict: 'not measured', reason });

/** Returns the verdict on written files, from running them and the model. */
export async function measure(
  model: ValidModel,
  to: TargetNotation,
  converted: ConvertedModel,
  { whole = false, from, seconds, signal, ...how }: MeasureOptions = {},
): Promise<Measurement> {
  const given = withFormulas(model);
  const limited = { ...(signal ? { signal } : {}), ...(seconds === undefined ? {} : { seconds }) };
  if (to === 'canonical') return { verdict: 'exact' };
  const { notRun, keepsSetup } = targetOf(to);
  if (notRun && !(notRun.ofSpikes === true && lacksSpikes(model))) return notMeasured(notRun.reason);
  if (converted.files.length === 0) return notMeasured('nothing is written');
  const source = keepsSetup ? given : asItsScriptRuns(given);
  const valid = withDuration(source);
  // Shorter steps do not undo what the simulator of a script makes of its setup.
  const known = new Map<ValidModel, Promise<WrittenModel>>();
  const written = (frozen: ValidModel): Promise<WrittenModel> => {
    const made = known.get(frozen) ?? writtenAgain(frozen, to, converted, how);
    known.set(frozen, made);
    return made;
  };
  const draws = drawnParts(valid.model).length + remainingDraws(typedModel(valid.model)).length > 0;
  const frozenModel = once(async () => (draws ? settledOrReason(valid) : valid));
  const limits = async (target?: ValidModel): Promise<Pick<Measurement, 'limit'>> =>
    source === given
      ? { limit: await limitOfWritten(valid, target, { converted, frozenModel, written, draws, limited }) }
      : {};
  try {
    if (!whole && isTooLarge(valid)) return tooLarge;
    if (!whole && isLongDocument(converted)) return { ...tooLarge, ...(await limits()) };
    const again = await readBack(given, to, { converted, ...how });
    if (hashModel(source.model).experiment === hashModel(again.model).experiment) return { verdict: 'exact' };
    const target = withDuration(again);
    const limit = await limits(target);
    signal?.throwIfAborted();
    const refusedBy = converted.report.flatMap((entry) => entry.refusedBy ?? []);
    const sides = draws && !whole ? await drawnSides(valid, frozenModel, written) : undefined;
    const { became } = sides?.target ?? converted;
    const options = { became, whole, refusedBy, ...(from === undefined ? {} : { from }) };
    const [own, other] = [sides?.source ?? withDuration(given), sides?.target.valid ?? target];
    const [first = tooLarge, ...others] = await agreementsAtOwnStep(own, other, to, options);
    return { ...first, ...limit, ...(others.length === 0 ? {} : { others }) };
  } catch (error) {
    if (error instanceof DiagnosticError)
      return notMeasured(`it cannot run here: ${error.diagnostics[0]?.message ?? error.message}`);
    if (error instanceof UsageError) return notMeasured(`it cannot run here: ${error.message}`);
    throw error;
  }
}

/** A notation that does not list the draws of a model. */
class UnlistedDraws extends UsageError {}

/** Returns the same conversion of a model with its draws made. @throws UnlistedDraws */
async function writtenAgain(
  frozen: ValidModel,
  to: TargetNotation,
  converted: ConvertedModel,
  how: HowToConvert,
): Promise<WrittenModel> {
  const again = await convertWritten(frozen, to, { ...how, freeze: false });
  if (again.files.length === 0 || (again.outcome === 'incomplete' && converted.outcome !== 'incomplete'))
    throw new UnlistedDraws('the notation cannot list the draws of the model');
  const { became } = again;
  return { valid: withDuration(await readBack(frozen, notationRead(to), { converted: again })), became };
}

/** Returns both sides with the draws of the model; undefined if they are too many, or cannot be listed. */
async function drawnSides(
  valid: ValidModel,
  frozenModel: () => Promise<ValidModel | string>,
  written: (frozen: ValidModel) => Promise<WrittenModel>,
): Promise<{ readonly source: ValidModel; readonly target: WrittenModel } | undefined> {
  if (synapsesOf(valid) > budget.writtenSynapses || isLarger(valid, workIn(undefined))) return undefined;
  const source = await frozenModel();
  if (typeof source === 'string' || remainingDraws(typedModel(source.model)).length > 0) return undefined;
  try {
    return { source, target: await written(source) };
  } catch (error) {
    if (error instanceof UnlistedDraws) return undefined;
    throw error;
  }
}

/** Returns a function that computes a value when it is first needed. */
function once<T>(compute: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => (found ??= compute());
}

/**
 * Returns the verdict on a model with its draws made, or some of its cells with the loop open, and the same conversion
 * of it.
 *
 * @param target  model that was written; absent: it is too long to be read
 */
async function limitOfWritten(
  valid: ValidModel,
  target: ValidModel | undefined,
  {
    converted,
    frozenModel,
    written,
    draws,
    limited,
  }: {
    readonly converted: ConvertedModel;
    readonly frozenModel: () => Promise<ValidModel | string>;
    readonly written: (frozen: ValidModel) => Promise<WrittenModel>;
    readonly draws: boolean;
    readonly limited: Pick<LimitOptions, 'seconds' | 'signal'>;
  },
): Promise<Limit> {
  const work = workIn(limited.seconds);
  if (synapsesOf(valid) > budget.listedSynapses || isLarger(valid, work))
    return noLimit(valid, 'larger than the budget');
  const frozen = await frozenModel();
  if (typeof frozen === 'string') return noLimit(valid, frozen);
  const until = isChanging(frozen) ? endOf(frozen.model.experiment.protocol) : 0;
  const laws = draws ? await writtenLaws(valid, target, converted, { written, frozen }) : undefined;
  if (laws && laws.differences.length > 0) return otherDraws(valid, laws);
  const decide = async (source: ValidModel, { valid: other, became }: WrittenModel): Promise<Limit> =>
    limitWithDraws(source, other, { became, written, until, drawn: laws?.rows ?? [], ...limited });
  /** @param most  work of all cells from which on some of them are compared */
  const decideByPart = async (most: number): Promise<Limit | undefined> => {
    const part = await openPart(frozen, most, limited.signal);
    if (part && target === undefined && synapsesOf(part.valid) > budget.writtenSynapses)
      return noLimit(valid, 'larger than the budget');
    return part && withNumbersOf(part.taken, await decide(part.valid, await written(part.valid)), valid.model);
  };
  try {
    if (target !== undefined && !draws) return await decide(frozen, { valid: target, became: converted.became });
    const found = await decideByPart(target === undefined || isLarger(frozen, work) ? 0 : work);
    return found ?? (await decide(frozen, await written(frozen)));
  } catch (error) {
    if (!(error instanceof UnlistedDraws)) return noLimit(valid, reasonOf(error));
  }
  try {
    return (await decideByPart(0))!;
  } catch (error) {
    return noLimit(valid, reasonOf(error));
  }
}

/**
 * Returns how the document draws or lists the spikes of sources; undefined without such sources. The sources of a
 * document that is too long to be read are written again, without the network.
 */
async function writtenLaws(
  valid: ValidModel,
  target: ValidModel | undefined,
  { became }: ConvertedModel,
  { written, frozen }: { readonly written: (model: ValidModel) => Promise<WrittenModel>; readonly frozen: ValidModel },
): Promise<LawComparison | undefined> {
  const names = randomSources(typedModel(valid.model));
  if (names.length === 0) return undefined;
  const { model, data } = valid;
  const isSource = (name: string): boolean => names.includes(name);
  const populations = Object.fromEntries(Object.entries(model.populations).filter(([name]) => isSource(name)));
  const recordings = names.map((population): Recording => ({ of: { population }, events: 'spike', name: population }));
  const alone = { ...model, populations, projections: {}, stimuli: {}, operations: {}, recordings };
  const other = target ? { valid: target, became } : await written({ model: alone, data });
  return comparedSources(valid, other.valid, other.became, frozen);
}

/** Checks whether inputs or values of a model can change at any time. */
const isChanging = ({ model: { stimuli, operations, populations, experiment } }: ValidModel): boolean =>
  Object.keys({ ...stimuli, ...operations }).length > 0 ||
  Object.values(populations).some(({ spikes }) => spikes !== undefined) ||
  experiment.protocol.length > 1;

/** Returns a model that runs for as long as is measured, if it states no duration. */
function withDuration(valid: ValidModel): ValidModel {
  const { model } = valid;
  if (model.experiment.protocol.length > 0) return valid;
  return { ...valid, model: { ...model, experiment: { ...model.experiment, protocol: [{ run: compared.seconds }] } } };
}

/** Checks sizes before anything is drawn or compiled. */
const isTooLarge = (valid: ValidModel): boolean =>
  cellsOf(valid) > budget.cells || listedIn(valid) > budget.listedSpikes || pairsOf(valid) > budget.pairs;

/** Checks whether the written files take long to be read. */
function isLongDocument({ files }: ConvertedModel): boolean {
  let characters = 0;
  for (const { bytes, pieces, text } of files)
    for (const piece of bytes ? [bytes] : (pieces ?? [text])) {
      characters += piece.length;
      if (characters > budget.characters) return true;
    }
  return false;
}

/** Returns the expected number of synapses of a model. */
function synapsesOf(valid: ValidModel): number {
  const model = typedModel(valid.model);
  const size = (rule: Parameters<typeof countOf>[0]): number => countOf(rule, { model, data: valid.data });
  return Object.values(model.projections).reduce(
    (sum, projection) => sum + connectionsOf(projection, size).synapses,
    0,
  );
}

/** Returns the number of pairs of cells that a model's rules may connect. */
function pairsOf(valid: ValidModel): number {
  const model = typedModel(valid.model);
  const typed = { model, data: valid.data };
  return Object.values(model.projections).reduce((sum, projection) => {
    const size = (rule: typeof projection.from.of): number => countOf(rule, typed);
    const isListed = projection.connect.every(({ rule }) => rule === 'list' || rule === 'oneToOne');
    return (
      sum + (isListed ? connectionsOf(projection, size).synapses : size(projection.from.of) * size(projection.to.of))
    );
  }, 0);
}
