import { testFormats } from '../validation-formats.js';
import { levels } from '../finding-levels.js';
import { targetNotations } from '../../convert/target-notations.js';
import {
  common,
  execute,
  read,
  elsewhere,
  force,
  targetNames,
  device,
  limit,
  timed,
  threads,
  compared,
  everywhere,
  type CommandDefinition,
} from './options.js';

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

/** Commands that compare and check models and results. */
export const checkCommands = {
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
} as const satisfies Record<string, CommandDefinition>;
