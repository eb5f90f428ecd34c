/** Curves of files without a run. */

import type { ShownCurves } from './messages.js';
import { curvesSvg } from '../src/pictures/curves.js';
import { margins, type Layout } from '../src/pictures/layout.js';
import type { Source } from '../src/pipeline/read/read-source.js';
import { channelPlots } from '../src/present/describe/channel-currents.js';
import { descriptionBlocks } from '../src/present/describe/formats.js';
import { membraneSections } from '../src/present/describe/membrane.js';
import { neuromlParts } from '../src/present/describe/neuroml-parts.js';
import { readSweep, type SweptTable } from '../src/sweep/read-table.js';
import { sweepPlots } from '../src/sweep/sweep-curves.js';

/** A plot fits the column of the page and, scaled, a phone. */
const layout: Layout = { width: 560, margins: { ...margins, marginLeft: 64, marginRight: 20 }, nameHeight: 0 };

/** Returns the result of a sweep against its parameter. */
export function sweepCurves(text: string): ShownCurves | undefined {
  const table = readSweep(text);
  return (
    table &&
    sweptCurves(table, 'The result of the sweep against the parameter: each mark is a run, or the mean of its seeds.')
  );
}

/** Returns the rates of runs against the parameter that they vary. */
export const sweptCurves = (table: SweptTable, caption: string): ShownCurves => ({
  svg: curvesSvg(sweepPlots(table), caption, layout),
  caption,
  html: '',
});

/** Returns the gates and currents of channels. */
export function channelCurvesIn(source: Source): ShownCurves | undefined {
  const parts = neuromlParts(source, ['/']);
  const sections = parts?.lems.target === null ? membraneSections(parts.lems, true) : [];
  if (!parts || sections.length === 0) return undefined;
  const { plots, note } = channelPlots(parts.lems);
  const caption = `Gates of ion channels ${note}.`;
  const html = descriptionBlocks({ title: '', sections }).join('\n');
  return { svg: plots.length === 0 ? '' : curvesSvg(plots, caption, layout), caption, html };
}
