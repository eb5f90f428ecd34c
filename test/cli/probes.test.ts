/**
 * Mistakes in each notation, and how well the message about each helps (`probe-points.ts`). `probe-scores.txt` lists
 * the points, and the criteria that are missed.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { fileProbes } from './probe-files.js';
import { probedModels } from './probe-models.js';
import { criteria, findingsIn, internal, missed, readsWell } from './probe-points.js';

const rows: string[] = [];

describe.each(Object.entries(probedModels))('%s', (notation, { text, probes }) => {
  test('is valid without a mistake', async () => {
    const { code, stderr } = await runCommand(['validate', '-'], { input: text });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test.each(Object.entries(probes))('%s', async (name, one) => {
    const changed = text.replace(...one.change);
    expect(changed).not.toBe(text);
    const { code, stdout } = await runCommand(['validate', '-', '--json'], { input: changed });
    const found = findingsIn(stdout);
    const line = changed.split('\n').findIndex((each) => each.includes(one.at)) + 1;
    const lost = missed(one, changed, found, code, (place) => place.line === line);
    rows.push([notation, name, criteria.length - lost.length, ...lost].join(' '));
    if (lost.length > 1) rows.push(JSON.stringify(found).slice(0, 900));
    expect(lost.length, lost.join(' ')).toBeLessThanOrEqual(1);
  });
});

const folder = temporaryFolder();

describe.each(Object.entries(fileProbes))('%s', (notation, probes) => {
  test.each(Object.entries(probes))('%s', async (name, one) => {
    const path = await one.write(folder.file(`${notation}-${name.replace(' ', '-')}`));
    const { code, stdout } = await runCommand(['validate', path, '--json']);
    const found = findingsIn(stdout);
    const [file, at] = one.at;
    const lost = missed(one, `${path} ${one.text}`, found, code, ({ document, line, pointer }) => {
      if (document?.endsWith(file) !== true) return false;
      return line === undefined
        ? pointer === at
        : readFileSync(document, 'utf8').split('\n')[line - 1]?.includes(at.split('\n')[0]!) === true;
    });
    rows.push([notation, name, criteria.length - lost.length, ...lost].join(' '));
    if (lost.length > 1) rows.push(JSON.stringify(found).slice(0, 900));
    expect(lost.length, lost.join(' ')).toBeLessThanOrEqual(1);
  });
});

describe('commands', () => {
  test('internal', async () => {
    const { code, stderr } = await runCommand(['targets'], {
      onOutput: () => {
        throw new TypeError('x is not a function');
      },
    });
    const [message = '', hint = ''] = stderr.split('\n');
    const points = {
      wrong: message.includes('internal error') && message.includes('x is not a function'),
      right: /not in the model/.test(hint),
      hint: /report it to the maintainers of your copy with the model, the command and this message \(version [\d.]+, Node /.test(
        hint,
      ),
      single: stderr.match(/^error/gm)?.length === 1,
      exit: code === 70,
      // A stack trace is of use to developers only.
      names: !/\bat .*:\d+|\.ts|\.js/.test(stderr),
      English: readsWell(message, hint.replace(/https:\S+/, '')),
    };
    const lost = Object.entries(points).flatMap(([criterion, isMet]) => (isMet ? [] : [criterion]));
    rows.push(['commands', 'internal', criteria.length - lost.length, ...lost].join(' '));
    expect(lost.length, `${lost.join(' ')}: ${stderr}`).toBeLessThanOrEqual(1);
  });

  test.each([
    ['misspelt target', ['run', 'x.yaml', '--target', 'wsam'], /wsam/, /wasm/],
    ['bad target', ['convert', 'x.yaml', '--to', 'brain', '-o', 'x.py'], /brain/, /brian/],
    ['misspelt option', ['run', 'x.yaml', '--duraton', '1 ms'], /duraton/, /duration/],
    ['files', ['describe', 'none/such.yaml'], /none\/such\.yaml/, /folder|name|file/],
  ])('%s', async (name, words, wrong, right) => {
    const { code, stderr } = await runCommand(words);
    const [message = '', hint = ''] = stderr.split('\n');
    const points = {
      wrong: wrong.test(message),
      right: right.test(hint) || right.test(message),
      hint: hint.trim().startsWith('hint'),
      single: stderr.match(/^error/gm)?.length === 1,
      exit: code === 2,
      names: !internal.test(stderr),
      English: readsWell(message, hint),
    };
    const lost = Object.entries(points).flatMap(([criterion, isMet]) => (isMet ? [] : [criterion]));
    // The place is the argument itself, which the message quotes.
    rows.push(['commands', name, criteria.length - lost.length, ...lost].join(' '));
    expect(lost.length, `${lost.join(' ')}: ${stderr}`).toBeLessThanOrEqual(1);
  });
});

test('the recorded table has these points', () => {
  const table = new URL('probe-scores.txt', import.meta.url);
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(table, `${rows.join('\n')}\n`);
  expect(readFileSync(table, 'utf8')).toBe(`${rows.join('\n')}\n`);
});
