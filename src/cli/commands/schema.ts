/** `interneuron schema`: the JSON Schema of a notation, for editors to check and complete documents. */

import { packageFile } from '../../pipeline/package-files.js';
import { factsOf, notationNames } from '../../pipeline/read/notation.js';
import { schemaNames } from '../table/options.js';
import { onlyFile, type CommandContext } from '../context.js';
import { chosenName } from '../values.js';
import { exitCodes } from '../exit-codes.js';

/** Prints the schema. */
export async function schema(context: CommandContext): Promise<number> {
  const name = chosenName(onlyFile(context), schemaNames, 'schema');
  const notation = notationNames.find((one) => one === name);
  const file = (notation && factsOf(notation).schema) ?? name;
  context.terminal.stdout.write(packageFile(`schemas/${file}.schema.json`));
  return Promise.resolve(exitCodes.done);
}
