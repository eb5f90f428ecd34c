/** Sessions over two streams: JSON-RPC 2.0, each message after a `Content-Length` header, as in language servers. */

import type { Readable, Writable } from 'node:stream';
import {
  createMessageConnection,
  ErrorCodes,
  ProgressType,
  ResponseError,
  StreamMessageWriter,
  type CancellationToken,
  type ResponseMessage,
} from 'vscode-jsonrpc/node';
import { frameEncoder } from './frames.js';
import { serverMethods, textOf, type Parameters } from './methods.js';
import { CallReader } from './reader.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { diagnosticsToJson, renderDiagnostics } from '../diagnostics/render.js';
import { shorten } from '../diagnostics/suggest.js';
import { InterruptedError } from '../pipeline/interrupted.js';

/** Codes of errors in addition to JSON-RPC's own. */
const errorCodes = { wrongModel: 1, wrongCall: 2, cancelled: -32800 } as const;

const progress = new ProgressType<number>();

/** Messages in a row that are no calls: a client that sends so many speaks another protocol. */
const mostRefused = 100;

/**
 * Serves until the client closes its end, or requests the end.
 *
 * @returns whether a call succeeded, or none was made
 * @throws UsageError for a message with a malformed header, and after 100 messages in a row that are no calls
 */
export function serve(input: Readable, output: Writable, cacheDirectory?: string): Promise<boolean> {
  const writer = new StreamMessageWriter(output, { contentTypeEncoder: frameEncoder });
  let refused: Promise<unknown> = Promise.resolve();
  let [succeeded, failed, refusedInARow] = [0, 0, 0];
  const reader = new CallReader(input, (id, code, message) => {
    const answer: ResponseMessage = { jsonrpc: '2.0', id, error: { code, message } };
    // Whoever has closed their end gets no answer.
    refused = Promise.allSettled([refused, writer.write(answer)]);
    failed++;
    if (++refusedInARow === mostRefused)
      throw new UsageError(
        `${mostRefused} messages in a row are no calls: ${message}`,
        'docs/protocol.md describes the messages',
      );
  });
  const connection = createMessageConnection(reader, writer);
  const methods = serverMethods(cacheDirectory);
  const running = new Set<AbortController>();
  return new Promise((done, fail) => {
    const end = (error?: unknown): void => {
      for (const controller of running) controller.abort();
      // A call that still computes comes to its end first.
      void Promise.all([methods.dispose(), refused]).then(() => {
        connection.dispose();
        if (error instanceof UsageError) fail(error);
        else done(succeeded > 0 || failed === 0);
      });
    };
    for (const [name, method] of Object.entries(methods.byName)) {
      // Parameters come before the token: one map, any number by position, or none.
      connection.onRequest(name, async (...received: unknown[]) => {
        const token = received.at(-1) as CancellationToken;
        const parameters = received.length === 2 ? received[0] : {};
        const controller = new AbortController();
        token.onCancellationRequested(() => controller.abort());
        running.add(controller);
        const given: Parameters = typeof parameters === 'object' && parameters !== null ? { ...parameters } : {};
        const { progressToken } = given;
        const tell = (fraction: number): void => {
          if (typeof progressToken === 'number' || typeof progressToken === 'string')
            void connection.sendProgress(progress, progressToken, fraction);
        };
        refusedInARow = 0;
        try {
          const answer = await method(given, { signal: controller.signal, progress: tell });
          succeeded++;
          return answer;
        } catch (error) {
          failed++;
          return asResponse(error, given);
        } finally {
          running.delete(controller);
        }
      });
    }
    connection.onRequest((name) => {
      failed++;
      return new ResponseError(ErrorCodes.MethodNotFound, `there is no method ${shorten(name)}`);
    });
    connection.onRequest('shutdown', () => {
      succeeded++;
      setImmediate(end);
      return null;
    });
    connection.onClose(() => end());
    reader.onError(end);
    connection.listen();
  });
}

/** Returns an error for clients: a sentence, and further data. Findings show lines of the document of the call only. */
function asResponse(error: unknown, given: Parameters): ResponseError<unknown> {
  if (error instanceof DiagnosticError) {
    const source = (document: string): string | undefined => textOf(given, document);
    return new ResponseError(errorCodes.wrongModel, renderDiagnostics(error.diagnostics, { colour: false, source }), {
      diagnostics: diagnosticsToJson(error.diagnostics),
    });
  }
  if (error instanceof UsageError)
    return new ResponseError(errorCodes.wrongCall, error.message, { hint: error.hint ?? null });
  if (error instanceof InterruptedError) return new ResponseError(errorCodes.cancelled, 'the call was cancelled');
  return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error));
}
