/**
 * Sessions over two streams: JSON-RPC 2.0, each message behind a `Content-Length` header, as language servers have it.
 */

import type { Readable, Writable } from 'node:stream';
import {
  createMessageConnection,
  ErrorCodes,
  ProgressType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type CancellationToken,
} from 'vscode-jsonrpc/node.js';
import { frameDecoder, frameEncoder } from './frames.js';
import { serverMethods, type Parameters } from './methods.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { diagnosticsToJson, renderDiagnostics } from '../diagnostics/render.js';
import { InterruptedError } from '../run/interrupted.js';

/** Codes of errors besides those of JSON-RPC. */
const errorCodes = { wrongModel: 1, wrongCall: 2, cancelled: -32800 } as const;

const progress = new ProgressType<number>();

/** Serves until the client closes its end, or asks for the end. */
export function serve(input: Readable, output: Writable, cacheDirectory?: string): Promise<void> {
  const reader = new StreamMessageReader(input, { contentTypeDecoder: frameDecoder });
  // The timer that waits for the rest of a message would keep the process running after the client is gone.
  reader.partialMessageTimeout = 0;
  const writer = new StreamMessageWriter(output, { contentTypeEncoder: frameEncoder });
  const connection = createMessageConnection(reader, writer);
  const methods = serverMethods(cacheDirectory);
  const running = new Set<AbortController>();
  return new Promise((done) => {
    const end = (): void => {
      for (const controller of running) controller.abort();
      // A call that still computes comes to its end first.
      void methods.dispose().then(() => {
        connection.dispose();
        done();
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
        try {
          return await method(given, { signal: controller.signal, progress: tell });
        } catch (error) {
          return asResponse(error);
        } finally {
          running.delete(controller);
        }
      });
    }
    connection.onRequest('shutdown', () => {
      setImmediate(end);
      return null;
    });
    connection.onClose(end);
    connection.listen();
  });
}

/** An error as clients get it: a sentence, and what is known beside it. */
function asResponse(error: unknown): ResponseError<unknown> {
  if (error instanceof DiagnosticError)
    return new ResponseError(errorCodes.wrongModel, renderDiagnostics(error.diagnostics, { colour: false }), {
      diagnostics: diagnosticsToJson(error.diagnostics),
    });
  if (error instanceof UsageError)
    return new ResponseError(errorCodes.wrongCall, error.message, { hint: error.hint ?? null });
  if (error instanceof InterruptedError) return new ResponseError(errorCodes.cancelled, 'the call was cancelled');
  return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error));
}
