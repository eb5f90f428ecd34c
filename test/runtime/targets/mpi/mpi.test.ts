/** The target mpi: its behaviour on errors, and its division of programs. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mpiTarget, mpiTargetWith } from '../../../../runtime/targets/mpi/target.js';
import { distribute, isDivided } from '../../../../src/codegen/mpi/distribution.js';
import { withOwnSynapses } from '../../../../src/codegen/mpi/own-synapses.js';
import type { Program } from '../../../../src/ir/program.js';
import { optimise } from '../../../../src/optimise/optimise.js';
import { startProgram, until } from '../../../support/program-process.js';
import type { Target } from '../../../../runtime/targets/target.js';
import { lowered, simulate, type Engine } from '../../../support/simulate.js';
import { withReason } from '../../../support/skip-reasons.js';
import '../../../../translators/brian/road.js';

const text = (delay: string): string => `
format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  cells:
    N: 300
    model: "dv/dt = (12*mV - v)/(10*ms) : volt"
    threshold: v > 10*mV
    reset: v = 0*mV
    initializers: { v: "rand()*10*mV" }
    method: euler
synapses:
  s: { source: cells, target: cells, on_pre: v_post += 0.1*mV, connect: { p: 0.1 }, delay: ${delay} }
spike_monitors: { spikes: { source: cells } }
state_monitors: { trace: { source: cells, variables: [v], record: [3], dt: 1 ms } }
run: 100 s
`;

/** Two projections of one source with several synapses a pair, whose delays and weights are drawn. */
const drawnNetwork = ({
  weight = "'max(0*mV, normal(0.2*mV, 0.1*mV))'",
  delay = 'normal(1.5*ms, 0.75*ms)',
  range = 'min: 0.1 ms, max: 6.4 ms, outOfRange: redraw',
} = {}): string => {
  const projection = (to: string): string =>
    `{ from: cells, to: ${to}, synapse: kick, receptor: g, connect: { rule: fixedTotal, n: 900, replace: true, self: true }, ` +
    `values: { w: ${weight} }, delay: '${delay}', delayRange: { ${range} } }`;
  return `
interneuron: 1
neurons:
  lif:
    parameters: { drive: 12 mV, start: 10 mV }
    state: { v: { unit: mV, initial: 'uniform(0*mV, start)' }, g: { unit: mV } }
    derivatives: { v: (drive + g - v)/(10*ms), g: -g/(2*ms) }
    events: { spike: { when: v >= 10*mV, do: [v = 0*mV] } }
synapses:
  kick: { parameters: { w: 0 mV }, ports: { port: mV }, pathways: { pre: port += w } }
populations:
  cells: { type: lif, size: 70 }
  others: { type: lif, size: 90, values: { drive: 9.9 mV } }
projections:
  a: ${projection('cells')}
  b: ${projection('others')}
record: [{ of: cells, events: spike }, { of: others, events: spike }]
timing: grid
experiment: { dt: 0.1 ms, seed: 3, duration: 100 ms }
`;
};

const network = (delay: string): Program => lowered(text(delay)).program;

const plastic = `
format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  cells: { N: 100, model: "dv/dt = -v/(10*ms) : volt", threshold: v > 10*mV, reset: v = 0*mV, method: exact }
synapses:
  s:
    source: cells
    target: cells
    model: "g : volt"
    on_pre: "v_post += g; g = g*0.99"
    connect: { p: 0.1 }
run: 1 ms
`;

describe('the division of a program', () => {
  test('exchanges spikes as rarely as delays allow', () => {
    expect(distribute(network('1.5 ms')).interval).toBe(15);
    expect(distribute(network('0.1 ms')).interval).toBe(1);
    expect(distribute(network('0 ms')).interval).toBe(0);
  });

  test('divides cells and deliveries, and exchanges only recorded variables', () => {
    const { entries, spaces, divided } = distribute(network('1.5 ms'));
    const isDivided = (kernel: string): boolean => (spaces.get(kernel)?.positions ?? 0) > 0;
    const whole = entries.map(({ entry }) => entry.kernel).filter((kernel) => !isDivided(kernel));
    expect(whole.every((kernel) => /sample/.test(kernel))).toBe(true);
    const exchanged = entries.filter(({ gathers }) => gathers.length > 0);
    expect(exchanged.map(({ entry }) => [entry.every])).toEqual([[10]]);
    expect(exchanged[0]?.gathers.map(({ buffer }) => buffer)).toEqual(['cells.v']);
    expect(divided.get('cells.v')).toEqual({ buffer: 'cells.v', positions: 320, perElement: 1 });
  });
});

