/** Live sessions: their results equal their document's, run as one. */

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashModel, importModel, openModel, readSource, runModel, type ModelSession } from '../../src/index.js';
import type { TypedArray } from '../../src/ir/program.js';
import { probeTargets } from '../../src/pipeline/choose-target.js';
import { verifyResult } from '../../src/verify/verify.js';
import { brian } from '../support/brian-text.js';
import { slow, someOf, triesAll } from '../support/effort.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-session-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open: ModelSession[] = [];
afterAll(async () => {
  for (const session of open) await session.dispose();
});

const fixture = (name: string): ReturnType<typeof importModel> => importModel(readSource(`fixtures/pynn/${name}.json`));
const session = (name: string, options: Parameters<typeof openModel>[1] = { target: 'wasm' }): ModelSession => {
  const opened = openModel(fixture(name), options);
  open.push(opened);
  return opened;
};
const numbersOf = (array: TypedArray): readonly number[] => Array.from(array as ArrayLike<number | bigint>, Number);
const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The fingerprint of the document that a session was. */
async function ofDocument(of: ModelSession, target = 'wasm'): Promise<string> {
  const valid = of.model();
  const run = await runModel({ valid, hashes: hashModel(valid.model) }, { target });
  if (run.kind !== 'run') throw new Error('nothing was run');
  run.dispose();
  return run.record.fingerprint.total;
}

async function fingerprintOf(of: ModelSession): Promise<string> {
  const result = await of.finish();
  result.dispose();
  return result.record.fingerprint.total;
}

describe('a session that runs its document as it is', () => {
  it.each(someOf(['if-cond-exp', 'segments', 'current-sources'], 3, 'documents'))(
    'writes the bytes of a run in one: %s',
    async (name) => {
      const [one, two] = ['one', 'two'].map((stem) =>
        ['nwb', 'json'].map((suffix) => join(folder, `${name}.${stem}.${suffix}`)),
      );
      const run = await runModel(fixture(name), { target: 'wasm', outputs: one! });
      if (run.kind === 'run') run.dispose();
      const live = session(name, { target: 'wasm', outputs: two! });
      expect(await live.run()).toBe(true);
      expect((await live.write()).outputs).toEqual(two);
      expect(two!.map(digest)).toEqual(one!.map(digest));
      const result = await live.finish();
      result.dispose();
      expect(result.outputs).toEqual(two);
      expect(two!.map(digest)).toEqual(one!.map(digest));
    },
  );
});

describe('phases that come while a session lives', () => {
  let targets: readonly string[] = [];
  beforeAll(async () => {
    const wanted = new Set(['wasm', 'c', 'reference']);
    targets = (await probeTargets())
      .filter(({ available, target }) => available && wanted.has(target))
      .map((t) => t.target);
  });

  it.skipIf(!triesAll)(slow('give the same fingerprint on every target, live or as one document'), async () => {
    expect(targets.length).toBeGreaterThan(1);
    const found = new Set<string>();
    for (const target of targets) {
      const live = session('if-cond-exp', { target });
      const [name] = Object.keys(live.model().model.populations);
      const cells = Object.entries(live.model().model.populations).find(([, { type }]) => type !== undefined)![0];
      expect(name).toBeDefined();
      await live.run(0.01);
      const tau = numbersOf(await live.read(cells, 'tau_m'));
      await live.set({ [`${cells}.tau_m`]: tau[0]! * 0.9 });
      await live.run(0.01);
      await live.set({ [`${cells}.tau_m`]: Float64Array.from(tau, (value) => value * 0.8) });
      await live.initialise({ [`${cells}.v`]: -0.061 });
      await live.run(0.005);
      await live.snapshot('here');
      await live.run(0.005);
      await live.reset({ trial: 1 });
      await live.set({ [`${cells}.tau_m`]: tau[0]! });
      await live.run(0.01);
      await live.restore('here');
      await live.run(0.004);
      expect(live.time()).toBeCloseTo(0.029, 12);
      const fingerprint = await fingerprintOf(live);
      expect(await ofDocument(live, target)).toBe(fingerprint);
      found.add(fingerprint);
    }
    expect(found.size).toBe(1);
  });

  it('of weights and other values of synapses, too', async () => {
    const live = session('stdp-network');
    const [projection] = Object.entries(live.model().model.projections).find(([, { synapse }]) => synapse !== '')!;
    await live.run(0.02);
    const { sources, targets: into, delays } = await live.synapses(projection);
    const before = await live.read(projection, 'weight');
    expect(before).toHaveLength(sources.length);
    expect([into.length, delays.length]).toEqual([sources.length, sources.length]);
    await live.set({ [`${projection}.weight`]: 0 });
    expect(new Set(numbersOf(await live.read(projection, 'weight')))).toEqual(new Set([0]));
    await live.run(0.02);
    const fingerprint = await fingerprintOf(live);
    expect(await ofDocument(live)).toBe(fingerprint);
  });
});

