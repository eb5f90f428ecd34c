/** Pictures of a network: its populations and projections, its connections, its weights. */

import * as Plot from '@observablehq/plot';
import { formatCount } from '../diagnostics/quantities.js';
import { axisUnit } from './axis-unit.js';
import { colourOf, pictureWidth, shade, type Panel, type Picture } from './canvas.js';

/** A projection with its synapses in order of creation. */
export interface DrawnProjection {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
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

/** A population of a network. */
export interface DrawnPopulation {
  readonly name: string;
  readonly size: number;
}

/** A network whose connections are known. */
export interface DrawnNetwork {
  readonly title: string;
  readonly populations: readonly DrawnPopulation[];
  readonly projections: readonly DrawnProjection[];
}

/** Values of the synapses of a projection, in the SI unit. */
export interface DrawnWeights {
  readonly projection: string;
  readonly variable: string;
  readonly unit: string;
  readonly values: ArrayLike<number>;
}

const diagramHeight = 460;
/** Arrows with their numbers of synapses. */
const mostLabels = 16;

/** Populations as circles, projections as arrows with their numbers of synapses. */
export function networkPicture({ title, populations, projections }: DrawnNetwork): Picture {
  const many = populations.length > 6;
  const radius = populations.length === 1 ? 0 : 1;
  const wide = many ? 1.7 : 1;
  const size = many ? 20 : 27;
  const nodes = new Map(
    populations.map(({ name, size: cells }, k) => {
      const angle = Math.PI / 2 - (2 * Math.PI * k) / populations.length;
      return [
        name,
        {
          name,
          size: cells,
          x: wide * radius * Math.cos(angle),
          y: radius * Math.sin(angle),
          angle,
          colour: colourOf(k),
        },
      ];
    }),
  );
  const ends = joinParallel(projections).flatMap(({ counts, ...one }) => {
    const [from, to] = [nodes.get(one.from), nodes.get(one.to)];
    const count = counts.reduce((sum, each) => sum + each, 0);
    return from && to ? [{ from, to, count, label: counts.map(formatCount).join(' + ') }] : [];
  });
  const between = ends.filter(({ from, to }) => from !== to);
  const loops = ends.filter(({ from, to }) => from === to);
  const width = (count: number): number => 1 + Math.min(4, Math.log10(Math.max(1, count)) / 1.5);
  const arrow = { inset: size + 3, headLength: 7 };
  const labelled = between.length <= mostLabels ? between : [];
  const panel: Panel = {
    height: diagramHeight,
    options: {
      axis: null,
      x: { domain: [-2.1, 2.1] },
      y: { domain: [-1.35, 1.35] },
      marks: [
        ...between.map(({ from, to, count }) =>
          Plot.arrow([0], {
            x1: from.x,
            y1: from.y,
            x2: to.x,
            y2: to.y,
            ...arrow,
            bend: 20,
            stroke: from.colour,
            strokeWidth: width(count),
          }),
        ),
        Plot.dot(loops, {
          x: ({ from }: (typeof loops)[number]) => from.x * (1 + 0.13 / wide),
          y: ({ from }: (typeof loops)[number]) => from.y * 1.16 + (radius === 0 ? 0.18 : 0),
          r: 22,
          stroke: ({ from }: (typeof loops)[number]) => from.colour,
          strokeWidth: ({ count }: (typeof loops)[number]) => width(count),
        }),
        Plot.dot([...nodes.values()], {
          x: 'x',
          y: 'y',
          r: size,
          fill: 'white',
          stroke: ({ colour }: { colour: string }) => colour,
          strokeWidth: 2,
        }),
        Plot.text([...nodes.values()], {
          x: 'x',
          y: 'y',
          text: 'name',
          fontSize: 11,
          fontWeight: 'bold',
          dy: -5,
          lineWidth: 5,
          textOverflow: 'ellipsis',
        }),
        Plot.text([...nodes.values()], {
          x: 'x',
          y: 'y',
          text: ({ size }: { size: number }) => formatCount(size),
          fontSize: 10,
          dy: 8,
        }),
        Plot.text(labelled, {
          // Nearer to the source, so that arrows in both directions have their own numbers.
          x: ({ from, to }: (typeof between)[number]) => 0.62 * from.x + 0.38 * to.x - bend.x * (to.y - from.y),
          y: ({ from, to }: (typeof between)[number]) => 0.62 * from.y + 0.38 * to.y + bend.y * (to.x - from.x),
          text: 'label',
          fontSize: 10,
          stroke: 'white',
          strokeWidth: 3,
          fill: 'black',
        }),
        Plot.text(loops, {
          x: ({ from }: (typeof loops)[number]) => from.x * (1 + 0.33 / wide),
          y: ({ from }: (typeof loops)[number]) => from.y * 1.3 + (radius === 0 ? 0.36 : 0),
          text: 'label',
          fontSize: 10,
          stroke: 'white',
          strokeWidth: 3,
          fill: 'black',
        }),
      ],
    },
  };
  const total = projections.reduce((sum, { count }) => sum + count, 0);
  return {
    title,
    subtitle: `circles: cells of each population; arrows: synapses, ${formatCount(total)} in all`,
    panels: [panel],
  };
}

/** Joins projections between the same populations, which share an arrow: their numbers of synapses one by one. */
function joinParallel(
  projections: readonly DrawnProjection[],
): readonly (Pick<DrawnProjection, 'from' | 'to'> & { readonly counts: readonly number[] })[] {
  const arrows = new Map<string, { from: string; to: string; counts: number[] }>();
  for (const { from, to, count } of projections) {
    const key = JSON.stringify([from, to]);
    const arrow = arrows.get(key);
    if (arrow) arrow.counts.push(count);
    else arrows.set(key, { from, to, counts: [count] });
  }
  return [...arrows.values()];
}

/** How far arrows are from a straight line where their numbers stand, in parts of their length along the other axis. */
const bend = { x: 0.072, y: 0.096 } as const;

/** Rows and columns of the matrix of connections, beyond which cells are counted together. */
const mostRows = 160;

/** Which cells are connected: presynaptic cells as rows, postsynaptic ones as columns. */
export function connectivityPicture({ title, populations, projections }: DrawnNetwork): Picture {
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
        Plot.text(edges, { x: 'middle', y: 0, text: 'name', dy: -8, fontSize: 11 }),
        Plot.text(edges, { x: 0, y: 'middle', text: 'name', dx: -8, textAnchor: 'end', fontSize: 11 }),
      ],
    },
  };
  const each =
    cells <= mostRows
      ? 'each square is a pair of cells'
      : `each square is ${formatCount(Math.round(cells / bins))} by ${formatCount(Math.round(cells / bins))} cells`;
  return {
    title,
    subtitle: `rows send, columns receive; ${each}, at most ${formatCount(most)} ${most === 1 ? 'synapse' : 'synapses'}`,
    panels: [panel],
  };
}

