/** Functions of the package that do what commands do: `validate`, `compare` and `plot`. */

import { DiagnosticError, type Diagnostic } from './diagnostics/diagnostic.js';
import type { Comparison } from './compare/compare.js';
import { readMargins } from './compare/options.js';
import { cellMatching } from './compare/pair-cells.js';
import {
  checkArgument,
  checkOptions,
  choice,
  flag,
  text,
  texts,
  type ArgumentKinds,
} from './diagnostics/public-arguments.js';
import { importModel } from './pipeline/import-model.js';
import { checkedSeconds } from './pipeline/option-values.js';
import { pictureKinds, type PictureKind } from './present/picture-kinds.js';
import type { ModelHashes } from './model/hash.js';
import type { ImportOptions } from './pipeline/read/import-options.js';
import { readSource, type Source } from './pipeline/read/read-source.js';
import type { Notation } from './pipeline/read/recognise.js';
import { validateModel } from './pipeline/validate-model.js';

/** The verdict of `validate` on a document. */
export interface Validation {
  readonly valid: boolean;
  /** Errors, warnings and notes, with their places. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if the document is not valid. */
  readonly notation?: Notation;
  /** Absent if the document is not valid, or is a part of models and no model itself. */
  readonly hashes?: ModelHashes;
}

/**
 * Validates a document in any notation, and returns all findings; `importModel` throws them.
 *
 * @throws UsageError for a file that cannot be read, and for invalid options
 */
export async function validate(source: Source, options: ImportOptions = {}): Promise<Validation> {
  try {
    const { notation, hashes, diagnostics } = await validateModel(source, options);
    return { valid: true, notation, diagnostics, ...(hashes === undefined ? {} : { hashes }) };
  } catch (error) {
    if (error instanceof DiagnosticError) return { valid: false, diagnostics: error.diagnostics };
    throw error;
  }
}

/** Options of `compare`; times are texts with a unit. */
export interface ComparisonOptions {
  /** Spikes no further apart are the same [0.1 ms or one step]. */
  readonly within?: string;
  /** Match of cells: `id`, `id+1`, `order`, or a file of pairs [id]. */
  readonly cells?: string;
  /** Largest differences that count as the same, such as `rate=10%`. */
  readonly margins?: readonly string[];
  /** Unit of times in files that state none. */
  readonly times?: string;
  /** Start of the compared time [the start of both]. */
  readonly from?: string;
  /** Whether statistics are compared without pairing cells. */
  readonly unpaired?: boolean;
}

const comparisonKinds: ArgumentKinds<ComparisonOptions> = {
  within: text('0.1 ms'),
  cells: text('id+1'),
  margins: texts('rate=10%'),
  times: text('ms'),
  from: text('100 ms'),
  unpaired: flag,
};

/**
 * Compares two result files of any programs.
 *
 * @returns the grade of agreement, with populations and signals; times in s
 * @throws UsageError for files that cannot be read or share no recordings
 */
export async function compare(first: string, second: string, options: ComparisonOptions = {}): Promise<Comparison> {
  checkArgument('compare', first, text('a.nwb'));
  checkArgument('compare', second, text('b.nwb'));
  checkOptions('compare', options, comparisonKinds);
  const { within, cells = 'id', margins = [], times, from, unpaired = false } = options;
  const { compareResults } = await import('./verify/compare-results.js');
  const { comparison } = await compareResults(first, second, {
    cells: cellMatching(cells),
    margins: readMargins(margins),
    unpaired,
    ...(times === undefined ? {} : { times }),
    ...(within === undefined ? {} : { within: checkedSeconds(within, 'within') }),
    ...(from === undefined ? {} : { from: checkedSeconds(from, 'from') }),
  });
  return comparison;
}

/** Options of `plot`. */
export interface PlotOptions {
  /** Absent: spikes, or samples without spikes. */
  readonly kind?: PictureKind;
  /** Width of the bins of rates, such as `5 ms`. */
  readonly bin?: string;
  readonly title?: string;
}

/** Draws a result of any program, or the network of a model. @returns SVG @throws UsageError */
export function plot(path: string, options?: PlotOptions): Promise<string>;
/** Draws a picture as PNG. @throws UsageError */
export function plot(path: string, options: PlotOptions & { readonly format: 'png' }): Promise<Uint8Array>;
export async function plot(
  path: string,
  options: PlotOptions & { readonly format?: 'svg' | 'png' } = {},
): Promise<string | Uint8Array> {
  checkArgument('plot', path, text('result.nwb'));
  checkOptions<PlotOptions & { format?: 'svg' | 'png' }>('plot', options, {
    kind: choice(pictureKinds),
    bin: text('5 ms'),
    title: text('Raster'),
    format: choice(['svg', 'png']),
  });
  const { kind, bin, title, format } = options;
  const { drawPictureOf } = await import('./present/draw-picture.js');
  const { neuromlParts } = await import('./present/describe/neuroml-parts.js');
  const svg = await drawPictureOf(path, {
    ...(kind === undefined ? {} : { kind }),
    ...(title === undefined ? {} : { title }),
    ...(bin === undefined ? {} : { bin: checkedSeconds(bin, 'bin') }),
    importModel: () => importModel(readSource(path)),
    neuroml: () => neuromlParts(readSource(path), []),
  });
  return format === 'png' ? (await import('./pictures/png.js')).renderPng(svg) : svg;
}
