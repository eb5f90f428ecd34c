/** The PyNN backend: its own checks, and those of PyNN. */

import { describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runnable } from '../interoperability/pynn/scripts.js';
import { missingEnvironment, python } from '../support/python.js';

const folder = temporaryFolder();
const program = (): Readonly<Record<string, string>> => ({
  INTERNEURON_PROGRAM: inject('program'),
  INTERNEURON_NODE: process.execPath,
  INTERNEURON_CACHE: folder.file('cache'),
});

const noPynn = missingEnvironment('.venv-pynn', 'sources/test/system/scenarios');
describe.skipIf(noPynn !== null)(`the PyNN backend${noPynn === null ? '' : ` (skipped: ${noPynn})`}`, () => {
  it('agrees with NEST and NEURON, on every engine, and refuses as PyNN does', async () => {
    const said = await python(
      '.venv-pynn',
      ['-W', 'ignore', 'python/pynn-interneuron/tests/check_backend.py'],
      program(),
    );
    expect(said.trim().split('\n').at(-1)).toBe('checked');
  });

  it("runs PyNN's own examples", async () => {
    const all = process.env['INTERNEURON_TESTS'] === 'thorough';
    const scripts = runnable(all);
    const words = [
      '-W',
      'ignore',
      'python/pynn-interneuron/tests/examples.py',
      '.venv-pynn/sources',
      ...scripts.keys(),
    ];
    const said = await python('.venv-pynn', [...words, ...(all ? ['--compare'] : [])], program());
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string | null>>;
    expect(Object.keys(outcomes)).toEqual([...scripts.keys()]);
    const isExpected = ([script, wrong]: readonly [string, string | null]): boolean =>
      wrong === null || (all && scripts.get(script)?.unlikeNeuron?.test(wrong) === true);
    expect(Object.entries(outcomes).filter((outcome) => !isExpected(outcome))).toEqual([]);
  });

  it('has the spikes and samples of NEURON for cells with compartments', async () => {
    interface Run {
      readonly spikes: readonly (readonly number[])[];
      readonly samples: Readonly<Record<string, readonly (readonly number[])[]>>;
    }
    const of = async (simulator: string, dt: number): Promise<Run> => {
      const script = 'test/interoperability/python/pynn_compartments.py';
      const said = await python('.venv-pynn', ['-W', 'ignore', script, simulator, String(dt)], program());
      return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Run;
    };
    const [neuron, ours] = [await of('pyNN.neuron', 0.0025), await of('interneuron_pynn', 0.01)];
    expect(ours.spikes.map(({ length }) => length)).toEqual([2, 2, 1]);
    const apart = (a: readonly (readonly number[])[], b: typeof a, counts: (value: number) => boolean): number =>
      Math.max(...a.flatMap((row, i) => row.map((value, k) => (counts(value) ? Math.abs(value - b[i]![k]!) : 0))));
    // NEURON is of first order, and its spikes are at the end of a step.
    expect(apart(neuron.spikes, ours.spikes, () => true)).toBeLessThan(0.02);
    expect(Object.keys(ours.samples).sort()).toEqual(Object.keys(neuron.samples).sort());
    for (const [name, values] of Object.entries(neuron.samples)) {
      const voltage = name.endsWith('.v');
      // In a step of 0.01 ms the pulse charges the soma by 0.25 mV.
      const within = voltage ? 0.25 : 0.005;
      expect(apart(values, ours.samples[name]!, (value) => !voltage || value < -52)).toBeLessThan(within);
    }
  });

  const all = process.env['INTERNEURON_TESTS'] === 'thorough';
  it.each(all ? ['', '--whole-numbers'] : [''])("runs PyNN's own scenarios %s", async (how) => {
    // PyNN's repository has four more than its package.
    const checkout = process.env['PYNN_CHECKOUT'];
    const sources = checkout ?? '.venv-pynn/sources';
    const given = [...(how === '' ? [] : [how]), sources];
    const words = ['-W', 'ignore', 'python/pynn-interneuron/tests/scenarios.py', ...given, '-W', 'ignore'];
    const said = await python('.venv-pynn', words, program());
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string>>;
    const others = Object.entries(outcomes).filter(([, outcome]) => outcome !== 'passed');
    expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(checkout === undefined ? 66 : 70);
    expect(others).toEqual([]);
  });
});
