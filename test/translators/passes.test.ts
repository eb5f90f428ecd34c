/** All fixtures to all notations: the model after each pass of a conversion is valid. */

import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { convertModel, type TargetNotation } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import type { ValidModel } from '../../src/model/model.js';
import { fixturesOf } from '../docs/conversions.js';
import { someOf } from '../support/effort.js';
import '../../src/notations.js';

/** Networks of thousands of cells, which have the passes of smaller ones. */
const large = /cortical|potjans|brunel|vogels|cobahh|hodgkin-huxley-network|sketch/;
/** Other notations have the passes of the ones listed here. */
const notations: readonly TargetNotation[] = ['brian', 'pynn-json', 'pynn-nestml', 'neuroml'];

/** Findings that a pass still leaves, since its model is written at once by a printer that accepts it. */
const known: Readonly<Record<string, RegExp>> = {
  // Operations that take place once change parameters.
  'one-run': /cannot be written: it is a parameter/,
};

/** Returns the first finding of a model, or undefined if it is valid. */
function findingOf({ model, data }: ValidModel): string | undefined {
  try {
    importModel({ name: 'model.json', text: JSON.stringify(model) }, { data });
    return undefined;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const [{ message, place } = { message: '', place: undefined }] = error.diagnostics;
    return `${place?.pointer ?? ''} ${message}`;
  }
}

const fixtures = (['canonical', 'brian', 'pynn', 'neuroml'] as const)
  .flatMap(fixturesOf)
  .filter(({ name }) => !large.test(name));

describe.each(notations.map((to, index) => [to, index] as const))('to %s', (to, index) => {
  it.each(someOf(fixtures.slice(index % 2), 2, 'fixtures', 2))('$name', async ({ imported: { valid } }) => {
    const name = to === 'neuroml' ? 'model.nml' : 'model.xml';
    let before = valid;
    let isKnown = false;
    const wrong: string[] = [];
    await convertModel(valid, to, {
      name,
      onPass: (pass, made) => {
        const finding = made === before || isKnown ? undefined : findingOf(made);
        before = made;
        // Later passes keep the results of an earlier one.
        isKnown ||= finding !== undefined && known[pass]?.test(finding) === true;
        if (finding !== undefined && !isKnown) wrong.push(`${pass}: ${finding}`);
      },
    });
    expect(wrong).toEqual([]);
  });
});
