/** `interneuron new`: a small model to start from, in a notation of choice. */

import { writeFileSync } from 'node:fs';
import { orOutputError } from '../../../runtime/results/output-files.js';
import { packageFile } from '../../run/package-files.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { chosenName } from '../values.js';

/** The file of each starting point, and the name that a copy gets. */
const starters = {
  brian: { file: 'brian.yaml', copy: 'model.yaml' },
  pynn: { file: 'pynn.json', copy: 'model.json' },
  neuroml: { file: 'neuroml.xml', copy: 'LEMS_model.xml' },
} as const;
const names = Object.keys(starters) as readonly (keyof typeof starters)[];

/** Writes the starting point; a file that is there already stays as it is. @throws UsageError */
export async function startModel(context: CommandContext): Promise<number> {
  const name = chosenName(onlyFile(context), names, 'new');
  const { file, copy } = starters[name];
  const output = context.options.value('output') ?? copy;
  orOutputError(output, () => writeFileSync(output, packageFile(`fixtures/starters/${file}`), { flag: 'wx' }));
  if (context.json) printJson(context.terminal, { outputs: [output] });
  context.say(`wrote ${output}\nnext: interneuron run ${output}`);
  return Promise.resolve(exitCodes.done);
}
