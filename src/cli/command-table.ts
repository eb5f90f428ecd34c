/** The commands and their options, as a table for help, completion and the parser. */

import { strategyNames } from '../codegen/schedule/strategies.js';
import { diagnosticCodes } from '../pipeline/message-pages.js';
import { pictureKinds } from '../present/picture-kinds.js';
import { testFormats, validationFormats } from './validation-formats.js';
import { timingProfiles } from '../pipeline/option-values.js';
import { levels } from './finding-levels.js';
import { runSchedulers, schedulers } from '../sweep/scripts.js';
import { shortNotations, targetNotations, targetOf } from '../convert/target-notations.js';
import { simulatorNames } from '../library/simulators/names.js';
import { engineNames } from '../simulators/engines.js';
import { factsOf, notationNames, notationsByName } from '../pipeline/read/notation.js';

interface OptionDefinition {
  readonly type: 'string' | 'boolean';
  readonly describe: string;
  readonly alias?: string;
  readonly repeated?: true;
  readonly choices?: readonly string[];
  /** Name of the value in the help text. */
  readonly value?: string;
}

/** The positional arguments of a command. */
export interface CommandFiles {
  readonly name: string;
  readonly many: boolean;
  readonly describe: string;
  readonly optional?: true;
  /** Completions, if the arguments are not files. */
  readonly words?: () => readonly string[];
}

/** A command: its arguments and its help text. */
export interface CommandDefinition {
  readonly describe: string;
  /** The command that help lists in place of this one. */
  readonly olderNameOf?: string;
  /** The files it takes. */
  readonly files: CommandFiles | null;
  readonly options: Readonly<Record<string, OptionDefinition>>;
  readonly required?: readonly string[];
  readonly examples: readonly (readonly [string, string])[];
}

const common = {
  json: { type: 'boolean', describe: 'print one JSON object instead of text' },
  quiet: { type: 'boolean', alias: 'q', describe: 'print nothing but errors' },
} as const satisfies Record<string, OptionDefinition>;

/** Scripts are executed only if the user says so: `execute-script.ts`. */
const execute = {
  type: 'boolean',
  describe: 'execute a script of Brian 2 or PyNN, which must be your own, with Python',
} as const satisfies OptionDefinition;

/** Options for reading a model. */
const read = {
  from: {
    type: 'string',
    choices: [...notationsByName.keys()],
    describe: 'notation of the model [what it states]',
  },
  set: {
    type: 'string',
    repeated: true,
    value: 'name=value',
    describe: "set a parameter of the model ('g=4 nS'); may be repeated",
  },
  'allow-path': {
    type: 'string',
    repeated: true,
    value: 'dir',
    describe: 'another folder from which a NeuroML model may include files; may be repeated',
  },
  with: { type: 'string', value: 'file', describe: 'YAML file with mechanisms for the groups of a cell in SWC' },
  'captured-from': {
    type: 'string',
    value: 'script',
    describe: 'the script whose network the file holds: findings show its lines',
  },
  'no-origin': {
    type: 'boolean',
    describe: 'read what a converted document says, not the model that it carries',
  },
} as const satisfies Record<string, OptionDefinition>;

const input = {
  type: 'string',
  repeated: true,
  value: 'pop=file',
  describe: 'spikes for a population that replays them, or a signal for an Input of NIR; may be repeated',
} as const satisfies OptionDefinition;

const oneModel = {
  name: 'model',
  many: false,
  describe: 'a model in any supported notation, or a result or bundle that holds one; - is the standard input',
} as const;

const noEnvironment = {
  type: 'boolean',
  describe: 'leave the path of the model, the command and the machine out of the results',
} as const;

/** Options of runs in another simulator. */
const elsewhere = {
  on: {
    type: 'string',
    choices: engineNames,
    describe: 'another simulator that runs the model: it is converted, run, and its result written as ours',
  },
  env: {
    type: 'string',
    value: 'dir',
    describe: 'for --on: Python environment of the simulator [the Python on the PATH]',
  },
  partial: { type: 'boolean', describe: 'for --on: run the model even if parts must be left out' },
  freeze: {
    type: 'boolean',
    describe: 'for --on: list every random draw, so that spikes are those of our engines',
  },
} as const satisfies Record<string, OptionDefinition>;

