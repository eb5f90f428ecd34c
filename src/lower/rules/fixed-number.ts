/**
 * Rules that fix the number of synapses: for each target, for each source, or in total. Numbers are split by halves
 * over rows, then from block to block, by binomial draws (with repetition) or hypergeometric ones
 * (without). Rows and blocks can thus be drawn independently; elements are then chosen within each block.
 */

import { spelling } from '../../lang/reference.js';
import * as ir from '../../ir/builder.js';
import { drawFunction } from '../../ir/library/index.js';
import type { Buffer, Expression as Ir, Local } from '../../ir/program.js';
import type { Expression, Reference } from '../../lang/ast.js';
import { referencesIn } from '../../lang/walk.js';
import type { ConnectionRule } from '../../model/typed.js';
import { Block, item } from '../code/block.js';
import { boundsOf } from '../code/bounds.js';
import type { Context } from '../context/context.js';
import { philox } from '../code/draws.js';
import { compile, to } from '../code/expressions.js';
import { none } from '../../draw/drawn-model.js';
import { parameterBounds } from '../plan/projection-bounds.js';
import { type ProjectionEnd, type ProjectionPlan } from '../plan/projection.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import * as messages from '../context/messages.js';
import {
  blockLength,
  blocksOf,
  ruleKey,
  sameSources,
  sameTargets,
  withElement,
  type CountedCode,
} from '../plan/rule-code.js';
import { withoutRepetition, withRepetition } from './sampling.js';

type Degree = Extract<ConnectionRule, { rule: 'fixedInDegree' | 'fixedOutDegree' }>;
type Total = Extract<ConnectionRule, { rule: 'fixedTotal' }>;

/**
 * Second counter values different from any block and element: for numbers of rows, numbers of blocks, and the draws of
 * a rule's number.
 */
const [rowWord, blockWord, numberWord] = [0xfffffffd, 0xfffffffc, 0xfffffffb];

/** Each source gets n targets. */
export const fixedOutDegree = (rule: Degree, ordinal: number, plan: ProjectionPlan, context: Context): CountedCode =>
  fixedDegree(rule, 'pre', ordinal, plan, context);

/** Each target gets n sources. */
export const fixedInDegree = (rule: Degree, ordinal: number, plan: ProjectionPlan, context: Context): CountedCode =>
  fixedDegree(rule, 'post', ordinal, plan, context);

/** The common parts of both kinds of rules: the ends by their role in the rule, and the excluded element. */
interface Frame {
  readonly outer: ProjectionEnd;
  readonly inner: ProjectionEnd;
  readonly outerSide: 'pre' | 'post';
  /** Elements of a block. */
  readonly length: number;
  readonly blocks: number;
  readonly replace: boolean;
  readonly key: readonly [Ir, Ir];
  readonly name: string;
  /** For each outer element the excluded inner one; null if there is none to exclude. */
  readonly left: Uint32Array | null;
  readonly leftOut: Buffer | null;
  readonly context: Context;
}

function frameOf(
  outerSide: 'pre' | 'post',
  { replace, self }: { readonly replace: boolean; readonly self: boolean },
  density: number,
  ordinal: number,
  plan: ProjectionPlan,
  context: Context,
): Frame {
  const [outer, inner] = outerSide === 'pre' ? [plan.pre, plan.post] : [plan.post, plan.pre];
  const left = self ? null : outerSide === 'pre' ? sameTargets(plan) : sameSources(plan);
  const name = `${plan.name}.connect${ordinal}`;
  const length = blockLength(inner.named, density);
  const leftOut =
    left &&
    context.builder.buffer(`${name}.same`, 'u32', left.length, 'the same element at the other end', {
      role: 'constant',
      initial: left,
    });
  return {
    outer,
    inner,
    outerSide,
    length,
    blocks: blocksOf(inner.named, length),
    replace,
    key: ruleKey(ordinal, plan, context),
    name,
    left,
    leftOut,
    context,
  };
}

