/** Places of synapses on cells with a shape, as edges state them. */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { Values } from '../shared/arrays.js';
import type { TypeRow } from './csv.js';
import * as messages from './messages.js';
import type { PlacedSynapse } from './placed-synapses.js';
import { placeIn, type GroupAt, type Grouping } from './tables.js';

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
   * Returns the number of the model of an edge's synapse, or undefined after a report.
   *
   * @param count  number of sections of the target
   */
  modelOf(edge: number, type: TypeRow, count: number): number | undefined;
  /** Returns the synapses of edges with one model. */
  synapsesOf(edges: readonly number[]): PlacedSynapses;
}

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
  const models: string[] = [];
  const synapses: PlacedSynapse[] = [];
  let [isReported, isAtEnd] = [false, false];
  const once = (finding: Parameters<GroupAt['report']>[0], place = placeIn(at)): undefined => {
    if (!isReported) at.report(finding, place);
    isReported = true;
    return undefined;
  };
  return {
    modelOf(edge, type, count) {
      if (!known.has(type.id)) known.set(type.id, synapseOf(type));
      const synapse = known.get(type.id);
      const [section, fraction] = [find(sectionsIn, edge), find(fractionsIn, edge)];
      if (!section || !fraction) return once(messages.missingPlaces(target));
      const placeOf = ([name]: readonly [string, number]): ReturnType<typeof placeIn> =>
        placeIn(at, `${groupOf(edge)}/${name}`, rowIn(edge));
      if (!(Number.isInteger(section[1]) && section[1] >= 0 && section[1] < count))
        return once(messages.noSuchSection(target, section[1], count), placeOf(section));
      if (!(fraction[1] >= 0 && fraction[1] <= 1)) return once(messages.outsideSection(fraction[1]), placeOf(fraction));
      if (!synapse) return undefined;
      if ((fraction[1] === 0 || fraction[1] === 1) && !isAtEnd) {
        isAtEnd = true;
        at.report(messages.synapseAtEnd(target), placeOf(fraction));
      }
      synapses[edge] = synapse;
      if (!models.includes(synapse.name)) models.push(synapse.name);
      return models.indexOf(synapse.name);
    },
    synapsesOf(edges) {
      const { name, type, values } = itemAt(synapses, itemAt(edges, 0));
      return {
        name,
        type,
        sections: Uint32Array.from(edges, (edge) => find(sectionsIn, edge)?.[1] ?? 0),
        fractions: Float64Array.from(edges, (edge) => find(fractionsIn, edge)?.[1] ?? 0),
        values: new Map(
          Object.keys(values).map((parameter) => [
            parameter,
            Float64Array.from(edges, (edge) => itemAt(synapses, edge).values[parameter] ?? 0),
          ]),
        ),
      };
    },
  };
}
