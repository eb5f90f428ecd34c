/** Pictures of plots of curves. */

import type { Picture } from './canvas.js';
import { curvePlot, type CurvePlot } from './curves.js';

/** Returns a picture with a plot below the other. */
export const plotsPicture = (title: string, subtitle: string, plots: readonly CurvePlot[]): Picture => ({
  title,
  ...(subtitle === '' ? {} : { subtitle }),
  panels: plots.map(curvePlot),
});
