/** Opens bundles: unpacks them into a folder for temporary files, and finds the model and the results in them. */

import { existsSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { DiagnosticError, Diagnostics, type Diagnostic } from '../diagnostics/diagnostic.js';
import { temporaryFolder } from '../platform/temporary-folder.js';
import { unpackArchive } from './archive.js';
import { checkChecksums } from './check-checksums.js';
import { crateName, mainEntity } from './crate.js';
import { canReplace, forwardEuler, usualPolicy } from './kisao.js';
import { manifestName, readManifest, type ManifestEntry } from './manifest.js';
import { messages } from './messages.js';
import { readTasks, type SedTask } from './sedml.js';
import { textInBundle } from './text-in-bundle.js';

/** An unpacked bundle. */
export interface Bundle {
  /** Path of the archive. */
  readonly path: string;
  /** Folder that holds its files until `remove`. */
  readonly folder: string;
  /** Paths of its files within it. */
  readonly files: readonly string[];
  /** Path of the model within it. */
  readonly model: string;
  /** How SED-ML asks for the model to be run; absent: as it states itself. */
  readonly task?: SedTask;
  readonly findings: readonly Diagnostic[];
  /** Removes the folder. */
  remove(): void;
}

/**
 * Opens a bundle of interneuron, or another COMBINE archive with a model in NeuroML or LEMS.
 *
 * @throws UsageError if the file is no archive
 * @throws DiagnosticError with everything that is wrong with the archive
 */
export async function openBundle(path: string): Promise<Bundle> {
  const folder = temporaryFolder('bundle');
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const diagnostics = new Diagnostics();
    const files = await unpackArchive(path, folder);
    checkChecksums(folder, files, path, diagnostics);
    const main = mainFile(folder, files, path, diagnostics);
    if (!main && !diagnostics.hasErrors) diagnostics.add(messages.noModel(files), { document: path });
    if (!main || diagnostics.hasErrors) throw new DiagnosticError(diagnostics.list);
    return { path, folder, files, ...main, findings: diagnostics.list, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Returns paths of results in a bundle, as they lie in its folder. */
export const resultsIn = ({ folder, files }: Bundle): readonly string[] =>
  files
    .filter((file) => file.startsWith('results/') && /\.(nwb|json)$/.test(file))
    .map((file) => join(folder, ...file.split('/')));

type MainFile = Pick<Bundle, 'model' | 'task'>;

/**
 * Finds the model: the main entity of the crate, else the main file of the manifest, else the only model that the
 * manifest lists.
 */
function mainFile(
  folder: string,
  files: readonly string[],
  archive: string,
  diagnostics: Diagnostics,
): MainFile | undefined {
  const textOf = (file: string): string => textInBundle(folder, file, archive);
  if (!files.includes(manifestName)) {
    diagnostics.add(messages.noManifest(), { document: archive });
    return undefined;
  }
  const document = `${archive}/${manifestName}`;
  const listed = readManifest(textOf(manifestName), document, diagnostics);
  for (const { location, place } of listed)
    if (!existsSync(join(folder, ...location.split('/')))) diagnostics.add(messages.missing(location), place);
  const inCrate = files.includes(crateName) ? mainEntity(textOf(crateName)) : undefined;
  if (inCrate !== undefined && files.includes(inCrate)) return { model: inCrate };
  const main = listed.find(({ master }) => master) ?? onlyModel(listed);
  if (!main || !files.includes(main.location)) return undefined;
  if (!/\bsed-?ml\b/i.test(main.format) && !main.location.endsWith('.sedml')) return { model: main.location };
  const tasks = readTasks(textOf(main.location), `${archive}/${main.location}`, diagnostics);
  const [task] = tasks;
  if (!task) return undefined;
  if (!canReplace(task.method, usualPolicy))
    diagnostics.add(messages.refusedMethod(task.method, usualPolicy), task.place);
  else if (task.method !== forwardEuler) diagnostics.add(messages.otherMethod(task.method), task.place);
  if (tasks.length > 1) diagnostics.add(messages.unreadElement(`a second task (${tasks[1]?.id ?? ''})`), { document });
  const model = posix.normalize(posix.join(posix.dirname(main.location), task.source));
  if (files.includes(model)) return { model, task };
  diagnostics.add(messages.missing(task.source), { document: `${archive}/${main.location}` });
  return undefined;
}

/** Returns the only model that a manifest lists. */
function onlyModel(listed: readonly ManifestEntry[]): ManifestEntry | undefined {
  for (const pattern of [/\bsed-?ml\b/i, /lems\+xml/, /neuroml/]) {
    const [only, second] = listed.filter(({ format }) => pattern.test(format));
    if (only && !second) return only;
  }
  return undefined;
}
