/** Reads mechanisms in NMODL, the language of NEURON. */

import { platform } from '#platform';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { isRefused } from '../../src/diagnostics/system-error.js';
import { settle } from '../shared/located.js';
import { documentOf } from './document.js';
import { mechanismOf } from './mechanism.js';
import * as messages from './messages.js';
import { parseNmodl, type Report } from './parse.js';
import { Texts } from './text.js';

/** A canonical document with its places. */
export interface ImportedNmodl {
  readonly document: unknown;
  readonly positions: Positions;
}

/** Returns the text of an included file, or the reason why it is not read. */
export type ReadIncluded = (file: string) => { readonly text: string } | { readonly refused: string };

/** Reads a mechanism. Returns null after an error. */
export function importNmodl(
  name: string,
  text: string,
  diagnostics: Diagnostics,
  readIncluded: ReadIncluded,
): ImportedNmodl | null {
  const texts = new Texts();
  const report: Report = (finding, span) => {
    diagnostics.add(finding, () => texts.place(span));
  };
  const file = parseNmodl(name, text, texts, report, (included, span) => {
    const found = readIncluded(included);
    if (!isRefused(found)) return found.text;
    report(messages.notIncluded(included, found.refused), span);
    return null;
  });
  if (!file || diagnostics.hasErrors) return null;
  const mechanism = mechanismOf(file, report);
  if (!mechanism || diagnostics.hasErrors) return null;
  const [table] = file.tables;
  if (table) report({ ...messages.tables() }, table);
  const kind = file.kind === 'density' ? 'a membrane mechanism' : mechanism.receipt ? 'a synapse' : 'a point process';
  report(messages.onCell(mechanism.name, kind), { start: 0, end: 1 });
  if (mechanism.receipt) report(messages.oneSpike(mechanism.name), { start: 0, end: 1 });
  const positions: Positions = {
    place: (_, span) => texts.place(span ?? { start: 0, end: 1 }),
  };
  return settle(documentOf(mechanism), positions);
}

/** Whether a file's name is that of an NMODL file. */
export const isNmodlName = (name: string): boolean => platform.paths.extname(name).toLowerCase() === '.mod';
