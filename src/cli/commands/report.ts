/** `interneuron report`: a page of HTML about a result, a model, or a folder of results. */

import { extname } from 'node:path';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { neuromlParts } from '../../present/describe/neuroml-parts.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import { reportPage } from '../../present/report-page.js';
import { resultsPage } from '../../present/results-page.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { onlyFile, type CommandContext } from '../context.js';
import { isFolder } from '../model-files.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';

/** Writes the page. */
export async function report(context: CommandContext): Promise<number> {
  const { options, toStandardOutput } = context;
  const output = options.value('output') ?? '';
  if (!toStandardOutput && !/^\.html?$/i.test(extname(output)))
    throw new UsageError(`a report is an .html file, not ${output}`, 'name one, such as -o report.html');
  if (!toStandardOutput) await refuseToReplace([output], options.flag('force'));
  const conversion = options.value('conversion');
  const path = onlyFile(context);
  if (isFolder(path)) {
    if (conversion !== undefined)
      throw new UsageError('--conversion belongs to a page about one model', 'name the model or one of its results');
    return written(context, output, await resultsPage(path));
  }
  const page = await reportPage(path, {
    model: async (path, more) => {
      const imported = await context.model(path, more);
      if (!more) context.show(imported.diagnostics);
      return imported;
    },
    neuroml: (path) =>
      isBundle(path) ? undefined : neuromlParts(context.readModel(path), options.values('allow-path')),
    ...(conversion === undefined ? {} : { conversion }),
  });
  return written(context, output, page);
}

/** Writes a page to its file or the standard output. */
function written(context: CommandContext, output: string, page: string): number {
  const { terminal, toStandardOutput } = context;
  if (toStandardOutput) terminal.stdout.write(page);
  else writeText(output, page);
  if (context.json) printJson(terminal, { outputs: [output] });
  else if (!toStandardOutput) context.say(`wrote ${output}`);
  return exitCodes.done;
}
