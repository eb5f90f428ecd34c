/** Runs that fail, or end with their process, at any operation on the file system. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { csvWriter } from '../../../runtime/results/csv/write.js';
import { datWriter } from '../../../runtime/results/dat/write.js';
import { partialPath, tidyFolder } from '../../../runtime/results/file-sets.js';
import { systemFiles, type FileSystem } from '../../../runtime/results/file-system.js';
import { neoWriter } from '../../../runtime/results/neo/write.js';
import { nwbWriter } from '../../../runtime/results/nwb/write.js';
import { writeWhole } from '../../../runtime/results/output-files.js';
import { openResult } from '../../../runtime/results/open.js';
import type { ResultWriter } from '../../../runtime/results/result.js';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { playInto } from '../record/played-run.js';
import { smallProgram } from '../record/small-program.js';
import { inFolder } from './formats.js';

/** A process of this machine that has ended. */
const ended = spawnSync(process.execPath, ['--version']).pid;

type Operation = Exclude<keyof FileSystem, 'process'>;
const operations: readonly Operation[] = ['create', 'write', 'close', 'sync', 'rename', 'remove'];

interface Injected {
  readonly fileSystem: FileSystem;
  readonly done: readonly string[];
}

/**
 * A file system with a failing operation `at`. `killed`: all later ones fail, too, which leaves the files of a process
 * killed before operation `at`; a write then writes half of its bytes.
 */
function failing(at: number, how: 'once' | 'killed'): Injected {
  const done: string[] = [];
  const guarded = Object.fromEntries(
    operations.map((operation) => [
      operation,
      (...words: readonly unknown[]): unknown => {
        done.push(operation);
        const act = systemFiles[operation] as (...given: readonly unknown[]) => unknown;
        const ordinal = done.length - 1;
        if (ordinal < at || (how === 'once' && ordinal > at)) return act(...words);
        if (operation === 'write' && ordinal === at) {
          const [descriptor, data, offset] = words as Parameters<FileSystem['write']>;
          systemFiles.write(descriptor, data.subarray(0, offset + (data.length - offset) / 2), offset);
        }
        if (operation === 'close') act(...words);
        throw Object.assign(new Error('injected'), { code: 'EIO' });
      },
    ]),
  ) as unknown as FileSystem;
  return { fileSystem: { ...guarded, process: ended }, done };
}

const program = smallProgram();
const firstRun = [{ kind: 'run', steps: 10 }] as const;
const secondRun = [{ kind: 'run', steps: 30 }] as const;

const contents = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]));

const writers: Readonly<Record<string, (folder: string, fileSystem: FileSystem) => ResultWriter>> = {
  csv: (folder, fileSystem) => csvWriter(join(folder, 'result.csv'), fileSystem),
  json: (folder, fileSystem) => neoWriter(join(folder, 'result.json'), fileSystem),
  nwb: (folder, fileSystem) => nwbWriter(join(folder, 'result.nwb'), { fileSystem }),
  dat: (folder, fileSystem) =>
    datWriter(
      ['a.dat', 'b.dat'].map((file, index) => ({
        kind: 'columns',
        file,
        columns: [{ id: 'v', recording: 'v_exc', variable: 'v', index }],
      })),
      { folder, accumulated: false, fileSystem },
    ),
};

describe.each(Object.entries(writers))('a result in %s', (name, writer) => {
  test.each(['once', 'killed'] as const)('is the old or the new one, whole, when operations fail (%s)', async (how) => {
    const write = (folder: string, protocol: typeof firstRun | typeof secondRun, fileSystem: FileSystem) =>
      playInto(writer(folder, fileSystem), program, protocol);
    const { old, fresh, count } = await inFolder(async (folder) => {
      await write(folder, firstRun, systemFiles);
      const before = contents(folder);
      const injected = failing(Infinity, how);
      await write(folder, secondRun, injected.fileSystem);
      return { old: before, fresh: contents(folder), count: injected.done.length };
    });
    expect(count).toBeGreaterThan(4);
    const outcomes = new Set<string>();
    for (const previous of [{}, old])
      for (let at = 0; at < count; at += 1)
        await inFolder(async (folder) => {
          for (const [file, text] of Object.entries(previous)) writeFileSync(join(folder, file), text, 'latin1');
          await write(folder, secondRun, failing(at, how).fileSystem).catch(() => undefined);
          // A reader completes a set with only some files renamed.
          if (name !== 'dat' && readdirSync(folder).includes(`result.${name}`))
            (await openResult(join(folder, `result.${name}`))).close();
          else tidyFolder(folder);
          const found = contents(folder);
          const whole = Object.fromEntries(Object.entries(found).filter(([file]) => !file.includes('.partial-')));
          expect([previous, fresh], `operation ${at}`).toContainEqual(whole);
          outcomes.add(JSON.stringify(whole) === JSON.stringify(fresh) ? 'new' : 'old');
          tidyFolder(folder);
          expect(readdirSync(folder).filter((file) => file.includes('partial'))).toEqual([]);
        });
    expect([...outcomes].sort()).toEqual(['new', 'old']);
  });
});

