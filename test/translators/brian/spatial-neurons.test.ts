/**
 * SpatialNeuron in specifications: morphologies, places, point currents, and how the cable is solved.
 *
 * Sources: Rall (1959) for the input resistance of a sealed cable; Hodgkin & Huxley (1952) for the velocity of the
 * action potential in the squid's axon at 18.5 degrees, 18.8 m/s.
 */

import { describe, expect, test } from 'vitest';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { hashModel } from '../../../src/model/hash.js';
import { readDocument } from '../../../src/model/text/read.js';
import { exportBrianScript } from '../../../translators/brian/export-script.js';
import { exportBrian } from '../../../translators/brian/export.js';
import { importBrian } from '../../../translators/brian/import.js';
import { flatMorphology, type SectionShape } from '../../../translators/brian/morphology/morphology.js';
import { isWrong, readSwc } from '../../../translators/brian/morphology/swc.js';
import { exportLems } from '../../../translators/neuroml/export.js';
import { simulate } from '../../support/simulate.js';
import { document, findings, valid, type Loose } from './support.js';
import '../../../translators/swc/road.js';
import '../../../translators/brian/road.js';

const passive = (sections: string, more = '', rest = ''): string => `
format: interneuron/brian
dt: 0.1 ms
namespace: { gL: 1e-4 siemens/cm**2, EL: -70 mV }
spatial_neurons:
  cell:
    morphology: { sections: ${sections} }
    Cm: 1 uF/cm**2
    Ri: 100 ohm*cm
    model: |
      Im = gL*(EL - v) : amp/meter**2
      I : amp (point current)
      gs : siemens
      mark : 1
${more.replace(/^(?=.)/gm, '    ')}
${rest}
`;
const tree =
  '{ soma: { class: Soma, diameter: 30 um }, axon: { parent: soma, diameter: 1 um, length: 100 um, n: 10 }, ' +
  'left: { parent: axon, diameter: [1 um, 0.8 um, 0.5 um], length: [20 um, 30 um], n: 2 }, ' +
  'right: { parent: axon, diameter: 0.5 um, length: 50 um, n: 5 } }';
const wasm = { engines: [{ target: 'wasm', threads: 1 }] } as const;

