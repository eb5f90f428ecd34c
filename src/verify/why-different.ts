/**
 * The cause of a difference, measured: the model of one side runs again under each convention of simulators. If
 * possible, the spikes of the other side are the input of all cells, so that a cause shows in each of them. Otherwise
 * the runs end shortly after the first spike that differs. No cause is named that was not run.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../platform/temporary-folder.js';
import { compareRecorded, type Comparison } from '../compare/compare.js';
import { gridOf, lastTime } from '../compare/coverage.js';
import { openRecorded } from '../compare/open-recorded.js';
import type { CompareOptions } from '../compare/options.js';
import type { Train } from '../compare/measures/train.js';
import type { Recorded, RecordedTrains } from '../compare/recorded.js';
import type { TargetNotation } from '../convert/target-notations.js';
import { populationsOf } from '../model/selected.js';
import { unchanged, type Became } from '../model/rewriting/became.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { itemAt } from '../diagnostics/entry.js';
import { hypotheses, type Hypothesis } from '../library/conventions.js';
import type { ValidModel } from '../model/model.js';
import { isPhase, isRecording } from '../model/tagged.js';
import { typedValid, writtenValid } from '../model/typed-model.js';
import type { ImportedModel, RunOptions } from '../pipeline/pipeline.js';
import { eventsOf, spikesBefore } from './check-conversion.js';
import { coupledContinuously, listedSpikes, openLoop } from './open-loop.js';
import { convertWritten, readWritten } from './read-back.js';
import { runWithSpikes } from './run-with-spikes.js';

/** Agreement with the other side. */
interface Agreement {
  /** Spikes that agree, of the most that either side has. */
  readonly matched: number;
  readonly spikes: number;
  /** First difference in s; null if there is none. */
  readonly divergence: number | null;
}

/** Agreement with the other side under a convention, and without it until the same time. */
export interface Trial extends Agreement {
  readonly convention: string;
  /** Until this time in s. */
  readonly until: number;
  readonly before: Agreement;
}

/** Trials of all conventions that concern a model. */
export interface Cause {
  readonly trials: readonly Trial[];
  /** Conventions of which each removes the difference by itself. */
  readonly removes: readonly string[];
  /** Until this time in s, the difference is removed, or the conventions were tried. */
  readonly until: number;
  /** Whether the spikes of the other side were the input of all cells. */
  readonly open: boolean;
  /** Conventions that were not run, each with the reason. */
  readonly notRun: readonly { readonly convention: string; readonly reason: string }[];
}

/** Time in s that is run after the first difference. */
const after = 0.05;

/**
 * Share of the differing spikes that a cause may leave until the end: other simulators round otherwise, and networks
 * amplify it.
 */
const mostLeft = 0.02;

const unmatchedIn = ({ spikes, matched }: Agreement): number => spikes - matched;

/** Time steps, relative to that of the model, that times of spikes may show. */
const stepRatios = [10, 5, 4, 2, 1, 1 / 2, 1 / 4, 1 / 5, 1 / 10];

/** Steps that are run after the compared time, since labels of spikes may move. */
const moreSteps = 3;

/** Processor time in ms after which no further run begins. */
const mostTime = 45_000;

/** Processor time in ms that a run to the end of the recordings may take. */
const mostToEnd = 5_000;

/** Returns the processor time of this program in ms, which other programs do not lengthen. */
const now = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

type Runs = Pick<RunOptions, 'target' | 'device' | 'threads' | 'cacheDirectory' | 'onProgress' | 'signal'>;

/** A convention; null: none. */
type Way = Hypothesis | null;

/** Checks whether a convention needs a run of its own. */
const changesRun = (way: Way): boolean => way !== null && (way.apply ?? way.precision) !== undefined;

/** Spikes under conventions, or the reason why the model was not run under them. */
type Outcome = Recorded | string;

/**
 * Runs the model of the first side under other conventions and compares each run with the second side.
 *
 * @returns null if no spike differs by a step
 * @throws UsageError if the model cannot be run
 */