describe('samples of several segments', () => {
  it('belong to their segments: the last of one and the first of the next have the same step', async () => {
    const text = JSON.stringify({
      ...{ format: 'interneuron/pynn', version: 1, pynn: '0.13', setup: { timestep: 0.1 } },
      populations: [{ label: 'a', size: 1, cell: { type: 'IF_curr_exp', params: { i_offset: 0.5 } } }],
      recordings: [{ target: 'a', variables: ['v'] }],
      phases: [{ run: 2 }, { reset: {} }, { run: 3 }],
    });
    const live = openModel(importModel({ name: 'segments.json', text }), { target: 'wasm' });
    open.push(live);
    await live.run();
    const [series] = (await live.take()).samples;
    expect(Array.from(series!.segments)).toEqual(Array.from({ length: 52 }, (_, k) => (k < 21 ? 0 : 1)));
    expect(series!.steps[20]).toBe(series!.steps[21]);
    expect(series!.values[21]).toBe(-0.065);
  });
});

describe('delays that are set between runs', () => {
  it('hold for spikes that are sent from then on', async () => {
    const text = brian(`
      spike_generators: { P: { N: 1, indices: [0, 0, 0], times: [1 ms, 2 ms, 5 ms] } }
      neuron_groups: { G: { N: 1, model: 'x : 1' } }
      synapses: { S: { source: P, target: G, on_pre: x += 1, connect: true, delay: 4 ms } }
      state_monitors: { M: { source: G, variables: [x], record: true } }
      run: 0 ms`);
    const live = openModel(importModel({ name: 'delays.yaml', text }), { target: 'wasm' });
    open.push(live);
    await live.run(0.0015);
    await live.set({ 'S.pre.delay': 0.001 });
    await live.run(0.0065);
    const [series] = (await live.take()).samples;
    // The spike sent at 1 ms comes after 4 ms, the rest after 1 ms.
    expect([2, 4, 5.5, 7].map((ms) => series!.values[ms * 10])).toEqual([0, 1, 2, 3]);
    await expect(live.set({ 'S.post.delay': 0.001 })).rejects.toThrow('S');
    const fingerprint = await fingerprintOf(live);
    expect(await ofDocument(live)).toBe(fingerprint);
  });
});

describe('weights that are set again and again', () => {
  it('are written in place while they stay between earlier ones, and are the document all the same', async () => {
    const live = session('stdp-network');
    const isStatic = ([, { values }]: readonly [string, { readonly values: object }]): boolean => 'weight' in values;
    const [projection] = Object.entries(live.model().model.projections).find(isStatic)!;
    await live.run(0.01);
    const first = numbersOf(await live.read(projection, 'weight'));
    const [most, least] = [Math.max(...first), Math.min(...first)];
    for (const share of [1, 0.25, 0.75, 1.5, 1.25, -0.5]) {
      const own = first.map((_, k) => least + share * (most - least) * ((k % 7) / 6) + (share > 1 ? most : 0));
      await live.set({ [`${projection}.weight`]: own });
      expect(numbersOf(await live.read(projection, 'weight'))).toEqual(own);
      await live.run(0.005);
    }
    const fingerprint = await fingerprintOf(live);
    expect(await ofDocument(live)).toBe(fingerprint);
  });
});

