/** The manifest of a kernel program: the meaning of its buffers in the model. */

import type { ElementType, Extent } from './statements.js';

/** Where one variable of a population or projection lives. */
export interface VariableLocation {
  /** The population or projection. */
  readonly owner: string;
  /** Its name in the model. */
  readonly variable: string;
  /** Name of its array, merged over populations of the type. */
  readonly buffer: string;
  /** Where its elements begin there. */
  readonly offset: number;
  /** Number of elements; a projection's is known after initialisation. */
  readonly length: Extent;
  /** SI unit text, `1` when dimensionless. */
  readonly unit: string;
  /** True when it changes with time and so belongs to the fingerprint. */
  readonly state: boolean;
  /** For values kept as integers: in units of 2^-exponent. */
  readonly exponent?: number;
}

/** Where the synapses of one projection live, in storage order. */
export interface ProjectionLocation {
  /** Its name in the model, or the name of a piece. */
  readonly name: string;
  /** Name in the model of the projection that it is a piece of; absent: it is that itself. */
  readonly pieceOf?: string;
  /** Number of synapses. */
  readonly count: Extent;
  /** Number of synapses on average, if it is drawn by rules that tell it. */
  readonly expected?: number;
  /** u32 source and target index of each position, or how to find the source: from the segments. */
  readonly targets: string;
  /** u32 buffer of sources * D + 1 first positions, for D possible delays of each source. */
  readonly segments: string;
  /**
   * Rows as the rules draw them, before they are sorted by delay; present if targets ascend in each row. `rows` has the
   * first position of each source, `targets` the target of each synapse, and `copies` its number within its pair.
   * Deliveries find target 0 at `first` of their own targets.
   */
  readonly drawn?: {
    readonly rows: string;
    readonly targets: string;
    readonly copies?: string;
    readonly first: number;
    /** Number of elements of the postsynaptic end. */
    readonly size: number;
  };
  /**
   * Synapses by target, if events of the targets reach them: first entry of each target, and the position of each
   * entry.
   */
  readonly columns?: { readonly starts: string; readonly positions: string };
  /** Number of elements of the presynaptic end. */
  readonly sources: number;
  /** Delays that segments are made for, in steps, both included. */
  readonly delays: { readonly first: number; readonly last: number };
  /** u32 creation index of each position; absent when storage order is creation order; null when it is not kept. */
  readonly creation?: string | null;
  /**
   * Delays of each pathway in steps. `buffer` has one delay for each position. Without a buffer, all delays are
   * `first`, or those of the segments.
   */
  readonly pathways?: readonly {
    readonly name: string;
    readonly first: number;
    readonly last: number;
    readonly buffer?: string;
    /**
     * For delays given as times rather than steps: one value in s for all synapses, or the f64 buffer with one for each
     * position.
     */
    readonly seconds?: number | string;
  }[];
}

/** One recording: its log and its columns. */
export interface SampleLocation {
  /** Name of the recording. */
  readonly recording: string;
  /** The population or projection. */
  readonly owner: string;
  readonly variable: string;
  /** SI unit text, `1` when dimensionless. */
  readonly unit: string;
  /** Log with a row for each sample. */
  readonly log: string;
  /** First element within a row of the log, and number of elements. */
  readonly column: number;
  /** Elements of the owner, a column for each. */
  readonly indices: Uint32Array | { readonly begin: number; readonly end: number };
  /** Type of the values in the row. */
  readonly element: ElementType;
  /** Steps between samples, and the step of the first. */
  readonly every: number;
  /** Step of the first sample. */
  readonly offset: number;
  /** Time of the sample taken in step n is (n + label) * dt. */
  readonly label: 0 | 1;
}

/** A variable recorded at each event. */
export interface EventValueLocation {
  /** Its name in the model. */
  readonly variable: string;
  /** SI unit text, `1` when dimensionless. */
  readonly unit: string;
  /** Log of f64 with a row for each row of the event's own log. */
  readonly log: string;
  /** Place of the value in a row. */
  readonly column: number;
}

/** One recording of events, or of the rate that they make (events per element and second). */
export interface EventRecordingLocation {
  /** Name of the recording. */
  readonly recording: string;
  /** Each event, or the rate of events. */
  readonly kind: 'events' | 'rate';
  /** Whose events they are. */
  readonly population: string;
  /** Name of the event ring with the drained log. */
  readonly event: string;
  /** Elements of the population that are recorded. */
  readonly indices: Uint32Array | { readonly begin: number; readonly end: number };
  /** Variables recorded at the events; absent: no variables. */
  readonly values?: readonly EventValueLocation[];
  /** Of a rate, steps between the ticks at which events can be; absent: 1. */
  readonly every?: number;
}

/** What went wrong in a network. */
export interface FaultMeaning {
  /** A sentence without its full stop. */
  readonly says: string;
  /** JSON pointer of the part of the model that it concerns; empty: the whole model. */
  readonly pointer: string;
}

/** The meaning of a program's arrays in the model. */
export interface Manifest {
  /** Populations in the model's order; `event` is the ring of their spikes, null if they have no spikes. */
  readonly populations: readonly {
    readonly name: string;
    readonly size: number;
    readonly event: string | null;
    readonly recorded: boolean;
  }[];
  /** The ring of each event of a population. */
  readonly events: readonly {
    readonly event: string;
    readonly population: string;
    readonly name: string;
    /** Log of (step, element, multiplicity) for multiplicities above one; absent: all are one. */
    readonly multiples?: string;
  }[];
  /** Where variables are kept that the host may read. */
  readonly variables: readonly VariableLocation[];
  /** Where synapses are kept. */
  readonly projections: readonly ProjectionLocation[];
  /** Where samples of recorded variables come from. */
  readonly samples: readonly SampleLocation[];
  /** Absent: the spikes of every population with `recorded`, under the population's name. */
  readonly eventRecordings?: readonly EventRecordingLocation[];
  /** Spike time of step n is (n + spikeLabel) * dt. */
  readonly spikeLabel: 0 | 1;
  /** What each fault bit means. */
  readonly faults: Readonly<Record<number, FaultMeaning>>;
  /** If time may be reset: buffers that a reset leaves unchanged, for parameters and values derived from them. */
  readonly kept?: readonly string[];
  /** Buffers that hold the present values only after the procedure `showSynapses`; absent: none. */
  readonly shown?: readonly string[];
  /** Choices worth reporting: integration method of each equation set, representation of each projection. */
  readonly notes: readonly string[];
}
