/** Cells with compartments as PyNN's `MultiCompartmentNeuron`: shape, channels, ions, receptors of synapses. */

import { ionChannels } from '../../../src/library/pynn/index.js';
import {
  divisionsOf,
  somaOf,
  usualCapacitance,
  usualResistivity,
  usualStart,
} from '../../../src/library/pynn/multi-compartment.js';
import { recogniseCompartments, type RecognisedChannel } from '../../../src/library/recognise/compartments.js';
import type { CellPlace, StandardCell } from '../../../src/library/standard-type.js';
import { freeName } from '../../../src/model/free-name.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { populationsOf } from '../../../src/model/selected.js';
import { isGiven } from '../../../src/model/tagged.js';
import { mechanismAt } from '../../../src/model/rewriting/unwritten-parts.js';
import { child } from '../../../src/model/pointer.js';
import type { Compartments, NeuronType, Projection, Section } from '../../../src/model/typed.js';
import { inUnit } from '../../shared/in-unit.js';
import type { Cell, Distribution, Location, Locations, Part } from '../specification.generated.js';
import type { ExportContext } from './context.js';
import { given } from './given.js';
import { placedParts, type ExportedCompartments, type PlacedParts } from './types.js';

type Within = Pick<ExportContext, 'model' | 'data' | 'report'>;

/** Returns a neuron type as `MultiCompartmentNeuron`; undefined if it is none, which is reported elsewhere. */
export function compartmentsOf(within: Within, name: string, type: NeuronType): ExportedCompartments | undefined {
  const { compartments } = type;
  const found = compartments && recogniseCompartments(type, within.data);
  if (compartments === undefined || found === undefined || typeof found === 'string') return undefined;
  const { report } = within;
  const pointer = child('/neurons', name);
  report.exact(pointer, 'MultiCompartmentNeuron; the rates of its gates were compared at 16 potentials');
  for (const { code, message } of found.remarks) report.different(`pynn/${code}`, pointer, message);
  for (const mechanism of Object.keys(found.channels)) report.wrote(mechanismAt(name, mechanism));
  const { receptors, synapses } = receptorsOf(within, name);
  const { sections, groups, ions } = compartments;
  const labels = new Map([...Object.entries(groups), ...Object.keys(sections).map((one) => [one, [one]] as const)]);
  const Ra = found.resistivity === undefined ? usualResistivity : inUnit(found.resistivity, 'ohm*cm');
  const capacitances = new Map(
    Object.entries(sections).map(([section, { specificCapacitance: cm = 0 }]) => [section, inUnit(cm, 'uF/cm**2')]),
  );
  const cm = distribution(capacitances, labels);
  const species = Object.entries(ions).flatMap(([ion, { reversal, inside, outside }]) => {
    const own = {
      ...(typeof reversal === 'number' ? { reversal_potential: inUnit(reversal, 'mV') } : {}),
      ...(inside === undefined ? {} : { internal_concentration: inside }),
      ...(outside === undefined ? {} : { external_concentration: outside }),
    };
    return Object.keys(own).length === 0 ? [] : [[ion, own] as const];
  });
  const cell: Cell = {
    type: 'MultiCompartmentNeuron',
    sections: sectionsOf(sections, capacitances, Ra),
    ...given('groups', groups),
    ...(cm === usualCapacitance ? {} : { cm }),
    ...(Ra === usualResistivity ? {} : { Ra }),
    ...given('ionic_species', Object.fromEntries(species)),
    ...given(
      'ion_channels',
      Object.fromEntries(
        Object.entries(found.channels).map(([key, channel]) => [key, channelOf(channel, ions, labels, capacitances)]),
      ),
    ),
    ...given('receptors', receptors),
  };
  const gates = Object.entries(found.channels).flatMap(([key, channel]) =>
    [...channel.gates].map(([ours, theirs]) => [`${key}.${theirs}`, `${key}.${ours}`] as const),
  );
  const standard: StandardCell = {
    name: cell.type,
    neuron: { state: { v: { unit: 'mV', initial: usualStart } } },
    receptors: {},
    recordable: { v: 'v', ...Object.fromEntries(gates) },
    initial: { v: 'v' },
    structure: { soma: somaOf(sections), labels, receptors: {} },
  };
  return { standard, cell, synapses };
}

