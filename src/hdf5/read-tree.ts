/** HDF5 files as trees of plain data, read synchronously. */

import { readFileSync, statSync } from 'node:fs';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { isRefused } from '../diagnostics/system-error.js';
import type { Hdf5File } from '../../translators/shared/hdf5.js';
import { treeKey, type HeldTrees } from './held-trees.js';
import { treeRequest, type TreeOptions, type TreeRequest } from './tree-request.js';

/** Longest wait for a file, in ms. */
const patience = 120_000;
/** Time that a file may take, in ms: the library never ends with some damaged files. */
const timeFor = (path: string): number =>
  Math.min(patience, 2000 + (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 100);

/** Time after which an unused thread ends, in ms. */
const keptFor = 5000;
/** Memory of the library from which a thread reads no other file, in bytes: the library keeps its memory. */
const mostKept = 2 ** 26;

/** Thread that reads files. It reads one after the other, since the library takes longer to load than most files. */
interface Reader {
  readonly port: MessagePort;
  /** Raised when the port has an answer. */
  readonly flag: Int32Array;
  readonly end: () => void;
  readonly timer: NodeJS.Timeout;
}

let kept: Reader | undefined;

function startReader(): Reader {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./read-tree.mjs', import.meta.url), {
    workerData: { port: port2, flag },
    transferList: [port2],
    // The library prints errors of its own.
    stdout: true,
    stderr: true,
  });
  worker.unref();
  const end = (): void => {
    kept = undefined;
    clearTimeout(reader.timer);
    port1.close();
    void worker.terminate();
  };
  const reader = { port: port1, flag, end, timer: setTimeout(end, keptFor).unref() };
  return reader;
}

/** Receives all trees that are read, while it is set. */
let received: Map<string, Hdf5File> | undefined;

/** Returns the trees that an action reads. */
export function treesReadBy(action: () => void): HeldTrees {
  const trees = new Map<string, Hdf5File>();
  received = trees;
  try {
    action();
  } finally {
    received = undefined;
  }
  return trees;
}

/**
 * Reads the groups of a file. It waits for a thread that reads it (see `read-tree.mjs`).
 *
 * @param only  names of the members of the root to read
 */
export function readHdf5Tree(path: string, only: readonly string[], options?: TreeOptions): Hdf5File {
  const request = treeRequest(only, options);
  const file = readTree(path, request);
  received?.set(treeKey(readFileSync(path), request), file);
  return file;
}

function readTree(path: string, request: TreeRequest): Hdf5File {
  const reader = (kept ??= startReader());
  Atomics.store(reader.flag, 0, 0);
  reader.port.postMessage({ path, request });
  if (!isRaised(reader.flag, timeFor(path))) {
    reader.end();
    return { refused: 'it is damaged, or takes too long to read' };
  }
  const answer = receiveMessageOnPort(reader.port)?.message as { file: Hdf5File; memory: number } | undefined;
  const file = answer?.file ?? { refused: 'it cannot be read' };
  // The library may be in any state after a damaged file.
  if (answer === undefined || isRefused(file) || answer.memory > mostKept) reader.end();
  else reader.timer.refresh();
  return file;
}

/**
 * Waits for a flag, until an amount of time in ms has passed and the process has also computed that long: a busy
 * machine makes nothing late. Returns whether the flag is raised.
 */
function isRaised(flag: Int32Array, time: number): boolean {
  const [began, used] = [performance.now(), process.cpuUsage()];
  for (;;) {
    Atomics.wait(flag, 0, 0, 200);
    // The notice of the answer before may come late, and ends the wait as well.
    if (Atomics.load(flag, 0) === 1) return true;
    const { user, system } = process.cpuUsage(used);
    const waited = performance.now() - began;
    if (waited > patience || (waited > time && (user + system) / 1000 > time)) return false;
  }
}
