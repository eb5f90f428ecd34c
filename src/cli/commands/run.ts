/** `interneuron run`: a model to results. */

import { existsSync } from 'node:fs';
import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../diagnostics/render.js';
import { hasState } from '../../../runtime/record/checkpoint.js';
import { checkpointFolder, continuedRun } from '../../pipeline/checkpoint-run.js';
import { runModel, type ImportedModel, type RunOptions } from '../../pipeline/pipeline.js';
import { messages } from '../../pipeline/messages.js';
import { writeText } from '../../pipeline/results/replaceable.js';
import { runReport } from '../../pipeline/results/report.js';
import { commands } from '../command-table.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { membraneFaults } from '../membrane-faults.js';
import { passFiles } from '../pass-files.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { generatedSummary, runSummary } from '../summary.js';
import { cacheOption, readCheckpoint, readRanks, readSubject, readThreads } from '../values.js';

/** Runs one model. Ctrl-C ends it and keeps the data recorded so far; a second Ctrl-C ends it at once. */
export async function run(context: CommandContext): Promise<number> {
  const { options, terminal } = context;
  const threads = readThreads(options.value('threads'));
  const ranks = readRanks(options.value('ranks'));
  const subject = readSubject(options.values('subject'));
  const continued = continuedFrom(context);
  const imported = continued?.imported ?? (await context.model(onlyFile(context)));
  context.show(imported.diagnostics);
  checkDuration(imported, options.value('dt') !== undefined);
  if (options.value('on') !== undefined)
    return (await import('./run-on.js')).runOnSimulator(context, imported, describingWords(context.words));
  const besides = onlyElsewhere.find((name) => options.flag(name) || options.value(name) !== undefined);
  if (besides !== undefined) throw new UsageError(`--${besides} is for --on`, 'name a simulator with --on');
  const checkpoint = checkpointOf(context);
  const progress = context.json || context.quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping; data recorded so far are kept');
  try {
    const target = options.value('target');
    const device = options.value('device');
    const strategy = options.value('strategy');
    const dump = options.value('dump-ir');
    const outputs = options.values('output');
    const outputFolder = options.value('output-dir');
    const given: RunOptions = continued?.options ?? {
      precision: options.value('precision') === 'float32' ? 'float32' : 'float64',
      subject,
      command: describingWords(context.words),
      environment: !options.flag('no-environment'),
      ...(checkpoint ? { checkpoint } : {}),
    };
    const ran = await runModel(imported, {
      ...given,
      outputs: outputs.length > 0 ? outputs : (given.outputs ?? []),
      outputFolder: outputFolder ?? given.outputFolder ?? '.',
      force: options.flag('force'),
      ...cacheOption(terminal),
      onProgress: interruption.onProgress,
      signal: interruption.signal,
      ...(target === undefined ? {} : { target }),
      ...(threads === undefined ? {} : { threads }),
      ...(ranks === undefined ? {} : { ranks }),
      ...(device === undefined ? {} : { device }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(dump === undefined ? {} : { dumpIr: await irDumper(dump, options.flag('force')) }),
    });
    progress.stop();
    const faults = ran.kind === 'run' ? await membraneFaults(imported, ran) : [];
    // Other variables that are NaN follow from the membrane.
    const result =
      ran.kind === 'run' && faults.length > 0
        ? { ...ran, diagnostics: [...ran.diagnostics.filter(({ code }) => code !== 'run/not-a-number'), ...faults] }
        : ran;
    const report = runReport(imported, result, (performance.now() - context.began) / 1000);
    if (context.json) printJson(terminal, report);
    if (result.kind === 'generated') {
      context.say(generatedSummary(report, result));
      return exitCodes.done;
    }
    if (!context.json) {
      const shown = context.quiet
        ? result.diagnostics.filter(({ severity }) => severity === 'error')
        : result.diagnostics;
      terminal.stderr.write(renderDiagnostics(shown, { colour: terminal.stderr.colour }));
    }
    context.say(runSummary(report, result, terminal.stdout));
    result.dispose();
    if (options.flag('recover')) return exitCodes.done;
    const folder = given.checkpoint?.folder;
    if (folder !== undefined && existsSync(folder)) context.say(`continue with  interneuron run --resume ${folder}`);
    if (result.record.outcome === 'stopped') return interruption.exitCode();
    return result.record.outcome === 'fault' || faults.length > 0 ? exitCodes.wrong : exitCodes.done;
  } catch (error) {
    const folder = checkpoint?.folder;
    if (!(error instanceof UsageError) || folder === undefined || !hasState(folder)) throw error;
    const how = `the last checkpoint is kept: interneuron run --resume ${folder} continues from it, --recover saves its data`;
    throw new UsageError(error.message, error.hint === undefined ? how : `${how}; ${error.hint}`, error.others);
  } finally {
    progress.stop();
    interruption.stop();
  }
}

/** Options of runs in other simulators. */
const onlyElsewhere = ['env', 'keep', 'freeze', 'partial', 'limit', 'no-check', 'emit'] as const;

/** Options that a run can be continued with; all others were chosen when it began. */
const whenContinued: readonly string[] = [
  'output',
  'output-dir',
  'force',
  'device',
  'threads',
  'ranks',
  'quiet',
  'json',
];

/**
 * Returns the run of a checkpoint given instead of a model; null if a model is given.
 *
 * @throws UsageError for options that are not allowed when a run continues
 */
function continuedFrom(context: CommandContext): ReturnType<typeof continuedRun> | null {
  const { options } = context;
  const how = (['resume', 'recover'] as const).filter((name) => options.flag(name));
  const [first, second] = how;
  if (first === undefined) return null;
  const known = Object.keys(commands.run.options).filter((name) => name !== first && !whenContinued.includes(name));
  const other = second ?? known.find((name) => options.flag(name) || options.values(name).length > 0);
  if (other !== undefined)
    throw new UsageError(
      `--${first} cannot be combined with --${other}`,
      'a checkpoint contains the options of its run',
    );
  return continuedRun(onlyFile(context), first);
}

/** Returns the folder and the times of the run's checkpoints. */
function checkpointOf(context: CommandContext): RunOptions['checkpoint'] {
  const { options } = context;
  const seconds = readCheckpoint(options.value('checkpoint'));
  if (seconds === undefined) return undefined;
  const folder = options.value('output-dir') ?? '.';
  return { folder: checkpointFolder(onlyFile(context), options.values('output'), folder), seconds };
}

const withoutTrace = /^(-q|--quiet|--json|--force)$/;
const namesOutput = /^(-o|--output|--output-dir|--checkpoint)$/;

/** Returns the command without output names and display options, so that equal runs give equal files. */
function describingWords(words: readonly string[]): readonly string[] {
  const kept = words.filter(
    (word, k) =>
      !withoutTrace.test(word) &&
      !namesOutput.test(word) &&
      !namesOutput.test(words[k - 1] ?? '') &&
      !/^(-o.|--output=|--output-dir=|--checkpoint=)/.test(word),
  );
  return ['interneuron', ...kept];
}

/**
 * Checks for a duration. A model that is only a network, as NeuroML's usually are, gives neither a duration nor a time
 * step.
 * @diagnostic run/no-duration
 */
export function checkDuration({ valid, positions }: ImportedModel, stepGiven: boolean): void {
  const { protocol, dt } = valid.model.experiment;
  if (protocol.length > 0) return;
  const place = positions.place('');
  throw new DiagnosticError([
    { severity: 'error', ...messages.noDuration(stepGiven ? undefined : dt), ...(place ? { place } : {}) },
  ]);
}

/** Returns what writes the program after each pass, as `01.name.ir`. */
async function irDumper(folder: string, force: boolean): Promise<NonNullable<RunOptions['dumpIr']>> {
  const next = await passFiles(folder, '.', '.ir', force);
  return (pass, text) => writeText(next(pass), text);
}
