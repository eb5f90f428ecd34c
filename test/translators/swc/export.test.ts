/** Shapes of cells as SWC. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { describeInSwc } from '../../../translators/swc/export.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { isWrong, readSwc } from '../../../translators/brian/morphology/swc.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/brian/road.js';
import '../../../translators/swc/road.js';

const swc = (path: string): string => describeInSwc(importModel(readSource(path)).valid);

test('a cell of NeuroML has its points, with types by the names of sections', () => {
  const lines = swc('fixtures/cells/branched-cell.xml').trimEnd().split('\n');
  expect(lines).toEqual([
    '# index type x y z radius parent',
    '# branched',
    '1 1 0 0 0 10 -1',
    '2 1 20 0 0 10 1',
    // On a soma readers take the diameter of the first point, elsewhere the diameter of the point at the branch's
    // beginning.
    '# trunkSection begins 4 um wide; a point has one radius: it reads as 3 um',
    '3 3 120 0 0 1.5 2',
    '4 3 220 0 0 1 3',
    '# leftSection begins 1 um wide; a point has one radius: it reads as 2 um',
    '5 3 220 150 0 0.5 4',
    '# rightSection begins 1.5 um wide; a point has one radius: it reads as 3 um',
    '6 3 120 0 100 0.25 3',
  ]);
});

test('it reads again with lengths and diameters of its sections', () => {
  const read = readSwc(swc('fixtures/cells/branched-cell.xml'));
  if (isWrong(read)) throw new Error(read.wrong);
  const micrometres = (numbers: readonly number[]): readonly number[] =>
    numbers.map((metres) => Math.round(metres * 1e12) / 1e6);
  const shapes = read.sections.map(({ lengths, diameters, parent }) => [
    micrometres(lengths),
    micrometres(diameters),
    parent,
  ]);
  expect(shapes).toEqual([
    [[20], [20, 20], null],
    [[100], [3, 3], 0],
    // Points in a row of one type are a section there.
    [[100, 150], [3, 2, 1], 1],
    [[100], [3, 0.5], 1],
  ]);
});

test('sections without points lie along x, at the places that their parents give', () => {
  const lines = swc('fixtures/model/hard/places-on-cells.yaml').trimEnd().split('\n').slice(2);
  expect(lines).toEqual([
    '1 1 0 0 0 10 -1',
    '2 1 20 0 0 10 1',
    '3 3 220 0 0 1 2',
    '# left begins 1 um wide; a point has one radius: it reads as 2 um',
    '4 3 320 0 0 0.5 3',
    '# right begins 1 um wide; a point has one radius: it reads as 2 um',
    '5 3 170 0 0 0.5 2',
  ]);
});

test('a model without cells that have a shape is refused', () => {
  expect(() => swc('fixtures/brian/single-lif.yaml')).toThrow('no cells with sections');
});

test('conversion writes a file for each type, and reports omitted parts', async () => {
  const { valid } = importModel(readSource('fixtures/model/hard/calcium-cell.yaml'));
  const types = Object.keys(valid.model.neurons).filter((name) => valid.model.neurons[name]?.compartments);
  const { files, report, outcome } = await convertModel(valid, 'swc', { name: 'cells.swc' });
  expect(files.map(({ name }) => name)).toEqual(types.map((name, k) => (k === 0 ? 'cells.swc' : `cells_${name}.swc`)));
  expect(isWrong(readSwc(files[0]!.text))).toBe(false);
  expect(outcome).toBe('incomplete');
  expect(report.map(({ code, verdict }) => [code, verdict])).toContainEqual(['swc/not-expressible', 'notExpressible']);
});

// Brian 2.9.0 runs the script: all potentials stay at -65 mV.
test('a cell of SWC is a SpatialNeuron of Brian, without a membrane current', async () => {
  const text = ['1 1 0 0 0 5 -1', '2 3 0 5 0 1 1', '3 3 0 50 0 1 2', '4 3 20 80 0 0.5 3'].join('\n');
  const { outcome, files } = await convertModel(importModel({ name: 'cell.swc', text }).valid, 'brian');
  expect(outcome).toBe('not measured');
  expect(files[0]?.text).toContain('model="Im = 0*uA/cm**2 : amp/meter**2"');
});

test('a cell that cannot be a SpatialNeuron has one cause, and its consequences are marked', async () => {
  const { valid } = importModel(readSource('fixtures/cells/ball-and-stick.xml'));
  const { report } = await convertModel(valid, 'brian');
  const left = report.filter(({ verdict }) => verdict === 'notExpressible');
  expect(left.length).toBeGreaterThan(2);
  expect(left.filter(({ isConsequence }) => isConsequence !== true)).toHaveLength(1);
});
