import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createCheckpoint, openCheckpoint } from '../../runtime/record/checkpoint.js';
import type { RecordingState } from '../../runtime/record/recording-state.js';
import { partialPath } from '../../runtime/results/file-sets.js';
import { systemFiles, type FileSystem } from '../../runtime/results/file-system.js';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { continuedRun } from '../../src/pipeline/checkpoint-run.js';
import { importModel, runModel, type RunOptions, type RunResult } from '../../src/pipeline/pipeline.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

/** A model with resets and stored states. */
const segments = readFileSync('fixtures/model/hard/segments.yaml', 'utf8').replaceAll(
  'every: 1 ms, name',
  'every: 0.2 ms, name',
);

/** A model with noise, delays, plastic synapses, and spikes, samples and a rate recorded. */
const plastic = `
format: interneuron/brian
neuron_groups:
  cells:
    N: 60
    model: "dv/dt = (1.2 - v)/(10*ms) + 0.1*xi/(10*ms)**0.5 : 1"
    threshold: v > 1
    reset: v = 0
    method: euler
    initializers: { v: rand() }
spike_monitors: { spikes: { source: cells } }
state_monitors: { trace: { source: cells, variables: v, record: [0, 7] } }
population_rate_monitors: { rate: { source: cells } }
synapses:
  s:
    source: cells
    target: cells
    model: "dw/dt = -w/(100*ms) : 1 (event-driven)"
    on_pre: "v_post += w\\nw += 0.01"
    connect: { p: 0.2 }
    delay: 2*ms
run: 400 ms
`;

async function run(text: string, options: RunOptions): Promise<RunResult> {
  const result = await runModel(importModel({ name: 'model.yaml', text }), options);
  if (result.kind !== 'run') throw new Error('nothing ran');
  result.dispose();
  return result;
}

async function continued(
  checkpoint: string,
  how: 'resume' | 'recover',
  outputs: readonly string[],
): Promise<RunResult> {
  const { imported, options } = continuedRun(checkpoint, how);
  const result = await runModel(imported, { ...options, outputs });
  if (result.kind !== 'run') throw new Error('nothing ran');
  result.dispose();
  return result;
}

describe.each([
  { name: 'a plastic network', text: plastic, target: 'wasm' },
  { name: 'a plastic network', text: plastic.replace('400 ms', '40 ms'), target: 'reference' },
  { name: 'resets and stored states', text: segments, target: 'wasm' },
])('a run of $name on $target', ({ text, target }) => {
  it('continues from wherever its process ended, to the same fingerprint and the same files', async () => {
    const home = join(folder.path, `${target}-${text.length}`);
    mkdirSync(home);
    const whole = await run(text, { target, outputs: [join(home, 'whole.csv'), join(home, 'whole.nwb')] });
    const checkpoint = join(home, 'checkpoint');
    const copies: string[] = [];
    const other = await run(text, {
      target,
      outputs: [join(home, 'other.csv')],
      checkpoint: { folder: checkpoint, seconds: 0 },
      // The files on the disk at any time are the files that a killed process leaves.
      onProgress: (stage) => {
        if (stage !== 'run' || !existsSync(join(checkpoint, 'state'))) return;
        const copy = join(home, `killed-${copies.length}`);
        // This process goes on, so its claim is not copied.
        cpSync(checkpoint, copy, { recursive: true, filter: (path) => !path.includes('writer.') });
        appendFileSync(join(copy, 'rows'), '{"call":{"kind":"abs');
        copies.push(copy);
      },
    });
    expect(other.record.fingerprint).toEqual(whole.record.fingerprint);
    expect(existsSync(checkpoint)).toBe(false);
    expect(copies.length).toBeGreaterThan(1);
    for (const copy of [copies[0]!, copies[Math.floor(copies.length / 2)]!, copies.at(-1)!]) {
      const outputs = [join(copy, 'whole.csv'), join(copy, 'whole.nwb')];
      const { steps } = openCheckpoint(copy).state;
      const recovered = await continued(copy, 'recover', [join(copy, 'part.csv')]);
      expect([recovered.record.steps, recovered.record.complete]).toEqual([steps, false]);
      const resumed = await continued(copy, 'resume', outputs);
      expect(resumed.record.fingerprint).toEqual(whole.record.fingerprint);
      for (const [k, path] of resumed.outputs.entries())
        expect(readFileSync(path).equals(readFileSync(whole.outputs[k]!)), path).toBe(true);
      // The checkpoint is no longer needed.
      expect(existsSync(join(copy, 'state'))).toBe(false);
    }
  });
});

