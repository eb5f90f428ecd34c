/** Compartments of a cable as sections: runs that are cut into equal parts and have the same values. */

import type { Section } from '../../../../src/model/typed.js';
import { sproutOf, type Sprout } from './shape.js';

/** Known values of the compartments of one cell, in SI. */
export interface CableNumbers {
  /** The compartment at the beginning of each; -1 for the root. */
  readonly parents: readonly number[];
  readonly near: readonly number[];
  readonly far: readonly number[];
  readonly length: readonly number[];
  /** In the middle. */
  readonly diameter: readonly number[];
  readonly area: readonly number[];
  /** Ranges by name, if they have one. */
  readonly named: Readonly<Record<string, { readonly first: number; readonly count: number }>>;
  readonly resistivity: number;
  readonly specificCapacitance: (compartment: number) => number;
  readonly initial: (compartment: number) => number;
}

/** A cell's sections. */
export interface CutCable {
  readonly sections: Readonly<Record<string, Section>>;
  /** Sections that were in one piece. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Where the middle of each compartment is. */
  readonly places: readonly { readonly section: string; readonly fraction: number }[];
  /** Compartments with a shape near the model's, but not equal. */
  readonly near: readonly number[];
}

const close = (a: number, b: number, tolerance: number): boolean =>
  Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));

/**
 * Returns diameters at the ends of a compartment, from its halves' conductances. They are the diameter of a cylinder if
 * the conductances disagree.
 */
function endsOf({ near, far, length, diameter }: CableNumbers, k: number): readonly [number, number] {
  const [l = 0, d = 0] = [length[k], diameter[k]];
  const ends = [near[k] ?? 0, far[k] ?? 0].map((conductance) =>
    Number(((conductance * l * 2) / (Math.PI * d)).toPrecision(12)),
  );
  const [from = d, to = d] = ends;
  return close((from + to) / 2, d, 1e-6) ? [from, to] : [d, d];
}

/**
 * @param key  equal for compartments that may be in one section
 */
export function cutCable(numbers: CableNumbers, key: (compartment: number) => string): CutCable {
  const { parents, length, area, near, far } = numbers;
  const owner = new Map<number, string>();
  for (const [name, { first, count }] of Object.entries(numbers.named))
    for (let k = first; k < first + count; k++) owner.set(k, name);
  const pieces = new Map<string, number>();
  const runs: { readonly name: string; readonly members: number[] }[] = [];
  parents.forEach((parent, k) => {
    const last = runs.at(-1);
    const own = owner.get(k) ?? `compartment_${k}`;
    const before = last?.members.at(-1);
    const continues =
      last !== undefined &&
      before === k - 1 &&
      parent === before &&
      owner.get(before) === own &&
      close(length[before] ?? 0, length[k] ?? 0, 1e-9) &&
      endsOf(numbers, before)[1] === endsOf(numbers, k)[0] &&
      key(before) === key(k);
    if (continues) return void last.members.push(k);
    pieces.set(own, (pieces.get(own) ?? 0) + 1);
    runs.push({ name: own, members: [k] });
  });
  const ordinals = new Map<string, number>();
  const groups: Record<string, string[]> = {};
  const sections: Record<string, Section> = {};
  const places: { readonly section: string; readonly fraction: number }[] = [];
  const sprouts = new Map<string, Sprout>();
  const endOf = new Map<number, { readonly section: string; readonly fraction: number }>();
  for (const { name, members } of runs) {
    const ordinal = (ordinals.get(name) ?? 0) + 1;
    ordinals.set(name, ordinal);
    const isWhole = pieces.get(name) === 1;
    const id = isWhole ? name : `${name}_${ordinal}`;
    if (!isWhole) (groups[name] ??= []).push(id);
    const [first = 0] = members;
    const parent = endOf.get(parents[first] ?? -1);
    const above = parent && sprouts.get(parent.section);
    const grown = above ? above.at(parent.fraction) : undefined;
    const step = (length[first] ?? 0) * members.length;
    const sprout = sproutOf(grown, step);
    sprouts.set(id, sprout);
    const ends = members.map((k) => endsOf(numbers, k));
    const diameters = [ends[0]?.[0] ?? 0, ...ends.map(([, to]) => to)];
    const straight = diameters.every((d) => d === diameters[0]) ? [diameters[0] ?? 0, diameters[0] ?? 0] : diameters;
    sections[id] = {
      ...(parent ? { parent } : {}),
      points: straight.map((d, k) => [...sprout.point(k / (straight.length - 1)), d]),
      divisions: members.length,
      specificCapacitance: numbers.specificCapacitance(first),
      resistivity: numbers.resistivity,
      initial: numbers.initial(first),
    };
    members.forEach((k, position) => {
      places[k] = { section: id, fraction: (position + 0.5) / members.length };
      endOf.set(k, { section: id, fraction: (position + 1) / members.length });
    });
  }
  const wrong = parents.flatMap((_, k) => {
    const [from, to] = endsOf(numbers, k);
    const [l, middle] = [length[k] ?? 0, (from + to) / 2];
    const surface = Math.PI * middle * Math.hypot((from - to) / 2, l);
    const halves = [from, to].map((d) => ((Math.PI / 2) * d * middle) / l);
    const same =
      close(surface, area[k] ?? 0, 1e-6) &&
      close(halves[0] ?? 0, near[k] ?? 0, 1e-6) &&
      close(halves[1] ?? 0, far[k] ?? 0, 1e-6);
    return same ? [] : [k];
  });
  return { sections, groups, places, near: wrong };
}
