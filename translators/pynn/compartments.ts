/**
 * PyNN's `MultiCompartmentNeuron`: a tree of sections with channels and receptors on them.
 *
 * @source PyNN 0.13, pyNN.neuron.cells.NeuronTemplate and pyNN.neuron.morphology
 */

import { replaced } from '../../src/library/replaced.js';
import type { MechanismDocument, SectionDocument } from '../../src/model/document.generated.js';
import type { CellPlace, CellStructure, PlacedReceptor, StandardCell } from '../../src/library/standard-type.js';
import { ionChannels, response, responseParts, type IonChannel } from '../../src/library/pynn/index.js';
import {
  divisionsOf,
  lengthOf,
  somaOf,
  spikeThreshold,
  usualCapacitance,
  usualResistivity,
  usualStart,
} from '../../src/library/pynn/multi-compartment.js';
import { child } from '../../src/model/pointer.js';
import { valenceOf } from '../shared/neuron.js';
import { own, type Setting } from './context.js';
import { translateFormula } from './formulas.js';
import * as messages from './messages.js';
import type { Cell, Distribution, Label, Location, Locations, Section } from './specification.generated.js';

/** A section with values derived from the tree. */
interface Branch {
  readonly section: Section;
  /** From the root's beginning to this section's, in um. */
  readonly distance: number;
  /** Sum of the distances between its points, in um. */
  readonly length: number;
}

type Tree = ReadonlyMap<string, Branch>;
/** A value on a section: a number, a formula without variables, or null. */
type Local = number | string | null;

/** Returns the cell type of a `MultiCompartmentNeuron`; undefined after an error was reported. */
export function structuredCell(cell: Cell, pointer: string, setting: Setting): StandardCell | undefined {
  const tree = treeOf(cell.sections ?? {}, child(pointer, 'sections'), setting);
  const labels = tree && labelsOf(cell, tree, pointer, setting);
  if (!tree || !labels) return undefined;
  const at = { tree, labels, setting };
  const soma = somaOf(cell.sections ?? {});
  const mechanisms = mechanismsOf(cell, pointer, at);
  const receptors = receptorsOf(cell, pointer, { ...at, structure: { soma, labels } });
  const sections = sectionsOf(cell, pointer, at);
  if (!mechanisms || !receptors || !sections) return undefined;
  const ions = new Set([...Object.keys(cell.ionic_species ?? {}), ...mechanisms.ions]);
  const recordable = Object.entries(mechanisms.documents).flatMap(([name, { state }]) =>
    Object.keys(state ?? {}).map((gate) => [`${name}.${gate}`, `${name}.${gate}`] as const),
  );
  return {
    name: cell.type,
    neuron: {
      inputs: { i_inj: 'nA' },
      events: { spike: { when: `v > ${spikeThreshold}*mV`, edge: 'rising', section: soma, fraction: 0.5 } },
      compartments: {
        initial: `${usualStart} mV`,
        sections,
        groups: Object.fromEntries([...labels].filter(([name]) => Object.hasOwn(cell.groups ?? {}, name))),
        ions: Object.fromEntries([...ions].map((ion) => [ion, ionOf(ion, cell)])),
        mechanisms: mechanisms.documents,
      },
    },
    receptors: Object.fromEntries(
      Object.keys(receptors).map((name) => {
        const kind = responseParts[cell.receptors?.[name]?.type ?? '']?.kind ?? 'conductance';
        return [name, { variable: 'i_inj', kind, timeConstant: 'tau_receptor' }];
      }),
    ),
    recordable: { v: 'v', ...Object.fromEntries(recordable) },
    initial: { v: 'v' },
    injectable: 'i_inj',
    structure: { soma, labels, receptors },
  };
}

/** Where things are looked up. */
interface Within {
  readonly tree: Tree;
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly setting: Setting;
}

// --- Shape --------------------------------------------------------------------------------------------------------

