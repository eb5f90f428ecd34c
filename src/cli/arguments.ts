/** The command line as data: commands, their options, and the result of parsing by `yargs`. */

import yargs from 'yargs';
import { numericsVersion } from '../ir/program.js';
import { version } from '../pipeline/version.js';
import { UsageError, throwUsageErrors } from '../diagnostics/diagnostic.js';
import { nearest, joinWords, didYouMean } from '../diagnostics/suggest.js';
import { exitStatus } from './exit-codes.js';
import { type CommandName, commands, listedCommands } from './command-table.js';
import type { CommandDefinition, CommandFiles } from './table/options.js';

/** The parsed request. Values are as typed; each command interprets its own. */
type Request =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: CommandName;
      readonly files: readonly string[];
      readonly options: Options;
    };

/** Options as typed: flags, values, and lists of values for repeatable options. */
export interface Options {
  /** Whether a flag was given. */
  flag(name: string): boolean;
  /** The value of an option; undefined: it was not given. */
  value(name: string): string | undefined;
  /** All values of an option that may be repeated, in order. */
  values(name: string): readonly string[];
}

/**
 * Reads the arguments after the program's name.
 *
 * @param columns  width of the help text
 * @param check  checks the values of options
 * @throws UsageError for arguments that no command accepts, with suggestions
 */
export async function readArguments(
  words: readonly string[],
  columns: number,
  check: ValueCheck = () => [],
): Promise<Request> {
  if (words[0] === 'completion' && words.includes('--help')) return { kind: 'text', text: completionHelp };
  if (words[0] === 'completion' && words[1] !== undefined)
    return forShell(words[1], () => readArguments(['completion'], columns));
  if (words[0] === 'man') return { kind: 'text', text: (await import('./man-page.js')).manPage() };
  let request: Request | undefined;
  const select = (command: CommandName, parsed: Parsed): void => {
    request = toRequest(command, parsed, check);
  };
  const given = withoutShorthands(words);
  const parser = defineParser(given, columns, select);
  let text = '';
  await parser.parseAsync(given, {}, (error: Error | null | undefined, _parsed: unknown, output: string) => {
    if (error) throw error;
    text = output;
  });
  if (text !== '') return { kind: 'text', text: text.endsWith('\n') ? text : `${text}\n` };
  return request ?? unknownCommand(words[0] === 'help' ? words.slice(1) : words, await parser.getHelp());
}

/** Standard input or output, as typed. */
export const standardStream = '-';

/** Replaces `-` while yargs, which drops it, reads the arguments. */
const placeholder = '\u0000';

/**
 * Returns arguments in the form that yargs reads: `help run` becomes `run --help`. Arguments after `--` are files,
 * whatever they begin with.
 */
function withoutShorthands(words: readonly string[]): string[] {
  if (words[0] === 'help') {
    const [command] = words.slice(1).filter((word) => !word.startsWith('-'));
    return command === undefined ? ['--help'] : command in commands ? [command, '--help'] : [command];
  }
  const at = words.includes('--') ? words.indexOf('--') : words.length;
  const files = words
    .slice(at + 1)
    .map((word) => (word.startsWith('-') && word !== standardStream ? `./${word}` : word));
  return [...words.slice(0, at), ...files].map((word) => (word === standardStream ? placeholder : word));
}

/** Shells with a completion script. */
const shells = ['bash', 'zsh', 'fish'] as const;

const completionHelp = [
  'interneuron completion [bash|zsh|fish]',
  '',
  'Prints a completion script for a shell [that of $SHELL, or bash].',
  '',
  'Examples:',
  '  interneuron completion bash >> ~/.bashrc',
  '  interneuron completion zsh >> ~/.zshrc',
  '  interneuron completion fish > ~/.config/fish/completions/interneuron.fish',
  '',
].join('\n');

