/** Feeds a sequence of calls: a server answers it, and other engines give the same. */

import { PassThrough } from 'node:stream';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { memberOf } from '../../src/diagnostics/member.js';
import { decodeMessage } from '../../src/serve/frames.js';
import { serve } from '../../src/serve/serve.js';
import { onTarget } from './calls.js';
import type { Outcome } from './feed.js';

/** One in so many sequences also runs on another engine. */
const compared = 64;

/**
 * Sends a sequence to a server.
 *
 * @param ordinal decides whether another engine also runs it
 * @throws Error for an answer of an internal error, and if engines differ
 */
export async function feedCalls(bytes: Uint8Array, ordinal: number): Promise<Outcome> {
  const { answers, whole } = await answersTo(bytes);
  if (whole && ordinal % compared === 0) {
    const others = await answersTo(onTarget(bytes, 'wasm'), 60_000);
    // An engine may lack the threads or the device that a sequence asks for.
    if ([...answers, ...others.answers].some(lacksMeans)) return outcomeOf(answers);
    const [one, other] = [answers, others.answers].map((all) => all.map((each) => JSON.stringify(said(each))));
    const different = one!.findIndex((answer, k) => answer !== other![k]);
    if (different >= 0 || one!.length !== other!.length)
      throw new Error(`reference says ${one![different]}, wasm says ${other![different]}`);
  }
  return outcomeOf(answers);
}

const outcomeOf = (answers: readonly unknown[]): Outcome =>
  answers.some((answer) => memberOf(answer, 'error') !== undefined) ? 'refused' : 'accepted';

/** Checks whether an engine refused a call because it has no such threads or device. */
const lacksMeans = (answer: unknown): boolean =>
  /cannot run on \d+ threads|no devices? /.test(String(memberOf(memberOf(answer, 'error'), 'message')));

/** The part of an answer that engines agree on. */
function said(answer: unknown): unknown {
  const [error, result] = [memberOf(answer, 'error'), memberOf(answer, 'result')];
  return [
    memberOf(answer, 'id'),
    memberOf(error, 'code'),
    String(memberOf(error, 'message')).replace(/the target (?:reference|wasm)/, 'the target'),
    memberOf(result, 'time'),
    memberOf(result, 'steps'),
    memberOf(result, 'fingerprint'),
    memberOf(result, 'spikes'),
    memberOf(result, 'samples'),
    String(memberOf(result, 'bytes')),
  ];
}

/**
 * The answers in the order of the calls; `whole`: all calls were answered.
 *
 * @param patience  time in ms without an answer after which none is awaited
 */
async function answersTo(
  bytes: Uint8Array,
  patience = 300,
): Promise<{ readonly answers: readonly unknown[]; readonly whole: boolean }> {
  const [to, from] = [new PassThrough(), new PassThrough()];
  const expected = Buffer.from(bytes).toString('latin1').split('Content-Length').length - 1;
  let received = Buffer.alloc(0);
  let whole = false;
  // A changed sequence may lack the last call, or have the server wait for the rest of a message.
  let closing = setTimeout(() => void to.destroy(), patience);
  from.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    whole = (received.toString('latin1').match(/"id":\d+/g) ?? []).length === expected;
    clearTimeout(closing);
    closing = setTimeout(() => void to.destroy(), whole ? 0 : patience);
  });
  try {
    const ended = serve(to, from);
    to.write(bytes);
    await ended;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  } finally {
    clearTimeout(closing);
    to.destroy();
  }
  const answers = messagesIn(received);
  for (const answer of answers) {
    const error = memberOf(answer, 'error');
    if (memberOf(error, 'code') === -32603) throw new Error(`an internal error: ${String(memberOf(error, 'message'))}`);
  }
  const idOf = (answer: unknown): number => Number(memberOf(answer, 'id') ?? -1);
  return { answers: answers.toSorted((a, b) => idOf(a) - idOf(b)), whole };
}

function messagesIn(bytes: Buffer): readonly unknown[] {
  const messages: unknown[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\r\n\r\n', at);
    const length = Number(/Content-Length: (\d+)/.exec(bytes.toString('latin1', at, end))?.[1]);
    messages.push(decodeMessage(bytes.subarray(end + 4, end + 4 + length)));
    at = end + 4 + length;
  }
  return messages;
}
