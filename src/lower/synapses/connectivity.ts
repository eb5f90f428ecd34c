/**
 * Pass: builds the synapses of a projection and the indices that its pathways use. Synapses come from rules drawn on
 * the target (`synapses/drawn.ts`) or from lists (`synapses/lists.ts`). They are sorted by delay
 * (`synapses/delays.ts`); other orders have an index (`synapses/indices.ts`).
 */

import { checkLength } from './synapse-values.js';
import { arrayOf } from '../../model/arrays.js';
import type { Context } from '../context/context.js';
import type { Connectivity, ProjectionPlan } from '../plan/projection.js';
import { sortByDelay } from './delays.js';
import { drawn } from './drawn.js';
import { likelyFanIn } from './expected.js';
import { columnsOf, delayedIndex } from './indices.js';
import { listed } from './lists.js';
import type { RawSynapses } from '../plan/projection.js';

/** Builds one projection's connectivity. `needsColumns`: some pathway or sum accesses synapses by target. */
export function lowerConnectivity(plan: ProjectionPlan, needsColumns: boolean, context: Context): Connectivity | null {
  const rules = plan.projection.connect;
  const raw = rules.every((rule) => rule.rule === 'list') ? listed(plan, context) : drawn(plan, context);
  if (!raw) return null;
  const sorted = plan.sortedBy ? sortByDelay({ raw, pathway: plan.sortedBy, plan }, context) : null;
  const stored: RawSynapses = sorted
    ? { ...raw, targets: sorted.targets, creation: sorted.creation, copies: sorted.copies }
    : raw;
  const others = plan.pathways.filter(
    (pathway) => pathway !== plan.sortedBy && pathway.steps.first !== pathway.steps.last,
  );
  // Delays of other pathways are checked when they are read.
  for (const { name, delay, steps } of plan.pathways)
    if (steps.first === steps.last && typeof delay === 'object' && delay.kind === 'array' && !delay.columns)
      checkLength(`${name}.given_delays`, arrayOf(delay.array, context.data).length, plan, raw, context);
  return {
    count: raw.count,
    known: typeof raw.count === 'number' ? raw.count : knownCount(plan),
    segments: sorted?.segments ?? raw.rows,
    drawn: drawnRows(raw),
    rows: raw.rows,
    targets: stored.targets,
    creation: stored.creation,
    copies: stored.copies,
    ascending: raw.ascending,
    fanIn: raw.fanIn,
    likelyFanIn: Math.min(raw.fanIn, raw.listedFanIn ?? likelyFanIn(plan)),
    fanOut: raw.fanOut,
    columns: needsColumns ? columnsOf(plan, raw.count, raw.rows, stored.targets, context) : null,
    delayed: new Map(others.map((pathway) => [pathway.name, delayedIndex(stored, pathway, plan, context)])),
  };
}

/** Returns the buffers of rows with ascending targets; null for others. */
function drawnRows({ rows, targets, copies, ascending }: RawSynapses): Connectivity['drawn'] {
  if (!ascending) return null;
  return { rows: rows.name, targets: targets.name, ...(copies ? { copies: copies.name } : {}) };
}

/** Synapses that rules without chance or condition make, or null. */
export function knownCount(plan: ProjectionPlan): number | null {
  let sum = 0;
  if (plan.pre.map || plan.post.map) return null;
  for (const rule of plan.projection.connect) {
    if (rule.rule === 'oneToOne') sum += Math.min(plan.pre.size, plan.post.size);
    else if (rule.rule === 'all' && rule.self) sum += plan.pre.size * plan.post.size;
    else if (
      rule.rule === 'pairs' &&
      rule.condition === null &&
      rule.p === 1 &&
      rule.self &&
      typeof rule.copies === 'number'
    )
      sum += plan.pre.size * plan.post.size * rule.copies;
    else if (rule.rule === 'fixedOutDegree' && typeof rule.n === 'number') sum += plan.pre.size * rule.n;
    else if (rule.rule === 'fixedInDegree' && typeof rule.n === 'number') sum += plan.post.size * rule.n;
    else if (rule.rule === 'fixedTotal') sum += rule.n;
    else return null;
  }
  return sum;
}