export async function whyDifferent(
  imported: ImportedModel,
  own: Recorded,
  other: Recorded,
  run: Runs,
  options: CompareOptions,
): Promise<Cause | null> {
  const { model } = imported.valid;
  const { dt } = model.experiment;
  // Spikes of neighbouring steps differ.
  const given: CompareOptions = { ...options, within: 0.4 * dt, matchesOnly: true };
  const agreement = (recorded: Recorded, until: number): Agreement =>
    agreementOf(compareRecorded({ ...recorded, end: until + moreSteps * dt }, other, { ...given, to: until }));
  const { divergence: first } = compareRecorded(own, other, given);
  if (!first) return null;
  const end = Math.min(own.end ?? Infinity, other.end ?? Infinity, lastSpike([own, other]) + dt);
  const folder = temporaryFolder('why');
  const sides = (name: string): Sides => ({ imported, own, other, options: run, stem: join(folder, name) });
  try {
    const opened = await openSession(sides('open'), given);
    const until = opened?.reaches(null, end) ? end : Math.min(first.time + after, end);
    return await search(opened ?? new Session(sides('closed')), { until, end, agreement });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Tries each convention. Each is a cause by itself only: two that were chosen among hundreds of pairs also remove
 * differences that no convention made.
 *
 * @param until  end of the first trials, in s
 * @param end  end of the recordings, in s
 */
async function search(
  session: Session,
  given: {
    readonly until: number;
    readonly end: number;
    readonly agreement: (recorded: Recorded, until: number) => Agreement;
  },
): Promise<Cause> {
  const { until, end, agreement } = given;
  const trials: Trial[] = [];
  const notRun: Cause['notRun'][number][] = [];
  const removing: Trial[] = [];
  const tried = async (way: Hypothesis, time: number): Promise<Trial | string> => {
    const found = await session.under(way, time);
    const own = typeof found === 'string' ? found : await session.under(null, time);
    if (typeof found === 'string') return found;
    if (typeof own === 'string') return own;
    return { convention: way.name, until: time, before: agreement(own, time), ...agreement(found, time) };
  };
  for (const way of hypotheses(session.given.imported.valid.model)) {
    const trial = await tried(way, until);
    if (typeof trial === 'string') {
      notRun.push({ convention: way.name, reason: trial });
      continue;
    }
    const whole = trial.divergence === null && session.reaches(way, end) ? await tried(way, end) : trial;
    if (typeof whole === 'string') continue;
    trials.push(whole);
    if (trial.divergence === null && unmatchedIn(whole) <= mostLeft * unmatchedIn(whole.before)) removing.push(whole);
  }
  const longest = removing.reduce((most, trial) => Math.max(most, trial.until), until);
  return {
    trials,
    removes: removing
      .filter((trial) => trial.until === longest)
      .toSorted((a, b) => unmatchedIn(a) - unmatchedIn(b))
      .map(({ convention }) => convention),
    until: longest,
    open: session.inputs !== undefined,
    notRun,
  };
}

/** A model and both sides, and how it runs. */
interface Sides {
  readonly imported: ImportedModel;
  readonly own: Recorded;
  readonly other: Recorded;
  readonly options: Runs;
  /** Beginning of the paths of files with runs. */
  readonly stem: string;
}

/** Spikes of each cell of a population, in s. */
type Trains = readonly (readonly number[])[];

/** Runs of a model under conventions, each of them once. */
class Session {
  readonly #runs = new Map<string, { readonly until: number; readonly outcome: Outcome }>();
  readonly #begin = now();

  /** @param inputs  spikes in place of those of populations that projections transmit; absent: the loop is closed */
  constructor(
    readonly given: Sides,
    readonly inputs?: ReadonlyMap<string, Trains>,
    /** The longest run so far, in ms for each s of the model. */
    public pace = 0,
  ) {}

  /** Checks whether a run has the given inputs: written models and cells in another order have none. */
  #isOpen(way: Way): boolean {
    return this.inputs !== undefined && !way?.document && !way?.renumbers;
  }

  /** Checks whether a run until a time takes seconds only. */
  reaches(way: Way, until: number): boolean {
    return !this.#needsRun(way) || until * this.pace < mostToEnd;
  }

  #needsRun = (way: Way): boolean => this.#isOpen(way) || changesRun(way);

  /** Returns the spikes under a convention, or without one, until a time in s. */
  async under(way: Way, until: number): Promise<Outcome> {
    const { own, other, imported } = this.given;
    const key = way?.name ?? '';
    const known = this.#runs.get(key);
    const outcome = !this.#needsRun(way)
      ? own
      : known && (known.until >= until || typeof known.outcome === 'string')
        ? known.outcome
        : await this.#run(way, until);
    if (this.#needsRun(way)) this.#runs.set(key, { until: Math.max(until, known?.until ?? 0), outcome });
    if (typeof outcome === 'string') return outcome;
    const { dt } = imported.valid.model.experiment;
    const by = (way?.labels ?? 0) * dt;
    const moved = outcome.trains.map((recordedTrains) => ({
      ...recordedTrains,
      trains: recordedTrains.trains.map((train) => (by === 0 ? train : train.map((time) => time + by))),
    }));
    if (!way?.renumbers) return { ...outcome, trains: moved };
    return { ...outcome, trains: pairedBySpikes(moved, other.trains, dt, until) };
  }

  async #run(way: Way, until: number): Promise<Outcome> {
    const { imported, own, other, options, stem } = this.given;
    const seed = other.record?.seed;
    const dt =
      other.record?.dt ??
      other.dt ??
      gridOf(
        other,
        stepRatios.map((by) => by * imported.valid.model.experiment.dt),
      );
    const run = { ...(seed === undefined ? {} : { seed }), ...(dt === 0 ? {} : { dt }) };
    let valid: ValidModel = imported.valid;
    let became = unchanged;
    const written = way?.document && now() - this.#begin < mostTime ? await writtenIn(way.document, valid) : undefined;
    if (written) ({ valid, became } = written);
    else {
      const made = await way?.apply?.(typedValid(valid), run);
      if (typeof made === 'string') return made;
      if (made) valid = writtenValid(made.valid);
    }
    const usual = own.record?.precision ?? 'float64';
    const precision = way?.precision ?? usual;
    const isOpen = this.#isOpen(way);
    if (!isOpen && !way?.apply && precision === usual) return 'the model was run in this precision';
    if (isOpen) {
      valid = opened(valid, this.inputs!, (way?.labels ?? 0) * imported.valid.model.experiment.dt);
    }
    const recordings = valid.model.recordings.filter((recording) => isRecording(recording, 'events'));
    if (now() - this.#begin > mostTime) return `it was left out after ${mostTime / 1000} s`;
    const begin = now();
    try {
      const { outputs } = await runWithSpikes(
        { ...imported, valid: { ...valid, model: { ...valid.model, recordings } } },
        {
          ...options,
          outputs: [`${stem}-${this.#runs.size}-${Math.round(until / valid.model.experiment.dt)}.csv`],
          stopAfter: Math.ceil(until / valid.model.experiment.dt) + moreSteps,
          precision,
        },
      );
      const found = await openRecorded(itemAt(outputs, 0));
      this.pace = Math.max(this.pace, (now() - begin) / until);
      // Runs list the spikes of all populations.
      const trains = joinedTrains(found.trains, imported.valid, valid, became).filter((train) =>
        own.trains.some((known) => areOfOne(train, known)),
      );
      return trains.length > 0 ? { ...found, trains } : 'no population of the run has the name of one of the model';
    } catch (error) {
      if (error instanceof DiagnosticError) return error.diagnostics[0]?.message ?? error.message;
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  }
}

/** Returns spikes of the populations with cells that project, by population; undefined if a recording lacks some. */
function inputsOf({ model }: ValidModel, { trains }: Recorded): ReadonlyMap<string, Trains> | undefined {
  const inputs = new Map<string, Trains>();
  for (const population of Object.values(model.projections).flatMap(({ from }) => populationsOf(from.of))) {
    const { type, size = 0 } = model.populations[population] ?? {};
    if (type === undefined) continue;
    const found = trains.find((one) => one.population === population && one.event === 'spike');
    if (!found || found.ids.some((id) => id < 0 || id >= size)) return undefined;
    const byId = new Map(found.ids.map((id, k) => [id, itemAt(found.trains, k)]));
    inputs.set(
      population,
      Array.from({ length: size }, (_, cell) => Array.from(byId.get(cell) ?? [])),
    );
  }
  return inputs;
}

/** Share of a step by which rounding moves the time of a spike in a file. */
const rounded = 0.05;

/** Opens the loop of a model. @param shift  time in s by which the other side labels spikes later */
function opened(valid: ValidModel, inputs: ReadonlyMap<string, Trains>, shift: number): ValidModel {
  const { dt } = valid.model.experiment;
  const onGrid = (time: number): number => {
    const step = Math.round(time / dt);
    return Math.abs(time / dt - step) < rounded ? step * dt : time;
  };
  const given = [...inputs].map(
    ([population, trains]) =>
      [
        population,
        listedSpikes(trains.map((train) => train.map((time) => onGrid(time - shift)).filter((time) => time >= 0))),
      ] as const,
  );
  return openLoop(valid, new Map(given));
}

/**
 * Returns a session in which the spikes of the other side are the input of all cells; undefined if these are not all
 * recorded, if cells are coupled otherwise, or if the model's own spikes as inputs do not give its own spikes.
 */
async function openSession(sides: Sides, { cells, to: _, ...given }: CompareOptions): Promise<Session | undefined> {
  const { imported, own, other } = sides;
  const { valid } = imported;
  const { protocol, dt } = valid.model.experiment;
  if (protocol.some((phase) => isPhase(phase, 'reset') || isPhase(phase, 'restore'))) return undefined;
  if (cells && !(cells.by === 'id' && cells.shift === 0)) return undefined;
  if (coupledContinuously(valid, eventsOf(valid) ?? new Map()).size > 0) return undefined;
  const [inputs, ownInputs] = [inputsOf(valid, other), inputsOf(valid, own)];
  if (!inputs || !ownInputs || inputs.size === 0) return undefined;
  const until = own.end ?? lastSpike([own]) + dt;
  const check = new Session({ ...sides, stem: `${sides.stem}-own` }, ownInputs);
  const again = check.reaches(null, until) ? await check.under(null, until) : '';
  if (typeof again === 'string') return undefined;
  const { divergence } = compareRecorded({ ...again, end: until + moreSteps * dt }, own, { ...given, to: until });
  return divergence ? undefined : new Session(sides, inputs, check.pace);
}

/** Most cells of a model that is written in another notation. */
const mostWritten = 1000;

/**
 * Returns a model as a document of a notation is read, with the statement on its parts; undefined for incomplete and
 * large documents.
 */
async function writtenIn(
  notation: TargetNotation,
  valid: ValidModel,
): Promise<{ readonly valid: ValidModel; readonly became: Became } | undefined> {
  const sizes = Object.values(valid.model.populations).map(({ size }) => size);
  if (sizes.reduce((sum, size) => sum + size, 0) > mostWritten) return undefined;
  try {
    const converted = await convertWritten(valid, notation);
    if (converted.outcome === 'incomplete') return undefined;
    return { valid: (await readWritten(converted, notation)).valid, became: converted.became };
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Adds the populations whose cells became several populations in a conversion. */
function joinedTrains(
  all: readonly RecordedTrains[],
  { model: source }: ValidModel,
  { model: target }: ValidModel,
  became: Became,
): readonly RecordedTrains[] {
  const found = new Map(all.map(({ population, trains }) => [population, trains.map((train) => [...train])]));
  const names = new Set(found.keys());
  const added = [...spikesBefore(found, source, target, became)].filter(([name]) => !names.has(name));
  return [
    ...all,
    ...added.map(([population, trains]) => ({
      population,
      event: 'spike',
      ids: trains.map((_, id) => id),
      trains: trains.map((train) => Float64Array.from(train)),
      listsSilent: true,
    })),
  ];
}

const areOfOne = (first: RecordedTrains, second: RecordedTrains): boolean =>
  first.population === second.population && first.event === second.event;

const lastSpike = (all: readonly Recorded[]): number =>
  Math.max(...all.map(({ trains }) => lastTime({ trains, signals: [] })));

function agreementOf({ populations, divergence }: Comparison): Agreement {
  const sum = (of: (population: Comparison['populations'][number]) => number): number =>
    populations.reduce((all, population) => all + of(population), 0);
  return {
    matched: sum(({ matched }) => matched),
    spikes: Math.max(
      sum(({ spikes }) => spikes[0]),
      sum(({ spikes }) => spikes[1]),
    ),
    divergence: divergence?.time ?? null,
  };
}

/**
 * Gives each train the identifier of an equal train of the other side, and the others the identifiers that are left.
 */
function pairedBySpikes(
  own: readonly RecordedTrains[],
  other: readonly RecordedTrains[],
  dt: number,
  until: number,
): readonly RecordedTrains[] {
  const keyOf = (train: Train): string =>
    Array.from(
      train.filter((time) => time < until),
      (time) => Math.round(time / dt),
    ).join();
  return own.map((recordedTrains) => {
    const [partner] = other.filter(
      ({ population, event }) =>
        event === recordedTrains.event && (population === recordedTrains.population || other.length === 1),
    );
    if (!partner) return recordedTrains;
    const free = new Map<string, number[]>();
    partner.trains.forEach((train, k) => {
      const key = keyOf(train);
      if (key !== '') free.set(key, [...(free.get(key) ?? []), itemAt(partner.ids, k)]);
    });
    const taken = recordedTrains.trains.map((train) => free.get(keyOf(train))?.shift());
    const used = new Set(taken);
    const rest = [...new Set([...recordedTrains.ids, ...partner.ids])].filter((id) => !used.has(id));
    const trains = recordedTrains.trains.map((train, k) => ({ id: taken[k] ?? rest.shift()!, train }));
    const sorted = trains.toSorted((a, b) => a.id - b.id);
    return { ...recordedTrains, ids: sorted.map(({ id }) => id), trains: sorted.map(({ train }) => train) };
  });
}
