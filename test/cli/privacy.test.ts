/** Written files name neither the user nor the machine. */

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecord } from '../../runtime/results/open.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const user = 'zoe-marked-name';
const model = `
format: interneuron/brian
version: 1
name: pair
title: A pair
dt: 0.1 ms
neuron_groups: { G: { N: 2, model: "dv/dt = (2 - v)/(10*ms) : 1", threshold: v > 1, reset: v = 0 } }
spike_monitors: { S: { source: G } }
run: 20 ms
`;
const [here, variables] = [process.cwd(), { ...process.env }];
const [home, work] = [(): string => folder.file(user), (): string => folder.file(`${user}/work`)];

const run = async (...words: readonly string[]): Promise<void> => {
  const { code, stderr } = await runCommand([...words, '--quiet']);
  expect({ words, code, stderr }).toMatchObject({ code: 0 });
};

beforeAll(() => {
  for (const name of ['models', 'work/copy']) mkdirSync(join(home(), name), { recursive: true });
  writeFileSync(join(home(), 'models/pair.yaml'), model);
  writeFileSync(folder.file('outside.yaml'), model);
  Object.assign(process.env, { HOME: home(), USER: user });
  process.chdir(work());
});

afterAll(() => {
  process.chdir(here);
  Object.assign(process.env, { HOME: variables['HOME'], USER: variables['USER'] });
  if (variables['USER'] === undefined) Reflect.deleteProperty(process.env, 'USER');
});

/** Returns the contents of all files below the current folder by name, including files in archives. */
function contents(): readonly (readonly [string, string])[] {
  const files = readdirSync('.', { recursive: true, encoding: 'utf8' }).filter((name) => statSync(name).isFile());
  return files.flatMap((name): (readonly [string, string])[] => {
    const bytes = readFileSync(name);
    const inside = name.endsWith('.omex') ? Object.entries(unzipSync(bytes)) : [];
    return [[name, bytes], ...inside].map(([file, data]) => [
      String(file),
      Buffer.from(data as Uint8Array).toString('latin1'),
    ]);
  });
}

describe('files for others', () => {
  it('contain no name of the user, no home folder and no release of the kernel', async () => {
    const absolute = join(home(), 'models/pair.yaml');
    const outputs = ['nwb', 'json', 'csv'].flatMap((suffix) => ['-o', join(work(), `result.${suffix}`)]);
    await run('run', absolute, ...outputs);
    await run('sweep', absolute, '--seeds', '1', '-o', join(work(), 'sweep'), '-o', join(work(), 'table.json'));
    await run(
      'convert',
      absolute,
      '--to',
      'lems',
      '--no-check',
      '-o',
      join(work(), 'pair.xml'),
      '--report',
      'report.json',
    );
    await run('pack', absolute, 'result.nwb', 'result.json', '--to', 'lems', '--to', 'brian', '-o', 'bundle.omex');
    await run('page', absolute, '-o', 'page.html');
    await run('report', join(work(), 'result.nwb'), '-o', 'report.html');
    await run('plot', join(work(), 'result.nwb'), '-o', 'plot.svg');
    writeFileSync('copy/pair.yaml', model);
    await run('run', join(work(), 'copy/pair.yaml'), '-o', 'copy/pair.nwb');
    await run('certify', join(work(), 'copy'), '-o', 'certificate');
    await run('certify', join(work(), 'bundle.omex'), '-o', 'certificate-of-bundle');
    const found = contents();
    expect(found.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'result.provenance.json',
        'table.json',
        'report.json',
        'ro-crate-metadata.json',
        'certificate/certificate.html',
      ]),
    );
    const marks = [user, home(), release()];
    expect(found.filter(([, text]) => marks.some((mark) => text.includes(mark))).map(([name]) => name)).toEqual([]);
    const { environment } = (await openRecord('result.nwb')).record;
    expect(environment).toMatchObject({
      source: { path: '../models/pair.yaml' },
      command: ['interneuron', 'run', '../models/pair.yaml'],
    });
  });

  it('name a model outside the home folder by its file', async () => {
    await run('run', folder.file('outside.yaml'), '-o', 'outside.json');
    const { environment } = (await openRecord('outside.json')).record;
    expect(environment).toMatchObject({
      source: { path: 'outside.yaml' },
      command: ['interneuron', 'run', 'outside.yaml'],
    });
    await run('run', 'outside.json', '-o', 'again.json');
    expect((await openRecord('again.json')).record.environment.source?.path).toBe('outside.json');
  });

  it('have no environment if that is asked for', async () => {
    await run('run', '../models/pair.yaml', '--no-environment', '-o', 'none.nwb', '-o', 'none.json');
    await run('sweep', '../models/pair.yaml', '--seeds', '1', '--no-environment', '-o', 'none');
    for (const name of ['none.nwb', 'none.json', 'none/run-1.nwb']) {
      expect((await openRecord(name)).record.environment).toEqual({});
      await run('verify', name);
    }
  });
});
