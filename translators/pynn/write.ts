/** Writes models for PyNN, as scripts and as documents. */

import { platform } from '#platform';
import { filesWithTables } from '../shared/tables-beside.js';
import { renamed, written, type Writer } from '../shared/writing.js';
import { withTables } from './export/connection-tables.js';
import { exportPynn } from './export.js';
import { exportPynnScript } from './export-script.js';

/**
 * Returns a writer of scripts.
 *
 * @param nestml  whether parts that PyNN has no name for are written in NESTML, rather than for our backend
 */
const scriptWriter =
  (nestml: boolean): Writer =>
  async (valid, { name, afterPass }) => {
    const made = await exportPynnScript(valid, platform.paths.parse(name).name, { afterPass, nestml });
    return written(renamed(made.files, name), made);
  };

/** Writes scripts. */
export const script = scriptWriter(false);
/** Writes scripts for NEST, with models in NESTML. */
export const nestmlScript = scriptWriter(true);

/** Writes documents. */
export const document: Writer = async (valid, writing) => {
  const made = await exportPynn(valid, { afterPass: writing.afterPass });
  return written(await filesWithTables(made.document, writing, withTables), made);
};
