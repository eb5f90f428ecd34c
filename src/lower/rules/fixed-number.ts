/**
 * Rules that fix the number of synapses: for each target, for each source, or in total. Numbers are split by halves
 * over rows, then from block to block, by binomial draws (with repetition) or hypergeometric ones
 * (without). Rows and blocks can thus be drawn independently; elements are then chosen within each block.
 */

import { spelling } from '../../lang/reference.js';
import * as ir from '../../ir/builder.js';
import { drawFunction } from '../../ir/library/index.js';
import type { Buffer, Expression as Ir, Local } from '../../ir/program.js';
import { code } from '../../ir/template.js';
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
    `/projections/${plan.name}`,
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
      block.write`${number} = 0u`;
      // Elements of other pieces of the end belong to the projections of these pieces.
      withElement(outer, item, block, (element, body) => {
        const requested = typeof text === 'number' ? ir.i32(text) : numberOf(text, element, frame, plan, body);
        const wanted = body.name('wanted', code`u32(select(${requested} > 0i, ${requested}, 0i))`);
        const allowed = body.name('allowed', allowedOf(frame, item));
        const impossible = rule.replace ? code`${allowed} == 0u` : code`${wanted} > ${allowed}`;
        body.write`
          fault ${tooMany} when ${impossible} & ${wanted} > 0u
          ${number} = select(${impossible}, ${rule.replace ? ir.u32(0) : allowed}, ${wanted})`;
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
      block.write`${number} = ${rows.numbers}[${rows.first}u + index]`;
      spread(frame, number, counts, block, plan);
    },
    fill: fillOf(frame),
  };
}

/** Inner elements that an outer one may have. */
function allowedOf({ leftOut, inner }: Frame, outer: Ir): Ir {
  const all = ir.u32(inner.named);
  return leftOut ? code`${all} - u32(${leftOut}[${outer}] != ${none}u)` : all;
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
  return ir.call(drawFunction('binomial'), ...counter, ...key, count, code`${first} / (${first} + ${second})`);
}

/**
 * Shares each outer element's number out over the blocks, one after the other.
 *
 * @random counter (outer element, 2^32 - 4, block, iteration)
 */
function overBlocks(frame: Frame, number: Local, counts: Buffer, block: Block): void {
  const { blocks, length, inner, leftOut } = frame;
  if (blocks === 1) {
    block.write`${counts}[index] = ${number}`;
    return;
  }
  const out = leftOut ? block.name('left_out', ir.load(leftOut, item)) : null;
  block.write`
    var still_allowed = ${allowedOf(frame, item)}
    for b = 0u until ${blocks}u {
      var own: u32
      let block_size = ${(at) => sizeOfBlock(at('b'), length, inner.named)}
      let here = ${(at) => (out ? code`${at('block_size')} - u32(${out} / ${length}u == ${at('b')})` : at('block_size'))}
      let rest = still_allowed - here
      own = ${number}
      if ${number} > 0u & rest > 0u {
        own = u32(${(at) => {
          const [b, here, rest] = [at('b'), code`f64(${at('here')})`, code`f64(${at('rest')})`];
          return firstPart(code`f64(${number})`, here, rest, [item, ir.u32(blockWord), b, ir.u32(0)], frame);
        }})
      }
      ${counts}[index * ${blocks}u + b] = own
      ${number} = ${number} - own
      still_allowed = rest
    }`;
}

function sizeOfBlock(b: Ir, length: number, elements: number): Ir {
  const rest = code`${elements}u - ${b} * ${length}u`;
  return code`select(${rest} < ${length}u, ${rest}, ${length}u)`;
}

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
    if (level === 0) block.write`${nodes}[1u] = ${total}u`;
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

/**
 * Shares out the numbers of the nodes of a level, and of some levels below. `span` is half the rows of a node, `k`
 * counts the nodes of a level below the item's own.
 */
function halve(level: number, count: number, { leaves, nodes, allowed }: Halves, frame: Frame, block: Block): void {
  block.write`
    let top = ${1 << level}u + index
    var span = ${leaves >> (level + 1)}u
    for depth = 0u until ${count}u {
      for k = 0u until 1u << depth {
        let node = (top << depth) + k
        let number = node - (${1 << level}u << depth)
        let begin = number * (span * 2u)
        let middle = begin + span
        let end = middle + span
        let count = ${nodes}[node]
        let first = ${allowed}[middle] - ${allowed}[begin]
        let second = ${allowed}[end] - ${allowed}[middle]
        var part = select(first > 0.0, count, 0u)
        if count > 0u & (first > 0.0 & second > 0.0) {
          part = u32(${(at) => {
            const counter = [at('node'), ir.u32(rowWord), ir.u32(0), ir.u32(0)] as const;
            return firstPart(code`f64(${at('count')})`, at('first'), at('second'), counter, frame);
          }})
        }
        ${nodes}[node * 2u] = part
        ${nodes}[node * 2u + 1u] = count - part
      }
      span = span >> 1u
    }`;
}

/**
 * Chooses the elements of a block.
 *
 * @random counter (outer element, block, 0, call)
 */
function fillOf(frame: Frame): CountedCode['fill'] {
  const { inner, length, leftOut, replace, key } = frame;
  return ({ outer, blockIndex, first, count, storage }, block) => {
    const begin = block.name('block_begin', code`${blockIndex} * ${length}u`);
    const size = block.name('block_size', sizeOfBlock(blockIndex, length, inner.named));
    const out = leftOut ? block.name('left_out', ir.load(leftOut, outer)) : null;
    const within = out ? code`${out} >= ${begin} & ${out} - ${begin} < ${size}` : null;
    const allowed = within ? block.name('allowed', code`${size} - u32(${within})`) : size;
    const words = (call: Ir, body: Block) => philox([outer, blockIndex, ir.u32(0), call], key, body);
    const chosen = { size: allowed, count, first, storage, words };
    if (replace) withRepetition(chosen, block);
    else withoutRepetition(chosen, block);
    // Turns the number of an allowed element into its number among all elements of the end.
    const passed = (chosen: Ir): Ir =>
      out && within ? code`${chosen} + u32(${within} & ${chosen} >= ${out})` : chosen;
    block.write`
      for at = ${first} until ${first} + ${count} {
        let chosen = ${begin} + u32(${storage}[at])
        ${storage}[at] = ${(at) => passed(at('chosen'))}
      }`;
  };
}
