import { describe, expect, test } from 'vitest';
import { hashModel } from '../../../src/model/hash.js';
import { findings, normalised } from '../support.js';

const base = `interneuron: 1
neurons:
  cell:
    parameters: { tau: 10 ms, threshold: 20 mV, refract: 2 ms }
    state: { v: { unit: mV }, n: 0, last: { unit: ms } }
    derived: { q: n**4, drive: q*mV/ms }
    derivatives: { n: (1 - n)/tau }
    events:
      up: { when: n > 0.5, do: n = 0, emits: null }
      down: { when: n < -0.5, do: n = 0, emits: spike }
    regimes:
      run: { initial: true, derivatives: { v: drive, last: 1 }, order: [v, last], transitions: [{ when: v > threshold, to: rest, emit: spike }] }
      rest: { onEntry: [v = 0*mV, last = t], transitions: [{ when: n > 2, do: n = 0 }, { when: t > last + refract, to: run }] }
    sequence: [{ derived: [q], state: [n], events: [up, down] }, { derived: [drive], regimes: true }]
synapses:
  exp:
    parameters: { tau: 5 ms }
    state: { g: 0, latch: 0 }
    derived: { twice: 2*g }
    derivatives: { g: -g/tau }
    events: { full: { when: g > 1, do: [g = 1, latch = 1] } }
    pathways: { pre: { on: pre.spike, do: g += 0.5 } }
    sequence: [{ derived: [twice], state: [g], events: [full] }]
populations: { a: { type: cell, size: 2 } }
projections: { aa: { from: a, to: a, synapse: exp, connect: all } }
record: [{ of: a, events: spike }]
`;

/** The document with one text in place of another; the text must occur. */
function edited(from: string, to: string): string {
  const result = base.replace(from, to);
  if (result === base) throw new Error(`${from} does not occur`);
  return result;
}

const codes = (text: string): string[] => findings(text).map((finding) => finding.replace(/@.*/, ''));

test('the document by itself is valid', () => expect(findings(base)).toEqual([]));

test('the normal form keeps the order of lists, and is a document of the same model', () => {
  const { model } = normalised(base);
  expect(model.neurons['cell']?.sequence).toEqual([
    { derived: ['q'], state: ['n'], events: ['up', 'down'] },
    { derived: ['drive'], regimes: true },
  ]);
  expect(model.neurons['cell']?.regimes['run']?.order).toEqual(['v', 'last']);
  expect(model.synapses['exp']?.events).toEqual({
    full: { when: 'g > 1', edge: 'level', do: ['g = 1', 'latch = 1'], order: 0 },
  });
  expect(normalised(JSON.stringify(model)).model).toEqual(model);
});

describe('mistakes', () => {
  test.each<[string, string, string, readonly string[]]>([
    [
      'an unknown derived variable',
      'derived: [q], state',
      'derived: [q, p], state',
      ['model/unknown-derived-variable'],
    ],
    ['a state variable without a rate', 'state: [n], events', 'state: [n, last], events', ['model/unknown-derivative']],
    ['an unknown event', 'events: [up, down]', 'events: [up, down, left]', ['model/unknown-event']],
    ['a name listed twice', 'derived: [drive], regimes', 'derived: [q, drive], regimes', ['model/listed-twice']],
    [
      'a variable both propagated and stepped',
      'state: [n], events: [up',
      'propagate: [n], state: [n], events: [up',
      ['model/listed-twice'],
    ],
    ['a derived variable left out', 'derived: [q], state', 'state', ['model/not-listed']],
    ['a derivative left out', 'state: [n], events: [up', 'events: [up', ['model/not-listed']],
    ['an event left out', '[up, down]', '[up]', ['model/not-listed']],
    ['regimes left out', ', regimes: true }', ' }', ['model/not-listed']],
    ['an event of a synapse left out', 'state: [g], events: [full] }', 'state: [g] }', ['model/not-listed']],
    [
      'an unknown variable in the order of a regime',
      'order: [v, last]',
      'order: [v, last, n]',
      ['model/unknown-derivative'],
    ],
    ['a derivative left out of the order of a regime', 'order: [v, last]', 'order: [v]', ['model/not-listed']],
    ['a transition to an unknown regime', 'to: rest', 'to: rset', ['model/unknown-regime']],
    ['a name that nothing emits', 'emits: spike', 'emits: kick', []],
    ['a recording of an event that nobody sees', 'events: spike }]', 'events: up }]', ['model/unknown-event']],
    ['a condition of a synapse that is none', 'when: g > 1', 'when: g', ['lang/not-boolean']],
    ['an action of a synapse on what it does not have', 'latch = 1]', 'lach += 1]', ['model/unknown-variable']],
  ])('%s', (_, from, to, expected) => expect(codes(edited(from, to))).toEqual(expected));
});

describe('identity', () => {
  const hash = (text: string): string => hashModel(normalised(text).model).model;
  test.each<[string, string, string]>([
    ['an event that emits its own name', 'do: n = 0, emits: null', 'do: n = 0, emits: up'],
    ['an empty list', 'derived: [drive], regimes', 'derived: [drive], state: [], regimes'],
  ])('%s says nothing new', (_, from, to) => {
    const other = edited(from, to);
    const reference = from.includes('emits') ? edited('do: n = 0, emits: null', 'do: n = 0') : base;
    expect(hash(other)).toBe(hash(reference));
  });
  test.each<[string, string, string]>([
    [
      'the order of parts',
      'sequence: [{ derived: [q], state: [n], events: [up, down] }, { derived: [drive], regimes: true }]',
      'sequence: [{ derived: [drive], regimes: true }, { derived: [q], state: [n], events: [up, down] }]',
    ],
    ['what an event emits', 'emits: null', 'emits: spike'],
    ['the order of a regime', 'order: [v, last]', 'order: [last, v]'],
    ['a condition of a synapse', 'when: g > 1', 'when: g > 2'],
  ])('%s', (_, from, to) => expect(hash(edited(from, to))).not.toBe(hash(base)));
});

test('derived variables may read each other in a circle if a stepwise profile computes them in a stated order', () => {
  const circle = `interneuron: 1
neurons:
  cell:
    state: { x: 0 }
    derived: { a: { unit: 1, value: b + x }, b: { unit: 1, value: a/2 } }
    sequence: [{ derived: [a, b] }]
populations: { p: { type: cell, size: 1 } }
timing: lems-euler
`;
  expect(findings(circle)).toEqual([]);
  expect(codes(circle.replace('lems-euler', 'grid'))).toEqual(['model/derived-cycle']);
});
