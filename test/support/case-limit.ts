/**
 * Ends the process of a case that takes too much time of the processor, such as an endless loop, which no timer of its
 * own thread interrupts.
 */

import { Worker } from 'node:worker_threads';

/** Seconds of the processor, of this process without its children. */
const usual = process.env['INTERNEURON_TESTS'] === 'thorough' ? 1800 : 300;

const watch = `
  const { workerData: { began, limit } } = require('node:worker_threads');
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    const seconds = Math.round((user + system) / 1e6);
    if (seconds - Atomics.load(began, 0) <= limit) return;
    require('node:fs').writeSync(2, 'A case took more than ' + limit + ' s of the processor, and its process ends\\n');
    process.kill(process.pid, 'SIGKILL');
  }, Math.min(5000, 500 * limit));
`;

/** Files of one process share the thread that watches them. */
const shared = globalThis as { caseBegan?: Int32Array };

/** Begins to count the time of a case. @param limit counts in the first case of a process */
export function startCase(limit = usual): void {
  if (shared.caseBegan === undefined) {
    shared.caseBegan = new Int32Array(new SharedArrayBuffer(4));
    new Worker(watch, { eval: true, workerData: { began: shared.caseBegan, limit } }).unref();
  }
  const { user, system } = process.cpuUsage();
  Atomics.store(shared.caseBegan, 0, Math.round((user + system) / 1e6));
}
