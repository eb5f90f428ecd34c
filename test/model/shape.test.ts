/** Members of the model's objects: the shapes define them, and no other file names them again. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { document } from '../../src/model/shape/document.js';
import type { Node } from '../../src/model/shape/form.js';
import * as network from '../../src/model/shape/network.js';
import * as types from '../../src/model/shape/types.js';
import { root, sourceFiles } from '../support/import-graph.js';

/** Other interfaces with members of the same names, and their content. */
const namesakes = new Map([
  ['src/lower/elements/type-code.ts PartCode', 'code of a part, by the members that it comes from'],
  ['translators/neuroml/flatten/flat.ts FlatPart', 'names of elements of LEMS, joined into one type'],
]);

/** Members of each object of a form, of five members or more: fewer are shared by chance. */
function objectsIn(name: string, node: Node): readonly (readonly [name: string, members: readonly string[]])[] {
  const properties = node['properties'] as Node | undefined;
  const members = Object.keys(properties ?? {});
  const inner = Object.values(node).flatMap((value) =>
    typeof value === 'object' && value !== null ? objectsIn(name, value as Node) : [],
  );
  return members.length >= 5 ? [[name, members], ...inner] : inner;
}

const objects = [{ ...document }, ...Object.values(network), ...Object.values(types)].flatMap((definitions) =>
  Object.entries(definitions).flatMap(([name, slot]) => objectsIn(name, slot.node)),
);

/** Interfaces and object types of a file with the names of their own members. */
function interfacesIn(text: string): readonly (readonly [name: string, members: ReadonlySet<string>])[] {
  const found = text.matchAll(/^(?:export )?(?:interface (\w+)|type (\w+)\b[^={]*=)[^{;]*\{\n([\s\S]*?)\n\}/gm);
  return [...found].map(([, name, alias, body = '']) => [
    name ?? alias ?? '',
    new Set([...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, member = '']) => member)),
  ]);
}

test('members of the model are named in the shapes only', () => {
  expect(objects.length).toBeGreaterThan(25);
  const tellings = sourceFiles(['src', 'translators', 'runtime'])
    .filter((file) => !/\.generated\.|^src\/model\/shape\//.test(file))
    .flatMap((file) =>
      interfacesIn(readFileSync(join(root, file), 'utf8')).flatMap(([name, members]) =>
        objects
          .filter(([, keys]) => keys.filter((key) => members.has(key)).length >= 0.9 * keys.length)
          .map(() => `${file} ${name}`),
      ),
    );
  expect(tellings.sort()).toEqual([...namesakes.keys()].sort());
});