describe('a live session', () => {
  it('takes spikes and samples once, and all of them', async () => {
    const live = session('if-cond-exp');
    const whole = session('if-cond-exp');
    const parts = [];
    for (let k = 0; k < 10; k += 1) {
      await live.run(0.01);
      parts.push(await live.take());
    }
    await whole.run(0.1);
    const all = await whole.take();
    expect(all.steps).toBe(1000);
    for (const [k, { steps, cells }] of all.spikes.entries()) {
      expect(parts.flatMap((part) => [...part.spikes[k]!.steps])).toEqual([...steps]);
      expect(parts.flatMap((part) => [...part.spikes[k]!.cells])).toEqual([...cells]);
    }
    for (const [k, { steps, values }] of all.samples.entries()) {
      expect(steps.length).toBeGreaterThan(100);
      expect(parts.flatMap((part) => [...part.samples[k]!.steps])).toEqual([...steps]);
      expect(parts.flatMap((part) => numbersOf(part.samples[k]!.values))).toEqual(numbersOf(values));
    }
    expect((await whole.take()).samples.every(({ steps }) => steps.length === 0)).toBe(true);
  });

  it('takes variables at spikes and at other events with them', async () => {
    const text = brian(`
      neuron_groups:
        G:
          N: 3
          model: 'dv/dt = (1.5 - v)/(10*ms) : 1'
          threshold: v > 1
          reset: v = 0
          method: exact
          events: { half: { condition: v > 0.5 and v < 0.6 } }
          initializers: { v: 0.1*i }
      spike_monitors: { spikes: { source: G, variables: [v, i] } }
      event_monitors: { halves: { source: G, event: half, variables: v } }
      run: 20 ms
    `);
    const live = openModel(importModel({ name: 'values.yaml', text }), { target: 'wasm' });
    const taken = [];
    for (let k = 0; k < 4; k += 1) {
      await live.run(0.01);
      taken.push(await live.take());
    }
    for (const [position, event, low] of [
      [0, 'spike', 1],
      [1, 'half', 0.5],
    ] as const) {
      const parts = taken.map(({ spikes }) => spikes[position]!);
      expect(parts.map((part) => part.event)).toEqual([event, event, event, event]);
      const values = parts.flatMap(({ variables }) => [...variables[0]!.values]);
      expect(values).toHaveLength(parts.flatMap(({ cells }) => [...cells]).length);
      expect(values.length).toBeGreaterThan(5);
      for (const value of values) expect(value).toBeCloseTo(low, 0);
      expect(Math.min(...values)).toBeGreaterThan(low);
    }
    const spikes = taken.map((part) => part.spikes[0]!);
    expect(spikes.flatMap(({ variables }) => [...variables[1]!.values])).toEqual(
      spikes.flatMap(({ cells }) => [...cells]),
    );
    const fingerprint = await fingerprintOf(live);
    expect(await ofDocument(live)).toBe(fingerprint);
  });

  it('records more from a moment on, and gives each sample once', async () => {
    const live = session('if-cond-exp');
    const cells = Object.entries(live.model().model.populations).find(([, { type }]) => type !== undefined)![0];
    await live.run(0.01);
    const first = await live.take();
    await live.record(cells, 'v');
    await live.run(0.01);
    const then = await live.take();
    const later = then.samples.find(({ recording }) => recording === `${cells}_v_later`)!;
    expect([...later.steps][0]).toBe(100);
    expect(later.steps).toHaveLength(100);
    expect(then.samples[0]!.steps[0]).toBe((first.samples[0]!.steps.at(-1) ?? 0) + 1);
    const fingerprint = await fingerprintOf(live);
    expect(await ofDocument(live)).toBe(fingerprint);
  });

  it('stops when told to, and goes on', async () => {
    const live = session('if-cond-exp');
    const stop = new AbortController();
    expect(await live.run(0.01)).toBe(true);
    expect(await live.run(10_000, { signal: stop.signal, onProgress: () => stop.abort() })).toBe(false);
    const { steps } = await live.take();
    expect(steps).toBeGreaterThan(100);
    expect(live.time()).toBeCloseTo(steps * live.dt, 9);
    expect(await live.run(0.001)).toBe(true);
    expect(live.steps()).toBe(steps + 10);
    const fingerprint = await fingerprintOf(live);
    expect(await ofDocument(live)).toBe(fingerprint);
  });

  it('carries out the calls before its end, and refuses later ones', async () => {
    const live = session('if-cond-exp');
    const calls = [live.run(0.001), live.run(0.001).then(() => live.steps())];
    const ended = live.dispose();
    await expect(live.run(0.001)).rejects.toThrow(/the session is finished/);
    expect(await Promise.all(calls)).toEqual([true, 20]);
    await ended;
  });

  it('reports that memory ran out if an engine cannot hold the spikes', async () => {
    const text = JSON.stringify({
      format: 'interneuron/pynn',
      version: 1,
      populations: [{ label: 'p', size: 3, cell: { type: 'SpikeSourcePoisson', params: { rate: 1e9 } } }],
      recordings: [{ target: 'p', variables: ['spikes'] }],
    });
    const imported = importModel({ name: 'rate.json', text }, { set: { 'p.rate': '1e15 Hz' } });
    const live = openModel(imported, { target: 'reference' });
    await expect(live.run(0.001)).rejects.toThrow(/too large for this machine/);
    await live.dispose();
  });

  it('refuses unknown names, and stays as it was', async () => {
    const live = session('if-cond-exp');
    const cells = Object.entries(live.model().model.populations).find(([, { type }]) => type !== undefined)![0];
    await live.run(0.001);
    await expect(live.set({ [`${cells}.tau_n`]: 1 })).rejects.toThrow(/no parameter or state variable tau_n/);
    await expect(live.set({ tau_m: 1 })).rejects.toThrow(/tau_m/);
    await expect(live.set({ 'nobody.v': 1 })).rejects.toThrow(/no population nobody/);
    await expect(live.read(cells, 'nothing')).rejects.toThrow(/no variable of .* nothing/);
    await expect(live.restore('nowhere')).rejects.toThrow(/no stored state nowhere/);
    await expect(live.run(-1)).rejects.toThrow(/the time to run is -1 s/);
    await expect(live.record(cells, 'u')).rejects.toThrow(/ u\b/);
    await live.run(0.001);
    expect(live.steps()).toBe(20);
    (await live.finish()).dispose();
    await expect(live.run(0.001)).rejects.toThrow(/the session is finished/);
  });
});

