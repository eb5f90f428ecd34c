/** Results that other programs wrote, as `compare` reads them. */

import { describe, expect, test } from 'vitest';
import { openRecorded } from '../../src/compare/open-recorded.js';
import { importModel, runModel } from '../../src/pipeline/pipeline.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { missingEnvironment, python } from '../support/python.js';
import { missingPython, runPython } from './python-environment.js';

const folder = temporaryFolder();

interface Series {
  readonly unit: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

const withoutPynwb = missingPython(['pynwb']);

test.skipIf(withoutPynwb !== null)(
  `units and time series of pynwb${withoutPynwb === null ? '' : ` (skipped: ${withoutPynwb})`}`,
  async () => {
    const path = folder.file('pynwb.nwb');
    const written = (await runPython('write_foreign_nwb.py', [path])) as Readonly<Record<'v' | 'current', Series>> & {
      readonly trains: Readonly<Record<string, readonly number[]>>;
    };
    const { trains, signals, notes } = await openRecorded(path);
    expect(Object.fromEntries(trains[0]!.ids.map((id, k) => [id, [...trains[0]!.trains[k]!]]))).toEqual(written.trains);
    expect(notes).toEqual([]);
    for (const name of ['v', 'current'] as const) {
      const { unit, times, values } = signals.find(({ variable }) => variable === name)!;
      const expected = written[name];
      expect(unit).toBe(expected.unit);
      expect([times.length, values.length]).toEqual([expected.times.length, expected.values.length]);
      times.forEach((time, k) => expect(time).toBeCloseTo(expected.times[k]!, 12));
      values.forEach((value, k) => expect(value).toBeCloseTo(expected.values[k]!, 15));
    }
  },
);

const withoutNest = missingEnvironment('.venv-pynn', 'lib');

describe.skipIf(withoutNest !== null)(
  `files of NEST${withoutNest === null ? '' : ` (skipped: ${withoutNest})`}`,
  () => {
    test('hold the spikes and voltages that NEST recorded', async () => {
      const script = 'test/interoperability/python/write_nest_files.py';
      const said = (await python('.venv-pynn', [script, folder.path])).trim().split('\n').at(-1)!;
      const { spikes, voltages, senders, times, first } = JSON.parse(said);
      const { format, trains } = await openRecorded(spikes);
      expect(format).toBe('NEST spikes');
      const recorded = trains[0]!.ids.map((id, k) => [id, [...trains[0]!.trains[k]!]]);
      const expected = trains[0]!.ids.map((id) => [
        id,
        times
          .filter((_: number, k: number) => senders[k] === id)
          .map((time: number) => Number((time / 1e3).toFixed(7))),
      ]);
      expect(times.length).toBeGreaterThan(10);
      expect(recorded).toEqual(expected);
      const [one] = (await openRecorded(voltages)).signals;
      expect(one).toMatchObject({ variable: 'V_m', unit: 'V', columns: ['1'] });
      expect(one!.values.length).toBe(first.length);
      // NEST writes three decimals.
      one!.values.forEach((value, k) => expect(Math.abs(value * 1e3 - first[k])).toBeLessThanOrEqual(0.51e-3));
    });
  },
);

test('SONATA files of interneuron hold the spikes of its NWB files', async () => {
  const model = importModel({
    name: 'm.json',
    text: JSON.stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      neuron_groups: {
        cells: {
          N: 3,
          model: 'dv/dt = (12*mV + i*mV - v)/(10*ms) : volt',
          threshold: 'v > 10*mV',
          reset: 'v = 0*mV',
          method: 'euler',
        },
      },
      spike_monitors: { spikes: { source: 'cells' } },
      run: '100 ms',
    }),
  });
  const outputs = [folder.file('own.nwb'), folder.file('own.h5')];
  const result = await runModel(model, { outputs });
  if (result.kind === 'run') result.dispose();
  const { code, stdout } = await runCommand(['compare', ...outputs, '--at-least', 'same-spikes']);
  expect(stdout).toMatch(/^same spikes|^identical/);
  expect(code).toBe(0);
});
