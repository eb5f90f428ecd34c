import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { dataFolder, readDataFiles } from '../../../src/pipeline/read/data-files.js';
import { writeWithData } from '../../../src/pipeline/results/document-files.js';
import { temporaryFolder } from '../../support/command.js';

const folder = temporaryFolder();
const values = Float64Array.of(1.5, -2, 1e300);
const digest = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
const tree = { populations: { exc: { positions: [{ $data: digest, dtype: 'f64', shape: [3] }] } } };

describe('data files', () => {
  it('come back as they were written', () => {
    const document = folder.file('model.json');
    expect(writeWithData([], new Map([[digest, values]]), document)).toEqual([join(folder.path, 'model.data', digest)]);
    expect(readDataFiles(tree, document)).toEqual(new Map([[digest, values]]));
  });

  it('are not needed by a document that refers to none', () => {
    expect(readDataFiles({ a: [1, 2, { b: null }] }, folder.file('model.json')).size).toBe(0);
    expect(writeWithData([], new Map(), folder.file('empty.json'))).toEqual([]);
  });

  it('that have changed are refused', () => {
    const document = folder.file('changed.json');
    mkdirSync(dataFolder(document));
    writeFileSync(join(dataFolder(document), digest), 'something else');
    expect(() => readDataFiles(tree, document)).toThrow(DiagnosticError);
  });

  it('have a digest as their name: a document cannot make us read another file', () => {
    writeFileSync(folder.file('secret'), 'x');
    const hostile = { $data: '../secret', dtype: 'u8', shape: [1] };
    expect(readDataFiles({ a: hostile }, folder.file('model.json')).size).toBe(0);
  });
});
