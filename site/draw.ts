/** A raster of spikes and traces of samples, drawn while a run goes on. */

import type { BeginMessage, LiveMessage } from './messages.js';

/** Colours with enough contrast on white, which people with colour blindness can tell apart. */
const colours = ['#0072b2', '#d55e00', '#007a57', '#9b4d85', '#6b5b00', '#333333'];

const colourOf = (k: number): string => colours[k % colours.length] ?? '#000';

/** Pictures of a run. */
export interface Pictures {
  add(live: LiveMessage): void;
}

const margin = { left: 90, right: 10, top: 8, bottom: 24 };

/** Prepares both canvases for a run. */
export function pictures(begin: BeginMessage, raster: HTMLCanvasElement, traces: HTMLCanvasElement): Pictures {
  const end = begin.steps * begin.dt;
  const drawSpikes = rasterOn(raster, begin, end);
  traces.hidden = begin.series.length === 0;
  const drawSamples = tracesOn(traces, begin, end);
  return {
    add: (live) => {
      drawSpikes(live);
      drawSamples(live);
    },
  };
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws nothing');
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.font = '12px sans-serif';
  return context;
}

/** Draws the time axis. @returns the place of a time in s */
function timeAxis(
  context: CanvasRenderingContext2D,
  { width, height }: HTMLCanvasElement,
  end: number,
): (time: number) => number {
  const span = width - margin.left - margin.right;
  const place = (time: number): number => margin.left + (end > 0 ? (time / end) * span : 0);
  context.fillStyle = '#111';
  context.textAlign = 'center';
  for (let k = 0; k <= 4; k += 1) {
    const time = (end * k) / 4;
    const text = `${Number((time * 1000).toPrecision(4))} ms`;
    context.textAlign = k === 4 ? 'right' : k === 0 ? 'left' : 'center';
    context.fillText(text, place(time), height - 8);
  }
  return place;
}

/** Most rows of pixels for one population; larger ones are drawn closer together. */
const mostRows = 2000;

function rasterOn(canvas: HTMLCanvasElement, { dt, trains }: BeginMessage, end: number): (live: LiveMessage) => void {
  const context = contextOf(canvas);
  const place = timeAxis(context, canvas, end);
  const height = canvas.height - margin.top - margin.bottom;
  const rows = trains.map(({ size }) => Math.max(1, Math.min(size, mostRows)));
  const all = rows.reduce((sum, count) => sum + count, 0);
  let row = 0;
  const bands = trains.map(({ name, size }, k) => {
    const top = margin.top + (height * row) / all;
    const tall = (height * (rows[k] ?? 1)) / all;
    row += rows[k] ?? 1;
    context.fillStyle = colourOf(k);
    context.textAlign = 'left';
    context.fillText(name.slice(0, 14), 2, Math.max(12, top + Math.min(tall, 40) / 2 + 4));
    return { top, tall, size: Math.max(1, size) };
  });
  const counts = trains.map(() => 0);
  return ({ spikes }) => {
    for (const { train, steps, cells } of spikes) {
      const band = bands[train];
      if (!band) continue;
      counts[train] = (counts[train] ?? 0) + steps.length;
      context.fillStyle = colourOf(train);
      const dot = Math.max(1, Math.min(3, band.tall / band.size));
      for (let k = 0; k < steps.length; k += 1)
        context.fillRect(place((steps[k] ?? 0) * dt), band.top + (band.tall * (cells[k] ?? 0)) / band.size, 1.5, dot);
    }
    const said = trains.map(({ name }, k) => `${counts[k] ?? 0} of ${name}`).join(', ');
    canvas.setAttribute('aria-label', said === '' ? 'Spikes: none are recorded' : `Spikes: ${said}`);
  };
}

/** Values of one trace so far. */
interface Trace {
  readonly times: number[];
  readonly values: number[];
}

/** Points of a trace that are kept; of longer ones, every second point is dropped again and again. */
const mostPoints = 20_000;

function tracesOn(canvas: HTMLCanvasElement, { dt, series }: BeginMessage, end: number): (live: LiveMessage) => void {
  canvas.height = Math.max(1, series.length) * 160 + margin.bottom;
  const all = series.map(({ cells }) => cells.map((): Trace => ({ times: [], values: [] })));
  return ({ samples }) => {
    if (samples.length === 0) return;
    for (const { series: k, steps, values } of samples) {
      const traces = all[k] ?? [];
      steps.forEach((step, row) => {
        traces.forEach((trace, column) => {
          trace.times.push(step * dt);
          trace.values.push(values[row * traces.length + column] ?? NaN);
        });
      });
      traces.forEach(thin);
    }
    const context = contextOf(canvas);
    const place = timeAxis(context, canvas, end);
    series.forEach(({ name, unit }, k) => drawSeries(context, place, `${name} (${unit})`, all[k] ?? [], k * 160 + 8));
    canvas.setAttribute('aria-label', `Samples: ${series.map(({ name }, k) => said(name, all[k] ?? [])).join('; ')}`);
  };
}

function thin({ times, values }: Trace): void {
  if (times.length < mostPoints) return;
  for (const list of [times, values]) list.splice(0, Infinity, ...list.filter((_, k) => k % 2 === 0));
}

function rangeOf(traces: readonly Trace[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { values } of traces)
    for (const value of values) if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low > high ? [0, 1] : low === high ? [low - 1e-12, high + 1e-12] : [low, high];
}

function said(name: string, traces: readonly Trace[]): string {
  const [low, high] = rangeOf(traces);
  return `${name} of ${traces.length} from ${low.toPrecision(3)} to ${high.toPrecision(3)}`;
}

function drawSeries(
  context: CanvasRenderingContext2D,
  place: (time: number) => number,
  title: string,
  traces: readonly Trace[],
  top: number,
): void {
  const tall = 140;
  const [low, high] = rangeOf(traces);
  context.fillStyle = '#111';
  context.textAlign = 'left';
  context.fillText(title, margin.left + 4, top + 10);
  context.fillText(high.toPrecision(3), 2, top + 10);
  context.fillText(low.toPrecision(3), 2, top + tall);
  traces.forEach(({ times, values }, k) => {
    context.strokeStyle = colourOf(k);
    context.beginPath();
    times.forEach((time, at) => {
      const y = top + tall - (((values[at] ?? 0) - low) / (high - low)) * tall;
      if (at === 0 || time < (times[at - 1] ?? 0)) context.moveTo(place(time), y);
      else context.lineTo(place(time), y);
    });
    context.stroke();
  });
}
