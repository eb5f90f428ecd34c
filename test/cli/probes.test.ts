/**
 * Mistakes in each notation, and how well the message about each helps. It has a point for the place, for what is wrong,
 * for what is right, for a hint, for one error only, for the exit code, for the words of the document, for no names of the
 * program's own, and for plain English. `probe-scores.txt` lists the points, and the criteria that are missed.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../support/command.js';
import { probedModels, type Probe } from './probe-models.js';

/** A finding as `validate --json` prints it. */
interface Printed {
  readonly severity: string;
  readonly message: string;
  readonly place?: { readonly line?: number };
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
  readonly count?: number;
}

interface Reported {
  readonly diagnostics: readonly Printed[];
}

const criteria = ['place', 'wrong', 'right', 'hint', 'single', 'exit', 'words', 'names', 'English'] as const;

/** Names of programmers' making, which are none of a model's. */
const internal = /\bundefined\b|\bNaN\b|\[object|\bnull\b|[A-Za-z]+Error\b|\/src\/|__|#\/\$defs/;

/** Words of a sentence, by the rules of the project's English. */
const longestSentence = 25;

const readsWell = (message: string, hint: string): boolean =>
  [message, hint].every((text) =>
    text.split(/[.:;,()]\s/).every((one) => one.trim().split(/\s+/).length <= longestSentence),
  ) && !/\s{2}|;|^[A-Z][a-z]+ [a-z]|\.$/.test(message);

function missed({ at, wrong, right }: Probe, text: string, found: readonly Printed[], code: number): readonly string[] {
  const errors = found.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const { message = '', expected = '', found: given = '', hint = '', place } = first ?? {};
  const line = text.split('\n').findIndex((one) => one.includes(at)) + 1;
  const named = `${message} ${given}`.match(/[A-Za-z]\w*(?:_\w+|[a-z][A-Z]\w*)/g) ?? [];
  const points: Readonly<Record<(typeof criteria)[number], boolean>> = {
    place: place?.line === line,
    wrong: wrong.test(`${message} ${given}`),
    right: right.test(`${expected} ${hint}`),
    hint: hint !== '',
    single: errors.length === 1 && (first?.count ?? 1) === 1,
    exit: code === 1,
    words: first !== undefined && named.every((name) => text.includes(name)),
    names: first !== undefined && !internal.test(`${message} ${expected} ${given} ${hint}`),
    English: first !== undefined && readsWell(message, hint),
  };
  return criteria.filter((each) => !points[each]);
}

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
    const { code, stdout } = await runCommand([one.command ?? 'validate', '-', '--json'], { input: changed });
    const printed = JSON.parse(stdout) as Reported & { readonly documents?: readonly Reported[] };
    const found = (printed.documents ?? [printed]).flatMap(({ diagnostics }) => diagnostics);
    const lost = missed(one, changed, found, code);
    rows.push([notation, name, criteria.length - lost.length, ...lost].join(' '));
    if (lost.length > 1) rows.push(JSON.stringify(found).slice(0, 900));
    expect(lost.length, lost.join(' ')).toBeLessThanOrEqual(1);
  });
});

describe('commands', () => {
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
    // The place is the word itself, which the message quotes.
    rows.push(['commands', name, criteria.length - lost.length, ...lost].join(' '));
    expect(lost.length, `${lost.join(' ')}: ${stderr}`).toBeLessThanOrEqual(1);
  });
});

test('the table has these points', () => {
  const table = new URL('probe-scores.txt', import.meta.url);
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(table, `${rows.join('\n')}\n`);
  expect(readFileSync(table, 'utf8')).toBe(`${rows.join('\n')}\n`);
});
