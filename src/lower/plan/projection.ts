/** The plan of a projection in lowering: its ends, pathways and delays, and the storage of its synapses. */

import type { Cells, Elements } from '../../draw/drawn-model.js';
import type { Buffer, Extent } from '../../ir/program.js';
import type { Pathway, Value, Projection, SynapseType } from '../../model/typed.js';
import type { Group, Member } from '../context/groups.js';
import type { Equations } from '../context/equations.js';
import type { StepPlace } from '../context/place.js';
import type { OwnedVariables } from './owned.js';

/** One end: a contiguous piece of a population; sources that replay spikes have no group. */
export interface ProjectionEnd {
  readonly population: string;
  /** The event that pathways of this end receive. */
  readonly event: string;
  /** First element within the population, and number of elements. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;
  /** Null for sources of given spikes. */
  readonly group: Group | null;
  /** Null for sources of given spikes. */
  readonly member: Member | null;
  /**
   * Size of the end in the model, of which this may be a piece. Indices and random numbers count within the model's
   * end.
   */
  readonly named: number;
  /** Maps the numbers of the model's end to elements here, if they differ. */
  readonly map: EndMap | null;
  /** The cells with these elements as compartments; null for other elements. */
  readonly cells: Cells | null;
  /**
   * If its elements are synapses in order of creation: their projection, and their u32 positions in storage; null
   * positions if both orders are the same.
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
  /** The end that emits its event. */
  readonly side: 'pre' | 'post';
  /** That event. */
  readonly event: string;
  /** As in the model, in s. */
  readonly delay: Value;
  /** Least and greatest delay in steps. */
  readonly steps: DelaySteps;
  /** Where in a step it runs. */
  readonly place: StepPlace & { readonly order: number; readonly name: string };
  /**
   * Delay of the event test in steps: 1 if ties are resolved by names and the pathway runs before the test. It then
   * receives the event in the next step, as in Brian.
   */
  readonly late: 0 | 1;
  /** If phases change its delays, there is one plan for each version, for events sent while it was in force. */
  readonly window: DelayWindow | null;
}

/** The version of a pathway's delays that a plan is for, if phases change them. */
export interface DelayWindow {
  /** The pathway's own name. */
  readonly of: string;
  /** From 0, in the order of the phases. */
  readonly version: number;
  /** Number of versions. */
  readonly versions: number;
}

/** A projection with planned ends, pathways and delays. */
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
  /** Name in its random streams: the name of the projection in the model. */
  readonly stream: string;
  /** Name in the random stream of its connections: the projection from which it takes them. */
  readonly connectStream: string;
  /**
   * For each element of the sending end, the same element at the receiving end, or none; null if it follows from the
   * ends' offsets.
   */
  readonly sameTarget: Uint32Array | null;
  /** The pathway that determines the order of synapses in a row, if their delays differ. */
  readonly sortedBy: PathwayPlan | null;
  /** Variables of its synapses that its ends own; null: none. */
  readonly owned: OwnedVariables | null;
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
  /** Number of each synapse among the synapses of its pair; null if no pair has several. */
  readonly copies: Buffer | null;
  /** Whether targets ascend within each row. */
  readonly ascending: boolean;
  /** Most synapses that one target can have; infinite when unknown. */
  readonly fanIn: number;
  /** Most synapses that one source can have; infinite when unknown. */
  readonly fanOut: number;
  /** Most synapses that a target of lists has; absent for other rules. */
  readonly listedFanIn?: number;
}

/** Storage of a projection's synapses; positions run over all of them. Targets ascend within segments, if at all. */
export interface Connectivity extends RawSynapses {
  /** Number of synapses, if it follows from the rules. */
  readonly known: number | null;
  /** Most synapses that one target is likely to have: at most `fanIn`, and certain if it is equal. */
  readonly likelyFanIn: number;
  /** First position of each (row, delay), rows * delays + 1; the same buffer as `rows` when there is one delay. */
  readonly segments: Buffer;
  /** Buffers of the rows as rules draw them, before they are sorted by delay; null if targets do not ascend in them. */
  readonly drawn: { readonly rows: string; readonly targets: string; readonly copies?: string } | null;
  /** By target. */
  readonly columns: SynapseIndex | null;
  /** Indices by (row, delay), for pathways with different delays for which rows are not sorted. */
  readonly delayed: ReadonlyMap<string, DelayedIndex>;
}

/** Element type of the targets of a projection. */
export const targetElement = (plan: ProjectionPlan): 'u16' | 'u32' => (plan.post.size <= 65536 ? 'u16' : 'u32');
