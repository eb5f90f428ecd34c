/**
 * A result as SONATA: `NAME.h5` has the spikes, `NAME.SERIES.h5` each recorded variable as a report, and
 * `NAME.provenance.json` the record of the run with its model. Times are in ms, samples are 32-bit numbers, and nothing
 * is compressed: libsonata reads no others.
 *
 * Models that were read from SONATA keep its populations and node ids, which an annotation of the model states.
 */

import { itemAt } from '../../../src/diagnostics/entry.js';
import type { Dataset } from 'h5wasm';
import { invariant } from '../../../src/diagnostics/diagnostic.js';
import { nameFiles, removeQuietly, type NamedFile } from '../file-sets.js';
import { provenancePath, seriesPath } from '../csv/write.js';
import { orDiscard } from '../output-error.js';
import { claimOutput, createOutput, incompletePath } from '../output-files.js';
import { provenanceParts } from '../record-text.js';
import {
  columnCount,
  elementAt,
  segmentsOf,
  segmentTime,
  timeOf,
  writtenValues,
  type ResultWriter,
  type RunSetup,
  type SampleBlock,
  type SeriesPlan,
  type SpikeTrains,
} from '../result.js';
import { loadH5 } from '../nwb/h5.js';
import { createH5, dtypeOf, type H5Writer } from '../nwb/h5-writer.js';
import { writtenNodes, type WrittenNodes } from '../written-nodes.js';

/** A report that is being written. */
interface Report {
  readonly h5: H5Writer;
  /** Path of its group. */
  readonly root: string;
  readonly plan: SeriesPlan;
  readonly data: Dataset;
  rows: number;
  /** Times in ms; kept only until they are known to be regular. */
  readonly times: number[];
}

const magic = 0x0a7a;
const version = [0, 1];

/** A writer of SONATA files around `path`, which ends in `.h5`. */
export function sonataWriter(path: string): ResultWriter {
  let setup: RunSetup | null = null;
  let nodes = writtenNodes({ model: '' });
  const files: { readonly partial: string; readonly nameFor: (path: string) => string; readonly h5: H5Writer }[] = [];
  const reports: Report[] = [];
  const discard = (): void => {
    for (const { h5, partial } of files.splice(0)) {
      try {
        h5.file.close();
      } catch {
        // The file is removed, whatever its buffers hold.
      }
      removeQuietly(partial);
    }
  };
  /** A failed write leaves no files. */
  const guarded = <T>(action: () => T): T => orDiscard(path, discard, action);
  return {
    open: async (given) => {
      setup = given;
      nodes = writtenNodes(given.header);
      const library = await loadH5();
      guarded(() => {
        const { header } = given;
        const create = (nameFor: (path: string) => string): H5Writer => {
          const partial = claimOutput(nameFor(path));
          const h5 = createH5(library, partial, { text: header.name, time: Date.parse(header.date) });
          files.push({ partial, nameFor, h5 });
          h5.file.create_attribute('magic', magic, [], '<I');
          h5.file.create_attribute('version', version, [2], '<I');
          return h5;
        };
        create((name) => name);
        for (const plan of given.series)
          reports.push(
            createReport(
              create((name) => seriesPath(name, plan.name)),
              plan,
              nodes(plan.owner),
            ),
          );
      });
    },
    samples: (block) =>
      guarded(() => {
        invariant(setup, 'sonata', 'samples before open');
        addSamples(itemAt(reports, block.series), block, setup);
      }),
    advance: () => undefined,
    close: async (record, trains) =>
      guarded(() => {
        invariant(setup && files[0], 'sonata', 'close before open');
        const { header, data, spikeLabel } = setup;
        const segments = segmentsOf(record, record.steps);
        const timesOf = (steps: Uint32Array): Float64Array =>
          Float64Array.from(steps, (step) => {
            const segment = segments.find(({ end }) => step < end) ?? segments.at(-1)!;
            return setup?.segments
              ? segmentTime(segment, step, spikeLabel, header.dt) * 1e3
              : timeOf(step, spikeLabel, header.dt * 1e3);
          });
        writeSpikes(files[0].h5, trains, nodes, timesOf);
        for (const report of reports) finishReport(report);
        const final = record.complete ? path : incompletePath(path);
        const named = files.splice(0).map(({ h5, partial, nameFor }): NamedFile => {
          h5.file.close();
          return { partial, path: nameFor(final) };
        });
        const provenance = createOutput(provenancePath(final));
        for (const part of provenanceParts(record, data)) provenance.write(part);
        provenance.finish();
        nameFiles([...named, { partial: provenance.handOver(), path: provenancePath(final) }]);
        return [...named.map((namedFile) => namedFile.path), provenancePath(final)];
      }),
    abandon: async () => discard(),
  };
}

/** Gives a dataset an attribute of fixed length: libsonata reads no other texts that this library writes. */
const label = (dataset: Dataset, name: string, text: string): void =>
  dataset.create_attribute(name, text, [], `S${Math.max(Buffer.byteLength(text), 1)}`);

const ids = (values: readonly number[]): BigUint64Array => BigUint64Array.from(values, BigInt);

// --- Spikes ---------------------------------------------------------------------------------------------------------
/**
 * Writes the spikes of each population in the order of time. Events other than spikes have populations of their own.
 */
