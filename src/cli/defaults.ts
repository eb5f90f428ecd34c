/** Defaults of options from the environment and from a file of the user. */

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { isObject } from '../diagnostics/member.js';
import { didYouMean, shorten } from '../diagnostics/suggest.js';
import type { Options } from './arguments.js';
import type { CommandName } from './command-table.js';

/** Options with defaults: no result depends on them. */
const names = ['target', 'device', 'threads'] as const;

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
    const known = names.find((one) => one === name);
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
