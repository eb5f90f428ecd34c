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
import { convertModel } from '../../src/run/convert.js';
import { features, graphsAndCircuits, notations, type Feature, type Notation } from './features.js';

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

const aboutGraphsAndCircuits = [
  'Both hold point neurons: cells of SONATA with morphologies are refused by name. For graphs of NIR and circuits of SONATA, the table shows whether',
  'they are read and run, and the verdicts of converting them.',
  '',
  '- NIR is read and written. Models of the notations above are written as graphs if their cells are leaky integrators with currents or jumps of the potential and',
  '  without refractory periods, and their synapses static. The spikes of sources are left out, since graphs do not hold them.',
  '- SONATA is read and written. Models of the notations above are written as circuits if their cells have a template of NEST, NEURON or PyNN, and their synapses are',
  '  static. What they draw is listed. Results of all models can be written as spikes and reports of SONATA (`-o spikes.h5`).',
] as const;

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

/** The rows of graphs of NIR and circuits of SONATA: read, checked for the default engine, and converted. */
async function rowsOfGraphsAndCircuits(): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const [from, documents] of Object.entries(graphsAndCircuits) as [
    keyof typeof graphsAndCircuits,
    Record<string, string>,
  ][])
    for (const [name, file] of Object.entries(documents)) {
      const source = readSource(join(root, 'fixtures', from, file));
      const imported = importModel(source);
      const { diagnostics } = await validateModel(source, {}, { precision: 'float64', target: 'wasm' });
      const runs = diagnostics.some(({ severity }) => severity === 'error') ? 'no' : 'yes';
      const cells = [from === 'nir' ? 'NIR' : 'SONATA', name, 'yes', runs];
      for (const to of notations) cells.push(ranks[rankOf(await cellOf({ name: file, from, imported }, to))]!);
      for (const to of ['nir', 'sonata'] as const) {
        const { files, outcome } = await convertModel(imported.valid, to);
        cells.push(files.length === 0 ? 'no' : outcome === 'incomplete' ? 'part' : outcome);
      }
      rows.push(`| ${cells.join(' | ')} |`);
    }
  return rows;
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
  tables.push('## NIR and SONATA', '', ...aboutGraphsAndCircuits, '');
  tables.push(`| | | read | run | ${notations.map((to) => `to ${names[to]}`).join(' | ')} | to NIR | to SONATA |`);
  tables.push(`|---|---|${'---|'.repeat(4 + notations.length)}`, ...(await rowsOfGraphsAndCircuits()));
  return `# What each notation supports

For each feature, a document in each notation that has it is read, checked for the default engine, and converted to the other notations.

- *read*, *run*: yes, or – where the notation itself lacks the feature. All engines run the same models, with the same bits ([Targets](targets.md)).
- *write*: the verdict of converting the feature from another notation ([Conversion](conversion.md)). *Part*: something is left out, and the
  report names it. *Here only*: a PyNN script that only interneuron's backend runs. Other scripts run on PyNN's simulators, or on NEST with models in NESTML (--to pynn-nestml). – where
  no other notation has the feature.

Lists of all cells, synapses, connectors and functions: [Brian](../translators/brian/README.md), [PyNN](../translators/pynn/README.md),
[NeuroML and LEMS](../translators/neuroml/README.md), [NIR](../translators/nir/README.md), [NMODL](../translators/nmodl/README.md), [SONATA](../translators/sonata/README.md). Published models that were tried: [Brian](brian-conformance.md), [PyNN](pynn-conformance.md),
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
