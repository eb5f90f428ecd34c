/** Validation: importing, with all that would keep a valid model from running. */

import { carriedByMarkup, checkNotation, checkSource, complete, importMarkup, importModel } from './import-model.js';
import { preflight, type PreflightOptions } from './preflight.js';
import { inStage } from './stages.js';
import type { ImportedModel } from './read/imported-model.js';
import type { ImportOptions } from './read/import-options.js';
import { markupNotation } from './read/notation.js';
import { isMarkup } from './read/recognise.js';
import { checkImportOptions } from './option-values.js';
import { loadMarkup } from './read/read-markup.js';
import type { Source } from './read/read-source.js';
import { Diagnostics, DiagnosticError, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { ModelHashes } from '../model/hash.js';
import type { MarkupModel } from '../../translators/shared/notation.js';

/** Everything that is wrong with a document, whether or not there is anything in it to run. */
interface ValidatedModel extends Pick<ImportedModel, 'notation' | 'diagnostics'> {
  /** Absent: the document is a part of models, such as a channel or a cell in NeuroML, and no model itself. */
  readonly hashes?: ModelHashes;
}

/**
 * Validates a model in any notation, and warns of reasons why a run would reject a valid one.
 *
 * @param how  the model would be run
 * @throws DiagnosticError with everything that is wrong with the document
 * @throws UsageError for an option that cannot be understood
 */
export async function validateModel(
  source: Source,
  options: ImportOptions = {},
  how: PreflightOptions = {},
): Promise<ValidatedModel> {
  checkSource('validateModel', source);
  checkImportOptions(options, 'validateModel');
  if (!isMarkup(source.text)) return withPreflight(importModel(source, { ...options, peers: true }), how);
  const began = performance.now();
  const diagnostics = new Diagnostics();
  const markup = inStage('read', () => loadMarkup(source, options, diagnostics));
  if (markup) checkNotation(markupNotation, options, markup.place, diagnostics);
  const carried = markup && carriedByMarkup(markup, options, diagnostics);
  if (carried) return withPreflight(complete(source, options, carried, diagnostics, began), how);
  const model = markup && inStage('read', () => markup.read(diagnostics));
  diagnostics.throwIfErrors();
  if (model?.hasRun)
    return withPreflight(complete(source, options, importMarkup(model, options, diagnostics), diagnostics, began), how);
  return {
    notation: markupNotation,
    ...(model ? await validateParts(model, source, options, diagnostics, how) : { diagnostics: diagnostics.list }),
  };
}

/** @throws DiagnosticError for a negative delay, which no simulator has */
async function withPreflight(imported: ImportedModel, how: PreflightOptions): Promise<ImportedModel> {
  const predicted = (await preflight(imported, how)).map((finding): Diagnostic =>
    finding.code === 'lower/negative-delay' ? { ...finding, severity: 'error' } : finding,
  );
  const diagnostics = [...imported.diagnostics, ...predicted];
  if (predicted.some(({ severity }) => severity === 'error')) throw new DiagnosticError(diagnostics);
  return { ...imported, diagnostics };
}

/** Validates each part of a document that defines no run; a document of one network is a model. */
async function validateParts(
  model: MarkupModel,
  source: Source,
  options: ImportOptions,
  diagnostics: Diagnostics,
  how: PreflightOptions,
): Promise<Pick<ValidatedModel, 'diagnostics' | 'hashes'>> {
  const began = performance.now();
  const all = new Map(diagnostics.list.map((finding) => [JSON.stringify(finding), finding]));
  const parts = model.parts(source.name);
  const models: ImportedModel[] = [];
  for (const part of parts) {
    const found = new Diagnostics();
    try {
      const imported = inStage('import', () => part.read(found));
      const whole = complete(
        source,
        options,
        imported && { ...imported, set: {}, notation: markupNotation },
        found,
        began,
      );
      models.push(whole);
      // A part, such as a channel, needs no duration. It also lacks inputs from a cell, such as a membrane potential,
      // so findings about values that are not finite are dropped.
      const predicted = await preflight(whole, { ...how, untimed: true });
      found.addAll(predicted.filter(({ code }) => code !== 'lower/not-finite'));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
    // Parts that share a component would repeat findings about it.
    for (const finding of found.list) all.set(JSON.stringify(finding), finding);
  }
  const list = [...all.values()];
  if (list.some(({ severity }) => severity === 'error')) throw new DiagnosticError(list);
  const [only] = models;
  return { diagnostics: list, ...(only && parts.length === 1 && parts[0]?.isWhole ? { hashes: only.hashes } : {}) };
}
