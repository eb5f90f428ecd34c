import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

const model = {
  format: 'interneuron/brian',
  name: 'two groups',
  dt: '0.1 ms',
  seed: 5,
  neuron_groups: {
    cells: {
      N: 10,
      model: 'dv/dt = (12*mV - v)/tau : volt\ntau : second',
      threshold: 'v > 10*mV',
      reset: 'v = 0*mV',
      initializers: { v: 'rand()*10*mV', tau: '(8 + 4*rand())*ms' },
    },
  },
  poisson_groups: { input: { N: 5, rates: '100 Hz' } },
  synapses: {
    s: {
      source: 'input',
      target: 'cells',
      model: 'w : volt',
      on_pre: 'v_post += w',
      connect: { p: 0.5 },
      delay: '1 ms',
      initializers: { w: 'rand()*mV' },
    },
  },
  spike_monitors: { spikes: { source: 'cells' } },
  run: '30 ms',
};

beforeAll(() => writeFileSync(folder.file('model.json'), JSON.stringify(model)));

/** Fingerprint and model hash of a run. */
async function identity(path: string): Promise<{ hash: string; fingerprint: string }> {
  const { code, stdout } = await runCommand(['run', path, '--json']);
  expect(code, stdout).toBe(0);
  const report = JSON.parse(stdout);
  return { hash: report.model.hash, fingerprint: report.fingerprint };
}

async function convert(...words: string[]): Promise<string> {
  const outcome = await runCommand(['convert', folder.file('model.json'), ...words]);
  expect(outcome.stderr).toBe('');
  expect(outcome.code).toBe(0);
  return outcome.stdout;
}

describe('convert --to canonical', () => {
  it('keeps the model hash and the fingerprint', async () => {
    const path = folder.file('canonical.json');
    expect(await convert('--to', 'canonical', '-o', path)).toBe(`wrote ${path}\nall of the model was said\n`);
    expect(await identity(path)).toEqual(await identity(folder.file('model.json')));
  });

  it('of a canonical model changes nothing', async () => {
    const again = folder.file('again.json');
    const outcome = await runCommand(['convert', folder.file('canonical.json'), '--to', 'canonical', '-o', again]);
    expect(outcome.code).toBe(0);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(folder.file('canonical.json'), 'utf8'));
  });
});

describe('convert --to brian-json', () => {
  it('keeps the model hash and the fingerprint', async () => {
    const path = folder.file('brian.json');
    await convert('--to', 'brian-json', '-o', path);
    expect(JSON.parse(readFileSync(path, 'utf8')).format).toBe('interneuron/brian');
    expect(await identity(path)).toEqual(await identity(folder.file('model.json')));
  });
});

describe('convert --to brian', () => {
  it('writes a script for Brian 2', async () => {
    const path = folder.file('script.py');
    await convert('--to', 'brian', '-o', path);
    const script = readFileSync(path, 'utf8');
    expect(script).toMatch(/from brian2 import/);
    expect(script).toMatch(/NeuronGroup\(/);
    expect(script).not.toMatch(/undefined|\[object/);
  });
});

describe('convert --freeze', () => {
  it('draws nothing any more, and runs to the same spikes', async () => {
    const path = folder.file('frozen.json');
    await convert('--to', 'canonical', '--freeze', '-o', path);
    const frozen = await runCommand(['run', path, '--json']);
    const other = await runCommand(['run', path, '--json', '--seed', '99']);
    const original = await runCommand(['run', folder.file('model.json'), '--json']);
    const spikes = ({ stdout }: { stdout: string }): number => JSON.parse(stdout).populations.cells.spikes;
    expect(spikes(frozen)).toBe(spikes(original));
    expect(JSON.parse(other.stdout).fingerprint).toBe(JSON.parse(frozen.stdout).fingerprint);
  });
});

describe('what a notation cannot say', () => {
  const grid = {
    interneuron: 1,
    name: 'grid',
    neurons: { lif: { state: { v: { unit: 'mV' } }, derivatives: { v: '-v/(10*ms)' }, events: { spike: 'v > 1*mV' } } },
    populations: { p: { type: 'lif', size: 2 } },
    timing: 'grid',
    experiment: { dt: '0.1 ms', protocol: [{ run: '1 ms' }] },
  };

  beforeAll(() => writeFileSync(folder.file('grid.json'), JSON.stringify(grid)));

  it('is said, and is in the report', async () => {
    const report = folder.file('report.json');
    const { code, stdout } = await runCommand([
      'convert',
      folder.file('grid.json'),
      '--to',
      'brian-json',
      '-o',
      folder.file('g.json'),
      '--report',
      report,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /not all of the model was said:\n {2}part +verdict +what differs\n( {2}.*\n)* {2}\/timing +approximated/,
    );
    const written = JSON.parse(readFileSync(report, 'utf8'));
    expect(Object.keys(written)).toEqual(['model', 'from', 'to', 'outputs', 'report']);
    expect(written.report).toContainEqual(
      expect.objectContaining({ verdict: 'approximated', code: 'brian/timing', pointer: '/timing' }),
    );
  });

  it('with --strict nothing is written', async () => {
    const path = folder.file('strict.json');
    const { code, stderr } = await runCommand([
      'convert',
      folder.file('grid.json'),
      '--to',
      'brian-json',
      '-o',
      path,
      '--strict',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('brian/timing');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([]);
  });
});
