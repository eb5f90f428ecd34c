/** Cables of types with compartments as elements: one class, with the equations of the type. */

import type { DrawnModel } from '../../draw/drawn-model.js';
import { arrayOf } from '../../model/arrays.js';
import type { CableTree, DataStore } from '../../model/typed.js';
import type { Cable } from '../context/cable.js';
import { treeOfEnds } from '../../model/compartment-tree.js';

/** Returns the cables of types with compartments as elements. */
export function cablesOfCompartments({ model, data }: Pick<DrawnModel, 'model' | 'data'>): readonly Cable[] {
  return Object.entries(model.neurons).flatMap(([name, { cable }]): Cable[] => {
    if (!cable) return [];
    const members = Object.entries(model.populations).filter(([, { type }]) => type === name);
    if (members.length === 0) return [];
    const [parents, near, far] = [cable.parents, cable.near, cable.far].map((array) => arrayOf(array, data));
    const tree = treeOfEnds(parents ?? [], [near ?? [], far ?? []], cable.resistivity, sectionOf(cable, data));
    const { voltage, capacitance, current, rise } = cable;
    return [
      {
        name,
        tree,
        method: 'gates-then-cable',
        ownEquations: true,
        classes: [
          {
            type: name,
            compartments: tree.compartments.map((_, k) => k),
            names: { voltage, capacitance, current, schemes: [], pools: [], ...(rise === undefined ? {} : { rise }) },
          },
        ],
        populations: members
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([population, { size }]) => ({
            name: population,
            size: size / tree.compartments.length,
            members: [population],
          })),
      },
    ];
  });
}

/** The section that a compartment is in: the smallest that has it. */
function sectionOf({ sections = {}, parents }: CableTree, data: DataStore): (compartment: number) => string {
  const names = new Array<string>(arrayOf(parents, data).length).fill('');
  const bySize = Object.entries(sections).sort(([, a], [, b]) => b.count - a.count);
  for (const [name, { first, count }] of bySize) names.fill(name, first, first + count);
  return (compartment) => names[compartment] || `compartment ${compartment}`;
}
