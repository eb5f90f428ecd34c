/** Compares a model that was read from a simulator's memory with what the simulator computed. */

import { readFileSync } from 'node:fs';
import type { SegmentSpan } from '../../runtime/results/result.js';
import { importModel, readSource, type ImportOptions } from '../pipeline/pipeline.js';
import { openModel } from '../session/open-model.js';
import { ms } from './measurement-text.js';

/** What a simulator computed: a model with recordings of its compartments, and their potentials. */
interface RecordedRun {
  /** File of the model. */
  readonly model: string;
  /** File of potentials in mV, of all compartments at the beginning and after each step. */
  readonly potentials: string;
  /** Recording, element and name of each compartment. */
  readonly columns: readonly (readonly [recording: number, element: number, place: string])[];
}

/** Verdict on a model that was read from a simulator's memory. */
export interface ReadVerdict {
  readonly from: string;
  readonly verdict: 'not compared' | 'the same model' | 'another model';
  /** Figures, or why nothing was compared. */
  readonly figures?: string;
  /** Largest difference from the simulator's potentials, and of our potentials between the step and its half; mV. */
  readonly largest?: number;
  readonly halved?: number;
}

/** Largest difference, in mV, that rounding explains. */
const rounding = 1e-6;

/**
 * Runs a model at the simulator's step and at its half, and compares the potentials of all compartments. Models are the
 * same if they differ by rounding, or by no more than half of the step changes ours.
 */
export async function compareWithRecorded(from: string, path: string, options: ImportOptions): Promise<ReadVerdict> {
  const { model, potentials, columns } = JSON.parse(readFileSync(path, 'utf8')) as RecordedRun;
  const bytes = readFileSync(potentials);
  const theirs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const rows = Math.floor(theirs.length / Math.max(columns.length, 1));
  if (rows < 2) return { from, verdict: 'not compared', figures: 'it took no fixed steps' };
  const whole = importModel(readSource(model), options);
  const { dt } = whole.valid.model.experiment;
  const ours = await potentialsOf(whole);
  const finer = await potentialsOf(importModel(readSource(model), { ...options, dt: `${dt / 2} s` }));
  let [largest, halved, at, where, segment] = [0, 0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    // Each segment has a sample at its beginning and one after each step.
    if (row > (ours.segments[segment]?.end ?? Infinity) + segment) segment++;
    for (const [k, [recording, element]] of columns.entries()) {
      const own = ours.sample(recording, element, row);
      const apart = Math.abs(own - theirs[row * columns.length + k]!);
      const time = row - segment - (ours.segments[segment]?.begin ?? 0);
      if (!(apart <= largest) && !Number.isNaN(largest)) [largest, at, where] = [apart, time, k];
      halved = Math.max(halved, Math.abs(own - finer.sample(recording, element, 2 * row - segment)));
    }
  }
  if (Number.isNaN(largest)) {
    const place = `${columns[where]?.[2] ?? ''} at ${ms(at * dt)}`;
    return { from, largest, halved, verdict: 'another model', figures: `the potential in ${place} is not a number` };
  }
  const what = `potentials of ${columns.length} compartments at most ${largest.toPrecision(2)} mV apart in ${ms((rows - 1 - segment) * dt)}`;
  const known = { from, largest, halved };
  if (largest <= rounding) return { ...known, verdict: 'the same model', figures: what };
  const change = `half of its step changes ours by ${halved.toPrecision(2)} mV`;
  if (largest <= halved) return { ...known, verdict: 'the same model', figures: `${what}; ${change}` };
  const place = `in ${columns[where]?.[2] ?? ''} at ${ms(at * dt)}`;
  return { ...known, verdict: 'another model', figures: `${what}, ${place}; ${change}` };
}

/** Samples in mV of a run and its segments. */
interface Potentials {
  readonly sample: (recording: number, element: number, row: number) => number;
  readonly segments: readonly SegmentSpan[];
}

/** Runs a model, and returns its samples in mV. */
async function potentialsOf(imported: ReturnType<typeof importModel>): Promise<Potentials> {
  const session = openModel(imported);
  try {
    await session.run();
    const { samples, segments } = await session.take();
    return {
      segments,
      sample: (recording, element, row) => {
        const { values, steps } = samples[recording]!;
        const width = values.length / steps.length;
        return Number(values[row * width + element]) * 1e3;
      },
    };
  } finally {
    await session.dispose();
  }
}
