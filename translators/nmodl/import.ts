/** Reads mechanisms in NMODL, the language of NEURON. */

import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { isRefused } from '../../src/diagnostics/system-error.js';
import { settle } from '../shared/located.js';
import { checkEffects, checkFile, checkPointers } from './check.js';
import { documentOf } from './document.js';
import type { GivenValues, Mechanism } from './mechanism.js';
import * as messages from './messages.js';
import type { Report } from './expressions.js';
import { parseNmodl } from './parse.js';
import { mechanismOf } from './translation.js';
import { Texts } from './text.js';

/** A canonical document with its places. */
export interface ImportedNmodl {
  readonly document: unknown;
  readonly positions: Positions;
}

/** Returns the text of an included file, or the reason why it is not read. */
export type ReadIncluded = (file: string) => { readonly text: string } | { readonly refused: string };

/** A mechanism with the places of its text. */
export interface ReadMechanism {
  readonly mechanism: Mechanism;
  readonly positions: Positions;
}

/**
 * Reads a mechanism. Returns null after an error.
 *
 * @param presynaptic  variables that hold the potential of the presynaptic end
 * @param tabulated  values that parameters have, if NEURON interpolates tables of the potential; false if it does not
 * @diagnostic nmodl/*
 */
export function readMechanism(
  name: string,
  text: string,
  diagnostics: Diagnostics,
  readIncluded: ReadIncluded,
  presynaptic: readonly string[] = [],
  tabulated?: GivenValues | false,
): ReadMechanism | null {
  const texts = new Texts();
  const found = diagnostics.beside();
  const report: Report = (finding, span) => {
    found.add(finding, () => texts.place(span));
  };
  const file = parseNmodl(name, text, texts, report, (included, span) => {
    const text = readIncluded(included);
    if (!isRefused(text)) return text.text;
    report(messages.notIncluded(included, text.refused), span);
    return null;
  });
  if (file) {
    checkFile(file, report);
    checkPointers(file, presynaptic, report);
  }
  const mechanism = file && !found.hasErrors ? mechanismOf(file, report, presynaptic, tabulated || undefined) : null;
  if (file && mechanism) checkEffects(file, report);
  const table = file?.tables.find((one) => mechanism?.interpolated.has(one) === false);
  if (table && tabulated !== false) report(messages.tables(), table.span);
  diagnostics.addAll(found.list);
  if (!mechanism || found.hasErrors) return null;
  const positions: Positions = { place: (_, span) => texts.place(span ?? { start: 0, end: 1 }) };
  return { mechanism, positions };
}

/** Reads a mechanism as the document of a cell with it. Returns null after an error. */
export function importNmodl(
  name: string,
  text: string,
  diagnostics: Diagnostics,
  readIncluded: ReadIncluded,
): ImportedNmodl | null {
  const read = readMechanism(name, text, diagnostics, readIncluded);
  if (!read) return null;
  const { mechanism, positions } = read;
  const place = positions.place('');
  const found = diagnostics.beside();
  for (const [ion, { valence, span }] of mechanism.ions)
    if (valence === undefined) found.add(messages.noValence(ion), positions.place('', span));
  diagnostics.addAll(found.list);
  if (found.hasErrors) return null;
  const kind =
    mechanism.kind === 'density' ? 'a membrane mechanism' : mechanism.receipt ? 'a synapse' : 'a point process';
  diagnostics.add(messages.onCell(mechanism.name, kind), place);
  if (mechanism.receipt) diagnostics.add(messages.oneSpike(mechanism.name), place);
  return settle(documentOf(mechanism), positions);
}
