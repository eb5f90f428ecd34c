/** `interneuron explain`: the meaning of a diagnostic's code. */

import { UsageError } from '../../diagnostics/diagnostic.js';
import { didYouMean, shorten } from '../../diagnostics/suggest.js';
import { messageEntries } from '../../pipeline/message-pages.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';

const columns = [
  { heading: 'code', align: 'left' },
  { heading: 'message', align: 'left' },
] as const;

/**
 * Prints the explanation of a code with the messages that have it, or lists all codes.
 *
 * @throws UsageError for a code that does not exist
 */
export async function explain(context: CommandContext): Promise<number> {
  const [code] = context.files;
  const messages = messageEntries('messages');
  const explanations = messageEntries('explanations');
  if (code === undefined) {
    const codes = [...messages.keys()];
    if (context.json) printJson(context.terminal, { codes });
    const rows = [...messages].map(([name, text]) => [name, /^- [a-z ]+?: (.*)$/m.exec(text)?.[1] ?? '']);
    context.say(formatTable(columns, rows).join('\n'));
    return Promise.resolve(exitCodes.done);
  }
  const found = messages.get(code);
  if (found === undefined)
    throw new UsageError(
      `there is no diagnostic with the code ${shorten(code)}`,
      didYouMean(code, messages.keys()) ?? 'interneuron explain lists all codes',
    );
  const explanation = explanations.get(code);
  if (context.json) {
    const [kind, ...texts] = found.split('\n').filter((line) => line !== '');
    printJson(context.terminal, { code, kind, ...(explanation ? { explanation } : {}), messages: texts });
  }
  context.say([code, ...(explanation === undefined ? [] : [explanation]), found].join('\n\n'));
  return Promise.resolve(exitCodes.done);
}
