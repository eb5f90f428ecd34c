/** The command line as data: commands, their options, and what `yargs` makes of the words given. */

import yargs from 'yargs';
import { strategyNames } from '../codegen/schedule/strategies.js';
import { throwUsageErrors, UsageError } from '../diagnostics/diagnostic.js';
import { didYouMean, joinWords, nearest } from '../diagnostics/suggest.js';
import { simulators, targetNotations } from '../run/target-notations.js';
import { version } from '../run/version.js';

interface OptionDefinition {
  readonly type: 'string' | 'boolean';
  readonly describe: string;
  readonly alias?: string;
  readonly repeated?: true;
  readonly choices?: readonly string[];
  /** What the value is called in the help text. */
  readonly value?: string;
}

interface CommandDefinition {
  readonly describe: string;
  /** The files it takes. */
  readonly files: { readonly name: string; readonly many: boolean; readonly describe: string } | null;
  readonly options: Readonly<Record<string, OptionDefinition>>;
  readonly required?: readonly string[];
  readonly examples: readonly (readonly [string, string])[];
}

const common = {
  json: { type: 'boolean', describe: 'print one JSON object instead of text' },
  quiet: { type: 'boolean', alias: 'q', describe: 'print nothing but errors' },
} as const satisfies Record<string, OptionDefinition>;

const set = {
  type: 'string',
  repeated: true,
  value: 'name=value',
  describe: "set a parameter of the model ('g=4 nS'); may be repeated",
} as const satisfies OptionDefinition;

const allowPath = {
  type: 'string',
  repeated: true,
  value: 'dir',
  describe: 'another folder from which a NeuroML model may include files; may be repeated',
} as const satisfies OptionDefinition;

const force = {
  type: 'boolean',
  describe: 'replace files that interneuron did not write',
} as const satisfies OptionDefinition;

/** Engines by name; `auto` takes the fastest that is at hand. */
export const targetNames = ['auto', 'wasm', 'c', 'opencl', 'cuda', 'reference', 'null'] as const;

/** Engines whose source can be had. */
const codegenTargets = ['c', 'opencl', 'cuda', 'wasm', 'ir'] as const;

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

/** Orders of a step by name. */
export const timingProfiles = ['brian', 'grid', 'lems-euler'] as const;

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

/** How `describe` writes its tables. */
export const descriptionFormats = ['text', 'markdown', 'html'] as const;

