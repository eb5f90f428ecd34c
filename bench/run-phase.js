/**
 * Runs a model once and prints what its run phase took, by the clock and of the processor, as one line of JSON:
 *
 *     node bench/run-phase.js fixtures/brian/cobahh.yaml TARGET DURATION THREADS [OUTPUT] [STEP]
 *
 * Without an output what is recorded stays in memory, but for the files that the model itself names; with the output
 * `none` these stay away, too.
 *
 * Seconds of the processor are of all threads of the process, from the end of building the network to the last step:
 * those of the compiler of JavaScript and of whatever is loaded meanwhile are among them.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const dist = process.env.INTERNEURON_DIST ?? path.resolve(import.meta.dirname, '../dist');
const { importModel, readSource, runModel } = await import(path.join(dist, 'index.js'));
const [model, target, duration, threads, output = '', dt] = process.argv.slice(2);

// What a model itself says is written.
const outputFolder = mkdtempSync(path.join(tmpdir(), 'run-phase-'));
let built = process.cpuUsage();
let last = built;
const result = await runModel(importModel(readSource(model), { duration, ...(dt === undefined ? {} : { dt }) }), {
  target,
  threads: Number(threads),
  ...(output === 'none' ? {} : { outputFolder }),
  outputs: output === '' || output === 'none' ? [] : [output],
  cacheDirectory: path.join(homedir(), '.cache/interneuron'),
  onProgress: (stage) => {
    last = process.cpuUsage();
    if (stage === 'connect') built = last;
  },
});
const processor = (last.user + last.system - built.user - built.system) / 1e6;
const spikes = result.record.populations.reduce((sum, population) => sum + population.spikes, 0);
console.log(JSON.stringify({ clock: result.seconds.run, processor, spikes }));
result.dispose();
rmSync(outputFolder, { recursive: true });
