/** The summary that `run` prints for people. */

import { formatBytes, formatCount, formatDuration } from '../diagnostics/quantities.js';
import { printable } from '../diagnostics/display.js';
import type { GeneratedResult, RunResult } from '../pipeline/pipeline.js';
import type { RunReport } from '../pipeline/results/report.js';
import type { SpikeTrains } from '../../runtime/results/result.js';
import { writtenNodes } from '../../runtime/results/written-nodes.js';
import { drawRaster, type RasterPopulation } from './raster.js';
import { formatTable } from './table.js';
import type { Output } from './terminal.js';

const widestRaster = 80;
const rasterRows = 12;
/** Rows of a table and lines of a list that a person still reads; `--json` has all. */
const mostPopulations = 40;
const mostFiles = 20;

/** Returns rates by population, a raster if the output is a terminal, the fingerprint and the files written. */
export function runSummary(report: RunReport, result: RunResult, output: Output): string {
  const { steps, dt } = report;
  const { outcome } = result.record;
  const nodes = writtenNodes(result.record);
  const raster = output.terminal
    ? drawRaster(
        result.trains.map((trains) => toRaster(trains, nodes(trains.plan.population).population)),
        {
          steps,
          from: '0 s',
          to: formatDuration(steps * dt),
          columns: Math.min(output.columns, widestRaster),
          rows: rasterRows,
        },
      )
    : [];
  return [
    ...heading(report),
    '',
    ...rateTable(report),
    '',
    ...(raster.length > 0 ? [...raster, ''] : []),
    ...(outcome === 'complete'
      ? []
      : [
          `the run ${outcome === 'stopped' ? 'was stopped' : 'ended'} at ${formatDuration(steps * dt)} of model ` +
            `time${report.outputs.length > 0 ? '; the output files are marked as incomplete' : ''}`,
        ]),
    `fingerprint  ${report.fingerprint}`,
    ...shortened(
      report.outputs.map((path) => `wrote        ${printable(path)}`),
      mostFiles,
      (count) => `             and ${count} more files`,
    ),
    `time         ${timesText(report)}`,
  ].join('\n');
}

/** Returns the summary of generated files if no model was run. */
export function generatedSummary(report: RunReport, result: GeneratedResult): string {
  const files = [...result.sources].map(([name, text]) => `  ${name}  ${formatBytes(text.length)}`);
  return [...heading(report), '', `generated ${files.length} files; nothing was run`, ...files].join('\n');
}

function heading({ model, target, device, precision, seed, dt, steps, threads }: RunReport): string[] {
  const engine = [
    device === target ? target : `${target} (${device})`,
    `${threads} thread${threads === 1 ? '' : 's'}`,
    precision,
  ];
  return [
    `${printable(model.name)}  (model ${model.hash.slice(0, 12)})`,
    [...engine, `seed ${seed}`, `${formatCount(steps)} step${steps === 1 ? '' : 's'} of ${formatDuration(dt)}`].join(
      ', ',
    ),
  ];
}

function rateTable({ populations }: RunReport): string[] {
  const columns = [
    { heading: 'population', align: 'left' },
    { heading: 'cells', align: 'right' },
    { heading: 'spikes', align: 'right' },
    { heading: 'rate (Hz)', align: 'right' },
  ] as const;
  const rows = Object.entries(populations).map(([name, { size, spikes, rate }]) => [
    name,
    formatCount(size),
    formatCount(spikes),
    rate.toFixed(2),
  ]);
  return shortened(
    formatTable(columns, rows),
    mostPopulations + 1,
    (count) => `and ${formatCount(count)} more populations; --json lists them all`,
  );
}

/** Returns the first lines of a list, and a line that counts the others. */
function shortened(lines: readonly string[], most: number, others: (count: number) => string): string[] {
  return lines.length <= most + 1 ? [...lines] : [...lines.slice(0, most), others(lines.length - most)];
}

function timesText({ timings, memory }: RunReport): string {
  const { connect, run, total } = timings;
  return (
    `${formatDuration(total)} in all, ${formatDuration(connect)} connecting, ${formatDuration(run)} running; ` +
    `${formatBytes(memory.peak)} of memory`
  );
}

function toRaster(trains: SpikeTrains, population: string): RasterPopulation {
  const { event } = trains.plan;
  return {
    name: event === 'spike' ? population : `${population}.${event}`,
    size: trains.counts.length,
    spikes: (row) => trains.read(row, row + 1),
  };
}
