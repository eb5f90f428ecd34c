/** Connection rules as code, and their common parts. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { keyAt, keyBuffer } from '../code/draws.js';
import { none } from '../../draw/drawn-model.js';
import type { ProjectionEnd, ProjectionPlan } from './projection.js';

/** Least elements of a block, which is the number at ends with few elements; part of the rules. */
export const shortestBlock = 1024;
const fewElements = 32_768;
/** Synapses that a longer block has at most on average. */
const synapsesOfBlock = 32;

/**
 * Returns the elements of a block: a power of two. At ends with many elements, sparse connections have longer blocks,
 * so that the number of blocks grows with that of synapses instead of that of pairs. Part of the rules.
 *
 * @param density synapses for each pair on average
 */
export function blockLength(elements: number, density: number): number {
  let length = shortestBlock;
  if (elements > fewElements) while (length < elements && 2 * length * density <= synapsesOfBlock) length *= 2;
  return length;
}

interface CommonCode {
  /** The end that the items run over; each item lists elements of the other end. */
  readonly outer: 'pre' | 'post';
  /** Items for each outer element. */
  readonly blocks: number;
  /** Whether inner elements ascend within an outer one. */
  readonly ascending: boolean;
  /** Most synapses of one pair; infinite when unknown. */
  readonly copies: number;
}

/** A rule that decides for each pair whether it is connected. */
export interface PairwiseCode extends CommonCode {
  readonly kind: 'pairwise';
  /**
   * Whether a decision is so expensive that the results of counting are kept, one bit per pair, until rows are filled.
   * Blocks have the shortest length then.
   */
  readonly keepsFound: boolean;
  /**
   * Writes the code of one item; calls `found(inner, block)` for each synapse with inner element `inner` of its end.
   */
  write(outer: Ir, blockIndex: Ir, block: Block, found: (inner: Ir, block: Block) => void): void;
}

/** A rule that first draws the number of synapses of an item, and then the synapses. */
export interface CountedCode extends CommonCode {
  readonly kind: 'counted';
  /** Most synapses that one target, and one source, can have; infinite when unknown. */
  readonly fanIn: number;
  /** Most synapses that one source can have; infinite when unknown. */
  readonly fanOut: number;
  /** Adds kernels that write each item's number of synapses. */
  count(counts: Buffer): void;
  /**
   * Writes the code that puts an item's `count` synapses to `first` and on; inner elements as numbered in the end that
   * is named.
   */
  fill(item: FilledItem, block: Block): void;
}

/** An item with a known number of synapses, and their place in storage; u32 each. */
export interface FilledItem {
  readonly outer: Ir;
  readonly blockIndex: Ir;
  readonly first: Ir;
  readonly count: Ir;
  readonly storage: Buffer;
}

/** A rule ready to be written into kernels. */
export type RuleCode = PairwiseCode | CountedCode;

/** Number of blocks of an end with the given number of elements. */
export const blocksOf = (elements: number, length: number): number => Math.max(1, Math.ceil(elements / length));

/** Key of a rule's stream. */
export function ruleKey(ordinal: number, plan: ProjectionPlan, context: Context): readonly [Ir, Ir] {
  const keys = keyBuffer(
    `${plan.name}.connect${ordinal}.keys`,
    [`projection/${plan.connectStream}/connect/${ordinal}`],
    context,
  );
  return keyAt(keys, ir.u32(0));
}

/** Maps a number of an end to its element; `use` runs only if this piece of the end contains the element. */
export function withElement(
  end: ProjectionEnd,
  named: Ir,
  block: Block,
  use: (element: Ir, block: Block) => void,
): void {
  if (!end.map) {
    use(named, block);
    return;
  }
  block.write`
    let element = ${end.map.elementOf}[${named}]
    if element != ${none}u {
      ${(at, inner) => use(at('element'), inner)}
    }`;
}

/** The number within the end that is named of an element of this piece. */
export function namedIndex({ map, cells }: ProjectionEnd, element: Ir): Ir {
  const cell = cells ? code`${element} % ${cells.size}u` : element;
  if (map) return ir.load(map.indexOf, cell);
  return cells && cells.first > 0 ? code`${cell} - ${cells.first}u` : cell;
}

/**
 * For each number of the sending end, the number of the same element at the receiving end, or none; null if the ends
 * have no common element.
 */
export function sameTargets(plan: ProjectionPlan): Uint32Array | null {
  const { pre, post } = plan;
  if (plan.sameTarget) return plan.sameTarget;
  if (pre.population !== post.population) return null;
  const result = new Uint32Array(pre.named).fill(none);
  for (let k = 0; k < result.length; k++) {
    const other = k + pre.offset - post.offset;
    if (other >= 0 && other < post.named) result[k] = other;
  }
  return result.some((other) => other !== none) ? result : null;
}

/** The inverse: for each number of the receiving end, the number of the same element at the sending end. */
export function sameSources(plan: ProjectionPlan): Uint32Array | null {
  const targets = sameTargets(plan);
  if (!targets) return null;
  const result = new Uint32Array(plan.post.named).fill(none);
  targets.forEach((target, source) => {
    if (target !== none) result[target] = source;
  });
  return result;
}
