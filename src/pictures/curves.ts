/** Plots of curves over other values than the time, as elements of SVG that pages draw without a library. */

import { markupText } from '../diagnostics/display.js';
import { letterSize, type Drawing, type Layout } from './layout.js';
import { colourLegend } from './legends.js';
import { colourOf } from './palette.js';
import { tickLabels, ticksOf } from './ticks.js';

/** A curve by its points; those that are not finite leave a gap. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot of curves. */
export interface CurvePlot {
  /** Name and unit of each axis. */
  readonly x: string;
  readonly y: string;
  readonly curves: readonly Curve[];
  /** Whether each point has a mark: the values between them were not computed. */
  readonly hasMarks?: boolean;
}

const plotHeight = 200;
/** Space for the name of the upright axis above a plot, and for numbers and name of the other axis below it. */
const [above, below] = [22, 40];

/** Draws a plot. Texts and lines without a colour of their own have `currentColor`. */
export const curvePlot =
  ({ x, y, curves, hasMarks = false }: CurvePlot) =>
  (layout: Layout): Drawing => {
    const left = Math.min(64, layout.margins.marginLeft);
    const [right, bottom] = [layout.width - layout.margins.marginRight, above + plotHeight];
    const all = curves.flatMap(({ points }) => points.filter(isFinitePoint));
    const [lowX, highX] = rangeOf(all.map(([value]) => value));
    const [lowY, highY] = widened(rangeOf(all.map(([, value]) => value)));
    const placeX = (value: number): number => tenth(left + ((value - lowX) / (highX - lowX)) * (right - left));
    const placeY = (value: number): number => tenth(bottom - ((value - lowY) / (highY - lowY)) * plotHeight);
    const [ticksX, ticksY] = [ticksOf(lowX, highX, layout.width / 80), ticksOf(lowY, highY, 4)];
    const text = (at: number, down: number, anchor: string, words: string): string =>
      `<text x="${at}" y="${down}" font-size="${letterSize}" text-anchor="${anchor}" fill="currentColor">${markupText(words)}</text>`;
    const axes = [
      ...tickLabels(ticksY).flatMap((label, k) => {
        const place = placeY(ticksY[k] ?? 0);
        return [
          `<path d="M${left} ${place}H${right}" stroke="currentColor" stroke-opacity="0.15"/>`,
          text(left - 6, place + 4, 'end', label),
        ];
      }),
      ...tickLabels(ticksX).map((label, k) => text(placeX(ticksX[k] ?? 0), bottom + 16, 'middle', label)),
      `<rect x="${left}" y="${above}" width="${right - left}" height="${plotHeight}" fill="none" stroke="currentColor" stroke-opacity="0.3"/>`,
      text(left, above - 7, 'start', y),
      text((left + right) / 2, bottom + 34, 'middle', x),
    ];
    const lines = curves.map(({ points }, k) => {
      let isOpen = false;
      const path = points.map((point) => {
        const [at, value] = point;
        const command = isOpen ? 'L' : 'M';
        isOpen = isFinitePoint(point);
        return isOpen ? `${command}${placeX(at)} ${placeY(value)}` : '';
      });
      const marks = points
        .filter((point) => hasMarks && isFinitePoint(point))
        .map(([at, value]) => `<circle cx="${placeX(at)}" cy="${placeY(value)}" r="3" fill="${colourOf(k)}"/>`);
      return `<path d="${path.join('')}" fill="none" stroke="${colourOf(k)}" stroke-width="1.5"/>${marks.join('')}`;
    });
    const plot = { svg: [...axes, ...lines].join(''), height: bottom + below };
    return curves.length < 2
      ? plot
      : withLegend(plot, curves, { ...layout, margins: { ...layout.margins, marginLeft: left } });
  };

function withLegend({ svg, height }: Drawing, curves: readonly Curve[], layout: Layout): Drawing {
  const legend = colourLegend(curves.map(({ name }) => name))(layout);
  return {
    svg: `<g fill="currentColor">${legend.svg}</g><g transform="translate(0 ${legend.height + 4})">${svg}</g>`,
    height: height + legend.height + 4,
  };
}

/** Draws plots one below the other for a page that has no library. @returns an SVG of a width in pixels */
export function curvesSvg(plots: readonly CurvePlot[], label: string, layout: Layout): string {
  let height = 0;
  const parts = plots.map((plot) => {
    const drawn = curvePlot(plot)(layout);
    const part = `<g transform="translate(0 ${height})">${drawn.svg}</g>`;
    height += drawn.height;
    return part;
  });
  return `<svg role="img" aria-label="${markupText(label)}" viewBox="0 0 ${layout.width} ${height}" width="${layout.width}">${parts.join('')}</svg>`;
}

const isFinitePoint = ([x, y]: readonly [number, number]): boolean => Number.isFinite(x) && Number.isFinite(y);

const tenth = (place: number): number => Math.round(place * 10) / 10;

/** Returns the least and the largest value, which differ. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  if (low < high) return [low, high];
  return low > high ? [0, 1] : [low - 0.5, high + 0.5];
}

/** Returns a range with space at both ends, from 0 on if all values are positive. */
const widened = ([low, high]: readonly [number, number]): readonly [number, number] => {
  const space = (high - low) * 0.05;
  return [low >= 0 && low < (high - low) * 2 ? 0 : low - space, high + space];
};
