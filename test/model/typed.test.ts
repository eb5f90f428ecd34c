/** The typed form of a model has the content of the written one. */

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assignedBy, numbersIn } from '../../src/model/assigned.js';
import { formulaOf } from '../../src/model/typed.js';
import { typedModel, writtenModel } from '../../src/model/typed-model.js';
import { normalised } from './support.js';

const cases = 'fixtures/model/hard';

describe('there and back', () => {
  test.each(readdirSync(cases))('%s', (name) => {
    const { model } = normalised(readFileSync(`${cases}/${name}`, 'utf8'));
    expect(writtenModel(typedModel(model))).toEqual(model);
  });
});

const text = `interneuron: 1
neurons:
  n:
    parameters: { m: { unit: V, value: 1 mV }, gamma: 2 }
    state: { v: { unit: V, initial: "m*uniform(0, 1)" } }
    inputs: { I: V }
    derived: { d: { unit: V, value: v + m } }
    events: { spike: { when: v > m, do: [v = m] } }
synapses:
  s: { parameters: { w: { unit: V, value: 1 mV } }, pathways: { pre: { on: pre.spike, do: [post.v += w] } } }
populations: { p: { type: n, size: 4 }, q: { type: n, size: 2 } }
projections:
  pp: { from: p, to: "q[0:1]", synapse: s, connect: [{ rule: pairs, p: 0.5 }] }
stimuli: { c: { kind: current, to: { assembly: [p, { population: q, indices: [1] }] }, input: I, value: 2*m } }
record:
  - { of: { population: p, sample: 2 }, variables: [v], name: traces }
  - { of: p, events: spike, name: spikes }
experiment: { dt: 0.1 ms, protocol: [{ set: { "p.m": 3 mV } }, { run: 1 ms }, { detach: c }, { run: 1 ms }] }
`;

describe('typed', () => {
  const { neurons, stimuli, recordings, experiment, projections } = typedModel(normalised(text).model);

  test('members of unions carry their kind', () => {
    expect(experiment.protocol.map(({ kind }) => kind)).toEqual(['set', 'run', 'detach', 'run']);
    expect(recordings.map(({ kind, of }) => [kind, of.kind])).toEqual([
      ['variables', 'sample'],
      ['events', 'slice'],
    ]);
    const to = stimuli['c']!.to;
    expect(to.kind === 'assembly' && to.assembly.map(({ kind }) => kind)).toEqual(['slice', 'indices']);
    expect(projections['pp']!.to.of).toEqual({ kind: 'slice', population: 'q', slice: [0, 1, 1] });
  });

  test('a name that a type declares is its variable, even if it is also a unit', () => {
    const { m } = neurons['n']!.parameters;
    expect(m!.value).toBe(0.001);
    const initial = formulaOf(neurons['n']!.state['v']!.initial)!;
    expect(initial.kind === 'binary' && initial.left).toMatchObject({ kind: 'name', name: 'm' });
    const current = stimuli['c']!;
    expect(current.kind === 'current' && current.value.kind === 'binary' && current.value.right).toMatchObject({
      kind: 'name',
      name: 'm',
    });
  });

  test('equal texts are one tree', () => {
    const { events } = neurons['n']!;
    const other = typedModel(
      normalised(text.replace('events: { spike:', 'events: { again: { when: v > m }, spike:')).model,
    ).neurons['n']!.events;
    expect(Object.keys(events)).toEqual(['spike']);
    expect(other['again']!.when).toBe(other['spike']!.when);
  });
});

describe('keys of phases', () => {
  test.each([
    ['p.v', { owner: 'p', variable: 'v' }, undefined],
    ['p[1, 3].v', { owner: 'p', indices: [1, 3], variable: 'v' }, [1, 3]],
    ['p[2:7:2].v', { owner: 'p', slice: [2, 7, 2], variable: 'v' }, [2, 4, 6]],
    ['p[2:4].v', { owner: 'p', slice: [2, 4, 1], variable: 'v' }, [2, 3]],
    ['v', { owner: '', variable: 'v' }, undefined],
  ])('%s', (key, assigned, numbers) => {
    expect(assignedBy(key)).toEqual(assigned);
    expect(numbersIn(assignedBy(key))).toEqual(numbers);
  });
});
