/** Which cases of long tests a change needs. */

import { describe, expect, it } from 'vitest';
import { affectedBy } from './affected.js';
import { isChosenByCase, outsideCases } from './entered.js';
import { enteredMap, mapOf, neededCases } from './entered-map.js';
import { git } from './changes.js';
import { differenceOf, unitsOf } from './units.js';

const text = `import { b } from './b.js';
import type { T } from './t.js';
const limit = 3;
/** Adds. */
export function add(x: T): number {
  return [x].map((one) => one + limit)[0]!;
}
const twice = (x: number): number => add(x) * 2;
class Cell {
  constructor(readonly n: number) {}
  get size(): number { return this.n; }
  #grow(): void { b(); }
}
export const table = { plain: 1, sum: () => twice(2), list: [() => 3] };
`;

describe('functions of a source', () => {
  it('have the names of V8; what is in them is a part of them', () => {
    expect([...unitsOf(text).functions.keys()]).toEqual(['add', 'twice', 'Cell', 'get size', '#grow', 'sum']);
  });

  it.each([
    ['the body of a function', 'one + limit', 'one - limit', ['add']],
    ['the body of a method', 'b();', 'b(1);', ['#grow']],
    ['a function in a table', 'twice(2)', 'twice(3)', ['sum']],
    ['a comment', 'Adds.', 'Subtracts.', []],
    ['a type', "import type { T } from './t.js'", "import type { T } from './u.js'", []],
    ['another import', 'import { b }', "import { c } from './c.js';\nimport { b }", ['c']],
    ['a removed function', 'const twice = (x: number): number => add(x) * 2;\n', '', ['twice']],
    ['a constant', 'limit = 3', 'limit = 4', ['limit']],
    ['a row of a table', 'plain: 1', 'plain: 2', ['table']],
    ['a function without a name', '() => 3', '() => 4', ['table']],
    ['an imported name of another module', "'./b.js'", "'./c.js'", ['b']],
    ['an import for its effect', 'const limit', "import './c.js';\nconst limit", ['effects']],
  ])('differ by %s', (_what, from, to, expected) => {
    expect(text).toContain(from);
    const { functions, values, effects } = differenceOf(text, text.replace(from, to));
    expect([...functions, ...values, ...(effects ? ['effects'] : [])]).toEqual(expected);
  });
});

describe('what a change concerns', () => {
  const files: Readonly<Record<string, string>> = {
    'src/a.ts': text,
    'src/c.ts': "import { table as rows } from './a.js';\nconst other = [rows];\nfunction read() { return other; }",
    'src/d.ts': "export * from './a.js';",
    'src/e.ts': "import { table } from './d.js';\nregister(table);",
    'test/e.test.ts': "import { table } from '../src/a.js';\nit.each(table);",
    'test/f.test.ts': "import { add } from '../src/a.js';",
  };
  const repository = { files: Object.keys(files), text: (path: string): string => files[path]! };
  const concerned = (from: string, to: string, ...left: readonly string[]): readonly string[] => {
    const differences = new Map([['src/a.ts', differenceOf(text.replace(from, to), text)]]);
    const { functions, whole } = affectedBy(differences, repository, (name) => !left.includes(name));
    return [...functions, ...whole];
  };

  it('is a changed function', () => expect(concerned('one + limit', 'one - limit')).toEqual(['src/a.ts#add']));

  it('is who mentions a function that no case enters', () =>
    expect(concerned('add(x) * 2', 'add(x) * 3', 'src/a.ts#twice')).toEqual(['src/a.ts#twice', 'src/a.ts#sum']));

  it('is who mentions a value, in all sources and under other names', () => {
    expect(concerned('limit = 3', 'limit = 4')).toEqual(['src/a.ts#add']);
    expect(concerned('plain: 1', 'plain: 2')).toEqual(['src/c.ts#read', 'test/e.test.ts', 'src/e.ts']);
  });
});

