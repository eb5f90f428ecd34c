/** Legends of pictures. */

import { markupText } from '../diagnostics/display.js';
import { letterSize, type Drawing, type Layout } from './layout.js';
import { colourOf, shade } from './palette.js';

const label = (x: number, y: number, anchor: 'start' | 'end', text: string): string =>
  `<text x="${x}" y="${y + 13}" font-size="${letterSize}" text-anchor="${anchor}">${markupText(text)}</text>`;

/** Draws the shades from zero to the largest value. */
export const shadeScale =
  (largest: string) =>
  (layout: Layout): Drawing => {
    const [shades, width] = [40, 160];
    const left = layout.width - layout.margins.marginRight - width - 60;
    const step = width / shades;
    const squares = Array.from(
      { length: shades },
      (_, k) => `<rect x="${left + k * step}" y="4" width="${step}" height="10" fill="${shade((k + 0.5) / shades)}"/>`,
    );
    return {
      height: 20,
      svg: squares.join('') + label(left - 6, 0, 'end', '0') + label(left + width + 6, 0, 'start', largest),
    };
  };

/** Smallest width of a name in a legend, in pixels. */
const nameWidth = 80;

/** Draws the colour of each of several parts with its name, in rows; long names are cut. */
export const colourLegend =
  (names: readonly string[]) =>
  (layout: Layout): Drawing => {
    const { marginLeft, marginRight } = layout.margins;
    const space = layout.width - marginLeft - marginRight;
    const columns = Math.min(Math.max(4, names.length), Math.floor(space / nameWidth));
    const width = space / columns;
    const most = Math.floor((width - 18) / (0.59 * letterSize));
    const parts = names.map((name, k) => {
      const [x, y] = [marginLeft + (k % columns) * width, 20 * Math.floor(k / columns)];
      const text = name.length > most ? `${name.slice(0, most - 1)}…` : name;
      const square = `<rect x="${x}" y="${y + 8}" width="12" height="3" fill="${colourOf(k)}"/>`;
      return square + label(x + 18, y, 'start', text);
    });
    return { height: 20 * Math.ceil(names.length / columns), svg: parts.join('') };
  };
