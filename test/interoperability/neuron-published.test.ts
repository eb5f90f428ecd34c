/**
 * Published cells with structure against NEURON, which gets them as jNeuroML exports them, with currents of the present
 * potential and integrated by CVODE at tolerances of 1e-8: the limit that both approach as steps become short.
 *
 * Models are read from checkouts: NEUROML2_CHECKOUT names the standard's repository, INTERNEURON_PUBLISHED_MODELS a
 * folder with repositories of github.com/OpenSourceBrain. CONFORMANCE_ROWS names a file for rows of
 * docs/neuroml-models.md.
 */

import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { importModel, readSource, runModel } from '../../src/pipeline/pipeline.js';
import { inFolder, rowsOf } from './output-tables.js';
import { withReason } from '../support/skip-reasons.js';
import { missingPynn, runPynnPython } from './pynn/backend.js';
import { exportToNeuron, missingInterpreter } from './reference-interpreter.js';
import '../../translators/neuroml/road.js';
import '../../translators/nmodl/road.js';

/** A column of an output file, in mV, at equal intervals. */
type Trace = readonly number[];

/** Milliseconds of a step and of a sample. */
const step = 0.005;
/** Volts of spikes, in mV. */
const threshold = -20;

const standard = process.env['NEUROML2_CHECKOUT'];
const published = process.env['INTERNEURON_PUBLISHED_MODELS'];
const generated = 'neuroConstruct/generatedNeuroML2';
const own = { tree: 'fixtures/cells', below: '.' };
const ofStandard = (below: string) => ({ tree: standard, below });
const ofPublished = (repository: string, below: string) => ({
  tree: published === undefined ? undefined : join(published, repository),
  below,
});

/** Recordings of both at one place. */
interface Pair {
  readonly place: string;
  readonly ours: Trace;
  readonly theirs: Trace;
}

interface Published {
  /** The folder to copy; undefined: there is no checkout. */
  readonly tree: string | undefined;
  /** Where the document is in it. */
  readonly below: string;
  /** Of the document, without its ending. */
  readonly name: string;
  /** ms */
  readonly duration: number;
  readonly spikes: number;
  /**
   * Files of mechanisms with a current of the first pool of calcium, though its reversal potential is of the second.
   */
  readonly ofFirstPool?: readonly string[];
}

/** Models, the milliseconds of a run, and the spikes at all recorded places in this time. */
const models: readonly Published[] = [
  { ...own, name: 'ball-and-stick', duration: 60, spikes: 3 },
  { ...ofStandard('LEMSexamples'), name: 'LEMS_NML2_Ex25_MultiComp', duration: 140, spikes: 124 },
  { ...ofStandard('LEMSexamples/morphologies'), name: 'LEMS_pyrfull_in', duration: 150, spikes: 3 },
  {
    ...ofPublished('MainenEtAl_PyramidalCell', generated),
    name: 'LEMS_MainenEtAl_PyramidalCell',
    duration: 60,
    spikes: 3,
  },
  { ...ofPublished('NetPyNEShowcase', 'NeuroML2/TwoCells'), name: 'LEMS_TwoCell', duration: 150, spikes: 13 },
  { ...ofPublished('NetPyNEShowcase', 'NeuroML2/chanDens'), name: 'LEMS_cck', duration: 150, spikes: 1 },
  { ...ofPublished('NetPyNEShowcase', 'NeuroML2/multicomp'), name: 'LEMS_DendConn', duration: 100, spikes: 15 },
  { ...ofPublished('L5bPyrCellHayEtAl2011', generated), name: 'LEMS_TestL5PC', duration: 50, spikes: 0 },
  {
    ...ofPublished('VervaekeEtAl-GolgiCellNetwork', 'NeuroML2'),
    name: 'LEMS_Pacemaking',
    duration: 60,
    spikes: 1,
    ofFirstPool: ['Golgi_Ca_LVA.mod'],
  },
  { ...ofPublished('SmithEtAl2013-L23DendriticSpikes', 'NeuroML2'), name: 'LEMS_L23_One', duration: 60, spikes: 1 },
  { ...ofPublished('CA1PyramidalCell', generated), name: 'LEMS_BigCA1', duration: 10, spikes: 3 },
  { ...ofPublished('PurkinjeCell', generated), name: 'LEMS_PurkinjeCell', duration: 15, spikes: 0 },
  {
    ...ofPublished('BlueBrainProjectShowcase', 'NMC/NeuroML2'),
    name: 'LEMS_L1_HAC_cNAC187_1',
    duration: 40,
    spikes: 0,
  },
  { ...ofPublished('Thalamocortical', generated), name: 'LEMS_SupAxAx', duration: 30, spikes: 0 },
  {
    ...ofPublished('MiglioreEtAl14_OlfactoryBulb3D', 'NeuroML2/MitralCells'),
    name: 'LEMS_MitralCell',
    duration: 48,
    spikes: 6,
  },
  {
    ...ofPublished('BahlEtAl2012_ReducedL5PyrCell', 'NeuroML2'),
    name: 'LEMS_pyr_multi_comp',
    duration: 40,
    spikes: 0,
  },
  { ...ofPublished('ACnet2', generated), name: 'LEMS_BasketCell', duration: 60, spikes: 0 },
];

