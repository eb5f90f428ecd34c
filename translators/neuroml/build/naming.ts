/** Names of the canonical parts of a network: populations, projections, stimuli. */

import { freeName } from '../../../src/model/free-name.js';
import type { Component } from '../lems/definitions.js';
import type { Draft, Network } from './network.js';
import type { Attached, Connections, Wires } from './connections.js';
import { Ids } from './placed.js';

/** Ids that recordings may name, known before the document is made. */
export interface Naming {
  /** Populations of cells. */
  readonly populations: ReadonlyMap<Draft, string>;
  /** Populations of attached instances that form their own population. */
  readonly attached: ReadonlyMap<Attached, string>;
  /** Projections of connections. */
  readonly projections: ReadonlyMap<Connections, string>;
  /** Projections from attached instances to their cells. */
  readonly attachments: ReadonlyMap<Attached, string>;
}

/** Gives populations and projections their ids, after the components that they come from. */
export function nameNetwork(network: Network, { connections, attached }: Wires): Naming {
  const ids = new Ids();
  const ofHolder = tally(network.drafts.map(({ holder }) => holder));
  const ofComponent = tally(attached.map(({ component }) => component));
  const groups = tally(connections.map(({ holder }) => holder));
  const populations = new Map<Draft, string>();
  for (const draft of network.drafts) {
    const { holder, component } = draft;
    const shared = (ofHolder.get(holder) ?? 0) > 1;
    const id = holder === component ? component.id : shared ? `${nameOf(holder)}_${component.id}` : nameOf(holder);
    populations.set(draft, ids.take(id || component.type.name));
  }
  const to = (draft: Draft): string => populations.get(draft) ?? '';
  const attachedIds = new Map<Attached, string>();
  for (const one of attached) {
    const id = one.component.id || one.component.type.name;
    attachedIds.set(one, ids.take((ofComponent.get(one.component) ?? 0) > 1 ? `${id}_${to(one.to)}` : id));
  }
  const projections = new Map<Connections, string>();
  for (const connection of connections) {
    const own =
      groups.get(connection.holder) === 1 &&
      connection.holder !== network.root.component &&
      connection.holder.id !== '';
    const between = [
      to(connection.from),
      to(connection.to),
      ...(connection.receiver ? [connection.receiver.id] : []),
    ].join('_');
    projections.set(connection, ids.take(own ? connection.holder.id : between));
  }
  const attachments = new Map<Attached, string>();
  for (const one of attached) attachments.set(one, ids.take(`${attachedIds.get(one) ?? ''}_to_${to(one.to)}`));
  return { populations, attached: attachedIds, projections, attachments };
}

/**
 * Returns the id of a component that holds cells. If the id is a number, as in lists, the id of its parent is put in
 * front.
 */
const nameOf = ({ id, parent }: Component): string =>
  /^\d/.test(id) && parent !== null && parent.id !== '' ? `${parent.id}_${id}` : id;

/** How often each item is listed. */
function tally<T>(items: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** Returns an id that no population has. */
export function freeId(wanted: string, naming: Naming, populations: Readonly<Record<string, unknown>>): string {
  const taken = new Set([
    ...naming.populations.values(),
    ...naming.attached.values(),
    ...naming.projections.values(),
    ...naming.attachments.values(),
  ]);
  return freeName(wanted, (id) => taken.has(id) || Object.hasOwn(populations, id));
}
