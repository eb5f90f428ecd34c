/**
 * The way from a file to a result, in numbered steps. Every step is a function from one documented type to the next, in
 * the folder that its import names.
 *
 *     text ─1─▶ tree ─2,3─▶ canonical document ─4─▶ ValidModel ─5─▶ DrawnModel ─6─▶ Program ─7─▶ Executable
 *     ─8─▶ spikes, samples ─9─▶ files
 */

import type { RunnableModel } from './read/imported-model.js';
import { InterruptedError } from './interrupted.js';
import type { Notation } from './read/recognise.js';
import { checkArgument, importedModel } from '../diagnostics/public-arguments.js';
import { readSource, type Source } from './read/read-source.js';
import type { GeneratedResult, RunOptions, RunResult } from './run-options.js';
import { startModel } from './start-model.js';

export { importModel } from './import-model.js';
export { validateModel } from './validate-model.js';
export { countAllSynapses } from './compile-model.js';
export type { ImportOptions } from './read/import-options.js';
export type { ImportedModel } from './read/imported-model.js';
export type { Engine, GeneratedResult, RunOptions, RunResult, StageTimes } from './run-options.js';
export { InterruptedError, readSource, type Notation, type Source };

// --- From a model to a result ---------------------------------------------------------------------------------------
/**
 * Compiles and runs a model, and writes its recordings.
 *
 * @throws DiagnosticError for parts that cannot be lowered, and for faults found while building the network
 * @throws UsageError if the target is not available or an output cannot be written
 * @throws InterruptedError if stopped before the first step
 */
export async function runModel(
  imported: RunnableModel,
  options: RunOptions = {},
): Promise<RunResult | GeneratedResult> {
  checkArgument('runModel', imported, importedModel);
  const session = await startModel(imported, options);
  if (session.kind === 'generated') return session;
  try {
    await session.run();
    return await session.finish();
  } finally {
    await session.dispose();
  }
}