function fixedDegree(
  rule: Degree,
  outerSide: 'pre' | 'post',
  ordinal: number,
  plan: ProjectionPlan,
  context: Context,
): CountedCode {
  const text = rule.n;
  const others = (outerSide === 'pre' ? plan.post : plan.pre).named;
  const frame = frameOf(outerSide, rule, typeof text === 'number' ? text / others : 1, ordinal, plan, context);
  const { outer, inner, blocks } = frame;
  const other = typeof text === 'number' ? undefined : readsOther(text, outerSide);
  if (other !== undefined)
    context.diagnostics.add(
      messages.unsupportedFeature(
        `a number of connections that reads ${other}, of the other end (projection ${plan.name}),`,
      ),
    );
  const lookup = parameterBounds(plan, context);
  const most = typeof text === 'number' ? text : boundsOf(text, lookup).high;
  const mostOfElement = rule.replace ? most : Math.min(most, inner.named);
  const all = outer.named * (rule.replace ? most : 1);
  const tooMany = context.builder.faultBit(
    `a connection rule of projection ${plan.name} asks for more connections than there are`,
  );
  return {
    kind: 'counted',
    outer: outerSide,
    blocks,
    ascending: true,
    copies: rule.replace ? most : 1,
    fanIn: outerSide === 'pre' ? all : mostOfElement,
    fanOut: outerSide === 'pre' ? mostOfElement : all,
    count: (counts) => {
      const block = new Block();
      const number = block.local('number', 'u32');
      block.emit(ir.set(number, ir.u32(0)));
      // Elements of other pieces of the end belong to the projections of these pieces.
      withElement(outer, item, block, (element, body) => {
        const requested = typeof text === 'number' ? ir.i32(text) : numberOf(text, element, frame, plan, body);
        const wanted = body.name(
          'wanted',
          ir.convert('u32', ir.select(ir.gt(requested, ir.i32(0)), requested, ir.i32(0))),
        );
        const allowed = body.name('allowed', allowedOf(frame, item));
        const impossible = rule.replace ? ir.eq(allowed, ir.u32(0)) : ir.gt(wanted, allowed);
        body.emit(
          ir.fault(tooMany, ir.and(impossible, ir.gt(wanted, ir.u32(0)))),
          ir.set(number, ir.select(impossible, rule.replace ? ir.u32(0) : allowed, wanted)),
        );
      });
      spread(frame, number, counts, block, plan);
    },
    fill: fillOf(frame),
  };
}

/** A name in the expression of a number that does not belong to the element with the counted connections. */
function readsOther(e: Expression, outerSide: 'pre' | 'post'): string | undefined {
  const [index, end] = outerSide === 'pre' ? ['j', 'post'] : ['i', 'pre'];
  const isOther = (to: Reference): boolean =>
    to.kind === 'end' ? to.end === end : to.variable === index || to.variable === 'distance';
  const otherReference = referencesIn(e).find(isOther);
  return otherReference && spelling(otherReference);
}

/** A kernel that spreads the number of each element over its blocks. */
function spread(frame: Frame, number: Local, counts: Buffer, block: Block, plan: ProjectionPlan): void {
  const { builder } = frame.context;
  overBlocks(frame, number, counts, block);
  builder.initially(
    builder.map(
      `${frame.name}.number`,
      `numbers of synapses of ${plan.name} by block`,
      { kind: 'count', count: frame.outer.named },
      false,
      block,
    ),
  );
}

/** n pairs in all. */
export function fixedTotal(rule: Total, ordinal: number, plan: ProjectionPlan, context: Context): CountedCode {
  const frame = frameOf('pre', rule, rule.n / plan.pre.named / plan.post.named, ordinal, plan, context);
  const { outer, inner, blocks } = frame;
  const most = rule.replace ? rule.n : Math.min(rule.n, 1);
  return {
    kind: 'counted',
    outer: 'pre',
    blocks,
    ascending: true,
    copies: most,
    fanIn: rule.replace ? rule.n : Math.min(rule.n, outer.named),
    fanOut: rule.replace ? rule.n : Math.min(rule.n, inner.named),
    count: (counts) => {
      const rows = overRows(frame, rule.n, plan, context);
      const block = new Block();
      const number = block.local('number', 'u32');
      block.emit(ir.set(number, ir.load(rows.numbers, ir.add(ir.u32(rows.first), item))));
      spread(frame, number, counts, block, plan);
    },
    fill: fillOf(frame),
  };
}

/** Inner elements that an outer one may have. */
function allowedOf({ leftOut, inner }: Frame, outer: Ir): Ir {
  const all = ir.u32(inner.named);
  return leftOut ? ir.sub(all, ir.convert('u32', ir.ne(ir.load(leftOut, outer), ir.u32(none)))) : all;
}

/**
 * Returns the number that a rule gives as an expression of its outer element. @random counter (outer element, 2^32 - 5,
 * 0, site)
 */
function numberOf(
  e: Expression,
  element: Ir,
  { outerSide, key, context }: Frame,
  plan: ProjectionPlan,
  block: Block,
): Ir {
  const draws = {
    element: item,
    subElement: ir.u32(numberWord),
    step: ir.u32(0),
    perStep: false,
    key,
    sites: { next: 0 },
  };
  const [source, target] = outerSide === 'pre' ? [element, ir.u32(0)] : [ir.u32(0), element];
  const scope = new SynapseScope(
    context,
    { plan, storage: new Map() },
    { position: null, source, target },
    block,
    draws,
  );
  return block.name('asked', to('i32', compile(e, scope)));
}

