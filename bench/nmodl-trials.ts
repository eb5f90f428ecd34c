/**
 * Compares trials of mechanisms with NEURON, which bench/nmodl_trials.py has read:
 *
 *     npx tsx bench/nmodl-trials.ts FOLDER trials.json
 *
 * Prints the files with other potentials at NEURON's own steps: those that half of the step changes more, and others.
 * Also prints files whose mechanism a conversion to NeuroML leaves out in silence. Ends with 1 if there are others, or
 * such files.
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { convertModel } from '../src/convert/convert.js';
import { DiagnosticError, UsageError } from '../src/diagnostics/diagnostic.js';
import { registerNotations } from '../src/notations.js';
import { importModel, readSource } from '../src/pipeline/pipeline.js';
import { compareWithRecorded } from '../src/verify/recorded-run.js';

registerNotations();

interface Row {
  readonly celsius: number;
  /** File that names the model and NEURON's potentials; null if nothing was read. */
  readonly recorded: string | null;
  readonly left: readonly string[];
  readonly said: readonly string[];
}

type Trial = { readonly name: string; readonly rows: readonly Row[] } | { readonly failed: string };

/** Largest difference of equal potentials, mV. */
const limit = 1e-6;
const [folder = '', results = ''] = process.argv.slice(2);
const trials = JSON.parse(readFileSync(results, 'utf8')) as Record<string, Trial>;

/** Returns whether a conversion to NeuroML leaves out the mechanism of a file, without an error or a row. */
async function isLost(file: string, name: string): Promise<boolean> {
  try {
    const { valid } = importModel(readSource(file), { allowPaths: ['/'] });
    const { outcome, files } = await convertModel(valid, 'neuroml');
    return outcome !== 'incomplete' && !files.some(({ text }) => text.includes(name));
  } catch (error) {
    if (error instanceof DiagnosticError) return false;
    throw error;
  }
}

/** Returns the outcome of one trial, with its figures or the reason. */
async function outcomeOf(rows: readonly Row[]): Promise<readonly [keyof typeof counts, string]> {
  const figures: string[] = [];
  let [isSame, isWithin] = [true, true];
  for (const { recorded, left, said } of rows) {
    if (recorded === null || left.length > 0) return ['refused', left[0] ?? said.at(-1) ?? ''];
    const { largest = Infinity, halved = 0 } = await compareWithRecorded('NEURON', recorded, { allowPaths: ['/'] });
    isSame &&= largest <= limit;
    isWithin &&= largest <= Math.max(halved, limit);
    figures.push(`${largest.toExponential(1)} (${halved.toExponential(1)})`);
  }
  return [isSame ? 'same' : isWithin ? 'within' : 'different', `${figures.join(' ')} mV`];
}

const counts = { same: 0, within: 0, different: 0, refused: 0, skipped: 0, lost: 0 };
for (const [name, trial] of Object.entries(trials)) {
  if ('failed' in trial) {
    counts.skipped++;
    continue;
  }
  if (await isLost(path.resolve(folder, name), trial.name)) {
    counts.lost++;
    console.log(`lost  ${name}`);
  }
  try {
    const [outcome, figures] = await outcomeOf(trial.rows);
    counts[outcome]++;
    if (outcome !== 'same') console.log(`${outcome}  ${name}: ${figures}`);
  } catch (error) {
    // Steps that are too long for a mechanism are refused when it runs.
    if (!(error instanceof DiagnosticError || error instanceof UsageError)) throw error;
    counts.refused++;
    console.log(`refused  ${name}: ${error.message.split('\n')[0]}`);
  }
}
console.log(JSON.stringify(counts));
if (counts.different > 0 || counts.lost > 0) process.exitCode = 1;
