/**
 * Feeds inputs one after another, and says on file descriptor 3 at which it is: who started it can tell which input
 * takes too long, or ends the process.
 *
 * Arguments: notation, seed, first ordinal, how many, and what is done with them.
 */

import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareDocument } from './differential.js';
import type { CommandInput } from './commands.js';
import { feedDocument, feedExpression } from './feed.js';
import { feedGraph } from './feed-nir.js';
import { feedCalls } from './feed-calls.js';
import { feedResult } from './feed-results.js';
import { commandFeeder, type CommandFeeder } from './feed-command.js';
import { inputsOf, notations, root } from './inputs.js';

const [word, seedText = '1', firstText = '0', countText = '0', purpose] = process.argv.slice(2);
const [seed, first, count] = [Number(seedText), Number(firstText), Number(countText)];
const notation = notations.find((name) => name === word) ?? 'expression';
const make = inputsOf(notation, seed);
const folder = mkdtempSync(join(tmpdir(), 'interneuron-fuzz-'));
const say = (words: object): void => void writeSync(3, `${JSON.stringify(words)}\n`);

/** The most memory that was in use so far, with typed arrays, in bytes, and processor time that was taken, in ms. */
function usage(): { readonly memory: number; readonly taken: number } {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return { memory: maxRSS * 1024, taken: (userCPUTime + systemCPUTime) / 1000 };
}

/** Asking for usage takes as long as refusing an input: it is asked for after so many. */
const between = 8;
let commandsFed: CommandFeeder | undefined;

try {
  let before = usage();
  // What came of an input is said together with the next: each line is a call of the system.
  let last: object = {};
  for (let ordinal = first; ordinal < first + count; ordinal++) {
    say({ ...last, ordinal });
    last = {};
    const bytes = make(ordinal);
    const began = performance.now();
    try {
      const outcome =
        notation === 'command'
          ? await (commandsFed ??= await commandFeeder(folder, root)).feed(
              JSON.parse(Buffer.from(bytes).toString('utf8')) as CommandInput,
            )
          : notation === 'calls'
            ? await feedCalls(bytes, ordinal)
            : notation === 'results'
              ? await feedResult(join(folder, 'results'), bytes)
              : notation === 'nir'
                ? await feedGraph(join(folder, 'model'), bytes, ordinal)
                : notation === 'expression'
                  ? feedExpression(Buffer.from(bytes).toString('utf8'))
                  : purpose === 'differential'
                    ? await compareDocument(join(folder, 'model'), bytes)
                    : await feedDocument(join(folder, 'model'), bytes, ordinal);
      last = { outcome };
    } catch (error) {
      const { stack, cause } = error instanceof Error ? error : { stack: String(error), cause: undefined };
      say({ broken: cause instanceof Error ? cause.stack : stack });
    }
    last = { ...last, ms: performance.now() - began };
    if (ordinal % between > 0 && ordinal + 1 < first + count) continue;
    const after = usage();
    if (after.memory - before.memory > 1e9)
      say({ broken: `${Math.round((after.memory - before.memory) / 1e6)} MB of memory, by one of ${between} inputs` });
    last = { ...last, taken: after.taken - before.taken };
    before = after;
  }
  say(last);
} finally {
  rmSync(folder, { recursive: true });
}
