/** Damaged files: they are refused, and the library takes no more memory than the file can fill. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { compareResults } from '../../../src/verify/compare-results.js';
import { readNwbRecord } from '../../../runtime/results/nwb/read.js';
import { importModel, runModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/pynn/road.js';

const model = JSON.stringify({
  format: 'interneuron/pynn',
  version: 1,
  populations: [{ label: 'p', size: 2, cell: { type: 'IF_cond_exp' } }],
  phases: [{ run: 1 }],
});

/** Where the file states the length of its longest text: before the address of a heap and the text's number in it. */
function lengthOfLongestText(bytes: Buffer): number {
  const places: number[] = [];
  for (let heap = bytes.indexOf('GCOL'); heap >= 0; heap = bytes.indexOf('GCOL', heap + 1)) {
    const address = Buffer.alloc(8);
    address.writeBigUInt64LE(BigInt(heap));
    for (let at = bytes.indexOf(address); at >= 0; at = bytes.indexOf(address, at + 1)) places.push(at - 4);
  }
  const lengthAt = (place: number): number => bytes.readUInt32LE(place);
  const [longest] = places
    .filter((place) => lengthAt(place) < bytes.length && bytes.readUInt32LE(place + 12) < 1000)
    .sort((x, y) => lengthAt(y) - lengthAt(x));
  if (longest === undefined) throw new Error('no text in a heap');
  return longest;
}

test('a text that claims 1.6 GB is refused before memory is taken for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-nwb-'));
  try {
    const path = join(folder, 'result.nwb');
    const run = await runModel(importModel({ name: 'model.json', text: model }), {
      target: 'reference',
      outputs: [path],
    });
    if (run.kind === 'run') run.dispose();
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(0x60000000, lengthOfLongestText(bytes));
    writeFileSync(path, bytes);
    const before = process.memoryUsage().rss;
    await expect(readNwbRecord(path)).rejects.toThrow(/memory/);
    expect(process.memoryUsage().rss - before).toBeLessThan(5e8);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a result with an incomplete record is damaged for a comparison', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-result-'));
  try {
    const path = join(folder, 'result.json');
    const run = await runModel(importModel({ name: 'model.json', text: model }), {
      target: 'reference',
      outputs: [path],
    });
    if (run.kind === 'run') run.dispose();
    const edited = join(folder, 'edited.json');
    const text = readFileSync(path, 'utf8');
    for (const part of ['fingerprint', 'populations', 'hashes']) {
      writeFileSync(edited, text.replaceAll(`"${part}":`, `"${part}x":`));
      await expect(compareResults(path, edited), part).rejects.toBeInstanceOf(DiagnosticError);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
