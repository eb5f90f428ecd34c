/**
 * Places of synapses that BMTK draws: the middle of a compartment, by kind of section and distance from the soma.
 *
 * @source BMTK 1.2.0, bmtk/simulator/bionet/morphology.py (find_sections) and biocell.py; NumPy, RandomState.choice
 */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { RandomState } from '../../src/numpy/random-state.js';
import type { TypeRow } from './csv.js';
import type { Section } from './import3d.js';
import * as messages from './messages.js';

/** A compartment of a cell. */
export interface Compartment {
  /** Number of its section. */
  readonly section: number;
  /** Fraction of its middle along the section. */
  readonly fraction: number;
  /** First four letters of the name of its section. */
  readonly kind: string;
  /** In um. */
  readonly length: number;
  /** Of its middle from the beginning of the soma, along sections, in um. */
  readonly distance: number;
}

/** Returns the compartments of a cell, by section. @param divisionsOf  number of compartments of a section */
export function compartmentsOf(
  sections: readonly Section[],
  soma: Section,
  divisionsOf: (section: Section) => number,
): readonly Compartment[] {
  /** Distances from the beginning of the soma to sections on the way to the root, and the fractions reached there. */
  const fromSoma = new Map<Section, readonly [fraction: number, distance: number]>();
  for (let [at, fraction, distance] = [soma, 0, 0]; !fromSoma.has(at);) {
    fromSoma.set(at, [fraction, distance]);
    if (at.parent) [at, fraction, distance] = [at.parent.section, at.parent.fraction, distance + fraction * at.length];
  }
  const distanceTo = (section: Section, fraction: number): number => {
    const common = fromSoma.get(section);
    if (common) return common[1] + Math.abs(fraction - common[0]) * section.length;
    const beyond = fraction * section.length;
    return beyond + (section.parent ? distanceTo(section.parent.section, section.parent.fraction) : 0);
  };
  return sections.flatMap((section, number) => {
    const count = divisionsOf(section);
    return Array.from({ length: count }, (_, k): Compartment => {
      const fraction = (k + 0.5) / count;
      const [kind, length] = [section.kind.slice(0, 4), section.length / count];
      return { section: number, fraction, kind, length, distance: distanceTo(section, fraction) };
    });
  });
}

/** Kinds of sections by their names in types of edges and in reports. */
export const kindsByName: Readonly<Record<string, string>> = {
  ...{ soma: 'soma', somatic: 'soma', axon: 'axon', axonal: 'axon' },
  ...{ dend: 'dend', basal: 'dend', apic: 'apic', apical: 'apic' },
};

/** Compartments that a type of edges may end at, with the probability of each and those before it together. */
export interface Targets {
  readonly compartments: readonly Compartment[];
  readonly cumulative: Float64Array;
}

/** Returns the compartments that a type of edges names, or undefined after a report. */
export function targetsOf(
  { id, cells, place }: TypeRow,
  compartments: readonly Compartment[],
  report: (finding: ReturnType<typeof messages.missingInEdges>, at: typeof place) => undefined,
): Targets | undefined {
  const [names, range] = [cells.get('target_sections'), cells.get('distance_range')];
  if (names === undefined) return report(messages.missingInEdges(id, 'target_sections'), place);
  if (range === undefined) return report(messages.missingInEdges(id, 'distance_range'), place);
  const [, list] = /^\s*[[(](.*)[\])]\s*$/.exec(names) ?? [];
  const wanted = list
    ?.split(',')
    .flatMap((item) => (item.trim() === '' ? [] : [item.trim().replace(/^(['"])(.*)\1$/, '$2')]));
  const unknown = wanted?.find((name) => !Object.hasOwn(kindsByName, name));
  if (!wanted)
    return report(messages.wrongValue('target_sections', "a list such as ['basal', 'apical']", names), place);
  if (unknown !== undefined) return report(messages.unknownSection(unknown, Object.keys(kindsByName)), place);
  const [, from = NaN, to = NaN] = /^\s*\[([^,]*),([^,]*)\]\s*$/.exec(range)?.map(Number) ?? [];
  if (!(from < to)) return report(messages.wrongValue('distance_range', 'a list of two distances in um', range), place);
  const found = compartments.flatMap((compartment): readonly (readonly [Compartment, number])[] => {
    const { kind, length, distance } = compartment;
    const within = Math.min(distance + length / 2, to) - Math.max(distance - length / 2, from);
    return within > 0 && wanted.some((name) => kindsByName[name] === kind) ? [[compartment, within]] : [];
  });
  if (found.length === 0) report(messages.nowhere(id), place);
  let sum = 0;
  const cumulative = Float64Array.from(found, ([, length]) => (sum += length));
  return { compartments: found.map(([compartment]) => compartment), cumulative: cumulative.map((part) => part / sum) };
}

/** Draws compartments, each with one number. Without any, none is drawn. */
export function drawPlaces({ compartments, cumulative }: Targets, count: number, random: RandomState): Compartment[] {
  if (compartments.length === 0) return [];
  return Array.from({ length: count }, () => {
    const number = random.double();
    let [low, high] = [0, cumulative.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (number < itemAt(cumulative, middle)) high = middle;
      else low = middle + 1;
    }
    return itemAt(compartments, low);
  });
}
