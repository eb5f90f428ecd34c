/**
 * Cells with a shape as templates like those of point neurons: SWC as NEURON reads it, with the membrane of a file of
 * parameters or of NeuroML.
 *
 * @source BMTK 1.2.0, bmtk/simulator/bionet/default_setters/cell_models.py, morphology.py and biocell.py
 */

import { itemAt } from '../../src/diagnostics/entry.js';
import { memberOf } from '../../src/diagnostics/member.js';
import type {
  MechanismDocument,
  NeuronDocument,
  SectionDocument,
  ValueDocument,
} from '../../src/model/document.generated.js';
import type { StandardCell } from '../../src/library/standard-type.js';
import { identifier } from '../../src/model/free-name.js';
import { readDocument } from '../../src/model/text/read.js';
import { valenceOf } from '../shared/neuron.js';
import type { Config, PathAt } from './config.js';
import type { TypeRow } from './csv.js';
import { compartmentsOf } from './drawn-places.js';
import { importSections, type Section } from './import3d.js';
import { membraneOfFit, membraneOfNeuroml, plainMembrane, type Membrane } from './membranes.js';
import * as messages from './messages.js';
import type { Shape, Template } from './templates.js';

/** Ways in which BMTK changes a cell after it is made: axons of `directed` ones only lie otherwise. */
const processings = ['aibs_perisomatic', 'aibs_allactive', 'aibs_perisomatic_directed', 'aibs_allactive_directed'];

/** Attributes of a biophysical node, of its group or its type. */
export interface CellAttributes {
  readonly template: string;
  readonly morphology: string | undefined;
}

/** Returns the kind of a section as BMTK compares it: the first four letters of its name. */
const kindOf = ({ kind }: Section): string => kind.slice(0, 4);

const nameOf = ({ kind, index }: Section): string => identifier(`${kind}_${index}`);

/** Returns the template of a type of biophysical nodes, or undefined after a report. */
export function biophysicalTemplate(
  config: Config,
  row: TypeRow,
  { template, morphology }: CellAttributes,
): Template | undefined {
  const [schema = '', resource = ''] = template.split(':', 2);
  if (schema === 'hoc') return config.report(messages.hocTemplate(template), row.place);
  if (schema !== 'nml' && !/^ctdb:Biophys1(\.hoc)?$/.test(template))
    return config.report(messages.unknownTemplate(template, ['ctdb:Biophys1.hoc', 'nml:']), row.place);
  const processing = row.cells.get('model_processing');
  if (processing !== undefined && !processings.includes(processing))
    return config.report(messages.unsupported(`model_processing ${processing}`), row.place);
  const parameters = row.cells.get('dynamics_params');
  if (schema === 'nml' && parameters !== undefined)
    return config.report(messages.unsupported('dynamics_params of a nml: template'), row.place);
  if (schema === 'ctdb' && processing !== undefined && parameters === undefined)
    return config.report(messages.missingInType(row.id, 'dynamics_params'), row.place);
  if (morphology === undefined) return config.report(messages.missingInType(row.id, 'morphology'), row.place);
  const shape = config.within(
    config.path('components', 'morphologies_dir'),
    /\.swc$/i.test(morphology) ? morphology : `${morphology}.swc`,
    row.place,
  );
  const text = config.text(shape);
  const read =
    text === undefined
      ? undefined
      : importSections(text, (finding, line) => {
          config.report(finding, { document: shape.document, line, column: 1 });
        });
  if (!read) return undefined;
  const isAllActive = processing?.startsWith('aibs_allactive') ?? false;
  const hasStubs = schema === 'nml' || processing !== undefined;
  const sections = hasStubs ? withStubs(config, shape, read, isAllActive) : read;
  const soma = sections?.find(({ kind, index }) => kind === 'soma' && index === 0);
  if (sections && !soma)
    return config.report(messages.missingSections('soma', 'where spikes are detected'), { document: shape.document });
  const present = new Set((sections ?? []).map(kindOf));
  const membrane = sections && membraneIn(config, row, schema === 'nml' ? resource : undefined, present, isAllActive);
  if (!sections || !soma || !membrane) return undefined;
  const neuron = neuronOf(config, sections, membrane);
  return neuron && templateOfCell(row, morphology, neuron, sections, soma);
}

