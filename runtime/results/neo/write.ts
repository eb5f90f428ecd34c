/**
 * A result as Neo-like JSON: blocks, segments, spike trains and analog signals under Neo's names
 * (https://neo.readthedocs.io, core objects), so that a short loader makes Neo objects of it.
 *
 * Times and values are in SI units. Numbers are shortest decimals that read back to the same bits; samples are base64 of
 * little-endian rows. Samples wait in files of their own until the end, so that memory stays bounded.
 */

import { closeSync, openSync, readSync, writeSync } from 'node:fs';

import { invariant, InvariantError } from '../../../src/diagnostics/diagnostic.js';
import type { ElementType } from '../../../src/ir/program.js';
import { bytesOf } from '../arrays.js';
import { createOutput, incompletePath, outputError, pathWith, partialPath, removeQuietly, type OutputFile } from '../output-files.js';
import { provenanceText } from '../record-text.js';
import {
  columnCount,
  elementAt,
  timeOf,
  type ResultWriter,
  type RunRecord,
  type RunSetup,
  type SampleBlock,
  type SeriesPlan,
  type SpikeTrains,
} from '../result.js';
import { rowRanges } from '../stored-trains.js';

export interface NeoOptions {
  /** Leaves out what differs between equal runs. */
  readonly reproducible?: boolean;
}

