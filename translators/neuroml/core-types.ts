/** The core types of NeuroML 2, which come with the program: definitions in LEMS, by the names that files include. */

import { readdirSync, readFileSync } from 'node:fs';
import type { LemsHost } from './host.js';

const folder = new URL('./core/', import.meta.url);
const texts = new Map<string, string>();
let names: readonly string[] | undefined;

/** Names of the files, such as `Cells.xml`. */
export function coreFileNames(): readonly string[] {
  names ??= readdirSync(folder)
    .filter((name) => name.endsWith('.xml'))
    .sort();
  return names;
}

/** Text of a file of core types; null where there is none of that name. */
export function coreFile(name: string): string | null {
  if (!coreFileNames().includes(name)) return null;
  const text = texts.get(name) ?? readFileSync(new URL(name, folder), 'utf8');
  texts.set(name, text);
  return text;
}

/** The file of core types that defines a type; undefined when none does. */
export function coreFileOf(type: string, { core }: LemsHost): string | undefined {
  const read = (name: string): string | null => (core ? core.read(name) : coreFile(name));
  return (core?.names ?? coreFileNames()).find(
    (name) => read(name)?.includes(`<ComponentType name="${type}"`) === true,
  );
}
