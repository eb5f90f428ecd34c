/** Which compartment of its cell an element is. */

import * as ir from '../../ir/builder.js';
import { folded } from '../../ir/fold.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Context } from '../context/context.js';
import { populationSize, type Address } from './element-scope.js';
import type { Group } from '../context/groups.js';

/** u32 ordinal of the element's compartment in the tree of its cell; 0 for elements that are no part of a cell. */
export function compartmentOf(group: Group, address: Address, context: Context): Ir {
  const classes = context.cables.flatMap(({ ownEquations, classes: all }) => (ownEquations ? [] : all));
  const { compartments } = classes.find(({ type }) => type === group.name) ?? { compartments: [0] };
  const [first = 0] = compartments;
  if (compartments.length === 1) return ir.u32(first);
  const table = context.builder.commonBuffer(
    `${group.name}.compartments`,
    'u32',
    compartments.length,
    `ordinals of the compartments of ${group.name} in their cells`,
    { role: 'constant', initial: Uint32Array.from(compartments) },
  );
  const cells = populationSize(group, address, context);
  return ir.load(table, folded`${address.local} / ${ir.convert('u32', cells)}`);
}
