/** Answers of the worker in which the page reads, runs and converts models. */

import {
  bundle,
  convert,
  currentCurve,
  curves,
  describe,
  nwb,
  reactions,
  read,
  run,
  samples,
  stop,
  verdict,
} from './engine.js';
import { holdTrees } from './hdf5.js';
import { opened } from './opened-files.js';
import { forgetResult, openedResult } from './opened-results.js';
import { takePartsFromPage } from './parts.js';
import type { AnswerMessage, CallMessage, FromWorker, GivenModel, ToWorker } from './messages.js';
import { DiagnosticError, InvariantError, UsageError, type Diagnostic } from '../src/diagnostics/diagnostic.js';
import type { TargetNotation } from '../src/convert/target-notations.js';

const tell = (message: FromWorker): void => self.postMessage(message);

async function answerTo({ call, given }: CallMessage): Promise<Pick<AnswerMessage, 'answer' | 'findings'>> {
  switch (call) {
    case 'hold':
      holdTrees(given as string);
      return { findings: [] };
    case 'open':
      return opened(given as GivenModel['files']);
    case 'result':
      return { answer: openedResult(...(given as GivenModel['files'][number])), findings: [] };
    case 'read':
      forgetResult();
      return read(given as GivenModel);
    case 'curves':
      return curves(given as string);
    case 'currentCurve':
      return currentCurve();
    case 'reactions':
      return reactions();
    case 'run':
      return run(tell, given as string | undefined);
    case 'describe':
      return describe();
    case 'samples':
      return samples(given as number);
    case 'nwb':
      return nwb();
    case 'bundle':
      return bundle(given as boolean);
    case 'stop':
      stop();
      return { findings: [] };
    case 'convert':
      return convert(given as TargetNotation);
    case 'verdict':
      return verdict(given as TargetNotation);
  }
}

/** Returns an error as findings. */
function findingsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof InvariantError ? 'page/internal' : 'page/refused';
  const hint = error instanceof UsageError ? error.hint : undefined;
  return [{ code, severity: 'error', message: said, ...(hint === undefined ? {} : { hint }) }];
}

/** Answers the calls of a page. */
export function serveWorker(): void {
  takePartsFromPage();
  self.onmessage = answer;
}

const answer = ({ data }: MessageEvent<ToWorker>): void => {
  if ('modules' in data) return;
  const { id } = data;
  answerTo(data).then(
    ({ answer, findings }) => tell({ kind: 'answer', id, answer, findings, failed: false }),
    (error: unknown) => tell({ kind: 'answer', id, findings: findingsOf(error), failed: true }),
  );
};
