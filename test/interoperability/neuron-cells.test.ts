/**
 * Cells with structure against NEURON: networks of `fixtures/cells`, which NEURON gets as sections built by hand.
 *
 * NEURON delivers events at the steps that it makes, so that its error falls with the step: its converged voltages are
 * extrapolated from two short steps.
 */

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, readSource, runModel, type ImportedModel } from '../../src/pipeline/pipeline.js';
import { slow, triesAll } from '../support/effort.js';
import { inFolder, outputs } from './output-tables.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { missingPynn, recordedPynnPython, runPynnPython } from './pynn/backend.js';
import { exportToNeuron, missingInterpreter, validateByReference } from './reference-interpreter.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/nmodl/road.js';

interface Run {
  /** Of the first cell, ms. */
  readonly spikes: readonly number[];
  /** mV each millisecond at the soma and a branch of each cell. */
  readonly voltages: readonly (readonly number[])[];
}

const missing = missingPynn();
const records = peerRecords('neuron-cells');
const runners = ['test/interoperability/python/neuron_converged.py'];

/** NEURON's voltages and spikes with so many steps a millisecond; `how`: its second order or not, and the network. */
const ofNeuron = async (steps: number, how: readonly string[]): Promise<Run> =>
  (await recordedPynnPython(records, peers.neuron, 'neuron_branched_cell.py', [String(steps), ...how])) as Run;

/** Ours, with so many steps a millisecond. */
const ofOurs = (steps: number, path: string): Promise<Run> =>
  inFolder(async (folder) => {
    const source = readSource(path);
    const text = source.text.replace('step="0.005ms"', `step="${1 / steps}ms"`);
    const result = await runModel(importModel({ ...source, text }), { target: 'wasm', outputFolder: folder });
    if (result.kind === 'run') result.dispose();
    return written(folder, steps);
  });

/** Returns the table of voltages in a folder, with so many rows a millisecond. */
function written(folder: string, steps: number): Run {
  const rows = outputs(folder).get('voltages.dat')!;
  const column = (k: number): readonly number[] => rows.map((row) => Number(row[k]) * 1e3);
  const soma = column(1);
  return {
    spikes: soma.flatMap((v, k) => (k > 0 && v > 0 && soma[k - 1]! <= 0 ? [k / steps] : [])),
    voltages: Array.from({ length: rows[0]!.length - 1 }, (_, k) =>
      column(k + 1).filter((__, row) => row % steps === 0),
    ),
  };
}

/** Returns the largest difference of voltages while neither run is in a spike, mV. */
const apart = (a: Run, b: Run): number =>
  Math.max(
    ...a.voltages.flatMap((trace, k) =>
      trace.flatMap((v, row) => (Math.max(v, b.voltages[k]![row]!) < -45 ? [Math.abs(v - b.voltages[k]![row]!)] : [])),
    ),
  );

describe.skipIf(missing !== null).each([
  ['fixtures/cells/branched-cell.xml', 2, ['2']],
  ['fixtures/cells/network-of-cells.xml', 1, ['0', 'network']],
] as const)(`%s and NEURON${missing === null ? '' : ` (${missing})`}`, (path, spikes, how) => {
  let converged: Run;
  let [coarse, fine]: Run[] = [];

  beforeAll(async () => {
    const [some, more] = [await ofNeuron(1000, how), await ofNeuron(2000, how)];
    converged = {
      spikes: more.spikes,
      voltages: more.voltages.map((trace, k) => trace.map((v, row) => 2 * v - some.voltages[k]![row]!)),
    };
    [coarse, fine] = [await ofOurs(50, path), await ofOurs(200, path)];
  });

  test('spikes are within 0.05 ms of its converged ones', () => {
    expect(converged.spikes.length).toBe(spikes);
    expect(fine!.spikes.length).toBe(converged.spikes.length);
    converged.spikes.forEach((time, k) => expect(Math.abs(fine!.spikes[k]! - time)).toBeLessThan(0.05));
  });

  test('voltages below threshold are within 0.05 mV', () => {
    expect(apart(fine!, converged)).toBeLessThan(0.05);
  });

  test('a step of a quarter has a sixteenth of the error', () => {
    expect(apart(coarse!, converged) / apart(fine!, converged)).toBeGreaterThan(9);
  });
});

