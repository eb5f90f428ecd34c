import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { partialPath } from '../../runtime/results/file-sets.js';
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
  const outcome = await runCommand(['convert', folder.file('model.json'), ...words, '--no-check']);
  expect(outcome.stderr).toBe('');
  expect(outcome.code).toBe(0);
  return outcome.stdout;
}

it('writes a network in elements of NeuroML, with the simulation in a file next to it', async () => {
  const path = folder.file('network.nml');
  expect(await convert('--to', 'neuroml', '-o', path)).toContain('LEMS_network.xml');
  expect(readFileSync(path, 'utf8')).toMatch(/^<neuroml /);
});

it('names the notation that expresses the parts that NeuroML cannot', async () => {
  const path = folder.file('types.nml');
  const { stderr, code } = await runCommand([
    'convert',
    'fixtures/neuroml/own-types.xml',
    '--to',
    'neuroml',
    '-o',
    path,
  ]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/NeuroML cannot express this: the event fires\n *--> .*own-types.xml:203/);
  expect(stderr).toContain('use --to lems, which expresses it');
  expect(existsSync(path)).toBe(false);
});

it('writes no file of a conversion when one of them cannot be written', async () => {
  const away = folder.file('away');
  mkdirSync(away);
  const words = ['convert', 'fixtures/pynn/if-curr-alpha.json', '--to', 'neuroml', '-o', join(away, 'network.nml')];
  const link = partialPath(join(away, 'LEMS_network.xml'));
  symlinkSync(folder.file('model.json'), link);
  const { code, stderr } = await runCommand(words);
  expect([code, stderr]).toEqual([2, expect.stringContaining('LEMS_network.xml: its temporary file') as string]);
  expect(readdirSync(away)).toEqual([basename(link)]);
  rmSync(link);
  expect((await runCommand(words)).code).toBe(0);
  expect(readdirSync(away).sort()).toEqual(['.interneuron-outputs', 'LEMS_network.xml', 'network.nml']);
});

