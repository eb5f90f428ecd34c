/** Which functions a change of sources may give another effect. */

import { basename } from 'node:path';
import { namesIn, type Repository } from './reach.js';
import { unitsOf, type Difference, type Units } from './units.js';

/** What a change concerns. */
export interface Affected {
  /** Functions, as `file#name`. */
  readonly functions: ReadonlySet<string>;
  /** Files of which everything that loads them is concerned. */
  readonly whole: ReadonlySet<string>;
}

const isSource = (path: string): boolean => /^(?:src|translators|runtime)\/.*\.ts$/.test(path);

/**
 * Returns what a change concerns: changed functions, and those that mention a changed value, such as a table, in any
 * source. A function that no recorded case enters concerns those that mention it.
 *
 * @param differences of sources, by file
 * @param isEntered   whether a recorded case enters a function
 */
export function affectedBy(
  differences: ReadonlyMap<string, Difference>,
  repository: Repository,
  isEntered: (name: string) => boolean,
): Affected {
  const names = namesIn(repository);
  const importers = new Map<string, string[]>();
  for (const file of repository.files)
    for (const target of names(file)) importers.set(target, [...(importers.get(target) ?? []), file]);
  const present = new Set(repository.files);
  const known = new Map<string, Units>();
  const unitsIn = (file: string): Units => {
    const units = known.get(file) ?? unitsOf(present.has(file) ? repository.text(file) : '');
    known.set(file, units);
    return units;
  };
  const functions = new Set<string>();
  const whole = new Set<string>();
  const queue = new Map<string, readonly [file: string, name: string]>();
  const change = (file: string, name: string): unknown => queue.set(`${file}#${name}`, [file, name]);
  const enter = (file: string, name: string): void => {
    functions.add(`${file}#${name}`);
    if (!isEntered(`${file}#${name}`)) change(file, name.replace(/^[gs]et /, ''));
  };
  for (const [file, different] of differences) {
    for (const name of different.functions) enter(file, name);
    for (const name of different.values) change(file, name);
    if (different.effects) whole.add(file);
  }
  // The queue grows in this loop.
  for (const [file, name] of queue.values()) {
    const mentioned = new RegExp(`(?<![\\w$])${name.replace(/[$]/g, '\\$')}(?![\\w$])`);
    const own = unitsIn(file);
    for (const [user, text] of own.functions) if (user !== name && mentioned.test(text)) enter(file, user);
    for (const [user, text] of own.values) if (user !== name && mentioned.test(text)) change(file, user);
    if (own.effects.some((text) => mentioned.test(text))) whole.add(file);
    for (const importer of importers.get(file) ?? []) {
      if (!/\.ts$/.test(importer)) {
        whole.add(importer);
        continue;
      }
      const local = localName(unitsIn(importer).imports, file, name);
      if (local === undefined) continue;
      if (isSource(importer)) change(importer, local);
      else if (repository.text(importer).includes(local)) whole.add(importer);
    }
  }
  return { functions, whole };
}

/** Returns the name of an imported value in the importing source; undefined if it is not imported. */
function localName(imports: Units['imports'], file: string, name: string): string | undefined {
  const stem = basename(file).replace(/\.\w+$/, '');
  const own = [...imports].flatMap(([local, origin]) => {
    const [module = '', original = ''] = origin.split(' ');
    const isFrom = module.startsWith('#') || basename(module).replace(/\.\w+$/, '') === stem;
    return isFrom ? [{ local, original }] : [];
  });
  const found = own.find(({ original }) => original === name);
  if (found) return found.local;
  // Imported when it is used, or with all others of its module.
  return own.length === 0 || own.some(({ original }) => original === '*') ? name : undefined;
}
