/** All findings of the SONATA translator. */

import type { Finding, Place } from '../../src/diagnostics/diagnostic.js';
import { finding } from '../../src/diagnostics/finding.js';
import { joinWords, oneOf, shorten, suggestion, unlike } from '../../src/diagnostics/suggest.js';

// --- Configs and files ----------------------------------------------------------------------------------------------
/** A value of another kind than the config needs. */
export const wrongValue = (what: string, expected: string, found: unknown) => finding`sonata/wrong-value:
  ${what} cannot be ${shorten(found)}
  expected: ${expected}
  found: ${shorten(found)}`;

/** Something that every config has. */
export const missingKey = (key: string, expected: string) => finding`sonata/missing-key: the config has no ${key}
  expected: ${expected}`;

/** A name that a part of a config, a table or a group does not have. */
export const unknownKey = (owner: string, key: string, known: readonly string[]): Finding => ({
  ...finding`warning sonata/unknown-key: ${shorten(key)} is not read, since it is no name in ${owner}`,
  ...unlike(key, known),
});

/** A key that libsonata reads and BMTK does not. */
export const othersKey = (key: string, does: string) => finding`warning sonata/others-key:
  ${key} is not read, as in BMTK 1.2: in programs with libsonata ${does}
  hint: leave it out where all programs are to give one result`;

/** A cycle of variables that contain each other. */
export const variableCycle = (names: readonly string[]) => finding`sonata/variable-cycle:
  the variable ${names[0] ?? ''} contains itself
  found: ${names.join(' → ')}
  hint: give one of them a path without variables`;

/** A chain of variables that is too long. */
export const variableDepth = (most: number) => finding`sonata/too-many-variables:
  more than ${most} variables of the manifest contain one another
  expected: at most ${most}
  hint: write paths with fewer variables`;

/** A text that is too long with the values of its variables. */
export const variableLength = (most: number) => finding`sonata/too-many-variables:
  a text has more than ${most} characters with the values of its variables
  expected: at most ${most} characters
  hint: write paths with fewer variables`;

/** More files of nodes than a circuit can have. */
export const tooManyNodeFiles = (count: number, most: number) => finding`sonata/too-many-files:
  the circuit has ${count} files of nodes
  expected: at most ${most}
  hint: write several populations into one file`;

/** Node sets that are nested too deeply. */
export const nodeSetDepth = (most: number) => finding`sonata/node-sets-too-deep:
  more than ${most} node sets contain one another
  expected: at most ${most}
  hint: name nodes or populations in the set itself`;

/** A variable that the manifest lacks. */
export const unknownVariable = (name: string, known: readonly string[]): Finding => ({
  ...finding`sonata/unknown-variable: the manifest has no variable ${shorten(name)}`,
  ...unlike(name, known),
});

/** A file that cannot be read. */
export const unreadableFile = (file: string, reason: string): Finding => ({
  code: 'sonata/unreadable-file',
  message: `${shorten(file, 120)} cannot be read: ${reason}`,
  found: shorten(file, 120),
  hint: reason.includes('outside')
    ? '--allow-path names a folder that may be read as well'
    : 'correct the name: paths start from the folder of the config, or from a variable of its manifest',
});

/** Paths of Windows. */
export const backslashes = () => finding`warning sonata/backslashes:
  paths have \\ between folders, which are read as /
  hint: write / in place of \\, since BMTK and libsonata find such files on Windows only`;

/** A construct that cannot be imported. */
export const unsupported = (what: string, hint?: string) => finding`sonata/unsupported: ${what} cannot be imported
  hint: ${hint === undefined ? undefined : hint}`;

/** A report that changes nothing in the run. */
export const reportLeftOut = (name: string, module: string) => finding`warning sonata/report-left-out:
  the report ${shorten(name)} of the module ${shorten(module)} is left out
  expected: membrane_report, multimeter_report, multimeter or spikes_report
  found: ${shorten(module)}`;

// --- Tables ---------------------------------------------------------------------------------------------------------
/** A CSV file without a column that it needs. */
export const missingColumn = (column: string, columns: readonly string[]) => finding`sonata/missing-column:
  the table has no column ${column}
  expected: ${column}
  found: ${shorten(joinWords(columns, 'and'), 120)}`;