describe('morphologies', () => {
  test('compartments are numbered by section, each followed by its subtrees', () => {
    const { neurons, populations } = document(passive(tree));
    const { parents, near, far, sections } = neurons.cell.cable;
    expect(populations.cell.size).toBe(18);
    expect(parents).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 10, 13, 14, 15, 16]);
    expect(sections).toEqual({
      soma: { first: 0, count: 1 },
      axon: { first: 1, count: 10 },
      left: { first: 11, count: 2 },
      right: { first: 13, count: 5 },
    });
    const { area, distance, diameter, length, volume } = populations.cell.values;
    expect(area.array[0]).toBeCloseTo(Math.PI * 9e-10, 18);
    expect(area.array[1]).toBeCloseTo(Math.PI * 1e-11, 18);
    // A truncated cone: lateral area, volume, and both halves' resistance, integrals over its length.
    expect(area.array[12]).toBeCloseTo(Math.PI * 0.65e-6 * Math.hypot(30e-6, 0.15e-6), 18);
    expect(volume.array[12]).toBeCloseTo((Math.PI / 12) * 30e-6 * (0.64 + 0.4 + 0.25) * 1e-12, 24);
    expect(near.array[12]).toBeCloseTo(((Math.PI / 2) * (0.8 * 0.65e-12)) / 30e-6, 14);
    expect(far.array[12]).toBeCloseTo(((Math.PI / 2) * (0.65 * 0.5e-12)) / 30e-6, 14);
    expect(distance.array.slice(0, 2)).toEqual([0, 5e-6]);
    expect(distance.array[11]).toBeCloseTo(110e-6, 12);
    expect([diameter.array[11], length.array[13]]).toEqual([0.9e-6, 1e-5]);
  });

  test('coordinates are the middles of compartments, relative to the end of the parent', () => {
    const { populations } = document(
      passive(
        '{ soma: { class: Soma, diameter: 10 um, x: 1 um }, axon: { parent: soma, diameter: 1 um, n: 2, x: [0 um, 30 um], y: [0 um, 40 um] } }',
      ),
    );
    const { x, y, z, length } = populations.cell.values;
    expect(length.array[1]).toBeCloseTo(25e-6, 15);
    [1, 8.5, 23.5].forEach((value, k) => expect(x.array[k]).toBeCloseTo(value * 1e-6, 15));
    [0, 10, 30].forEach((value, k) => expect(y.array[k]).toBeCloseTo(value * 1e-6, 15));
    expect(z.array).toEqual([0, 0, 0]);
  });

  test.each([
    [
      '{ a: { parent: b, diameter: 1 um, length: 1 um }, b: { parent: a, diameter: 1 um, length: 1 um } }',
      'bad-morphology',
    ],
    ['{ a: { diameter: 1 um, length: 1 um }, b: { diameter: 1 um, length: 1 um } }', 'bad-morphology'],
    ['{ a: { diameter: 1 um, length: 1 um }, b: { parent: c, diameter: 1 um, length: 1 um } }', 'bad-morphology'],
    ['{ a: { diameter: 1 um } }', 'bad-morphology'],
    ['{ a: { diameter: 1 um, length: 1 um, x: [0 um, 1 um] } }', 'bad-morphology'],
    ['{ a: { diameter: 1 um, x: [1 um, 1 um] } }', 'bad-morphology'],
    ['{ a: { class: Soma, diameter: 1 um, length: 3 um } }', 'bad-morphology'],
    ['{}', 'bad-morphology'],
    ['{ a: { diameter: -1 um, length: 1 um } }', 'out-of-range'],
    ['{ a: { diameter: 1 um, length: 0 um } }', 'out-of-range'],
    ['{ a: { diameter: 1 um, length: 1 um, n: 0 } }', 'out-of-range'],
    ['{ a: { diameter: [1 um, 2 um], length: [1 um, 2 um], n: 2 } }', 'length-mismatch'],
    ['{ a: { diameter: 1 mV, length: 1 um } }', 'wrong-dimension'],
    ['{ a: { diameter: 1 um, length: 10 meter, n: 10 } }', 'odd-morphology'],
  ])('%s is reported', (sections, code) => {
    expect(findings(passive(sections, '', 'run: 1 ms'))[0]).toContain(`brian/${code}`);
  });
});

