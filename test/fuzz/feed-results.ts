/** Edited result files: `verify` and `diff` find each edit that changes the content, and break at no edit. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { compareResults } from '../../src/verify/compare-results.js';
import { openRecorded } from '../../src/compare/open-recorded.js';
import { drawPictureOf } from '../../src/present/draw-picture.js';
import { reportPage } from '../../src/present/report-page.js';
import { modelInResult } from '../../src/pipeline/results/model-in-result.js';
import { importModel, runModel, type ImportedModel } from '../../src/pipeline/pipeline.js';
import { runAgain, verifyBy, type NewRun } from '../../src/verify/verify.js';
import type { Outcome } from './feed.js';
import type { Random } from './random.js';

const model = JSON.stringify({
  format: 'interneuron/pynn',
  version: 1,
  setup: { timestep: 0.1 },
  populations: [{ label: 'p', size: 2, cell: { type: 'IF_cond_exp', params: { i_offset: 3 } } }],
  recordings: [{ target: 'p', variables: ['spikes', 'v'], sampling_interval: 0.5 }],
  phases: [{ run: 3 }, { reset: {} }, { run: 1 }],
});

/** Edits of a result, as text: places are fractions of its length. */
interface Edits {
  readonly suffix: 'json' | 'nwb';
  readonly edits: readonly { readonly at: number; readonly byte: number }[];
  /** Fraction of the file that is left. */
  readonly until: number;
}

/** Edits of bytes, most of them single ones, and now and then a file that is cut off. */
export function editsOfResult(random: Random): Uint8Array {
  const edits: Edits = {
    suffix: random.pick(['json', 'nwb']),
    edits: Array.from({ length: random.pick([1, 1, 1, 2, 8]) }, () => ({
      at: random.below(1e9) / 1e9,
      byte: random.once(2) ? random.below(256) : random.pick([0, 1, 34, 45, 48, 57, 91, 125, 255]),
    })),
    until: random.once(20) ? random.below(1000) / 1000 : 1,
  };
  return Buffer.from(JSON.stringify(edits));
}

const seeds = new Map<string, Promise<{ readonly path: string; readonly bytes: Uint8Array }>>();
const runs = new Map<string, Promise<NewRun>>();

/** The result that is edited, written once. */
function seedOf(folder: string, suffix: string): Promise<{ readonly path: string; readonly bytes: Uint8Array }> {
  const make = async (): Promise<{ path: string; bytes: Uint8Array }> => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `result.${suffix}`);
    const run = await runModel(importModel({ name: 'model.json', text: model }), {
      target: 'reference',
      outputs: [path],
    });
    if (run.kind === 'run') run.dispose();
    return { path, bytes: readFileSync(path) };
  };
  const seed = seeds.get(suffix) ?? make();
  seeds.set(suffix, seed);
  return seed;
}

async function modelOf(path: string): Promise<ImportedModel> {
  const found = await modelInResult(path, {});
  if (found) return found;
  throw new UsageError(`${path} is no result`, 'read a result');
}

/** Other commands that read results: the pictures and the report read all of them. */
const readers: readonly ((path: string, copy: string) => Promise<unknown>)[] = [
  compareResults,
  (_, copy) => reportPage(copy, { model: modelOf }),
  ...(['traces', 'rates', 'network'] as const).map(
    (kind) =>
      (_: string, copy: string): Promise<unknown> =>
        drawPictureOf(copy, {
          kind,
          importModel: () => {
            throw new UsageError('it is no result', 'draw a result');
          },
        }),
  ),
  async (_, copy) => openRecorded(copy),
];

/** @throws errors other than a diagnostic or an error of usage, and Error for an edit of a text that goes unnoticed */
export async function feedResult(folder: string, input: Uint8Array): Promise<Outcome> {
  const { suffix, edits, until } = JSON.parse(Buffer.from(input).toString()) as Edits;
  const { path, bytes } = await seedOf(folder, suffix);
  const edited = Uint8Array.from(bytes).subarray(0, Math.ceil(until * bytes.length));
  for (const { at, byte } of edits) edited[Math.floor(at * edited.length)] = byte;
  const copy = join(folder, `edited.${suffix}`);
  // The HDF5 library keeps a damaged file open if it fails within it, and would take a rewritten file for the same one.
  rmSync(copy, { force: true });
  writeFileSync(copy, edited);
  let identical = false;
  try {
    const again = await verifyBy(copy, (stored) => {
      const run = runs.get(suffix) ?? runAgain(stored, join(folder, 'again'), { target: 'reference' });
      runs.set(suffix, run);
      return run;
    });
    identical = again.verdict.verdict === 'identical';
  } catch (error) {
    if (!(error instanceof DiagnosticError || error instanceof UsageError)) throw error;
  }
  for (const read of readers)
    try {
      await read(path, copy);
    } catch (error) {
      if (!(error instanceof DiagnosticError || error instanceof UsageError)) throw error;
    }
  if (identical && suffix === 'json' && !Buffer.from(edited).equals(bytes)) throw new Error('an edit goes unnoticed');
  return identical ? 'accepted' : 'refused';
}
