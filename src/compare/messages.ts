/** Sentences about files that are not read as results. */

import { UsageError } from '../diagnostics/diagnostic.js';

const readable =
  'results are NWB, data of NIR, SONATA spikes and reports, Neo JSON, spikes and samples of NEST and LEMS, and tables with ' +
  'a header';

/** The file has an unknown format. */
export const unreadFormat = (path: string, why: string): UsageError =>
  new UsageError(`${path} cannot be read as a result: ${why}`, readable);

/** The file has a known format, and something in it is wrong. */
export const unusable = (path: string, why: string, hint: string): UsageError =>
  new UsageError(`${path} cannot be read as a result: ${why}`, hint);

/** Times without a unit. */
export const noTimeUnit = (path: string, where: string): UsageError =>
  unusable(path, `${where} states no unit of its times`, 'state it, as in --times ms');

/** A time or value that is no number. */
export const notANumber = (path: string, where: string, text: string): UsageError =>
  unusable(
    path,
    `${where} is ${text === '' ? 'empty' : text}, not a number`,
    'correct the file, or compare without it',
  );