const force = {
  type: 'boolean',
  describe: 'replace files that interneuron did not write',
} as const satisfies OptionDefinition;

/** Engines by name; `auto` takes the fastest that is at hand. */
export const targetNames = ['auto', 'wasm', 'c', 'mpi', 'opencl', 'cuda', 'reference', 'null'] as const;

/** Targets that source code can be generated for. */
const codegenTargets = ['c', 'mpi', 'opencl', 'cuda', 'wasm', 'ir'] as const;

const device = {
  type: 'string',
  value: 'n|name',
  describe: 'device to use: its number in `interneuron targets`, or part of its name',
} as const satisfies OptionDefinition;

const strategy = {
  type: 'string',
  choices: ['auto', ...strategyNames],
  describe: 'how devices distribute spikes over work-items; the result does not depend on it [auto]',
} as const satisfies OptionDefinition;

const duration = {
  type: 'string',
  value: 'time',
  describe: "duration of the run ('1 s'); replaces the protocol of the model",
} as const satisfies OptionDefinition;

const dt = { type: 'string', value: 'time', describe: "time step ('0.1 ms')" } as const satisfies OptionDefinition;

const precision = {
  type: 'string',
  choices: ['float64', 'float32'],
  describe: 'floating-point type of the state [float64]',
} as const satisfies OptionDefinition;

const timing = {
  type: 'string',
  choices: timingProfiles,
  describe: 'order of operations within a step [that of the notation]',
} as const satisfies OptionDefinition;

const limit = {
  type: 'string',
  value: 'time',
  describe: "time for deciding whether two models are the same ('30 s'), on a usual processor [10 s]",
} as const satisfies OptionDefinition;

/** Options for the duration and the steps of a run. */
const timed = { duration, dt, timing } as const;

const seed = {
  type: 'string',
  value: 'n',
  describe: 'seed for all random numbers',
} as const satisfies OptionDefinition;

const threads = {
  type: 'string',
  value: 'n',
  describe: 'number of worker threads; the result does not depend on it',
} as const satisfies OptionDefinition;

/** Formats of the tables of `describe`. */
export const descriptionFormats = [
  'text',
  'markdown',
  'latex',
  'html',
  ...targetNotations.filter((to) => targetOf(to).describes),
] as const;

/** Notations with a model to start from. */
export const starterNames = notationNames.filter((notation) => factsOf(notation).starter !== undefined);

/** Notations and reports with a JSON Schema. */
export const schemaNames = [
  ...notationNames.filter((notation) => factsOf(notation).schema !== undefined),
  'comparison',
  'expectations',
] as const;

/** Grades of agreement that `compare` can require, from the closest on. */
export const gradeNames = ['identical', 'same-spikes', 'within', 'statistics', 'not-shown-to-differ'] as const;

/** Options for comparing results. */
const compared = {
  within: { type: 'string', value: 'time', describe: 'spikes no further apart are the same [0.1 ms]' },
  'at-least': {
    type: 'string',
    choices: gradeNames,
    describe: 'agreement that is needed for exit code 0 [statistics]',
  },
  margin: {
    type: 'string',
    repeated: true,
    value: 'name=size',
    describe: 'largest difference that counts as the same (rate=10%, cv=0.1, trace=1%); may be repeated',
  },
  cells: {
    type: 'string',
    value: 'id|order|file',
    describe: 'match cells by identifier (id+1: shifted), in order, or by a list of pairs [id]',
  },
  times: { type: 'string', value: 'unit', describe: 'unit of times in files that state none' },
  from: { type: 'string', value: 'time', describe: 'leave out what is before this time' },
  to: { type: 'string', value: 'time', describe: 'leave out what is after this time' },
  only: {
    type: 'string',
    repeated: true,
    value: 'name',
    describe: 'compare only this population or variable, spikes or samples; may be repeated',
  },
  ignore: { type: 'string', repeated: true, value: 'name', describe: 'leave this out, named as in --only' },
  unpaired: { type: 'boolean', describe: 'cells with one identifier are other cells, drawn anew' },
  why: { type: 'boolean', describe: 'run the model again under conventions of other simulators, to find the cause' },
  details: { type: 'boolean', describe: 'also list files and all quantities' },
} as const satisfies Record<string, OptionDefinition>;

