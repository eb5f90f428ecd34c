import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { messagePages } from '../../scripts/message-pages.mjs';
import { diagnosticCodes, messageEntries } from '../../src/pipeline/message-pages.js';
import { root } from '../support/import-graph.js';

const text = (name: string): string => readFileSync(join(root, `docs/${name}.md`), 'utf8');

describe('the pages of messages in the documentation site', () => {
  const pages = messagePages(text('messages'), text('explanations'));

  it('are one for each code, with the text of interneuron explain', () => {
    expect([...pages.keys()].sort()).toEqual([...diagnosticCodes().map((code) => `${code}.md`), 'index.md'].sort());
    for (const entries of [messageEntries('messages'), messageEntries('explanations')])
      for (const [code, entry] of entries)
        expect(pages.get(`${code}.md`)?.replaceAll('](../../../', '](')).toContain(entry);
  });

  it('are all listed by the index', () => {
    const linked = [...pages.get('index.md')!.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path);
    expect(linked).toEqual([...pages.keys()].filter((path) => path !== 'index.md'));
  });
});
