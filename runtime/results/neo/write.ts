/**
 * Writes a result as Neo-like JSON: blocks, segments, spike trains and analog signals under Neo's names
 * (https://neo.readthedocs.io, core objects), so that a short loader can create Neo objects from it.
 *
 * Times and values are in SI units, or in units of the model's notation; each has its own unit. Numbers are the
 * shortest decimals that read back to the same bits; samples are base64 of little-endian rows. Samples are collected in
 * separate files until the end, so that memory stays bounded.
 */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { readSync } from 'node:fs';

import { invariant } from '../../../src/diagnostics/diagnostic.js';
import type { ElementType } from '../../../src/ir/program.js';
import { bytesOf } from '../arrays.js';
import { partialPath, pathWith, removeQuietly } from '../file-sets.js';
import { systemFiles, writeAll, type FileSystem } from '../file-system.js';
import { orDiscard, orOutputError } from '../output-error.js';
import { createOutput, incompletePath, nameOutputs, type OutputFile } from '../output-files.js';
import { provenanceParts } from '../record-text.js';
import {
  columnCount,
  elementAt,
  segmentsOf,
  segmentTime,
  writtenDt,
  writtenValues,
  type ResultWriter,
  type RunHeader,
  type RunRecord,
  type RunSetup,
  type SampleBlock,
  type SegmentSpan,
  type SeriesPlan,
  type SpikeTrains,
  type SpikeVariable,
  writtenAtSpikes,
} from '../result.js';
import { rowRanges } from '../stored-trains.js';
import { writtenNodes, writtenOwner } from '../written-nodes.js';

/** NumPy's names of element types. */
const numpyTypes: Readonly<Record<ElementType, string>> = {
  f64: '<f8',
  f32: '<f4',
  i64: '<i8',
  u32: '<u4',
  i32: '<i4',
  u16: '<u2',
  i16: '<i2',
  u8: '|u1',
  i8: '|i1',
};

/** Units as the package `quantities` names them. */
function neoUnit(unit: string): string {
  return unit === '1' ? 'dimensionless' : unit;
}

/** A writer of one JSON file. */
export function neoWriter(path: string, fileSystem: FileSystem = systemFiles): ResultWriter {
  let setup: RunSetup | null = null;
  let output: OutputFile | null = null;
  let waiting: readonly SampleFile[] = [];
  const discard = (): void => {
    output?.abandon();
    for (const file of waiting) file.remove();
  };
  /** A failed write leaves no files. */
  const guarded = <T>(action: () => T): T => orDiscard(path, discard, action);
  return {
    open: async (given) =>
      guarded(() => {
        setup = given;
        output = createOutput(path, fileSystem);
        waiting = given.series.map((plan, i) =>
          createSampleFile(
            `${partialPath(pathWith(path, `series-${i}`), fileSystem.process)}.samples`,
            path,
            plan.gaps || given.segments !== undefined,
            fileSystem,
          ),
        );
      }),
    samples: (block) =>
      guarded(() => {
        invariant(setup, 'neo', 'samples before open');
        itemAt(waiting, block.series).add({
          ...block,
          values: writtenValues(itemAt(setup.series, block.series), block.values),
        });
      }),
    advance: () => undefined,
    close: async (record, trains) =>
      guarded(() => {
        invariant(setup && output, 'neo', 'close before open');
        writeDocument(output, setup, record, trains, waiting);
        output.finish();
        for (const file of waiting) file.remove();
        const final = record.complete ? path : incompletePath(path);
        nameOutputs([{ file: output, path: final }], fileSystem);
        return [final];
      }),
    abandon: async () => discard(),
  };
}

