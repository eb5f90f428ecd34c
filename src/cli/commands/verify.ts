/** `interneuron verify`: whether a result comes out again. */

import { differenceText } from '../../../runtime/results/compare.js';
import type { RunRecord } from '../../../runtime/results/result.js';
import { printable } from '../../diagnostics/display.js';
import { formatDuration } from '../../diagnostics/quantities.js';
import { verifyResult, type Verification } from '../../run/verify.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { cacheDirectory, readThreads } from '../values.js';

/** Runs the model of a result again and says whether every bit is the same. */
export async function verify(context: CommandContext): Promise<number> {
  const { options, terminal, json, quiet } = context;
  const path = onlyFile(context);
  const target = options.value('target');
  const device = options.value('device');
  const threads = readThreads(options.value('threads'));
  const progress = json || quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping');
  try {
    const verification = await verifyResult(path, {
      cacheDirectory: cacheDirectory(terminal),
      onProgress: interruption.onProgress,
      signal: interruption.signal,
      ...(target === undefined ? {} : { target }),
      ...(threads === undefined ? {} : { threads }),
      ...(device === undefined ? {} : { device }),
    });
    progress.stop();
    const { stored, found } = verification;
    if (found?.outcome === 'stopped' && found.steps < stored.steps) return exitCodes.interrupted;
    if (json) printJson(terminal, { result: path, ...verificationReport(verification) });
    context.say(sentence(verification));
    return verification.verdict.verdict === 'identical' ? exitCodes.done : exitCodes.wrong;
  } finally {
    progress.stop();
    interruption.stop();
  }
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
