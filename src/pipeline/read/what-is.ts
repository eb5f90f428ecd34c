/** What a file is, by its name and its beginning: the one answer for the command line, pages, folders and archives. */

import { platform } from '#platform';
import { firstBytes, hdf5Signature } from '../../../runtime/results/file-start.js';
import { readRefusal } from '../../diagnostics/system-error.js';
import { modelSuffixes, notationOfFile, titleOf, type Notation } from './notation.js';

/** Kinds of files. Results are of interneuron, recordings of any program. */
export type Kind =
  | 'script'
  | 'notebook'
  | 'model'
  | 'archive'
  | 'tarball'
  | 'expectations'
  | 'result'
  | 'recording'
  | 'sweep'
  | 'connections'
  | 'other';

/** Simulators with scripts that are read by executing them. */
export type ScriptSimulator = 'Brian 2' | 'PyNN' | 'NEURON';

/** What a file is. */
export interface What {
  readonly kind: Kind;
  /** Name of its kind in a sentence. */
  readonly title: string;
  /** Notation of a model; absent if only the suffix says that the file is one. */
  readonly notation?: Notation;
  /** Simulator of a script; absent: none that is read. */
  readonly simulator?: ScriptSimulator;
  /** Whether a script is not executed, because no network of its simulator is read. */
  readonly isRefused?: true;
  /** What people do with a file that is not read, or needs, as a sentence. */
  readonly advice?: string;
}

/** Number of bytes at the beginning of a file that show what it is. */
export const shownBytes = 1 << 16;

/** Texts at the beginning of a run's record and of a result, which hold models of their own. */
const ownResult = /^.{0,512}"interneuron(?:\/run|-neo-json)"/s;

/** Titles of a file whose kind is unknown, of one whose parts are read one by one, and of a table of a result. */
export const [unknownFile, hdf5File, timedTable] = ['a file of unknown kind', 'an HDF5 file', 'a table with times'];

const omv = 'a test of OMV';

/** Returns what a file is that no command reads. */
const other = (title: string, advice?: string): What => ({
  kind: 'other',
  title,
  ...(advice === undefined ? {} : { advice }),
});

/** Returns what a script is that is not executed. */
const unreadScript = (title: string, advice: string): What => ({ kind: 'script', title, isRefused: true, advice });

/** Kinds of files that their suffixes show. */
const bySuffix: readonly (readonly [RegExp, What])[] = [
  [/(?:^|[/.\\])expect\.(?:ya?ml|json)$/i, { kind: 'expectations', title: 'expectations about a run' }],
  [/\.omt$/i, { kind: 'expectations', title: omv }],
  [/\.mep$/i, other(`values of ${omv}`, 'name the test, a file .omt')],
  [/\.sedml$/i, { kind: 'model', title: 'an experiment in SED-ML' }],
  [
    /\.(?:pkl|pickle|p|joblib)$/i,
    other(
      'a pickle of Python, which may run any code when it is read',
      'write the data as NWB or NIX, such as with neo.io.NixIO',
    ),
  ],
  [/\.(?:svg|png|jpe?g|gif|pdf|eps)$/i, other('a figure')],
  [
    /\.(?:md|rst|html?|cff|bib|tex)$|(?:^|[/\\])(?:readme|licen[cs]e|copying|authors|changelog|citation|notice)[^/\\]*$/i,
    other('a text for readers'),
  ],
  [/\.(?:sh|bat|m|r|jl|c|cpp|h)$/i, other('a program')],
  [
    /\.mat$/i,
    other(
      'data of MATLAB',
      'write its spikes as a table with the columns time (ms) and id; only those that Neo wrote are compared',
    ),
  ],
  [
    /\.ode$/i,
    other(
      'a model of XPP, which interneuron does not read',
      'write its equations as a Brian-like specification, which interneuron new brian begins',
    ),
  ],
  [/\.ses$/i, other('a session of the windows of NEURON', 'open the hoc or Python script that builds the model')],
  [/\.(?:tgz|tar|tar\.(?:gz|bz2|xz))$/i, { kind: 'tarball', title: 'an archive of tar' }],
  [/\.(?:xlsx?|ods)$/i, other('a spreadsheet', 'save its table as CSV')],
  [
    /\.(?:graphml|gexf|gml)$/i,
    other(
      'a graph of NetworkX or Gephi',
      'write its edges as a table, such as with networkx.to_pandas_edgelist(graph).to_csv("edges.csv")',
    ),
  ],
  [
    /\.npy$/i,
    other(
      'one array of NumPy, without a name',
      'spikes are read as arrays with names: numpy.savez("spikes.npz", t=times, i=cells)',
    ),
  ],
  [/\.asc$/i, other('a shape of Neurolucida', 'convert it to SWC, such as with morph-tool convert CELL.asc CELL.swc')],
];

