/** Badges: small pictures of a name and a value, for READMEs. */

import { markupText } from '../diagnostics/display.js';

/** Colours of the right half. */
const colours = { good: '#0b6b3a', bad: '#a1121f' } as const;

/** Width in pixels of a character, and of the space around a text. */
const [characterWidth, aroundText] = [7.3, 10];

/** Returns a badge. @param title  shown under the pointer @see https://shields.io for its form */
export function labelledBadge(name: string, value: string, kind: keyof typeof colours, title = value): string {
  const [left, right] = [name, value].map((text) => Math.round(characterWidth * [...text].length) + aroundText);
  const [leftWidth, rightWidth] = [left ?? 0, right ?? 0];
  const text = (x: number, content: string): string =>
    `<text x="${x}" y="14" text-anchor="middle">${markupText(content)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${leftWidth + rightWidth}" height="20" role="img" aria-label="${markupText(`${name}: ${value}`)}">` +
    `<title>${markupText(`${name}: ${title}`)}</title>` +
    `<clipPath id="r"><rect width="${leftWidth + rightWidth}" height="20" rx="3"/></clipPath>` +
    `<g clip-path="url(#r)"><rect width="${leftWidth}" height="20" fill="#444d56"/><rect x="${leftWidth}" width="${rightWidth}" height="20" fill="${colours[kind]}"/></g>` +
    `<g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(leftWidth / 2, name)}${text(leftWidth + rightWidth / 2, value)}</g></svg>\n`
  );
}
