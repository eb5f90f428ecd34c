import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/import-graph.js';

/** A text that stands in a file of the project, and the rules that it breaks. */
type Case = readonly [file: string, text: string, rules: readonly string[]];

/** Results of a linter that is started once for all cases: rules broken by each file of a folder. */
function rulesBroken(cases: readonly Case[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-lint-'));
  try {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    cpSync(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const places = cases.map(([file, text], index) => {
      const place = file.replace('x.', `x${index}.`);
      mkdirSync(join(folder, dirname(place)), { recursive: true });
      writeFileSync(join(folder, place), `${text}\n`);
      return place;
    });
    const words = [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=json', ...places];
    let output: string;
    try {
      output = execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; filename: string }[] };
    return places.map((place) => [
      ...new Set(diagnostics.filter(({ filename }) => filename === place).map(({ code }) => code)),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const exact = ['src/lang', 'src/model', 'src/draw', 'src/lower', 'src/ir', 'src/optimise'];
const inExact = (text: string, rules: readonly string[]): Case[] =>
  exact.map((folder): Case => [`${folder}/x.ts`, text, rules]);
const unportable = ['house(no-unportable-arithmetic)'];
const byPatterns = ['house(no-code-by-patterns)'];

const cases: Case[] = [
  ...inExact('export const y = Math.exp(1);', unportable),
  ...inExact('export const y = Math.pow(10, 3);', unportable),
  ...inExact('export const y = Math.random();', unportable),
  ...inExact('export const { log } = Math;', unportable),
  ...inExact('export const y = (x: number): number => x ** 2;', unportable),
  ...inExact('export let y = 2;\ny **= 2;', unportable),
  ...inExact("export const y = 'a'.localeCompare('b');", unportable),
  ...inExact('export const y = Math.fround(Math.sqrt(2));', []),
  ...inExact('export const y = 10n ** 30n;', []),
  ...inExact('export const y = (x: bigint): bigint => BigInt(10) ** x;', []),
  ['src/cli/x.ts', 'export const y = Math.log10(5);', []],
  ['src/model/x.ts', 'export default 1;', ['import(no-default-export)']],
  ['runtime/record/x.ts', "console.log('x');", ['eslint(no-console)']],
  ['src/lower/x.ts', "export const f = (x: object): boolean => 'run' in x;", ['house(no-kind-by-member)']],
  ['src/model/x.ts', "export const f = (x: object): boolean => 'run' in x;", []],
  ['src/library/x.ts', 'export const f = (x: string): RegExp => new RegExp(`\\b${x}\\b`);', byPatterns],
  ['src/library/x.ts', 'export const f = (x: object): boolean => /v/.test(JSON.stringify(x));', byPatterns],
  ['translators/brian/x.ts', 'export const f = (x: object): unknown => JSON.stringify(x).match(/v/);', byPatterns],
  ['src/library/x.ts', "export const f = (x: string): string => x.replace(/\\bv\\b/g, 'u');", byPatterns],
  ['src/library/x.ts', 'export const f = (x: string): boolean => /\\bg_(exc|inh)\\b/.test(x);', byPatterns],
  ['src/library/x.ts', 'export const f = (x: string): boolean => /^v/.test(x);', []],
  ['src/cli/x.ts', 'export const f = (x: string): RegExp => new RegExp(`^${x}`);', []],
  ['src/lang/x.ts', 'export const f = (x: any): number => (x === 1 ? 1 : 2);', ['typescript(no-explicit-any)']],
  ['src/cli/x.ts', `/** ${'word '.repeat(24)}*/\nexport const x = 1;`, ['house(comment-width)']],
  ['test/cli/x.ts', `export const x = 1;\n// ${'–'.repeat(118)}`, ['house(comment-width)']],
  ['src/cli/x.ts', `export const x = 1;\n// ${'–'.repeat(117)}`, []],
  ['src/cli/x.ts', `/**\n * @source https://example.org/${'x'.repeat(120)}\n */\nexport const x = 1;`, []],
  [
    'src/cli/x.ts',
    'export function f(g: () => Promise<void>): void {\n  g();\n}',
    ['typescript(no-floating-promises)'],
  ],
  [
    'src/cli/x.ts',
    "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      break;\n  }\n}",
    ['typescript(switch-exhaustiveness-check)'],
  ],
  ['scripts/x.mjs', 'export default 1;\nconsole.log(1);', []],
];

describe('the rules of lint', () => {
  const found = rulesBroken(cases);
  it.each(cases.map(([file, text, rules], index) => ({ file, text, rules, found: found[index] })))(
    '$file: $text breaks $rules',
    ({ rules, found: broken }) => {
      expect(broken).toEqual(rules);
    },
  );
});
