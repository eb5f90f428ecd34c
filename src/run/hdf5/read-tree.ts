/** HDF5 files as trees of plain data, read synchronously. */

import { statSync } from 'node:fs';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Hdf5File } from '../../../translators/shared/hdf5.js';
import { treeRequest, type TreeOptions } from './tree-request.js';

/** Longest wait for a file, in ms. */
const patience = 120_000;
/** Time that a file may take, in ms: the library never ends with some damaged files. */
const timeFor = (path: string): number =>
  Math.min(patience, 2000 + (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 100);

/**
 * Reads the groups of a file. It waits for a thread that reads it (see `read-tree.mjs`).
 *
 * @param only  names of the members of the root to read
 */
export function readHdf5Tree(path: string, only: readonly string[], options?: TreeOptions): Hdf5File {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./read-tree.mjs', import.meta.url), {
    workerData: { path, request: treeRequest(only, options), port: port2, flag },
    transferList: [port2],
    // The library prints errors of its own.
    stdout: true,
    stderr: true,
  });
  worker.unref();
  try {
    if (!isRaised(flag, timeFor(path))) return { refused: 'it is damaged, or takes too long to read' };
    return (receiveMessageOnPort(port1)?.message as Hdf5File | undefined) ?? { refused: 'it cannot be read' };
  } finally {
    port1.close();
    void worker.terminate();
  }
}

/**
 * Waits for a flag, until an amount of time in ms has passed and the process has also computed that long: a busy
 * machine makes nothing late. Returns whether the flag is raised.
 */
function isRaised(flag: Int32Array, time: number): boolean {
  const [began, used] = [performance.now(), process.cpuUsage()];
  for (;;) {
    if (Atomics.wait(flag, 0, 0, 200) !== 'timed-out') return true;
    const { user, system } = process.cpuUsage(used);
    const waited = performance.now() - began;
    if (waited > patience || (waited > time && (user + system) / 1000 > time)) return false;
  }
}
