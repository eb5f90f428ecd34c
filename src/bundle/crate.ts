/**
 * The description of a bundle as an RO-Crate with the runs that made its results.
 *
 * @source RO-Crate 1.1, https://w3id.org/ro/crate/1.1; Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5
 */

import type { Metadata } from '../model/model.js';
import { formatOf, type BundleFile } from './contents.js';
import { orcidUrl } from './citation.js';

export const crateName = 'ro-crate-metadata.json';

const profile = 'https://w3id.org/ro/wfrun/process/0.5';

/** A run that made a result in the bundle. */
export interface PackedRun {
  /** Paths of the result's files, the main one first. */
  readonly results: readonly string[];
  readonly seed: string;
  /** Time step in s. */
  readonly dt: number;
  readonly target: string;
  /** Fingerprint of the run. */
  readonly fingerprint: string;
  /** Words of the command; absent: it was run by a program. */
  readonly command?: readonly string[];
  /** Floating-point type of the state. */
  readonly precision: 'float64' | 'float32';
  readonly complete: boolean;
  /** Whether the experiment is that of the packed model, without other settings. */
  readonly isUnchanged: boolean;
  /** Version of interneuron that ran it. */
  readonly version: string;
}

/** What a crate describes. */
export interface CrateContents {
  readonly name: string;
  readonly metadata: Metadata;
  readonly files: readonly BundleFile[];
  /** Path of the file that is the model. */
  readonly model: string;
  readonly runs: readonly PackedRun[];
  /** Date of publication, `YYYY-MM-DD`. */
  readonly date: string;
}

type Entity = Readonly<Record<string, unknown>>;

const reference = (id: string): Entity => ({ '@id': id });

/** Returns the identifier of a file: its path as a relative URI. */
const idOf = (path: string): string => encodeURI(path);

/** Returns `ro-crate-metadata.json`. */
export function crateText({ name, metadata, files, model, runs, date }: CrateContents): string {
  const { title, description, authors = [], licence, doi } = metadata;
  const people = authors.map(({ name: person, orcid }, k): Entity => ({
    '@id': orcid === undefined ? `#author-${k + 1}` : orcidUrl(orcid),
    '@type': 'Person',
    name: person,
  }));
  const licenceId = licence === undefined ? undefined : `https://spdx.org/licenses/${encodeURIComponent(licence)}`;
  const actions = runs.map((run, k) => actionOf(run, k, model));
  const versions = [...new Set(runs.map(({ version }) => version))];
  const root: Entity = {
    '@id': './',
    '@type': 'Dataset',
    name: title ?? name,
    description: description ?? `The model ${name}, with its results`,
    datePublished: date,
    ...(licenceId === undefined ? {} : { license: reference(licenceId) }),
    ...(people.length === 0 ? {} : { author: people.map(({ '@id': id }) => reference(String(id))) }),
    ...(doi === undefined ? {} : { citation: doi }),
    ...(runs.length === 0 ? {} : { conformsTo: reference(profile) }),
    mainEntity: reference(idOf(model)),
    hasPart: files.map(({ path }) => reference(idOf(path))),
    ...(actions.length === 0 ? {} : { mentions: actions.map((_, k) => reference(runId(k))) }),
  };
  const graph: readonly Entity[] = [
    {
      '@id': crateName,
      '@type': 'CreativeWork',
      about: reference('./'),
      conformsTo: reference('https://w3id.org/ro/crate/1.1'),
    },
    root,
    ...(runs.length === 0
      ? []
      : [{ '@id': profile, '@type': 'CreativeWork', name: 'Process Run Crate', version: '0.5' }]),
    ...(licenceId === undefined ? [] : [{ '@id': licenceId, '@type': 'CreativeWork', name: licence }]),
    ...people,
    ...files.map((file): Entity => ({
      '@id': idOf(file.path),
      '@type': 'File',
      name: file.path,
      description: file.description,
      encodingFormat: formatOf(file).mediaType,
      contentSize: String(file.bytes.length),
    })),
    ...versions.map((version): Entity => ({
      '@id': softwareId(version),
      '@type': 'SoftwareApplication',
      name: 'interneuron',
      url: 'https://github.com/interneuron/interneuron',
      softwareVersion: version,
    })),
    ...actions.flat(),
  ];
  return `${JSON.stringify({ '@context': 'https://w3id.org/ro/crate/1.1/context', '@graph': graph }, null, 2)}\n`;
}

const runId = (k: number): string => `#run-${k + 1}`;
const softwareId = (version: string): string => `#interneuron-${version}`;

/** Returns a run as an action, and the values that it was given. */
function actionOf(run: PackedRun, k: number, model: string): readonly Entity[] {
  const id = runId(k);
  const settings = Object.entries({ seed: run.seed, dt: `${run.dt} s`, target: run.target }).map(
    ([name, value]): Entity => ({ '@id': `${id}-${name}`, '@type': 'PropertyValue', name, value }),
  );
  return [
    {
      '@id': id,
      '@type': 'CreateAction',
      name: `Run of the model on ${run.target}`,
      description: [...(run.command ? [run.command.join(' ')] : []), `fingerprint ${run.fingerprint}`].join('; '),
      instrument: reference(softwareId(run.version)),
      object: [reference(idOf(model)), ...settings.map(({ '@id': setting }) => reference(String(setting)))],
      result: run.results.map((path) => reference(idOf(path))),
      actionStatus: `http://schema.org/${run.complete ? 'Completed' : 'Failed'}ActionStatus`,
    },
    ...settings,
  ];
}
