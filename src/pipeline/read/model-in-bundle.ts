/** Models in bundles. */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isArchive } from '../../bundle/archive.js';
import { isExperiment, openBundle, type Bundle } from '../../bundle/open.js';
import { DiagnosticError, type Diagnostic, type Place } from '../../diagnostics/diagnostic.js';
import { importModel, readSource } from '../pipeline.js';
import type { ImportedModel } from './imported-model.js';
import { includedFiles } from './included-files.js';
import type { ImportOptions } from './import-options.js';

/** Checks whether a path leads to a bundle, or to an experiment in SED-ML with its model beside it. */
export const isBundle = (path: string): boolean =>
  existsSync(path) && statSync(path).isFile() && (isExperiment(path) || isArchive(path));

/**
 * Reads the model in a bundle; null for any other file. SED-ML in the bundle sets the duration and the time step.
 *
 * @throws DiagnosticError with everything that is wrong with the archive, or with the model in it
 */
export async function modelInBundle(path: string, options: ImportOptions): Promise<ImportedModel | null> {
  if (!isBundle(path)) return null;
  const bundle = await openBundle(path);
  const { folder, model, task, findings } = bundle;
  const renamed = (found: readonly Diagnostic[]): readonly Diagnostic[] =>
    found.map((diagnostic) => inArchive(diagnostic, bundle));
  try {
    const file = join(folder, ...model.split('/'));
    const host = includedFiles(file, options.allowPaths, folder);
    const imported = importModel({ ...readSource(file), host }, { ...(task ? settingsOf(task) : {}), ...options });
    const { positions, source } = imported;
    return {
      ...imported,
      diagnostics: [...findings, ...renamed(imported.diagnostics)],
      positions: {
        ...(positions.keyPlace ? { keyPlace: (pointer) => placeIn(positions.keyPlace!(pointer), bundle) } : {}),
        place: (pointer, span) => placeIn(positions.place(pointer, span), bundle),
      },
      source: { ...source, path: isExperiment(path) ? file : `${path}/${model}` },
    };
  } catch (error) {
    if (error instanceof DiagnosticError) throw new DiagnosticError(renamed(error.diagnostics));
    throw error;
  } finally {
    bundle.remove();
  }
}

/** Returns the settings of a task as text. Steps that divide a time are rounded to the digits that it has. */
function settingsOf({ duration, steps }: NonNullable<Bundle['task']>): Pick<ImportOptions, 'duration' | 'dt'> {
  return { duration: `${duration} s`, dt: `${Number((duration / steps).toPrecision(15))} s` };
}

/** Returns a place in the unpacked files as one in the archive. */
const placeIn = (place: Place, { folder, path }: Bundle): Place =>
  place.document.startsWith(folder) ? { ...place, document: `${path}${place.document.slice(folder.length)}` } : place;

const inArchive = (found: Diagnostic, bundle: Bundle): Diagnostic => ({
  ...found,
  ...(found.expected === undefined ? {} : { expected: found.expected.replaceAll(bundle.folder, bundle.path) }),
  ...(found.place ? { place: placeIn(found.place, bundle) } : {}),
  ...(found.related ? { related: found.related.map((part) => ({ ...part, place: placeIn(part.place, bundle) })) } : {}),
});
