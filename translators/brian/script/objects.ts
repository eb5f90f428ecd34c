/** Objects of a Brian 2 script that are one call each: their arguments in Brian's order, and how each is written. */

import { call, dictionary, layout, list, prefixed, quoted, type Source } from '../../shared/python.js';
import type { RecordedIndices, SpikeMonitor, StateMonitor } from '../specification.generated.js';
import { objects } from '../vocabulary.js';
import type { Companion } from './companion.js';
import { assignment, pythonName, pythonValue } from './python-text.js';
import { listCode, sliceCode, valueCode } from './values.js';

/** An argument of a class. */
interface Argument {
  /** Its value as Python. @param key  of long lists in the file of data */
  readonly write: (value: never, key: string, companion: Companion) => Source;
  /** Whether it is written without its name. */
  readonly isPlain?: true;
  /** Value to write if the document gives no value. */
  readonly usual?: unknown;
}

const plain = (write: Argument['write']): Argument => ({ write, isPlain: true });
const number: Argument = { write: String };
const text: Argument = { write: quoted };
const quantity: Argument = { write: pythonValue };
const source = plain(sliceCode);
const place = { when: text, order: number };

const variablesCode = (variables: string | readonly string[] | boolean): Source =>
  typeof variables === 'boolean'
    ? 'True'
    : typeof variables === 'string'
      ? quoted(variables)
      : list(variables.map(quoted));

function recordCode(record: RecordedIndices, key: string, companion: Companion): Source {
  if (typeof record === 'boolean') return record ? 'True' : 'False';
  if (typeof record === 'string') {
    const [from = '0', to = ''] = record.split(':');
    return Number(to) === Number(from) + 1 ? from : `range(${from === '0' ? to : `${from}, ${to}`})`;
  }
  if (typeof record === 'number') return String(record);
  return record.length === 1 ? record.join() : companion.indices(record, key);
}

const ofEvents = {
  variables: { write: (variables: string | readonly string[]) => variablesCode([variables].flat()) },
  record: { write: recordCode },
  ...place,
};

/** Arguments of the classes, by the section of the document. */
const classes = {
  binomial_functions: { n: number, p: number, approximate: quantity },
  poisson_groups: { N: plain(String), rates: { write: valueCode } },
  spike_generators: {
    N: plain(String),
    indices: plain((indices: readonly number[], key, companion) => companion.indices(indices, key)),
    times: plain(listCode),
    period: quantity,
    when: text,
  },
  poisson_inputs: {
    target: source,
    target_var: plain(quoted),
    ...{ N: number, rate: quantity, weight: quantity },
    ...place,
  },
  spike_monitors: { source, ...ofEvents },
  event_monitors: { source, event: plain(quoted), ...ofEvents },
  state_monitors: {
    source,
    variables: plain(variablesCode),
    record: { write: recordCode, usual: true },
    dt: quantity,
    ...place,
  },
  population_rate_monitors: { source },
} satisfies Readonly<Record<string, Readonly<Record<string, Argument>>>>;

/** Sections of objects that are one call each. */
export type CalledSection = keyof typeof classes;

/**
 * Returns the lines of an object: one, or several if it is long.
 *
 * @param more  arguments that depend on the rest of the script
 */
export function objectLines(
  section: CalledSection,
  name: string,
  specification: object,
  companion: Companion,
  more: readonly Source[] = [],
): string {
  const given = specification as Readonly<Record<string, unknown>>;
  const written = Object.entries<Argument>(classes[section]).flatMap(([key, { write, isPlain, usual }]) => {
    const value = given[key] ?? usual;
    if (value === undefined) return [];
    const code = write(value as never, `${name}.${key}`, companion);
    return [isPlain ? code : prefixed(`${key}=`, code)];
  });
  return assignment(pythonName(name), call(objects[section], [...written, ...more]));
}

/** Returns the statement that returns a dictionary of all recordings by monitor. */
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
