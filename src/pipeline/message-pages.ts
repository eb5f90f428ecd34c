/** The pages that explain messages. */

import { packageFile } from './package-files.js';

const pages = { messages: 'docs/messages.md', explanations: 'docs/explanations.md' } as const;

/** Returns the entries of a page, by the code in their heading. */
export function messageEntries(page: keyof typeof pages): ReadonlyMap<string, string> {
  const sections = packageFile(pages[page]).split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).trim(), (section.slice(end).split(/^## /m)[0] ?? '').trim()] as const;
    }),
  );
}

/** Returns the codes of all diagnostics. */
export const diagnosticCodes = (): readonly string[] => [...messageEntries('messages').keys()];
