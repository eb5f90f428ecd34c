/**
 * Cells with structure: the discretisation, the schemes and their order, and a network of structured cells and points.
 *
 * Sources: Rall's cable theory (a sealed cable's input resistance), Hodgkin & Huxley (1952).
 */

import { fc } from '../../support/property.js';
import { describe, expect, test } from 'vitest';
import { treeOf } from '../../../src/model/compartment-tree.js';
import { drawModel } from '../../../src/draw/draw.js';
import { arrayOf } from '../../../src/model/arrays.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import type { Compartments } from '../../../src/model/typed.js';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { byCreation, refused, simulate } from '../../support/simulate.js';

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';
const leak = 'leak: { parameters: { g: 0.0001 S/cm**2, E: -70 mV }, reads: [v], writes: { i: g*(E - v) } }';

/** Hodgkin and Huxley's squid axon at 6.3 degrees on a soma, with two dendrites. */
const neuron = (method: string): string => `
  cell:
    method: ${method}
    inputs: { I: nA }
    compartments:
      initial: -65 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, ${membrane} }
        trunk: { parent: soma, length: 200 um, diameter: 2 um, divisions: 5, ${membrane} }
        left: { parent: trunk, length: 100 um, diameter: 1 um, divisions: 3, ${membrane} }
        right: { parent: trunk, length: 150 um, diameter: 1 um, divisions: 3, ${membrane} }
      groups: { dendrites: [trunk, left, right] }
      mechanisms:
        leak: { on: dendrites, parameters: { g: 0.0003 S/cm**2, E: -65 mV }, reads: [v], writes: { i: g*(E - v) } }
        squid:
          on: soma
          parameters: { gna: 0.12 S/cm**2, gk: 0.036 S/cm**2, gl: 0.0003 S/cm**2 }
          state: { m: am/(am + bm), h: ah/(ah + bh), n: an/(an + bn) }
          derived:
            am: { unit: 1/ms, value: 1/exprel(-(v + 40*mV)/(10*mV))/ms }
            bm: { unit: 1/ms, value: 4*exp(-(v + 65*mV)/(18*mV))/ms }
            ah: { unit: 1/ms, value: 0.07*exp(-(v + 65*mV)/(20*mV))/ms }
            bh: { unit: 1/ms, value: 1/(exp(-(v + 35*mV)/(10*mV)) + 1)/ms }
            an: { unit: 1/ms, value: 0.1/exprel(-(v + 55*mV)/(10*mV))/ms }
            bn: { unit: 1/ms, value: 0.125*exp(-(v + 65*mV)/(80*mV))/ms }
          derivatives: { m: am*(1 - m) - bm*m, h: ah*(1 - h) - bh*h, n: an*(1 - n) - bn*n }
          reads: [v]
          writes: { i: gna*m**3*h*(50*mV - v) + gk*n**4*(-77*mV - v) + gl*(-54.3*mV - v) }
    events: { spike: { when: v > 0*mV, edge: rising, section: soma, fraction: 0.5 } }`;

const network = (method: string, dt: number, more = ''): string => `
interneuron: 1
neurons:${neuron(method)}
  source:
    state: { phase: 0.3 }
    derivatives: { phase: 1/(7*ms) }
    events: { spike: { when: phase > 1, do: phase -= 1 } }
synapses:
  excitatory:
    parameters: { w: 2 nS, tau: 2 ms }
    state: { g: { unit: nS } }
    derivatives: { g: -g/tau }
    pathways: { pre: g += w }
    contributes: { post.I: g*(0*mV - post.v) }
populations: { cells: { type: cell, size: 3 }, sources: { type: source, size: 2 } }
projections:
  inward: { from: sources, to: { of: cells, section: left, fraction: 0.8 }, synapse: excitatory, connect: all, delay: 1 ms }
  onward: { from: cells, to: { of: cells, section: right, fraction: 0.2 }, synapse: excitatory, connect: { rule: all, self: false }, delay: 2 ms }
stimuli:
  step: { kind: current, to: cells, input: I, value: 0.5*nA if t > 5*ms else 0*nA, section: soma, fraction: 0.5 }
record:
  - { of: cells, variables: [v], section: right, fraction: 0.9, every: 1 ms }
  - { of: cells, events: spike }
timing: grid
experiment: { dt: ${dt} ms, duration: 12 ms }${more}
`;

/** Events at times that every step length hits; events of cells are only as exact as the step. */
const given = (text: string): string =>
  text
    .replace(
      'sources: { type: source, size: 2 }',
      'sources: { size: 2, spikes: { indices: [0, 1], times: [2 ms, 4 ms] } }',
    )
    .replace(/\n {2}onward.*/, '');

const atRight = async (method: string, dt: number): Promise<readonly number[]> => {
  const run = await simulate(given(network(method, dt)), { engines: [{ target: 'wasm', threads: 1 }] });
  return run.samples.get('cells.v')!.map(([first = 0]) => first);
};

const largest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, k) => Math.abs(value - b[k]!)));

