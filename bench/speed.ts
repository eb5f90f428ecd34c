/**
 * Times interneuron against Brian 2, NEST and GeNN in one run on one machine, all programs in turn, and writes
 * `bench/results/MACHINE.json`, from which the tables of `bench/README.md` are made (`npx tsx bench/readme.ts`):
 *
 *     npm run build && npx tsx bench/speed.ts MACHINE [--rounds 3] [--only cuba] [--genn PYTHON] [--before DIR]
 *
 * MACHINE names the file and stands above the tables, as `epyc-zen5`. Each figure is in seconds of the processor, on
 * one thread. A run phase starts when the network is built; what is recorded stays in memory. A whole command goes from
 * the script or document to the written results. NEST runs in `.venv-pynn`, Brian in `.venv`; GeNN has no wheel, so it
 * is left out unless `--genn` names a Python that has it. DIR is a built clone of an earlier version, which then runs
 * in turn with the others. Commands such as `page` and `diff` have no peer: only DIR shows whether they became slower.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { spiking } from '../test/translators/sonata/written-cells.js';
import type { Comparison, SpeedResults } from './speed-tables.js';

const root = path.resolve(import.meta.dirname, '..');
const { values: options, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    genn: { type: 'string' },
    before: { type: 'string' },
  },
  allowPositionals: true,
});
const [machine] = positionals;
if (machine === undefined) throw new Error('usage: npx tsx bench/speed.ts MACHINE [--rounds 3] [--only cuba]');
const rounds = Number(options.rounds);
const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-speed-'));
const brian = path.join(root, '.venv/bin/python');
const nest = path.join(root, '.venv-pynn/bin/python');

/** A comparison before it ran: each function runs its program once and returns seconds of the processor. */
interface Trial extends Omit<Comparison, 'peerSeconds' | 'ours'> {
  /** Absent without a peer. */
  readonly theirs?: () => number;
  readonly ours: Readonly<Record<string, { readonly run: (at: string) => number; readonly aim: number | undefined }>>;
}

/**
 * Runs a command without its output; seconds of the processor of the command and its children.
 *
 * @param code  the exit code of success
 */
function commandSeconds(command: string, words: readonly string[], cwd = root, code = 0): number {
  const script = 'TIMEFORMAT="%U %S"; { time "$@" > /dev/null 2>&1; } 2>&1';
  const { stdout, status } = spawnSync('bash', ['-c', script, 'bash', command, ...words], { cwd, encoding: 'utf8' });
  if (status !== code) throw new Error(`${command} ${words.join(' ')} ended with ${status}`);
  const [user = NaN, system = NaN] = stdout.trim().split(' ').map(Number);
  return user + system;
}

/** The run phase of a document on one thread, of the version in a folder. */
function runPhase(model: string, target: string, duration: number, at: string): number {
  const words = ['bench/run-phase.js', model, target, `${duration} s`, '1'];
  const line = execFileSync('node', words, { cwd: at, encoding: 'utf8' });
  return (JSON.parse(line) as { readonly processor: number }).processor;
}

function brianScript(network: string, mode: string, seconds: number, build: string): readonly string[] {
  return [path.join(root, 'bench/brian/models.py'), network, mode, build, String(seconds)];
}

