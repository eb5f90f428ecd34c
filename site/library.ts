/**
 * The interface of the package in browsers, `interneuron/browser`: files are given, and models run on WebAssembly.
 *
 * ```ts
 * import { convertModel, giveFiles, importModel, readSource, runModel } from 'interneuron/browser';
 *
 * giveFiles(new Map([['model.yaml', new TextEncoder().encode(text)]]));
 * const imported = importModel(readSource('model.yaml'), { duration: '100 ms' });
 * const { fingerprint, trains } = await runModel(imported);
 * ```
 *
 * Failures are thrown as in `interneuron`. Everything runs in the calling thread: use a worker for long runs.
 */

import { recordRun } from './engine.js';
import type { SampleBlock, SpikeTrains } from '../runtime/results/result.js';
import { checkArgument, importedModel } from '../src/diagnostics/public-arguments.js';
import type { ImportedModel } from '../src/pipeline/read/imported-model.js';

/** Makes files readable for models, by their paths, in place of those given before. */
export { giveFiles } from './platform.js';
/** Loads the HDF5 library, which files of NIR, SONATA and HDF5 need before they are read. */
export { loadHdf5 } from './hdf5.js';
/** Answers a page of `interneuron page`, whose worker this module is. */
export { serveWorker } from './serve.js';
export { readSource, type Source } from '../src/pipeline/read/read-source.js';
export { importModel } from '../src/pipeline/import-model.js';
export type { ImportedModel } from '../src/pipeline/read/imported-model.js';
export type { ImportOptions } from '../src/pipeline/read/import-options.js';
export { describe, type DescriptionFormat } from '../src/present/describe/description-of.js';
export { convertModel } from '../src/convert/convert.js';
export type { ConvertedModel, ConvertOptions } from '../src/convert/convert.js';
export { hashModel } from '../src/model/hash.js';
export type { ModelHashes } from '../src/model/hash.js';
export { renderDiagnostics } from '../src/diagnostics/render.js';
export { DiagnosticError, InvariantError, UsageError, type Diagnostic } from '../src/diagnostics/diagnostic.js';
export { version } from '../src/pipeline/version.js';

/** A run in a browser. */
export interface BrowserRun {
  /** Digest of all spikes and the final state, the same as on every engine. */
  readonly fingerprint: string;
  readonly steps: number;
  /** Spikes by population, in steps. */
  readonly trains: readonly SpikeTrains[];
  /** Recorded values in blocks of steps, in SI units. */
  readonly samples: readonly SampleBlock[];
}

/**
 * Runs a model on WebAssembly.
 *
 * @param signal  ends the run after the steps under way
 * @throws DiagnosticError for parts that cannot be run
 */
export async function runModel(
  imported: ImportedModel,
  { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
): Promise<BrowserRun> {
  checkArgument('runModel', imported, importedModel);
  const { answer, recorded, blocks } = await recordRun(imported, signal, () => undefined);
  return { fingerprint: answer.fingerprint, steps: answer.steps, trains: recorded.trains, samples: blocks };
}
