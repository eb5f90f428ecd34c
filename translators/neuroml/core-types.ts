/** The core types of NeuroML 2, which come with the program: definitions in LEMS, by the names that files include. */

import { platform } from '#platform';
import { Diagnostics, invariant } from '../../src/diagnostics/diagnostic.js';
import type { IncludeHost } from '../shared/include-host.js';
import type { XmlElement } from '../../src/xml/element.js';
import { readXml } from '../../src/xml/read-xml.js';

const folder = 'translators/neuroml/core';
const texts = new Map<string, string>();
const roots = new Map<string, XmlElement>();
let names: readonly string[] | undefined;

/** Returns names of the files, such as `Cells.xml`. */
export function coreFileNames(): readonly string[] {
  names ??= platform.assets(folder).filter((name) => name.endsWith('.xml'));
  return names;
}

/** Returns the text of a file of core types, or null if there is none of that name. */
export function coreFile(name: string): string | null {
  if (!coreFileNames().includes(name)) return null;
  const text = texts.get(name) ?? platform.asset(`${folder}/${name}`);
  texts.set(name, text);
  return text;
}

/** Returns the root element of a file of core types, or null if there is none of that name. Each file is read once. */
export function coreRoot(name: string): XmlElement | null {
  const text = coreFile(name);
  if (text === null) return null;
  const known = roots.get(name);
  if (known) return known;
  const root = readXml(text, name, new Diagnostics());
  invariant(root, 'core types', `${name} cannot be read`);
  roots.set(name, root);
  return root;
}

/** Returns the file of core types that defines a type, or undefined if none does. */
export function coreFileOf(type: string, { core }: IncludeHost): string | undefined {
  const read = (name: string): string | null => (core ? core.read(name) : coreFile(name));
  return (core?.names ?? coreFileNames()).find(
    (name) => read(name)?.includes(`<ComponentType name="${type}"`) === true,
  );
}
