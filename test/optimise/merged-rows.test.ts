/** Projections of one source that only add to one inbox: joint rows give the same bits in no more memory. */

import { describe, expect, test } from 'vitest';
import { targets } from '../../runtime/targets/registry.js';
import { distribute } from '../../src/codegen/mpi/distribution.js';
import { withOwnSynapses } from '../../src/codegen/mpi/own-synapses.js';
import { checkProgram } from '../../src/ir/check.js';
import type { Program } from '../../src/ir/program.js';
import { buildProgram, type BuildOptions } from '../../src/pipeline/build-program.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { protocolOf } from '../../src/lower/context/protocol.js';
import { fingerprintOf } from '../fixtures/fingerprint.js';

interface Changes {
  readonly sizes?: readonly [number, number, number];
  readonly weight?: string;
  readonly delay?: string;
  readonly p?: number;
  readonly more?: string;
  readonly protocol?: string;
}

/** Three populations of one type, with projections from the first and the second to all. */
const network = ({
  sizes = [70, 100, 33],
  weight = "'normal(2*mV, 0.3*mV)'",
  delay = "'uniform(0.5*ms, 2*ms)'",
  p = 0.2,
  more = '',
  protocol = '[run: 40 ms]',
}: Changes = {}): string => {
  const projection = (name: string, from: string, to: string, w = weight): string =>
    `  ${name}: { from: ${from}, to: ${to}, synapse: plain, receptor: v, connect: { rule: probability, p: ${p} }, values: { w: ${w}, d: ${delay} } }`;
  return `
interneuron: 1
name: Joint rows
neurons:
  cell:
    parameters: { tau: 10 ms }
    state: { v: { unit: mV, initial: '15*mV*uniform()' } }
    derivatives: { v: (20*mV - v)/tau }
    events: { spike: { when: v > 15*mV, do: [v = 0*mV] } }
synapses:
  plain:
    parameters: { w: 1 mV, d: 1 ms }
    ports: { port: mV }
    pathways: { pre: { on: pre.spike, delay: d, do: ['port += w'] } }
populations:
  a: { type: cell, size: ${sizes[0]} }
  b: { type: cell, size: ${sizes[1]} }
  c: { type: cell, size: ${sizes[2]} }
projections:
${['a', 'b'].flatMap((from) => ['a', 'b', 'c'].map((to) => projection(`${from}${to}`, from, to))).join('\n')}
${projection('again', 'a', 'b', '-1 mV')}
${more}
timing: grid
experiment: { dt: 0.1 ms, seed: 4, protocol: ${protocol} }
`;
};

const build = (
  changes: Changes,
  options: Partial<BuildOptions> = {},
): { program: Program; fingerprint: (target: string, threads: number) => Promise<string> } => {
  const { valid } = importModel({ name: 'test.yaml', text: network(changes) });
  const program = buildProgram(valid, { precision: 'float64', keepsOrder: false, ...options });
  expect(checkProgram(program)).toEqual([]);
  const protocol = protocolOf(valid, program);
  const on = (name: string, threads: number): Promise<string> =>
    fingerprintOf({ name, target: targets[name]!, threads }, program, protocol);
  return { program, fingerprint: on };
};

/** The joint deliveries, with the number of their projections. */
const joint = ({ kernels }: Program): readonly string[] =>
  kernels.flatMap(({ name, comment }) => (/\.rows\d+$/.test(name) ? [`${name}: ${/\d+/.exec(comment)?.[0]}`] : []));

describe('joint rows', () => {
  test('are those of projections from one source, once for each target', () => {
    expect(joint(build({}).program)).toEqual(['a.spike.rows1: 3', 'b.spike.rows1: 3']);
    const { step } = build({}).program.schedule;
    expect(step.filter(({ slot }) => slot === 'synapses').map(({ kernel }) => kernel)).toContain('again.pre');
  });

  test.each<[string, Changes]>([
    ['with drawn delays', {}],
    ['with one delay', { delay: '1.5 ms' }],
    ['with one weight', { weight: '1 mV' }],
    ['with weights of both signs', { weight: "'normal(0.5*mV, 2*mV)'" }],
  ])('%s give the bits of separate ones', async (_, changes) => {
    const merged = build(changes);
    const separate = build(changes, { keepsOrder: true });
    expect(joint(separate.program)).toEqual([]);
    expect(joint(merged.program)).not.toEqual([]);
    const expected = await separate.fingerprint('reference', 1);
    expect(await merged.fingerprint('reference', 1)).toBe(expected);
    expect(await merged.fingerprint('wasm', 3)).toBe(expected);
  });

  test('give them on compiled engines', async () => {
    const { fingerprint } = build({});
    const expected = await fingerprint('wasm', 1);
    for (const name of ['c', 'opencl', 'mpi'])
      if ((await targets[name]!.probe()).available)
        expect(await fingerprint(name, name === 'c' ? 3 : 1), name).toBe(expected);
  });

  test('are refused where something reads or changes the synapses of one projection', () => {
    const of = (changes: Changes): readonly string[] => joint(build(changes).program);
    const record = 'record: [{ of: { projection: ab, indices: [0, 3] }, variables: [w], every: 1 ms }]';
    expect(of({ more: record })).toEqual(['a.spike.rows1: 2', 'b.spike.rows1: 3']);
    const protocol = '[run: 10 ms, { set: { ab.w: 1 mV } }, run: 10 ms]';
    expect(of({ protocol })).toEqual(['a.spike.rows1: 2', 'b.spike.rows1: 3']);
  });

  test('are refused for rows that are long already', () => {
    expect(joint(build({ delay: '1.5 ms', sizes: [70, 400, 400], p: 0.5 }).program)).toEqual([]);
  });

  test('keep 16 bits for a target', () => {
    const { program } = build({ sizes: [40_000, 40_000, 20_000], p: 0.0001 });
    expect(joint(program)).toEqual(['a.spike.rows1: 2', 'b.spike.rows1: 2']);
    const element = program.buffers.find(({ name }) => name === 'a.spike.rows1.targets')?.element;
    expect(element).toBe('u16');
  });

  test('replace the arrays of their projections, which are released', () => {
    const { schedule } = build({}).program;
    const released = schedule.initialise.flatMap((one) => (one.kind === 'release' ? one.buffers : []));
    expect(released).toEqual(expect.arrayContaining(['ab.segments', 'ab.sorted_targets', 'ab.w']));
    expect(released.filter((name) => name.startsWith('again.'))).not.toContain('again.w');
  });

  test('are divided among ranks by their targets', () => {
    const { program } = build({ sizes: [64, 128, 33] });
    const own = withOwnSynapses(program, distribute(program)).ownSynapses;
    expect(own.filter(({ targets: of }) => of === 'a.spike.rows1.targets')).toHaveLength(1);
  });
});
