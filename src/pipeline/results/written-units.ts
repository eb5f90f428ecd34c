/** Units of numbers in result files, for notations with customs of their own. */

import type { WrittenUnits } from '../../../runtime/record/plan.js';
import type { WrittenUnit } from '../../../runtime/results/result.js';
import { factsOf, type Notation } from '../read/notation.js';

/** Units of samples by SI unit, and of times in text formats; absent: SI. */
export interface FileUnits {
  /** By SI unit, such as `mV` for `V`. */
  readonly samples: WrittenUnits;
  /** Of times in text formats; absent: s. */
  readonly times?: WrittenUnit;
}

/** PyNN's units (https://neuralensemble.org/docs/PyNN/units.html), by SI unit. */
const inMillivolts: FileUnits = {
  samples: {
    V: { unit: 'mV', perSI: 1e3 },
    A: { unit: 'nA', perSI: 1e9 },
    S: { unit: 'uS', perSI: 1e6 },
    F: { unit: 'nF', perSI: 1e9 },
    s: { unit: 'ms', perSI: 1e3 },
  },
  times: { unit: 'ms', perSI: 1e3 },
};

/** Returns the units of a notation's files. */
export function fileUnits(notation: Notation | undefined): FileUnits {
  return notation !== undefined && factsOf(notation).fileUnits === 'mV, nA, ms' ? inMillivolts : { samples: {} };
}

/** Returns the units that a result was written in. */
export function storedUnits(record: {
  readonly series: readonly { readonly unit: string; readonly written?: WrittenUnit }[];
  readonly times?: WrittenUnit;
}): FileUnits {
  return {
    samples: Object.fromEntries(record.series.flatMap(({ unit, written }) => (written ? [[unit, written]] : []))),
    ...(record.times ? { times: record.times } : {}),
  };
}
