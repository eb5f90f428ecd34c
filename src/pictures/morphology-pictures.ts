/** Pictures of cells with structure: their sections. */

import { markupText } from '../diagnostics/display.js';
import { formatCount } from '../diagnostics/quantities.js';
import type { Picture } from './canvas.js';
import { letterSize, pictureWidth, type Drawing } from './layout.js';
import { border, cellElements, round, type DrawnCellShape } from './cell-shape.js';

/** Largest height of the drawing of a cell, in pixels. */
const mostHeight = 640;

/** Cells one below another, each with a scale bar. Diameters are to scale, but at least one pixel. */
export function morphologyPicture(title: string, cells: readonly DrawnCellShape[]): Picture {
  const count = cells.reduce((sum, { sections }) => sum + sections.size, 0);
  const isLaidOut = cells.some((cell) => cell.isLaidOut);
  const places = isLaidOut ? 'lengths' : 'x and y';
  const angles = isLaidOut ? '; angles are not in the model' : '';
  return {
    title,
    subtitle: `${places} of ${formatCount(count)} sections, diameters to scale; the soma is orange${angles}`,
    panels: cells.map(cellDrawing),
  };
}

function cellDrawing({ name, sections }: DrawnCellShape): Drawing {
  const { svg, height: bottom, scale, lengthOfBar } = cellElements(sections, pictureWidth, mostHeight);
  const height = bottom + 34;
  const y = height - 14;
  const legend =
    `<line x1="${border}" y1="${y}" x2="${round(border + lengthOfBar * scale)}" y2="${y}" stroke="#000000" stroke-width="2"/>` +
    `<text x="${border}" y="${y - 6}" font-size="${letterSize}">${Number((lengthOfBar * 1e6).toPrecision(3))} µm</text>` +
    `<text x="${pictureWidth - border}" y="${y}" font-size="${letterSize}" font-weight="bold" text-anchor="end">${markupText(name)}</text>`;
  return { height, svg: svg + legend };
}