// --- Shape ----------------------------------------------------------------------------------------------------------
/** Cylinders in place of an axon, in um. */
export const stub = { length: 30, diameter: 1 } as const;

/** Returns sections with two cylinders at the end in place of the axon, or undefined after a report. */
function withStubs(
  { report }: Config,
  { document }: PathAt,
  sections: readonly Section[],
  isAllActive: boolean,
): readonly Section[] | undefined {
  const axon = sections.filter((section) => kindOf(section) === 'axon');
  const others = sections.filter((section) => !axon.includes(section));
  const soma = others.find(({ kind }) => kind === 'soma');
  const orphan = others.find(({ parent }) => parent && axon.includes(parent.section));
  if (orphan) return report(messages.growsFromAxon(`${orphan.kind}[${orphan.index}]`), { document });
  if (!soma) return report(messages.missingSections('soma', 'where the axon begins'), { document });
  const [first, last] = [axon[0], axon.at(-1)];
  if (isAllActive && (!first || !last))
    return report(messages.missingSections('axon', 'of which all-active cells keep the diameters'), { document });
  const cylinder = (index: number, section: Section, fraction: number, diameter: number = stub.diameter): Section => ({
    kind: 'axon',
    index,
    parent: { section, fraction },
    length: stub.length,
    // NEURON makes points of the cylinder, in single precision.
    diameter: Math.fround(diameter),
  });
  const near = isAllActive ? cylinder(0, soma, 1, first?.diameter) : cylinder(0, soma, 0.5);
  return [...others, near, cylinder(1, near, 1, isAllActive ? last?.diameter : stub.diameter)];
}

/** Returns the membrane that a type states, or undefined after a report. */
function membraneIn(
  config: Config,
  row: TypeRow,
  neuroml: string | undefined,
  present: ReadonlySet<string>,
  isAllActive: boolean,
): Membrane | undefined {
  const name = neuroml ?? row.cells.get('dynamics_params');
  if (name === undefined) return plainMembrane();
  const path = config.within(config.path('components', 'biophysical_neuron_models_dir'), name, row.place);
  const text = config.text(path);
  if (text === undefined) return undefined;
  if (neuroml !== undefined) return membraneOfNeuroml(text, path.document, present, config.report);
  // A fit without model_processing is not applied.
  if (!row.cells.has('model_processing')) return plainMembrane();
  const { value, diagnostics, positions } = readDocument(text, path.document);
  for (const { place, ...finding } of diagnostics) config.report(finding, place ?? row.place);
  if (value === undefined) return undefined;
  const file = { value, placeOf: (pointer: string) => positions.place(pointer) };
  return membraneOfFit(file, present, isAllActive, config.report);
}

// --- Document -------------------------------------------------------------------------------------------------------
/** Length of compartments in um without `dL`. @source BMTK 1.2.0, bmtk/utils/sonata/config/sonata_config.py */
const usualStep = 20;

/** Most compartments of a section in NEURON. */
const mostDivisions = 32767;

/** Values of new sections in NEURON. */
const usual = { resistivity: 35.4, capacitance: 1 } as const;