/** Runs `write` with the environment of a shell, from which yargs takes its name. @throws UsageError for another one */
async function forShell<T>(word: string, write: () => Promise<T>): Promise<T> {
  const shell = shells.find((name) => name === word);
  if (shell === undefined)
    throw new UsageError(
      `completion has nothing for ${word}`,
      didYouMean(word, shells) ?? `choose one of ${shells.join(', ')}`,
    );
  const { SHELL, ZSH_NAME } = process.env;
  Object.assign(process.env, { SHELL: shell, ZSH_NAME: '' });
  try {
    return await write();
  } finally {
    for (const [name, value] of Object.entries({ SHELL, ZSH_NAME }))
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  }
}

/** The argument that completion scripts of yargs pass. */
const completing = '--get-yargs-completions';

type Parsed = Readonly<Record<string, unknown>>;

function defineParser(
  words: string[],
  columns: number,
  select: (command: CommandName, parsed: Parsed) => void,
): ReturnType<typeof yargs> {
  const parser = yargs(words)
    .scriptName('interneuron')
    .usage(
      '$0 <command>\n$0 FILE  says what a file is, what it holds and what to do with it\n\nOne model, any notation in, any engine underneath, the same spikes everywhere.',
    )
    .locale('en')
    .version(`interneuron ${version} (numerics version ${numericsVersion})`)
    .alias('version', 'V')
    .help()
    .alias('help', 'h')
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
    .completion('completion', 'print a completion script for the shell (bash, zsh or fish)')
    .epilogue(`Exit codes: ${exitStatus}`);
  // For every command that it runs, yargs prepares the help, which takes as long as reading a small model. Help that
  // was not requested is therefore hidden. Choices serve only help and completion. `toRequest` checks values, since its
  // messages can suggest.
  const showsHelp = words.some((word) => ['--help', '-h', completing].includes(word));
  for (const name of Object.keys(commands) as CommandName[])
    addCommand(parser, name, commands[name], { showsHelp, completes: words.includes(completing) }, select);
  return parser;
}

/** Replaces messages of `yargs` by our own, which are more helpful. */
function usageError(message: string, words: readonly string[]): UsageError {
  const command = (Object.keys(commands) as CommandName[]).find((name) => words.includes(name));
  const hint =
    command === undefined
      ? 'interneuron --help lists all commands and options'
      : `interneuron ${command} --help shows its usage`;
  const valueless = /^Not enough arguments following: (.*)$/.exec(message);
  if (valueless) return new UsageError(`${valueless[1]?.length === 1 ? '-' : '--'}${valueless[1]} needs a value`, hint);
  if (command !== undefined && message.startsWith('Not enough non-option arguments')) {
    // The file may have been taken for the value of a misspelt option.
    const options = words.flatMap((word) => /^--?([^-=][^=]*)/.exec(word)?.[1] ?? []);
    const [unknown] = options.filter((name) => !isOption(commands[command], name));
    if (unknown !== undefined) return unknownOption(command, unknown);
    const { files } = commands[command];
    const missing = files !== null && 'words' in files ? `a ${files.name}: ${files.describe}` : 'a file';
    return new UsageError(`${command} needs ${missing}`, hint);
  }
  return new UsageError(message, hint);
}