describe('schemes', () => {
  test.each([
    ['cable', 2],
    ['cable-then-gates', 1],
    ['gates-then-cable', 1],
  ] as const)('%s is of order %d', async (method, order) => {
    const [coarse, middle, fine] = await Promise.all([0.02, 0.01, 0.005].map((dt) => atRight(method, dt)));
    // Successive differences fall by two to the order.
    const ratio = largest(coarse!, middle!) / largest(middle!, fine!);
    expect(Math.log2(ratio)).toBeGreaterThan(order - 0.35);
    expect(Math.log2(ratio)).toBeLessThan(order + 0.6);
  });

  test('all engines compute the same bits', async () => {
    const run = await simulate(network('auto', 0.025), {
      engines: [
        { target: 'reference', threads: 1 },
        { target: 'wasm', threads: 1 },
        { target: 'wasm', threads: 2 },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.events.get('cells.spike')!.length).toBeGreaterThan(2);
    expect(run.program.manifest.populations.map(({ name, size }) => [name, size])).toEqual([
      ['cells', 3],
      ['sources', 2],
    ]);
  });

  test('reports a voltage that grows beyond all bounds', async () => {
    const wild = network('auto', 0.025).replace('i: g*(E - v)', 'i: 40*g*(v - E)');
    const { faults } = await simulate(wild, { engines: [{ target: 'wasm', threads: 1 }] });
    expect(faults.join()).toMatch(/membrane potential of cell \(.*\) left all bounds: the time step of 0\.025 ms is/);
  });
});

describe('places', () => {
  test('lists onto places of one kind are one projection, with the results of many', async () => {
    const lists = (names: readonly string[]): string =>
      names
        .map(
          (section, k) =>
            `  p${k}: { from: sources, to: { of: cells, section: ${section}, fraction: 0.${3 + k} }, synapse: excitatory, ` +
            `connect: { rule: list, sources: [0, 1, 1], targets: [${k}, 2, 2] }, values: { w: ${k + 1} nS }, delay: ${k + 1} ms }`,
        )
        .join('\n');
    const text = given(network('auto', 0.025)).replace(/\n {2}inward.*/, `\n${lists(['left', 'right', 'left'])}`);
    const engines = [{ target: 'wasm', threads: 1 }] as const;
    const together = await simulate(text, { engines });
    // A recording of its synapses keeps a projection apart from the others.
    const watched = ['p0', 'p1', 'p2'].map(
      (name) => `  - { of: { projection: ${name} }, variables: [g], every: 12 ms }\n`,
    );
    const apart = await simulate(text.replace('record:\n', `record:\n${watched.join('')}`), { engines });
    expect(together.program.manifest.projections.map(({ name }) => name)).toEqual(['p0']);
    expect(apart.program.manifest.projections.map(({ name }) => name)).toEqual(['p0', 'p1', 'p2']);
    expect(largest(together.samples.get('cells.v')!.flat(), apart.samples.get('cells.v')!.flat())).toBeLessThan(1e-12);
    expect(together.samples.get('cells.v')!.flat().length).toBeGreaterThan(30);
  });
});

describe('a place for each synapse', () => {
  const engines = [{ target: 'wasm', threads: 1 }] as const;
  const [sources, targets] = [
    [0, 1, 1, 0, 1],
    [0, 2, 2, 1, 0],
  ];
  const sections = ['left', 'soma', 'right', 'left', 'left'];
  const fractions = [0.3, 0.5, 0.9, 0.95, 0.3];
  const between = (places: string): string => given(network('auto', 0.025)).replace(/\n {2}inward.*/, `\n${places}`);
  const list = (chosen: readonly number[]): string =>
    `connect: { rule: list, sources: [${chosen.map((k) => sources[k]).join()}], targets: [${chosen.map((k) => targets[k]).join()}] }, ` +
    `values: { w: [${chosen.map((k) => `${k + 1} nS`).join()}] }, delay: { array: [${chosen.map((k) => k + 1).join()}], unit: ms }`;
  const all = [0, 1, 2, 3, 4];
  const placed = (places: string, synapse = 'excitatory'): string =>
    `  inward: { from: sources, to: { of: cells, places: ${places} }, synapse: ${synapse}, ${list(all)} }`;
  const written = `{ section: [${sections.join()}], fraction: [${fractions.join()}] }`;

  test('is a projection with the results of one for each', async () => {
    const each = all
      .map(
        (k) =>
          `  p${k}: { from: sources, to: { of: cells, section: ${sections[k]}, fraction: ${fractions[k]} }, ` +
          `synapse: excitatory, ${list([k])} }`,
      )
      .join('\n');
    const recorded =
      'record:\n  - { of: { projection: inward, indices: [0, 1, 4] }, variables: [g, w], every: 4 ms }\n';
    const [one, many] = [
      await simulate(between(placed(written)).replace('record:\n', recorded), {
        engines: [{ target: 'reference', threads: 1 }, ...engines, { target: 'wasm', threads: 2 }],
      }),
      await simulate(between(each), { engines }),
    ];
    expect(one.samples.get('cells.v')).toEqual(many.samples.get('cells.v'));
    expect(one.events.get('cells.spike')).toEqual(many.events.get('cells.spike'));
    // Recorded synapses have their numbers in the model's projection.
    const series = one.program.manifest.samples.filter(({ owner, variable }) => owner === 'inward' && variable === 'w');
    expect(series.flatMap(({ indices }) => [...(indices as Uint32Array)]).sort((a, b) => a - b)).toEqual([0, 1, 4]);
    expect(new Set(series.map(({ recording }) => recording)).size).toBe(1);
  });

  test('takes indices of sections and expressions, and counts cells', async () => {
    const ways = [
      written,
      `{ sections: [left, soma, right], section: [0, 1, 2, 0, 0], fraction: [${fractions.join()}] }`,
      '{ sections: [soma, left, right], section: "2 if i == 1 else 1", fraction: "(j + 0.5)/N_post" }',
      '{ section: [right, left, left, left, left], fraction: 0.5 }',
    ];
    const runs = await Promise.all(ways.map((places) => simulate(between(placed(places)), { engines })));
    const [first, second, third, last] = runs.map(({ samples }) => samples.get('cells.v')!.flat());
    expect(second).toEqual(first);
    expect(largest(third!, first!)).toBeGreaterThan(1e-5);
    expect(largest(last!, first!)).toBeGreaterThan(1e-5);
  });

  test('indices and numbers in code of synapses are indices and numbers of cells', async () => {
    const counting = between(placed(written, 'counting')).replace(
      'populations:',
      `  counting:
    parameters: { source: { unit: 1, value: i }, onto: { unit: 1, value: j }, all: { unit: 1, value: N_post } }
    state: { w: { unit: nS, initial: 0 } }
    derived: { own: { unit: 1, value: N_incoming }, sent: { unit: 1, value: N_outgoing } }
    pathways: { pre: w += 1*nS*post.i }
    contributes: { post.I: w*1*mV }
populations:`,
    );
    const recorded = 'source, onto, all, own, sent, w';
    const record = `record:\n  - { of: { projection: inward }, variables: [${recorded}], every: 12 ms, name: it }\n`;
    const { samples, program } = await simulate(counting.replace('record:\n', record), { engines });
    expect(program.manifest.projections.length).toBeGreaterThan(1);
    const read = (variable: string): readonly number[] => {
      const pieces = program.manifest.samples.filter(
        ({ owner, variable: own }) => owner === 'inward' && own === variable,
      );
      expect(pieces.every(({ recording }) => recording === 'it')).toBe(true);
      const rows = samples.get(`inward.${variable}`)!;
      const last = (k: number): readonly number[] => rows[((k + 1) * rows.length) / pieces.length - 1]!;
      const numbers: number[] = [];
      pieces.forEach(({ indices }, k) =>
        (indices as Uint32Array).forEach((synapse, at) => (numbers[synapse] = last(k)[at]!)),
      );
      return numbers;
    };
    expect(read('source')).toEqual(sources);
    expect(read('onto')).toEqual(targets);
    expect(read('all')).toEqual([3, 3, 3, 3, 3]);
    expect(read('own')).toEqual([2, 2, 2, 1, 2]);
    expect(read('sent')).toEqual([2, 3, 3, 2, 3]);
    // The contribution of each source's single event: the index of the cell.
    expect(read('w').map((weight, k) => Math.round((weight - (k + 1) * 1e-9) * 1e9))).toEqual(targets);
  });

  test('may be drawn: uniform along sections and over them, and others with another seed', async () => {
    const drawn = between(
      '  inward: { from: sources, to: { of: cells, places: { sections: [left, right, trunk], section: "int(uniform(0, 3))", ' +
        'fraction: "uniform(0.2, 0.8)" } }, synapse: excitatory, connect: { rule: list, sources: [' +
        `${Array.from({ length: 900 }, () => 0).join()}], targets: [${Array.from({ length: 900 }, (_, k) => k % 3).join()}] } }`,
    );
    const placesOf = (text: string): readonly (readonly number[])[] => {
      const { model, data } = drawModel(importModel({ name: 'drawn.yaml', text }).valid);
      const { section, fraction } = model.projections['inward']!.to.places!;
      return [section, fraction].map((value) =>
        typeof value === 'object' && value.kind === 'array' ? Array.from(arrayOf(value.array, data)) : [],
      );
    };
    const [sections, fractions] = placesOf(drawn) as [readonly number[], readonly number[]];
    for (const section of [0, 1, 2]) {
      const share = sections.filter((one) => one === section).length;
      // Within four standard deviations of a binomial distribution.
      expect(Math.abs(share - 300)).toBeLessThan(4 * Math.sqrt(900 / 4.5));
    }
    expect(Math.min(...fractions)).toBeGreaterThan(0.2);
    expect(Math.max(...fractions)).toBeLessThan(0.8);
    expect(Math.abs(fractions.reduce((sum, one) => sum + one) / 900 - 0.5)).toBeLessThan(
      (4 * 0.6) / Math.sqrt(12 * 900),
    );
    expect(new Set(fractions).size).toBe(900);
    expect(placesOf(drawn.replace('dt: ', 'seed: 2, dt: '))).not.toEqual([sections, fractions]);
  });

  test('reports a wrong place once connections are known', () => {
    const connected = (places: string, connect: string): string =>
      refused(
        between(
          `  inward: { from: sources, to: { of: cells, places: ${places} }, synapse: excitatory, connect: ${connect} }`,
        ),
      ).join();
    expect(connected('{ section: left, fraction: i + 0.5 }', 'all')).toMatch(/^draw\/no-place: /);
    expect(connected('{ section: left, fraction: [0.5, 0.1] }', 'all')).toMatch(/^draw\/wrong-number-of-places: /);
    expect(connected('{ section: left, fraction: i/2 }', '{ rule: pairs, p: 0.5 }')).toMatch(/drawn on the target/);
    expect(connected('{ section: left, fraction: (i + j)/3 }', 'all, delay: 1 ms')).toBe('');
  });

  test('links read variables there', async () => {
    const reader = network('auto', 0.025)
      .replace('\n  source:', '\n  reader: { parameters: { seen: { unit: mV, value: 0 } } }\n  source:')
      .replace(
        'sources: {',
        `readers: { type: reader, size: 3, linked: { seen: { population: cells, variable: v, index: [2, 0, 1], places: { section: [soma, right, left], fraction: [0.5, 0.9, 0.2] } } } }, sources: {`,
      )
      .replace(
        'record:\n',
        `record:
  - { of: readers, variables: [seen], every: 0.025 ms }
${[
  ['soma', 0.5],
  ['right', 0.9],
  ['left', 0.2],
]
  .map(
    ([section, fraction], k) =>
      `  - { of: cells, variables: [v], every: 0.025 ms, section: ${section}, fraction: ${fraction}, name: place${k} }\n`,
  )
  .join('')}`,
      );
    const { samples } = await simulate(reader, { engines });
    const [seen, soma, right, left] = ['readers.seen', 'place0/v', 'place1/v', 'place2/v'].map((key) =>
      samples.get(key)!,
    );
    const read = soma!.map((_, row) => [soma![row]![2], right![row]![0], left![row]![1]]);
    // Links are read at the beginning of a step, and samples are taken at its end.
    expect(seen!.slice(1)).toEqual(read.slice(0, -1));
    expect(new Set(seen!.at(-1)).size).toBe(3);
  });

  test('currents take one for each element', async () => {
    const step = (places: string): string =>
      network('auto', 0.025).replace(/input: I, (.*), section: soma, fraction: 0.5 }/, `input: I, $1, ${places} }`);
    const three = ['left', 'soma', 'left'].map(
      (section, k) =>
        `  step${k}: { kind: current, to: "cells[${k}]", input: I, value: 0.5*nA if t > 5*ms else 0*nA, section: ${section}, fraction: 0.${k + 3} }\n`,
    );
    const [one, each] = [
      await simulate(step('places: { section: [left, soma, left], fraction: [0.3, 0.4, 0.5] }'), { engines }),
      await simulate(network('auto', 0.025).replace(/ {2}step:.*\n/, three.join('')), { engines }),
    ];
    expect(one.samples.get('cells.v')).toEqual(each.samples.get('cells.v'));
  });
});

test('all places of a cell are recorded at once, and a mechanism at its own places', async () => {
  const named = network('auto', 0.025).replace('fraction: 0.9, every: 1 ms', 'fraction: 0.9, every: 1 ms, name: far');
  const text = given(named).replace(
    'record:\n',
    'record:\n  - { of: cells, variables: [v, squid.m], places: all, every: 1 ms, name: all }\n',
  );
  const { samples, program } = await simulate(text, { engines: [{ target: 'wasm', threads: 1 }] });
  const names = program.manifest.samples.filter(({ recording }) => recording.startsWith('all'));
  expect(names.filter(({ variable }) => variable === 'v')).toHaveLength(12);
  expect(names.filter(({ variable }) => variable === 'squid.m').map(({ recording }) => recording)).toEqual([
    'all_soma',
  ]);
  // The last of three pieces of the right branch is that at nine tenths of it.
  expect(samples.get('all_right_2/v')).toEqual(samples.get('far/v')!);
});

test('a drawn value of a cell is the same on all of its places, and drawn again by a phase', async () => {
  const text = network('auto', 0.025)
    .replace('method: auto\n', 'method: auto\n    parameters: { b: { unit: 1, value: 0 } }\n')
    .replace('size: 3 }', 'size: 3, values: { b: "uniform(0, 1)" } }')
    .replace(
      'record:\n',
      `record:\n${['soma', 'trunk', 'left', 'right'].map((section) => `  - { of: cells, variables: [b], section: ${section}, every: 1 ms, name: ${section} }\n`).join('')}`,
    )
    .replace(', duration: 12 ms', ', protocol: [{ run: 1 ms }, { set: { cells.b: "uniform(2, 3)" } }, { run: 1 ms }]');
  const { samples } = await simulate(text);
  const first = samples.get('soma/b')!;
  expect(new Set(first.flat()).size).toBe(6);
  for (const section of ['trunk', 'left', 'right']) expect(samples.get(`${section}/b`)).toEqual(first);
});

test('phases set parameters of mechanisms, even of one among several with the same equations', async () => {
  const leakOf = (name: string, on: string, g: string): string =>
    `        ${name}: { on: ${on}, parameters: { g: 0.0003 S/cm**2, E: -65 mV, h: 0.003 S/cm**2 }, reads: [v], writes: { i: '${g}*(E - v)' } }\n`;
  const text = (first: string, second: string, run: string): string =>
    given(network('auto', 0.025))
      .replace(/ {8}leak: .*\n/, leakOf('one', 'trunk', first) + leakOf('other', '[left, right]', second))
      .replace(', duration: 12 ms', `, protocol: [${run}]`);
  const set = '{ set: { cells.other.g: [0.003 S/cm**2, 0.003 S/cm**2, 0.003 S/cm**2] } }';
  const [phases, always] = [
    await simulate(text('g', 'g', `{ run: 5 ms }, ${set}, { run: 7 ms }`)),
    await simulate(text('g', '(h if t > 4.99*ms else g)', '{ run: 12 ms }')),
  ];
  expect(phases.samples.get('cells.v')).toEqual(always.samples.get('cells.v'));
  expect(phases.samples.get('cells.v')).not.toEqual(
    (await simulate(text('g', 'g', '{ run: 12 ms }'))).samples.get('cells.v'),
  );
  // On the trunk it is the second with its equations, on the right branch the first.
  const third = leakOf('third', 'right', 'g').trim().replace('-65 mV', '-50 mV');
  const withThird = (own: string): string =>
    own.replace('[left, right]', '[trunk, right]').replace(/( +)squid:/, `$1${third}\n$1squid:`);
  const shared = [
    await simulate(
      withThird(text('g', 'g', '{ run: 5 ms }, { set: { cells.other.g: 0.003 S/cm**2 } }, { run: 7 ms }')),
    ),
    await simulate(withThird(text('g', '(h if t > 4.99*ms else g)', '{ run: 12 ms }'))),
  ];
  expect(shared[0]!.samples.get('cells.v')).toEqual(shared[1]!.samples.get('cells.v'));
  const refusal = (key: string): string =>
    refused(text('g', 'g', `{ run: 5 ms }, { set: { ${key}: 1 } }, { run: 7 ms }`)).join();
  expect(refusal('cells.other.q')).toMatch(/^model\/unknown-variable: /);
  expect(refusal('cells.nothing.g')).toMatch(/^model\/unknown-variable: /);
  expect(refusal('sources.other.g')).toMatch(/^model\/unknown-variable: /);
});

describe('values by section', () => {
  const engines = [{ target: 'wasm', threads: 1 }] as const;
  const leakLine = / {8}leak: .*\n/;
  const at = (text: string) => given(network('auto', 0.025).replace(leakLine, text));
  const voltages = async (text: string) => (await simulate(at(text), { engines })).samples.get('cells.v')!.flat();
  const equations = 'reads: [v], writes: { i: g*(E - v) }';
  const parameters = (g: string): string => `parameters: { g: ${g}, E: -65 mV }`;

  test('equal values of a mechanism for each section', async () => {
    const numbers = { trunk: 0.0003, left: 0.0001, right: 0.0002 };
    const each = Object.entries(numbers).map(
      ([section, g]) => `        leak_${section}: { on: ${section}, ${parameters(`${g} S/cm**2`)}, ${equations} }\n`,
    );
    const values = 'values: { dendrites: { g: 0.0001 S/cm**2 }, trunk: { g: 3 S/m**2 }, right: { g: 2 S/m**2 } }';
    const one = `        leak: { on: dendrites, ${parameters('0 S/m**2')}, ${equations}, ${values} }\n`;
    expect(await voltages(one)).toEqual(await voltages(each.join('')));
  });

  test('are lists by compartment, and expressions of the place', async () => {
    const ofPlace = `        leak: { on: dendrites, ${parameters('0 S/m**2')}, ${equations}, values: { dendrites: { g: 3*siemens/metre**2*(1 + distance/(100*umetre)) } } }\n`;
    const always = `        leak: { on: dendrites, ${parameters('3*siemens/metre**2*(1 + distance/(100*umetre))')}, reads: [v, distance], writes: { i: g*(E - v) } }\n`;
    // The soma is 20 um long; then come compartments of 40 um, and branches of 100/3 and 50 um.
    const distances = [
      ...[0, 1, 2, 3, 4].map((k) => 20 + 40 * (k + 0.5)),
      ...[0, 1, 2].map((k) => 220 + (100 / 3) * (k + 0.5)),
      ...[0, 1, 2].map((k) => 220 + 50 * (k + 0.5)),
    ];
    const list = distances.map((distance) => 3 * (1 + distance / 100));
    const listed = `        leak: { on: dendrites, ${parameters('0 S/m**2')}, ${equations}, values: { dendrites: { g: [${list.join()}] } } }\n`;
    const [first, second, third] = await Promise.all([ofPlace, always, listed].map(voltages));
    expect(largest(first!, second!)).toBeLessThan(1e-12);
    expect(largest(first!, third!)).toBeLessThan(1e-12);
    expect(first!.length).toBeGreaterThan(30);
  });

  test('are first values of state and concentrations too', async () => {
    const calcium = `
interneuron: 1
neurons:
  cell:
    compartments:
      initial: -70 mV
      temperature: 300 K
      sections: { a: { capacitance: 1 pF }, b: { parent: a, capacitance: 1 pF, coupling: 1 pS }, c: { parent: b, capacitance: 1 pF, coupling: 1 pS } }
      groups: { ends: [b, c] }
      ions: { ca: { valence: 2, inside: 0.0001, outside: 2, reversal: nernst, at: { ends: { outside: 4 }, c: { inside: 0.0002 } } } }
      mechanisms:
        gate: { density: false, state: { m: 0.25 }, derivatives: { m: 0/second*m }, values: { b: { m: 0.5 }, c: { m: 0.75 } }, writes: { i: 0*amp*m } }
        channel: { density: false, reads: [e_ca, v], derived: { e: { unit: V, value: e_ca } }, writes: { i_ca: 0*siemens*(e_ca - v) } }
populations: { cells: { type: cell, size: 2 } }
record:
${['a', 'b', 'c'].map((section) => `  - { of: cells, variables: [gate.m, channel.e], section: ${section}, every: 0.1 ms, name: at_${section} }\n`).join('')}
timing: grid
experiment: { dt: 0.1 ms, duration: 0.1 ms }`;
    const { samples } = await simulate(calcium);
    const read = (section: string, variable: string): readonly number[] =>
      samples.get(`at_${section}/${variable}`)![0]!;
    expect(['a', 'b', 'c'].map((section) => read(section, 'gate.m'))).toEqual([0.25, 0.5, 0.75].map((m) => [m, m]));
    const scale = (8.31446261815324 * 300) / (2 * 96485.33212331001);
    [2 / 1e-4, 4 / 1e-4, 4 / 2e-4].forEach((ratio, k) =>
      expect(read('abc'[k]!, 'channel.e')[1]).toBeCloseTo(scale * Math.log(ratio), 12),
    );
  });

  test('refuses values that cannot be given', () => {
    const refusal = (values: string): string =>
      refused(
        at(`        leak: { on: dendrites, ${parameters('0 S/m**2')}, ${equations}, values: ${values} }\n`),
      ).join();
    expect(refusal('{ soma: { g: 1 S/m**2 } }')).toMatch(/^model\/values-elsewhere: /);
    expect(refusal('{ tail: { g: 1 S/m**2 } }')).toMatch(/section tail/);
    expect(refusal('{ left: { h: 1 S/m**2 } }')).toMatch(/^model\/unknown-variable: /);
    expect(refusal('{ left: { g: 1 mV } }')).toMatch(/dimension/);
    expect(refusal('{ left: { g: [1, 2] } }')).toMatch(/^model\/wrong-length: /);
    expect(refusal('{ left: { g: v*siemens/metre**2/volt } }')).toMatch(/unknown-name: v /);
  });
});

describe('sections that are given by capacitance and coupling', () => {
  const reduced = (density: boolean): string => `
interneuron: 1
neurons:
  cell:
    inputs: { I: A }
    compartments:
      initial: -70 mV
      sections: { soma: { capacitance: 100 pF }, dendrite: { parent: soma, capacitance: 50 pF, coupling: 5 nS } }
      mechanisms: { leak: { density: ${String(density)}, parameters: { g: 10 ${density ? 'S/m**2' : 'nS'}, E: -70 mV }, reads: [v], writes: { i: g*(E - v) } } }
    events: { spike: { when: v > 0*mV, section: soma } }
populations: { cells: { type: cell, size: 2 } }
stimuli: { step: { kind: current, to: cells, input: I, value: 100 pA, section: soma } }
record:
  - { of: cells, variables: [v], section: soma, every: 200 ms, name: near }
  - { of: cells, variables: [v], section: dendrite, every: 200 ms, name: far }
timing: grid
experiment: { dt: 0.1 ms, duration: 200 ms }`;

  test('come to the voltages of two conductances and a coupling', async () => {
    const { samples } = await simulate(reduced(false));
    // 10 nS at either end, 5 nS between: the far end's share is a third of the near one's.
    const near = 100e-12 / (10e-9 + (5e-9 * 10e-9) / (5e-9 + 10e-9));
    expect(samples.get('near/v')![1]![0]!).toBeCloseTo(-0.07 + near, 9);
    expect(samples.get('far/v')![1]![1]!).toBeCloseTo(-0.07 + near / 3, 9);
  });

  test('have no area', () => {
    expect(refused(reduced(true)).join()).toMatch(/not-given: the area of soma, by which the currents of leak count/);
  });
});

test('mechanisms read the shape of their compartment', async () => {
  const cone = 'points: [[0 um, 0 um, 0 um, 4 um], [100 um, 0 um, 0 um, 2 um]], divisions: 2';
  const shape =
    'shape: { reads: [v, length, diameter, distance, area], derived: { all: { unit: m, value: length + diameter + distance }, whole: { unit: m**2, value: area } }, writes: { i: 0*amp/metre**2*(v/volt) } }';
  const { samples } = await simulate(
    `
interneuron: 1
neurons: { cell: { compartments: { initial: -70 mV, sections: { a: { ${cone}, ${membrane} } }, mechanisms: { ${leak}, ${shape} } } } }
populations: { cells: { type: cell, size: 1 } }
record: [{ of: cells, variables: [shape.all, shape.whole], section: a, fraction: 0.9, every: 1 ms }]
timing: grid
experiment: { dt: 0.1 ms, duration: 1 ms }`,
    { engines: [{ target: 'wasm', threads: 1 }] },
  );
  const area = Math.PI * (1.5e-6 + 1e-6) * Math.hypot(50e-6, 0.5e-6);
  expect(samples.get('cells.shape.whole')![0]![0]!).toBeCloseTo(area, 20);
  expect(samples.get('cells.shape.all')![0]![0]!).toBeCloseTo(50e-6 + area / (Math.PI * 50e-6) + 75e-6, 12);
});

describe('discretisation', () => {
  const sections = (more: object): Compartments =>
    ({
      sections: { soma: { divisions: 1, specificCapacitance: 0.01, resistivity: 1, ...more } },
    }) as unknown as Compartments;

  test('areas are areas of frusta, and sum to the area of the section', () => {
    const points = [
      [0, 0, 0, 2e-6],
      [30e-6, 0, 0, 2e-6],
      [30e-6, 40e-6, 0, 1e-6],
    ];
    const { compartments } = treeOf(sections({ points, divisions: 7 }));
    const slanted = Math.PI * 1.5e-6 * Math.hypot(40e-6, 0.5e-6);
    const whole = Math.PI * 2e-6 * 30e-6 + slanted;
    expect(compartments.reduce((sum, { area }) => sum + (area ?? 0), 0)).toBeCloseTo(whole, 18);
    expect(compartments.map(({ distance }) => distance * 1e6)).toEqual(
      [5, 15, 25, 35, 45, 55, 65].map((middle) => expect.closeTo(middle, 9) as number),
    );
    expect(compartments[6]!.centre[1]).toBeCloseTo(35e-6, 12);
  });

  test('a jump of the diameter adds a ring to the area, as in NEURON', () => {
    const points = [
      [0, 0, 0, 2e-6],
      [50e-6, 0, 0, 2e-6],
      [50e-6, 0, 0, 6e-6],
      [100e-6, 0, 0, 1e-6],
    ];
    const { compartments } = treeOf(sections({ points, divisions: 3 }));
    const areas = compartments.map(({ area }) => (area ?? 0) * 1e12);
    // NEURON 9.0.2: areas in um2 of the segments of a section with these points.
    for (const [k, area] of [209.4395102393, 400.7164768654, 279.6015282756].entries())
      expect(areas[k]).toBeCloseTo(area, 8);
  });

  test('points between two neighbours are left out, points between three are nodes', () => {
    const shape = { divisions: 2, length: 1e-5, diameter: 1e-6, specificCapacitance: 0.01, resistivity: 1 };
    const tree = (names: Record<string, object>): number =>
      treeOf({
        sections: Object.fromEntries(Object.entries(names).map(([name, more]) => [name, { ...shape, ...more }])),
      }).size;
    const parent = { section: 'a', fraction: 1 };
    expect(tree({ a: {}, b: { parent } })).toBe(4);
    expect(tree({ a: {}, b: { parent }, c: { parent } })).toBe(7);
    expect(tree({ a: {}, b: { parent: { section: 'a', fraction: 0.5 } } })).toBe(4);
  });

  test('the input resistance of a sealed cable follows cable theory', async () => {
    const [length, diameter, membraneResistance, resistivity] = [500e-6, 1e-6, 1, 1];
    const constant = Math.sqrt((diameter * membraneResistance) / (4 * resistivity));
    const infinite = (2 / Math.PI) * Math.sqrt((membraneResistance * resistivity) / diameter ** 3);
    const expected = infinite / Math.tanh(length / constant);
    const { samples } = await simulate(
      `
interneuron: 1
neurons:
  cell:
    inputs: { I: A }
    compartments:
      initial: -70 mV
      sections: { a: { length: 500 um, diameter: 1 um, divisions: 401, ${membrane} } }
      mechanisms: { ${leak} }
populations: { cells: { type: cell, size: 1 } }
stimuli: { step: { kind: current, to: cells, input: I, value: 1 pA, section: a, fraction: 0 } }
record: [{ of: cells, variables: [v], section: a, fraction: 0, every: 200 ms }]
timing: grid
experiment: { dt: 0.1 ms, duration: 200 ms }`,
      { engines: [{ target: 'wasm', threads: 1 }] },
    );
    const change = samples.get('cells.v')![1]![0]! + 0.07;
    // The first voltage is in the middle of a compartment, half of 1.25 um from the end.
    expect(change / 1e-12 / expected).toBeCloseTo(1, 2);
  });
});

describe('unsupported features', () => {
  const refusal = async (text: string): Promise<string> => {
    try {
      await simulate(text, { engines: [{ target: 'wasm', threads: 1 }] });
    } catch (error) {
      if (error instanceof DiagnosticError) return error.diagnostics.map(({ message }) => message).join('; ');
      throw error;
    }
    return '';
  };
  const cell = network('auto', 0.025);

  test.each([
    [
      'under lems-euler',
      cell.replace('timing: grid', 'timing: lems-euler'),
      /compartments.* under the timing profile lems-euler/,
    ],
    [
      'an ion that nobody sets',
      cell
        .replace('reads: [v], writes: { i: g*(E - v) }', 'reads: [v, e_k], writes: { i_k: g*(e_k - v) }')
        .replace('groups:', 'ions: { k: { valence: 1 } }\n      groups:'),
      /the reversal potential of k, which nothing sets/,
    ],
    [
      'a section without capacitance',
      cell.replace(`diameter: 20 um, ${membrane}`, 'diameter: 20 um, resistivity: 1 ohm*m'),
      /the section soma has no specificCapacitance/,
    ],
    [
      'a variable that is not there',
      cell.replace('variables: [v], section: right', 'variables: [squid.m], section: right'),
      /the section right has no variable squid.m/,
    ],
    [
      'another method',
      cell.replace('method: auto', 'method: rk4'),
      /the integration method rk4 of a cell with compartments/,
    ],
    [
      'a point with a method of cables',
      cell.replace('state: { phase: 0.3 }', 'method: cable\n    state: { phase: 0.3 }'),
      /it has no compartments/,
    ],
  ])('%s', async (_, text, expected) => {
    expect(await refusal(text)).toMatch(expected);
  });
});

describe('any tree of cylinders', () => {
  const resistivity = 1.5;
  const cylinder = fc.record({
    /** Of the sections before it, which one it grows from the end of; the first is the root. */
    parent: fc.nat(),
    length: fc.integer({ min: 5, max: 400 }).map((um) => um * 1e-6),
    diameter: fc.integer({ min: 1, max: 40 }).map((halves) => halves * 0.5e-6),
    divisions: fc.integer({ min: 1, max: 5 }),
  });

  test('is numbered parents first, keeps all area, and has the resistance of its cylinders to the root', () => {
    fc.assert(
      fc.property(fc.array(cylinder, { minLength: 1, maxLength: 12 }), (cylinders) => {
        const above = (k: number): number => (k === 0 ? -1 : cylinders[k]!.parent % k);
        const sections: Compartments['sections'] = Object.fromEntries(
          cylinders.map(({ parent: _, ...shape }, k) => [
            `s${k}`,
            {
              ...shape,
              resistivity,
              specificCapacitance: 0.01,
              ...(k === 0 ? {} : { parent: { section: `s${above(k)}`, fraction: 1 } }),
            },
          ]),
        );
        const { compartments, order, up, coupling, axial, size } = treeOf({ sections });
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, node) => node));
        for (let place = 1; place < size; place += 1) expect(up[place]).toBeLessThan(place);
        const area = compartments.reduce((sum, one) => sum + (one.area ?? 0), 0);
        const expected = cylinders.reduce((sum, { length, diameter }) => sum + Math.PI * diameter * length, 0);
        expect(area / expected).toBeCloseTo(1, 12);

        /** Resistance of a part of a section, in ohm. */
        const along = (k: number, share: number): number =>
          (resistivity * cylinders[k]!.length * share) / ((Math.PI / 4) * cylinders[k]!.diameter ** 2);
        const whole = (k: number): number => (k < 0 ? 0 : along(k, 1) + whole(above(k)));
        const begin = along(0, 0.5 / cylinders[0]!.divisions);
        const found = new Float64Array(size);
        const neighbours = new Float64Array(size);
        for (let place = 1; place < size; place += 1) {
          found[place] = found[up[place]!]! + 1 / coupling[place]!;
          for (const one of [place, up[place]!]) neighbours[one] = neighbours[one]! + coupling[place]!;
          const compartment = compartments[order[place]!];
          if (!compartment) continue;
          const k = Number(compartment.section.slice(1));
          const share = (compartment.division + 0.5) / cylinders[k]!.divisions;
          const resistance = along(k, share) + whole(above(k)) - begin;
          expect(found[place]! / resistance).toBeCloseTo(1, 9);
        }
        axial.forEach((sum, place) => expect(sum).toBeCloseTo(neighbours[place]!, 12));
      }),
    );
  });
});

