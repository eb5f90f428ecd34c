/**
 * Small worlds (Watts and Strogatz 1998, "Collective dynamics of 'small-world' networks"), directed. Each source is
 * connected to all or some targets within a distance, and each of its edges is rewired to another target with a
 * probability.
 */

import { drawFunction } from '../../ir/library/index.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { ConnectionRule } from '../../model/typed.js';
import { Block, item } from '../code/block.js';
import type { Context } from '../context/context.js';
import { siteWord } from '../code/draws.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { inMicrometres } from '../../draw/space/micrometres.js';
import { namedDistance } from '../plan/ends.js';
import { ruleKey, sameTargets, withElement, type CountedCode } from '../plan/rule-code.js';

type SmallWorld = Extract<ConnectionRule, { rule: 'smallWorld' }>;

/** A free target is looked for so often; then the edge stays. */
const mostAttempts = 1000;

/** The shared arguments of the code that wires a projection. */
interface Wiring {
  readonly rule: SmallWorld;
  readonly plan: ProjectionPlan;
  readonly context: Context;
  readonly key: readonly [Ir, Ir];
  /** For each source, the same element at the other end; null if it may be connected. */
  readonly leftOut: Buffer | null;
}

/** The edges of one source in storage. */
interface Edges {
  readonly source: Ir;
  readonly storage: Buffer;
  readonly first: Ir;
  readonly count: Ir;
}

/** The edges of each source. */
export function smallWorld(rule: SmallWorld, ordinal: number, plan: ProjectionPlan, context: Context): CountedCode {
  const { builder } = context;
  const key = ruleKey(ordinal, plan, context);
  const name = `${plan.name}.connect${ordinal}`;
  const same = rule.self ? null : sameTargets(plan);
  const leftOut =
    same &&
    builder.buffer(`${name}.same`, 'u32', same.length, 'the same element at the other end', {
      role: 'constant',
      initial: same,
    });
  const wiring: Wiring = { rule, plan, context, key, leftOut };
  return {
    kind: 'counted',
    outer: 'pre',
    blocks: 1,
    ascending: true,
    copies: 1,
    fanIn: plan.pre.named,
    fanOut: Math.min(plan.post.named, rule.n ?? Infinity),
    count: (counts) => countEdges(wiring, name, counts),
    fill: ({ outer: source, storage, first, count }, block) => {
      const edges = { source, storage, first, count };
      connectNear(wiring, edges, block);
      if (rule.rewiring > 0) rewire(wiring, edges, block);
      sortAscending(edges, block);
    },
  };
}

/** Adds the kernel that computes the number of edges of each source. */
function countEdges(wiring: Wiring, name: string, counts: Buffer): void {
  const { rule, plan, context } = wiring;
  const block = new Block();
  const number = block.write`var number = 0u`('number');
  withElement(plan.pre, item, block, (_element, body) => {
    const near = countNear(wiring, item, body);
    body.write`${number} = ${rule.n === null ? near : code`select(${near} < ${rule.n}u, ${near}, ${rule.n}u)`}`;
  });
  block.write`${counts}[index] = ${number}`;
  context.builder.initially(
    context.builder.map(
      `${name}.number`,
      `numbers of synapses of ${plan.name}`,
      { kind: 'count', count: plan.pre.named },
      false,
      block,
    ),
  );
}

/** Runs code for each target that is near. */
function eachNear(
  { rule, plan, context, leftOut }: Wiring,
  source: Ir,
  block: Block,
  body: (target: Ir, block: Block) => void,
): void {
  block.write`
    for target = 0u until ${plan.post.named}u {
      ${(at, inner) => {
        const distance = namedDistance(plan, source, at('target'), inner, context);
        const near = code`${distance} < ${inMicrometres(rule.degree)}`;
        return { allowed: leftOut ? code`${near} & ${leftOut}[${source}] != ${at('target')}` : near };
      }}
      if allowed {
        ${(at, found) => body(at('target'), found)}
      }
    }`;
}

function countNear(wiring: Wiring, source: Ir, block: Block): Ir {
  const near = block.write`var near = 0u`('near');
  eachNear(wiring, source, block, (_target, body) => {
    body.write`${near} = ${near} + 1u`;
  });
  return near;
}

/** Puts down the near targets, or as many of them as are wanted. @random counter (source, target, 0, 2^24) */
function connectNear(wiring: Wiring, { source, storage, first, count }: Edges, block: Block): void {
  const { rule, key } = wiring;
  const [philox, uniform] = [drawFunction('philox4x32'), drawFunction('uniformFromWords')];
  const left = rule.n === null ? null : block.write`var left = ${countNear(wiring, source, block)}`('left');
  const taken = block.write`var taken = 0u`('taken');
  const take = (target: Ir, body: Block): void => {
    body.write`
      ${storage}[${first} + ${taken}] = ${target}
      ${taken} = ${taken} + 1u`;
  };
  eachNear(wiring, source, block, (target, body) => {
    if (!left) {
      take(target, body);
      return;
    }
    body.write`
      ${philox}(${source}, ${target}, 0u, ${siteWord(1)}, ${key[0]}, ${key[1]}) -> (word0, word1, word2, word3)
      if ${uniform}(word0, word1) * f64(${left}) < f64(${count} - ${taken}) {
        ${(_, chosen) => take(target, chosen)}
      }
      ${left} = ${left} - 1u`;
  });
}

/**
 * Rewires edges to targets that the source does not have, each with equal probability.
 *
 * @random counter (source, target, 0, 2·2^24 + attempt): attempt 0 decides about rewiring, later attempts draw the
 * target
 */
function rewire({ rule, plan, key, leftOut }: Wiring, { source, storage, first, count }: Edges, block: Block): void {
  const [philox, uniform] = [drawFunction('philox4x32'), drawFunction('uniformFromWords')];
  const end = code`${first} + ${count}`;
  const [low, high] = key;
  block.write`
    for edge = ${first} until ${end} {
      let near_target = u32(${storage}[edge])
      ${philox}(${source}, near_target, 0u, ${siteWord(2)}, ${low}, ${high}) -> (word0, word1, word2, word3)
      if ${uniform}(word0, word1) < ${rule.rewiring} {
        for attempt = 1u until ${mostAttempts + 1}u {
          ${philox}(${source}, near_target, 0u, ${siteWord(2)} + attempt, ${low}, ${high})
            -> (word0, word1, word2, word3)
          let proposed = u32(${uniform}(word0, word1) * ${plan.post.named})
          var known = ${(at) => (leftOut ? code`${leftOut}[${source}] == ${at('proposed')}` : code`false`)}
          for other = ${first} until ${end} {
            if u32(${storage}[other]) == proposed {
              known = true
              break
            }
          }
          if !known {
            ${storage}[edge] = proposed
            break
          }
        }
      }
    }`;
}

/** Puts a source's targets in ascending order, by insertion. */
function sortAscending({ storage, first, count }: Edges, block: Block): void {
  block.write`
    for sorted = ${first} until ${first} + ${count} {
      var own = u32(${storage}[sorted])
      var place = sorted
      while place > ${first} {
        if u32(${storage}[place - 1u]) <= own {
          break
        }
        ${storage}[place] = u32(${storage}[place - 1u])
        place = place - 1u
      }
      ${storage}[place] = own
    }`;
}