// --- Shape --------------------------------------------------------------------------------------------------------

/** Returns sections with their points in um; the number of their compartments where PyNN would cut them otherwise. */
function sectionsOf(
  sections: Compartments['sections'],
  capacitances: ReadonlyMap<string, number>,
  Ra: number,
): NonNullable<Cell['sections']> {
  const known = new Map<string, readonly (readonly number[])[]>();
  const pointsOf = (name: string, section: Section | undefined): readonly (readonly number[])[] => {
    const { points, length = 0, diameter = 0, parent } = section ?? {};
    const made = known.get(name) ?? points?.map((point) => point.map((value) => inUnit(value, 'um')));
    if (made !== undefined) return made;
    // A cylinder goes on from the end of its parent.
    const [x = 0, y = 0, z = 0] = (parent && pointsOf(parent.section, sections[parent.section]).at(-1)) ?? [];
    const d = inUnit(diameter, 'um');
    const cylinder = [[x, y, z, d], [x + inUnit(length, 'um'), y, z, d]]; // prettier-ignore
    known.set(name, cylinder);
    return cylinder;
  };
  return Object.fromEntries(
    Object.entries(sections).map(([name, section]) => {
      const points = pointsOf(name, section);
      const isCut = section.divisions === divisionsOf(points, capacitances.get(name) ?? 0, Ra);
      const parent = section.parent === undefined ? {} : { parent: section.parent.section };
      return [name, { ...parent, points, ...(isCut ? {} : { divisions: section.divisions }) }];
    }),
  );
}

// --- Channels -----------------------------------------------------------------------------------------------------

function channelOf(
  { type, densities, reversals }: RecognisedChannel,
  ions: Compartments['ions'],
  labels: ReadonlyMap<string, readonly string[]>,
  sections: ReadonlyMap<string, unknown>,
): NonNullable<Cell['ion_channels']>[string] {
  const { ion = '', conductanceDensity, reversal: usual } = ionChannels[type] ?? { conductanceDensity: 0, reversal: 0 };
  const per = (values: ReadonlyMap<string, number>, unit: string): ReadonlyMap<string, number> =>
    new Map([...values].map(([section, value]) => [section, inUnit(value, unit)]));
  const density = distribution(per(densities, 'S/cm**2'), labels, sections.size);
  const e = distribution(per(reversals, 'mV'), labels);
  const ofIon = ions[ion]?.reversal;
  const known = typeof ofIon === 'number' ? inUnit(ofIon, 'mV') : usual;
  return {
    type,
    ...given('params', {
      ...(density === conductanceDensity ? {} : { conductance_density: density }),
      ...(e === known ? {} : { e_rev: e }),
    }),
  };
}

/**
 * Returns a value of sections in the shortest form: one number, one number on a label, or a number for each.
 *
 * @param count  number of sections; absent: the others may have any value
 */
function distribution(
  values: ReadonlyMap<string, number>,
  labels: ReadonlyMap<string, readonly string[]>,
  count = values.size,
): Distribution {
  const [first = 0] = values.values();
  if ([...values.values()].some((value) => value !== first)) return { by_section: Object.fromEntries(values) };
  if (values.size === count) return first;
  const names = [...values.keys()];
  const label = [...labels].find(([, of]) => of.length === names.length && names.every((name) => of.includes(name)));
  return { uniform: first, on: label?.[0] ?? names };
}

// --- Places -------------------------------------------------------------------------------------------------------