function treeOf(sections: Readonly<Record<string, Section>>, pointer: string, setting: Setting): Tree | undefined {
  const branches = new Map<string, Branch>();
  const entries = Object.entries(sections);
  let whole = true;
  const fail = (finding: Parameters<Setting['report']>[0], at: string): void => {
    whole = false;
    setting.report(finding, at);
  };
  for (const [name, { parent, points }] of entries) {
    const at = child(pointer, name);
    if (parent !== undefined && !Object.hasOwn(sections, parent))
      fail(messages.unknownReference('section', parent, Object.keys(sections)), child(at, 'parent'));
    const wrong = points.findIndex(([, , , diameter = 0]) => !(diameter > 0));
    if (wrong >= 0)
      fail(messages.outOfRange('a diameter', 'more than 0 um', points[wrong]?.[3]), `${at}/points/${wrong}`);
    if (!(lengthOf(points) > 0)) fail(messages.outOfRange('the length of a section', 'more than 0 um', 0), at);
  }
  const roots = entries.filter(([, { parent }]) => parent === undefined).map(([name]) => name);
  if (roots.length !== 1)
    fail(messages.wrongValue('the tree of sections', 'one section without a parent', roots), pointer);
  if (!whole) return undefined;
  const waiting = new Map(entries);
  while (waiting.size > 0) {
    const before = waiting.size;
    for (const [name, section] of waiting) {
      const parent = section.parent === undefined ? undefined : branches.get(section.parent);
      if (section.parent !== undefined && !parent) continue;
      const distance = parent ? parent.distance + parent.length : 0;
      branches.set(name, { section, distance, length: lengthOf(section.points) });
      waiting.delete(name);
    }
    if (waiting.size < before) continue;
    return void setting.report(
      messages.wrongValue('the tree of sections', 'no section among its own parents', [...waiting.keys()]),
      pointer,
    );
  }
  // In the order of the document.
  return new Map(entries.map(([name]) => [name, branches.get(name) as Branch]));
}

function labelsOf({ groups = {} }: Cell, tree: Tree, pointer: string, setting: Setting): Within['labels'] | undefined {
  const labels = new Map<string, readonly string[]>([['all', [...tree.keys()]]]);
  let whole = true;
  for (const [name, members] of Object.entries(groups)) {
    const at = child(child(pointer, 'groups'), name);
    const wrong = members.findIndex((member) => !tree.has(member));
    if (wrong >= 0) {
      whole = false;
      setting.report(messages.unknownReference('section', members[wrong] ?? '', [...tree.keys()]), child(at, wrong));
    } else if (tree.has(name)) {
      whole = false;
      setting.reportKey(messages.duplicateLabel(name, 'a section'), at);
    }
    labels.set(name, members);
  }
  const dendrites = ['apical_dendrites', 'basal_dendrites'].flatMap((name) => groups[name] ?? []);
  if (dendrites.length > 0 && !labels.has('dendrites')) labels.set('dendrites', dendrites);
  for (const name of tree.keys()) labels.set(name, [name]);
  return whole ? labels : undefined;
}

function sectionsOf(cell: Cell, pointer: string, at: Within): Record<string, SectionDocument> | undefined {
  const { cm = usualCapacitance, Ra = usualResistivity } = cell;
  const { setting } = at;
  if (!(Ra > 0)) return void setting.report(messages.outOfRange('Ra', 'more than 0 ohm*cm', Ra), child(pointer, 'Ra'));
  const capacitances = spread(cm, 'cm', child(pointer, 'cm'), at);
  if (!capacitances) return undefined;
  const result: Record<string, SectionDocument> = {};
  for (const [name, branch] of at.tree) {
    const capacitance = capacitances.get(name) ?? null;
    if (typeof capacitance === 'string')
      return void setting.report(
        messages.unsupported('a formula for cm', 'give a number for each section'),
        child(pointer, 'cm'),
      );
    if (capacitance === null || !(capacitance > 0))
      return void setting.report(
        messages.outOfRange('cm', 'more than 0 uF/cm**2 on each section', capacitance ?? 0),
        child(pointer, 'cm'),
      );
    const { parent, points, divisions = divisionsOf(branch.section.points, capacitance, Ra) } = branch.section;
    result[name] = {
      ...(parent === undefined ? {} : { parent }),
      points: points.map((point) => point.map((value) => `${value} um`)),
      divisions,
      specificCapacitance: `${capacitance} uF/cm**2`,
      resistivity: `${Ra} ohm*cm`,
    };
  }
  return result;
}

