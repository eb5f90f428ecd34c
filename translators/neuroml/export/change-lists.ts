/**
 * Lists of connections and inputs: those that are kept by their first element, and those that differ from the model's.
 */

import type { Model, Projection, Value } from '../../../src/model/model.js';
import type { Attached, Connections } from '../build/connections.js';
import type { FlatParameter } from '../flatten/variables.js';
import type { Component } from '../lems/definitions.js';
import type { Changes } from './changes.js';
import { connectingPart, connectionNodes, type Columns, type Template } from './connection-list.js';
import type { Node } from './kept-tree.js';

/** What one component's children connect. */
interface Group {
  readonly holder: Component;
  /** Elements that make it, as they were read. */
  readonly made: readonly Component[];
  readonly sources: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  readonly same: boolean;
  readonly columns: Columns | undefined;
}

/** @returns whether all that differs could be said */
export function changeLists(changes: Changes): boolean {
  const { naming, wires } = changes.before.parts;
  const connected = wires.connections
    // The ends of a tunnel are one element: the end that it calls the second says it.
    .filter((group) => !group.peer || !isMirrored(group, wires.connections))
    .filter((group) => Object.hasOwn(changes.wanted.projections, naming.projections.get(group) ?? ''))
    .map((group) => connectionsGroup(naming.projections.get(group) ?? '', group, changes));
  const left = wires.attached.filter((one) =>
    Object.hasOwn(changes.wanted.projections, naming.attachments.get(one) ?? ''),
  );
  const inputs = left.map((one) =>
    inputsGroup(naming.attached.get(one) ?? '', naming.attachments.get(one) ?? '', one, changes),
  );
  return [...connected, ...inputs].every((group) => changeGroup(group, [...connected, ...inputs], changes));
}

/** Whether a group holds the first ends of tunnels whose second ends are another group, which comes after it. */
function isMirrored(group: Connections, all: readonly Connections[]): boolean {
  const other = all.find(
    (one) =>
      one !== group &&
      one.holder === group.holder &&
      one.from === group.to &&
      one.to === group.from &&
      one.peer?.component === group.receiver,
  );
  return other !== undefined && all.indexOf(group) < all.indexOf(other);
}

function changeGroup(group: Group, all: readonly Group[], changes: Changes): boolean {
  const { holder, made, same, columns } = group;
  const nodes = made.map((component) => changes.tree.nodeOf(component));
  const shortened = nodes.some((node) => node?.count !== undefined);
  if (same && !shortened) return true;
  // Elements of several kinds within one holder are not distinguished.
  if (
    !columns ||
    made.length !== group.targets.length ||
    all.some((other) => other !== group && other.holder === holder)
  )
    return false;
  const node = changes.tree.nodeOf(holder);
  if (!node || nodes.length === 0 || nodes.some((one) => one === undefined)) return false;
  const written = nodes.filter((one) => one !== undefined);
  const counts = written.map(({ count }) => count ?? 1);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const templates = made.map((component, k): Template => ({
    node: written[k] ?? node,
    component,
    source: group.sources[k] ?? 0,
    target: group.targets[k] ?? 0,
  }));
  const rebuilt =
    total === columns.targets.length
      ? inRuns(templates, counts, columns, changes)
      : inRuns(templates.slice(-1), [columns.targets.length], columns, changes);
  if (!rebuilt) return false;
  const first = node.children.indexOf(written[0] ?? node);
  const members = new Set<Node>(written);
  const rest = node.children.filter((inner) => !members.has(inner));
  node.children = [...rest.slice(0, first), ...rebuilt, ...rest.slice(first)];
  return true;
}

/** Each element in the place of those that it stands for. */
function inRuns(
  templates: readonly Template[],
  counts: readonly number[],
  columns: Columns,
  changes: Changes,
): readonly Node[] | undefined {
  const made: Node[] = [];
  let begin = 0;
  for (const [k, template] of templates.entries()) {
    const end = begin + (counts[k] ?? 1);
    const nodes = connectionNodes(template, columns, [begin, end], changes.before.lems);
    if (!nodes) return undefined;
    for (const node of nodes) made.push(node);
    begin = end;
  }
  return made;
}