/** Scripts in Python by the modules that they import, the first that fits. */
const scripts: readonly (readonly [modules: string, What])[] = [
  ['neuron|netpyne|bmtk|LFPy|bluepyopt|hnn_core', scriptOf('NEURON', 'neuron-interneuron')],
  ['pyNN', scriptOf('PyNN', 'pynn-interneuron')],
  ['brian2', scriptOf('Brian 2', 'brian2-interneuron')],
  [
    'nest',
    unreadScript(
      'a script of PyNEST, which interneuron does not read',
      'write the model in PyNN or NESTML, or compare its results with a run: interneuron same RESULT OTHER',
    ),
  ],
  [
    'pygenn|arbor|moose|ANNarchy',
    unreadScript(
      'a script of a simulator that interneuron does not read',
      'write the model in PyNN or Brian 2, or compare its results with a run: interneuron same RESULT OTHER',
    ),
  ],
  [
    'snntorch|norse|sinabs|rockpool|spyx|spikingjelly|lava|nengo',
    unreadScript(
      'a script of a library for machine learning, which interneuron does not read',
      'write its network as NIR from the library, and open that file: interneuron NETWORK.nir',
    ),
  ],
];

function scriptOf(simulator: ScriptSimulator, distribution: string): What {
  return {
    kind: 'script',
    title: `a Python script of ${simulator}, which is read by executing it`,
    simulator,
    advice: `its commands need Python with the package ${distribution}`,
  };
}

