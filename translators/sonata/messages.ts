/** All findings of the SONATA translator. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { joinWords, oneOf, shorten, suggestion, unlike } from '../../src/diagnostics/suggest.js';

const note = (code: string, message: string, hint?: string): Finding => ({
  code: `sonata/${code}`,
  severity: 'note',
  message,
  ...(hint === undefined ? {} : { hint }),
});

// --- Configs and files ----------------------------------------------------------------------------------------------
/** A value of another kind than the config needs. */
export const wrongValue = (what: string, expected: string, found: unknown): Finding => ({
  code: 'sonata/wrong-value',
  message: `${what} cannot be ${shorten(found)}`,
  expected,
  found: shorten(found),
});

/** Something that every config has. */
export const missingKey = (key: string, expected: string): Finding => ({
  code: 'sonata/missing-key',
  message: `the config has no ${key}`,
  expected,
});

/** A name that a part of a config, a table or a group does not have. */
export const unknownKey = (owner: string, key: string, known: readonly string[]): Finding => ({
  code: 'sonata/unknown-key',
  severity: 'warning',
  message: `${shorten(key)} is not read, since it is no name in ${owner}`,
  ...unlike(key, known),
});

/** A cycle of variables that contain each other. */
export const variableCycle = (names: readonly string[]): Finding => ({
  code: 'sonata/variable-cycle',
  message: `the variable ${names[0] ?? ''} contains itself`,
  found: names.join(' → '),
  hint: 'give one of them a path without variables',
});

/** A chain of variables that is too long. */
export const variableDepth = (most: number): Finding => ({
  code: 'sonata/too-many-variables',
  message: `more than ${most} variables of the manifest contain one another`,
  expected: `at most ${most}`,
  hint: 'write paths with fewer variables',
});

/** A text that is too long with the values of its variables. */
export const variableLength = (most: number): Finding => ({
  code: 'sonata/too-many-variables',
  message: `a text has more than ${most} characters with the values of its variables`,
  expected: `at most ${most} characters`,
  hint: 'write paths with fewer variables',
});

/** More files of nodes than a circuit can have. */
export const tooManyNodeFiles = (count: number, most: number): Finding => ({
  code: 'sonata/too-many-files',
  message: `the circuit has ${count} files of nodes`,
  expected: `at most ${most}`,
  hint: 'write several populations into one file',
});

/** Node sets that are nested too deeply. */
export const nodeSetDepth = (most: number): Finding => ({
  code: 'sonata/node-sets-too-deep',
  message: `more than ${most} node sets contain one another`,
  expected: `at most ${most}`,
  hint: 'name nodes or populations in the set itself',
});

