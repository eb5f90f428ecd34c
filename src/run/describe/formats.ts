/** Texts of a description: for a terminal, as Markdown, as a page of HTML. */

import type { DescriptionSection, DescriptionTable, ModelDescription } from './description.js';

type Part = DescriptionSection['parts'][number];

/** Returns Markdown with GitHub's tables. */
export function describeInMarkdown({ title, sections }: ModelDescription): string {
  const part = (one: Part): string => {
    switch (one.kind) {
      case 'text':
        return one.text;
      case 'code':
        return `### ${one.caption}\n\n\`\`\`\n${one.lines.join('\n')}\n\`\`\``;
      case 'table':
        return markdownTable(one);
    }
  };
  const blocks = sections.flatMap((section) => [`## ${section.title}`, ...section.parts.map(part)]);
  return `${[`# ${title}`, ...blocks].join('\n\n')}\n`;
}

function markdownTable({ columns, rows }: DescriptionTable): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

const style =
  'body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}' +
  'table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left;' +
  'vertical-align:top}pre{background:#f5f5f5;padding:.6em;overflow-x:auto}';

/** Returns a page of HTML that needs no other file. */
export function describeInHtml({ title, sections }: ModelDescription): string {
  const part = (one: Part): string => {
    switch (one.kind) {
      case 'text':
        return `<p>${escaped(one.text)}</p>`;
      case 'code':
        return `<h3>${escaped(one.caption)}</h3>\n<pre>${one.lines.map(escaped).join('\n')}</pre>`;
      case 'table':
        return htmlTable(one);
    }
  };
  const blocks = sections.flatMap((section) => [`<h2>${escaped(section.title)}</h2>`, ...section.parts.map(part)]);
  return (
    `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${escaped(title)}</title>` +
    `<style>${style}</style></head>\n<body>\n<h1>${escaped(title)}</h1>\n${blocks.join('\n')}\n</body>\n</html>\n`
  );
}

function htmlTable({ columns, rows }: DescriptionTable): string {
  const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const head = columns.every((column) => column === '') ? [] : [row(columns, 'th')];
  return `<table>\n${[...head, ...rows.map((cells) => row(cells, 'td'))].join('\n')}\n</table>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