function writeDocument(
  output: OutputFile,
  setup: RunSetup,
  record: RunRecord,
  trains: readonly SpikeTrains[],
  samples: readonly SampleFile[],
): void {
  output.write('{ "format": "interneuron-neo-json", "version": 1,\n"blocks": [ { ');
  output.write(
    `"name": ${json(record.name)}, "rec_datetime": ${json(record.date)}, "annotations": ` +
      `${json({ complete: record.complete, fingerprint: record.fingerprint.total, ...setup.metadata.annotations })},\n`,
  );
  output.write('"segments": [ ');
  const segments = segmentsOf(record, record.steps);
  for (const [index, segment] of segments.entries()) {
    if (index > 0) output.write(',\n');
    writeSegment(output, setup, record, trains, samples, segment, index);
  }
  output.write(` ],\n"groups": [${groupsText(trains, segments.length, writtenNodes(setup.header))}]\n} ],\n`);
  output.write('"provenance": ');
  for (const part of provenanceParts(record, setup.data)) output.write(part);
  output.write('}\n');
}

/** Writes one segment: trains and signals with its own times. */
function writeSegment(
  output: OutputFile,
  setup: RunSetup,
  record: RunRecord,
  trains: readonly SpikeTrains[],
  samples: readonly SampleFile[],
  segment: SegmentSpan,
  index: number,
): void {
  output.write(
    `{ "name": ${json(segment.name)}, "index": ${index}, "annotations": ` +
      `${json(segment.annotations ?? {})},\n"spiketrains": [`,
  );
  const write = separated(output);
  const nodes = writtenNodes(setup.header);
  for (const train of trains) {
    for (const [begin, end] of rowRanges(train.counts, 1 << 22)) {
      let at = 0;
      const steps = train.read(begin, end);
      const values = (train.plan.variables ?? []).map((variable, v) => ({
        variable,
        all: writtenAtSpikes(variable, train.values(v, begin, end)),
      }));
      for (let row = begin; row < end; row += 1) {
        const [from, to] = [at, (at += itemAt(train.counts, row))];
        const inside = (_: number, k: number): boolean =>
          itemAt(steps, from + k) >= segment.begin && itemAt(steps, from + k) < segment.end;
        const stepsOfCell = steps.subarray(from, to).filter(inside);
        const recorded = values.map(({ variable, all }) => ({
          variable,
          values: all.subarray(from, to).filter(inside),
        }));
        write(trainText(train, row, stepsOfCell, recorded, setup, segment, nodes));
      }
    }
  }
  output.write('],\n"analogsignals": [');
  writeSignals(output, setup, samples, segment, index, false);
  output.write('],\n"irregularlysampledsignals": [');
  writeSignals(output, setup, samples, segment, index, true);
  output.write(`],\n"events": [],\n"epochs": [${epochsText(record, segment)}]\n}`);
}

function timeUnit({ times }: RunHeader): string {
  return times?.unit ?? 's';
}

