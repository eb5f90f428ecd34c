/** Node sets: nodes by population, id and attributes. */

import { entryOf, itemAt } from '../../src/diagnostics/entry.js';
import { isObject } from '../../src/diagnostics/member.js';
import type { Place } from '../../src/diagnostics/diagnostic.js';
import { child } from '../../src/model/pointer.js';
import { readDocument } from '../../src/model/text/read.js';
import type { Config } from './config.js';
import * as messages from './messages.js';
import { noPart, type Nodes } from './nodes.js';

/** Rows of some nodes of a population. */
export interface Selected {
  readonly nodes: Nodes;
  readonly rows: readonly number[];
}

/** Finds the nodes that a config names by a set, a population, ids or attributes. */
export type NodeSets = (value: unknown, place: Place) => readonly Selected[];

/** Returns all nodes of a population. */
const all = (nodes: Nodes): Selected => ({ nodes, rows: Array.from({ length: nodes.size }, (_, row) => row) });

/** Most sets that contain one another. */
const mostNested = 100;

/** Reads the sets of a config. */
export function nodeSetsOf(config: Config, populations: ReadonlyMap<string, Nodes>): NodeSets {
  const path = config.path('node_sets_file');
  const sets = new Map<string, unknown>();
  /** Whether a node of a population has an attribute, by both names. */
  const attributes = new Map<string, boolean>();
  const has = (nodes: Nodes, key: string): boolean => {
    const name = `${nodes.name} ${key}`;
    const found = attributes.get(name) ?? all(nodes).rows.some((row) => nodes.attribute(row, key) !== undefined);
    attributes.set(name, found);
    return found;
  };
  const checkAttributes = (
    { population, ...wanted }: Readonly<Record<string, unknown>>,
    placeOf: (key: string) => Place,
  ): void => {
    const names = population === undefined ? [...populations.keys()] : [population].flat().map(String);
    for (const key of Object.keys(wanted))
      if (!names.some((name) => populations.has(name) && has(entryOf(populations, name), key)))
        config.report(messages.unknownAttribute(key), placeOf(key));
  };
  /** Takes sets, and checks their attributes even if nothing uses them. */
  const take = (value: unknown, placeOf: (set: string, key: string) => Place): void => {
    for (const [name, set] of isObject(value) ? Object.entries(value) : []) {
      sets.set(name, set);
      if (isObject(set)) checkAttributes(set, (key) => placeOf(name, key));
    }
  };
  take(config.get('node_sets'), (set, key) => config.place('node_sets', set, key));
  const file = path?.document ?? '';
  const text = path && config.text(path);
  if (text !== undefined) {
    const { value, positions, diagnostics } = readDocument(text, file);
    for (const { place, ...finding } of diagnostics) config.report(finding, place ?? config.place('node_sets_file'));
    take(value, (set, key) => positions.place(child(child('', set), key)));
  }
  /** The nodes of each set that was asked for. */
  const found = new Map<string, readonly Selected[]>();
  const select = (value: unknown, place: Place, open: readonly string[]): readonly Selected[] => {
    if (typeof value === 'string') {
      if (open.includes(value)) {
        config.report(messages.variableCycle([...open, value]), place);
        return [];
      }
      const known = found.get(value);
      if (known) return known;
      if (open.length >= mostNested) {
        config.report(messages.nodeSetDepth(mostNested), place);
        return [];
      }
      if (sets.has(value)) {
        const selected = select(sets.get(value), place, [...open, value]);
        found.set(value, selected);
        return selected;
      }
      const population = populations.get(value);
      if (population) return [all(population)];
      if (value === 'all') return [...populations.values()].map(all);
      config.report(messages.unknownSet(value, [...sets.keys(), ...populations.keys()], file), place);
      return [];
    }
    if (Array.isArray(value)) {
      if (value.every((item) => typeof item === 'number')) return select({ node_id: value }, place, open);
      return union([...new Set<unknown>(value)].flatMap((item) => select(item, place, open)));
    }
    if (isObject(value)) {
      if (open.length === 0) checkAttributes(value, () => place);
      return byAttributes(value, place);
    }
    config.report(messages.wrongValue('a node set', 'a name, a list or a map', value), place);
    return [];
  };
  const byAttributes = (
    { population, ...wanted }: Readonly<Record<string, unknown>>,
    place: Place,
  ): readonly Selected[] => {
    const names = population === undefined ? [...populations.keys()] : [population].flat().map(String);
    const chosen = names.flatMap((name) => {
      const nodes = populations.get(name);
      if (!nodes) config.report(messages.unknownPopulation(name, [...populations.keys()]), place);
      return nodes ? [nodes] : [];
    });
    const values = Object.entries(wanted).map(([key, value]) => [key, new Set([value].flat().map(String))] as const);
    const matches = (nodes: Nodes, row: number): boolean =>
      values.every(([key, allowed]) => {
        const own = nodes.attribute(row, key);
        return own !== undefined && allowed.has(String(own));
      });
    return chosen
      .map((nodes) => ({ nodes, rows: all(nodes).rows.filter((row) => matches(nodes, row)) }))
      .filter(({ rows }) => rows.length > 0);
  };
  return (value, place) => select(value, place, []);
}

/** Returns rows of several selections, each once. */
function union(selected: readonly Selected[]): readonly Selected[] {
  const rows = new Map<Nodes, Set<number>>();
  for (const { nodes, rows: own } of selected) {
    const known = rows.get(nodes) ?? new Set<number>();
    rows.set(nodes, known);
    for (const row of own) known.add(row);
  }
  return [...rows].map(([nodes, own]) => ({ nodes, rows: [...own].sort((a, b) => a - b) }));
}

/** Elements of each part of a population among some rows; null for all of a part. */
export function elementsOf({ nodes, rows }: Selected): ReadonlyMap<number, readonly number[] | null> {
  const elements = new Map<number, number[]>();
  for (const row of rows) {
    const part = itemAt(nodes.partOf, row);
    if (part === noPart) continue;
    const known = elements.get(part) ?? [];
    elements.set(part, known);
    known.push(itemAt(nodes.elementOf, row));
  }
  return new Map(
    [...elements].map(([part, list]) => [
      part,
      list.length === nodes.parts[part]?.rows.length ? null : list.sort((a, b) => a - b),
    ]),
  );
}
