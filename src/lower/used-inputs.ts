/**
 * Sums of inputs for code that reads them outside the integration. The integration empties the sums, to which events
 * may add again in the same step; recordings, conditions and actions read what it has used.
 */

import * as ir from '../ir/builder.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import type { Group } from './groups.js';
import { rangesOf, usedInputName } from './groups.js';
import { runsOnLanes } from './lanes.js';
import { rangesAddress } from './element-scope.js';

/**
 * Copies, right before each integration, the inputs that other code reads; runs after all such code has been lowered.
 */
export function keepInputs(groups: readonly Group[], context: Context): void {
  const { builder, profile } = context;
  for (const group of groups) {
    const block = new Block();
    for (const input of Object.keys(group.type.inputs)) {
      const used = builder.buffers.get(usedInputName(group, input));
      const storage = group.storage.get(input);
      if (!used || storage?.kind !== 'array') continue;
      block.emit(ir.store(used, rangesAddress.index, ir.load(storage.buffer, rangesAddress.index)));
    }
    if (block.statements.length === 0) continue;
    const kernel = builder.map(
      `${group.name}.keep_inputs`,
      `keeps the inputs of ${group.name} that other code than its integration reads`,
      rangesOf(group),
      runsOnLanes(block.statements, builder),
      block,
    );
    builder.each(kernel, { slot: profile.defaults.integrate, order: 0, phase: 'keep inputs' });
  }
}
