import { ESLint } from 'eslint';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { root } from '../support/import-graph.js';

/** The house's own configuration, without the rules that need types, since the texts below are in no project. */
const eslint = new ESLint({
  cwd: root,
  ignore: false,
  overrideConfig: { ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'] },
});

/** Rules that a text breaks when it stands in the given file. */
async function rulesBroken(file: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: join(root, file) });
  return [...new Set(result?.messages.map(({ ruleId }) => ruleId))];
}

describe('imports between folders', () => {
  it.each([
    ['src/lang/x.ts', "import { nearest } from '../diagnostics/suggest.js';\nnearest('a', []);\n", []],
    [
      'src/verify/x.ts',
      "import type { ConvertOptions } from '../convert/convert.js';\nexport type X = ConvertOptions;\n",
      [],
    ],
    [
      'src/pipeline/x.ts',
      "import type { ConvertOptions } from '../convert/convert.js';\nexport type X = ConvertOptions;\n",
      ['import-x/no-restricted-paths'],
    ],
    [
      'src/diagnostics/x.ts',
      "import type { Expression } from '../lang/ast.js';\nexport type X = Expression;\n",
      ['import-x/no-restricted-paths'],
    ],
    [
      'src/lang/x.ts',
      "import type { Model } from '../model/model.js';\nexport type X = Model;\n",
      ['import-x/no-restricted-paths'],
    ],
    [
      'src/ir/x.ts',
      "import type { Expression } from '../lang/ast.js';\nexport type X = Expression;\n",
      ['import-x/no-restricted-paths'],
    ],
    [
      'src/codegen/x.ts',
      "import type { Model } from '../model/model.js';\nexport type X = Model;\n",
      ['import-x/no-restricted-paths'],
    ],
    [
      'translators/brian/x.ts',
      "import type { Program } from '../../src/ir/program.js';\nexport type X = Program;\n",
      ['import-x/no-restricted-paths'],
    ],
    [
      'runtime/results/x.ts',
      "import type { Target } from '../targets/target.js';\nexport type X = Target;\n",
      ['import-x/no-restricted-paths'],
    ],
    [
      'runtime/targets/x.ts',
      "import type { Model } from '../../src/model/model.js';\nexport type X = Model;\n",
      ['import-x/no-restricted-paths'],
    ],
    [
      'src/lower/x.ts',
      "import type { Model } from '../model/model.js';\nexport type X = Model;\n",
      ['import-x/no-restricted-paths'],
    ],
    ['src/lower/x.ts', "import type { Model } from '../model/typed.js';\nexport type X = Model;\n", []],
    [
      'src/draw/x.ts',
      "import { parseExpression } from '../lang/parse.js';\nparseExpression('1');\n",
      ['import-x/no-restricted-paths'],
    ],
    ['src/lang/x.ts', "import { parse } from 'yaml';\nparse('');\n", ['no-restricted-imports']],
    ['src/ir/x.ts', "import { readFileSync } from 'node:fs';\nreadFileSync('');\n", ['no-restricted-imports']],
    ['src/model/x.ts', "import { parse } from 'yaml';\nparse('');\n", []],
  ])('%s: %j breaks %j', async (file, text, rules) => {
    expect(await rulesBroken(file, text)).toEqual(rules);
  });
});

describe('numbers that differ between machines', () => {
  const folders = ['src/lang', 'src/model', 'src/draw', 'src/lower', 'src/ir', 'src/optimise'];
  it.each([
    ['export const y = Math.exp(1);', 'no-restricted-syntax'],
    ['export const y = Math.pow(10, 3);', 'no-restricted-syntax'],
    ['export const y = Math.random();', 'no-restricted-syntax'],
    ['export const { log } = Math;', 'no-restricted-syntax'],
    ['export const y = (x: number): number => x ** 2;', 'house/no-number-power'],
    ['export let y = 2;\ny **= 2;', 'house/no-number-power'],
    ["export const y = 'a'.localeCompare('b');", 'no-restricted-syntax'],
  ])('%s breaks %s', async (text, rule) => {
    for (const folder of folders) expect(await rulesBroken(`${folder}/x.ts`, `${text}\n`)).toEqual([rule]);
  });

  it.each([
    'export const y = Math.fround(Math.sqrt(2));',
    'export const y = 10n ** 30n;',
    'export const y = (x: bigint): bigint => BigInt(10) ** x;',
  ])('%s is allowed', async (text) => {
    for (const folder of folders) expect(await rulesBroken(`${folder}/x.ts`, `${text}\n`)).toEqual([]);
  });

  it('may be used in code that decides no result', async () => {
    expect(await rulesBroken('src/cli/x.ts', 'export const y = Math.log10(5);\n')).toEqual([]);
  });
});

describe('other habits', () => {
  it.each([
    ['src/model/x.ts', 'export default 1;', ['no-restricted-syntax']],
    ['runtime/record/x.ts', "console.log('x');", ['no-console']],
    ['src/lower/x.ts', "export const f = (x: object): boolean => 'run' in x;", ['no-restricted-syntax']],
    ['src/model/x.ts', "export const f = (x: object): boolean => 'run' in x;", []],
    [
      'src/lang/x.ts',
      'export const f = (x: any): number => (x === 1 ? 1 : 2);',
      ['@typescript-eslint/no-explicit-any'],
    ],
  ])('%s: %j breaks %j', async (file, text, rules) => {
    expect(await rulesBroken(file, `${text}\n`)).toEqual(rules);
  });
});
