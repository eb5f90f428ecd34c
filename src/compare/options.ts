/** Options for comparing two recordings. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { fileUnit } from './units.js';
import type { CellMatching } from './pair-cells.js';

/** Largest differences that count as the same. */
export interface Margins {
  /** Of mean rates, relative to the first recording. */
  readonly rate: number;
  /** Of mean rates in Hz, if that is more. */
  readonly rateFloor: number;
  readonly cv: number;
  readonly lv: number;
  readonly correlation: number;
  readonly synchrony: number;
  /** Root mean square difference of samples, relative to their range in the first recording. */
  readonly trace: number;
}

/** Default margins. */
export const defaultMargins: Margins = {
  rate: 0.1,
  rateFloor: 0.5,
  cv: 0.1,
  lv: 0.1,
  correlation: 0.02,
  synchrony: 0.05,
  trace: 0.01,
};

/** Quantities computed from spikes: only matches, also statistics, or also distances. */
export type Measures = 'matches' | 'statistics' | 'all';

/** Options of a comparison; times in s. */
export interface CompareOptions {
  readonly cells?: CellMatching;
  /** δ: spikes no further apart are the same. Absent: 0.1 ms, or one step of either side. */
  readonly within?: number;
  /** Start of the compared time; absent: the start of both recordings. */
  readonly from?: number;
  readonly margins?: Margins;
  /** Whether statistics are compared without pairing cells. */
  readonly unpaired?: boolean;
  /** Quantities computed besides matched spikes; absent: all. */
  readonly measures?: Measures;
}

/**
 * Reads margins such as `rate=10%`, `rate=2 Hz`, `cv=0.05`.
 *
 * @throws UsageError for unknown quantities and for rates without a unit
 */
export function readMargins(texts: readonly string[]): Margins {
  let margins = defaultMargins;
  for (const text of texts) {
    const [, name = '', number = '', unit = ''] = /^(\w+)\s*=\s*(\d*\.?\d+(?:e-?\d+)?)\s*(.*)$/i.exec(text) ?? [];
    const value = Number(number);
    if (!(name in defaultMargins) || name === 'rateFloor' || number === '')
      throw new UsageError(
        `--margin ${text} is no margin`,
        'write rate=10%, rate=2 Hz, cv=0.1, lv=0.1, correlation=0.02, synchrony=0.05 or trace=1%',
      );
    const relative = unit === '%';
    if (name === 'rate') margins = { ...margins, ...rateMargin(text, value, unit) };
    else if (name === 'trace' ? !relative : unit !== '')
      throw new UsageError(
        `--margin ${text}: ${name === 'trace' ? 'samples are compared relative to their range' : `${name} has no unit`}`,
        name === 'trace' ? 'write a percentage, such as trace=1%' : `write a number, such as ${name}=0.1`,
      );
    else margins = { ...margins, [name]: relative ? value / 100 : value };
  }
  return margins;
}

function rateMargin(text: string, value: number, unit: string): Pick<Margins, 'rate' | 'rateFloor'> {
  if (unit === '%') return { rate: value / 100, rateFloor: 0 };
  const scale = fileUnit(unit);
  if (unit === '' || scale?.si !== 'Hz')
    throw new UsageError(
      `--margin ${text} has no unit of a rate`,
      'write a percentage or a rate, such as rate=10% or rate=2 Hz',
    );
  return { rate: 0, rateFloor: value * scale.scale };
}
