/** The order of parameters by how much a run changes with them. */

import type { Parameter } from './messages.js';
import type { RecordedRun } from '../runtime/record/recorder.js';
import type { SampleBlock } from '../runtime/results/result.js';

/** Spikes and samples of a run. */
export interface ComparedRun {
  readonly recorded: RecordedRun;
  readonly blocks: readonly SampleBlock[];
}

/** Most parameters that are tried. */
const mostTried = 8;

/**
 * Returns the names of the first parameters by how much a run changes if they grow by a tenth.
 *
 * @param again  runs the model with a changed parameter
 */
export async function reactionOrder(
  parameters: readonly Parameter[],
  run: ComparedRun,
  again: (set: Readonly<Record<string, string>>) => Promise<ComparedRun>,
): Promise<readonly string[]> {
  const found: (readonly [name: string, distance: number])[] = [];
  for (const { name, value, unit, high, isSwitch } of parameters.slice(0, mostTried)) {
    const changed = isSwitch ? 1 - value : value === 0 ? 0.1 * high : 1.1 * value;
    try {
      const other = await again({ [name]: `${Number(changed.toPrecision(6))} ${unit}`.trim() });
      found.push([name, distance(run, other)]);
    } catch {
      // The model refuses the value.
      found.push([name, 0]);
    }
  }
  return found.toSorted(([, a], [, b]) => b - a).map(([name]) => name);
}

/** Returns how far two runs of one network differ: in numbers of spikes of populations, and in samples. */
function distance(one: ComparedRun, other: ComparedRun): number {
  let sum = 0;
  for (const [name, { spikes }] of Object.entries(one.recorded.fingerprint.populations)) {
    const count = other.recorded.fingerprint.populations[name]?.spikes.count ?? 0;
    sum += Math.abs(spikes.count - count) / Math.max(1, spikes.count + count);
  }
  for (const [k, { values }] of one.blocks.entries()) {
    const others = other.blocks[k]?.values ?? [];
    let [apart, range] = [0, 0];
    for (let at = 0; at < values.length; at += 1) {
      const [a, b] = [Number(values[at]), Number(others[at])];
      apart += Math.abs(a - b);
      range += Math.abs(a - Number(values[0])) + Math.abs(b - Number(others[0]));
    }
    if (apart > 0) sum += apart / range / one.blocks.length;
  }
  return sum;
}
