/** The context of every command. */

import { printableLines } from '../diagnostics/display.js';
import { renderDiagnostics } from '../diagnostics/render.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { readSource, readStandardInput, type Source } from '../pipeline/read/read-source.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { standardStream, type Options } from './arguments.js';
import type { CommandName } from './command-table.js';
import { sourceText } from './source-texts.js';
import { importOptions } from './values.js';
import type { Terminal } from './terminal.js';

/** Most warnings of one code that a command other than `validate` shows. */
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
  /** Time at which the command began, on the clock of `performance.now()`. */
  readonly began: number;
  /** Reads a model's text and keeps it, so findings can show its lines. `-` is standard input. @throws UsageError */
  read(path: string, longest?: number): Source;
  /** Reads a model's text, with the script that it was captured from. @throws UsageError */
  readModel(path: string): Source;
  /** Shows lines of this text for findings in the document of its name. */
  keep(source: Source): void;
  /** Imports a model with the options of the command and further changes, from a document, a result or a bundle. */
  model(path: string, changes?: ImportOptions): Promise<ImportedModel>;
  /**
   * Shows findings, unless the output is JSON; only errors if it is quiet.
   *
   * @param all  whether each is shown, however many have the same code
   */
  show(diagnostics: readonly Diagnostic[], all?: boolean): void;
  /** Returns findings as text for people: only errors if the output is quiet, empty if it is JSON. */
  shown(diagnostics: readonly Diagnostic[]): string;
  /** Whether the result of the command is written to standard output. */
  readonly toStandardOutput: boolean;
  /** Prints text for people, unless the output is JSON or quiet; to stderr if stdout gets the result. */
  say(text: string): void;
  /** Prints an error to the stream of `say`, unless the output is JSON. */
  readonly printError: (text: string) => void;
}

/** Returns the one file of a command that takes one. */
export function onlyFile({ files }: CommandContext): string {
  return files[0] ?? '';
}

/** Checks whether `--fix` prints the corrected text of standard input. */
export const correctsStandardInput = ({ files, options }: Pick<CommandContext, 'files' | 'options'>): boolean =>
  options.flag('fix') && files.includes(standardStream);

/** Creates a context with texts that go to `sources`. */
export function createContext(
  words: readonly string[],
  request: { readonly command: CommandName; readonly files: readonly string[]; readonly options: Options },
  terminal: Terminal,
  began: number,
  sources: Map<string, string>,
): CommandContext {
  const json = request.options.flag('json');
  const quiet = request.options.flag('quiet');
  // Without an output, a conversion is printed.
  const output = request.options.value('output') ?? (request.command === 'convert' ? standardStream : undefined);
  const toStandardOutput = output === standardStream || correctsStandardInput(request);
  const rendered = (found: readonly Diagnostic[], colour: boolean, alike: { mostAlike?: number }): string => {
    const diagnostics = quiet ? found.filter(({ severity }) => severity === 'error') : found;
    if (json || diagnostics.length === 0) return '';
    return renderDiagnostics(diagnostics, { source: (name) => sourceText(sources, name), colour, ...alike });
  };
  const printError = (text: string): void => {
    if (!json) (toStandardOutput ? terminal.stderr : terminal.stdout).write(`${printableLines(text)}\n`);
  };
  let input: Source | undefined;
  const script = request.options.value('captured-from');
  const keep = (source: Source): void => {
    sources.set(source.name, source.text);
  };
  const read = (path: string, longest?: number): Source => {
    const source =
      path === standardStream ? (input ??= readStandardInput(terminal.input?.())) : readSource(path, longest);
    keep(source);
    return source;
  };
  return {
    ...request,
    words,
    terminal,
    json,
    quiet,
    began,
    toStandardOutput,
    read,
    keep,
    readModel: (path) => ({ ...read(path), ...(script === undefined ? {} : { script: read(script) }) }),
    async model(path, changes = {}) {
      const inputs = request.options.values('input');
      const options: ImportOptions = {
        ...importOptions(request.options),
        ...(inputs.length === 0
          ? {}
          : { inputs: await (await import('../pipeline/read/input-files.js')).readInputs(inputs) }),
        ...changes,
      };
      const { modelInResult } = await import('../pipeline/results/model-in-result.js');
      const { modelInBundle } = await import('../pipeline/read/model-in-bundle.js');
      const held =
        path === standardStream ? null : ((await modelInBundle(path, options)) ?? (await modelInResult(path, options)));
      return held ?? (await import('../pipeline/pipeline.js')).importModel(this.readModel(path), options);
    },
    show(diagnostics, all = false) {
      const text = rendered(diagnostics, terminal.stderr.colour, all ? {} : { mostAlike });
      if (text !== '') terminal.stderr.write(`${text}\n`);
    },
    shown: (diagnostics) => rendered(diagnostics, terminal.stdout.colour, {}),
    say(text) {
      if (!quiet) printError(text);
    },
    printError,
  };
}
