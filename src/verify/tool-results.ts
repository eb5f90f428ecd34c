/** Reads a simulator's results for a converted model: spikes and samples, assigned to the model's parts. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { datFiles, datPath } from '../../runtime/results/dat/plan.js';
import type { Model } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { stretchesKept, type Stretch } from '../library/simulators/kept-stretches.js';
import { sampleTime, type SampleRows } from './compare-samples.js';
import type { SpikesByPopulation } from './compare-spikes.js';
import type { Sampled } from './comparable-variables.js';

/** Recordings, in terms of the model before conversion. */
export interface Recorded {
  readonly model: Model;
  /** Populations by the names of recordings of their spikes. */
  readonly spikes: ReadonlyMap<string, string>;
  /** Population, variable and cells of samples, by the names of recordings. */
  readonly samples: ReadonlyMap<string, Sampled>;
  /** Units in SI of samples that differ from the units of PyNN's names, by the names of recordings. */
  readonly units?: ReadonlyMap<string, number>;
}

/** Spikes in s, and samples in SI units by the name of their recording. */
export interface ToolResults {
  readonly spikes: SpikesByPopulation;
  readonly samples: ReadonlyMap<string, SampleRows>;
}

/** Collects results that come in any order. */
class Collected {
  readonly #samples = new Map<string, { readonly times: number[]; readonly values: number[] }>();
  readonly #trains: ReadonlyMap<string, readonly number[][]>;
  readonly #stretches: readonly Stretch[];
  readonly #step: number;

