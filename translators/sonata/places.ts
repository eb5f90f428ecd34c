/** Places of synapses on cells with a shape, as edges state them or BMTK draws them. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { itemAt } from '../../src/diagnostics/entry.js';
import type { RandomState } from '../../src/numpy/random-state.js';
import type { Values } from '../shared/arrays.js';
import type { TypeRow } from './csv.js';
import { drawPlaces, targetsOf, type Compartment, type Targets } from './drawn-places.js';
import * as messages from './messages.js';
import type { PlacedSynapse } from './placed-synapses.js';
import { placeIn, type GroupAt, type Grouping } from './tables.js';

/** A place of a synapse: the number of a section, and the fraction along it. */
type Site = Pick<Compartment, 'section' | 'fraction'>;

/** Synapses of one model at places on cells with a shape. */
export interface PlacedSynapses extends Pick<PlacedSynapse, 'name' | 'type'> {
  /** Numbers of sections on the target, and fractions along them. */
  readonly sections: Uint32Array;
  readonly fractions: Float64Array;
  /** Values of the point process by name, in its units. */
  readonly values: Values;
}

/** Places of the edges of a population. */
export interface Places {
  /**
   * Returns the number of the model of an edge's synapses, or undefined after a report. Draws their places if the edge
   * states none, so that edges must come in BMTK's order.
   *
   * @param target  the cell, and its generator
   * @param count  number of synapses with drawn places; undefined: the edge has none
   */
  modelOf(edge: number, type: TypeRow, target: Target, count: number | undefined): number | undefined;
  /** Returns the number of synapses of an edge. */
  countOf(edge: number): number;
  /** Notes the number of places that were drawn. */
  note(): void;
  /** Returns the synapses of edges with one model. */
  synapsesOf(edges: readonly number[]): PlacedSynapses;
}

/** The cell at which an edge ends. */
export interface Target {
  /** In the order in which edges count its sections. */
  readonly compartments: readonly Compartment[];
  readonly random: RandomState;
}

/** Most places that are drawn in a population of edges. */
const mostDrawn = 1e7;

/** Names of columns; the second ones are of older files. */
const sectionNames = ['afferent_section_id', 'sec_id'];
const fractionNames = ['afferent_section_pos', 'sec_x'];

/** Names of all columns. */
export const placeColumns: readonly string[] = [...sectionNames, ...fractionNames];

/**
 * Reads places.
 *
 * @param column  returns a column by group
 * @param target  name of the population at which edges end
 * @param synapseOf  returns the synapses of a type of edges, or undefined after a report
 */
export function placesOn(
  at: GroupAt,
  { groupOf, rowIn }: Grouping,
  column: (name: string) => ReadonlyMap<number, Float64Array | undefined>,
  target: string,
  synapseOf: (row: TypeRow) => PlacedSynapse | undefined,
): Places {
  const columnsOf = (names: readonly string[]): readonly [string, ReturnType<typeof column>][] =>
    names.map((name) => [name, column(name)]);
  const [sectionsIn, fractionsIn] = [columnsOf(sectionNames), columnsOf(fractionNames)];
  const find = (columns: typeof sectionsIn, edge: number): readonly [name: string, value: number] | undefined => {
    for (const [name, groups] of columns) {
      const value = groups.get(groupOf(edge))?.[rowIn(edge)];
      if (value !== undefined) return [name, value];
    }
    return undefined;
  };
  const known = new Map<number, PlacedSynapse | undefined>();
  const targets = new Map<readonly Compartment[], Map<number, Targets | undefined>>();
  const models: string[] = [];
  const synapses: PlacedSynapse[] = [];
  const sites: (readonly Site[])[] = [];
  let [isReported, drawnCount] = [false, 0];
  const once = (finding: Finding, place = placeIn(at)): undefined => {
    if (!isReported) at.report(finding, place);
    isReported = true;
    return undefined;
  };
  const stated = (edge: number, compartments: readonly Compartment[]): readonly Site[] | undefined => {
    const [section, fraction] = [find(sectionsIn, edge), find(fractionsIn, edge)];
    if (!section || !fraction) return once(messages.missingPlaces(target));
    const placeOf = ([name]: readonly [string, number]): ReturnType<typeof placeIn> =>
      placeIn(at, `${groupOf(edge)}/${name}`, rowIn(edge));
    const count = (compartments.at(-1)?.section ?? -1) + 1;
    if (!(Number.isInteger(section[1]) && section[1] >= 0 && section[1] < count))
      return once(messages.noSuchSection(target, section[1], count), placeOf(section));
    if (!(fraction[1] >= 0 && fraction[1] <= 1)) return once(messages.outsideSection(fraction[1]), placeOf(fraction));
    return [{ section: section[1], fraction: fraction[1] }];
  };
  const drawn = (type: TypeRow, { compartments, random }: Target, count: number): readonly Site[] | undefined => {
    if (drawnCount + count > mostDrawn)
      return once(messages.wrongValue('nsyns', `at most ${mostDrawn} synapses of a population at drawn places`, count));
    const byType = targets.get(compartments) ?? new Map<number, Targets | undefined>();
    targets.set(compartments, byType);
    if (!byType.has(type.id)) byType.set(type.id, targetsOf(type, compartments, at.report));
    const found = byType.get(type.id);
    const own = found && drawPlaces(found, count, random);
    drawnCount += own?.length ?? 0;
    return own;
  };
  return {
    modelOf(edge, type, cell, count) {
      if (!known.has(type.id)) known.set(type.id, synapseOf(type));
      const synapse = known.get(type.id);
      const isDrawn = count !== undefined && !find(sectionsIn, edge);
      const own = isDrawn ? drawn(type, cell, count) : stated(edge, cell.compartments);
      if (!own || !synapse) return undefined;
      sites[edge] = own;
      synapses[edge] = synapse;
      if (!models.includes(synapse.name)) models.push(synapse.name);
      return models.indexOf(synapse.name);
    },
    countOf: (edge) => sites[edge]?.length ?? 0,
    note() {
      if (drawnCount > 0) at.report(messages.drawnPlaces(at.group.name, target, drawnCount), placeIn(at));
    },
    synapsesOf(edges) {
      const { name, type, values } = itemAt(synapses, itemAt(edges, 0));
      const all = edges.flatMap((edge) => itemAt(sites, edge));
      return {
        name,
        type,
        sections: Uint32Array.from(all, ({ section }) => section),
        fractions: Float64Array.from(all, ({ fraction }) => fraction),
        values: new Map(
          Object.keys(values).map((parameter) => [
            parameter,
            Float64Array.from(
              edges.flatMap((edge) => itemAt(sites, edge).map(() => itemAt(synapses, edge).values[parameter] ?? 0)),
            ),
          ]),
        ),
      };
    },
  };
}
