/**
 * House rules. Those that are ours are explained in CONTRIBUTING.md; `test/lint` shows that each finds what it should.
 */

import { readdirSync } from 'node:fs';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { noNumberPower } from './scripts/lint/no-number-power.js';

/** Translators know nothing of one another; what several need is in `translators/shared`. */
const notations = readdirSync(new URL('translators', import.meta.url))
  .filter((name) => name !== 'shared')
  .map((name) => `translators/${name}`);

/**
 * Which folders a folder may import from, besides itself; `packages` false bans packages as well. The order is the
 * order in which data passes through them (docs/architecture.md).
 */
export const layers = {
  'src/diagnostics': { from: [], packages: false },
  'src/lang': { from: ['src/diagnostics', 'src/ir'], packages: false },
  'src/model': { from: ['src/diagnostics', 'src/lang', 'schemas'], packages: true },
  'src/library': { from: ['src/diagnostics', 'src/lang', 'src/model'], packages: true },
  'src/ir': { from: ['src/diagnostics'], packages: false },
  'src/draw': { from: ['src/diagnostics', 'src/lang', 'src/model', 'src/ir'], packages: false },
  'src/lower': { from: ['src/diagnostics', 'src/lang', 'src/model', 'src/draw', 'src/ir'], packages: false },
  'src/optimise': { from: ['src/diagnostics', 'src/ir'], packages: false },
  'src/codegen': { from: ['src/diagnostics', 'src/ir'], packages: true },
  'translators/shared': { from: ['src/diagnostics', 'src/lang', 'src/model', 'src/library'], packages: false },
  ...Object.fromEntries(
    notations.map((folder) => [
      folder,
      {
        from: ['src/diagnostics', 'src/lang', 'src/model', 'src/library', 'translators/shared', 'schemas'],
        packages: true,
      },
    ]),
  ),
  'runtime/targets': { from: ['src/diagnostics', 'src/ir', 'src/optimise', 'src/codegen'], packages: true },
  'runtime/results': { from: ['src/diagnostics', 'src/ir'], packages: true },
  'src/tables': { from: ['src/diagnostics'], packages: true },
  'src/bundle': { from: ['src/diagnostics', 'src/model', 'translators/neuroml', 'runtime/results'], packages: true },
  'src/compare': {
    from: ['src/bundle', 'src/diagnostics', 'src/lang', 'src/tables', 'runtime/results'],
    packages: true,
  },
  'runtime/record': { from: ['src/diagnostics', 'src/ir', 'runtime/targets', 'runtime/results'], packages: true },
};

/** Folders of what is done with models. Each may import from those before it, and from all layers. */
export const floors = [
  'src/hdf5',
  'src/pictures',
  'src/pipeline',
  'src/session',
  'src/biosimulators',
  'src/convert',
  'src/present',
  'src/verify',
  'src/pack',
  'src/sweep',
  'src/serve',
  'src/cli',
];

const roots = [
  ...Object.keys(layers),
  ...floors,
  'src/index.ts',
  'src/package-functions.ts',
  'test',
  'bench',
  'scripts',
  'schemas',
];

/** What a model means is decided on its typed form: code is not parsed again, kinds are told by their tags. */
const typedOnly = ['src/draw', 'src/lower'];
const writtenForm = [
  'src/model/model.ts',
  'src/lang/parse.ts',
  'src/lang/parse-expression.ts',
  'src/lang/parse-statements.ts',
];

/** Paths below the root, as zones have them. */
const below = (paths) => paths.map((path) => `./${path}`);

/** Zones of each folder: the rule tests all zones that it is given, for each file. */
const zones = {
  ...Object.fromEntries(
    Object.entries(layers).map(([folder, { from }]) => [
      folder,
      [
        {
          target: `./${folder}`,
          from: below(roots.filter((other) => other !== folder && !from.includes(other))),
          message: `${folder} may import only from: ${from.join(', ') || 'nothing'}.`,
        },
        ...(typedOnly.includes(folder)
          ? [{ target: `./${folder}`, from: below(writtenForm), message: 'Take the typed form (src/model/typed.ts).' }]
          : []),
      ],
    ]),
  ),
  ...Object.fromEntries(
    floors.slice(0, -1).map((folder, floor) => [
      folder,
      [
        {
          target: `./${folder}`,
          from: below(floors.slice(floor + 1)),
          message: `${folder} is below ${floors.slice(floor + 1).join(', ')} (docs/architecture.md).`,
        },
      ],
    ]),
  ),
};

const kindByMember = {
  selector: 'BinaryExpression[operator="in"][left.type="Literal"]',
  message: 'Switch over `kind`, exhaustively.',
};

/** Functions whose last bits differ between machines and versions of an engine, and what depends on a locale. */
const unportable = [
  {
    selector:
      'MemberExpression[object.name="Math"]:not([property.name=/^(abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|E|PI)$/])',
    message: 'The result differs between machines: use the functions of src/ir/library, or decimal arithmetic.',
  },
  { selector: 'VariableDeclarator[init.name="Math"]', message: 'Name the functions of Math where they are used.' },
  {
    selector: 'CallExpression[callee.property.name=/^(localeCompare|toLocale\\w+)$/]',
    message: 'The result depends on the locale.',
  },
];

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export by name.' };

export default defineConfig(
  {
    ignores: ['dist/', 'out/', 'docs/.vitepress/**/*.js', 'coverage/', '.venv*/', 'fixtures/', '**/*.generated.*'],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { 'import-x': importX, house: { rules: { 'no-number-power': noNumberPower } } },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver()],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
      // Texts that are bundled with a page.
      'import-x/no-unresolved': ['error', { ignore: ['^interneuron:'] }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An index that the surrounding code has shown to be within bounds is common in numerical code.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A template of a kernel writes its statements.
      '@typescript-eslint/no-unused-expressions': ['error', { allowTaggedTemplates: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Interfaces promise promises; some of those who keep the promise have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // No enum is declared here, and the compiler tells instances of classes by their private members. These two rules
      // would take a third of the time of all.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A check of what a type rules out is wanted where data comes from outside.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      // Objects here are closures: none of their functions reads `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Text that is spread is names and operators, which are ASCII.
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  ...Object.entries(zones).map(([folder, own]) => ({
    files: [`${folder}/**`],
    rules: { 'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: own }] },
  })),
  ...Object.entries(layers)
    .filter(([, { packages }]) => !packages)
    .map(([folder]) => ({
      files: [`${folder}/**`],
      rules: {
        'no-restricted-imports': [
          'error',
          { patterns: [{ regex: '^(?!\\.|#platform$)', message: `${folder} depends on no package.` }] },
        ],
      },
    })),
  {
    files: ['src/lang/**', 'src/model/**', 'src/draw/**', 'src/lower/**', 'src/ir/**', 'src/optimise/**'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, ...unportable], 'house/no-number-power': 'error' },
  },
  {
    files: typedOnly.map((folder) => `${folder}/**`),
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, ...unportable, kindByMember] },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['bench/**', 'scripts/**', '*.{js,ts}'], rules: { 'no-console': 'off', 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'import-x/no-unresolved': 'off' },
  },
);
