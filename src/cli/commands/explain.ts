/** `interneuron explain`: what the code of a diagnostic means. */

import { UsageError } from '../../diagnostics/diagnostic.js';
import { didYouMean, shorten } from '../../diagnostics/suggest.js';
import { packageFile } from '../../run/package-files.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';

/** Entries of a page, by the code in their heading. */
function entriesOf(page: string): ReadonlyMap<string, string> {
  const sections = packageFile(page).split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).trim(), (section.slice(end).split(/^## /m)[0] ?? '').trim()] as const;
    }),
  );
}

/**
 * Prints the explanation of a code, and the messages that have it. @throws UsageError for a code that does not exist
 */
export async function explain(context: CommandContext): Promise<number> {
  const code = onlyFile(context);
  const messages = entriesOf('docs/messages.md');
  const found = messages.get(code);
  if (found === undefined)
    throw new UsageError(
      `there is no diagnostic with the code ${shorten(code)}`,
      didYouMean(code, messages.keys()) ?? 'docs/messages.md lists all codes',
    );
  const explanation = entriesOf('docs/explanations.md').get(code);
  if (context.json)
    printJson(context.terminal, { code, ...(explanation ? { explanation } : {}), messages: found.split('\n') });
  context.say([code, ...(explanation === undefined ? [] : [explanation]), found].join('\n\n'));
  return Promise.resolve(exitCodes.done);
}