const everywhere = {
  type: 'boolean',
  describe: 'run the model of a result on each engine of this machine: one thread and all, each C compiler',
} as const satisfies OptionDefinition;

/** The command and its older names, which take the same files, options and exit codes. */
const same = {
  describe:
    'tell whether two models, two results, or a result and a model are the same; of one result: its model again',
  files: {
    name: 'sides',
    many: true,
    describe:
      'two models in any notations, two results of any programs, or one of each; patterns in quotes name several runs; a result or bundle alone is run again',
  },
  options: {
    parts: { type: 'boolean', describe: 'list the parts of two models that differ or have other names' },
    pair: {
      type: 'string',
      repeated: true,
      value: 'first=second',
      describe: 'population of the second model that one of the first is; may be repeated',
    },
    witness: {
      type: 'string',
      value: 'file',
      describe: 'write a script of Brian or PyNN that shows the difference of two models in one cell',
    },
    'no-run': { type: 'boolean', describe: 'compare two models by their values only' },
    limit,
    ...read,
    ...compared,
    from: { type: 'string', value: 'time', describe: 'leave out what is before this time; of models: their notation' },
    picture: { type: 'string', value: 'file', describe: 'draw two results as a picture: .svg or .png' },
    force,
    target: { type: 'string', choices: targetNames, describe: 'engine to run the model of a result on [auto]' },
    device,
    threads,
    everywhere,
    ...common,
  },
  examples: [
    ['$0 same a.yaml b.nml', 'exit code 0: the same, 1: another, 3: undecided'],
    ['$0 same cuba.nwb nest.dat --within 0.1ms', 'spikes, statistics and samples of two results'],
    ["$0 same 'ours-*.nwb' 'nest-*.dat' --cells id+1", 'several runs of each side, with other seeds'],
    ['$0 same nest.dat model.yaml', 'whether a model gives a result'],
    ['$0 same cuba.nwb', 'whether a result comes out again, bit for bit'],
  ],
} as const satisfies CommandDefinition;

