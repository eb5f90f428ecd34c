/** `interneuron verify`: whether a result comes out again. */

import { differenceText } from '../../../runtime/results/compare.js';
import { verifyResult, type Verification } from '../../run/verify.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes, printJson } from '../failure.js';
import { listenForInterrupt } from '../interrupt.js';
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
  const interruption = listenForInterrupt(terminal, progress, 'stopping');
  try {
    const verification = await verifyResult(path, {
      cacheDirectory: cacheDirectory(terminal),
      onProgress: (stage, fraction) => progress.update(stage === 'connect' ? 'connecting' : 'running', fraction),
      signal: interruption.signal,
      ...(target === undefined ? {} : { target }),
      ...(threads === undefined ? {} : { threads }),
      ...(device === undefined ? {} : { device }),
    });
    progress.stop();
    if (verification.found.outcome === 'stopped' && verification.stored.steps !== verification.found.steps)
      return exitCodes.interrupted;
    if (json) printJson(terminal, { result: path, ...verificationReport(verification) });
    context.say(sentence(verification));
    return verification.verdict.verdict === 'identical' ? exitCodes.done : exitCodes.wrong;
  } finally {
    progress.stop();
    interruption.stop();
  }
}

function verificationReport({ verdict, stored, found, engine }: Verification): object {
  return {
    ...verdict,
    ...engine,
    steps: found.steps,
    fingerprint: { stored: stored.fingerprint.total, found: found.fingerprint.total },
  };
}

function sentence({ verdict, stored, found, engine }: Verification): string {
  const runs = `written by ${stored.target}, run again on ${engine.target}`;
  switch (verdict.verdict) {
    case 'identical':
      return `identical: ${found.steps} steps, fingerprint ${found.fingerprint.total} (${runs})`;
    case 'different':
      return `different (${runs})\n${differenceText(verdict.first, stored.dt)}`;
    case 'incomparable':
      return `not comparable: ${verdict.reason}`;
  }
}
