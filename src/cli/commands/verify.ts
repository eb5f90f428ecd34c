/** `interneuron verify`: whether a result comes out again. */

import { differenceText } from '../../../runtime/results/compare.js';
import type { RunRecord } from '../../../runtime/results/result.js';
import { printable } from '../../diagnostics/display.js';
import { formatDuration } from '../../diagnostics/quantities.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { isOurs } from '../../compare/open-recorded.js';
import { milliseconds } from '../../compare/recorded.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import type { CheckedFile } from '../../verify/verify-bundle.js';
import type { Judged } from '../../verify/certify/check-output.js';
import type { verifyEverywhere } from '../../verify/verify-everywhere.js';
import { verifyResult, type Verification } from '../../verify/verify.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { engineOptions } from '../values.js';

/** Options that request a comparison within tolerances. */
const tolerant = [
  'within',
  'at-least',
  'margin',
  'cells',
  'times',
  'from',
  'to',
  'only',
  'ignore',
  'unpaired',
  'why',
] as const;

/**
 * Runs the model of a result again and reports whether every bit is the same. With another model or tolerances,
 * compares both results.
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
  if ((model !== undefined || isTolerant) && !options.flag('everywhere'))
    return (await import('./same-run.js')).sameRun(context, path, model);
  const progress = json || quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping');
  try {
    const run = {
      ...engineOptions(options, terminal),
      onProgress: interruption.onProgress,
      signal: interruption.signal,
    };
    if (options.flag('everywhere')) {
      if (
        model !== undefined ||
        isTolerant ||
        run.target !== undefined ||
        run.threads !== undefined ||
        run.device !== undefined
      )
        throw new UsageError('--everywhere takes a result only', 'leave out the model, tolerances and the engine');
      return await everywhere(context, path, run, () => progress.stop());
    }
    if (isBundle(path)) return await verifyPacked(context, path, run, () => progress.stop());
    const env = options.value('env');
    const verification = await verifyResult(path, { ...run, ...(env === undefined ? {} : { env }) });
    progress.stop();
    if (isInterrupted(verification)) return exitCodes.interrupted;
    if (json) printJson(terminal, { result: path, ...verificationReport(verification) });
    context.say(sentence(verification, options.flag('details')));
    return verification.verdict.verdict === 'identical' ? exitCodes.done : exitCodes.wrong;
  } finally {
    progress.stop();
    interruption.stop();
  }
}

/** Verifies a result on all engines, and prints a line for each. @param onLine  called before a line is printed */
async function everywhere(
  context: CommandContext,
  path: string,
  run: Parameters<typeof verifyEverywhere>[1],
  onLine: () => void,
): Promise<number> {
  const { verifyEverywhere: check } = await import('../../verify/verify-everywhere.js');
  const checks = await check(path, run, ({ engine, threads, verdict, device, reason }) => {
    onLine();
    const on = [engine, ...(threads === null ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`])].join(', ');
    context.say(printable([`${on}: ${verdict}`, device ?? '', reason ?? ''].filter((part) => part !== '').join(' · ')));
  });
  if (context.json) printJson(context.terminal, { runs: checks });
  if (run.signal?.aborted) return exitCodes.interrupted;
  const isSame = checks.every(({ verdict }) => ['identical', 'not available', 'not run'].includes(verdict));
  return isSame && checks.some(({ verdict }) => verdict === 'identical') ? exitCodes.done : exitCodes.wrong;
}

const isInterrupted = ({ found, stored }: Verification): boolean =>
  found?.outcome === 'stopped' && found.steps < stored.steps;

/**
 * Compares the models in the files of a bundle, and runs the models of its results again.
 *
 * @param onEnd  called before anything is printed
 * @throws UsageError for a bundle without results of interneuron whose models are the same
 */
async function verifyPacked(
  context: CommandContext,
  path: string,
  run: Parameters<typeof verifyResult>[1],
  onEnd: () => void,
): Promise<number> {
  const { openBundle, resultsIn } = await import('../../bundle/open.js');
  const { verifyBundle } = await import('../../verify/verify-bundle.js');
  const { checkExperiment, judgedSafely } = await import('../../verify/certify/check-output.js');
  const bundle = await openBundle(path);
  try {
    const model = await context.model(path);
    const checked = await verifyBundle(bundle, model, (file, options) => context.model(file, options));
    const verified: (Verification & { readonly result: string })[] = [];
    for (const file of resultsIn(bundle)) {
      const result = `${path}${file.slice(bundle.folder.length)}`;
      if (await isOurs(file)) verified.push({ result, ...(await verifyResult(file, run)) });
    }
    const experiments: ({ readonly path: string } & Judged)[] = [];
    for (const file of bundle.files.filter((name) => verified.length > 0 && name.endsWith('.sedml')))
      experiments.push({
        path: file,
        ...(await judgedSafely(() => checkExperiment(bundle.folder, bundle.files, file, path))),
      });
    onEnd();
    if (verified.some(isInterrupted)) return exitCodes.interrupted;
    const wrong = checked.filter(({ verdict }) => verdict === 'different' || verdict === 'unlisted');
    if (verified.length === 0 && wrong.length === 0)
      throw new UsageError(`${path} holds no result of interneuron`, 'pack the model with a result of interneuron run');
    const isSame =
      wrong.length === 0 &&
      verified.every(({ verdict }) => verdict.verdict === 'identical') &&
      experiments.every(({ grade }) => grade !== 'different');
    if (context.json)
      printJson(context.terminal, {
        verdict: isSame ? 'identical' : 'different',
        results: verified.map(({ result, ...verification }) => ({ result, ...verificationReport(verification) })),
        files: checked,
        experiments: experiments.map(({ path: file, grade, statement }) => ({ path: file, grade, statement })),
      });
    const details = context.options.flag('details');
    const lines = [
      ...verified.map((verification) =>
        [...(verified.length > 1 || !isSame ? [verification.result] : []), sentence(verification, details)].join(': '),
      ),
      ...experiments.map(({ path: file, grade, statement }) => printable(`${file}: ${grade}: ${statement}`)),
      ...checkedLines(checked),
    ];
    const open = checked.filter(({ verdict }) => verdict === 'not checked');
    const isOpen = open.length > 0;
    const lead = isSame ? (isOpen ? [notCheckedText(open)] : []) : ['the files of the bundle contradict each other'];
    context.say([...lead, ...lines].join('\n'));
    return isSame ? (isOpen ? exitCodes.uncertain : exitCodes.done) : exitCodes.wrong;
  } finally {
    bundle.remove();
  }
}

/** Returns the headline of a bundle with results that come out again, and files that were not checked. */
function notCheckedText([first, ...more]: readonly CheckedFile[]): string {
  const others = more.length === 0 ? '' : ` and ${more.length} more file${more.length === 1 ? '' : 's'}`;
  return printable(`not checked: ${first?.path ?? ''}${others}; all results come out again`);
}

/** Returns the files with other models and those that were not checked, then the files with the same model. */
function checkedLines(checked: readonly CheckedFile[]): readonly string[] {
  const same = checked.filter(({ verdict }) => verdict === 'same model').map(({ path }) => path);
  return [
    ...checked.flatMap(({ path, reason }) => (reason === undefined ? [] : [`${path}: ${reason}`])),
    ...(same.length === 0 ? [] : [`same model as the one that is run: ${same.join(', ')}`]),
  ].map(printable);
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

/** Digits of a fingerprint, and number of differences, listed for people. */
const [shownDigits, mostShown] = [16, 20];

function sentence(verification: Verification, details: boolean): string {
  return [...verdictLines(verification, details), ...incompleteLines(verification.stored), ...verification.limits].join(
    '\n',
  );
}

function verdictLines({ verdict, stored, found, engine }: Verification, details: boolean): readonly string[] {
  const again = engine ? `written by ${stored.target}, run again on ${engine.target}` : 'nothing was run again';
  switch (verdict.verdict) {
    case 'identical':
      return [
        `identical: ${found?.steps ?? 0} steps, fingerprint ${stored.fingerprint.total.slice(0, shownDigits)} (${again})`,
        ...(details ? [`fingerprint ${stored.fingerprint.total}`] : []),
      ];
    case 'different': {
      const { first, changes, count } = verdict;
      const shown = changes.slice(0, mostShown);
      return [
        `different${first?.step === undefined ? '' : ` from ${milliseconds(first.step * stored.dt)} on`} (${again})`,
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