/** All commands, in the order of the help text. */
export const commands = {
  about: {
    describe: 'say what files are, what they hold and what to do with them; same as interneuron FILE',
    olderNameOf: 'FILE',
    files: { name: 'files', many: true, describe: 'models, scripts, results, archives or folders' },
    options: { ...read, ...common },
    examples: [['$0 cuba.yaml', 'what the file is, its content, and commands for it']],
  },
  run: {
    describe: 'run a model and write what it records',
    files: {
      name: 'model',
      many: false,
      describe: 'a model in any supported notation, a result that holds one, or a checkpoint',
    },
    options: {
      execute,
      output: {
        type: 'string',
        alias: 'o',
        value: 'file',
        repeated: true,
        describe: 'result file: .nwb, .json or .csv; may be repeated',
      },
      'output-dir': {
        type: 'string',
        value: 'dir',
        describe: 'folder for files that the model names [the current folder]',
      },
      force,
      target: { type: 'string', choices: targetNames, describe: 'engine that runs the model [auto]' },
      ...elsewhere,
      keep: { type: 'string', value: 'dir', describe: 'for --on: keep the document and its results in a folder' },
      limit: { type: 'string', value: 'time', describe: 'for --on: time for the verdict on the conversion [10 s]' },
      'no-check': { type: 'boolean', describe: 'for --on: no verdict on the conversion' },
      emit: {
        type: 'string',
        choices: runSchedulers,
        describe: 'for --on: print a job for a cluster with this command, instead of running it',
      },
      device,
      strategy,
      seed,
      ...timed,
      precision,
      threads,
      ranks: {
        type: 'string',
        value: 'n',
        describe: 'processes of the target mpi, or of NEST, NEURON and BMTK with --on, by mpirun',
      },
      ...read,
      input,
      record: {
        type: 'string',
        repeated: true,
        value: 'pop:var',
        describe: "additional recording: 'exc:v@1ms', 'exc:spikes'; may be repeated",
      },
      subject: {
        type: 'string',
        repeated: true,
        value: 'field=text',
        describe: "describe the subject in the NWB file ('species=Mus musculus'); may be repeated",
      },
      'no-environment': noEnvironment,
      checkpoint: {
        type: 'string',
        value: 'time',
        describe: "leave a checkpoint after each such time on the clock ('60 s'), from which a killed run can continue",
      },
      resume: { type: 'boolean', describe: 'continue the run of a checkpoint, given instead of a model' },
      recover: { type: 'boolean', describe: 'write what was recorded until a checkpoint, given instead of a model' },
      'dump-ir': { type: 'string', value: 'dir', describe: 'write the kernel program after each pass' },
      ...common,
    },
    examples: [
      ['$0 run cuba.yaml -o cuba.nwb', 'run and write an NWB file'],
      [
        "$0 run cuba.yaml --seed 7 --set 'we=2 mV' --record excitatory:v@1ms -o v.csv",
        'change parameters and record a variable',
      ],
      ["$0 run cuba.yaml -o cuba.nwb --checkpoint '60 s'", 'leave a checkpoint in cuba.checkpoint every minute'],
      ['$0 run --resume cuba.checkpoint', 'continue after the run was killed'],
      ['$0 run cuba.yaml --on nest --threads 4 -o nest.nwb', 'run with NEST, and write its spikes as ours'],
    ],
  },
  sweep: {
    describe: 'run a model with varied parameters and seeds, and write one table',
    files: oneModel,
    options: {
      vary: {
        type: 'string',
        repeated: true,
        value: 'name=values',
        describe:
          "vary a parameter over a range with its number of values ('w=0.1:1:10 mV') or a list ('w=1,2,5 mV'); " +
          'if repeated, all combinations are run',
      },
      seeds: {
        type: 'string',
        value: 'n|first:last',
        describe: 'run each combination with the seeds 1 to n, or first to last [the seed of the model]',
      },
      output: {
        type: 'string',
        alias: 'o',
        value: 'file|dir',
        repeated: true,
        describe: 'table to write: .csv, .json, - for the standard output; or a folder for an NWB file of each run',
      },
      jobs: {
        type: 'string',
        value: 'n',
        describe: 'runs at the same time [one a core]; with --emit, the number of parts [100 at most]',
      },
      part: { type: 'string', value: 'k/n', describe: 'run only the k-th of n consecutive parts of the table' },
      emit: {
        type: 'string',
        choices: schedulers,
        describe: 'instead of running, write files that run the parts on many machines',
      },
      force,
      'no-environment': noEnvironment,
      target: { type: 'string', choices: targetNames, describe: 'engine that runs the model [auto]' },
      ...elsewhere,
      device,
      threads: { ...threads, describe: 'worker threads of each run [1]; the result does not depend on it' },
      seed,
      ...timed,
      precision,
      ...read,
      input,
      ...common,
    },
    examples: [
      ["$0 sweep cuba.yaml --vary 'we=0.1:1:10 mV' --seeds 20 -o table.csv", '200 runs as one table'],
      ["$0 sweep cuba.yaml --vary 'we=1,2 mV' -o runs", 'also an NWB file of each run, in the folder runs'],
      ["$0 sweep cuba.yaml --vary 'we=0.1:1:10 mV' --emit slurm -o cluster", 'a script for a cluster'],
    ],
  },
  convert: {
    describe: 'write models in another notation',
    files: { name: 'models', many: true, describe: 'models, folders or patterns; - is the standard input' },
    options: {
      execute,
      to: {
        type: 'string',
        choices: [...targetNotations, ...Object.keys(shortNotations)],
        describe: 'notation to write [that of the suffix of -o]; nml is neuroml, pynn-nestml a PyNN script for NEST',
      },
      output: {
        type: 'string',
        alias: 'o',
        value: 'file',
        describe: 'file to write, or a folder for several models [the standard output, if --to is given]',
      },
      freeze: {
        type: 'boolean',
        describe: 'make every random draw explicit: connections, values, delays, spike trains',
      },
      partial: { type: 'boolean', describe: 'write the file even if parts of the model must be left out' },
      split: {
        type: 'boolean',
        describe: 'for --to neuroml: write channels, synapses and cells to files of their own',
      },
      'captured-by': {
        type: 'string',
        value: 'name',
        describe: 'the simulator from whose memory the file was read, for the verdict',
      },
      recorded: {
        type: 'string',
        value: 'file',
        describe: 'for --check: what that simulator computed, which the model is compared with',
      },
      'left-out': {
        type: 'string',
        repeated: true,
        value: 'sentence',
        describe: 'what the file already lacks of the original, for the report; may be repeated',
      },
      strict: {
        type: 'boolean',
        describe: 'write nothing if a part differs by more than conventions of a step',
      },
      backend: {
        type: 'string',
        choices: ['interneuron'],
        describe: "for --to pynn: write what PyNN has no names for, in a script that only interneuron's backend runs",
      },
      check: {
        type: 'boolean',
        describe: 'compare all of both runs, not only the first 200 ms; exit with 1 if they differ',
      },
      'no-check': { type: 'boolean', describe: 'do not run the written model' },
      limit,
      force,
      report: { type: 'string', value: 'file', describe: 'write the conversion report as JSON' },
      dump: { type: 'string', value: 'dir', describe: 'write the model after each rewriting, as 01-name.yaml' },
      seed,
      ...timed,
      ...read,
      with: {
        type: 'string',
        value: 'name',
        describe: `check with ${simulatorNames.join(' or ')} (in the Python environment on the PATH); for a cell in SWC, also a file with mechanisms`,
      },
      input,
      'no-origin': {
        type: 'boolean',
        describe: 'neither read nor write models that documents carry for the way back',
      },
      'keep-origin': {
        type: 'boolean',
        describe: 'write the model of a script or circuit for the way back, as NAME.interneuron.json beside it',
      },
      ...common,
    },
    examples: [
      ['$0 convert cuba.yaml --to brian -o cuba.py', 'a script that runs under Brian 2'],
      ['$0 convert models/ --to nml -o out/', 'all models in a folder'],
      ['cat cuba.yaml | $0 convert - --from brian --to pynn', 'between two programs'],
    ],
  },
  pack: {
    describe: 'write a model with its sources, conversions and results as one archive: COMBINE, RO-Crate',
    files: {
      name: 'files',
      many: true,
      describe: 'a model in any supported notation, then results of it',
    },
    options: {
      output: { type: 'string', alias: 'o', value: 'file', describe: 'archive to write, such as model.omex' },
      to: {
        type: 'string',
        repeated: true,
        choices: [...targetNotations, ...Object.keys(shortNotations)],
        describe: 'notation to add; may be repeated',
      },
      page: { type: 'boolean', describe: 'add a page in which the model runs in a browser, with the program (1.5 MB)' },
      force,
      seed,
      ...timed,
      ...read,
      ...common,
    },
    required: ['output'],
    examples: [
      ['$0 pack cuba.yaml cuba.nwb --to lems -o cuba.omex', 'run, verify, convert and describe take cuba.omex'],
    ],
  },
  validate: {
    describe: 'check models and report everything that is wrong',
    files: { name: 'models', many: true, describe: 'models, folders or patterns; - is the standard input' },
    options: {
      execute,
      target: { type: 'string', choices: targetNames, describe: 'also report what this engine cannot run' },
      fix: {
        type: 'boolean',
        describe: 'first correct misspelt keys and the order of elements, where the correction is certain',
      },
      watch: { type: 'boolean', describe: 'check again whenever a file changes, until Ctrl-C' },
      'output-format': {
        type: 'string',
        choices: validationFormats,
        describe: 'form of the findings [text]; github: annotations; sarif, junit: files for other programs',
      },
      ...timed,
      precision,
      ...read,
      ...common,
    },
    examples: [
      ['$0 validate models/', 'exit code 0 if all models are valid, 1 if not'],
      ['$0 validate --fix model.yaml', 'correct slips in the file itself; - prints the corrected text'],
    ],
  },
  codegen: {
    describe: 'write the generated program; for c, mpi, opencl and cuda, a stand-alone project',
    files: oneModel,
    options: {
      target: {
        type: 'string',
        choices: codegenTargets,
        describe: 'c, mpi, opencl, cuda: source code and build file; wasm, ir: the program as text',
      },
      output: { type: 'string', alias: 'o', value: 'dir', describe: 'folder to write to' },
      force,
      strategy,
      seed,
      ...timed,
      precision,
      ...read,
      ...common,
    },
    required: ['target', 'output'],
    examples: [['$0 codegen cuba.yaml --target c -o cuba', 'source code, CMakeLists.txt and a README']],
  },
  same,
  verify: {
    describe: 'run the model of a result again and compare bit for bit, or a given model within tolerances',
    olderNameOf: 'same',
    files: {
      name: 'results',
      many: true,
      describe: 'a result, or a bundle of pack; then, if it is to be compared with another model, a model',
    },
    options: {
      'captured-from': read['captured-from'],
      ...compared,
      target: { type: 'string', choices: targetNames, describe: 'engine to run the model on [auto]' },
      env: {
        type: 'string',
        value: 'dir',
        describe: 'for a result of run --on: Python environment of the simulator [the Python on the PATH]',
      },
      device,
      threads,
      everywhere,
      ...common,
    },
    examples: [
      ['$0 verify cuba.nwb --target reference', 'reports identical, or the first difference'],
      ['$0 verify cuba.nwb --everywhere --json', 'a list for all engines; lists of several machines can be joined'],
    ],
  },
  test: {
    describe: 'run models and check the results that files beside them expect (expect.yaml, or tests of OMV)',
    files: {
      name: 'tests',
      many: true,
      describe: 'folders with tests; or files of expectations, or .omt files of OMV',
    },
    options: {
      'output-format': {
        type: 'string',
        choices: testFormats,
        describe: 'form of the findings [text]; github: annotations; junit: a file for other programs',
      },
      target: { type: 'string', choices: targetNames, describe: 'engine that runs the models [that of the test]' },
      ...elsewhere,
      engine: {
        type: 'string',
        choices: ['any'],
        describe: 'any: also run tests of OMV for other engines that read LEMS, such as jNeuroML_NEURON',
      },
      device,
      threads,
      'allow-path': read['allow-path'],
      ...common,
    },
    examples: [
      ['$0 test models/', 'exit code 0 if all expectations are met, 1 if not'],
      ['$0 test . --output-format junit > tests.xml', 'for continuous integration'],
    ],
  },
  certify: {
    describe: 'make the outputs of a folder or bundle again, and write a certificate of how well they agree',
    files: { name: 'folder', many: false, describe: 'a folder with models and their results, or a bundle of pack' },
    options: {
      output: { type: 'string', alias: 'o', value: 'dir', describe: 'folder to write [certificate]' },
      paper: {
        type: 'string',
        value: 'file',
        describe: 'YAML file about the article and the check, for codecheck.yml',
      },
      ...elsewhere,
      force,
      ...common,
    },
    examples: [
      ['$0 certify cuba.omex -o certificate', 'writes certificate.html and certificate.json'],
      ['$0 certify cuba.omex --paper paper.yaml', 'also codecheck.yml, for a CODECHECK'],
    ],
  },
  gate: {
    describe: 'check the models of a repository in all ways, for continuous integration',
    files: { name: 'models', many: true, describe: 'models, folders or patterns' },
    options: {
      since: { type: 'string', value: 'commit', describe: 'check only models that differ from this commit of git' },
      to: {
        type: 'string',
        repeated: true,
        choices: targetNotations,
        describe: 'also convert to this notation with --check; may be repeated',
      },
      test: {
        type: 'string',
        repeated: true,
        value: 'path',
        describe: 'folder or file of expectations to test; may be repeated',
      },
      result: { type: 'string', repeated: true, value: 'file', describe: 'result to verify; may be repeated' },
      certify: { type: 'string', repeated: true, value: 'folder', describe: 'folder to certify; may be repeated' },
      'fail-on': { type: 'string', choices: levels, describe: 'least level of findings for exit code 1 [critical]' },
      severity: {
        type: 'string',
        repeated: true,
        value: 'code=level',
        describe: 'level of a warning or note, by its code; may be repeated',
      },
      output: {
        type: 'string',
        alias: 'o',
        value: 'folder',
        describe: 'write result, picture, page and conversions of each model into a folder',
      },
      badge: { type: 'string', value: 'file', describe: 'also write a badge with the outcome: .svg' },
      force,
      ...common,
    },
    examples: [
      ['$0 gate models/ --to neuroml --test models/', 'all models are valid, convert, and give what is expected'],
      ['$0 gate . --since origin/main -o gate', 'models that a branch changed, with pages and pictures'],
    ],
  },
  matrix: {
    describe: 'run models in several simulators and versions, and compare the spikes of each pair',
    files: { name: 'models', many: true, describe: 'models in any supported notation' },
    options: {
      execute,
      in: {
        type: 'string',
        repeated: true,
        value: 'env',
        describe: 'Python environment (its folder) whose simulators run the models; may be repeated',
      },
      add: {
        type: 'string',
        repeated: true,
        value: 'file',
        describe: 'runs of another machine: a .json file of this command; may be repeated',
      },
      output: {
        type: 'string',
        alias: 'o',
        repeated: true,
        value: 'file',
        describe: 'file to write: .md, .html, .txt or .json; may be repeated [the standard output]',
      },
      'script-argument': {
        type: 'string',
        repeated: true,
        value: 'word',
        describe: 'argument of the script of --captured-from, or a word after --; may be repeated',
      },
      within: compared.within,
      why: { type: 'boolean', describe: 'find the convention that makes another simulator differ' },
      limit,
      force,
      ...timed,
      ...read,
      ...common,
    },
    examples: [
      ['$0 matrix cuba.yaml --in .venv-brian2.9 --in .venv-brian2.10 --in .venv-nest', 'a table of verdicts'],
      ['$0 matrix brunel.py --execute --in old --in new --why', 'a script in two releases of Brian, as it is'],
      ['$0 matrix brunel.py --execute --in old --in new -- 5 --inhibition 4', 'a script with arguments of its own'],
    ],
  },
  describe: {
    describe: 'show a model as tables: populations, projections, equations, inputs, recordings',
    files: oneModel,
    options: {
      execute,
      format: {
        type: 'string',
        choices: descriptionFormats,
        describe: 'format of the tables [text]; swc: shapes of cells alone',
      },
      output: { type: 'string', alias: 'o', value: 'file', describe: 'write to a file instead of the terminal' },
      force,
      seed,
      dt,
      timing,
      ...read,
      ...common,
    },
    examples: [['$0 describe cuba.yaml --format markdown -o cuba.md', 'tables for a paper or a repository']],
  },
  plot: {
    describe: 'draw a result or a network as a picture',
    files: {
      name: 'result',
      many: false,
      describe: 'a result of any program, the table of a sweep, channels of NeuroML, or a model',
    },
    options: {
      output: { type: 'string', alias: 'o', value: 'file', describe: 'picture to write: .svg or .png; - prints SVG' },
      kind: { type: 'string', choices: pictureKinds, describe: 'what it shows [what the file is: docs/results.md]' },
      title: { type: 'string', value: 'text', describe: 'title of the picture [name of the model]' },
      bin: { type: 'string', value: 'time', describe: "width of the bins in which spikes are counted ('5 ms')" },
      force,
      seed,
      ...read,
      ...common,
    },
    required: ['output'],
    examples: [
      ['$0 plot cuba.nwb -o raster.svg', 'spikes, or rates of groups of cells where there are too many'],
      ['$0 plot cuba.yaml --kind network -o network.png', 'populations and projections'],
      ['$0 plot na.channel.nml -o curves.svg', 'steady states and time constants of the gates of channels'],
    ],
  },
  report: {
    describe: 'write a page about a result, a model or a folder of results: tables, pictures',
    files: {
      name: 'result',
      many: false,
      describe: 'a result of any program, a folder of results, or a model in any supported notation',
    },
    options: {
      output: { type: 'string', alias: 'o', value: 'file', describe: 'page to write: .html; - prints it' },
      conversion: { type: 'string', value: 'file', describe: 'conversion report to include (of convert --report)' },
      force,
      seed,
      ...read,
      ...common,
    },
    required: ['output'],
    examples: [
      ['$0 report cuba.nwb -o cuba.html', 'one file that needs no other and no network'],
      ['$0 report runs -o runs.html', 'a picture of each run of a sweep'],
    ],
  },
  page: {
    describe: 'write a page of HTML in which a model runs: to edit, run, convert and share',
    files: { name: 'model', many: false, describe: 'a model in any supported notation' },
    options: {
      output: { type: 'string', alias: 'o', value: 'file', describe: 'page to write: .html; - prints it' },
      about: { type: 'string', value: 'file', describe: 'text about the model to show, in Markdown' },
      nwb: { type: 'boolean', describe: 'let readers save their runs as NWB, which adds 1.3 MB to the page' },
      badge: { type: 'string', value: 'file', describe: 'also write a badge with the fingerprint: .svg' },
      task: { type: 'string', value: 'text', describe: 'a task for readers, shown above the sliders' },
      'task-check': {
        type: 'string',
        value: 'condition',
        describe: "condition on spikes that ticks the task ('rate(exc) = 5 Hz ± 0.5 Hz')",
      },
      embed: { type: 'boolean', describe: 'print the code that shows the page within another one' },
      force,
      seed,
      ...timed,
      ...read,
      ...common,
    },
    required: ['output'],
    examples: [
      ['$0 page cuba.yaml -o cuba.html', 'one file that needs no other, no network and no program'],
      ['$0 page cuba.yaml --about about.md -o cuba.html', 'with a text about the model'],
      [
        "$0 page cuba.yaml --task 'Find taum for 5 Hz' --task-check 'rate(P) = 5 Hz ± 0.1 Hz' -o task.html",
        'with a task that the page ticks',
      ],
    ],
  },
  new: {
    describe: 'write a small model to start from',
    files: { name: 'notation', many: false, describe: 'brian, pynn or neuroml', words: () => starterNames },
    options: {
      output: { type: 'string', alias: 'o', value: 'file', describe: 'file to write' },
      ...common,
    },
    examples: [['$0 new brian -o network.yaml', 'neurons, an input and a recurrent projection, ready to run']],
  },
  explain: {
    describe: 'explain a diagnostic by its code',
    files: {
      name: 'code',
      many: false,
      describe: 'a code, such as lang/dimension-mismatch [all codes are listed]',
      optional: true,
      words: diagnosticCodes,
    },
    options: { ...common },
    examples: [
      ['$0 explain lang/dimension-mismatch', 'what it means and how to fix it'],
      ['$0 explain', 'lists all codes'],
    ],
  },
  schema: {
    describe: 'print the JSON Schema of a notation, for validation and completion in editors',
    files: {
      name: 'notation',
      many: false,
      describe: 'brian, pynn, canonical, comparison or expectations',
      words: () => schemaNames,
    },
    options: {},
    examples: [['$0 schema brian > brian.schema.json', 'a schema file that documents can refer to']],
  },
  serve: {
    describe: 'run models for other programs over JSON-RPC',
    files: null,
    options: { stdio: { type: 'boolean', describe: 'communicate over standard input and output' } },
    examples: [['$0 serve --stdio', 'used by the Python package; docs/protocol.md describes the messages']],
  },
  inspect: {
    describe: 'list the contents of a result file',
    olderNameOf: 'FILE',
    files: { name: 'result', many: false, describe: 'a result of any program' },
    options: { ...common },
    examples: [['$0 inspect cuba.nwb', 'the run, its populations and samples']],
  },
  doctor: {
    describe: 'run a small network on every engine of this machine',
    files: null,
    options: { ...common },
    examples: [],
  },
  targets: {
    describe: 'list the engines available on this machine',
    files: null,
    options: { ...common },
    examples: [],
  },
  compare: { ...same, olderNameOf: 'same' },
  diff: { ...same, olderNameOf: 'same' },
} as const satisfies Record<string, CommandDefinition>;

/** A command, as typed. */
export type CommandName = keyof typeof commands;

/** Commands that help lists: without older names. */
export const listedCommands: readonly string[] = Object.entries<CommandDefinition>(commands).flatMap(
  ([name, { olderNameOf }]) => (olderNameOf === undefined ? [name] : []),
);
