/** Scripts of Brian 2 and PyNN as models: the Python package executes them, if the user asks for it. */

import { existsSync } from 'node:fs';
import { whatIsFile } from '../pipeline/read/what-is.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { shellWord } from '../diagnostics/display.js';
import { isolatedPython } from '../platform/python.js';
import { outcomeOf, startProgram } from '../platform/start-program.js';
import { exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Commands that take scripts as models. */
const commands: readonly string[] = ['run', 'convert', 'validate', 'describe', 'matrix'];

const isScript = (word: string): boolean => word.endsWith('.py');

/** Returns the arguments of a command before `--`; later ones are the script's own. */
const ownWords = (words: readonly string[]): readonly string[] =>
  words.includes('--') ? words.slice(0, words.indexOf('--')) : words;

/** Returns whether a command asks for the execution of a script. */
export const asksToExecute = (words: readonly string[]): boolean =>
  commands.includes(words[0] ?? '') && ownWords(words).includes('--execute');

/**
 * Returns the sentence and the line that execute the scripts among the models of a command.
 *
 * @returns an empty text without a script
 */
export function offerToExecute(words: readonly string[], models: readonly string[]): string {
  if (!commands.includes(words[0] ?? '') || !models.some(isScript)) return '';
  const refused = models
    .filter(isScript)
    .map(refusalOf)
    .find((text) => text !== undefined);
  if (refused !== undefined) return `\n${refused.join('\n  ')}\n`;
  const own = ownWords(words);
  const line = [...own, '--execute', ...words.slice(own.length)].map(shellWord).join(' ');
  return `\nIf the script is your own, this line executes it with Python:\n  interneuron ${line}\n`;
}

/** Returns the reason for not executing a script, and the advice; undefined for scripts that are executed. */
function refusalOf(path: string): readonly [sentence: string, advice: string] | undefined {
  if (!existsSync(path)) return undefined;
  const { isRefused = false, title, advice = '' } = whatIsFile(path);
  return isRefused ? [`${path} is ${title}`, advice] : undefined;
}

/**
 * Executes the scripts of a command with the Python package, which passes their networks to this program.
 *
 * @returns the exit code of the command
 * @throws UsageError if the command names no script, or no Python has the package
 */
export async function executeScript(words: readonly string[], terminal: Terminal): Promise<number> {
  const scripts = ownWords(words).filter(isScript);
  if (scripts.length === 0) throw new UsageError('there is no script to execute', '--execute is for models in Python');
  const refused = scripts.map(refusalOf).find((text) => text !== undefined);
  if (refused !== undefined) throw new UsageError(...refused);
  const python = pythonWithPackage(terminal);
  terminal.stderr.write(`${scripts.join(', ')}: ${python} executes it with your rights\n`);
  const at = words.indexOf('--execute');
  const given = [...words.slice(0, at), ...words.slice(at + 1)];
  const environment = {
    INTERNEURON_NODE: process.execPath,
    ...(process.argv[1] === undefined ? {} : { INTERNEURON_PROGRAM: process.argv[1] }),
  };
  const start = isolatedPython(['-m', 'interneuron', ...given], process.cwd());
  const child = startProgram([python, ...start.words], { ...start.options, environment, stdin: 'inherit' });
  child.stdout.setEncoding('utf8').on('data', (text: string) => terminal.stdout.write(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => terminal.stderr.write(text));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? exitCodes.interrupted));
  });
}

/** Returns the Python that has the package: `INTERNEURON_PYTHON`, or one on the path. */
function pythonWithPackage({ environment }: Terminal): string {
  const named = environment['INTERNEURON_PYTHON'];
  const search = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("interneuron") is None)';
  const names = named === undefined ? ['python3', 'python'] : [named];
  // The named Python may be a path from the user's folder.
  const { words, options } = isolatedPython(['-c', search], process.cwd());
  const found = names.find((name) => outcomeOf([name, ...words], options).status === 0);
  if (found === undefined)
    throw new UsageError(
      `no Python has the package interneuron (looked for ${names.join(', ')})`,
      'install the Python packages (docs/python.md), or name the Python that has them by INTERNEURON_PYTHON',
    );
  return found;
}
