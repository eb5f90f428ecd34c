/** The core types of NeuroML 2, which come with the program: definitions in LEMS, by the names that files include. */

import { platform } from '#platform';
import { Diagnostics, invariant } from '../../src/diagnostics/diagnostic.js';
import type { LemsHost } from './host.js';
import type { XmlElement } from './xml/element.js';
import { fromOutline, outlineOf, type Outline } from './xml/outline.js';
import { readXml } from './xml/read-xml.js';
import { XmlSource } from './xml/source.js';

const folder = 'translators/neuroml/core';
const texts = new Map<string, string>();
const roots = new Map<string, XmlElement>();
let outlines: Readonly<Record<string, Outline>> | undefined;
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
  outlines ??= builtOutlines();
  const outline = outlines[name];
  const root = outline ? fromOutline(outline, new XmlSource(name, text)) : parsed(name, text);
  roots.set(name, root);
  return root;
}

/** Returns outlines of all files of core types, by name, as the build stores them next to the files. */
export const coreOutlines = (): Readonly<Record<string, Outline>> =>
  Object.fromEntries(coreFileNames().map((name) => [name, outlineOf(parsed(name, coreFile(name) ?? ''))]));

/** Empty if the program runs from its sources. */
function builtOutlines(): Readonly<Record<string, Outline>> {
  if (!platform.assets(folder).includes('outlines.json')) return {};
  return JSON.parse(platform.asset(`${folder}/outlines.json`)) as Readonly<Record<string, Outline>>;
}

function parsed(name: string, text: string): XmlElement {
  const root = readXml(text, name, new Diagnostics());
  invariant(root, 'core types', `${name} cannot be read`);
  return root;
}

/** Returns the file of core types that defines a type, or undefined if none does. */
export function coreFileOf(type: string, { core }: LemsHost): string | undefined {
  const read = (name: string): string | null => (core ? core.read(name) : coreFile(name));
  return (core?.names ?? coreFileNames()).find(
    (name) => read(name)?.includes(`<ComponentType name="${type}"`) === true,
  );
}
