/** Descriptions in Markdown, LaTeX and HTML, with the tables of Nordlie, Gewaltig and Plesser (2009). */

import { lineText, withTextLines } from './description.js';
import type { DescriptionCode, DescriptionSection, DescriptionTable, Line, ModelDescription } from './description.js';
import { markdownBlock, markdownLine, markdownText, markupText } from '../../diagnostics/display.js';
import { formulaOfLine, latex, latexText, mathml } from './typeset.js';

type Part<L extends Line> = DescriptionSection<L>['parts'][number];

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

const isIndented = (line: Line): boolean => lineText(line).startsWith('  ');

const headingOf = ({ title }: DescriptionSection<Line>): string => headings[title] ?? title;

// --- Markdown -------------------------------------------------------------------------------------------------------
/** Returns Markdown with GitHub's tables. */
export function describeInMarkdown(description: ModelDescription<Line>): string {
  const { title, sections } = withTextLines(description);
  const part = (one: Part<string>): string => {
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
export function describeInLatex({ title, sections }: ModelDescription<Line>): string {
  const part = (one: Part<Line>): string => {
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

const latexLines = ({ lines }: DescriptionCode<Line>): string =>
  lines
    .map((line) => {
      const formula = formulaOfLine(line, latex);
      const indent = isIndented(line) ? '\\quad ' : '';
      return `\\noindent ${indent}${formula === null ? latexText(lineText(line).trim()) : `$\\displaystyle ${formula}$`}\\\\[2pt]`;
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
/** Style of tables on too narrow screens: a row is a list of its cells with the names of their columns. */
const stackedRows = (table: string): string =>
  `${table},${table} tbody,${table} tr{display:block}${table} tr:first-child,${table} td:empty{display:none}` +
  `${table} tr{padding:.35rem 0;border-bottom:1px solid var(--line)}` +
  `${table} td{display:flow-root;padding:.1rem 0 .1rem 8rem;border:0;` +
  'text-align:left;white-space:normal;overflow-wrap:anywhere}' +
  `${table} td::before{content:attr(data-column);float:left;width:7.5rem;margin-left:-8rem;color:var(--muted)}`;

const style = `
:root{color-scheme:light dark;--ink:#1c2024;--paper:#fff;--muted:#5b6470;--line:#dfe3e8;--wash:#f6f7f9}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#16191d;--muted:#a3abb5;--line:#363c44;--wash:#20242a}}
body{font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;max-width:62rem;
margin:0 auto;padding:1.5rem 1.25rem 3rem;color:var(--ink);background:var(--paper)}
h1{font-size:clamp(1.5rem,1.1rem + 1.8vw,2.25rem);line-height:1.2;letter-spacing:-.015em;margin:.2rem 0 .8rem}
h2{font-size:1.25rem;line-height:1.3;margin:2.5rem 0 .6rem;padding-top:.9rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.4rem 0 .3rem}
.table{overflow-x:auto;margin:.6rem 0 1.2rem}
table{border-collapse:collapse;font-size:.9375rem}
th,td{padding:.3rem 1.4rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th,td:first-child{color:var(--muted)}th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.digest{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.8125rem;overflow-wrap:anywhere;min-width:min(18rem,50vw)}
figure{margin:1.2rem 0;overflow-x:auto}figure>svg{display:block;width:100%;height:auto;max-width:840px;background:#fff;color:#000}figure>svg.narrow{display:none;max-width:480px}
figure.network>svg{width:auto;max-width:100%}
figcaption{color:var(--muted)}
.equations{margin:.5rem 0 1rem;padding:.6rem 1rem;background:var(--wash);border-radius:8px;overflow-x:auto}
.equations div{margin:.65rem 0}.indented{padding-left:2rem}math{font-size:1.1em}
code{white-space:pre-wrap;font:.875rem ui-monospace,"DejaVu Sans Mono",monospace}
@media screen and (prefers-color-scheme:dark){figure>svg{filter:invert(.91) hue-rotate(180deg);mix-blend-mode:lighten}}
@media screen and (max-width:46rem){th,td{padding-right:.8rem}${stackedRows('.wide')}}
@media screen and (max-width:62rem){${stackedRows('.wider')}}
@media screen and (max-width:47.9rem){figure:has(.narrow)>svg{display:none}figure>svg.narrow{display:block}}
@media screen and (max-width:52rem){figure:has(.narrow){margin-inline:-1rem}figure:has(.narrow)>figcaption{padding-inline:1rem}}
@media print{:root{--ink:#000;--paper:#fff;--muted:#444;--line:#ccc;--wash:#fff}body{max-width:none;padding:0;font-size:10pt}table{font-size:8.5pt}th,td{padding-right:.6rem;white-space:normal}td{overflow-wrap:anywhere}figure,tr,.equations{break-inside:avoid}h2,h3{break-after:avoid}}
`;

/** Returns a page of HTML that needs no other file. @param body  its blocks below the title */
export const htmlPage = (title: string, body: readonly string[]): string =>
  `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${markupText(title)}</title>` +
  `<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><style>${style}</style></head>\n<body>\n<main>\n<h1>${markupText(title)}</h1>\n${body.join('\n')}\n</main>\n</body>\n</html>\n`;

/** Returns a page of HTML with the description. */
export const describeInHtml = (description: ModelDescription<Line>): string =>
  htmlPage(description.title, descriptionBlocks(description));

/** Returns the sections of a description in HTML, with formulas in MathML. */
export function descriptionBlocks({ sections }: ModelDescription<Line>): readonly string[] {
  const part = (one: Part<Line>): string => {
    switch (one.kind) {
      case 'text':
        return `<p>${markupText(one.text)}</p>`;
      case 'code':
        return `<h3>${markupText(one.caption)}</h3>\n<div class="equations" tabindex="0">\n${one.lines.map(htmlLine).join('\n')}\n</div>`;
      case 'table':
        return htmlTable(one);
    }
  };
  return sections.flatMap((section) => [`<h2>${markupText(headingOf(section))}</h2>`, ...section.parts.map(part)]);
}

function htmlLine(line: Line): string {
  const indent = isIndented(line) ? ' class="indented"' : '';
  const isFormula = formulaOfLine(line, mathml) !== null;
  const text = isFormula
    ? withFormulas(line as Exclude<Line, string>)
    : `<code>${markupText(lineText(line).trim())}</code>`;
  return `<div${indent}>${text}</div>`;
}

/** Returns a line with its words between its formulas: browsers do not break a formula at the end of a line. */
function withFormulas(parts: Exclude<Line, string>): string {
  const isText = (part: (typeof parts)[number] | undefined): part is string => typeof part === 'string';
  return parts
    .map((part, k) => {
      if (part === '  ') return '';
      if (isText(part)) return markupText(part);
      if (k > 0 && !isText(parts[k - 1])) return '';
      const end = parts.findIndex((one, ordinal) => ordinal > k && isText(one));
      const formula = formulaOfLine(parts.slice(k, end < 0 ? undefined : end), mathml) ?? '';
      return `<math displaystyle="true">${formula}</math>`;
    })
    .join('');
}

/** Cells of numbers, with a unit or without one. */
const isNumber = (cell: string): boolean => /^[-−]?[\d.,]+(?:e[-+]?\d+)?(?: [^ ]{1,6})?$/.test(cell);
const isDigest = (cell: string): boolean => /^[0-9a-f]{32,}$/.test(cell);

/** Letters of a line on a phone and on a tablet. */
const [phoneLetters, tabletLetters] = [34, 72];

/** Returns the class of a table: too wide for phones or tablets if columns have the width of their longest words. */
function widthClass(columns: readonly string[], rows: DescriptionTable['rows']): '' | 'wide' | 'wide wider' {
  const longest = (cells: readonly string[]): number =>
    cells
      .filter((cell) => !isDigest(cell))
      .flatMap((cell) => cell.split(/[ /]/))
      .reduce((most, word) => Math.max(most, word.length), 0);
  const widths = columns.map((column, k) => 2 + longest([column, ...rows.map((cells) => cells[k] ?? '')]));
  const width = widths.reduce((sum, each) => sum + each, 0);
  return width > tabletLetters ? 'wide wider' : width > phoneLetters ? 'wide' : '';
}

/** Returns the text of a cell, in which lines can end after a slash. */
const cellText = (cell: string): string => markupText(cell).replaceAll('/', '/<wbr>');

/** Returns a table of HTML. Columns of numbers are aligned to the right. On phones, wide rows become lists. */
export function htmlTable({ columns, rows }: Pick<DescriptionTable, 'columns' | 'rows'>): string {
  const isTitled = columns.some((column) => column !== '');
  const areNumbers = columns.map(
    (_, k) => isTitled && rows.length > 0 && rows.every((cells) => isNumber(cells[k] ?? '') || cells[k] === ''),
  );
  const width = isTitled ? widthClass(columns, rows) : '';
  const data = (cell: string, k: number): string => {
    const kind = isDigest(cell) ? ' class="digest"' : areNumbers[k] === true ? ' class="number"' : '';
    const name = width === '' ? '' : ` data-column="${markupText(columns[k] ?? '')}"`;
    return `<td${kind}${name}>${cellText(cell)}</td>`;
  };
  // A heading without text is a plain cell: screen readers would announce an empty heading.
  const heading = (cell: string, k: number): string =>
    cell === '' ? '<td></td>' : `<th${areNumbers[k] === true ? ' class="number"' : ''}>${markupText(cell)}</th>`;
  const row = (cells: readonly string[], one: typeof data): string => `<tr>${cells.map(one).join('')}</tr>`;
  const head = isTitled ? [row(columns, heading)] : [];
  return `<div class="table" tabindex="0"><table${width === '' ? '' : ` class="${width}"`}>\n${[...head, ...rows.map((cells) => row(cells, data))].join('\n')}\n</table></div>`;
}
