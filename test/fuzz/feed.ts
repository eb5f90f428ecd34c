/** What is done with an input: all that happens before a program runs. */

import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { inferType, scopeOf, type Symbol } from '../../src/lang/check.js';
import { derivative } from '../../src/lang/derivative.js';
import { foldConstants } from '../../src/lang/fold.js';
import { LangError } from '../../src/lang/lang-error.js';
import { linearForm } from '../../src/lang/linear.js';
import { parseEquations, parseExpression, parseStatements } from '../../src/lang/parse.js';
import { parseQuantity } from '../../src/lang/quantity.js';
import { printExpression } from '../../src/lang/print.js';
import { convertModel } from '../../src/run/convert.js';
import { generateProject } from '../../src/run/generate-project.js';
import { importModel, type ImportedModel } from '../../src/run/pipeline.js';
import { decodeSource } from '../../src/run/read-source.js';
import type { TargetNotation } from '../../src/run/target-notations.js';
import { buildProgram } from '../../src/run/build-program.js';

/** How an input fared: it is a model, or it was refused in words. */
export type Outcome = 'accepted' | 'refused';

const conversions: readonly TargetNotation[] = ['canonical', 'brian', 'brian-json', 'pynn', 'pynn-json'];

/**
 * Reads, validates and lowers a document; of some also generates the program and converts the model.
 *
 * @param ordinal  says which are generated and converted
 * @throws what is neither a diagnostic nor an error of usage
 */
export async function feedDocument(name: string, bytes: Uint8Array, ordinal: number): Promise<Outcome> {
  try {
    const source = decodeSource(name, bytes);
    let imported: ImportedModel;
    try {
      imported = importModel(source);
      buildProgram(imported.valid, { precision: ordinal % 2 === 0 ? 'float64' : 'float32', memory: 1e9 });
    } catch (error) {
      if (error instanceof DiagnosticError)
        renderDiagnostics(error.diagnostics, { source: () => source.text, colour: false });
      throw error;
    }
    if (ordinal % 16 === 0)
      generateProject(imported.valid, ['c', 'opencl', 'cuda', 'wasm'][(ordinal / 16) % 4]!, 'float64');
    if (ordinal % 16 === 8) await convertModel(imported.valid, conversions[((ordinal - 8) / 16) % 5]!);
    return 'accepted';
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof UsageError) return 'refused';
    throw error;
  }
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

/** Reads a text as all that the language of equations has, and does with its expression what lowering does. */
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