describe('SWC', () => {
  const lengths = (shape: SectionShape): readonly number[] =>
    shape.lengths.map((length) => Math.round(length * 1e8) / 100);
  const shapes = (text: string): readonly SectionShape[] => {
    const read = readSwc(text);
    if (isWrong(read)) throw new Error(read.wrong);
    return read.sections;
  };
  const cell = `# index type x y z radius parent
1 1 0 0 0 5 -1
2 1 0 -5 0 5 1
3 1 0 5 0 5 1
4 3 0 15 0 1 1
5 3 0 35 0 0.5 4
6 3 10 35 0 0.5 5
7 4 0 35 20 0.25 5
8 2 -8 0 6 0.75 1`;

  test('three points of a soma are a sphere; points of one type in a row are a section', () => {
    const read = shapes(cell);
    expect(read.map(({ name, parent, sphere }) => [name, parent, sphere])).toEqual([
      ['soma', null, true],
      ['dend', 0, false],
      ['dend_2', 1, false],
      ['apic', 1, false],
      ['axon', 0, false],
    ]);
    expect(read.map(lengths)).toEqual([[10], [15, 20], [10], [20], [10]]);
    // On a soma a section begins with the diameter of its first point, elsewhere with the diameter of the point before.
    expect(read.map(({ diameters }) => diameters.map((d) => Math.round(d * 1e8) / 100))).toEqual([
      [10],
      [2, 2, 1],
      [1, 1],
      [1, 0.5],
      [1.5, 1.5],
    ]);
    const { sections, centres } = flatMorphology(read);
    expect(sections.map(({ first }) => first)).toEqual([0, 1, 3, 4, 5]);
    expect(centres?.[3]?.map((x) => Math.round(x * 1e7) / 10)).toEqual([5, 35, 0]);
  });

  test('a specification names the file', () => {
    const text = passive('{}', '', 'run: 1 ms').replace('{ sections: {} }', '{ swc: cell.swc }');
    const { value, positions } = readDocument(text, 'm.yaml');
    const read = (files: Readonly<Record<string, string>>): { names: readonly string[]; codes: readonly string[] } => {
      const diagnostics = new Diagnostics();
      const file = (name: string) => (name in files ? { text: files[name]! } : { refused: 'there is no such file' });
      const document = importBrian(value, positions, diagnostics, file)?.document as Loose;
      return {
        names: Object.keys(document?.neurons.cell.cable.sections ?? {}),
        codes: diagnostics.list.map(({ code }) => code),
      };
    };
    expect(read({ 'cell.swc': cell })).toEqual({ names: ['soma', 'dend', 'dend_2', 'apic', 'axon'], codes: [] });
    expect(read({}).codes).toEqual(['brian/bad-morphology']);
    expect(read({ 'cell.swc': 'x' }).codes).toEqual(['brian/bad-morphology']);
  });

  test.each([
    ['', 'no points'],
    ['1 1 0 0 0 5 -1\n2 3 0 9 0 1', 'line 2 has not the form'],
    ['1 1 0 0 0 0 -1', 'radius of 0'],
    ['1 1 0 0 0 5 -1\n1 3 0 9 0 1 1', 'repeats the index 1'],
    ['1 1 0 0 0 5 -1\n2 3 0 9 0 1 3\n3 3 0 19 0 1 2', 'line 2 comes before its parent'],
    ['1 1 0 0 0 5 2', 'first point has a parent'],
    ['1 3 0 0 0 5 -1', 'section of one point'],
    ['1 1 0 0 0 5 -1\n2 3 0 9 0 1 1\n3 3 0 9 0 1 2', 'line 3 is where its parent is'],
    ['1 1 0 0 0 5 -1\n2 1 0 -5 0 4 1\n3 1 0 5 0 5 1', 'several radii'],
    ['1 1 0 0 0 5 -1\n2 1 0 -8 0 5 1\n3 1 0 5 0 5 1', 'not one radius apart'],
  ])('%j is reported', (text, message) => {
    expect(readSwc(text)).toMatchObject({ wrong: expect.stringContaining(message) as string });
  });
});

describe('exports', () => {
  const several = passive(
    tree,
    'N: 3\nthreshold: v > -60*mV\nthreshold_location: axon[95*um]\ninitializers: { v: EL - 1*mV*i }',
    'state_monitors: { m: { source: cell, variables: [v, Ic, area], record: true } }\nrun: 1 ms',
  );

  test('a specification is the same model when it is read back', () => {
    const model = valid(several);
    const { document: exported, report } = exportBrian(model);
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    expect(Object.keys(exported.spatial_neurons ?? {})).toEqual(['cell']);
    expect(hashModel(valid(JSON.stringify(exported)).model)).toEqual(hashModel(model.model));
  });

  test('reports parts without an equivalent', async () => {
    const found = async (text: string, target: 'script' | 'lems'): Promise<readonly string[]> => {
      const model = valid(text);
      const { report } = target === 'script' ? exportBrianScript(model) : await exportLems(model);
      return report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message);
    };
    expect((await found(several, 'script')).join()).toContain('one cell in a SpatialNeuron, not 3');
    const everywhere = several.replace('threshold_location: axon[95*um]', '');
    expect((await found(everywhere, 'lems')).join()).toContain('cells of NeuroML fire at one place');
    expect((await found(several, 'lems')).join()).not.toContain('cells of NeuroML fire at one place');
  });
});