// --- Values that differ between sections --------------------------------------------------------------------------

/** Sections that a label stands for; undefined after unknown names were reported. */
function sectionsOn(label: Label, pointer: string, { labels, setting }: Within): ReadonlySet<string> | undefined {
  const names = typeof label === 'string' ? [label] : label;
  if (names.length === 0) return void setting.report(messages.noPlaces('on'), pointer);
  const wrong = names.find((name) => !labels.has(name));
  if (wrong !== undefined)
    return void setting.report(messages.unknownReference('section or group', wrong, [...labels.keys()]), pointer);
  return new Set(names.flatMap((name) => labels.get(name) ?? []));
}

/** Returns the value of a distribution on each section; undefined after an error was reported. */
function spread(
  distribution: Distribution,
  what: string,
  pointer: string,
  at: Within,
): ReadonlyMap<string, Local> | undefined {
  const { tree, setting } = at;
  const names = [...tree.keys()];
  if (typeof distribution === 'number') return new Map(names.map((name) => [name, distribution]));
  const { uniform, by_distance: ofDistance, by_diameter: ofDiameter, any, by_section: numbers } = distribution;
  const given = [uniform, ofDistance, ofDiameter, any, numbers].filter((one) => one !== undefined);
  if (given.length !== 1)
    return void setting.report(
      messages.wrongValue(what, 'one of uniform, by_distance, by_diameter, any and by_section', distribution),
      pointer,
    );
  if (numbers !== undefined) {
    const wrong = Object.keys(numbers).find((name) => !tree.has(name));
    if (wrong !== undefined)
      return void setting.reportKey(
        messages.unknownReference('section', wrong, names),
        child(child(pointer, 'by_section'), wrong),
      );
    return new Map(names.map((name) => [name, own(numbers, name) ?? null]));
  }
  const absence = distribution.absence ?? null;
  if (any !== undefined) {
    const parts = any.map((one, k) => spread(one, what, child(child(pointer, 'any'), k), at));
    if (parts.some((part) => part === undefined)) return undefined;
    return new Map(
      names.map((name) => [
        name,
        parts.map((one) => one?.get(name) ?? null).find((value) => value !== null) ?? absence,
      ]),
    );
  }
  const on = sectionsOn(distribution.on ?? 'all', child(pointer, 'on'), at);
  if (!on) return undefined;
  const over = (value: (branch: Branch) => Local): ReadonlyMap<string, Local> =>
    new Map([...tree].map(([name, branch]) => [name, on.has(name) ? value(branch) : absence]));
  if (uniform !== undefined) return over(() => uniform);
  const [key, text] = ofDistance === undefined ? ['by_diameter', ofDiameter ?? ''] : ['by_distance', ofDistance];
  const formula = translateFormula({ expr: text, of: 'd' }, ['d'], child(pointer, key), setting);
  if (formula === undefined) return undefined;
  return over(({ section, distance }) =>
    replaced(formula, { distance: `${key === 'by_distance' ? distance : (section.points[0]?.[3] ?? 0)}*um` }),
  );
}

/** Returns values of a parameter on some sections: the type's own if all are equal, else one for each. */
function parameterOn(
  values: ReadonlyMap<string, Local>,
  on: readonly string[],
  unit: string,
): { readonly usual: number | string; readonly others: Readonly<Record<string, string>> } {
  const text = (value: Local): string => (typeof value === 'string' ? `(${value})*${unit}` : `${value ?? 0}*${unit}`);
  const first = values.get(on[0] ?? '') ?? 0;
  const same = typeof first === 'number' && on.every((name) => values.get(name) === first);
  return {
    usual: typeof first === 'number' ? first : 0,
    others: same ? {} : Object.fromEntries(on.map((name) => [name, text(values.get(name) ?? 0)])),
  };
}

