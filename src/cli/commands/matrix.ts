/** `interneuron matrix`: whether models give the same spikes in several environments. */

import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { isAtLeast, type Grade } from '../../compare/compare.js';
import { printableLines } from '../../diagnostics/display.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { describeMatrix } from '../../matrix/describe-matrix.js';
import { allEnvironments } from '../../simulators/environments.js';
import { modelMatrix, type ModelMatrix } from '../../matrix/matrix.js';
import { readMatrix, matrixJson } from '../../matrix/stored-matrix.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import type { ModelDescription } from '../../present/describe/description.js';
import { describeInHtml, describeInMarkdown } from '../../present/describe/formats.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { readSeconds } from '../values.js';
import { describeInText } from './describe.js';

/** Forms of a written matrix, by suffix. */
const writers: Readonly<Record<string, (description: ModelDescription) => string>> = {
  '.md': describeInMarkdown,
  '.html': describeInHtml,
  '.txt': describeInText,
};

const suffixes = [...Object.keys(writers), '.json'];

/**
 * Runs each model in each environment, and compares all pairs.
 *
 * @throws UsageError for environments without a simulator, and outputs of unknown form
 */
export async function matrix(context: CommandContext): Promise<number> {
  const { options, terminal, files, json, quiet } = context;
  const outputs = options.values('output');
  for (const output of outputs)
    if (!suffixes.includes(extname(output).toLowerCase()))
      throw new UsageError(`a matrix is written as ${suffixes.join(', ')}, not as ${output}`, 'choose such a suffix');
  await refuseToReplace([...outputs], options.flag('force'));
  const environments = allEnvironments(options.values('in'));
  const earlier = options.values('add').flatMap((path) => readMatrix(context.read(path)));
  const [within, limit] = [readSeconds('within', options), readSeconds('limit', options)];
  const script = options.value('captured-from');
  const progress = json || quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping');
  const found: ModelMatrix[] = [];
  try {
    for (const file of files) {
      const imported = await context.model(file);
      progress.stop();
      context.show(imported.diagnostics);
      const name = script ?? file;
      found.push(
        await modelMatrix(existsSync(name) ? basename(name) : name, imported, environments, {
          earlier,
          why: options.flag('why'),
          signal: interruption.signal,
          onRun: (model, environment) => {
            if (!json && !quiet) terminal.stderr.write(`${printableLines(`${model} in ${environment}`)}\n`);
          },
          ...(within === undefined ? {} : { within }),
          ...(limit === undefined ? {} : { limit }),
          ...(script === undefined ? {} : { script: { path: script, words: options.values('script-argument') } }),
        }),
      );
    }
  } finally {
    progress.stop();
    interruption.stop();
  }
  const description = describeMatrix('Environments', found);
  for (const output of outputs)
    writeText(output, writers[extname(output).toLowerCase()]?.(description) ?? `${matrixJson(found)}\n`);
  if (json) printJson(terminal, JSON.parse(matrixJson(found)));
  else if (!quiet && outputs.length === 0) terminal.stdout.write(describeInText(description));
  for (const output of outputs) context.say(`wrote ${output}`);
  return exitCode(found);
}

/** Returns 1 if a pair differs or a run failed, else 3 if a pair cannot be judged or a run is impossible, else 0. */
function exitCode(found: readonly ModelMatrix[]): number {
  const grades: readonly Grade[] = found.flatMap(({ pairs }) => pairs.map(({ grade }) => grade));
  const without = found.flatMap(({ runs }) => runs.filter(({ failure }) => failure !== undefined));
  if (without.some(({ lack }) => lack === undefined) || grades.includes('different')) return exitCodes.wrong;
  return without.length === 0 && grades.every((grade) => isAtLeast(grade, 'same within δ'))
    ? exitCodes.done
    : exitCodes.uncertain;
}
