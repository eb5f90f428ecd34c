/** What the parts of a random document of NeuroML know of each other. */

/** What acts on a cell from outside: currents, currents without dimension, or nothing. */
export type Accepts = 'current' | 'dimensionless' | 'nothing';

/** A cell of a document. */
export interface Cell {
  readonly id: string;
  readonly accepts: Accepts;
  /** The longest step, in ms, in which its equations can be advanced. */
  readonly step: number;
  /** A current that makes it fire, in nA, or without dimension. */
  readonly current: number;
  /** Whether it has a potential with dimension, so that gap junctions may be on it. */
  readonly hasPotential: boolean;
  readonly spikes: boolean;
  /** Paths below the cell of what can be recorded. */
  readonly recordables: readonly string[];
  /** Whether its populations are lists, as those of cells with shapes. */
  readonly isList?: boolean;
}

/** A synapse of a document. */
export interface Synapse {
  readonly id: string;
  /** Paths below an attached synapse of what can be recorded. */
  readonly recordables: readonly string[];
  /** Weights of a connection of usual strength. */
  readonly weight: readonly [number, number];
}

/** A current that can enter a cell. */
export interface Input {
  readonly id: string;
  /** Paths below an attached input of what can be recorded. */
  readonly recordables: readonly string[];
}
