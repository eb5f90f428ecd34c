/** Specification texts in; canonical documents, findings, exports out. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { Diagnostics, type Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../../src/diagnostics/render.js';
import type { ValidModel } from '../../../src/model/model.js';
import { normalise, type NormaliseOptions } from '../../../src/model/normalise.js';
import { readDocument } from '../../../src/model/text/read.js';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { importBrian } from '../../../translators/brian/import.js';

/** A document, loosely typed, for reading in tests. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents of unknown shape
export type Loose = any;

/** The canonical document of a text, before it is normalised, and all that is found. */
export function importText(text: string): { document: Loose; list: readonly Diagnostic[] } {
  const diagnostics = new Diagnostics();
  const { value, positions, diagnostics: reading } = readDocument(text, 'm.yaml');
  diagnostics.addAll(reading);
  const imported = diagnostics.hasErrors ? null : importBrian(value, positions, diagnostics);
  return { document: imported?.document, list: diagnostics.list };
}

/** The canonical document of a text that must be legal. */
export function document(text: string): Loose {
  const { document: result, list } = importText(text);
  if (result === undefined) throw new Error(renderDiagnostics(list));
  return result;
}

/** Imports and normalises a text, with options from outside. */
export function check(
  text: string,
  options: NormaliseOptions = {},
): { valid: ValidModel | null; list: readonly Diagnostic[] } {
  const diagnostics = new Diagnostics();
  const { value, positions, diagnostics: reading } = readDocument(text, 'm.yaml');
  diagnostics.addAll(reading);
  const imported = diagnostics.hasErrors ? null : importBrian(value, positions, diagnostics);
  const valid = imported === null ? null : normalise(imported.document, imported.positions, diagnostics, options);
  if (valid) diagnostics.addAll(imported?.remarks() ?? []);
  return { valid, list: diagnostics.list };
}

/** The normalised model of a text that must be legal. */
export function valid(text: string): ValidModel {
  const { valid: result, list } = check(text);
  if (!result) throw new Error(renderDiagnostics(list));
  return result;
}

/** Returns findings of importing and normalising as `code@line:column`, in the order of places. */
export function findings(text: string): string[] {
  return check(text)
    .list.map(({ code, place }) => ({ code, line: place?.line ?? 0, column: place?.column ?? 0 }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ code, line, column }) => `${code}@${line}:${column}`);
}

/** The text of a fixture. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/brian/${name}`, import.meta.url), 'utf8');
}

/** Expects a fixture of PyNN to be complete in Brian. */
export async function expectComplete(name: string): Promise<void> {
  const { valid } = importModel(readSource(`fixtures/pynn/${name}.json`));
  expect((await convertModel(valid, 'brian-json')).outcome).toBe('not measured');
}