function neuronOf(config: Config, sections: readonly Section[], membrane: Membrane): NeuronDocument | undefined {
  const number = (section: string, key: string, isRequired = true): number | undefined => {
    const value = config.get(section, key);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (value !== undefined && value !== null)
      return config.report(messages.wrongValue(key, 'a number', value), config.place(section, key));
    if (isRequired)
      config.report(messages.missingKey(`${section}.${key}`, 'a number for biophysical cells'), config.place(section));
    return undefined;
  };
  const [celsius, start] = [number('conditions', 'celsius'), number('conditions', 'v_init')];
  const [threshold, step = usualStep] = [number('run', 'spike_threshold'), number('run', 'dL', false)];
  const divisionsOf = ({ length }: Section): number => 1 + 2 * Math.floor(length / (2 * step));
  if (!(step > 0 && sections.every((section) => divisionsOf(section) <= mostDivisions)))
    return config.report(
      messages.wrongValue('dL', `a length above 0 um, and at most ${mostDivisions} compartments a section`, step),
      config.place('run', 'dL'),
    );
  const mechanisms = mechanismsOf(config, membrane);
  if (celsius === undefined || start === undefined || threshold === undefined || !mechanisms) return undefined;
  const sectionOf = (section: Section): SectionDocument => {
    const { parent, points, length, diameter } = section;
    const kind = kindOf(section);
    return {
      ...(parent ? { parent: { section: nameOf(parent.section), fraction: parent.fraction } } : {}),
      ...(points
        ? { points: points.map((point) => point.map((value) => `${value} um`)) as never }
        : { length: `${length} um`, diameter: `${diameter} um` }),
      divisions: divisionsOf(section),
      specificCapacitance: `${membrane.capacitance.get(kind) ?? usual.capacitance} uF/cm**2`,
      resistivity: `${membrane.resistivity.get(kind) ?? usual.resistivity} ohm*cm`,
    };
  };
  const groups = Object.fromEntries(
    [...new Set(sections.map(kindOf))].map((kind) => [
      kind,
      sections.filter((section) => kindOf(section) === kind).map(nameOf),
    ]),
  );
  return {
    compartments: {
      sections: Object.fromEntries(sections.map((section) => [nameOf(section), sectionOf(section)])),
      groups,
      ...(membrane.reversals.size === 0 ? {} : { ions: ionsOf(membrane) }),
      mechanisms,
      initial: `${start} mV`,
      temperature: `${celsius + 273.15} kelvin`,
    },
    inputs: { [input]: { unit: 'A', reduce: 'sum' } },
    events: {
      spike: { when: `v > ${threshold}*mV`, edge: 'rising', do: [], section: 'soma_0', fraction: 0.5 },
    },
    method: 'cable-then-gates',
  };
}

/** Name of the input of currents. */
const input = 'synaptic';

const ionsOf = ({ reversals }: Membrane): NonNullable<NonNullable<NeuronDocument['compartments']>['ions']> =>
  Object.fromEntries(
    [...reversals].map(([ion, values]) => [
      ion,
      {
        valence: valenceOf(ion) ?? 1,
        at: Object.fromEntries([...values].map(([kind, value]) => [kind, { reversal: `${value} mV` }])),
      },
    ]),
  );

/** Returns mechanisms by name, with their files in NMODL; undefined after a report. */
function mechanismsOf(config: Config, { mechanisms }: Membrane): Record<string, MechanismDocument> | undefined {
  const found = [...mechanisms].flatMap(([name, { on, place }]): [string, MechanismDocument][] => {
    const nmodl = name === 'pas' ? undefined : mechanismFile(config, name, place);
    if (name !== 'pas' && nmodl === undefined) return [];
    const written = (parameter: string, value: number): ValueDocument =>
      nmodl === undefined ? `${value} ${passive.parameters[parameter === 'g' ? 'g' : 'e'].unit}` : value;
    const values = [...on].map(([kind, own]): [string, Record<string, ValueDocument>] => [
      kind,
      Object.fromEntries([...own].map(([parameter, value]) => [parameter, written(parameter, value)])),
    ]);
    const equations = nmodl === undefined ? passive : { nmodl };
    return [[identifier(name), { ...equations, on: [...on.keys()], values: Object.fromEntries(values) }]];
  });
  return found.length === mechanisms.size ? Object.fromEntries(found) : undefined;
}

/** NEURON's `pas`. */
export const passive = {
  parameters: { g: { unit: 'S/cm**2', value: 0.001 }, e: { unit: 'mV', value: -70 } },
  density: true,
  reads: ['v'],
  writes: { i: 'g*(e - v)' },
} as const;

