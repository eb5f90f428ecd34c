import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { partialPath } from '../../../runtime/results/file-sets.js';
import { outputError } from '../../../runtime/results/output-error.js';
import { incompletePath } from '../../../runtime/results/output-files.js';
import { openResult } from '../../../runtime/results/open.js';
import { DiagnosticError, UsageError } from '../../../src/diagnostics/diagnostic.js';
import { exampleSetup } from '../record/played-run.js';
import { smallProgram } from '../record/small-program.js';
import { formats, inFolder } from './formats.js';

const setup = exampleSetup(smallProgram(), [{ kind: 'run', steps: 10 }]);

describe.each(formats)('$name output that cannot be written', ({ name, writer }) => {
  test('a folder that is not there', async () =>
    inFolder(async (folder) => {
      const opening = writer(join(folder, 'none', `result.${name}`)).open(setup);
      await expect(opening).rejects.toThrow(UsageError);
      await expect(opening).rejects.toThrow(/its folder does not exist/);
    }));

  test('a folder in place of the file', async () =>
    inFolder(async (folder) => {
      const path = join(folder, `result.${name}`);
      mkdirSync(path);
      await expect(writer(path).open(setup)).rejects.toThrow(/it is a folder/);
      expect(readdirSync(folder)).toEqual([`result.${name}`]);
    }));

  test('a file in place of a folder', async () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      await expect(writer(join(folder, 'file', `result.${name}`)).open(setup)).rejects.toThrow(
        /part of its path is a file/,
      );
    }));

  test('a name that is too long', async () =>
    inFolder(async (folder) => {
      await expect(writer(join(folder, `${'x'.repeat(300)}.${name}`)).open(setup)).rejects.toThrow(/name is too long/);
    }));
});

describe('a link at the path of the unfinished file', () => {
  test.each(formats)('is not written through: $name', async ({ name, writer }) =>
    inFolder(async (folder) => {
      const path = join(folder, `result.${name}`);
      const victim = join(folder, 'mine.txt');
      writeFileSync(victim, 'mine');
      symlinkSync(victim, partialPath(path));
      const { playInto } = await import('../record/played-run.js');
      const writing = playInto(writer(path), smallProgram({ exc: 200, capacity: 4000 }), [
        { kind: 'run', steps: 3000 },
      ]);
      await expect(writing).rejects.toThrow(UsageError);
      expect(readFileSync(victim, 'utf8')).toBe('mine');
      expect(existsSync(path)).toBe(false);
    }),
  );
});

describe('a disk that fills up', () => {
  test('is told as a full disk', () => {
    const told = outputError(Object.assign(new Error('write'), { code: 'ENOSPC' }), 'out/result.nwb');
    expect(told.message).toBe('cannot write out/result.nwb: the disk is full');
    expect(told.hint).toMatch(/free some space/);
    expect(outputError(new Error('unable to write: errno 28, No space left on device'), '/tmp/x.nwb').message).toBe(
      'cannot write /tmp/x.nwb: the disk is full',
    );
  });

  // The size of files is limited as a full disk would: a child process sees a write fail in the middle of the run.
  test('in the middle of a run, the file is removed and a sentence gives the reason', async () =>
    inFolder(async (folder) => {
      const script = join(folder, 'run.mts');
      const root = new URL('../../../', import.meta.url).pathname;
      writeFileSync(
        script,
        `
      import { nwbWriter } from '${root}runtime/results/nwb/write.js';
      import { playInto } from '${root}test/runtime/record/played-run.js';
      import { smallProgram } from '${root}test/runtime/record/small-program.js';
      const program = smallProgram({ exc: 200, capacity: 4000 });
      try {
        await playInto(nwbWriter('${folder}/result.nwb'), program, [{ kind: 'run', steps: 30000 }],
          { step: ({ log }) => log('samples', Array.from({ length: 200 }, () => Math.random())) });
        console.log('written');
      } catch (error) {
        console.log(error.name + ': ' + error.message);
      }`,
      );
      const shell = `trap '' XFSZ; ulimit -f 4000; exec "${process.execPath}" --import tsx "${script}"`;
      const output = execFileSync('bash', ['-c', shell], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(output.trim()).toMatch(/^UsageError: cannot write .*result\.nwb: /);
      expect(readdirSync(folder)).toEqual(['run.mts']);
    }));
});

describe('names', () => {
  test.each([
    ['result.nwb', 'result.incomplete.nwb'],
    ['out/a.b.nwb', 'out/a.b.incomplete.nwb'],
    ['result', 'result.incomplete'],
  ])('the incomplete %s is %s', (path, incomplete) => expect(incompletePath(path)).toBe(incomplete));

  test('a temporary file lies in the same folder', () => {
    expect(partialPath('/data/run.nwb')).toMatch(
      new RegExp(`^/data/run\\.[0-9a-f]{6}\\.partial-${process.pid}\\.nwb$`),
    );
  });
});

describe('a file that is no result is reported as such', () => {
  test.each([
    ['missing', null, /there is no file/],
    ['text', 'hello', /not NWB, JSON or a CSV of spikes/],
    ['other JSON', '{"a": 1}', /its format is not interneuron-neo-json/],
    ['broken JSON', '{"a": ', /it is not JSON/],
    ['broken HDF5', '\x89HDF\r\n\x1a\nnothing', /not an HDF5 file/],
  ])('%s', async (_name, text, message) =>
    inFolder(async (folder) => {
      const path = join(folder, 'result');
      if (text !== null) writeFileSync(path, text, 'latin1');
      const opening = openResult(path);
      await expect(opening).rejects.toThrow(UsageError);
      await expect(opening).rejects.toThrow(message);
    }),
  );
});

test('CSV without its provenance is a damaged result', async () =>
  inFolder(async (folder) => {
    const path = join(folder, 'result.csv');
    writeFileSync(path, 'population,index,time_s\n');
    await expect(openResult(path)).rejects.toThrow(/result.provenance.json is missing/);
    await expect(openResult(path)).rejects.toThrow(DiagnosticError);
  }));