describe('arguments of a call', () => {
  /** Values of all types, and synapses of a drawn number. */
  const text = JSON.stringify({
    format: 'interneuron/brian',
    seed: 3,
    neuron_groups: {
      G: {
        N: 20,
        model: 'dv/dt = -v/(10*ms) : volt\nn : integer\nb : boolean',
        threshold: 'v > 10*mV',
        reset: 'v = 0*mV',
      },
    },
    synapses: {
      S: { source: 'G', model: 'w : volt', on_pre: 'v_post += w', delay: '1*ms', connect: [{ p: 0.5 }] },
    },
  });
  const numbers = (length: number, value: number): Float64Array => new Float64Array(length).fill(value);
  const sets: readonly (readonly [string, unknown])[] = [
    ['G.v', [1e-3, 2e-3]],
    ['G.v', numbers(19, 0)],
    ['G.v', numbers(21, 0)],
    ['G.v', []],
    ['G.v', [[1, 2]]],
    ['G.v', NaN],
    ['G.v', Infinity],
    ['G.v', numbers(20, NaN)],
    ['G.v', '1*mV'],
    ['G.v', Array<string>(20).fill('1 mV')],
    ['G.v', { length: 20 }],
    ['G.v', null],
    ['G.v', true],
    ['G.n', 1.5],
    ['G.n', 2 ** 31],
    ['G.b', 2],
    ['G[0:30].v', 0],
    ['G[20].v', 0],
    ['G[1, 2].v', [0]],
    ['G.toString', 0],
    ['__proto__.v', 0],
    ['S.w', [1e-3, 1e-3]],
    ['S.w', NaN],
    ['S.pre.delay', -1e-3],
    ['S.pre.delay', 1e300],
    // As long as the delay of all, and of the length of none.
    ['S.pre.delay', [1e-3, 1e-3]],
  ];

  it('pass the rules for documents, on every engine, or leave the session as it was', async () => {
    const found = new Set<string>();
    const targets = (await probeTargets()).filter(({ available, target }) => available && target !== 'null');
    for (const target of targets
      .map((each) => each.target)
      .filter((each) => ['wasm', 'reference', 'c'].includes(each))) {
      const live = openModel(importModel({ name: 'rules', text }), { target });
      open.push(live);
      await live.run(0.001);
      for (const [key, value] of sets)
        await expect(live.set({ [key]: value } as never), `${key} ${JSON.stringify(value)}`).rejects.toThrow(
          expect.objectContaining({ name: expect.stringMatching(/UsageError|DiagnosticError/) as string }) as Error,
        );
      for (const values of [null, 5, 'abc', [1]])
        await expect(live.initialise(values as never)).rejects.toThrow('by name');
      for (const time of [1e300, NaN, -1, '1 ms'])
        await expect(live.run(time as never)).rejects.toThrow(/the time to run|steps/);
      for (const every of [0, -1, NaN, 1e300, 1.5e-4])
        await expect(live.record('G', 'v', every)).rejects.toThrow(/interval|finite/);
      for (const annotations of [[1], { a: NaN }, { a: 1n }, { a: '\ud800' }])
        await expect(live.reset(annotations as never)).rejects.toThrow(/annotations|map/);
      await expect(live.read(5 as never, 'v')).rejects.toThrow('is 5');
      for (const name of ['valueOf', '__proto__']) {
        await expect(live.read(name, 'v')).rejects.toThrow(`no population or projection ${name}`);
        await expect(live.record(name, 'v')).rejects.toThrow(`no population or projection ${name}`);
        await expect(live.synapses(name)).rejects.toThrow(`no population or projection ${name}`);
      }
      await live.set({ 'G.v': numbers(20, 2e-3), 'G.n': 4, 'G.b': 1, 'G[0:2].v': [1e-3, 1e-3] });
      await live.run(0.001);
      found.add(await fingerprintOf(live));
    }
    expect(found.size).toBe(1);
  });

  it('follow the rules of a run on the command line', () => {
    for (const options of [{ threads: 0 }, { threads: 1.5 }, { threads: 257 }, { outputs: ['a.txt'] }])
      expect(() => openModel(importModel({ name: 'rules', text }), options)).toThrow(/threads|suffix/);
    for (const options of [{ seed: '-1' }, { seed: 'abc' }, { dt: '0.1' }, { duration: '-5 ms' }])
      expect(() => importModel({ name: 'rules', text }, options)).toThrow(/cannot be/);
  });
});

