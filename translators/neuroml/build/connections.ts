/** Connections between the cells of a network: groups of connections of one kind, as columns of numbers. */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { Component } from '../lems/definitions.js';
import type { NumberList, PlaceList, PropertyLists } from './lists.js';
import type { Draft } from './network.js';

/** For the end of a tunnel: its name, and the component at the other end. */
export interface Peer {
  /** The tunnel's name for the other end. */
  readonly name: string;
  /** The component there. */
  readonly component: Component;
  /**
   * Whether a step has already advanced it. Then both ends are at one cell, and its first instance is advanced first.
   */
  readonly advanced: boolean;
}

/** Connections of one kind between two populations. */
export interface Connections {
  /** The component with the connections as children. It gives the group its name. */
  readonly holder: Component;
  /** Population of the sources. */
  readonly from: Draft;
  /** Population of the targets. */
  readonly to: Draft;
  /** The component that each connection instantiates; null if events reach the cell directly. */
  readonly receiver: Component | null;
  /** The attachments of the target that the instances belong to; empty without receiver. */
  readonly list: string;
  /** Port of the source; null for the ends of a tunnel, which carry no event. */
  readonly outPort: string | null;
  /** Port of the receiver, or of the target cell if there is no receiver. */
  readonly inPort: string;
  /** The other end of a tunnel; null for events. */
  readonly peer: Peer | null;
  /** Where on cells with several segments the source of each connection is; null for other cells. */
  readonly fromPlaces: PlaceList | null;
  /** Where on cells with several segments the target of each connection is; null for other cells. */
  readonly toPlaces: PlaceList | null;
  /** Index of the source of each connection. */
  readonly sources: NumberList<Int32Array>;
  /** Index of the target of each connection. */
  readonly targets: NumberList<Int32Array>;
  /** Seconds. */
  readonly delays: NumberList<Float64Array>;
  /** Values in SI that connections give to instances of the receiver. */
  readonly properties: PropertyLists;
  /** Order of creation among all that is attached anywhere. */
  readonly serials: NumberList<Int32Array>;
  /** Of the first connection in the user's text. */
  readonly place: Place;
}

/** Instances of a component that are attached to cells of one population without any source of events. */
export interface Attached {
  /** The attached component, with one instance for each target. */
  readonly component: Component;
  /** The components with the attaching children. */
  readonly holders: Set<Component>;
  /** Population of the targets. */
  readonly to: Draft;
  /** The attachments of the target that the instances belong to. */
  readonly list: string;
  /** Where on cells with several segments each instance is attached; null for other cells. */
  readonly toPlaces: PlaceList | null;
  /** Index of the cell of each instance; a cell may have several. */
  readonly targets: NumberList<Int32Array>;
  /** Values in SI that attaching gives to instances. */
  readonly properties: PropertyLists;
  /** Order of creation among all that is attached anywhere. */
  readonly serials: NumberList<Int32Array>;
  readonly place: Place;
}

/** All that connects a network. */
export interface Wires {
  readonly connections: readonly Connections[];
  /** Inputs and the like: whatever acts on cells without a source of events. */
  readonly attached: readonly Attached[];
}
