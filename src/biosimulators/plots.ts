/** Plots of experiments as pictures, in one archive. */

import * as Plot from '@observablehq/plot';
import { archiveBytes } from '../bundle/write-archive.js';
import { itemAt } from '../diagnostics/entry.js';
import { drawPicture, type Panel } from '../pictures/canvas.js';
import { colourLegend } from '../pictures/legends.js';
import { colourOf } from '../pictures/palette.js';

/** A plot with the values of its curves. */
export interface DrawnPlot {
  /** Path of its document within the archive. */
  readonly location: string;
  readonly id: string;
  readonly name: string;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly curves: readonly { readonly name: string; readonly x: Float64Array; readonly y: Float64Array }[];
}

/** An axis of a plot. */
export interface PlotAxis {
  readonly isLog: boolean;
  /** Empty if the plot names it nowhere. */
  readonly label: string;
}

/** Most stretches of a curve that are told apart. */
const mostStretches = 1000;
const height = 400;

/** Returns an archive with a picture in SVG of each plot. @source conventions of BioSimulators for `plots.zip` */
export const plotsFile = (plots: readonly DrawnPlot[]): Uint8Array =>
  archiveBytes(
    plots.map((plot) => ({
      path: `${plot.location}/${plot.id}.svg`,
      bytes: Buffer.from(drawPicture(pictureOf(plot))),
      role: 'about',
      description: plot.name,
    })),
  );

function pictureOf({ id, name, x, y, curves }: DrawnPlot): Parameters<typeof drawPicture>[0] {
  const scale = ({ isLog, label }: PlotAxis): Plot.ScaleOptions => ({
    ...(isLog ? { type: 'log' } : {}),
    label: label === '' ? null : label,
    nice: !isLog,
  });
  const marks = curves.map((curve, ordinal) =>
    Plot.line(pointsOf(curve, x.isLog, y.isLog), { stroke: colourOf(ordinal), strokeWidth: 1 }),
  );
  const panel: Panel = {
    height,
    options: {
      marginBottom: 34,
      marginTop: 20,
      x: { ...scale(x), labelAnchor: 'center', labelArrow: 'none' },
      y: { ...scale(y), labelArrow: 'none' },
      marks: [Plot.frame({ stroke: '#cccccc' }), ...marks],
    },
  };
  return { title: name === '' ? id : name, panels: [colourLegend(curves.map((curve) => curve.name)), panel] };
}

/** Returns the points of a curve: of many, the first, lowest and highest of each stretch. */
function pointsOf(
  { x, y }: DrawnPlot['curves'][number],
  isLogX: boolean,
  isLogY: boolean,
): readonly (readonly [number, number])[] {
  const length = Math.min(x.length, y.length);
  const stretch = Math.max(1, Math.ceil(length / mostStretches));
  const chosen: number[] = [];
  for (let from = 0; from < length; from += stretch) {
    let [lowest, highest] = [from, from];
    for (let k = from; k < Math.min(length, from + stretch); k++) {
      if (itemAt(y, k) < itemAt(y, lowest)) lowest = k;
      if (itemAt(y, k) > itemAt(y, highest)) highest = k;
    }
    chosen.push(...new Set([from, Math.min(lowest, highest), Math.max(lowest, highest)]));
  }
  return chosen
    .map((k) => [itemAt(x, k), itemAt(y, k)] as const)
    .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b) && (!isLogX || a > 0) && (!isLogY || b > 0));
}
