/**
 * Spikes at a model's own step: the source as its simulators run it, and what is written as the simulators of its
 * notation do. Both run here, by the conventions and deviations that `src/library/simulators` states.
 */

import { targetOf, targetsOf, type TargetNotation } from '../convert/target-notations.js';
import type { Simulator } from '../library/simulators/names.js';
import { asComputedBy, runnersOf, simulators, type Script } from '../library/simulators/simulators.js';
import { asItsScriptRuns, scriptSimulator } from '../library/simulators/source-setup.js';
import { hashModel } from '../model/hash.js';
import type { Recording, ValidModel } from '../model/model.js';
import type { Became } from '../model/rewriting/became.js';
import { isRecording } from '../model/tagged.js';
import { typedValid, writtenValid } from '../model/typed-model.js';
import type { Notation } from '../pipeline/read/notation.js';
import { comparedTime, compareWritten, type ConversionCheck } from './check-conversion.js';
import { agreements, type Agreement } from './compare-spikes.js';
import { listedIn, operations, operationsOf, partsOf, workIn } from './limit-work.js';
import { withRandomInputs } from './random-inputs.js';
import { isCompiled, movesEarlySpikes } from './read-back.js';

/** Agreement of both runs at the model's own step. */
export interface OwnStep {
  readonly verdict: 'not measured' | Agreement;
  /** Reason why there is none. */
  readonly reason?: string;
  /** Comparison of both runs. */
  readonly check?: ConversionCheck;
  /** Names of the simulators of both sides, and of inputs that neither model has; absent: none. */
  readonly between?: string;
}

/** Time in s that is run first, and the longest that is run if too few spikes decide. */
export const compared = { seconds: 0.2, longest: 1 } as const;

/** Seconds of a usual processor for a comparison without the user's request. */
const usualSeconds = 2;

/** A model as some simulators compute it. */
interface Computed {
  readonly valid: ValidModel;
  /** Absent: interneuron runs it as it is. */
  readonly by: readonly Simulator[];
}

/**
 * Returns the agreement of each pair of simulators that compute something else, the least close first.
 *
 * @param from  notation of the source; absent: it runs as it is
 * @param options.whole  whether all of the model's time is run, without a budget
 */
export async function agreementsAtOwnStep(
  given: ValidModel,
  writtenModel: ValidModel,
  to: TargetNotation,
  {
    from,
    became,
    whole,
    refusedBy = [],
  }: {
    readonly from?: Notation;
    readonly became: Became;
    readonly whole: boolean;
    /** Simulators that do not run what is written. */
    readonly refusedBy?: readonly string[];
  },
): Promise<readonly OwnStep[]> {
  const found: OwnStep[] = [];
  const [source, target] = [given, writtenModel].map((one) => withRandomInputs(one, compared.seconds)) as [
    ValidModel,
    ValidModel,
  ];
  for (const [own, written] of await pairsOf(source, target, to, { from, refusedBy })) {
    const check = whole
      ? await compareWritten(own.valid, written.valid, { became })
      : await compareFirst(own.valid, written.valid, became);
    const inputs = source === given ? [] : ['random spikes as input'];
    const between = [betweenOf(own, written) ?? [], inputs].flat().join(', ');
    found.push({ ...(check ? graded(check) : tooLarge), ...(between === '' ? {} : { between }) });
  }
  const rank = ({ verdict }: OwnStep): number => (verdict === 'not measured' ? 1 : -agreements.indexOf(verdict));
  return found.sort((a, b) => rank(a) - rank(b));
}

const notMeasured = (reason: string): OwnStep => ({ verdict: 'not measured', reason });

export const tooLarge = notMeasured('larger than the budget (--check runs all of it)');

/**
 * Returns both sides as their simulators compute them, each pair once. A simulator that runs both is compared with
 * itself.
 */
async function pairsOf(
  source: ValidModel,
  target: ValidModel,
  to: TargetNotation,
  { from, refusedBy }: { readonly from: Notation | undefined; readonly refusedBy: readonly string[] },
): Promise<readonly (readonly [Computed, Computed])[]> {
  const script = scriptSimulator(source.model);
  const candidates =
    from === undefined ? [] : [...new Set(targetsOf(from).flatMap((one) => targetOf(one).runBy ?? []))];
  const ofSource = (from !== undefined && script ? [script] : runnersOf(source.model, candidates)).filter(isModelled);
  const { runBy = [], keepsSetup = false } = targetOf(to);
  const ofTarget = (isCompiled(to) ? runBy : runnersOf(target.model, runBy)).filter(
    (name) => isModelled(name) && !refusedBy.includes(name),
  );
  const own = (await computed(source, ofSource, {})).map((one) =>
    keepsSetup ? one : { ...one, valid: asItsScriptRuns(one.valid) },
  );
  const written = isCompiled(to)
    ? [{ valid: target, by: ofTarget }]
    : await computed(target, ofTarget, { movesEarlySpikes: movesEarlySpikes(source) });
  const shared = ofSource.filter((name) => ofTarget.includes(name));
  if (shared.length === 0) return own.flatMap((one) => written.map((other) => [one, other] as const));
  const sideOf = (side: readonly Computed[], name: Simulator): Computed => side.find(({ by }) => by.includes(name))!;
  const pairs = new Map<string, readonly [Computed, Computed]>();
  for (const name of shared) {
    const [one, other] = [sideOf(own, name), sideOf(written, name)];
    const key = `${own.indexOf(one)} ${written.indexOf(other)}`;
    const by = [...(pairs.get(key)?.[0].by ?? []), name];
    pairs.set(key, [
      { ...one, by },
      { ...other, by },
    ]);
  }
  return [...pairs.values()];
}

