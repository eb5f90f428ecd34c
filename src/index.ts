/**
 * The interface of the package, in the order of the chain. The command line is built on the same functions.
 *
 * ```ts
 * import { importModel, readSource, runModel } from 'interneuron';
 *
 * const imported = importModel(readSource('cuba.yaml'), { seed: '7' });
 * const result = await runModel(imported, { outputs: ['cuba.nwb'] });
 * ```
 *
 * Failures are thrown: `DiagnosticError` when a document is wrong (it carries everything found, with places),
 * `UsageError` when a file, an option or a tool is.
 */

import { registerNotations } from './notations.js';

registerNotations();

// --- From a file to a model -----------------------------------------------------------------------------------------
export {
  /** Reads a file as text. */
  readSource,
  /** Reads a model in any notation, validates and normalises it. */
  importModel,
} from './pipeline/pipeline.js';
export type { ImportedModel, ImportOptions, Notation, Source } from './pipeline/pipeline.js';
/** Validates a document and returns all findings. */
export { validate } from './package-functions.js';
export type { Validation } from './package-functions.js';
/** Returns a model as tables. */
export { describe } from './present/describe/description-of.js';
export type { DescriptionFormat } from './present/describe/description-of.js';
export type { DescriptionSection, ModelDescription } from './present/describe/description.js';

// --- Models ---------------------------------------------------------------------------------------------------------
/** The three hashes of a model. */
export { hashModel } from './model/hash.js';
export type { ModelHashes } from './model/hash.js';
export type { DataStore, Model, ValidModel } from './model/model.js';

// --- Running --------------------------------------------------------------------------------------------------------
export {
  /** Compiles and runs a model, and writes what it records. */
  runModel,
  /** Thrown when a run is stopped before its first step. */
  InterruptedError,
} from './pipeline/pipeline.js';
export type { Engine, GeneratedResult, RunOptions, RunResult, StageTimes } from './pipeline/pipeline.js';
/** Opens a model as a session whose protocol comes phase by phase. */
export { openModel } from './session/open-model.js';
export type { ModelSession, Taken, TakenSamples, TakenSpikes, TakenSynapses } from './session/model-session.js';
export type { AdvanceOptions, SessionOptions } from './pipeline/run-options.js';
/** The object that `run --json` prints. */
export { runReport } from './pipeline/results/report.js';
export type { PopulationReport, RunReport } from './pipeline/results/report.js';
/** Which engines are available here. */
export { probeTargets } from './pipeline/choose-target.js';
export type { Availability } from '../runtime/targets/target.js';

// --- Converting -----------------------------------------------------------------------------------------------------
/** Converts a model to another notation, with a report of each difference. */
export { convertModel } from './convert/convert.js';
export type { ConversionEntry, ConvertedModel, ConvertOptions, TargetNotation } from './convert/convert.js';

// --- Results --------------------------------------------------------------------------------------------------------
/** Runs again what a result holds, and compares to the bit. */
export { verifyResult } from './verify/verify.js';
export type { Verdict, Verification } from './verify/verify.js';
export {
  /** Compares two result files of any programs. */
  compare,
  /** Draws a result or a network as a picture. */
  plot,
} from './package-functions.js';
export type { ComparisonOptions, PlotOptions } from './package-functions.js';
export type { Comparison, PopulationComparison, SignalComparison } from './compare/compare.js';
export type { Fingerprint, RunRecord, SpikeTrains } from '../runtime/results/result.js';

// --- Findings -------------------------------------------------------------------------------------------------------
export { DiagnosticError, UsageError, InvariantError } from './diagnostics/diagnostic.js';
export type { Diagnostic, Place, Severity } from './diagnostics/diagnostic.js';
/** Text of findings for people. */
export { renderDiagnostics } from './diagnostics/render.js';
export type { RenderOptions } from './diagnostics/render.js';

/** The version of this package. */
export { version } from './pipeline/version.js';