describe('traces that an end of synapses owns', () => {
  const text = brian(`
    neuron_groups:
      A: { N: 7, model: 'dv/dt = (1.5 + 0.1*i - v)/(4*ms) : 1', threshold: v > 1, reset: v = 0, method: exact }
      B: { N: 5, model: 'dv/dt = (1.2 + 0.1*i - v)/(5*ms) : 1', threshold: v > 1, reset: v = 0, method: exact }
    synapses:
      S:
        source: A
        target: B
        model: "w : 1\\nda/dt = -a/(20*ms) : 1 (event-driven)"
        on_pre: v_post += 0.1*w; a += 0.1
        on_post: w = clip(w + 0.1*a, 0, 1)
        connect: true
    run: 0 ms
  `);

  it('can be read and set while a session lives', async () => {
    const live = openModel(importModel({ name: 'traces.yaml', text }), { target: 'wasm' });
    open.push(live);
    await live.run(0.02);
    const before = numbersOf(await live.read('S', 'a'));
    const updates = numbersOf(await live.read('S', 'lastupdate'));
    expect(new Set(before).size).toBeGreaterThan(10);
    expect(new Set(updates).size).toBeGreaterThan(5);
    await live.set({ 'S.a': before.map((a) => 2 * a) });
    expect(numbersOf(await live.read('S', 'a'))).toEqual(before.map((a) => expect.closeTo(2 * a, 12) as number));
    await live.run(0.02);
    const document = await ofDocument(live);
    expect(await fingerprintOf(live)).toBe(document);
  });
});

