import { Diagnostics, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import type { ValidModel } from '../../src/model/model.js';
import { normalise, type NormaliseOptions } from '../../src/model/normalise.js';
import { readDocument } from '../../src/model/text/read.js';

/** Reads and normalises a text. */
export function check(
  text: string,
  options: NormaliseOptions = {},
): { valid: ValidModel | null; list: readonly Diagnostic[] } {
  const diagnostics = new Diagnostics();
  const { value, positions, diagnostics: reading } = readDocument(text, 'm');
  diagnostics.addAll(reading);
  const valid = diagnostics.hasErrors ? null : normalise(value, positions, diagnostics, options);
  return { valid, list: diagnostics.list };
}

/** The normalised model of a text that must be valid. */
export function normalised(text: string, options: NormaliseOptions = {}): ValidModel {
  const { valid, list } = check(text, options);
  if (!valid) throw new Error(renderDiagnostics(list));
  return valid;
}

/** `code@line:column` of all that is found, in the order of places. */
export function findings(text: string, options: NormaliseOptions = {}): string[] {
  return check(text, options)
    .list.map(({ code, place }) => ({ code, line: place?.line ?? 0, column: place?.column ?? 0 }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ code, line, column }) => `${code}@${line}:${column}`);
}
