/**
 * The tables of `docs/matrix.md`. Its command has also written `test/recorded/matrix-page.json`: runs of simulators,
 * which CI does not have all. Models, conversions and own spikes of today have to be those of the record.
 */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeMatrix } from '../../src/matrix/describe-matrix.js';
import { digestOf, modelMatrix, notationFor, type ModelMatrix } from '../../src/matrix/matrix.js';
import { ownEnvironment } from '../../src/simulators/environments.js';
import { simulatorNames, type Simulator } from '../../src/library/simulators/names.js';
import { importModel, readSource, type ImportedModel } from '../../src/pipeline/pipeline.js';
import { describeInMarkdown } from '../../src/present/describe/formats.js';
import { CannotRun } from '../../src/simulators/written.js';
import { spikesUnder } from '../../src/verify/check-with.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

const page = readFileSync('docs/matrix.md', 'utf8');
const { models: recorded } = JSON.parse(readFileSync('test/recorded/matrix-page.json', 'utf8')) as {
  readonly models: readonly ModelMatrix[];
};

/** Models of the command of the page. */
const models = (/^interneuron matrix (test\/matrix[\s\S]*?) ENVIRONMENTS/m.exec(page)?.[1] ?? '')
  .replaceAll('\\\n', ' ')
  .split(/\s+/)
  .flatMap((word) => {
    const [, before = '', names = '', after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(word) ?? [];
    return names === '' ? [word] : names.split(',').map((name) => `${before}${name}${after}`);
  });

/** Returns the digest of the files that a simulator runs; undefined if it cannot run the model. */
async function inputOf({ valid }: ImportedModel, simulator: Simulator): Promise<string | undefined> {
  let digest: string | undefined;
  try {
    await spikesUnder(valid, notationFor(simulator), simulator, {
      runFiles: (files) => {
        digest = digestOf(files);
        return Promise.resolve(new Map());
      },
    });
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
  }
  return digest;
}

it('name the models of its command', () => {
  expect(models).toHaveLength(10);
  expect(recorded.map(({ model }) => model)).toEqual(models.map((path) => basename(path)));
});

it('begin with a script that has two rates', () => {
  const file = readFileSync('test/recorded/matrix-script.json', 'utf8');
  const { models: scripts } = JSON.parse(file) as { readonly models: readonly ModelMatrix[] };
  const [table = ''] = /^\|[^]*?(?=\n\n)/m.exec(describeInMarkdown(describeMatrix('', scripts))) ?? [];
  expect(page.slice(0, page.indexOf('## Ten models'))).toContain(table);
  expect(page).toContain(`\`\`\`python\n${readFileSync('test/matrix/brunel.py', 'utf8')}\`\`\``);
  const [, old, next] = scripts[0]!.runs.map(({ environment, spikes = {} }) => ({
    name: environment.name,
    late: spikes['cells']!.flat().filter((at) => at >= 0.1).length / 500 / 0.1,
  }));
  expect(page).toContain(`${old!.late.toFixed(0)} Hz in ${old!.name}`);
  expect(page).toContain(`${next!.late.toFixed(1)} Hz in 2.5 and later releases`);
});

it('are those of the record', () => {
  const written = describeInMarkdown(describeMatrix('Environments', recorded)).replaceAll(/^## /gm, '### ');
  const sections = (text: string): string => text.slice(text.indexOf('### ')).trim();
  expect(sections(page)).toBe(sections(written));
});

describe.each(models)('%s', (path) => {
  const stored = recorded.find(({ model }) => model === basename(path))!;
  let imported: ImportedModel;
  beforeAll(() => {
    imported = importModel(readSource(path));
  });

  it('is the recorded model, with the same spikes here and the same verdicts', async () => {
    expect(imported.hashes.experiment).toBe(stored.hash);
    const earlier = [{ hash: stored.hash, runs: stored.runs.slice(1) }];
    const { runs, pairs } = await modelMatrix(basename(path), imported, [ownEnvironment], { earlier });
    expect(runs[0]?.spikes).toEqual(stored.runs[0]?.spikes);
    expect(pairs).toEqual(stored.pairs.map(({ because: _, ...pair }) => pair));
  });

  const ran = simulatorNames.filter((name) => stored.runs.some(({ environment }) => environment.simulator === name));

  it.each(ran)('is still converted to the files that %s ran', async (simulator) => {
    const inputs = stored.runs
      .filter(({ environment }) => environment.simulator === simulator)
      .map(({ input }) => input);
    expect(inputs.length).toBeGreaterThan(0);
    expect([...new Set(inputs)]).toEqual([await inputOf(imported, simulator)]);
  });
});
