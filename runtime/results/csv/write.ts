/**
 * Writes a result as CSV: `NAME.csv` has the spikes, `NAME.SERIES.csv` each recorded variable, and
 * `NAME.provenance.json` the record of the run with its model. Numbers are in SI units, or in units of the model's
 * notation, which the column names include.
 */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { extname } from 'node:path';

import { pathWith } from '../file-sets.js';
import { systemFiles, type FileSystem } from '../file-system.js';
import { createOutput, incompletePath, nameOutputs, orAbandon, type OutputFile } from '../output-files.js';
import { numberText } from '../number-text.js';
import { provenanceParts } from '../record-text.js';
import {
  columnCount,
  elementAt,
  segmentsOf,
  segmentTime,
  timeOf,
  writtenDt,
  writtenValues,
  type ResultWriter,
  type RunHeader,
  type RunRecord,
  type RunSetup,
  type SampleBlock,
  type SeriesPlan,
  type SpikeTrains,
  type SpikeVariable,
  type TrainsPlan,
  writtenAtSpikes,
} from '../result.js';
import { invariant } from '../../../src/diagnostics/diagnostic.js';
import { writtenNodes, writtenOwner } from '../written-nodes.js';

/** Path of the provenance of a CSV result. */
export function provenancePath(path: string): string {
  return `${path.slice(0, path.length - extname(path).length)}.provenance.json`;
}

/** Path of one series of a CSV result. */
export function seriesPath(path: string, series: string): string {
  return pathWith(path, series);
}

/** A writer of CSV files around `path`, which ends in `.csv`. */
export function csvWriter(path: string, fileSystem: FileSystem = systemFiles): ResultWriter {
  let setup: RunSetup | null = null;
  const files: { readonly file: OutputFile; readonly nameFor: (path: string) => string }[] = [];
  const series: OutputFile[] = [];
  const open = (nameFor: (path: string) => string): OutputFile => {
    const file = createOutput(nameFor(path), fileSystem);
    files.push({ file, nameFor });
    return file;
  };
  const opened = (): OutputFile[] => files.map(({ file }) => file);
  /** A failed write leaves no files. */
  const guarded = <T>(action: () => T): T => orAbandon(opened, action);
  return {
    open: async (given) => {
      setup = given;
      guarded(() => {
        open((name) => name);
        for (const plan of given.series) {
          const file = open((name) => seriesPath(name, plan.name));
          series.push(file);
          file.write(`${given.segments ? 'segment,' : ''}${header(plan, given.header)}\n`);
        }
        open(provenancePath);
      });
    },
    samples: (block) =>
      guarded(() => {
        invariant(setup, 'csv', 'samples before open');
        writeRows(itemAt(series, block.series), itemAt(setup.series, block.series), block, setup);
      }),
    advance: () => undefined,
    close: async (record, trains) =>
      guarded(() => {
        invariant(setup, 'csv', 'close before open');
        writeSpikes(itemAt(files, 0).file, trains, setup, record);
        for (const part of provenanceParts(record, setup.data)) itemAt(files, files.length - 1).file.write(part);
        for (const { file } of files) file.finish();
        const final = record.complete ? path : incompletePath(path);
        const outputs = files.map(({ file, nameFor }) => ({ file, path: nameFor(final) }));
        nameOutputs(outputs, fileSystem);
        return outputs.map((output) => output.path);
      }),
    abandon: async () => opened().forEach((file) => file.abandon()),
  };
}

/** Returns the names of columns, with a unit if it is not SI. */
function header(plan: SeriesPlan, run: RunHeader): string {
  const { population, idOf } = writtenOwner(run, plan);
  const unit = plan.written ? `_${plan.written.unit}` : '';
  const columns = Array.from({ length: columnCount(plan) }, (_, i) =>
    plan.elements === null ? plan.variable : `${population}[${idOf(elementAt(plan.elements, i))}].${plan.variable}`,
  );
  return [timeColumn(run), ...columns.map((name) => `${name}${unit}`)].join(',');
}

const timeColumn = ({ times }: RunHeader): string => `time_${times?.unit ?? 's'}`;

