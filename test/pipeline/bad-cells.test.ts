/**
 * Cells with compartments as no cell is, in each notation: every slip ends in a message with its place and the valid
 * form. The documents are right but for one slip.
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiagnosticError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { simulate } from '../support/simulate.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/swc/road.js';

const folder = mkdtempSync(join(tmpdir(), 'cells-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Returns all messages about a document, until its program is there. */
function said(text: string, name = 'cell.yaml'): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  try {
    const imported = importModel({ name: join(folder, name), text });
    found.push(...imported.diagnostics);
    buildProgram(imported.valid, { precision: 'float64' });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    found.push(...error.diagnostics);
  }
  return found;
}

/** Checks the first finding, with its severity, and whether it has a place and a remedy. */
function expectSaid(found: readonly Diagnostic[], expected: string): void {
  expect(found.map(({ severity, code }) => `${severity} ${code}`)).toContain(expected);
  for (const { place, expected: right, hint } of found) {
    expect(place?.pointer ?? place?.line).toBeDefined();
    expect(right ?? hint).toBeDefined();
  }
}

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';
const soma = `soma: { length: 20 um, diameter: 20 um, ${membrane} }`;
const stick = `{ ${soma}, stick: { parent: soma, length: 100 um, diameter: 2 um, ${membrane} } }`;
const leak = '{ leak: { parameters: { g: 0.0003 S/cm**2 }, reads: [v], writes: { i: g*(-65*mV - v) } } }';
const calcium = (read = 'e_ca'): string =>
  `{ ca: { reads: [v, ${read}], parameters: { g: 1 S/m**2 }, writes: { i_ca: ${
    read === 'e_ca' ? 'g*(e_ca - v)' : 'g*(0*mV - v)*ca_i/(1*mM)'
  } } } }`;
/** A gate that follows the potential within 0.01 ms. */
const fastGate =
  '{ k: { reads: [v], parameters: { g: 10 S/m**2 }, state: { n: 0.3 }, ' +
  'derivatives: { n: (1/(1 + exp(-(v + 40*mV)/(10*mV))) - n)/(0.01*ms) }, writes: { i: g*n*(-77*mV - v) } } }';

const canonical = (sections = stick, mechanisms = leak, more = '', dt = '0.025 ms', also = ''): string => `
interneuron: 1
name: bad cells
neurons:
  cell:
    inputs: { I: nA }
    compartments:
      initial: -65 mV
      temperature: 300 K
      sections: ${sections}
      mechanisms: ${mechanisms}
      ${more}
    events: { spike: { when: v > 0*mV, edge: rising, section: soma } }
populations: { cells: { type: cell, size: 2 } }
experiment: { dt: ${dt}, duration: 1 ms }
${also}`;

const points = (from: number): string =>
  `{ soma: { points: [[0 um, 0 um, 0 um, 20 um], [20 um, 0 um, 0 um, 20 um]], ${membrane} }, ` +
  `d: { parent: soma, points: [[${from} um, 0 um, 0 um, 2 um], [${from + 100} um, 0 um, 0 um, 2 um]], ${membrane} } }`;

test('the documents without slips have no messages', () => {
  expect(said(canonical())).toEqual([]);
  // Drawn from the middle of the soma, from its end, and from its surface on the far side.
  for (const from of [10, 20, 30]) expect(said(canonical(points(from)))).toEqual([]);
  expect(said(brian(sections))).toEqual([]);
  expect(said(swc(reconstruction(0)))).toEqual([]);
});

