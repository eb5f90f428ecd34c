/** Compares samples of a model and of its conversion. */

import { itemAt } from '../diagnostics/entry.js';
import type { Recording } from '../model/model.js';
import { isRecording } from '../model/tagged.js';
import { memorySink, type MemorySink, type Rows } from '../pipeline/results/memory-sink.js';
import type { SampleMemory } from '../pipeline/run-in-memory.js';
import type { SampleBlock, SeriesPlan } from '../../runtime/results/result.js';
import { shown, type Sampled } from '../simulators/recorded-variables.js';

/** How the samples of one variable of a population agree. */
export interface VariableCheck {
  readonly population: string;
  readonly variable: string;
  /** SI unit of the numbers. */
  readonly unit: string;
  /** Samples that both have, of the same cells at the same times. */
  readonly samples: number;
  /** The largest distance between two of them. */
  readonly largest: number;
  /** The root of the mean of the squares of their distances. */
  readonly rootMeanSquare: number;
  /** From the least to the largest sample of the model. */
  readonly range: number;
  /** The largest absolute value of a sample of the model. */
  readonly magnitude: number;
}

/** The samples of a variable: row-major rows by their times, as `sampleTime` has them. */
export interface SampleRows {
  readonly times: Float64Array;
  readonly values: ArrayLike<number | bigint>;
}

/** Offset from each segment to the next, in ps: a segment begins at the time of its predecessor's end. */
const betweenSegments = 1e12;

/** Returns the time of a sample in whole picoseconds. `seconds`: on the clock of the whole run. */
export const sampleTime = (seconds: number, segment: number): number =>
  Math.round(seconds * 1e12) + segment * betweenSegments;

/** The samples of a run here. */
interface Samples extends Rows, SampleRows {
  readonly plan: SeriesPlan;
  readonly values: Rows['values'];
}

/** Keeps the samples of a run in memory. */
export class SampleKeeper implements SampleMemory {
  #series: readonly SeriesPlan[] = [];
  #dt = 0;
  #sink: MemorySink = memorySink([]);

  open(series: readonly SeriesPlan[], dt: number): void {
    this.#series = series;
    this.#dt = dt;
    this.#sink = memorySink(series);
  }

  samples(block: SampleBlock): void {
    this.#sink.samples(block);
  }

  advance(): void {
    // Samples are kept as they come.
  }

  /** Returns the kept samples, by the name of the recording. */
  kept(): ReadonlyMap<string, Samples> {
    return new Map(
      this.#series.map((plan, k) => {
        const rows = this.#sink.since(k, 0);
        const times = Float64Array.from(rows.steps, (step, row) =>
          sampleTime((step + plan.label) * this.#dt, itemAt(rows.segments, row)),
        );
        return [plan.recording, { plan, times, ...rows }];
      }),
    );
  }
}

/** The largest relative error of a number of 24 bits, with one more of rounding. */
const singlePrecision = 2 ** -23;

/**
 * Compares the samples of two runs that have series of the same cells.
 *
 * @param recordings  of both, with the places on cells
 * @param sampled     variables by the names of recordings; those of one population and name are compared together
 */
export function compareSamples(
  source: ReadonlyMap<string, Samples>,
  target: ReadonlyMap<string, SampleRows>,
  recordings: readonly Recording[],
  sampled: ReadonlyMap<string, Sampled> = new Map(),
): readonly VariableCheck[] {
  const places = new Map(
    recordings.flatMap((recording) =>
      isRecording(recording, 'variables') && recording.section !== undefined ? [[recording.name, recording]] : [],
    ),
  );
  const checks = [...source].flatMap(([name, { plan, times, values }]): VariableCheck[] => {
    const { factor = 1 } = sampled.get(name) ?? {};
    const other = target.get(name);
    if (other === undefined || times.length === 0) return [];
    const columns = values.length / times.length;
    if (other.values.length !== columns * other.times.length) return [];
    let [samples, largest, squares, least, highest, at] = [0, 0, 0, Infinity, -Infinity, 0];
    times.forEach((time, row) => {
      // Texts of LEMS's interpreter have times of single precision.
      while ((other.times[at] ?? Infinity) < time * (1 - singlePrecision) - 0.5) at += 1;
      const otherRow = (other.times[at] ?? Infinity) <= time * (1 + singlePrecision) + 0.5 ? at : undefined;
      for (let column = 0; column < columns; column++) {
        const value = Number(values[row * columns + column]);
        if (!Number.isNaN(value)) [least, highest] = [Math.min(least, value), Math.max(highest, value)];
        if (otherRow === undefined) continue;
        const apart = distance(value, Number(other.values[otherRow * columns + column]) / factor);
        samples += 1;
        largest = Math.max(largest, apart);
        squares += apart ** 2;
      }
    });
    if (samples === 0) return [];
    const { owner: population, unit } = plan;
    const { section, fraction } = places.get(name) ?? {};
    const variable = shown(plan.variable, {
      ...(section === undefined ? {} : { section }),
      ...(fraction === undefined ? {} : { fraction: Number(fraction.toPrecision(4)) }),
    });
    const rootMeanSquare = Math.sqrt(squares / samples);
    const magnitude = Math.max(Math.abs(least), Math.abs(highest));
    return [{ population, variable, unit, samples, largest, rootMeanSquare, range: highest - least, magnitude }];
  });
  const joined = new Map<string, VariableCheck>();
  for (const check of checks) {
    const key = `${check.population}.${check.variable}`;
    const known = joined.get(key);
    joined.set(key, known === undefined ? check : together(known, check));
  }
  return [...joined.values()];
}

/** Joins checks of one variable in several cells. */
function together(a: VariableCheck, b: VariableCheck): VariableCheck {
  const samples = a.samples + b.samples;
  const squares = a.samples * a.rootMeanSquare ** 2 + b.samples * b.rootMeanSquare ** 2;
  return {
    ...a,
    samples,
    largest: Math.max(a.largest, b.largest),
    rootMeanSquare: Math.sqrt(squares / samples),
    range: Math.max(a.range, b.range),
    magnitude: Math.max(a.magnitude, b.magnitude),
  };
}

/** Returns the distance of two samples; infinite between NaN and a number. */
function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const apart = Math.abs(a - b);
  return Number.isNaN(apart) ? Infinity : apart;
}
