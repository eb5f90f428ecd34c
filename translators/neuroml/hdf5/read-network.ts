/** Networks of NeuroML in HDF5, as text in NeuroML: what follows reads one form only. */

import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { networkText, type Hdf5Group } from './network-text.js';

/** Longest wait for a file, in ms. */
const patience = 120_000;

/** The text; null where the file holds no NeuroML; or why it cannot be read. */
type Hdf5Network = { readonly text: string } | { readonly refused: string } | null;

/** Reads a `.nml.h5` file. It waits for a thread that reads it (see `read-tree.mjs`). */
export function readHdf5Network(path: string): Hdf5Network {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./read-tree.mjs', import.meta.url), {
    workerData: { path, port: port2, flag },
    transferList: [port2],
    // The library prints errors of its own.
    stdout: true,
    stderr: true,
  });
  worker.unref();
  try {
    if (Atomics.wait(flag, 0, 0, patience) === 'timed-out') return { refused: 'it takes too long' };
    const received = receiveMessageOnPort(port1)?.message as
      { readonly tree?: Hdf5Group | null; readonly refused?: string } | undefined;
    if (received?.refused !== undefined) return { refused: received.refused };
    return received?.tree ? { text: networkText(received.tree) } : null;
  } finally {
    port1.close();
    void worker.terminate();
  }
}
