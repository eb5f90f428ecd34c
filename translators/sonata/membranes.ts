/**
 * Membranes of cells with a shape, as BMTK applies them to sections: files of parameters by the Allen Institute, and
 * biophysical properties in NeuroML.
 *
 * @source BMTK 1.2.0, bmtk/simulator/bionet/default_setters/cell_models.py and nml_reader.py
 */

import { Diagnostics, type Finding, type Place } from '../../src/diagnostics/diagnostic.js';
import { memberOf } from '../../src/diagnostics/member.js';
import { isList } from '../../src/model/collections.js';
import { child } from '../../src/model/pointer.js';
import { readXml } from '../../src/xml/read-xml.js';
import type { XmlElement } from '../../src/xml/element.js';
import { valenceOf } from '../shared/neuron.js';
import * as messages from './messages.js';

/** Numbers in NEURON's units, by the first four letters of the names of sections. */
export type ByKind = Map<string, number>;

/** The membrane of a cell. */
export interface Membrane {
  /** In ohm cm. */
  readonly resistivity: ByKind;
  /** In uF/cm2. */
  readonly capacitance: ByKind;
  /** Mechanisms by name: where they are, with the values of their parameters there, and the place that names each. */
  readonly mechanisms: Map<string, { readonly on: Map<string, ByParameter>; readonly place: Place }>;
  /** Reversal potentials of ions, in mV. */
  readonly reversals: Map<string, ByKind>;
}
type ByParameter = Map<string, number>;

type Report = (finding: Finding, place: Place) => void;

/** Kinds of sections that files of parameters name. */
const kinds: readonly string[] = ['soma', 'axon', 'dend', 'apic'];

/** A membrane as NEURON gives it to new sections. */
export const plainMembrane = (): Membrane => ({
  resistivity: new Map(),
  capacitance: new Map(),
  mechanisms: new Map(),
  reversals: new Map(),
});

function insert({ mechanisms }: Membrane, mechanism: string, kind: string, place: Place): ByParameter {
  const known = mechanisms.get(mechanism) ?? { on: new Map<string, ByParameter>(), place };
  mechanisms.set(mechanism, known);
  const values = known.on.get(kind) ?? new Map<string, number>();
  known.on.set(kind, values);
  return values;
}

/** A file in JSON with places. */
export interface JsonFile {
  readonly value: unknown;
  readonly placeOf: (pointer: string) => Place;
}

/**
 * Reads a file of parameters: `passive`, `genome` and `conditions`.
 *
 * @param present  kinds of the cell's sections
 * @param allActive  whether the file is of an all-active cell, which may lack passive values
 */
export function membraneOfFit(
  { value: fit, placeOf }: JsonFile,
  present: ReadonlySet<string>,
  allActive: boolean,
  report: Report,
): Membrane {
  const membrane = plainMembrane();
  const number = (value: unknown, what: string, pointer: string, isRequired = true): number | undefined => {
    // Some files have numbers as texts.
    const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof read === 'number' && Number.isFinite(read)) return read;
    if (value === undefined && !isRequired) return undefined;
    report(
      value === undefined
        ? messages.missingInFit(what)
        : messages.notANumber(what, typeof value === 'number' ? String(value) : value),
      placeOf(pointer),
    );
    return undefined;
  };
  const listAt = (value: unknown, pointer: string): readonly unknown[] => {
    if (isList<unknown, unknown>(value)) return value;
    report(messages.missingInFit(`list ${pointer.slice(1)}`), placeOf(pointer));
    return [];
  };
  /** Returns the kind of sections that an entry names; undefined for a name without sections. */
  const kindOf = (entry: unknown, pointer: string): string | undefined => {
    const kind = textIn(entry, 'section');
    if (kinds.includes(kind)) return present.has(kind) ? kind : undefined;
    if (kind === 'glob') report(messages.globalValue(textIn(entry, 'name')), placeOf(pointer));
    else report(messages.unknownSection(kind, kinds), placeOf(child(pointer, 'section')));
    return undefined;
  };
  const [passive] = listAt(memberOf(fit, 'passive'), '/passive');
  const resistivity = number(memberOf(passive, 'ra'), 'ra', '/passive/0/ra', !allActive);
  const leak = number(memberOf(passive, 'e_pas'), 'e_pas', '/passive/0/e_pas', !allActive);
  const capacitances = memberOf(passive, 'cm');
  for (const [k, entry] of capacitances === undefined && allActive
    ? []
    : listAt(capacitances, '/passive/0/cm').entries()) {
    const pointer = child('/passive/0/cm', k);
    const kind = kindOf(entry, pointer);
    const value = number(memberOf(entry, 'cm'), 'cm', child(pointer, 'cm'));
    if (kind !== undefined && value !== undefined) membrane.capacitance.set(kind, value);
  }
  for (const kind of present) {
    if (resistivity !== undefined) membrane.resistivity.set(kind, resistivity);
    const values = insert(membrane, 'pas', kind, placeOf('/passive'));
    if (leak !== undefined) values.set('e', leak);
    if (!allActive && !membrane.capacitance.has(kind))
      report(messages.missingInFit(`cm of the section ${kind}`), placeOf('/passive/0/cm'));
  }
  for (const [k, entry] of listAt(memberOf(fit, 'genome'), '/genome').entries()) {
    const pointer = child('/genome', k);
    const kind = kindOf(entry, pointer);
    const name = textIn(entry, 'name');
    const value = number(memberOf(entry, 'value'), name, child(pointer, 'value'));
    if (kind === undefined || value === undefined) continue;
    const place = placeOf(child(pointer, 'name'));
    const mechanism = memberOf(entry, 'mechanism');
    if (typeof mechanism === 'string' && mechanism !== '')
      insert(membrane, mechanism, kind, placeOf(child(pointer, 'mechanism')));
    const owner = [...membrane.mechanisms.keys()]
      .filter((known) => name.endsWith(`_${known}`) && membrane.mechanisms.get(known)?.on.has(kind))
      .sort((a, b) => b.length - a.length)[0];
    if (owner !== undefined) insert(membrane, owner, kind, place).set(name.slice(0, -owner.length - 1), value);
    else if (name === 'cm') membrane.capacitance.set(kind, value);
    else if (name === 'Ra') membrane.resistivity.set(kind, value);
    else if (name.startsWith('e') && valenceOf(name.slice(1)) !== undefined)
      setReversal(membrane, name.slice(1), kind, value);
    else report(messages.unknownMembraneValue(name, [...membrane.mechanisms.keys()]), place);
  }
  const [conditions] = listAt(memberOf(fit, 'conditions'), '/conditions');
  for (const [k, entry] of listAt(memberOf(conditions, 'erev'), '/conditions/0/erev').entries()) {
    const pointer = child('/conditions/0/erev', k);
    const kind = kindOf(entry, pointer);
    for (const ion of ['na', 'k']) {
      const value = number(memberOf(entry, `e${ion}`), `e${ion}`, child(pointer, `e${ion}`));
      if (kind !== undefined && value !== undefined) setReversal(membrane, ion, kind, value);
    }
  }
  return membrane;
}

