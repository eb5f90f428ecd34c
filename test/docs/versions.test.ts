/**
 * The table of versions in docs/python.md, from the metadata of the packages and the requirements of the tests. With
 * UPDATE_README=1 it is written.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/import-graph.js';

const path = join(root, 'docs/python.md');
const [begin, end] = ['<!-- versions -->\n\n', '\n<!-- end of versions -->'];

/** Returns what our packages require of another one, such as `>=2.8,<2.12`. */
function required(name: string): string {
  const texts = readdirSync(join(root, 'python')).flatMap((folder) => {
    const metadata = readFileSync(join(root, 'python', folder, 'pyproject.toml'), 'utf8');
    return name === 'python'
      ? (/^requires-python = "(.*)"$/m.exec(metadata)?.[1] ?? [])
      : [...metadata.matchAll(new RegExp(`"${name}([<>=][^"]*)"`, 'gi'))].map(([, range = '']) => range);
  });
  return [...new Set(texts)].map((range) => `\`${range}\``).join(' or ') || '–';
}

/** Returns the versions of a package in the environments of the tests, in order. */
function tested(name: string): string {
  const folder = join(root, 'test/interoperability');
  const versions = readdirSync(folder)
    .filter((file) => file.startsWith('requirements'))
    .flatMap((file) => new RegExp(`^${name}==(.*)$`, 'mi').exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? []);
  const byNumber = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
  return [...new Set(versions)].sort(byNumber).join(', ') || '–';
}

const rows: readonly (readonly [title: string, name: string])[] = [
  ['Python', 'python'],
  ['NumPy', 'numpy'],
  ['Brian 2', 'brian2'],
  ['PyNN', 'pynn'],
  ['Neo', 'neo'],
  ['NEURON', 'neuron'],
  ['NEST', 'nest-simulator'],
  ['NESTML', 'nestml'],
  ['pyNeuroML (jNeuroML)', 'pyneuroml'],
  ['NIR', 'nir'],
  ['BMTK', 'bmtk'],
  ['libsonata', 'libsonata'],
  ['pynwb', 'pynwb'],
];

it('states the versions of the metadata and of the tests', () => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly engines: Readonly<Record<string, string>>;
  };
  const table = [
    '| | our packages allow | tests run with |',
    '|---|---|---|',
    `| Node.js | \`${engines['node']}\` | – |`,
    ...rows.map(([title, name]) => `| ${title} | ${required(name)} | ${tested(name)} |`),
    '',
  ].join('\n');
  const page = readFileSync(path, 'utf8');
  const [from, to] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  expect(to).toBeGreaterThanOrEqual(from);
  expect(tested('brian2')).toMatch(/^2\.\d+\.\d+(?:, 2\.\d+\.\d+)+$/);
  if (process.env['UPDATE_README'] === '1') writeFileSync(path, `${page.slice(0, from)}${table}${page.slice(to)}`);
  else expect(page.slice(from, to)).toBe(table);
});
