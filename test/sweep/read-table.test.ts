/** Tables of sweeps that are read back, and their curves. */

import { expect, it } from 'vitest';
import { readSweep } from '../../src/sweep/read-table.js';
import { sweepPlots } from '../../src/sweep/sweep-curves.js';

const head = 'seed,outcome,fingerprint,cells.spikes,cells.rate_Hz,input.spikes,input.rate_Hz';
const csv = (varied: string, ...rows: readonly string[]): string => `${[`${varied}${head}`, ...rows].join('\n')}\n`;

it('draws populations that react, with the mean of the seeds', () => {
  const table = readSweep(
    csv('w_mV,', '2,1,complete,ab,4,8,9,50', '1,1,complete,ab,1,2,9,50', '1,2,complete,ab,2,4,9,50'),
  );
  const points = [
    [1, 3],
    [2, 8],
  ];
  expect(sweepPlots(table!)).toEqual([
    { x: 'w (mV)', y: 'rate of cells (Hz)', hasMarks: true, curves: [{ name: 'cells', points }] },
  ]);
});

it('draws a curve for each value of a second parameter', () => {
  const rows = ['1,a,1,complete,ab,1,2,9,50', '2,a,1,complete,ab,1,3,9,50', '1,b,1,complete,ab,1,5,9,50'];
  const [plot, ...others] = sweepPlots(readSweep(csv('w_mV,rule,', ...rows))!);
  expect(others).toEqual([]);
  expect(plot?.curves.map(({ name, points }) => [name, points.length])).toEqual([
    ['rule = a', 2],
    ['rule = b', 1],
  ]);
});

it('reads JSON alike, and draws seeds if nothing else varies', () => {
  const run = (seed: string, rate: number): unknown => ({ set: {}, seed, populations: { cells: { spikes: 1, rate } } });
  const table = readSweep(JSON.stringify({ runs: [run('1', 4), run('2', 6)] }));
  const points = [
    [1, 4],
    [2, 6],
  ];
  expect(sweepPlots(table!)[0]).toMatchObject({ x: 'seed', curves: [{ points }] });
});

it('keeps names that end like a metre, and takes no other table', () => {
  expect(readSweep(csv('tau_m,', '1,1,complete,ab,1,2,9,50'))?.varied).toEqual(['tau_m']);
  expect(readSweep('pre,post\n1,2\n')).toBeUndefined();
  expect(readSweep('{"runs": []}')).toBeUndefined();
});
