/** Titles, names and descriptions that would control a terminal, or be markup in a file that is written. */

import { readFileSync, writeFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { markdownBlock, markdownCode, markdownText, printable, printableJson } from '../../src/diagnostics/display.js';
import { readXml } from '../../src/xml/read-xml.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

/** C0 but for tabs and line feeds, DEL, C1, separators of lines, and characters that set the direction of text. */
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/;

const titles = {
  'a terminal': '\u001b[2J\u001b]0;PWN\u0007\u009b31m\0\u202eabc\u2066',
  'lines and pages': 'x\f\u000b\u001c\u0085\u2028#\u2029\ufffe',
  HTML: '</script></title><img src=x onerror="alert(1)">',
  Markdown: '[x](javascript:alert(1)) ![y](z) \\[x](javascript:0) `<b>`\n# [z]: javascript:0',
};

describe.each(Object.entries(titles))('a title for %s', (name, title) => {
  const pathOf = (): string => folder.file(`${name.replace(' ', '-')}.json`);
  const model = {
    format: 'interneuron/brian',
    version: 1,
    title,
    name: title,
    description: title,
    authors: [{ name: title }],
    dt: '0.1 ms',
    run: '1 ms',
    neuron_groups: { cells: { N: 1, model: 'dv/dt = -v/(10*ms) : 1' } },
  };

  it('is described without control characters, markup and links', async () => {
    const path = pathOf();
    writeFileSync(path, JSON.stringify(model));
    const outcomes = await Promise.all(
      ['text', 'markdown', 'html', 'latex'].map((format) => runCommand(['describe', path, '--format', format])),
    );
    for (const { code, stdout, stderr } of outcomes) {
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stdout + stderr).not.toMatch(controls);
    }
    const [, markdown, html] = outcomes.map(({ stdout }) => stdout);
    for (const text of [markdown!, html!]) expect(text).not.toMatch(/<(img|\/script|b)\b/);
    expect(markdown).not.toMatch(/(?<!\\)(?:\\\\)*\]\(javascript/);
    const { stdout } = await runCommand(['describe', path, '--json']);
    expect(stdout).not.toMatch(controls);
    expect(JSON.stringify(JSON.parse(stdout))).toContain(JSON.stringify(title).slice(1, -1));
  });

  it('makes well-formed files', async () => {
    const path = pathOf();
    writeFileSync(path, JSON.stringify(model));
    const [svg, bundle, nml] = ['svg', 'omex', 'nml'].map((suffix) => path.replace('json', suffix)) as [
      string,
      string,
      string,
    ];
    expect((await runCommand(['plot', path, '--kind', 'network', '-o', svg])).code).toBe(0);
    expect((await runCommand(['pack', path, '-o', bundle])).code).toBe(0);
    expect((await runCommand(['convert', path, '--to', 'neuroml', '--partial', '-o', nml])).code).toBe(0);
    const files = unzipSync(readFileSync(bundle));
    const textOf = (file: string): string => new TextDecoder().decode(files[file]);
    const neuroml = readFileSync(nml, 'utf8');
    // References keep characters of the title that XML can hold.
    if (title.includes('\u202e')) expect(neuroml).toContain('&#8238;abc&#8294;');
    for (const text of [readFileSync(svg, 'utf8'), textOf('metadata.rdf'), neuroml]) {
      const diagnostics = new Diagnostics();
      expect(readXml(text, 'file', diagnostics)).not.toBeNull();
      expect(diagnostics.list).toEqual([]);
      expect(text).not.toMatch(controls);
    }
    expect(textOf('README.md')).not.toMatch(/<(img|\/script|b)\b|(?<!\\)(?:\\\\)*\]\(javascript/);
    for (const name of ['README.md', 'CITATION.cff', '.zenodo.json', 'ro-crate-metadata.json'])
      expect(textOf(name), name).not.toMatch(controls);
    const { title: cited } = parse(textOf('CITATION.cff')) as { readonly title: string };
    expect(cited).not.toMatch(controls);
    // Zenodo shows the description as HTML.
    expect(textOf('.zenodo.json').replace(/"(?:title|name)": .*/g, '')).not.toContain('<');
  });
});

describe('one function for each output', () => {
  it.each([
    [printable('a\u001b\tb\n'), 'a\ufffd  b\ufffd'],
    [printableJson('"\u009b\u202e"'), '"\\u009b\\u202e"'],
    [markdownText('<a> \\[b]'), '&lt;a> \\\\\\[b\\]'],
    [markdownCode('a``b'), '```a``b```'],
    [markdownCode('`a'), '`` `a ``'],
    [markdownBlock(['```', 'x']), '````\n```\nx\n````'],
  ])('%j', (text, expected) => {
    expect(text).toBe(expected);
  });
});