describe('canonical form:', () => {
  const sectionLoop = `{ ${soma}, a: { parent: b, length: 1 um, diameter: 1 um, ${membrane} }, b: { parent: a, length: 1 um, diameter: 1 um, ${membrane} } }`;
  test.each([
    ['no sections', canonical('{}'), 'error model/no-sections'],
    ['a loop', canonical(sectionLoop), 'error model/section-loop'],
    ['two roots', canonical(stick.replace('parent: soma, ', '')), 'error model/section-root'],
    ['a gap', canonical(points(100)), 'warning model/section-gap'],
    ['no length', canonical(stick.replace('length: 100 um', 'length: 0 um')), 'error model/not-positive'],
    ['a negative diameter', canonical(stick.replace('diameter: 2 um', 'diameter: -2 um')), 'error model/not-positive'],
    ['no resistivity', canonical('{ soma: { length: 20 um, diameter: 20 um } }'), 'error lower/bad-tree'],
    ['a negative capacitance', canonical('{ soma: { capacitance: -20 pF } }'), 'error model/not-positive'],
    [
      'a parent beyond its end',
      canonical(stick.replace('parent: soma', 'parent: { section: soma, fraction: 1.5 }')),
      'error model/out-of-range',
    ],
    [
      'a spike beyond an end',
      canonical().replace('section: soma }', 'section: soma, fraction: -0.5 }'),
      'error model/out-of-range',
    ],
    [
      'a recording beyond an end',
      canonical(...usual, 'record: [{ of: cells, variables: [v], section: stick, fraction: 1.2 }]'),
      'error model/out-of-range',
    ],
    [
      'an input beyond an end',
      canonical(
        ...usual,
        'stimuli: { s: { kind: current, to: cells, input: I, value: 1 nA, section: stick, fraction: 1.2 } }',
      ),
      'error model/out-of-range',
    ],
    ['an empty group', canonical(stick, leak, 'groups: { none: [] }'), 'warning model/empty-group'],
    ['a group of nothing', canonical(stick, leak, 'groups: { axons: [axon] }'), 'error model/unknown-section'],
    [
      'a mechanism on nothing',
      canonical(stick, leak.replace('{ leak: {', '{ leak: { on: [],')),
      'error model/on-nothing',
    ],
    [
      'a mechanism on a group without sections',
      canonical(stick, leak.replace('{ leak: {', '{ leak: { on: none,'), 'groups: { none: [] }'),
      'warning model/on-nothing',
    ],
    [
      'a mechanism on what is not there',
      canonical(stick, leak.replace('{ leak: {', '{ leak: { on: axon,')),
      'error model/unknown-section',
    ],
    [
      'a reversal potential that nothing sets',
      canonical(stick, calcium(), 'ions: { ca: { valence: 2 } }'),
      'error lower/not-given',
    ],
    [
      'a concentration that nothing sets',
      canonical(stick, calcium('ca_i'), 'ions: { ca: { valence: 2 } }'),
      'error lower/not-given',
    ],
    [
      "Nernst's potential of what has no charge",
      canonical(stick, calcium(), 'ions: { ca: { valence: 0, inside: 1 mM, outside: 2 mM, reversal: nernst } }'),
      'error lower/not-given',
    ],
    [
      "Nernst's potential where an ion is not",
      canonical(stick, calcium(), 'ions: { ca: { valence: 2, inside: 0 mM, outside: 2 mM, reversal: nernst } }'),
      'error lower/not-given',
    ],
    ['an ion that is not declared', canonical(stick, calcium()), 'error model/unknown-variable'],
    ['a step longer than gates take', canonical(stick, fastGate, '', '1 ms'), 'warning model/gate-not-resolved'],
    ['a cell of 10 m', canonical(stick.replace('length: 100 um', 'length: 10')), 'warning model/huge-cell'],
    ['a cell of 2 m across', canonical(stick.replace('diameter: 2 um', 'diameter: 2')), 'warning model/huge-cell'],
    [
      'no divisions',
      canonical(stick.replace('parent: soma,', 'parent: soma, divisions: 0,')),
      'error model/not-positive',
    ],
  ])('%s', (_, text, expected) => expectSaid(said(text), expected));

  test('a step that lets a potential explode is reported with the sections', async () => {
    const wild = canonical(stick, leak.replace('g*(-65*mV - v)', '40*g*(v + 65.1*mV)')).replace(
      'duration: 1',
      'duration: 99',
    );
    const { faults } = await simulate(wild, { engines: [{ target: 'wasm', threads: 1 }] });
    expect(faults.join()).toMatch(/membrane potential of cell \(.*stick.*\) left all bounds/);
  });
});

const usual = [stick, leak, '', '0.025 ms'] as const;

const brian = (morphology: string, more = '', dt = '0.1 ms', equations = ''): string => `
format: interneuron/brian
name: bad cells
dt: ${dt}
spatial_neurons:
  cell:
    morphology: ${morphology}
    Cm: 1 uF/cm**2
    Ri: 100 ohm*cm
    model: |
      Im = (0.3*msiemens/cm**2)*(-65*mV - v) : amp/meter**2
      I : amp (point current)${equations}
    ${more}
run: 1 ms`;

const sections =
  '{ sections: { a: { diameter: 2 um, length: 10 um }, b: { parent: a, diameter: 1 um, length: 20 um } } }';

