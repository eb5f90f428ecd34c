/** Pictures of cells with structure: their sections, seen along the z axis. */

import { markupText } from '../diagnostics/display.js';
import { formatCount } from '../diagnostics/quantities.js';
import { pictureWidth, type Drawing, type Picture } from './canvas.js';
import { colourOf } from './palette.js';

/** A point along x and y, and the diameter there, all in m. */
export type DrawnPoint = readonly [x: number, y: number, diameter: number];

/** A section by its points; without points, a sphere. */
export interface DrawnSection {
  readonly parent?: string | undefined;
  readonly points: readonly DrawnPoint[];
  /** Diameter in m of a section without points. */
  readonly diameter: number;
}

/** A cell by its sections. */
export interface DrawnCellShape {
  readonly name: string;
  readonly sections: ReadonlyMap<string, DrawnSection>;
}

/** Largest height of the drawing of a cell, in pixels. */
const mostHeight = 640;
const border = 24;

/** Cells one below another, each with a scale bar. Diameters are to scale, but at least one pixel. */
export function morphologyPicture(title: string, cells: readonly DrawnCellShape[]): Picture {
  const count = cells.reduce((sum, { sections }) => sum + sections.size, 0);
  return {
    title,
    subtitle: `x and y of ${formatCount(count)} sections, diameters to scale; the first section is orange`,
    panels: cells.map(cellDrawing),
  };
}

function cellDrawing({ name, sections }: DrawnCellShape): Drawing {
  const spheres = new Map(
    [...sections].flatMap(([id, section]) =>
      section.points.length === 0 ? [[id, centreOf(id, section, sections)] as const] : [],
    ),
  );
  const shapes = [...sections].map(([id, { parent, points }]) => {
    const own = spheres.get(id);
    const centre = spheres.get(parent ?? '');
    const [first] = points;
    // What grows from a sphere is drawn from its centre.
    const joint = centre && first ? [[centre[0], centre[1], first[2]] as const] : [];
    return { parent, points: own ? [own] : [...joint, ...points] };
  });
  const all = shapes.flatMap(({ points }) => points);
  const least = (pick: (point: DrawnPoint) => number): number =>
    all.reduce((found, point) => Math.min(found, pick(point)), Infinity);
  const [left, right] = [least(([x, , wide]) => x - wide / 2), -least(([x, , wide]) => -x - wide / 2)];
  const [low, high] = [least(([, y, wide]) => y - wide / 2), -least(([, y, wide]) => -y - wide / 2)];
  const scale = Math.min(
    (pictureWidth - 2 * border) / Math.max(right - left, 1e-9),
    (mostHeight - 2 * border) / Math.max(high - low, 1e-9),
  );
  const height = (high - low) * scale + 2 * border + 34;
  const shift = (pictureWidth - (right - left) * scale) / 2;
  const at = (x: number, y: number): readonly [number, number] => [
    round(shift + (x - left) * scale),
    round(border + (high - y) * scale),
  ];
  const pieces = shapes.flatMap(({ parent, points }) => {
    const colour = colourOf(parent === undefined ? 1 : 0);
    const [first] = points;
    if (first && points.length === 1) {
      const [x, y] = at(first[0], first[1]);
      return [`<circle cx="${x}" cy="${y}" r="${round((first[2] / 2) * scale)}" fill="${colour}"/>`];
    }
    return points.slice(1).map(([x, y, diameter], k) => {
      const [x0, y0, before] = points[k] ?? [x, y, diameter];
      const [[ax, ay], [bx, by]] = [at(x0, y0), at(x, y)];
      const width = round(Math.max(1, ((before + diameter) / 2) * scale));
      return `<line x1="${ax}" y1="${ay}" x2="${bx}" y2="${by}" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"/>`;
    });
  });
  const bar = barOf((right - left) / 4);
  const y = height - 14;
  const legend =
    `<line x1="${border}" y1="${y}" x2="${round(border + bar * scale)}" y2="${y}" stroke="#000000" stroke-width="2"/>` +
    `<text x="${border}" y="${y - 6}" font-size="11">${Number((bar * 1e6).toPrecision(3))} µm</text>` +
    `<text x="${pictureWidth - border}" y="${y}" font-size="11" font-weight="bold" text-anchor="end">${markupText(name)}</text>`;
  // Spheres cover the joints of what grows from them.
  const inOrder = [...pieces].sort((a, b) => Number(a.startsWith('<circle')) - Number(b.startsWith('<circle')));
  return { height, svg: inOrder.join('') + legend };
}

/** Returns the centre and the diameter of a section without points: amid the sections that grow from it. */
function centreOf(id: string, { diameter }: DrawnSection, sections: DrawnCellShape['sections']): DrawnPoint {
  const starts = [...sections.values()].flatMap(({ parent, points: [first] }) =>
    parent === id && first ? [first] : [],
  );
  const mean = (pick: (start: DrawnPoint) => number): number =>
    starts.reduce((sum, start) => sum + pick(start), 0) / Math.max(1, starts.length);
  return [mean(([x]) => x), mean(([, y]) => y), diameter];
}

/** Returns a length of 1, 2 or 5 times a power of ten, at most the given one. */
function barOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-9)));
  return ([5, 2, 1].find((factor) => factor * power <= most * (1 + 1e-9)) ?? 1) * power;
}

const round = (value: number): number => Number(value.toFixed(2));
