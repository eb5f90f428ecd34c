/** `interneuron page`: a page of HTML in which a model runs. */

import { extname } from 'node:path';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { formatBytes } from '../../diagnostics/quantities.js';
import { modelPage } from '../../run/model-page.js';
import { runModel } from '../../run/pipeline.js';
import { refuseToReplace, writeText } from '../../run/results/replaceable.js';
import { standardStream } from '../arguments.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { importOptions } from '../values.js';

/** Runs the model, and writes the page with its fingerprint. */
export async function page(context: CommandContext): Promise<number> {
  const { options, terminal } = context;
  const output = options.value('output') ?? '';
  if (!context.toStandardOutput && !/^\.html?$/i.test(extname(output)))
    throw new UsageError(`a page is an .html file, not ${output}`, 'name one, such as -o model.html');
  if (!context.toStandardOutput) await refuseToReplace([output], options.flag('force'));
  const document = onlyFile(context);
  if (document === standardStream)
    throw new UsageError('a page holds a file, not the standard input', 'save the model, and give its path');
  context.readModel(document);
  const others: string[] = [];
  const imported = await context.model(document, { onFile: (path) => others.push(path) });
  context.show(imported.diagnostics);
  const result = await runModel(imported);
  if (result.kind !== 'run') throw new UsageError('nothing was run', 'choose a target that runs models');
  const { fingerprint } = result.record;
  result.dispose();
  const { set, seed, dt, duration, from, timing } = importOptions(options);
  const text = modelPage({
    title: imported.valid.model.name,
    document,
    others,
    options: {
      ...(set === undefined ? {} : { set }),
      ...(seed === undefined ? {} : { seed }),
      ...(dt === undefined ? {} : { dt }),
      ...(duration === undefined ? {} : { duration }),
      ...(from === undefined ? {} : { from }),
      ...(timing === undefined ? {} : { timing }),
    },
    recorded: { fingerprint: fingerprint.total, experiment: imported.hashes.experiment },
  });
  if (context.toStandardOutput) terminal.stdout.write(text);
  else writeText(output, text);
  context.say(`fingerprint  ${fingerprint.total}`);
  if (context.json) printJson(terminal, { outputs: [output], fingerprint: fingerprint.total });
  else if (!context.toStandardOutput) context.say(`wrote        ${output} (${formatBytes(text.length)})`);
  return exitCodes.done;
}
