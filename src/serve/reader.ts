/** Messages from a stream, each preceded by a header with its length. */

import { constants } from 'node:buffer';
import type { Readable } from 'node:stream';
import { AbstractMessageReader, ErrorCodes, type Disposable, type Message } from 'vscode-jsonrpc/node';
import { decodeMessage } from './frames.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { memberOf } from '../diagnostics/member.js';
import { shorten } from '../diagnostics/suggest.js';

/** Answers a message that is no call; null: it has no number. */
type Refuse = (id: string | number | null, code: number, message: string) => void;

/** Bytes that a header may have. */
const longestHeader = 8192;

/**
 * A reader that itself answers bodies that are not calls. After a malformed header it reads no more, since the
 * beginning of the next message is unknown.
 */
export class CallReader extends AbstractMessageReader {
  readonly #input: Readable;
  readonly #refuse: Refuse;
  #chunks: Uint8Array[] = [];
  #received = 0;
  /** Length of the body that follows; null before its header is complete. */
  #expected: number | null = null;

  constructor(input: Readable, refuse: Refuse) {
    super();
    this.#input = input;
    this.#refuse = refuse;
  }

  listen(callback: (message: Message) => void): Disposable {
    const onData = (chunk: Uint8Array): void => {
      try {
        this.#chunks.push(chunk);
        this.#received += chunk.length;
        for (let body = this.#nextBody(); body !== null; body = this.#nextBody()) {
          const call = this.#callIn(body);
          if (call !== null) callback(call);
        }
      } catch (error) {
        this.#input.off('data', onData);
        this.fireError(error);
      }
    };
    this.#input.on('data', onData);
    this.#input.on('error', (error) => this.fireError(error));
    this.#input.on('close', () => this.fireClose());
    return { dispose: () => void this.#input.off('data', onData) };
  }

  /** Returns the next body that is complete. @throws UsageError for a malformed header */
  #nextBody(): Uint8Array | null {
    if (this.#expected === null) {
      const bytes = Buffer.concat(this.#chunks);
      this.#chunks = [bytes];
      const end = bytes.indexOf('\r\n\r\n');
      if (end > longestHeader || (end < 0 && bytes.length > longestHeader))
        throw new UsageError(`the header of a message has more than ${longestHeader} bytes`, headerHint);
      if (end < 0) return null;
      this.#expected = lengthIn(bytes.toString('latin1', 0, end));
      this.#chunks = [bytes.subarray(end + 4)];
      this.#received = bytes.length - end - 4;
    }
    if (this.#received < this.#expected) return null;
    const bytes = Buffer.concat(this.#chunks);
    const body = bytes.subarray(0, this.#expected);
    this.#chunks = [bytes.subarray(this.#expected)];
    this.#received = bytes.length - this.#expected;
    this.#expected = null;
    return body;
  }

  /** Returns the call that a body contains; null for others, which are answered. */
  #callIn(body: Uint8Array): Message | null {
    let message: unknown;
    try {
      message = decodeMessage(body);
    } catch (error) {
      this.#refuse(null, ErrorCodes.ParseError, `the message is not JSON: ${(error as Error).message}`);
      return null;
    }
    const [id, params] = [memberOf(message, 'id'), memberOf(message, 'params')];
    const number = typeof id === 'string' || typeof id === 'number' ? id : null;
    // The server makes no calls, so it awaits no answers.
    if (memberOf(message, 'result') !== undefined || memberOf(message, 'error') !== undefined) return null;
    const refuse = (code: number, why: string): null => {
      this.#refuse(number, code, why);
      return null;
    };
    if (Array.isArray(message))
      return refuse(ErrorCodes.InvalidRequest, 'calls in a list are not supported: send each by itself');
    if (memberOf(message, 'jsonrpc') !== '2.0')
      return refuse(ErrorCodes.InvalidRequest, 'the message is not a call of JSON-RPC 2.0');
    if (typeof memberOf(message, 'method') !== 'string')
      return refuse(ErrorCodes.InvalidRequest, 'the call has no method');
    if (id !== undefined && number === null)
      return refuse(ErrorCodes.InvalidRequest, 'the id of the call is neither a number nor a text');
    if (params !== undefined && (typeof params !== 'object' || params === null || Array.isArray(params)))
      return refuse(ErrorCodes.InvalidParams, 'the parameters are not given by name');
    return message as Message;
  }
}

const headerHint = 'write Content-Length: BYTES, an empty line, and so many bytes, with CR and LF at the ends of lines';

/** Returns the length that a header states. @throws UsageError for one that states none, or two, or another encoding */
function lengthIn(header: string): number {
  const lengths: string[] = [];
  for (const line of header.split('\r\n')) {
    const [, name = '', value = ''] = /^([\w-]+):(.*)$/.exec(line) ?? [];
    if (name === '') throw new UsageError(`the header of a message has the line ${shorten(line)}`, headerHint);
    if (/^content-length$/i.test(name)) lengths.push(value.trim());
    if (/^content-type$/i.test(name) && /charset=(?!"?utf-?8"?\s*(;|$))/i.test(value))
      throw new UsageError(`the header of a message has the type ${shorten(value.trim())}`, 'send texts in UTF-8');
  }
  const [length = ''] = lengths;
  if (lengths.length === 1 && /^\d{1,15}$/.test(length) && Number(length) <= constants.MAX_LENGTH)
    return Number(length);
  throw new UsageError(
    lengths.length === 0
      ? 'the header of a message has no Content-Length'
      : `the Content-Length of a message is ${shorten(lengths.join(' and '))}`,
    headerHint,
  );
}