/** NumPy's names of element types. */
export const numpyTypes: Readonly<Record<ElementType, string>> = {
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
export function neoUnit(unit: string): string {
  return unit === '1' ? 'dimensionless' : unit;
}

/** A writer of one JSON file. */
export function neoWriter(path: string, options: NeoOptions = {}): ResultWriter {
  let setup: RunSetup | null = null;
  let output: OutputFile | null = null;
  let waiting: readonly SampleFile[] = [];
  const discard = (): void => {
    output?.abandon();
    for (const file of waiting) file.remove();
  };
  /** A failed write leaves nothing behind. */
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      discard();
      throw error instanceof InvariantError ? error : outputError(error, path);
    }
  };
  return {
    open: async (given) =>
      guarded(() => {
        setup = given;
        output = createOutput(path);
        waiting = given.series.map((plan, i) => createSampleFile(`${partialPath(pathWith(path, `series-${i}`))}.samples`, path, plan.gaps));
      }),
    samples: (block) => guarded(() => waiting[block.series]!.add(block)),
    advance: () => undefined,
    close: async (record, trains) =>
      guarded(() => {
        invariant(setup && output, 'neo', 'close before open');
        writeDocument(output, setup, record, trains, waiting, options.reproducible ?? false);
        output.finish();
        for (const file of waiting) file.remove();
        const final = record.complete ? path : incompletePath(path);
        output.rename(final);
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
  reproducible: boolean,
): void {
  const { dt } = setup.header;
  const stop = record.steps * dt;
  output.write('{ "format": "interneuron-neo-json", "version": 1,\n"blocks": [ { ');
  output.write(
    `"name": ${json(record.name)}, "rec_datetime": ${json(record.started)}, "annotations": { "complete": ${record.complete}, ` +
      `"fingerprint": ${json(record.fingerprint.total)} },\n`,
  );
  output.write('"segments": [ { "name": "run", "index": 0, "annotations": {},\n"spiketrains": [');
  const write = separated(output);
  for (const train of trains) {
    for (const [begin, end] of rowRanges(train.counts, 1 << 22)) {
      let at = 0;
      const steps = train.read(begin, end);
      for (let row = begin; row < end; row += 1) {
        const times = Array.from(steps.subarray(at, at + train.counts[row]!), (step) => timeOf(step, setup.spikeLabel, dt));
        at += train.counts[row]!;
        write(trainText(train, row, times, stop));
      }
    }
  }
  output.write('],\n"analogsignals": [');
  writeSignals(output, setup, samples, false);
  output.write('],\n"irregularlysampledsignals": [');
  writeSignals(output, setup, samples, true);
  output.write(`],\n"events": [],\n"epochs": [${epochsText(record)}]\n} ],\n"groups": [${groupsText(trains)}]\n} ],\n`);
  output.write(`"provenance": ${provenanceText(record, setup.data, reproducible)}}\n`);
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

function trainText({ plan }: SpikeTrains, row: number, times: readonly number[], stop: number): string {
  const cell = elementAt(plan.cells, row);
  const name = plan.event === 'spike' ? `${plan.population}[${cell}]` : `${plan.population}[${cell}].${plan.event}`;
  return (
    `{ "name": ${json(name)}, "units": "s", "t_start": 0, "t_stop": ${stop}, "times": [${times.join(', ')}], ` +
    `"annotations": ${json({ population: plan.population, cell_id: cell, event: plan.event })}, "array_annotations": {} }`
  );
}

function epochsText({ phases, dt }: RunRecord): string {
  if (phases.length < 2) return '';
  return json({
    name: 'phases',
    units: 's',
    times: phases.map(({ begin }) => begin * dt),
    durations: phases.map(({ begin, end }) => (end - begin) * dt),
    labels: phases.map(({ name }) => name),
    annotations: {},
    array_annotations: { segment: phases.map(({ segment }) => segment) },
  });
}

/** A group for each population: [segment, train] of each of its trains. */
function groupsText(trains: readonly SpikeTrains[]): string {
  let first = 0;
  return trains
    .map(({ plan, counts }) => {
      const members = Array.from(counts, (_, row) => [0, first + row]);
      first += counts.length;
      return json({ name: plan.event === 'spike' ? plan.population : `${plan.population}.${plan.event}`, spiketrains: members });
    })
    .join(',\n');
}

function writeSignals(output: OutputFile, setup: RunSetup, samples: readonly SampleFile[], irregular: boolean): void {
  const write = separated(output);
  for (const [i, plan] of setup.series.entries()) {
    if (plan.gaps !== irregular) continue;
    write(signalStart(setup, plan, samples[i]!));
    for (const bytes of samples[i]!.read()) output.write(Buffer.from(bytes).toString('base64'));
    output.write('" } }');
  }
}

function signalStart(setup: RunSetup, plan: SeriesPlan, samples: SampleFile): string {
  const { dt } = setup.header;
  const width = columnCount(plan);
  const ids = plan.elements === null ? {} : { cell_id: Array.from({ length: width }, (_, i) => elementAt(plan.elements!, i)) };
  const head = {
    name: plan.name,
    units: neoUnit(plan.unit),
    ...(plan.gaps
      ? { time_units: 's', times: samples.steps().map((step) => timeOf(step, plan.label, dt)) }
      : { t_start: timeOf(plan.offset, plan.label, dt), sampling_rate: 1 / (plan.every * dt), sampling_rate_units: 'Hz' }),
    shape: plan.elements === null ? [samples.rows(), 1] : [samples.rows(), width],
    annotations: { owner: plan.owner, variable: plan.variable, recording: plan.recording },
    array_annotations: ids,
  };
  return `${json(head).slice(0, -1)}, "data": { "encoding": "base64", "dtype": "${numpyTypes[plan.element]}", "bytes": "`;
}

// --- Samples on their way -----------------------------------------------------------------------------------------------

interface SampleFile {
  add(block: SampleBlock): void;
  rows(): number;
  /** Steps of all rows, where they are kept. */
  steps(): readonly number[];
  /** All bytes in blocks whose base64 forms can be joined: each but the last a multiple of three long. */
  read(): Iterable<Uint8Array>;
  remove(): void;
}

/** @param keepSteps  whether rows have steps of their own, which regular samples do not need */
function createSampleFile(file: string, path: string, keepSteps: boolean): SampleFile {
  let descriptor: number | null = null;
  let length = 0;
  let rows = 0;
  const steps: number[] = [];
  return {
    add: ({ steps: added, values }) => {
      try {
        descriptor ??= openSync(file, 'w+');
        const bytes = bytesOf(values);
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
        length += bytes.length;
      } catch (error) {
        throw outputError(error, path);
      }
      rows += added.length;
      if (keepSteps) for (const step of added) steps.push(step);
    },
    rows: () => rows,
    steps: () => steps,
    read: function* read() {
      for (let at = 0; at < length; at += blockBytes) {
        const block = new Uint8Array(Math.min(blockBytes, length - at));
        for (let done = 0; done < block.length;) done += readSync(descriptor!, block, done, block.length - done, at + done);
        yield block;
      }
    },
    remove: () => {
      if (descriptor === null) return;
      closeSync(descriptor);
      descriptor = null;
      removeQuietly(file);
    },
  };
}

const blockBytes = 3 << 18;
