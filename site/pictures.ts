/** The pictures of a run: spikes, rates and traces over one axis of time, with the recorded run under them. */

import { element, make, write } from './elements.js';
import { countSpikes, type Recording, type SampleRows, type Span } from './recording.js';
import { fitted, onColoursChanged, partColour, surfaceOf, timeUnit, type Surface } from './surface.js';
import { decadeOf, firstDecade, lastDecade } from '../src/pictures/decade.js';
import { rateBins, readable, tickLabels, ticksOf } from '../src/pictures/ticks.js';

/** Pictures of the page. */
export interface Pictures {
  /**
   * Shows a run. Traces come first without spikes, and for few cells.
   *
   * @param under  the run to draw under it
   * @param isOver  whether nothing more is to come
   */
  show(recording: Recording, under: Recording | undefined, isOver: boolean): void;
  /** Draws what was added to the run. */
  update(): void;
  /** Shows all of the time, or a factor of the shown stretch around its middle. */
  zoom(factor: number | 'all'): void;
}

const margin: Readonly<Record<'left' | 'right' | 'top' | 'bottom', number>> = {
  left: 76,
  right: 22,
  top: 8,
  bottom: 38,
};

/** A rectangle of a picture, in CSS pixels. */
interface Band {
  readonly top: number;
  readonly height: number;
}

