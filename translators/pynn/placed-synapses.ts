/** Synapses at places on cells with compartments: each has the response of its receptor itself. */

import type { AssignmentOperator, Expression } from '../../src/lang/ast.js';
import { assignment, name as named } from '../../src/lang/build.js';
import { parseStatements } from '../../src/lang/parse.js';
import { printStatement } from '../../src/lang/print.js';
import { replaced } from '../../src/library/replaced.js';
import { substitute } from '../../src/lang/walk.js';
import type { SynapseDocument } from '../../src/model/document.generated.js';
import type { CellPlace, CellStructure, PlacedReceptor, StandardSynapse } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import { placesAt } from './compartments.js';
import type { Connections } from './connectors.js';
import type { Setting } from './context.js';
import * as messages from './messages.js';
import type { Target } from './selections.js';
import type { Location, Projection } from './specification.generated.js';

/**
 * Returns the structure of the cells of a target, null for cells without structure; undefined after an error was
 * reported.
 */
export function structureOf(
  { location }: Projection,
  target: Target,
  pointer: string,
  setting: Setting,
): CellStructure | null | undefined {
  const [first, ...others] = target.portions.map(({ population }) => population.cell?.structure);
  if (others.some((other) => other !== first))
    return void setting.report(messages.mixedReceptors(target.label), child(pointer, 'post'));
  if (first === undefined && location !== undefined)
    return void setting.report(messages.noCompartments(target.label), child(pointer, 'location'));
  return first ?? null;
}

/**
 * Returns a synapse type with the response of its receptor.
 * A spike of a plastic synapse arrives with the weight at arrival, as NEURON delivers events. The response is therefore
 * the synapse's own, without a weight stored in transit.
 *
 * @param dendritic  fraction of the delay after which the spike has met the synapse
 */
export function atPlace(
  { name, synapse, initial }: StandardSynapse,
  { variable, response }: Omit<PlacedReceptor, 'places'>,
  dendritic = 1,
): StandardSynapse {
  const { conformsTo: _, ports: __, parameters = {}, pathways = {}, ...rest } = synapse;
  // Resources of a synapse decay with the time constant of its receptor.
  const { tau_syn: ___, ...own } = parameters;
  const names = new Map([
    ['port', named(variable)],
    ['tau_syn', named('tau_receptor')],
  ]);
  const inResponse = (target: string, operator: AssignmentOperator, value: Expression): string =>
    printStatement(assignment(target === 'port' ? variable : target, operator, substitute(value, names)));
  const sent: string[] = [];
  const statements = (code: string | readonly string[]): string[] =>
    [code]
      .flat()
      .flatMap(parseStatements)
      .flatMap((one) => {
        if (one.kind === 'assignment') return [inResponse(one.target, one.operator, one.value)];
        sent.push(inResponse(one.port, '+=', one.value));
        return [];
      });
  const met = Object.fromEntries(
    Object.entries(pathways).map(([key, pathway]) => [
      key,
      isCode(pathway)
        ? statements(pathway)
        : { ...pathway, ...(pathway.do === undefined ? {} : { do: statements(pathway.do) }) },
    ]),
  );
  const arrival = dendritic === 1 ? 'transmission' : `transmission/${dendritic}`;
  const placed: SynapseDocument = {
    ...rest,
    parameters: { ...own, ...response.parameters },
    state: { ...rest.state, ...response.state },
    derivatives: { ...rest.derivatives, ...response.derivatives },
    pathways: sent.length === 0 ? met : { ...met, arrival: { on: 'pre.spike', delay: arrival, do: sent } },
    contributes: { 'post.i_inj': replaced(response.current, { v: 'post.v' }) },
  };
  return { name, synapse: placed, initial };
}

/** Returns the places of a projection's synapses in the form of its end; undefined after an error was reported. */
export function placesOf(
  { location, receptor_type: receptor }: Projection,
  { places }: PlacedReceptor,
  structure: CellStructure,
  connections: Connections,
  pointer: string,
  setting: Setting,
): object | undefined {
  const name = receptor ?? 'default';
  const sections = [...new Set(places.map(({ section }) => section))];
  const at = child(pointer, 'location');
  /** Returns the first of the receptor's places at a location. */
  const placeFor = (one: Location, where: string): readonly CellPlace[] | undefined => {
    const wanted = placesAt(one, structure, where, setting);
    if (wanted === undefined) return undefined;
    const given = typeof one !== 'string' && one.fraction !== undefined;
    const found = wanted.flatMap((each) => {
      const place = places.find(
        ({ section, fraction }) => section === each.section && (!given || fraction === each.fraction),
      );
      return place ? [place] : [];
    });
    if (found.length > 0) return found;
    const label = typeof one === 'string' ? one : `${one.section}(${one.fraction ?? 0.5})`;
    return void setting.report(messages.receptorElsewhere(name, label, sections), where);
  };
  if (location === undefined || !Array.isArray(location)) {
    const found = location === undefined ? places : placeFor(location as Location, at);
    if (found === undefined) return undefined;
    const [place, ...more] = found;
    if (place === undefined || more.length > 0)
      return void setting.report(messages.placeNeeded(name, sections), location === undefined ? pointer : at);
    return place;
  }
  const list = location as readonly Location[];
  const count = connections.pairs?.().sources.length;
  if (count !== undefined && count !== list.length)
    return void setting.report(messages.wrongLength('location', count, list.length), at);
  const each = list.map((one, k) => placeFor(one, child(at, k)));
  if (each.some((one) => one === undefined)) return undefined;
  const several = each.findIndex((one) => (one?.length ?? 0) > 1);
  if (several >= 0)
    return void setting.report(messages.severalPlaces('a connection', list[several]), child(at, several));
  const chosen = each.flatMap((one) => one ?? []);
  const used = [...new Set(chosen.map(({ section }) => section))];
  return {
    places: {
      sections: used,
      section: { array: chosen.map(({ section }) => used.indexOf(section)) },
      fraction: { array: chosen.map(({ fraction }) => fraction) },
    },
  };
}

const isCode = (pathway: unknown): pathway is string | readonly string[] =>
  typeof pathway === 'string' || Array.isArray(pathway);
