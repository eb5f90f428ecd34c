/** Notations that a model can be written in. */

/** A kind of files. */
interface FileKind {
  readonly called: string;
  readonly suffixes: readonly string[];
}

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

/** A notation that models are written in. */
interface Target {
  /** Name in sentences. */
  readonly title: string;
  readonly files: FileKind;
  /** First part of the codes of its findings, as in `lems/not-expressible`. */
  readonly subject: string;
  /** The original model of a written document: in the document, in a file next to it, or not stored. */
  readonly origin: 'inside' | 'beside' | 'none';
  /** The document that corresponds to a script. Scripts are only read by Python. */
  readonly document?: 'brian-json' | 'pynn-json';
}

const xml = { files: kinds.xml, subject: 'lems', origin: 'inside' } as const;

/** Each notation by its name in `convert --to`. SWC holds only the shapes of cells. */
export const targets = {
  canonical: { title: 'the canonical form', files: kinds.json, subject: 'canonical', origin: 'none' },
  brian: { title: 'Brian', files: kinds.script, subject: 'brian', origin: 'beside', document: 'brian-json' },
  'brian-json': { title: 'the Brian-like specification', files: kinds.json, subject: 'brian', origin: 'inside' },
  pynn: { title: 'PyNN', files: kinds.script, subject: 'pynn', origin: 'beside', document: 'pynn-json' },
  'pynn-nestml': {
    title: 'PyNN with NESTML',
    files: kinds.script,
    subject: 'pynn',
    origin: 'beside',
    document: 'pynn-json',
  },
  'pynn-json': { title: 'PyNN', files: kinds.json, subject: 'pynn', origin: 'inside' },
  lems: { title: 'LEMS', ...xml },
  neuroml: { title: 'NeuroML', ...xml },
  swc: { title: 'SWC', files: kinds.swc, subject: 'swc', origin: 'none' },
  nir: { title: 'NIR', files: kinds.nir, subject: 'nir', origin: 'none' },
  sonata: { title: 'SONATA', files: kinds.circuit, subject: 'sonata', origin: 'beside' },
} as const satisfies Readonly<Record<string, Target>>;

/** As `convert --to` names it. */
export type TargetNotation = keyof typeof targets;
export const targetNotations = Object.keys(targets) as TargetNotation[];
/** Other names that `convert --to` takes. */
export const shortNotations: Readonly<Record<string, TargetNotation>> = { nml: 'neuroml' };

/** Returns the facts about a notation. */
export const targetOf = (to: TargetNotation): Target => targets[to];

/** Checks whether a name is that of a network of NeuroML in HDF5. */
export const isNeuromlHdf5 = (path: string): boolean => /\.nml\.h5$/i.test(path);

/** The document in a folder that is a model. */
export const documentOfFolder = 'simulation_config.json';

/** Checks whether a notation's files are a folder of their own. */
export const isFolderNotation = (notation: TargetNotation): boolean => targets[notation].files === kinds.circuit;

/** Returns the kind of files with a suffix; undefined for any other suffix. */
export const kindOfSuffix = (suffix: string): FileKind | undefined =>
  Object.values(kinds).find(({ suffixes }) => suffixes.some((one) => one === suffix.toLowerCase()));

/** Checks whether a notation keeps the setup of a script with its simulator, or holds nothing that runs. */
export const keepsSetup = (to: TargetNotation): boolean => ['canonical', 'pynn-json', 'swc'].includes(to);

/** Returns the notation of the document that corresponds to a script; of other notations the notation itself. */
export const documentNotation = (to: TargetNotation): TargetNotation => targetOf(to).document ?? to;

/** Returns the name of a document that has none yet. */
export const usualName = (to: TargetNotation): string =>
  isFolderNotation(to) ? documentOfFolder : `model${usualSuffix(to)}`;

/** Returns the name of a document in one file: LEMS holds a simulation, which NeuroML includes its network in. */
export const wholeName = (to: TargetNotation): string => usualName(to === 'neuroml' ? 'lems' : to);

/** Returns the suffix of a document that has no name yet. */
export const usualSuffix = (to: TargetNotation): string =>
  to === 'neuroml' ? '.nml' : (targetOf(to).files.suffixes[0] ?? '');

/** Returns the notations that a suffix stands for: one, or several that `--to` chooses among. */
export const notationsOf = (suffix: string): readonly TargetNotation[] => {
  if (suffix === '.nml') return ['neuroml'];
  if (suffix === '.xml') return ['lems'];
  return targetNotations.filter((to) => targetOf(to).files.suffixes.includes(suffix));
};

/** Simulators that a conversion can be checked with. */
export const simulators = ['nest', 'neuron', 'brian2', 'jneuroml'] as const;
export type Simulator = (typeof simulators)[number];
