/**
 * The cause of a difference, measured: the model of one side runs again under each convention of simulators, until
 * shortly after the first spike that differs. No cause is named that was not run.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../runtime/results/temporary-folder.js';
import { compareRecorded, type Comparison } from '../compare/compare.js';
import { gridOf } from '../compare/coverage.js';
import { openRecorded } from '../compare/open-recorded.js';
import type { CompareOptions } from '../compare/options.js';
import type { Train } from '../compare/measures/train.js';
import type { Recorded, RecordedTrains } from '../compare/recorded.js';
import type { TargetNotation } from '../convert/target-notations.js';
import { unchanged, type Became } from '../model/rewriting/became.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { itemAt } from '../diagnostics/entry.js';
import { hypotheses, type Hypothesis } from '../library/conventions.js';
import type { ValidModel } from '../model/model.js';
import { isRecording } from '../model/tagged.js';
import { typedValid, writtenValid } from '../model/typed-model.js';
import type { ImportedModel, RunOptions } from '../pipeline/pipeline.js';
import { spikesBefore } from './check-conversion.js';
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
  /** Conventions that remove the difference together; empty if none does. */
  readonly removes: readonly string[];
  /** Other conventions of which each removes the difference by itself. */
  readonly others: readonly string[];
  /** Until this time in s, the difference is removed, or the conventions were tried. */
  readonly until: number;
  /**
   * Time in s of the next difference, which none of the conventions removes; null if there is none or none was found.
   */
  readonly later: number | null;
  /** Conventions that were not run, each with the reason. */
  readonly notRun: readonly { readonly convention: string; readonly reason: string }[];
}

/** Time in s that is run after the first difference. */
const after = 0.05;

/** Conventions that are tried in pairs if none removes the difference. */
const mostPaired = 5;

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

