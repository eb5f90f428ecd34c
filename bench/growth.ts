/**
 * How the processor time of whole commands grows with what a model has many of:
 *
 *     npm run build && npx tsx bench/growth.ts [KIND]... [--command 'convert --to brian']... [--limit 60]
 *
 * Measures each command at n, 2n and 4n, without a cache of compiled programs, and prints a row of a Markdown table
 * with the slope of its time above that of the smallest model, on a log-log scale. A slope of 1 is linear. A slope
 * above 1.2 is measured again; if it stays, both larger sizes are profiled, and the functions that grow faster than
 * linearly are printed below the table. Exit code 1 says that there are any.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { growing } from '../test/support/growing.js';

const root = path.resolve(import.meta.dirname, '..');
const cli = path.join(root, 'dist/cli.js');

/** Above this a growth is no longer called linear. */
const steepest = 1.2;
/** Seconds above the smallest model below which a slope is noise. */
const shortest = 0.4;

const numbered = <T>(count: number, item: (k: number) => T): T[] => Array.from({ length: count }, (_, k) => item(k));

const neurons = {
  lif: {
    parameters: { tau: '20 ms', tau_s: '5 ms', drive: '11 mV' },
    state: { v: { unit: 'mV', initial: '10*mV*uniform(0, 1)' }, I: { unit: 'mV' } },
    derivatives: { v: '(drive + I - v)/tau', I: '-I/tau_s' },
    events: { spike: { when: 'v >= 10*mV', do: ['v = 0*mV'] } },
  },
};
const synapses = { fixed: { parameters: { w: '0 mV' }, ports: { port: 'mV' }, pathways: { pre: 'port += w' } } };

/** Returns a canonical model with these populations, given by their sizes, and these projections. */
const network = (
  populations: readonly (readonly [string, number])[],
  projections: readonly (readonly [string, object])[],
  duration = '0.1 ms',
): string =>
  JSON.stringify({
    interneuron: 1,
    name: 'growth',
    neurons,
    synapses,
    populations: Object.fromEntries(populations.map(([name, size]) => [name, { type: 'lif', size }])),
    projections: Object.fromEntries(
      projections.map(([name, it]) => [name, { synapse: 'fixed', receptor: 'I', ...it }]),
    ),
    record: populations.map(([name]) => ({ of: name, events: 'spike' })),
    timing: 'grid',
    experiment: { dt: '0.1 ms', protocol: [{ run: duration }] },
  });

/** Writes projections of one connection each, with its own weight and delay, among a tenth as many populations. */
function singleConnections(count: number): string {
  const cells = Math.ceil(count / 10);
  return network(
    numbered(cells, (k) => [`c${k}`, 1]),
    numbered(count, (k) => [
      `p${k}`,
      {
        from: `c${k % cells}`,
        to: `c${(k + Math.floor(k / cells) + 1) % cells}`,
        connect: { rule: 'list', sources: [0], targets: [0] },
        values: { w: `${((k % 16) + 1) / 16} mV` },
        delay: `${1 + (k % 50) / 10} ms`,
      },
    ]),
  );
}

/** Writes projections of equal delays among as many populations as the square root. */
function drawnConnections(count: number): string {
  const cells = Math.ceil(Math.sqrt(count));
  return network(
    numbered(cells, (k) => [`c${k}`, 50]),
    numbered(count, (k) => [
      `p${k}`,
      {
        from: `c${k % cells}`,
        to: `c${Math.floor(k / cells)}`,
        connect: { rule: 'probability', p: 0.02 },
        values: { w: '0.1 mV' },
        delay: '1.5 ms',
      },
    ]),
  );
}

/** Writes cells of one population, each with this many inputs on average. */
const cells = (count: number, inputs = 10, duration?: string): string =>
  network(
    [['cells', count]],
    [
      [
        'inputs',
        {
          from: 'cells',
          to: 'cells',
          delay: '1 ms',
          connect: { rule: 'probability', p: Math.min(inputs / count, 1) },
          values: { w: '0.1 mV' },
        },
      ],
    ],
    duration,
  );

