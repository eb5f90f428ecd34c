/** Synapses as connection rules leave them, before delays sort them. */

import type { Buffer, Extent } from '../../ir/program.js';
import type { ProjectionPlan } from '../projection.js';

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

/** Element type of targets. */
export const targetElement = (plan: ProjectionPlan): 'u16' | 'u32' => (plan.post.size <= 65536 ? 'u16' : 'u32');
