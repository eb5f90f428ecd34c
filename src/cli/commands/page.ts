/** `interneuron page`: a page of HTML in which a model runs. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { markupText } from '../../diagnostics/display.js';
import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { formatBytes } from '../../diagnostics/quantities.js';
import { badge, channelPage, modelPage, type PageTask } from '../../present/model-page.js';
import { ExpectedError } from '../../verify/expect/expected-quantity.js';
import { judgeRun, readCondition, type SpikeCondition } from '../../verify/expect/task.js';
import { channelPlots } from '../../present/describe/channel-currents.js';
import { neuromlParts } from '../../present/describe/neuroml-parts.js';
import type { ImportedModel } from '../../pipeline/read/imported-model.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import type { RunResult } from '../../pipeline/pipeline.js';
import { longestAside } from '../../pipeline/read/read-source.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { standardStream } from '../arguments.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { importOptions } from '../values.js';
import { checkDuration } from './run.js';

/** Runs the model, and writes the page with its fingerprint. */
export async function page(context: CommandContext): Promise<number> {
  const { options, terminal } = context;
  const output = options.value('output') ?? '';
  if (!context.toStandardOutput && !/^\.html?$/i.test(extname(output)))
    throw new UsageError(`a page is an .html file, not ${output}`, 'name one, such as -o model.html');
  const badgePath = options.value('badge');
  if (badgePath !== undefined && !/^\.svg$/i.test(extname(badgePath)))
    throw new UsageError(`a badge is an .svg file, not ${badgePath}`, 'name one, such as --badge model.svg');
  const outputs = [...(context.toStandardOutput ? [] : [output]), ...(badgePath === undefined ? [] : [badgePath])];
  await refuseToReplace(outputs, options.flag('force'));
  const aboutPath = options.value('about');
  const about = aboutPath === undefined ? undefined : context.read(aboutPath, longestAside).text;
  const document = onlyFile(context);
  if (document === standardStream)
    throw new UsageError('a page holds a file, not the standard input', 'save the model, and give its path');
  context.readModel(document);
  const others: string[] = [];
  const imported = await modelOrChannels(document, context, others);
  if (imported) {
    context.show(imported.diagnostics);
    checkDuration(imported, options.value('dt') !== undefined);
  }
  const task = taskOf(options);
  const { text, fingerprint, beside } = await (imported ? modelPage.bind(null, imported) : channelPage)({
    document,
    others,
    read: importOptions(options),
    ...(about === undefined ? {} : { about }),
    savesNwb: options.flag('nwb'),
    ...(task === undefined ? {} : { task }),
    onRun: (result) => {
      if (task) checkTask(task, result, context);
    },
  });
  const [large] = beside;
  if (context.toStandardOutput && large)
    throw new UsageError(
      `${large.path} has ${formatBytes(large.bytes.length)}, so it stands in a file beside the page`,
      'name the page, such as -o model.html',
    );
  const copies = beside
    .map(({ name, bytes }) => ({ path: join(dirname(output), name), bytes }))
    .filter(({ path, bytes }) => !holds(path, bytes));
  await refuseToReplace(
    copies.map(({ path }) => path),
    options.flag('force'),
  );
  for (const { path, bytes } of copies) writeText(path, bytes);
  if (context.toStandardOutput) terminal.stdout.write(text);
  else writeText(output, text);
  if (badgePath !== undefined && imported) writeText(badgePath, badge(fingerprint));
  if (imported) context.say(`fingerprint  ${fingerprint}`);
  if (context.json) printJson(terminal, { outputs, fingerprint });
  else if (!context.toStandardOutput) context.say(`wrote        ${output} (${formatBytes(text.length)})`);
  for (const { name, bytes } of beside)
    context.say(`it reads     ${join(dirname(output), name)} (${formatBytes(bytes.length)}), which stays beside it`);
  if (options.flag('embed')) context.say(embeddedIn(output, imported?.valid.model.name ?? basename(document)));
  return exitCodes.done;
}

/** Returns a model, or undefined for a document with channels and no network. @param others  receives included files */
async function modelOrChannels(
  document: string,
  context: CommandContext,
  others: string[],
): Promise<ImportedModel | undefined> {
  try {
    return await context.model(document, { onFile: (path) => others.push(path) });
  } catch (error) {
    const parts = isBundle(document)
      ? undefined
      : neuromlParts(context.readModel(document), context.options.values('allow-path'));
    if (!(error instanceof DiagnosticError) || !parts || channelPlots(parts.lems).plots.length === 0) throw error;
    return undefined;
  }
}

/** Returns the task that options state. @throws UsageError for a condition without a task, or one that is wrong */
function taskOf(options: CommandContext['options']): PageTask | undefined {
  const [text, check] = [options.value('task'), options.value('task-check')];
  if (check !== undefined) {
    if (text === undefined)
      throw new UsageError('--task-check has no task', 'state the task for readers with --task TEXT');
    conditionIn(check);
  }
  return text === undefined ? undefined : { text, ...(check === undefined ? {} : { check }) };
}

function conditionIn(check: string): SpikeCondition {
  try {
    return readCondition(check);
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    const { message, expected = 'another one' } = error.finding;
    throw new UsageError(`--task-check cannot be ${check}: ${message}`, `write ${expected}`);
  }
}

/** Checks that a model records the spikes of a task, and tells whether its own run solves the task already. */
function checkTask({ check }: PageTask, result: RunResult, context: CommandContext): void {
  if (check === undefined) return;
  const condition = conditionIn(check);
  const judged = judgeRun(condition, result.trains, result.record);
  if (!judged)
    throw new UsageError(
      `--task-check cannot be ${check}: the model records no spikes of ${condition.population}`,
      `its populations with spikes: ${result.trains.map(({ plan }) => plan.population).join(', ') || 'none'}`,
    );
  context.say(
    `task         ${condition.name} is ${judged.found}${judged.holds ? ', so the model solves it as it is' : ''}`,
  );
}

/** Checks whether a file has these bytes. */
const holds = (path: string, bytes: Uint8Array): boolean =>
  existsSync(path) && statSync(path).size === bytes.length && readFileSync(path).equals(bytes);

/** Returns the code that shows a page within another one. */
const embeddedIn = (output: string, title: string): string =>
  `<iframe src="${markupText(basename(output))}?embed" title="${markupText(title)}" width="100%" height="620" loading="lazy"></iframe>`;
