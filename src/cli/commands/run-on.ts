/** `interneuron run --on`: a model in another simulator. */

import { UsageError } from '../../diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../diagnostics/render.js';
import { printable } from '../../diagnostics/display.js';
import { sourceWords } from '../../convert/source-words.js';
import { simulators } from '../../library/simulators/simulators.js';
import { runReport } from '../../pipeline/results/report.js';
import type { ImportedModel } from '../../pipeline/pipeline.js';
import { ownDraws } from '../../simulators/instrumented.js';
import { runOn } from '../../simulators/run-on.js';
import { measure } from '../../verify/measure.js';
import { lossesIn, runnerIn, writtenElsewhere, type Elsewhere } from '../../verify/run-elsewhere.js';
import { simulatorOn } from '../../library/simulators/names.js';
import { findingOf, headlineOf } from '../conversion-text.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { runSummary } from '../summary.js';
import { runJob, runSchedulers } from '../../sweep/scripts.js';
import { readRanks, readSeconds, readSubject, readThreads } from '../values.js';

/** Options of our own engines. */
const ownOptions = ['target', 'device', 'strategy', 'precision', 'checkpoint', 'dump-ir', 'output-dir'] as const;

/** Prints the job that runs the command. @throws UsageError without a result that it writes */
function emit(
  { words, options, terminal }: CommandContext,
  scheduler: (typeof runSchedulers)[number],
  threads = 1,
  ranks = 1,
): number {
  const [result] = options.values('output');
  if (result === undefined) throw new UsageError('--emit needs a result', 'name one, such as -o result.nwb');
  const without = words.filter((word, k) => !/^--emit(=|$)/.test(word) && words[k - 1] !== '--emit');
  terminal.stdout.write(runJob(scheduler, { words: ['interneuron', ...without], result, ranks, threads }));
  return exitCodes.done;
}

/** Returns the simulator that `--on` names; undefined without `--on`. @throws UsageError for options of our engines */
export function elsewhereOf({ options }: CommandContext): Elsewhere | undefined {
  const simulator = simulatorOn(options.value('on'));
  if (simulator === undefined) return undefined;
  const own = ownOptions.find((name) => options.value(name) !== undefined);
  if (own !== undefined)
    throw new UsageError(`--${own} is for our own engines, not for --on`, `leave out --on or --${own}`);
  const env = options.value('env');
  return {
    simulator,
    freeze: options.flag('freeze'),
    partial: options.flag('partial'),
    ...(env === undefined ? {} : { env }),
  };
}

/** Returns what runs models in the simulator that `--on` names, without a verdict; undefined without `--on`. */
export function runnerOn(context: CommandContext): ReturnType<typeof runnerIn> | undefined {
  const elsewhere = elsewhereOf(context);
  return elsewhere && runnerIn(elsewhere, ({ converted }) => headlineOf(converted, undefined));
}

/** Runs a model in the simulator that `--on` names. */
export async function runOnSimulator(
  context: CommandContext,
  imported: ImportedModel,
  command: readonly string[],
): Promise<number> {
  const { options, terminal } = context;
  const elsewhere = elsewhereOf(context)!;
  const { simulator, freeze, partial } = elsewhere;
  const [threads, ranks] = [readThreads(options.value('threads')), readRanks(options.value('ranks'))];
  const emitted = runSchedulers.find((scheduler) => scheduler === options.value('emit'));
  if (emitted !== undefined) return emit(context, emitted, threads, ranks);
  const model = await writtenElsewhere(imported, elsewhere);
  const { converted, to } = model;
  const words = sourceWords(imported.valid.model, imported.positions, converted.report);
  const losses = lossesIn(model);
  if (losses.length > 0 && !partial) {
    context.show(losses.map((entry) => findingOf(entry, words, to, undefined)));
    context.say(`nothing run: ${headlineOf(converted, undefined)}\nuse --partial to run the rest of the model`);
    return exitCodes.wrong;
  }
  const seconds = readSeconds('limit', options);
  const measured = options.flag('no-check')
    ? undefined
    : await measure(model.recorded, to, converted, { freeze, seconds, from: imported.notation });
  const verdict = headlineOf(converted, measured);
  const drawn = freeze ? [] : ownDraws(imported.valid, simulator, ranks ?? 1);
  const title = model.isCompiled ? simulators.nestml.title : simulators[simulator].title;
  context.say([`conversion for ${title}: ${verdict}`, ...drawn].join('\n'));
  const progress = context.json || context.quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping');
  try {
    const keep = options.value('keep');
    const result = await runOn(model, {
      ...elsewhere,
      verdict,
      drawn,
      command,
      outputs: options.values('output'),
      force: options.flag('force'),
      subject: readSubject(options.values('subject')),
      environment: !options.flag('no-environment'),
      onProgress: interruption.onProgress,
      signal: interruption.signal,
      ...(threads === undefined ? {} : { threads }),
      ...(ranks === undefined ? {} : { ranks }),
      ...(keep === undefined ? {} : { keep }),
    });
    progress.stop();
    const report = runReport(imported, result, (performance.now() - context.began) / 1000);
    if (context.json) printJson(terminal, { ...report, verdict, drawn, notRead: result.notRead });
    else if (!context.quiet)
      terminal.stderr.write(renderDiagnostics(result.diagnostics, { colour: terminal.stderr.colour }));
    context.say(runSummary(report, result, terminal.stdout));
    for (const sentence of result.notRead) context.say(printable(`not read     ${sentence}`));
    if (keep !== undefined) context.say(`kept         ${printable(keep)}`);
    result.dispose();
    return result.record.outcome === 'stopped' ? interruption.exitCode() : exitCodes.done;
  } catch (error) {
    if (!interruption.signal.aborted || error instanceof UsageError) throw error;
    terminal.stderr.write('nothing is written\n');
    return interruption.exitCode();
  } finally {
    progress.stop();
    interruption.stop();
  }
}