/** Conventions that remove the first difference. */
interface Removal {
  readonly ways: readonly Hypothesis[];
  /** Until this time in s, spikes were compared. */
  readonly until: number;
  /** Next difference in s; null if there is none until then. */
  readonly next: number | null;
}

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
  const given: CompareOptions = { ...options, within: 0.4 * dt, measures: 'matches' };
  const agreement = (recorded: Recorded, until: number): Agreement =>
    agreementOf(compareRecorded({ ...recorded, end: until + moreSteps * dt }, other, { ...given, to: until }));
  const { divergence: first } = compareRecorded(own, other, given);
  if (!first) return null;
  const end = Math.min(own.end ?? Infinity, other.end ?? Infinity, lastSpike([own, other]) + dt);
  const folder = temporaryFolder('why');
  const session = new Session(imported, own, other, run, folder);
  const trials: Trial[] = [];
  /** Compares under conventions until a time, and lists the trial. */
  const tried = async (ways: readonly Hypothesis[], until: number): Promise<Trial | string> => {
    const found = await session.under(ways, until);
    if (typeof found === 'string') return found;
    return {
      convention: ways.map(({ name }) => name).join(', and '),
      until,
      before: agreement(own, until),
      ...agreement(found, until),
    };
  };
  /** Compares until the end of the recordings, if that takes seconds. */
  const checkLater = async (ways: readonly Hypothesis[], until: number): Promise<Pick<Removal, 'until' | 'next'>> => {
    const found = session.reaches(ways, end) ? await tried(ways, end) : '';
    return typeof found === 'string' ? { until, next: null } : { until: end, next: found.divergence };
  };

  try {
    const notRun: Cause['notRun'][number][] = [];
    const all = hypotheses(model);
    const labels = all.filter((way) => way.labels !== undefined);
    let until = Math.min(first.time + after, end);
    let base: readonly Hypothesis[] = [];
    for (;;) {
      const found = new Map<readonly Hypothesis[], Trial>();
      const removing: Removal[] = [];
      const attempt = async (ways: readonly Hypothesis[]): Promise<void> => {
        const trial = await tried(ways, until);
        if (typeof trial === 'string') {
          if (base.length === 0 && ways.length === 1) notRun.push({ convention: itemAt(ways, 0).name, reason: trial });
          return;
        }
        found.set(ways, trial);
        if (trial.divergence === null) removing.push({ ways, ...(await checkLater(ways, until)) });
      };
      for (const way of all) if (!base.includes(way)) await attempt([...base, way]);
      trials.push(...found.values());
      if (removing.length === 0) {
        // Labels move without a run, so they are tried with every run.
        const shifted = (ways: readonly Hypothesis[]): readonly (readonly Hypothesis[])[] =>
          ways.some((way) => way.labels) ? [] : labels.map((label) => [label, ...ways]);
        const paired = async (sets: readonly (readonly Hypothesis[])[]): Promise<void> => {
          for (const ways of sets) {
            await attempt(ways);
            if (removing.length === 0) continue;
            trials.push(found.get(ways)!);
            return;
          }
        };
        await paired([...found.keys()].flatMap(shifted));
        const better = [...found]
          .toSorted(
            ([, a], [, b]) => (b.divergence ?? 0) - (a.divergence ?? 0) || b.matched / b.spikes - a.matched / a.spikes,
          )
          .map(([ways]) => ways)
          .filter(({ length }) => length === base.length + 1)
          .slice(0, mostPaired);
        const pairs = better.flatMap((ways, k) => better.slice(k + 1).map((more) => [...new Set([...ways, ...more])]));
        if (removing.length === 0) await paired(pairs.flatMap((ways) => [ways, ...shifted(ways)]));
        // A second convention may show no effect before the first one is right.
        const [closest] = better;
        if (removing.length === 0 && closest)
          await paired(all.filter((way) => !closest.includes(way)).map((way) => [...closest, way]));
      }
      const [best, ...rest] = removing.toSorted((a, b) => (b.next ?? Infinity) - (a.next ?? Infinity));
      const names = (ways: readonly Hypothesis[] = []): readonly string[] => ways.map(({ name }) => name);
      if (best && best.next !== null && base.length === 0) {
        // A second convention makes a later difference.
        base = best.ways;
        until = Math.min(best.next + after, end);
        continue;
      }
      const later = best ? best.next : base.length > 0 ? until - after : null;
      return {
        trials,
        removes: names(best?.ways ?? base),
        others: rest.flatMap((removal) =>
          removal.next === best?.next && removal.ways.length === 1 ? names(removal.ways) : [],
        ),
        until: later ?? best?.until ?? until,
        later,
        notRun,
      };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs of a model under conventions, each of them once. */
class Session {
  readonly #runs = new Map<string, { readonly until: number; readonly outcome: Outcome }>();
  readonly #begin = now();
  /** The longest run so far, in ms for each s of the model. */
  #pace = 0;

  constructor(
    readonly imported: ImportedModel,
    readonly own: Recorded,
    readonly other: Recorded,
    readonly options: Runs,
    readonly folder: string,
  ) {}

  /** Checks whether a run until a time takes seconds only. */
  reaches(ways: readonly Hypothesis[], until: number): boolean {
    return !ways.some((way) => way.apply ?? way.precision) || until * this.#pace < mostToEnd;
  }

  /** Returns the spikes under conventions until a time in s. */
  async under(ways: readonly Hypothesis[], until: number): Promise<Outcome> {
    const runs = ways.filter((way) => way.apply ?? way.precision);
    const key = runs.map(({ name }) => name).join();
    const known = this.#runs.get(key);
    const outcome =
      runs.length === 0
        ? this.own
        : known && (known.until >= until || typeof known.outcome === 'string')
          ? known.outcome
          : await this.#run(runs, until);
    if (runs.length > 0) this.#runs.set(key, { until: Math.max(until, known?.until ?? 0), outcome });
    if (typeof outcome === 'string') return outcome;
    const { dt } = this.imported.valid.model.experiment;
    const by = ways.reduce((sum, way) => sum + (way.labels ?? 0), 0) * dt;
    const moved = outcome.trains.map((recordedTrains) => ({
      ...recordedTrains,
      trains: recordedTrains.trains.map((train) => (by === 0 ? train : train.map((time) => time + by))),
    }));
    if (!ways.some((way) => way.renumbers)) return { ...outcome, trains: moved };
    return { ...outcome, trains: pairedBySpikes(moved, this.other.trains, dt, until) };
  }

  async #run(ways: readonly Hypothesis[], until: number): Promise<Outcome> {
    const { imported, own, other } = this;
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
    for (const { apply, document } of ways.toSorted((a, b) => Number(!!a.document) - Number(!!b.document))) {
      const written = document && now() - this.#begin < mostTime ? await writtenIn(document, valid) : undefined;
      if (written) {
        ({ valid, became } = written);
        continue;
      }
      const made = await apply?.(typedValid(valid), run);
      if (typeof made === 'string') return made;
      if (made) valid = writtenValid(made.valid);
    }
    const usual = own.record?.precision ?? 'float64';
    const precision = ways.find((way) => way.precision)?.precision ?? usual;
    if (ways.every(({ apply }) => !apply) && precision === usual) return 'the model was run in this precision';
    const recordings = valid.model.recordings.filter((recording) => isRecording(recording, 'events'));
    if (now() - this.#begin > mostTime) return `it was left out after ${mostTime / 1000} s`;
    const begin = now();
    try {
      const { outputs } = await runWithSpikes(
        { ...imported, valid: { ...valid, model: { ...valid.model, recordings } } },
        {
          ...this.options,
          outputs: [join(this.folder, `${this.#runs.size}-${Math.round(until / valid.model.experiment.dt)}.csv`)],
          stopAfter: Math.ceil(until / valid.model.experiment.dt) + moreSteps,
          precision,
        },
      );
      const found = await openRecorded(itemAt(outputs, 0));
      this.#pace = Math.max(this.#pace, (now() - begin) / until);
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
  all
    .flatMap(({ trains }) =>
      trains.flatMap((recordedTrains) => recordedTrains.trains.map((train) => train.at(-1) ?? 0)),
    )
    .reduce((last, time) => Math.max(last, time), 0);

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
