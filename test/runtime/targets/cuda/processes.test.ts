/**
 * Compiling for a CUDA device in several processes: two at once, one killed in the middle, damaged entries, and folders
 * that cannot be written. A successful run has the fingerprint of the reference; the cache has only whole entries. The
 * device and NVRTC are replacements; a script is the compiler that NVRTC starts.
 */

import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../../support/command.js';
import { buildLookAlike, canLookAlike } from '../../../support/cuda-driver/libraries.js';
import { root } from '../../../support/import-graph.js';
import { openFolders } from '../../../support/open-folders.js';
import { startProgram, until } from '../../../support/program-process.js';
import type { Ended, ProgramProcess } from '../../../support/program-process.js';
import { slow, someOf, triesAll } from '../../../support/effort.js';
import { withReason } from '../../../support/skip-reasons.js';

const machine = canLookAlike ? await buildLookAlike() : undefined;
// For other users as well.
if (machine) chmodSync(dirname(machine.cuda), 0o755);
const { folder } = openFolders('interneuron-cuda-processes-');
afterAll(() => machine?.dispose());

const model = 'fixtures/brian/delays-small.yaml';
const fingerprintOf = (printed: string): string => /^fingerprint {2}([0-9a-f]{64})$/m.exec(printed)?.[1] ?? printed;
const expected = fingerprintOf((await runCommand(['run', join(root, model), '--target', 'reference'])).stdout);

const cache = (): string => join(folder(), 'cache');
const names = (): string[] => (existsSync(join(cache(), 'cuda')) ? readdirSync(join(cache(), 'cuda')) : []);
const entries = (): string[] => names().filter((name) => /^[0-9a-f]+\.cubin$/.test(name));
const compilations = (): number => {
  const path = join(folder(), 'compilations');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
};

interface Options {
  readonly cache?: string;
  readonly uid?: number;
}

function start({ cache: place = cache(), uid }: Options = {}): ProgramProcess {
  const environment = {
    INTERNEURON_CACHE: place,
    INTERNEURON_CUDA_LIBRARY: machine?.cuda ?? '',
    INTERNEURON_NVRTC_LIBRARY: machine?.nvrtc ?? '',
    PATH: `${folder()}:${process.env['PATH'] ?? ''}`,
  };
  return startProgram(['run', model, '--target', 'cuda'], { environment, ...(uid === undefined ? {} : { uid }) });
}

const outcome = ({ code, stdout, stderr }: Ended): string =>
  code === 0 ? fingerprintOf(stdout) : `${code}: ${stderr}`;

/** The compiler of NVRTC: it appends a line to `compilations` each time, and runs other commands before. */
function compilerThat(before = ''): void {
  const path = join(folder(), 'g++');
  writeFileSync(
    path,
    `#!/bin/sh\necho x >> '${folder()}/compilations'\n${before}\nPATH=$(echo "$PATH" | cut -d: -f2-) exec g++ "$@"\n`,
  );
  chmodSync(path, 0o755);
}

describe.skipIf(!machine)(`the cuda target${machine ? '' : ' (skipped: there is no g++)'}`, () => {
  test('two processes that compile the same model at once share one whole entry', async () => {
    // Neither goes on before both compile.
    compilerThat(`while [ $(wc -l < '${folder()}/compilations') -lt 2 ]; do sleep 0.02; done`);
    expect(await Promise.all([start(), start()].map(async ({ ended }) => outcome(await ended)))).toEqual([
      expected,
      expected,
    ]);
    expect(compilations()).toBe(2);
    expect(names()).toEqual(entries());
    expect(entries()).toHaveLength(1);
    expect(outcome(await start().ended)).toBe(expected);
    expect(compilations()).toBe(2);
  });

  test.each(someOf(['alone', 'with its compiler'] as const, 2, 'ways'))(
    'killed %s in the middle of compiling: the next run compiles again',
    async (which) => {
      compilerThat(
        `[ $(wc -l < '${folder()}/compilations') -gt 1 ] || until [ -e '${folder()}/go' ] || ! [ -d ` +
          `'${folder()}' ]; do sleep 0.02; done`,
      );
      const first = start();
      await until(() => compilations() === 1, 'the compiler starts');
      if (which === 'alone') first.child.kill('SIGKILL');
      else process.kill(-(first.child.pid ?? 0), 'SIGKILL');
      expect((await first.ended).code).toBeNull();
      expect(entries()).toEqual([]);
      expect(outcome(await start().ended)).toBe(expected);
      expect(entries()).toHaveLength(1);
      // An orphaned compiler that ends later has no effect.
      writeFileSync(join(folder(), 'go'), '');
      expect(outcome(await start().ended)).toBe(expected);
      expect(compilations()).toBe(2);
      expect(names()).toEqual(entries());
    },
  );

  test.skipIf(!triesAll)(slow('an entry that is cut short, empty or changed is made anew'), async () => {
    compilerThat();
    expect(outcome(await start().ended)).toBe(expected);
    const [entry = ''] = entries();
    const path = join(cache(), 'cuda', entry);
    const whole = readFileSync(path);
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(whole.length >> 1) ^ 1, whole.length >> 1);
    let made = 1;
    for (const damaged of [whole.subarray(0, whole.length >> 1), Buffer.alloc(0), changed]) {
      writeFileSync(path, damaged);
      expect(outcome(await start().ended)).toBe(expected);
      made += 1;
      expect(compilations()).toBe(made);
      expect(names()).toEqual([entry]);
    }
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot)(
    withReason(
      'a cache that its user may not write only costs time',
      isRoot ? null : 'only root can become somebody else',
    ),
    async () => {
      compilerThat();
      mkdirSync(join(cache(), 'cuda'), { recursive: true });
      for (const path of [cache(), join(cache(), 'cuda')]) chmodSync(path, 0o555);
      writeFileSync(join(folder(), 'compilations'), '');
      chmodSync(join(folder(), 'compilations'), 0o666);
      for (const made of [1, 2]) {
        expect(outcome(await start({ uid: 65534 }).ended)).toBe(expected);
        expect(compilations()).toBe(made);
        expect(names()).toEqual([]);
      }
    },
  );

  test('a cache path without a possible folder only costs time', async () => {
    compilerThat();
    expect(outcome(await start({ cache: '/proc/no/such/folder' }).ended)).toBe(expected);
    expect(compilations()).toBe(1);
  });
});
