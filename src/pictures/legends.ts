/** Legends of pictures. */

import { markupText } from '../diagnostics/display.js';
import { margins, pictureWidth, type Drawing } from './canvas.js';
import { colourOf, shade } from './palette.js';

const label = (x: number, anchor: 'start' | 'end', text: string): string =>
  `<text x="${x}" y="13" font-size="11" text-anchor="${anchor}">${markupText(text)}</text>`;

/** Draws the shades from zero to the largest value. */
export function shadeScale(largest: string): Drawing {
  const [shades, width] = [40, 160];
  const left = pictureWidth - margins.marginRight - width - 60;
  const step = width / shades;
  const squares = Array.from(
    { length: shades },
    (_, k) => `<rect x="${left + k * step}" y="4" width="${step}" height="10" fill="${shade((k + 0.5) / shades)}"/>`,
  );
  return {
    height: 20,
    svg: squares.join('') + label(left - 6, 'end', '0') + label(left + width + 6, 'start', largest),
  };
}

/** Draws the colour of each of several parts with its name; long names are cut. */
export function colourLegend(names: readonly string[]): Drawing {
  const width = (pictureWidth - margins.marginLeft - margins.marginRight) / Math.max(4, names.length);
  const most = Math.floor((width - 18) / 6.5);
  const parts = names.map((name, k) => {
    const x = margins.marginLeft + k * width;
    const text = name.length > most ? `${name.slice(0, most - 1)}…` : name;
    return `<rect x="${x}" y="8" width="12" height="3" fill="${colourOf(k)}"/>${label(x + 18, 'start', text)}`;
  });
  return { height: 20, svg: parts.join('') };
}