function writeSpikes(
  h5: H5Writer,
  trains: readonly SpikeTrains[],
  nodes: (population: string) => WrittenNodes,
  timesOf: (steps: Uint32Array) => Float64Array,
): void {
  const populations = new Map<string, { readonly steps: number[]; readonly cells: number[] }>();
  for (const { plan, inOrder } of trains) {
    const { population, idOf } = nodes(plan.population);
    const name = plan.event === 'spike' ? population : `${population}_${plan.event}`;
    const own = populations.get(name) ?? { steps: [], cells: [] };
    populations.set(name, own);
    for (const { steps, cells } of inOrder())
      for (const [k, step] of steps.entries()) {
        own.steps.push(step);
        own.cells.push(idOf(cells[k]!));
      }
  }
  h5.group('/spikes');
  for (const [name, { steps, cells }] of populations) {
    const order = Array.from(steps.keys()).sort((a, b) => steps[a]! - steps[b]! || cells[a]! - cells[b]!);
    // Without the attribute `sorting`: libsonata reads it as an enumeration only, BMTK as a text only.
    h5.group(`/spikes/${name}`);
    const times = timesOf(Uint32Array.from(order, (k) => steps[k]!));
    const shape = [order.length];
    label(h5.dataset(`/spikes/${name}/timestamps`, { data: times, dtype: dtypeOf.f64, shape }), 'units', 'ms');
    h5.dataset(`/spikes/${name}/node_ids`, { data: ids(order.map((k) => cells[k]!)), dtype: dtypeOf.u64, shape });
  }
}

// --- Reports --------------------------------------------------------------------------------------------------------
/** Rows of a report that are stored together. */
const rowsInChunk = 256;

function createReport(h5: H5Writer, plan: SeriesPlan, { population, idOf }: WrittenNodes): Report {
  const width = columnCount(plan);
  const root = `/report/${population}`;
  h5.group('/report');
  const own = h5.group(root);
  const group = h5.group(`${root}/mapping`);
  const data = h5.timeless(() =>
    own.create_dataset({
      name: 'data',
      data: new Float32Array(0),
      dtype: dtypeOf.f32,
      shape: [0, width],
      maxshape: [null, width],
      chunks: [rowsInChunk, Math.max(width, 1)],
    }),
  );
  label(data, 'units', plan.written?.unit ?? plan.unit);
  label(data, 'variable', plan.variable);
  const columns = Array.from({ length: width }, (_, k) =>
    plan.elements === null ? k : idOf(elementAt(plan.elements, k)),
  );
  const shape = [width];
  const isSorted = columns.every((id, k) => k === 0 || id > columns[k - 1]!);
  h5.dataset(`${root}/mapping/node_ids`, {
    data: ids(columns),
    dtype: dtypeOf.u64,
    shape,
    attributes: { sorted: { i32: isSorted ? 1 : 0 } },
  });
  const pointers = ids(Array.from({ length: width + 1 }, (_, k) => k));
  h5.dataset(`${root}/mapping/index_pointers`, { data: pointers, dtype: dtypeOf.u64, shape: [width + 1] });
  // BMTK's name of the same dataset.
  group.create_hard_link(`${root}/mapping/index_pointers`, 'index_pointer');
  h5.dataset(`${root}/mapping/element_ids`, { data: new Uint32Array(width), dtype: dtypeOf.u32, shape });
  h5.dataset(`${root}/mapping/element_pos`, { data: new Float32Array(width).fill(0.5), dtype: dtypeOf.f32, shape });
  return { h5, root, plan, data, rows: 0, times: [] };
}

function addSamples(report: Report, block: SampleBlock, { header, segments }: RunSetup): void {
  const { h5, plan, data, times } = report;
  const width = columnCount(plan);
  const values = Float32Array.from(writtenValues(plan, block.values) as ArrayLike<number | bigint>, Number);
  const end = report.rows + block.steps.length;
  const segment = segments?.[block.segment ?? 0];
  for (const step of block.steps)
    times.push(
      segment ? segmentTime(segment, step, plan.label, header.dt) * 1e3 : timeOf(step, plan.label, header.dt * 1e3),
    );
  h5.timeless(() => {
    data.resize([end, width]);
    data.write_slice(
      [
        [report.rows, end],
        [0, width],
      ],
      values,
    );
  });
  report.rows = end;
}

/** Writes the time axis: start, end and step; times that are not regular are listed as well. */
function finishReport({ h5, root, plan, times }: Report): void {
  const [first = 0, second] = times;
  const step = second === undefined ? 0 : (times.at(-1)! - first) / (times.length - 1);
  const isRegular = times.every((time, k) => Math.abs(time - (first + k * step)) < step * 1e-3 + 1e-9);
  const axis = Float64Array.of(first, first + times.length * step, step).map((time) => Math.round(time * 1e9) / 1e9);
  label(h5.dataset(`${root}/mapping/time`, { data: axis, dtype: dtypeOf.f64, shape: [3] }), 'units', 'ms');
  if (!isRegular || plan.gaps)
    label(
      h5.dataset(`${root}/mapping/timestamps`, {
        data: Float64Array.from(times),
        dtype: dtypeOf.f64,
        shape: [times.length],
      }),
      'units',
      'ms',
    );
}