const textIn = (entry: unknown, key: string): string => {
  const value = memberOf(entry, key);
  return typeof value === 'string' ? value : '';
};

const setReversal = ({ reversals }: Membrane, ion: string, kind: string, value: number): void => {
  reversals.set(ion, (reversals.get(ion) ?? new Map<string, number>()).set(kind, value));
};

/** Names that BMTK has for kinds of sections, in segment groups. */
const groups: Readonly<Record<string, readonly string[]>> = {
  all: kinds,
  soma: ['soma'],
  somatic: ['soma'],
  axon: ['axon'],
  axonal: ['axon'],
  dend: ['dend'],
  basal: ['dend'],
  dendritic: ['dend'],
  apic: ['apic'],
  apical: ['apic'],
};

/** Units of the attributes that BMTK reads, without regard to the text behind the number. */
const units: Readonly<Record<string, readonly string[]>> = {
  erev: ['mV'],
  condDensity: ['S_per_cm2'],
  decay: ['ms'],
  gamma: [''],
  resistivity: ['ohm_cm', 'ohm cm'],
  specificCapacitance: ['uF_per_cm2'],
};

/**
 * Reads the biophysical properties of a cell in NeuroML, of which each names a segment group. Its shape is not read.
 * Returns undefined after an error.
 */
export function membraneOfNeuroml(
  text: string,
  document: string,
  present: ReadonlySet<string>,
  report: Report,
): Membrane | undefined {
  const found = new Diagnostics();
  const root = readXml(text, document, found);
  const membrane = plainMembrane();
  const numberIn = (element: XmlElement, name: string, kind = name): number => {
    const [, value = '', unit = ''] = /^\s*([-+.\deE]+)\s*(.*?)\s*$/.exec(element.attribute(name) ?? '') ?? [];
    const wanted = units[kind] ?? [''];
    if (value === '' || !Number.isFinite(Number(value)) || !wanted.includes(unit))
      found.add(messages.notANumber(`${name} of ${element.name}`, element.attribute(name), wanted[0]), element.place);
    return Number(value);
  };
  const read = (element: XmlElement, kind: string): void => {
    const { name, place } = element;
    if (name === 'resistivity') membrane.resistivity.set(kind, numberIn(element, 'value', name));
    else if (name === 'specificCapacitance') membrane.capacitance.set(kind, numberIn(element, 'value', name));
    else if (name === 'concentrationModel') {
      const own = insert(membrane, element.attribute('id') ?? '', kind, place);
      for (const parameter of ['gamma', 'decay']) own.set(parameter, numberIn(element, parameter));
    } else {
      const channel = element.attribute('ionChannel') ?? '';
      const own = insert(membrane, channel, kind, place);
      const density = numberIn(element, 'condDensity');
      if (channel === 'pas') own.set('g', density).set('e', numberIn(element, 'erev'));
      else {
        const id = element.attribute('id') ?? '';
        if (id.endsWith(`_${channel}`)) own.set(id.slice(0, -channel.length - 1), density);
        else found.add(messages.unknownMembraneValue(id, [channel]), place);
        const ion = element.attribute('ion') ?? '';
        if (ion === 'na' || ion === 'k') setReversal(membrane, ion, kind, numberIn(element, 'erev'));
      }
    }
  };
  const walk = (element: XmlElement): void => {
    if (propertyNames.includes(element.name)) {
      const group = element.attribute('segmentGroup');
      const named = group === undefined ? undefined : groups[group.toLowerCase()];
      if (!named) found.add(messages.unknownSection(group ?? '', Object.keys(groups)), element.place);
      for (const kind of named ?? []) if (present.has(kind)) read(element, kind);
    }
    if (/^channel(Density|Population)/.test(element.name) && !propertyNames.includes(element.name))
      found.add(messages.unsupported(`${element.name} of a cell`, 'write channelDensity'), element.place);
    element.children.forEach(walk);
  };
  if (root) walk(root);
  for (const { place, ...finding } of found.list) report(finding, place ?? { document });
  return found.hasErrors ? undefined : membrane;
}

/** Elements that BMTK reads. */
const propertyNames: readonly string[] = [
  'channelDensity',
  'channelDensityNernst',
  'resistivity',
  'specificCapacitance',
  'concentrationModel',
];