/** Draws the share of a number in the first of two parts, from the parts' numbers of allowed elements. */
function firstPart(count: Ir, first: Ir, second: Ir, counter: readonly [Ir, Ir, Ir, Ir], frame: Frame): Ir {
  const { key, replace } = frame;
  if (!replace) return ir.call(drawFunction('hypergeometric'), ...counter, ...key, first, second, count);
  return ir.call(drawFunction('binomial'), ...counter, ...key, count, ir.div(first, ir.add(first, second)));
}

/**
 * Shares each outer element's number out over the blocks, one after the other.
 *
 * @random counter (outer element, 2^32 - 4, block, iteration)
 */
function overBlocks(frame: Frame, number: Local, counts: Buffer, block: Block): void {
  const { blocks, length, inner, leftOut } = frame;
  if (blocks === 1) {
    block.emit(ir.store(counts, item, ir.get(number)));
    return;
  }
  const b = block.local('b', 'u32');
  const left = block.local('still_allowed', 'u32');
  const out = leftOut ? block.name('left_out', ir.load(leftOut, item)) : null;
  block.emit(
    ir.set(left, allowedOf(frame, item)),
    ir.loop(
      b,
      ir.u32(0),
      ir.u32(blocks),
      block.nested((body) => {
        const countOfBlock = body.local('own', 'u32');
        const size = body.name('block_size', sizeOfBlock(ir.get(b), length, inner.named));
        const excluded = out ? ir.convert('u32', ir.eq(ir.div(out, ir.u32(length)), ir.get(b))) : ir.u32(0);
        const here = body.name('here', out ? ir.sub(size, excluded) : size);
        const rest = body.name('rest', ir.sub(ir.get(left), here));
        const open = ir.and(ir.gt(ir.get(number), ir.u32(0)), ir.gt(rest, ir.u32(0)));
        const real = (value: Ir): Ir => ir.convert('f64', value);
        const drawn = firstPart(
          real(ir.get(number)),
          real(here),
          real(rest),
          [item, ir.u32(blockWord), ir.get(b), ir.u32(0)],
          frame,
        );
        body.emit(
          ir.set(countOfBlock, ir.get(number)),
          ir.when(open, [ir.set(countOfBlock, ir.convert('u32', drawn))]),
          ir.store(counts, ir.add(ir.mul(item, ir.u32(blocks)), ir.get(b)), ir.get(countOfBlock)),
          ir.set(number, ir.sub(ir.get(number), ir.get(countOfBlock))),
          ir.set(left, rest),
        );
      }),
    ),
  );
}

const sizeOfBlock = (b: Ir, length: number, elements: number): Ir => {
  const rest = ir.sub(ir.u32(elements), ir.mul(b, ir.u32(length)));
  return ir.select(ir.lt(rest, ir.u32(length)), rest, ir.u32(length));
};

/** Numbers of synapses by halves of rows; the numbers of whole rows begin at `first`. */
interface RowNumbers {
  readonly numbers: Buffer;
  readonly first: number;
}

/** Number of halvings by a single work-item. */
const halvings = 5;

/**
 * Shares a number out over the rows: over the two halves of a power of two of rows, and of each half again. Node 1 is
 * all rows, node k has halves 2k and 2k + 1. Nodes of a few levels below each other are one work-item's.
 *
 * @random counter (node, 2^32 - 3, 0, iteration)
 */
function overRows(frame: Frame, total: number, plan: ProjectionPlan, context: Context): RowNumbers {
  const { outer, inner, left, name } = frame;
  const rows = outer.named;
  let levels = 0;
  while (1 << levels < rows) levels++;
  const leaves = 1 << levels;
  // Pairs allowed in the rows before each, as float64, since there may be more than 2^32.
  const before = new Float64Array(leaves + 1);
  for (let row = 0; row < leaves; row++)
    before[row + 1] = (before[row] as number) + (row < rows ? inner.named - (left && left[row] !== none ? 1 : 0) : 0);
  const allowed = context.builder.buffer(
    `${name}.allowed`,
    'f64',
    leaves + 1,
    'pairs allowed in the rows before each',
    {
      role: 'constant',
      initial: before,
    },
  );
  const nodes = context.builder.buffer(
    `${name}.nodes`,
    'u32',
    2 * leaves,
    `synapses of ${plan.name} by halves of the rows`,
  );
  for (let level = 0; level === 0 || level < levels; level += halvings) {
    const block = new Block();
    if (level === 0) block.emit(ir.store(nodes, ir.u32(1), ir.u32(total)));
    halve(level, Math.min(halvings, levels - level), { leaves, nodes, allowed }, frame, block);
    context.builder.initially(
      context.builder.map(
        level === 0 ? `${name}.rows` : `${name}.rows_from_level_${level}`,
        `numbers of synapses of ${plan.name} by halves of the rows`,
        { kind: 'count', count: 1 << level },
        false,
        block,
      ),
    );
  }
  return { numbers: nodes, first: leaves };
}

