/**
 * A separate thread that reads HDF5 files, since the library only loads asynchronously and models are read
 * synchronously.
 *
 * `workerData` is a port and a flag in shared memory. Each message to the port is a path and a request (`tree.mjs`).
 * The answer is one message with the tree, or the reason of a refusal, and the library's memory in bytes. Then the flag
 * is raised.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { workerData } from 'node:worker_threads';
import { treeOf } from './tree.mjs';

const { port, flag } = workerData;

/** Bytes that the library may take for a file: a damaged one may state lengths of gigabytes. */
let mostMemory = 2 ** 28;
let memory = 0;

const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  const bytes = this.buffer.byteLength + pages * 2 ** 16;
  if (bytes > mostMemory) throw new RangeError('too much memory');
  memory = bytes;
  return grow.call(this, pages);
};

const { default: h5 } = await import('h5wasm/node');
// Without this, errors are printed rather than thrown.
const module = await h5.ready;
module.activate_throwing_error_handler();
const system = module.FS;

/** Path of the only file that the library may open now. */
let opened;
const { open } = system;
system.open = (file, flags, ...rest) => {
  // The library makes new files for the texts of its errors (O_EXCL); others are not there (ENOENT).
  if ((flags & 0x80) !== 0 || (opened !== undefined && resolve(file) === opened)) return open(file, flags, ...rest);
  throw new system.ErrnoError(44);
};

function openAlone(path) {
  opened = resolve(path);
  try {
    return new h5.File(path, 'r');
  } finally {
    opened = undefined;
  }
}

port.on('message', ({ path, request }) => {
  mostMemory = 2 ** 28 + 64 * statSync(path).size;
  const buffers = [];
  const file = treeOf(() => openAlone(path), h5, request, buffers);
  port.postMessage({ file, memory }, buffers);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});
