/** `interneuron verify`: whether a result comes out again. */

import { differenceText } from '../../../runtime/results/compare.js';
import type { RunRecord } from '../../../runtime/results/result.js';
import { printable } from '../../diagnostics/display.js';
import { formatDuration } from '../../diagnostics/quantities.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { isOurs } from '../../compare/open-recorded.js';
import { isBundle } from '../../run/read/model-in-bundle.js';
import { verifyModel } from '../../run/check/verify-model.js';
import { verifyResult, type Verification } from '../../run/check/verify.js';
import { comparisonOptions, requiredGrade, sayComparison } from '../comparison-options.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { cacheDirectory, readThreads } from '../values.js';

/** Options that request a comparison within tolerances. */
const tolerant = ['within', 'at-least', 'margin', 'cells', 'times', 'from', 'unpaired'] as const;

/**
 * Runs the model of a result again and reports whether every bit is the same. With another model or tolerances, compares both
 * results.
 */
export async function verify(context: CommandContext): Promise<number> {
  const { files, options, terminal, json, quiet } = context;
  const script = options.value('captured-from');
  if (script !== undefined && files.length === 1)
    throw new UsageError(
      `${script} is a model, and verify needs a result first`,
      `interneuron verify RESULT ${script}`,
    );
  // The Python package names the document of a script first.
  const [path = '', model, ...others] = script === undefined ? files : files.toReversed();
  if (others.length > 0)
    throw new UsageError(`verify takes a result and a model, but got ${files.length} files`, 'verify them one by one');
  const isTolerant = tolerant.some((name) => options.flag(name) || options.values(name).length > 0);
  const target = options.value('target');
  const device = options.value('device');
  const threads = readThreads(options.value('threads'));
  const progress = json || quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping');
  try {
    const run = {
      cacheDirectory: cacheDirectory(terminal),
      onProgress: interruption.onProgress,
      signal: interruption.signal,
      ...(target === undefined ? {} : { target }),
      ...(threads === undefined ? {} : { threads }),
      ...(device === undefined ? {} : { device }),
    };
    if (model !== undefined || isTolerant) {
      const { found, isSameModel, interrupted } = await verifyModel(
        path,
        model === undefined ? undefined : (changes) => context.model(model, changes),
        run,
        comparisonOptions(options),
      );
      progress.stop();
      if (interrupted) return exitCodes.interrupted;
      const usual = isSameModel === null ? 'statistically the same' : 'same spikes';
      const least = requiredGrade(options) ?? (options.value('within') === undefined ? usual : 'same within δ');
      return sayComparison(context, found, least, sameModelLines(isSameModel));
    }
    const verifications = await verifiedResults(path, run);
    progress.stop();
    if (verifications.some(({ found, stored }) => found?.outcome === 'stopped' && found.steps < stored.steps))
      return exitCodes.interrupted;
    const isBundled = verifications.length > 1;
    const reports = verifications.map(({ result, ...verification }) => ({
      result,
      ...verificationReport(verification),
    }));
    if (json) printJson(terminal, isBundled ? { results: reports } : reports[0]);
    for (const { result, ...verification } of verifications)
      context.say(`${isBundled ? `${result}: ` : ''}${sentence(verification)}`);
    return verifications.every(({ verdict }) => verdict.verdict === 'identical') ? exitCodes.done : exitCodes.wrong;
  } finally {
    progress.stop();
    interruption.stop();
  }
}

/** Verifies a result, or all results in a bundle, by their names in it. @throws UsageError for a bundle without results */
async function verifiedResults(
  path: string,
  run: Parameters<typeof verifyResult>[1],
): Promise<readonly (Verification & { readonly result: string })[]> {
  if (!isBundle(path)) return [{ result: path, ...(await verifyResult(path, run)) }];
  const { openBundle, resultsIn } = await import('../../bundle/open.js');
  const bundle = await openBundle(path);
  try {
    const verified: (Verification & { readonly result: string })[] = [];
    for (const file of resultsIn(bundle)) {
      const result = `${path}${file.slice(bundle.folder.length)}`;
      if (await isOurs(file)) verified.push({ result, ...(await verifyResult(file, run)) });
    }
    if (verified.length > 0) return verified;
    throw new UsageError(`${path} holds no result of interneuron`, 'pack the model with a result of interneuron run');
  } finally {
    bundle.remove();
  }
}

function sameModelLines(isSame: boolean | null): readonly string[] {
  if (isSame === null) return [];
  return [isSame ? 'the model is the one that made the result' : 'the model is not the one that made the result'];
}

function verificationReport({ verdict, stored, found, engine, limits }: Verification): object {
  return {
    ...verdict,
    ...engine,
    complete: stored.complete,
    steps: stored.steps,
    fingerprint: { stored: stored.fingerprint.total, found: found?.fingerprint.total ?? null },
    limits,
  };
}

/** Number of differences listed for people. */
const mostShown = 20;

function sentence(verification: Verification): string {
  return [...verdictLines(verification), ...incompleteLines(verification.stored), ...verification.limits].join('\n');
}

function verdictLines({ verdict, stored, found, engine }: Verification): readonly string[] {
  const again = engine ? `written by ${stored.target}, run again on ${engine.target}` : 'nothing was run again';
  switch (verdict.verdict) {
    case 'identical':
      return [`identical: ${found?.steps ?? 0} steps, fingerprint ${found?.fingerprint.total ?? ''} (${again})`];
    case 'different': {
      const { first, changes, count } = verdict;
      const shown = changes.slice(0, mostShown);
      return [
        `different (${again})`,
        ...(first ? [differenceText(first, stored.dt)] : []),
        ...shown.map(({ place, stored: there, expected }) => `${place}: stored ${there}, expected ${expected}`),
        ...(count > shown.length ? [`and ${count - shown.length} more`] : []),
      ].map(printable);
    }
    case 'incomparable':
      return [`not comparable: ${verdict.reason}`];
  }
}

function incompleteLines({ complete, outcome, steps, expectedSteps, dt, faults }: RunRecord): readonly string[] {
  if (complete) return [];
  const how = outcome === 'fault' ? 'ended by a fault' : 'stopped';
  return [
    `incomplete: the stored run was ${how} after ${steps} of ${expectedSteps} steps (${formatDuration(steps * dt)} ` +
      'of model time)',
    ...faults.map(printable),
  ];
}
