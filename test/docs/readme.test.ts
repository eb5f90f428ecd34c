/** README's examples, run. With UPDATE_README=1 their output is written into README; otherwise README must equal it. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import * as interneuron from '../../src/index.js';
import { badge } from '../../src/present/model-page.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { wordsOf } from './transcripts.js';

const path = join(root, 'README.md');
const update = process.env['UPDATE_README'] === '1';
let readme = readFileSync(path, 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const folder = temporaryFolder();

afterAll(() => {
  if (update) writeFileSync(path, readme);
});

/** Texts of all code blocks in one language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text!);
}

/** The command that a line runs; outputs go to the test's own folder. */
function commandOf(line: string): string[] {
  const text =
    line === 'npm install && npm start' ? scripts.start.replace(/^node scripts\/start\.js/, 'interneuron') : line;
  const [program, ...words] = wordsOf(text);
  expect(program).toBe('interneuron');
  return words.map((word) => word.replace(/^out\//, `${folder.path}/`));
}

/** Removes differences between machines and runs: times, memory, processors. */
function steady(text: string): string {
  return text
    .replace(/^time .*$/gm, 'time')
    .replace(/\(\d+ processor cores?, [^)]*\), \d+ threads?/g, '(processor)')
    .trimEnd();
}

describe('README: the commands', () => {
  const commands = blocks('console').map((text) => {
    const [first, ...rest] = text.split('\n');
    return { line: first!.replace(/^\$ /, ''), expected: rest.join('\n') };
  });

  it.each(commands.filter(({ line }) => line !== 'npm test'))('$line', async ({ line, expected }) => {
    const { stdout, stderr } = await runCommand(commandOf(line), { onTerminal: true, columns: 80 });
    const printed = `${stderr}${stdout}`.replaceAll(folder.path, 'out').trimEnd();
    // Times belong to the command by itself, filled in by hand: here the whole test runs in one process.
    const time = /^time .*$/m.exec(expected)?.[0];
    const kept = time === undefined ? printed : printed.replace(/^time .*$/m, time);
    if (update) readme = readme.replace(`$ ${line}\n${expected}`, () => `$ ${line}\n${kept}\n`);
    else expect(steady(printed)).toBe(steady(expected));
  });

  it('the picture is the one that its command draws', () => {
    const shown = join(root, 'docs/pictures/first-steps.svg');
    const drawn = readFileSync(folder.file('first-steps.svg'), 'utf8');
    if (update) writeFileSync(shown, drawn);
    else expect(readFileSync(shown, 'utf8')).toBe(drawn);
    expect(readme).toContain('](docs/pictures/first-steps.svg)');
  });

  it('the badge has the fingerprint of the first command, as badges of pages have', () => {
    const fingerprint = /^fingerprint +(\w{64})$/m.exec(commands[0]!.expected)?.[1] ?? '';
    const shown = join(root, 'docs/pictures/reproducible.svg');
    if (update) writeFileSync(shown, badge(fingerprint));
    else expect(readFileSync(shown, 'utf8')).toBe(badge(fingerprint));
    const name = `reproducible: ${fingerprint.slice(0, 12)}`;
    expect(readme).toContain(`![${name}](docs/pictures/reproducible.svg)`);
  });

  it('npm test is the name that the package gives its tests', () => {
    expect(scripts.test).toBe('vitest run');
    expect(commands.map(({ line }) => line)).toContain('npm test');
  });
});

describe('README: the texts', () => {
  it('the program runs', async () => {
    const [program] = blocks('ts');
    const printed: unknown[][] = [];
    const code = ts
      .transpileModule(program!, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 } })
      .outputText.replace(/import (\{[^}]*\}) from 'interneuron';/, 'const $1 = interneuron;')
      .replace("'first-steps.nwb'", `'${folder.file('first-steps.nwb')}'`);
    mkdirSync(folder.path, { recursive: true });
    // oxlint-disable-next-line typescript/no-implied-eval -- running README's text is the purpose of this test
    const run = new Function('interneuron', 'console', `return (async () => {${code}})();`) as (
      library: unknown,
      output: unknown,
    ) => Promise<void>;
    await run(interneuron, { log: (...values: unknown[]) => printed.push(values) });
    expect(printed.map(([population]) => population)).toEqual(['cells']);
    expect(existsSync(folder.file('first-steps.nwb'))).toBe(true);
  });

  it('the options that it names exist', async () => {
    const { stdout } = await runCommand(['run', '--help']);
    for (const option of new Set(readme.match(/(?<=\s)--(?:set|seed|duration|record|json|target)\b/g)))
      expect(stdout).toContain(option);
  });
});

describe('docs/index.md', () => {
  it('shows a document and its conversion', async () => {
    const home = readFileSync(join(root, 'docs/index.md'), 'utf8');
    const model = 'fixtures/readme/first-steps.yaml';
    expect(home).toContain(`\`\`\`yaml\n${readFileSync(join(root, model), 'utf8')}\`\`\``);
    const script = folder.file('home.py');
    expect(await runCommand(['convert', model, '--to', 'brian', '-o', script, '-q', '--no-check'])).toMatchObject({
      code: 0,
    });
    expect(home).toContain(`\`\`\`python\n${readFileSync(script, 'utf8')}\`\`\``);
  });
});
