/**
 * The commands of docs/compare.md, run. With UPDATE_README=1 the page is written; otherwise it must equal their output.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { transcriptsOf, wordsOf } from './transcripts.js';

const path = join(root, 'docs/compare.md');
const update = process.env['UPDATE_README'] === '1';
let page = readFileSync(path, 'utf8');

const folder = temporaryFolder();

afterAll(() => {
  if (update) writeFileSync(path, page);
});

describe('docs/compare.md', () => {
  it.each(transcriptsOf(page))('$line', async ({ line, printed }) => {
    const [program, ...words] = wordsOf(line);
    expect(program).toBe('interneuron');
    const { stdout, stderr } = await runCommand(words.map((word) => word.replace(/^out\//, `${folder.path}/`)));
    const found = `${stderr}${stdout}`.replaceAll(folder.path, 'out');
    if (update) page = page.replace(`$ ${line}\n${printed}`, () => `$ ${line}\n${found}`);
    else expect(found.trimEnd()).toBe(printed.trimEnd());
  });
});