/** What lies at a place of a picture. */
interface Find {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** A picture that was drawn: its plot, and what is near a place of it. */
interface Drawn {
  readonly width: number;
  find(x: number, y: number): Find | undefined;
}

/** Creates the pictures in the canvases of the page. */
export function createPictures(): Pictures {
  let shown: { readonly recording: Recording; readonly under: Recording | undefined } | undefined;
  let view: Span = { from: 0, to: 1 };
  let isQueued = false;
  const parts = (['raster', 'rates', 'traces'] as const).map((id) => ({
    canvas: element(id === 'rates' ? 'rate-curves' : id, HTMLCanvasElement),
    draw: { raster: drawRaster, rates: drawRates, traces: drawTraces }[id],
    drawn: undefined as Drawn | undefined,
  }));

  const draw = (): void => {
    isQueued = false;
    if (!shown) return;
    for (const part of parts) {
      if (part.canvas.hidden || part.canvas.offsetParent === null) continue;
      part.drawn = part.draw(part.canvas, shown.recording, shown.under, view);
    }
  };
  const update = (): void => {
    if (isQueued) return;
    isQueued = true;
    requestAnimationFrame(draw);
  };
  const zoomTo = (span: Span): void => {
    const end = shown?.recording.end ?? 1;
    const length = Math.min(end, Math.max(span.to - span.from, (shown?.recording.begin.dt ?? 1e-4) * 4));
    const from = Math.max(0, Math.min(span.from, end - length));
    view = { from, to: from + length };
    update();
  };
  const pictures: Pictures = {
    show: (recording, under, isOver) => {
      const isSame = shown?.recording.end === recording.end;
      shown = { recording, under };
      if (!isSame) view = { from: 0, to: recording.end };
      element('traces-figure', HTMLElement).hidden = recording.begin.series.length === 0;
      const isSilent = isOver && recording.spikes.every((chunks) => chunks.length === 0);
      const hasSpikes = recording.begin.trains.length > 0 && !isSilent;
      const cells = recording.begin.trains.reduce((sum, { size }) => sum + size, 0);
      element('rate-curves-figure', HTMLElement).hidden = !hasSpikes || ratedTrains(recording).length === 0;
      // Lines that nothing changes would be a picture without content: the network or cell takes their place.
      const isStill =
        isOver && isSilent && areFlat(recording.samples) && !element('diagram-figure', HTMLElement).hidden;
      placeTraces((!hasSpikes || cells <= fewCells) && recording.begin.series.length > 0 && !isStill, hasSpikes);
      element('raster-figure', HTMLElement).hidden ||= isStill;
      update();
    },
    update,
    zoom: (factor) => {
      const end = shown?.recording.end ?? 1;
      if (factor === 'all') return zoomTo({ from: 0, to: end });
      const [middle, half] = [(view.from + view.to) / 2, ((view.to - view.from) / 2) * factor];
      zoomTo({ from: middle - half, to: middle + half });
    },
  };
  for (const part of parts) listen(part, () => view, zoomTo, pictures);
  new ResizeObserver(update).observe(document.body);
  onColoursChanged(update);
  return pictures;
}

/** Most cells of which the potential says more than the spikes. */
const fewCells = 4;

/** Shows the traces at the top of the page if they are first, with the spikes below them, otherwise below the rates. */
function placeTraces(isFirst: boolean, hasSpikes: boolean): void {
  const [raster, traces] = ['raster-figure', 'traces-figure'].map((id) => element(id, HTMLElement));
  const [top, below] = isFirst ? [traces, raster] : [raster, traces];
  if (!top || !below) return;
  element('raster-figure', HTMLElement).hidden = isFirst && !hasSpikes;
  top.className = 'card wide';
  below.className = 'plain';
  element('diagram-figure', HTMLElement).after(top);
  element('rate-curves-figure', HTMLElement).after(below);
}

/** Listens to the pointer and the keyboard: hover tells values, dragging shows a stretch of time. */
function listen(
  part: { readonly canvas: HTMLCanvasElement; readonly drawn: Drawn | undefined },
  view: () => Span,
  zoomTo: (span: Span) => void,
  { zoom }: Pictures,
): void {
  const { canvas } = part;
  const place = canvas.parentElement ?? document.body;
  const tip = make('div', { className: 'tip', hidden: true });
  const stretch = make('div', { className: 'stretch', hidden: true });
  place.append(stretch, tip);
  let dragged: number | undefined;
  const timeAt = (x: number): number => {
    const width = (part.drawn?.width ?? 1) - margin.left - margin.right;
    const share = Math.max(0, Math.min(1, (x - margin.left) / width));
    return view().from + share * (view().to - view().from);
  };
  const positionOf = ({ clientX, clientY }: PointerEvent): readonly [number, number] => {
    const { left, top } = canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  canvas.onpointerdown = (event) => {
    if (event.pointerType === 'touch') return;
    dragged = positionOf(event)[0];
    canvas.setPointerCapture(event.pointerId);
  };
  canvas.onpointermove = (event) => {
    const [x, y] = positionOf(event);
    if (dragged !== undefined && Math.abs(x - dragged) > 4) {
      stretch.hidden = false;
      stretch.style.left = `${Math.min(x, dragged)}px`;
      stretch.style.width = `${Math.abs(x - dragged)}px`;
      tip.hidden = true;
      return;
    }
    const found = part.drawn?.find(x, y);
    tip.hidden = found === undefined;
    if (!found) return;
    tip.textContent = found.text;
    tip.style.left = `${Math.min(found.x + 10, place.clientWidth - tip.offsetWidth - 4)}px`;
    tip.style.top = `${Math.max(0, found.y - 30)}px`;
  };
  canvas.onpointerup = (event) => {
    const [x] = positionOf(event);
    if (dragged !== undefined && Math.abs(x - dragged) > 4)
      zoomTo({ from: timeAt(Math.min(x, dragged)), to: timeAt(Math.max(x, dragged)) });
    dragged = undefined;
    stretch.hidden = true;
  };
  canvas.onpointerleave = () => {
    tip.hidden = true;
  };
  canvas.ondblclick = () => zoom('all');
  canvas.onkeydown = (event) => {
    const length = view().to - view().from;
    if (event.key === '+') zoom(0.5);
    else if (event.key === '-') zoom(2);
    else if (event.key === '0') zoom('all');
    else if (event.key === 'ArrowLeft') zoomTo({ from: view().from - length / 4, to: view().to - length / 4 });
    else if (event.key === 'ArrowRight') zoomTo({ from: view().from + length / 4, to: view().to + length / 4 });
    else return;
    event.preventDefault();
  };
}

// --- Axes -----------------------------------------------------------------------------------------------------------
/** Draws the axis of time. @returns the place of a time in s */
function timeAxis(surface: Surface, view: Span, bottom: number): (time: number) => number {
  const { context, width, ink, muted, line } = surface;
  const span = width - margin.left - margin.right;
  const place = (time: number): number => margin.left + ((time - view.from) / (view.to - view.from || 1)) * span;
  const { unit, scale } = timeUnit(view.to);
  context.textAlign = 'center';
  const ticks = ticksOf(view.from * scale, view.to * scale, span / 80);
  const labels = tickLabels(ticks, 6);
  ticks.forEach((tick, k) => {
    const x = place(tick / scale);
    context.fillStyle = line;
    context.fillRect(x, bottom, 1, 4);
    context.fillStyle = ink;
    context.fillText(labels[k] ?? '', x, bottom + 17);
  });
  context.fillStyle = muted;
  context.textAlign = 'right';
  context.fillText(`time (${unit})`, width - margin.right, bottom + 32);
  return place;
}

function frame({ context, width, line }: Surface, { top, height }: Band): void {
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.strokeRect(margin.left + 0.5, top + 0.5, width - margin.left - margin.right - 1, height - 1);
}

/** Draws the axis of a value, with its ticks. @returns the place of a value */
function valueAxis(surface: Surface, { top, height }: Band, low: number, high: number): (value: number) => number {
  const { context, muted, line, width } = surface;
  const place = (value: number): number => top + height - ((value - low) / (high - low || 1)) * height;
  context.textAlign = 'right';
  const ticks = ticksOf(low, high, 3);
  const labels = tickLabels(ticks);
  ticks.forEach((tick, k) => {
    context.fillStyle = line;
    context.fillRect(margin.left, place(tick), width - margin.left - margin.right, 1);
    context.fillStyle = muted;
    context.fillText(labels[k] ?? '', margin.left - 8, place(tick) + 4);
  });
  return place;
}

/** Draws only inside a band. */
function clipped({ context, width }: Surface, { top, height }: Band, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(margin.left, top - 1, width - margin.left - margin.right, height + 2);
  context.clip();
  draw();
  context.restore();
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
/** Most rows of pixels for one population; larger ones are drawn closer together. */
const mostRows = 2000;

interface TrainBand extends Band {
  readonly size: number;
}

function trainBands({ begin: { trains } }: Recording, height: number): readonly TrainBand[] {
  const gap = 4;
  const rows = trains.map(({ size }) => Math.max(1, Math.min(size, mostRows)));
  const all = rows.reduce((sum, count) => sum + count, 0);
  const room = height - margin.top - margin.bottom - gap * (trains.length - 1);
  let top = margin.top;
  return trains.map(({ size }, k) => {
    const tall = Math.max(6, (room * (rows[k] ?? 1)) / all);
    const band = { top, height: tall, size: Math.max(1, size) };
    top += tall + gap;
    return band;
  });
}

/** The middle of a cell's row. */
const rowOf = ({ top, height, size }: TrainBand, cell: number): number => top + (height * (cell + 0.5)) / size;

/** Height of the mark of a spike: most of the row if there are few cells. */
const markHeight = ({ height, size }: TrainBand): number =>
  Math.max(size > 20 ? 2 : 4, Math.min(size > 20 ? 4 : 40, (0.7 * height) / size));

/**
 * As high as the diagram beside it, or as its populations need. The canvas does not take part in its place's layout.
 */
function rasterHeight({ parentElement: place }: HTMLCanvasElement, recording: Recording): number {
  const needed = margin.top + margin.bottom + recording.begin.trains.length * 12;
  // Below the traces of few cells, the spikes need a row for each.
  const usual = place?.closest('.card') ? (window.innerWidth < 700 ? 240 : 300) : 110;
  const least = Math.max(usual, needed);
  if (!place) return least;
  place.style.minHeight = `${least}px`;
  return place.clientHeight;
}

function drawRaster(canvas: HTMLCanvasElement, recording: Recording, under: Recording | undefined, view: Span): Drawn {
  const surface = surfaceOf(canvas, rasterHeight(canvas, recording));
  const { context, muted, height, width } = surface;
  const bands = trainBands(recording, height);
  const bottom = bands.reduce((lowest, { top, height: tall }) => Math.max(lowest, top + tall), margin.top);
  const place = timeAxis(surface, view, bottom);
  const spikesOf = (run: Recording, colour: (train: number) => string): readonly number[] =>
    bands.map((band, train) => {
      frame(surface, band);
      const mark = markHeight(band);
      context.fillStyle = colour(train);
      const chunks = run.spikes[train] ?? [];
      // Marks that would cover the band are translucent, so that their density shows.
      const all = chunks.reduce((sum, { steps }) => sum + steps.length, 0) * ((view.to - view.from) / run.end);
      context.globalAlpha = Math.max(0.12, Math.min(1, (0.35 * width * band.height) / (2 * mark * all)));
      let count = 0;
      // Half pixels with a mark: millions of spikes share them.
      const columns = Math.ceil(2 * width);
      const marked = new Uint8Array(columns * Math.ceil(2 * (band.height + 2 * mark + 1)));
      clipped(surface, band, () => {
        for (const { steps, cells } of chunks)
          for (let k = 0; k < steps.length; k += 1) {
            count += 1;
            const time = (steps[k] ?? 0) * run.begin.dt;
            if (time < view.from || time > view.to) continue;
            const [x, y] = [place(time), rowOf(band, cells[k] ?? 0) - mark / 2];
            const spot = Math.floor(2 * x) + columns * Math.floor(2 * (y - band.top + mark));
            if (marked[spot] === 1) continue;
            marked[spot] = 1;
            context.fillRect(x, y, 2, mark);
          }
      });
      context.globalAlpha = 1;
      return count;
    });
  if (under) spikesOf(under, () => `${muted}88`);
  const colourOf = (train: number): string => partColour(recording.begin.trains[train]?.population ?? train);
  const counts = spikesOf(recording, colourOf);
  bands.forEach(({ top, height: tall }, train) => {
    context.fillStyle = colourOf(train);
    context.textAlign = 'right';
    const name = recording.begin.trains[train]?.name ?? '';
    // A long name is broken near its middle if the band is high enough.
    const isLong = tall > 30 && context.measureText(name).width > margin.left - 12;
    const breaks = isLong ? [...name.matchAll(/(?<=[_.])/g)].map(({ index }) => index) : [];
    const [at = 0] = breaks.toSorted((a, b) => Math.abs(2 * a - name.length) - Math.abs(2 * b - name.length));
    [name.slice(0, at), name.slice(at)].forEach((line, k) => {
      const down = top + tall / 2 + (at === 0 ? 4 : 14 * k - 3);
      context.fillText(fitted(context, line, margin.left - 12), margin.left - 8, down);
    });
  });
  const summary = recording.begin.trains.map(({ name }, k) => `${counts[k] ?? 0} of ${name}`).join(', ');
  canvas.setAttribute('aria-label', summary === '' ? 'Spikes: none are recorded' : `Spikes: ${summary}`);
  return { width, find: (x, y) => nearestSpike(recording, bands, place, x, y) };
}

/** The spike within 6 pixels of a place. */
function nearestSpike(
  recording: Recording,
  bands: readonly TrainBand[],
  place: (time: number) => number,
  x: number,
  y: number,
): Find | undefined {
  const train = bands.findIndex(({ top, height }) => y >= top - 3 && y <= top + height + 3);
  const band = bands[train];
  if (!band) return undefined;
  const { dt, trains } = recording.begin;
  let [nearest, found]: [number, Find | undefined] = [6, undefined];
  for (const { steps, cells } of recording.spikes[train] ?? [])
    for (let k = 0; k < steps.length; k += 1) {
      const time = (steps[k] ?? 0) * dt;
      const [dx, dy] = [place(time) - x, rowOf(band, cells[k] ?? 0) - y];
      // Marks of few cells are longer.
      const distance = Math.max(Math.abs(dx), Math.abs(dy) - markHeight(band) / 2);
      if (distance >= nearest) continue;
      nearest = distance;
      found = {
        x: x + dx,
        y: y + dy,
        text: `${trains[train]?.name ?? ''}[${cells[k] ?? 0}], ${readable(time * 1000, 6)} ms`,
      };
    }
  return found;
}

// --- Rates ----------------------------------------------------------------------------------------------------------
/** Returns the trains with a rate over time, by their numbers: those of several cells. */
const ratedTrains = ({ begin: { trains } }: Recording): readonly number[] =>
  trains.flatMap(({ size }, train) => (size > 1 ? [train] : []));

function drawRates(canvas: HTMLCanvasElement, recording: Recording, under: Recording | undefined, view: Span): Drawn {
  const surface = surfaceOf(canvas, 200);
  const { context, muted, width } = surface;
  const { dt } = recording.begin;
  const rated = ratedTrains(recording);
  const trains = rated.flatMap((train) => recording.begin.trains[train] ?? []);
  const band = { top: margin.top + 16, height: 200 - margin.top - 16 - margin.bottom };
  const spikes = rated.map((train) => countSpikes(recording, train, view, 1)[0] ?? 0);
  const bins = Math.max(1, Math.min(rateBins(spikes), Math.floor((view.to - view.from) / dt)));
  const perBin = (view.to - view.from) / bins;
  const ratesOf = (run: Recording): readonly Float64Array[] =>
    trains.map(({ size }, k) => countSpikes(run, rated[k] ?? 0, view, bins).map((count) => count / (perBin * size)));
  const [rates, below] = [ratesOf(recording), under ? ratesOf(under) : []];
  const highest = [...rates, ...below].reduce((most, list) => list.reduce((a, b) => Math.max(a, b), most), 1);
  const place = timeAxis(surface, view, band.top + band.height);
  const heightOf = valueAxis(surface, band, 0, highest * 1.05);
  frame(surface, band);
  const curve = (list: Float64Array, colour: string): void => {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    list.forEach((rate, k) => {
      context.lineTo(place(view.from + k * perBin), heightOf(rate));
      context.lineTo(place(view.from + (k + 1) * perBin), heightOf(rate));
    });
    context.stroke();
  };
  clipped(surface, band, () => {
    for (const list of below) curve(list, `${muted}aa`);
    rates.forEach((list, k) => curve(list, partColour(trains[k]?.population ?? k)));
  });
  legend(
    surface,
    'Hz',
    trains.map(({ name, population }) => ({ name, colour: population })),
  );
  canvas.setAttribute('aria-label', `Rates over time of ${trains.map(({ name }) => name).join(', ')}`);
  write('rates-caption', `Mean rate of a cell of each population, in bins of ${readable(perBin * 1000, 3)} ms.`);
  return {
    width,
    find: (x, y) => {
      const time = view.from + ((x - margin.left) / (width - margin.left - margin.right)) * (view.to - view.from);
      const bin = Math.floor((time - view.from) / perBin);
      if (bin < 0 || bin >= bins || y > band.top + band.height) return undefined;
      const values = trains.map(({ name }, k) => `${name} ${readable(rates[k]?.[bin] ?? 0, 3)} Hz`).slice(0, 4);
      return { x, y, text: `${readable(time * 1000, 5)} ms: ${values.join(', ')}` };
    },
  };
}

/** Writes the unit of a picture, and the names of its curves in their colours, above the frame. */
function legend(
  { context, muted, width }: Surface,
  unit: string,
  names: readonly { readonly name: string; readonly colour: number }[],
  top = 0,
): void {
  context.textAlign = 'right';
  context.fillStyle = muted;
  context.fillText(unit, margin.left - 8, top + 14);
  context.textAlign = 'left';
  let x = margin.left;
  for (const { name, colour } of names) {
    const text = fitted(context, name, 220);
    const long = context.measureText(text).width + 26;
    if (x + long > width - margin.right) {
      context.fillStyle = muted;
      context.fillText('…', x, top + 14);
      return;
    }
    context.fillStyle = partColour(colour);
    context.fillRect(x, top + 6, 10, 10);
    context.fillText(text, x + 14, top + 15);
    x += long;
  }
}

// --- Traces ---------------------------------------------------------------------------------------------------------
/** Returns the heights of the traces of each variable: at the top of the page, the first one is the largest. */
const traceHeights = (canvas: HTMLCanvasElement, series: number): readonly number[] =>
  Array.from({ length: series }, (_, k) => {
    if (!canvas.closest('.card')) return 150;
    return series === 1 ? 300 : Math.max(k === 0 ? 160 : 80, ((k === 0 ? 2 : 1) * 400) / (series + 1));
  });

/** Checks whether values differ by rounding only. */
const isFlat = ([low, high]: readonly [number, number]): boolean =>
  high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high));

/** Checks whether no recorded variable changes. */
const areFlat = (samples: readonly SampleRows[]): boolean =>
  samples.every(
    ({ times, columns }) => times.length > 0 && columns.every((column) => isFlat(extentOf([{ columns: [column] }]))),
  );

/** Returns the least and the largest value; the least is larger if there is none. */
function extentOf(rows: readonly Pick<SampleRows, 'columns'>[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { columns } of rows)
    for (const column of columns)
      for (const value of column)
        if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

function rangeOf(rows: readonly SampleRows[]): readonly [number, number] {
  const [low, high] = extentOf(rows);
  if (low > high) return [0, 1];
  const room = isFlat([low, high]) ? Math.max(1e-12, Math.abs(high) * 0.1) : (high - low) * 0.05;
  return [low - room, high + room];
}

function drawTraces(canvas: HTMLCanvasElement, recording: Recording, under: Recording | undefined, view: Span): Drawn {
  const { series } = recording.begin;
  const heights = traceHeights(canvas, series.length);
  const tops = heights.map((_, k) => heights.slice(0, k).reduce((sum, height) => sum + height, 0));
  const bottom = heights.reduce((sum, height) => sum + height, 0);
  const surface = surfaceOf(canvas, bottom + margin.bottom);
  const { context, muted, width } = surface;
  const place = timeAxis(surface, view, bottom);
  const drawn = series.map(({ name, units, size }, k) => {
    const top = tops[k] ?? 0;
    const band = { top: top + 24, height: (heights[k] ?? 0) - 30 };
    const rows = recording.samples[k] ?? { cells: [], times: [], columns: [], seen: 0, stride: 1 };
    const below = under?.samples[k];
    const range = rangeOf(below ? [rows, below] : [rows]);
    const decade = Math.max(firstDecade, Math.min(lastDecade, decadeOf(range)));
    const scale = units[decade - firstDecade] ?? { unit: '', perSi: 1 };
    const heightOf = valueAxis(surface, band, range[0] * scale.perSi, range[1] * scale.perSi);
    frame(surface, band);
    const curve = ({ times }: SampleRows, column: readonly number[], colour: string): void => {
      context.strokeStyle = colour;
      context.lineWidth = 1.5;
      context.beginPath();
      times.forEach((time, at) => {
        const y = heightOf((column[at] ?? NaN) * scale.perSi);
        if (at === 0 || time < (times[at - 1] ?? 0)) context.moveTo(place(time), y);
        else context.lineTo(place(time), y);
      });
      context.stroke();
    };
    clipped(surface, band, () => {
      if (below) for (const column of below.columns) curve(below, column, `${muted}99`);
      rows.columns.forEach((column, at) => curve(rows, column, partColour(at)));
    });
    legend(
      surface,
      scale.unit,
      // The first has the variable for all.
      rows.cells.map((cell, at) => ({ name: `${at === 0 ? name : ''}${size > 1 ? `[${cell}]` : ''}`, colour: at })),
      top,
    );
    return { name, band, rows, range, scale, heightOf };
  });
  const isStill = areFlat(recording.samples);
  write('traces-caption', isStill ? 'Recorded variables: nothing changes them in this run.' : 'Recorded variables.');
  const summaryOf = ({ name, rows, range, scale }: (typeof drawn)[number]): string =>
    `${name} of ${rows.cells.length} from ${readable(range[0] * scale.perSi, 3)} to ${readable(range[1] * scale.perSi, 3)} ${scale.unit}`;
  canvas.setAttribute('aria-label', `Samples: ${drawn.map(summaryOf).join('; ')}`);
  return {
    width,
    find: (x, y) => {
      const part = drawn.find(({ band }) => y >= band.top && y <= band.top + band.height);
      const time = view.from + ((x - margin.left) / (width - margin.left - margin.right)) * (view.to - view.from);
      const at = part?.rows.times.findIndex((each) => each >= time) ?? -1;
      if (!part || at < 0) return undefined;
      const { name, rows, scale, heightOf } = part;
      const heights = rows.columns.map((column) => heightOf((column[at] ?? NaN) * scale.perSi));
      const nearest = heights.reduce(
        (best, each, k) => (Math.abs(each - y) < Math.abs((heights[best] ?? Infinity) - y) ? k : best),
        0,
      );
      const value = (rows.columns[nearest]?.[at] ?? NaN) * scale.perSi;
      const when = readable((rows.times[at] ?? 0) * 1000, 6);
      return {
        x,
        y: heights[nearest] ?? y,
        text: `${name}[${rows.cells[nearest] ?? 0}], ${when} ms: ${readable(value, 5)} ${scale.unit}`,
      };
    },
  };
}
