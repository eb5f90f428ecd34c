/** Which cases of long tests a change needs. */

import { describe, expect, it } from 'vitest';
import { chosenByCase } from './entered.js';
import { enteredMap, mapOf, neededCases } from './entered-map.js';
import { git } from './long-tests.js';
import { changedFunctions, unitsOf } from './units.js';

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
    ['of a method', 'b();', 'b(1);', ['#grow']],
    ['of a function in a table', 'twice(2)', 'twice(3)', ['sum']],
    ['a comment', 'Adds.', 'Subtracts.', []],
    ['a type', "import type { T } from './t.js'", "import type { T } from './u.js'", []],
    ['another import', 'import { b }', "import { c } from './c.js';\nimport { b }", []],
    ['a removed function', 'const twice = (x: number): number => add(x) * 2;\n', '', undefined],
    ['a constant', 'limit = 3', 'limit = 4', undefined],
    ['a row of a table', 'plain: 1', 'plain: 2', undefined],
    ['a function without a name', '() => 3', '() => 4', undefined],
    ['an imported name of another module', "'./b.js'", "'./c.js'", undefined],
    ['an import for its effect', 'const limit', "import './c.js';\nconst limit", undefined],
  ])('differ by %s', (_what, from, to, expected) => {
    expect(text).toContain(from);
    const found = changedFunctions(text, text.replace(from, to));
    expect(found && [...found]).toEqual(expected);
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
    'test/b.test.ts': { other: { seconds: 1, functions: ['src/b.ts#x'] } },
  });
  const needed = (file: string, before: string | undefined, after: string): unknown => {
    const change = { files: [file], texts: () => ({ before, after }) };
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

  it('are none for a function that no case enters', () => {
    expect(needed('src/c.ts', both, both.replace('2', '3'))).toEqual({ 'test/a.test.ts': [], 'test/b.test.ts': [] });
    expect(needed('src/new.ts', undefined, both)).toEqual({ 'test/a.test.ts': [], 'test/b.test.ts': [] });
  });

  it('are all of a file that reaches a change outside functions', () => {
    expect(needed('src/a.ts', both, `${both}\nconst limit = 3;`)).toEqual({ 'test/b.test.ts': [] });
    expect(needed('src/codegen/templates/loop.hbs', 'a', 'b')).toEqual({ 'test/b.test.ts': [] });
    expect(needed('test/a.test.ts', 'a', 'b')).toEqual({ 'test/b.test.ts': [] });
  });
});

describe('the recorded map', () => {
  const map = enteredMap()!;
  it('is of tests whose cases are chosen, and of a commit of this history', () => {
    expect(chosenByCase).toEqual(expect.arrayContaining(Object.keys(map.tests)));
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
