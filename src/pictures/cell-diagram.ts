/** The diagram of a network of cells with structure: the shape of one, with its inputs and recorded places. */

import { markupText } from '../diagnostics/display.js';
import { formatCount } from '../diagnostics/quantities.js';
import type { Model, Projection } from '../model/model.js';
import { populationsOf } from '../model/selected.js';
import { isRecording } from '../model/tagged.js';
import { cellElements, shapeOf } from './cell-shape.js';
import type { Diagram } from './network-diagram.js';
import { colourOf } from './palette.js';

const width = 340;
const mostHeight = 330;
const lineHeight = 18;

/** Places on a cell, with the words of the legend. */
interface Mark {
  readonly text: string;
  readonly places: readonly (readonly [section: string, fraction: number])[];
  /** Absent: recorded, which is a ring. */
  readonly colour?: string;
}

/** Draws the only population of cells, if their sections have places or sizes; undefined for other models. */
export function cellDiagram(model: Model): Diagram | undefined {
  const structured = Object.entries(model.populations).flatMap(([name, { type = '', size }]) => {
    const neuron = model.neurons[type];
    return neuron?.compartments ? [{ name, size, neuron, compartments: neuron.compartments }] : [];
  });
  const [cells, ...others] = structured;
  const shape = cells && others.length === 0 ? shapeOf(cells.name, cells.compartments) : undefined;
  if (!cells || !shape) return undefined;
  const { sections, isLaidOut } = shape;
  if ([...sections.values()].some(({ points, parent }) => points.length === 0 && parent !== undefined))
    return undefined;
  const spiking = Object.values(cells.neuron.events).find(({ section }) => section !== undefined);
  const usual = spiking?.section ?? [...sections.keys()][0] ?? '';
  const marks = [...inputs(model, cells.name, usual), ...recordings(model, cells.name, usual)];
  const { svg, height, scale, lengthOfBar, placeOf } = cellElements(sections, width, mostHeight);
  const dots = marks.flatMap(({ places, colour }) =>
    places.map(([section, fraction]) => mark(placeOf(section, fraction), colour)),
  );
  const rows = [`${cells.name}: ${countText(cells.size, 'cell')}`, ...marks.map(({ text }) => text)];
  const legend = rows.map((text, k) => {
    const y = height + lineHeight * (k + 1);
    const own = marks[k - 1];
    return `${own ? mark([12, y - 4], own.colour) : ''}${words(text, 24, y, k === 0 ? ' font-weight="bold"' : '')}`;
  });
  const bar = `<path d="M10 ${height}h${Math.round(lengthOfBar * scale)}" stroke="currentColor" stroke-width="2"/>`;
  const angles = isLaidOut ? '; angles are not in the model' : '';
  const length = words(`${Number((lengthOfBar * 1e6).toPrecision(3))} µm${angles}`, 10, height - 6, '');
  return {
    svg: [svg, ...dots, bar, length, ...legend].join('\n'),
    width,
    height: height + lineHeight * rows.length + 10,
  };
}

const countText = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Most characters of a line of the legend. */
const longest = 44;

const words = (text: string, x: number, y: number, more: string): string =>
  `<text x="${x}" y="${Math.round(y)}" font-size="12" fill="currentColor"${more}>` +
  `${markupText(text.length > longest ? `${text.slice(0, longest - 1)}…` : text)}</text>`;

const mark = ([x, y]: readonly [number, number], colour: string | undefined): string =>
  `<circle class="paper" cx="${x}" cy="${y}" r="${colour === undefined ? 7 : 5}" stroke="${colour ?? 'currentColor'}" ` +
  `stroke-width="2" ${colour === undefined ? 'fill-opacity="0"' : `fill="${colour}" style="fill: ${colour}"`}/>`;

/** Returns the places of synapses and of currents, by their source. */
function inputs({ projections, stimuli, populations }: Model, cells: string, usual: string): readonly Mark[] {
  const found: readonly { readonly text: string; readonly to: Placed & Pick<Projection['to'], 'of'> }[] = [
    ...Object.entries(projections).map(([name, { from, to }]) => {
      const senders = populationsOf(from.of);
      const size = senders.reduce((sum, sender) => sum + (populations[sender]?.size ?? 0), 0);
      const text = senders.includes(cells) ? `synapses ${name}` : `${senders.join(', ')} (${formatCount(size)})`;
      return { text, to };
    }),
    ...Object.entries(stimuli).map(([name, stimulus]) => ({
      text: name,
      to: { ...(stimulus.kind === 'current' ? stimulus : {}), of: stimulus.to },
    })),
  ];
  const bySource = new Map<string, Placed[]>();
  for (const { text, to } of found)
    if (populationsOf(to.of).includes(cells)) bySource.set(text, [...(bySource.get(text) ?? []), to]);
  return [...bySource].map(([text, ends], k) => ({
    text,
    places: ends.flatMap((end) => placesOf(end, usual)),
    colour: colourOf(k + 2),
  }));
}

/** Returns the places of recorded variables; nothing without any. */
function recordings({ recordings: all }: Model, cells: string, usual: string): readonly Mark[] {
  const found = all.flatMap((recording) =>
    isRecording(recording, 'variables') && populationsOf(recording.of).includes(cells) ? [recording] : [],
  );
  const variables = [...new Set(found.flatMap((recording) => recording.variables))];
  const places = found.flatMap((recording) => placesOf(recording, usual));
  return found.length === 0 ? [] : [{ text: `recorded: ${variables.join(', ')}`, places }];
}

type Placed = Pick<Projection['to'], 'section' | 'fraction' | 'places'>;

/** Returns the places of a part; of many places, the middles of their sections. */
const placesOf = ({ section, fraction = 0.5, places }: Placed, usual: string): Mark['places'] =>
  places ? places.sections.map((name) => [name, 0.5] as const) : [[section ?? usual, fraction]];