/** The run phase of the program that Brian compiled in a folder. */
function brianRunPhase(build: string): number {
  execFileSync('./main', { cwd: build, stdio: 'ignore' });
  const [, processor = NaN] = readFileSync(path.join(build, 'results/run_phase.txt'), 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return processor;
}

/** Trials against Brian: the run phase of `cpp_standalone`, and whole commands. */
function brianTrials(
  network: string,
  fixture: string,
  seconds: number,
  aims: Readonly<Record<string, number>>,
): Trial[] {
  const model = path.join(root, `fixtures/brian/${fixture}.yaml`);
  const build = path.join(folder, network);
  let compiled = false;
  const phase = (): number => {
    if (!compiled) commandSeconds(brian, brianScript(network, 'cpp_standalone', seconds, build));
    compiled = true;
    return brianRunPhase(build);
  };
  const whole = (at: string): number => {
    const fresh = mkdtempSync(path.join(folder, 'whole-'));
    const words = ['dist/cli.js', 'run', model, '--threads', '1', '--quiet', '-o', path.join(fresh, 'result.nwb')];
    return commandSeconds('node', words, at);
  };
  return [
    {
      network,
      measure: 'run phase',
      modelSeconds: seconds,
      peer: 'Brian 2, cpp_standalone',
      theirs: phase,
      ours: {
        wasm: { run: (at) => runPhase(model, 'wasm', seconds, at), aim: aims['wasm'] },
        c: { run: (at) => runPhase(model, 'c', seconds, at), aim: aims['c'] },
      },
    },
    {
      network,
      measure: 'whole command',
      modelSeconds: 1,
      peer: 'Brian 2, cpp_standalone',
      theirs: () =>
        commandSeconds(brian, brianScript(network, 'cpp_standalone', 1, mkdtempSync(path.join(folder, 'b-')))),
      ours: { wasm: { run: whole, aim: aims['whole'] } },
    },
  ];
}

/** Returns the path of the cortical microcircuit at a scale. */
function microcircuitAt(scale: number): string {
  const model = path.join(folder, `microcircuit-${scale}.yaml`);
  const text = readFileSync(path.join(root, 'fixtures/model/cortical-microcircuit.yaml'), 'utf8');
  writeFileSync(model, text.replace(/^( {2}scale:) .*$/m, `$1 ${scale}`));
  return model;
}

/** Trials on the cortical microcircuit at a scale. */
function microcircuitTrials(scale: number, seconds: number): Trial[] {
  const network = `microcircuit, scale ${scale}`;
  const model = microcircuitAt(scale);
  const ours = (aim: number | undefined): Trial['ours'] => ({
    wasm: { run: (at) => runPhase(model, 'wasm', seconds, at), aim: undefined },
    c: { run: (at) => runPhase(model, 'c', seconds, at), aim },
  });
  const peerSeconds = (python: string, script: string, words: readonly string[]): number => {
    const lines = execFileSync(python, [path.join(root, 'bench/microcircuit', script), ...words], {
      encoding: 'utf8',
      input: '\n',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    const last = lines.trim().split('\n').at(-1) ?? '';
    return (JSON.parse(last) as { readonly cpu: number }).cpu;
  };
  const shared = { network, measure: 'run phase', modelSeconds: seconds };
  const milliseconds = String(1000 * seconds);
  const { genn } = options;
  return [
    {
      ...shared,
      peer: 'NEST',
      theirs: () => peerSeconds(nest, 'nest_network.py', [String(scale), milliseconds]),
      ours: ours(undefined),
    },
    ...(genn === undefined
      ? []
      : [
          {
            ...shared,
            peer: 'GeNN, single-threaded CPU, float32',
            theirs: () =>
              peerSeconds(genn, 'genn_network.py', [path.join(folder, 'genn'), String(scale), milliseconds, 'float']),
            ours: ours(0.5),
          },
        ]),
  ];
}

/** Whole commands without a peer: their times are compared with the version before only. */
function commandTrials(): Trial[] {
  const cuba = path.join(root, 'fixtures/brian/vogels-abbott-cuba.yaml');
  const coba = path.join(root, 'fixtures/brian/vogels-abbott-coba.yaml');
  const file = (name: string): readonly string[] => [
    path.join(mkdtempSync(path.join(folder, 'command-')), name),
    '--force',
  ];
  const commands: Readonly<Record<string, { readonly words: () => readonly string[]; readonly code?: number }>> = {
    start: { words: () => ['--version'] },
    validate: { words: () => ['validate', cuba] },
    describe: { words: () => ['describe', cuba] },
    page: { words: () => ['page', cuba, '-o', ...file('cuba.html')] },
    diff: { words: () => ['diff', cuba, coba], code: 1 },
    'convert with verdict': { words: () => ['convert', cuba, '--to', 'pynn-json', '-o', ...file('cuba.json')] },
  };
  return Object.entries(commands).map(([network, { words, code }]) => ({
    network,
    measure: 'whole command',
    modelSeconds: 0,
    peer: '–',
    ours: { cuba: { run: (at) => commandSeconds('node', ['dist/cli.js', ...words()], at, code), aim: undefined } },
  }));
}

/** A trial of `run --on` beside our own engine: whole commands, with the spikes in a file. */
function onTrial(network: string, model: string, seconds: number, on: string, env: string, ...words: string[]): Trial {
  const run = (at: string, ...how: readonly string[]): number => {
    const output = path.join(mkdtempSync(path.join(folder, 'on-')), 'result.nwb');
    const duration = `${seconds} s`;
    return commandSeconds(
      'node',
      ['dist/cli.js', 'run', model, '--duration', duration, '--quiet', '-o', output, ...how],
      at,
    );
  };
  return {
    network,
    measure: 'whole command',
    modelSeconds: seconds,
    peer: `--on ${[on, ...words].join(' ')}`,
    theirs: () => run(root, '--on', on, '--env', path.join(root, env), '--no-check', ...words),
    ours: { wasm: { run: (at) => run(at, '--threads', '1'), aim: undefined } },
  };
}

/** Returns the path of a document in the canonical form. */
function written(name: string, model: object): string {
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(model));
  return file;
}

const fixtureAt = (name: string): string => path.join(root, `fixtures/${name}`);

const trials = [
  ...commandTrials(),
  ...brianTrials('cuba', 'vogels-abbott-cuba', 10, { wasm: 0.6, c: 0.3, whole: 0.125 }),
  ...brianTrials('cobahh', 'cobahh', 1, { wasm: 0.3, c: 0.12, whole: 0.25 }),
  ...brianTrials('brunel-hakim', 'brunel-hakim', 1, { wasm: 0.5, c: 0.25, whole: 0.25 }),
  ...microcircuitTrials(0.1, 1),
  ...microcircuitTrials(0.3, 1),
  onTrial('on: cuba', fixtureAt('brian/vogels-abbott-cuba.yaml'), 1, 'brian', '.venv'),
  onTrial('on: cuba of PyNN', fixtureAt('pynn/vogels-abbott-cuba.json'), 1, 'neuron', '.venv-pynn'),
  onTrial('on: cobahh', fixtureAt('brian/cobahh.yaml'), 0.1, 'brian', '.venv'),
  onTrial(
    'on: microcircuit, scale 0.02',
    fixtureAt('pynn/potjans-diesmann.json'),
    0.5,
    'nest',
    '.venv-nestml',
    '--threads',
    '2',
  ),
  onTrial('on: two cells of 21 compartments', written('cells', spiking()), 0.06, 'bmtk', '.venv-sonata'),
].filter(({ network }) => options.only === undefined || network.startsWith(options.only));

const version = (python: string, name: string): string =>
  `${name} ${execFileSync(python, ['-c', `from importlib.metadata import version; print(version("${name}"))`], { encoding: 'utf8' }).trim()}`;

const began = loadavg();
const seconds = trials.map(({ ours }) => ({
  theirs: [] as number[],
  ours: Object.fromEntries(
    Object.keys(ours).map((engine) => [engine, { seconds: [] as number[], before: [] as number[] }]),
  ),
}));
try {
  for (let round = 0; round < rounds; round++) {
    for (const [k, { network, measure, peer, theirs, ours }] of trials.entries()) {
      if (theirs) seconds[k]?.theirs.push(theirs());
      for (const [engine, { run }] of Object.entries(ours)) {
        seconds[k]?.ours[engine]?.seconds.push(run(root));
        if (options.before !== undefined) seconds[k]?.ours[engine]?.before.push(run(path.resolve(options.before)));
      }
      console.error(`round ${round + 1}: ${network}, ${measure}, ${peer}: ${JSON.stringify(seconds[k])}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const results: SpeedResults = {
  machine,
  processor: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
  load: [began[0] ?? NaN, loadavg()[0] ?? NaN],
  date: new Date().toISOString().slice(0, 10),
  versions: [
    `Node.js ${process.versions.node}`,
    execFileSync('gcc', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '',
    version(brian, 'brian2'),
    version(nest, 'nest-simulator'),
    ...(options.genn === undefined ? [] : [version(options.genn, 'pygenn')]),
  ],
  comparisons: trials.map(({ theirs: _run, ours, ...facts }, k) => ({
    ...facts,
    peerSeconds: seconds[k]?.theirs ?? [],
    ours: Object.fromEntries(
      Object.entries(ours).map(([engine, { aim }]) => [
        engine,
        { ...(seconds[k]?.ours[engine] ?? { seconds: [], before: [] }), ...(aim === undefined ? {} : { aim }) },
      ]),
    ),
  })),
};
mkdirSync(path.join(root, 'bench/results'), { recursive: true });
writeFileSync(path.join(root, `bench/results/${machine}.json`), `${JSON.stringify(results, undefined, 2)}\n`);