describe('a session that begins in the middle', () => {
  /** Noise, refractoriness, delays and event-driven synapses, with the given first values. */
  const text = (values: Readonly<Record<string, readonly number[]>>, w: readonly number[] | string): string =>
    JSON.stringify({
      format: 'interneuron/brian',
      seed: 5,
      neuron_groups: {
        G: {
          N: 12,
          model: 'dv/dt = (1.1 - v)/(5*ms) + 0.05*xi*ms**-0.5 : 1 (unless refractory)',
          threshold: 'v > 1',
          reset: 'v = 0',
          refractory: '2*ms + rate*ms',
          namespace: { rate: 0.5 },
          initializers: { v: values['v'] ?? 'i/12.0' },
          run_regularly: [{ code: 'v += 0.01', dt: '0.7 ms' }],
        },
      },
      synapses: {
        S: {
          source: 'G',
          model: 'w : 1\nda/dt = -a/(9*ms) : 1 (event-driven)',
          on_pre: 'v_post += 0.02*w; a += 0.1',
          on_post: 'w += 0.001*a',
          connect: 'i != j',
          initializers: { w, a: values['a'] ?? 0, delay: '(1 + (i*7 + j) % 13)*0.3*ms' },
        },
      },
      spike_monitors: { spikes: { source: 'G' } },
      state_monitors: { state: { source: 'G', variables: 'v', dt: '0.3 ms' } },
      run: '0 ms',
    });
  const opened = (document: string, start?: Parameters<typeof openModel>[1]): ModelSession => {
    const live = openModel(importModel({ name: 'middle.json', text: document }), { target: 'wasm', ...start });
    open.push(live);
    return live;
  };

  it.each(someOf([200, 173], 2, 'lengths'))('goes on as if it had run so far: %i steps', async (steps) => {
    const whole = opened(text({}, '0.5 + 0.01*i'));
    await whole.run(steps * 1e-4);
    const before = await whole.take();
    const read = async (owner: string, variable: string): Promise<readonly number[]> =>
      numbersOf(await whole.read(owner, variable));
    const [v, a, w] = [await read('G', 'v'), await read('S', 'a'), await read('S', 'w')];
    const [last, free, updates] = [
      await read('G', 'lastspike'),
      await read('G', 'not_refractory').catch(() => null),
      await read('S', 'lastupdate'),
    ];
    const spikes = before.spikes[0]!;
    expect(spikes.steps.length).toBeGreaterThan(10);
    const stepOf = (time: number): number => (time <= -1e4 ? -(2 ** 30) : Math.round(time / 1e-4));
    const start = {
      step: steps,
      events: { 'G.spike': { steps: spikes.steps, cells: spikes.cells } },
      lastEvents: { 'G.spike': last.map(stepOf) },
      free: free ? { 'G.spike': free } : {},
      lastUpdates: { S: updates.map(stepOf) },
    };
    const outputs = ['nwb', 'json', 'csv'].map((suffix) => join(folder, `middle-${steps}.${suffix}`));
    const second = opened(text({ v, a }, w), { start, outputs });
    expect(second.time()).toBeCloseTo(steps * 1e-4, 12);
    for (const live of [whole, second]) await live.run(0.03);
    const [expected, found] = [await whole.take(), await second.take()];
    expect(expected.spikes[0]!.steps.length).toBeGreaterThan(20);
    expect(found.spikes).toEqual(expected.spikes);
    expect(found.samples).toEqual(expected.samples);
    expect(numbersOf(await second.read('S', 'w'))).toEqual(await read('S', 'w'));
    expect(found.segments).toEqual([{ name: 'run', begin: steps, start: steps, end: steps + 300 }]);
    // Results record the beginning of the session, so that they can be computed again.
    (await second.finish()).dispose();
    for (const path of outputs) expect((await verifyResult(path)).verdict, path).toEqual({ verdict: 'identical' });
    const changed = join(folder, `changed-${steps}.json`);
    const given = readFileSync(outputs[1]!, 'utf8').replace(`"step": ${steps}`, `"step": ${steps - 1}`);
    writeFileSync(changed, given);
    expect((await verifyResult(changed)).verdict).toMatchObject({ changes: [{ place: 'record.start' }] });
  });

  it('brings events in flight only to the synapses that have not yet received them', async () => {
    const document = brian(`
      neuron_groups: { G: { N: 2, model: 'v : 1', threshold: v > 1, reset: v = 0, initializers: { v: 2 } }, H: { N: 4, model: 'x : 1' } }
      synapses:
        S: { source: G, target: H, on_pre: x += 1, connect: { i: [1, 0, 1, 0], j: [0, 1, 2, 3] }, initializers: { delay: '(4 + j)*ms' } }
      state_monitors: { M: { source: H, variables: [x], record: true, dt: 1 ms } }
      run: 0 ms`);
    const output = join(folder, 'received.nwb');
    const start = {
      ...{ step: 30, lastEvents: {}, free: {}, lastUpdates: {} },
      events: { 'G.spike': { steps: [5, 5, 20], cells: [0, 1, 1] } },
      // The first two have received all, the third the later event only, the last one neither.
      received: { 'S.pre': { from: [0, 0, 20, 30], until: [21, 21, 21, 0] } },
    };
    const live = opened(document, { start, outputs: [output] });
    await live.run(0.02);
    const [series] = (await live.take()).samples;
    const changes = (cell: number): number[] =>
      Array.from({ length: 19 }, (_, k) => k + 1).filter(
        (k) => series!.values[k * 4 + cell] !== series!.values[k * 4 - 4 + cell],
      );
    // Samples are from 3 ms on; spikes of G at 3 ms reach all.
    expect([0, 1, 2, 3].map(changes)).toEqual([[2, 4, 5], [3, 6], [6, 7], [8]]);
    (await live.finish()).dispose();
    expect((await verifyResult(output)).verdict).toEqual({ verdict: 'identical' });
    const wrong = opened(document, { start: { ...start, received: { 'S.post': { from: [0], until: [1] } } } });
    await expect(wrong.run(0.001)).rejects.toThrow('S.post, which is no pathway');
  });

  it('refuses a state of another model', async () => {
    const none = { step: 1, events: {}, lastEvents: {}, free: {}, lastUpdates: {} };
    const live = opened(text({}, '1'), { start: { ...none, lastEvents: { 'H.spike': [0] } } });
    await expect(live.run(0.001)).rejects.toThrow('H.spike, which is no event');
    const short = opened(text({}, '1'), { start: { ...none, lastEvents: { 'G.spike': [0] } } });
    await expect(short.run(0.001)).rejects.toThrow('1 numbers for G.spike');
  });

  it('refuses numbers that no run can have reached', async () => {
    const start = { step: 10, events: {}, lastEvents: {}, free: {}, lastUpdates: {} };
    for (const wrong of [
      { step: -1 },
      { step: 0.5 },
      { step: 2 ** 31 },
      { events: { 'G.spike': { steps: [10], cells: [0] } } },
      { events: { 'G.spike': { steps: [9], cells: [-1] } } },
      { events: { 'G.spike': { steps: [9], cells: [0.5] } } },
      { events: { 'G.spike': { steps: [9, 9], cells: [0] } } },
      { lastEvents: { 'G.spike': Array<number>(12).fill(10) } },
      { free: { 'G.spike': Array<number>(12).fill(2) } },
      { lastUpdates: { S: [NaN] } },
    ])
      expect(() => opened(text({}, '1'), { start: { ...start, ...wrong } })).toThrow(/start|item|numbers for/);
    for (const cells of [[12], Array<number>(13).fill(3)]) {
      const events = { 'G.spike': { steps: cells.map(() => 9), cells } };
      await expect(opened(text({}, '1'), { start: { ...start, events } }).run(0.001)).rejects.toThrow(/G\.spike has/);
    }
  });
});
