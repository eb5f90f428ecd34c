/** Spikes that count several times. */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Statement } from '../../ir/program.js';
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
  block.emit(ir.fault(bit, ir.or(ir.lt(count, ir.i32(1)), ir.gt(count, ir.i32(mostSpikesAtOnce)))));
  return ir.convert('u32', count);
}

/** Code that runs as often as an event counts. @param count  u32; absent: once */
export function repeatedBy(count: Ir | undefined, block: Block, write: (block: Block) => void): void {
  if (!count) return void write(block);
  const k = block.local('repeat', 'u32');
  block.emit(ir.loop(k, ir.u32(0), count, block.nested(write)));
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
  ir.store(times, element, ir.add(ir.load(times, element), count));

/** Returns the index of the multiplicity of an element's event in a step. */
export function timesAt({ ring }: EventSource, emission: Ir, element: Ir): Ir {
  if (ring.slots === 1) return element;
  return ir.add(ir.mul(ir.convert('u32', ir.binary('rem', emission, ir.i32(ring.slots))), ir.u32(ring.size)), element);
}

/** A kernel that notes the events of this step that count more than once, for the host. */
export function multiplesKernel(source: EventSource, context: Context): string {
  const { times, list, counts, ring } = source;
  invariant(times, 'lower/multiples', `${ring.name} counts once`);
  const block = new Block();
  const slot = block.name('slot', ringSlot(source));
  const [k, element, count, row] = [
    block.local('k', 'u32'),
    block.local('element', 'u32'),
    block.local('count', 'u32'),
    block.local('row', 'u32'),
  ];
  const place = (column: number): Ir => ir.add(ir.mul(ir.get(row), ir.u32(3)), ir.u32(column));
  block.emit(
    ir.set(row, ir.load(times.logged, ir.u32(0))),
    ir.loop(k, ir.u32(0), ir.load(counts, slot), [
      ir.set(element, ir.load(list, ir.add(ir.mul(slot, ir.u32(ring.size)), ir.get(k)))),
      ir.set(count, ir.load(times.buffer, timesAt(source, step, ir.get(element)))),
      ir.when(ir.gt(ir.get(count), ir.u32(1)), [
        ir.store(times.log, place(0), ir.convert('u32', step)),
        ir.store(times.log, place(1), ir.get(element)),
        ir.store(times.log, place(2), ir.get(count)),
        ir.set(row, ir.add(ir.get(row), ir.u32(1))),
      ]),
    ]),
    ir.store(times.logged, ir.u32(0), ir.get(row)),
  );
  return context.builder.sequential(
    `${ring.name}.log_multiples`,
    `notes which ${ring.name} of this step count several times`,
    block,
  );
}
