/** The step of a graph, which NIR does not state. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import * as messages from './messages.js';

/** Ways to take a step, by the value of the setting `method`. */
const methods = {
  euler: { method: 'euler', message: 'forward Euler', isCurrentFirst: false },
  'euler-current-first': {
    method: 'euler',
    message: 'forward Euler with the synaptic current of the end of the step',
    isCurrentFirst: true,
  },
  exact: { method: 'exact', message: 'the exact solution for a constant input', isCurrentFirst: false },
} as const;

/** Effect of a spike on the potential, by the value of the setting `reset`. */
const resets = {
  value: { effect: 'v = v_reset', message: 'a spike sets v to v_reset' },
  subtract: { effect: 'v -= v_threshold', message: 'a spike subtracts v_threshold from v' },
} as const;

/** Signal of a spike, by the value of the setting `signal`. */
const signals = {
  steps: { weight: '1', effect: 'port += weight', message: 'a spike is a signal of 1 for one step' },
  impulses: {
    weight: 's',
    effect: 'port += weight/dt',
    message: 'a spike is an impulse of area 1 in seconds, spread over its step',
  },
} as const;

interface Library {
  readonly method: keyof typeof methods;
  readonly reset: keyof typeof resets;
  readonly dt: string;
  /** Primitives that it computes by other equations than NIR's: always, or if a parameter is not 1. */
  readonly departs: Readonly<Record<string, 'always' | 'r'>>;
}

/** Steps of platforms, by the value of the setting `library` (`docs/nir-conformance.md`). */
const libraries: Readonly<Record<string, Library>> = {
  norse: { method: 'euler-current-first', reset: 'value', dt: '1 ms', departs: { IF: 'always', LIF: 'r' } },
  snntorch: { method: 'euler-current-first', reset: 'value', dt: '0.1 ms', departs: { IF: 'always' } },
  spikingjelly: { method: 'euler-current-first', reset: 'value', dt: '0.1 ms', departs: {} },
  lava: { method: 'euler-current-first', reset: 'value', dt: '0.1 ms', departs: {} },
  // Sinabs has no time: a step is a unit of time.
  sinabs: { method: 'euler', reset: 'subtract', dt: '1 s', departs: { LIF: 'always', CubaLIF: 'always' } },
  rockpool: {
    method: 'euler-current-first',
    reset: 'subtract',
    dt: '0.1 ms',
    departs: { LIF: 'always', CubaLIF: 'always' },
  },
};

/** How a graph takes its steps. */
export interface Settings {
  readonly method: (typeof methods)[keyof typeof methods];
  readonly signal: (typeof signals)[keyof typeof signals];
  readonly reset: (typeof resets)[keyof typeof resets];
  /** Names of the three. */
  readonly names: Readonly<Record<'method' | 'signal' | 'reset', string>>;
  readonly library?: Library & { readonly name: string };
}

/**
 * Returns the settings that are given, else those of a given library, else those that the graph states, as graphs of
 * interneuron do.
 */
export function settingsOf(
  given: Readonly<Record<string, string>>,
  stated: Readonly<Record<string, unknown>> | undefined,
  report: (finding: Finding, setting: string) => void,
): Settings {
  const choice = <Name extends string>(
    name: string,
    usual: Name,
    known: Readonly<Record<Name, unknown>>,
    inLibrary?: Name,
  ): Name => {
    const own = stated?.[name];
    const value = given[name] ?? inLibrary ?? (typeof own === 'string' && Object.hasOwn(known, own) ? own : usual);
    if (Object.hasOwn(known, value)) return value as Name;
    report(messages.unknownSetting(name, value, Object.keys(known)), `${name}=${value}`);
    return usual;
  };
  const name = given['library'] === undefined ? undefined : choice('library', 'norse', libraries);
  const library = name === undefined ? undefined : libraries[name];
  const names = {
    method: choice('method', 'euler', methods, library?.method),
    signal: choice('signal', 'steps', signals, library && 'steps'),
    reset: choice('reset', 'value', resets, library?.reset),
  };
  return {
    method: methods[names.method],
    signal: signals[names.signal],
    reset: resets[names.reset],
    names,
    ...(library && name !== undefined ? { library: { ...library, name } } : {}),
  };
}