/** The children of a component that connect something. */
function connecting(holder: Component): readonly Component[] {
  return holder.children.filter(({ type }) => connectingPart(type) !== undefined);
}

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function connectionsGroup(name: string, group: Connections, changes: Changes): Group {
  const { holder, sources, targets, receiver, from, to, peer } = group;
  const { types } = changes.before.parts;
  const { old, wanted } = changes;
  const [before, after] = [old.projections[name], wanted.projections[name]];
  const parameters = receiver ? types.ofSynapse(receiver, from, to, peer).flat.parameters : [];
  const valueIn = (model: Model, key: string): Value | undefined => {
    const projection = model.projections[name];
    return projection?.values[key] ?? model.synapses[projection?.synapse ?? '']?.parameters[key]?.value;
  };
  const delayIn = (model: Model): Value => {
    const projection = model.projections[name];
    return projection?.delays['pre'] ?? model.synapses[projection?.synapse ?? '']?.pathways['pre']?.delay ?? 0;
  };
  const names = receiver ? assignable(receiver, parameters) : noNames;
  const properties = numericValues(receiver, names, (key) => valueIn(wanted, key), changes);
  const list = listOf(after, changes);
  const delays = changes.numeric(delayIn(wanted));
  return {
    holder,
    made: connecting(holder),
    sources: sources.toArray(),
    targets: targets.toArray(),
    same:
      equal(before?.connect, after?.connect) &&
      equal(delayIn(old), delayIn(wanted)) &&
      [...names.values()].every((key) => equal(valueIn(old, key), valueIn(wanted, key))),
    columns:
      list && properties && delays !== undefined
        ? { sources: list[0], targets: list[1], delays, properties }
        : undefined,
  };
}

function inputsGroup(population: string, projection: string, one: Attached, changes: Changes): Group {
  const { old, wanted } = changes;
  const { parameters } = changes.before.parts.types.ofAttached(one.component, one.to).flat;
  const valueIn = (model: Model, key: string): Value | undefined => {
    const owner = model.populations[population];
    return owner?.values[key] ?? model.neurons[owner?.type ?? '']?.parameters[key]?.value;
  };
  const names = assignable(one.component, parameters);
  const properties = numericValues(one.component, names, (key) => valueIn(wanted, key), changes);
  const list = listOf(wanted.projections[projection], changes);
  // Inputs of several lists are one population: which of them are whose is known of the kept ones alone.
  const [holder, ...more] = one.holders;
  return {
    holder: holder ?? one.component,
    made: holder && more.length === 0 ? connecting(holder) : [],
    sources: [],
    targets: one.targets.toArray(),
    same:
      equal(old.projections[projection]?.connect, wanted.projections[projection]?.connect) &&
      [...names.values()].every((key) => equal(valueIn(old, key), valueIn(wanted, key))),
    columns: list && properties ? { sources: null, targets: list[1], delays: 0, properties } : undefined,
  };
}

const noNames: ReadonlyMap<string, string> = new Map();

/** Names in the model of the properties of a component, which each of its instances may be given a value of. */
export function assignable(component: Component, parameters: readonly FlatParameter[]): ReadonlyMap<string, string> {
  return new Map(
    parameters.flatMap(({ name, source }) => {
      const own = source.kind === 'component' && source.ordinal === 0 && component.type.properties.has(source.name);
      return own ? [[source.name, name] as const] : [];
    }),
  );
}

function numericValues(
  component: Component | null,
  names: ReadonlyMap<string, string>,
  valueOf: (name: string) => Value | undefined,
  changes: Changes,
): Columns['properties'] | undefined {
  const values = new Map<string, { readonly numbers: number | ArrayLike<number>; readonly usual: number }>();
  for (const [property, name] of names) {
    const numbers = changes.numeric(valueOf(name));
    if (numbers === undefined || !component) return undefined;
    values.set(property, { numbers, usual: component.type.properties.get(property)?.defaultValue ?? 0 });
  }
  return values;
}

/** Sources and targets of a projection that lists them. */
function listOf(
  projection: Projection | undefined,
  changes: Changes,
): readonly [ArrayLike<number>, ArrayLike<number>] | undefined {
  const [rule, ...more] = projection?.connect ?? [];
  return rule?.rule === 'list' && more.length === 0
    ? [changes.numbers(rule.sources), changes.numbers(rule.targets)]
    : undefined;
}