describe('synapses that ranks keep', () => {
  test('are the synapses onto their own cells if no other code reads them', () => {
    const program = network('1.5 ms');
    expect(withOwnSynapses(program, distribute(program)).ownSynapses).toMatchObject([
      { projection: 's', arrays: ['s.targets'], space: { positions: 320, offset: 0, count: 300 } },
    ]);
  });

  test('are all others removed before delays and weights are drawn, in joint rows too', () => {
    const program = optimise(lowered(drawnNetwork()).program, 'every engine');
    const own = withOwnSynapses(program, distribute(program)).ownSynapses;
    const early = own.filter(({ isCounted }) => isCounted);
    expect(early).toMatchObject([
      { projection: 'a', segments: 'a.rows', arrays: ['a.targets', 'a.copies'], space: { offset: 0, count: 70 } },
      { projection: 'b', segments: 'b.rows', arrays: ['b.targets', 'b.copies'], space: { offset: 128, count: 90 } },
    ]);
    const actionOf = (kernel: string): number =>
      program.schedule.initialise.findIndex((action) => action.kind === 'run' && action.kernel === kernel);
    expect(early.every(({ projection, action }) => action < actionOf(`${projection}.pre.delays`))).toBe(true);
    // The joint rows, whose targets fit into bytes.
    expect(own.filter(({ isCounted }) => !isCounted)).toMatchObject([{ targets: 'cells.spike.rows1.targets' }]);
    expect(program.buffers.find(({ name }) => name === 'cells.spike.rows1.targets')?.element).toBe('u8');
  });

  test('are all synapses if values depend on their order', () => {
    const values = Array.from({ length: 900 }, (_, k) => `${k % 7}`).join(', ');
    const listed = drawnNetwork({ weight: `{ array: [${values}], unit: mV }` });
    const program = optimise(lowered(listed).program, 'every engine');
    const own = withOwnSynapses(program, distribute(program)).ownSynapses;
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ isCounted }) => isCounted)).toEqual([]);
  });

  test('are all if synapses have state', () => {
    const { program } = lowered(plastic);
    expect(withOwnSynapses(program, distribute(program)).ownSynapses).toEqual([]);
  });
});

const { available, reason } = await mpiTarget.probe();
const why = available ? null : reason;
if (!available && process.env['INTERNEURON_REQUIRE_MPI'])
  throw new Error(`${reason}, and INTERNEURON_REQUIRE_MPI is set`);

/** Plasticity by spikes of both ends, in two populations of one type, with recorded synapses. */
const plasticNetwork = (delay: string): string => `
format: interneuron/brian
dt: 0.1 ms
seed: 4
neuron_groups:
  cells:
    N: 400
    model: "dv/dt = (11*mV - v)/(10*ms) : volt"
    threshold: v > 10*mV
    reset: v = 0*mV
    initializers: { v: "rand()*10*mV" }
    method: exact
  others: { N: 150, model: "dv/dt = (1*mV - v)/(10*ms) : volt", threshold: v > 3*mV, reset: v = 0*mV, method: exact }
synapses:
  s:
    source: cells
    target: others
    model: |
      w : volt
      dx/dt = -x/(20*ms) : volt (event-driven)
      dy/dt = -y/(20*ms) : volt (event-driven)
    on_pre: "v_post += w; x += 0.01*mV; w = clip(w - y, 0*mV, 1*mV)"
    on_post: "y += 0.01*mV; w = clip(w + x, 0*mV, 1*mV)"
    connect: { p: 0.2 }
    delay: ${delay}
    initializers: { w: "0.3*mV*rand()" }
spike_monitors: { spikes: { source: others } }
state_monitors: { weights: { source: s, variables: [w], record: [3, 500], dt: 1 ms } }
run: 60 ms
`;

describe.skipIf(!available)(withReason('plasticity on ranks', why), () => {
  test.each(['0 ms', '1 ms'])('gives the same bits, with a delay of %s', async (delay) => {
    const target = mpiTargetWith({ ranks: 3, level: '-O1' });
    const use: Target = {
      ...target,
      compile: (program, more) => target.compile(program, { ...more, readsSynapses: true }),
    };
    const engines: readonly Engine[] = [
      { target: 'wasm', threads: 1 },
      { target: 'wasm', threads: 2, use },
    ];
    const { program, events } = await simulate(plasticNetwork(delay), { engines });
    expect(events.get('others.spike')?.length).toBeGreaterThan(100);
    const { spaces, entries, divided } = distribute(program);
    const whole = entries.map(({ entry }) => entry.kernel).filter((kernel) => !isDivided(spaces.get(kernel)));
    // Traces of cells are computed by every rank, as samples are.
    expect(whole.filter((kernel) => !/sample/.test(kernel))).toEqual(['s.pre.pre', 's.post.post']);
    expect(divided.get('s.w')).toMatchObject({ synapses: { targets: 's.targets' } });
  });
});