const unable = missing ?? missingInterpreter();

/** A LEMS document's elements of NeuroML as a document of their own. */
const withoutLems = (text: string): string =>
  text
    .replace(/<Simulation [^]*<\/Simulation>/, '')
    .replace(/<Include file="([^"]+\.nml)"\/>/g, '<include href="$1"/>')
    .replace(/<(?:Target|Include) [^>]*>/g, '')
    .replace(/<Lems[^>]*>/, '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="written">')
    .replace('</Lems>', '</neuroml>');

describe.skipIf(unable !== null).each(['branched-cell', 'network-of-cells'])(
  `%s, written as NeuroML${unable === null ? '' : ` (${unable})`}`,
  (name) => {
    const path = `fixtures/cells/${name}.xml`;
    const { text: before, ...rest } = readSource(path);
    // The only paths of segments that the interpreter's export to NEURON reads.
    const text = before.replace(/cells\[(\d)\]\/(\d)\/v/g, 'cells/$1/branched/$2/v');
    const hashes = ({ hashes: { model, experiment } }: ImportedModel): readonly string[] => [model, experiment];
    /** Returns a document written as NeuroML and read again: the same model. */
    const again = async (source: ReturnType<typeof readSource>): Promise<string> => {
      const model = importModel(source);
      const { files, report } = await convertModel(model.valid, 'neuroml');
      expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
      const result = files[0]!.text;
      expect(hashes(importModel({ name: 'written.xml', text: result }))).toEqual(hashes(model));
      return result;
    };

    test('is the same model and valid', async () => {
      const result = await again({ ...rest, text: withoutLems(text) });
      await inFolder(async (folder) => {
        writeFileSync(join(folder, 'written.nml'), result);
        expect(await validateByReference(folder, 'written.nml')).toEqual([]);
      });
    });

    test('is exported to NEURON as the original is', async () => {
      const written = await again({ ...rest, text });
      await inFolder(async (folder) => {
        const texts = { before: text, after: written };
        const exported = await Promise.all(
          Object.entries(texts).map(async ([part, document]) => {
            const own = join(folder, part);
            mkdirSync(own);
            cpSync('fixtures/cells/branched.cell.nml', join(own, 'branched.cell.nml'));
            writeFileSync(join(own, 'LEMS_written.xml'), document);
            await exportToNeuron(own, 'LEMS_written.xml');
            const made = readdirSync(own).filter((file) => /\.(mod|hoc|py)$/.test(file));
            return Object.fromEntries(made.map((file) => [file, readFileSync(join(own, file), 'utf8')]));
          }),
        );
        expect(Object.keys(exported[0]!)).toContain('branched.hoc');
        expect(exported[1]).toEqual(exported[0]);
      });
    });
  },
);

describe.skipIf(unable !== null)(`Brian's axon, written as NeuroML${unable === null ? '' : ` (${unable})`}`, () => {
  const source = readSource('fixtures/brian/hodgkin-huxley-axon.yaml');
  // NEURON's adaptive steps take no event without a delay.
  const text = source.text.replace('connect: true', 'connect: true\n    delay: 0.5 ms');
  const model = importModel({ ...source, text }, { dt: '0.001 ms' });

  test('is valid', async () => {
    await inFolder(async (folder) => {
      const { files } = await convertModel(model.valid, 'neuroml', { name: 'written.nml' });
      for (const { name, text } of files) writeFileSync(join(folder, name), text);
      expect(files.map(({ name }) => name)).toEqual(['written.nml', 'LEMS_written.xml']);
      expect(await validateByReference(folder, 'written.nml')).toEqual([]);
    });
  });

  test.skipIf(!triesAll)(slow("has its action potentials in NEURON when it has them in Brian's scheme"), async () => {
    const interval = 0.005;
    const crossings = (trace: readonly number[]): readonly number[] =>
      trace.flatMap((v, k) => (k > 0 && v > 50 && trace[k - 1]! <= 50 ? [k * interval] : []));
    const text = (await convertModel(model.valid, 'neuroml')).files[0]!.text;
    const input = { what: "Brian's axon", texts: [text, '11', String(interval)], runners };
    const theirs = await records.output(peers.neuron, input, () =>
      inFolder(async (folder) => {
        writeFileSync(join(folder, 'LEMS_axon.xml'), text);
        await exportToNeuron(folder, 'LEMS_axon.xml');
        const words = [folder, 'LEMS_axon_nrn.py', '11', String(interval)];
        const files = (await runPynnPython('neuron_converged.py', words)) as Record<
          string,
          readonly { readonly quantity: string; readonly values: readonly number[] }[]
        >;
        const voltages = files['trace.dat']!.filter(({ quantity }) => quantity.endsWith('/v'));
        return voltages.map(({ values }) => crossings(values));
      }),
    );
    await inFolder(async (folder) => {
      const result = await runModel(model, { target: 'wasm', outputs: [join(folder, 'ours.csv')] });
      if (result.kind === 'run') result.dispose();
      const rows = readFileSync(join(folder, 'ours.cell_v.csv'), 'utf8').trim().split('\n').slice(1);
      expect(theirs.length).toBe(4);
      theirs.forEach((expected, k) => {
        const ours = rows.map((row) => Number(row.split(',')[k + 1]) * 1e3);
        // Brian's recordings are every 0.1 ms: a crossing lies between two of them.
        const times = ours.flatMap((v, at) => (at > 0 && v > 50 && ours[at - 1]! <= 50 ? [at * 0.1] : []));
        expect(times.length).toBe(expected.length);
        expect(times.length).toBeGreaterThan(0);
        expected.forEach((time, at) => {
          expect(time).toBeLessThan(times[at]! + 0.01);
          expect(time).toBeGreaterThan(times[at]! - 0.11);
        });
      });
    });
  });
});

