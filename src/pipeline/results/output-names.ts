/** Names of results, with a suffix for their format. */

import { platform } from '#platform';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { oneOf, suggestion } from '../../diagnostics/suggest.js';
import { messages } from '../messages.js';

const { basename, extname } = platform.paths;

/** Suffixes of the formats that results are written in. */
const resultSuffixes = ['.nwb', '.json', '.csv', '.h5', '.nirdata'] as const;

/** The suffix of a format. */
export type ResultSuffix = (typeof resultSuffixes)[number];

/**
 * Returns the format of a result by its name. @throws UsageError if it is no file's name, or no format has its suffix
 */
export function suffixOf(path: string): ResultSuffix {
  if (/(^|[/\\])$/.test(path) || (basename(path).startsWith('.') && extname(path) === ''))
    throw messages.noFileName(path);
  const suffix = extname(path).toLowerCase();
  const known = resultSuffixes.find((resultSuffix) => resultSuffix === suffix);
  if (known) return known;
  const written = suffix === '' ? `${path} has no suffix` : `no result format has the suffix ${suffix}`;
  throw new UsageError(
    `${written}: it is ${oneOf(suffix, resultSuffixes)}`,
    suggestion(suffix, resultSuffixes).hint ?? `write ${path.slice(0, path.length - suffix.length)}.nwb`,
  );
}