describe.skipIf(!available)(withReason('drawn synapses on ranks', why), () => {
  test('give the same bits as one thread', async () => {
    const use = mpiTargetWith({ ranks: 3, level: '-O1' });
    const eventsOf = async (engine: Engine): Promise<readonly (readonly [string, readonly unknown[]])[]> => {
      const { events } = await simulate(drawnNetwork(), { engines: [engine] });
      return [...events];
    };
    const whole = await eventsOf({ target: 'wasm', threads: 1 });
    expect(new Map(whole).get('others.spike')?.length).toBeGreaterThan(100);
    expect(await eventsOf({ target: 'wasm', threads: 2, use })).toEqual(whole);
  });

  test('end every rank if a delay of one rank is outside of its range', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interneuron-mpi-fault-'));
    const model = join(folder, 'model.yaml');
    // About one of 1000 delays is not a number.
    writeFileSync(
      model,
      drawnNetwork({
        delay: '0.5*ms + clip(1*ms*sqrt(uniform(-0.004, 4)), 0*ms, 3*ms)',
        range: 'min: 0.1 ms, max: 6.4 ms',
      }),
    );
    const run = startProgram(['run', model, '--target', 'mpi', '--ranks', '3', '-o', join(folder, 'result.nwb')]);
    const { code, stderr } = await run.ended;
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toContain('run/build-fault');
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(!available)(withReason('ranks that end', why), () => {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'interneuron-mpi-'));
  afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

  /** Processes of programs in the cache, without the one that started them. */
  const ranks = (): number[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => {
        try {
          return readFileSync(`/proc/${name}/cmdline`, 'utf8').startsWith(cacheDirectory);
        } catch {
          return false;
        }
      })
      .map(Number);

  test('a rank that is killed ends the others within seconds', async () => {
    const executable = await mpiTargetWith({ ranks: 3, level: '-O1' }).compile(network('1 ms'), { cacheDirectory });
    const session = await executable.start();
    await session.initialise();
    expect(ranks()).toHaveLength(3);
    const running = (async () => {
      for (;;) await session.run(100_000);
    })();
    process.kill(ranks()[1]!, 'SIGKILL');
    const began = performance.now();
    await expect(running).rejects.toThrow(/^the processes of MPI have ended: rank \d was ended by signal 9 \(Killed\)/);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(ranks()).toEqual([]);
    await session.dispose();
  });

  test('name the killed rank, its signal and the way on from a checkpoint', async () => {
    const [model, output] = [join(cacheDirectory, 'killed.yaml'), join(cacheDirectory, 'killed.nwb')];
    writeFileSync(model, text('1 ms'));
    const environment = { INTERNEURON_CACHE: cacheDirectory };
    const words = ['run', model, '--target', 'mpi', '--ranks', '2', '-o', output, '--checkpoint', '0.1 s'];
    const run = startProgram(words, { environment });
    const checkpoint = join(cacheDirectory, 'killed.checkpoint');
    await until(() => existsSync(join(checkpoint, 'state')), 'a checkpoint');
    process.kill(ranks()[1]!, 'SIGKILL');
    const { code, stderr } = await run.ended;
    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toMatch(/rank \d was ended by signal 9/);
    expect(stderr).toContain(`the last checkpoint is kept: interneuron run --resume ${checkpoint} continues from it`);
    const recovered = await startProgram(['run', '--recover', checkpoint], { environment }).ended;
    expect(recovered).toMatchObject({ code: 0, stderr: '' });
    expect(recovered.stdout).toContain('killed.incomplete.nwb');
  });

  test('leave no processes when a session ends', async () => {
    const executable = await mpiTargetWith({ ranks: 2, level: '-O1' }).compile(network('1 ms'), { cacheDirectory });
    const session = await executable.start();
    await session.initialise();
    await session.run(10);
    await session.dispose();
    expect(ranks()).toEqual([]);
  });

  test('keep the data of a run that is stopped', async () => {
    const [model, output] = [join(cacheDirectory, 'network.yaml'), join(cacheDirectory, 'stopped.nwb')];
    // Two ranks of an idle machine end a run of 100 s before it is stopped.
    writeFileSync(model, text('1 ms').replace('run: 100 s', 'run: 2000 s'));
    const words = ['run', model, '--target', 'mpi', '--ranks', '2', '-o', output];
    const run = startProgram(words, { environment: { INTERNEURON_CACHE: cacheDirectory } });
    await until(() => ranks().length === 2, 'two ranks');
    await until(() => readdirSync(cacheDirectory).some((name) => name.includes('.partial-')), 'a result');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    // As the terminal does, to the whole group.
    process.kill(-run.child.pid!, 'SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('stopped.incomplete.nwb');
    expect(ranks()).toEqual([]);
  });
});
