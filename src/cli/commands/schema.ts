/** `interneuron schema`: the JSON Schema of a notation, for editors to check and complete documents. */

import { packageFile } from '../../pipeline/package-files.js';
import { schemaNames } from '../command-table.js';
import { onlyFile, type CommandContext } from '../context.js';
import { chosenName } from '../values.js';
import { exitCodes } from '../exit-codes.js';

/** Notations and reports that have a schema, with its name. */
const schemas: Readonly<Record<(typeof schemaNames)[number], string>> = {
  brian: 'brian',
  pynn: 'pynn',
  canonical: 'model',
  comparison: 'comparison',
  expectations: 'expectations',
};

/** Prints the schema. */
export async function schema(context: CommandContext): Promise<number> {
  const name = chosenName(onlyFile(context), schemaNames, 'schema');
  context.terminal.stdout.write(packageFile(`schemas/${schemas[name]}.schema.json`));
  return Promise.resolve(exitCodes.done);
}