/** A variable that the manifest lacks. */
export const unknownVariable = (name: string, known: readonly string[]): Finding => ({
  code: 'sonata/unknown-variable',
  message: `the manifest has no variable ${shorten(name)}`,
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

/** A construct that cannot be imported. */
export const unsupported = (what: string, hint?: string): Finding => ({
  code: 'sonata/unsupported',
  message: `${what} cannot be imported`,
  ...(hint === undefined ? {} : { hint }),
});

// --- Tables ---------------------------------------------------------------------------------------------------------
/** A CSV file without a column that it needs. */
export const missingColumn = (column: string, columns: readonly string[]): Finding => ({
  code: 'sonata/missing-column',
  message: `the table has no column ${column}`,
  expected: column,
  found: shorten(joinWords(columns, 'and'), 120),
});

/** A row of another length than the header. */
export const rowLength = (cells: number, columns: number): Finding => ({
  code: 'sonata/row-length',
  message: `the row has ${cells} cells, and the table ${columns} columns`,
  expected: `${columns} cells, separated by blanks`,
  found: String(cells),
  hint: 'write NULL for an empty cell',
});

/** Two rows with one id. */
export const typeTwice = (id: number): Finding => ({
  code: 'sonata/type-twice',
  message: `two types have the id ${id}`,
  expected: 'each id once',
  found: String(id),
  hint: 'give one of them another id, or leave it out',
});

/** A cell that holds no number. */
export const notANumber = (what: string, found: unknown, unit = '1'): Finding => ({
  code: 'sonata/not-a-number',
  message: `${what} is not a number`,
  expected: unit === '1' ? 'a number' : `a number, in ${unit}`,
  found: shorten(found),
});

/** A dataset that a population needs. */
export const missingDataset = (name: string, near: readonly string[] = []): Finding => ({
  code: 'sonata/missing-dataset',
  message: `there is no ${name}`,
  expected: name,
  ...(near.length === 0 ? {} : suggestion(name, near)),
});

/** A dataset of another type of elements. */
export const wrongType = (name: string, expected: string, found: string): Finding => ({
  code: 'sonata/wrong-type',
  message: `${name} has elements of type ${found}`,
  expected,
  found,
});

/** A number of a dataset that is infinite or no number. */
export const notFinite = (name: string, found: number): Finding => ({
  code: 'sonata/not-finite',
  message: `${name} is not a finite number`,
  expected: 'a finite number',
  found: String(found),
});

/** A dataset of another length. */
export const wrongLength = (name: string, expected: number, found: number): Finding => ({
  code: 'sonata/wrong-length',
  message: `${name} has ${found} rows`,
  expected: `${expected} rows`,
  found: String(found),
});

/** Rows that refer to a type that no table has. */
export const missingType = (what: string, id: number, rows: number, known: readonly number[]): Finding => ({
  code: 'sonata/missing-type',
  message: `no ${what} type has the id ${id}, which ${rows === 1 ? 'one row has' : `${rows} rows have`}`,
  expected: oneOf(String(id), known.map(String)),
  found: String(id),
});

/** Rows that refer to a node that its population lacks. */
export const danglingNode = (
  population: string,
  [lowest, highest]: readonly [number, number],
  id: number,
  rows: number,
): Finding => ({
  code: 'sonata/dangling-node',
  message: `${population} has no node ${id}${rows > 1 ? `, and ${rows} rows refer to nodes that it lacks` : ''}`,
  expected: `a node id of ${population}`,
  found: String(id),
  hint: `${population} has node ids from ${lowest} to ${highest}`,
});

/** An edge population, an input or a set that names a population that no file has. */
export const unknownPopulation = (name: string, known: readonly string[]): Finding => ({
  code: 'sonata/unknown-population',
  message: `no file has the population ${shorten(name)}`,
  ...unlike(name, known),
});

/** A row that refers to a group, or a row of a group, that is not there. */
export const missingGroup = (group: number, row?: number): Finding => ({
  code: 'sonata/missing-group',
  message: row === undefined ? `there is no group ${group}` : `group ${group} has no row ${row}`,
  found: row === undefined ? String(group) : String(row),
});

/** A node id that occurs twice. */
export const nodeTwice = (id: number): Finding => ({
  code: 'sonata/node-twice',
  message: `two nodes have the id ${id}`,
  expected: 'each id once',
  found: String(id),
});

// --- Cells and synapses ---------------------------------------------------------------------------------------------
/** A type of node that is not a point neuron. */
export const notAPoint = (type: string): Finding => ({
  code: 'sonata/not-a-point-neuron',
  message: `nodes of type ${shorten(type)} cannot be imported`,
  expected: 'point_neuron or virtual',
  found: shorten(type),
  hint: 'cells with morphologies can be imported from NeuroML',
});

/** A model template that is not in the table. */
export const unknownTemplate = (name: string, known: readonly string[]): Finding => ({
  code: 'sonata/unknown-template',
  message: name === '' ? 'the type has no model_template' : `there is no model template ${shorten(name)}`,
  ...unlike(name, known),
});

/** A parameter that the template lacks. */
export const unknownParameter = (name: string, template: string, known: readonly string[]): Finding => ({
  code: 'sonata/unknown-parameter',
  message: `${template} has no parameter ${shorten(name)}`,
  ...unlike(name, known),
});

/** A synapse model other than static ones. */
export const unknownSynapse = (name: string): Finding => ({
  code: 'sonata/unknown-synapse',
  message: `synapses of type ${shorten(name)} cannot be imported`,
  expected: 'static_synapse',
  found: shorten(name),
});

/** A receptor that the target lacks. */
export const unknownReceptor = (receptor: number, template: string, count: number): Finding => ({
  code: 'sonata/unknown-receptor',
  message: `${template} has no receptor type ${receptor}`,
  expected: `receptor_type from 1 to ${count}`,
  found: String(receptor),
});

/** A type of edges without weight. */
export const missingWeight = (id: number): Finding => ({
  code: 'sonata/missing-weight',
  message: `edges of type ${id} have no syn_weight`,
  expected: 'syn_weight in the group of the edge or in the table of edge types',
});

/** A function of Python that computes weights. */
export const unknownWeightFunction = (name: string, known: readonly string[]): Finding => ({
  code: 'sonata/unsupported',
  message: `the weight_function ${shorten(name)} is Python code, which is not run`,
  ...unlike(name, known),
  hint: suggestion(name, known).hint ?? 'store the weights in the file of edges',
});

/** Edges with weights by tuning, without the values that they need. */
export const missingTuning = (id: number): Finding => ({
  code: 'sonata/missing-tuning',
  message: `edges of type ${id} with gaussianLL lack tuning_angle of a node, or a weight_sigma above 0`,
  expected: 'tuning_angle in degrees of both nodes, and weight_sigma in degrees of the type',
});

/** Edges that end at sources of given spikes. */
export const virtualTarget = (population: string): Finding => ({
  code: 'sonata/virtual-target',
  message: `edges end at virtual nodes of ${population}`,
  hint: 'virtual nodes emit given spikes and receive none',
});

/** A delay below one time step. */
export const shortDelay = (delay: number, dt: number): Finding => ({
  code: 'sonata/short-delay',
  message: `the delay ${delay} ms is shorter than the time step`,
  expected: `at least ${dt} ms`,
  found: `${delay} ms`,
  hint: `give a delay of ${dt} ms or more, or a shorter time step`,
});

// --- Inputs and reports ---------------------------------------------------------------------------------------------
/** A node set that the file of node sets lacks. */
export const unknownSet = (name: string, known: readonly string[]): Finding => ({
  code: 'sonata/unknown-node-set',
  message: `there is no node set or population ${shorten(name)}`,
  ...unlike(name, known),
});

/** An attribute that no selected population has. */
export const unknownAttribute = (name: string): Finding => ({
  code: 'sonata/unknown-attribute',
  message: `no population has the attribute ${shorten(name)}, so the node set is empty`,
  severity: 'warning',
  found: shorten(name),
});

/** A file without spikes of a population. */
export const noSpikes = (population: string, known: readonly string[]): Finding => ({
  code: 'sonata/no-spikes',
  message: `the file has no spikes of ${shorten(population)}`,
  ...unlike(population, known),
});

/** A variable that cells cannot record. */
export const unknownVariableOf = (name: string, template: string, known: readonly string[]): Finding => ({
  code: 'sonata/unknown-recordable',
  message: `${template} has no variable ${shorten(name)} that can be recorded`,
  ...unlike(name, known),
});

// --- Notes ----------------------------------------------------------------------------------------------------------
/** Edges that stand for several synapses. */
export const countedSynapses = (population: string, edges: number): Finding =>
  note(
    'nsyns',
    `${edges === 1 ? 'one edge' : `${edges} edges`} of ${population} with nsyns other than 1: syn_weight × nsyns is the weight, as in BMTK`,
    'NEST uses syn_weight only',
  );

/** A population of nodes with several models. */
export const splitPopulation = (name: string, parts: readonly string[]): Finding =>
  note(
    'several-models',
    `nodes of ${name} have several models and become the populations ${joinWords(parts, 'and')}`,
    'SONATA results have the node ids of the files',
  );

/** Edges without delay. */
export const usualDelay = (population: string): Finding =>
  note('no-delay', `edges of ${population} without delay have NEST's default, 1 ms`);

/** Virtual nodes without spikes. */
export const silentSource = (population: string): Finding =>
  note('silent-source', `no input gives spikes to the virtual nodes of ${population}`, 'NEST refuses to run them');

/** Spikes at times between two steps. */
export const betweenSteps = (name: string, moved: number, count: number, dt: number): Finding =>
  note(
    'between-steps',
    `${moved} of ${count} spikes of ${name} are between two steps of ${dt} ms and act at the later one, as in BMTK and NEST`,
  );

/** Attributes without effect here. */
export const unreadAttributes = (names: readonly string[]): Finding =>
  note('unread-attributes', `${joinWords(names, 'and')} ${names.length === 1 ? 'is' : 'are'} not read`);

/** Parameters of single nodes, which few programs read. */
export const nodeParameters = (population: string, names: readonly string[]): Finding =>
  note(
    'node-parameters',
    `${joinWords(names, 'and')} of single nodes of ${population} override those of the type, as SONATA defines`,
    'BMTK 1.2 and NEST use the type only',
  );

/** A current that BMTK leaves out. */
export const earlyClamp = (name: string, dt: number): Finding =>
  note('early-clamp', `the current ${name} begins at once, and BMTK leaves out currents that begin by ${dt} ms`);

/** Other programs that read circuits. */
export type Reader = 'BMTK' | 'NEST' | 'libsonata';

const versions: Readonly<Record<Reader, string>> = { BMTK: '1.2', NEST: '3.10', libsonata: '0.2' };

/** A part of a circuit that another program refuses or takes otherwise. */
export const peer = (reader: Reader, does: string): Finding =>
  note('other-readers', `${reader} ${versions[reader]} ${does}`);