/**
 * Returns the path of a mechanism's file in NMODL, which is named after it; undefined after a report.
 *
 * @param place  where the mechanism is named
 */
export function mechanismFile(
  config: Config,
  name: string,
  place: Parameters<Config['report']>[1],
): string | undefined {
  const folder = config.path('components', 'mechanisms_dir');
  const inFolder = (file: string): PathAt => config.within(folder, file, place);
  const [usualPlace, other] = [inFolder(`modfiles/${name}.mod`), inFolder(`${name}.mod`)];
  const text = config.textIfThere(usualPlace);
  const [path, found] = text === undefined ? [other, config.textIfThere(other)] : [usualPlace, text];
  if (found === undefined) return config.report(messages.missingMechanism(name, usualPlace.document), place);
  const [, defined = name] = /^[^:?\n]*\b(?:SUFFIX|POINT_PROCESS)\s+(\w+)/m.exec(found) ?? [];
  const { document } = path;
  if (defined === name) return path.path;
  return config.report(messages.otherMechanism(document, name, defined), { document, line: 1, column: 1 });
}

// --- Template -------------------------------------------------------------------------------------------------------
/** Recorded variables: the potential, and the concentration inside of an ion. */
const recordable = { v: 'v', cai: 'ca_i', nai: 'na_i', ki: 'k_i' } as const;

/**
 * Returns the template of cells with a shape. The first of their inputs takes currents.
 *
 * @param cell  their equations and structure; absent: those of a model that is written
 */
export function cellTemplate(
  name: string,
  inputs: readonly string[],
  cell: Pick<StandardCell, 'neuron'> & Partial<StandardCell> = { neuron: {} },
): Template {
  const [injectable = ''] = inputs;
  return {
    name,
    cell: { name, receptors: {}, recordable, initial: {}, injectable, ...cell },
    parameters: {},
    values: {},
    weight: { unit: 'uS', variables: inputs, by: 'sign' },
    recordable,
    current: 'nA',
  };
}

function templateOfCell(
  row: TypeRow,
  morphology: string,
  neuron: NeuronDocument,
  sections: readonly Section[],
  soma: Section,
): Template {
  const labels = new Map(Object.entries(neuron.compartments?.groups ?? {}));
  return {
    ...cellTemplate(row.cells.get('pop_name') ?? morphology.replace(/\.swc$/i, ''), [input], {
      neuron,
      structure: { soma: 'soma_0', labels, receptors: {} },
    }),
    shape: {
      sections: sections.map(nameOf),
      compartments: compartmentsOf(sections, soma, (section) =>
        Number(memberOf(neuron.compartments?.sections[nameOf(section)], 'divisions')),
      ),
      placeOf: placesIn(sections, neuron.compartments?.sections ?? {}),
    },
  };
}

/**
 * Returns a function that finds places. NEURON's ends of sections are nodes without area: a short section without a
 * membrane is added for each that is asked for. The first end of a section is where it grows from.
 *
 * @param written  sections of the document, which takes the added ones
 */
function placesIn(sections: readonly Section[], written: Record<string, SectionDocument>): Shape['placeOf'] {
  return (number, fraction) => {
    let [section, at] = [itemAt(sections, number), fraction];
    while (at === 0 && section.parent) ({ section, fraction: at } = section.parent);
    const place = { section: nameOf(section), fraction: at };
    if (at !== 0 && at !== 1) return place;
    const name = `${place.section}_${at === 0 ? 'begin' : 'end'}`;
    const diameter = section.points?.at(at === 0 ? 0 : -1)?.[3] ?? section.diameter;
    const resistivity = written[place.section]?.resistivity;
    written[name] ??= {
      parent: place,
      // Shorter ones give larger rounding errors, longer ones larger capacitances.
      length: '1e-4 um',
      diameter: `${diameter} um`,
      divisions: 1,
      specificCapacitance: '1e-3 uF/cm**2',
      ...(resistivity === undefined ? {} : { resistivity }),
    };
    return { section: name, fraction: 0.5 };
  };
}