describe.skipIf(unable !== null).each([
  [
    'a kinetic scheme of NMODL, written as gateKS',
    'potassium_markov',
    /<(?:closedState|openState|forwardTransition|reverseTransition) /g,
    10,
  ],
  ['a gate of NMODL with a factor of the temperature, written with q10Settings', 'm_current', /<q10Settings /g, 1],
] as const)(`%s${unable === null ? '' : ` (${unable})`}`, (what, mechanism, written, count) => {
  const convert = async (folder: string): Promise<readonly string[]> => {
    const model = importModel(readSource(`test/translators/nmodl/files/${mechanism}.mod`));
    const { files } = await convertModel(model.valid, 'neuroml', { name: 'written.nml' });
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    return files.map(({ text }) => text);
  };

  test('is valid', async () => {
    await inFolder(async (folder) => {
      const texts = await convert(folder);
      expect(texts.join('').match(written)).toHaveLength(count);
      expect(await validateByReference(folder, 'written.nml')).toEqual([]);
    });
  });

  test('has the potential that it has in NEURON', async () => {
    await inFolder(async (folder) => {
      const texts = await convert(folder);
      const input = { what: what.replace(/,.*/, ''), texts: [...texts, '20', '1'], runners };
      const theirs = await records.output(peers.neuron, input, async () => {
        await exportToNeuron(folder, 'LEMS_written.xml');
        const files = (await runPynnPython('neuron_converged.py', [
          folder,
          'LEMS_written_nrn.py',
          '20',
          '1',
        ])) as Record<string, readonly { readonly values: readonly number[] }[]>;
        return Object.values(files).flatMap((columns) => columns.map(({ values }) => values))[0];
      });
      const run = async (dt: number): Promise<readonly number[]> => {
        const model = importModel(readSource(join(folder, 'LEMS_written.xml')), { origin: false, dt: `${dt} ms` });
        const result = await runModel(model, { target: 'wasm', outputFolder: folder });
        if (result.kind === 'run') result.dispose();
        const rows = readFileSync(join(folder, 'cell_v.dat'), 'utf8').trim().split('\n');
        return rows
          .filter((_, k) => k % Math.round(1 / dt) === 0)
          .slice(0, 20)
          .map((row) => Number(row.trim().split(/\s+/)[1]) * 1e3);
      };
      const [coarse, fine] = [await run(0.01), await run(0.005)];
      const ours = fine.map((v, k) => 2 * v - coarse[k]!);
      expect(theirs).toHaveLength(20);
      for (const [k, v] of (theirs as readonly number[]).entries()) expect(ours[k]).toBeCloseTo(v, 3);
      expect(Math.abs(ours[19]! - ours[0]!)).toBeGreaterThan(0.5);
    });
  });
});
