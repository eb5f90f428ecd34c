import { afterEach, describe, expect, test, vi } from 'vitest';
import { convertModel, type TargetNotation } from '../../src/convert/convert.js';
import { ConversionReport, isLeftOut } from '../../src/model/conversion-report.js';
import type { ValidModel } from '../../src/model/model.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { brian } from '../support/brian-text.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';
import '../../translators/sonata/road.js';
import '../../translators/nir/road.js';
import '../../translators/brian/road.js';

const text = brian(`
neuron_groups:
  A: { N: 2, model: "dv/dt = (15*mV - v)/(10*ms) : volt", threshold: "v > 10*mV", reset: "v = 0*mV", method: exact }
  B: { N: 2, model: "dv/dt = -v/(10*ms) : volt", threshold: "v > 10*mV", reset: "v = 0*mV", method: exact }
synapses:
  S: { source: A, target: B, on_pre: "v_post += 1*mV", connect: { condition: i == j } }
run: 50 ms
`);

const fixture =
  (name: string): (() => ValidModel) =>
  () =>
    importModel(readSource(`fixtures/${name}`)).valid;

const network = (): ValidModel => importModel({ name: 'model.yaml', text }).valid;
const graph = fixture('nir/affine-lif.nir');
const clamped = fixture('pynn/current-sources.json');
const sections = fixture('cells/branched-cell.xml');
const regular = fixture('brian/run-regularly.yaml');

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets writers drop a part of the model without a word. */
function drop(dropped: string): void {
  const { wrote } = ConversionReport.prototype;
  vi.spyOn(ConversionReport.prototype, 'wrote').mockImplementation(function (this: ConversionReport, pointer) {
    if (pointer !== dropped) wrote.call(this, pointer);
  });
}

describe('a part that leaves no trace in what is written is a loss', () => {
  test.each<readonly [TargetNotation, string, () => ValidModel]>([
    ...(['brian', 'brian-json', 'pynn', 'pynn-json', 'pynn-nestml', 'lems', 'neuroml', 'sonata'] as const).flatMap(
      (to) => [[to, '/populations/B', network] as const, [to, '/projections/S', network] as const],
    ),
    ['nir', '/populations/lif', graph],
    ['nir', '/projections/input_fc_lif', graph],
    ['brian', '/stimuli/dc', clamped],
    ['pynn', '/stimuli/dc', clamped],
    ['neuroml', '/stimuli/dc', clamped],
    ['neuroml', '/operations/kicks', regular],
    ['pynn', '/operations/kicks', regular],
    ['pynn', '/neurons/branched/compartments/mechanisms/naAll', sections],
  ])('%s without %s', async (to, pointer, given) => {
    const valid = given();
    const before = await convertModel(valid, to);
    expect(before.report.filter((entry) => entry.pointer === pointer && isLeftOut(entry))).toEqual([]);
    drop(pointer);
    const { report, outcome } = await convertModel(valid, to);
    expect(report.filter((entry) => entry.pointer === pointer && isLeftOut(entry))).toMatchObject([
      { message: 'nothing of it is written' },
    ]);
    expect(outcome).toBe('incomplete');
  });
});
