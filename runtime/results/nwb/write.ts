/**
 * A result as NWB 2.9 (https://nwb-schema.readthedocs.io): one HDF5 file, readable by pynwb, MatNWB, Neo and h5py.
 *
 * Series grow in /acquisition while the run goes on; the spikes of all recorded cells become /units at its end. The
 * model and the versions of the software are in /general, the record of the run in /scratch.
 */

import { statSync } from 'node:fs';

import { invariant, InvariantError } from '../../../src/diagnostics/diagnostic.js';
import { nameFiles, removeQuietly } from '../file-sets.js';
import { systemFiles, type FileSystem } from '../file-system.js';
import { outputError } from '../output-error.js';
import { claimOutput, incompletePath } from '../output-files.js';
import { storedRecord } from '../record-text.js';
import type { ResultWriter, RunRecord, RunSetup, SampleBlock, SpikeTrains } from '../result.js';
import { elementTypeOf } from '../arrays.js';
import { readSchema, writeSchema, type Schema } from './cached-schema.js';
import { createH5, dtypeOf, loadH5, type H5Writer } from './h5.js';
import { createSeries, type SeriesWriter } from './series.js';
import { neoPlaces } from './neo-place.js';
import { writeEpochs, writeTrials } from './intervals.js';
import { hasUnits, writeRecordedCells, writeUnits } from './tables.js';

/** Version of the NWB schema that the files follow. */
const nwbVersion = '2.9.0';

/** Bytes of samples that may wait in memory for the HDF5 library. */
const mostWaiting = 1 << 24;

/** Further options of the file. */
export interface NwbOptions {
  /** Folder with the YAML files of the NWB schema, to be stored in the file. */
  readonly schemaDirectory?: string;
  /** Absent: the file system of the machine. The HDF5 library itself writes the file directly. */
  readonly fileSystem?: FileSystem;
}

/**
 * Creates a writer of one NWB file. The HDF5 library loads while the run begins; earlier samples are kept in memory.
 */
export function nwbWriter(path: string, options: NwbOptions = {}): ResultWriter {
  const { fileSystem = systemFiles } = options;
  let setup: RunSetup | null = null;
  let partial = '';
  let opened: H5Writer | null = null;
  let series: SeriesWriter | null = null;
  let opening: Promise<void> = Promise.resolve();
  let failure: Error | null = null;
  let waiting: SampleBlock[] = [];
  let waitingBytes = 0;

  /** All writes go through this function, which reports a full disk and removes the broken file. */
  const guarded = <T>(action: () => T): T => {
    try {
      if (failure !== null) throw failure;
      return action();
    } catch (error) {
      const told = error instanceof InvariantError ? error : outputError(error, path);
      failure ??= told;
      discard();
      throw told;
    }
  };
  const discard = (): void => {
    const h5 = opened;
    opened = null;
    series = null;
    waiting = [];
    waitingBytes = 0;
    try {
      h5?.file.close();
    } catch {
      // If buffers cannot be written, closing the file fails, too; the file is still removed.
    }
    if (partial !== '') removeQuietly(partial, fileSystem);
  };
  const take = (into: SeriesWriter): void => {
    for (const block of waiting) into.samples(block);
    waiting = [];
    waitingBytes = 0;
  };
  return {
    open: async (given) => {
      setup = given;
      partial = claimOutput(path, fileSystem);
      let schema: Schema | null;
      try {
        schema = options.schemaDirectory === undefined ? null : readSchema(options.schemaDirectory);
      } catch (error) {
        removeQuietly(partial, fileSystem);
        throw error;
      }
      opening = loadH5().then((library) =>
        guarded(() => {
          opened = createH5(library, partial, identityOf(given));
          writeHead(opened, given, schema);
          series = createSeries(opened, given, neoPlaces(given));
          opened.file.flush();
        }),
      );
      // The next call reports a failure; the promise is not awaited until then.
      opening.catch((error: unknown) => {
        failure ??= outputError(error, path);
      });
    },
    samples: (block) => {
      waiting.push(block);
      waitingBytes += block.values.byteLength + block.steps.byteLength;
    },
    // The next call reports a failure to open the file.
    ready: () => (waitingBytes > mostWaiting ? opening.catch(() => undefined) : Promise.resolve()),
    advance: (step) =>
      guarded(() => {
        if (series === null) return;
        take(series);
        series.advance(step);
      }),
    close: async (record, trains) => {
      invariant(setup, 'nwb', 'close before open');
      const given = setup;
      await opening.catch(() => undefined);
      return guarded(() => {
        invariant(opened && series, 'nwb', 'the file is not open');
        take(series);
        series.finish();
        writeTail(opened, given, record, trains, series.written());
        const { file } = opened;
        opened = null;
        file.close();
        invariant(statSync(partial).size > 0, 'nwb', 'the file came out empty');
        const final = record.complete ? path : incompletePath(path);
        nameFiles([{ partial, path: final }], fileSystem);
        return [final];
      });
    },
    abandon: async () => {
      await opening.catch(() => undefined);
      discard();
    },
  };
}

