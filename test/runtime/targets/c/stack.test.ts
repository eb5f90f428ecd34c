/** Compiled code called outside the main thread has the stack size of a separate program. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../../../runtime/targets/c/compiler.js';
import { koffi } from '../../../../runtime/targets/native.js';
import { anyCompiler } from './compilers.js';

/** Each call takes some more than a kilobyte. */
const source = `
int deep(int depth);
int deep(int depth) {
  volatile char used[1024];
  for (int k = 0; k < 1024; k += 1) used[k] = (char)depth;
  return depth == 0 ? 0 : 1 + deep(depth - 1) + (used[7] - used[9]);
}`;

test.skipIf(anyCompiler === undefined)(
  `four megabytes deep${anyCompiler === undefined ? ' (skipped: there is no compiler)' : ''}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interneuron-stack-'));
    try {
      writeFileSync(join(folder, 'deep.c'), source);
      const command = [...(anyCompiler?.command ?? []), '-O0', '-shared', '-fPIC', '-o', 'deep.so', 'deep.c'];
      expect(await runProgram(command, { cwd: folder })).toMatchObject({ status: 0 });
      const deep = koffi().load(join(folder, 'deep.so')).func('int deep(int)');
      const depth = await new Promise((resolve, reject) => {
        deep.async(4000, (error: Error | null, result: unknown) => (error ? reject(error) : resolve(result)));
      });
      expect(depth).toBe(4000);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
