/** `interneuron new`: a small model to start from, in a notation of choice. */

import { writeFileSync } from 'node:fs';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { packageFile } from '../../run/package-files.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes, printJson } from '../failure.js';
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
  try {
    writeFileSync(output, packageFile(`fixtures/starters/${file}`), { flag: 'wx' });
  } catch (error) {
    throw new UsageError(...reasonOf(error, output));
  }
  if (context.json) printJson(context.terminal, { outputs: [output] });
  context.say(`wrote ${output}\nnext: interneuron run ${output}`);
  return Promise.resolve(exitCodes.done);
}

function reasonOf(error: unknown, output: string): [message: string, hint: string] {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') return [`${output} already exists`, 'choose another name with -o'];
  if (code === 'ENOENT')
    return [`the folder of ${output} does not exist`, 'create it first, or choose another with -o'];
  return [
    `${output} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    'choose another with -o',
  ];
}
