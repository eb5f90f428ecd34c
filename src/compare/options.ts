/** Options for comparing two recordings. */

import { UsageError } from '../diagnostics/diagnostic.js';
import type { CellMatching } from './pair-cells.js';

/** Largest distances that count as the same; `docs/compare.md` defines the distances. */
export interface Margins {
  /** Of the distribution of rates, relative to the mean rate. */
  readonly rate: number;
  readonly cv: number;
  readonly lv: number;
  readonly correlation: number;
  /** Of the rate over time, relative to its integral. */
  readonly time: number;
  /** Ratio of powers in a band. */
  readonly spectrum: number;
  /** Of rank correlations of the times of cells. */
  readonly order: number;
  readonly synchrony: number;
  /** Root mean square difference of samples, relative to their range in the first recording. */
  readonly trace: number;
}

/** Default margins. */
export const defaultMargins: Margins = {
  rate: 0.1,
  cv: 0.1,
  lv: 0.1,
  correlation: 0.02,
  time: 0.1,
  spectrum: 1.5,
  order: 0.1,
  synchrony: 0.05,
  trace: 0.01,
};

/** Margins that are written as percentages. */
const relative: readonly string[] = ['rate', 'time', 'trace'];

/** Options of a comparison; times in s. */
export interface CompareOptions {
  readonly cells?: CellMatching;
  /** δ: spikes no further apart are the same. Absent: 0.1 ms. */
  readonly within?: number;
  /** Start and end of the compared time; absent: those of both recordings. */
  readonly from?: number;
  readonly to?: number;
  /** Populations, `population.variable`, `spikes` or `samples` that are compared; absent: all. */
  readonly only?: readonly string[];
  /** Parts that are left out, named as in `only`. */
  readonly ignore?: readonly string[];
  readonly margins?: Margins;
  /** Whether cells of one identifier are other cells, as in networks that are drawn anew. */
  readonly unpaired?: boolean;
  /** Whether quantities are left out, and only spikes matched. */
  readonly matchesOnly?: boolean;
}

/**
 * Reads margins such as `rate=10%`, `cv=0.05`, `spectrum=2`.
 *
 * @throws UsageError for unknown quantities, and for units of other kinds
 */
export function readMargins(texts: readonly string[]): Margins {
  let margins = defaultMargins;
  for (const text of texts) {
    const [, name = '', number = '', unit = ''] = /^(\w+)\s*=\s*(\d*\.?\d+(?:e-?\d+)?)\s*(.*)$/i.exec(text) ?? [];
    if (!Object.hasOwn(defaultMargins, name) || number === '')
      throw new UsageError(
        `--margin ${text} is no margin`,
        'write rate=10%, cv=0.1, lv=0.1, correlation=0.02, time=10%, spectrum=1.5, order=0.1, synchrony=0.05 or trace=1%',
      );
    const isRelative = relative.includes(name);
    if (unit !== (isRelative ? '%' : ''))
      throw new UsageError(
        `--margin ${text}: ${isRelative ? `${name} is compared relative to its size` : `${name} has no unit`}`,
        isRelative ? `write a percentage, such as ${name}=10%` : `write a number, such as ${name}=0.1`,
      );
    if (name === 'spectrum' && Number(number) <= 1)
      throw new UsageError(`--margin ${text} is no ratio of powers`, 'write a number above 1, such as spectrum=1.5');
    margins = { ...margins, [name]: isRelative ? Number(number) / 100 : Number(number) };
  }
  return margins;
}
