/**
 * A separate thread that reads an HDF5 file, since the library only loads asynchronously and models are read
 * synchronously.
 *
 * Input is `workerData`: the path of the file, the request (`tree.mjs`), a port and a flag in shared memory. Output is
 * one message with the tree or with the reason of a refusal; then the flag is raised.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { workerData } from 'node:worker_threads';
import { treeOf } from './tree.mjs';

const { path, request, port, flag } = workerData;

/** Hides all files from the library but the one that `action` opens. */
function openAlone(system, action) {
  const { open } = system;
  let hidden = false;
  system.open = (file, flags, ...rest) => {
    // The library makes new files for the texts of its errors (O_EXCL); others are not there (ENOENT).
    if ((flags & 0x80) !== 0 || (!hidden && resolve(file) === resolve(path))) return open(file, flags, ...rest);
    throw new system.ErrnoError(44);
  };
  try {
    return action();
  } finally {
    hidden = true;
  }
}

/** Bytes that the library may take for a file: a damaged one may state lengths of gigabytes. */
const mostMemory = 2 ** 28 + 64 * statSync(path).size;

const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 2 ** 16 > mostMemory) throw new RangeError('too much memory');
  return grow.call(this, pages);
};

const buffers = [];
const { default: h5 } = await import('h5wasm/node');
// Without this, errors are printed rather than thrown.
const module = await h5.ready;
module.activate_throwing_error_handler();
const open = () => openAlone(module.FS, () => new h5.File(path, 'r'));
port.postMessage(treeOf(open, h5, request, buffers), buffers);
Atomics.store(flag, 0, 1);
Atomics.notify(flag, 0);
