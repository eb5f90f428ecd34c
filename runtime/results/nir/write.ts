/**
 * A result as data of NIR 1.0.8 (`nir.read_data`): spikes of each node as `EventData`, recorded variables as
 * `TimeGriddedData`. Times are in s. The file has no record of the run.
 */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { invariant, UsageError } from '../../../src/diagnostics/diagnostic.js';
import { nameFiles, removeQuietly } from '../file-sets.js';
import { loadH5 } from '../nwb/h5.js';
import { createH5, dtypeOf, isGroup, type Attributes, type Dataset, type H5Writer } from '../nwb/h5-writer.js';
import { orDiscard } from '../output-error.js';
import { claimOutput, incompletePath } from '../output-files.js';
import {
  columnCount,
  elementAt,
  timeOf,
  writtenValues,
  type ResultWriter,
  type RunSetup,
  type SeriesPlan,
  type SpikeTrains,
} from '../result.js';
import { nodePathsIn, type NamedModel } from '../written-nodes.js';

/** Rows of a grid that are stored together. */
const rowsInChunk = 256;

/** A grid that is being written, of shape [1, rows, columns]. */
interface Grid {
  readonly data: Dataset;
  rows: number;
}

/** Returns a writer of data of NIR. */
export function nirWriter(path: string): ResultWriter {
  let setup: RunSetup | null = null;
  let file: { readonly h5: H5Writer; readonly partial: string } | null = null;
  let pathOf = (population: string): readonly string[] => [population];
  const grids: Grid[] = [];
  const discard = (): void => {
    if (!file) return;
    try {
      file.h5.file.close();
    } catch {
      // The file is removed, whatever its buffers hold.
    }
    removeQuietly(file.partial);
    file = null;
  };
  /** A failed write leaves no file. */
  const guarded = <T>(action: () => T): T => orDiscard(path, discard, action);
  return {
    open: async (given) => {
      check(path, given);
      setup = given;
      const library = await loadH5();
      guarded(() => {
        const { header, series } = given;
        const partial = claimOutput(path);
        const h5 = createH5(library, partial, { text: header.name, time: Date.parse(header.date) });
        file = { h5, partial };
        h5.attributes(h5.file, { __type__: 'NIRGraphData' });
        h5.group('/nodes');
        pathOf = nodePathsIn(JSON.parse(header.model) as NamedModel);
        for (const plan of series) grids.push(createGrid(h5, pathOf(plan.owner), plan, series, header.dt));
      });
    },
    samples: ({ series, steps, values }) =>
      guarded(() => {
        invariant(setup && file, 'nir', 'samples before open');
        const [grid, plan] = [itemAt(grids, series), itemAt(setup.series, series)];
        const end = grid.rows + steps.length;
        const width = columnCount(plan);
        const written = Float64Array.from(writtenValues(plan, values) as ArrayLike<number | bigint>, Number);
        file.h5.timeless(() => {
          grid.data.resize([1, end, width]);
          grid.data.write_slice(
            [
              [0, 1],
              [grid.rows, end],
              [0, width],
            ],
            written,
          );
        });
        grid.rows = end;
      }),
    advance: () => undefined,
    close: async (record, trains) =>
      guarded(() => {
        invariant(setup && file, 'nir', 'close before open');
        for (const train of trains) writeSpikes(file.h5, pathOf(train.plan.population), train, setup, record.steps);
        file.h5.file.close();
        const final = record.complete ? path : incompletePath(path);
        nameFiles([{ partial: file.partial, path: final }]);
        file = null;
        return [final];
      }),
    abandon: async () => discard(),
  };
}

/** @throws UsageError for results that data of NIR cannot hold */
function check(path: string, { segments = [], series, populations }: RunSetup): void {
  const refuse = (why: string): never => {
    throw new UsageError(`${path} cannot be written as data of NIR: ${why}`, 'write .nwb, .json or .csv');
  };
  if (segments.length > 1) refuse('time is turned back');
  for (const plan of series) {
    const name = `${plan.owner}.${plan.variable}`;
    if (plan.gaps) refuse(`the recording of ${name} has gaps`);
    const size = populations.find(({ name: population }) => population === plan.owner)?.size;
    const isWhole =
      plan.elements === null ||
      Array.from({ length: columnCount(plan) }, (_, k) => elementAt(plan.elements!, k)).every(
        (element, k) => element === k,
      );
    if (!isWhole || (plan.elements !== null && size !== undefined && columnCount(plan) !== size))
      refuse(`${name} is recorded of some cells only`);
  }
}

/** Creates the group of an observable of a node, and those around it. */
function observable(h5: H5Writer, path: readonly string[], name: string, type: string, attributes: Attributes): string {
  const own = `/nodes/${path.join('/nodes/')}`;
  for (const [k] of path.entries()) {
    const [at, isNode] = [`/nodes/${path.slice(0, k + 1).join('/nodes/')}`, k === path.length - 1];
    if (isGroup(h5.file.get(at) ?? undefined)) continue;
    h5.group(at, undefined, { __type__: isNode ? 'NIRNodeData' : 'NIRGraphData' });
    h5.group(`${at}/${isNode ? 'observables' : 'nodes'}`);
  }
  const at = `${own}/observables/${name}`;
  h5.group(at, undefined, { __type__: type, ...attributes });
  return at;
}

function createGrid(
  h5: H5Writer,
  path: readonly string[],
  plan: SeriesPlan,
  series: readonly SeriesPlan[],
  dt: number,
): Grid {
  const width = columnCount(plan);
  // Several recordings of one variable have names of their own.
  const isOnly =
    series.filter(({ owner, variable }) => owner === plan.owner && variable === plan.variable).length === 1;
  const name = isOnly ? plan.variable : plan.name;
  const at = observable(h5, path, name, 'TimeGriddedData', { dt: { f64: plan.every * dt } });
  const data = h5.dataset(`${at}/data`, {
    data: new Float64Array(0),
    dtype: dtypeOf.f64,
    shape: [1, 0, width],
    maxshape: [1, null, width],
    chunks: [1, rowsInChunk, Math.max(width, 1)],
  });
  return { data, rows: 0 };
}

function writeSpikes(
  h5: H5Writer,
  path: readonly string[],
  { plan, inOrder }: SpikeTrains,
  setup: RunSetup,
  steps: number,
): void {
  const { spikeLabel, header, populations } = setup;
  const blocks = Array.from(inOrder());
  const cells = BigInt64Array.from(blocks.flatMap((block) => Array.from(block.cells, BigInt)));
  const times = Float64Array.from(
    blocks.flatMap((block) => Array.from(block.steps, (step) => timeOf(step, spikeLabel, header.dt))),
  );
  const size = populations.find(({ name }) => name === plan.population)?.size ?? 0;
  const at = observable(h5, path, plan.event === 'spike' ? 'spikes' : plan.event, 'EventData', {
    n_neurons: { i32: size },
    t_max: { f64: timeOf(steps, 0, header.dt) },
  });
  const shape = [1, times.length];
  h5.dataset(`${at}/idx`, { data: cells, dtype: dtypeOf.i64, shape });
  h5.dataset(`${at}/time`, { data: times, dtype: dtypeOf.f64, shape });
}
