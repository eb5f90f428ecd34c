/** Parts of a random document of NeuroML, as they refer to each other. */

/** External inputs of a cell: currents, currents without dimension, or no input. */
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
  /** Paths below the cell of recordable quantities. */
  readonly recordables: readonly string[];
  /** Whether its populations are lists, as populations of cells with shapes. */
  readonly isList?: boolean;
}

/** A synapse of a document. */
export interface Synapse {
  readonly id: string;
  /** Paths below an attached synapse of recordable quantities. */
  readonly recordables: readonly string[];
  /** Weights of a connection of usual strength. */
  readonly weight: readonly [number, number];
}

/** A current that can enter a cell. */
export interface Input {
  readonly id: string;
  /** Paths below an attached input of recordable quantities. */
  readonly recordables: readonly string[];
}