/** Numbers of values in 60 bins. */
function histogram(values: readonly number[], colour: string): Plot.Markish {
  const options: Plot.BinXInputs<Plot.RectYOptions> = { x: (value: number) => value, thresholds: 60 };
  return Plot.rectY(values, { ...Plot.binX({ y: 'count' }, options), fill: colour, inset: 0 });
}

/** The distribution of the weights of each projection. */
export function weightsPicture(title: string, weights: readonly DrawnWeights[]): Picture {
  const height = Math.max(90, Math.min(200, Math.round(480 / Math.max(1, weights.length))));
  const panels = weights.map(({ projection, variable, unit, values }, k): Panel => {
    const scale = axisUnit(values, unit);
    const rows = Array.from(values, (value) => value * scale.perSi);
    const low = rows.reduce((least, value) => Math.min(least, value), Infinity);
    const high = rows.reduce((most, value) => Math.max(most, value), -Infinity);
    const isOne = high - low <= 1e-12 * Math.abs(high);
    return {
      height: height + 34,
      options: {
        marginBottom: 34,
        x: {
          label: scale.unit === '' ? variable : `${variable} (${scale.unit})`,
          labelAnchor: 'center',
          labelArrow: 'none',
          ...(isOne ? { domain: [low - 1, high + 1] } : {}),
        },
        y: { label: null, ticks: 3 },
        marks: [
          Plot.frame({ stroke: '#cccccc' }),
          isOne
            ? Plot.ruleX([low], { y1: 0, y2: rows.length, stroke: colourOf(k), strokeWidth: 3 })
            : histogram(rows, colourOf(k)),
          Plot.text([projection], {
            frameAnchor: 'left',
            dx: -98,
            textAnchor: 'start',
            fontSize: 11,
            fontWeight: 'bold',
            lineWidth: 6,
            textOverflow: 'ellipsis',
          }),
        ],
      },
    };
  });
  return { title, subtitle: 'number of synapses by weight', panels };
}
