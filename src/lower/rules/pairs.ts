/** Pairs that exist independently: with one probability, with one that depends on the pair, or under a condition. */

import * as ir from '../../ir/builder.js';
import { drawFunction } from '../../ir/library/index.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { ConnectionRule } from '../../model/typed.js';
import { Block } from '../code/block.js';
import { boundsOf } from '../code/bounds.js';
import type { Context } from '../context/context.js';
import type { Draws } from '../code/draws.js';
import { philox, siteWord, uniformOf } from '../code/draws.js';
import { compile, compileCondition, library, to } from '../code/expressions.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import { ImpossiblePairs, pieceLength, sourceOfPair, targetOfPair } from './impossible-pairs.js';
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
          condition = condition ? code`${condition} & ${e}` : e;
        };
        if (rule.condition !== null) also(compileCondition(rule.condition, scope));
        if (notSelf) also(notSelf(source, target));
        if (typeof rule.p === 'object') {
          const [low, high] = philox([source, target, ir.u32(0), siteWord(255)], key, block);
          also(code`${uniformOf(low, high)} < ${to('f64', compile(rule.p, scope))}`);
        }
        const repeat = (inner: Block): void => {
          if (ruleCopies === 1) {
            found(into, inner);
            return;
          }
          const count = typeof ruleCopies === 'number' ? ir.i32(ruleCopies) : to('i32', compile(ruleCopies, scope));
          inner.write`
            let copies = select(${count} > 0i, ${count}, 0i)
            for copy = 0u until u32(copies) {
              ${(_, body) => found(into, body)}
            }`;
        };
        if (condition === null) repeat(block);
        else block.emit(ir.when(condition, block.nested(repeat)));
      });
    });
  const write = (source: Ir, blockIndex: Ir, block: Block, found: (inner: Ir, block: Block) => void): void => {
    if (p !== null && !(p > 0)) return;
    const begin = block.name('block_begin', code`${blockIndex} * ${length}u`);
    const [untilBlock, targets] = [code`${begin} + ${length}u`, ir.u32(plan.post.named)];
    const end = block.name('block_end', code`select(${untilBlock} < ${targets}, ${untilBlock}, ${targets})`);
    const acceptTarget = (target: Ir, inner: Block): void => accept(source, target, inner, found);
    if (skipping) skip(p, { source, index: blockIndex, begin, end, key }, block, acceptTarget);
    else possible(source, begin, end, block, acceptTarget);
  };
  const isPlain = !plan.pre.map && !plan.post.map;
  const probability = isPlain && typeof rule.p === 'object' ? rule.p : null;
  let impossible: ImpossiblePairs | null = null;
  /** Tries the targets from `begin` to `end`, but for pieces that the probability excludes. */
  const possible = (
    source: Ir,
    begin: Ir,
    end: Ir,
    block: Block,
    acceptTarget: (target: Ir, inner: Block) => void,
  ): void => {
    const tried = (from: Ir, to: Ir, outer: Block): void => {
      outer.write`
        for target = ${from} until ${to} {
          ${(at, inner) => acceptTarget(at('target'), inner)}
        }`;
    };
    if (!probability) {
      tried(begin, end, block);
      return;
    }
    const bounds = (impossible ??= impossiblePairs(probability, `${plan.name}.connect${ordinal}`, key, plan, context));
    block.write`
      for piece = 0u until (${end} - ${begin} + ${pieceLength - 1}u) / ${pieceLength}u {
        ${(at, inner) => {
          const first = inner.name('first', code`${begin} + ${at('piece')} * ${pieceLength}u`);
          const next = code`${first} + ${pieceLength}u`;
          const last = inner.name('last', code`select(${next} < ${end}, ${next}, ${end})`);
          const excluded = bounds.excludes({ source, first, end: last }, inner);
          if (!excluded) tried(first, last, inner);
          else
            inner.emit(
              ir.when(
                ir.not(excluded),
                inner.nested((body) => tried(first, last, body)),
              ),
            );
        }}
      }`;
  };
  const keepsFound = typeof rule.p === 'object' && ruleCopies === 1 && isPlain;
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

/** The bounds of the probability of a rule with the given name. */
function impossiblePairs(
  p: Exclude<Pairs['p'], number>,
  name: string,
  key: readonly [Ir, Ir],
  plan: ProjectionPlan,
  context: Context,
): ImpossiblePairs {
  const block = new Block();
  const address = { position: null, source: sourceOfPair, target: targetOfPair };
  const draws = pairDraws(sourceOfPair, targetOfPair, key);
  const scope = new SynapseScope(context, { plan, storage: new Map() }, address, block, draws);
  const value = block.name('p', to('f64', compile(p, scope)));
  return new ImpossiblePairs({ value, statements: block.statements }, plan.post.named, name, context);
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
    return (source, target) => code`${source} + ${pre.offset}u != ${target} + ${post.offset}u`;
  }
  const same = sameTargets(plan);
  if (!same) return null;
  const comment = 'the same element at the other end, for each of the sending end';
  const buffer = context.builder.buffer(`${plan.name}.connect${ordinal}.same`, 'u32', same.length, comment, {
    role: 'constant',
    initial: same,
  });
  return (source, target) => code`${buffer}[${source}] != ${target}`;
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
 * A skip beyond the block's end is the last.
 *
 * @random counter (source, block, 0, m) with m counting generator calls; each gives two uniform numbers
 */
function skip(
  p: number,
  { source, index, begin, end, key }: TargetBlock,
  block: Block,
  accept: (target: Ir, block: Block) => void,
): void {
  const log = library('log1p', [ir.f64(-p)]);
  const inverseLog = 1 / Number(log.kind === 'const' ? log.value : NaN);
  const geometricSkip = drawFunction('geometricSkip');
  const toNext = (uniform: Ir, next: Ir, inner: Block): void => {
    inner.write`
      let jump = ${geometricSkip}(${uniform}, ${inverseLog})
      let room = ${end} - ${next}
      if jump >= room {
        ${next} = ${end}
      } else {
        let target = ${next} + jump
        ${(at, body) => accept(at('target'), body)}
        ${next} = target + 1u
      }`;
  };
  block.write`
    var next = ${begin}
    var call = 0u
    while next < ${end} {
      ${drawFunction('philox4x32')}(${source}, ${index}, 0u, call, ${key[0]}, ${key[1]}) -> (word0, word1, word2, word3)
      call = call + 1u
      ${(at, inner) => toNext(uniformOf(at('word0'), at('word1')), at('next'), inner)}
      ${(at, inner) => toNext(uniformOf(at('word2'), at('word3')), at('next'), inner)}
    }`;
}
