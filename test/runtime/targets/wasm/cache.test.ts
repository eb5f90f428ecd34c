/** The cache of binaries: a damaged entry is made anew, a folder that cannot be written is no error. */

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cached } from '../../../../runtime/targets/wasm/cache.js';
import { root } from '../../../support/import-graph.js';

let directory: string;
let made: number;
const make = async (): Promise<Uint8Array> => {
  made += 1;
  return Uint8Array.of(1, 2, 3);
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'interneuron-cache-'));
  made = 0;
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function entry(): Promise<string> {
  const [name] = await readdir(directory);
  return join(directory, name ?? '');
}

describe('the cache', () => {
  test('makes a binary once', async () => {
    expect([...(await cached(directory, 'source', make))]).toEqual([1, 2, 3]);
    expect([...(await cached(directory, 'source', make))]).toEqual([1, 2, 3]);
    expect(made).toBe(1);
    expect(await readdir(directory)).toHaveLength(1);
  });

  test('keeps different sources apart', async () => {
    await cached(directory, 'source', make);
    await cached(directory, 'other source', make);
    expect(made).toBe(2);
  });

  test.each([
    { damage: 'cut short', change: (bytes: Buffer) => bytes.subarray(0, bytes.length - 1) },
    { damage: 'emptied', change: () => Buffer.alloc(0) },
    {
      damage: 'with one bit changed',
      change: (bytes: Buffer) => {
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        return bytes;
      },
    },
  ])('an entry $damage is made anew and replaced', async ({ change }) => {
    await cached(directory, 'source', make);
    const path = await entry();
    await writeFile(path, change(await readFile(path)));
    expect([...(await cached(directory, 'source', make))]).toEqual([1, 2, 3]);
    await cached(directory, 'source', make);
    expect(made).toBe(2);
  });

  test('a cache path without a possible folder is no error', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    expect([...(await cached(join(file, 'below'), 'source', make))]).toEqual([1, 2, 3]);
  });

  test('a process that is killed while it writes leaves no entry, and no lasting file', async () => {
    const script = `
      import { cached } from ${JSON.stringify(join(root, 'runtime/targets/wasm/cache.ts'))};
      for (let k = 0; ; k += 1) await cached(${JSON.stringify(directory)}, 'source ' + k, () => new Uint8Array(50e6).fill(k % 251));
    `;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: root,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const unfinished = async (): Promise<string[]> =>
      (await readdir(directory)).filter((name) => !name.endsWith('.wasm'));
    while ((await unfinished()).length === 0 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill('SIGKILL');
    await ended;
    for (let k = 0; k < 3; k += 1) {
      const content = await cached(directory, `source ${k}`, () => Promise.resolve(new Uint8Array(50e6).fill(k)));
      expect([content.length, content[0], content.at(-1)]).toEqual([50e6, k, k]);
    }
    const twoDaysAgo = new Date(Date.now() - 48 * 3600 * 1000);
    for (const name of await unfinished()) await utimes(join(directory, name), twoDaysAgo, twoDaysAgo);
    await cached(directory, 'another', make);
    expect(await unfinished()).toEqual([]);
  });

  test('keeps no entry without a folder', async () => {
    await cached(undefined, 'source', make);
    await cached(undefined, 'source', make);
    expect(made).toBe(2);
  });
});