/** All commands; the order is that of the help text. */
export const commands = {
  run: {
    describe: 'run a model and write what it records',
    files: { name: 'model', many: false, describe: 'a model, in any supported notation' },
    options: {
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
      device,
      strategy,
      seed: { type: 'string', value: 'n', describe: 'seed for all random numbers' },
      duration,
      dt,
      timing,
      precision,
      threads: { type: 'string', value: 'n', describe: 'number of worker threads; the result does not depend on it' },
      set,
      'allow-path': allowPath,
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
      'dump-ir': { type: 'string', value: 'dir', describe: 'write the kernel program after each pass' },
      ...common,
    },
    examples: [
      ['$0 run cuba.yaml -o cuba.nwb', 'run and write an NWB file'],
      [
        "$0 run cuba.yaml --seed 7 --set 'we=2 mV' --record excitatory:v@1ms -o v.csv",
        'change parameters and record a variable',
      ],
    ],
  },
  convert: {
    describe: 'write a model in another notation',
    files: { name: 'model', many: false, describe: 'a model, in any supported notation' },
    options: {
      to: {
        type: 'string',
        choices: targetNotations,
        describe: 'notation to write',
      },
      output: { type: 'string', alias: 'o', value: 'file', describe: 'file to write' },
      freeze: {
        type: 'boolean',
        describe: 'make every random draw explicit: connections, values, delays, spike trains',
      },
      partial: { type: 'boolean', describe: 'write the file even if parts of the model must be left out' },
      strict: { type: 'boolean', describe: 'write nothing unless the conversion is exact or equivalent' },
      check: { type: 'boolean', describe: 'run the model before and after conversion and compare the spikes' },
      with: {
        type: 'string',
        choices: simulators,
        describe: 'check with this simulator (in the Python environment on the PATH)',
      },
      force,
      report: { type: 'string', value: 'file', describe: 'write the conversion report as JSON' },
      seed: { type: 'string', value: 'n', describe: 'seed for all random numbers' },
      duration,
      dt,
      timing,
      set,
      'allow-path': allowPath,
      ...common,
    },
    required: ['to', 'output'],
    examples: [['$0 convert cuba.yaml --to brian -o cuba.py', 'a script that runs under Brian 2']],
  },
  validate: {
    describe: 'check models and report everything that is wrong',
    files: { name: 'models', many: true, describe: 'models, in any supported notation' },
    options: {
      target: { type: 'string', choices: targetNames, describe: 'also report what this engine cannot run' },
      duration,
      dt,
      timing,
      precision,
      set,
      'allow-path': allowPath,
      ...common,
    },
    examples: [['$0 validate models/*.yaml', 'exit code 0 if all models are valid, 1 if not']],
  },
  codegen: {
    describe: 'write the generated program; for c, opencl and cuda, a stand-alone project',
    files: { name: 'model', many: false, describe: 'a model, in any supported notation' },
    options: {
      target: {
        type: 'string',
        choices: codegenTargets,
        describe: 'c, opencl, cuda: source code and build file; wasm, ir: the program as text',
      },
      output: { type: 'string', alias: 'o', value: 'dir', describe: 'folder to write to' },
      force,
      strategy,
      seed: { type: 'string', value: 'n', describe: 'seed for all random numbers' },
      duration,
      dt,
      timing,
      precision,
      set,
      'allow-path': allowPath,
      ...common,
    },
    required: ['target', 'output'],
    examples: [['$0 codegen cuba.yaml --target c -o cuba', 'source code, CMakeLists.txt and a README']],
  },
  verify: {
    describe: 'run the model of a result again and compare bit for bit',
    files: { name: 'result', many: false, describe: 'a result written by run' },
    options: {
      target: { type: 'string', choices: targetNames, describe: 'engine to run the model on [auto]' },
      device,
      threads: { type: 'string', value: 'n', describe: 'number of worker threads; the result does not depend on it' },
      ...common,
    },
    examples: [['$0 verify cuba.nwb --target reference', 'reports identical, or the first difference']],
  },
  describe: {
    describe: 'show a model as tables: populations, projections, equations, inputs, recordings',
    files: { name: 'model', many: false, describe: 'a model, in any supported notation' },
    options: {
      format: { type: 'string', choices: descriptionFormats, describe: 'format of the tables [text]' },
      output: { type: 'string', alias: 'o', value: 'file', describe: 'write to a file instead of the terminal' },
      force,
      seed: { type: 'string', value: 'n', describe: 'seed for all random numbers' },
      dt,
      timing,
      set,
      'allow-path': allowPath,
      ...common,
    },
    examples: [['$0 describe cuba.yaml --format markdown -o cuba.md', 'tables for a paper or a repository']],
  },
  new: {
    describe: 'write a small model to start from',
    files: { name: 'notation', many: false, describe: 'brian, pynn or neuroml' },
    options: {
      output: { type: 'string', alias: 'o', value: 'file', describe: 'file to write' },
      ...common,
    },
    examples: [['$0 new brian -o network.yaml', 'neurons, an input and a recurrent projection, ready to run']],
  },
  explain: {
    describe: 'explain a diagnostic by its code',
    files: { name: 'code', many: false, describe: 'a code, such as lang/dimension-mismatch' },
    options: { ...common },
    examples: [['$0 explain lang/dimension-mismatch', 'what it means and how to fix it']],
  },
  schema: {
    describe: 'print the JSON Schema of a notation, for validation and completion in editors',
    files: { name: 'notation', many: false, describe: 'brian, pynn or canonical' },
    options: {},
    examples: [['$0 schema brian > brian.schema.json', 'a schema file that documents can refer to']],
  },
  serve: {
    describe: 'run models for other programs over JSON-RPC',
    files: null,
    options: { stdio: { type: 'boolean', describe: 'communicate over standard input and output' } },
    examples: [['$0 serve --stdio', 'used by the Python package; docs/protocol.md describes the messages']],
  },
  targets: {
    describe: 'list the engines available on this machine',
    files: null,
    options: { ...common },
    examples: [],
  },
} as const satisfies Record<string, CommandDefinition>;

