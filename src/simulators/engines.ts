/** Simulators as engines, a row for each: how it is started, and how its results are read. */

import { readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '../model/model.js';
import type { Simulator } from '../library/simulators/names.js';
import { isolatedPython } from '../platform/python.js';
import { outcomeOf } from '../platform/start-program.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import type { TargetNotation } from '../convert/target-notations.js';
import { columnsIn, type ToolColumns } from './columns.js';
import { lemsColumns, makeFolders } from './lems-results.js';
import type { Recorded } from './recorded-columns.js';
import { nodesOf, inOrderOfRecordings } from './sonata-results.js';

/** A document in a folder of its own, with what is needed to run it. */
export interface Job {
  readonly folder: string;
  /** Its main file, in the folder. */
  readonly file: string;
  /** Whether NESTML compiles types of it. */
  readonly isCompiled: boolean;
  /** The Python of the simulator. */
  readonly python: string;
  readonly threads: number;
  readonly ranks: number;
  /** Populations by the names of recordings of their spikes. */
  readonly spikes: ReadonlyMap<string, string>;
  readonly samples: Recorded['samples'];
  /** Reads the document as a model. */
  readonly read: () => Model;
}

/** How a program is started. */
export interface Start {
  readonly words: readonly string[];
  /** Whether a message on its standard output is a failure, in spite of its exit code. */
  readonly isFailure?: (output: string) => boolean;
  /** A file that lets it end its run and write what it has recorded. */
  readonly stopFile?: string;
}

/** A simulator as an engine. */
export interface SimulatorEngine {
  /** The notation that is written for it. */
  readonly writes: TargetNotation;
  /** Python packages to install. */
  readonly install: string;
  /** Whether it has several threads or ranks; a sentence if not. */
  readonly threads: true | string;
  readonly ranks: true | string;
  /** How random numbers of a document are drawn; absent: the document lists all draws. */
  readonly draws?: string;
  /** Whether recordings of cells that became several populations are one for each. */
  readonly recordsApart?: true;
  /** Steps by which its label of a spike follows the beginning of the spike's step. */
  readonly label: 0 | 1;
  readonly start: (job: Job) => Start;
  readonly results: (job: Job) => readonly ToolColumns[];
}

/** Runs a script, and writes the recordings of its network. */
export const scriptRunner = fileURLToPath(new URL('./python/run_columns.py', import.meta.url));

const script = ({ folder, file, python, threads, ranks }: Job, kind: string, ...words: readonly string[]): Start => {
  const counts = [String(threads), String(ranks)];
  // Without mpi4py's own start, a rank that fails leaves the others waiting for ever.
  const runner = [...(ranks > 1 ? ['-m', 'mpi4py'] : []), scriptRunner];
  return {
    words: [python, ...isolatedPython([...runner, kind, folder, ...counts, join(folder, file), ...words]).words],
    stopFile: join(folder, 'stop'),
  };
};

const scriptResults = ({ folder, ranks }: Job): readonly ToolColumns[] => columnsIn(folder, ranks);

/** Lists the populations that nodes of a circuit are. */
const nodesFile = 'nodes.json';

const onlyNest = 'only NEST and BMTK with NEST take --threads';
const oneProcess = (title: string): string => `${title} is one process`;

/** Engines by simulator. */
export const engines: Readonly<Record<Simulator, SimulatorEngine>> = {
  nest: {
    writes: 'pynn-nestml',
    install: 'nest-simulator PyNN',
    threads: true,
    ranks: true,
    draws: 'drawn by NEST',
    label: 1,
    start: (job) => script(job, 'pynn.nest', ...(job.isCompiled ? [] : ['nest'])),
    results: scriptResults,
  },
  neuron: {
    writes: 'pynn',
    install: 'neuron PyNN',
    threads: `${onlyNest}; NEURON takes --ranks`,
    ranks: true,
    draws: 'drawn by PyNN and NEURON',
    label: 1,
    start: (job) => script(job, 'pynn.neuron', 'neuron'),
    results: scriptResults,
  },
  brian2: {
    writes: 'brian',
    install: 'brian2',
    threads: onlyNest,
    ranks: oneProcess('Brian'),
    draws: 'drawn by Brian',
    recordsApart: true,
    label: 0,
    start: (job) => {
      // Compiling takes longer than the run itself, but the methods of the GNU Scientific Library need it.
      const target = /\bmethod="gsl/i.test(readFileSync(join(job.folder, job.file), 'utf8')) ? 'cython' : 'numpy';
      writeFileSync(join(job.folder, 'brian_preferences'), `codegen.target = '${target}'\n`);
      return script(job, 'brian');
    },
    results: scriptResults,
  },
  jneuroml: {
    writes: 'neuroml',
    install: 'pyneuroml',
    threads: onlyNest,
    ranks: oneProcess('jNeuroML'),
    draws: 'drawn by jNeuroML',
    label: 1,
    start: ({ folder, file, python, read }) => {
      makeFolders(folder, read());
      const words = ['java', '-Xmx1024M', '-cp', jar(python), 'org.neuroml.JNeuroML', file, '-nogui'];
      return { words, isFailure: (output) => /\(ERROR\)/.test(output) };
    },
    results: ({ folder, read, spikes }) => lemsColumns(folder, read(), spikes),
  },
  bmtk: {
    writes: 'sonata',
    install: 'bmtk with neuron or nest-simulator',
    threads: true,
    ranks: true,
    label: 1,
    start: (job) => {
      writeFileSync(join(job.folder, nodesFile), JSON.stringify(nodesOf(job.read())));
      return script(job, 'bmtk', nodesFile);
    },
    results: (job) => inOrderOfRecordings(columnsIn(job.folder), job.samples),
  },
};

/** Returns the path of jNeuroML, which comes with pyNeuroML. @throws UsageError if it is not there */
function jar(python: string): string {
  const code =
    'import importlib.util as u, pathlib\n' +
    "print(next(pathlib.Path(u.find_spec('pyneuroml').origin).parent.glob('lib/jNeuroML*.jar'), ''))";
  const { words, options } = isolatedPython(['-c', code]);
  const path = outcomeOf([python, ...words], options).stdout.trim();
  if (!isAbsolute(path)) throw new UsageError('the installed pyNeuroML has no jNeuroML', 'install pyneuroml again');
  return path;
}