/** A row of another length than the header. */
export const rowLength = (cells: number, columns: number) => finding`sonata/row-length:
  the row has ${cells} cells, and the table ${columns} columns
  expected: ${columns} cells, separated by blanks
  found: ${String(cells)}
  hint: write NULL for an empty cell`;

/** Two rows with one id. */
export const typeTwice = (id: number) => finding`sonata/type-twice: two types have the id ${id}
  expected: each id once
  found: ${String(id)}
  hint: give one of them another id, or leave it out`;

/** A cell that holds no number. */
export const notANumber = (what: string, found: unknown, unit = '1') => finding`sonata/not-a-number:
  ${what} is not a number
  expected: ${unit === '1' ? 'a number' : `a number, in ${unit}`}
  found: ${shorten(found)}`;

/** A dataset that a population needs. */
export const missingDataset = (name: string, near: readonly string[] = []): Finding => ({
  ...finding`sonata/missing-dataset: there is no ${name}
    expected: ${name}`,
  ...(near.length === 0 ? {} : suggestion(name, near)),
});

/** A dataset of another type of elements. */
export const wrongType = (name: string, expected: string, found: string) => finding`sonata/wrong-type:
  ${name} has elements of type ${found}
  expected: ${expected}
  found: ${found}`;

/** A number of a dataset that is infinite or no number. */
export const notFinite = (name: string, found: number) => finding`sonata/not-finite: ${name} is not a finite number
  expected: a finite number
  found: ${String(found)}`;

/** A dataset of another length. */
export const wrongLength = (name: string, expected: number, found: number) => finding`sonata/wrong-length:
  ${name} has ${found} rows
  expected: ${expected} rows
  found: ${String(found)}`;

/** What is not known if a table of types could not be read. */
export const typeTables = 'type tables';

/** Rows that refer to a type that no table has. */
export const missingType = (
  what: string,
  id: number,
  rows: number,
  types: { readonly rows: ReadonlyMap<number, unknown>; readonly place: Place } | null,
): Finding => ({
  ...finding`sonata/missing-type:
    no ${what} type has the id ${id}, which ${rows === 1 ? 'one row has' : `${rows} rows have`}
    expected: ${oneOf(String(id), [...(types?.rows.keys() ?? [])].map(String))}
    found: ${String(id)}`,
  needs: [types?.place.document ?? typeTables],
});

/** Rows that refer to a node that its population lacks. */
export const danglingNode = (
  population: string,
  [lowest, highest]: readonly [number, number],
  id: number,
  rows: number,
) => finding`sonata/dangling-node:
  ${population} has no node ${id}${rows > 1 ? `, and ${rows} rows refer to nodes that it lacks` : ''}
  expected: a node id of ${population}
  found: ${String(id)}
  hint: ${population} has node ids from ${lowest} to ${highest}`;

/** An edge population, an input or a set that names a population that no file has. */
export const unknownPopulation = (name: string, known: readonly string[]): Finding => ({
  ...finding`sonata/unknown-population: no file has the population ${shorten(name)}`,
  ...unlike(name, known),
});

/** A row that refers to a group, or a row of a group, that is not there. */
export const missingGroup = (group: number, row?: number) => finding`sonata/missing-group:
  ${row === undefined ? `there is no group ${group}` : `group ${group} has no row ${row}`}
  found: ${row === undefined ? String(group) : String(row)}`;

/** A node id that occurs twice. */
export const nodeTwice = (id: number) => finding`sonata/node-twice: two nodes have the id ${id}
  expected: each id once
  found: ${String(id)}`;

// --- Cells and synapses ---------------------------------------------------------------------------------------------
/** A type of node that is neither a point neuron nor a cell with a shape. */
export const notACell = (type: string) => finding`sonata/not-a-cell:
  nodes of type ${shorten(type)} cannot be imported
  expected: point_neuron, biophysical or virtual
  found: ${shorten(type)}`;

/** Cells that a program of NEURON builds. */
export const hocTemplate = (name: string) => finding`sonata/hoc-template:
  the template ${shorten(name)} is a program in hoc, which is not run
  expected: ctdb:Biophys1.hoc or nml: and a file
  found: ${shorten(name)}
  hint: \`interneuron neuron\` reads the cells that NEURON builds when a script runs the circuit in BMTK`;