/** Writes one projection with a table of connections, of which each has its own weight. */
function tabulated(count: number, folder: string): string {
  const size = Math.max(Math.ceil(count / 100), 2);
  const rows = numbered(count, (k) => `${k % size},${(k + Math.floor(k / size) + 1) % size},${((k % 16) + 1) / 16}`);
  writeFileSync(path.join(folder, `edges-${count}.csv`), `source,target,w\n${rows.join('\n')}\n`);
  const columns = { source: 'source', target: 'target', w: { column: 'w', unit: 'mV' } };
  const connect = { rule: 'table', from: `edges-${count}.csv`, ...columns };
  return network([['cells', size]], [['table', { from: 'cells', to: 'cells', delay: '1 ms', connect }]]);
}

/** Writes groups of Brian, each with a constant, a monitor and a synapse of its own, in a ring. */
function groups(count: number): string {
  const section = (name: string, line: (k: number) => string): string =>
    `${name}:\n${numbered(count, (k) => `  ${line(k)}\n`).join('')}`;
  return [
    'format: interneuron/brian\nversion: 1\nname: groups\ndt: 0.1 ms\nrun: 1 ms\n',
    section(
      'neuron_groups',
      (k) =>
        `G${k}: { N: 3, model: "dv/dt = (a - v)/(10*ms) : 1", threshold: v > 0.9, reset: v = 0, method: exact, namespace: { a: ${1 + (k % 5) / 10} } }`,
    ),
    section(
      'synapses',
      (k) =>
        `S${k}: { source: G${k}, target: G${(k + 1) % count}, on_pre: v += 0.1, connect: { p: 0.5 }, delay: ${1 + (k % 9)} ms }`,
    ),
    section('spike_monitors', (k) => `m${k}: { source: G${k} }`),
  ].join('');
}

/** Writes populations of one cell in NeuroML, with a current into every second one. */
const pulses = (count: number): string =>
  [
    '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="doc">',
    '<iafCell id="iaf" leakReversal="-60mV" thresh="-50mV" reset="-62mV" C="50pF" leakConductance="2nS"/>',
    '<pulseGenerator id="step" delay="5ms" duration="50ms" amplitude="90pA"/><network id="net">',
    ...numbered(count, (k) => `<population id="p${k}" component="iaf" size="1"/>`),
    ...numbered(Math.ceil(count / 2), (k) => `<explicitInput target="p${2 * k}[0]" input="step"/>`),
    '</network></neuroml>',
  ].join('\n');

/** Things to have many of: the suffix of the file, its text for `n` of them, and the largest size. */
interface Kind {
  readonly suffix: string;
  readonly most: number;
  readonly made: (n: number, folder: string) => string;
  /** Commands other than those for every model. */
  readonly commands?: readonly string[];
}

/** Things of `growing`, which the tests measure by the time of validation alone. */
const grown = (notation: string, suffix: string, sizes: Readonly<Record<string, number>>): [string, Kind][] =>
  Object.entries(sizes).map(([kind, most]) => {
    const made = growing[notation]?.[kind];
    if (!made) throw new Error(`no kind ${kind} of ${notation}`);
    return [`${notation}.${kind}`, { suffix, most, made }];
  });

