/** Numbers of synapses among the synapses of their pair, in order of creation. */

import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block, item } from '../code/block.js';
import type { Context } from '../context/context.js';
import type { ProjectionPlan } from '../plan/projection.js';

/** Rows of synapses with several per pair, and an index for each within its pair. */
interface RowsOfPairs {
  readonly rows: Buffer;
  readonly targets: Buffer;
  readonly copies: Buffer;
  /**
   * First position of each part of a row; the first part begins with the row. Targets ascend within a part. Null: in no
   * part of a row do targets ascend.
   */
  readonly parts: readonly ((row: Ir) => Ir)[] | null;
}

/** Returns the kernel that numbers the synapses of each pair, in linear time if targets ascend in parts of a row. */
export function copyNumbers(
  { rows, targets, copies, parts }: RowsOfPairs,
  plan: ProjectionPlan,
  context: Context,
): string {
  const block = new Block();
  const at = block.write`
    let first = ${rows}[index]
    let end = ${rows}[index + 1u]`;
  const [first, end] = [at('first'), at('end')];
  if (parts === null)
    block.write`
      for p = ${first} until ${end} {
        var copy = 0u
        for q = ${first} until p {
          copy = copy + u32(${targets}[q] == ${targets}[p])
        }
        ${copies}[p] = copy
      }`;
  else {
    const starts = [first, ...parts.slice(1).map((start) => block.name('part', start(item))), end];
    const all = parts.map((_, k): Part => ({ first: starts[k] as Ir, end: starts[k + 1] as Ir }));
    all.forEach((part, k) => {
      numberWithin(targets, copies, part, block);
      for (const earlier of all.slice(0, k)) addEarlier(targets, copies, earlier, part, block);
    });
  }
  return context.builder.map(
    `${plan.name}.copy_numbers`,
    `numbers the synapses of each pair of ${plan.name}`,
    { kind: 'count', count: plan.pre.size },
    false,
    block,
  );
}

/** A part of a row in which targets ascend. */
interface Part {
  readonly first: Ir;
  readonly end: Ir;
}

/** Whether the synapse at a position has the target of the one before it in its part of a row. */
const repeats = (targets: Buffer, p: Ir, first: Ir): Ir =>
  code`${p} > ${first} & ${targets}[select(${p} > ${first}, ${p} - 1u, ${first})] == ${targets}[${p}]`;

/** Numbers the synapses of each target within a part. */
function numberWithin(targets: Buffer, copies: Buffer, { first, end }: Part, block: Block): void {
  const copy = block.write`var copy = 0u`('copy');
  block.write`
    for p = ${first} until ${end} {
      ${(at, inner) => {
        const p = at('p');
        inner.write`
          ${copy} = select(${repeats(targets, p, first)}, ${copy} + 1u, 0u)
          ${copies}[${p}] = ${copy}`;
      }}
    }`;
}

/** Adds the number of synapses of the same target in an earlier part. Both parts are read once. */
function addEarlier(targets: Buffer, copies: Buffer, earlier: Part, { first, end }: Part, block: Block): void {
  const at = block.write`
    var q = ${earlier.first}
    var same = 0u`;
  const [q, same] = [at('q'), at('same')];
  const target = code`${targets}[select(${q} < ${earlier.end}, ${q}, ${first})]`;
  block.write`
    for p = ${first} until ${end} {
      ${(inside, inner) => {
        const p = inside('p');
        inner.write`
          if !(${repeats(targets, p, first)}) {
            ${same} = 0u
            while ${q} < ${earlier.end} & ${target} < ${targets}[${p}] {
              ${q} = ${q} + 1u
            }
            while ${q} < ${earlier.end} & ${target} == ${targets}[${p}] {
              ${q} = ${q} + 1u
              ${same} = ${same} + 1u
            }
          }
          ${copies}[${p}] = u32(${copies}[${p}]) + ${same}`;
      }}
    }`;
}