/** A part of a cell with a shape that its type does not state. */
export const missingInType = (id: number, what: string) => finding`sonata/missing-in-type:
  biophysical nodes of type ${id} have no ${what}
  expected: ${what}`;

/** A text in place of a point of a shape. */
export const notAPointOfShape = (found: string) => finding`sonata/morphology: the line is no point of a shape in SWC
  expected: seven numbers: id, type, x, y, z, a radius above 0, and the id of the parent or -1
  found: ${shorten(found)}`;

/** Two points of a shape with one id. */
export const pointTwice = (id: number) => finding`sonata/morphology: two points have the id ${id}
  expected: each id once
  found: ${String(id)}`;

/** A point of a shape without parent, after the first. */
export const secondTree = (line: number) => finding`sonata/morphology:
  the point has no parent, but the shape begins in line ${line}
  expected: one point with the parent -1`;

/** A parent that is missing or comes later. */
export const parentOfPoint = (id: number, parent: number) => finding`sonata/morphology:
  the parent ${parent} of the point ${id} is no earlier point
  expected: the id of a point, below ${id}
  found: ${String(parent)}`;

/** A file without points. */
export const noPointsOfShape = () => finding`sonata/morphology: the file has no points
  expected: a shape in SWC`;

/** A shape without the sections that a cell needs. */
export const missingSections = (kind: string, reason: string) => finding`sonata/morphology:
  the shape has no ${kind}, ${reason}
  expected: points of type ${kind === 'soma' ? 1 : 2}`;

/** Sections that grow from the axon, which is replaced. */
export const growsFromAxon = (section: string) => finding`sonata/morphology:
  ${section} grows from the axon, which is replaced by two cylinders
  hint: let it grow from the soma, or leave out model_processing`;

/** A value that a file of parameters lacks. */
export const missingInFit = (what: string) => finding`sonata/missing-in-fit: the file of parameters has no ${what}
  expected: ${what}`;

/** A kind of sections that no cell has. */
export const unknownSection = (name: string, known: readonly string[]): Finding => ({
  ...finding`sonata/unknown-section:
    ${name === '' ? 'no section is named' : `cells have no sections ${shorten(name)}`}`,
  ...unlike(name, known),
});

/** A value of a membrane that is no parameter of a mechanism there. */
export const unknownMembraneValue = (
  name: string,
  mechanisms: readonly string[],
) => finding`sonata/unknown-membrane-value: ${shorten(name)}
    is the value of no mechanism of its sections
  expected: cm, Ra, or a parameter followed by _ and a mechanism: ${joinWords(mechanisms, 'or')}
  found: ${shorten(name)}`;

/** A mechanism without a file. */
export const missingMechanism = (name: string, file: string) => finding`sonata/missing-mechanism:
  the mechanism ${shorten(name)} has no file ${shorten(file, 120)} that may be read
  expected: ${name}.mod in modfiles below mechanisms_dir, or in mechanisms_dir
  hint: a file is named after its mechanism, and --allow-path names a folder that may be read as well`;

/** A file with another mechanism than its name states. */
export const otherMechanism = (file: string, expected: string, found: string) => finding`sonata/other-mechanism:
  ${shorten(file, 120)} defines ${shorten(found)}
  expected: ${expected}
  found: ${shorten(found)}
  hint: name the file after its mechanism`;

/** A section that edges name, and their target lacks. */
export const noSuchSection = (population: string, id: number, count: number) => finding`sonata/no-such-section:
  cells of ${population} have no section ${id}
  expected: afferent_section_id from 0 to ${count - 1}
  found: ${String(id)}`;

/** A section that an input or a report names, and its target lacks. */
export const noSuchNamedSection = (section: string, known: readonly string[]): Finding => ({
  ...finding`sonata/no-such-section: the cells have no section ${shorten(section)}`,
  ...unlike(section, known),
});

/** A place outside of a section. */
export const outsideSection = (found: unknown) => finding`sonata/outside-section:
  ${shorten(found)} is no place along a section
  expected: a number from 0 to 1
  found: ${shorten(found)}`;

