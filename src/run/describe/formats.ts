/** Descriptions in Markdown, LaTeX and HTML, with the tables of Nordlie, Gewaltig and Plesser (2009). */

import type { DescriptionCode, DescriptionSection, DescriptionTable, ModelDescription } from './description.js';
import { markdownBlock, markdownLine, markdownText, markupText } from '../../diagnostics/display.js';
import { formulaOfLine, latex, latexText, mathml } from './typeset.js';

type Part = DescriptionSection['parts'][number];

/** Tables of the proposal, by the titles of sections. */
const headings: Readonly<Record<string, string>> = {
  Summary: 'A Model summary',
  Populations: 'B Populations',
  Projections: 'C Connectivity',
  'Neuron types': 'D Neuron models',
  'Synapse types': 'D Synapse models',
  Inputs: 'E Input',
  Recordings: 'F Measurements',
};

const headingOf = ({ title }: DescriptionSection): string => headings[title] ?? title;

// --- Markdown -------------------------------------------------------------------------------------------------------
/** Returns Markdown with GitHub's tables. */
export function describeInMarkdown({ title, sections }: ModelDescription): string {
  const part = (one: Part): string => {
    switch (one.kind) {
      case 'text':
        return markdownText(one.text);
      case 'code':
        return `### ${markdownLine(one.caption)}\n\n${markdownBlock(one.lines)}`;
      case 'table':
        return markdownTable(one);
    }
  };
  const blocks = sections.flatMap((section) => [`## ${markdownLine(headingOf(section))}`, ...section.parts.map(part)]);
  return `${[`# ${markdownLine(title)}`, ...blocks].join('\n\n')}\n`;
}

function markdownTable({ columns, rows }: DescriptionTable): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => markdownLine(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

// --- LaTeX ----------------------------------------------------------------------------------------------------------
const preamble =
  '\\documentclass[a4paper,10pt]{article}\n\\usepackage[margin=2cm]{geometry}\n\\usepackage{amsmath}\n' +
  '\\usepackage{array}\n\\usepackage{longtable}\n';

/** Returns a document of LaTeX, whose tables can be copied into a paper. */
export function describeInLatex({ title, sections }: ModelDescription): string {
  const part = (one: Part): string => {
    switch (one.kind) {
      case 'text':
        return latexText(one.text);
      case 'code':
        return `\\subsection*{${latexText(one.caption)}}\n${latexLines(one)}`;
      case 'table':
        return latexTable(one);
    }
  };
  const blocks = sections.flatMap((section) => [
    `\\section*{${latexText(headingOf(section))}}`,
    ...section.parts.map(part),
  ]);
  return `${preamble}\\title{${latexText(title)}}\n\\date{}\n\\begin{document}\n\\maketitle\n${blocks.join('\n\n')}\n\\end{document}\n`;
}

const latexLines = ({ lines }: DescriptionCode): string =>
  lines
    .map((line) => {
      const formula = formulaOfLine(line, latex);
      const indent = /^ +/.test(line) ? '\\quad ' : '';
      return `\\noindent ${indent}${formula === null ? latexText(line.trim()) : `$\\displaystyle ${formula}$`}\\\\[2pt]`;
    })
    .join('\n');

function latexTable({ columns, rows }: DescriptionTable): string {
  const width = (1 / columns.length).toFixed(3);
  const row = (cells: readonly string[]): string => `${cells.map(latexText).join(' & ')} \\\\`;
  const head = columns.every((column) => column === '') ? [] : [row(columns), '\\hline'];
  const layout = columns.map(() => `>{\\raggedright\\arraybackslash}p{\\dimexpr ${width}\\linewidth-2\\tabcolsep}`);
  return [
    `\\begin{longtable}{${layout.join('')}}`,
    '\\hline',
    ...head,
    ...rows.map(row),
    '\\hline',
    '\\end{longtable}',
  ].join('\n');
}

// --- HTML -----------------------------------------------------------------------------------------------------------
const style =
  'body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#111;background:#fff}' +
  'table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left;' +
  'vertical-align:top;overflow-wrap:anywhere}.equations{margin:.5em 0 .5em 1em}.equations div{margin:.35em 0}' +
  '.indented{padding-left:2em}math{font-size:1.1em}code{white-space:pre-wrap}svg{max-width:100%;height:auto}';

/** Returns a page of HTML that needs no other file. @param body  its blocks below the title */
export const htmlPage = (title: string, body: readonly string[]): string =>
  `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${markupText(title)}</title>` +
  `<link rel="icon" href="data:,"><style>${style}</style></head>\n<body>\n<h1>${markupText(title)}</h1>\n${body.join('\n')}\n</body>\n</html>\n`;

/** Returns a page of HTML with the description. */
export const describeInHtml = (description: ModelDescription): string =>
  htmlPage(description.title, descriptionBlocks(description));

/** Returns the sections of a description in HTML, with formulas in MathML. */
export function descriptionBlocks({ sections }: ModelDescription): readonly string[] {
  const part = (one: Part): string => {
    switch (one.kind) {
      case 'text':
        return `<p>${markupText(one.text)}</p>`;
      case 'code':
        return `<h3>${markupText(one.caption)}</h3>\n<div class="equations">\n${one.lines.map(htmlLine).join('\n')}\n</div>`;
      case 'table':
        return htmlTable(one);
    }
  };
  return sections.flatMap((section) => [`<h2>${markupText(headingOf(section))}</h2>`, ...section.parts.map(part)]);
}

function htmlLine(line: string): string {
  const formula = formulaOfLine(line, mathml);
  const indent = /^ +/.test(line) ? ' class="indented"' : '';
  return `<div${indent}>${formula === null ? `<code>${markupText(line.trim())}</code>` : `<math displaystyle="true">${formula}</math>`}</div>`;
}

/** Returns a table of HTML. */
export function htmlTable({ columns, rows }: Pick<DescriptionTable, 'columns' | 'rows'>): string {
  const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
    // A heading without text is a plain cell: screen readers would announce an empty heading.
    `<tr>${cells.map((cell) => (cell === '' ? '<td></td>' : `<${tag}>${markupText(cell)}</${tag}>`)).join('')}</tr>`;
  const head = columns.every((column) => column === '') ? [] : [row(columns, 'th')];
  return `<table>\n${[...head, ...rows.map((cells) => row(cells, 'td'))].join('\n')}\n</table>`;
}
