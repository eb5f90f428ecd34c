/** Defaults of options from the current folder, from the environment and from a file of the user. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { isObject } from '../diagnostics/member.js';
import { didYouMean, joinWords, shorten } from '../diagnostics/suggest.js';
import type { Options } from './arguments.js';
import { commands, type CommandName } from './command-table.js';
import type { CommandDefinition } from './table/options.js';

/** Options with defaults: no result depends on them. */
const names = ['target', 'device', 'threads'] as const;

/** File of the current folder with defaults of options, by command. */
export const projectFile = 'interneuron.yaml';

/** Longest project file, in bytes. */
const longestProject = 1 << 16;

/** Options of a project file: none of them names a file, replaces one or widens the access of a model. */
const harmless = [
  ...[
    'target',
    'device',
    'strategy',
    'threads',
    'ranks',
    'jobs',
    'precision',
    'seed',
    'seeds',
    'duration',
    'dt',
    'timing',
  ],
  ...['to', 'freeze', 'split', 'strict', 'partial', 'check', 'within', 'at-least', 'margin', 'times', 'unpaired'],
  ...['fail-on', 'severity'],
  ...['format', 'output-format', 'kind', 'bin', 'quiet'],
];

/** Defaults of a command: its options with texts, and flags as `true`. */
type ProjectDefaults = Readonly<Record<string, readonly string[] | true>>;

/**
 * Reads the defaults of a command from the project file of a folder. A file that is a model has none.
 *
 * @throws UsageError for a file that cannot be understood, and for options that a project file cannot set
 */
export async function projectDefaults(command: CommandName, folder = '.'): Promise<ProjectDefaults> {
  const path = join(folder, projectFile);
  const wrong = (message: string, hint: string): never => {
    throw new UsageError(`${projectFile}${message}`, hint);
  };
  if (!existsSync(path) || !statSync(path).isFile()) return {};
  if (statSync(path).size > longestProject) return wrong(' is too large for a project file', 'give it another name');
  const { parseYaml } = await import('./parse-yaml.js');
  let all: unknown;
  try {
    all = parseYaml(readFileSync(path, 'utf8'), { maxAliasCount: 0 });
  } catch (error) {
    return wrong(` is not YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`, 'correct it');
  }
  if (all === null) return {};
  if (!isObject(all)) return wrong(' is no table of commands', 'write run: { target: c }');
  if (Object.hasOwn(all, 'format') || Object.hasOwn(all, 'interneuron')) return {};
  const names = Object.keys(commands);
  for (const name of Object.keys(all))
    if (!names.includes(name))
      return wrong(
        ` has the unknown command ${shorten(name)}`,
        didYouMean(name, names) ?? 'interneuron --help lists them',
      );
  const options: unknown = all[command] ?? {};
  if (!isObject(options)) return wrong(`: ${command} takes options`, `write ${command}: { threads: 2 }`);
  const { options: known }: CommandDefinition = commands[command];
  return Object.fromEntries(
    Object.entries(options).map(([name, value]): readonly [string, readonly string[] | true] => {
      const option = known[name];
      const allowed = harmless.filter((each) => each in known);
      if (option === undefined)
        return wrong(
          `: ${command} has no option ${shorten(name)}`,
          didYouMean(name, allowed) ?? `it may set ${joinWords(allowed, 'and')}`,
        );
      if (!harmless.includes(name))
        return wrong(` cannot set the option ${name} of ${command}`, `give --${name} on the command line`);
      if (option.type === 'boolean' && typeof value === 'boolean') return [name, value ? true : []];
      const values: readonly unknown[] = Array.isArray(value) && option.repeated ? value : [value];
      const texts = values.flatMap((each) =>
        typeof each === 'string' || typeof each === 'number' ? [String(each)] : [],
      );
      const bad = texts.find((text) => option.choices?.includes(text) === false);
      if (option.type === 'boolean' || texts.length < values.length || bad !== undefined)
        return wrong(
          `: ${command}.${name} cannot be ${shorten(bad ?? value)}`,
          option.choices === undefined ? 'write text or a number' : `choose one of ${option.choices.join(', ')}`,
        );
      return [name, texts];
    }),
  );
}

/** Returns options with the defaults of a project file. */
export function withProject(options: Options, defaults: ProjectDefaults): Options {
  const texts = (name: string): readonly string[] => {
    const found = defaults[name];
    return found === undefined || found === true ? [] : found;
  };
  return {
    flag: (name) => options.flag(name) || defaults[name] === true,
    value: (name) => options.value(name) ?? texts(name).at(-1),
    values: (name) => (options.values(name).length > 0 ? options.values(name) : texts(name)),
  };
}

/** Commands that run models. */
const running: readonly CommandName[] = ['run', 'sweep', 'verify', 'test'];

/**
 * Fills in options that are not given: from `INTERNEURON_TARGET`, `INTERNEURON_DEVICE` and `INTERNEURON_THREADS`, else
 * from the file `interneuron/config.json` in the user's folder for configuration.
 *
 * @throws UsageError for a file that cannot be understood
 */
export function withDefaults(
  options: Options,
  command: CommandName,
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  if (!running.includes(command)) return options;
  const file = readConfiguration(environment);
  const defaultOf = (name: string): string | undefined => {
    // A device belongs to a target: one that is given has no default device.
    if (name === 'device' && options.value('target') !== undefined) return undefined;
    const known = names.find((option) => option === name);
    if (known === undefined) return undefined;
    const own = environment[`INTERNEURON_${known.toUpperCase()}`];
    return own === undefined || own === '' ? file[known] : own;
  };
  const value = (name: string): string | undefined => options.value(name) ?? defaultOf(name);
  return { flag: (name) => options.flag(name), value, values: (name) => options.values(name) };
}

type Configuration = Partial<Readonly<Record<(typeof names)[number], string>>>;

function readConfiguration({
  XDG_CONFIG_HOME: usual = '',
}: Readonly<Record<string, string | undefined>>): Configuration {
  const path = join(usual === '' ? join(homedir(), '.config') : usual, 'interneuron', 'config.json');
  if (!existsSync(path)) return {};
  const found = parsed(path);
  for (const [key, value] of Object.entries(found)) {
    if (!names.some((name) => name === key))
      throw new UsageError(
        `${path} has no setting ${shorten(key)}`,
        didYouMean(key, names) ?? `its settings are ${names.join(', ')}`,
      );
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new UsageError(`${path}: ${key} cannot be ${shorten(value)}`, 'write text or a number');
  }
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, String(value)]));
}

function parsed(path: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isObject(found)) return found;
  } catch {
    // Said below.
  }
  throw new UsageError(`${path} is not a JSON object`, 'write settings such as { "target": "c", "threads": 2 }');
}
