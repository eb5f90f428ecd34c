import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { outcomeOf, programPath, runProgram, startProgram } from '../../src/platform/start-program.js';
import { temporaryFolder } from '../../src/platform/temporary-folder.js';

const path = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = path;
});

/** Returns a folder with a program that writes `RAN` next to itself. */
function folderWith(name: string): string {
  const folder = temporaryFolder('programs');
  writeFileSync(join(folder, name), `#!/bin/sh\ntouch "${join(folder, 'RAN')}"\nexec /bin/echo "$PATH"\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

test('a program is found in absolute folders of the PATH only', () => {
  const folder = folderWith('interneuron-probe');
  const below = join(folder, 'below');
  mkdirSync(below);
  process.env['PATH'] = ['', '.', folder.slice(1), 'below/..', path].join(delimiter);
  expect(programPath('interneuron-probe')).toBeUndefined();
  expect(outcomeOf(['interneuron-probe'], { cwd: folder })).toMatchObject({ status: undefined });
  expect(() => startProgram(['interneuron-probe'], { cwd: folder })).toThrow('interneuron-probe is not on the PATH');
  expect(existsSync(join(folder, 'RAN'))).toBe(false);
  process.env['PATH'] = ['', folder, path].join(delimiter);
  expect(programPath('interneuron-probe')).toBe(join(folder, 'interneuron-probe'));
});

test('a program that it starts finds no program of the current folder either', async () => {
  const folder = folderWith('interneuron-probe');
  process.env['PATH'] = ['', '.', folder].join(delimiter);
  const expected = { status: 0, stdout: `${folder}\n` };
  expect(outcomeOf(['interneuron-probe'])).toMatchObject(expected);
  expect(await runProgram(['interneuron-probe'])).toMatchObject(expected);
});

test('a program that takes longer than the longest time is ended', async () => {
  const sleep = [process.execPath, '-e', 'setTimeout(() => undefined, 60_000)'];
  expect(await runProgram(sleep, { timeout: 300 })).toMatchObject({ status: undefined, isTimedOut: true });
  expect(outcomeOf(sleep, { timeout: 300 })).toMatchObject({ status: undefined, isTimedOut: true });
});
