/**
 * Compares mechanisms that run freely with NEURON, whose results bench/nmodl_trials.py has written:
 *
 *     npx tsx bench/nmodl-trials.ts FOLDER results.json
 *
 * No value is taken from NEURON. Prints the files with other potentials at NEURON's own steps: those that converge to
 * NEURON's with shorter steps, and others. Also prints files whose mechanism a conversion to NeuroML leaves out in
 * silence. Ends with 1 if there are others, or such files.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertModel } from '../src/convert/convert.js';
import { DiagnosticError } from '../src/diagnostics/diagnostic.js';
import { importModel, readSource } from '../src/pipeline/pipeline.js';
import { openModel } from '../src/session/open-model.js';
import { registerNotations } from '../src/notations.js';

registerNotations();

interface Row {
  readonly celsius: number;
  readonly dt: number;
  readonly values: Readonly<Record<string, number>>;
  readonly v: readonly (number | null)[];
}

type Found =
  { readonly kind: string; readonly name: string; readonly rows: readonly Row[] } | { readonly failed: string };

const times = [0, 0.5, 1, 2, 3, 4, 5, 7.5, 10];
/** Largest difference of equal potentials, mV. */
const limit = 1e-6;
const [folder = '', results = ''] = process.argv.slice(2);
const recorded = JSON.parse(readFileSync(results, 'utf8').replaceAll(/NaN|-?Infinity/g, 'null')) as Record<
  string,
  Found
>;
const work = mkdtempSync(path.join(tmpdir(), 'nmodl-trials-'));
const probe = path.join(work, 'model.json');

/** Returns a document with the mechanism of a file on the membrane of a trial. */
function documentOf(file: string, weight: string | undefined, { celsius, dt, values }: Row): unknown {
  const soma = { length: '20 um', diameter: '20 um', specificCapacitance: '1 uF/cm**2', resistivity: '35.4 ohm*cm' };
  const leak = { reads: ['v'], writes: { i: '0.001*siemens/cm**2*(-65*mV - v)' } };
  const place = { of: 'cell', places: { section: 'soma', fraction: 0.5 } };
  const bound = { connect: 'all', delay: '1 ms', receptor: 'I', values: { [weight ?? '']: 0.001 } };
  return {
    interneuron: 1,
    neurons: {
      cell: {
        compartments: {
          sections: { soma },
          mechanisms: { leak, ...(weight === undefined ? { x: { nmodl: file, values: { soma: values } } } : {}) },
          initial: '-65 mV',
          temperature: `${celsius + 273.15} kelvin`,
        },
        inputs: { I: { unit: 'A', reduce: 'sum' } },
        method: 'cable-then-gates',
      },
    },
    populations: {
      cell: { type: 'cell', size: 1 },
      source: { size: 1, spikes: { indices: [0, 0], times: [0.002, 0.004] } },
    },
    ...(weight === undefined
      ? {}
      : {
          synapses: { x: { nmodl: file } },
          projections: { p: { from: 'source', to: place, synapse: 'x', ...bound } },
        }),
    stimuli: {
      clamp: { kind: 'current', to: 'cell', input: 'I', value: '0.3*nA if t >= 1*ms and t < 4*ms else 0*nA' },
    },
    record: [{ of: 'cell', variables: ['v'] }],
    experiment: { dt: `${dt} ms`, duration: '10 ms' },
  };
}

/** Returns the largest difference of the potentials of a trial, mV. */
async function differenceOf(file: string, weight: string | undefined, row: Row): Promise<number> {
  writeFileSync(probe, JSON.stringify(documentOf(file, weight, row)));
  const session = openModel(importModel(readSource(probe), { allowPaths: ['/'] }));
  await session.run(0.0101);
  const { samples } = await session.take();
  await session.dispose();
  return Math.max(
    ...times.map((time, k) => {
      const [ours, theirs] = [Number(samples[0]?.values[Math.round(time / row.dt)]) * 1e3, row.v[k] ?? NaN];
      return Number.isNaN(ours) && Number.isNaN(theirs) ? 0 : Math.abs(ours - theirs);
    }),
  );
}

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

const counts = { same: 0, converging: 0, different: 0, refused: 0, skipped: 0, lost: 0 };
for (const [name, found] of Object.entries(recorded)) {
  const file = path.resolve(folder, name);
  if ('failed' in found) {
    counts.skipped++;
    continue;
  }
  const text = readFileSync(file, 'latin1').replaceAll(/\bCOMMENT\b[\s\S]*?\bENDCOMMENT\b|[:?][^\n]*/g, '');
  const weight = found.kind === 'SUFFIX' ? undefined : /\bNET_RECEIVE\s*\(\s*(\w+)/.exec(text)?.[1];
  if (await isLost(file, found.name)) {
    counts.lost++;
    console.log(`lost  ${name}`);
  }
  try {
    const apart: number[] = [];
    for (const row of found.rows) apart.push(await differenceOf(file, weight, row));
    // Rows of one temperature: steps of 0.025 ms, then of 0.005 ms.
    const falls = apart.every((far, k) => k % 2 === 0 || far < limit || far < (apart[k - 1] ?? 0) / 3);
    const outcome = apart.every((far) => far < limit) ? 'same' : falls ? 'converging' : 'different';
    counts[outcome]++;
    if (outcome !== 'same')
      console.log(`${outcome}  ${name}: ${apart.map((far) => far.toExponential(1)).join(' ')} mV`);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    counts.refused++;
    console.log(`refused  ${name}: ${error.message.split('\n')[0]}`);
  }
}
rmSync(work, { recursive: true });
console.log(JSON.stringify(counts));
if (counts.different > 0 || counts.lost > 0) process.exitCode = 1;
