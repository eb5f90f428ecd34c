/** What connects the cells of a network: groups of connections of one kind, as columns of numbers. */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { SegmentPlace } from '../cells/ends.js';
import type { Component } from '../lems/definitions.js';
import type { NumberList, PropertyLists } from './lists.js';
import type { Draft } from './network.js';

/** For the end of a tunnel: its name, and the component at the other end. */
export interface Peer {
  readonly name: string;
  readonly component: Component;
  /** Whether a step has already advanced it: both ends are at one cell, whose first instance is advanced first. */
  readonly advanced: boolean;
}

/** Connections of one kind between two populations. */
export interface Connections {
  /** The component whose children make the connections: it gives the group its name. */
  readonly holder: Component;
  readonly from: Draft;
  readonly to: Draft;
  /** The component that each connection has an instance of; null where events reach the cell itself. */
  readonly receiver: Component | null;
  /** The attachments of the target that the instances belong to; empty without receiver. */
  readonly list: string;
  /** Port of the source; null where no event goes along: the ends of a tunnel. */
  readonly outPort: string | null;
  readonly inPort: string;
  readonly peer: Peer | null;
  /** Where on cells with several segments the ends are. */
  readonly fromPlace: SegmentPlace | null;
  readonly toPlace: SegmentPlace | null;
  readonly sources: NumberList<Int32Array>;
  readonly targets: NumberList<Int32Array>;
  /** Seconds. */
  readonly delays: NumberList<Float64Array>;
  readonly properties: PropertyLists;
  /** Order of creation among all that is attached anywhere. */
  readonly serials: NumberList<Int32Array>;
  readonly place: Place;
}

/** Instances of a component that are attached to cells of one population without any source of events. */
export interface Attached {
  readonly component: Component;
  /** The components whose children attach them. */
  readonly holders: Set<Component>;
  readonly to: Draft;
  readonly list: string;
  readonly toPlace: SegmentPlace | null;
  readonly targets: NumberList<Int32Array>;
  readonly properties: PropertyLists;
  readonly serials: NumberList<Int32Array>;
  readonly place: Place;
}

/** All that connects a network. */
export interface Wires {
  readonly connections: readonly Connections[];
  readonly attached: readonly Attached[];
}
