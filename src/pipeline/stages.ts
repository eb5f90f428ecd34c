/** Stages of the chain from a file to a result, for reports of unforeseen errors. */

import { DiagnosticError, InvariantError, UsageError } from '../diagnostics/diagnostic.js';
import { LangError } from '../lang/lang-error.js';
import { InterruptedError } from './interrupted.js';

/** The stages, as docs/architecture.md names them. */
type Stage =
  | 'read'
  | 'import'
  | 'normalise'
  | 'draw'
  | 'lower'
  | 'compile'
  | 'connect'
  | 'run'
  | 'write'
  // Of other commands than `run`.
  | 'freeze'
  | 'export'
  | 'generate'
  | 'describe';

/**
 * Runs a stage. An error that is not one of our own becomes an error that names the stage and the function of its
 * origin. Lack of memory is not a fault of ours.
 *
 * @throws DiagnosticError, UsageError, InterruptedError as they are; InvariantError for all else
 */
export function inStage<T>(stage: Stage, action: () => T): T {
  let result: T;
  try {
    result = action();
  } catch (error) {
    throw named(stage, error);
  }
  return (result instanceof Promise
    ? result.catch((error: unknown) => {
        throw named(stage, error);
      })
    : result) as unknown as T;
}

function named(stage: Stage, error: unknown): unknown {
  if ([DiagnosticError, UsageError, InvariantError, InterruptedError].some((kind) => error instanceof kind))
    return error;
  // An expression that outgrows a limit in a later stage is the document's.
  if (error instanceof LangError && /^lang\/too-(?:deep|large)$/.test(error.finding.code))
    return new DiagnosticError([{ severity: 'error', ...error.finding }]);
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  if (error instanceof RangeError && outOfMemory.test(message))
    return new UsageError(
      `the model is too large for this machine: in the stage ${stage}, memory ran out (${message})`,
      'use fewer cells, connections or recordings',
    );
  const where = error instanceof LangError ? undefined : topFunction(error);
  return new InvariantError(`the stage ${stage}${where === undefined ? '' : `, in ${where}`}`, message, error);
}

/** Messages of JavaScript engines about arrays, texts and maps that they cannot make. */
const outOfMemory =
  /allocation failed|Invalid (typed )?array( buffer)? length|maximum size exceeded|Invalid string length|out of memory/i;

/**
 * Returns the innermost function of ours that an error comes from. Builds shorten names within functions to a letter or
 * two.
 */
function topFunction(error: unknown): string | undefined {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  for (const line of lines) {
    const [, name] = /^\s+at (?:async )?(?:new )?([\w.#<>]{3,}) \((?!node:)/.exec(line) ?? [];
    if (name !== undefined && !name.includes('<anonymous>')) return name.replace(/^.*\./, '');
  }
  return undefined;
}
