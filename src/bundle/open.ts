/** Opens bundles: unpacks them into a folder for temporary files, and finds the model and the results in them. */

import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
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
  if (isExperiment(path)) return openExperiment(path);
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

/** Checks whether a path is that of an experiment in SED-ML outside of an archive. */
export const isExperiment = (path: string): boolean => /\.sedml$/i.test(path);

/** Opens an experiment in SED-ML with the model beside it. @throws DiagnosticError */
function openExperiment(path: string): Bundle {
  const folder = dirname(path);
  const diagnostics = new Diagnostics();
  const isThere = (file: string): boolean => !file.startsWith('..') && existsSync(join(folder, ...file.split('/')));
  const main = modelOfTask(textInBundle(folder, basename(path), folder), '', { path, isThere }, diagnostics);
  if (!main || diagnostics.hasErrors) throw new DiagnosticError(diagnostics.list);
  return { path: folder, folder, files: [], ...main, findings: diagnostics.list, remove: () => undefined };
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
  const place = { path: `${archive}/${main.location}`, isThere: (file: string) => files.includes(file) };
  return modelOfTask(textOf(main.location), posix.dirname(main.location), place, diagnostics);
}

/**
 * Returns the model of the first task of an experiment.
 *
 * @param folder  that of the experiment, relative to its archive
 */
function modelOfTask(
  text: string,
  folder: string,
  { path, isThere }: { readonly path: string; readonly isThere: (file: string) => boolean },
  diagnostics: Diagnostics,
): MainFile | undefined {
  const tasks = readTasks(text, path, diagnostics);
  const [task] = tasks;
  if (!task) return undefined;
  if (!canReplace(task.method, usualPolicy))
    diagnostics.add(messages.refusedMethod(task.method, usualPolicy), task.place);
  else if (task.method !== forwardEuler) diagnostics.add(messages.otherMethod(task.method), task.place);
  if (tasks.length > 1)
    diagnostics.add(messages.unreadElement(`a second task (${tasks[1]?.id ?? ''})`), {
      document: path,
    });
  const model = posix.normalize(posix.join(folder, task.source));
  if (isThere(model)) return { model, task };
  diagnostics.add(messages.missing(task.source), { document: path });
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
