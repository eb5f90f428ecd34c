/** Recorded variables are compared with what a conversion states of them, never by likeness of names. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TargetNotation } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { comparableVariables } from '../../src/simulators/recorded-variables.js';
import { convertWritten, readBack } from '../../src/verify/read-back.js';
import { documentsIn, importFixture } from '../fixtures/documents.js';
import { someOf } from '../support/effort.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';

const axon = readFileSync('fixtures/brian/hodgkin-huxley-axon.yaml', 'utf8');

/** The axon with other names of its gates. */
const withGates = (m: string, n: string): string =>
  axon
    .replace('[v, m, Ic]', '[v, m, n]')
    .replaceAll(/\b(d?)([mn])\b(?!:)/g, (_, d: string, gate: string) => d + (gate === 'm' ? m : n));

test.each([
  ['m', 'n'],
  ['na_m', 'm'],
  ['n', 'm'],
])('gates called %s and %s are those of their channels', async (m, n) => {
  const { valid } = importModel({ name: 'axon.yaml', text: withGates(m, n) });
  const converted = await convertWritten(valid, 'neuroml');
  const target = await readBack(valid, 'neuroml', { converted });
  const { sampled } = comparableVariables(valid, target, 0.01, { became: converted.became });
  const there = [...sampled.values()].map(({ variable, there }) => `${variable}: ${there}`);
  expect([...new Set(there)].sort()).toEqual(
    ['v: v', `${m}: gNa_density.gNa_${m}_q`, `${m}: gNa_density_2.gNa_${m}_q`, `${n}: gK_density.gK_${n}_q`].sort(),
  );
});

const folders = ['brian', 'model', 'model/hard', 'neuroml', 'pynn'];
const notations: readonly TargetNotation[] = ['brian-json', 'pynn-json', 'lems', 'neuroml'];
const small = folders
  .flatMap((folder) => documentsIn(`fixtures/${folder}`))
  .filter(({ path, refused }) => !refused && !/cortical|potjans|brunel|vogels|cobahh|sketch|network/.test(path));

test.each(
  someOf(
    small.map((fixture) => [fixture.path, fixture] as const),
    12,
    'fixtures',
    3,
  ),
)('every recorded variable of %s is one that the conversion states, or lacks', async (_, fixture) => {
  const { valid } = importFixture(fixture);
  for (const to of notations) {
    const converted = await convertWritten(valid, to);
    if (converted.files.length === 0) continue;
    const target = await readBack(valid, to, { converted });
    const { absent } = comparableVariables(valid, target, 0.01, { became: converted.became });
    const places = converted.report.flatMap(({ verdict, pointer }) => (verdict === 'exact' ? [] : [pointer]));
    const { populations } = valid.model;
    const unstated = absent.filter((name) => {
      const [owner = ''] = name.split('.');
      const type = `/neurons/${populations[owner]?.type ?? ''}`;
      const parts = ['/recordings', type, `/populations/${owner}`, `/projections/${owner}`, '/stimuli'];
      return !places.some((place) => parts.some((part) => `${place}/`.startsWith(`${part}/`)));
    });
    expect(unstated, to).toEqual([]);
  }
});
