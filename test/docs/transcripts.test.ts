/**
 * Follows the tutorials and the how-to pages: saves the files that a page shows, runs its commands and its Python in
 * order, and compares their output. With UPDATE_README=1 the pages receive the new output.
 */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject, describe, expect, it } from 'vitest';
import { root } from '../support/import-graph.js';
import { missingEnvironment } from '../support/python.js';

const update = process.env['UPDATE_README'] === '1';
const pages = ['docs/tutorials', 'docs/how-to'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`),
);

/** Something that a reader of a page does. */
type Step =
  | { readonly kind: 'save'; readonly name: string; readonly text: string }
  | { readonly kind: 'run'; readonly command: string; readonly printed: string }
  | { readonly kind: 'python'; readonly code: string; readonly printed: string };

/** The steps of a page: `name`:, then a block, is a file; `$` begins a command; Python is followed by its output. */
function stepsOf(page: string): Step[] {
  const block = /(?:`([\w./-]+)`[^\n`]*:\n\n)?^```(\w+)\n([\s\S]*?)^```\n(?:\n^```text\n([\s\S]*?)^```$)?/gm;
  return [...page.matchAll(block)].flatMap(([, name, language, text = '', printed]): Step[] => {
    if (language === 'console')
      return text
        .split(/^\$ /m)
        .slice(1)
        .map((each) => {
          const end = each.indexOf('\n');
          return { kind: 'run', command: each.slice(0, end), printed: each.slice(end + 1) };
        });
    if (name !== undefined) return [{ kind: 'save', name, text }];
    return language === 'python' && printed !== undefined ? [{ kind: 'python', code: text, printed }] : [];
  });
}

/** Replaces times, memory and processors, which differ between machines and runs. */
function steady(text: string): string {
  return text
    .replace(/^time .*$/gm, 'time')
    .replace(/\(\d+ processor cores?, [^)]*\), \d+ threads?/g, '(processor)')
    .trimEnd();
}

interface Outcome {
  readonly printed: string;
  readonly code: number;
}

/** Runs Python in a folder; a reader sees its two streams one after the other. */
function execute(python: string, words: readonly string[], cwd: string): Promise<Outcome> {
  // The commands of a shell, for programs that start them.
  mkdirSync(join(cwd, '.bin'), { recursive: true });
  writeFileSync(join(cwd, '.bin/interneuron'), '#!/bin/sh\nexec python -m interneuron "$@"\n', { mode: 0o755 });
  const sources = ['interneuron', 'brian2-interneuron', 'pynn-interneuron', 'neuron-interneuron'].map((name) =>
    join(root, 'python', name, 'src'),
  );
  const env = {
    ...process.env,
    COLUMNS: '100',
    NO_COLOR: '1',
    PYTHONPATH: sources.join(':'),
    PYTHONWARNINGS: 'ignore',
    INTERNEURON_PROGRAM: inject('program'),
    INTERNEURON_NODE: process.execPath,
    PATH: `${join(cwd, '.bin')}:${dirname(python)}:${process.env['PATH']}`,
  };
  return new Promise((resolve) => {
    execFile(python, words, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const printed = `${stderr}${stdout}`.replaceAll(cwd, '/home/ada/models');
      resolve({ printed, code: error === null ? 0 : Number(error.code ?? 70) });
    });
  });
}

const missing =
  missingEnvironment('.venv') ??
  missingEnvironment('.venv-nir') ??
  missingEnvironment('.venv-pynn', 'sources/test/system/scenarios');

describe.skipIf(missing !== null)(`the pages of the documentation${missing === null ? '' : ` (${missing})`}`, () => {
  it.each(pages)('%s gives the output that it shows', async (path) => {
    let page = readFileSync(join(root, path), 'utf8');
    const folder = mkdtempSync(join(tmpdir(), 'interneuron-page-'));
    try {
      const venv = /^environment: (\S+)$/m.exec(page)?.[1] ?? '.venv';
      const python = join(root, venv, 'bin/python');
      let session = '';
      for (const step of stepsOf(page)) {
        if (step.kind === 'save') {
          mkdirSync(dirname(join(folder, step.name)), { recursive: true });
          writeFileSync(join(folder, step.name), step.text);
        } else if (step.kind === 'run') {
          const [program, ...words] = [...step.command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
            ([, single, double, plain]) => single ?? double ?? plain ?? '',
          );
          expect(program, path).toBe('interneuron');
          const { printed } = await execute(python, ['-m', 'interneuron', ...words], folder);
          if (update) {
            // Times are measured on a machine at rest, and stay.
            const time = /^time .*$/m.exec(step.printed)?.[0];
            const kept = time === undefined ? printed : printed.replace(/^time .*$/m, time);
            page = page.replace(`$ ${step.command}\n${step.printed}`, () => `$ ${step.command}\n${kept}`);
          } else expect(steady(printed), step.command).toBe(steady(step.printed));
        } else {
          const mark = '---printed---';
          const { printed, code } = await execute(python, ['-c', `${session}print('${mark}')\n${step.code}`], folder);
          expect(code, printed).toBe(0);
          const last = printed.split(`${mark}\n`).at(-1) ?? '';
          session += step.code;
          if (update)
            page = page.replace(`${step.code}\`\`\`\n\n\`\`\`text\n${step.printed}`, () => {
              return `${step.code}\`\`\`\n\n\`\`\`text\n${last}`;
            });
          else expect(last, step.code).toBe(step.printed);
        }
      }
      if (update) writeFileSync(join(root, path), page);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
