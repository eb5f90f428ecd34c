/** `interneuron new`: a small model to start from, in a notation of choice. */

import { writeFileSync } from 'node:fs';
import { orOutputError } from '../../../runtime/results/output-error.js';
import { packageFile } from '../../pipeline/package-files.js';
import { standardStream } from '../arguments.js';
import { factsOf } from '../../pipeline/read/notation.js';
import { starterNames } from '../table/options.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { chosenName } from '../values.js';

/** Writes the starting point; a file that is there already stays as it is. @throws UsageError */
export async function startModel(context: CommandContext): Promise<number> {
  const name = chosenName(onlyFile(context), starterNames, 'new');
  const { file, copy } = factsOf(name).starter!;
  const output = context.options.value('output') ?? copy;
  const text = packageFile(`fixtures/starters/${file}`);
  if (output === standardStream) {
    context.terminal.stdout.write(text);
    return Promise.resolve(exitCodes.done);
  }
  orOutputError(output, () => writeFileSync(output, text, { flag: 'wx' }));
  if (context.json) printJson(context.terminal, { outputs: [output] });
  context.say(`wrote ${output}\nnext: interneuron run ${output}`);
  return Promise.resolve(exitCodes.done);
}
