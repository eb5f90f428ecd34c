/** Core types are read once for all documents, unless a document has others of its own. */

import { describe, expect, test } from 'vitest';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { LemsModel } from '../../../translators/neuroml/lems/definitions.js';
import { readLems } from '../../../translators/neuroml/read.js';

function read(more: string): LemsModel {
  const text = `<Lems><Include file="Cells.xml"/>${more}
    <iafCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS"/></Lems>`;
  const model = readLems(text, 'model.xml', undefined, new Diagnostics());
  if (!model) throw new Error('not read');
  return model;
}

const cellOf = ({ types }: LemsModel) => types.get('iafCell');

/** The ancestor of `iafCell` with one exposure more. */
const ancestor =
  '<ComponentType name="baseIafCapCell" extends="baseCellMembPotCap"><Parameter name="thresh" dimension="voltage"/>' +
  '<Parameter name="reset" dimension="voltage"/><Exposure name="mark" dimension="none"/></ComponentType>';

describe('core types', () => {
  test('documents without definitions of their own share them', () => {
    expect(cellOf(read(''))).toBe(cellOf(read('')));
  });

  test('one with an ancestor that a document replaces is read anew for this document only', () => {
    expect(cellOf(read(''))?.exposures.has('mark')).toBe(false);
    expect(cellOf(read(ancestor))?.exposures.has('mark')).toBe(true);
    expect(cellOf(read(''))?.exposures.has('mark')).toBe(false);
  });

  test.each([
    '<Dimension name="odd" m="1" l="0" t="-1"/>',
    '<Unit symbol="odd" dimension="voltage" power="-3"/>',
    '<Constant name="odd" dimension="voltage" value="1mV"/>',
  ])('a document with %s has its own', (definition) => {
    const plain = cellOf(read(''));
    expect(cellOf(read(definition))).not.toBe(plain);
    expect(cellOf(read(definition))).toEqual(plain);
  });
});
