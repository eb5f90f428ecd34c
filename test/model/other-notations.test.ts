import { gzipSync } from 'node:zlib';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

/** The finding about a document: its kind, and the remedy. */
function refusal(name: string, text: string): { readonly code: string; readonly found: string | undefined } {
  writeFileSync(folder.file(name), text);
  try {
    importModel(readSource(folder.file(name)));
  } catch (error) {
    if (error instanceof DiagnosticError && error.diagnostics.length === 1 && error.diagnostics[0]?.hint !== undefined)
      return { code: error.diagnostics[0].code, found: error.diagnostics[0].found };
    throw error;
  }
  throw new Error(`${name} was read`);
}

describe('a document of another program', () => {
  it.each([
    ['cell.txt', 'neuron iaf_neuron:\n    state:\n', 'NESTML'],
    ['net.json', '{"Net": {"version": "NeuroMLlite v0.6.1", "networks": []}}', 'NeuroMLlite'],
    ['cell.asc', '("CellBody"\n (CellBody)\n (1 2 3 4))\n', 'Neurolucida ASC'],
    ['cell.hoc', 'create soma\n', 'hoc of NEURON'],
    ['hh.txt', 'TITLE hh\nNEURON { SUFFIX hh }\n', 'NMODL of NEURON'],
  ])('%s is named', (name, text, notation) => {
    expect(refusal(name, text)).toEqual({ code: 'read/other-program', found: `a document in ${notation}` });
  });
});

describe('a document compressed by gzip', () => {
  const path = 'fixtures/neuroml/pynn-cells.xml';

  it('is the same model', () => {
    writeFileSync(folder.file('cells.xml.gz'), gzipSync(readFileSync(path)));
    const { hashes } = importModel(readSource(folder.file('cells.xml.gz')));
    expect(hashes).toEqual(importModel(readSource(path)).hashes);
  });

  it('is refused if it is cut, or grows too long', () => {
    const bytes = gzipSync(readFileSync(path));
    writeFileSync(folder.file('cut.xml.gz'), bytes.subarray(0, 100));
    expect(() => readSource(folder.file('cut.xml.gz'))).toThrow('cannot be unpacked by gzip');
    writeFileSync(folder.file('long.json.gz'), gzipSync(new Uint8Array(200_000)));
    expect(() => readSource(folder.file('long.json.gz'), 100_000)).toThrow('too large to read');
  });
});
