import { describe, expect, test } from 'vitest';
import { check, findings, normalised } from '../support.js';

const model = (places: string, more = ''): string =>
  `
interneuron: 1
neurons:
  point: { inputs: { I: A }, events: { spike: { when: t > 0*second } } }
  cell:
    inputs: { I: A }
    compartments:
      initial: -70 mV
      sections: { a: { capacitance: 1 pF }, b: { parent: a, capacitance: 1 pF, coupling: 1 nS } }
synapses: { s: { state: { w: 1 }, pathways: { pre: w = 1 } } }
populations: { points: { type: point, size: 2 }, cells: { type: cell, size: 3 } }
projections:
  p: { from: points, to: { of: cells, places: ${places} }, synapse: s, connect: { rule: list, sources: [0, 1], targets: [2, 0] } }
${more}experiment: { dt: 0.1 ms, duration: 1 ms }
`
    .replace('post.I = 0*amp', 'w = 1')
    .replace('s: { pathways', 's: { state: { w: 1 }, pathways');

const placesOf = (places: string) => normalised(model(places)).model.projections['p']!.to.places;

describe('places of synapses', () => {
  test('names for each are indices of the different ones', () => {
    expect(placesOf('{ section: [b, a] }')).toEqual({
      sections: ['b', 'a'],
      section: { array: [0, 1] },
      fraction: 0.5,
    });
    expect(placesOf('{ section: b, fraction: [0.1, 1] }')).toEqual({
      sections: ['b'],
      section: 0,
      fraction: { array: [0.1, 1] },
    });
    expect(placesOf('{ sections: [a, b], section: i, fraction: "(j + 1)/(N_post + 1)" }')).toEqual({
      sections: ['a', 'b'],
      section: 'i',
      fraction: '(j + 1)/(N_post + 1)',
    });
  });

  test('normalised ones are as they are', () => {
    const { model: first } = normalised(model('{ section: [b, a], fraction: [0.25, 0.75] }'));
    const again = normalised(JSON.stringify(first)).model;
    expect(again.projections).toEqual(first.projections);
  });

  test.each([
    ['{ section: [b, c] }', 'model/unknown-section@'],
    ['{ sections: [b, c], section: 0 }', 'model/unknown-section@'],
    ['{ section: [b] }', 'model/wrong-length@'],
    ['{ section: [0, 1] }', 'model/section-names@'],
    ['{ section: a, fraction: [0.1] }', 'model/wrong-length@'],
    ['{ section: a, fraction: [0.1, 1.5] }', 'model/out-of-range@'],
    ['{ section: a, fraction: -0.5 }', 'model/out-of-range@'],
    ['{ sections: [a, b], section: [0, 2] }', 'model/out-of-range@'],
    ['{ section: a, fraction: normal() }', 'model/drawn-places@'],
    ['{ section: a, fraction: [0.1, 0.2] }, section: a', 'model/conflicting-keys@'],
    ['{ fraction: 0.5 }', 'model/missing-key@'],
  ])('%s is refused', (places, code) => {
    const found = findings(model(places));
    expect(found.map((one) => one.slice(0, code.length))).toContain(code);
  });

  test('points have no sections', () => {
    const { list } = check(model('{ section: a }').replace('of: cells', 'of: points'));
    expect(list.map(({ code }) => code)).toContain('model/unknown-section');
  });
});

test('places of a current are one for each element', () => {
  const current = (places: string): string =>
    model(
      '{ section: a }',
      `stimuli: { c: { kind: current, to: "cells[0:2]", input: I, value: 1*nA, places: ${places} } }\n`,
    );
  const { stimuli } = normalised(current('{ section: [a, b] }')).model;
  expect(stimuli['c']).toMatchObject({ places: { sections: ['a', 'b'], section: { array: [0, 1] } } });
  expect(findings(current('{ section: [a, b, a] }')).join()).toContain('model/wrong-length@');
});

test('values by section are for sections that the mechanism is on', () => {
  const leak = (on: string, values: string): string =>
    model('{ section: a }').replace(
      /(coupling: 1 nS } })/,
      `$1\n      mechanisms: { leak: { on: ${on}, density: false, parameters: { g: 1 nS }, reads: [v], writes: { i: -g*v }, values: ${values} } }`,
    );
  const { neurons } = normalised(leak('[a, b]', '{ b: { g: 2 nS }, a: { g: [3 nS] } }')).model;
  expect(neurons['cell']!.compartments!.mechanisms['leak']!.values).toEqual({
    b: { g: 2e-9 },
    a: { g: { array: [3e-9] } },
  });
  expect(findings(leak('a', '{ b: { g: 2 nS } }')).map((one) => one.replace(/\d.*/, ''))).toEqual([
    'model/values-elsewhere@',
  ]);
});

describe('recordings of several places', () => {
  const recorded = (record: string) => normalised(model('{ section: a }', `record: [${record}]\n`)).model.recordings;

  test('are one for each, with names of their own', () => {
    expect(recorded('{ of: cells, variables: v, places: [{ section: b, fraction: 0.25 }, { section: a }] }')).toEqual([
      { of: { population: 'cells' }, variables: ['v'], section: 'b', fraction: 0.25, name: 'cells_v_b' },
      { of: { population: 'cells' }, variables: ['v'], section: 'a', name: 'cells_v_a' },
    ]);
    const all = recorded('{ of: cells, variables: v, places: all, name: it }');
    expect(all.map(({ name }) => name)).toEqual(['it_a', 'it_b']);
    expect(all.map((one) => 'section' in one && one.section)).toEqual(['a', 'b']);
  });

  test.each([
    ['{ of: cells, variables: v, places: [{ section: c }] }', 'model/unknown-section@'],
    ['{ of: cells, variables: v, places: [{ section: a, fraction: 2 }] }', 'model/out-of-range@'],
    ['{ of: cells, variables: v, section: a, places: all }', 'model/conflicting-keys@'],
    ['{ of: points, events: spike, places: all }', 'model/conflicting-keys@'],
    ['{ of: points, variables: I, places: all }', 'model/every-place@'],
  ])('%s is refused', (record, code) => {
    const found = findings(model('{ section: a }', `record: [${record}]\n`));
    expect(found.map((one) => one.replace(/\d.*/, ''))).toContain(code);
  });
});

describe('compartments with equations of the type', () => {
  const cable = (parents: string, size: number): string => `
interneuron: 1
neurons:
  cell:
    state: { v: { unit: V } }
    cable: { parents: ${parents}, near: [1 um, 1 um], far: [1 um, 1 um], resistivity: 1 ohm*m, voltage: v, capacitance: 1*pF, current: 0*pA }
populations: { cells: { type: cell, size: ${size} } }
experiment: { dt: 0.1 ms, duration: 1 ms }
`;

  test.each([
    ['begins at one before it', cable('[-1, 0]', 4), []],
    ['begins at itself', cable('[-1, 1]', 2), ['model/bad-parent@6:28']],
    ['is the root and has a parent', cable('[0, 0]', 2), ['model/bad-parent@6:24']],
    ['is one too many for whole cells', cable('[-1, 0]', 3), ['model/cable-size@7:43']],
  ])('a compartment %s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });
});
