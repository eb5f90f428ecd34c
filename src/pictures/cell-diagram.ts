/** The diagram of a network of cells with structure: the shape of one, with its inputs and recorded places. */

import { markupText } from '../diagnostics/display.js';
import { formatCount } from '../diagnostics/quantities.js';
import type { CableTree, Compartments, Model, NeuronType, Population, Projection } from '../model/model.js';
import { elementsIn, populationsOf } from '../model/selected.js';
import { isRecording } from '../model/tagged.js';
import { cellElements, shapeOf, shapeOfTree, type DrawnCellShape } from './cell-shape.js';
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

/** A population of cells that can be drawn. */
interface Drawable {
  readonly name: string;
  readonly size: number;
  readonly shape: DrawnCellShape | undefined;
  /** Returns the places of a part of it; undefined for all of it. */
  placesOf(part: Part): Mark['places'] | undefined;
}

/** Draws the only population of cells, if their sections have places or sizes; undefined for other models. */
export function cellDiagram(model: Model): Diagram | undefined {
  const [cells, ...others] = Object.entries(model.populations).flatMap(([name, population]) => {
    const neuron = model.neurons[population.type ?? ''];
    if (neuron?.compartments) return [cellsOf(name, population, neuron, neuron.compartments)];
    const tree = neuron?.cable && treeOf(name, population, neuron.cable);
    return tree?.shape ? [tree] : [];
  });
  if (!cells?.shape || others.length > 0) return undefined;
  const { sections, isLaidOut } = cells.shape;
  if ([...sections.values()].some(({ points, parent }) => points.length === 0 && parent !== undefined))
    return undefined;
  const marks = [...inputs(model, cells), ...recordings(model, cells)];
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
  `<circle class="paper" cx="${x}" cy="${y}" r="${colour === undefined ? 7 : 6}" stroke="${colour ? '#ffffff' : 'currentColor'}" ` +
  `stroke-width="2" ${colour === undefined ? 'fill-opacity="0"' : `fill="${colour}" style="fill: ${colour}"`}/>`;

/** Returns cells of sections, whose parts are at fractions of them. */
function cellsOf(name: string, { size }: Population, neuron: NeuronType, compartments: Compartments): Drawable {
  const spiking = Object.values(neuron.events).find(({ section }) => section !== undefined);
  const usual = spiking?.section ?? Object.keys(compartments.sections)[0] ?? '';
  return {
    name,
    size,
    shape: shapeOf(name, compartments),
    // Of many places, the middles of their sections.
    placesOf: ({ section, fraction = 0.5, places }) =>
      places ? places.sections.map((one) => [one, 0.5] as const) : [[section ?? usual, fraction]],
  };
}

/** Returns a cell of compartments that has some of these parts. */
const treeOf = (name: string, population: Population, cable: CableTree): Drawable => ({
  name,
  size: 1,
  shape: shapeOfTree(name, cable, population),
  placesOf: ({ of }) => {
    const elements = elementsIn(of, population.size, new Map()) ?? [];
    return elements.length === population.size ? undefined : elements.map((k) => [String(k), 0.5] as const);
  },
});

/** A part of a population: some of its cells or compartments, at a place. */
type Part = Pick<Projection['to'], 'of' | 'section' | 'fraction' | 'places'>;

/** Returns the places of synapses and of currents, by their source. */
function inputs({ projections, stimuli, populations }: Model, { name: cells, placesOf }: Drawable): readonly Mark[] {
  const names = Object.keys(populations);
  const found: readonly { readonly text: string; readonly to: Part; readonly sender?: string | undefined }[] = [
    ...Object.entries(projections).map(([name, { from, to }]) => {
      const senders = populationsOf(from.of);
      const size = senders.reduce((sum, sender) => sum + (populations[sender]?.size ?? 0), 0);
      const text = senders.includes(cells) ? `synapses ${name}` : `${senders.join(', ')} (${formatCount(size)})`;
      return { text, to, sender: senders.length === 1 ? senders[0] : undefined };
    }),
    ...Object.entries(stimuli).map(([name, stimulus]) => ({
      text: name,
      to: { ...(stimulus.kind === 'current' ? stimulus : {}), of: stimulus.to },
    })),
  ];
  const bySource = new Map<string, { readonly ends: Part[]; readonly sender: string | undefined }>();
  for (const { text, to, sender } of found) {
    if (!populationsOf(to.of).includes(cells)) continue;
    const source = bySource.get(text) ?? { ends: [], sender };
    bySource.set(text, { ...source, ends: [...source.ends, to] });
  }
  return [...bySource].map(([text, { ends, sender }], k) => ({
    text,
    places: ends.flatMap((end) => placesOf(end) ?? []),
    // A population has its colour of rasters.
    colour: colourOf(sender === undefined || sender === cells ? names.length + k : names.indexOf(sender)),
  }));
}

/** Returns the places of recorded variables; nothing without any. */
function recordings({ recordings: all }: Model, { name: cells, placesOf }: Drawable): readonly Mark[] {
  const found = all.flatMap((recording) =>
    isRecording(recording, 'variables') && populationsOf(recording.of).includes(cells) ? [recording] : [],
  );
  if (found.length === 0) return [];
  const variables = [...new Set(found.flatMap((recording) => recording.variables))];
  const places = found.map(placesOf);
  const where = places.includes(undefined) ? ' everywhere' : '';
  return [{ text: `recorded: ${variables.join(', ')}${where}`, places: places.flatMap((some) => some ?? []) }];
}
