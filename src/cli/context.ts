/** The context of every command. */

import { renderDiagnostics } from '../diagnostics/render.js';
import { readSource, type Source } from '../run/read-source.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Options } from './arguments.js';
import { sourceText } from './source-texts.js';
import type { Terminal } from './terminal.js';

/** How many warnings of one code a command shows whose work is not to validate. */
const mostAlike = 3;

/** The arguments of a command, and its output. */
export interface CommandContext {
  /** The arguments as typed, without the name of the program. */
  readonly words: readonly string[];
  /** Positional arguments. */
  readonly files: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
  /** Whether the output is JSON for programs. */
  readonly json: boolean;
  /** Whether only errors are printed. */
  readonly quiet: boolean;
  /** When the command began, on the clock of `performance.now()`. */
  readonly began: number;
  /** Reads a model's text and keeps it, so findings can show its lines. @throws UsageError */
  read(path: string): Source;
  /**
   * Shows warnings and notes, unless the reader is a program or wants quiet.
   *
   * @param all  whether each is shown, however many have the same code
   */
  show(diagnostics: readonly Diagnostic[], all?: boolean): void;
  /** Prints text for people, unless the output is JSON or quiet. */
  say(text: string): void;
}

/** The one file of a command that takes one. */
export function onlyFile({ files }: CommandContext): string {
  return files[0] ?? '';
}

/** A context whose texts go to `sources`. */
export function createContext(
  words: readonly string[],
  request: { readonly files: readonly string[]; readonly options: Options },
  terminal: Terminal,
  began: number,
  sources: Map<string, string>,
): CommandContext {
  const json = request.options.flag('json');
  const quiet = request.options.flag('quiet');
  const forPeople = !json && !quiet;
  return {
    ...request,
    words,
    terminal,
    json,
    quiet,
    began,
    read(path) {
      const source = readSource(path);
      // Of a text without its long lists, not all lines are there to be shown.
      if (!source.lists) sources.set(source.name, source.text);
      return source;
    },
    show(diagnostics, all = false) {
      if (!forPeople || diagnostics.length === 0) return;
      const { colour } = terminal.stderr;
      terminal.stderr.write(
        `${renderDiagnostics(diagnostics, {
          source: (name) => sourceText(sources, name),
          colour,
          ...(all ? {} : { mostAlike }),
        })}\n`,
      );
    },
    say(text) {
      if (forPeople) terminal.stdout.write(`${text}\n`);
    },
  };
}
