/**
 * Merges mechanisms with the same equations into one with values by compartment. A model may have hundreds of leaks
 * that differ in one number.
 */

import { CannotDraw } from '../../draw/generators.js';
import { numberFunction, bareName } from '../../draw/numbers.js';
import { micrometresPerMetre } from '../../draw/space/micrometres.js';
import type { Expression } from '../../lang/ast.js';
import { contentOf, formulaOf } from '../../model/typed.js';
import type { Compartments, Mechanism, Value } from '../../model/typed.js';
import { sectionsOn, type Compartment } from '../../model/compartment-tree.js';

/** Mechanisms that have their equations in common. */
interface Shape {
  /** The first of them, which others are named after. */
  readonly name: string;
  readonly mechanism: Mechanism;
}

/** A value that a mechanism is given on a section. */
export interface GivenAtSection {
  readonly value: Value;
  /** Number of the section's first compartment in a list of values. */
  readonly first: number;
}

/** A mechanism at a compartment. */
export interface Instance {
  readonly name: string;
  readonly mechanism: Mechanism;
  readonly shape: Shape;
  /** Parameters and first values of state that are given on its section. */
  readonly given: ReadonlyMap<string, GivenAtSection>;
  /** Whether the cell does not have it here: it is without effect, for compartments to have the same equations. */
  readonly absent?: boolean;
}

const nothingGiven: Instance['given'] = new Map();

/** The mechanisms on each section. */
export function mechanismsOn(compartments: Compartments): (section: string) => readonly Instance[] {
  const shapes = new Map<string, Shape>();
  const bySection = new Map<string, Instance[]>(Object.keys(compartments.sections).map((name) => [name, []]));
  for (const name of Object.keys(compartments.mechanisms).sort()) {
    const mechanism = compartments.mechanisms[name];
    if (!mechanism) continue;
    const key = keyOf(mechanism);
    const shape = shapes.get(key) ?? { name, mechanism };
    shapes.set(key, shape);
    const given = valuesOn(mechanism, compartments);
    for (const section of sectionsOn(mechanism.on, compartments))
      bySection.get(section)?.push({ name, mechanism, shape, given: given.get(section) ?? nothingGiven });
  }
  return (section) => bySection.get(section) ?? [];
}

/** Returns the values of a mechanism on each section. */
function valuesOn(
  { values = {} }: Mechanism,
  { groups, sections }: Compartments,
): ReadonlyMap<string, Map<string, GivenAtSection>> {
  const bySection = new Map<string, Map<string, GivenAtSection>>();
  for (const [place, given] of Object.entries(values)) {
    let first = 0;
    for (const section of groups[place] ?? [place]) {
      const sectionValues = bySection.get(section) ?? new Map<string, GivenAtSection>();
      for (const [name, value] of Object.entries(given)) sectionValues.set(name, { value, first });
      bySection.set(section, sectionValues);
      first += sections[section]?.divisions ?? 1;
    }
  }
  return bySection;
}

const isNumber = (value: Value): value is number =>
  typeof value === 'number' || ['number', 'quantity'].includes(formulaOf(value)?.kind ?? '');

/** Returns a text that is equal for mechanisms that differ only in their location and in numbers. */
function keyOf({ on: _, values: __, parameters, ...rest }: Mechanism): string {
  const forms = Object.fromEntries(
    Object.entries(parameters).map(([name, { value, ...parameter }]) => [
      name,
      isNumber(value) ? parameter : { value, ...parameter },
    ]),
  );
  return contentOf({ parameters: forms, ...rest });
}

/** Evaluates an expression of a place at a compartment; null if it reads other names. */
export function numberAt(e: Expression, { distance, diameter, length, area, centre }: Compartment): number | null {
  const [x, y, z] = centre;
  const known: Readonly<Record<string, number | null>> = { distance, diameter, length, area, x, y, z };
  const read = (name: string): (() => number) => {
    const bare = bareName(name);
    const value = Object.hasOwn(known, bare) ? known[bare] : null;
    if (value === null || value === undefined) throw new CannotDraw(name);
    return () => (bare === name ? value : value * micrometresPerMetre);
  };
  try {
    return numberFunction(e, read)();
  } catch (error) {
    if (error instanceof CannotDraw) return null;
    throw error;
  }
}
