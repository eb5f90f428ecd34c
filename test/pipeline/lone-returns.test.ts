/** A carriage return alone ends a line: numbers of lines and excerpts count alike, in all notations and tables. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import '../../src/notations.js';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { importModel } from '../../src/pipeline/pipeline.js';

const folder = mkdtempSync(join(tmpdir(), 'lone-returns-'));
writeFileSync(join(folder, 'edges.csv'), '# one\r# two\npre,post\n0,0\n0,odd\n');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const table = `{"format": "interneuron/brian", "dt": "0.1 ms", "run": "1 ms",
"neuron_groups": {"p": {"N": 2, "model": "v : 1", "threshold": "v > 1", "reset": "v = 0"}},
"synapses": {"s": {"source": "p", "target": "p", "on_pre": "v += 1",
  "connect": {"from": "edges.csv", "source": "pre", "target": "post"}}}}`;

// Each text, or its table, begins with two lines. A carriage return ends the first, and a mistake is marked as odd.
test.each([
  ['cell.swc', '# one\r# two\n1 1 0 0 0 8 -1\n2 3 9 0 0 odd 1\n'],
  ['k.mod', ': one\r: two\nNEURON { SUFFIX k }\nPARAMETER { odd = odd }\n'],
  ['cell.nestml', '# one\r# two\nmodel cell:\n    state:\n        odd is = 1\n'],
  ['net.yaml', '# one\r# two\ninterneuron: 1\nneurons:\n  a:\n    odd: 1\n'],
  ['net.json', '{\r\r\n"interneuron": 1,\n"odd": 1\n}\n'],
  ['net.xml', '<!-- one\r two -->\n<Lems>\n  <odd/>\n</Lems>\n'],
  ['table.json', table],
])('%s', (name, text) => {
  expect(markedLines(join(folder, name), text).join()).toContain('odd');
});

/** Returns the lines that errors mark in their excerpts. */
function markedLines(path: string, text: string): readonly string[] {
  writeFileSync(path, text);
  try {
    importModel({ name: path, text });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const shown = renderDiagnostics(error.diagnostics, { source: (document) => readFileSync(document, 'utf8') });
    return shown.split('\n').filter((_, k, all) => /^ *\| *\^/.test(all[k + 1] ?? ''));
  }
  throw new Error('no mistake was found');
}
