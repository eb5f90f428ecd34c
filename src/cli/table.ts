/** Plain tables for people. */

import { displayWidth, printable } from '../diagnostics/display.js';

/** A column's heading and on which side its cells stand. */
interface Column {
  readonly heading: string;
  readonly align: 'left' | 'right';
}

/** Returns rows of text below their headings, in columns as wide as their widest cell, two spaces apart. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const text = [columns.map(({ heading }) => heading), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, ordinal) => Math.max(...text.map((row) => displayWidth(row[ordinal] ?? ''))));
  return text.map((row) =>
    columns
      .map(({ align }, ordinal) => {
        const cell = row[ordinal] ?? '';
        const padding = ' '.repeat(Math.max((widths[ordinal] ?? 0) - displayWidth(cell), 0));
        return align === 'left' ? cell + padding : padding + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Returns a headline and indented lines below it. */
export const indented = ([headline = '', ...lines]: readonly string[]): readonly string[] => [
  headline,
  ...lines.map((line) => `  ${line}`),
];
