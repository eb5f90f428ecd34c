/** Files with spikes or signals that come into a model. */

import { openRecorded } from '../../compare/open-recorded.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { itemAt } from '../../diagnostics/entry.js';
import type { ModelInput } from './import-options.js';

/**
 * Reads inputs of a model.
 *
 * @param texts  each as `POPULATION=FILE`
 * @throws UsageError for a text of another form, and for a file without spikes or signals of the population
 */
export async function readInputs(texts: readonly string[]): Promise<Readonly<Record<string, ModelInput>>> {
  return Object.fromEntries(
    await Promise.all(
      texts.map(async (text): Promise<[string, ModelInput]> => {
        const [, name, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
        if (name === undefined || path === undefined)
          throw new UsageError(`--input cannot be ${text}`, "write it as population=file, such as 'input=spikes.csv'");
        return [name, await readInput(name, path)];
      }),
    ),
  );
}

/** Reads the spikes of a population, or else its signal: by its name, or the only one in the file. */
async function readInput(name: string, path: string): Promise<ModelInput> {
  const recorded = await openRecorded(path);
  const trains = recorded.trains.filter(({ event }) => event === 'spike');
  const own = trains.find(({ population }) => population === name) ?? (trains.length === 1 ? trains[0] : undefined);
  if (own) {
    const spikes = own.trains.flatMap((train, k) => Array.from(train, (time) => [itemAt(own.ids, k), time] as const));
    return {
      kind: 'spikes',
      elements: Uint32Array.from(spikes, ([element]) => element),
      times: Float64Array.from(spikes, ([, time]) => time),
    };
  }
  const { signals } = recorded;
  const signal = signals.find(({ owner }) => owner === name) ?? (signals.length === 1 ? signals[0] : undefined);
  const [first = NaN, second = NaN] = signal?.times ?? [];
  if (signal && second > first) return { kind: 'signal', dt: second - first, values: signal.values };
  throw new UsageError(
    `${path} holds no spikes or signal of ${name}`,
    'name the population of the model as the file names it, or give a file with one population',
  );
}