describe('Brian-like specification:', () => {
  const placed = (from: number): string =>
    `{ sections: { soma: { diameter: 20 um, class: Soma, x: [0 um] }, d: { parent: soma, x: [${from} um, ${from + 100} um], diameter: 2 um } } }`;
  test.each([
    ['no sections', brian('{ sections: {} }'), 'error brian/bad-morphology'],
    ['a loop', brian(sections.replace('a: {', 'a: { parent: b, ')), 'error brian/bad-morphology'],
    ['a gap', brian(placed(500)), 'warning brian/section-gap'],
    ['no length', brian(sections.replace('length: 20 um', 'length: 0 um')), 'error brian/out-of-range'],
    ['a negative diameter', brian(sections.replace('diameter: 1 um', 'diameter: -1 um')), 'error brian/out-of-range'],
    [
      'a negative area',
      brian(
        '{ sections: { a: { n: 1 } }, compartments: { length: [1 um], diameter: [1 um], area: [-1 um**2], ' +
          'volume: [1 um**3], distance: [1 um], r_length_1: [1 um], r_length_2: [1 um] } }',
      ),
      'error brian/out-of-range',
    ],
    [
      'a place beyond an end',
      brian(sections, 'threshold: v > 0*mV\n    threshold_location: a[20*um]'),
      'error brian/bad-place',
    ],
    ['a cell of 10 m', brian(sections.replace('20 um', '10 meter')), 'warning brian/odd-morphology'],
    ['a cell of 2 m across', brian(sections.replace('2 um', '2 meter')), 'warning brian/odd-morphology'],
    [
      'a step longer than gates take',
      brian(sections, '', '1 ms', '\n      dn/dt = (1/(1 + exp(-(v + 40*mV)/(10*mV))) - n)/(0.01*ms) : 1'),
      'warning model/gate-not-resolved',
    ],
  ])('%s', (_, text, expected) => expectSaid(said(text), expected));

  test('a section drawn from the surface of a soma is near it', () => {
    expect(said(brian(placed(10)))).toEqual([]);
  });
});

/** A soma, and a process of 30 points, 10 um apart, that jumps by so much halfway. */
const reconstruction = (gap: number): string =>
  [
    '1 1 0 0 0 5 -1',
    ...Array.from({ length: 30 }, (_, k) => `${k + 2} 3 ${10 * (k + 1) + (k > 15 ? gap : 0)} 0 0 1 ${k + 1}`),
  ].join('\n');

function swc(text: string): string {
  writeFileSync(join(folder, 'cell.swc'), text);
  return brian('{ swc: cell.swc }');
}

describe('SWC:', () => {
  test.each([
    ['a loop', '1 1 0 0 0 5 -1\n2 3 0 9 0 1 3\n3 3 0 19 0 1 2', 'error brian/bad-morphology'],
    ['a gap', reconstruction(3000), 'warning brian/points-jump'],
    ['no length', '1 1 0 0 0 5 -1\n2 3 0 9 0 1 1\n3 3 0 9 0 1 2', 'error brian/bad-morphology'],
    ['a negative radius', '1 1 0 0 0 5 -1\n2 3 0 9 0 -1 1', 'error brian/bad-morphology'],
    ['a cell of 10 m', '1 1 0 0 0 5 -1\n2 3 1e7 0 0 1 1', 'warning brian/odd-morphology'],
    ['two roots', '1 1 0 0 0 5 -1\n2 3 0 9 0 1 -1', 'error brian/bad-morphology'],
  ])('%s', (_, text, expected) => expectSaid(said(swc(text)), expected));

  test('a file outside the folder of the document, or hidden in it, is not read', () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    for (const path of [join(folder, 'cell.swc'), join(inner, '.cell.swc')]) writeFileSync(path, reconstruction(0));
    symlinkSync(join(folder, 'cell.swc'), join(inner, 'link.swc'));
    for (const path of ['../cell.swc', join(folder, 'cell.swc'), 'link.swc', '.cell.swc']) {
      const source = { name: join(inner, 'm.yaml'), text: brian(`{ swc: ${path} }`) };
      const said = `${path} cannot be read: it is outside the folder of the document, or hidden`;
      expect(() => importModel(source), path).toThrow(said);
      if (path === '.cell.swc') expect(() => importModel(source, { allowPaths: [folder] })).toThrow(said);
      else expect(importModel(source, { allowPaths: [folder] }).diagnostics, path).toEqual([]);
    }
  });
});
