/** Estimates the number of synapses of rules. The estimate distributes work, and affects no result. */

import { lengthOf } from '../../model/arrays.js';
import type { ConnectionRule } from '../../model/typed.js';
import type { Expression } from '../../lang/ast.js';
import { boundsOf } from '../code/bounds.js';
import type { Context } from '../context/context.js';
import { parameterBounds } from '../plan/projection-bounds.js';
import { type ProjectionPlan } from '../plan/projection.js';

/** The assumed probability of a pair if its value is unknown. */
const typicalProbability = 0.1;

/** Estimates the number of synapses of a projection's rules. */
export function expectedSynapses(plan: ProjectionPlan, context: Context): number {
  return plan.projection.connect.reduce((sum, rule) => sum + expectedOf(rule, plan, context), 0);
}

function expectedOf(rule: ConnectionRule, plan: ProjectionPlan, context: Context): number {
  const [sources, targets] = [plan.pre.size, plan.post.size];
  const pairs = sources * targets;
  const bounds = parameterBounds(plan, context);
  /** Returns the middle of a number's range, or the default for an unknown range. */
  const middle = (value: number | Expression, unknown: number): number => {
    if (typeof value === 'number') return value;
    const { low, high } = boundsOf(value, bounds);
    return Number.isFinite(low) && Number.isFinite(high) ? (low + high) / 2 : unknown;
  };
  switch (rule.rule) {
    case 'all':
      return pairs;
    case 'oneToOne':
      return Math.min(sources, targets);
    case 'pairs':
      return (
        pairs *
        Math.min(1, middle(rule.p, typicalProbability)) *
        middle(rule.copies, 1) *
        (rule.condition === null ? 1 : 0.5)
      );
    case 'list':
      return lengthOf(rule.sources);
    case 'fixedInDegree':
      return targets * middle(rule.n, sources * typicalProbability);
    case 'fixedOutDegree':
      return sources * middle(rule.n, targets * typicalProbability);
    case 'fixedTotal':
      return rule.n;
    case 'generator':
    case 'smallWorld':
    case 'clone':
    case 'hostDrawn':
    case 'csa':
      return pairs * typicalProbability;
  }
}

/** Returns the average number of synapses of a projection; null if it depends on more than numbers of its rules. */
export function averageSynapses({ pre, post, projection }: ProjectionPlan): number | null {
  if (pre.map || post.map) return null;
  const pairs = pre.size * post.size;
  let sum = 0;
  for (const rule of projection.connect) {
    if (rule.rule === 'all') sum += pairs;
    else if (rule.rule === 'oneToOne') sum += Math.min(pre.size, post.size);
    else if (rule.rule === 'fixedTotal') sum += rule.n;
    else if (rule.rule === 'fixedInDegree' && typeof rule.n === 'number') sum += post.size * rule.n;
    else if (rule.rule === 'fixedOutDegree' && typeof rule.n === 'number') sum += pre.size * rule.n;
    else if (
      rule.rule === 'pairs' &&
      rule.condition === null &&
      typeof rule.p === 'number' &&
      typeof rule.copies === 'number'
    )
      sum += pairs * Math.min(1, Math.max(0, rule.p)) * rule.copies;
    else return null;
  }
  return sum;
}

/** Exponent of the chance that a target has more synapses than `likelyFanIn` returns: it is below e^-100. */
const unlikely = 100;

/**
 * Returns the most synapses that a target is likely to have if each synapse chooses its target at random; infinite for
 * rules that tell no average (Bernstein's inequality). Part of the rules of sums.
 */
export function likelyFanIn(plan: ProjectionPlan): number {
  const average = averageSynapses(plan);
  const isRepeated = plan.projection.connect.some((rule) => rule.rule === 'pairs' && rule.copies !== 1);
  if (average === null || isRepeated) return Infinity;
  const mean = average / plan.post.size;
  const third = unlikely / 3;
  return Math.ceil(mean + third + Math.sqrt(third * third + 2 * unlikely * mean));
}