/** Edges to cells with a shape without the places of their synapses. */
export const missingPlaces = (population: string) => finding`sonata/missing-places:
  edges onto the shapes of ${population} have no places
  expected: afferent_section_id and afferent_section_pos, or nsyns
  hint: with nsyns, places are drawn from target_sections and distance_range as in BMTK`;

/** A part of a synapse on a cell with a shape that its type of edges does not state. */
export const missingInEdges = (id: number, what: string) => finding`sonata/missing-in-edges:
  edges of type ${id} have no ${what}
  expected: ${what}`;

/** A model of synapses on cells with a shape that is not in the table. */
export const unknownPlacedSynapse = (name: string, known: readonly string[]): Finding => ({
  ...finding`sonata/unknown-synapse: synapses of type ${shorten(name)} on cells with a shape cannot be imported`,
  ...unlike(name, known),
});

/** A model template that is not in the table. */
export const unknownTemplate = (name: string, known: readonly string[]): Finding => ({
  ...finding`sonata/unknown-template:
    ${name === '' ? 'the type has no model_template' : `there is no model template ${shorten(name)}`}`,
  ...unlike(name, known),
});

/** A parameter that the template lacks. */
export const unknownParameter = (name: string, template: string, known: readonly string[]): Finding => ({
  ...finding`sonata/unknown-parameter: ${template} has no parameter ${shorten(name)}`,
  ...unlike(name, known),
});

/** A synapse model other than static ones. */
export const unknownSynapse = (name: string) => finding`sonata/unknown-synapse:
  synapses of type ${shorten(name)} cannot be imported
  expected: static_synapse
  found: ${shorten(name)}`;

/** A receptor that the target lacks. */
export const unknownReceptor = (receptor: number, template: string, count: number) => finding`sonata/unknown-receptor:
  ${template} has no receptor type ${receptor}
  expected: receptor_type from 1 to ${count}
  found: ${String(receptor)}`;

/** A type of edges without weight. */
export const missingWeight = (id: number) => finding`sonata/missing-weight: edges of type ${id} have no syn_weight
  expected: syn_weight in the group of the edge or in the table of edge types`;

/** A function of Python that computes weights. */
export const unknownWeightFunction = (name: string, known: readonly string[]): Finding => ({
  code: 'sonata/unsupported',
  message: `the weight_function ${shorten(name)} is Python code, which is not run`,
  ...unlike(name, known),
  hint: suggestion(name, known).hint ?? 'store the weights in the file of edges',
});

/** Edges with weights by tuning, without the values that they need. */
export const missingTuning = (id: number) => finding`sonata/missing-tuning:
  edges of type ${id} with gaussianLL lack tuning_angle of a node, or a weight_sigma above 0
  expected: tuning_angle in degrees of both nodes, and weight_sigma in degrees of the type`;

/** Edges that end at sources of given spikes. */
export const virtualTarget = (population: string) => finding`sonata/virtual-target:
  edges end at virtual nodes of ${population}
  hint: virtual nodes emit given spikes and receive none`;

/** A delay below one time step. */
export const shortDelay = (delay: number, dt: number) => finding`sonata/short-delay:
  the delay ${delay} ms is shorter than the time step
  expected: at least ${dt} ms
  found: ${delay} ms
  hint: give a delay of ${dt} ms or more, or a shorter time step`;

// --- Inputs and reports ---------------------------------------------------------------------------------------------
/** A node set that the file of node sets lacks. */
export const unknownSet = (name: string, known: readonly string[], file: string): Finding => ({
  ...finding`sonata/unknown-node-set: there is no node set or population ${shorten(name)}`,
  ...unlike(name, known),
  needs: [name, file],
});

/** What an error in one of them keeps from being known: their attributes. */
export const nodePopulations = 'node populations';

/** An attribute that no selected population has. */
export const unknownAttribute = (name: string): Finding => ({
  ...finding`warning sonata/unknown-attribute:
    no population has the attribute ${shorten(name)}, so the node set is empty
    found: ${shorten(name)}`,
  needs: [nodePopulations],
});

/** A file without spikes of a population. */
export const noSpikes = (population: string, known: readonly string[]): Finding => ({
  ...finding`sonata/no-spikes: the file has no spikes of ${shorten(population)}`,
  ...unlike(population, known),
});

