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
import type { ResultWriter, RunSetup, SampleBlock } from '../result.js';
import { readSchema, writeSchema, type Schema } from './cached-schema.js';
import { createNwb, type NwbContent } from './content.js';
import { loadH5 } from './h5.js';

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
  let opened: NwbContent | null = null;
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
    const open = opened;
    opened = null;
    waiting = [];
    waitingBytes = 0;
    try {
      open?.h5.file.close();
    } catch {
      // If buffers cannot be written, closing the file fails, too; the file is still removed.
    }
    if (partial !== '') removeQuietly(partial, fileSystem);
  };
  const take = (into: NwbContent): void => {
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
          opened = createNwb(library, partial, given, schema && { ...schema, write: (h5) => writeSchema(h5, schema) });
          opened.h5.file.flush();
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
        if (opened === null) return;
        take(opened);
        opened.advance(step);
      }),
    close: async (record, trains) => {
      invariant(setup, 'nwb', 'close before open');
      await opening.catch(() => undefined);
      return guarded(() => {
        invariant(opened, 'nwb', 'the file is not open');
        take(opened);
        opened.finish(record, trains);
        const { file } = opened.h5;
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