// --- Channels -----------------------------------------------------------------------------------------------------

interface Mechanisms {
  readonly documents: Record<string, MechanismDocument>;
  readonly ions: readonly string[];
}

function mechanismsOf(cell: Cell, pointer: string, at: Within): Mechanisms | undefined {
  const documents: Record<string, MechanismDocument> = {};
  const ions: string[] = [];
  let whole = true;
  for (const [name, { type, params = {} }] of Object.entries(cell.ion_channels ?? {})) {
    const place = child(child(pointer, 'ion_channels'), name);
    const channel = own(ionChannels, type);
    if (channel === undefined) continue;
    const species = channel.ion === undefined ? undefined : own(cell.ionic_species ?? {}, channel.ion);
    const given = params['e_rev'] ?? species?.reversal_potential ?? channel.reversal;
    const reversalAt =
      params['e_rev'] === undefined && species
        ? `${child(child(pointer, 'ionic_species'), channel.ion ?? '')}/reversal_potential`
        : `${place}/params/e_rev`;
    const densities = spread(
      params['conductance_density'] ?? channel.conductanceDensity,
      'conductance_density',
      `${place}/params/conductance_density`,
      at,
    );
    const reversals = spread(given, 'the reversal potential', reversalAt, at);
    const document = densities && reversals && mechanismOf(channel, densities, reversals);
    if (document) documents[name] = document;
    else if (densities && reversals) at.setting.report(messages.channelNowhere(name), place);
    if (!densities || !reversals) whole = false;
    if (document && channel.ion !== undefined) ions.push(channel.ion);
  }
  return whole ? { documents, ions } : undefined;
}

/** Returns a channel on the sections that have its conductance; undefined if there are no such sections. */
function mechanismOf(
  { ion, equations: { open, ...equations } }: IonChannel,
  densities: ReadonlyMap<string, Local>,
  reversals: ReadonlyMap<string, Local>,
): MechanismDocument | undefined {
  const on = [...densities].flatMap(([name, value]) => (value === null || value === 0 ? [] : [name]));
  if (on.length === 0) return undefined;
  const g = parameterOn(densities, on, 'S/cm**2');
  const e = parameterOn(reversals, on, 'mV');
  const values = Object.fromEntries(
    on.flatMap((name) => {
      const own = {
        ...(g.others[name] === undefined ? {} : { conductance_density: g.others[name] }),
        ...(e.others[name] === undefined ? {} : { e_rev: e.others[name] }),
      };
      return Object.keys(own).length === 0 ? [] : [[name, own] as const];
    }),
  );
  return {
    ...(on.length === densities.size ? {} : { on }),
    parameters: {
      conductance_density: { unit: 'S/cm**2', value: g.usual },
      e_rev: { unit: 'mV', value: e.usual },
    },
    ...equations,
    reads: ['v'],
    writes: {
      [ion === undefined ? 'i' : `i_${ion}`]: `conductance_density*${open === '' ? '' : `${open}*`}(e_rev - v)`,
    },
    ...(Object.keys(values).length === 0 ? {} : { values }),
  };
}

function ionOf(ion: string, { ionic_species: species = {} }: Cell) {
  const {
    reversal_potential: reversal,
    internal_concentration: inside,
    external_concentration: outside,
  } = own(species, ion) ?? {};
  return {
    valence: valenceOf(ion) ?? 1,
    ...(typeof reversal === 'number' ? { reversal: `${reversal} mV` } : {}),
    ...(inside === undefined || inside === null ? {} : { inside: `${inside} mM` }),
    ...(outside === undefined || outside === null ? {} : { outside: `${outside} mM` }),
  };
}

// --- Places -------------------------------------------------------------------------------------------------------