function writeRows(file: OutputFile, plan: SeriesPlan, block: SampleBlock, setup: RunSetup): void {
  const width = columnCount(plan);
  const dt = writtenDt(setup.header);
  const values = writtenValues(plan, block.values);
  const segment = setup.segments?.[block.segment ?? 0];
  for (const [row, step] of block.steps.entries()) {
    const time = segment ? segmentTime(segment, step, plan.label, dt) : timeOf(step, plan.label, dt);
    const cells = [...(segment ? [quoted(segment.name)] : []), numberText(time, 'f64')];
    for (let i = row * width; i < (row + 1) * width; i += 1) cells.push(numberText(values[i]!, plan.element));
    file.write(`${cells.join(',')}\n`);
  }
}

/** Returns the column name of a variable recorded at spikes, with a unit if it is not SI. */
export const spikeColumn = ({ name, written }: SpikeVariable): string => (written ? `${name}_${written.unit}` : name);

/** Columns of the variables of all trains. */
export const spikeColumns = (trains: readonly TrainsPlan[]): readonly string[] => [
  ...new Set(trains.flatMap(({ variables }) => (variables ?? []).map(spikeColumn))),
];

/** Returns a name as a CSV cell: in quotes if it contains a comma or quote. */
export const quoted = (name: string): string =>
  /[",\n]/.test(name) ? `"${name.replaceAll('"', '""').replaceAll('\n', ' ')}"` : name;

/** Spikes of a step: the id of a cell, and the cells of the columns of variables, each after a comma. */
type SpikeRow = readonly [step: number, id: number, recorded: string];

/** Writes spikes by population and step; with several segments, times count within the segment in the first column. */
function writeSpikes(file: OutputFile, trains: readonly SpikeTrains[], setup: RunSetup, record: RunRecord): void {
  const { spikeLabel: label } = setup;
  const dt = writtenDt(setup.header);
  const withEvent = trains.some(({ plan }) => plan.event !== 'spike');
  const several = setup.segments !== undefined;
  const columns = spikeColumns(trains.map(({ plan }) => plan));
  const head = [
    ...(several ? ['segment'] : []),
    'population',
    ...(withEvent ? ['event'] : []),
    'index',
    timeColumn(setup.header),
    ...columns,
  ];
  file.write(`${head.join(',')}\n`);
  const segments = segmentsOf(record, record.steps);
  const nodes = writtenNodes(setup.header);
  const rowsOf = function* rowsOf({ plan, inOrder }: SpikeTrains): Iterable<SpikeRow> {
    const { idOf } = nodes(plan.population);
    const variables = plan.variables ?? [];
    const places = columns.map((column) => variables.findIndex((variable) => spikeColumn(variable) === column));
    for (const { steps, cells, values } of inOrder()) {
      const written = variables.map((variable, v) => writtenAtSpikes(variable, itemAt(values, v)));
      for (let i = 0; i < steps.length; i += 1)
        yield [
          itemAt(steps, i),
          idOf(itemAt(cells, i)),
          places.map((v) => (v < 0 ? ',' : `,${numberText(itemAt(written, v)[i]!, 'f64')}`)).join(''),
        ];
    }
  };
  const groups = new Map<string, SpikeTrains[]>();
  for (const train of trains) {
    const name = quoted(nodes(train.plan.population).population);
    const start = withEvent ? `${name},${train.plan.event},` : `${name},`;
    groups.set(start, [...(groups.get(start) ?? []), train]);
  }
  for (const [start, parts] of groups) {
    const rows = parts.length === 1 ? rowsOf(itemAt(parts, 0)) : inOrderOf(parts.flatMap((part) => [...rowsOf(part)]));
    let k = 0;
    for (const [step, id, recorded] of rows) {
      while (k + 1 < segments.length && step >= itemAt(segments, k).end) k += 1;
      const segment = itemAt(segments, k);
      const time = several ? segmentTime(segment, step, label, dt) : timeOf(step, label, dt);
      file.write(`${several ? `${quoted(segment.name)},` : ''}${start}${id},${time}${recorded}\n`);
    }
  }
}

const inOrderOf = (rows: readonly SpikeRow[]): readonly SpikeRow[] => rows.toSorted(([a, i], [b, j]) => a - b || i - j);
