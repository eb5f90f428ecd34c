/** Conditions that trigger in the step in which they become true. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { to } from '../code/expressions.js';

/** A condition of an element or synapse: its owner, the buffer of its last value, and the block for its code. */
interface Watched {
  /** Owner and condition, as buffers are named. */
  readonly name: string;
  /** Elements or synapses of the owner, and the u32 place of the one that the code is for. */
  readonly length: Buffer['length'];
  readonly index: Ir;
  readonly block: Block;
}

/** Whether a condition holds now and did not when it was tested last; before the first test it did not. */
export function begins(condition: Ir, { name, length, index, block }: Watched, { builder }: Context): Ir {
  const before = builder.common(`${name}.held_before`, (key) => {
    const lastValues = builder.buffer(key, 'u8', length, `whether the condition ${name} held in the step before`);
    if (typeof length !== 'number') builder.allocate(lastValues);
    return lastValues;
  });
  const now = block.name('holds', condition);
  const held = block.name('held', to('bool', ir.load(before, index)));
  block.write`${before}[${index}] = ${to('u32', now)}`;
  return code`${now} & !${held}`;
}
