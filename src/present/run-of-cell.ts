/** A run of a few cells without connections, which shows more than a picture of their network, a single box. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openRecorded } from '../compare/open-recorded.js';
import { withNodes } from '../compare/read/ours.js';
import type { Recorded } from '../compare/recorded.js';
import { cellDiagram } from '../pictures/cell-diagram.js';
import { isPlainModel } from '../pictures/model-diagram.js';
import { runModel } from '../pipeline/pipeline.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { temporaryFolder } from '../platform/temporary-folder.js';
import { needsDuration, usualDuration } from './next-commands.js';
import { fewCells, picturedRecordings } from './pictured-recordings.js';

/**
 * Runs a model of a few cells with their potentials recorded; undefined for other models.
 *
 * @param read  reads the model with further options
 */
export async function runOfCell(
  { valid }: Pick<ImportedModel, 'valid'>,
  read: (options: ImportOptions) => Promise<ImportedModel>,
): Promise<Recorded | undefined> {
  const { populations } = valid.model;
  const cells = Object.values(populations).reduce((sum, { size }) => sum + size, 0);
  // Of two populations of one cell, one may be an input.
  if (cells === 0 || cells > (isPlainModel(valid.model) ? fewCells : 2) || cellDiagram(valid.model)) return undefined;
  const folder = temporaryFolder('cell');
  const path = join(folder, 'run.json');
  try {
    const watched = await read({
      record: picturedRecordings(valid.model),
      ...(needsDuration(valid) ? { duration: usualDuration } : {}),
    });
    const result = await runModel(watched, { outputs: [path] });
    if (result.kind === 'run') result.dispose();
    return withNodes(await openRecorded(path));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
