/**
 * Feeds inputs one after another, and says on file descriptor 3 at which it is: who started it can tell which input
 * takes too long, or ends the process.
 *
 * Arguments: notation, seed, first ordinal, how many.
 */

import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feedDocument, feedExpression } from './feed.js';
import { inputsOf, notations } from './inputs.js';

const [word, ...rest] = process.argv.slice(2);
const [seed = 1, first = 0, count = 0] = rest.map(Number);
const notation = notations.find((name) => name === word) ?? 'expression';
const make = inputsOf(notation, seed);
const folder = mkdtempSync(join(tmpdir(), 'interneuron-fuzz-'));
const say = (words: object): void => void writeSync(3, `${JSON.stringify(words)}\n`);

/** Memory in use, with typed arrays, in bytes. */
const memory = (): number => process.memoryUsage.rss();

const before = memory();
try {
  for (let ordinal = first; ordinal < first + count; ordinal++) {
    say({ ordinal });
    const bytes = make(ordinal);
    try {
      const outcome =
        notation === 'expression'
          ? feedExpression(Buffer.from(bytes).toString('utf8'))
          : await feedDocument(join(folder, 'model'), bytes, ordinal);
      say({ outcome });
    } catch (error) {
      const { stack, cause } = error instanceof Error ? error : { stack: String(error), cause: undefined };
      say({ broken: cause instanceof Error ? cause.stack : stack });
    }
    if (memory() - before > 1e9) say({ broken: `${Math.round((memory() - before) / 1e6)} MB of memory` });
  }
} finally {
  rmSync(folder, { recursive: true });
}
