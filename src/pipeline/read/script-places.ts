/** Places in a script, for a document that the script produced. */

import type { Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';

interface Script {
  readonly name: string;
  readonly text: string;
}

/**
 * Returns the places of a document in its script: the line that makes the object of this name. A part without such a
 * line is placed in the script as a whole.
 *
 * @param positions  places in the document
 * @param document   the tree of the document
 */
export function placesInScript(positions: Positions, document: unknown, script: Script): Positions {
  const lines = script.text.split(/\r\n|[\r\n]/);
  const known = new Map<string, Place>();
  const lineOf = (name: string): Place => {
    const place = known.get(name) ?? findLine(lines, name);
    known.set(name, place);
    return place;
  };
  const inScript = ({ pointer }: Place): Place => {
    const found = namesAt(document, pointer ?? '').map(lineOf);
    const place = found.find(({ line }) => line !== undefined);
    return { ...place, document: script.name, ...(pointer === undefined ? {} : { pointer }) };
  };
  return {
    place: (pointer, span) => inScript(positions.place(pointer, span)),
    keyPlace: (pointer) => inScript(positions.keyPlace?.(pointer) ?? positions.place(pointer)),
  };
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Returns possible names of a part of a document in its script: a constant within an object, then the object. */
function namesAt(document: unknown, pointer: string): readonly string[] {
  const [section = '', key = '', part, constant] = pointer
    .split('/')
    .slice(1)
    .map((text) => text.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (key === '' || !isTree(document)) return [];
  const own = document[section];
  const constants = part === 'namespace' && constant !== undefined ? [constant] : [];
  if (!Array.isArray(own)) return [...constants, key];
  const item: unknown = own[Number(key)];
  if (!isTree(item)) return [];
  const [name] = [item['label'], item['name'], item['target'], item['of']].filter(
    (candidate) => typeof candidate === 'string',
  );
  return name === undefined ? [] : [name, name.replace(/\[[^\]]*\]$/, '')];
}

/** Returns the line of a script that gives something a name; a call before other values. */
function findLine(lines: readonly string[], name: string): Place {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const assigned = new RegExp(String.raw`^\s*(?:\w+\.)?(${escaped})\s*=(?!=)`);
  const labelled = new RegExp(String.raw`\b(?:label|name)\s*=\s*(?:"${escaped}"|'${escaped}')`);
  const call = new RegExp(String.raw`${assigned.source}.*\(`);
  for (const pattern of [call, assigned, labelled]) {
    const index = lines.findIndex((line) => pattern.test(line));
    const found = pattern.exec(lines[index] ?? '');
    if (found === null) continue;
    const text = lines[index] ?? '';
    const column = text.indexOf(name, found.index);
    return { document: '', line: index + 1, column: column + 1, length: name.length };
  }
  return { document: '' };
}
