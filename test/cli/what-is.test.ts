/** `interneuron FILE` for files of all kinds: what each is said to be, and every printed command, executed. */

import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { unplaced } from '../../src/diagnostics/positions.js';
import { registerNotation } from '../../src/pipeline/roads.js';
import { parquetBytes } from '../../src/tables/write-parquet.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, variables } from '../support/python.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();

/** A leaky cell with a constant drive, which spikes. */
const cell = (extra = ''): string => `format: interneuron/brian
name: leaky
dt: 0.1 ms
seed: 1
neuron_groups:
  g: { N: 3, model: "dv/dt = (1.2 - v)/(10*ms) : 1", threshold: v > 1, reset: v = 0, method: exact }
spike_monitors: { s: { source: g } }
${extra}`;
const brianScript = `from brian2 import *
G = NeuronGroup(5, "dv/dt = (1.2 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
M = SpikeMonitor(G)
run(100*ms)
`;
const neuroml = (inside: string): string =>
  `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="n">${inside}</neuroml>\n`;
const iaf =
  '<iafCell id="leaky" leakReversal="-60mV" thresh="-45mV" reset="-62mV" C="0.9nF" leakConductance="0.03uS"/>';
const swc = '1 1 0 0 0 8 -1\n2 1 -8 0 0 8 1\n3 1 8 0 0 8 1\n4 3 50 0 0 1 1\n';
const notebook = (code: string): string =>
  JSON.stringify({
    cells: [{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: code.split(/(?<=\n)/) }],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
/** A population with more values than one of NeuroML has. */
const values = `interneuron: 1
neurons:
  leaky:
    parameters: { tau: 10 ms, rest: -60 mV }
    state: { v: { unit: mV, initial: -60 mV } }
    derivatives: { v: (rest - v)/tau }
    events: { spike: { when: v > -50*mV, do: [v = rest] } }
populations: { p: { type: leaky, size: 40, values: { rest: 'normal(-60*mV, 2*mV)' } } }
experiment: { dt: 0.1 ms, duration: 5 ms }
`;
const edges = 'source_id,target_id,weight\n0,1,0.5\n1,2,0.25\n2,0,1.5\n';

/** Files that are written, by their names: what each is said to be. Those with `null` are copied below. */
const files: readonly (readonly [name: string, content: string | Uint8Array | null, kind: RegExp])[] = [
  // Models.
  ['cell.yaml', cell('run: 20 ms\n'), /Brian-like specification, valid$/],
  ['no-duration.yaml', cell(), /Brian-like specification, valid/],
  ['with space.yaml', cell('run: 20 ms\n'), /Brian-like specification, valid$/],
  ["quote's.yaml", cell('run: 20 ms\n'), /valid$/],
  ['-dash.yaml', cell('run: 20 ms\n'), /valid$/],
  ['<b>html.yaml', cell('run: 20 ms\n'), /valid$/],
  ['line\nfeed.yaml', cell('run: 20 ms\n'), /valid$/],
  ['UPPER.SWC', swc, /a shape in SWC, valid/],
  ['cell.swc', swc, /a shape in SWC, valid/],
  ['pynn.json', null, /PyNN-style JSON, valid/],
  ['cond.json', null, /PyNN-style JSON, valid/],
  ['values.yaml', values, /the canonical form, valid/],
  ['lif.txt', cell('run: 20 ms\n'), /Brian-like specification, valid$/],
  [
    'network.nml',
    neuroml(`${iaf}<network id="net"><population id="p" component="leaky" size="1"/></network>`),
    /valid/,
  ],
  ['only-cell.nml', neuroml(iaf), /NeuroML or LEMS, valid/],
  ['soma.cell.nml', null, /NeuroML or LEMS, valid/],
  ['lems.xml', null, /NeuroML or LEMS, valid/],
  ['graph.nir', null, /a graph of NIR, valid/],
  ['conductances.nestml', null, /a model in NESTML, valid/],
  ['jumps.nestml', null, /a model in NESTML, valid/],
  ['leak.mod', null, /a mechanism in NMODL, valid/],
  ['pulsed_synapse.mod', null, /a mechanism in NMODL, valid/],
  ['sonata', null, /a config of SONATA, valid/],
  ['two-configs', null, /a config of SONATA, valid/],
  ['bundle.omex', null, /an archive with the canonical form, valid/],
  // Models with mistakes.
  [
    'types.xml',
    '<Lems><ComponentType name="mine" extends="baseCellMembPot"><Parameter name="w" dimension="voltage"/></ComponentType></Lems>',
    /NeuroML or LEMS, not valid$/,
  ],
  ['mistake.yaml', 'format: interneuron/brian\nneuron_groups:\n  G: { N: 1, model: "v : vlt" }\n', /not valid/],
  ['bread.yaml', 'bread: 2\n', /not valid/],
  ['empty.yaml', '', /not valid/],
  ['broken.nml', '<neuroml', /not valid/],
  ['old.nestml', 'neuron my_cell:\n  state:\n    V_m mV = -70 mV\n  end\nend\n', /not valid/],
  // Scripts and notebooks.
  [
    'script.py',
    `get_ipython().run_line_magic('matplotlib', 'inline')\n${brianScript}`,
    /a Python script of Brian 2, which is read by executing it$/,
  ],
  ['pynn.py', 'import pyNN.nest as sim\nsim.setup()\n', /a Python script of PyNN, which/],
  ['neuron.py', 'from neuron import h\n', /a Python script of NEURON, which/],
  ['init.hoc', 'create soma\n', /a hoc script of NEURON, which/],
  ['nest.py', 'import nest\nnest.Simulate(200.0)\n', /a script of PyNEST, which interneuron does not read$/],
  ['aliased.py', 'import numpy as np\nimport nest as sim\n', /PyNEST/],
  ['genn.py', 'from pygenn import GeNNModel\n', /a script of a simulator that interneuron does not read$/],
  ['plain.py', 'import numpy\n', /a Python script that imports none of/],
  ['torch.py', 'import torch\nimport snntorch as snn\n', /a script of a library for machine learning, which/],
  ['nest.ipynb', notebook('import nest\n'), /a notebook of PyNEST, which interneuron does not read$/],
  ['brian.ipynb', notebook(brianScript), /a notebook with code of Brian 2$/],
  ['plain.ipynb', notebook('import numpy\n'), /a notebook$/],
  // Results and tables.
  ['result.nwb', null, /a result of interneuron, with its model$/],
  ['result.json', null, /a result of interneuron, with its model$/],
  ['result.csv', null, /a result of interneuron, with its model$/],
  ['spikes.csv', 'population,id,time (ms)\ng,0,18.0\ng,1,18.0\n', /a result of another program$/],
  ['brian.csv', 't/ms,i\n1.5,0\n2.5,1\n', /a result of another program$/],
  ['v.dat', '0.0 -0.065\n0.0001 -0.064\n', /a result of another program$/],
  ['nodes.nirdata', null, /a result of another program$/],
  ['edges.csv', edges, /a table of connections, 3 rows$/],
  ['tabs.tsv', edges.replaceAll(',', '\t'), /a table of connections, 3 rows$/],
  ['packed.csv.gz', gzipSync(strToU8(edges)), /a table of connections, 3 rows$/],
  [
    'columns.parquet',
    parquetBytes([
      { name: 'pre', values: Uint32Array.of(0, 1) },
      { name: 'post', values: Uint32Array.of(1, 0) },
    ]),
    /a table of connections, 2 rows$/,
  ],
  [
    'spikes.parquet',
    parquetBytes([
      { name: 'neuron_id', values: Uint32Array.of(0, 1) },
      { name: 'spike_time_ms', values: Float64Array.of(1.5, 2.5) },
    ]),
    /a result of another program$/,
  ],
  ['spikes.csv.gz', gzipSync(strToU8('t/ms,i\n1.5,0\n2.5,1\n')), /a result of another program$/],
  ['savetxt.txt', '# i j weight\n0 1 0.5\n1 2 0.25\n', /a table of connections$/],
  ['node_types.csv', 'node_type_id model_type\n100 biophysical\n', /types of a circuit of SONATA$/],
  ['table.csv', null, /the table of a sweep of interneuron$/],
  // Others.
  ['lif.expect.yaml', 'expect: 1\nmodel: cell.yaml\nspikes: { g: { count: 3 } }\n', /expectations about a run$/],
  ['lif.omt', 'target: lems.xml\nengine: jNeuroML\n', /a test of OMV$/],
  ['lif.mep', 'experiments: {}\n', /values of a test of OMV$/],
  ['run.sedml', '<sedML/>', /an experiment in SED-ML, not valid$/],
  ['block.pkl', '\x80\x04N.', /a pickle of Python, which may run any code/],
  ['data.p', '\x80\x04N.', /a pickle of Python/],
  ['data.mat', 'MATLAB 5.0 MAT-file', /data of MATLAB$/],
  ['fhn.ode', 'dv/dt=v-w\ndone\n', /a model of XPP, which/],
  ['figure.ses', '{load_file("nrngui.hoc")}\n', /a session of the windows of NEURON$/],
  ['pathway.xml', '<?xml version="1.0"?>\n<sbml xmlns="http://www.sbml.org/"/>\n', /a model in SBML, which/],
  ['hh.cellml', '<model xmlns="http://www.cellml.org/cellml/1.0#"/>\n', /a model in CellML, which/],
  ['figure.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', /a figure$/],
  ['README.md', '# A model\n', /a text for readers$/],
  ['LICENSE', 'Apache License\n', /a text for readers$/],
  ['notes.txt', 'These files are of the paper\n', /a text for readers$/],
  ['cell.asc', '(CellBody (0 0 0 1))\n', /a shape of Neurolucida$/],
  ['voltage.npy', '\x93NUMPY', /one array of NumPy, without a name$/],
  ['sparse.npz', zipSync({ 'indices.npy': strToU8(''), 'indptr.npy': strToU8('') }), /a sparse matrix of SciPy$/],
  ['graph.graphml', '<graphml/>', /a graph of NetworkX or Gephi$/],
  ['table.xlsx', zipSync({ 'xl/workbook.xml': strToU8('<workbook/>') }), /a spreadsheet$/],
  ['parameters.json', '{"celsius": 37}', /a file in JSON of another program$/],
  ['network.json', '{"simConfig": {}, "netpyne_version": "1.0"}', /a network of NetPyNE$/],
  ['environment.yml', 'name: lab\n', /a document that names no notation, not valid/],
  ['papers.tar.gz', null, /an archive of tar$/],
  [
    'models.zip',
    zipSync({ 'a.yaml': strToU8(cell('run: 5 ms\n')), 'model.py': strToU8(brianScript) }),
    /an archive with 1 script and 1 model$/,
  ],
  ['paper', null, /a folder with 1 script and 2 models, and 2 other files$/],
  ['nothing', null, /a folder with no files$/],
];

beforeAll(async () => {
  for (const [name, content] of files) if (content !== null) writeFileSync(folder.file(name), content);
  for (const [name, from] of [
    ['pynn.json', 'fixtures/pynn/if-curr-exp.json'],
    ['cond.json', 'fixtures/pynn/if-cond-exp.json'],
    ['soma.cell.nml', 'fixtures/neuroml/soma.cell.nml'],
    ['lems.xml', 'fixtures/neuroml/point-cells.xml'],
    ['graph.nir', 'fixtures/nir/affine-lif.nir'],
    ['nodes.nirdata', 'fixtures/nir/two-nodes.nirdata'],
    ['conductances.nestml', 'test/translators/nestml/files/conductances.nestml'],
    ['jumps.nestml', 'test/translators/nestml/files/jumps.nestml'],
    ['leak.mod', 'test/translators/nmodl/files/leak.mod'],
    ['pulsed_synapse.mod', 'test/translators/nmodl/files/pulsed_synapse.mod'],
  ] as const)
    copyFileSync(from, folder.file(name));
  for (const name of ['sonata', 'two-configs']) {
    cpSync('fixtures/sonata/models-by-type', folder.file(name), { recursive: true });
    if (name === 'two-configs') await shell('rm two-configs/config.json');
  }
  for (const name of ['paper', 'nothing', 'bin']) mkdirSync(folder.file(name));
  writeFileSync(folder.file('paper/model.py'), brianScript);
  writeFileSync(folder.file('paper/cell.yaml'), cell('run: 5 ms\n'));
  writeFileSync(folder.file('paper/spikes.csv'), 'population,id,time (ms)\ng,0,18.0\n');
  writeFileSync(folder.file('paper/README.md'), '# A paper\n');
  copyFileSync('test/translators/nmodl/files/leak.mod', folder.file('paper/leak.mod'));
  await shell('tar czf papers.tar.gz paper');
  // Packages that are not installed are found by PYTHONPATH, which -I ignores.
  const python =
    `export PYTHONPATH=${variables({})['PYTHONPATH']}\nfor word; do shift; [ "$word" = -I ] || set -- "$@" "$word"; done\n` +
    `exec ${join(root, '.venv/bin/python')} "$@"`;
  for (const [name, text] of [
    ['interneuron', `exec "${process.execPath}" "${inject('program')}" "$@"`],
    ['python-of-brian', python],
  ] as const) {
    writeFileSync(folder.file(`bin/${name}`), `#!/bin/sh\n${text}\n`);
    chmodSync(folder.file(`bin/${name}`), 0o755);
  }
  for (const output of ['result.nwb', 'result.json', 'result.csv'])
    expect(await execute(`interneuron run cell.yaml -q -o ${output}`)).toMatchObject({ code: 0 });
  expect(await execute('interneuron pack cell.yaml -q -o bundle.omex')).toMatchObject({ code: 0 });
  expect(await execute('interneuron sweep cell.yaml --seeds 1:2 -q -o table.csv')).toMatchObject({ code: 0 });
});

interface Ran {
  readonly code: number;
  readonly text: string;
}

/** Runs a line in bash, in the folder of the files. */
const shell = (line: string): Promise<Ran> =>
  new Promise((done) => {
    const env = {
      ...process.env,
      PATH: `${folder.file('bin')}:${process.env['PATH'] ?? ''}`,
      INTERNEURON_PYTHON: folder.file('bin/python-of-brian'),
      INTERNEURON_PROGRAM: inject('program'),
      INTERNEURON_NODE: process.execPath,
    };
    execFile('bash', ['-c', line], { cwd: folder.path, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      done({ code, text: `${stdout}${stderr}` });
    });
  });

/** Returns the words of a line, by a shell. */
const wordsOf = (line: string): readonly string[] =>
  execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

/** Runs a printed line in the folder of the files: in this process if it is of this program. */
async function execute(line: string, input?: string): Promise<Ran> {
  if (!/^interneuron (?!.*--execute)/.test(line)) return shell(line);
  const before = process.cwd();
  process.chdir(folder.path);
  try {
    const [, ...words] = wordsOf(line);
    const { code, stdout, stderr } = await runCommand(words, input === undefined ? {} : { input });
    return { code, text: `${stdout}${stderr}` };
  } finally {
    process.chdir(before);
  }
}

interface Told {
  readonly kind: string;
  readonly valid: boolean;
  readonly commands: readonly { readonly purpose: string; readonly command: string }[];
  readonly diagnostics: readonly { readonly code: string }[];
}

/** Returns the exit codes of a printed command: a comparison of others may have any, a check of a wrong model has 1. */
function promised(purpose: string, { valid }: Told): readonly number[] {
  if (/^compare/.test(purpose)) return [0, 1, 2, 3];
  return purpose === 'check again' && !valid ? [1] : [0];
}

const quoted = (name: string): string => `'${name.replaceAll("'", "'\\''")}'`;

describe.each(files)('%s', (name, _content, kind) => {
  it(`is ${kind.source}, and its commands do what they promise`, async () => {
    const path = name.startsWith('-') ? `./${name}` : name;
    const { text, code } = await execute(`interneuron about --json -- ${quoted(path)}`);
    expect([0, 1], text).toContain(code);
    const [told] = (JSON.parse(text.slice(text.indexOf('{\n'))) as { readonly files: readonly Told[] }).files;
    expect(`${told!.kind}${told!.valid ? '' : ', not valid'}`).toMatch(kind);
    expect(code).toBe(told!.valid ? 0 : 1);
    for (const explained of new Set(told!.diagnostics.map((one) => one.code)))
      expect((await execute(`interneuron explain ${explained}`)).code, explained).toBe(0);
    for (const { purpose, command } of told!.commands) {
      // Jupyter and the packages for NEURON are what the line above the commands asks for.
      if (/^jupyter|^python|--execute/.test(command) || (/\.ipynb$/.test(name) && / \S+\.py$/.test(command))) continue;
      const [, itself = ''] = /^interneuron \w+ (.*) OTHER$/s.exec(command) ?? [];
      const line = command.replace(/ OTHER$/, () => ` ${itself}`).replace(/ MODEL$/, ' cell.yaml');
      const ran = await execute(/^interneuron new/.test(line) ? line : line.replace(/ -o /, ' --force -o '));
      expect(promised(purpose, told!), `${command}\n${ran.text}`).toContain(ran.code);
    }
  });
});

it('is told of standard input as of a file', async () => {
  expect((await execute('interneuron -', cell('run: 20 ms\n'))).text).toMatch(
    /^-: a Brian-like specification, valid$/m,
  );
  expect((await execute('interneuron -', edges)).text).toMatch(/^-: a table of connections$/m);
  expect(await execute('interneuron run - -o input.nwb', cell('run: 20 ms\n'))).toMatchObject({ code: 0 });
});

it.each([
  ['sonata/network/cells_nodes.h5', 'it holds nodes of a circuit of SONATA'],
  ['sonata/network/e_edges.h5', 'it holds edges of a circuit of SONATA'],
])('names what %s holds', async (path, says) => {
  const { code, text } = await execute(`interneuron ${path}`);
  expect([code, text]).toEqual([2, expect.stringContaining(says)]);
});

it('lists scripts before models, with a command for each', async () => {
  const { text } = await execute('interneuron paper');
  expect(text.match(/^ {2}\S.*$/gm)?.map((line) => line.trim().replace(/ {2,}/g, ' | '))).toEqual([
    'model.py | a Python script of Brian 2, which is read by executing it | interneuron run paper/model.py --execute',
    'cell.yaml | a Brian-like specification | interneuron paper/cell.yaml',
    'leak.mod | a mechanism in NMODL | interneuron paper/leak.mod',
    'spikes.csv | a table with times | interneuron paper/spikes.csv',
    'README.md | a text for readers',
  ]);
});

it('says at once that scripts of PyNEST are not read', async () => {
  const { code, text } = await shell('interneuron run nest.py --execute');
  expect([code, text]).toEqual([
    2,
    expect.stringMatching(/^error: nest\.py is a script of PyNEST, which .*\n.*write the model in PyNN or NESTML/m),
  ]);
});

const lacking = missingEnvironment('.venv');
it.skipIf(lacking !== null)(withReason('executes a script by the commands that it prints', lacking), async () => {
  const { text } = await execute('interneuron script.py');
  const commands = [...text.matchAll(/^\w+ {2,}(interneuron \S.*)$/gm)].map(([, line]) => line!);
  expect(commands, text).toHaveLength(3);
  for (const command of commands) {
    const ran = await shell(command);
    expect(ran.code, `${command}\n${ran.text}`).toBe(0);
  }
});

describe('interneuron FILE', () => {
  it('shows what is wrong, and exits with 1', async () => {
    const { code, stdout } = await runCommand([folder.file('mistake.yaml')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^error\[.*did you mean volt\?.*mistake\.yaml: a Brian-like specification, not valid \(1 error, 1 warning\)$/ms,
    );
    expect(stdout).toMatch(/^explain the first {2}interneuron explain [\w/-]+$/m);
  });

  it('takes several files, and prints JSON', async () => {
    const { code, stdout } = await runCommand([
      'about',
      folder.file('mistake.yaml'),
      'fixtures/brian/single-lif.yaml',
      '--json',
    ]);
    expect(code).toBe(1);
    const { files: found } = JSON.parse(stdout) as {
      readonly files: readonly {
        readonly valid: boolean;
        readonly commands: readonly { readonly purpose: string }[];
      }[];
    };
    expect(found.map(({ valid }) => valid)).toEqual([false, true]);
    expect(found[1]?.commands.map(({ purpose }) => purpose)).toEqual(['run', 'convert', 'compare with another model']);
  });

  it('refuses names of no file', async () => {
    expect(await runCommand(['nowhere.yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no file nowhere.yaml'),
    });
  });
});

describe('a notation that is registered', () => {
  const models = (): string => folder.file('toys');

  /** A leaky cell with a constant drive in the canonical form. */
  const cellWith = (tau: string): object => ({
    interneuron: 1,
    neurons: {
      leaky: {
        parameters: { tau },
        state: { v: { unit: '1', initial: 0 } },
        derivatives: { v: '(1.5 - v)/tau' },
        events: { spike: { when: 'v > 1', do: ['v = 0'] } },
      },
    },
    populations: { cell: { type: 'leaky', size: 1 } },
    record: [{ of: 'cell', events: 'spike' }],
    experiment: { dt: '0.1 ms', duration: '50 ms' },
  });

  beforeAll(() => {
    registerNotation(
      'toy',
      { title: 'a toy', names: ['toy'], form: 'text', suffixes: ['.toy'] },
      {
        text: (text, { set }) => ({
          document: cellWith(/tau = (.+)/.exec(text)?.[1] ?? ''),
          positions: unplaced,
          set,
        }),
      },
    );
    mkdirSync(models());
    writeFileSync(folder.file('toys/cell.toy'), 'tau = 10 ms\n');
  });

  it('is found in a folder by validate, convert, gate and without a command', async () => {
    expect((await runCommand(['validate', models()])).stdout).toContain('toys/cell.toy: valid, toy');
    const written = folder.file('written/');
    expect(await runCommand(['convert', models(), '--to', 'canonical', '-o', written])).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(folder.file('written/cell.json'), 'utf8'))).toMatchObject({ interneuron: 1 });
    expect((await runCommand(['gate', models()])).stdout).toMatch(/^ +\S+toys\/cell\.toy +valid +✓ .* valid, toy$/m);
    expect((await runCommand([models()])).stdout).toContain('cell.toy');
  });

  it('is certified: a result of the file before a change is not reproduced', async () => {
    const words = ['run', folder.file('toys/cell.toy'), '-o', folder.file('toys/r.json'), '-q', '--no-environment'];
    expect(await runCommand(words)).toMatchObject({ code: 0 });
    const certified = (): ReturnType<typeof runCommand> =>
      runCommand(['certify', models(), '-o', folder.file('certificate'), '--force']);
    expect(await certified()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^reproduced: 1 identical$/m) });
    writeFileSync(folder.file('toys/cell.toy'), 'tau = 20 ms\n');
    const changed = await certified();
    expect([changed.code, changed.stdout]).toEqual([
      1,
      expect.stringContaining('another model than the one beside it'),
    ]);
    renameSync(folder.file('toys/cell.toy'), folder.file('toys/cell.TOY'));
    expect((await runCommand(['validate', models()])).stdout).toContain('toys/cell.TOY: valid, toy');
  });
});
