/** The conversions of a command: its models, with the output file and the notation of each. */

import { mkdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { orOutputError } from '../../runtime/results/output-error.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { joinWords } from '../diagnostics/suggest.js';
import { printable } from '../diagnostics/display.js';
import {
  documentNotation,
  isFolderNotation,
  kindOfSuffix,
  notationsOf,
  shortNotations,
  targetNotations,
  targetOf,
  targetOfName,
  usualName,
  usualSuffix,
  type TargetNotation,
} from '../convert/target-notations.js';
import { standardStream, type Options } from './arguments.js';
import { isFolder, modelFiles, namesSeveral } from './model-files.js';

/** One model to convert. */
export interface Conversion {
  readonly source: string;
  /** File to write, or `-`. */
  readonly output: string;
  readonly to: TargetNotation;
}

/**
 * Plans the conversions of a command. Folders for several files are made.
 *
 * @throws UsageError for an output that cannot be meant
 */
export async function planConversions(files: readonly string[], options: Options): Promise<readonly Conversion[]> {
  const output = outputOf(options);
  if (output === '') throw new UsageError('--output needs a file name', 'give one, such as -o model.json');
  const isSeveral = files.length > 1 || files.some(namesSeveral);
  const folder = notationIn(options.value('to'));
  if (!isSeveral && folder !== undefined && isFolderNotation(folder) && output !== standardStream) {
    refuseMisleadingName(output, folder);
    return files.map((source) => ({ source, output: join(output, usualName(folder)), to: folder }));
  }
  if (!isSeveral && !isFolderName(output)) {
    const to = notationFor(options.value('to'), output);
    refuseMisleadingName(output, to);
    return files.map((source) => ({ source, output, to }));
  }
  if (!isFolderName(output) && (output === standardStream || extname(output) !== ''))
    throw new UsageError(`several models cannot be written to ${printable(output)}`, 'name a folder, such as -o out/');
  const to = notationFor(options.value('to'), '');
  const models = await modelFiles(files);
  const conversions = models.map(({ path, within }) => {
    const isShared = models.some((other) => other.within !== within && stemWithin(other.within) === stemWithin(within));
    const name = path === standardStream ? 'model' : isShared ? within : stemWithin(within);
    const document = isFolderNotation(to) ? join(name, usualName(to)) : `${name}${usualSuffix(to)}`;
    return { source: path, output: join(output, document), to };
  });
  refuseOneOutput(conversions);
  for (const folder of new Set(conversions.map((conversion) => dirname(conversion.output))))
    orOutputError(folder, () => mkdirSync(folder, { recursive: true }));
  return conversions;
}

/** Returns the file or folder to write: without `--output` the standard output. @throws UsageError without `--to` */
function outputOf(options: Options): string {
  const output = options.value('output');
  if (output === undefined && options.value('to') === undefined)
    throw new UsageError('convert needs --to or --output', 'interneuron convert --help describes them');
  return output ?? standardStream;
}

const stemWithin = (within: string): string => within.replace(/(?:\.nml\.h5|\.[^./\\]*)$/, '');

const isFolderName = (path: string): boolean => /[/\\]$/.test(path) || isFolder(path);

/** @throws UsageError if two models would have one output */
function refuseOneOutput(conversions: readonly Conversion[]): void {
  const sources = new Map<string, string>();
  for (const { source, output } of conversions) {
    const other = sources.get(output);
    if (other !== undefined)
      throw new UsageError(
        `${printable(other)} and ${printable(source)} would both be written to ${printable(output)}`,
        'convert them one by one',
      );
    sources.set(output, source);
  }
}

/** Returns the notation that a word of `--to` stands for. */
const notationIn = (word: string | undefined): TargetNotation | undefined =>
  targetNotations.find((name) => name === word) ?? shortNotations[word ?? ''];

/** Returns the notation that `--to` or the suffix of the output names. @throws UsageError if neither does */
function notationFor(to: string | undefined, output: string): TargetNotation {
  const named = notationIn(to);
  if (named !== undefined) return named;
  const byName = targetOfName(output);
  if (byName !== undefined) return byName;
  const possible = notationsOf(extname(output).toLowerCase());
  const [only] = possible;
  if (only !== undefined && possible.length === 1) return only;
  throw new UsageError(
    'convert needs --to',
    possible.length === 0
      ? 'it names the notation to write, such as --to neuroml'
      : `${printable(output)} may be ${joinWords(possible, 'or')}`,
  );
}

/**
 * Rejects a suffix of another notation: a script under the name of a document would be read as one.
 *
 * @throws UsageError
 */
function refuseMisleadingName(path: string, to: TargetNotation): void {
  const suffix = extname(path).toLowerCase();
  const { files: kind, document } = targetOf(to);
  const other = kindOfSuffix(suffix);
  if (other === undefined || other === kind || targetOfName(path) === to) return;
  const base = path.slice(0, -suffix.length);
  const { suffixes } = kind;
  const renamed = printable(
    suffixes.some((known) => base.toLowerCase().endsWith(known)) ? base : `${base}${usualSuffix(to)}`,
  );
  throw new UsageError(
    `--to ${to} writes ${kind.called}, but ${printable(path)} has the name of ${other.called}`,
    document !== undefined && other === targetOf(documentNotation(to)).files
      ? `use -o ${renamed}, or --to ${document}`
      : `use -o ${renamed}`,
  );
}
