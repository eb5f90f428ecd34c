/**
 * Compares public models that exist in two forms, and writes docs/pairs.md:
 *
 *     npx tsx bench/public-pairs.ts FOLDER
 *
 * FOLDER/NAME is a checkout of github.com/OWNER/NAME. Absent ones are cloned. Scripts become documents through the
 * Python packages in .venv-pynn. Nothing of the models is kept in this repository.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { runCommand } from '../test/support/command.js';
import { root } from '../test/support/import-graph.js';

/** A model in a repository. */
interface Source {
  readonly repository: string;
  readonly path: string;
  /** Words of a script. */
  readonly words?: readonly string[];
}

/** Two forms of a model, and their known relation. */
interface Pair {
  readonly first: Source;
  readonly second: Source;
  readonly truth: string;
}

const modelOf = (owner: string, text: string, words?: readonly string[]): Source => {
  const [name = '', path = ''] = text.split(': ');
  return { repository: `${owner}/${name}`, path, ...(words ? { words } : {}) };
};
const osb = (text: string): Source => modelOf('OpenSourceBrain', text);

const pairs: readonly Pair[] = [
  {
    first: osb('PinskyRinzelModel: NeuroML2/LEMS/LEMS_Figure3.xml'),
    second: osb('PinskyRinzelModel: NeuroML2/twoCompartment/LEMS_Figure3.xml'),
    truth: 'One LEMS cell beside two compartments. The authors leave small differences of spikes open.',
  },
  {
    first: modelOf('brian-team', 'brian2: examples/frompapers/Wang_Buszaki_1996.py'),
    second: osb('WangBuzsaki1996: NeuroML2/LEMS/LEMS_WangBuzsaki.xml'),
    truth: 'Equal equations, other first values (h 1 and 0.896, n 0 and 0.055).',
  },
  {
    first: osb('WangBuzsaki1996: NeuroML2/LEMS/LEMS_WangBuzsaki.xml'),
    second: osb('WangBuzsaki1996: NeuroML2/LEMS_ComponentType/LEMS_WangBuzsaki.xml'),
    truth: 'Equal equations, with an area by 3.1415926.',
  },
  {
    first: modelOf('brian-team', 'brian2: examples/COBAHH.py'),
    second: modelOf('nest', 'nestml: models/neurons/hh_cond_exp_traub_neuron.nestml'),
    truth: 'Equal cells, with a refractory period of 3 and 2 ms, and thresholds of -20 and -33 mV.',
  },
  {
    first: osb('BrianShowcase: NeuroML2/LEMS_2007One.xml'),
    second: osb('BrianShowcase: Brian/LEMS_2007One_brian2.py'),
    truth: 'Generated. The pulse is shorter by one step (0.0025 ms).',
  },
  {
    first: osb('BrianShowcase: NeuroML2/Run_MorrisLecarSCell.xml'),
    second: osb('BrianShowcase: Brian/Run_MorrisLecarSCell_brian2.py'),
    truth: 'Generated. The same model.',
  },
  {
    first: modelOf('NeuralEnsemble', 'PyNN: examples/VAbenchmarks.py', ['nest', 'CUBA']),
    second: modelOf('brian-team', 'brian2: examples/CUBA.py'),
    truth: 'One benchmark, with delays of 0.2 ms and none, in two populations and one.',
  },
  {
    first: osb('HindmarshRose1984: NeuroML2/LEMS_Regular_HindmarshRose.xml'),
    second: osb('HindmarshRose1984: NeuroML2/LEMS_Regular_HindmarshRoseDL.xml'),
    truth: 'The same equations. The first counts time in seconds, the second in milliseconds.',
  },
  {
    first: osb('IzhikevichModel: PyNN/izhikevich2004.py'),
    second: osb('IzhikevichModel: NeuroML2/LEMS_WhichModel.xml'),
    truth: 'One figure: 20 networks, and 20 cells of one network. The authors say that one cell differs.',
  },
  {
    first: osb('BrianShowcase: NeuroML2/LEMS_Regular_HindmarshRose.xml'),
    second: osb('HindmarshRose1984: NeuroML2/LEMS_Regular_HindmarshRose.xml'),
    truth: 'Equal equations, other first values (x -1.3 and -1.1, y -1 and -9).',
  },
];

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('npx tsx bench/public-pairs.ts FOLDER');

