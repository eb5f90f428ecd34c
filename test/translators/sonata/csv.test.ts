/** Tables of node and edge types, whose cells are separated by blanks. */

import { expect, it } from 'vitest';
import { readTypes } from '../../../translators/sonata/csv.js';

const read = (text: string): unknown => {
  const codes: string[] = [];
  const table = readTypes(text, 'types.csv', 'node_type_id', ({ code }) => void codes.push(code));
  return codes.length > 0 ? codes : [...(table?.rows.values() ?? [])].map(({ cells }) => Object.fromEntries(cells));
};

it.each<readonly [string, string, unknown]>([
  ['an empty last cell', 'node_type_id model morphology\n1 lif \n', [{ node_type_id: '1', model: 'lif' }]],
  ['empty cells within a row', 'node_type_id ei model size\n1 e  2\n', [{ node_type_id: '1', ei: 'e', size: '2' }]],
  ['an empty cell before quotes', 'node_type_id ei model\n1  "a b"\n', [{ node_type_id: '1', model: 'a b' }]],
  ['a blank after the last cell', 'node_type_id model\n1 lif \n', [{ node_type_id: '1', model: 'lif' }]],
  ['a cell in quotes', 'node_type_id model\n1 "a ""b"" c"\n', [{ node_type_id: '1', model: 'a "b" c' }]],
  ['NULL', 'node_type_id model morphology\n1 lif NULL\n', [{ node_type_id: '1', model: 'lif' }]],
  ['a missing cell', 'node_type_id model morphology\n1 lif\n', ['sonata/row-length']],
  ['two missing cells', 'node_type_id model morphology size\n1 lif \n', ['sonata/row-length']],
])('reads %s as pandas does, or names the row', (_, text, expected) => {
  expect(read(text)).toEqual(expected);
});
