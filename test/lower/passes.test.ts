import { describe, expect, it, test } from 'vitest';
import { drawModel } from '../../src/draw/draw.js';
import { checkProgram } from '../../src/ir/check.js';
import * as ir from '../../src/ir/builder.js';
import type { Program } from '../../src/ir/program.js';
import { lower } from '../../src/lower/lower.js';
import { emptyPart, faultMeanings, joinedParts, PartBuilder } from '../../src/lower/context/program-part.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { brian } from '../support/brian-text.js';
import { simulate, trace } from '../support/simulate.js';
import '../../translators/brian/road.js';

const network = brian(`
  neuron_groups:
    A: { N: 3, model: "dv/dt = rate + noise : 1\\nrate : Hz\\nnoise = rand() / second : Hz (constant over dt)", threshold: v > 1, reset: v = 0 }
    B: { N: 2, model: "v : 1" }
  synapses:
    S: { source: A, target: B, model: "w : 1", on_pre: v_post += w, connect: true, initializers: { w: 0.5 }, delay: 1 ms }
  state_monitors: { M: { source: B, variables: v, record: true, dt: 1 ms } }
  spike_monitors: { N: { source: A } }
  run:
    - { set: { A.rate: 300 Hz }, duration: 5 ms }
`);

const lists = (program: Program): Record<string, readonly unknown[]> => ({
  buffers: program.buffers.map(({ name, element, length }) => ({ name, element, length })),
  kernels: program.kernels,
  events: program.events,
  logs: program.logs,
  initialise: program.schedule.initialise,
  notes: program.manifest.notes,
  faults: Object.values(program.manifest.faults),
});

describe('passes', () => {
  test.each(['brian', 'grid', 'lems-euler'] as const)(
    'only add to the results of earlier passes, each a legal program: %s',
    (timing) => {
      const programs: Program[] = [];
      const { valid } = importModel({ name: 'chain.yaml', text: network }, { timing });
      lower(drawModel(valid), { precision: 'float64', onPass: (_, program) => programs.push(program) });
      expect(programs.length).toBeGreaterThan(6);
      for (const [k, program] of programs.entries()) {
        expect(checkProgram(program)).toEqual([]);
        for (const [what, before] of Object.entries(lists(programs[k - 1] ?? program)))
          expect(lists(program)[what]?.slice(0, before.length), what).toEqual(before);
      }
    },
  );
});

test.each([
  ['parameter', '{ N: 4, model: "x : 1", initializers: { x: 10*i } }', 'x'],
  ['size', '{ N: 4, model: "y = N : 1" }', 'sizes'],
])('a table differs from a value that a group called table has: a %s', async (_, group, name) => {
  const run = await simulate(
    brian(`
    neuron_groups:
      table: ${group}
      G: { N: 1, model: "v = ${name}(t) : 1" }
    timed_arrays: { ${name}: { values: [1, 2, 3, 4], dt: 0.1 ms } }
    state_monitors: { M: { source: G, variables: v, record: true } }
    run: [ { duration: 0.4 ms } ]
  `),
  );
  expect(trace(run, 'G.v')).toEqual([1, 2, 3, 4]);
});

describe('the builder of a pass', () => {
  const first = new PartBuilder();
  const given = first.buffer('a', 'u32', 1, 'an array');
  const common = first.commonBuffer('time', 'f64', 1, 'an array that others may ask for');
  first.faultBit('too large', '/projections/p');
  first.note('chosen');
  first.procedure('again', { kind: 'run', kernel: 'k' });
  first.atMost(given, 2);
  const program = joinedParts(emptyPart, first.part());

  it('gives names that no pass before has given', () => {
    const second = new PartBuilder(program);
    expect(second.buffer('a', 'u32', 1, 'another').name).toBe('a_2');
    expect([...second.part().buffers.keys()]).toEqual(['a_2']);
  });

  it('finds the common parts of passes, and no private part', () => {
    const second = new PartBuilder(program);
    expect(second.commonBuffer('time', 'f64', 1, 'the same')).toBe(common);
    expect(second.known('time')).toBe(common);
    expect(second.known('a')).toBeUndefined();
    expect(second.part().buffers.size).toBe(0);
    // An array of the name that is not meant to be common is another one.
    expect(second.known('a')).toBeUndefined();
  });

  it('does once a task that several passes request', () => {
    const asked: string[] = [];
    const second = new PartBuilder(program);
    const ask = (builder: PartBuilder): void => builder.once('check', (key) => asked.push(key));
    ask(second);
    ask(second);
    ask(new PartBuilder(joinedParts(program, second.part())));
    expect(asked).toEqual(['check']);
  });

  it('numbers faults on, and lists each sentence once', () => {
    const second = new PartBuilder(program);
    expect(second.faultBit('too small')).toBe(2);
    expect(second.faultBit('too large')).toBe(1);
    second.note('chosen');
    const { faults, notes } = joinedParts(program, second.part());
    expect(faultMeanings(faults)).toEqual({
      1: { says: 'too large', pointer: '/projections/p' },
      2: { says: 'too small', pointer: '' },
    });
    expect([...notes]).toEqual(['chosen']);
    const several = new PartBuilder();
    for (let k = 0; k < 34; k++) several.faultBit(`f${k}`);
    const many = faultMeanings(several.part().faults);
    expect(Object.keys(many)).toHaveLength(32);
    expect(many[2 ** 31]).toEqual({ says: 'f31; or f32; or f33', pointer: '' });
  });

  it('appends to procedures, and keeps the largest of several bounds', () => {
    const second = new PartBuilder(program);
    second.procedure('again', { kind: 'run', kernel: 'l' });
    second.atMost(given, 1);
    const { procedures, bounds } = joinedParts(program, second.part());
    expect(procedures.get('again')).toEqual([
      { kind: 'run', kernel: 'k' },
      { kind: 'run', kernel: 'l' },
    ]);
    expect(bounds.get('a')).toBe(2);
    expect(program.procedures.get('again')).toHaveLength(1);
  });

  it('is closed once its pass has ended', () => {
    expect(() => first.buffer('late', 'u32', 1, 'too late')).toThrow('late is added to a pass that has ended');
    expect(() => first.sequential('late', 'too late', [ir.leave])).toThrow('a pass that has ended');
  });
});