/** Returns the checkout of a repository. */
function checkout(repository: string): string {
  const path = join(resolve(folder!), basename(repository));
  if (!existsSync(path))
    execFileSync('git', ['clone', '--quiet', '--depth', '1', `https://github.com/${repository}`, path], {
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
      timeout: 300_000,
    });
  return path;
}

const packages = ['interneuron', 'brian2-interneuron', 'pynn-interneuron', 'neuron-interneuron'];

/** Returns the path of a document: of a script, that of its network. */
function documentOf({ repository, path, words = [] }: Source, to: string): string {
  const file = join(checkout(repository), path);
  if (!file.endsWith('.py')) return file;
  const document = join(to, `${basename(path, '.py')}.json`);
  const notation = repository.endsWith('/PyNN') || path.startsWith('PyNN/') ? 'pynn-json' : 'brian-json';
  const program = ['-W', 'ignore', '-m', 'interneuron', 'convert', basename(file), ...words];
  execFileSync(join(root, '.venv-pynn/bin/python'), [...program, '--to', notation, '--no-check', '-o', document], {
    cwd: dirname(file),
    env: {
      ...process.env,
      INTERNEURON_PROGRAM: join(root, 'dist/cli.js'),
      MPLBACKEND: 'Agg',
      PYTHONPATH: packages.map((name) => join(root, 'python', name, 'src')).join(':'),
    },
    stdio: 'pipe',
    timeout: 120_000,
  });
  return document;
}

/** Returns the verdict on a pair, with its next line if this has the values. */
async function verdictOf({ first, second }: Pair): Promise<string> {
  const to = mkdtempSync(join(tmpdir(), 'pairs-'));
  try {
    const sides = [documentOf(first, to), documentOf(second, to)];
    const { stdout, stderr } = await runCommand(['same', ...sides], { columns: 400 });
    const [headline = '', next = ''] = (stdout || stderr).split('\n');
    const values = headline.startsWith('another model') && !next.startsWith('--') ? `; ${next.trim()}` : '';
    return headline.startsWith('error') ? `cannot be read: ${headline}` : headline + values;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer };
    const lines = (stderr?.toString() ?? message).trim().split('\n');
    return `cannot be read: ${lines.find((line) => /error/i.test(line)) ?? lines[0] ?? ''}`.slice(0, 160);
  } finally {
    rmSync(to, { recursive: true });
  }
}

const commitOf = (repository: string): string =>
  execFileSync('git', ['-C', checkout(repository), 'rev-parse', '--short', 'HEAD'])
    .toString()
    .trim();
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('*', '\\*');

for (const { first, second } of pairs)
  for (const { repository } of [first, second])
    try {
      checkout(repository);
    } catch {
      console.log(`public pairs: ${repository} cannot be fetched, and docs/pairs.md stays as it is`);
      process.exit(0);
    }

const rows: string[] = [];
for (const [k, pair] of pairs.entries()) {
  const [first, second] = [pair.first, pair.second].map((one) => `${one.repository}: ${one.path}`);
  const verdict = await verdictOf(pair);
  rows.push(`| ${k + 1} | ${first} | ${second} | ${cell(pair.truth)} | ${cell(verdict)} |`);
  console.log(rows.at(-1));
}
const commits = [...new Set(pairs.flatMap(({ first, second }) => [first.repository, second.repository]))]
  .map((repository) => `${repository} ${commitOf(repository)}`)
  .join(', ');
writeFileSync(
  join(root, 'docs/pairs.md'),
  `# Public models that exist twice

Written by \`npx tsx bench/public-pairs.ts FOLDER\`: ten public models in two forms, fetched from github.com, compared by \`interneuron same\`
([The same model](same-model.md)). Scripts are first converted to documents. *In truth* is what the repositories, their authors, or a run in the reference simulators say.

| | first | second | in truth | verdict |
|---|---|---|---|---|
${rows.join('\n')}

Repositories: ${commits}.
`,
);