/** A variable that cells cannot record. */
export const unknownVariableOf = (name: string, template: string, known: readonly string[]): Finding => ({
  ...finding`sonata/unknown-recordable: ${template} has no variable ${shorten(name)} that can be recorded`,
  ...unlike(name, known),
});

// --- Notes ----------------------------------------------------------------------------------------------------------
/** Edges that stand for several synapses. */
export const countedSynapses = (population: string, edges: number): Finding => ({
  code: 'sonata/nsyns',
  severity: 'note',
  message: `${edges === 1 ? 'one edge' : `${edges} edges`} of ${population} with nsyns other than 1: syn_weight × nsyns is the weight, as in BMTK`,
  hint: 'NEST uses syn_weight only',
});

/** A population of nodes with several models. */
export const splitPopulation = (name: string, parts: readonly string[]): Finding => ({
  code: 'sonata/several-models',
  severity: 'note',
  message: `nodes of ${name} have several models and become the populations ${joinWords(parts, 'and')}`,
  hint: 'SONATA results have the node ids of the files',
});

/** Edges without delay. */
export const usualDelay = (population: string): Finding => ({
  code: 'sonata/no-delay',
  severity: 'note',
  message: `edges of ${population} without delay have NEST's default, 1 ms`,
});

/** Virtual nodes without spikes. */
export const silentSource = (population: string): Finding => ({
  code: 'sonata/silent-source',
  severity: 'note',
  message: `no input gives spikes to the virtual nodes of ${population}`,
  hint: 'NEST refuses to run them',
});

/** Spikes at times between two steps. */
export const betweenSteps = (name: string, moved: number, count: number, dt: number, toNearest: boolean): Finding => ({
  code: 'sonata/between-steps',
  severity: 'note',
  message:
    `${moved} of ${count} spikes of ${name} are between two steps of ${dt} ms and act at the ` +
    (toNearest ? 'nearest one, as in BMTK and NEURON' : 'later one, as in BMTK and NEST'),
});

/** Synapses at places that are drawn. */
export const drawnPlaces = (edges: string, population: string, count: number): Finding => ({
  code: 'sonata/drawn-places',
  severity: 'note',
  message: `${count} synapses of ${edges} are at places on ${population} that are drawn as in BMTK, with generators seeded by its nodes`,
});

/** A type of edges whose places are on no compartment. */
export const nowhere = (id: number) => finding`warning sonata/nowhere:
  edges of type ${id} make no synapses: no compartment has these target_sections and this distance_range`;

/** Attributes without effect here. */
export const unreadAttributes = (names: readonly string[]): Finding => ({
  code: 'sonata/unread-attributes',
  severity: 'note',
  message: `${joinWords(names, 'and')} ${names.length === 1 ? 'is' : 'are'} not read`,
});

/** A value that BMTK leaves out. */
export const globalValue = (name: string): Finding => ({
  code: 'sonata/global-value',
  severity: 'note',
  message: `${shorten(name)} of the section glob is left out, as BMTK leaves it out`,
});

/** Parameters of single nodes, which few programs read. */
export const nodeParameters = (population: string, names: readonly string[]): Finding => ({
  code: 'sonata/node-parameters',
  severity: 'note',
  message: `${joinWords(names, 'and')} of single nodes of ${population} override those of the type, as SONATA defines`,
  hint: 'BMTK 1.2 and NEST use the type only',
});

/** A current that BMTK leaves out. */
export const earlyClamp = (name: string, dt: number): Finding => ({
  code: 'sonata/early-clamp',
  severity: 'note',
  message: `the current ${name} begins at once, and BMTK leaves out currents that begin by ${dt} ms`,
});

/** Other programs that read circuits. */
export type Reader = 'BMTK' | 'NEST' | 'libsonata';

const versions: Readonly<Record<Reader, string>> = { BMTK: '1.2', NEST: '3.10', libsonata: '0.2' };

/** A part of a circuit that another program refuses or takes otherwise. */
export const peer = (reader: Reader, does: string): Finding => ({
  code: 'sonata/other-readers',
  severity: 'note',
  message: `${reader} ${versions[reader]} ${does}`,
});
