/** Connections given as lists: sorted by source here, on the host, keeping the order of the lists within a row. */

import type { Buffer, TypedArray } from '../../ir/program.js';
import type { Context } from '../context/context.js';
import { arrayOf } from '../../model/arrays.js';
import * as messages from '../context/messages.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { targetElement, type RawSynapses } from '../plan/projection.js';
import { sortedByKey } from './sorted-by-key.js';

/** Both ends of all synapses in order of creation, or null after a finding. */
function pairsOf(
  plan: ProjectionPlan,
  context: Context,
): { sources: ArrayLike<number>; targets: ArrayLike<number> } | null {
  const { diagnostics, data } = context;
  const lists = plan.projection.connect.flatMap((rule) =>
    rule.rule === 'list' ? [[arrayOf(rule.sources, data), arrayOf(rule.targets, data)] as const] : [],
  );
  const [sources, targets] =
    lists.length === 1 && lists[0]
      ? lists[0]
      : [joined(lists.map(([from]) => from)), joined(lists.map(([, into]) => into))];
  const wrong = firstOutside(sources, plan.pre.size);
  const wrongTarget = firstOutside(targets, plan.post.size);
  if (wrong !== null) diagnostics.add(messages.indexOutOfRange(plan.name, 'source', wrong, plan.pre.size));
  if (wrongTarget !== null) diagnostics.add(messages.indexOutOfRange(plan.name, 'target', wrongTarget, plan.post.size));
  return wrong !== null || wrongTarget !== null ? null : { sources, targets };
}

function joined(lists: readonly ArrayLike<number>[]): ArrayLike<number> {
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(Array.from(list), at);
    at += list.length;
  }
  return all;
}

function firstOutside(indices: ArrayLike<number>, size: number): number | null {
  for (let k = 0; k < indices.length; k++) {
    const index = indices[k] as number;
    if (!(index >= 0 && index < size)) return index;
  }
  return null;
}

/** Whether the targets of each row are strictly ascending. */
function rises(rows: Uint32Array, targets: Uint32Array | Uint16Array): boolean {
  for (let row = 0; row + 1 < rows.length; row++) {
    const end = rows[row + 1] as number;
    for (let p = (rows[row] as number) + 1; p < end; p++)
      if ((targets[p] as number) <= (targets[p - 1] as number)) return false;
  }
  return true;
}

/** Returns the index of each synapse within its pair, and whether targets ascend within rows. */
function copiesOf(
  rows: Uint32Array,
  targets: Uint32Array | Uint16Array,
  size: number,
): { copies: Uint16Array; most: number; ascending: boolean } {
  if (rises(rows, targets)) return { copies: new Uint16Array(0), most: 0, ascending: true };
  const copies = new Uint16Array(targets.length);
  const seenIn = new Int32Array(size).fill(-1);
  const seen = new Uint32Array(size);
  let [most, ascending] = [0, true];
  for (let p = 0, row = -1, before = 0; p < targets.length; p++) {
    while ((rows[row + 1] as number) <= p) {
      row++;
      before = 0;
    }
    const target = targets[p] as number;
    const copy = seenIn[target] === row ? (seen[target] as number) + 1 : 0;
    seenIn[target] = row;
    seen[target] = copy;
    copies[p] = copy;
    if (copy > most) most = copy;
    if (target < before) ascending = false;
    before = target;
  }
  return { copies, most, ascending };
}

const isPlainOrder = (order: Uint32Array): boolean => {
  for (let k = 0; k < order.length; k++) if (order[k] !== k) return false;
  return true;
};

/** How often the most frequent of some numbers below `size` occurs. */
function mostOf(numbers: ArrayLike<number>, size: number): number {
  const counts = new Uint32Array(size);
  let most = 0;
  for (let k = 0; k < numbers.length; k++) {
    const number = numbers[k] as number;
    counts[number] = (counts[number] as number) + 1;
    most = Math.max(most, counts[number]);
  }
  return most;
}

/** The synapses of lists, or null after a finding. */
export function listed(plan: ProjectionPlan, context: Context): RawSynapses | null {
  const pairs = pairsOf(plan, context);
  if (!pairs) return null;
  const element = targetElement(plan);
  const count = pairs.targets.length;
  const targets = element === 'u16' ? new Uint16Array(count) : new Uint32Array(count);
  const carry = { from: pairs.targets, to: targets };
  const { starts: rows, order } = sortedByKey(pairs.sources, plan.pre.size, carry);
  const { copies, most, ascending } = copiesOf(rows, targets, plan.post.size);
  const buffer = (key: string, kind: 'u16' | 'u32', initial: TypedArray, comment: string): Buffer =>
    context.builder.commonBuffer(`${plan.name}.${key}`, kind, initial.length, comment, { role: 'constant', initial });
  return {
    count: order.length,
    rows: buffer('rows', 'u32', rows, `first synapse of each source of ${plan.name}`),
    targets: buffer('targets', element, targets, `target of each synapse of ${plan.name}`),
    creation: isPlainOrder(order)
      ? null
      : buffer('creation', 'u32', order, `creation index of each synapse of ${plan.name}`),
    copies: most > 0 ? buffer('copies', 'u16', copies, 'which of the synapses of its pair each is') : null,
    ascending,
    // As for drawn rules: a frozen network then sums in the same units as the one it was drawn from.
    fanIn: plan.pre.size * (1 + most),
    fanOut: plan.post.size * (1 + most),
    listedFanIn: mostOf(targets, plan.post.size),
  };
}
