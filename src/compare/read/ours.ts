/** Results of interneuron in the form for comparison. */

import { itemAt } from '../../diagnostics/entry.js';
import { writtenNodes } from '../../../runtime/results/written-nodes.js';
import { areListed, elementAt, elementCount, timeOf, type StoredResult } from '../../../runtime/results/result.js';
import { parseUnit } from '../../lang/units.js';
import { notesOnFinite, type Recorded, type RecordedSignal, type RecordedTrains } from '../recorded.js';

/** Takes spikes and samples from a result. Times count on through all segments of a run. */
export function recordedRun(
  stored: Pick<StoredResult, 'record' | 'path' | 'series' | 'trains'>,
  format: string,
): Recorded {
  const { record, path } = stored;
  const { dt, spikeLabel, steps } = record;
  const signals = stored.series.map(({ plan, samples, steps: stepsOf, read }): RecordedSignal => {
    const { owner, variable, unit, elements, written, label } = plan;
    // Throws for a damaged unit.
    parseUnit(unit);
    const scale = written?.perSI ?? 1;
    return {
      owner,
      variable,
      unit,
      columns:
        elements === null
          ? ['']
          : areListed(elements)
            ? elements.list.map(String)
            : Array.from({ length: elementCount(elements) }, (_, k) => String(elementAt(elements, k))),
      times: Float64Array.from(stepsOf(0, samples), (step) => timeOf(step, label, dt)),
      values: Float64Array.from(read(0, samples) as Iterable<number | bigint>, (value) => Number(value) / scale),
    };
  });
  return {
    path,
    format,
    record,
    dt,
    begin: 0,
    end: timeOf(steps, 0, dt),
    resolution: 0,
    trains: stored.trains.map(({ plan, counts, read }) => {
      const times = Float64Array.from(read(0, counts.length), (step) => timeOf(step, spikeLabel, dt));
      let at = 0;
      return {
        population: plan.population,
        event: plan.event,
        ids: Array.from({ length: elementCount(plan.cells) }, (_, row) => elementAt(plan.cells, row)),
        trains: Array.from(counts, (count) => times.subarray(at, (at += count))),
        listsSilent: true,
      };
    }),
    signals,
    notes: [
      ...(record.complete
        ? []
        : [`${path} is incomplete: the run ended after ${steps} of ${record.expectedSteps} steps`]),
      ...notesOnFinite(path, signals),
    ],
  };
}

/** Returns a result with the names and ids of the SONATA network or graph of NIR that its model was read from. */
export function withNodes(recorded: Recorded): Recorded {
  const { record, trains, signals } = recorded;
  if (!record) return recorded;
  const nodes = writtenNodes({ model: record.model });
  const merged = new Map<string, RecordedTrains>();
  for (const recordedTrains of trains) {
    const { population, idOf } = nodes(recordedTrains.population);
    const key = JSON.stringify([population, recordedTrains.event]);
    const known = merged.get(key);
    const cells = [
      ...(known?.ids.map((id, k) => ({ id, train: itemAt(known.trains, k) })) ?? []),
      ...recordedTrains.ids.map((id, k) => ({ id: idOf(id), train: itemAt(recordedTrains.trains, k) })),
    ].sort((a, b) => a.id - b.id);
    merged.set(key, {
      ...recordedTrains,
      population,
      ids: cells.map(({ id }) => id),
      trains: cells.map(({ train }) => train),
    });
  }
  return {
    ...recorded,
    trains: [...merged.values()],
    signals: signals.map((signal) => {
      const { population, idOf } = nodes(signal.owner);
      const columns = signal.columns.map((label) => (/^\d+$/.test(label) ? String(idOf(Number(label))) : label));
      return { ...signal, owner: population, columns };
    }),
  };
}
