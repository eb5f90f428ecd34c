/**
 * Indices of synapses by other keys than their row: by target, by the delay of another pathway, by order of creation.
 */

import type { Buffer, Expression as Ir, Extent, TypedArray } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import type { Connectivity, DelayedIndex, PathwayPlan, ProjectionPlan, SynapseIndex } from '../plan/projection.js';
import { delayKernel } from './delays.js';
import { expectedSynapses } from './expected.js';
import { moveToRows, sortWithinRows } from './move-to-rows.js';
import type { RawSynapses } from '../plan/projection.js';
import { sortedByKey } from './sorted-by-key.js';

/** The synapses by target, each column in order of source and creation. */
export function columnsOf(
  plan: ProjectionPlan,
  count: Extent,
  rows: Buffer,
  targets: Buffer,
  context: Context,
): SynapseIndex {
  if (ArrayBuffer.isView(rows.initial) && ArrayBuffer.isView(targets.initial))
    return columnsOfList(plan, rows.initial, targets.initial, context);
  const key = { of: (p: Ir): Ir => code`u32(${targets}[${p}])`, keys: plan.post.size, withinRows: false };
  return indexOf(`${plan.name}.by_target`, plan, { count, rows }, key, context);
}

/** The same of synapses that are listed, sorted here rather than by kernels. */
function columnsOfList(plan: ProjectionPlan, rows: TypedArray, targets: TypedArray, context: Context): SynapseIndex {
  const name = `${plan.name}.by_target`;
  const { starts, order } = sortedByKey(targets as ArrayLike<number>, plan.post.size);
  const sourceAt = new Uint32Array(order.length);
  for (let position = 0, row = 0; position < order.length; position++) {
    while (Number(rows[row + 1]) <= position) row++;
    sourceAt[position] = row;
  }
  const sources = order.map((position) => sourceAt[position] as number);
  return indexBuffers(name, starts.length, order.length, context, { starts, positions: order, sources });
}

/**
 * Builds an index of the synapses by (row, delay) for a pathway with delays other than those that storage is sorted by.
 */
export function delayedIndex(
  stored: RawSynapses,
  pathway: PathwayPlan,
  plan: ProjectionPlan,
  context: Context,
): DelayedIndex {
  const { builder } = context;
  const { first, last } = pathway.steps;
  const delays = last - first + 1;
  const steps = builder.buffer(
    `${plan.name}.${pathway.name}.delay_steps`,
    'u16',
    stored.count,
    `delay of each synapse of ${plan.name} in steps`,
  );
  if (typeof stored.count !== 'number') builder.allocate(steps);
  builder.initially(delayKernel({ raw: stored, pathway, plan }, steps, context));
  const delay = (p: Ir): Ir => code`${steps}[${p}] - ${first}u`;
  const key: Key =
    pathway.side === 'pre'
      ? { of: delay, keys: delays, withinRows: true }
      : {
          of: (p) => code`u32(${stored.targets}[${p}]) * ${delays}u + ${delay(p)}`,
          keys: plan.post.size * delays,
          withinRows: false,
        };
  const index = indexOf(`${plan.name}.${pathway.name}.by_delay`, plan, stored, key, context);
  return { ...index, steps };
}

/** The key that an index is sorted by: a number below `keys`, of the synapse at a position. */
interface Key {
  readonly of: (position: Ir) => Ir;
  readonly keys: number;
  /** Whether each row has separate keys. */
  readonly withinRows: boolean;
}

/** Returns the arrays of an index, with their contents if these are known when lowering. */
function indexBuffers(
  name: string,
  starts: number,
  count: Extent,
  context: Context,
  known?: Readonly<Record<keyof SynapseIndex, Uint32Array>>,
): SynapseIndex {
  const buffer = (key: keyof SynapseIndex, length: Extent, comment: string): Buffer =>
    context.builder.buffer(`${name}.${key}`, 'u32', length, comment, known && { initial: known[key] });
  return {
    starts: buffer('starts', starts, `first entry of each key of ${name}`),
    positions: buffer('positions', count, `synapse of each entry of ${name}`),
    sources: buffer('sources', count, `source of each entry of ${name}`),
  };
}

/** An index of the synapses by some key, entries in order of source and creation. */
function indexOf(
  name: string,
  plan: ProjectionPlan,
  { count, rows }: Pick<RawSynapses, 'count' | 'rows'>,
  key: Key,
  context: Context,
): SynapseIndex {
  const { builder } = context;
  const keys = key.withinRows ? plan.pre.size * key.keys : key.keys;
  const { starts, positions, sources } = indexBuffers(name, keys + 1, count, context);
  if (typeof count !== 'number') builder.allocate(positions, sources);
  const place = (p: Ir, source: Ir, at: Ir, block: Block): void => {
    block.write`
      ${positions}[${at}] = ${p}
      ${sources}[${at}] = ${source}`;
  };
  if (key.withinRows)
    sortWithinRows({
      name,
      comment: `sorts the synapses of each source of ${plan.name}`,
      rows,
      rowCount: plan.pre.size,
      keyOf: key.of,
      keys: key.keys,
      segments: starts,
      place,
      context,
    });
  else
    moveToRows({
      name,
      from: rows,
      groups: plan.pre.size,
      expected: expectedSynapses(plan, context),
      rowOf: key.of,
      rows: starts,
      rowCount: key.keys,
      place: (p, source, at, _ordinal, block) => place(p, source, at, block),
      context,
    });
  return { starts, positions, sources };
}

/**
 * Returns an index by key (a row or column, with one delay) in order of creation, for pathways that need this order:
 * the given index, sorted. For rows sorted by another pathway's delays, it is a new index. Null if rows have that
 * order.
 */
export function inOrderOfCreation(
  index: SynapseIndex | null,
  plan: ProjectionPlan,
  pathway: PathwayPlan,
  connectivity: Connectivity,
  context: Context,
): SynapseIndex | null {
  const { creation } = connectivity;
  // Rows keep the order of creation, unless they are sorted by other delays.
  if (!creation || (!index && (!plan.sortedBy || plan.sortedBy === pathway))) return index;
  const name = `${plan.name}.${pathway.name}`;
  const sorted =
    index ?? indexOf(`${name}.by_row`, plan, connectivity, { of: () => code`0u`, keys: 1, withinRows: true }, context);
  context.builder.initially(creationSort(`${name}.by_creation`, sorted, creation, context));
  return sorted;
}

/** Sorts the entries of each key by creation, by insertion: they are nearly in order already. */
export function creationSort(
  name: string,
  { starts, positions, sources }: SynapseIndex,
  creation: Buffer,
  context: Context,
): string {
  const block = new Block();
  block.write`
    let first = ${starts}[index]
    let end = ${starts}[index + 1u]
    for entry = first until end {
      let position = ${positions}[entry]
      let source = ${sources}[entry]
      let created = ${creation}[position]
      var place = entry
      while place > first {
        let before = ${positions}[place - 1u]
        if ${creation}[before] <= created {
          break
        }
        ${positions}[place] = before
        ${sources}[place] = ${sources}[place - 1u]
        place = place - 1u
      }
      ${positions}[place] = position
      ${sources}[place] = source
    }`;
  return context.builder.map(
    name,
    'sorts the entries of each key by order of creation',
    { kind: 'count', count: (starts.length as number) - 1 },
    false,
    block,
  );
}
