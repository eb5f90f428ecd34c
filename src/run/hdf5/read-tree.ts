/** HDF5 files as trees of plain data, read synchronously. */

import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Hdf5File } from '../../../translators/shared/hdf5.js';

/** Longest wait for a file, in ms. */
const patience = 120_000;

interface TreeOptions {
  /** Names of groups to leave out, at any depth. */
  readonly without?: readonly string[];
  /** Deepest level of groups that is read. */
  readonly deepest?: number;
  /** Whether members that are links to other files are in the tree, rather than a reason to refuse the file. */
  readonly keepLinks?: boolean;
}

/**
 * Reads the groups of a file. It waits for a thread that reads it (see `read-tree.mjs`).
 *
 * @param only  names of the members of the root to read
 */
export function readHdf5Tree(
  path: string,
  only: readonly string[],
  { without = [], deepest = 6, keepLinks = false }: TreeOptions = {},
): Hdf5File {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./read-tree.mjs', import.meta.url), {
    workerData: { path, only, without, deepest, keepLinks, port: port2, flag },
    transferList: [port2],
    // The library prints errors of its own.
    stdout: true,
    stderr: true,
  });
  worker.unref();
  try {
    if (Atomics.wait(flag, 0, 0, patience) === 'timed-out') return { refused: 'it takes too long' };
    return (receiveMessageOnPort(port1)?.message as Hdf5File | undefined) ?? { refused: 'it cannot be read' };
  } finally {
    port1.close();
    void worker.terminate();
  }
}
