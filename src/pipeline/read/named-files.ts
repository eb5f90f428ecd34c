/** Files of other notations that a canonical document names, such as mechanisms. */

import type { NamedFilesReader, Placed } from '../../../translators/shared/notation.js';
import { roadsNow } from '../roads.js';

/** Returns a canonical document with what the named files hold. */
export const withNamedFiles: NamedFilesReader = (document, positions, reading) =>
  roadsNow().reduce<Placed>((now, [, { named }]) => (named ? named(now.document, now.positions, reading) : now), {
    document,
    positions,
  });
