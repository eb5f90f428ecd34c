/** The content of an NWB file: its head before the first step, series while the run goes on, and its tail. */

import { storedRecord } from '../record-text.js';
import type { RunRecord, RunSetup, SampleBlock, SpikeTrains } from '../result.js';
import { elementTypeOf } from '../arrays.js';
import { createH5, dtypeOf, type H5, type H5Writer } from './h5-writer.js';
import { createSeries } from './series.js';
import { neoPlaces } from './neo-place.js';
import { writeEpochs, writeTrials } from './intervals.js';
import { hasUnits, writeRecordedCells, writeUnits } from './tables.js';

/** Version of the NWB schema that the files follow. */
const nwbVersion = '2.9.0';

/** A file of NWB that is being written. */
export interface NwbContent {
  readonly h5: H5Writer;
  /** Adds samples. */
  samples(block: SampleBlock): void;
  /** Writes the samples before a step. */
  advance(step: number): void;
  /** Writes all that is known only after the run. */
  finish(record: RunRecord, trains: readonly SpikeTrains[]): void;
}

/** The schema itself, for a file that holds it. */
interface StoredSchema {
  readonly coreVersion: string;
  write(h5: H5Writer): void;
}

/** Creates a file and writes its head. */
export function createNwb(library: H5, path: string, setup: RunSetup, schema: StoredSchema | null = null): NwbContent {
  const h5 = createH5(library, path, identityOf(setup));
  writeHead(h5, setup, schema);
  const series = createSeries(h5, setup, neoPlaces(setup));
  return {
    h5,
    samples: (block) => series.samples(block),
    advance: (step) => series.advance(step),
    finish: (record, trains) => {
      series.finish();
      writeTail(h5, setup, record, trains, series.written());
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
function writeHead(h5: H5Writer, setup: RunSetup, schema: StoredSchema | null): void {
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
  schema?.write(h5);
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
