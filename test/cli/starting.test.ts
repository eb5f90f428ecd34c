/** Commands for who begins: `new`, `schema`, `describe`, and the package that they come in. */

import { home } from '../../src/diagnostics/home.js';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { describe, expect, inject, it } from 'vitest';
import { messagesOfText } from '../../scripts/messages.mjs';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

describe('interneuron.yaml', () => {
  it('is read by the built program', () => {
    writeFileSync(folder.file('interneuron.yaml'), 'run: { targt: c }');
    const words = [inject('program'), 'run', 'model.yaml'];
    const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder.path, encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('interneuron.yaml: run has no option targt')]);
  });
});

describe('new', () => {
  it.each([
    ['brian', 'yaml'],
    ['pynn', 'json'],
    ['neuroml', 'xml'],
  ])('%s writes a model that is valid and spikes', async (notation, suffix) => {
    const path = folder.file(`new.${notation}.${suffix}`);
    expect(await runCommand(['new', notation, '-o', path])).toMatchObject({ code: 0, stderr: '' });
    expect(await runCommand(['validate', path])).toMatchObject({ code: 0, stderr: '' });
    const outcome = await runCommand(['run', path, '--json', '--output-dir', folder.file('out')]);
    expect(outcome.code).toBe(0);
    const { populations } = JSON.parse(outcome.stdout) as { populations: Record<string, { rate: number }> };
    // Cells that are driven fire at rates that cells have.
    expect(populations['cells']?.rate).toBeGreaterThan(0.5);
    expect(populations['cells']?.rate).toBeLessThan(100);
  });

  it('keeps a file that exists', async () => {
    const path = folder.file('mine.yaml');
    writeFileSync(path, 'mine');
    const outcome = await runCommand(['new', 'brian', '-o', path]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(`cannot write ${path}: it already exists`);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('suggests a notation for a misspelt one', async () => {
    const outcome = await runCommand(['new', 'brain']);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('did you mean brian?');
  });
});

describe('schema', () => {
  it.each([
    ['brian', 'fixtures/starters/brian.yaml'],
    ['pynn', 'fixtures/starters/pynn.json'],
    ['canonical', 'fixtures/model/sketch.yaml'],
  ])('%s is a schema that documents fit', async (notation, path) => {
    const { code, stdout } = await runCommand(['schema', notation]);
    expect(code).toBe(0);
    const schema = JSON.parse(stdout) as { $id: string };
    expect(schema.$id).toMatch(/^urn:interneuron:schema:\w+:1$/);
    const validate = new Ajv2020({ strict: false, discriminator: true }).compile(schema);
    expect(validate(parse(readFileSync(path, 'utf8'))), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ format: 'something else' })).toBe(false);
  });
});

describe('explain', () => {
  it('explains a code, with its messages', async () => {
    const { code, stdout } = await runCommand(['explain', 'lang/dimension-mismatch']);
    expect(code).toBe(0);
    expect(stdout).toContain('dv/dt = -v/tau : volt        # right');
    expect(stdout).toContain('- error: ‹what› has the wrong dimension');
  });

  it('lists all codes without one', async () => {
    const { code, stdout } = await runCommand(['explain']);
    expect(code).toBe(0);
    const headings = [...readFileSync('docs/messages.md', 'utf8').matchAll(/^### (.*)$/gm)].map(([, name]) => name);
    expect(
      stdout
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(headings);
  });

  it('suggests codes', async () => {
    const { code, stderr } = await runCommand(['explain', 'lang/dimension-missmatch']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean lang/dimension-mismatch?');
  });

  it('explains no code that there is not', () => {
    const headings = (page: string): string[] =>
      [...readFileSync(page, 'utf8').matchAll(/^### (.*)$/gm)].map(([, code = '']) => code);
    expect(headings('docs/messages.md')).toEqual(expect.arrayContaining(headings('docs/explanations.md')));
  });

  it('states whether a code is an error, a warning, a note or a line of a report', async () => {
    const kindOf = async (code: string): Promise<unknown> =>
      (JSON.parse((await runCommand(['explain', code, '--json'])).stdout) as { kind: unknown }).kind;
    expect(await kindOf('swc/shape')).toBe('A line in the report of a conversion.');
    expect(await kindOf('lang/unknown-name')).toBe('An error.');
    expect(await kindOf('lang/unit-shadowed')).toBe('A warning.');
    expect(await kindOf('model/time-in-binary')).toBe('A note.');
  });

  it('lists each text of a message with choices, and rejects placeholders that are not plain terms', () => {
    const ofMessage = (text: string): ReturnType<typeof messagesOfText> =>
      messagesOfText(
        'export const rows = (count: number, isLast: boolean, names: readonly string[]): Finding => ' +
          `({ code: 'read/rows', message: ${text} });`,
      );
    expect(ofMessage("`${count} ${count === 1 ? 'row is' : 'rows are'} missing: ${names.join(', ')}`")).toEqual({
      messages: ['‹count› row is missing: ‹names›', '‹count› rows are missing: ‹names›'],
      riddles: [],
    });
    expect(ofMessage('`the row ${isLast} is missing`').riddles).toEqual(['is last']);
    expect(ofMessage('`the row ${unknown} is missing`').riddles).toEqual(['']);
  });

  it('explains every code in the report of a conversion', () => {
    const explained = readFileSync('docs/explanations.md', 'utf8');
    const entries = readFileSync('docs/messages.md', 'utf8').split(/^### /m).slice(1);
    const codes = entries
      .filter((entry) => /^- (?:exact|different|convention|left out): /m.test(entry) || !/^- /m.test(entry))
      .map((entry) => entry.slice(0, entry.indexOf('\n')));
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.filter((code) => !explained.includes(`### ${code}\n`))).toEqual([]);
    // Independent of the form of the calls in exporters that the page is generated from.
    const headings = new Set(entries.map((entry) => entry.slice(0, entry.indexOf('\n'))));
    const exporters = ['brian', 'neuroml', 'pynn'].flatMap((notation) =>
      readdirSync(`translators/${notation}`, { recursive: true, encoding: 'utf8' })
        .filter((path) => /^(?:export|script).*\.ts$/.test(path))
        .map((path) => readFileSync(`translators/${notation}/${path}`, 'utf8')),
    );
    const literals = exporters.flatMap((text) => text.match(/(?<=')(?:brian|lems|pynn)\/[a-z-]+(?=',\n?)/g) ?? []);
    expect(literals.length).toBeGreaterThan(100);
    expect([...new Set(literals)].filter((code) => !headings.has(code) && code !== 'brian/script')).toEqual([]);
  });
});

describe('describe', () => {
  const network = 'fixtures/brian/vogels-abbott-cuba.yaml';

  it('counts cells and synapses, and shows equations', async () => {
    const { code, stdout } = await runCommand(['describe', network]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}cells +4,000$/m);
    expect(stdout).toContain('dv/dt');
    // 4000 by 4000 pairs with probability 0.02.
    const synapses = Number(/^ {2}synapses +([\d,]+)$/m.exec(stdout)?.[1]?.replaceAll(',', ''));
    const deviation = Math.sqrt(4000 * 4000 * 0.02 * 0.98);
    expect(Math.abs(synapses - 320_000)).toBeLessThan(5 * deviation);
  });

  it.each(['fixtures/pynn/views-and-assemblies.json', 'fixtures/neuroml/inputs.xml', 'fixtures/model/sketch.yaml'])(
    'writes %s as Markdown, HTML and JSON',
    async (path) => {
      const markdown = await runCommand(['describe', path, '--format', 'markdown']);
      expect(markdown.stdout).toContain('## B Populations\n\n| name | neuron type | cells | own values |\n| --- |');
      const html = await runCommand(['describe', path, '--format', 'html']);
      expect(html.stdout).toMatch(/^<!doctype html>[^]*<h2>B Populations<\/h2>[^]*<\/html>\n$/);
      const json = await runCommand(['describe', path, '--json']);
      const { sections } = JSON.parse(json.stdout) as { sections: { title: string }[] };
      expect(sections.map(({ title }) => title)).toContain('Neuron types');
    },
  );

  it('escapes the texts of a model', async () => {
    const path = folder.file('hostile.yaml');
    const text = readFileSync('fixtures/starters/brian.yaml', 'utf8');
    writeFileSync(path, text.replace('name: My network', 'name: "<script>alert(1)</script>"'));
    const { stdout } = await runCommand(['describe', path, '--format', 'html']);
    expect(stdout).not.toContain('<script>');
    expect(stdout).toContain('&lt;script&gt;');
  });
});

describe('the package', () => {
  const packed = (): Set<string> => {
    const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
    const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }];
    return new Set(files.map(({ path }) => path));
  };

  it('holds every file that its README and docs link to, schemas and starting points', () => {
    const files = packed();
    for (const page of [...files].filter((path) => path.endsWith('.md'))) {
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)];
      const missing = links
        .map(([, link = '']) => normalize(join(dirname(page), link)))
        .filter((path) => ![...files].some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`)));
      expect(missing, page).toEqual([]);
    }
    for (const name of ['brian', 'pynn', 'model']) expect(files).toContain(`schemas/${name}.schema.json`);
    expect(files).toContain('fixtures/starters/brian.yaml');
  });

  it('names its licence, and a repository only if there is one', () => {
    const about = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
    for (const key of ['license', 'description']) expect(about[key]).toBeTruthy();
    for (const key of ['repository', 'homepage', 'bugs']) expect(about[key] !== undefined).toBe(home !== '');
    expect(existsSync('LICENSE')).toBe(true);
  });
});
