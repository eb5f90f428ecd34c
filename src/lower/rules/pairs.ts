/** Pairs that exist independently: with one probability, with one that depends on the pair, or under a condition. */

import * as ir from '../../ir/builder.js';
import { drawFunction } from '../../ir/library/index.js';
import type { Expression as Ir, Statement } from '../../ir/program.js';
import type { ConnectionRule } from '../../model/typed.js';
import type { Block } from '../code/block.js';
import { boundsOf } from '../code/bounds.js';
import type { Context } from '../context/context.js';
import type { Draws } from '../code/draws.js';
import { philox, siteWord, uniformOf } from '../code/draws.js';
import { compile, compileCondition, library, to } from '../code/expressions.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import { blockLength, blocksOf, ruleKey, sameTargets, withElement, type PairwiseCode } from '../plan/rule-code.js';

type Pairs = Extract<ConnectionRule, { rule: 'pairs' }>;

/** Connects each pair that satisfies the condition, with its probability, in the rule's number of copies. */
export function pairs(rule: Pairs, ordinal: number, plan: ProjectionPlan, context: Context): PairwiseCode {
  const p = typeof rule.p === 'number' ? rule.p : null;
  const skipping = p !== null && p > 0 && p < 1;
  const length = blockLength(plan.post.named, skipping ? p : 1);
  const key = ruleKey(ordinal, plan, context);
  const ruleCopies = rule.copies;
  const copies = typeof ruleCopies === 'number' ? ruleCopies : boundsOf(ruleCopies, () => undefined).high;
  const notSelf = rule.self ? null : selfCondition(plan, ordinal, context);
  /** The condition, the pair's probability, and the rule's number of copies. */
  const accept = (source: Ir, target: Ir, outer: Block, found: (inner: Ir, block: Block) => void): void =>
    withElement(plan.pre, source, outer, (from, middle) => {
      withElement(plan.post, target, middle, (into, block) => {
        const address = { position: null, source: from, target: into };
        const scope = new SynapseScope(
          context,
          { plan, storage: new Map() },
          address,
          block,
          pairDraws(source, target, key),
        );
        let condition: Ir | null = null;
        const also = (e: Ir): void => {
          condition = condition ? ir.and(condition, e) : e;
        };
        if (rule.condition !== null) also(compileCondition(rule.condition, scope));
        if (notSelf) also(notSelf(source, target));
        if (typeof rule.p === 'object') {
          const [low, high] = philox([source, target, ir.u32(0), siteWord(255)], key, block);
          also(ir.lt(uniformOf(low, high), to('f64', compile(rule.p, scope))));
        }
        const repeat = (inner: Block): void => {
          if (ruleCopies === 1) {
            found(into, inner);
            return;
          }
          const count = typeof ruleCopies === 'number' ? ir.i32(ruleCopies) : to('i32', compile(ruleCopies, scope));
          const k = inner.local('copy', 'u32');
          inner.emit(
            ir.loop(
              k,
              ir.u32(0),
              to('u32', inner.name('copies', ir.select(ir.gt(count, ir.i32(0)), count, ir.i32(0)))),
              inner.nested((body) => found(into, body)),
            ),
          );
        };
        if (condition === null) repeat(block);
        else block.emit(ir.when(condition, block.nested(repeat)));
      });
    });
  const write = (source: Ir, blockIndex: Ir, block: Block, found: (inner: Ir, block: Block) => void): void => {
    if (p !== null && !(p > 0)) return;
    const begin = block.name('block_begin', ir.mul(blockIndex, ir.u32(length)));
    const untilBlock = ir.add(begin, ir.u32(length));
    const end = block.name(
      'block_end',
      ir.select(ir.lt(untilBlock, ir.u32(plan.post.named)), untilBlock, ir.u32(plan.post.named)),
    );
    if (skipping)
      block.emit(
        ...skips(p, { source, index: blockIndex, begin, end, key }, block, (target, inner) =>
          accept(source, target, inner, found),
        ),
      );
    else {
      const target = block.local('target', 'u32');
      block.emit(
        ir.loop(
          target,
          begin,
          end,
          block.nested((inner) => accept(source, ir.get(target), inner, found)),
        ),
      );
    }
  };
  const keepsFound = typeof rule.p === 'object' && ruleCopies === 1 && !plan.pre.map && !plan.post.map;
  return {
    kind: 'pairwise',
    keepsFound,
    outer: 'pre',
    blocks: blocksOf(plan.post.named, length),
    ascending: !plan.post.map,
    copies,
    write,
  };
}

