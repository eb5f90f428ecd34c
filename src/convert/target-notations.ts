import type { Notation } from '../pipeline/read/notation.js';

/**
 * Notations that a model can be written in: canonical JSON, a Brian 2 script, the Brian-like specification, a PyNN
 * script, one for NEST with types in NESTML, PyNN-style JSON, LEMS, NeuroML; SWC, which only holds the shapes of
 * cells; graphs of NIR, and circuits of SONATA.
 */
export const targetNotations = [
  'canonical',
  'brian',
  'brian-json',
  'pynn',
  'pynn-nestml',
  'pynn-json',
  'lems',
  'neuroml',
  'swc',
  'nir',
  'sonata',
] as const;
/** Other names that `convert --to` takes. */
export const shortNotations: Readonly<Record<string, TargetNotation>> = { nml: 'neuroml' };
/** As `convert --to` names it. */
export type TargetNotation = (typeof targetNotations)[number];

/** Kinds of the files of a notation, and their suffixes; JSON is YAML too. */
const kinds = {
  script: { called: 'a Python script', suffixes: ['.py'] },
  json: { called: 'a JSON document', suffixes: ['.json', '.yaml', '.yml'] },
  xml: { called: 'an XML document', suffixes: ['.xml', '.nml'] },
  swc: { called: 'SWC files', suffixes: ['.swc'] },
  nir: { called: 'a graph of NIR', suffixes: ['.nir'] },
  circuit: { called: 'a folder', suffixes: [] },
  hdf5: { called: 'an HDF5 file', suffixes: ['.h5', '.hdf5'] },
} as const satisfies Readonly<Record<string, FileKind>>;

/** A kind of files. */
interface FileKind {
  readonly called: string;
  readonly suffixes: readonly string[];
}

/** The kind of a notation's files. */
export const fileKinds: Readonly<Record<TargetNotation, FileKind>> = {
  canonical: kinds.json,
  brian: kinds.script,
  'brian-json': kinds.json,
  pynn: kinds.script,
  'pynn-nestml': kinds.script,
  'pynn-json': kinds.json,
  lems: kinds.xml,
  neuroml: kinds.xml,
  swc: kinds.swc,
  nir: kinds.nir,
  sonata: kinds.circuit,
};

/** Checks whether a name is that of a network of NeuroML in HDF5. */
export const isNeuromlHdf5 = (path: string): boolean => /\.nml\.h5$/i.test(path);

/** The document in a folder that is a model. */
export const documentOfFolder = 'simulation_config.json';

/** Checks whether a notation's files are a folder of their own. */
export const isFolderNotation = (notation: TargetNotation): boolean => fileKinds[notation] === kinds.circuit;

/** Returns the kind of files with a suffix; undefined for any other suffix. */
export const kindOfSuffix = (suffix: string): FileKind | undefined =>
  Object.values(kinds).find(({ suffixes }) => suffixes.some((one) => one === suffix.toLowerCase()));

/** Returns the suffix of a document that has no name yet. */
export const usualSuffix = (notation: TargetNotation): string =>
  notation === 'neuroml' ? '.nml' : (fileKinds[notation].suffixes[0] ?? '');

/** Returns the notations that a suffix stands for: one, or several that `--to` chooses among. */
export const notationsOf = (suffix: string): readonly TargetNotation[] => {
  if (suffix === '.nml') return ['neuroml'];
  if (suffix === '.xml') return ['lems'];
  return targetNotations.filter((notation) => fileKinds[notation].suffixes.includes(suffix));
};

/** Notations that are read, by the names that `--from` takes. */
export const sourceNotations: Readonly<Record<string, Notation>> = {
  canonical: 'canonical',
  brian: 'brian',
  'brian-json': 'brian',
  pynn: 'pynn',
  'pynn-json': 'pynn',
  neuroml: 'neuroml',
  lems: 'neuroml',
  nml: 'neuroml',
  sonata: 'sonata',
  nir: 'nir',
  nmodl: 'nmodl',
  mod: 'nmodl',
  swc: 'swc',
};

/** Simulators that a conversion can be checked with. */
export const simulators = ['nest', 'neuron', 'brian2', 'jneuroml'] as const;
export type Simulator = (typeof simulators)[number];