describe('documents that are written together', () => {
  const paths = ['network.nml', 'LEMS_network.xml', 'network.data/a', 'network.data/b'] as const;
  const write = (folder: string, text: string, fileSystem: FileSystem): void =>
    writeWhole(
      paths.map((path) => ({ path: join(folder, path), parts: [text, Uint8Array.of(10), path] })),
      fileSystem,
    );
  /** Returns the contents of a folder and of its folder of arrays. */
  const found = (folder: string): readonly Readonly<Record<string, string>>[] => {
    const folders = [folder, join(folder, 'network.data')];
    folders.forEach(tidyFolder);
    return folders.map((one) =>
      Object.fromEntries(
        readdirSync(one, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => [name, readFileSync(join(one, name), 'utf8')]),
      ),
    );
  };

  test.each(['once', 'killed'] as const)('are in each folder all old or all new (%s)', async (how) => {
    const { old, fresh, count } = await inFolder(async (folder) => {
      mkdirSync(join(folder, 'network.data'));
      write(folder, 'old', systemFiles);
      const before = found(folder);
      const injected = failing(Infinity, how);
      write(folder, 'new', injected.fileSystem);
      return { old: before, fresh: found(folder), count: injected.done.length };
    });
    expect(fresh).toEqual([
      { 'network.nml': 'new\nnetwork.nml', 'LEMS_network.xml': 'new\nLEMS_network.xml' },
      { a: 'new\nnetwork.data/a', b: 'new\nnetwork.data/b' },
    ]);
    const outcomes = new Set<string>();
    for (const isFirst of [true, false])
      for (let at = 0; at < count; at += 1)
        await inFolder(async (folder) => {
          mkdirSync(join(folder, 'network.data'));
          if (!isFirst) write(folder, 'old', systemFiles);
          try {
            write(folder, 'new', failing(at, how).fileSystem);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
          found(folder).forEach((files, k) => {
            expect([isFirst ? {} : old[k], fresh[k]], `operation ${at}`).toContainEqual(files);
            outcomes.add(JSON.stringify(files) === JSON.stringify(fresh[k]) ? 'new' : 'old');
          });
        });
    expect([...outcomes].sort()).toEqual(['new', 'old']);
  });
});

describe('files that a run left', () => {
  test('are removed if its process has ended on this machine, and no others', async () =>
    inFolder(async (folder) => {
      const left = partialPath(join(folder, 'result.nwb'), ended);
      const own = partialPath(join(folder, 'result.nwb'));
      const elsewhere = join(folder, `result.${'0'.repeat(6)}.partial-${ended}.nwb`);
      const mine = join(folder, `notes.partial-${ended}.txt`);
      for (const path of [left, own, elsewhere, mine]) writeFileSync(path, 'text');
      tidyFolder(folder);
      expect(
        readdirSync(folder)
          .map((file) => join(folder, file))
          .sort(),
      ).toEqual([own, elsewhere, mine].sort());
    }));

  test('are not renamed by a list that names hidden files or other folders', async () =>
    inFolder(async (folder) => {
      const partial = `x.csv`;
      writeFileSync(join(folder, partial), 'text');
      for (const name of ['.bashrc', '../x', 'a/b']) {
        writeFileSync(join(folder, '.result.csv.interneuron-names'), JSON.stringify([[partial, name]]));
        tidyFolder(folder);
        expect(readdirSync(folder).sort()).toEqual(['.result.csv.interneuron-names', partial]);
      }
    }));
});