describe('sizes', () => {
  test.each([
    ['of cells', tree, 'N: 2147483647'],
    ['of a section', '{ a: { diameter: 1 um, length: 1 um, n: 2147483647 } }', ''],
    [
      'of all sections',
      '{ a: { diameter: 1 um, length: 1 um, n: 3e6 }, b: { parent: a, diameter: 1 um, length: 1 um, n: 3e6 } }',
      '',
    ],
    ['of initializers', tree, 'N: 1000000\ninitializers: { v: { value: 1 mV, index: [0, 2] } }'],
  ])('%s that would not fit in memory are reported before any allocation', (_, sections, more) => {
    expect(findings(passive(sections, more, 'run: 1 ms'))[0]).toContain('brian/too-many-listed');
  });
});

describe('models', () => {
  test.each([
    ['no Im', 'Im = gL*(EL - v) : amp/meter**2', 'J = gL*(EL - v) : amp/meter**2', 'membrane-current'],
    ['Im in volts', 'Im = gL*(EL - v) : amp/meter**2', 'Im = EL - v : volt', 'membrane-current'],
    ['v of its own', 'mark : 1', 'v : volt', 'reserved-name'],
    ['a point current in volts', 'mark : 1', 'V : volt (point current)', 'wrong-dimension'],
    ['an unknown place', 'Cm: 1', 'threshold: v > 0*mV\n    threshold_location: dendrite\n    Cm: 1', 'bad-place'],
    ['a threshold in several', 'Cm: 1', 'threshold: v > 0*mV\n    threshold_location: axon\n    Cm: 1', 'bad-place'],
    ['a threshold nowhere', 'Cm: 1', 'threshold: v > 0*mV\n    threshold_location: 18\n    Cm: 1', 'out-of-range'],
    ['no resistivity', 'Ri: 100', 'Ri: 0', 'out-of-range'],
    ['noise in Im', 'mark : 1', 'Inoise = xi*amp*second**0.5 : amp (point current)', 'membrane-current'],
  ])('%s is said', (_, from, to, code) => {
    expect(findings(passive(tree, '', 'run: 1 ms').replace(from, to))[0]).toContain(`brian/${code}`);
  });

  test.each([
    ['an initializer', 'initializers: { Ri: 50 ohm*cm }', 'run: 1 ms'],
    [
      'an initializer of some compartments',
      'initializers: [{ variable: length, value: 3 um, where: i > 1 }]',
      'run: 1 ms',
    ],
    ['a phase', '', 'run: [{ duration: 1 ms }, { duration: 1 ms, set: { cell.Ri: 50 ohm*cm } }]'],
    ['a phase, the diameter', '', 'run: [{ duration: 1 ms }, { duration: 1 ms, set: { cell.diameter: 5 um } }]'],
    ['code', 'run_regularly: [{ code: "area = 2*area", dt: 1 ms }]', 'run: 1 ms'],
  ])('parameters of the tree cannot be set by %s', (_, more, run) => {
    expect(findings(passive(tree, more, run))).toEqual([expect.stringContaining('brian/read-only')]);
  });

  test('point currents elsewhere are refused', () => {
    const text =
      'format: interneuron/brian\nneuron_groups: { G: { N: 1, model: "I : amp (point current)" } }\nrun: 1 ms';
    expect(findings(text)[0]).toContain('brian/unknown-flag');
  });
});

describe('names of coordinates', () => {
  const own = 'model: |\n      dx/dt = -x/(5*ms) + xi/ms**0.5 : 1\n      z : 1\n';
  const text = (sections: string): string =>
    passive(
      sections,
      'initializers: { x: 1, z: 2 }',
      'state_monitors: { m: { source: cell, variables: [x, z], record: true } }\nrun: 1 ms',
    ).replace('model: |\n', own);

  test('are free if the morphology has none, and are kept in Brian', () => {
    const model = valid(text(tree));
    const { document: exported, report } = exportBrian(model);
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    expect(hashModel(valid(JSON.stringify(exported)).model)).toEqual(hashModel(model.model));
    expect(exportBrianScript(model).files[0]?.text).toContain('dx/dt');
  });

  test('are refused if it has some', () => {
    const placed = '{ axon: { diameter: 1 um, n: 2, x: [0 um, 30 um] } }';
    expect(findings(text(placed)).slice(0, 2)).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining('brian/reserved-name') as string),
    );
  });
});

