/** `interneuron test`: whether models give the results that files next to them expect. */

import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { printable } from '../../diagnostics/display.js';
import { diagnosticsToJson } from '../../diagnostics/render.js';
import { requireTarget } from '../../pipeline/choose-target.js';
import { testOmv } from '../../verify/expect/omv.js';
import { testModel, type TestOptions, type TestVerdict } from '../../verify/expect/test-model.js';
import { InterruptedError } from '../../pipeline/interrupted.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { testFiles } from '../model-files.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { testFormats, verdictReport, type Verdict } from '../validation-formats.js';
import { cacheOption, readThreads } from '../values.js';
import { runnerOn } from './run-on.js';

/** A test, or the reason why it could not be run. */
interface Result extends TestVerdict {
  readonly error?: Verdict['error'];
}

/**
 * Runs all tests and goes on after one that fails. Findings of a test are shown before the next one begins.
 *
 * @throws UsageError when the target is not available
 */
export async function test(context: CommandContext): Promise<number> {
  const { options, terminal, json, quiet } = context;
  const [target, device, threads] = ['target', 'device', 'threads'].map((name) => options.value(name));
  await requireTarget(target);
  const given = testFormats.find((name) => name === options.value('output-format')) ?? 'text';
  const format = given === 'text' ? undefined : given;
  const progress = json || quiet || format ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping');
  const workers = readThreads(threads);
  const [elsewhere, env] = [runnerOn(context), options.value('env')];
  const setup: TestOptions = {
    read: (path) => context.read(path),
    model: (path, changes) => context.model(path, changes),
    ...cacheOption(terminal),
    onProgress: interruption.onProgress,
    signal: interruption.signal,
    ...(target === undefined ? {} : { target }),
    ...(device === undefined ? {} : { device }),
    ...(workers === undefined ? {} : { threads: workers }),
    ...(elsewhere === undefined ? {} : { elsewhere }),
    ...(env === undefined ? {} : { env }),
  };
  const results: Result[] = [];
  try {
    for (const { path } of await testFiles(context.files)) {
      const result = await resultOf(path, setup, options.value('engine') === 'any');
      if (interruption.signal.aborted) return interruption.exitCode();
      results.push(result);
      progress.stop();
      if (!format) show(result, context);
    }
  } finally {
    progress.stop();
    interruption.stop();
  }
  report(results, format, context);
  if (results.some(({ error }) => error)) return exitCodes.usage;
  return results.some(({ outcome }) => outcome === 'failed') ? exitCodes.wrong : exitCodes.done;
}

async function resultOf(path: string, options: TestOptions, anyEngine: boolean): Promise<Result> {
  try {
    return await (/\.omt$/i.test(path) ? testOmv(path, options, anyEngine) : testModel(path, options));
  } catch (error) {
    const failed = { document: path, outcome: 'failed', expectations: 0, diagnostics: [] } as const;
    if (error instanceof InterruptedError) return failed;
    if (error instanceof DiagnosticError) return { ...failed, diagnostics: error.diagnostics };
    if (!(error instanceof UsageError)) throw error;
    const { message, hint } = error;
    return { ...failed, error: { message, ...(hint === undefined ? {} : { hint }) } };
  }
}

function report(results: readonly Result[], format: 'github' | 'junit' | undefined, context: CommandContext): void {
  const verdicts = results.map(({ document, outcome, reason, error, diagnostics }): Verdict => ({
    document,
    valid: outcome !== 'failed',
    ...(error ? { error } : {}),
    ...(outcome === 'not checked' ? { skipped: reason ?? '' } : {}),
    diagnostics,
  }));
  if (format) context.terminal.stdout.write(verdictReport(format, 'test', verdicts));
  else if (context.json)
    printJson(context.terminal, {
      tests: results.map((result) => ({ ...result, diagnostics: diagnosticsToJson(result.diagnostics) })),
    });
  else context.say(testCounts(results));
}

/** Returns the numbers of tests with each outcome. */
export function testCounts(results: readonly Pick<Result, 'outcome'>[]): string {
  const count = (outcome: Result['outcome']): number => results.filter((result) => result.outcome === outcome).length;
  return (['passed', 'failed', 'not checked'] as const)
    .flatMap((outcome) => (count(outcome) === 0 ? [] : [`${count(outcome)} ${outcome}`]))
    .join(', ');
}

function show({ document, outcome, expectations, reason, error, diagnostics }: Result, context: CommandContext): void {
  context.show(diagnostics, true);
  const texts: Readonly<Record<Result['outcome'], string>> = {
    passed: `passed, ${expectations === 1 ? '1 expectation' : `${expectations} expectations`}`,
    failed: error ? `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}` : 'failed',
    'not checked': `not checked: ${reason ?? ''}`,
  };
  context.say(printable(`${document}: ${texts[outcome]}`));
}
