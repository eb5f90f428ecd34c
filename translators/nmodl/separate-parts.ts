/**
 * Mechanisms of several currents as one mechanism for each current, if no state opens two of them: the sodium,
 * potassium and leak currents of `hh.mod` are three channels.
 */

import type { Expression } from '../../src/lang/ast.js';
import { namesIn } from '../../src/lang/walk.js';
import type { Mechanism } from './mechanism.js';

/** Returns the parts of a mechanism, or the mechanism itself. */
export function separateParts(mechanism: Mechanism): readonly Mechanism[] {
  const { name, writes, states, derived, parameters } = mechanism;
  const ports = [...writes.keys()];
  if (ports.length < 2 || ports.some((port) => !/^i(?:_|$)/.test(port))) return [mechanism];
  const parts = ports.map((port) => reachedFrom(mechanism, writes.get(port)));
  const owned = parts.flatMap((part) => [...states.keys()].filter((state) => part.has(state)));
  if (new Set(owned).size < owned.length || owned.length < states.size) return [mechanism];
  const written = new Set(ports.flatMap((port) => (port === 'i' ? [] : [port])));
  if (parts.some((part) => [...written].some((port) => part.has(port)))) return [mechanism];
  return ports.map((port, k) => {
    const part = parts[k] ?? new Set();
    const kept = <T>(all: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
      new Map([...all].filter(([one]) => part.has(one)));
    return {
      ...mechanism,
      name: `${name}_${port === 'i' ? 'leak' : port.slice(2)}`,
      writes: new Map([...writes].filter(([one]) => one === port)),
      states: kept(states),
      scheme: mechanism.scheme.filter((one) => part.has(one)),
      conserved: kept(mechanism.conserved),
      parameters: kept(parameters),
      derived: derived.filter((definition) => part.has(definition.name)),
      reads: mechanism.reads.filter((read) => part.has(read)),
    };
  });
}

/** Returns all names that an expression depends on. */
function reachedFrom({ states, derived, conserved }: Mechanism, from: Expression | undefined): Set<string> {
  const definitions = new Map(derived.map((definition) => [definition.name, definition.expression]));
  const seen = new Set<string>();
  const add = (e: Expression | undefined): void => {
    for (const name of e ? namesIn(e) : []) {
      if (seen.has(name)) continue;
      seen.add(name);
      add(definitions.get(name));
      const state = states.get(name);
      add(state?.initial);
      add(state?.rate);
      add(conserved.get(name));
    }
  };
  add(from);
  return seen;
}
