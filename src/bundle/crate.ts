/**
 * The description of a bundle as an RO-Crate with the runs that made its results.
 *
 * @source RO-Crate 1.1, https://w3id.org/ro/crate/1.1; Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5
 */

import { home } from '../diagnostics/home.js';
import { printableJson } from '../diagnostics/display.js';
import { memberOf } from '../diagnostics/member.js';
import type { Metadata } from '../model/model.js';
import { formatOf, type BundleFile } from './contents.js';
import { bareDoi, orcidUrl } from './citation.js';

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
  readonly imported: PackedImport;
  /** Date of publication, `YYYY-MM-DD`. */
  readonly date: string;
}

/** How the model was read from the author's document. */
export interface PackedImport {
  /** Path of the document. */
  readonly source: string;
  /** Values of options by name; `set NAME` is the value of a parameter. */
  readonly settings: Readonly<Record<string, string>>;
  /** Version of interneuron that read it. */
  readonly version: string;
}

/** Beginning of the names of settings that set a parameter. */
export const setPrefix = 'set ';

type Entity = Readonly<Record<string, unknown>>;

const reference = (id: string): Entity => ({ '@id': id });

/** Returns the identifier of a file: its path as a relative URI. */
const idOf = (path: string): string => encodeURI(path);

/** Returns `ro-crate-metadata.json`. */
export function crateText({ name, metadata, files, model, runs, imported, date }: CrateContents): string {
  const { title, description, authors = [], licence, doi, species } = metadata;
  const article = doi === undefined ? undefined : `https://doi.org/${bareDoi(doi)}`;
  const people = authors.map(({ name: person, orcid }, k): Entity => ({
    '@id': orcid === undefined ? `#author-${k + 1}` : orcidUrl(orcid),
    '@type': 'Person',
    name: person,
  }));
  const licenceId = licence === undefined ? undefined : `https://spdx.org/licenses/${encodeURIComponent(licence)}`;
  const actions = runs.map((run, k) => actionOf(run, k, model));
  const versions = [...new Set([imported, ...runs].map(({ version }) => version))];
  const root: Entity = {
    '@id': './',
    '@type': 'Dataset',
    name: title ?? name,
    description: description ?? `The model ${name}, with its results`,
    datePublished: date,
    ...(licenceId === undefined ? {} : { license: reference(licenceId) }),
    ...(people.length === 0 ? {} : { author: people.map(({ '@id': id }) => reference(String(id))) }),
    ...(article === undefined ? {} : { citation: reference(article) }),
    ...(species === undefined ? {} : { about: reference(taxonId) }),
    conformsTo: reference(profile),
    mainEntity: reference(idOf(model)),
    hasPart: files.map(({ path }) => reference(idOf(path))),
    mentions: [reference(importId), ...actions.map((_, k) => reference(runId(k)))],
  };
  const graph: readonly Entity[] = [
    {
      '@id': crateName,
      '@type': 'CreativeWork',
      about: reference('./'),
      conformsTo: reference('https://w3id.org/ro/crate/1.1'),
    },
    root,
    { '@id': profile, '@type': 'CreativeWork', name: 'Process Run Crate', version: '0.5' },
    ...(licenceId === undefined ? [] : [{ '@id': licenceId, '@type': 'CreativeWork', name: licence }]),
    ...(article === undefined ? [] : [{ '@id': article, '@type': 'ScholarlyArticle', name: article }]),
    ...(species === undefined ? [] : [{ '@id': taxonId, '@type': 'Taxon', name: species }]),
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
      ...(home === '' ? {} : { url: home }),
      softwareVersion: version,
    })),
    ...importAction(imported, model),
    ...actions.flat(),
  ];
  const crate = { '@context': 'https://w3id.org/ro/crate/1.1/context', '@graph': graph };
  return `${printableJson(JSON.stringify(crate, null, 2))}\n`;
}

const taxonId = '#species';
const importId = '#import';
const runId = (k: number): string => `#run-${k + 1}`;
const softwareId = (version: string): string => `#interneuron-${version}`;

/** Returns a run as an action, and the values that it was given. */
function actionOf(run: PackedRun, k: number, model: string): readonly Entity[] {
  const id = runId(k);
  const settings = propertyValues(id, { seed: run.seed, dt: `${run.dt} s`, target: run.target });
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

const propertyValues = (id: string, values: Readonly<Record<string, string>>): readonly Entity[] =>
  Object.entries(values).map(([name, value]) => ({
    '@id': `${id}-${encodeURIComponent(name)}`,
    '@type': 'PropertyValue',
    name,
    value,
  }));

/** Returns the reading of the author's document as an action, and the settings. */
function importAction({ source, settings, version }: PackedImport, model: string): readonly Entity[] {
  const values = propertyValues(importId, settings);
  return [
    {
      '@id': importId,
      '@type': 'CreateAction',
      name: 'Import of the model',
      instrument: reference(softwareId(version)),
      object: [reference(idOf(source)), ...values.map(({ '@id': id }) => reference(String(id)))],
      result: [reference(idOf(model))],
      actionStatus: 'http://schema.org/CompletedActionStatus',
    },
    ...values,
  ];
}

/** Returns the entities of a crate; undefined if the text is not that of a crate. */
function graphOf(text: string): readonly unknown[] | undefined {
  try {
    const graph = memberOf(JSON.parse(text), '@graph');
    return Array.isArray(graph) ? graph : undefined;
  } catch {
    return undefined;
  }
}

const entityIn = (graph: readonly unknown[], id: unknown): unknown =>
  graph.find((entity) => memberOf(entity, '@id') === id);

/** Returns the path that an identifier stands for; undefined if it is not a URI. */
function pathOf(id: unknown): string | undefined {
  try {
    return typeof id === 'string' ? decodeURI(id) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the path of the main entity in the text of a crate. */
export function mainEntity(text: string): string | undefined {
  return pathOf(memberOf(memberOf(entityIn(graphOf(text) ?? [], './'), 'mainEntity'), '@id'));
}

/** Returns the date of a crate, and its files with their descriptions in order. */
export function contentsOf(text: string): {
  readonly date: string;
  readonly files: readonly { readonly path: string; readonly description: string }[];
} {
  const graph = graphOf(text) ?? [];
  const root = entityIn(graph, './');
  const parts = memberOf(root, 'hasPart');
  const files = (Array.isArray(parts) ? parts : []).flatMap((part: unknown) => {
    const id = memberOf(part, '@id');
    const path = pathOf(id);
    return path === undefined ? [] : [{ path, description: String(memberOf(entityIn(graph, id), 'description')) }];
  });
  return { date: String(memberOf(root, 'datePublished')), files };
}

/** Returns how the model of a bundle was read, by the text of its crate; undefined if that is not stated. */
export function importIn(text: string): PackedImport | undefined {
  const graph = graphOf(text) ?? [];
  const action = entityIn(graph, importId);
  const objects = memberOf(action, 'object');
  if (!Array.isArray(objects)) return undefined;
  const [document, ...values] = objects.map((object: unknown) => memberOf(object, '@id'));
  const source = pathOf(document);
  const software = entityIn(graph, memberOf(memberOf(action, 'instrument'), '@id'));
  if (source === undefined) return undefined;
  const settings = values
    .map((id) => entityIn(graph, id))
    .map((value) => [memberOf(value, 'name'), memberOf(value, 'value')]);
  return {
    source,
    settings: Object.fromEntries(settings.map(([name, value]) => [String(name), String(value)])),
    version: String(memberOf(software, 'softwareVersion')),
  };
}
