import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { datFiles, datPath } from '../../../../runtime/results/dat/plan.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import { inFolder } from '../formats.js';

describe('files that a model names', () => {
  test('none', () => expect(datFiles({})).toEqual([]));

  test('tables and lists of events', () => {
    const table = { file: 'a.dat', kind: 'columns', columns: [{ id: 'v', recording: 'r', variable: 'v', index: 0 }] };
    const events = {
      file: 'a.spikes',
      kind: 'events',
      format: 'ID_TIME',
      selections: [{ id: '0', recording: 's', population: 'p', index: 3 }],
    };
    expect(datFiles({ outputFiles: [table, events] })).toEqual([table, events]);
  });

  test('two of one name are both listed: writing refuses them', () => {
    const named = (id: string): object => ({
      file: 'a.dat',
      kind: 'columns',
      columns: [{ id, recording: 'r', variable: 'v', index: 0 }],
    });
    expect(datFiles({ outputFiles: [named('x'), named('y')] })).toEqual([named('x'), named('y')]);
  });

  const wrong: readonly (readonly [given: unknown, message: RegExp])[] = [
    [{}, /\/annotations\/outputFiles of the model is not a list/],
    [[3], /outputFiles\/0 of the model is not an object/],
    [[{ kind: 'columns', columns: [] }], /outputFiles\/0\/file of the model is not text/],
    [[{ file: 'a', kind: 'table' }], /kind of the model is not `columns` or `events`/],
    [[{ file: 'a', kind: 'columns' }], /columns of the model is not a list/],
    [
      [{ file: 'a', kind: 'columns', columns: [{ id: 'v', recording: 'r', variable: 'v', index: 0.5 }] }],
      /columns\/0\/index .* whole number/,
    ],
    [
      [{ file: 'a', kind: 'events', format: 'TIME', selections: [] }],
      /format of the model is not `ID_TIME` or `TIME_ID`/,
    ],
  ];
  test.each(wrong)('%j', (outputFiles, message) => {
    expect(() => datFiles({ outputFiles })).toThrow(UsageError);
    expect(() => datFiles({ outputFiles })).toThrow(message);
  });
});

describe('the path of a file', () => {
  test.each(['a.dat', 'results/a.dat', './results/../a.dat', 'a.b.spikes', 'A.TXT'])(
    '%s is below the folder',
    async (file) => inFolder(async (folder) => expect(datPath(folder, file)).toBe(join(folder, file))),
  );

  test.each(['../a.dat', 'results/../../a.dat', '/tmp/a.dat', '.'])('%s is refused', async (file) =>
    inFolder(async (folder) => expect(() => datPath(folder, file)).toThrow(/which is outside /)),
  );

  test.each(['.bashrc', '..a.dat', '.git/a.dat', 'results/.a.dat', './.a.dat'])('%s is hidden', async (file) =>
    inFolder(async (folder) => expect(() => datPath(folder, file)).toThrow(/hidden file/)),
  );

  test.each(['Makefile', 'a.sh', 'a.py', 'a.dat.js', 'a', 'dat', 'package.json5'])(
    '%s has no suffix of a result',
    async (file) => inFolder(async (folder) => expect(() => datPath(folder, file)).toThrow(/suffix/)),
  );

  test('a link in the place of the file is refused', async () =>
    inFolder(async (folder) => {
      symlinkSync('/tmp/elsewhere.dat', join(folder, 'a.dat'));
      expect(() => datPath(folder, 'a.dat')).toThrow(/symbolic link/);
    }));

  test('a link that leads out of the folder is refused', async () =>
    inFolder(async (folder) => {
      mkdirSync(join(folder, 'inside'));
      symlinkSync(folder, join(folder, 'inside', 'link'));
      expect(() => datPath(join(folder, 'inside'), 'link/a.dat')).toThrow(/which is outside /);
    }));
});
