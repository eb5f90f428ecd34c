/**
 * Feeds inputs one after another, and reports its position on file descriptor 3. So the parent process can tell which
 * input takes too long, or ends the process.
 *
 * Arguments: notation, seed, first ordinal, how many, and the purpose.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareDocument } from './differential.js';
import type { CommandInput } from './commands.js';
import { feedDocument, feedExpression, type Outcome } from './feed.js';
import { feedBundle } from './feed-bundles.js';
import { feedCircuit } from './feed-circuits.js';
import { feedGraph } from './feed-nir.js';
import { feedCalls } from './feed-calls.js';
import { feedResult } from './feed-results.js';
import { commandFeeder, type CommandFeeder } from './feed-command.js';
import { registerNotations } from '../../src/notations.js';
import { inputsOf, notations, ownForms, root, type FuzzNotation } from './inputs.js';

registerNotations();

const [word, seedText = '1', firstText = '0', countText = '0', purpose] = process.argv.slice(2);
const [seed, first, count] = [Number(seedText), Number(firstText), Number(countText)];
const notation: FuzzNotation = notations.find((name) => name === word) ?? 'expression';
const make = inputsOf(notation, seed);
const folder = mkdtempSync(join(tmpdir(), 'interneuron-fuzz-'));
const say = (words: object): void => void writeSync(3, `${JSON.stringify(words)}\n`);

/** Memory in use with typed arrays, the most of it since the last call, in bytes, and processor time so far, in ms. */
function usage(): { readonly memory: number; readonly most: number; readonly taken: number } {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const most = peak() ?? maxRSS * 1024;
  return { memory: process.memoryUsage.rss(), most, taken: (userCPUTime + systemCPUTime) / 1000 };
}

/** Returns the most memory since the last call, if the system states it. @source proc(5): clear_refs, VmHWM */
function peak(): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    writeFileSync('/proc/self/clear_refs', '5');
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Asking for usage takes as long as refusing a document: it is asked for after so many. Files take longer. */
const between = ownForms.includes(notation) ? 1 : 8;
let commandsFed: CommandFeeder | undefined;

/** A file with a suffix is read by it. */
const suffixes: Readonly<Record<string, string>> = { nmodl: '.mod', nestml: '.nestml', swc: '.swc' };
const document = join(folder, `model${suffixes[notation] ?? ''}`);

/** Feeds an input, by its kind. */
async function feed(bytes: Uint8Array, ordinal: number): Promise<Outcome> {
  switch (notation) {
    case 'command':
      commandsFed ??= await commandFeeder(folder, root);
      return commandsFed.feed(JSON.parse(Buffer.from(bytes).toString('utf8')) as CommandInput);
    case 'calls':
      return feedCalls(bytes, ordinal);
    case 'results':
      return feedResult(join(folder, 'results'), bytes);
    case 'nir':
      return feedGraph(join(folder, 'model'), bytes, ordinal);
    case 'bundles':
      return feedBundle(folder, bytes, ordinal);
    case 'sonata':
      return feedCircuit(folder, join(root, 'fixtures/sonata'), bytes, ordinal);
    case 'expression':
      return feedExpression(Buffer.from(bytes).toString('utf8'));
    default:
      return purpose === 'differential' ? compareDocument(document, bytes) : feedDocument(document, bytes, ordinal);
  }
}

try {
  let before = usage();
  // The outcome of an input is sent together with the next input: each line is a call of the system.
  let last: object = {};
  for (let ordinal = first; ordinal < first + count; ordinal++) {
    say({ ...last, ordinal });
    last = {};
    const bytes = make(ordinal);
    const began = performance.now();
    try {
      const outcome = await feed(bytes, ordinal);
      last = { outcome };
    } catch (error) {
      const { stack, cause } = error instanceof Error ? error : { stack: String(error), cause: undefined };
      say({ broken: cause instanceof Error ? cause.stack : stack });
    }
    last = { ...last, ms: performance.now() - began };
    if (ordinal % between > 0 && ordinal + 1 < first + count) continue;
    const after = usage();
    const grown = after.most - before.memory;
    if (grown > 1e9) say({ broken: `${Math.round(grown / 1e6)} MB of memory, by one of ${between} inputs` });
    last = { ...last, taken: after.taken - before.taken, memory: after.most };
    before = after;
  }
  say(last);
} finally {
  rmSync(folder, { recursive: true });
}
