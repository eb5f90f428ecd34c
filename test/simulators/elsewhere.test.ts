/** Commands whose models run in another simulator, and its results in other commands. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { runnerIn } from '../../src/verify/run-elsewhere.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { columns, standIn } from './stand-in.js';
import '../../translators/brian/road.js';

const folder = temporaryFolder();
const lif = 'fixtures/brian/single-lif.yaml';
let on: readonly string[] = [];
let env = '';

beforeAll(() => {
  env = standIn(folder.path, 'brian', columns());
  on = ['--on', 'brian', '--env', env];
});

it('sweep runs each point there, with a file for each', async () => {
  const output = folder.file('sweep');
  const { code, stderr } = await runCommand(['sweep', lif, '--vary', 'tau=10,12 ms', ...on, '-o', output]);
  expect([code, stderr]).toEqual([0, '']);
  expect(
    readdirSync(output)
      .filter((name) => !name.startsWith('.'))
      .sort(),
  ).toEqual(['run-1.nwb', 'run-2.nwb', 'table.csv']);
  const [head, ...rows] = readFileSync(`${output}/table.csv`, 'utf8').trim().split('\n');
  const column = head!.split(',').indexOf('G.spikes');
  expect(rows.map((row) => row.split(',')[column])).toEqual(['2', '2']);
});

it.each([
  ['2', 0],
  ['3', 1],
])('test compares what it gives with %s expected spikes', async (count, expected) => {
  const path = folder.file(`${count}.expect.yaml`);
  writeFileSync(path, `expect: 1\nmodel: ${process.cwd()}/${lif}\nspikes:\n  G: { count: ${count} }\n`);
  const { code } = await runCommand(['test', path, ...on]);
  expect(code).toBe(expected);
});

it('certify runs its results there again, and other commands read them', async () => {
  const results = folder.file('results');
  mkdirSync(results);
  const result = `${results}/brian.nwb`;
  writeFileSync(`${results}/model.yaml`, readFileSync(lif));
  const ran = await runCommand(['run', `${results}/model.yaml`, ...on, '--no-check', '-o', result]);
  expect(ran.code).toBe(0);
  const certified = await runCommand(['certify', results, '--env', env, '-o', folder.file('certificate')]);
  expect([certified.code, certified.stdout]).toEqual([0, expect.stringContaining('brian.nwb: identical')]);
  for (const words of [
    ['plot', result, '-o', folder.file('plot.svg')],
    ['report', result, '-o', folder.file('report.html')],
    ['inspect', result],
    ['verify', result, '--env', env],
    ['compare', result, result],
  ])
    expect([words[0], (await runCommand(words)).code]).toEqual([words[0], 0]);
});

it('a full disk is named in one sentence, and leaves no file', async () => {
  const imported = importModel(readSource(lif));
  const run = runnerIn({ simulator: 'brian2', env, freeze: false, partial: false }, () => '');
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  const writer = {
    open: () => Promise.resolve(),
    samples: () => undefined,
    advance: () => {
      throw full;
    },
    close: () => Promise.resolve([]),
    abandon: () => Promise.resolve(),
  };
  const output = folder.file('full.nwb');
  await expect(run(imported, { outputs: [output], writers: [writer] })).rejects.toThrow(
    `cannot write ${output}: the disk is full`,
  );
  expect(readdirSync(folder.path).filter((name) => name.startsWith('full'))).toEqual([]);
});
