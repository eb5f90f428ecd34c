/** Rules of NESTML: a model that breaks one has one error with a place, and all constructs are read. */

import { expect, test } from 'vitest';
import { DiagnosticError, type Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/nestml/road.js';
import { invalid, valid } from './rules.js';

/** Returns the errors of a model. */
function errorsOf(text: string): readonly Diagnostic[] {
  try {
    importModel({ name: 'cell.nestml', text });
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.filter(({ severity }) => severity === 'error');
  }
}

test.each(invalid)('%s', (_, text, code) => {
  const errors = errorsOf(text);
  expect(errors.map((one) => one.code)).toEqual([code]);
  for (const { place, found, hint } of errors) {
    expect(place?.line).toBeGreaterThan(0);
    // A hint is never the word that is there.
    if (found !== undefined) expect(hint ?? '').not.toContain(`did you mean ${found}`);
  }
});

test.each(valid)('%s', (_, text) => {
  expect(errorsOf(text)).toEqual([]);
});
