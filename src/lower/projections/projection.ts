/** Projections as lowering understands them: their ends, pathways and delays, and where their synapses are. */

import type { Cells, Elements } from '../../draw/drawn-model.js';
import type { Buffer, Extent } from '../../ir/program.js';
import type { Pathway, Value, Projection, SynapseType } from '../../model/typed.js';
import type { Group, Member } from '../groups.js';
import type { Equations } from '../code/equations.js';
import type { StepPlace } from '../step/place.js';

/** One end: a contiguous piece of a population; sources that replay spikes have no group. */
export interface ProjectionEnd {
  readonly population: string;
  /** The event that pathways of this end are told of. */
  readonly event: string;
  /** First element within the population, and how many. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;
  /** Null for sources of given spikes. */
  readonly group: Group | null;
  /** Null for sources of given spikes. */
  readonly member: Member | null;
  /**
   * Elements of the end that the model names, of which this may be a piece: its indices and random numbers count within
   * that.
   */
  readonly named: number;
  /** How they are numbered there, where that is not as they are here. */
  readonly map: EndMap | null;
  /** The cells whose compartments its elements are; null where these are numbered as they are. */
  readonly cells: Cells | null;
  /**
   * Where its elements are the synapses of a projection, in order of creation: of which, and u32 their positions in
   * storage; null where these are the same.
   */
  readonly synapses: { readonly projection: string; readonly positions: Buffer | null } | null;
}

/** An end that is no plain piece of one population: a list, a sample, an assembly. */
export interface EndMap {
  readonly elements: Elements;
  /** u32 element of this piece for each of the end, or none; and the other way round. */
  readonly elementOf: Buffer;
  readonly indexOf: Buffer;
}

/** Delays in whole steps. */
export interface DelaySteps {
  readonly first: number;
  readonly last: number;
}

/** A pathway of a projection with its event and delays. */
export interface PathwayPlan {
  readonly name: string;
  readonly pathway: Pathway;
  /** The end whose event it waits for. */
  readonly side: 'pre' | 'post';
  /** That event. */
  readonly event: string;
  /** As the model gives it, in s. */
  readonly delay: Value;
  /** Least and greatest delay in steps. */
  readonly steps: DelaySteps;
  /** Where in a step it runs. */
  readonly place: StepPlace & { readonly order: number; readonly name: string };
  /**
   * Steps that pass before it meets an event: 1 where ties go by names and it runs before the test for the event, which
   * it then finds in the step after, as in Brian.
   */
  readonly late: 0 | 1;
  /** Where phases change its delays there is one plan for each version, for what was sent while it was in force. */
  readonly window: DelayWindow | null;
}

/** Which version of a pathway's delays a plan is for, where phases change them. */
export interface DelayWindow {
  /** The pathway's own name. */
  readonly of: string;
  /** From 0, in the order of the phases. */
  readonly version: number;
  /** How many there are. */
  readonly versions: number;
}

/** A projection whose ends, pathways and delays are understood. */
export interface ProjectionPlan {
  readonly name: string;
  readonly projection: Projection;
  readonly type: SynapseType;
  readonly equations: Equations;
  /** Presynaptic end: sources, a row of synapses each. */
  readonly pre: ProjectionEnd;
  /** Postsynaptic end: targets. */
  readonly post: ProjectionEnd;
  /** In order of their names; of one with several versions of delays, one plan for each. */
  readonly pathways: readonly PathwayPlan[];
  /**
   * Names in the streams of its random numbers: the projection that the model names, and the one whose connections it
   * has.
   */
  readonly stream: string;
  /** The stream of the random numbers of its connections: that of the projection that they are of. */
  readonly connectStream: string;
  /**
   * For each element of the sending end the same one at the receiving end, or none; null where the ends' offsets tell
   * it.
   */
  readonly sameTarget: Uint32Array | null;
  /** The pathway by whose delays the synapses of a row are sorted, when they differ. */
  readonly sortedBy: PathwayPlan | null;
}

/** An index of synapses: first entry of each key, and the position and source of each entry. */
export interface SynapseIndex {
  /** u32, first entry of each key; one more than there are keys. */
  readonly starts: Buffer;
  /** u32 position in storage of each entry. */
  readonly positions: Buffer;
  /** u32 source of each entry. */
  readonly sources: Buffer;
}

/** An index by row and delay, and the delay in steps of each position. */
export interface DelayedIndex extends SynapseIndex {
  readonly steps: Buffer;
}

/** Synapses as they come out of the rules: by row, in order of creation within a row. */
export interface RawSynapses {
  /** Number of synapses. */
  readonly count: Extent;
  /** First position of each row, rows + 1. */
  readonly rows: Buffer;
  /** Target of each position. */
  readonly targets: Buffer;
  /** Index of creation of each position; null: the position itself. */
  readonly creation: Buffer | null;
  /** Number of each synapse among those of its pair; null: no pair has several. */
  readonly copies: Buffer | null;
  /** Whether targets ascend within each row. */
  readonly ascending: boolean;
  /** Most synapses that one target can have; infinite when unknown. */
  readonly fanIn: number;
  /** Most synapses that one source can have; infinite when unknown. */
  readonly fanOut: number;
}

/** Storage of a projection's synapses; positions run over all of them. Targets ascend within segments, if at all. */
export interface Connectivity extends RawSynapses {
  /** Number of synapses where the rules alone tell it. */
  readonly known: number | null;
  /** First position of each (row, delay), rows * delays + 1; the same buffer as `rows` when there is one delay. */
  readonly segments: Buffer;
  /** By target. */
  readonly columns: SynapseIndex | null;
  /** For pathways whose delays differ but are not those that rows are sorted by: by (row, delay). */
  readonly delayed: ReadonlyMap<string, DelayedIndex>;
}

/** Element type of the targets of a projection. */
export const targetElement = (plan: ProjectionPlan): 'u16' | 'u32' => (plan.post.size <= 65536 ? 'u16' : 'u32');