/** A command, as typed. */
export type CommandName = keyof typeof commands;

/** What was asked for. Values are as typed; each command reads its own. */
type Request =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: CommandName;
      readonly files: readonly string[];
      readonly options: Options;
    };

/** Options as typed: flags, values, and lists of those that may be repeated. */
export interface Options {
  /** Whether a flag was given. */
  flag(name: string): boolean;
  /** The value of an option; undefined: it was not given. */
  value(name: string): string | undefined;
  /** All values of an option that may be repeated, in order. */
  values(name: string): readonly string[];
}

/**
 * Reads the words after the program's name.
 *
 * @param columns  width of the help text
 * @param check  looks at the values of options
 * @throws UsageError for what no command understands, with suggestions
 */
export async function readArguments(
  words: readonly string[],
  columns: number,
  check: ValueCheck = () => [],
): Promise<Request> {
  if (words[0] === 'completion' && words.includes('--help')) return { kind: 'text', text: completionHelp };
  let request: Request | undefined;
  const select = (command: CommandName, parsed: Parsed): void => {
    request = toRequest(command, parsed, check);
  };
  const parser = defineParser(words, columns, select);
  let text = '';
  await parser.parseAsync([...words], {}, (error: Error | null | undefined, _parsed: unknown, output: string) => {
    if (error) throw error;
    text = output;
  });
  if (text !== '') return { kind: 'text', text: text.endsWith('\n') ? text : `${text}\n` };
  return request ?? unknownCommand(words, await parser.getHelp());
}

const completionHelp = [
  'interneuron completion',
  '',
  'Prints a completion script for bash and zsh.',
  '',
  'Examples:',
  '  interneuron completion >> ~/.bashrc',
  '  interneuron completion >> ~/.zshrc',
  '',
].join('\n');

type Parsed = Readonly<Record<string, unknown>>;

function defineParser(
  words: readonly string[],
  columns: number,
  select: (command: CommandName, parsed: Parsed) => void,
): ReturnType<typeof yargs> {
  const parser = yargs([...words])
    .scriptName('interneuron')
    .usage('$0 <command>\n\nOne model, any notation in, any engine underneath, the same spikes everywhere.')
    .locale('en')
    .version(version)
    .help()
    .exitProcess(false)
    .wrap(Math.min(columns, 110))
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .fail((message: string, error: Error | undefined) => {
      throw error instanceof UsageError ? error : usageError(message, words);
    })
    .completion('completion', 'print a completion script for the shell (bash or zsh)')
    .epilogue(
      'Exit codes: 0 success, 1 the model is invalid or results differ, 2 invalid command or file, 130 ' +
        'interrupted, 70 internal error.',
    );
  // yargs words the help of every command that it runs, which takes as long as reading a small model: what nobody asked
  // for is hidden. Choices are for help and completion alone; values are checked in `toRequest`, whose messages can
  // suggest.
  const showsHelp = words.some((word) => ['--help', '--get-yargs-completions'].includes(word));
  for (const name of Object.keys(commands) as CommandName[])
    addCommand(parser, name, commands[name], showsHelp, select);
  return parser;
}

/** Says what `yargs` found in our own words; it knows too little of them to be of help. */
function usageError(message: string, words: readonly string[]): UsageError {
  const command = words.find((word) => word in commands);
  const hint =
    command === undefined
      ? 'interneuron --help lists all commands and options'
      : `interneuron ${command} --help shows its usage`;
  const valueless = /^Not enough arguments following: (.*)$/.exec(message);
  if (valueless) return new UsageError(`--${valueless[1]} needs a value`, hint);
  if (command !== undefined && message.startsWith('Not enough non-option arguments'))
    return new UsageError(`${command} needs a file`, hint);
  return new UsageError(message, hint);
}