/** Returns what a notebook is, by the imports in its cells. */
function notebook(start: string): What {
  const code = start.replace(/\\n/g, '\n').replace(/"/g, '\n');
  const { simulator, isRefused, title, advice } = pythonScript(code);
  if (isRefused && advice !== undefined)
    return { kind: 'notebook', title: title.replace('script', 'notebook'), isRefused, advice };
  return {
    kind: 'notebook',
    title: `a notebook${simulator === undefined ? '' : ` with code of ${simulator}`}`,
    advice: 'its cells are read as a script, which Jupyter writes',
  };
}

/** Returns what a script in Python is, by its imports. */
function pythonScript(start: string): What {
  const found = scripts.find(([modules]) =>
    new RegExp(String.raw`^[ \t]*(?:from|import)[ \t]+(?:[\w.]+[ \t]*,[ \t]*)*(?:${modules})\b`, 'm').test(start),
  );
  return (
    found?.[1] ?? {
      kind: 'script',
      title: 'a Python script that imports none of Brian 2, PyNN and NEURON',
      advice: 'interneuron run --execute reads a script that builds its network through modules of its own',
    }
  );
}

/**
 * Returns what a file is.
 *
 * @param start  its first bytes as Latin-1
 */
export function whatIs(path: string, start: string): What {
  const named = bySuffix.find(([suffix]) => suffix.test(path));
  if (named) return named[1];
  if (/\.py$/i.test(path)) return pythonScript(start);
  if (/\.ipynb$/i.test(path) || /^\s*\{.{0,4000}"nbformat"/s.test(start)) return notebook(start);
  if (/\.(?:hoc|oc)$/i.test(path))
    return {
      ...scriptOf('NEURON', 'neuron-interneuron'),
      title: 'a hoc script of NEURON, which is read by executing it',
    };
  if (ownResult.test(start)) return { kind: 'result', title: 'a result of interneuron' };
  if (start.startsWith('PK\x03\x04') && start.includes('indptr.npy'))
    return other(
      'a sparse matrix of SciPy',
      'write it as a table with the columns source, target and weight, such as by scipy.sparse.find(matrix)',
    );
  if (/^PK(?:\x03\x04|\x05\x06)/.test(start))
    return /^.{26,64}?\.npy/s.test(start)
      ? { kind: 'recording', title: 'arrays of NumPy' }
      : { kind: 'archive', title: 'an archive' };
  const [, exchange] = /^\s*(?:<\?[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:\w+:)?(sbml|model|pharmml)\b/s.exec(start) ?? [];
  if (exchange !== undefined)
    return other(
      `a model in ${exchange === 'sbml' ? 'SBML' : exchange === 'model' ? 'CellML' : 'PharmML'}, which interneuron does not read`,
      'convert it to NeuroML or LEMS, or write its equations as a Brian-like specification',
    );
  const notation = notationOfFile(path, start);
  if (notation !== undefined) return { kind: 'model', title: titleOf(notation), notation };
  if (hasSuffixOfModels(path)) return { kind: 'model', title: 'a document that names no notation' };
  return tableOf(path, start);
}

/** Checks whether a path ends as those of models only. Results are JSON, too. */
const hasSuffixOfModels = (path: string): boolean =>
  modelSuffixes().some((suffix) => suffix !== '.json' && path.toLowerCase().endsWith(suffix));

/** Names of columns with the ends of connections. */
const ends = [
  /^(?:pre|source|src|from|i|bodyid_pre)(?:_?(?:id|index|idx|gid|root_id|node_id|pt_root_id))?$/i,
  /^(?:post|target|tgt|to|j|bodyid_post)(?:_?(?:id|index|idx|gid|root_id|node_id|pt_root_id))?$/i,
];

/** Returns what a table or another file of data is. */
function tableOf(path: string, start: string): What {
  if (start.startsWith('PAR1')) return { kind: 'recording', title: 'a table in Parquet' };
  if (start.startsWith('\x1f\x8b')) return { kind: 'recording', title: 'a file packed by gzip' };
  if (start.includes('\0')) {
    const title = start.startsWith(hdf5Signature) ? hdf5File : unknownFile;
    return { kind: 'recording', title };
  }
  if (/^\s*\{\s*"runs"\s*:/.test(start)) return sweep;
  if (/^\s*[{[]/.test(start) && /\.json$/i.test(path) && !start.includes('"segments"')) return json(start);
  // NumPy writes names of columns as a comment, by which no column can be named.
  const [, comment = ''] = /^(?:#[^\n]*\n)*?#[ \t]*(\S[^\n]*)\n(?!#)/.exec(start) ?? [];
  const numbered = whatTableIs(path, comment.split(/[\s,;]+/), true);
  if (numbered?.kind === 'connections') return numbered;
  const header = /^(?:\s*#[^\n]*\n)*\s*([^\n]{0,10000})/.exec(start)?.[1] ?? '';
  if (/\.txt$/i.test(path) && /^[A-Za-z]\S*(?: [A-Za-z]\S*){3}/.test(header)) return other('a text for readers');
  const names = header.split(/[,;\t\r]/).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const title = /\.(?:csv|tsv|dat|txt|gdf|spikes)$/i.test(path) ? 'a table' : unknownFile;
  return whatTableIs(path, names) ?? { kind: 'recording', title };
}

/** Returns what a file in JSON is that is neither a model nor a result. */
const json = (start: string): What =>
  /"(?:netpyne_version|netParams|simConfig|popParams)"/.test(start)
    ? other('a network of NetPyNE', 'open the script that builds it, or its NeuroML by netpyne.sim.exportNeuroML2')
    : other(
        'a file in JSON of another program',
        'it is neither a model, which states its notation, nor a result with segments of Neo',
      );

const sweep: What = { kind: 'sweep', title: 'the table of a sweep of interneuron' };

/**
 * Returns what a table is by the names of its columns; undefined for tables of other kinds.
 *
 * @param byNumber  whether models name its columns by their numbers
 */
export function whatTableIs(path: string, names: readonly string[], byNumber = false): What | undefined {
  if (['seed', 'outcome', 'fingerprint'].every((name) => names.includes(name))) return sweep;
  if (names.some((name) => /^(?:node|edge)_type_id\b/.test(name)))
    return other('types of a circuit of SONATA', 'open its config, such as simulation_config.json');
  if (names.some((name) => /^(?:times?|t|timestamps?|step)(?![A-Za-z])/i.test(name)))
    return { kind: 'recording', title: timedTable };
  const [source, target] = ends.map((end) => names.find((name) => end.test(name)));
  if (source === undefined || target === undefined) return undefined;
  const [from, to] = [source, target].map((name) => (byNumber ? names.indexOf(name) : name));
  const connect = `connect: { from: ${platform.paths.basename(path)}, source: ${from}, target: ${to} }`;
  return {
    kind: 'connections',
    title: 'a table of connections',
    advice: `a model reads it by \`${connect}\` (docs/how-to/edge-tables.md)`,
  };
}

/** Returns what the file at a path is. @throws UsageError if it cannot be read */
export function whatIsFile(path: string): What {
  try {
    if (platform.files.status(path).kind === 'file') return whatIs(path, firstBytes(path, shownBytes));
  } catch (error) {
    throw readRefusal(error, path) ?? error;
  }
  return other('no file');
}