describe('cases that a change needs', () => {
  const functions = ['src/a.ts#add', 'src/a.ts#twice'];
  // Six cases enter one function, the first three also the other.
  const cases = Object.fromEntries(
    [6, 5, 4, 3, 2, 1].map((seconds, k) => [
      `case ${seconds}`,
      { seconds, functions: k < 3 ? functions : functions.slice(0, 1) },
    ]),
  );
  const map = mapOf('0123', {
    'test/a.test.ts': cases,
    'test/b.test.ts': {
      other: { seconds: 1, functions: ['src/b.ts#x'] },
      [outsideCases]: { seconds: 0, functions: ['src/b.ts#x', 'src/b.ts#y'] },
    },
  });
  const needed = (file: string, before: string | undefined, after: string): unknown => {
    const repository = { files: [file], text: () => after };
    const change = { files: [file], before: () => before, after: repository };
    const found = neededCases(map, change, (files) => new Set(files.length > 0 ? ['test/a.test.ts'] : []));
    return Object.fromEntries([...found].map(([test, names]) => [test, [...names]]));
  };
  const [add, twice] = ['function add() { return 1; }', 'function twice() { return 2; }'];
  const both = `${add}\n${twice}`;

  it('are the shortest that enter a changed function', () => {
    const found = needed('src/a.ts', both, both.replace('1', '3'));
    expect(found).toEqual({ 'test/a.test.ts': ['case 1', 'case 2', 'case 3', 'case 4'], 'test/b.test.ts': [] });
  });

  it('are all that enter it if they are few', () => {
    const found = needed('src/a.ts', both, both.replace('2', '3'));
    expect(found).toEqual({ 'test/a.test.ts': ['case 4', 'case 5', 'case 6'], 'test/b.test.ts': [] });
  });

  it('are all if the function is entered outside of cases', () => {
    const [x, y] = ['function x() { return 1; }', 'function y() { return 2; }'];
    const text = `${x}\n${y}`;
    expect(needed('src/b.ts', text, text.replace('1', '3'))).toEqual({
      'test/a.test.ts': [],
      'test/b.test.ts': ['other'],
    });
    expect(needed('src/b.ts', text, text.replace('2', '3'))).toEqual({ 'test/a.test.ts': [] });
  });

  it('are none for a function that no case enters', () => {
    expect(needed('src/c.ts', both, both.replace('2', '3'))).toEqual({ 'test/a.test.ts': [], 'test/b.test.ts': [] });
    expect(needed('src/new.ts', undefined, both)).toEqual({ 'test/a.test.ts': [], 'test/b.test.ts': [] });
  });

  it('are all of a file that reaches a change outside functions', () => {
    expect(needed('src/a.ts', both, `${both}\nregister(add);`)).toEqual({ 'test/b.test.ts': [] });
    expect(needed('src/codegen/templates/loop.hbs', 'a', 'b')).toEqual({ 'test/b.test.ts': [] });
    expect(needed('test/a.test.ts', 'a', 'b')).toEqual({ 'test/b.test.ts': [] });
  });
});

describe('the recorded map', () => {
  const map = enteredMap()!;
  it('is of tests whose cases are chosen, of others as a whole, and of a commit of this history', () => {
    const byCase = Object.entries(map.tests).flatMap(([test, { cases }]) => (cases[0] === outsideCases ? [] : [test]));
    expect(byCase.filter((test) => !isChosenByCase(test))).toEqual([]);
    if (git('rev-parse', '--is-shallow-repository') === 'false')
      expect(git('merge-base', '--is-ancestor', map.commit, 'HEAD')).toBe('');
  });

  it('has a case for each function', () => {
    const count = Object.values(map.functions).flat().length;
    const numbers = Object.values(map.tests).flatMap(({ entered }) =>
      Object.values(entered).flatMap((ranges) =>
        ranges.split(' ').flatMap((range) => {
          const [begin = 0, end = begin] = range.split('-').map(Number);
          return Array.from({ length: end - begin + 1 }, (_, k) => begin + k);
        }),
      ),
    );
    expect(new Set(numbers).size).toBe(count);
  });
});
