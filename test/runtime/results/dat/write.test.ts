import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { datWriter } from '../../../../runtime/results/dat/write.js';
import type { DatFile } from '../../../../runtime/results/dat/plan.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import { playInto } from '../../record/played-run.js';
import { smallProgram } from '../../record/small-program.js';
import { inFolder } from '../formats.js';

const everyStep = [
  { recording: 'spikes', kind: 'events', population: 'exc', event: 'exc.spike', indices: { begin: 0, end: 4 } },
] as const;
const program = smallProgram({ initialSample: true, eventRecordings: everyStep });
const column = (id: string, index: number): DatFile & { kind: 'columns' } => ({
  file: `${id}.dat`,
  kind: 'columns',
  columns: [{ id, recording: 'v_exc', variable: 'v', index }],
});
const selections = [
  { id: 'last', recording: 'spikes', population: 'exc', index: 3 },
  { id: 'first', recording: 'spikes', population: 'exc', index: 0 },
];
/**
 * Potentials of 0.25, 0.5, 0.75 and 1 mV times the number of the row; cells 3 and 0 fire in step 1, cell 0 in step 2.
 */
const played = {
  initial: ({ log }: { log: (name: string, row: readonly number[]) => void }) => log('samples', [0, 0, 0, 0]),
  step: ({ step, log }: { step: number; log: (name: string, row: readonly number[]) => void }) => {
    log(
      'samples',
      [1, 2, 3, 4].map((n) => n * 0.25e-3 * (step + 1)),
    );
    if (step === 1) log('exc.log', [step, 0]);
    if (step === 1) log('exc.log', [step, 3]);
    if (step === 2) log('exc.log', [step, 0]);
  },
};
const steps = (count: number) => [{ kind: 'run', steps: count }] as const;

describe('files that a model names', () => {
  test('a table has a row for the first state and one for each step', async () =>
    inFolder(async (folder) => {
      const files: readonly DatFile[] = [
        { file: 'results/two.dat', kind: 'columns', columns: [...column('a', 3).columns, ...column('b', 0).columns] },
      ];
      await playInto(datWriter(files, { folder, accumulated: false }), program, steps(3), played);
      const dt = program.dt;
      expect(readFileSync(join(folder, 'results/two.dat'), 'utf8').split('\n')).toEqual([
        '0.0\t0.0\t0.0\t',
        `${shortJava(dt)}\t0.001\t2.5E-4\t`,
        `${shortJava(2 * dt)}\t0.002\t5.0E-4\t`,
        `${shortJava(3 * dt)}\t0.003\t7.5E-4\t`,
        '',
      ]);
    }));

  test.each([
    ['ID_TIME', (id: string, time: string) => `${id}\t${time}`],
    ['TIME_ID', (id: string, time: string) => `${time}\t${id}`],
  ] as const)('events in order of time, then of selections: %s', async (format, row) =>
    inFolder(async (folder) => {
      await playInto(
        datWriter([{ file: 'a.spikes', kind: 'events', format, selections }], { folder, accumulated: false }),
        program,
        steps(4),
        played,
      );
      const [two, three] = [shortJava(2 * program.dt), shortJava(3 * program.dt)];
      expect(readFileSync(join(folder, 'a.spikes'), 'utf8')).toBe(
        `${[row('last', two), row('first', two), row('first', three)].join('\n')}\n`,
      );
    }),
  );

  test('summed time differs from the product as soon as rounding shows', async () =>
    inFolder(async (folder) => {
      const options = { header: { dt: 0.1 }, ...played };
      const at = async (accumulated: boolean): Promise<string[]> => {
        await playInto(datWriter([column('a', 0)], { folder, accumulated }), program, steps(4000), options);
        return readFileSync(join(folder, 'a.dat'), 'utf8')
          .split('\n')
          .map((line) => line.split('\t')[0]!);
      };
      let sum = 0;
      const summed = Array.from({ length: 4001 }, (_, n) => (n === 0 ? 0 : (sum += 0.1)));
      expect((await at(true)).slice(0, -1).map(Number)).toEqual(summed.map(nearest));
      expect((await at(false))[4000]).toBe('400.0');
    }));

  test('a stopped run gives files that are marked as incomplete', async () =>
    inFolder(async (folder) => {
      const controller = new AbortController();
      controller.abort();
      const { paths } = await playInto(datWriter([column('a', 0)], { folder, accumulated: true }), program, steps(4), {
        ...played,
        run: { signal: controller.signal },
      });
      expect(paths).toEqual([join(folder, 'a.incomplete.dat')]);
      expect(existsSync(join(folder, 'a.dat'))).toBe(false);
    }));

  test.each([
    ['a name outside of the folder', { ...column('a', 0), file: '../a.dat' }, /outside /],
    ['a cell that is not recorded', column('a', 4), /which does not contain it/],
    ['a folder in place of a file', { ...column('a', 0), file: 'sub/..' }, /outside /],
  ] as const)('%s is refused, and nothing is left', async (_, file, message) =>
    inFolder(async (folder) => {
      const writing = playInto(datWriter([file], { folder, accumulated: true }), program, steps(2), played);
      await expect(writing).rejects.toThrow(UsageError);
      await expect(writing).rejects.toThrow(message);
      expect(readdirSync(folder)).toEqual([]);
    }),
  );
});

/** Times of this test have few digits, so that a float's shortest decimal is the double's. */
function shortJava(time: number): string {
  const [mantissa = '', power = '0'] = Number(time.toPrecision(6)).toExponential().split('e');
  if (Number(power) >= -3) return String(Number(time.toPrecision(6)));
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${power}`;
}

/** The shortest decimal of the float nearest to `exact`, by search. */
function nearest(exact: number): number {
  const single = Math.fround(exact);
  const texts = Array.from({ length: 9 }, (_, digits) => single.toPrecision(digits + 1));
  return Number(texts.find((text) => Math.fround(Number(text)) === single));
}
