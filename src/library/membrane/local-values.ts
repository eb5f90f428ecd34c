/** Values that mechanisms have, and read, on the sections of a cell. */

import { faraday, gasConstant } from '../../lang/physics.js';
import type { Ion } from '../../model/model.js';
import { standsFor } from '../../model/compartment-tree.js';
import { isGiven } from '../../model/tagged.js';
import type { Compartments, DataStore, Mechanism, Value } from '../../model/typed.js';
import type { Functions } from '../../lang/evaluate.js';
import { NoNumber } from '../../lang/evaluate.js';
import { ElementValues } from '../element-values.js';
import type { Pool } from './membrane.js';
import { lengthOf } from '../pynn/multi-compartment.js';
import { NotExpressible } from '../not-expressible.js';

/** What a membrane is read with. */
export interface Around {
  readonly data: DataStore;
  readonly functions: Functions;
  /** Potential of a section at the start, in V. */
  readonly startOf: (section: string) => number;
}

/** Returns values that a mechanism is given on one section. @throws NotExpressible if each compartment has its own */
export function givenOn(
  { values = {} }: Mechanism,
  section: string,
  compartments: Compartments,
): Readonly<Record<string, Value>> {
  const given: Record<string, Value> = {};
  for (const [place, some] of Object.entries(values)) {
    if (!standsFor(place, section, compartments)) continue;
    for (const [name, value] of Object.entries(some)) {
      if (isGiven(value)) throw new NotExpressible(`values of ${name} of each compartment`);
      given[name] = value;
    }
  }
  return given;
}

/** How far from the root's beginning the middle of a section is, along the tree, and how long it is, in m. */
function middleOf(name: string, { sections }: Compartments): { readonly distance: number; readonly length: number } {
  const along = (one: string): number => {
    const { points, length = 0 } = sections[one] ?? { divisions: 1 };
    return points ? lengthOf(points) : length;
  };
  let distance = along(name) / 2;
  for (let parent = sections[name]?.parent; parent; parent = sections[parent.section]?.parent)
    distance += parent.fraction * along(parent.section);
  return { distance, length: along(name) };
}

/** Returns the concentrations of an ion on a section without a mechanism that sets them, and its potential; in SI. */
function levelsOn(
  { inside, outside, reversal, at = {} }: Ion,
  section: string,
  compartments: Compartments,
): Pick<Ion, 'inside' | 'outside' | 'reversal'> {
  const own = Object.entries(at).flatMap(([place, given]) => (standsFor(place, section, compartments) ? [given] : []));
  return Object.assign({ inside, outside, reversal }, ...own) as ReturnType<typeof levelsOn>;
}

/** Returns Nernst's potential in V, or undefined if a number is missing. */
export function nernstPotential(
  valence: number,
  inside: number | undefined,
  outside: number | undefined,
  temperature: number | undefined,
): number | undefined {
  return inside === undefined || outside === undefined || temperature === undefined
    ? undefined
    : ((gasConstant * temperature) / (valence * faraday)) * Math.log(outside / inside);
}

/** A section, with the calcium on it. */
export interface Site {
  readonly section: string;
  readonly compartments: Compartments;
  /** Undefined: no mechanism sets the concentration; null: one that is no pool does. */
  readonly pool: Pool | null | undefined;
}

/** Returns a potential or concentration of an ion on a section, in SI; undefined if a pool changes it. */
export function levelOf(name: string, { section, compartments, pool }: Site): number | undefined {
  const [, potential, held, side] = /^(?:e_(\w+)|(\w+)_([io]))$/.exec(name) ?? [];
  const which = potential ?? held ?? '';
  const ion = compartments.ions[which];
  if (!ion) return undefined;
  const { inside, outside, reversal } = levelsOn(ion, section, compartments);
  if (typeof reversal === 'number' && potential !== undefined) return reversal;
  if (side === 'o') return (which === 'ca' ? pool?.outside : undefined) ?? outside;
  if (which === 'ca' && pool !== undefined) return undefined;
  if (side === 'i') return inside;
  return reversal && nernstPotential(ion.valence, inside, outside, compartments.temperature);
}

/** Returns the variables of calcium that a pool on a section changes, with their values at the start. */
export function changingLevels({ section, compartments, pool }: Site): ReadonlyMap<string, number> {
  if (!pool) return new Map();
  const { start, outside } = pool;
  const { ions, temperature } = compartments;
  const { ca } = ions;
  const isNernst = ca && levelsOn(ca, section, compartments).reversal === 'nernst';
  const potential = isNernst ? nernstPotential(ca.valence, start, outside, temperature) : undefined;
  return new Map([['ca_i', start], ...(potential === undefined ? [] : [['e_ca', potential] as const])]);
}

/**
 * Returns the numbers of a mechanism on a section: of its parameters, its state at the start, and variables that it
 * reads there; in SI.
 *
 * @param free names without a number, with their values at the start
 * @throws NotExpressible if they are given for each compartment, or are drawn
 */
export function numbersAt(
  mechanism: Mechanism,
  site: Site,
  free: ReadonlyMap<string, number>,
  around: Around,
): { readonly numbers: ReadonlyMap<string, number>; readonly initial: ReadonlyMap<string, number> } {
  const { section, compartments } = site;
  // Compartments of a divided section are at several distances.
  const isDivided = (compartments.sections[section]?.divisions ?? 1) > 1;
  const middle = isDivided ? undefined : middleOf(section, compartments);
  const outside = (one: string): number | undefined =>
    one === 'distance' || one === 'length'
      ? middle?.[one]
      : one === 'temperature'
        ? compartments.temperature
        : levelOf(one, site);
  const atStart = (one: string): number | undefined =>
    one === 'v' ? around.startOf(section) : (free.get(one) ?? outside(one));
  const values = new ElementValues(mechanism, givenOn(mechanism, section, compartments), 1, around, atStart);
  const all = new Map<string, number>();
  for (const name of [...Object.keys(mechanism.parameters), ...Object.keys(mechanism.state)])
    try {
      const value = values.of(name);
      all.set(name, typeof value === 'number' ? value : (value[0] ?? 0));
    } catch (error) {
      if (error instanceof NoNumber) throw new NotExpressible(error.message);
      throw error;
    }
  for (const read of mechanism.reads) {
    const value = read === 'v' ? undefined : outside(read);
    if (value !== undefined) all.set(read, value);
  }
  const known = [...all].filter(([one]) => !free.has(one));
  return {
    numbers: new Map(known.filter(([one]) => !Object.hasOwn(mechanism.state, one))),
    initial: new Map(known.filter(([one]) => Object.hasOwn(mechanism.state, one))),
  };
}