/** Rows in halves, quarters and so on; node 1 is all of them, node 2 k and 2 k + 1 the halves of node k. */
interface Halves {
  /** Number of rows, rounded up to a power of two. */
  readonly leaves: number;
  /** u32 synapses of each node. */
  readonly nodes: Buffer;
  /** f64 pairs allowed in the rows before each. */
  readonly allowed: Buffer;
}

/** Shares out the numbers of the nodes of a level, and of some levels below. */
function halve(level: number, count: number, { leaves, nodes, allowed }: Halves, frame: Frame, block: Block): void {
  const [depth, k, span] = [block.local('depth', 'u32'), block.local('k', 'u32'), block.local('span', 'u32')];
  const top = block.name('top', ir.add(ir.u32(1 << level), item));
  // `span` is half the rows of a node, `k` counts the nodes of a level below the item's own.
  block.emit(
    ir.set(span, ir.u32(leaves >> (level + 1))),
    ir.loop(
      depth,
      ir.u32(0),
      ir.u32(count),
      block.nested((each) => {
        each.emit(
          ir.loop(
            k,
            ir.u32(0),
            ir.shl(ir.u32(1), ir.get(depth)),
            each.nested((body) => {
              const node = body.name('node', ir.add(ir.shl(top, ir.get(depth)), ir.get(k)));
              const number = body.name('number', ir.sub(node, ir.shl(ir.u32(1 << level), ir.get(depth))));
              const begin = body.name('begin', ir.mul(number, ir.mul(ir.get(span), ir.u32(2))));
              const middle = body.name('middle', ir.add(begin, ir.get(span)));
              const end = body.name('end', ir.add(middle, ir.get(span)));
              const count = body.name('count', ir.load(nodes, node));
              const first = body.name('first', ir.sub(ir.load(allowed, middle), ir.load(allowed, begin)));
              const second = body.name('second', ir.sub(ir.load(allowed, end), ir.load(allowed, middle)));
              const part = body.local('part', 'u32');
              const drawn = firstPart(
                ir.convert('f64', count),
                first,
                second,
                [node, ir.u32(rowWord), ir.u32(0), ir.u32(0)],
                frame,
              );
              const open = ir.and(ir.gt(count, ir.u32(0)), ir.and(ir.gt(first, ir.f64(0)), ir.gt(second, ir.f64(0))));
              body.emit(
                ir.set(part, ir.select(ir.gt(first, ir.f64(0)), count, ir.u32(0))),
                ir.when(open, [ir.set(part, ir.convert('u32', drawn))]),
                ir.store(nodes, ir.mul(node, ir.u32(2)), ir.get(part)),
                ir.store(nodes, ir.add(ir.mul(node, ir.u32(2)), ir.u32(1)), ir.sub(count, ir.get(part))),
              );
            }),
          ),
          ir.set(span, ir.shr(ir.get(span), ir.u32(1))),
        );
      }),
    ),
  );
}

/**
 * Chooses the elements of a block.
 *
 * @random counter (outer element, block, 0, call)
 */
function fillOf(frame: Frame): CountedCode['fill'] {
  const { inner, length, leftOut, replace, key } = frame;
  return ({ outer, blockIndex, first, count, storage }, block) => {
    const begin = block.name('block_begin', ir.mul(blockIndex, ir.u32(length)));
    const size = block.name('block_size', sizeOfBlock(blockIndex, length, inner.named));
    const out = leftOut ? block.name('left_out', ir.load(leftOut, outer)) : null;
    const within = out ? ir.and(ir.ge(out, begin), ir.lt(ir.sub(out, begin), size)) : null;
    const allowed = within ? block.name('allowed', ir.sub(size, ir.convert('u32', within))) : size;
    const words = (call: Ir, body: Block) => philox([outer, blockIndex, ir.u32(0), call], key, body);
    const chosen = { size: allowed, count, first, storage, words };
    if (replace) withRepetition(chosen, block);
    else withoutRepetition(chosen, block);
    // Turns the number of an allowed element into its number among all elements of the end.
    const k = block.local('at', 'u32');
    const body = block.nested((inside) => {
      const number = inside.name('chosen', ir.add(begin, ir.convert('u32', ir.load(storage, ir.get(k)))));
      const passed = out ? ir.add(number, ir.convert('u32', ir.and(within as Ir, ir.ge(number, out)))) : number;
      inside.emit(ir.store(storage, ir.get(k), passed));
    });
    block.emit(ir.loop(k, first, ir.add(first, count), body));
  };
}