const kinds: Readonly<Record<string, Kind>> = {
  projections: { suffix: 'json', most: 4000, made: drawnConnections },
  'projections.single': { suffix: 'json', most: 4000, made: singleConnections },
  cells: { suffix: 'json', most: 200_000, made: (n) => cells(n) },
  'cells.compared': {
    suffix: 'json',
    most: 100_000,
    made: (n) => cells(n, 10, '100 ms'),
    commands: ['compare', 'report result'],
  },
  'fan-in': {
    suffix: 'json',
    most: 1600,
    made: (n) => cells(10_000, n),
    commands: ['run --target wasm', 'run --target c'],
  },
  tables: { suffix: 'json', most: 100_000, made: tabulated },
  groups: { suffix: 'yaml', most: 2000, made: groups },
  pulses: { suffix: 'net.nml', most: 4000, made: pulses },
  ...Object.fromEntries([
    ...grown('canonical', 'yaml', {
      populations: 4000,
      typesInUse: 2000,
      synapseTypes: 2000,
      stimuli: 4000,
      currents: 1000,
      recordingsOfMany: 4000,
      phases: 2000,
      settings: 2000,
      operations: 500,
      listedPairs: 100_000,
      trains: 50_000,
      arrays: 100_000,
      sections: 2000,
      branches: 2000,
    }),
    ...grown('brian', 'yaml', {
      groups: 2000,
      synapses: 1000,
      inputs: 2000,
      phases: 2000,
      restores: 400,
      pairs: 50_000,
      spikes: 50_000,
    }),
    ...grown('pynn', 'json', {
      populations: 4000,
      differentPopulations: 2000,
      projectionsOfMany: 2000,
      listed: 50_000,
      views: 4000,
      currents: 2000,
      steps: 20_000,
      phases: 2000,
      resets: 400,
      spikeTrains: 20_000,
      positions: 50_000,
    }),
    ...grown('neuroml', 'net.nml', {
      populations: 4000,
      differentCells: 2000,
      instances: 20_000,
      connections: 20_000,
      segments: 1000,
    }),
  ]),
  'sonata.nodes': { suffix: 'json', most: 100_000, made: (n) => cells(n), commands: ['sonata'] },
};

const notations = ['canonical', 'brian', 'brian-json', 'pynn', 'pynn-json', 'lems', 'neuroml', 'sonata'];
const usual = [
  'run --target wasm',
  'run --target c',
  'report',
  'describe',
  ...notations.map((notation) => `convert --to ${notation}`),
];

/** Returns seconds of the processor that a command and its children take; undefined if it does not end in time. */
function processorTime(words: readonly string[], folder: string, options: readonly string[] = []): number | undefined {
  const timed = 'TIMEFORMAT="seconds %U %S"; time "$@"';
  const { status, stderr, signal } = spawnSync('bash', ['-c', timed, 'bash', 'node', ...options, cli, ...words], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    timeout: 10_000 * Number(values.limit),
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, INTERNEURON_CACHE: path.join(folder, `cache-${process.hrtime.bigint()}`) },
  });
  if (signal !== null) return undefined;
  // A conversion may be refused: then the time of the refusal counts. Compared results may differ.
  if (status !== 0 && !{ convert: [1], compare: [1, 3] }[words[0] ?? '']?.includes(status ?? 0))
    throw new Error(`${words.join(' ')}: ${stderr.slice(-2000)}`);
  const [, user, system] = /seconds ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  return Number(user) + Number(system);
}

/** Returns the files below a folder whose names match. */
const filesIn = (at: string, name: RegExp): readonly string[] =>
  readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(path.basename(file)))
    .map((file) => path.join(at, file));

/** Returns the words of a command for a model, after running what it needs. */
function wordsOf(command: string, file: string, folder: string): readonly string[] {
  const [name, ...rest] = command.split(' ');
  const result = (seed: number): string => {
    const written = path.join(folder, `${path.basename(file)}-${seed}.nwb`);
    processorTime(['run', file, '--seed', `${seed}`, '-o', written, '--force'], folder);
    return written;
  };
  const out = path.join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  switch (name) {
    case 'convert':
      return [...command.split(' '), file, '--no-check', '--partial', '--force', '-o', path.join(out, 'out')];
    case 'compare':
      return ['compare', result(1), result(2)];
    case 'report':
      return ['report', rest.length > 0 ? result(1) : file, '--force', '-o', path.join(out, 'out.html')];
    case 'sonata':
      processorTime(['convert', file, '--to', 'sonata', '--no-check', '--partial', '--force', '-o', out], folder);
      return ['run', path.join(out, 'simulation_config.json'), '--no-origin'];
    case 'run':
      // NeuroML files have no duration.
      return [
        ...command.split(' '),
        file,
        '--threads',
        '1',
        ...(file.endsWith('.nml') ? ['--duration', '0.1 ms'] : []),
      ];
    default:
      return [...command.split(' '), file];
  }
}

