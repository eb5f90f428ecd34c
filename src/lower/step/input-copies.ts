/**
 * Copies of input sums for code that reads them outside the integration. The integration empties the sums, and events
 * may add to them again in the same step. Recordings, conditions and actions read the values that the integration used.
 */

import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import type { Group } from '../context/groups.js';
import { usedInputName } from '../context/groups.js';
import { updatePlace } from '../context/groups.js';
import { inStep, type PlacedEntry } from '../context/place.js';
import { groupKernel } from '../scopes/step-scope.js';

/**
 * Copies, right before each integration, the inputs that other code reads; runs after all such code has been lowered.
 */
export function keepInputs(groups: readonly Group[], context: Context): readonly PlacedEntry[] {
  const { builder } = context;
  return groups.flatMap((group) => {
    const block = new Block();
    for (const input of Object.keys(group.type.inputs)) {
      const used = builder.known(usedInputName(group, input));
      const storage = group.storage.get(input);
      if (!used || storage?.kind !== 'array') continue;
      block.write`${used}[index] = ${storage.buffer}[index]`;
    }
    if (block.statements.length === 0) return [];
    const comment = `keeps the inputs of ${group.name} that other code than its integration reads`;
    const kernel = groupKernel(group, 'keep_inputs', comment, block, context);
    return [inStep(kernel, { ...updatePlace(group, context), phase: 'keep inputs' })];
  });
}