/** Returns a place as the document has it: the middle of a section by its name. */
const locationOf = (section: string, fraction = 0.5): Location => (fraction === 0.5 ? section : { section, fraction });

/** Returns a place of a current or recording; undefined for cells without compartments, and for the usual place. */
export function placeOnCells(
  { model, compartments }: Pick<ExportContext, 'model' | 'compartments'>,
  type: string,
  { section, fraction }: { readonly section?: string; readonly fraction?: number },
  usual = compartments.get(type)?.standard.structure?.soma,
): Location | undefined {
  if (!compartments.has(type)) return section === undefined ? undefined : locationOf(section, fraction);
  const location = locationOf(section ?? siteOf(model.neurons[type]), fraction);
  return location === usual ? undefined : location;
}

/** Returns the section where synapses are that name none. */
const siteOf = (type: NeuronType | undefined): string =>
  type?.events['spike']?.section ?? somaOf(type?.compartments?.sections ?? {});

/** Returns the places of a projection's synapses: one for all, or one for each; undefined if they are not listed. */
function placesOf({ data }: Within, { to }: Projection, site: string): readonly CellPlace[] | undefined {
  if (to.places === undefined) return [{ section: to.section ?? site, fraction: to.fraction ?? 0.5 }];
  const { sections, section, fraction } = to.places;
  if (!isGiven(section) || !(isGiven(fraction) || typeof fraction === 'number')) return undefined;
  const along = isGiven(fraction) ? numbersOf(fraction.array, data) : [];
  return numbersOf(section.array, data).map((k, n) => ({
    section: sections[k] ?? site,
    fraction: along[n] ?? Number(fraction),
  }));
}

/** Returns the places of a projection's synapses as the document has them; undefined if they are not listed. */
export function locationsOf(within: Within, type: NeuronType, projection: Projection): Locations {
  const places = placesOf(within, projection, siteOf(type))?.map(({ section, fraction }) =>
    locationOf(section, fraction),
  );
  return projection.to.places === undefined ? places?.[0] : places;
}

/** Returns the receptors of a cell, one for each response that synapses onto it have, at all places of them. */
function receptorsOf(
  within: Within,
  type: string,
): Pick<ExportedCompartments, 'synapses'> & { readonly receptors: NonNullable<Cell['receptors']> } {
  const { model } = within;
  const receptors = new Map<string, { readonly response: Part; readonly places: Map<string, Location> }>();
  const synapses = new Map<string, PlacedParts & { readonly receptor: string }>();
  const site = siteOf(model.neurons[type]);
  const channels = model.neurons[type]?.compartments?.mechanisms ?? {};
  for (const projection of Object.values(model.projections)) {
    const { synapse, to } = projection;
    const own = model.synapses[synapse];
    if (own === undefined || populationsOf(to.of).every((name) => model.populations[name]?.type !== type)) continue;
    const parts = synapses.get(synapse) ?? placedParts(own);
    if (parts === undefined) continue;
    const wanted = /_(?:current|conductance)_(\w+)$/.exec(synapse)?.[1] ?? synapse;
    const response = JSON.stringify(parts.response);
    const isOther = (name: string): boolean =>
      receptors.has(name) && JSON.stringify(receptors.get(name)?.response) !== response;
    // Scripts have channels and receptors in one list of arguments.
    const receptor = freeName(wanted, (name) => Object.hasOwn(channels, name) || isOther(name));
    synapses.set(synapse, { ...parts, receptor });
    const { places } = receptors.get(receptor) ?? { places: new Map<string, Location>() };
    receptors.set(receptor, { response: parts.response, places });
    for (const { section, fraction } of placesOf(within, projection, site) ?? [])
      places.set(`${section} ${fraction}`, locationOf(section, fraction));
  }
  const located = [...receptors].map(
    ([name, { response, places }]) => [name, { ...response, locations: [...places.values()] }] as const,
  );
  return { receptors: Object.fromEntries(located), synapses };
}
