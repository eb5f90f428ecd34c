/**
 * Code that runs in each step: for all elements of a group, or for the elements of a population that emitted an event.
 */

import * as ir from '../../ir/builder.js';
import { code } from '../../ir/template.js';
import { item, type Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { drawsAt, drawStep, type Draws } from '../code/draws.js';
import { ElementScope, rangesAddress, type Address } from './element-scope.js';
import { rangesOf, type Group, type Member } from '../context/groups.js';
import { runsOnLanes } from '../code/lanes.js';
import { step } from '../code/step-time.js';

/**
 * Draws of code that runs for each element in each step. @random stream `population/<id>/<purpose>`, counter (element,
 * 0, step, site)
 */
export function stepDraws(group: Group, purpose: string, { local, ordinal }: Address, context: Context): Draws {
  return drawsAt(
    {
      keys: `${group.name}.${purpose.replace('/', '.')}.keys`,
      streams: () => group.members.map((member) => `population/${member.name}/${purpose}`),
      ordinal,
      element: local,
      step: drawStep(step, context),
      perStep: true,
    },
    context,
  );
}

/** Returns the scope of a group's elements in a step. `purpose` distinguishes its draws from others. */
export const stepScope = (
  group: Group,
  purpose: string,
  block: Block,
  context: Context,
  address: Address = rangesAddress,
): ElementScope => new ElementScope(context, group, address, block, stepDraws(group, purpose, address, context));

/** Clears inputs for the next step. */
export function emptyInputs({ type }: Group, scope: ElementScope): void {
  for (const [input, { reduce }] of Object.entries(type.inputs))
    scope.write(input, ir.f64(reduce === 'product' ? 1 : 0));
}

/** Adds a kernel over a group's elements, on vector lanes if its code allows. @returns its name */
export const groupKernel = (group: Group, name: string, comment: string, block: Block, { builder }: Context): string =>
  builder.map(`${group.name}.${name}`, comment, rangesOf(group), runsOnLanes(block.statements), block);

/** Address of an element that emitted an event, in a kernel over the spikes of a population. */
export const spikeAddress = (member: Member, block: Block): Address => ({
  index: block.name('element', code`${member.begin}u + index`),
  ordinal: ir.u32(member.ordinal),
  local: item,
});
