/**
 * Small worlds (Watts and Strogatz 1998, "Collective dynamics of 'small-world' networks"), directed. Each source is
 * connected to all or some targets within a distance, and each of its edges is rewired to another target with a
 * probability.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import type { ConnectionRule } from '../../model/typed.js';
import { Block, item } from '../code/block.js';
import type { Context } from '../context/context.js';
import { philox, siteWord, uniformOf } from '../code/draws.js';
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
  const number = block.local('number', 'u32');
  block.emit(ir.set(number, ir.u32(0)));
  withElement(plan.pre, item, block, (_element, body) => {
    const near = countNear(wiring, item, body);
    body.emit(ir.set(number, rule.n === null ? near : ir.select(ir.lt(near, ir.u32(rule.n)), near, ir.u32(rule.n))));
  });
  block.emit(ir.store(counts, item, ir.get(number)));
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
  const target = block.local('target', 'u32');
  const loop = block.nested((inner) => {
    const distance = namedDistance(plan, source, ir.get(target), inner, context);
    const near = ir.lt(distance, ir.f64(inMicrometres(rule.degree)));
    const allowed = leftOut ? ir.and(near, ir.ne(ir.load(leftOut, source), ir.get(target))) : near;
    inner.emit(
      ir.when(
        allowed,
        inner.nested((found) => body(ir.get(target), found)),
      ),
    );
  });
  block.emit(ir.loop(target, ir.u32(0), ir.u32(plan.post.named), loop));
}

function countNear(wiring: Wiring, source: Ir, block: Block): Ir {
  const near = block.local('near', 'u32');
  block.emit(ir.set(near, ir.u32(0)));
  eachNear(wiring, source, block, (_target, body) => body.emit(ir.set(near, ir.add(ir.get(near), ir.u32(1)))));
  return ir.get(near);
}

/** Puts down the near targets, or as many of them as are wanted. @random counter (source, target, 0, 2^24) */
function connectNear(wiring: Wiring, { source, storage, first, count }: Edges, block: Block): void {
  const { rule, key } = wiring;
  const taken = block.local('taken', 'u32');
  const left = rule.n === null ? null : block.local('left', 'u32');
  if (left) block.emit(ir.set(left, countNear(wiring, source, block)));
  block.emit(ir.set(taken, ir.u32(0)));
  eachNear(wiring, source, block, (target, body) => {
    const take = [
      ir.store(storage, ir.add(first, ir.get(taken)), target),
      ir.set(taken, ir.add(ir.get(taken), ir.u32(1))),
    ];
    if (!left) {
      body.emit(...take);
      return;
    }
    const [low, high] = philox([source, target, ir.u32(0), siteWord(1)], key, body);
    const wanted = ir.convert('f64', ir.sub(count, ir.get(taken)));
    body.emit(
      ir.when(ir.lt(ir.mul(uniformOf(low, high), ir.convert('f64', ir.get(left))), wanted), take),
      ir.set(left, ir.sub(ir.get(left), ir.u32(1))),
    );
  });
}

/**
 * Rewires edges to targets that the source does not have, each with equal probability.
 *
 * @random counter (source, target, 0, 2·2^24 + attempt): attempt 0 decides about rewiring, later attempts draw the
 * target
 */
function rewire({ rule, plan, key, leftOut }: Wiring, { source, storage, first, count }: Edges, block: Block): void {
  const k = block.local('edge', 'u32');
  const attempt = block.local('attempt', 'u32');
  const other = block.local('other', 'u32');
  const known = block.local('known', 'bool');
  const end = ir.add(first, count);
  const loop = block.nested((inner) => {
    const target = inner.name('near_target', ir.convert('u32', ir.load(storage, ir.get(k))));
    const [low, high] = philox([source, target, ir.u32(0), siteWord(2)], key, inner);
    const search = inner.nested((searching) => {
      const [a, b] = philox([source, target, ir.u32(0), ir.add(siteWord(2), ir.get(attempt))], key, searching);
      const place = searching.name('proposed', ir.convert('u32', ir.mul(uniformOf(a, b), ir.f64(plan.post.named))));
      searching.emit(
        ir.set(known, leftOut ? ir.eq(ir.load(leftOut, source), place) : ir.bool(false)),
        ir.loop(other, first, end, [
          ir.when(ir.eq(ir.convert('u32', ir.load(storage, ir.get(other))), place), [
            ir.set(known, ir.bool(true)),
            ir.leave,
          ]),
        ]),
        ir.when(ir.not(ir.get(known)), [ir.store(storage, ir.get(k), place), ir.leave]),
      );
    });
    inner.emit(
      ir.when(ir.lt(uniformOf(low, high), ir.f64(rule.rewiring)), [
        ir.loop(attempt, ir.u32(1), ir.u32(mostAttempts + 1), search),
      ]),
    );
  });
  block.emit(ir.loop(k, first, end, loop));
}

/** Puts a source's targets in ascending order, by insertion. */
function sortAscending({ storage, first, count }: Edges, block: Block): void {
  const [k, q, moved] = [block.local('sorted', 'u32'), block.local('place', 'u32'), block.local('own', 'u32')];
  const before = ir.convert('u32', ir.load(storage, ir.sub(ir.get(q), ir.u32(1))));
  block.emit(
    ir.loop(k, first, ir.add(first, count), [
      ir.set(moved, ir.convert('u32', ir.load(storage, ir.get(k)))),
      ir.set(q, ir.get(k)),
      ir.whilst(ir.gt(ir.get(q), first), [
        ir.when(ir.le(before, ir.get(moved)), [ir.leave]),
        ir.store(storage, ir.get(q), before),
        ir.set(q, ir.sub(ir.get(q), ir.u32(1))),
      ]),
      ir.store(storage, ir.get(q), ir.get(moved)),
    ]),
  );
}
