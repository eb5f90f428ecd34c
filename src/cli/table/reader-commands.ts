import { diagnosticCodes } from '../../pipeline/message-pages.js';
import { pictureKinds } from '../../present/picture-kinds.js';
import {
  common,
  execute,
  read,
  oneModel,
  force,
  dt,
  timing,
  timed,
  seed,
  descriptionFormats,
  starterNames,
  schemaNames,
  type CommandDefinition,
} from './options.js';

/** Commands that show models and results, and those about the program itself. */
export const readerCommands = {
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
} as const satisfies Record<string, CommandDefinition>;
