/**
 * The support matrix, docs/support.md: reads and validates a document of each feature in each notation, checks that an engine
 * takes it, and converts it to the other notations. UPDATE_CONVERSION=1 writes the page.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModel, readSource, validateModel } from '../../src/run/pipeline.js';
import { askedEffort, triesAll } from '../support/effort.js';
import { root } from '../support/import-graph.js';
import { cellOf, type Cell } from './conversions.js';
import { features, notations, type Feature, type Notation } from './features.js';

const path = join(root, 'docs/support.md');
const updating = process.env['UPDATE_CONVERSION'] === '1';
const names: Readonly<Record<Notation, string>> = { brian: 'Brian', pynn: 'PyNN', neuroml: 'NeuroML and LEMS' };

/** What a conversion amounts to, from worst to best. */
const ranks = ['no', 'here only', 'part', 'approximate', 'equivalent', 'exact'] as const;

function rankOf({ outcome, sameHash, portable }: Cell): number {
  if (portable === 'no') return ranks.indexOf('here only');
  if (sameHash) return ranks.indexOf('exact');
  if (outcome === 'refused') return ranks.indexOf('no');
  return ranks.indexOf(outcome === 'incomplete' ? 'part' : outcome);
}

async function rowOf(feature: Feature): Promise<string> {
  const cells: string[] = [];
  for (const to of notations) {
    const own = feature[to];
    let reads = '–';
    let runs = '–';
    if (own !== undefined) {
      const source = readSource(join(root, 'fixtures', to, own));
      importModel(source);
      reads = 'yes';
      const { diagnostics } = await validateModel(source, {}, { precision: 'float64', target: 'wasm' });
      runs = diagnostics.some(({ severity }) => severity === 'error') ? 'no' : 'yes';
    }
    const written: number[] = [];
    for (const from of notations) {
      const file = feature[from];
      if (from === to || file === undefined) continue;
      const imported = importModel(readSource(join(root, 'fixtures', from, file)));
      written.push(rankOf(await cellOf({ name: file, from, imported }, to)));
    }
    cells.push(reads, written.length === 0 ? '–' : ranks[Math.max(...written)]!, runs);
  }
  return `| ${feature.name} | ${cells.join(' | ')} |`;
}

async function page(): Promise<string> {
  const tables: string[] = [];
  for (const [group, rows] of Object.entries(features)) {
    tables.push(`## ${group}`, '');
    tables.push(`| | ${notations.map((to) => `${names[to]}: read | write | run`).join(' | ')} |`);
    tables.push(`|---|${'---|'.repeat(3 * notations.length)}`);
    for (const row of rows) tables.push(await rowOf(row));
    tables.push('');
  }
  return `# What each notation supports

For each feature, a document in each notation that has it is read, checked for the default engine, and converted to the other notations.

- *read*, *run*: yes, or – where the notation itself lacks the feature. All engines run the same models, with the same bits ([Targets](targets.md)).
- *write*: the verdict of converting the feature from another notation ([Conversion](conversion.md)). *Part*: something is left out, and the
  report names it. *Here only*: a PyNN script that only interneuron's backend runs. Other scripts run on PyNN's simulators, or on NEST with models in NESTML (--to pynn-nestml). – where
  no other notation has the feature.

Lists of all cells, synapses, connectors and functions: [Brian](../translators/brian/README.md), [PyNN](../translators/pynn/README.md),
[NeuroML and LEMS](../translators/neuroml/README.md). Published models that were tried: [Brian](brian-conformance.md), [PyNN](pynn-conformance.md),
[NeuroML](neuroml-models.md).

${tables.join('\n').trimEnd()}
`;
}

describe.skipIf(!triesAll && !updating && askedEffort !== 'thorough')('docs/support.md', () => {
  it('says what notations support', { timeout: 600_000 }, async () => {
    const text = await page();
    if (updating) writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
