/** Which cells monitors of a script record: Brian's SpikeMonitor takes parts of a group, and no lists. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { BrianSpecification, RecordedIndices, SpikeMonitor, StateMonitor } from '../specification.generated.js';
import { mapped } from '../../../src/model/collections.js';

/** Returns the specification with monitors in Brian 2's form. */
export function withRecordedCells(document: BrianSpecification, report: ConversionReport): BrianSpecification {
  const { neuron_groups, poisson_groups, spike_generators, spike_monitors, event_monitors, state_monitors } = document;
  const groups: Readonly<Record<string, { readonly N: number | string }>> = {
    ...neuron_groups,
    ...poisson_groups,
    ...spike_generators,
  };
  const sizeOf = (source: string): number => Number(groups[source]?.N);
  const ofSpikes = <T extends SpikeMonitor>(monitor: T, name: string): Omit<T, 'record'> => {
    const { record, ...others } = monitor;
    const range = rangeOf(record);
    if (range === undefined) return monitor;
    const size = sizeOf(monitor.source);
    if (size > 0 && range !== 'several')
      return isAll(range, size) ? others : { ...others, source: `${monitor.source}[${range.join(':')}]` };
    report.convention(
      'brian/recorded-cells',
      '',
      `${name} records all cells of ${monitor.source}: Brian's monitors of events take no lists`,
    );
    return others;
  };
  const ofStates = (monitor: StateMonitor): StateMonitor => {
    const [range, size] = [rangeOf(monitor.record), sizeOf(monitor.source)];
    return range !== undefined && range !== 'several' && size > 1 && isAll(range, size)
      ? { ...monitor, record: true }
      : monitor;
  };
  return {
    ...document,
    ...(spike_monitors && { spike_monitors: mapped(spike_monitors, ofSpikes) }),
    ...(event_monitors && { event_monitors: mapped(event_monitors, ofSpikes) }),
    ...(state_monitors && { state_monitors: mapped(state_monitors, ofStates) }),
  };
}

type Range = readonly [begin: number, end: number];

const isAll = ([begin, end]: Range, size: number): boolean => begin === 0 && end === size;

/** Returns listed indices as a range, or undefined if the value is not a list. */
function rangeOf(record: RecordedIndices | undefined): Range | 'several' | undefined {
  const list = typeof record === 'number' ? [record] : record;
  if (list === undefined || typeof list === 'boolean' || typeof list === 'string') return undefined;
  const numbers = Array.from(list);
  const [begin = 0] = numbers;
  return numbers.every((number, k) => number === begin + k) ? [begin, begin + numbers.length] : 'several';
}
