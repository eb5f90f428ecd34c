/** Types with a cable as SpatialNeuron. Definitions of Brian itself are left out of their equations. */

import { coordinatesOf, isBuiltIn, type Shaped } from './spatial-type.js';
import { knownNumbers } from '../../../src/model/arrays.js';
import type { CableTree, DataStore, NeuronType, Value } from '../../../src/model/typed.js';
import { isGiven } from '../../../src/model/tagged.js';
import { namesOf } from '../../../src/model/typed.js';
import { geometricNumbers } from '../morphology/morphology.js';
import type { Remarks } from './brian-text.js';
import { dimensionOf } from './equations-text.js';
import type { ExportContext, GroupPlan } from './plan.js';
import { quantityText, writtenQuantities } from '../../../src/lang/readable-quantity.js';

/** Returns the type without Brian's own definitions. */
export function ownEquations<T extends Shaped>(type: T): T {
  const own = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([key]) => !isBuiltIn(key, type)));
  return { ...type, parameters: own(type.parameters), state: own(type.state), derived: own(type.derived) };
}

/** Returns the type with only the definitions of Brian that initializers set. */
export function membraneValues(type: NeuronType): NeuronType {
  const { Cm } = type.parameters;
  const { v } = type.state;
  return { ...type, parameters: Cm ? { Cm } : {}, state: v ? { v } : {} };
}

/** Returns `N`, `morphology` and `Ri` of a SpatialNeuron. */
export function structure(
  type: NeuronType,
  cable: CableTree,
  { id, population }: GroupPlan,
  context: ExportContext,
  remarks: Remarks,
): Record<string, unknown> {
  const { data, arithmetic } = context;
  const parents = knownNumbers(cable.parents, data) ?? [];
  const count = Math.max(1, parents.length);
  const cells = population.size / count;
  if (cells > 1 && arithmetic !== 'decimal')
    remarks.notExpressible('brian/cells', `Brian has one cell in a SpatialNeuron, not ${cells}`);
  const numbersOf = (key: string): readonly number[] | undefined => {
    if (key === 'r_length_1') return knownNumbers(cable.near, data);
    if (key === 'r_length_2') return knownNumbers(cable.far, data);
    return ofEach(population.values[key] ?? type.parameters[key]?.value, count, cells, data);
  };
  const axes = coordinatesOf(type);
  if (arithmetic !== 'decimal' && readsPlace(id, axes, context))
    remarks.notExpressible('brian/coordinates', 'scripts have lengths of compartments, no coordinates, which are read');
  const compartments = [...geometricNumbers, ...axes].flatMap((key): readonly (readonly [string, unknown])[] => {
    const numbers = numbersOf(key);
    const dimension = dimensionOf(type.parameters[key]?.unit ?? 'm');
    if (numbers) return [[key, writtenQuantities(numbers, dimension, arithmetic)]];
    remarks.notExpressible('brian/cable', `${key} is not the same number in all cells`);
    return [];
  });
  return {
    ...(cells === 1 ? {} : { N: cells }),
    morphology: { sections: sectionsOf(cable, parents), compartments: Object.fromEntries(compartments) },
    Ri: quantityText(cable.resistivity, dimensionOf('ohm*m'), arithmetic),
  };
}

/** Returns one number for each compartment, if all cells have the same numbers. */
function ofEach(
  value: Value | undefined,
  count: number,
  cells: number,
  data: DataStore,
): readonly number[] | undefined {
  if (typeof value === 'number') return new Array<number>(count).fill(value);
  const all = isGiven(value) ? knownNumbers(value.array, data) : undefined;
  if (!all) return undefined;
  const first = Array.from({ length: count }, (_, k) => all[k * cells] ?? 0);
  return all.every((number, k) => Object.is(number, first[Math.floor(k / cells)])) ? first : undefined;
}

/** Sections by name; compartments outside of them, and parts of overlapping ones, are sections of their own. */
function sectionsOf({ sections = {} }: CableTree, parents: readonly number[]): Record<string, object> {
  const starts = new Map(Object.entries(sections).map(([name, { first, count }]) => [first, { name, count }] as const));
  const owner: string[] = [];
  const made: Record<string, object> = {};
  for (let first = 0; first < parents.length;) {
    const { name, count } = starts.get(first) ?? { name: `compartment_${first}`, count: 1 };
    const parent = owner[parents[first] ?? -1];
    made[name] = { ...(parent === undefined ? {} : { parent }), n: count };
    for (let k = 0; k < count; k++) owner[first + k] = name;
    first += count;
  }
  return made;
}

/** Checks whether a type's code or values read the positions of compartments. */
function readsPlace(id: string, axes: readonly string[], { model }: ExportContext): boolean {
  const { neurons, populations } = model;
  const { type = '', values = {} } = populations[id] ?? {};
  const own = Object.entries(values).filter(([key]) => !axes.includes(key));
  const names = namesOf([neurons[type] && ownEquations(neurons[type]), own]);
  return axes.some((axis) => names.has(axis));
}