function addCommand(
  parser: ReturnType<typeof yargs>,
  name: CommandName,
  definition: CommandDefinition,
  { showsHelp, completes }: { readonly showsHelp: boolean; readonly completes: boolean },
  select: (command: CommandName, parsed: Parsed) => void,
): void {
  const { files } = definition;
  const positional = files === null ? '' : positionalOf(files);
  parser.command(
    `${name}${positional}`,
    (definition.olderNameOf === undefined ? definition.describe : false) as string,
    (command) => {
      command.usage(`$0 ${name}${positional}\n\n${definition.describe}`);
      if (files)
        command.positional(files.name, {
          type: 'string',
          describe: files.describe,
          ...(files.optional ? {} : { demandOption: true }),
          ...(completes && files.words ? { choices: files.words() } : {}),
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

const positionalOf = ({ name, many, optional }: CommandFiles): string => {
  const text = `${name}${many ? '..' : ''}`;
  return optional ? ` [${text}]` : ` <${text}>`;
};

/** Finds errors in the values of options, beyond their choices. */
type ValueCheck = (options: Options, command: CommandName) => readonly UsageError[];

/**
 * Checks names, choices and numbers of values ourselves, since our messages can suggest.
 *
 * @throws UsageError with everything that is wrong
 */
function toRequest(command: CommandName, parsed: Parsed, check: ValueCheck): Request {
  const definition: CommandDefinition = commands[command];
  const known = definition.options;
  const builtIn = ['_', '$0', ...(definition.files ? [definition.files.name] : [])];
  const errors: UsageError[] = [];
  const wrong = (message: string, hint: string): void => void errors.push(new UsageError(message, hint));
  for (const name of Object.keys(parsed))
    if (!isOption(definition, name) && !builtIn.includes(name)) errors.push(unknownOption(command, name));
  const extra = Array.isArray(parsed['_']) ? parsed['_'].slice(1).map(String) : [];
  // An argument after an unknown option may be its value.
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
  throwUsageErrors([...errors, ...check(options, command)]);
  const positional = definition.files ? parsed[definition.files.name] : [];
  return { kind: 'command', command, files: toTexts(positional), options };
}

/** Checks whether a command has an option of a name, or of one letter. */
const isOption = ({ options }: CommandDefinition, name: string): boolean =>
  name in options ||
  ['help', 'h', 'version', 'V'].includes(name) ||
  Object.values(options).some(({ alias }) => alias === name);

function unknownOption(command: CommandName, name: string): UsageError {
  const near = nearest(name, Object.keys(commands[command].options)).map((option) => `--${option}`);
  return new UsageError(
    `${command} has no option ${name.length === 1 ? '-' : '--'}${name}`,
    near.length > 0 ? `did you mean ${joinWords(near, 'or')}?` : `interneuron ${command} --help lists its options`,
  );
}

function optionReader(parsed: Parsed): Options {
  const values = (name: string): readonly string[] => toTexts(parsed[name]);
  return {
    flag: (name) => parsed[name] === true || (Array.isArray(parsed[name]) && parsed[name].at(-1) === true),
    value: (name) => values(name).at(-1),
    values,
  };
}

/** Returns texts of an option or of file names; flags have no texts. */
function toTexts(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((item) => {
    if (item === placeholder) return [standardStream];
    return typeof item === 'string' || typeof item === 'number' ? [String(item)] : [];
  });
}

/** Simulators with scripts in Python, by packages. A package's name begins with its command. */
const scriptPackages: Readonly<Record<string, string>> = {
  'brian2-interneuron': 'Brian 2',
  'pynn-interneuron': 'PyNN',
  'neuron-interneuron': 'NEURON',
};

/** Checks whether a word is the name of a file rather than of a command. */
const looksLikeFile = (word: string): boolean => /[/\\.]/.test(word);

function unknownCommand(words: readonly string[], help: string): Request {
  const word = words.find((candidate) => !candidate.startsWith('-'));
  if (word === undefined && words.length === 0) return { kind: 'text', text: `${help}\n` };
  const [first = ''] = words;
  if (word === undefined || first.startsWith('-'))
    throw new UsageError(
      word === undefined ? `${first} needs a command` : `there is no option ${first} before a command`,
      didYouMean(first, ['--help', '--version']) ?? 'interneuron --help lists all commands and options',
    );
  const script = Object.keys(scriptPackages).find((name) => name.replace(/2?-.*$/, '') === word);
  if (script !== undefined)
    throw new UsageError(
      `scripts of ${scriptPackages[script]} run in Python: the command ${word} belongs to the Python packages`,
      `install ${script} (docs/python.md), then python -I -m interneuron ${words.join(' ')}`,
    );
  if (looksLikeFile(word))
    throw new UsageError(`there is no file ${word}`, 'check the path; interneuron FILE says what a file is');
  const names = [...listedCommands, 'completion', 'man'];
  throw new UsageError(
    `there is no command ${word}`,
    didYouMean(word, [...Object.keys(commands), ...names]) ?? `the commands are ${names.join(', ')}`,
  );
}