interface Profile {
  readonly nodes: readonly {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
    children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Returns the seconds within each function, its callees included, of a command. */
function profiled(words: readonly string[], folder: string): ReadonlyMap<string, number> {
  const at = path.join(folder, 'profiles');
  rmSync(at, { recursive: true, force: true });
  processorTime(words, folder, ['--cpu-prof', '--cpu-prof-dir', at]);
  const times = new Map<string, number>();
  for (const file of filesIn(at, /\.cpuprofile$/)) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
    const own = new Map<number, number>();
    samples.forEach((id, k) => own.set(id, (own.get(id) ?? 0) + (timeDeltas[k] ?? 0) / 1e6));
    const parents = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id] as const)));
    const names = new Map(
      nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
        id,
        `${functionName || 'unnamed'} (${path.basename(url)}:${lineNumber + 1})`,
      ]),
    );
    for (const [id, time] of own) {
      const stack = new Set<string>();
      for (let k: number | undefined = id; k !== undefined; k = parents.get(k)) stack.add(names.get(k) as string);
      for (const name of stack) times.set(name, (times.get(name) ?? 0) + time);
    }
  }
  return times;
}

const slopeOf = (start: number, [, middle, last]: readonly number[]): number =>
  Math.log2(Math.max((last as number) - start, 1e-3) / Math.max((middle as number) - start, 1e-3));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { command: { type: 'string', multiple: true }, limit: { type: 'string', default: '60' } },
});
const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-growth-'));
try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(kinds)) {
    const kind = kinds[name];
    if (!kind) throw new Error(`no kind ${name}: ${Object.keys(kinds).join(', ')}`);
    const sizes = [kind.most / 4, kind.most / 2, kind.most];
    const fileOf = (size: number): string => {
      const file = path.join(folder, `${name}-${size}.${kind.suffix}`);
      writeFileSync(file, kind.made(size, folder));
      return file;
    };
    const files = [4, ...sizes].map(fileOf);
    console.log(`\n| ${name} | ${sizes.join(' (s) | ')} (s) | slope |\n| --- | --- | --- | --- | --- |`);
    const findings: string[] = [];
    for (const command of values.command ?? kind.commands ?? usual) {
      const measured = (): number[] =>
        files.map((file) => processorTime(wordsOf(command, file, folder), folder) ?? Infinity);
      let times = measured();
      const slope = (): number => slopeOf(times[0] as number, times.slice(1));
      const isSteep = (): boolean => slope() > steepest && (times[3] as number) - (times[0] as number) > shortest;
      for (let again = 0; again < 2 && isSteep(); again++)
        times = measured().map((time, k) => Math.min(time, times[k] as number));
      console.log(
        `| ${command} | ${times
          .slice(1)
          .map((time) => time.toPrecision(3))
          .join(' | ')} | ${slope().toFixed(2)}${isSteep() ? ' **steep**' : ''} |`,
      );
      if (!isSteep()) continue;
      const [small, large] = [files[2] as string, files[3] as string].map((file) =>
        profiled(wordsOf(command, file, folder), folder),
      ) as [ReadonlyMap<string, number>, ReadonlyMap<string, number>];
      const all = large.get('(root) (:0)') ?? Math.max(...large.values());
      for (const [at, time] of [...large].toSorted(([, a], [, b]) => b - a)) {
        const growth = Math.log2(time / (small.get(at) ?? 1e-3));
        if (time > 0.08 * all && growth > 1.35)
          findings.push(`${command}: ${at} ${((time / all) * 100).toFixed(0)} %, slope ${growth.toFixed(2)}`);
      }
    }
    if (findings.length > 0) console.log(`\n${findings.map((finding) => `- ${finding}`).join('\n')}`);
    if (findings.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