/** Checks whether the own step of a simulator is modelled. No line names another one that was not run. */
const isModelled = (name: Simulator): boolean => simulators[name].deviatesOtherwise !== true;

/** Returns a model as each of some simulators computes it, equal ones together. */
async function computed(valid: ValidModel, names: readonly Simulator[], script: Script): Promise<readonly Computed[]> {
  const found = new Map<string, Computed>();
  for (const name of names) {
    const deviates = simulators[name].computes.length > 0;
    const made = deviates ? writtenValid(await asComputedBy(name, typedValid(valid), script)) : valid;
    const { experiment } = hashModel(made.model);
    const known = found.get(experiment);
    found.set(experiment, { valid: known?.valid ?? made, by: [...(known?.by ?? []), name] });
  }
  return found.size === 0 ? [{ valid, by: [] }] : [...found.values()];
}

/** Returns the names of the simulators of both sides, once if they are the same. */
function betweenOf(...sides: readonly [Computed, Computed]): string | undefined {
  if (sides.every(({ by }) => by.length === 0)) return undefined;
  const [own, written] = sides.map(({ by }) =>
    by.length === 0 ? 'interneuron' : by.map((name) => simulators[name].title).join(' and '),
  );
  return own === written ? own : `${own} → ${written}`;
}

/**
 * Compares the first part of both runs, and without spikes a longer part within the budget. If there are no recorded
 * variables either, it compares the first state variable of each population.
 *
 * @returns undefined if the first part is larger than the budget
 */
async function compareFirst(
  source: ValidModel,
  target: ValidModel,
  became: Became,
): Promise<ConversionCheck | undefined> {
  const compare = async (own: ValidModel, seconds: number): Promise<ConversionCheck | undefined> => {
    const share = workOfRuns(own, target, seconds) / workIn(usualSeconds);
    return share > 1 ? undefined : compareWritten(own, target, { target: 'wasm', became, seconds });
  };
  const isOpen = ({ failure, spikes }: ConversionCheck): boolean =>
    failure === undefined && spikes[0] + spikes[1] === 0;
  const first = await compare(source, compared.seconds);
  if (!first || !isOpen(first)) return first;
  const seconds = Math.min(compared.longest, comparedTime(source.model));
  const longer = seconds > compared.seconds ? ((await compare(source, seconds)) ?? first) : first;
  const recorded = recordingStates(source);
  return !isOpen(longer) || recorded === source ? longer : ((await compare(recorded, seconds)) ?? longer);
}

/** Returns the operations of running two models for a time in s. They make every machine run the same. */
const workOfRuns = (source: ValidModel, target: ValidModel, seconds: number): number =>
  [source, target].reduce((sum, valid) => {
    const time = comparedTime(valid.model, seconds);
    const steps = time / valid.model.experiment.dt;
    const { listed, part } = operations;
    return sum + steps * operationsOf(valid) + listedIn(valid) * listed + partsOf(valid) * part;
  }, 0);

/** Returns a model that records the first state variable of each population, if it records no variables. */
function recordingStates(valid: ValidModel): ValidModel {
  const { model } = valid;
  if (model.recordings.some((recording) => isRecording(recording, 'variables'))) return valid;
  const states = Object.entries(model.populations).flatMap(([population, { type = '' }]): Recording[] => {
    const { compartments, state = {} } = model.neurons[type] ?? {};
    const [variable] = compartments === undefined ? Object.keys(state) : ['v'];
    return variable === undefined ? [] : [{ of: { population }, variables: [variable], name: `check_${population}` }];
  });
  return states.length === 0 ? valid : { ...valid, model: { ...model, recordings: [...model.recordings, ...states] } };
}

/** Returns the verdict of a comparison of both runs. */
export function graded(check: ConversionCheck): OwnStep {
  const { failure, grade, absent, populations, spikes } = check;
  if (failure !== undefined) return { ...notMeasured(failure), check };
  const lost = absent.filter((name) => !name.includes('.'));
  if (lost.length > 0)
    return { ...notMeasured(`no population has the name of ${lost.join(', ')} after conversion`), check };
  if (grade !== undefined) return { verdict: grade, check };
  if (check.drawnAnew !== undefined) return { ...notMeasured('each side draws its own numbers'), check };
  const silent = populations.length > 0 && spikes[0] + spikes[1] === 0;
  return { ...notMeasured(`${silent ? 'no spikes, and ' : ''}no recorded variable to compare`), check };
}