  constructor({ model, spikes }: Recorded) {
    this.#stretches = stretchesKept(model.experiment.protocol);
    this.#step = model.experiment.dt;
    this.#trains = new Map(
      [...spikes.values()].map((population) => [
        population,
        Array.from({ length: model.populations[population]?.size ?? 0 }, (): number[] => []),
      ]),
    );
  }

  /** @param time  in s, since the segment's beginning */
  addSpike(population: string, cell: number, time: number, segment = 0): void {
    this.#trains.get(population)?.[cell]?.push(this.#placed(time, segment).seconds);
  }

  /** Adds row-major samples. @param times  in s, since the segment's beginning */
  addSamples(recording: string, times: readonly number[], values: readonly number[], segment = 0): void {
    const found = this.#samples.get(recording) ?? { times: [], values: [] };
    this.#samples.set(recording, found);
    for (const time of times) {
      const { seconds, part } = this.#placed(time, segment);
      found.times.push(sampleTime(seconds, part));
    }
    for (const value of values) found.values.push(value);
  }

  /** Returns a time of a segment on the clock of the whole run: in the last stretch that has begun by then. */
  #placed(time: number, segment: number): { readonly seconds: number; readonly part: number } {
    const begun = this.#stretches.findLast(
      (stretch) => stretch.segment === segment && stretch.from <= time + this.#step / 2,
    );
    const {
      begin = 0,
      from = 0,
      part = segment,
    } = begun ?? this.#stretches.find((stretch) => stretch.segment === segment) ?? {};
    return { seconds: begin + time - from, part };
  }

  get results(): ToolResults {
    for (const trains of this.#trains.values()) for (const train of trains) train.sort((a, b) => a - b);
    const samples = [...this.#samples].map(
      ([name, { times, values }]) => [name, { times: Float64Array.from(times), values }] as const,
    );
    return { spikes: this.#trains, samples: new Map<string, SampleRows>(samples) };
  }
}

/**
 * Parses the output of Python's `json`, which has names for NaN and infinities; they become texts that `Number` reads.
 */
const jsonOfPython = (text: string): unknown =>
  JSON.parse(
    text.replace(/("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b/g, (name, other?: string) => other ?? `"${name}"`),
  );

/** Recorded data of each monitor of a script for Brian. */
type Monitors = Readonly<Record<string, Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>>>;

/** Reads the output of `run_script.py` for a Brian script: all of its monitors, in each segment. */
export function brianResults(path: string, recorded: Recorded): ToolResults {
  const found = new Collected(recorded);
  const written = jsonOfPython(readFileSync(path, 'utf8')) as Monitors | readonly Monitors[];
  const segments = Array.isArray(written) ? (written as readonly Monitors[]) : [written as Monitors];
  segments.forEach((monitors, segment) => {
    addMonitors(monitors, segment, found, recorded);
  });
  return found.results;
}

function addMonitors(monitors: Monitors, segment: number, found: Collected, recorded: Recorded): void {
  for (const [recording, { t = [], i = [], ...variables }] of Object.entries(monitors)) {
    const times = t as readonly number[];
    const population = recorded.spikes.get(recording);
    if (population !== undefined) {
      const { type = '', size = 1 } = recorded.model.populations[population] ?? {};
      const areCompartments = recorded.model.neurons[type]?.compartments !== undefined;
      (i as readonly number[]).forEach((element, k) => {
        found.addSpike(population, areCompartments ? element % size : element, times[k] ?? NaN, segment);
      });
    }
    const [rows = []] = Object.values(variables) as readonly (readonly (readonly number[])[])[];
    if (rows.length > 0 && rows.length === recorded.samples.get(recording)?.cells) {
      const values = times.flatMap((_, k) => rows.map((row) => Number(row[k])));
      found.addSamples(recording, times, values, segment);
    }
  }
}

/** Units of PyNN's signals in SI units, by the names that its standard cells record. */
const pynnUnits: Readonly<Record<string, number>> = {
  v: 1e-3,
  w: 1e-9,
  u: 1,
  gsyn_exc: 1e-6,
  gsyn_inh: 1e-6,
  g_s: 1e-9,
  g_r: 1e-9,
};

/** Reads the output of `run_script.py` for a PyNN script: each population, in each segment. */
export function pynnResults(path: string, recorded: Recorded): ToolResults {
  const found = new Collected(recorded);
  interface Signal {
    readonly cells: readonly number[];
    readonly times: readonly number[];
    /** Nothing for cells that pause while others are recorded. */
    readonly values: readonly (readonly (number | null)[])[];
  }
  const { populations } = jsonOfPython(readFileSync(path, 'utf8')) as {
    readonly populations: Readonly<
      Record<
        string,
        readonly {
          readonly spikes: Readonly<Record<string, readonly number[]>>;
          readonly signals: Readonly<Record<string, Signal>>;
        }[]
      >
    >;
  };
  for (const [population, segments] of Object.entries(populations))
    segments.forEach(({ spikes, signals }, segment) => {
      for (const [cell, times] of Object.entries(spikes))
        for (const time of times) found.addSpike(population, Number(cell), time / 1e3, segment);
      for (const [name, { population: owner, variable, there = variable, cells, part }] of recorded.samples) {
        const signal = (part?.population ?? owner) === population ? signals[there] : undefined;
        const unit = recorded.units?.get(name) ?? pynnUnits[there];
        if (signal === undefined || unit === undefined) continue;
        const columns = Array.from({ length: cells }, (_, k) => signal.cells.indexOf(part?.indices[k] ?? k));
        if (columns.includes(-1)) continue;
        const rows = signal.values.map((row) => columns.map((column) => row[column] ?? null));
        const isOn = rows.map((row) => row.some((value) => value !== null));
        const times = signal.times.filter((_, k) => isOn[k]).map((time) => time / 1e3);
        const values = rows.filter((_, k) => isOn[k]).flatMap((row) => row.map((value) => Number(value ?? NaN) * unit));
        found.addSamples(name, times, values, segment);
      }
    });
  return found.results;
}

/** Makes the folders of the files that a LEMS document names, which its simulators do not. */
export function makeFolders(folder: string, { annotations }: Model): void {
  for (const { file } of datFiles(annotations)) mkdirSync(dirname(datPath(folder, file)), { recursive: true });
}

/**
 * Reads the text files that a LEMS document names.
 *
 * @param target  the document as it is read
 */
export function lemsResults(folder: string, target: Model, recorded: Recorded): ToolResults {
  const found = new Collected(recorded);
  const owners = new Map(target.recordings.map(({ name, of }) => [name, populationOf(of)]));
  const columns = new Map<string, { readonly times: readonly number[]; readonly values: readonly number[] }>();
  for (const file of datFiles(target.annotations)) {
    const path = join(folder, file.file);
    if (!existsSync(path)) continue;
    const rows = readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]));
    if (file.kind === 'columns') {
      const times = rows.map(([time]) => Number(time));
      file.columns.forEach(({ recording, variable, index }, k) => {
        const key = JSON.stringify([owners.get(recording), variable, index]);
        columns.set(key, { times, values: rows.map((row) => Number(row[k + 1])) });
      });
      continue;
    }
    // Documents of generated types have a file for each recording; its cells may have become populations.
    const own = recorded.spikes.get(file.file.replace(/\.spikes$/, ''));
    const cells = new Map(file.selections.map(({ id, population, index }) => [id, { population, index }]));
    for (const row of rows) {
      const [id = '', time] = file.format === 'ID_TIME' ? row : [row[1], row[0]];
      const cell = own === undefined ? cells.get(id) : { population: own, index: Number(id) };
      if (cell !== undefined) found.addSpike(cell.population, cell.index, Number(time));
    }
  }
  for (const [name, { population, variable, there = variable, cells, part }] of recorded.samples) {
    const each = Array.from({ length: cells }, (_, cell) =>
      columns.get(JSON.stringify([part?.population ?? population, there, part?.indices[cell] ?? cell])),
    );
    const [first] = each;
    if (first === undefined || each.includes(undefined)) continue;
    const values = first.times.flatMap((_, row) => each.map((column) => column?.values[row] ?? NaN));
    found.addSamples(name, first.times, values);
  }
  return found.results;
}