test('a section with its subtree is no place of a threshold, and the hint names only the section', () => {
  const { value, positions } = readDocument(
    passive(tree, 'threshold: v > 0*mV\nthreshold_location: soma', 'run: 1 ms'),
    'm.yaml',
  );
  const diagnostics = new Diagnostics();
  importBrian(value, positions, diagnostics, () => ({ refused: '' }));
  expect(diagnostics.list).toMatchObject([
    {
      message: expect.stringContaining('18 compartments') as string,
      expected: expect.stringContaining('soma.main') as string,
    },
  ]);
});

describe('places', () => {
  const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, k) => from + k);
  const marked = (index: string): readonly number[] => {
    const text = passive(tree, `initializers: [{ variable: mark, value: 1, index: "${index}" }]`, 'run: 1 ms');
    const condition: string = document(text).populations.cell.values.mark;
    const bound = (pattern: RegExp, otherwise: number): number => Number(pattern.exec(condition)?.[1] ?? otherwise);
    return range(bound(/i >= (\d+)/, 0), bound(/i < (\d+)/, 18));
  };
  test.each([
    ['axon', 1, 18],
    ['axon.main', 1, 11],
    ['main', 0, 1],
    ['axon.left', 11, 13],
    ['right', 13, 18],
    ['L', 1, 18],
    ['LR', 13, 18],
    ['L.L', 11, 13],
    ['axon[20*um:40*um]', 3, 5],
    ['axon[:15*um]', 1, 3],
    ['axon[95 um:]', 10, 11],
    ['axon[35*um]', 4, 5],
    ['axon[0*um]', 1, 2],
    ['right[1:3]', 14, 16],
    ['3:5', 3, 5],
  ])('%s', (index, from, to) => {
    expect(marked(index)).toEqual(range(from, to));
  });

  test('synapses and monitors have them as ends', () => {
    const text = passive(
      tree,
      '',
      `spike_generators: { G: { N: 2, indices: [0], times: [1 ms] } }
synapses: { S: { source: G, target: "cell.axon[20*um:40*um]", on_pre: gs += 1*nS, connect: true } }
state_monitors: { m: { source: cell.right, variables: v, record: [0, 4] } }
run: 1 ms`,
    );
    const { model } = valid(text);
    expect(model.projections['S']?.to.of).toEqual({ population: 'cell', slice: [3, 5, 1] });
    expect(model.recordings[0]).toMatchObject({ of: { population: 'cell', indices: [13, 17] } });
  });
});

