/** Spikes that count several times. */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Statement } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import type { Expression } from '../../lang/ast.js';
import type { Context } from '../context/context.js';
import type { ElementScope } from '../scopes/element-scope.js';
import type { EventCode } from '../context/equations.js';
import { compile, to } from '../code/expressions.js';
import { step } from '../code/step-time.js';
import { ringSlot, type EventSource } from './events.js';

/** The largest multiplicity of a spike; more is a fault. */
export const mostSpikesAtOnce = 1024;

/** u32: multiplicity of an element's event. @param owner of the event, for messages */
export function multiplicityOf({ name }: EventCode, multiplicity: Expression, owner: string, scope: ElementScope): Ir {
  const { block, context } = scope;
  const count = block.name('count', to('i32', compile(multiplicity, scope)));
  const bit = context.builder.faultBit(
    `${name} of ${owner} counts less than once or more than ${mostSpikesAtOnce} times in one step`,
  );
  block.write`fault ${bit} when ${count} < 1i | ${count} > ${mostSpikesAtOnce}i`;
  return code`u32(${count})`;
}

/** Code that runs as often as an event counts. @param count  u32; absent: once */
export function repeatedBy(count: Ir | undefined, block: Block, write: (block: Block) => void): void {
  if (!count) return void write(block);
  block.write`
    for repeat = 0u until ${count} {
      ${(_, inner) => write(inner)}
    }`;
}

/** Begins to count the events of an element in a step, for several places of its code. */
export const notCounted = (
  sources: readonly EventSource[],
  { name }: { readonly name: string },
  element: Ir,
): readonly Statement[] =>
  sources.flatMap(({ population, times }) =>
    times && population === name ? [ir.store(times.buffer, element, ir.u32(0))] : [],
  );

/** Counts an event of an element. @param count u32, its multiplicity; absent: 1 */
export const counted = (times: Buffer, element: Ir, count: Ir = ir.u32(1)): Statement =>
  ir.store(times, element, code`${times}[${element}] + ${count}`);

/** Returns the index of the multiplicity of an element's event in a step. */
export function timesAt({ ring }: EventSource, emission: Ir, element: Ir): Ir {
  if (ring.slots === 1) return element;
  return code`u32(${emission} % ${ring.slots}i) * ${ring.size}u + ${element}`;
}

/** A kernel that notes the events of this step that count more than once, for the host. */
export function multiplesKernel(source: EventSource, context: Context): string {
  const { times, list, counts, ring } = source;
  invariant(times, 'lower/multiples', `${ring.name} counts once`);
  const block = new Block();
  const { buffer, log, logged } = times;
  block.write`
    let slot = ${ringSlot(source)}
    var row = ${logged}[0u]
    for k = 0u until ${counts}[slot] {
      let element = ${list}[slot * ${ring.size}u + k]
      let count = ${buffer}[${(at) => timesAt(source, step, at('element'))}]
      if count > 1u {
        ${log}[row * 3u + 0u] = u32(${step})
        ${log}[row * 3u + 1u] = element
        ${log}[row * 3u + 2u] = count
        row = row + 1u
      }
    }
    ${logged}[0u] = row`;
  return context.builder.sequential(
    `${ring.name}.log_multiples`,
    `notes which ${ring.name} of this step count several times`,
    block,
  );
}
