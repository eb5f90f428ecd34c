/** Pictures of a network: its populations and projections, its connections, its weights. */

import * as Plot from '@observablehq/plot';
import { markupText } from '../diagnostics/display.js';
import { formatCount } from '../diagnostics/quantities.js';
import { axisUnit } from './axis-unit.js';
import type { Panel, Picture } from './canvas.js';
import { letterSize, pictureWidth, type Drawing } from './layout.js';
import { networkDiagram, type DiagramPopulation, type DiagramProjection } from './network-diagram.js';
import { shadeScale } from './legends.js';
import { colourOf, shade } from './palette.js';

/** A projection with its synapses in order of creation. */
export interface ConnectedProjection extends DiagramProjection {
  /** Presynaptic cell of each synapse. */
  readonly sources: readonly DrawnCell[];
  /** Postsynaptic cell of each synapse. */
  readonly targets: readonly DrawnCell[];
}

/** A cell by its population and index. */
export interface DrawnCell {
  readonly population: string;
  readonly index: number;
}

/** A network, with the numbers or the ends of its synapses. */
interface DrawnNetwork<Projection> {
  readonly title: string;
  readonly populations: readonly DiagramPopulation[];
  readonly projections: readonly Projection[];
}

/** Values of the synapses of a projection, in the SI unit. */
export interface DrawnWeights {
  readonly projection: string;
  readonly variable: string;
  readonly unit: string;
  readonly values: ArrayLike<number>;
}

/** Populations as boxes with their numbers of cells, projections as arrows with their numbers of synapses. */
export function networkPicture({ title, populations, projections }: DrawnNetwork<DiagramProjection>): Picture {
  const total = projections.reduce((sum, { count = 0 }) => sum + count, 0);
  return {
    title,
    subtitle: `boxes: populations and their cells; arrows: synapses, ${formatCount(total)} in all`,
    panels: [networkDiagram(populations, projections, pictureWidth)],
  };
}

/** Rows and columns of the matrix of connections, beyond which cells are counted together. */
const mostRows = 160;

/** Which cells are connected: presynaptic cells as rows, postsynaptic ones as columns. */
export function connectivityPicture({ title, populations, projections }: DrawnNetwork<ConnectedProjection>): Picture {
  const begins = new Map<string, number>();
  let cells = 0;
  for (const { name, size } of populations) {
    begins.set(name, cells);
    cells += size;
  }
  const bins = Math.min(cells, mostRows);
  const bin = (cell: number): number => Math.min(bins - 1, Math.floor((cell * bins) / cells));
  const counts = new Float64Array(bins * bins);
  const place = ({ population, index }: DrawnCell): number => bin((begins.get(population) ?? 0) + index);
  for (const { sources, targets } of projections)
    for (const [k, source] of sources.entries()) {
      const target = targets[k];
      if (target === undefined) continue;
      const at = place(source) * bins + place(target);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  const most = counts.reduce((largest, count) => Math.max(largest, count), 0);
  const squares = Array.from(counts, (count, k) => ({ row: Math.floor(k / bins), column: k % bins, count })).filter(
    ({ count }) => count > 0,
  );
  const edges = populations.map(({ name, size }) => {
    const begin = ((begins.get(name) ?? 0) * bins) / cells;
    return { name, begin, middle: begin + (0.5 * size * bins) / cells };
  });
  const side = 520;
  const panel: Panel = {
    height: side + 60,
    options: {
      marginLeft: 110,
      marginTop: 30,
      marginBottom: 30,
      marginRight: pictureWidth - 110 - side,
      x: { domain: [0, bins], axis: null },
      y: { domain: [bins, 0], axis: null },
      marks: [
        Plot.rect(squares, {
          x1: 'column',
          x2: ({ column }: { column: number }) => column + 1,
          y1: 'row',
          y2: ({ row }: { row: number }) => row + 1,
          inset: 0,
          fill: ({ count }: { count: number }) => shade(count / most),
        }),
        Plot.ruleX(edges, { x: 'begin', stroke: '#999999', strokeWidth: 0.5 }),
        Plot.ruleY(edges, { y: 'begin', stroke: '#999999', strokeWidth: 0.5 }),
        Plot.frame({ stroke: '#999999' }),
        Plot.text(edges, { x: 'middle', y: 0, text: 'name', dy: -8, fontSize: letterSize }),
        Plot.text(edges, { x: 0, y: 'middle', text: 'name', dx: -8, textAnchor: 'end', fontSize: letterSize }),
      ],
    },
  };
  const each =
    cells <= mostRows
      ? 'each square is a pair of cells'
      : `each square is ${formatCount(Math.round(cells / bins))} by ${formatCount(Math.round(cells / bins))} cells`;
  return {
    title,
    subtitle: `rows send, columns receive; ${each}`,
    panels: [shadeScale(`${formatCount(most)} ${most === 1 ? 'synapse' : 'synapses'}`), panel],
  };
}

/** Numbers of values in 60 bins. */
function histogram(values: readonly number[], colour: string): Plot.Markish {
  const options: Plot.BinXInputs<Plot.RectYOptions> = { x: (value: number) => value, thresholds: 60 };
  return Plot.rectY(values, { ...Plot.binX({ y: 'count' }, options), fill: colour, inset: 0 });
}

/** Distances of the name of a projection from its panel, in pixels. */
const nameHeight = 22;

/** The distribution of the weights of each projection; equal weights are one line of text. */
export function weightsPicture(title: string, weights: readonly DrawnWeights[]): Picture {
  const height = Math.max(90, Math.min(200, Math.round(480 / Math.max(1, weights.length))));
  const panels = weights.map(({ projection, variable, unit, values }, k): Panel | Drawing => {
    const scale = axisUnit(values, unit);
    const rows = Array.from(values, (value) => value * scale.perSi);
    const low = rows.reduce((least, value) => Math.min(least, value), Infinity);
    const high = rows.reduce((most, value) => Math.max(most, value), -Infinity);
    if (high - low <= 1e-12 * Math.abs(high)) {
      const value = `${Number(low.toPrecision(6))}${scale.unit === '' ? '' : ` ${scale.unit}`}`;
      return equalWeights(projection, `${variable} = ${value}: ${formatCount(rows.length)} synapses`, colourOf(k));
    }
    return {
      height: height + nameHeight + 34,
      options: {
        marginTop: nameHeight,
        marginBottom: 34,
        marginLeft: 60,
        x: {
          label: scale.unit === '' ? variable : `${variable} (${scale.unit})`,
          labelAnchor: 'center',
          labelArrow: 'none',
        },
        y: { label: null, ticks: 3 },
        marks: [
          Plot.frame({ stroke: '#cccccc' }),
          histogram(rows, colourOf(k)),
          Plot.text([`${projection} (${formatCount(rows.length)} synapses)`], {
            frameAnchor: 'top-left',
            dy: -16,
            fontSize: letterSize,
            fontWeight: 'bold',
          }),
        ],
      },
    };
  });
  return { title, subtitle: 'number of synapses by weight', panels };
}

const equalWeights = (projection: string, text: string, colour: string): Drawing => ({
  height: nameHeight,
  svg:
    `<rect x="12" y="6" width="8" height="8" fill="${colour}"/><text x="28" y="14" font-size="${letterSize}">` +
    `<tspan font-weight="bold">${markupText(projection)}</tspan>  ${markupText(text)}</text>`,
});
