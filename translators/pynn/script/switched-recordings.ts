/**
 * Recordings that are switched while a script runs. PyNN ends all recordings of a population at once (`record(None)`) and forgets
 * their data, and NEST begins no recording after a run. So scripts record from the start to the end, and leave data from pauses
 * out of their results.
 */

import { call, layout, list, prefixed, quoted, type Source } from '../../shared/python.js';
import type { PynnSpecification, Recording } from '../specification.generated.js';
import type { Script } from './script.js';

/** From when to when, in ms. */
type Stretch = readonly [begin: number, end: number];

/** A recording, and when it is on in each segment. */
interface RecordedTimes {
  readonly recording: Recording;
  readonly segments: readonly (readonly Stretch[])[];
}

/** Checks whether recordings end, or begin after a run. */
export function isSwitched({ phases = [] }: PynnSpecification): boolean {
  const first = phases.findIndex(({ run, run_until: until }) => run !== undefined || until !== undefined);
  return phases.some(
    ({ record }, k) => record !== undefined && (record.variables === null || (first >= 0 && k > first)),
  );
}

/** Returns the times at which recordings of a document are on. */
export function recordedTimes({ recordings = [], phases = [] }: PynnSpecification): readonly RecordedTimes[] {
  const times = new Map<
    string,
    { readonly recording: Recording; readonly stretches: (readonly [number, ...Stretch])[] }
  >();
  const on = new Map<string, number>();
  let [segment, now] = [0, 0];
  const begin = (recording: Recording): void => {
    const key = JSON.stringify(recording);
    if (!times.has(key)) times.set(key, { recording, stretches: [] });
    if (!on.has(key)) on.set(key, now);
  };
  const end = (keys: readonly string[]): void => {
    for (const key of keys) {
      const since = on.get(key) ?? now;
      if (now > since) times.get(key)?.stretches.push([segment, since, now]);
      on.delete(key);
    }
  };
  recordings.forEach(begin);
  for (const { run, run_until: until, record, reset } of phases) {
    now = Number((until ?? now + (run ?? 0)).toPrecision(12));
    if (record?.variables === null)
      end([...on.keys()].filter((key) => times.get(key)?.recording.target === record.target));
    else if (record !== undefined) begin(record);
    if (reset !== undefined) {
      const active = [...on.keys()];
      end(active);
      [segment, now] = [segment + 1, 0];
      for (const key of active) on.set(key, now);
    }
  }
  end([...on.keys()]);
  return [...times.values()].map(({ recording, stretches }) => ({
    recording,
    segments: Array.from({ length: segment + 1 }, (_, k) =>
      stretches.flatMap(([of, from, to]): readonly Stretch[] => (of === k ? [[from, to]] : [])),
    ),
  }));
}

/** Returns the table by which results leave out data from pauses; reports recordings that it cannot separate. */
export function switchedTable(script: Script, times: readonly RecordedTimes[]): string {
  const ofCells = times.filter(({ recording }) => script.hasCells(recording.target));
  const sampled = ofCells.filter(({ recording }) => isSampled(recording));
  for (const population of script.document.populations ?? []) {
    const intervals = new Set(
      sampled.flatMap(({ recording }) =>
        script.populationsOf(recording.target).includes(population)
          ? [recording.sampling_interval ?? script.document.setup?.timestep ?? 0.1]
          : [],
      ),
    );
    if (intervals.size > 1) script.missing(`samples of ${population.label} at several intervals in one run`);
  }
  const differ = new Set(sampled.map(({ segments }) => JSON.stringify(segments))).size > 1;
  if (differ && sampled.some(({ recording: { locations } }) => locations !== undefined))
    script.approximated(
      'pynn/recorded-again',
      'where places of a cell are recorded at different times, results have a variable at all of them while one is',
    );
  return layout(prefixed('switched = ', list(ofCells.map((one) => row(script, one)))));
}

const isSampled = ({ variables }: Recording): boolean => [variables].flat().some((name) => name !== 'spikes');

function row(script: Script, { recording: { target, variables }, segments }: RecordedTimes): Source {
  const names = [variables].flat().flatMap((name) => (name === null ? [] : [quoted(name)]));
  const stretches = segments.map((some) => list(some.map(([begin, end]) => `(${begin}, ${end})`)));
  return call('', [script.of(target), list(names), list(stretches)]);
}