/** Returns the text from which identifiers are derived: equal runs have equal identifiers. */
function identityOf({ header }: RunSetup): { readonly text: string; readonly time: number } {
  const { hashes, seed, dt, precision, numericsVersion, target, date } = header;
  return {
    text: JSON.stringify([hashes, seed, dt, precision, numericsVersion, target, date]),
    time: Date.parse(date),
  };
}

// --- Head: all that is known before the first step ------------------------------------------------------------------
function writeHead(h5: H5Writer, setup: RunSetup, schema: Schema | null): void {
  const { header, metadata } = setup;
  h5.attributes(h5.file, {
    neurodata_type: 'NWBFile',
    namespace: 'core',
    object_id: h5.identifier('/'),
    nwb_version: schema?.coreVersion ?? nwbVersion,
  });
  h5.text('/identifier', h5.identifier('/identifier'));
  h5.text('/session_description', metadata.description ?? `Simulation of ${header.name}`);
  for (const name of ['session_start_time', 'timestamps_reference_time'])
    h5.dataset(`/${name}`, { data: header.date, dtype: 'A', shape: [] });
  h5.dataset('/file_create_date', { data: [header.date], dtype: 'A', shape: [1] });
  for (const path of [
    '/acquisition',
    '/analysis',
    '/processing',
    '/general',
    '/stimulus',
    '/stimulus/presentation',
    '/stimulus/templates',
    '/scratch',
  ]) {
    h5.group(path);
  }
  writeGeneral(h5, setup);
  if (schema) writeSchema(h5, schema);
  for (const [digest, array] of setup.data) {
    h5.dataset(`/scratch/data_${digest}`, {
      data: array as never,
      dtype: dtypeOf[elementTypeOf(array)],
      shape: [array.length],
      neurodata: { type: 'ScratchData' },
      attributes: { notes: 'Array that the model refers to by the SHA-256 of its bytes.' },
    });
  }
}

function writeGeneral(h5: H5Writer, setup: RunSetup): void {
  const { header, metadata } = setup;
  const { versions, target, device, threads, precision } = header;
  h5.text('/general/source_script', header.model, undefined, { file_name: 'model.json' });
  h5.text('/general/session_id', `${header.hashes.experiment.slice(0, 12)}-${header.seed}`);
  h5.text(
    '/general/data_collection',
    `Simulated by interneuron ${versions.interneuron ?? ''} on ${device} (target ${target}, ${precision}, ` +
      `${threads} ${threads === 1 ? 'thread' : 'threads'}), seed ${header.seed}, time step ${header.dt} s.`,
  );
  const rows = Object.entries(versions);
  if (rows.length > 0)
    h5.dataset('/general/was_generated_by', { data: rows.flat(), dtype: 'S', shape: [rows.length, 2] });
  h5.group('/general/devices');
  h5.group(
    `/general/devices/interneuron-${target}`,
    { type: 'Device' },
    { description: `Simulation by the target ${target} on ${device}.` },
  );
  if (metadata.description !== undefined) h5.text('/general/experiment_description', metadata.description);
  if (metadata.institution !== undefined) h5.text('/general/institution', metadata.institution);
  if (metadata.laboratory !== undefined) h5.text('/general/lab', metadata.laboratory);
  const lists = {
    experimenter: metadata.experimenters,
    keywords: metadata.keywords,
    related_publications: metadata.publications?.map(publication),
  };
  for (const [name, list] of Object.entries(lists)) if (list && list.length > 0) h5.texts(`/general/${name}`, list);
  if (metadata.subject) {
    h5.group('/general/subject', { type: 'Subject' });
    for (const [name, value] of Object.entries(metadata.subject)) {
      h5.text(`/general/subject/${name}`, value, undefined, name === 'age' ? { reference: 'birth' } : {});
    }
  }
}

/** A bare DOI with the prefix that NWB's readers expect; anything else as it is. */
function publication(text: string): string {
  return text.startsWith('10.') ? `doi:${text}` : text;
}

// --- Tail: data known only after the last step ----------------------------------------------------------------------
function writeTail(
  h5: H5Writer,
  setup: RunSetup,
  record: RunRecord,
  trains: readonly SpikeTrains[],
  written: ReadonlySet<string>,
): void {
  const place = neoPlaces(setup);
  const units = hasUnits(trains);
  if (units) writeUnits(h5, setup, record, trains, place);
  writeEpochs(h5, record, place);
  writeTrials(h5, record, place);
  writeRecordedCells(h5, record, written, units);
  const notes = [
    ...(record.complete
      ? []
      : [`Incomplete: the run ended after ${record.steps} of ${record.expectedSteps} steps.`, ...record.faults]),
    ...(setup.metadata.notes ?? []),
  ];
  if (notes.length > 0) h5.text('/general/notes', notes.join('\n'));
  h5.text(
    '/scratch/interneuron_run',
    JSON.stringify(storedRecord(record)),
    { type: 'ScratchData' },
    {
      notes:
        'Record of the run as JSON: seed, time step, target, versions, hashes, fingerprint. The model is in ' +
        '/general/source_script.',
    },
  );
}
