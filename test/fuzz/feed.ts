/** Feeds an input to all stages before a program runs. */

import { DiagnosticError, UsageError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { inferType } from '../../src/lang/check.js';
import { scopeOf, type Symbol } from '../../src/lang/inferred.js';
import { derivative } from '../../src/lang/derivative.js';
import { foldConstants } from '../../src/lang/fold.js';
import { LangError } from '../../src/lang/lang-error.js';
import { linearForm } from '../../src/lang/linear.js';
import { parseEquations, parseExpression, parseStatements } from '../../src/lang/parse.js';
import { parseQuantity } from '../../src/lang/quantity.js';
import { printExpression } from '../../src/lang/print.js';
import { convertModel } from '../../src/convert/convert.js';
import { generateProject } from '../../src/pipeline/generate-project.js';
import { describeModel } from '../../src/present/describe/describe.js';
import { preflight } from '../../src/pipeline/preflight.js';
import { importModel, runModel, type ImportedModel, type ImportOptions } from '../../src/pipeline/pipeline.js';
import { decodeSource, type Source } from '../../src/pipeline/read/read-source.js';
import type { Precision } from '../../src/ir/program.js';
import { timeAfter } from '../../src/model/tagged.js';
import type { TargetNotation } from '../../src/convert/target-notations.js';

/** How an input fared: it is a model, or it was refused with a message. */
export type Outcome = 'accepted' | 'refused';

const conversions = [
  'canonical',
  'brian',
  'brian-json',
  'pynn',
  'pynn-json',
  'lems',
] as const satisfies readonly TargetNotation[];

/** Bytes that an input may have drawn. */
const memory = 5e8;
/** Elements and steps of runs, and elements of runs on the interpreter. */
const [mostElements, mostSteps, mostInterpreted] = [500, 20, 50];

/** Which inputs are taken further than to a model, by their ordinals: later stages take up to fifty times as long. */
const [lowered, run, generated, converted, described] = [8, 64, 128, 64, 128];

/** Reads and validates a document, as `feedSource` does. */
export const feedDocument = (name: string, bytes: Uint8Array, ordinal: number): Promise<Outcome> =>
  feedSource(() => decodeSource(name, bytes), ordinal);

/**
 * Reads and validates a model. Of every eighth also draws and lowers the model; of fewer also generates the program,
 * converts, freezes or describes the model, or runs it for some steps: runs must have been predicted.
 *
 * @param ordinal decides the further stages
 * @param written reads a model again that is written in its own notation
 * @throws errors other than a diagnostic or an error of usage
 */
export async function feedSource(
  read: () => Source,
  ordinal: number,
  written?: (imported: ImportedModel) => Promise<Source | undefined>,
): Promise<Outcome> {
  const turn = (every: number, offset: number): boolean => ordinal % every === offset;
  try {
    const source = read();
    const show = (found: readonly Diagnostic[]): void =>
      void renderDiagnostics(found, { source: () => source.text, colour: false });
    let imported: ImportedModel;
    try {
      imported = importModel(source);
    } catch (error) {
      if (error instanceof DiagnosticError) show(error.diagnostics);
      throw error;
    }
    show(imported.diagnostics);
    if (turn(lowered, 0)) {
      const precision = turn(2 * lowered, 0) ? 'float64' : 'float32';
      const predicted = (await preflight(imported, { precision, memory })).filter(
        ({ severity }) => severity === 'warning',
      );
      show(predicted);
      if (turn(run, 8)) await tryToRun(imported, predicted, turn(4 * run, 8) ? 'wasm' : 'reference', precision);
      if (predicted.some(({ code }) => /^(?:draw|lower)\//.test(code))) return 'refused';
      if (turn(generated, 0))
        generateProject(
          imported.valid,
          pickInTurn(['c', 'opencl', 'cuda', 'wasm'], Math.floor(ordinal / generated)),
          'float64',
        );
      const to = pickInTurn(conversions, Math.floor(ordinal / converted));
      // LEMS lists connections and spikes, other notations spikes of sources that they lack, and freezing draws both.
      if (turn(converted, 16) && listsFewSpikes(imported) && (to !== 'lems' || isSmall(imported)))
        readAgain(
          to,
          await convertModel(imported.valid, to, {
            freeze: turn(4 * converted, 16) && isSmall(imported) && isShort(imported),
          }),
        );
      if (written && turn(2 * lowered, 0)) {
        const source = await written(imported);
        if (source) importAgain('its notation', source);
      }
      if (turn(described, 32)) describeModel(imported.valid, imported.hashes, new Map());
    }
    return 'accepted';
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof UsageError) return 'refused';
    throw error;
  }
}

/**
 * Reads written documents again. Scripts are not read; all other documents must be models.
 *
 * @throws Error if one is no model
 */
export function readAgain(
  to: TargetNotation,
  { files, data }: Awaited<ReturnType<typeof convertModel>>,
): ImportedModel | undefined {
  const [file] = files;
  if (file === undefined || to === 'brian' || to === 'pynn') return undefined;
  return importAgain(to, file, { data });
}

function importAgain(to: string, source: Source, options: ImportOptions = {}): ImportedModel {
  try {
    return importModel(source, options);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new Error(`the conversion to ${to} is no model: ${error.message}`, { cause: error });
  }
}

const pickInTurn = <T>(items: readonly T[], turn: number): T => items[turn % items.length]!;

export const isSmall = ({ valid: { model } }: ImportedModel, most = mostElements): boolean =>
  Object.values(model.populations).reduce((sum, { size, type }) => sum + size * piecesOf(model, type), 0) <= most;

/** Compartments of a cell; one of a cell without structure. */
const piecesOf = ({ neurons }: ImportedModel['valid']['model'], type: string | undefined): number =>
  Object.values(neurons[type ?? '']?.compartments?.sections ?? { one: { divisions: 1 } }).reduce(
    (sum, { divisions }) => sum + divisions,
    0,
  );

/** Most steps for which freezing draws spikes, and most spikes in a document: a million take ten seconds. */
const [mostDrawn, mostSpikes] = [1e5, 5e5];

const stepsOf = ({ valid: { model } }: ImportedModel): number =>
  model.experiment.protocol.reduce(timeAfter, 0) / model.experiment.dt;

const isShort = (imported: ImportedModel): boolean => stepsOf(imported) <= mostDrawn;

/** Whether all cells together have few steps in which they may spike. */
const listsFewSpikes = (imported: ImportedModel): boolean =>
  Object.values(imported.valid.model.populations).reduce((sum, { size }) => sum + size, 0) * stepsOf(imported) <=
  mostSpikes;

/** Findings that only building or running the network shows. */
const shownByRuns = /^run\/(?:build-fault|fault)$/;

/** Runs a small model for some steps. @throws Error if it is refused and that was not predicted, or the reverse */
async function tryToRun(
  imported: ImportedModel,
  predicted: readonly Diagnostic[],
  target: 'wasm' | 'reference',
  precision: Precision,
): Promise<void> {
  if (!isSmall(imported, target === 'wasm' ? mostElements : mostInterpreted)) return;
  const expected = predicted.filter(({ code }) => /^(?:draw|lower)\//.test(code));
  let refused: readonly Diagnostic[] = [];
  try {
    const result = await runModel(imported, { target, precision, threads: 1, steps: mostSteps });
    if (result.kind === 'run') result.dispose();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    refused = error.diagnostics.filter(({ code }) => !shownByRuns.test(code));
  }
  const codes = (found: readonly Diagnostic[]): string => found.map(({ code }) => code).join(', ');
  if (refused.length > 0 !== expected.length > 0)
    throw new Error(`validate says [${codes(expected)}], run says [${codes(refused)}]`);
}

const volt = parseQuantity('1 volt').dimension;
const symbols: ReadonlyMap<string, Symbol> = new Map(
  ['v', 'w', 'tau', 'g', 'mu', 'x'].map((name) => [name, { dimension: volt, type: 'real' }]),
);

const tried = (action: () => unknown): boolean => {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof LangError || error instanceof DiagnosticError) return false;
    throw error;
  }
};

/**
 * Reads a text as each construct of the language of equations, and takes its expression through the steps of lowering.
 */
export function feedExpression(text: string): Outcome {
  const read = [
    tried(() => parseEquations(text)),
    tried(() => parseStatements(text)),
    tried(() => parseQuantity(text)),
    tried(() => {
      const expression = parseExpression(text);
      inferType(expression, scopeOf(symbols), () => undefined);
      const folded = foldConstants(expression);
      derivative(folded, 'v');
      linearForm(folded, ['v', 'x']);
      parseExpression(printExpression(folded));
    }),
  ];
  return read.some((good) => good) ? 'accepted' : 'refused';
}
