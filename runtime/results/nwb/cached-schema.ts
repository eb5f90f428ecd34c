/**
 * The NWB schema itself, stored in a file for readers that lack its version. The user provides the text, which we may
 * not distribute.
 */

import { entryOf } from '../../../src/diagnostics/entry.js';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parse } from 'yaml';

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import type { H5Writer } from './h5-writer.js';

interface Namespace {
  readonly name: string;
  readonly version: string;
  /** JSON text by source: `namespace`, and each file's name without suffix. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The schema of one version of NWB, with the schemas that it extends. */
export interface Schema {
  /** Version of NWB, such as `2.9.0`. */
  readonly coreVersion: string;
  /** `core` and its dependencies (`hdmf-common`, `hdmf-experimental`). */
  readonly namespaces: readonly Namespace[];
}

const needed = ['core', 'hdmf-common', 'hdmf-experimental'];
const deepest = 6;

/**
 * Reads the YAML files of the NWB schema, such as those in pynwb.
 *
 * @param directory contains, at any depth, the namespace files of core, hdmf-common and hdmf-experimental
 * @throws UsageError for missing or unreadable files, and for unsupported versions
 */
export function readSchema(directory: string): Schema {
  const found = new Map<string, Namespace>();
  for (const path of namespaceFiles(directory, deepest)) {
    for (const namespace of readNamespaces(path)) if (!found.has(namespace.name)) found.set(namespace.name, namespace);
  }
  const missing = needed.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new UsageError(
      `no schema of ${missing.join(', ')} is in ${directory}`,
      'give the folder nwb-schema of an installed pynwb',
    );
  }
  const coreVersion = entryOf(found, 'core').version;
  const [major, minor] = coreVersion.split('.').map(Number);
  if (major !== 2 || (minor ?? 0) < 8) {
    throw new UsageError(
      `the schema in ${directory} is NWB ${coreVersion}, and files are written for 2.8 and later versions of 2`,
    );
  }
  return { coreVersion, namespaces: needed.map((name) => entryOf(found, name)) };
}

function namespaceFiles(directory: string, depth: number): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(directory).sort();
  } catch (error) {
    throw new UsageError(`cannot read the folder ${directory} of the NWB schema: ${(error as Error).message}`);
  }
  return names.flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
      return depth > 0 ? namespaceFiles(path, depth - 1) : [];
    return /namespace\.ya?ml$/.test(name) ? [path] : [];
  });
}

interface NamespaceText {
  readonly name: string;
  readonly version: string;
  readonly schema: readonly { readonly source?: string }[];
}

function readNamespaces(path: string): readonly Namespace[] {
  const { namespaces } = readYaml(path) as { readonly namespaces?: readonly NamespaceText[] };
  return (namespaces ?? []).map((namespace) => {
    const texts = new Map<string, string>();
    const schema = namespace.schema.map((entry) => {
      if (entry.source === undefined) return entry;
      const source = entry.source.replace(/\.ya?ml$/, '');
      texts.set(source, JSON.stringify(readYaml(join(dirname(path), entry.source))));
      return { ...entry, source };
    });
    texts.set('namespace', JSON.stringify({ namespaces: [{ ...namespace, schema }] }));
    return { name: namespace.name, version: namespace.version, texts };
  });
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read ${path} of the NWB schema: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** Writes /specifications and the reference to it. */
export function writeSchema(h5: H5Writer, schema: Schema): void {
  h5.group('/specifications');
  for (const { name, version, texts } of schema.namespaces) {
    h5.group(`/specifications/${name}`);
    h5.group(`/specifications/${name}/${version}`);
    for (const [source, text] of texts) h5.text(`/specifications/${name}/${version}/${source}`, text);
  }
  h5.attributes(h5.file, { '.specloc': { reference: '/specifications' } });
}
