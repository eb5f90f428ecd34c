/** Places at which two files of results, or their records, differ. */

/** Something that two files of results hold differently. */
export interface FileDifference {
  /** Path of the object and `@attribute` in HDF5, the way to a value in JSON, file and line in CSV. */
  readonly place: string;
  /** The value in the first result, or that it is missing. */
  readonly stored: string;
  /** The value in the other result, or that it is missing. */
  readonly expected: string;
}

/** Differences; only the first are kept. */
export interface FileDifferences {
  /** The first ones, in the order of the file. */
  readonly list: readonly FileDifference[];
  /** All that were found. */
  readonly count: number;
}

/** Differences that are kept. */
const mostDifferences = 100;

/** Collects differences. */
export interface DifferenceList {
  /** Notes a difference. */
  add(place: string, stored: string, expected: string): void;
  done(): FileDifferences;
}

/** An empty list, that keeps the first `mostDifferences`. */
export function differenceList(): DifferenceList {
  const list: FileDifference[] = [];
  let count = 0;
  return {
    add: (place, stored, expected) => {
      count += 1;
      if (list.length < mostDifferences) list.push({ place, stored: shortened(stored), expected: shortened(expected) });
    },
    done: () => ({ list, count }),
  };
}

const longest = 160;

function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}