/** Whether a pair has two different elements; null if the ends have no common elements. */
function selfCondition(
  plan: ProjectionPlan,
  ordinal: number,
  context: Context,
): ((source: Ir, target: Ir) => Ir) | null {
  const { pre, post } = plan;
  if (!plan.sameTarget && !pre.map && !post.map) {
    if (pre.population !== post.population) return null;
    return (source, target) => ir.ne(ir.add(source, ir.u32(pre.offset)), ir.add(target, ir.u32(post.offset)));
  }
  const same = sameTargets(plan);
  if (!same) return null;
  const comment = 'the same element at the other end, for each of the sending end';
  const buffer = context.builder.buffer(`${plan.name}.connect${ordinal}.same`, 'u32', same.length, comment, {
    role: 'constant',
    initial: same,
  });
  return (source, target) => ir.ne(ir.load(buffer, source), target);
}

/** Draws of conditions for a pair. @random stream of the rule, counter (source, target, 0, site) */
const pairDraws = (source: Ir, target: Ir, key: readonly [Ir, Ir]): Draws => ({
  element: source,
  subElement: target,
  step: ir.u32(0),
  perStep: false,
  key,
  sites: { next: 1 },
});

/** A block of the targets of one source. */
interface TargetBlock {
  readonly source: Ir;
  /** u32 number of the block. */
  readonly index: Ir;
  readonly begin: Ir;
  readonly end: Ir;
  /** Of the stream of the rule. */
  readonly key: readonly [Ir, Ir];
}

/**
 * Bernoulli pairs by geometric skips within a block: floor(log(u) / log(1 - p)) pairs are skipped between two synapses.
 * @random counter (source, block, 0, m) with m counting generator calls; each gives two uniform numbers
 */
function skips(
  p: number,
  { source, index, begin, end, key }: TargetBlock,
  block: Block,
  accept: (target: Ir, block: Block) => void,
): Statement[] {
  const inverse = library('log1p', [ir.f64(-p)]);
  const inverseLog = ir.f64(1 / Number(inverse.kind === 'const' ? inverse.value : NaN));
  const skip = drawFunction('geometricSkip');
  const next = block.local('next', 'u32');
  const call = block.local('call', 'u32');
  const draws = block.nested((inner) => {
    const [a, b, c, d] = philox([source, index, ir.u32(0), ir.get(call)], key, inner);
    inner.emit(ir.set(call, ir.add(ir.get(call), ir.u32(1))));
    for (const u of [uniformOf(a, b), uniformOf(c, d)]) {
      const jump = inner.name('jump', ir.call(skip, u, inverseLog));
      const remaining = inner.name('room', ir.sub(end, ir.get(next)));
      // Beyond the block's end the chain stops for good.
      inner.emit(
        ir.when(
          ir.ge(jump, remaining),
          [ir.set(next, end)],
          inner.nested((body) => {
            const target = body.name('target', ir.add(ir.get(next), jump));
            accept(target, body);
            body.emit(ir.set(next, ir.add(target, ir.u32(1))));
          }),
        ),
      );
    }
  });
  return [ir.set(next, begin), ir.set(call, ir.u32(0)), ir.whilst(ir.lt(ir.get(next), end), draws)];
}