describe('convert --to canonical', () => {
  it('keeps the model hash and the fingerprint', async () => {
    const path = folder.file('canonical.json');
    expect(await convert('--to', 'canonical', '-o', path)).toBe(`wrote ${path}\nconversion: not measured\n`);
    expect(await identity(path)).toEqual(await identity(folder.file('model.json')));
  });

  it('of a canonical model keeps every byte', async () => {
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
  it('draws no random numbers any more, and runs to the same spikes', async () => {
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

it('proposes shorter steps for methods that lose spikes', async () => {
  // NEST's adaptive steps give 26 spikes in 200 ms, exponential Euler in steps of 0.1 ms fewer, in steps of 0.01 ms as
  // many.
  const words = ['convert', 'fixtures/pynn/hh-cond-exp.json', '--to', 'brian', '--force', '-o', folder.file('hh.py')];
  const end = ({ stdout }: { stdout: string }) => stdout.slice(stdout.indexOf('\nconversion: ') + 1).trimEnd();
  const coarse = end(await runCommand(words));
  expect(coarse).toMatch(
    /^conversion: the same model: .*\n[^]* {2}at 0.1 ms, [^:]+: 29 and 26 spikes, other counts in 1 of 3 cells.*\n {2}driven 26 and 23 spikes[^]* shorter steps: --dt '0.01 ms'$/,
  );
  expect(coarse.split('\n')[0]!.length).toBeLessThanOrEqual(100);
  expect(end(await runCommand([...words, '--dt', '0.01 ms']))).toMatch(
    /^conversion: the same model: .*\n[^]* {2}at 0.01 ms, [^:]+: 29 and 29 spikes, up to .*\n {2}driven 26 and 26 spikes/,
  );
});

it('prints the reason of a refusal with --quiet', async () => {
  const path = folder.file('varied.yaml');
  const group = "{ N: 50, model: 'I : 1', initializers: { I: rand() } }";
  writeFileSync(path, `format: interneuron/brian\nneuron_groups: { G: ${group} }\nrun: 1 ms\n`);
  const { code, stdout, stderr } = await runCommand([
    'convert',
    path,
    '--to',
    'neuroml',
    '-o',
    folder.file('varied.nml'),
    '-q',
  ]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^error\[lems\/not-expressible\]  NeuroML cannot express this/);
});

describe('a file name of another notation', () => {
  it.each([
    ['brian', 'm.yaml', 'a Python script', 'a JSON document', 'm.py, or --to brian-json'],
    ['pynn', 'm.xml', 'a Python script', 'an XML document', 'm.py'],
    ['brian-json', 'm.py', 'a JSON document', 'a Python script', 'm.json'],
    ['lems', 'm.JSON', 'an XML document', 'a JSON document', 'm.xml'],
    ['neuroml', 'm.h5', 'an XML document', 'an HDF5 file', 'm.nml'],
  ])('is refused: --to %s -o %s', async (to, name, writes, other, hint) => {
    const path = folder.file(name);
    const { code, stderr } = await runCommand(['convert', folder.file('model.json'), '--to', to, '-o', path]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--to ${to} writes ${writes}, but ${path} has the name of ${other}`);
    expect(stderr).toContain(`use -o ${folder.file(hint)}`);
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['x.py', 'may be brian, pynn or pynn-nestml'],
    ['x.json', 'may be canonical, brian-json or pynn-json'],
    ['x', 'it names the notation to write'],
    ['-', 'it names the notation to write'],
  ])('needs --to for -o %s', async (name, hint) => {
    const { code, stderr } = await runCommand(['convert', folder.file('model.json'), '-o', name]);
    expect(code).toBe(2);
    expect(stderr).toContain('convert needs --to');
    expect(stderr).toContain(hint);
  });

  it.each([
    ['by-suffix.nml', 'neuroml'],
    ['by-suffix.xml', 'lems'],
  ])('states the notation by its suffix: %s', async (name, to) => {
    expect(JSON.parse(await convert('-o', folder.file(name), '--json'))).toMatchObject({ to });
  });
});

describe('-o -', () => {
  it('prints only the document, with the report on stderr', async () => {
    const { code, stdout, stderr } = await runCommand(
      ['convert', '-', '--from', 'pynn', '--to', 'canonical', '-o', '-'],
      { input: readFileSync('fixtures/pynn/if-curr-exp.json', 'utf8') },
    );
    expect([code, stderr]).toEqual([0, 'conversion: exact, the same model when read back\n']);
    expect(JSON.parse(stdout)).toMatchObject({ interneuron: 1 });
  });

  it('prints NeuroML as one document of LEMS', async () => {
    const { code, stdout } = await runCommand([
      'convert',
      folder.file('model.json'),
      '--to',
      'neuroml',
      '-o',
      '-',
      '--no-check',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('<Lems');
  });
});

describe('a feature that a notation lacks', () => {
  const grid = {
    interneuron: 1,
    name: 'grid',
    neurons: {
      // Brian's steps that adapt are for equations without a variable f.
      lif: {
        method: 'adaptive',
        state: { v: { unit: 'mV' }, f: { unit: 'mV' } },
        derivatives: { v: '-(v - f)/(10*ms)', f: '-f/(10*ms)' },
        events: { spike: 'v > 1*mV' },
      },
    },
    populations: { p: { type: 'lif', size: 2 } },
    timing: 'grid',
    experiment: { dt: '0.1 ms', protocol: [{ run: '1 ms' }] },
  };

  beforeAll(() => writeFileSync(folder.file('grid.json'), JSON.stringify(grid)));

  it('is printed, and is in the report', async () => {
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
    expect(stdout).toMatch(/ {2}part +line +verdict +what differs\n( {2}.*\n)* {2}neurons\/p +\d* +different/);
    expect(stdout).toMatch(
      /^conversion: the same model: .*\n[^]* {2}at 0.1 ms, [^:]+: no spikes .*\n {2}v of p .*\n$/m,
    );
    const written = JSON.parse(readFileSync(report, 'utf8'));
    expect(Object.keys(written).join(' ')).toBe('model from to outcome portable headline decided outputs report check');
    expect(written.outcome).toMatch(/^same/);
    expect(written.decided).toBe(true);
    expect(written.report).toContainEqual(
      expect.objectContaining({
        verdict: 'different',
        code: 'brian/method',
        pointer: '/neurons/p',
        place: expect.objectContaining({ document: expect.stringMatching(/^[^/].*rid\.json$/), line: 1 }),
      }),
    );
  });

  it('is printed once for several parts with the same loss, and reported for each of them', async () => {
    const both = {
      ...grid,
      neurons: { p: grid.neurons.lif, q: grid.neurons.lif },
      populations: { p: { type: 'p', size: 1 }, q: { type: 'q', size: 1 } },
    };
    writeFileSync(folder.file('both.json'), JSON.stringify(both));
    const report = folder.file('both-report.json');
    const { stdout } = await runCommand([
      'convert',
      folder.file('both.json'),
      ...['--to', 'brian-json', '-o', folder.file('b.json'), '--report', report, '--no-check'],
    ]);
    expect(stdout.match(/^ {2}neurons\/.*/gm)).toEqual([
      expect.stringMatching(/^ {2}neurons\/p and 1 more +1 +different /),
    ]);
    const { report: entries } = JSON.parse(readFileSync(report, 'utf8'));
    const parts = entries.filter(({ code }: { code: string }) => code === 'brian/method');
    expect(parts.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/neurons/p', '/neurons/q']);
  });

  it('with --strict no file is written', async () => {
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
    expect(stderr).toContain('brian/method');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('is only counted if it is a recording, unless --strict is given', async () => {
    // LEMS records no variables at events.
    const monitored = {
      format: 'interneuron/brian',
      neuron_groups: { G: { N: 2, model: 'dv/dt = (2 - v)/(10*ms) : 1', threshold: 'v > 1', reset: 'v = 0' } },
      spike_monitors: { spikes: { source: 'G', variables: ['v'] } },
      run: '20 ms',
    };
    writeFileSync(folder.file('monitored.json'), JSON.stringify(monitored));
    const words = ['convert', folder.file('monitored.json'), '--to', 'lems', '-o', folder.file('monitored.xml')];
    const strict = await runCommand([...words, '--strict']);
    expect([strict.code, existsSync(folder.file('monitored.xml'))]).toEqual([1, false]);
    expect(strict.stderr).toMatch(/variables recorded at events.*write the rest with --partial/s);
    const { code, stdout } = await runCommand(words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}spike_monitors\/spikes +\d* +left out +variables recorded at events$/m);
    // 10*ln(2) ms to the threshold.
    expect(stdout).toMatch(
      /^conversion: the same model: .*\n[^]* {2}at 0.1 ms, [^:]+: 4 and 4 spikes, .*\n {2}1 recording is left out$/m,
    );
  });

  describe('for a part of the model', () => {
    const oscillator = {
      format: 'interneuron/brian',
      name: 'van der Pol',
      neuron_groups: {
        oscillator: {
          N: 2,
          model: 'dx/dt = (x - x**3/3 - y)/ms : 1\ndy/dt = x/(8*ms) : 1',
          threshold: 'x > 1.5',
          refractory: '5 ms',
        },
      },
      spike_monitors: { spikes: { source: 'oscillator' } },
      // LEMS has no operation with a value for each cell.
      run: [{ duration: '5 ms' }, { set: { 'oscillator.x': [0.5, 1] }, duration: '5 ms' }],
    };
    const command = (...words: string[]): string[] => [
      'convert',
      folder.file('oscillator.json'),
      ...['--to', 'lems', '-o', folder.file('oscillator.xml'), ...words],
    ];

    beforeAll(() => writeFileSync(folder.file('oscillator.json'), JSON.stringify(oscillator, null, 1)));

    it('fails the conversion with its place, and writes only the report', async () => {
      const report = folder.file('oscillator-report.json');
      const { code, stdout, stderr } = await runCommand(command('--report', report));
      expect(code).toBe(1);
      expect(stderr).toMatch(/oscillator\.json:\d+:\d+/);
      // The place, the line, the expected and the found value, the remedy, and the rule that explains it.
      const [, pointer, rule] =
        /--> .*? \/(\S+)\n.*?\^\n.*? {2}expected {2}a part that LEMS can express\n {2}found {5}(?:\1), which would be left out\n {2}hint .*--partial\n {2}rule {6}interneuron explain (\S+)/s.exec(
          stderr,
        ) ?? [];
      expect(pointer).toMatch(/^run/);
      expect(rule).toBe('lems/not-expressible');
      expect((await runCommand(['explain', rule ?? ''])).code).toBe(0);
      expect(stdout).toMatch(/^nothing written: conversion: incomplete, \d+ parts? (is|are) left out$/m);
      expect(existsSync(folder.file('oscillator.xml'))).toBe(false);
      const { outcome, outputs } = JSON.parse(readFileSync(report, 'utf8'));
      expect({ outcome, outputs }).toEqual({ outcome: 'incomplete', outputs: [] });
    });

    it('with --partial writes the rest', async () => {
      const { code, stdout } = await runCommand(command('--partial'));
      expect(code).toBe(0);
      expect(stdout).toMatch(/^conversion: incomplete/m);
      expect(existsSync(folder.file('oscillator.xml'))).toBe(true);
    });

    it('with --partial and --strict no file is written, since a part is left out', async () => {
      rmSync(folder.file('oscillator.xml'), { force: true });
      const { code, stdout } = await runCommand(command('--partial', '--strict'));
      expect(code).toBe(1);
      expect(stdout).toMatch(/^nothing written: conversion: incomplete/m);
      expect(existsSync(folder.file('oscillator.xml'))).toBe(false);
    });

    it('with --json prints only the report', async () => {
      const { code, stdout } = await runCommand(command('--json'));
      expect(code).toBe(1);
      expect(JSON.parse(stdout).outcome).toBe('incomplete');
    });
  });
});

describe('convert --check', () => {
  const given = {
    format: 'interneuron/brian',
    dt: '0.1 ms',
    neuron_groups: {
      cells: { N: 2, model: 'dv/dt = (12*mV - v)/(10*ms) : volt', threshold: 'v > 10*mV', reset: 'v = 0*mV' },
    },
    run: '60 ms',
  };

  it('runs both and prints how many spikes agree', async () => {
    writeFileSync(folder.file('given.json'), JSON.stringify(given));
    const words = ['convert', folder.file('given.json'), '--to', 'pynn', '-o', folder.file('given.py'), '--check'];
    const { code, stdout } = await runCommand(words);
    // 10*ln(6) ms to the threshold, three times in 60 ms for each of two cells.
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^conversion: the same model: .*\n[^]* {2}at 0.1 ms[^:]*: 6 and 6 spikes, the same \(60 ms\)\n/m,
      ),
    ]);
    const json = await runCommand([...words, '--force', '--json']);
    expect(JSON.parse(json.stdout).check).toMatchObject({
      with: 'interneuron',
      matched: 6,
      spikes: [6, 6],
      absent: [],
    });
  });

  // Runs at one step differ by the steps of the simulators; the models are the same.
  it('ends with 0 for the same model, although runs at its own step are apart', async () => {
    const words = ['convert', 'fixtures/pynn/hh-cond-exp.json', '--to', 'brian', '-o', folder.file('hh.py'), '--check'];
    const { code, stdout } = await runCommand(words);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^conversion: the same model: .*\n[^]*: \d+ and \d+ spikes, other counts /m),
    ]);
  });

  it('ends with 1 for another model', async () => {
    const words = [
      'convert',
      'fixtures/pynn/hh-cond-exp.json',
      '--to',
      'neuroml',
      '-o',
      folder.file('hh.nml'),
      '--check',
    ];
    const { code, stdout } = await runCommand(words);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^conversion: another model: /m)]);
  });

  it('lists values that are drawn anew, and omits this line with --freeze', async () => {
    const { cells } = given.neuron_groups;
    const drawn = { ...given, neuron_groups: { cells: { ...cells, initializers: { v: 'rand()*10*mV' } } } };
    writeFileSync(folder.file('drawn.json'), JSON.stringify(drawn));
    const words = ['convert', folder.file('drawn.json'), '--to', 'pynn', '-o', folder.file('drawn.py'), '--check'];
    const { stdout } = await runCommand([...words, '--force']);
    expect(stdout).toMatch(/^ {2}drawn anew after conversion, so that both differ by chance: v of cells/m);
    const frozen = await runCommand([...words, '--force', '--freeze']);
    expect(frozen.stdout).toMatch(
      /^conversion: the same model: .*\n[^]* {2}at 0.1 ms[^:]*: (\d+) and \1 spikes, the same /m,
    );
    expect(frozen.stdout).not.toContain('drawn anew');
  });

  it('treats samples as the same if they differ only by rounding', async () => {
    // A cell at rest: its range consists of rounding errors.
    const resting = {
      format: 'interneuron/pynn',
      version: 1,
      pynn: '0.13',
      populations: [{ label: 'cells', size: 1, cell: { type: 'IF_curr_exp' } }],
      recordings: [{ target: 'cells', variables: ['v'] }],
      phases: [{ run: 10 }],
    };
    writeFileSync(folder.file('resting.json'), JSON.stringify(resting));
    const words = ['convert', folder.file('resting.json'), '--to', 'lems', '-o', folder.file('resting.xml'), '--check'];
    expect((await runCommand(words)).stdout).toMatch(
      /^conversion: the same model: .*\n[^]* {2}at 0.1 ms[^:]*: no spikes .*\n {2}v of cells (the same|at most \S+ mV apart)\n/m,
    );
  });

  it('makes no comparison if the model ends with a fault', async () => {
    // x is 1/(1 - t/ms): no step is short enough near 1 ms.
    const cells = {
      N: 1,
      model: 'dx/dt = x**2/ms : 1',
      threshold: 'x > 1e300',
      method: 'gsl_rkf45',
      initializers: { x: 1 },
    };
    writeFileSync(folder.file('fault.json'), JSON.stringify({ ...given, neuron_groups: { cells } }));
    const words = ['convert', folder.file('fault.json'), '--to', 'lems', '-o', folder.file('fault.xml'), '--check'];
    const { code, stdout } = await runCommand(words);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/the model itself ends with a fault at (0.9|1|1.1) ms: /),
    ]);
  });

  it('refuses a simulator that does not run the notation', async () => {
    const words = ['convert', folder.file('given.json'), '--to', 'brian', '-o', folder.file('x.py'), '--with', 'nest'];
    const { code, stderr } = await runCommand(words);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/nest does not run brian[\s\S]*pynn/)]);
  });

  it('refuses a misspelt simulator, and lists those that it has', async () => {
    const words = ['convert', folder.file('given.json'), '--to', 'brian', '-o', folder.file('x.py'), '--with', 'brian'];
    const { code, stderr } = await runCommand(words);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--with brian[\s\S]*nest, neuron, brian2, jneuroml/)]);
  });

  it('writes a script that only its own backend runs if it is asked to', async () => {
    const words = ['convert', 'fixtures/brian/noisy-group.yaml', '--to', 'pynn', '-o', folder.file('own.py')];
    const { code, stderr } = await runCommand(words);
    expect([code, existsSync(folder.file('own.py'))]).toEqual([1, false]);
    expect(stderr).toMatch(/pynn\/not-portable[\s\S]*hint {2}.*--backend interneuron/);
    const { code: done, stdout } = await runCommand([...words, '--backend', 'interneuron', '--json']);
    expect([done, JSON.parse(stdout).portable]).toEqual([0, false]);
    expect(readFileSync(folder.file('own.py'), 'utf8')).toContain('import interneuron_pynn as sim');
  });

  it('refuses a simulator of PyNN that has no names for the cells', async () => {
    const words = [
      'convert',
      'fixtures/brian/noisy-group.yaml',
      '--to',
      'pynn',
      '-o',
      folder.file('noisy.py'),
      '--backend',
      'interneuron',
    ];
    const { code, stderr } = await runCommand([...words, '--check', '--with', 'neuron']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/neuron cannot run it: PyNN has no names[\s\S]*equations/),
    ]);
  });

  it('refuses NEST if NESTML cannot express the synapses either, and names them', async () => {
    const words = [
      'convert',
      'fixtures/brian/summed.yaml',
      '--to',
      'pynn',
      '-o',
      folder.file('summed.py'),
      '--backend',
      'interneuron',
    ];
    const { code, stderr } = await runCommand([...words, '--check', '--with', 'nest']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/nest cannot run it: PyNN has no names[\s\S]*gaps[\s\S]*sums over synapses/),
    ]);
  });
});

it.each([[[]], [['--partial']]])(
  'a model without a part for the notation gives no file and exit code 1 %j',
  async (more) => {
    const words = ['convert', folder.file('model.json'), '--to', 'swc', '-o', folder.file('nothing.swc'), ...more];
    const { code, stderr } = await runCommand(words);
    expect([code, existsSync(folder.file('nothing.swc'))]).toEqual([1, false]);
    expect(stderr).toContain('the model has no cells with sections');
    expect(stderr).not.toContain('use --partial');
  },
);

it.each(['brian', 'pynn', 'lems'].flatMap((to) => [[to], [to, '--partial']]))(
  'a model without populations gives no file and exit code 1: %s %s',
  async (to, ...more) => {
    writeFileSync(folder.file('empty.yaml'), 'interneuron: 1\nexperiment: { dt: 0.1 ms, duration: 1 ms }\n');
    const words = ['convert', folder.file('empty.yaml'), '--to', to, '-o', folder.file(`empty.${to}`), ...more];
    const { code, stderr } = await runCommand(words.filter((word) => word !== undefined));
    expect([code, existsSync(folder.file(`empty.${to}`))]).toEqual([1, false]);
    expect(stderr).toContain('a model without populations');
  },
);

describe('--dump', () => {
  const words = (...more: readonly string[]): string[] => [
    ...['convert', folder.file('model.json'), '--to', 'brian', '-o', folder.file('dumped.py'), '--force', ...more],
  ];

  it('writes the model after each pass, which is a valid model', async () => {
    const dump = folder.file('passes');
    expect((await runCommand(words('--dump', dump))).code).toBe(0);
    const names = readdirSync(dump).filter((name) => !name.startsWith('.'));
    expect(names[0]).toBe('01-draw-cells.yaml');
    expect(names.at(-1)).toMatch(/^\d\d-numbers-in-code\.yaml$/);
    const last = join(dump, names.at(-1) ?? '');
    expect((await runCommand(['validate', last])).code).toBe(0);
    expect((await runCommand(words('--dump', dump))).code).toBe(0);
  });

  it('is refused for several models', async () => {
    writeFileSync(folder.file('second.json'), JSON.stringify(model));
    const { code, stderr } = await runCommand([
      ...['convert', folder.file('model.json'), folder.file('second.json'), '--to', 'brian'],
      ...['-o', folder.file('many'), '--dump', folder.file('passes')],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--dump writes the models of one conversion');
  });
});

it('makes the folder of a circuit of which only the configs are left', async () => {
  const own = {
    interneuron: 1,
    neurons: { own: { state: { v: { unit: 'mV', initial: 3 } }, derivatives: { v: '-v/(15*ms) + sin(t/ms)*mV/ms' } } },
    populations: { p: { type: 'own', size: 2 } },
    experiment: { dt: '0.1 ms', duration: '1 ms' },
  };
  writeFileSync(folder.file('own.json'), JSON.stringify(own));
  const words = ['convert', folder.file('own.json'), '--to', 'sonata', '--partial', '-o', folder.file('new/circuit')];
  expect(await runCommand(words)).toMatchObject({ code: 0 });
  expect(
    readdirSync(folder.file('new/circuit'))
      .filter((name) => !name.startsWith('.'))
      .sort(),
  ).toEqual(['circuit_config.json', 'simulation_config.json']);
});