/** Returns places on a cell; undefined after names that it has not were reported. */
export function placesAt(
  locations: Locations,
  { labels, soma }: Pick<CellStructure, 'labels' | 'soma'>,
  pointer: string,
  setting: Setting,
): readonly CellPlace[] | undefined {
  const list: readonly Location[] = Array.isArray(locations)
    ? (locations as readonly Location[])
    : [locations as Location];
  if (list.length === 0) return void setting.report(messages.noPlaces('locations'), pointer);
  const places = list.map((location, k) => {
    const at = Array.isArray(locations) ? child(pointer, k) : pointer;
    const { section, fraction = 0.5 } = typeof location === 'string' ? { section: location } : location;
    const found = labels.get(section) ?? (section === 'soma' ? [soma] : undefined);
    if (found === undefined || (typeof location !== 'string' && found.length !== 1))
      return void setting.report(messages.unknownReference('section or group', section, [...labels.keys()]), at);
    return found.map((name): CellPlace => ({ section: name, fraction }));
  });
  return places.some((place) => place === undefined) ? undefined : places.flatMap((one) => one ?? []);
}

function receptorsOf(
  cell: Cell,
  pointer: string,
  { setting, structure }: Within & { readonly structure: Pick<CellStructure, 'labels' | 'soma'> },
): Record<string, PlacedReceptor> | undefined {
  const result: Record<string, PlacedReceptor> = {};
  let whole = true;
  for (const [name, { type, params = {}, locations = 'soma' }] of Object.entries(cell.receptors ?? {})) {
    const at = child(child(pointer, 'receptors'), name);
    const places = placesAt(locations, structure, child(at, 'locations'), setting);
    if (!Object.hasOwn(responseParts, type) || places === undefined) {
      whole = false;
      continue;
    }
    const numbers: Record<string, number> = {};
    for (const [key, value] of Object.entries(params)) {
      const where = child(child(at, 'params'), key);
      if (typeof value !== 'number') {
        whole = false;
        setting.report(messages.wrongValue(key, 'one number for all cells', value), where);
      } else numbers[key] = value;
    }
    result[name] = { places, ...placedResponse(type, numbers) };
  }
  return whole ? result : undefined;
}

/** A parameter of a receptor at places. */
interface ResponseParameter {
  /** As PyNN calls it, and as it is called in synapses. */
  readonly theirs: string;
  readonly ours: string;
  readonly unit: string;
  /** In this unit. */
  readonly usual: number;
}

/**
 * Returns the response of a receptor, which synapses at its places have themselves.
 *
 * @param type     as PyNN calls it
 * @param numbers  values of its parameters in ms and mV; absent: the usual ones
 */
export function placedResponse(
  type: string,
  numbers: Readonly<Record<string, number>> = {},
): Omit<PlacedReceptor, 'places'> & { readonly parameters: readonly ResponseParameter[] } {
  const { shape, kind } = responseParts[type] ?? { shape: 'exp', kind: 'current' };
  const ofKind = kind === 'current' ? [] : [{ theirs: 'e_syn', ours: 'e_syn', unit: 'mV', usual: 0 }];
  const [tau, rise] = [{ ours: 'tau_receptor', unit: 'ms' }, { theirs: 'tau_rise', ours: 'tau_rise', unit: 'ms', usual: 0.2 }]; // prettier-ignore
  const first =
    shape === 'beta' ? { ...tau, theirs: 'tau_decay', usual: 1.7 } : { ...tau, theirs: 'tau_syn', usual: 5 };
  const own = ({ theirs, ours, usual }: ResponseParameter) => [ours, numbers[theirs] ?? usual] as const;
  const [reversal] = ofKind;
  const { receptor, parameters, state, derivatives, current } = response({
    shape,
    kind,
    variable: kind === 'current' ? 'isyn' : 'gsyn',
    timeConstant: own(first),
    ...(shape === 'beta' ? { riseTime: own(rise) } : {}),
    ...(reversal === undefined ? {} : { reversal: own(reversal) }),
  });
  return {
    variable: receptor.variable,
    response: { parameters, state, derivatives, current },
    parameters: [first, ...(shape === 'beta' ? [rise] : []), ...ofKind],
  };
}