describe('a checkpoint', () => {
  const state = (steps: number): RecordingState => ({
    entry: 0,
    begin: 0,
    steps,
    phases: [],
    segment: null,
    timeline: { shift: 0, offset: 0, segment: 0, initial: null, stored: new Map() },
    session: { step: steps, buffers: new Map([['v', Float64Array.of(steps, NaN)]]) },
  });
  const program = { logs: [{ name: 'log' }] } as unknown as Parameters<ReturnType<typeof openCheckpoint>['calls']>[0];
  const ended = spawnSync(process.execPath, ['--version']).pid;

  /** Makes two checkpoints; the process ends before operation `at`. @returns how many there were */
  function killedAt(path: string, at: number): number {
    let done = 0;
    const fileSystem = Object.fromEntries(
      Object.entries(systemFiles).map(([name, act]) => [
        name,
        typeof act !== 'function'
          ? ended
          : (...words: readonly unknown[]): unknown => {
              done += 1;
              if (done > at) throw Object.assign(new Error('injected'), { code: 'EIO' });
              return (act as (...given: readonly unknown[]) => unknown)(...words);
            },
      ]),
    ) as unknown as FileSystem;
    try {
      const checkpoint = createCheckpoint(path, { run: 1 }, 0, fileSystem);
      for (const steps of [1, 2]) {
        const rows = { log: program.logs[0]!, rows: 1, data: Uint32Array.of(steps) };
        checkpoint.append({ kind: 'absorb', rows: [rows], step: steps });
        checkpoint.store(state(steps));
      }
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
    }
    return done;
  }

  it('is the one before or the new one when the process ends at any operation', () => {
    const count = killedAt(join(folder.path, 'whole'), Infinity);
    const found = Array.from({ length: count + 1 }, (_, at) => {
      const path = join(folder.path, `at-${at}`);
      killedAt(path, at);
      try {
        const opened = openCheckpoint(path);
        const { steps, session } = opened.state;
        expect(session.buffers.get('v')).toEqual(Float64Array.of(steps, NaN));
        expect([...opened.calls(program)].map((call) => call.kind === 'absorb' && call.rows[0]!.data[0])).toEqual(
          Array.from({ length: steps }, (__, k) => k + 1),
        );
        return steps;
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        return 0;
      }
    });
    expect([...new Set(found)]).toEqual([0, 1, 2]);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it('is refused if any of its files was changed', () => {
    for (const name of ['run.json', 'rows', 'state']) {
      const path = join(folder.path, `changed-${name}`);
      killedAt(path, Infinity);
      const bytes = readFileSync(join(path, name));
      bytes[bytes.length - 2]! ^= 1;
      writeFileSync(join(path, name), bytes);
      expect(() => openCheckpoint(path)).toThrow(/is damaged/);
      writeFileSync(join(path, name), bytes.subarray(0, 3));
      expect(() => openCheckpoint(path)).toThrow(/is damaged/);
    }
  });

  it('is continued by one process at a time, and read by any', () => {
    const path = join(folder.path, 'used');
    const checkpoint = createCheckpoint(path, {}, 0);
    checkpoint.append({ kind: 'switch', recording: 'r', on: false });
    checkpoint.store(state(1));
    expect([...openCheckpoint(path).calls(program)]).toEqual([{ kind: 'switch', recording: 'r', on: false }]);
    expect(() => openCheckpoint(path).resume(1)).toThrow(/is in use/);
    checkpoint.end('stopped');
    openCheckpoint(path).resume(1).end('complete');
    expect(existsSync(path)).toBe(false);
  });

  it('is not overwritten by another run', () => {
    const path = join(folder.path, 'twice');
    killedAt(path, Infinity);
    expect(() => createCheckpoint(path, {}, 1)).toThrow(/a run that did not end/);
  });

  it('is begun anew if its run was killed before the first state', () => {
    const path = join(folder.path, 'killed');
    mkdirSync(path);
    for (const [name, text] of [
      ['run.json', '{}\n'],
      ['rows', 'cut off'],
      [basename(partialPath('writer', spawnSync(process.execPath, ['--version']).pid)), ''],
    ] as const)
      writeFileSync(join(path, name), text);
    const checkpoint = createCheckpoint(path, { run: 2 }, 0);
    checkpoint.store(state(1));
    expect(openCheckpoint(path).run).toEqual({ run: 2 });
    const begun = join(folder.path, 'begun');
    const other = createCheckpoint(begun, {}, 0);
    expect(() => createCheckpoint(begun, {}, 1)).toThrow(/a run that did not end/);
    for (const each of [checkpoint, other]) each.end('complete');
  });
});

describe('the command line', () => {
  it('rejects options that a continued run cannot take', async () => {
    for (const [words, message] of [
      [['--resume', 'x', '--seed', '1'], '--resume cannot be combined with --seed'],
      [['--resume', '--recover', 'x'], '--resume cannot be combined with --recover'],
      [['--resume', 'package.json'], 'package.json is not a checkpoint'],
      [['fixtures/brian/single-lif.yaml', '--checkpoint', '10'], '--checkpoint cannot be 10: it has no unit'],
    ] as const) {
      const { code, stderr } = await runCommand(['run', ...words]);
      expect(code).toBe(2);
      expect(stderr).toContain(message);
    }
  });
});