/** Returns a comparison as a row of docs/neuroml-models.md. */
function rowOf(name: string, duration: number, pairs: readonly Pair[]): string {
  const worst = (of: (pair: Pair) => readonly number[]): string =>
    pairs.reduce((most, pair) => Math.max(most, ...of(pair)), 0).toPrecision(2);
  const late = worst(({ ours, theirs }) => {
    const found = crossings(ours);
    return crossings(theirs).map((time, k) => Math.abs(found[k]! - time));
  });
  const spikes = pairs.reduce((sum, { theirs }) => sum + crossings(theirs).length, 0);
  const apart = worst(({ ours, theirs }) => [outside(ours, theirs)]);
  return `| ${name} | ${pairs.length} | ${duration} | ${spikes} | ${spikes > 0 ? late : '–'} | ${apart} |`;
}

/** Times at which a trace rises above the threshold, ms. */
const crossings = (trace: Trace): readonly number[] =>
  trace.flatMap((v, k) => {
    const before = trace[k - 1] ?? v;
    return before <= threshold && v > threshold ? [step * (k - (v - threshold) / (v - before))] : [];
  });

/** By how much a trace lies outside the values of another one within a step before and after; below threshold, mV. */
const outside = (trace: Trace, other: Trace): number =>
  trace.slice(0, other.length - 1).reduce((most, v, k) => {
    const near = other.slice(Math.max(0, k - 1), k + 2);
    const [low, high] = [Math.min(...near), Math.max(...near)];
    return Math.max(v, high) > -45 ? most : Math.max(most, v - high, low - v);
  }, 0);

const missing = missingPynn() ?? missingInterpreter();
const noCheckout = 'NEUROML2_CHECKOUT or INTERNEURON_PUBLISHED_MODELS is not set';

for (const { tree, below, name, duration, spikes, ofFirstPool = [] } of models) {
  const absent = missing ?? (tree === undefined ? noCheckout : null);
  describe.skipIf(absent !== null)(withReason(`${name} and NEURON`, absent), () => {
    const pairs: Pair[] = [];

    beforeAll(async () => {
      if (tree === undefined) return;
      await inFolder(async (folder) => {
        cpSync(tree, folder, { recursive: true, filter: (path) => !/\.(git|mod)$/.test(path) });
        const [own, document] = [join(folder, below), `${name}.xml`];
        await exportToNeuron(own, document);
        const theirs = (await runPynnPython('neuron_converged.py', [
          own,
          `${name}_nrn.py`,
          String(duration),
          String(step),
          ...ofFirstPool,
        ])) as Record<string, readonly { readonly quantity: string; readonly values: Trace }[]>;
        const source = readSource(join(own, document));
        const output = join(folder, 'ours');
        const options = { dt: `${step} ms`, duration: `${duration} ms` };
        const result = await runModel(importModel(source, options), { target: 'wasm', outputFolder: output });
        if (result.kind === 'run') result.dispose();
        for (const [file, columns] of Object.entries(theirs)) {
          const rows = rowsOf(join(output, file));
          columns.forEach(({ quantity, values }, k) => {
            if (!quantity.endsWith('/v')) return;
            pairs.push({ place: quantity, ours: rows.map((row) => Number(row[k + 1]) * 1e3), theirs: values });
          });
        }
      });
    });

    test('spikes are within 0.05 ms of its converged ones', () => {
      for (const { place, ours, theirs } of pairs) {
        const [found, expected] = [crossings(ours), crossings(theirs)];
        expect([place, found.length]).toEqual([place, expected.length]);
        expected.forEach((time, k) => expect(Math.abs(found[k]! - time)).toBeLessThan(0.05));
      }
      expect(pairs.reduce((sum, { theirs }) => sum + crossings(theirs).length, 0)).toBe(spikes);
    });

    test('voltages below threshold are within 0.05 mV', () => {
      for (const { ours, theirs } of pairs) expect(outside(ours, theirs)).toBeLessThan(0.05);
      const page = process.env['CONFORMANCE_ROWS'];
      if (page !== undefined) appendFileSync(page, `${rowOf(name, duration, pairs)}\n`);
    });
  });
}