describe('the cable', () => {
  test('a sealed cylinder has the input resistance of cable theory', async () => {
    const [radius, length, gL, Ri, current] = [1e-6, 1e-3, 1, 1, 1e-11];
    const lambda = Math.sqrt(radius / (2 * Ri * gL));
    const infinite = Math.sqrt(Ri / gL) / (Math.PI * Math.SQRT2 * radius ** 1.5);
    const expected = (current * infinite) / Math.tanh(length / lambda);
    const text = passive(
      '{ wire: { diameter: 2 um, length: 1 mm, n: 400 } }',
      'initializers: [{ variable: v, value: EL }, { variable: I, value: 10 pA, index: 0 }]',
      'state_monitors: { m: { source: cell, variables: v, record: 0, dt: 1 ms } }\nrun: 200 ms',
    );
    const { samples } = await simulate(text, wasm);
    const [last = 0] = samples.get('cell.v')!.at(-1)!;
    expect((last + 0.07) / expected).toBeGreaterThan(0.998);
    expect((last + 0.07) / expected).toBeLessThan(1.002);
  });

  test('populations of cells are as many single ones, with the same bits on all engines', async () => {
    const text = (cells: string, step: string): string =>
      passive(
        tree,
        `${cells}threshold: v > -60*mV
threshold_location: axon[95*um]
reset: mark += 1
refractory: 3 ms
initializers: [{ variable: v, value: EL }]`,
        `state_monitors: { m: { source: cell, variables: [v, mark, Ic], record: true } }
spike_monitors: { s: { source: cell } }
run: [{ duration: 1 ms }, { set: { cell.I: 0.4 nA }, where: "${step}" }, { duration: 9 ms }]`,
      );
    const simulation = await simulate(text('', 'i == 0'));
    const three = await simulate(text('N: 3\n', 'i < 3'));
    expect(simulation.events.get('cell.spike')!.length).toBeGreaterThan(1);
    expect(new Set(simulation.events.get('cell.spike')!.map(([, at]) => at))).toEqual(new Set([10]));
    expect(three.events.get('cell.spike')!.length).toBe(3 * simulation.events.get('cell.spike')!.length);
    const [row, rows] = [simulation, three].map(({ samples }) => samples.get('cell.v')!.at(-1)!);
    expect(rows).toEqual(row!.flatMap((v) => [v, v, v]));
    // The charging current of the membrane is the conducted and the injected current, summed over the cell.
    const { area } = document(text('', 'i == 0')).populations.cell.values;
    const at = simulation.samples.get('cell.v')!.length - 1;
    const [Ic, v] = ['Ic', 'v'].map((name) => simulation.samples.get(`cell.${name}`)![at]!);
    const charging = (area.array as readonly number[]).reduce((sum, a, k) => sum + a * Ic![k]!, 0);
    const conducted = (area.array as readonly number[]).reduce((sum, a, k) => sum + a * (-0.07 - v![k]!), 0);
    expect(charging).toBeCloseTo(conducted + 4e-10, 15);
  });

  test('the action potential of the squid runs at 18.8 m/s at 18.5 degrees', async () => {
    const text = `
format: interneuron/brian
dt: 0.002 ms
namespace: { phi: 3.82, gNa: 120 msiemens/cm**2, gK: 36 msiemens/cm**2, gl: 0.3 msiemens/cm**2 }
spatial_neurons:
  axon:
    morphology: { sections: { axon: { diameter: 476 um, length: 6 cm, n: 200 } } }
    Cm: 1 uF/cm**2
    Ri: 35.4 ohm*cm
    model: |
      Im = gl*(10.613*mV - v) + gNa*m**3*h*(115*mV - v) + gK*n**4*(-12*mV - v) : amp/meter**2
      I : amp (point current)
      dm/dt = phi*(1/exprel((25*mV - v)/(10*mV))*(1 - m) - 4*exp(-v/(18*mV))*m)/ms : 1
      dn/dt = phi*(0.1/exprel((10*mV - v)/(10*mV))*(1 - n) - 0.125*exp(-v/(80*mV))*n)/ms : 1
      dh/dt = phi*(0.07*exp(-v/(20*mV))*(1 - h) - h/(exp((30*mV - v)/(10*mV)) + 1))/ms : 1
    threshold: v > 50*mV
    refractory: v > 50*mV
    initializers: [{ variable: m, value: 0.0529 }, { variable: n, value: 0.3177 }, { variable: h, value: 0.5961 }]
spike_monitors: { s: { source: axon } }
run: [{ set: { axon.I: 20 uA }, where: i == 0 }, { duration: 0.5 ms }, { set: { axon.I: 0 amp } }, { duration: 3 ms }]
`;
    const { events } = await simulate(text, wasm);
    const first = (at: number): number => events.get('axon.spike')!.find(([, element]) => element === at)![0];
    const velocity = (60 * 0.3e-3) / ((first(130) - first(70)) * 2e-6);
    expect(velocity).toBeGreaterThan(18.2);
    expect(velocity).toBeLessThan(19.2);
  });
});