describe('connections onto places of cells', () => {
  const soma = `soma: { length: 20 um, diameter: 20 um, ${membrane} }`;
  const dendrite = `dendrite: { parent: soma, length: 100 um, diameter: 1 um, divisions: 3, ${membrane} }`;
  const structured = `inputs: { I: nA }
    compartments: { initial: -65 mV, sections: { ${soma}, ${dendrite} }, mechanisms: { ${leak} } }
    events: { spike: { when: v > 0*mV, edge: rising, section: soma, fraction: 0.5 } }`;
  const point = `inputs: { I: nA }
    state: { v: { unit: V } }
    derivatives: { v: -v/(10*ms) + I*ohm/ms }
    events: { spike: { when: v > 1*volt } }`;
  /** The cells that synapses connect, as the model counts them. */
  const ends = async (
    cell: string,
    connect: string,
    from: string,
    to: string,
  ): Promise<readonly (readonly number[])[]> => {
    const run = await simulate(`interneuron: 1
timing: grid
neurons:
  cell:
    ${cell}
synapses:
  s:
    parameters: { a: 0, b: 0 }
    state: { g: { unit: nS } }
    derivatives: { g: -g/(2*ms) }
    pathways: { pre: { on: pre.spike, do: [g += 1*nS] } }
    contributes: { post.I: g*mV }
populations: { p: { type: cell, size: 7 } }
projections: { c: { from: '${from}', to: ${to}, synapse: s, connect: ${connect}, delay: 1 ms, values: { a: i, b: j } } }
experiment: { dt: 0.1 ms, seed: 5, duration: 1 ms }
`);
    return [byCreation(run, 'c', 'a'), byCreation(run, 'c', 'b')];
  };

  test.each([
    '{ rule: all, self: false }',
    '{ rule: probability, p: 0.5, self: false }',
    "{ rule: pairs, p: 'exp(-abs(i - j)/3)', self: false }",
    '{ rule: fixedInDegree, n: 3, self: false }',
    '{ rule: fixedTotal, n: 13, self: false }',
    "{ rule: pairs, condition: 'i != j' }",
  ])('%s connects the same cells as between points', async (connect) => {
    for (const [from, to] of [
      ['p', 'p'],
      ['p[0:5]', 'p[2:7]'],
    ] as const) {
      const points = await ends(point, connect, from, `'${to}'`);
      expect(points[0]?.length).toBeGreaterThan(3);
      expect(await ends(structured, connect, from, `{ of: '${to}', section: dendrite, fraction: 0.5 }`)).toEqual(
        points,
      );
    }
  });
});

test('a Poisson input into an input flows into the places that fire: all sources at every step are a current a step later', async () => {
  const stimulus = (text: string): string =>
    network('auto', 0.025).replace(/step: \{ kind: current.*/, `step: { to: cells, ${text} }`);
  const given = await simulate(
    stimulus('kind: current, input: I, value: 0.5*nA*int(t > 0.02*ms), section: soma, fraction: 0.5'),
  );
  const drawn = await simulate(stimulus('kind: poisson, variable: I, n: 5, rate: 40 kHz, weight: 0.1 nA'));
  expect(drawn.events.get('cells.spike')).toEqual(given.events.get('cells.spike'));
  expect(drawn.samples.get('cells.v')!.at(-1)![0]).toBeCloseTo(given.samples.get('cells.v')!.at(-1)![0]!, 9);
});
