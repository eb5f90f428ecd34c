/** Inputs and monitors of a Brian 2 script, each a few lines of Python. */

import { call, dictionary, layout, list, prefixed, quoted, type Source } from '../../shared/python.js';
import type {
  PoissonInput,
  RecordedIndices,
  EventMonitor,
  SpikeMonitor,
  StateMonitor,
} from '../specification.generated.js';
import type { Companion } from './companion.js';
import { assignment, keyword, pythonName, pythonValue } from './python-text.js';
import { sliceCode, textOf } from './values.js';

/** A `PoissonInput`. */
export function poissonInput(name: string, input: PoissonInput): string {
  return assignment(
    pythonName(name),
    call('PoissonInput', [
      sliceCode(input.target),
      quoted(input.target_var),
      `N=${input.N}`,
      `rate=${pythonValue(input.rate)}`,
      `weight=${pythonValue(input.weight)}`,
      ...keyword('when', textOf(input.when)),
      ...keyword('order', input.order?.toString()),
    ]),
  );
}

const variablesCode = (variables: string | readonly string[] | boolean): Source =>
  typeof variables === 'boolean'
    ? 'True'
    : typeof variables === 'string'
      ? quoted(variables)
      : list(variables.map(quoted));

function recordCode(record: RecordedIndices, key: string, companion: Companion): Source {
  if (typeof record === 'boolean') return record ? 'True' : 'False';
  if (typeof record === 'string') return `range(${record.split(':').join(', ').replace(/^0, /, '')})`;
  if (typeof record === 'number') return String(record);
  return record.length === 1 ? record.join() : companion.indices(record, key);
}

/** A `SpikeMonitor`, or an `EventMonitor` for another event. */
export function spikeMonitor(
  name: string,
  monitor: SpikeMonitor & Partial<EventMonitor>,
  companion: Companion,
): string {
  const { event, variables, record } = monitor;
  const recorded = typeof variables === 'string' ? [variables] : variables;
  return assignment(
    pythonName(name),
    call(event === undefined ? 'SpikeMonitor' : 'EventMonitor', [
      sliceCode(monitor.source),
      ...(event === undefined ? [] : [quoted(event)]),
      ...keyword('variables', recorded === undefined ? undefined : variablesCode(recorded)),
      ...keyword('record', record === undefined ? undefined : recordCode(record, `${name}.record`, companion)),
      ...keyword('when', textOf(monitor.when)),
      ...keyword('order', monitor.order?.toString()),
      ...companion.nameOf(name),
    ]),
  );
}

/** A `StateMonitor`. */
export function stateMonitor(name: string, monitor: StateMonitor, companion: Companion): string {
  return assignment(
    pythonName(name),
    call('StateMonitor', [
      sliceCode(monitor.source),
      variablesCode(monitor.variables),
      prefixed('record=', recordCode(monitor.record ?? true, `${name}.record`, companion)),
      ...keyword('dt', monitor.dt === undefined ? undefined : pythonValue(monitor.dt)),
      ...keyword('when', textOf(monitor.when)),
      ...keyword('order', monitor.order?.toString()),
      ...companion.nameOf(name),
    ]),
  );
}

/** A `PopulationRateMonitor`. */
export function rateMonitor(name: string, monitor: { readonly source: string }, companion: Companion): string {
  return assignment(
    pythonName(name),
    call('PopulationRateMonitor', [sliceCode(monitor.source), ...companion.nameOf(name)]),
  );
}

/** The statement that returns a dictionary of what each monitor has recorded. */
export function resultLines(
  events: Readonly<Record<string, SpikeMonitor>>,
  states: Readonly<Record<string, StateMonitor>>,
  rates: readonly string[],
): string {
  const names = (variables: SpikeMonitor['variables'] | boolean): readonly string[] =>
    typeof variables === 'string' ? [variables] : typeof variables === 'object' ? variables : [];
  const entry = (name: string, variables: readonly string[]): readonly [string, Source] => [
    name,
    call(`${pythonName(name)}.get_states`, [list(variables.map(quoted))]),
  ];
  const entries = [
    ...Object.entries(events).map(([name, { variables }]) => entry(name, ['i', 't', ...names(variables)])),
    ...Object.entries(states).map(([name, { variables }]) => entry(name, ['t', ...names(variables)])),
    ...rates.map((name) => entry(name, ['t', 'rate'])),
  ];
  return layout(prefixed('return ', dictionary(Object.fromEntries(entries))), 4);
}