function addCommand(
  parser: ReturnType<typeof yargs>,
  name: CommandName,
  definition: CommandDefinition,
  showsHelp: boolean,
  select: (command: CommandName, parsed: Parsed) => void,
): void {
  const { files } = definition;
  const positional = files === null ? '' : files.many ? ` <${files.name}..>` : ` <${files.name}>`;
  parser.command(
    `${name}${positional}`,
    definition.describe,
    (command) => {
      command.usage(`$0 ${name}${positional}\n\n${definition.describe}`);
      if (files)
        command.positional(files.name, {
          type: 'string',
          describe: files.describe,
          demandOption: true,
          ...(files.many ? { array: true } : {}),
        });
      for (const [option, { type, describe, alias, repeated, choices }] of Object.entries(definition.options)) {
        command.option(option, {
          type,
          describe,
          ...(alias === undefined ? {} : { alias }),
          ...(choices === undefined || !showsHelp ? {} : { choices }),
          ...(showsHelp ? {} : { hidden: true }),
          ...(repeated ? { array: true } : {}),
          ...(type === 'string' ? { requiresArg: true } : {}),
        });
      }
      for (const [example, text] of definition.examples) command.example(example, text);
      return command;
    },
    (parsed) => select(name, parsed),
  );
}

/** Finds what is wrong with the values of options, beyond their choices. */
type ValueCheck = (options: Options) => readonly UsageError[];

/**
 * Checks names, choices and numbers of values ourselves, since our messages can suggest.
 *
 * @throws UsageError with everything that is wrong
 */
function toRequest(command: CommandName, parsed: Parsed, check: ValueCheck): Request {
  const definition: CommandDefinition = commands[command];
  const known = definition.options;
  const aliases = Object.values(known).flatMap(({ alias }) => alias ?? []);
  const builtIn = ['_', '$0', 'help', 'version', ...(definition.files ? [definition.files.name] : [])];
  const errors: UsageError[] = [];
  const wrong = (message: string, hint: string): void => void errors.push(new UsageError(message, hint));
  for (const name of Object.keys(parsed)) {
    if (name in known || aliases.includes(name) || builtIn.includes(name)) continue;
    const near = nearest(name, Object.keys(known)).map((option) => `--${option}`);
    wrong(
      `${command} has no option ${name.length === 1 ? '-' : '--'}${name}`,
      near.length > 0 ? `did you mean ${joinWords(near, 'or')}?` : `interneuron ${command} --help lists its options`,
    );
  }
  const extra = Array.isArray(parsed['_']) ? parsed['_'].slice(1).map(String) : [];
  // What follows an option that there is not may be its value.
  if (extra.length > 0 && errors.length === 0)
    wrong(
      `${command} takes ${definition.files ? 'one file' : 'no file'}, but got ${extra[0]} as well`,
      'interneuron runs one model at a time',
    );
  const options = optionReader(parsed);
  for (const [name, { choices, repeated }] of Object.entries(known)) {
    const values = options.values(name);
    if (!repeated && values.length > 1) wrong(`--${name} is given ${values.length} times`, 'give it once');
    for (const value of values)
      if (choices && !choices.includes(value))
        wrong(`--${name} cannot be ${value}`, didYouMean(value, choices) ?? `choose one of ${choices.join(', ')}`);
  }
  for (const name of definition.required ?? [])
    if (options.values(name).length === 0)
      wrong(`${command} needs --${name}`, `interneuron ${command} --help describes it`);
  throwUsageErrors([...errors, ...check(options)]);
  const positional = definition.files ? parsed[definition.files.name] : [];
  return { kind: 'command', command, files: toTexts(positional), options };
}

function optionReader(parsed: Parsed): Options {
  const values = (name: string): readonly string[] => toTexts(parsed[name]);
  return {
    flag: (name) => parsed[name] === true || (Array.isArray(parsed[name]) && parsed[name].at(-1) === true),
    value: (name) => values(name).at(-1),
    values,
  };
}

/** Texts of an option or of file names; flags have none. */
function toTexts(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((item) => (typeof item === 'string' || typeof item === 'number' ? [String(item)] : []));
}

function unknownCommand(words: readonly string[], help: string): Request {
  const word = words.find((candidate) => !candidate.startsWith('-'));
  if (word === undefined && words.length === 0) return { kind: 'text', text: `${help}\n` };
  if (word === undefined)
    throw new UsageError(`${words[0]} needs a command`, 'interneuron --help lists all commands and options');
  const names = [...Object.keys(commands), 'completion'];
  throw new UsageError(
    `there is no command ${word}`,
    didYouMean(word, names) ?? `the commands are ${names.join(', ')}`,
  );
}
