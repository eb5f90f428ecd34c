/** Failures as sentences. Nothing else in the command line turns an error into text or into an exit code. */

import { recipients } from '../diagnostics/home.js';
import { DiagnosticError, InvariantError, UsageError } from '../diagnostics/diagnostic.js';
import { printable, printableJson } from '../diagnostics/display.js';
import { countFindings, diagnosticsToJson, renderDiagnostics } from '../diagnostics/render.js';
import { version } from '../pipeline/version.js';
import { readRefusal } from '../diagnostics/system-error.js';
import { InterruptedError } from '../pipeline/interrupted.js';
import { exitCodes } from './exit-codes.js';
import { sourceText } from './source-texts.js';
import type { Terminal } from './terminal.js';

/** Findings in one of two things that are to be compared, so that there is no verdict on them. */
export class InvalidSide extends DiagnosticError {}

/** Returns what is read of two things. @throws InvalidSide for findings in one of them */
export async function validSide<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof DiagnosticError ? new InvalidSide(error.diagnostics) : error;
  }
}

/** Data needed to report a failure. */
interface FailureContext {
  readonly terminal: Terminal;
  /** Texts of the documents that were read, by name. */
  readonly sources: ReadonlyMap<string, string>;
  readonly json: boolean;
}

/**
 * Reports a failure: on stderr for people, with `--json` as an object on stdout.
 *
 * @returns the exit code
 */
export function reportFailure(thrown: unknown, { terminal, sources, json }: FailureContext): number {
  const error = readRefusal(thrown) ?? thrown;
  if (error instanceof DiagnosticError) {
    if (json) printJson(terminal, { diagnostics: diagnosticsToJson(error.diagnostics) });
    else {
      const { colour } = terminal.stderr;
      terminal.stderr.write(
        renderDiagnostics(error.diagnostics, { source: (name) => sourceText(sources, name), colour }),
      );
      terminal.stderr.write(`\n${countFindings(error.diagnostics)}\n`);
    }
    return error instanceof InvalidSide ? exitCodes.usage : exitCodes.wrong;
  }
  if (error instanceof InterruptedError) {
    terminal.stderr.write(`${printable(error.message)}: nothing was written\n`);
    return exitCodes.interrupted;
  }
  const [first, ...others] = sentences(error);
  if (json)
    printJson(terminal, { error: first, ...(others.length === 0 ? {} : { otherErrors: others }), diagnostics: [] });
  else
    for (const { message, hint } of [first, ...others])
      terminal.stderr.write(
        `error: ${printable(message)}\n${hint === undefined ? '' : `  hint  ${printable(hint)}\n`}`,
      );
  const stack = error instanceof Error && terminal.environment['INTERNEURON_STACK'] ? error.stack : undefined;
  if (stack !== undefined) terminal.stderr.write(`${stack}\n`);
  return error instanceof UsageError ? exitCodes.usage : exitCodes.internal;
}

/** Prints one JSON object, for programs. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.stdout.write(`${printableJson(JSON.stringify(value, null, 2))}\n`);
}

interface Sentence {
  readonly message: string;
  readonly hint?: string;
}

function sentences(error: unknown): readonly [Sentence, ...(readonly Sentence[])] {
  if (error instanceof UsageError) return [usageSentence(error), ...error.others.map(usageSentence)];
  if (error instanceof InvariantError) return [{ message: error.message, hint: reporting }];
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return [{ message: `internal error in ${command}: ${text}`, hint: reporting }];
}

/** The stage of a failure outside of the chain from a file to a result. */
const command = 'the command line';

const reporting =
  `this is a bug in interneuron, not in the model: report it ${recipients} ` +
  `with the model, the command and this message (version ${version}, Node ${process.versions.node}, ` +
  `${process.platform})`;

const usageSentence = ({ message, hint }: UsageError): Sentence => ({
  message,
  ...(hint === undefined ? {} : { hint }),
});
