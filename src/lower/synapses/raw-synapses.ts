/** Synapses as connection rules leave them, before delays sort them. */

import type { Buffer, Extent } from '../../ir/program.js';
import type { ProjectionPlan } from '../projection.js';

/** Synapses as they come out of the rules: by row, in order of creation within a row. */
export interface RawSynapses {
  readonly count: Extent;
  readonly rows: Buffer;
  readonly targets: Buffer;
  readonly creation: Buffer | null;
  readonly copies: Buffer | null;
  readonly ascending: boolean;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Element type of targets. */
export const targetElement = (plan: ProjectionPlan): 'u16' | 'u32' => (plan.post.size <= 65536 ? 'u16' : 'u32');
