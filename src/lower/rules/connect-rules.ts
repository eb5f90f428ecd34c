/**
 * Connection rules as code: for one item of work (a row, or a row and a block of targets), the existing synapses in
 * order. The algorithms are part of the rules of `docs/determinism.md` (connectivity): they determine the network of a
 * seed.
 */

import type { ConnectionRule } from '../../model/typed.js';
import type { Context } from '../context/context.js';
import * as messages from '../context/messages.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { fixedInDegree, fixedOutDegree, fixedTotal } from './fixed-number.js';
import { generator } from './generator.js';
import { pairs } from './pairs.js';
import { withElement, type RuleCode } from '../plan/rule-code.js';
import { smallWorld } from './small-world.js';

/** The code of a rule, or null after a diagnostic. */
export function ruleCode(
  rule: ConnectionRule,
  ordinal: number,
  plan: ProjectionPlan,
  context: Context,
): RuleCode | null {
  switch (rule.rule) {
    case 'all':
      return pairs({ rule: 'pairs', condition: null, p: 1, copies: 1, self: rule.self }, ordinal, plan, context);
    case 'pairs':
      return pairs(rule, ordinal, plan, context);
    case 'oneToOne':
      return oneToOne(plan);
    case 'generator':
      return generator(rule, ordinal, plan, context);
    case 'fixedInDegree':
      return fixedInDegree(rule, ordinal, plan, context);
    case 'fixedOutDegree':
      return fixedOutDegree(rule, ordinal, plan, context);
    case 'fixedTotal':
      return fixedTotal(rule, ordinal, plan, context);
    case 'smallWorld':
      return smallWorld(rule, ordinal, plan, context);
    case 'list':
    case 'clone':
    case 'hostDrawn':
    case 'csa':
      context.diagnostics.add(
        messages.unsupportedFeature(`the connection rule ${rule.rule} (projection ${plan.name})`),
      );
      return null;
  }
}

const oneToOne = (plan: ProjectionPlan): RuleCode => ({
  kind: 'pairwise',
  keepsFound: false,
  outer: 'pre',
  blocks: 1,
  ascending: true,
  copies: 1,
  write: (outer, _block, block, found) => {
    block.write`
      if ${outer} < ${plan.post.named}u {
        ${(_, inner) => withElement(plan.post, outer, inner, found)}
      }`;
  },
});
