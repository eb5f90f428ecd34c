/** Writes the pages of the documentation site about messages: a page for each code, and an index. */

/** Returns the entries of a page by the code in their heading. */
function entriesOf(text) {
  const sections = text.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [code] = section.split('\n', 1);
      return [code.trim(), section.slice(code.length).split(/^## /m)[0].trim()];
    }),
  );
}

/**
 * Returns the pages by their paths below the folder of messages.
 *
 * @param messages      text of docs/messages.md
 * @param explanations  text of docs/explanations.md
 */
export function messagePages(messages, explanations) {
  const explained = entriesOf(explanations);
  const pages = new Map();
  for (const [code, texts] of entriesOf(messages)) {
    const parts = [`# ${code}`, explained.get(code), texts, `\`interneuron explain ${code}\` prints this page.`];
    const text = parts.filter((part) => part !== undefined).join('\n\n');
    // Links of both files begin at docs.
    pages.set(`${code}.md`, `${text.replace(/\]\((?=[\w./-]+\.md)/g, '](../../../')}\n`);
  }
  const index = messages
    .split('\n')
    .filter((line) => /^###? /.test(line))
    .map((line) => (line.startsWith('### ') ? `- [${line.slice(4)}](${line.slice(4)}.md)` : `\n${line}\n`));
  const about =
    'Each message of interneuron has a code. The page of a code contains its texts, and explains frequent ones.';
  pages.set('index.md', `# Messages\n\n${about}\n${index.join('\n')}\n`);
  return pages;
}