function separated(output: OutputFile): (text: string) => void {
  let separator = '\n';
  return (text) => {
    output.write(separator + text);
    separator = ',\n';
  };
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

/** Returns the position of a cell in micrometres along each axis; undefined if its population has no positions. */
function placeOf(
  { populations }: RunSetup,
  population: string,
  cell: number,
): Record<'x' | 'y' | 'z', number> | undefined {
  const positions = populations.find(({ name }) => name === population)?.positions;
  const along = (axis: number): number => (positions?.[3 * cell + axis] ?? Number.NaN) * 1e6;
  return positions && { x: along(0), y: along(1), z: along(2) };
}

function trainText(
  { plan }: SpikeTrains,
  row: number,
  steps: Uint32Array,
  recorded: readonly { readonly variable: SpikeVariable; readonly values: Float64Array }[],
  setup: RunSetup,
  segment: SegmentSpan,
  nodes: ReturnType<typeof writtenNodes>,
): string {
  const dt = writtenDt(setup.header);
  const cell = elementAt(plan.cells, row);
  const { population: written, idOf } = nodes(plan.population);
  const id = idOf(cell);
  const name = plan.event === 'spike' ? `${written}[${id}]` : `${written}[${id}].${plan.event}`;
  const times = Array.from(steps, (step) => segmentTime(segment, step, setup.spikeLabel, dt));
  const [start, stop] = [segmentTime(segment, segment.begin, 0, dt), segmentTime(segment, segment.end, 0, dt)];
  const { population, event } = plan;
  const annotations = { population: written, cell_id: id, event, ...placeOf(setup, population, cell) };
  return (
    `{ "name": ${json(name)}, "units": "${timeUnit(setup.header)}", "t_start": ${start}, "t_stop": ${stop}, ` +
    `"times": [${times.join(', ')}], ` +
    `"annotations": ${json(annotations)}, ` +
    `"array_annotations": {${recorded.map(arrayAnnotation).join(', ')}} }`
  );
}

/** Values of a variable at the spikes of a train: `v: {units, data}`, with the data of a signal. */
function arrayAnnotation({
  variable: { name, unit, written },
  values,
}: {
  readonly variable: SpikeVariable;
  readonly values: Float64Array;
}): string {
  const units = written?.unit ?? neoUnit(unit);
  const bytes = Buffer.from(bytesOf(values)).toString('base64');
  return `${json(name)}: ${json({ units, data: { encoding: 'base64', dtype: numpyTypes.f64, bytes } })}`;
}

function epochsText(record: RunRecord, segment: SegmentSpan): string {
  const { phases } = record;
  const dt = writtenDt(record);
  if (phases.length < 2) return '';
  const phasesOfSegment = phases.filter(
    ({ begin, end }) => begin >= segment.begin && end <= segment.end && (begin < end || begin < segment.end),
  );
  return json({
    name: 'phases',
    units: timeUnit(record),
    times: phasesOfSegment.map(({ begin }) => segmentTime(segment, begin, 0, dt)),
    durations: phasesOfSegment.map(({ begin, end }) => (end - begin) * dt),
    labels: phasesOfSegment.map(({ name }) => name),
    annotations: {},
    array_annotations: { segment: phasesOfSegment.map(({ segment: name }) => name) },
  });
}

/** A group for each population: [segment, train] of each of its trains. */
function groupsText(trains: readonly SpikeTrains[], segments: number, nodes: ReturnType<typeof writtenNodes>): string {
  let first = 0;
  const groups = new Map<string, number[][]>();
  for (const { plan, counts } of trains) {
    const { population } = nodes(plan.population);
    const name = plan.event === 'spike' ? population : `${population}.${plan.event}`;
    const members = groups.get(name) ?? [];
    groups.set(name, members);
    for (let segment = 0; segment < segments; segment += 1)
      for (const row of counts.keys()) members.push([segment, first + row]);
    first += counts.length;
  }
  return [...groups].map(([name, spiketrains]) => json({ name, spiketrains })).join(',\n');
}

function writeSignals(
  output: OutputFile,
  setup: RunSetup,
  samples: readonly SampleFile[],
  segment: SegmentSpan,
  index: number,
  irregular: boolean,
): void {
  const write = separated(output);
  for (const [i, plan] of setup.series.entries()) {
    const rows = itemAt(samples, i).rows(index);
    const steps = plan.gaps || setup.segments !== undefined ? itemAt(samples, i).steps(index) : null;
    // With several segments each has samples at its own steps, which are regular unless the recording was switched
    // within it.
    if ((steps !== null && (setup.segments === undefined || !isRegular(steps, plan.every))) !== irregular) continue;
    // A recording that was off throughout has no signal, except for the one segment of most runs.
    if (rows === 0 && setup.segments !== undefined) continue;
    write(signalStart(setup, plan, rows, steps, segment, irregular));
    for (const bytes of itemAt(samples, i).read(index)) output.write(Buffer.from(bytes).toString('base64'));
    output.write('" } }');
  }
}

/** Whether samples follow each other at equal intervals. */
const isRegular = (steps: readonly number[], every: number): boolean =>
  steps.every((step, k) => k === 0 || step - itemAt(steps, k - 1) === every);

function signalStart(
  setup: RunSetup,
  plan: SeriesPlan,
  rows: number,
  steps: readonly number[] | null,
  segment: SegmentSpan,
  irregular: boolean,
): string {
  const dt = writtenDt(setup.header);
  const width = columnCount(plan);
  const cells = plan.elements === null ? [] : Array.from({ length: width }, (_, i) => elementAt(plan.elements!, i));
  const { population, idOf } = writtenOwner(setup.header, plan);
  const places = cells.map((cell) => placeOf(setup, plan.owner, cell));
  const axes = ['x', 'y', 'z'] as const;
  const ids = {
    ...(plan.elements === null ? {} : { cell_id: cells.map(idOf) }),
    ...(places[0] ? Object.fromEntries(axes.map((axis) => [axis, places.map((place) => place?.[axis])])) : {}),
  };
  const first = steps?.[0] ?? plan.offset;
  const head = {
    name: plan.name,
    units: plan.written?.unit ?? neoUnit(plan.unit),
    ...(irregular
      ? {
          time_units: timeUnit(setup.header),
          times: (steps ?? []).map((step) => segmentTime(segment, step, plan.label, dt)),
        }
      : {
          t_start: segmentTime(segment, first, plan.label, dt),
          t_start_units: timeUnit(setup.header),
          sampling_rate: 1 / (plan.every * setup.header.dt),
          sampling_rate_units: 'Hz',
        }),
    shape: plan.elements === null ? [rows, 1] : [rows, width],
    annotations: { owner: population, variable: plan.variable, recording: plan.recording },
    array_annotations: ids,
  };
  const dtype = numpyTypes[plan.element];
  return `${json(head).slice(0, -1)}, "data": { "encoding": "base64", "dtype": "${dtype}", "bytes": "`;
}

// --- Samples on their way -------------------------------------------------------------------------------------------
interface SampleFile {
  add(block: SampleBlock): void;
  /** Samples in a segment. */
  rows(segment: number): number;
  /** Steps of a segment's samples, if they are stored. */
  steps(segment: number): readonly number[];
  /**
   * A segment's bytes in blocks with base64 forms that can be concatenated: the length of each except the last is a
   * multiple of three.
   */
  read(segment: number): Iterable<Uint8Array>;
  remove(): void;
}

/** Where the samples of one segment are. */
interface Stretch {
  readonly from: number;
  bytes: number;
  rows: number;
  readonly steps: number[];
}

/** @param keepSteps whether rows have individual steps, which regular samples do not need */
function createSampleFile(file: string, path: string, keepSteps: boolean, fileSystem: FileSystem): SampleFile {
  let descriptor: number | null = null;
  let length = 0;
  const stretches = new Map<number, Stretch>();
  return {
    add: ({ steps: added, values, segment = 0 }) => {
      let stretch = stretches.get(segment);
      if (!stretch) stretches.set(segment, (stretch = { from: length, bytes: 0, rows: 0, steps: [] }));
      const bytes = bytesOf(values);
      orOutputError(path, () => writeAll((descriptor ??= fileSystem.create(file)), bytes, fileSystem));
      length += bytes.length;
      stretch.bytes += bytes.length;
      stretch.rows += added.length;
      if (keepSteps) for (const step of added) stretch.steps.push(step);
    },
    rows: (segment) => stretches.get(segment)?.rows ?? 0,
    steps: (segment) => stretches.get(segment)?.steps ?? [],
    read: function* read(segment) {
      const { from, bytes } = stretches.get(segment) ?? { from: 0, bytes: 0 };
      for (let at = 0; at < bytes; at += blockBytes) {
        const block = new Uint8Array(Math.min(blockBytes, bytes - at));
        for (let done = 0; done < block.length;)
          done += readSync(descriptor!, block, done, block.length - done, from + at + done);
        yield block;
      }
    },
    remove: () => {
      if (descriptor === null) return;
      const open = descriptor;
      descriptor = null;
      fileSystem.close(open);
      removeQuietly(file, fileSystem);
    },
  };
}

const blockBytes = 3 << 18;
