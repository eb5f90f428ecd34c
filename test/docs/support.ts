/**
 * The support matrix, docs/support.md: reads and validates a document of each feature in each notation, checks that an
 * engine takes it, and converts it to the other notations.
 */

import { join } from 'node:path';
import { importModel, readSource, validateModel } from '../../src/pipeline/pipeline.js';
import { root } from '../support/import-graph.js';
import { cellOf, takesLong, type Cell } from './conversions.js';
import { convertModel } from '../../src/convert/convert.js';
import { features, graphsAndCircuits, notations, type Feature, type Notation } from './features.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/nir/road.js';
import '../../translators/nmodl/road.js';
import '../../translators/sonata/road.js';

const names: Readonly<Record<Notation, string>> = { brian: 'Brian', pynn: 'PyNN', neuroml: 'NeuroML' };

/** The default engine. */
const engine = { precision: 'float64', target: 'wasm' } as const;

/** Outcomes of a conversion, from worst to best. */
const ranks = ['no', 'here only', 'part', 'yes', 'exact'] as const;

function rankOf({ outcome, sameHash, portable }: Cell): number {
  if (portable === 'no') return ranks.indexOf('here only');
  if (sameHash) return ranks.indexOf('exact');
  if (outcome === 'refused') return ranks.indexOf('no');
  return ranks.indexOf(outcome === 'incomplete' ? 'part' : 'yes');
}

const aboutGraphsAndCircuits = [
  'Both hold point neurons, and SONATA cells with a shape, which are read if their membrane is in a file of the Allen Institute or in NeuroML. For graphs of NIR and circuits of SONATA, the table shows whether',
  'they are read and run, and how they are converted, with the marks above.',
  '',
  '- NIR is read and written. Models of the notations above are written as graphs if their cells are leaky integrators with currents or jumps of the potential and',
  '  without refractory periods, and their synapses static. The spikes of sources are left out, since graphs do not hold them.',
  '- SONATA is read and written. Models of the notations above are written as circuits if their cells have a template of NEST, NEURON or PyNN and static synapses, or a',
  '  shape with channels and exponential synapses. Their draws are listed. Results of all models can be written as spikes and reports of SONATA (`-o spikes.h5`).',
] as const;

/** Returns the mark of a verdict. */
const markOf = (rank: (typeof ranks)[number]): string =>
  rank === 'exact' || rank === 'yes' ? '✓' : rank === 'no' ? '✗' : '◐';

/** Returns how a notation has a feature by name, and how it has it by equations or by conversion. */
async function marksOf(feature: Feature, to: Notation): Promise<readonly [named: string, other: string]> {
  const own = feature[to];
  const isNamed = own !== undefined && feature.inEquations?.includes(to) !== true;
  let runs = '✗';
  if (own !== undefined) {
    const { diagnostics } = await validateModel(readSource(join(root, 'fixtures', to, own)), {}, engine);
    runs = diagnostics.some(({ severity }) => severity === 'error') ? '◐' : '✓';
  }
  if (own !== undefined && !isNamed) return ['✗', runs];
  const written: number[] = [];
  for (const from of notations) {
    const file = feature[from];
    if (from === to || file === undefined) continue;
    const name = `${from}/${file}`;
    if (takesLong({ name }, to)) continue;
    const imported = importModel(readSource(join(root, 'fixtures', name)));
    written.push(rankOf(await cellOf({ name, from, imported }, to)));
  }
  return [runs, written.length === 0 ? '–' : markOf(ranks[Math.max(...written)]!)];
}

async function rowOf(feature: Feature): Promise<string> {
  const marks: (readonly [string, string])[] = [];
  for (const to of notations) marks.push(await marksOf(feature, to));
  const cells = [...marks.map(([named]) => named), ...marks.map(([, other]) => other)];
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
      const { diagnostics } = await validateModel(source, {}, engine);
      const runs = diagnostics.some(({ severity }) => severity === 'error') ? '✗' : '✓';
      const cells = [name, runs];
      for (const to of notations)
        cells.push(markOf(ranks[rankOf(await cellOf({ name: `${from}/${file}`, from, imported }, to))]!));
      for (const to of ['nir', 'sonata'] as const) {
        const { files, outcome } = await convertModel(imported.valid, to);
        cells.push(files.length === 0 ? '✗' : outcome === 'incomplete' ? '◐' : '✓');
      }
      rows.push(`| ${from === 'nir' ? 'NIR' : 'SONATA'}: ${cells.join(' | ')} |`);
    }
  return rows;
}

/** Returns the text of the page. */
export async function supportPage(): Promise<string> {
  const tables: string[] = [];
  for (const [group, rows] of Object.entries(features)) {
    tables.push(`## ${group}`, '');
    const columns = notations.map((to) => names[to]).join(' | ');
    tables.push(`| | by name: ${columns} | by equations: ${columns} |`);
    tables.push(`|---|${':-:|'.repeat(2 * notations.length)}`);
    for (const row of rows) tables.push(await rowOf(row));
    tables.push('');
  }
  tables.push('## NIR and SONATA', '', ...aboutGraphsAndCircuits, '');
  tables.push(`| | run | to ${notations.map((to) => names[to]).join(' | ')} | NIR | SONATA |`);
  tables.push(`|---|${':-:|'.repeat(3 + notations.length)}`, ...(await rowsOfGraphsAndCircuits()));
  return `# What each notation supports

Each table is made by reading, checking and converting a document of each feature.

- *By name*: ✓ if the notation has a name for the feature, and interneuron reads and runs it; ✗ if it has no name.
- *By equations*: ✓ if documents state the feature in equations, or if converting it from another notation writes all of it;
  ◐ if that conversion leaves a part out, or gives a PyNN script for interneuron's backend only; ✗ if it is refused; – if no
  other notation has the feature. The report of a conversion names each difference ([Conversion](conversion.md)).

All engines run the same models, with the same bits ([Targets](targets.md)). So Brian, which has no word for adaptive exponential cells or gap
junctions, has them by equations. NeuroML includes LEMS.

Lists of all cells, synapses, connectors and functions: [Brian](../translators/brian/README.md), [PyNN](../translators/pynn/README.md),
[NeuroML and LEMS](../translators/neuroml/README.md), [NIR](../translators/nir/README.md), [NMODL](../translators/nmodl/README.md), [NESTML](../translators/nestml/README.md), [SONATA](../translators/sonata/README.md), [SWC](../translators/swc/README.md). Published models that were tried: [Brian](brian-conformance.md), [PyNN](pynn-conformance.md),
[NeuroML](neuroml-models.md).

${tables.join('\n').trimEnd()}
`;
}
