/**
 * Random plastic networks with given spikes at both ends under real Brian 2: traces that an end owns, and others beside
 * them, have Brian's values. Each model has 25 rules, each with a projection of its own between the same trains.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/pipeline.js';
import { exportBrianScript } from '../../translators/brian/export-script.js';
import { brian } from '../support/brian-text.js';
import { someOf } from '../support/effort.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { simulate } from '../support/simulate.js';
import { withReason } from '../support/skip-reasons.js';
import { importedPython, missingPython, type ImportedPython } from './python-environment.js';

const missing = missingPython(['brian2']);
const folder = mkdtempSync(join(tmpdir(), 'interneuron-plasticity-'));
const recorded = peerRecords('brian-plasticity');
let imported: ImportedPython | undefined;
afterAll(() => {
  imported?.end();
  rmSync(folder, { recursive: true });
});

const rulesPerModel = 25;
const seeds = Array.from({ length: 12 }, (_, k) => k + 1);

/** Numbers that look random, the same each time for a seed. */
function generator(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Returns spikes of `n` cells in 30 ms, each cell at most once in a step. */
function train(n: number, random: (below: number) => number): string {
  const steps = new Set<string>();
  while (steps.size < 7 * n) steps.add(`${random(300)} ${random(n)}`);
  const spikes = [...steps].map((each) => each.split(' ').map(Number) as [number, number]).sort((a, b) => a[0] - b[0]);
  const times = spikes.map(([step]) => (step / 10).toFixed(1)).join(', ');
  return `{ N: ${n}, indices: [${spikes.map(([, cell]) => cell).join(', ')}], times: { values: [${times}], unit: ms } }`;
}

/** A rule as a synapse of the specification, and its variables. */
function rule(random: (below: number) => number): {
  readonly lines: readonly string[];
  readonly names: readonly string[];
} {
  const any = <T>(...choices: readonly T[]): T => choices[random(choices.length)] as T;
  const tau = (): string => `(${3 + random(40)}*ms)`;
  const shuffled = (statements: readonly string[]): string => {
    const left = [...statements];
    const order: string[] = [];
    while (left.length > 0) order.push(...left.splice(random(left.length), 1));
    return order.join('; ');
  };
  const equations = ['w : 1', `da/dt = -a/${tau()} : 1 (event-driven)`, `db/dt = -b/${tau()} : 1 (event-driven)`];
  const [pre, post] = [
    ['a += 0.1', 'w = clip(w + b, -2, 2)'],
    ['b -= 0.11', 'w = clip(w + a, -2, 2)'],
  ];
  const names = ['w', 'a', 'b'];
  switch (random(7)) {
    case 0:
      equations.push(`da2/dt = -a2/${tau()} : 1 (event-driven)`, `db2/dt = -b2/${tau()} : 1 (event-driven)`);
      pre.push('w -= b*(0.01 + 0.1*a2)', 'a2 = 1');
      post.push('w += a*(0.01 + 0.2*b2)', 'b2 += 1');
      names.push('a2', 'b2');
      break;
    case 1:
      equations.push(
        `du/dt = (0.3 - u)/${tau()} : 1 (event-driven)`,
        `dx/dt = (1 - x)/${tau()} : 1 (event-driven)`,
        'r : 1',
      );
      pre.push('u += 0.3*(1 - u); r = u*x; x -= r; w += 0.01*r');
      names.push('u', 'x', 'r');
      break;
    case 2:
      equations.push(`dg/dt = (a - g)/${tau()} : 1 (event-driven)`);
      post.push('w -= 0.1*g');
      names.push('g');
      break;
    case 3:
      // Belongs to the synapse itself: it reads the weight.
      equations.push(`dc/dt = -c/${tau()} : 1 (event-driven)`);
      pre.push('c += 0.1*w');
      post.push('w += 0.1*c*a');
      names.push('c');
      break;
    case 4:
      // Both ends assign it.
      pre.push('b += 0.02');
      break;
    case 5:
      equations.push('n : integer', 'k : 1');
      pre.push('n += 1; k = n*a', 'w += 0.001*k');
      names.push('k');
      break;
    default:
      break;
  }
  const twice = random(4) === 0;
  const delays = [
    ...(random(2) ? [`pre: ${(1 + random(20)) / 10} ms`] : []),
    ...(random(2) ? [`post: ${random(15) / 10} ms`] : []),
    ...(twice ? [`later: ${any('0.7', '1.9')} ms`] : []),
  ];
  const own = twice ? `{ pre: '${shuffled(pre)}', later: 'a *= 0.9; w += 0.01*a + 0.1*b' }` : `'${shuffled(pre)}'`;
  const starts = random(3) === 0 ? [`a: ${any('0.5', '0.1*i')}`, 'b: -0.25'] : [];
  if (random(4) === 0) starts.push(`delay: (${any('i', 'j', 'i + 2*j')} + 1)*0.3*ms`);
  return {
    names,
    lines: [
      'source: P',
      'target: Q',
      'model: |',
      ...equations.map((line) => `  ${line}`),
      `on_pre: ${own}`,
      `on_post: '${shuffled(post)}'`,
      `connect: { i: [0, 0, 1, 2], j: [0, 1, 1, 2]${random(5) === 0 ? ', n: 2' : ''} }`,
      ...(delays.length > 0 ? [`delay: { ${delays.join(', ')} }`] : []),
      `initializers: { w: 0.3*i - 0.2*j + 0.1, ${starts.join(', ')} }`,
    ],
  };
}

/** Returns a model with random rules. */
function model(seed: number): { readonly text: string; readonly names: readonly (readonly string[])[] } {
  const random = generator(seed);
  const rules = Array.from({ length: rulesPerModel }, () => rule(random));
  const synapses = rules.map(({ lines }, k) => [`S${k}:`, ...lines.map((line) => `  ${line}`)]).flat();
  const monitors = rules.map(
    ({ names }, k) => `m${k}: { source: S${k}, variables: [${names.join(', ')}], dt: 4.9 ms }`,
  );
  const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');
  const text = brian(
    [
      'spike_generators:',
      indented([`P: ${train(3, random)}`, `Q: ${train(3, random)}`]),
      'synapses:',
      indented(synapses),
      'state_monitors:',
      indented(monitors),
      'run: 30 ms',
    ].join('\n'),
  );
  return { text, names: rules.map(({ names }) => names) };
}

describe.each(someOf(seeds, 3, 'plasticity'))('networks of seed %d', (seed) => {
  const { text, names } = model(seed);

  test('all engines agree, and ends own traces', async () => {
    const { program } = await simulate(text);
    const moved = program.manifest.notes.filter((note) => /one value for each (?:source|target)/.test(note));
    expect(moved.length).toBeGreaterThan(20);
  });

  test.skipIf(missing !== null)(withReason('values are those of Brian', missing), async () => {
    const simulation = await simulate(text, { engines: [{ target: 'wasm', threads: 1 }] });
    const { files } = exportBrianScript(importModel({ name: 'plasticity.yaml', text }).valid, 'plasticity');
    const input = {
      what: `plasticity ${seed}`,
      texts: files.flatMap((file) => [file.name, file.text]),
      runners: ['test/interoperability/python/run_brian_script.py', 'test/interoperability/python/run_script.py'],
    };
    const records = await recorded.output(peers.brian, input, async () => {
      for (const file of files) writeFileSync(join(folder, file.name), file.text);
      imported ??= importedPython('run_brian_script.py');
      return (await imported.run([join(folder, 'plasticity.py')])) as Record<string, Record<string, number[][]>>;
    });
    const differences = names.flatMap((variables, k) =>
      variables.flatMap((variable) => {
        const theirs = records[`m${k}`]?.[variable] ?? [];
        const own = simulation.samples.get(`m${k}/${variable}`) ?? [];
        const pairs = own.flatMap((row, time) =>
          row.map((value, synapse) => [value, theirs[synapse]?.[time]] as const),
        );
        return pairs.length > 0 && pairs.every(([a, b = NaN]) => Math.abs(a - b) <= 1e-12 * Math.max(1e-3, Math.abs(b)))
          ? []
          : [{ rule: k, variable, pairs: pairs.slice(0, 12) }];
      }),
    );
    expect(differences).toEqual([]);
  });
});
